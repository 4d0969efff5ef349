"""Writes of the ledger. Each takes many, in a number of queries that does not depend on how many.

Rights: whoever may do the act that posts may post in its journal (see ``RIGHTS_BY_JOURNAL``);
settling asks for the right to match payments.
"""

from echeance.ledger.commands.books import (
    close_period,
    open_accounts,
    open_fiscal_year,
    open_journals,
    set_up_books,
)
from echeance.ledger.commands.opening import import_open_items
from echeance.ledger.commands.posting import post_entries
from echeance.ledger.commands.redating import redate_items
from echeance.ledger.commands.reversing import reverse_entries
from echeance.ledger.commands.settling import allocate, unallocate

__all__ = [
    "allocate",
    "close_period",
    "import_open_items",
    "open_accounts",
    "open_fiscal_year",
    "open_journals",
    "post_entries",
    "redate_items",
    "reverse_entries",
    "set_up_books",
    "unallocate",
]
