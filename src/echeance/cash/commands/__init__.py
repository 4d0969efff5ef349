"""Writes of the bank room."""

from echeance.cash.commands.intake import add_bank_account, import_statements
from echeance.cash.commands.matching import (
    accept_matches,
    accept_proved,
    propose_matches,
    set_aside,
    undo_matches,
)

__all__ = [
    "accept_matches",
    "accept_proved",
    "add_bank_account",
    "import_statements",
    "propose_matches",
    "set_aside",
    "undo_matches",
]
