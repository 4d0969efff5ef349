"""The till: never negative, counted, within the law on cash, each movement undone exactly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cash.treasury import treasury  # noqa: F401
from echeance.cash import commands as cash
from echeance.cash import queries
from echeance.cash.errors import (
    CashCeilingError,
    LumpAmountError,
    NotATillError,
    TillMovementError,
    TillNegativeError,
)
from echeance.cash.models import TillMovement
from echeance.cash.types import NewTillMovement
from echeance.parties.models import Party
from ledger.books import day


def test_cash_of_a_customer_pays_the_invoice_and_its_vat(treasury):  # noqa: F811
    invoice = treasury.service("F1", "01/05", "31/05")

    treasury.cash_in("03/06", "120.00", (invoice, "120.00"))

    assert treasury.left(invoice) == [0]
    assert (treasury.balance("530000"), treasury.balance("44571")) == (
        Decimal("120.00"),
        Decimal("-20.00"),
    )


def test_an_expense_books_its_vat(treasury):  # noqa: F811
    treasury.cash_in("02/06", "50.00")

    treasury.move("expense", "03/06", "12.00", account="606000", vat=Decimal("2.00"))

    assert treasury.balance("606000") == Decimal("10.00")
    assert treasury.balance("445660") == Decimal("2.00")
    assert treasury.balance("530000") == Decimal("38.00")


def test_a_supplier_is_paid_in_cash_on_its_invoice(treasury):  # noqa: F811
    bill = treasury.purchase("X1", "01/06", net="20.00")
    treasury.cash_in("02/06", "50.00")

    movement = treasury.move("expense", "03/06", "24.00", (bill, "24.00"), party="S")

    assert treasury.left(bill) == [0]
    cash.cancel_till_movements(actor=treasury.actor, movement_ids=[movement])
    assert treasury.left(bill) == [Decimal("24.00")]
    assert treasury.verified()


def test_a_till_is_never_negative_on_any_day(treasury):  # noqa: F811
    treasury.cash_in("05/06", "50.00")
    before = treasury.state()

    with pytest.raises(TillNegativeError) as refused:
        treasury.move("deposit", "04/06", "20.00")  # the money came the day after

    assert "serait à -20.00 € le 04/06/2026" in str(refused.value)
    assert treasury.state() == before
    with pytest.raises(TillNegativeError):
        treasury.move("deposit", "06/06", "50.01")


def test_a_receipt_that_was_spent_is_not_cancelled(treasury):  # noqa: F811
    receipt = treasury.cash_in("05/06", "50.00")
    treasury.move("expense", "06/06", "10.00", account="606000")

    with pytest.raises(TillNegativeError):
        cash.cancel_till_movements(actor=treasury.actor, movement_ids=[receipt])

    assert TillMovement.objects.get(pk=receipt).cancelled_at is None


def test_every_kind_of_movement_is_undone_to_the_cent(treasury):  # noqa: F811
    invoice = treasury.service("F1", "01/05", "31/05")
    before = treasury.state()
    made = [
        treasury.cash_in("03/06", "100.00", (invoice, "60.00")),
        treasury.move("withdrawal", "03/06", "30.00"),
        treasury.move("expense", "04/06", "12.00", account="606000", vat=Decimal("2.00")),
        treasury.move("deposit", "04/06", "80.00"),
        cash.count_till(
            actor=treasury.actor,
            till_id=treasury.till.pk,
            on=day("04/06"),
            counted=Decimal("37.50"),
        ),
    ]
    assert treasury.balance("658000") == Decimal("0.50")  # 100 + 30 - 12 - 80 = 38.00

    cash.cancel_till_movements(actor=treasury.actor, movement_ids=made)

    assert treasury.state() == before
    assert treasury.verified()


def test_a_count_that_agrees_books_nothing_and_one_in_excess_is_an_income(treasury):  # noqa: F811
    treasury.cash_in("03/06", "20.00")
    till = {"actor": treasury.actor, "till_id": treasury.till.pk, "on": day("03/06")}

    assert cash.count_till(**till, counted=Decimal("20.00")) is None
    cash.count_till(**till, counted=Decimal("20.20"))

    assert treasury.balance("758000") == Decimal("-0.20")
    assert queries.till_balance(actor=treasury.actor, till_id=treasury.till.pk) == Decimal("20.20")


def test_a_deposit_waits_for_its_bank_line_and_undo_makes_it_wait_again(treasury):  # noqa: F811
    treasury.cash_in("03/06", "200.00")
    movement = treasury.move("deposit", "04/06", "150.00")
    line = treasury.line("150.00", "05/06", "VERSEMENT ESPECES")
    before = treasury.state()
    [proposal] = queries.lump_proposals(actor=treasury.actor)
    assert (proposal.kind, proposal.entry_id) == ("till", line)

    match = cash.clear_till_movement(actor=treasury.actor, movement_id=movement, entry_id=line)

    assert (treasury.balance("580000"), treasury.balance("512000")) == (0, Decimal("150.00"))
    with pytest.raises(TillMovementError):
        cash.cancel_till_movements(actor=treasury.actor, movement_ids=[movement])
    treasury.undo_match(match)
    assert treasury.state() == before


def test_a_withdrawal_is_a_debit_of_the_bank(treasury):  # noqa: F811
    movement = treasury.move("withdrawal", "04/06", "60.00")
    wrong, right = treasury.line("60.00", "05/06"), treasury.line("-60.00", "05/06")

    with pytest.raises(LumpAmountError):
        cash.clear_till_movement(actor=treasury.actor, movement_id=movement, entry_id=wrong)
    cash.clear_till_movement(actor=treasury.actor, movement_id=movement, entry_id=right)

    assert (treasury.balance("580000"), treasury.balance("512000")) == (0, Decimal("-60.00"))


# -- the law: CMF art. L112-6 and D112-3 ----------------------------------------------------------


def debtor(treasury, category, country):  # noqa: F811
    Party.objects.filter(pk=treasury.parties["A"]).update(category=category, country=country)


@pytest.mark.parametrize(
    ("category", "country", "allowed", "refused"),
    [
        ("consumer", "FR", "1000.00", "1000.01"),
        ("professional", "FR", "1000.00", "1000.01"),
        ("professional", "BE", "1000.00", "1000.01"),  # acts for a business, wherever it is
        ("public", "DE", "1000.00", "1000.01"),
        ("consumer", "US", "10000.00", "10000.01"),
    ],
)
def test_the_ceiling_depends_on_the_debtor(
    treasury,  # noqa: F811
    category,
    country,
    allowed,
    refused,
):
    debtor(treasury, category, country)
    first = treasury.goods("F1", "01/05", "31/05", net="20000.00")
    second = treasury.goods("F2", "01/05", "31/05", net="20000.00")

    treasury.cash_in("03/06", allowed, (first, allowed))
    with pytest.raises(CashCeilingError) as problem:
        treasury.cash_in("03/06", refused, (second, refused))

    assert "art. L112-6 et D112-3" in str(problem.value)
    assert TillMovement.objects.count() == 1


def test_splitting_a_debt_does_not_escape_the_ceiling(treasury):  # noqa: F811
    invoice = treasury.goods("F1", "01/05", "31/05", net="1000.00")
    treasury.cash_in("03/06", "600.00", (invoice, "600.00"))

    with pytest.raises(CashCeilingError) as problem:
        treasury.cash_in("10/06", "400.01", (invoice, "400.01"))

    assert "F1 serait réglé en espèces pour 1000.01 €" in str(problem.value)
    treasury.cash_in("10/06", "400.00", (invoice, "400.00"))
    assert treasury.left(invoice) == [Decimal("200.00")]


def test_splitting_within_one_batch_or_one_payment_does_not_either(treasury):  # noqa: F811
    with pytest.raises(CashCeilingError):
        cash.record_till_movements(
            actor=treasury.actor,
            movements=[
                NewTillMovement(
                    treasury.till.pk, "receipt", day("03/06"), Decimal("600.00"), "acompte",
                    party_id=treasury.parties["A"],
                )
                for _ in range(2)
            ],
        )  # fmt: skip
    assert not TillMovement.objects.exists()


def test_two_debts_are_counted_apart_and_a_cancelled_payment_not_at_all(treasury):  # noqa: F811
    first = treasury.goods("F1", "01/05", "31/05", net="1000.00")
    second = treasury.goods("F2", "01/05", "31/05", net="1000.00")
    paid = treasury.cash_in("03/06", "900.00", (first, "900.00"))
    treasury.cash_in("03/06", "900.00", (second, "900.00"))

    cash.cancel_till_movements(actor=treasury.actor, movement_ids=[paid])
    treasury.cash_in("04/06", "1000.00", (first, "1000.00"))

    assert treasury.left(first) == [Decimal("200.00")]


def test_a_supplier_is_not_paid_beyond_a_thousand_euros_in_cash(treasury):  # noqa: F811
    bill = treasury.purchase("X1", "01/06", net="1000.00")
    for when in ("02/06", "03/06"):
        treasury.move("withdrawal", when, "800.00")

    with pytest.raises(CashCeilingError):
        treasury.move("expense", "04/06", "1000.01", (bill, "1000.01"), party="S")


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "receipt", "amount": "10.00"},
        {"kind": "expense", "amount": "10.00"},
        {"kind": "expense", "amount": "10.00", "account": "512000"},
        {"kind": "expense", "amount": "10.00", "account": "606000", "vat": Decimal("10.00")},
        {"kind": "deposit", "amount": "0.00"},
        {"kind": "deposit", "amount": "-1.00"},
        {"kind": "count", "amount": "1.00"},
        {"kind": "gift", "amount": "1.00"},
    ],
)
def test_a_movement_that_lacks_something_is_refused(treasury, facts):  # noqa: F811
    amount = facts.pop("amount")
    with pytest.raises(TillMovementError):
        treasury.move(facts.pop("kind"), "03/06", amount, **facts)
    assert not TillMovement.objects.exists()


def test_only_a_till_holds_cash_and_never_tomorrow(treasury):  # noqa: F811
    with pytest.raises(NotATillError):
        cash.record_till_movements(
            actor=treasury.actor,
            movements=[
                NewTillMovement(treasury.bank.pk, "withdrawal", day("03/06"), Decimal(1), "x")
            ],
        )
    with pytest.raises(TillMovementError):
        treasury.move("withdrawal", "25/11", "10.00")
    with pytest.raises(TillMovementError):
        cash.count_till(
            actor=treasury.actor,
            till_id=treasury.till.pk,
            on=day("01/06"),
            counted=Decimal("-0.01"),
        )


def test_the_book_runs_from_opening_to_closing(treasury):  # noqa: F811
    treasury.cash_in("31/05", "100.00")
    treasury.move("expense", "02/06", "30.00", account="606000", piece_ref="T12")
    treasury.move("withdrawal", "02/06", "5.50")
    gone = treasury.move("withdrawal", "02/06", "7.00")
    cash.cancel_till_movements(actor=treasury.actor, movement_ids=[gone])

    book = queries.till_book(
        actor=treasury.actor,
        till_id=treasury.till.pk,
        since=date(2026, 6, 1),
        until=date(2026, 6, 30),
    )

    assert (book.opening, book.received, book.paid, book.closing) == (
        Decimal("100.00"),
        Decimal("5.50"),
        Decimal("30.00"),
        Decimal("75.50"),
    )
    assert [(one.piece_ref, one.balance) for one in book.lines] == [
        ("T12", Decimal("70.00")),
        ("", Decimal("75.50")),
    ]
    assert treasury.balance("530000") == book.closing
