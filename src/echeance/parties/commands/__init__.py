"""Writes of the parties: each change keeps who made it and when."""

from echeance.parties.commands.bank_accounts import (
    add_bank_account,
    add_bank_accounts,
    confirm_bank_account,
    end_bank_account,
)
from echeance.parties.commands.contacts import (
    add_addresses,
    add_contacts,
    change_contact,
    flag_bounced,
)
from echeance.parties.commands.imports import import_parties
from echeance.parties.commands.parties import (
    change_parties,
    change_party,
    close_parties,
    create_parties,
    merge_parties,
)

__all__ = [
    "add_addresses",
    "add_bank_account",
    "add_bank_accounts",
    "add_contacts",
    "change_contact",
    "change_parties",
    "change_party",
    "close_parties",
    "confirm_bank_account",
    "create_parties",
    "end_bank_account",
    "flag_bounced",
    "import_parties",
    "merge_parties",
]
