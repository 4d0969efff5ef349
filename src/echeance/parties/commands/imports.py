"""Parties that come in a file: everything that is wrong is said, then all or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.core.tabular import read_table
from echeance.parties import queries, rules
from echeance.parties.columns import PartyRow, Reader
from echeance.parties.commands.bank_accounts import add_bank_accounts
from echeance.parties.commands.contacts import add_contacts
from echeance.parties.commands.parties import change_parties, create_parties
from echeance.parties.errors import ImportRefusedError
from echeance.parties.models import Party
from echeance.parties.types import (
    BankAccountFacts,
    ContactFacts,
    ImportReport,
    PartyFacts,
)


def import_parties(
    *, actor: Actor, content: bytes, filename: str, dry_run: bool = True
) -> ImportReport:
    """Create customers from a CSV file or a workbook, and change those it already knows by code.

    A blank cell changes nothing. Contacts and accounts of the file are added, none is removed.
    Importing the same file again changes nothing.

    Args:
        actor: Who imports; has the right to edit parties.
        content: The file.
        filename: Its name.
        dry_run: Only say what would happen, bad cells included.

    Raises:
        ImportRefusedError: Some cells are bad and ``dry_run`` is off; nothing is written.
        ColumnsMissingError: No column for the code or the name.
        EmptyTableError, UnknownTableFormatError, …: See :func:`echeance.core.tabular.read_table`.
    """
    actor.require(Right.EDIT_PARTIES)
    table = read_table(content, filename)
    reader = Reader.of_headers(table.headers, filename)
    rows = [reader.read(row) for row in table.rows]
    # The file is read before the transaction opens: nobody waits for that.
    with transaction.atomic():
        return _import_rows(actor, reader, rows, filename, dry_run=dry_run)


def _import_rows(
    actor: Actor, reader: Reader, rows: Sequence[PartyRow], filename: str, *, dry_run: bool
) -> ImportReport:
    known = queries.by_codes(actor=actor, codes={str(row.values.get("code", "")) for row in rows})
    created, changed = _sorted_out(reader, rows, known, actor.company.payment_terms)
    report = ImportReport(
        dry_run=dry_run,
        rows=len(rows),
        created=len(created),
        changed=len(changed),
        unchanged=len(rows) - len(created) - len(changed),
        problems=tuple(sorted(reader.problems, key=lambda problem: problem.row)),
    )
    if dry_run:
        return report
    if report.problems:
        raise ImportRefusedError(filename, report.problems)
    fresh = create_parties(actor=actor, parties=created)
    change_parties(actor=actor, changes=changed)
    ids = {code: party.pk for code, party in known.items()} | {row.code: row.pk for row in fresh}
    _add_what_hangs(actor, rows, ids)
    return report


def _sorted_out(
    reader: Reader, rows: Sequence[PartyRow], known: Mapping[str, Party], usual_terms: str
) -> tuple[list[PartyFacts], dict[int, dict[str, object]]]:
    """Parties to create, and changes by party; problems go to the reader."""
    created: list[PartyFacts] = []
    changed: dict[int, dict[str, object]] = {}
    lines: dict[str, int] = {}
    for row in rows:
        code = str(row.values.get("code", ""))
        if code and code in lines:
            reader.refuse(
                row.number, "code", code, f"Le code « {code} » est déjà en ligne {lines[code]}."
            )
            continue
        lines[code] = row.number
        party = known.get(code)
        fresh = PartyFacts(code="", name="", payment_terms=usual_terms)
        before = _facts_of(party) if party else fresh
        values: dict[str, object] = {**row.values, "code": party.code if party else code}
        facts, findings = rules.checked(rules.with_changes(before, values))
        for finding in findings:
            reader.refuse(row.number, finding.field, finding.value, finding.message)
        if party is None:
            created.append(facts)
        elif facts != before:
            changed[party.pk] = values
    return created, changed


def _facts_of(party: Party) -> PartyFacts:
    return PartyFacts(**rules.values_of(queries.snapshot_of(party)))


def _add_what_hangs(actor: Actor, rows: Sequence[PartyRow], ids: Mapping[str, int]) -> None:
    contacts: list[ContactFacts] = []
    accounts: list[BankAccountFacts] = []
    for row in rows:
        party_id = ids[str(row.values["code"])]
        contacts += [
            ContactFacts(party_id, email=email, purpose=purpose, name=name, phone=phone)
            for purpose, email, name, phone in row.contacts
        ]
        if row.iban:
            accounts.append(BankAccountFacts(party_id, iban=row.iban, bic=row.bic))
    add_contacts(actor=actor, contacts=contacts)
    add_bank_accounts(actor=actor, accounts=accounts)
