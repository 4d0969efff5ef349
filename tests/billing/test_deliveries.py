"""Deliveries: an order leaves in parts, each billed once, never more than was ordered unasked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing.conftest import TODAY
from billing.test_import_orders import row, take
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import DeliveryInvalidError, OrderNotBillableError
from echeance.billing.models import Delivery, Invoice, Order
from echeance.billing.types import DeliveryFacts
from echeance.core.errors import ConfirmationNeededError


@pytest.fixture
def order(ready, lefevre) -> Order:
    """Ten shelves at 149,90."""
    take(ready, row("B1", quantity="10", reference="BC-7"))
    return Order.objects.get()


def deliver(actor, order, quantity, on=TODAY, number="", **more):
    facts = DeliveryFacts(order.pk, on, {order.lines.get().pk: Decimal(quantity)}, number)
    return billing.record_deliveries(actor=actor, deliveries=[facts], **more)[0]


def test_an_order_delivered_in_two_parts_is_billed_in_two_parts(ready, order):
    billing.bill_by_delivery(actor=ready, order_ids=[order.pk])
    first = deliver(ready, order, "4", date(2026, 11, 3))
    deliver(ready, order, "6", date(2026, 11, 20), number="BL-LEF-9")

    report = billing.run_billing(actor=ready, on=TODAY)

    # 4 x 149,90 = 599,60 + 119,92 ; 6 x 149,90 = 899,40 + 179,88
    assert first.number == "BL-000001"
    assert [(one.pieces, one.gross) for one in report.drafts] == [
        (("BL-000001",), Decimal("719.52")),
        (("BL-LEF-9",), Decimal("1079.28")),
    ]
    invoice = Invoice.objects.get(deliveries=first)
    assert (invoice.delivery_date, invoice.order_reference) == (date(2026, 11, 3), "BC-7")
    assert [
        (x.ordered, x.left) for x in queries.left_to_deliver(actor=ready, order_id=order.pk)
    ] == [(Decimal(10), Decimal(0))]
    assert billing.run_billing(actor=ready, on=TODAY).drafts == ()


def test_an_order_billed_whole_ignores_its_deliveries(ready, order):
    deliver(ready, order, "4")

    assert [one.number for one in queries.pieces_to_bill(actor=ready, on=TODAY)] == ["B1"]


def test_more_than_ordered_asks_first_and_keeps_the_yes(ready, order):
    deliver(ready, order, "8")

    with pytest.raises(ConfirmationNeededError, match="B1, Étagère : 11 pour 10") as asked:
        deliver(ready, order, "3")

    assert Delivery.objects.count() == 1
    deliver(ready, order, "3", confirmed={asked.value.key})
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize(
    ("quantity", "on", "number", "problem"),
    [
        ("0", TODAY, "", "la quantité est positive"),
        ("1", date(2026, 11, 25), "", "n'est pas encore venu"),
        ("1", TODAY, "BL-1", "le bon de livraison BL-1 est déjà enregistré"),
    ],
)
def test_a_delivery_that_cannot_be_writes_nothing(ready, order, quantity, on, number, problem):
    deliver(ready, order, "1", number="BL-1")

    with pytest.raises(DeliveryInvalidError, match=problem):
        deliver(ready, order, quantity, on, number)

    assert Delivery.objects.count() == 1


def test_once_a_delivery_is_billed_the_order_stays_billed_by_delivery(ready, order):
    billing.bill_by_delivery(actor=ready, order_ids=[order.pk])
    deliver(ready, order, "4")
    billing.run_billing(actor=ready, on=TODAY)

    with pytest.raises(OrderNotBillableError, match="déjà facturée, même en partie"):
        billing.bill_by_delivery(actor=ready, order_ids=[order.pk], by_delivery=False)


def test_a_discarded_draft_gives_its_delivery_back(ready, order):
    billing.bill_by_delivery(actor=ready, order_ids=[order.pk])
    deliver(ready, order, "4")
    planned = queries.groups_to_bill(actor=ready, on=TODAY)
    ((_, made),) = billing.draft_groups(actor=ready, groups=planned.due, rules=planned.rules)
    assert queries.delivery_pieces(actor=ready, on=TODAY) == []

    billing.discard_drafts(actor=ready, invoice_ids=[made.pk])

    assert [one.number for one in queries.delivery_pieces(actor=ready, on=TODAY)] == ["BL-000001"]
