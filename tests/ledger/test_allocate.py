"""Settling items: what is refused, when it takes effect, which letters come and go."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from echeance.base.actor import Actor, system
from echeance.base.commands import create_company
from echeance.base.errors import RightMissingError
from echeance.base.models import JournalEvent
from echeance.base.types import CompanyFacts
from echeance.ledger import commands, queries
from echeance.ledger.errors import (
    AllocationAmountError,
    AllocationMismatchError,
    AllocationReversedError,
    AllocationTooLargeError,
    NoFiscalYearError,
    PeriodClosedError,
    UndoneTooEarlyError,
    UnknownAllocationError,
    UnknownItemError,
)
from echeance.ledger.models import Allocation, JournalEntry, Lettering, OpenItem, VatMove
from echeance.ledger.types import NewAllocation
from ledger.books import day, item, vat


def state():
    """All that settling may change."""
    return (
        list(OpenItem.objects.order_by("pk").values_list("pk", "open_amount", "lettering")),
        Allocation.objects.count(),
        JournalEntry.objects.count(),
        VatMove.objects.count(),
        Lettering.objects.count(),
    )


def letters():
    return dict(OpenItem.objects.values_list("document_ref", "lettering__letter"))


def test_more_than_an_item_has_left_is_refused(books):
    invoice, receipt = books.service("F1", "05/01", "04/02"), books.receipt("R1", "04/02", "200.00")
    before = state()

    with pytest.raises(AllocationTooLargeError, match=r"120\.01 € à F1.*120\.00"):
        books.settle(invoice, receipt, "120.01", "04/02")

    assert state() == before


def test_what_a_batch_takes_is_counted_before_the_next_one(books):
    invoice, receipt = books.service("F1", "05/01", "04/02"), books.receipt("R1", "04/02", "200.00")
    before = state()
    part = NewAllocation(invoice, receipt, Decimal("70.00"), day("04/02"))

    with pytest.raises(AllocationTooLargeError, match=r"70\.00 € à F1.*50\.00"):
        commands.allocate(actor=books.actor, allocations=[part, part])

    assert state() == before


@pytest.mark.parametrize("amount", ["0", "-1.00", "1.005"])
def test_only_whole_cents_above_zero_are_allocated(books, amount):
    invoice, receipt = books.service("F1", "05/01", "04/02"), books.receipt("R1", "04/02", "200.00")
    before = state()

    with pytest.raises(AllocationAmountError, match="F1"):
        books.settle(invoice, receipt, amount, "04/02")

    assert state() == before


def test_items_of_two_customers_do_not_settle_each_other(books):
    invoice = books.service("F1", "05/01", "04/02")
    receipt = books.receipt("R1", "04/02", "120.00", party="B")
    before = state()

    with pytest.raises(AllocationMismatchError, match=r"F1 et R1.*tiers diffèrent"):
        books.settle(invoice, receipt, "120.00", "04/02")

    assert state() == before


def test_items_of_two_accounts_do_not_settle_each_other(books):
    invoice = books.service("F1", "05/01", "04/02")
    (advance,) = books.post("BQ R1 04/02", "512000 D120.00; 419100 C120.00 A")
    before = state()

    with pytest.raises(AllocationMismatchError, match="comptes diffèrent"):
        books.settle(invoice, advance, "120.00", "04/02")

    assert state() == before


def test_two_debits_do_not_settle_each_other(books):
    one, two = books.service("F1", "05/01", "04/02"), books.service("F2", "05/01", "04/02")

    with pytest.raises(AllocationMismatchError, match="un débit et un crédit"):
        books.settle(one, two, "1.00", "04/02")


def test_the_items_of_another_company_do_not_exist(books):
    invoice, receipt = books.service("F1", "05/01", "04/02"), books.receipt("R1", "04/02", "120.00")
    stranger = system(create_company(facts=CompanyFacts(name="Voisin", siren="404833048")))
    before = state()

    with pytest.raises(UnknownItemError, match=str(invoice)):
        commands.allocate(
            actor=stranger,
            allocations=[NewAllocation(invoice, receipt, Decimal("1.00"), day("04/02"))],
        )

    assert state() == before
    assert queries.items_for(actor=stranger, item_ids=[invoice]) == []
    assert queries.open_items(actor=stranger) == []


def test_without_the_right_nothing_is_settled(books):
    invoice, receipt = books.service("F1", "05/01", "04/02"), books.receipt("R1", "04/02", "120.00")
    before = state()

    with pytest.raises(RightMissingError, match="match_payments"):
        commands.allocate(
            actor=Actor(books.actor.company, None, frozenset()),
            allocations=[NewAllocation(invoice, receipt, Decimal("1.00"), day("04/02"))],
        )

    assert state() == before


def test_a_closed_month_takes_no_allocation(books):
    invoice, receipt = books.service("F1", "05/01", "04/02"), books.receipt("R1", "04/02", "120.00")
    commands.close_period(actor=books.actor, day=day("04/02"))
    before = state()

    with pytest.raises(PeriodClosedError, match="04/02/2026"):
        books.settle(invoice, receipt, "120.00", "04/02")

    assert state() == before


def test_a_day_of_no_year_takes_no_allocation(books):
    invoice, receipt = books.service("F1", "05/01", "04/02"), books.receipt("R1", "04/02", "120.00")

    with pytest.raises(NoFiscalYearError, match="01/01/2027"):
        commands.allocate(
            actor=books.actor,
            allocations=[NewAllocation(invoice, receipt, Decimal("1.00"), date(2027, 1, 1))],
        )


def test_an_allocation_takes_effect_once_both_items_stand_in_the_books(books):
    receipt = books.receipt("R1", "10/01", "120.00")
    invoice = books.service("F1", "20/01", "20/02")

    books.settle(invoice, receipt, "120.00", "10/01")

    assert Allocation.objects.get().effective_date == day("20/01")
    assert VatMove.objects.get().on == day("20/01")


def test_settling_again_takes_effect_once_the_mistake_is_undone(books):
    wrong, right = books.service("F1", "05/01", "04/02"), books.service("F2", "05/01", "04/02")
    receipt = books.receipt("R1", "10/02", "120.00")
    mistake = books.settle(wrong, receipt, "120.00", "10/02")
    books.undo([mistake], "02/03")

    books.settle(right, receipt, "120.00", "10/02")

    for when, open_then in (("28/02", ["F2"]), ("02/03", ["F1"])):
        items = queries.open_items(actor=books.actor, on=day(when))
        assert [one.document_ref for one in items] == open_then
        collected = queries.account_balance(actor=books.actor, account="445710", on=day(when))
        assert collected == Decimal("-20.00")
    (paid,) = queries.allocations_of(actor=books.actor, item_ids=[right])
    assert (paid.credited_on, paid.effective_date) == (day("10/02"), day("02/03"))


def test_payments_of_one_batch_move_vat_each_on_its_day(books):
    invoice = books.service("F1", "05/01", "04/02")
    late, early = books.receipt("R1", "04/03", "60.00"), books.receipt("R2", "04/02", "60.00")

    commands.allocate(
        actor=books.actor,
        allocations=[
            NewAllocation(invoice, late, Decimal("60.00"), day("04/03")),
            NewAllocation(invoice, early, Decimal("60.00"), day("04/02")),
        ],
    )

    assert list(VatMove.objects.order_by("on").values_list("on", "amount")) == [
        (day("04/02"), Decimal("10.00")),
        (day("04/03"), Decimal("10.00")),
    ]


def test_instalments_settled_together_make_one_vat_entry(books):
    first, second = books.post(
        "VT F1 05/01",
        "411000 D120.00 A; 706000 C100.00; 445740 C20.00",
        item(0, "31/01", "invoice", vat("20", "33.33", "6.67"), amount="40.00"),
        item(0, "28/02", "invoice", vat("20", "66.67", "13.33"), amount="80.00"),
    )
    receipt = books.receipt("R1", "31/01", "120.00")

    commands.allocate(
        actor=books.actor,
        allocations=[
            NewAllocation(first, receipt, Decimal("40.00"), day("31/01")),
            NewAllocation(second, receipt, Decimal("80.00"), day("31/01")),
        ],
    )

    entry = JournalEntry.objects.get(journal__code="OD")
    assert sorted(entry.lines.values_list("account__number", "debit", "credit")) == [
        ("445710", Decimal("0.00"), Decimal("20.00")),
        ("445740", Decimal("20.00"), Decimal("0.00")),
    ]
    assert entry.document_ref == "F1"
    assert entry.label == "TVA exigible sur encaissement F1"
    assert {line.label for line in entry.lines.all()} == {"TVA exigible sur encaissement F1, 20 %"}


def test_a_group_is_lettered_whole_when_its_last_item_closes(books):
    one, two = books.goods("F1", "05/01", "04/02"), books.goods("F2", "05/01", "04/02")
    cross = books.receipt("R1", "04/02", "180.00")
    books.settle(one, cross, "120.00", "04/02")
    books.settle(two, cross, "60.00", "04/02")
    assert set(letters().values()) == {None}

    books.settle(two, books.receipt("R2", "10/02", "60.00"), "60.00", "10/02")

    assert letters() == {"F1": "AA", "F2": "AA", "R1": "AA", "R2": "AA"}
    assert Lettering.objects.get().lettered_on == day("10/02")


def test_a_closed_pair_of_an_open_group_has_no_letter(books):
    one, two = books.goods("F1", "05/01", "04/02"), books.goods("F2", "05/01", "04/02")
    receipt = books.receipt("R1", "04/02", "240.00")

    books.settle(one, receipt, "120.00", "04/02")
    assert letters() == {"F1": None, "F2": None, "R1": None}

    books.settle(two, receipt, "120.00", "04/02")
    assert letters() == {"F1": "AA", "F2": "AA", "R1": "AA"}


def test_each_customer_has_a_run_of_letters_and_none_is_used_twice(books):
    invoice, receipt = books.goods("F1", "05/01", "04/02"), books.receipt("R1", "04/02", "120.00")
    allocation = books.settle(invoice, receipt, "120.00", "04/02")
    books.undo([allocation], "05/02")

    books.settle(invoice, receipt, "120.00", "06/02")

    assert letters() == {"F1": "AB", "R1": "AB"}
    kept = Lettering.objects.order_by("rank")
    assert [(one.letter, one.undone_at is None) for one in kept] == [("AA", False), ("AB", True)]


def test_an_undone_allocation_stays_written_beside_its_reversal(books):
    invoice, receipt = books.service("F1", "05/01", "04/02"), books.receipt("R1", "04/02", "120.00")
    before = list(OpenItem.objects.order_by("pk").values())
    allocation = books.settle(invoice, receipt, "120.00", "04/02")

    (reversal,) = books.undo([allocation], "10/02")

    assert list(OpenItem.objects.order_by("pk").values()) == before
    first, second = queries.allocations_of(actor=books.actor, item_ids=[invoice])
    assert (first.allocation_id, first.amount, first.effective_date) == (
        allocation,
        Decimal("120.00"),
        day("04/02"),
    )
    assert (second.allocation_id, second.amount, second.effective_date, second.reverses_id) == (
        reversal,
        Decimal("-120.00"),
        day("10/02"),
        allocation,
    )
    assert list(
        JournalEvent.objects.filter(subject="document:F1").values_list("action", flat=True)
    ) == ["ledger.items_allocated", "ledger.allocation_undone"]


def test_an_allocation_is_undone_once_and_a_reversal_never(books):
    invoice, receipt = books.service("F1", "05/01", "04/02"), books.receipt("R1", "04/02", "120.00")
    allocation = books.settle(invoice, receipt, "120.00", "04/02")
    (reversal,) = books.undo([allocation], "10/02")
    before = state()

    for pk in (allocation, reversal):
        with pytest.raises(AllocationReversedError, match=str(pk)):
            books.undo([pk], "11/02")

    assert state() == before


def test_an_allocation_is_not_undone_before_it_took_effect(books):
    invoice, receipt = books.service("F1", "05/01", "04/02"), books.receipt("R1", "04/02", "120.00")
    allocation = books.settle(invoice, receipt, "120.00", "04/02")
    before = state()

    with pytest.raises(UndoneTooEarlyError, match="F1 date du 04/02/2026"):
        books.undo([allocation], "03/02")

    assert state() == before


def test_an_unknown_allocation_is_refused(books):
    with pytest.raises(UnknownAllocationError, match="n° 999"):
        books.undo([999], "03/02")


def test_nothing_is_undone_in_a_closed_month(books):
    invoice, receipt = books.service("F1", "05/01", "04/02"), books.receipt("R1", "04/02", "120.00")
    allocation = books.settle(invoice, receipt, "120.00", "04/02")
    commands.close_period(actor=books.actor, day=day("28/02"))
    before = state()

    with pytest.raises(PeriodClosedError, match="28/02/2026"):
        books.undo([allocation], "28/02")

    assert state() == before


def queries_to_settle(books, count):
    pairs = [
        (
            books.service(f"F{count}-{rank}", "05/01", "04/02"),
            books.receipt(f"R{count}-{rank}", "04/02", "120.00"),
        )
        for rank in range(count)
    ]
    with CaptureQueriesContext(connection) as made:
        commands.allocate(
            actor=books.actor,
            allocations=[
                NewAllocation(debit, credit, Decimal("120.00"), day("04/02"))
                for debit, credit in pairs
            ],
        )
    return len(made)


def test_settling_forty_invoices_costs_the_queries_of_two(books):
    queries_to_settle(books, 1)  # the first VAT entry makes the counter of its journal

    assert queries_to_settle(books, 40) == queries_to_settle(books, 2)
