"""Entries: numbered without a hole, balanced, dated in an open month; a refusal writes nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.base.actor import Actor
from echeance.base.errors import RightMissingError
from echeance.base.models import Counter, JournalEvent
from echeance.base.rights import RIGHTS_BY_ROLE, Right, Role
from echeance.core.bookkeeping import InvalidEntryLineError, UnbalancedEntryError
from echeance.ledger import commands, queries
from echeance.ledger.errors import (
    ItemAmountsError,
    NoFiscalYearError,
    PartyNeededError,
    PeriodClosedError,
    UnknownAccountError,
    UnknownJournalError,
)
from echeance.ledger.models import EntryLine, JournalEntry, OpenItem
from ledger.books import Books, item, vat

SALE = "411000 D120.00 A; 707000 C100.00; 445710 C20.00"


def nothing_written():
    return not (
        JournalEntry.objects.exists()
        or EntryLine.objects.exists()
        or OpenItem.objects.exists()
        or Counter.objects.filter(name__startswith="entry:", last__gt=0).exists()
    )


def test_numbers_run_by_journal_and_year_in_the_order_given(books):
    commands.open_fiscal_year(
        actor=books.actor, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31)
    )
    late = books.facts("VT F9 05/01", SALE)
    next_year = books.facts("VT F3 05/01", SALE)
    object.__setattr__(next_year, "entry_date", date(2027, 1, 5))

    posted = commands.post_entries(
        actor=books.actor,
        entries=[
            books.facts("VT F1 05/03", SALE),
            books.facts("OD O1 05/02", "658000 D1.00; 512000 C1.00"),
            late,
            next_year,
        ],
    )

    assert [entry.number for entry in posted] == [1, 1, 2, 1]
    assert queries.verify(books.actor.company) == []


def test_a_run_of_numbers_is_one_line_of_the_journal(books):
    commands.post_entries(
        actor=books.actor,
        entries=[books.facts(f"VT F{rank} 05/01", SALE) for rank in range(3)],
    )

    event = JournalEvent.objects.get(action="ledger.entries_posted")

    assert event.facts["journal_code"] == "VT"
    assert (event.facts["first"], event.facts["last"]) == (1, 3)
    assert event.actor == "assistant"


def test_lines_of_zero_are_left_out_and_their_items_too(books):
    ids = books.post(
        "VT F1 05/01",
        "411000 D0.00 A; 411000 D100.00 A; 707000 C100.00; 445710 C0.00",
        item(0, "04/02", "invoice"),
        item(1, "04/02", "invoice"),
    )

    assert EntryLine.objects.count() == 2
    assert ids == [OpenItem.objects.get().pk]


def test_a_party_line_without_an_item_leaves_one_due_that_day(books):
    (pk,) = books.post("VT F1 05/01", SALE)

    kept = OpenItem.objects.get(pk=pk)

    assert (kept.kind, kept.due_date, kept.open_amount) == (
        "other",
        date(2026, 1, 5),
        Decimal("120.00"),
    )


def test_items_come_back_in_the_order_asked_for(books):
    second, first = books.post(
        "BQ R1 05/01",
        "512000 D30.00; 411000 C10.00 A; 411000 C20.00 B",
        item(2, "05/01", "receipt"),
        item(1, "05/01", "receipt"),
    )

    assert books.left(second, first) == [Decimal("20.00"), Decimal("10.00")]


@pytest.mark.parametrize(
    ("place", "lines", "error", "sentence"),
    [
        ("VT F1 05/01", "411000 D120.00 A; 707000 C119.99", UnbalancedEntryError, "120.00"),
        ("VT F1 05/01", "411000 D1.005 A; 707000 C1.005", InvalidEntryLineError, "411000"),
        ("VT F1 05/01", "411000 D-1.00 A; 707000 C-1.00", InvalidEntryLineError, "411000"),
        ("VT F1 05/01", "411000 D0.00 A; 707000 C0.00", UnbalancedEntryError, "ne s'équilibre pas"),
        ("VT F1 05/01", "411000 D1.00 A; 700000 C1.00", UnknownAccountError, "compte 700000"),
        ("ZZ F1 05/01", "411000 D1.00 A; 707000 C1.00", UnknownJournalError, "journal ZZ"),
        ("VT F1 05/01", "411000 D1.00; 707000 C1.00", PartyNeededError, "411000 de F1"),
    ],
)
def test_what_cannot_be_posted_is_refused_and_nothing_is_written(
    books, place, lines, error, sentence
):
    good = books.facts("VT F0 05/01", SALE)

    with pytest.raises(error, match=sentence):
        commands.post_entries(actor=books.actor, entries=[good, books.facts(place, lines)])

    assert nothing_written()


@pytest.mark.parametrize("amounts", [("60.00", "59.99"), ("120.01",), ("130.00", "-10.00")])
def test_instalments_that_do_not_make_the_line_are_refused(books, amounts):
    with pytest.raises(ItemAmountsError, match="F1"):
        books.post(
            "VT F1 05/01",
            SALE,
            *(item(0, "04/02", "invoice", amount=amount) for amount in amounts),
        )

    assert nothing_written()


def test_a_day_outside_every_year_is_refused(books):
    entry = books.facts("VT F1 05/01", SALE)
    object.__setattr__(entry, "entry_date", date(2025, 12, 31))

    with pytest.raises(NoFiscalYearError, match="31/12/2025"):
        commands.post_entries(actor=books.actor, entries=[entry])

    assert nothing_written()


def test_a_closed_month_takes_no_entry(books):
    commands.close_period(actor=books.actor, day=date(2026, 1, 5))

    with pytest.raises(PeriodClosedError, match="05/01/2026"):
        books.post("VT F1 05/01", SALE)

    assert nothing_written()
    assert books.post("VT F1 01/02", SALE)


def test_who_may_issue_invoices_may_post_sales_and_nothing_else(books):
    assistant = Actor(books.actor.company, None, RIGHTS_BY_ROLE[Role.ASSISTANT])

    posted = commands.post_entries(
        actor=assistant, entries=[books.facts("VT F1 05/01", SALE, item(0, "04/02", "invoice"))]
    )
    with pytest.raises(RightMissingError, match=Right.POST_ENTRIES):
        commands.post_entries(
            actor=assistant, entries=[books.facts("OD O1 05/01", "658000 D1.00; 512000 C1.00")]
        )

    assert [entry.number for entry in posted] == [1]
    assert JournalEntry.objects.count() == 1


def test_a_thousand_entries_cost_no_more_queries_than_their_rows(
    books: Books, django_assert_max_num_queries
):
    entries = [
        books.facts(f"VT F{rank} 05/01", SALE, item(0, "04/02", "invoice", vat("20", "1", "1")))
        for rank in range(500)
    ]

    # SQLite takes about 999 values a statement: 500 entries, 1,500 lines, 500 items and their VAT
    # are some fifty statements; PostgreSQL takes one for each table.
    with django_assert_max_num_queries(65):
        commands.post_entries(actor=books.actor, entries=entries)
