"""Abonnements: which periods of a contract are to be billed, at what price, and the part of one.

Pure: the day and what was billed are given. A period is a fact of the contract, not of the day one
looks: however late or often one asks, each period is answered once.
"""

from echeance.core.recurrence.indexation import Formula, IndexValue, MissingIndexError, revised
from echeance.core.recurrence.periods import (
    BillingPeriod,
    Proration,
    Schedule,
    Step,
    Timing,
    due_periods,
    part_of,
    period_holding,
    periods,
    prorated,
)

__all__ = [
    "BillingPeriod",
    "Formula",
    "IndexValue",
    "MissingIndexError",
    "Proration",
    "Schedule",
    "Step",
    "Timing",
    "due_periods",
    "part_of",
    "period_holding",
    "periods",
    "prorated",
    "revised",
]
