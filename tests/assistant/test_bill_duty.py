"""What the day bills by itself: what is due by the rule of each customer, and nothing unfinished."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing.conftest import draft, lefevre, line, ready  # noqa: F401  fixtures
from echeance.assistant import commands
from echeance.assistant.types import Duty, Outcome
from echeance.base import clock
from echeance.billing.models import BillingRule, Invoice, Order, OrderLine
from echeance.collection import commands as collection
from echeance.parties import commands as parties

DAY = date(2026, 11, 24)


@pytest.fixture
def working(ready):  # noqa: F811
    """A company whose day may run."""
    collection.set_up_plan(actor=ready)
    return ready


def order(actor, party, number, net, **more):
    """An accepted order of one service."""
    row = Order.objects.create(
        company=actor.company,
        source="standard",
        number=number,
        party=party,
        order_date=date(2026, 11, 20),
        net_total=Decimal(net),
        received_at=clock.now(),
        accepted_at=clock.now(),
        **more,
    )
    OrderLine.objects.create(
        company=actor.company,
        order=row,
        position=1,
        name="Entretien",
        nature="services",
        quantity=Decimal(1),
        unit_code="C62",
        unit_price=Decimal(net),
    )
    return row


def test_a_draft_made_by_hand_is_left_to_the_person_who_makes_it(working, lefevre):  # noqa: F811
    row = draft(working, lefevre, line(price="100"))

    report = commands.run_day(actor=working, on=DAY)

    row.refresh_from_db()
    assert row.status == Invoice.Status.DRAFT
    assert [one for one in report.decisions if one.duty is Duty.BILL] == []


def test_a_customer_billed_by_the_month_waits_for_the_end_of_the_month(working, lefevre):  # noqa: F811
    BillingRule.objects.create(
        company=working.company,
        party=lefevre,
        grouping="monthly",
        by_order_reference=False,
        calendar="monthly",
        calendar_day=0,
    )
    order(working, lefevre, "CDE-1", "100.00")
    order(working, lefevre, "CDE-2", "50.00")

    commands.run_day(actor=working, on=DAY)
    assert Invoice.objects.count() == 0
    with clock.at(clock.now().replace(day=30)):
        commands.run_day(actor=working, on=date(2026, 11, 30))

    invoice = Invoice.objects.get()
    assert (invoice.gross_total, invoice.orders.count()) == (Decimal("180.00"), 2)


def test_an_order_that_may_not_be_billed_is_told_once_with_its_reason(working, lefevre):  # noqa: F811
    order(
        working,
        lefevre,
        "CDE-1",
        "100.00",
        held_at=clock.now(),
        waiting_reason="encours",
    )
    parties.set_credit_limits(actor=working, limits={lefevre.pk: Decimal(50)})

    report = commands.run_day(actor=working, on=DAY)
    again = commands.run_day(actor=working, on=DAY)

    (told,) = [one for one in report.decisions if one.duty is Duty.BILL]
    assert told.outcome is Outcome.REFUSED
    # 100,00 + 20,00 of VAT
    (reason,) = told.reasons
    assert reason.replace("\u202f", " ").replace("\xa0", " ") == (
        "Encours de 120,00 € pour un plafond de 50,00 €."
    )
    assert Invoice.objects.count() == 0
    assert [one for one in again.decisions if one.duty is Duty.BILL] == []
