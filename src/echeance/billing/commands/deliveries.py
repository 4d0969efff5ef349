"""Deliveries of orders: recorded, partial or not, never twice under one number."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from django.db import transaction

from echeance.base import clock, counters, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing.errors import DeliveryInvalidError, OrderNotBillableError
from echeance.billing.events import BillingByDeliveryChosen, DeliveryRecorded
from echeance.billing.models import Delivery, DeliveryLine, Order, OrderLine
from echeance.billing.queries.deliveries import delivered_quantities
from echeance.billing.rules.pricing import plain
from echeance.billing.types import DeliveryFacts
from echeance.core.errors import ConfirmationNeededError
from echeance.core.money import ZERO

_BATCH = 500
_NUMBERS = "billing.deliveries"
OVER_DELIVERY = "billing.over_delivery"


@transaction.atomic
def record_deliveries(
    *, actor: Actor, deliveries: Sequence[DeliveryFacts], confirmed: Collection[str] = ()
) -> list[Delivery]:
    """Record what left, in the order given; all or none. About eight queries.

    Args:
        actor: Who records.
        deliveries: What left; an order may have several.
        confirmed: ``billing.over_delivery`` says yes to more than was ordered.

    Raises:
        NotFoundError: An order is not of this company.
        DeliveryInvalidError: A line is not of the order, a quantity is not positive, the day has
            not come, or the number is taken.
        ConfirmationNeededError: More is delivered than was ordered.
    """
    actor.require(Right.IMPORT_ORDERS)
    wanted = {one.order_id for one in deliveries}
    orders = {
        row.pk: row
        for row in Order.objects.select_for_update()
        .filter(company=actor.company, pk__in=wanted)
        .order_by("pk")
    }
    if missing := wanted - set(orders):
        raise NotFoundError(what=f"commande n° {min(missing)}")
    lines = {
        row.pk: row for row in OrderLine.objects.filter(company=actor.company, order__in=wanted)
    }
    done = delivered_quantities(actor=actor, order_ids=wanted)
    over = _checked(actor, deliveries, orders, lines, done)
    if over and OVER_DELIVERY not in confirmed:
        raise ConfirmationNeededError(
            key=OVER_DELIVERY,
            question=f"Plus que commandé : {' ; '.join(over)}. Enregistrer quand même ?",
        )
    unnumbered = sum(not one.number for one in deliveries)
    fresh = iter(
        counters.take(company=actor.company, name=_NUMBERS, count=unnumbered) if unnumbered else ()
    )
    now = clock.now()
    rows = Delivery.objects.bulk_create(
        [
            Delivery(
                company=actor.company,
                order_id=one.order_id,
                number=one.number or f"BL-{next(fresh):06d}",
                delivered_on=one.delivered_on,
                recorded_at=now,
                recorded_by=actor.name,
                file_id=one.file_id,
            )
            for one in deliveries
        ],
        batch_size=_BATCH,
    )
    DeliveryLine.objects.bulk_create(
        [
            DeliveryLine(
                company=actor.company, delivery=row, order_line_id=line_id, quantity=quantity
            )
            for row, one in zip(rows, deliveries, strict=True)
            for line_id, quantity in one.quantities.items()
        ],
        batch_size=_BATCH,
    )
    journal.record_many(
        [DeliveryRecorded(row.pk, row.number, row.order_id, bool(over)) for row in rows],
        actor=actor,
    )
    return rows


def _checked(
    actor: Actor,
    deliveries: Sequence[DeliveryFacts],
    orders: dict[int, Order],
    lines: dict[int, OrderLine],
    done: dict[int, Decimal],
) -> list[str]:
    """Refuse what cannot be; say what is over what was ordered."""
    numbers = [one.number for one in deliveries if one.number]
    taken = set(
        Delivery.objects.filter(company=actor.company, number__in=numbers).values_list(
            "number", flat=True
        )
    )
    today, over, totals = clock.today(), [], dict(done)
    for one in deliveries:
        order = orders[one.order_id]
        problem = ""
        if order.kind != Order.OrderKind.ORDER or order.accepted_at is None:
            problem = "elle n'est pas une commande acceptée"
        elif one.delivered_on > today:
            problem = f"le {one.delivered_on:%d/%m/%Y} n'est pas encore venu"
        elif one.number in taken or numbers.count(one.number) > 1:
            problem = f"le bon de livraison {one.number} est déjà enregistré"
        elif not one.quantities:
            problem = "aucune quantité n'est livrée"
        for line_id, quantity in one.quantities.items():
            line = lines.get(line_id)
            if line is None or line.order_id != order.pk:
                problem = f"la ligne n° {line_id} n'est pas de cette commande"
            elif quantity <= ZERO or round(quantity, 4) != quantity:
                problem = f"ligne {line.position}, la quantité est positive, à 4 décimales au plus"
            else:
                totals[line_id] = totals.get(line_id, ZERO) + quantity
                if totals[line_id] > line.quantity:
                    over.append(
                        f"{order.number}, {line.name} : {plain(totals[line_id])} pour "
                        f"{plain(line.quantity)}"
                    )
        if problem:
            raise DeliveryInvalidError(order.number, problem)
    return over


@transaction.atomic
def bill_by_delivery(
    *, actor: Actor, order_ids: Collection[int], by_delivery: bool = True
) -> list[Order]:
    """Bill orders by their deliveries, or whole again. All or none. Four queries.

    Raises:
        NotFoundError: One is not of this company.
        OrderNotBillableError: It is billed, or one of its deliveries is.
    """
    actor.require(Right.IMPORT_ORDERS)
    rows = list(
        Order.objects.select_for_update()
        .filter(company=actor.company, pk__in=set(order_ids))
        .order_by("pk")
    )
    if missing := set(order_ids) - {row.pk for row in rows}:
        raise NotFoundError(what=f"commande n° {min(missing)}")
    billed = set(
        Delivery.objects.filter(
            company=actor.company, order__in=order_ids, invoice__isnull=False
        ).values_list("order_id", flat=True)
    )
    for row in rows:
        if row.invoice_id is not None or row.pk in billed:
            raise OrderNotBillableError(row.number, "elle est déjà facturée, même en partie")
        row.billed_by_delivery = by_delivery
    Order.objects.bulk_update(rows, ["billed_by_delivery"], batch_size=_BATCH)
    journal.record_many(
        [BillingByDeliveryChosen(row.pk, row.number, by_delivery) for row in rows], actor=actor
    )
    return rows
