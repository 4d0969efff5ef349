"""Series of numbers, and the number each gives next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from echeance.base import counters
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing.models import InvoiceSeries
from echeance.billing.rules import numbering


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A series, how many numbers it gave in the year, and the next one."""

    series: InvoiceSeries
    given: int
    next_number: str


def series_rows(*, actor: Actor, on: date) -> list[SeriesRow]:
    """All series, open ones first, by kind then prefix. Two queries.

    Args:
        actor: Whose company.
        on: The day whose year is counted.
    """
    actor.require(Right.READ)
    rows = list(
        InvoiceSeries.objects.filter(company=actor.company)
        .select_related("supplier")
        .order_by("kind", "prefix")
    )
    given = counters.last_of(
        company=actor.company, names=[numbering.counter_name(row.pk, on) for row in rows]
    )
    found = []
    for row in rows:
        last = given.get(numbering.counter_name(row.pk, on), 0)
        found.append(
            SeriesRow(row, last, numbering.number_of(row.prefix, row.digits, on, last + 1))
        )
    return sorted(found, key=lambda one: one.series.closed_at is not None)


def open_series(*, actor: Actor, kind: str) -> list[InvoiceSeries]:
    """Series a draft of a kind may name, the usual one first. One query."""
    actor.require(Right.READ)
    return list(
        InvoiceSeries.objects.filter(
            company=actor.company, kind=kind, closed_at__isnull=True
        ).order_by("-is_default", "prefix")
    )
