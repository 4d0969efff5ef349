"""Prices: lists, what a line should cost and why; exchange rates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Count, QuerySet

from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing.errors import RateUnknownError
from echeance.billing.models import BillingRule, ExchangeRate, Item, PriceBreak, PriceList
from echeance.billing.rules.pricing import Break, price_of
from echeance.billing.types import PriceAsked, PriceFound
from echeance.core.money import ZERO
from echeance.parties import queries as parties

RATE_AGE_DAYS = 7
_CHUNK = 500


def price_lists(*, actor: Actor, closed: bool = False) -> QuerySet[PriceList]:
    """Price lists by code, with how many prices and customers each has. One query."""
    actor.require(Right.READ)
    rows = PriceList.objects.filter(company=actor.company)
    if not closed:
        rows = rows.filter(closed_at=None)
    return rows.annotate(break_count=Count("breaks", distinct=True)).order_by("code")


def price_list_for(*, actor: Actor, price_list_id: int) -> PriceList:
    """One price list. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    actor.require(Right.READ)
    row = PriceList.objects.filter(company=actor.company, pk=price_list_id).first()
    if row is None:
        raise NotFoundError(what=f"tarif n° {price_list_id}")
    return row


def price_breaks(*, actor: Actor, price_list_id: int) -> QuerySet[PriceBreak]:
    """Prices of a list, by article, quantity and day. One query."""
    actor.require(Right.READ)
    return (
        PriceBreak.objects.filter(company=actor.company, price_list=price_list_id)
        .select_related("item")
        .order_by("item__code", "min_quantity", "starts_on")
    )


def expected_prices(*, actor: Actor, lines: Sequence[PriceAsked]) -> list[PriceFound | None]:
    """What each line should cost its customer on its day, and why; in the order given.

    None where the article is unknown or nobody gave it a price in that currency. Two queries a
    chunk of 500 customers, two a chunk of 500 articles.
    """
    actor.require(Right.READ)
    if not lines:
        return []
    buyers = parties.snapshots(actor=actor, party_ids={one.party_id for one in lines})
    rules = _rules(actor, {one.party_id for one in buyers.values()})
    items = _items(actor, {one.item_code for one in lines if one.item_code})
    breaks = _breaks(
        actor,
        {rule.price_list_id for rule in rules.values() if rule.price_list_id is not None},
        {row.pk for row in items.values()},
    )
    found: list[PriceFound | None] = []
    for one in lines:
        item = items.get(one.item_code)
        buyer = buyers.get(one.party_id)
        rule = rules.get(buyer.party_id) if buyer else None
        if item is None:
            found.append(None)
            continue
        mine = breaks.get((rule.price_list_id, item.pk), ()) if rule else ()
        found.append(
            price_of(
                quantity=one.quantity,
                on=one.on,
                breaks=[found_break for currency, found_break in mine if currency == one.currency],
                catalogue=item.unit_price if one.currency == "EUR" else None,
                usual_discount=rule.discount_percent if rule else ZERO,
            )
        )
    return found


def _rules(actor: Actor, party_ids: set[int]) -> dict[int, BillingRule]:
    wanted, found = sorted(party_ids), {}
    for start in range(0, len(wanted), _CHUNK):
        rows = BillingRule.objects.filter(
            company=actor.company, party__in=wanted[start : start + _CHUNK]
        )
        found.update({row.party_id: row for row in rows})
    return found


def _items(actor: Actor, codes: set[str]) -> dict[str, Item]:
    wanted, found = sorted(codes), {}
    for start in range(0, len(wanted), _CHUNK):
        rows = Item.objects.filter(company=actor.company, code__in=wanted[start : start + _CHUNK])
        found.update({row.code: row for row in rows})
    return found


def _breaks(
    actor: Actor, list_ids: set[int], item_ids: set[int]
) -> dict[tuple[int | None, int], list[tuple[str, Break]]]:
    found: dict[tuple[int | None, int], list[tuple[str, Break]]] = {}
    wanted = sorted(item_ids)
    for start in range(0, len(wanted) if list_ids else 0, _CHUNK):
        rows = PriceBreak.objects.filter(
            company=actor.company,
            price_list__in=list_ids,
            price_list__closed_at=None,
            item__in=wanted[start : start + _CHUNK],
        ).select_related("price_list")
        for row in rows:
            found.setdefault((row.price_list_id, row.item_id), []).append(
                (
                    row.price_list.currency,
                    Break(
                        row.price_list.name,
                        row.min_quantity,
                        row.unit_price,
                        row.discount_percent,
                        row.starts_on,
                        row.ends_on,
                    ),
                )
            )
    return found


# -- exchange rates -------------------------------------------------------------------------------


def rate_for(*, actor: Actor, currency: str, day: date) -> ExchangeRate:
    """The last rate of a currency known on a day, seven days old at most. One query.

    Source: CGI art. 289 IV (any currency, when the VAT is said in euros; rate of the ECB or of a
    bank).

    Raises:
        RateUnknownError: None is near enough; it says what to do.
    """
    actor.require(Right.READ)
    row = (
        ExchangeRate.objects.filter(
            company=actor.company,
            currency=currency,
            on__lte=day,
            on__gte=day - timedelta(days=RATE_AGE_DAYS),
        )
        .order_by("-on")
        .first()
    )
    if row is None:
        raise RateUnknownError(currency, day, RATE_AGE_DAYS)
    return row


def exchange_rates(*, actor: Actor, currency: str = "") -> QuerySet[ExchangeRate]:
    """Rates, the latest day first. One query."""
    actor.require(Right.READ)
    rows = ExchangeRate.objects.filter(company=actor.company)
    if currency:
        rows = rows.filter(currency=currency)
    return rows.order_by("-on", "currency")


def price_list_customers(*, actor: Actor, price_list_id: int) -> int:
    """How many customers have a list. One query."""
    actor.require(Right.READ)
    return BillingRule.objects.filter(company=actor.company, price_list=price_list_id).count()
