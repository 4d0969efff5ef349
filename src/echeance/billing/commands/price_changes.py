"""Prices of lists changed one by one, as a spreadsheet gives them back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction

from echeance.base import journal
from echeance.base.actor import Actor
from echeance.base.bulk import update_rows
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.billing.errors import PricesInvalidError
from echeance.billing.events import PriceListSaved
from echeance.billing.models import PriceBreak
from echeance.billing.rules.pricing import HUNDRED, plain
from echeance.core.money import ZERO

_BATCH = 500
_FIELDS = ("min_quantity", "unit_price", "discount_percent", "starts_on", "ends_on")


@transaction.atomic
def change_prices(
    *, actor: Actor, changes: Mapping[int, Mapping[str, Decimal | date | None]]
) -> list[PriceBreak]:
    """Change prices of lists; documents already drafted keep theirs. All or none.

    Two queries for each chunk of 500 prices, and the journal's: one line a list.

    Args:
        actor: Who changes.
        changes: New ``min_quantity``, ``unit_price``, ``discount_percent``, ``starts_on``,
            ``ends_on``, by price.

    Raises:
        NotFoundError: One is not of this company.
        PricesInvalidError: Every problem of every price; nothing is changed.
    """
    actor.require(Right.IMPORT_ORDERS)
    rows: dict[int, PriceBreak] = {}
    wanted = sorted(changes)
    for start in range(0, len(wanted), _BATCH):
        rows |= (
            PriceBreak.objects.select_for_update(of=("self",))
            .select_related("item", "price_list")
            .filter(company=actor.company)
            .in_bulk(wanted[start : start + _BATCH])
        )
    if missing := set(wanted) - set(rows):
        raise NotFoundError(what=f"prix n° {min(missing)}")
    for pk, values in changes.items():
        assert set(values) <= set(_FIELDS), f"not fields of a price: {values}"
        for name, value in values.items():
            setattr(rows[pk], name, value)
    problems = [problem for row in rows.values() for problem in price_problems(row)]
    problems += _twice(actor, rows)
    if problems:
        raise PricesInvalidError(tuple(problems))
    update_rows(list(rows.values()), _FIELDS)
    lists = Counter((row.price_list_id, row.price_list.code) for row in rows.values())
    journal.record_many(
        [PriceListSaved(pk, code, count) for (pk, code), count in lists.items()], actor=actor
    )
    return [rows[pk] for pk in changes]


def price_problems(row: PriceBreak) -> list[str]:
    """What no price may be, French clauses."""
    name = f"{row.item.code} à partir de {plain(row.min_quantity)}"
    found = []
    if row.unit_price <= ZERO:
        found.append(f"{name} : le prix est supérieur à zéro")
    if row.min_quantity < ZERO:
        found.append(f"{name} : la quantité n'est pas négative")
    if not ZERO <= row.discount_percent < HUNDRED:
        found.append(f"{name} : la remise est comprise entre 0 et 100 %")
    if row.ends_on and row.ends_on < row.starts_on:
        found.append(f"{name} : son dernier jour précède le premier")
    return found


def _twice(actor: Actor, rows: Mapping[int, PriceBreak]) -> list[str]:
    """Prices that would be another one's: same list, article, quantity and first day."""
    others = PriceBreak.objects.filter(
        company=actor.company,
        price_list__in={row.price_list_id for row in rows.values()},
        item__in={row.item_id for row in rows.values()},
    ).exclude(pk__in=list(rows) if len(rows) <= _BATCH else [])
    seen = Counter(
        (row.price_list_id, row.item_id, row.min_quantity, row.starts_on)
        for row in [*rows.values(), *(one for one in others if one.pk not in rows)]
    )
    codes = {row.item_id: row.item.code for row in rows.values()}
    return [
        f"{codes[item]} à partir de {plain(quantity)} figure deux fois pour le {day:%d/%m/%Y}"
        for (_, item, quantity, day), count in seen.items()
        if count > 1 and item in codes
    ]
