"""Rapprochement : explain bank movements by open items, with a proof or with a question."""

from echeance.core.matching.model import (
    Allocation,
    MatchingRules,
    OpenItem,
    Payment,
    Proposal,
    Reason,
)
from echeance.core.matching.propose import propose

__all__ = [
    "Allocation",
    "MatchingRules",
    "OpenItem",
    "Payment",
    "Proposal",
    "Reason",
    "propose",
]
