"""Reads of the legal rates: those the software ships, and what was recorded since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from echeance.base.rights import Right
from echeance.collection.models import LegalRate
from echeance.core.dates import Semester
from echeance.core.dunning import RATES, SemesterRates

if TYPE_CHECKING:
    from echeance.base.actor import Actor


@dataclass(frozen=True, slots=True)
class RateRow:
    """One semester of the table as it is in force.

    Attributes:
        rates: Its figures.
        source: Where they were read; empty for those the software ships.
        recorded_by: Who recorded them; empty for those the software ships.
    """

    rates: SemesterRates
    source: str = ""
    recorded_by: str = ""
    recorded_at: datetime | None = None


def rates_in_force() -> Mapping[Semester, SemesterRates]:
    """Rates by semester: the built-in table, corrected and continued by the rows. One query.

    The same for every company, so no actor is asked for.
    """
    return RATES | {
        Semester(row.year, row.half): _rates(row)
        for row in LegalRate.objects.filter(replaced_at=None)
    }


def rate_rows(*, actor: Actor) -> list[RateRow]:
    """The table in force, latest semester first, with its sources. One query."""
    actor.require(Right.READ)
    found = {half: RateRow(rates) for half, rates in RATES.items()}
    for row in LegalRate.objects.filter(replaced_at=None):
        found[Semester(row.year, row.half)] = RateRow(
            _rates(row), row.source, row.recorded_by, row.recorded_at
        )
    return [found[half] for half in sorted(found, reverse=True)]


def _rates(row: LegalRate) -> SemesterRates:
    return SemesterRates(
        Semester(row.year, row.half),
        row.legal_individuals,
        row.legal_professionals,
        row.ecb,
        row.to_confirm,
    )
