"""What other rooms read: open items, balances, ages, now and on past days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.errors import RightMissingError
from echeance.ledger import queries
from echeance.ledger.types import AgedRow
from ledger.books import day, item

ZERO = Decimal(0)


def refs(items):
    return [(one.document_ref, one.open_amount) for one in items]


def test_open_items_stand_by_due_date_and_settled_ones_are_left_out(books):
    books.service("F2", "06/01", "01/03")
    first = books.service("F1", "05/01", "04/02")
    paid = books.service("F3", "05/01", "04/02")
    books.settle(paid, books.receipt("R1", "04/02", "120.00"), "120.00", "04/02")
    books.settle(first, books.receipt("R2", "04/02", "50.00"), "20.00", "04/02")

    everything = queries.open_items(actor=books.actor)
    owed = queries.open_items(actor=books.actor, side="debit", party_ids=[books.parties["A"]])

    assert refs(everything) == [
        ("F1", Decimal("100.00")),
        ("R2", Decimal("30.00")),
        ("F2", Decimal("120.00")),
    ]
    assert refs(owed) == [("F1", Decimal("100.00")), ("F2", Decimal("120.00"))]
    assert queries.open_items(actor=books.actor, party_ids=[books.parties["B"]]) == []
    assert queries.open_items(actor=books.actor, account_prefix="401") == []


def test_open_items_of_a_past_day_are_as_they_stood(books):
    invoice = books.service("F1", "05/01", "04/02")
    books.service("F2", "10/03", "09/04")
    books.settle(invoice, books.receipt("R1", "04/02", "50.00"), "50.00", "04/02")
    books.settle(invoice, books.receipt("R2", "04/03", "70.00"), "70.00", "04/03")

    assert queries.open_items(actor=books.actor, on=day("04/01")) == []
    assert refs(queries.open_items(actor=books.actor, on=day("03/02"))) == [
        ("F1", Decimal("120.00"))
    ]
    assert refs(queries.open_items(actor=books.actor, on=day("04/02"))) == [
        ("F1", Decimal("70.00"))
    ]
    assert refs(queries.open_items(actor=books.actor, on=day("10/03"))) == [
        ("F2", Decimal("120.00"))
    ]


def test_items_of_documents_include_settled_ones_with_their_letter(books):
    invoice = books.service("F1", "05/01", "04/02")
    receipt = books.receipt("R1", "04/02", "120.00")
    books.settle(invoice, receipt, "120.00", "04/02")

    found = queries.items_of_document(actor=books.actor, document_refs=["F1", "F9"])

    (only,) = found.pop("F1")
    assert found == {}
    assert (only.item_id, only.open_amount, only.letter) == (invoice, Decimal("0.00"), "AA")
    assert [one.item_id for one in queries.items_for(actor=books.actor, item_ids=[receipt])] == [
        receipt
    ]


AGES = [
    ("31/03", "not_due"),
    ("30/03", "1-30"),
    ("01/03", "1-30"),
    ("28/02", "31-60"),
    ("30/01", "31-60"),
    ("29/01", "61-90"),
]


@pytest.mark.parametrize(("due", "bucket"), AGES)
def test_the_age_of_an_item_is_the_days_since_its_due_date(books, due, bucket):
    books.service("F1", "05/01", due)

    balance = queries.aged_balance(actor=books.actor, on=day("31/03"))

    expected = [ZERO] * 6
    expected[("not_due", "1-30", "31-60", "61-90", "91-120", "over_120").index(bucket)] = Decimal(
        "120.00"
    )
    assert balance.buckets == tuple(expected)


@pytest.mark.parametrize(("on", "place"), [("01/05", 3), ("02/05", 4), ("31/05", 4), ("01/06", 5)])
def test_the_oldest_ages(books, on, place):
    books.service("F1", "05/01", "31/01")  # 90 days late on 01/05, 120 on 31/05

    buckets = queries.aged_balance(actor=books.actor, on=day(on)).buckets

    assert [rank for rank, amount in enumerate(buckets) if amount] == [place]


def test_credits_stand_apart_and_parties_with_nothing_are_left_out(books):
    books.service("F1", "05/01", "04/02")
    books.receipt("R1", "06/02", "30.00")
    books.receipt("R2", "06/02", "10.00", party="B")
    gone = books.goods("F3", "05/01", "04/02")
    books.settle(gone, books.receipt("R3", "06/02", "120.00"), "120.00", "06/02")

    balance = queries.aged_balance(actor=books.actor, on=day("10/02"))

    assert balance.rows == (
        AgedRow(
            party_id=books.parties["A"],
            buckets=(ZERO, Decimal("120.00"), ZERO, ZERO, ZERO, ZERO),
            credits=Decimal("30.00"),
        ),
        AgedRow(party_id=books.parties["B"], buckets=(ZERO,) * 6, credits=Decimal("10.00")),
    )
    assert balance.total == Decimal("80.00")
    assert balance.total == queries.account_balance(actor=books.actor, account="411")


def test_a_past_aged_balance_ignores_what_took_effect_later(books):
    invoice = books.service("F1", "05/01", "04/02")
    allocation = books.settle(invoice, books.receipt("R1", "04/03", "120.00"), "120.00", "04/03")
    books.undo([allocation], "10/03")

    totals = {
        when: queries.aged_balance(actor=books.actor, on=day(when)).buckets
        for when in ("04/01", "28/02", "04/03", "10/03")
    }

    owed = Decimal("120.00")
    assert totals == {
        "04/01": (ZERO,) * 6,
        "28/02": (ZERO, owed, ZERO, ZERO, ZERO, ZERO),
        "04/03": (ZERO,) * 6,
        "10/03": (ZERO, ZERO, owed, ZERO, ZERO, ZERO),
    }


def test_an_old_report_is_reproduced_as_it_was_known_then(books):
    invoice = books.service("F1", "05/01", "04/02")
    with clock.at(datetime(2026, 11, 25, 9, tzinfo=UTC)):
        receipt = books.receipt("R1", "04/02", "120.00")
        books.settle(invoice, receipt, "120.00", "04/02")
        books.service("F2", "05/01", "04/02", "10.00")

    then = queries.aged_balance(
        actor=books.actor, on=day("10/02"), known_at=datetime(2026, 11, 24, 18, tzinfo=UTC)
    )
    now = queries.aged_balance(actor=books.actor, on=day("10/02"))

    assert then.total == Decimal("120.00")
    assert now.total == Decimal("12.00")


def test_the_aged_balance_costs_four_queries_at_any_day(books, django_assert_num_queries):
    for rank in range(12):
        books.service(f"F{rank}", "05/01", "04/02")

    for on, known_at in (
        (day("10/02"), None),
        (date(2026, 12, 31), None),
        (day("10/02"), clock.now()),
    ):
        with django_assert_num_queries(4):
            queries.aged_balance(actor=books.actor, on=on, known_at=known_at)


def test_balances_of_accounts_and_parties_at_a_day(books):
    books.service("F1", "05/01", "04/02")
    books.receipt("R1", "04/02", "50.00")
    books.receipt("R2", "04/02", "10.00", party="B")
    of_both = [books.parties["A"], books.parties["B"], books.parties["S"]]

    balances = queries.party_balances(actor=books.actor, party_ids=of_both)
    before = queries.party_balances(actor=books.actor, party_ids=of_both, on=day("03/02"))

    assert list(balances.values()) == [Decimal("70.00"), Decimal("-10.00"), ZERO]
    assert list(before.values()) == [Decimal("120.00"), ZERO, ZERO]
    assert queries.account_balance(actor=books.actor, account="512") == Decimal("60.00")
    assert queries.account_balance(actor=books.actor, account="445740", on=day("05/01")) == Decimal(
        "-20.00"
    )
    assert queries.account_balance(actor=books.actor, account="445740", on=day("04/01")) == ZERO


def test_entries_of_a_document_with_their_lines(books, django_assert_num_queries):
    invoice = books.service("F1", "05/01", "04/02")
    books.settle(invoice, books.receipt("R1", "04/02", "120.00"), "120.00", "04/02")

    with django_assert_num_queries(2):
        told = [
            (entry.journal.code, entry.number, [line.account.number for line in entry.lines.all()])
            for entry in queries.entries_of(actor=books.actor, document_ref="F1")
        ]

    assert told == [("VT", 1, ["411000", "706000", "445740"]), ("OD", 1, ["445740", "445710"])]


def test_what_changed_since_a_cursor_is_told_once(books):
    one, two = books.service("F1", "05/01", "04/02"), books.service("F2", "05/01", "04/02")
    receipt = books.receipt("R1", "04/02", "240.00")
    books.settle(one, receipt, "120.00", "04/02")
    start = queries.settled_since(actor=books.actor, cursor=0)

    allocation = books.settle(two, receipt, "120.00", "04/02")
    paid = queries.settled_since(actor=books.actor, cursor=start.cursor)
    books.undo([allocation], "05/02")
    again = queries.settled_since(actor=books.actor, cursor=paid.cursor)
    nothing = queries.settled_since(actor=books.actor, cursor=again.cursor)

    assert refs(start.items) == [("F1", ZERO), ("R1", Decimal("120.00"))]
    assert refs(paid.items) == [("F2", ZERO), ("R1", ZERO)]
    assert refs(again.items) == [("F2", Decimal("120.00")), ("R1", Decimal("120.00"))]
    assert (nothing.items, nothing.cursor) == ((), again.cursor)


def test_reading_asks_for_the_right_to_read(books):
    nobody = Actor(books.actor.company, None, frozenset())

    for read in (
        lambda: queries.open_items(actor=nobody),
        lambda: queries.items_for(actor=nobody, item_ids=[1]),
        lambda: queries.aged_balance(actor=nobody, on=day("31/03")),
        lambda: queries.account_balance(actor=nobody, account="411"),
        lambda: queries.party_balances(actor=nobody, party_ids=[1]),
        lambda: queries.entries_of(actor=nobody, document_ref="F1"),
        lambda: queries.allocations_of(actor=nobody, item_ids=[1]),
        lambda: queries.settled_since(actor=nobody, cursor=0),
    ):
        with pytest.raises(RightMissingError, match="read"):
            read()


def test_suppliers_have_their_own_aged_balance(books):
    books.post(
        "AC P1 05/01",
        "604000 D100.00; 401000 C100.00 S",
        item(1, "04/02", "invoice"),
    )

    balance = queries.aged_balance(actor=books.actor, on=day("10/02"), account_prefix="401")

    assert balance.total == Decimal("-100.00")
    assert queries.aged_balance(actor=books.actor, on=day("10/02")).rows == ()
