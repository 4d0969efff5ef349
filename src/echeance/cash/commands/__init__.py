"""Writes of the bank room."""

from echeance.cash.commands.intake import add_bank_account, import_statements
from echeance.cash.commands.matching import (
    accept_matches,
    accept_proved,
    propose_matches,
    set_aside,
)
from echeance.cash.commands.payers import forget_payers, recall_payers
from echeance.cash.commands.unmatching import undo_matches, undo_matches_of_items

__all__ = [
    "accept_matches",
    "accept_proved",
    "add_bank_account",
    "forget_payers",
    "import_statements",
    "propose_matches",
    "recall_payers",
    "set_aside",
    "undo_matches",
    "undo_matches_of_items",
]
