"""Orders changed before they are billed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction

from echeance.base import journal
from echeance.base.actor import Actor
from echeance.base.bulk import update_rows
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing.errors import OrderNotChangeableError
from echeance.billing.events import OrderChanged
from echeance.billing.models import InvoiceLine, Order, OrderLine
from echeance.core.money import ZERO, round_amount
from echeance.core.roundtrip import plain_number

_BATCH = 500
_ORDER_FIELDS = {"order_reference", "buyer_reference", "delivery_date"}
_LINE_FIELDS = {"name", "quantity", "unit_price"}
_HUNDRED = Decimal(100)


@transaction.atomic
def change_orders(
    *,
    actor: Actor,
    orders: Mapping[int, Mapping[str, object]] | None = None,
    lines: Mapping[int, Mapping[str, object]] | None = None,
) -> list[Order]:
    """Change orders nothing of which is billed; their totals follow. All or none.

    Six queries or so for each chunk of 500 orders.

    Args:
        actor: Who changes.
        orders: New ``order_reference``, ``buyer_reference``, ``delivery_date``, by order.
        lines: New ``name``, ``quantity``, ``unit_price``, by line.

    Raises:
        NotFoundError: One is not of this company.
        OrderNotChangeableError: One is billed in part or in whole, set aside, or a cancellation
            whose lines would change; or a quantity or a price is not above zero.
    """
    actor.require(Right.IMPORT_ORDERS)
    orders, lines = dict(orders or {}), dict(lines or {})
    line_rows = _lines(actor, lines)
    order_ids = {*orders, *(row.order_id for row in line_rows.values())}
    rows = _orders(actor, order_ids)
    changes: dict[int, dict[str, tuple[str, str]]] = {pk: {} for pk in order_ids}
    for pk, values in orders.items():
        assert set(values) <= _ORDER_FIELDS, f"not fields of an order: {values}"
        _set(rows[pk], values, changes[pk], "")
    for pk, values in lines.items():
        line = line_rows[pk]
        order = rows[line.order_id]
        assert set(values) <= _LINE_FIELDS, f"not fields of a line: {values}"
        if order.kind == Order.OrderKind.CANCELLATION:
            raise OrderNotChangeableError(
                order.number, "c'est une annulation, elle suit sa commande"
            )
        _set(line, values, changes[order.pk], f"ligne {line.position} : ")
        if line.quantity <= ZERO or line.unit_price <= ZERO:
            raise OrderNotChangeableError(
                order.number, "une quantité ou un prix n'est pas supérieur à zéro"
            )
    update_rows(list(line_rows.values()), sorted(_LINE_FIELDS))
    _total(rows, {row.order_id for row in line_rows.values()})
    touched = [row for pk, row in rows.items() if changes[pk]]
    update_rows(touched, [*sorted(_ORDER_FIELDS), "net_total"])
    journal.record_many(
        [OrderChanged(row.pk, row.number, changes[row.pk]) for row in touched], actor=actor
    )
    return list(rows.values())


def unchangeable(order: Order) -> str:
    """Why an order can no longer be changed, a French clause; empty when it can."""
    if order.set_aside_at is not None:
        return "elle a été écartée"
    if order.invoice_id is not None:
        return "elle est facturée"
    return ""


def _lines(actor: Actor, lines: Mapping[int, object]) -> dict[int, OrderLine]:
    found: dict[int, OrderLine] = {}
    wanted = sorted(lines)
    for start in range(0, len(wanted), _BATCH):
        found |= OrderLine.objects.filter(company=actor.company).in_bulk(
            wanted[start : start + _BATCH]
        )
    if missing := set(wanted) - set(found):
        raise NotFoundError(what=f"ligne de commande n° {min(missing)}")
    return found


def _orders(actor: Actor, order_ids: set[int]) -> dict[int, Order]:
    found: dict[int, Order] = {}
    wanted = sorted(order_ids)
    for start in range(0, len(wanted), _BATCH):
        chunk = wanted[start : start + _BATCH]
        found |= Order.objects.select_for_update().filter(company=actor.company).in_bulk(chunk)
        billed = InvoiceLine.objects.filter(order_line__order__in=chunk)
        for pk in billed.values_list("order_line__order", flat=True).distinct():
            if pk in found:
                raise OrderNotChangeableError(found[pk].number, "elle est facturée en partie")
    if missing := set(wanted) - set(found):
        raise NotFoundError(what=f"commande n° {min(missing)}")
    for row in found.values():
        if reason := unchangeable(row):
            raise OrderNotChangeableError(row.number, reason)
    return found


def _set(
    row: Order | OrderLine,
    values: Mapping[str, object],
    changes: dict[str, tuple[str, str]],
    prefix: str,
) -> None:
    for name, value in values.items():
        old = getattr(row, name)
        if old != value:
            changes[f"{prefix}{name}"] = (_text(old), _text(value))
            setattr(row, name, value)


def _text(value: object) -> str:
    if isinstance(value, Decimal):
        return plain_number(value)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _total(rows: Mapping[int, Order], order_ids: set[int]) -> None:
    wanted = sorted(order_ids)
    for start in range(0, len(wanted), _BATCH):
        chunk = wanted[start : start + _BATCH]
        for pk in chunk:
            rows[pk].net_total = ZERO
        for line in OrderLine.objects.filter(order__in=chunk):
            price = line.unit_price * (_HUNDRED - line.discount_percent) / _HUNDRED
            rows[line.order_id].net_total += round_amount(line.quantity * price)
