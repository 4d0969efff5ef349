"""Open items taken over from another program: everything wrong is said, then all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import date

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import journal
from echeance.base import queries as base
from echeance.base.actor import Actor
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.core.bookkeeping import CHART, account_number
from echeance.core.money import ZERO
from echeance.core.tabular import read_table
from echeance.ledger import queries
from echeance.ledger.commands.posting import CHUNK, write_entries
from echeance.ledger.errors import OpenItemsKnownError, OpenItemsRefusedError
from echeance.ledger.events import OpenItemsTakenOver
from echeance.ledger.models import Account
from echeance.ledger.opening import OpeningRow, Reader
from echeance.ledger.types import EntryFacts, ItemVat, NewOpenItem, OpeningReport, Posting
from echeance.parties import queries as parties

FILE_KIND = "open_items_import"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPENING = account_number("opening_balance")
CUSTOMERS = account_number("customers")
DEFERRED_VAT = account_number("vat_deferred")


def import_open_items(
    *, actor: Actor, content: bytes, filename: str, on: date, dry_run: bool = True
) -> OpeningReport:
    """Take over what customers owe, from a CSV file or a workbook.

    One entry of journal AN a line, dated of the takeover, whose document keeps its own date and
    due date: 411 against 890. The VAT that becomes due when the customer pays stands on 44574, and
    moves to 44571 with the money, as it does for an invoice issued here. A negative amount is a
    credit. The file is archived.

    Args:
        actor: Needs the rights to post entries and to store files.
        content: The file.
        filename: Its name.
        on: The day of the takeover, in an open period; no document is later.
        dry_run: Only say what would happen, bad cells included.

    Raises:
        OpenItemsRefusedError: Some cells are bad and ``dry_run`` is off; nothing is written.
        OpenItemsKnownError: The same bytes were taken over before.
        OpenItemColumnsError: A needed column is missing.
        NoFiscalYearError: No open fiscal year holds the day.
        PeriodClosedError: Its month is closed.
        EmptyTableError, UnknownTableFormatError, …: See :func:`echeance.core.tabular.read_table`.
    """
    actor.require(Right.POST_ENTRIES)
    table = read_table(content, filename)
    reader = Reader.of_headers(table.headers, filename)
    read = [reader.read(row, on) for row in table.rows]
    rows = [row for row in read if row is not None]
    found = parties.by_codes(actor=actor, codes={row.code for row in rows})
    ids = {code: party.pk for code, party in found.items()}
    _check_against_books(actor, reader, rows, ids)
    report = OpeningReport(
        dry_run=dry_run,
        rows=len(read),
        total=sum((row.amount for row in rows), ZERO),
        problems=tuple(sorted(reader.problems, key=lambda problem: problem.row)),
    )
    if dry_run:
        return report
    event = OpenItemsTakenOver(
        hashlib.sha256(content).hexdigest(), filename, len(rows), report.total
    )
    with transaction.atomic():
        # Two takeovers of one file at once: the second waits here, then finds the first.
        Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
        if before := base.history(actor=actor, subject=event.subject).first():
            raise OpenItemsKnownError(filename, before.at.date())
        if report.problems:
            raise OpenItemsRefusedError(filename, report.problems)
        _keep(actor, content, filename, on)
        _add_account(actor)
        write_entries(actor, [_entry(row, ids[row.code], on) for row in rows])
        journal.record(event, actor=actor)
    return report


def _keep(actor: Actor, content: bytes, filename: str, on: date) -> None:
    archive.store_file(
        actor=actor,
        file=NewFile(
            content=content,
            filename=filename,
            media_type=XLSX if content.startswith(b"PK") else "text/csv",
            kind=FILE_KIND,
            subject="",
            keep_until=queries.keep_until(actor=actor, day=on),
        ),
    )


def _check_against_books(
    actor: Actor, reader: Reader, rows: Sequence[OpeningRow], ids: Collection[str]
) -> None:
    """Unknown customers, documents that stand in the books, the same item twice."""
    numbers = sorted({row.number for row in rows})
    known: set[str] = set()
    for start in range(0, len(numbers), CHUNK):
        chunk = numbers[start : start + CHUNK]
        known.update(queries.items_of_document(actor=actor, document_refs=chunk))
    lines: dict[tuple[str, str, date], int] = {}
    for row in rows:
        if row.code not in ids:
            reader.refuse(
                row.row, "code", row.code, "Ce client est inconnu : importez d'abord les clients."
            )
        if row.number in known:
            reader.refuse(row.row, "number", row.number, "Cette pièce est déjà en comptabilité.")
        key = (row.code, row.number, row.due)
        if key in lines:
            reader.refuse(
                row.row, "number", row.number, f"Cette échéance est déjà en ligne {lines[key]}."
            )
        lines.setdefault(key, row.row)


def _add_account(actor: Actor) -> None:
    """Books set up before this account was in the chart receive it."""
    [account] = [one for one in CHART if one.number == OPENING]
    Account.objects.bulk_create(
        [
            Account(
                company=actor.company, key=account.key, number=account.number, label=account.label
            )
        ],
        ignore_conflicts=True,
    )


def _entry(row: OpeningRow, party_id: int, on: date) -> EntryFacts:
    owed, credit = max(row.amount, ZERO), max(-row.amount, ZERO)
    label = f"Reprise {row.number}"
    vat: tuple[ItemVat, ...] = ()
    if row.vat:
        vat = (ItemVat("S", row.rate, row.amount - row.vat, row.vat, "receipts"),)
    return EntryFacts(
        journal_code="AN",
        entry_date=on,
        document_ref=row.number,
        document_date=row.issued,
        label=label,
        postings=(
            Posting(CUSTOMERS, debit=owed, credit=credit, party_id=party_id, label=label),
            Posting(DEFERRED_VAT, credit=row.vat, label=label),
            Posting(OPENING, debit=credit, credit=max(owed - row.vat, ZERO), label=label),
        ),
        items=(
            NewOpenItem(
                posting_index=0,
                due_date=row.due,
                kind="invoice" if owed else "credit_note",
                document_ref=row.number,
                order_ref=row.order,
                vat=vat,
            ),
        ),
    )
