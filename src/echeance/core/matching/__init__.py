"""Rapprochement : explain bank movements by open items, with a proof or with a question."""

from echeance.core.matching.model import (
    Allocation,
    Difference,
    DifferenceRule,
    Explanation,
    MatchingRules,
    OpenItem,
    PayerLink,
    Payment,
    Proposal,
    Reason,
)
from echeance.core.matching.propose import propose

__all__ = [
    "Allocation",
    "Difference",
    "DifferenceRule",
    "Explanation",
    "MatchingRules",
    "OpenItem",
    "PayerLink",
    "Payment",
    "Proposal",
    "Reason",
    "propose",
]
