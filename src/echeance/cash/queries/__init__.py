"""Reads of the bank room."""

from echeance.cash.queries.accounts import (
    bank_accounts,
    last_booking_date,
    statements,
)
from echeance.cash.queries.matching import (
    applies_alone,
    entries,
    entries_to_match,
    entry_for,
    in_question_by_party,
    matches,
    matches_of_items,
    payer_links,
    proposals,
    questions,
    standing_counts,
    standing_match,
    standing_matches,
    unapplied_by_party,
    undone_by_a_person,
)

__all__ = [
    "applies_alone",
    "bank_accounts",
    "entries",
    "entries_to_match",
    "entry_for",
    "in_question_by_party",
    "last_booking_date",
    "matches",
    "matches_of_items",
    "payer_links",
    "proposals",
    "questions",
    "standing_counts",
    "standing_match",
    "standing_matches",
    "statements",
    "unapplied_by_party",
    "undone_by_a_person",
]
