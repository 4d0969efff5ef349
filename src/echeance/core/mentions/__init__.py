"""Mentions obligatoires: the words a French invoice must carry, as dated data."""

from echeance.core.mentions.selection import (
    EarlyPaymentDiscount,
    ExemptionUse,
    Mention,
    MentionFacts,
    exemption_text,
    mentions_for,
    new_mentions_required,
)
from echeance.core.mentions.wordings import WORDINGS, NoWordingError, Wording, wording

__all__ = [
    "WORDINGS",
    "EarlyPaymentDiscount",
    "ExemptionUse",
    "Mention",
    "MentionFacts",
    "NoWordingError",
    "Wording",
    "exemption_text",
    "mentions_for",
    "new_mentions_required",
    "wording",
]
