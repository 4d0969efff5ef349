"""Entries undone by their mirror: the books are as before, and nothing was taken out."""

from __future__ import annotations

from decimal import Decimal

import pytest

from echeance.base.models import JournalEvent
from echeance.ledger import commands, queries
from echeance.ledger.errors import (
    EntryInUseError,
    EntryReversedError,
    PeriodClosedError,
    UndoneTooEarlyError,
    UnknownEntryError,
)
from echeance.ledger.models import Allocation, JournalEntry, OpenItem
from ledger.books import day


def reverse(books, *refs, on="02/03"):
    ids = [JournalEntry.objects.get(document_ref=ref, reverses=None).pk for ref in refs]
    return commands.reverse_entries(actor=books.actor, entry_ids=ids, on=day(on))


def test_a_reversed_receipt_leaves_nothing_open_and_the_bank_as_it_was(books):
    books.receipt("R1", "04/02", "120.00")

    (mirror,) = reverse(books, "R1")

    assert queries.open_items(actor=books.actor) == []
    assert queries.account_balance(actor=books.actor, account="512") == Decimal(0)
    assert set(OpenItem.objects.values_list("lettering__letter", flat=True)) == {"AA"}
    row = JournalEntry.objects.get(pk=mirror.entry_id)
    assert (row.number, row.label, row.reverses.document_ref) == (2, "Annulation : R1", "R1")
    assert JournalEvent.objects.filter(action="ledger.entry_reversed").count() == 1
    assert queries.verify(books.actor.company) == []


def test_a_reversed_invoice_of_services_moves_no_vat_and_leaves_none_waiting(books):
    books.service("F1", "05/01", "04/02")

    reverse(books, "F1")

    assert queries.account_balance(actor=books.actor, account="445") == Decimal(0)
    assert not JournalEntry.objects.filter(journal__code="OD").exists()
    assert queries.verify(books.actor.company) == []


def test_several_entries_are_reversed_together(books):
    books.receipt("R1", "04/02", "120.00")
    books.receipt("R2", "05/02", "60.00", party="B")

    mirrors = reverse(books, "R2", "R1")

    assert [mirror.number for mirror in mirrors] == [3, 4]
    assert JournalEntry.objects.get(number=3).document_ref == "R2"
    assert queries.account_balance(actor=books.actor, account="") == Decimal(0)
    assert queries.open_items(actor=books.actor) == []


def test_an_entry_that_settles_something_is_first_unmatched(books):
    invoice, receipt = books.service("F1", "05/01", "04/02"), books.receipt("R1", "04/02", "120.00")
    books.settle(invoice, receipt, "50.00", "04/02")
    before = JournalEntry.objects.count(), Allocation.objects.count()

    for ref in ("F1", "R1"):
        with pytest.raises(EntryInUseError, match=ref):
            commands.reverse_entries(
                actor=books.actor,
                entry_ids=[
                    JournalEntry.objects.exclude(journal__code="OD").get(document_ref=ref).pk
                ],
                on=day("02/03"),
            )

    assert (JournalEntry.objects.count(), Allocation.objects.count()) == before


def test_a_vat_entry_goes_with_its_allocation_only(books):
    invoice, receipt = books.service("F1", "05/01", "04/02"), books.receipt("R1", "04/02", "120.00")
    books.settle(invoice, receipt, "120.00", "04/02")
    vat_entry = JournalEntry.objects.get(journal__code="OD")

    with pytest.raises(EntryInUseError, match="F1"):
        commands.reverse_entries(actor=books.actor, entry_ids=[vat_entry.pk], on=day("02/03"))

    assert not JournalEntry.objects.exclude(reverses=None).exists()


def test_an_entry_is_reversed_once_and_its_mirror_never(books):
    books.receipt("R1", "04/02", "120.00")
    (mirror,) = reverse(books, "R1")

    with pytest.raises(EntryReversedError, match="R1"):
        reverse(books, "R1")
    with pytest.raises(EntryReversedError, match="R1"):
        commands.reverse_entries(actor=books.actor, entry_ids=[mirror.entry_id], on=day("03/03"))

    assert JournalEntry.objects.count() == 2


def test_an_entry_is_not_reversed_before_its_date_nor_in_a_closed_month(books):
    books.receipt("R1", "04/02", "120.00")

    with pytest.raises(UndoneTooEarlyError, match="04/02/2026"):
        reverse(books, "R1", on="03/02")
    commands.close_period(actor=books.actor, day=day("28/02"))
    with pytest.raises(PeriodClosedError, match="10/02/2026"):
        reverse(books, "R1", on="10/02")

    assert JournalEntry.objects.count() == 1


def test_an_unknown_entry_is_refused(books):
    with pytest.raises(UnknownEntryError, match="n° 999"):
        commands.reverse_entries(actor=books.actor, entry_ids=[999], on=day("02/03"))
