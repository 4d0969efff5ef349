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
from echeance.parties.commands.credit import (
    hold_parties,
    release_parties,
    set_credit_limits,
)
from echeance.parties.commands.establishments import (
    add_establishments,
    add_services,
    change_establishments,
    end_establishments,
    end_services,
    set_parent,
    set_parents,
)
from echeance.parties.commands.imports import import_parties
from echeance.parties.commands.mandates import (
    add_mandate,
    add_mandates,
    note_collections,
    revoke_mandates,
)
from echeance.parties.commands.merging import CHOOSABLE, merge_parties, undo_merge
from echeance.parties.commands.parties import (
    change_parties,
    change_party,
    close_parties,
    create_parties,
)
from echeance.parties.commands.privacy import (
    ErasureReport,
    erase_personal_data,
    export_personal_data,
)
from echeance.parties.commands.quality import (
    FixReport,
    FixResult,
    accept_fixes,
    dismiss_findings,
    undo_fixes,
    withdraw_dismissals,
)
from echeance.parties.commands.registers import (
    accept_registry_changes,
    check_registers,
    record_directory_answers,
    record_registry_answers,
)

__all__ = [
    "CHOOSABLE",
    "ErasureReport",
    "FixReport",
    "FixResult",
    "accept_fixes",
    "accept_registry_changes",
    "add_addresses",
    "add_bank_account",
    "add_bank_accounts",
    "add_contacts",
    "add_establishments",
    "add_mandate",
    "add_mandates",
    "add_services",
    "change_contact",
    "change_establishments",
    "change_parties",
    "change_party",
    "check_registers",
    "close_parties",
    "confirm_bank_account",
    "create_parties",
    "dismiss_findings",
    "end_bank_account",
    "end_establishments",
    "end_services",
    "erase_personal_data",
    "export_personal_data",
    "flag_bounced",
    "hold_parties",
    "import_parties",
    "merge_parties",
    "note_collections",
    "record_directory_answers",
    "record_registry_answers",
    "release_parties",
    "revoke_mandates",
    "set_credit_limits",
    "set_parent",
    "set_parents",
    "undo_fixes",
    "undo_merge",
    "withdraw_dismissals",
]
