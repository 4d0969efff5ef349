"""Entries undone by mirror ones."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction

from echeance.base import journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.ledger.commands.posting import RIGHTS_BY_JOURNAL, write_entries
from echeance.ledger.commands.settling import allocate
from echeance.ledger.errors import (
    EntryInUseError,
    EntryReversedError,
    UndoneTooEarlyError,
    UnknownEntryError,
)
from echeance.ledger.events import EntryReversed
from echeance.ledger.models import EntryLine, JournalEntry, OpenItem, VatMove
from echeance.ledger.types import (
    EntryFacts,
    ItemVat,
    NewAllocation,
    NewOpenItem,
    PostedEntry,
    Posting,
)


@transaction.atomic
def reverse_entries(*, actor: Actor, entry_ids: Collection[int], on: date) -> list[PostedEntry]:
    """Reverse entries by mirror ones; the items of both close against each other.

    Args:
        actor: Needs the rights to post in their journals, and to match payments.
        entry_ids: Entries whose items nothing settles.
        on: Date of the mirror entries.

    Returns:
        The mirror entries, in order.

    Raises:
        UnknownEntryError: Not an entry of this company.
        EntryReversedError: One was reversed before, or is a reversal.
        EntryInUseError: An item of one is settled, or one moved VAT for an allocation.
        UndoneTooEarlyError: ``on`` is before the date of an entry.
        NoFiscalYearError: No open fiscal year holds ``on``.
        PeriodClosedError: ``on`` is in a closed month.
    """
    wanted = list(dict.fromkeys(entry_ids))
    known = {
        row.pk: row
        for row in JournalEntry.objects.filter(company=actor.company, pk__in=wanted)
        .select_for_update(of=("self",))
        .select_related("journal")
        .prefetch_related("lines__account", "lines__items__vat")
        .order_by("pk")
    }
    for pk in wanted:
        if pk not in known:
            raise UnknownEntryError(entry_id=pk)
        usual = RIGHTS_BY_JOURNAL.get(known[pk].journal.code, Right.POST_ENTRIES)
        actor.require(usual if usual in actor.rights else Right.POST_ENTRIES)
    _check_free(known, on)
    originals = [known[pk] for pk in wanted]
    posted = write_entries(actor, [_mirror(row, on) for row in originals], originals)
    allocate(
        actor=actor,
        allocations=[
            NewAllocation(*_debit_first(item, mirror_id), item.amount, on)
            for row, mirror in zip(originals, posted, strict=True)
            for item, mirror_id in zip(_items(row), mirror.item_ids, strict=True)
        ],
    )
    journal.record_many(
        [
            EntryReversed(row.pk, mirror.entry_id)
            for row, mirror in zip(originals, posted, strict=True)
        ],
        actor=actor,
    )
    return posted


def _check_free(known: dict[int, JournalEntry], on: date) -> None:
    reversed_before = set(
        JournalEntry.objects.filter(reverses__in=known).values_list("reverses_id", flat=True)
    )
    moved_vat = set(VatMove.objects.filter(entry__in=known).values_list("entry_id", flat=True))
    for pk, row in known.items():
        if row.reverses_id or pk in reversed_before:
            raise EntryReversedError(document_ref=row.document_ref)
        if pk in moved_vat or any(item.open_amount != item.amount for item in _items(row)):
            raise EntryInUseError(document_ref=row.document_ref)
        if on < row.entry_date:
            raise UndoneTooEarlyError(row.document_ref, row.entry_date)


def _lines(row: JournalEntry) -> list[EntryLine]:
    return sorted(row.lines.all(), key=lambda line: line.pk)


def _items_of(line: EntryLine) -> list[OpenItem]:
    return sorted(line.items.all(), key=lambda item: item.pk)


def _items(row: JournalEntry) -> list[OpenItem]:
    return [item for line in _lines(row) for item in _items_of(line)]


def _debit_first(item: OpenItem, mirror_id: int) -> tuple[int, int]:
    return (item.pk, mirror_id) if item.side == OpenItem.Side.DEBIT else (mirror_id, item.pk)


def _mirror(row: JournalEntry, on: date) -> EntryFacts:
    lines = _lines(row)
    return EntryFacts(
        journal_code=row.journal.code,
        entry_date=on,
        document_ref=row.document_ref,
        document_date=row.document_date,
        label=f"Annulation : {row.label}",
        postings=tuple(
            Posting(line.account.number, line.credit, line.debit, line.party_id, line.label)
            for line in lines
        ),
        items=tuple(
            NewOpenItem(
                posting_index=place,
                due_date=item.due_date,
                kind="other",
                document_ref=item.document_ref,
                amount=item.amount,
                credits_ref=item.document_ref,
                vat=tuple(
                    ItemVat(vat.category, vat.rate, vat.base, vat.vat, vat.exigibility)
                    for vat in item.vat.all()
                ),
            )
            for place, line in enumerate(lines)
            for item in _items_of(line)
        ),
    )
