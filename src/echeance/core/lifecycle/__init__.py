"""Cycle de vie: the statuses of an e-invoice, what may follow what, and the messages that say it.

Source: XP Z12-012 V1.4 (statuses, CDAR messages), DGFiP external specifications v3.2.
"""

from echeance.core.lifecycle.machine import (
    CANCELLED,
    CASHED,
    COMPLETED,
    RECEIPT,
    REFUSED,
    REJECTED,
    SUSPENDED,
    Amount,
    Event,
    History,
    Reason,
    of,
)
from echeance.core.lifecycle.reasons import ACTIONS, REASONS, ReasonCode, allowed_reasons
from echeance.core.lifecycle.statuses import (
    FLOW_CODES,
    ROLE_LABELS,
    STATUSES,
    Phase,
    Role,
    Status,
    label,
)

__all__ = [
    "ACTIONS",
    "CANCELLED",
    "CASHED",
    "COMPLETED",
    "FLOW_CODES",
    "REASONS",
    "RECEIPT",
    "REFUSED",
    "REJECTED",
    "ROLE_LABELS",
    "STATUSES",
    "SUSPENDED",
    "Amount",
    "Event",
    "History",
    "Phase",
    "Reason",
    "ReasonCode",
    "Role",
    "Status",
    "allowed_reasons",
    "label",
    "of",
]
