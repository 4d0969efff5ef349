"""Price lists with their breaks, and exchange rates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.errors import PriceListUsedError, PricesInvalidError, RatesInvalidError
from echeance.billing.events import PriceListClosed, PriceListSaved, RateSaved
from echeance.billing.models import ExchangeRate, Item, PriceBreak, PriceList
from echeance.billing.queries.prices import price_list_customers, price_list_for
from echeance.billing.rules import ecb
from echeance.billing.rules.pricing import HUNDRED, plain
from echeance.billing.types import PriceBreakFacts, RateFacts
from echeance.core.money import ZERO

_BATCH = 500
_FIRST_DAY = date(2000, 1, 1)


@transaction.atomic
def save_price_list(
    *,
    actor: Actor,
    code: str,
    name: str,
    breaks: Sequence[PriceBreakFacts],
    currency: str = "EUR",
) -> PriceList:
    """Create a price list, or change the one of that code; its breaks become those given.

    Documents already drafted keep their prices. About six queries, whatever the number of breaks.

    Raises:
        PricesInvalidError: Every problem of every break.
    """
    actor.require(Right.IMPORT_ORDERS)
    code, name = code.strip(), name.strip()
    codes = {one.item_code for one in breaks}
    items = {row.code: row for row in Item.objects.filter(company=actor.company, code__in=codes)}
    problems = [] if code and name else ["donnez au tarif un code et un nom"]
    if len(currency) != 3 or not currency.isalpha():
        problems.append(f"« {currency} » n'est pas une devise (EUR, USD…)")
    problems += [problem for one in breaks for problem in _problems(one, items)]
    problems += _overlaps(breaks)
    if problems:
        raise PricesInvalidError(tuple(problems))
    row, _ = PriceList.objects.update_or_create(
        company=actor.company,
        code=code[:40],
        defaults={"name": name[:120], "currency": currency.upper(), "closed_at": None},
    )
    PriceBreak.objects.filter(price_list=row).delete()
    PriceBreak.objects.bulk_create(
        [
            PriceBreak(
                company=actor.company,
                price_list=row,
                item=items[one.item_code],
                min_quantity=one.min_quantity,
                unit_price=one.unit_price,
                discount_percent=one.discount_percent,
                starts_on=one.starts_on or _FIRST_DAY,
                ends_on=one.ends_on,
            )
            for one in breaks
        ],
        batch_size=_BATCH,
    )
    journal.record(PriceListSaved(row.pk, row.code, len(breaks)), actor=actor)
    return row


def _problems(one: PriceBreakFacts, items: dict[str, Item]) -> list[str]:
    name = f"{one.item_code} à partir de {plain(one.min_quantity)}"
    found = []
    if one.item_code not in items:
        found.append(f"l'article {one.item_code} n'est pas au catalogue")
    if one.unit_price <= ZERO or round(one.unit_price, 6) != one.unit_price:
        found.append(f"{name} : le prix est supérieur à zéro, à 6 décimales au plus")
    if one.min_quantity < ZERO:
        found.append(f"{name} : la quantité n'est pas négative")
    if not ZERO <= one.discount_percent < HUNDRED:
        found.append(f"{name} : la remise est comprise entre 0 et 100 %")
    if one.ends_on and one.ends_on < (one.starts_on or _FIRST_DAY):
        found.append(f"{name} : son dernier jour précède le premier")
    return found


def _overlaps(breaks: Sequence[PriceBreakFacts]) -> list[str]:
    keys = [(one.item_code, one.min_quantity, one.starts_on or _FIRST_DAY) for one in breaks]
    twice = {key for key in keys if keys.count(key) > 1} if len(set(keys)) < len(keys) else set()
    return [
        f"{code} à partir de {plain(quantity)} figure deux fois pour le {day:%d/%m/%Y}"
        for code, quantity, day in sorted(twice)
    ]


@transaction.atomic
def close_price_list(*, actor: Actor, price_list_id: int) -> PriceList:
    """Take a price list out of use.

    Raises:
        NotFoundError: Not one of this company.
        PriceListUsedError: Customers still have it.
    """
    actor.require(Right.IMPORT_ORDERS)
    row = price_list_for(actor=actor, price_list_id=price_list_id)
    count = price_list_customers(actor=actor, price_list_id=row.pk)
    if count:
        raise PriceListUsedError(row.code, count)
    PriceList.objects.filter(pk=row.pk).update(closed_at=clock.now())
    row.refresh_from_db()
    journal.record(PriceListClosed(row.pk, row.code), actor=actor)
    return row


@transaction.atomic
def save_rates(
    *, actor: Actor, rates: Sequence[RateFacts], source: str = "saisie"
) -> list[ExchangeRate]:
    """Add rates; the same one again changes nothing, another one of the same day is refused.

    Returns:
        Those added. Three queries or so.

    Raises:
        RatesInvalidError: Every problem of every rate.
    """
    actor.require(Right.DRAFT_INVOICES)
    today, problems = clock.today(), []
    fresh: dict[tuple[str, date], Decimal] = {}
    days = {one.on for one in rates}
    known = {
        (row.currency, row.on): row.rate
        for row in queries.exchange_rates(actor=actor).filter(
            on__gte=min(days, default=today), on__lte=max(days, default=today)
        )
    }
    for one in rates:
        name = f"{one.currency} du {one.on:%d/%m/%Y}"
        before = known.get((one.currency, one.on), fresh.get((one.currency, one.on)))
        if len(one.currency) != 3 or not one.currency.isupper() or one.currency == "EUR":
            problems.append(f"« {one.currency} » n'est pas le code d'une devise étrangère")
        elif one.rate <= ZERO or round(one.rate, 6) != one.rate:
            problems.append(f"{name} : le cours est supérieur à zéro, à 6 décimales au plus")
        elif one.on > today:
            problems.append(f"{name} : ce jour n'est pas encore venu")
        elif before is not None and before != one.rate:
            problems.append(f"{name} : un autre cours est déjà enregistré ({plain(before)})")
        elif before is None:
            fresh[one.currency, one.on] = one.rate
    if problems:
        raise RatesInvalidError(tuple(problems))
    now = clock.now()
    made = ExchangeRate.objects.bulk_create(
        [
            ExchangeRate(
                company=actor.company,
                currency=currency,
                on=on,
                rate=rate,
                source=source[:60],
                added_at=now,
                added_by=actor.name,
            )
            for (currency, on), rate in fresh.items()
        ],
        batch_size=_BATCH,
    )
    journal.record_many(
        [RateSaved(row.currency, row.on.isoformat(), str(row.rate), row.source) for row in made],
        actor=actor,
    )
    return made


def import_rates(*, actor: Actor, content: bytes, filename: str) -> list[ExchangeRate]:
    """Add the rates of a daily file of the European Central Bank; those known are left.

    Raises:
        RateFileError: It holds no rate.
        RatesInvalidError: One differs from the rate kept of that day.
        FileError: It is no XML a machine should read.
    """
    actor.require(Right.DRAFT_INVOICES)
    return save_rates(actor=actor, rates=ecb.read_rates(content, filename), source=ecb.SOURCE)
