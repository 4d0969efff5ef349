"""Deliveries: what left for each order, what is left to deliver, what is to be billed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing.models import Delivery, DeliveryLine, OrderLine
from echeance.billing.queries.lines import eco_contributions, line_of_order
from echeance.billing.rules import billable
from echeance.billing.rules.billable import Piece
from echeance.billing.rules.contracts import net_of
from echeance.billing.types import DraftLine, LeftToDeliver
from echeance.core.money import ZERO

_CHUNK = 500
FREE_DELIVERY = Q(
    order__billed_by_delivery=True,
    order__accepted_at__isnull=False,
    order__set_aside_at=None,
    invoice=None,
)
"""A delivery that may be billed: of an accepted order that is billed by its deliveries."""


def delivery_list(*, actor: Actor, order_id: int | None = None) -> QuerySet[Delivery]:
    """Deliveries, the latest first, of one order or of all. One query."""
    actor.require(Right.READ)
    rows = Delivery.objects.filter(company=actor.company).select_related("order", "invoice")
    if order_id is not None:
        rows = rows.filter(order=order_id)
    return rows.order_by("-delivered_on", "-pk")


def deliveries_of(*, actor: Actor, invoice_id: int) -> QuerySet[Delivery]:
    """Deliveries that an invoice bills, or of an order it bills whole, latest first. One query."""
    actor.require(Right.READ)
    return (
        Delivery.objects.filter(company=actor.company)
        .filter(Q(invoice=invoice_id) | Q(order__invoice=invoice_id))
        .select_related("order", "file")
        .order_by("-delivered_on", "-pk")
    )


def delivered_quantities(*, actor: Actor, order_ids: Collection[int]) -> dict[int, Decimal]:
    """What was delivered of each line of orders, by line. One query a chunk of 500."""
    actor.require(Right.READ)
    wanted = sorted(set(order_ids))
    found: dict[int, Decimal] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = DeliveryLine.objects.filter(
            company=actor.company, order_line__order__in=wanted[start : start + _CHUNK]
        )
        sums = rows.order_by().values_list("order_line_id").annotate(total=Sum("quantity"))
        found.update({line_id: total for line_id, total in sums if total is not None})
    return found


def left_to_deliver(*, actor: Actor, order_id: int) -> list[LeftToDeliver]:
    """Lines of an order with what is left to deliver of each, in order. Two queries."""
    done = delivered_quantities(actor=actor, order_ids=[order_id])
    rows = OrderLine.objects.filter(company=actor.company, order=order_id).order_by("position")
    return [
        LeftToDeliver(row.pk, row.position, row.name, row.quantity, done.get(row.pk, ZERO))
        for row in rows
    ]


def delivery_pieces(*, actor: Actor, on: date) -> list[Piece]:
    """Deliveries without a document, of orders billed by delivery, oldest first.

    Two queries, and one a chunk of 500.
    """
    del on
    actor.require(Right.READ)
    rows = list(
        Delivery.objects.filter(FREE_DELIVERY, company=actor.company)
        .select_related("order")
        .order_by("delivered_on", "pk")
    )
    lines: dict[int, list[DraftLine]] = {row.pk: [] for row in rows}
    wanted = list(lines)
    contributions = eco_contributions(actor=actor) if rows else {}
    for start in range(0, len(wanted), _CHUNK):
        found = DeliveryLine.objects.filter(
            company=actor.company, delivery__in=wanted[start : start + _CHUNK]
        ).select_related("order_line")
        for one in found.order_by("delivery", "order_line__position"):
            lines[one.delivery_id].append(
                line_of_order(one.order_line, quantity=one.quantity, contributions=contributions)
            )
    return [_piece(row, tuple(lines[row.pk])) for row in rows]


def _piece(row: Delivery, lines: tuple[DraftLine, ...]) -> Piece:
    order = row.order
    held = order.held_at is not None and order.released_at is None
    return Piece(
        source=billable.DELIVERY,
        source_id=row.pk,
        number=row.number,
        party_id=order.party_id,
        supplied_on=row.delivered_on,
        net=net_of(lines),
        lines=lines,
        delivered_on=row.delivered_on,
        currency=order.currency,
        order_reference=order.order_reference,
        sales_order_reference=order.number,
        delivery_reference=row.number,
        buyer_reference=order.buyer_reference,
        establishment_id=order.establishment_id,
        waits=(order.waiting_reason or "retenue pour encours") if held else "",
    )
