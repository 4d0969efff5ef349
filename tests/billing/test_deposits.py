"""Acomptes: asked for at each rate of VAT, deducted to the cent, never twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.base import clock
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import DepositRefusedError
from echeance.billing.models import Order, OrderLine
from echeance.billing.rules.deposits import (
    DepositLeft,
    VatGroup,
    deductions,
    deposit_of_amount,
    deposit_of_percent,
    final_frame,
)

TWENTY = VatGroup("S", Decimal(20), nature="services")
TEN = VatGroup("S", Decimal(10), nature="services")


def order_of(actor, party, *lines, number="CMD-1"):
    """An accepted order: lines are name, quantity, price, rate, nature."""
    order = Order.objects.create(
        company=actor.company,
        source="test",
        number=number,
        party=party,
        order_date=date(2026, 11, 2),
        delivery_date=date(2026, 11, 20),
        net_total=sum((Decimal(price) * Decimal(quantity) for _, quantity, price, *_ in lines)),
        received_at=clock.now(),
        accepted_at=clock.now(),
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            company=actor.company,
            order=order,
            position=position,
            name=name,
            quantity=Decimal(quantity),
            unit_code="C62",
            unit_price=Decimal(price),
            vat_rate=Decimal(rate),
            nature=nature,
        )
        for position, (name, quantity, price, rate, nature) in enumerate(lines, start=1)
    )
    return order


def test_an_advance_of_thirty_per_cent_follows_the_rates_of_the_order(ready, lefevre):
    order = order_of(
        ready,
        lefevre,
        ("Étude", "1", "1000.00", "20", "services"),
        ("Pose", "1", "500.00", "10", "services"),
    )

    deposit = billing.ask_for_deposit(actor=ready, order_id=order.pk, percent=Decimal(30))

    invoice = deposit.invoice
    assert invoice is not None
    assert invoice.kind == "386"
    assert [
        (line.net_amount, line.vat_rate, line.revenue_account)
        for line in invoice.lines.order_by("position")
    ] == [
        (Decimal("300.00"), Decimal(20), "419100"),
        (Decimal("150.00"), Decimal(10), "419100"),
    ]
    # 300.00 + 150.00; 60.00 + 15.00
    assert (invoice.net_total, invoice.vat_total) == (Decimal("450.00"), Decimal("75.00"))


def test_deposits_never_exceed_the_order(ready, lefevre):
    order = order_of(ready, lefevre, ("Étude", "1", "1000.00", "20", "services"))
    billing.ask_for_deposit(actor=ready, order_id=order.pk, amount=Decimal("700.00"))

    with pytest.raises(DepositRefusedError, match="300,00"):
        billing.ask_for_deposit(actor=ready, order_id=order.pk, percent=Decimal(40))


def test_a_deposit_given_up_leaves_the_order_whole(ready, lefevre):
    order = order_of(ready, lefevre, ("Étude", "1", "1000.00", "20", "services"))
    deposit = billing.ask_for_deposit(actor=ready, order_id=order.pk, amount=Decimal("700.00"))

    billing.cancel_deposit(actor=ready, deposit_id=deposit.pk)

    again = billing.ask_for_deposit(actor=ready, order_id=order.pk, percent=Decimal(100))
    assert again.net_amount == Decimal("1000.00")


def test_a_document_deducts_no_more_than_it_bills():
    first = DepositLeft(1, "AC-1", TWENTY, Decimal(300), Decimal(300))
    second = DepositLeft(2, "AC-2", TWENTY, Decimal(200), Decimal(200))
    other = DepositLeft(3, "AC-3", TEN, Decimal(50), Decimal(50))

    found = deductions([first, second, other], {TWENTY: Decimal(400)})

    assert [(one.deposit_id, one.amount) for one in found] == [
        (1, Decimal(300)),
        (2, Decimal(100)),
    ]
    assert {one.account for one in found} == {"419100"}


def test_the_frame_of_a_final_invoice_follows_what_it_bills():
    assert final_frame(["services", "services"]) == "S4"


cents = st.integers(min_value=1, max_value=10**8).map(lambda value: Decimal(value) / 100)


@given(whole=cents, percent=st.integers(min_value=1, max_value=100).map(Decimal))
def test_the_vat_of_a_deposit_and_of_what_is_left_is_that_of_the_order(whole, percent):
    part = deposit_of_percent({TWENTY: whole}, percent, {}).get(TWENTY, Decimal(0))

    left = whole - part
    assert Decimal(0) <= part <= whole
    # Fewer than five cents leave no room to move.
    if part >= Decimal("0.05") and left >= Decimal("0.05"):
        assert TWENTY.vat(part) + TWENTY.vat(left) == TWENTY.vat(whole)


@given(amounts=st.lists(cents, min_size=1, max_size=2), percent=st.integers(1, 100))
def test_an_amount_is_spread_without_losing_a_cent(amounts, percent):
    ordered = dict(zip((TWENTY, TEN), amounts, strict=False))
    amount = (sum(amounts) * percent / 100).quantize(Decimal("0.01"))

    parts = deposit_of_amount(ordered, amount)

    assert sum(parts.values(), Decimal(0)) == amount


def test_an_order_waits_for_its_deposit_still_a_draft(ready, lefevre):
    order = order_of(ready, lefevre, ("Étude", "1", "1000.00", "20", "services"))
    billing.ask_for_deposit(actor=ready, order_id=order.pk, percent=Decimal(30))

    planned = queries.groups_to_bill(actor=ready, on=date(2026, 11, 24))

    assert planned.due == ()
    assert [one.why for one in planned.left] == ["un acompte est encore en brouillon"]
