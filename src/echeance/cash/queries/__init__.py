"""Reads of the bank room."""

from echeance.cash.queries.accounts import (
    bank_accounts,
    last_booking_date,
    statements,
)
from echeance.cash.queries.cheques import (
    cheque_deposits,
    cheques,
    lump_proposals,
    unpaid_lines,
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
from echeance.cash.queries.till import (
    lowest_till_balance,
    paid_in_cash,
    till_balance,
    till_book,
    till_for,
    tills,
)

__all__ = [
    "applies_alone",
    "bank_accounts",
    "cheque_deposits",
    "cheques",
    "entries",
    "entries_to_match",
    "entry_for",
    "in_question_by_party",
    "last_booking_date",
    "lowest_till_balance",
    "lump_proposals",
    "matches",
    "matches_of_items",
    "paid_in_cash",
    "payer_links",
    "proposals",
    "questions",
    "standing_counts",
    "standing_match",
    "standing_matches",
    "statements",
    "till_balance",
    "till_book",
    "till_for",
    "tills",
    "unapplied_by_party",
    "undone_by_a_person",
    "unpaid_lines",
]
