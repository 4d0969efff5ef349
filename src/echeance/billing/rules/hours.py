"""Hours of a customer as lines of a document: one for each article, person and rate.

Source: CGI ann. II art. 242 nonies A, I 8° (nature, quantity and unit price of what was done).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.billing.types import DraftLine, TimeFacts
from echeance.core.money import ZERO

HOUR: Final = "HUR"
DAY_HOURS_MAX: Final = Decimal(24)


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of one day, with what their article says."""

    entry_id: int
    person: str
    worked_on: date
    hours: Decimal
    rate: Decimal
    description: str = ""
    item_code: str = ""
    item_name: str = ""
    vat_rate: Decimal | None = None
    exemption: str = ""
    exemption_article: str = ""
    revenue_account: str = ""


def hour_lines(rows: Iterable[Hours]) -> list[DraftLine]:
    """Lines for hours, in the order of the first hour of each; no hour is lost or billed twice.

    >>> from datetime import date
    >>> day = date(2026, 11, 2)
    >>> lines = hour_lines(
    ...     Hours(rank, "Ana", day, Decimal("1.5"), Decimal(80)) for rank in range(2)
    ... )
    >>> [(line.name, line.quantity, line.unit_price) for line in lines]
    [('Temps passé, Ana', Decimal('3.0'), Decimal('80'))]
    """
    groups: dict[tuple[object, ...], list[Hours]] = {}
    for one in sorted(rows, key=lambda one: (one.worked_on, one.entry_id)):
        key = (one.item_code, one.item_name, one.person, one.rate)
        groups.setdefault(key, []).append(one)
    return [_line(together) for together in groups.values()]


def _line(together: Sequence[Hours]) -> DraftLine:
    first = together[0]
    days = [one.worked_on for one in together]
    told = list(dict.fromkeys(one.description for one in together if one.description))
    return DraftLine(
        name=f"{first.item_name or 'Temps passé'}, {first.person}"[:200],
        quantity=sum((one.hours for one in together), ZERO),
        unit_price=first.rate,
        description=" ; ".join(told)[:1000],
        item_code=first.item_code,
        unit_code=HOUR,
        vat_rate=first.vat_rate,
        exemption=first.exemption,
        exemption_article=first.exemption_article,
        nature="services",
        revenue_account=first.revenue_account,
        period_start=min(days),
        period_end=max(days),
    )


def time_problems(facts: Sequence[TimeFacts], today: date) -> list[str]:
    """Everything wrong in hours, as French clauses; rates filled before."""
    found = []
    for rank, one in enumerate(facts, start=1):
        place = f"ligne {rank}"
        if not one.external_id.strip():
            found.append(f"{place} : donnez un identifiant, il évite de compter deux fois")
        if not one.person.strip() or not one.description.strip():
            found.append(f"{place} : donnez l'intervenant et le travail")
        if not ZERO < one.hours <= DAY_HOURS_MAX or round(one.hours, 2) != one.hours:
            found.append(f"{place} : les heures sont entre 0,01 et 24, à deux décimales au plus")
        if one.worked_on > today:
            found.append(f"{place} : le {one.worked_on:%d/%m/%Y} n'est pas encore venu")
        if one.is_billable and (one.hourly_rate is None or one.hourly_rate <= ZERO):
            found.append(f"{place} : le taux horaire manque, donnez-le ou un article qui en a un")
    keys = [(one.source, one.external_id) for one in facts]
    if len(set(keys)) < len(keys):
        found.append("un identifiant figure deux fois")
    return found
