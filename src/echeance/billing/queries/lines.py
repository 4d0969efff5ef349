"""Lines of orders as they are billed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing.models import Item, OrderLine
from echeance.billing.rules.pricing import discounted, eco_charges
from echeance.billing.types import DraftLine


def eco_contributions(*, actor: Actor) -> dict[str, tuple[Decimal, str]]:
    """Éco-contribution of one unit and its nature, by code of the articles that bear one.

    One query.
    """
    actor.require(Right.READ)
    rows = Item.objects.filter(company=actor.company, eco_contribution__gt=Decimal(0))
    return {
        code: (contribution, label)
        for code, contribution, label in rows.values_list("code", "eco_contribution", "eco_label")
        if contribution is not None
    }


def line_of_order(
    row: OrderLine,
    *,
    quantity: Decimal | None = None,
    contributions: Mapping[str, tuple[Decimal, str]] | None = None,
) -> DraftLine:
    """A line of an order as it is billed: its discount is a part of the price (BT-147). No query.

    Args:
        row: The line.
        quantity: How much of it, for a delivery; all of it when absent.
        contributions: As :func:`eco_contributions` gives them.
    """
    gross = discount = None
    price = row.unit_price
    if row.discount_percent:
        gross = price
        price = discounted(gross, row.discount_percent)
        discount = gross - price
    billed = row.quantity if quantity is None else quantity
    contribution, label = (contributions or {}).get(row.item_code, (None, ""))
    return DraftLine(
        name=row.name,
        quantity=billed,
        unit_price=price,
        description=row.description,
        item_code=row.item_code,
        unit_code=row.unit_code,
        vat_rate=row.vat_rate,
        exemption=row.exemption,
        exemption_article=row.exemption_article,
        nature=row.nature,
        revenue_account=row.revenue_account,
        order_line_id=row.pk,
        gross_price=gross,
        price_discount=discount,
        allowances=eco_charges(contribution, label, billed),
    )
