"""Reads of the parties. A merged party is read as the one it was merged into."""

from echeance.parties.queries.records import (
    addresses_of,
    bank_accounts_of,
    bounced_contacts,
    by_codes,
    by_identifiers,
    contact_for,
    contacts,
    contacts_of,
    export_parties,
    field_history,
    parties,
    party_for,
    payers_by_iban,
    snapshot_of,
    snapshots,
    with_merged,
)

__all__ = [
    "addresses_of",
    "bank_accounts_of",
    "bounced_contacts",
    "by_codes",
    "by_identifiers",
    "contact_for",
    "contacts",
    "contacts_of",
    "export_parties",
    "field_history",
    "parties",
    "party_for",
    "payers_by_iban",
    "snapshot_of",
    "snapshots",
    "with_merged",
]
