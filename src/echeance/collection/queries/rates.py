"""Reads of the legal rates: those the software ships, and what was recorded since."""

from __future__ import annotations

from collections.abc import Mapping

from echeance.collection.models import LegalRate
from echeance.core.dates import Semester
from echeance.core.dunning import RATES, SemesterRates


def rates_in_force() -> Mapping[Semester, SemesterRates]:
    """Rates by semester: the built-in table, corrected and continued by the rows. One query.

    The same for every company, so no actor is asked for.
    """
    return RATES | {
        Semester(row.year, row.half): SemesterRates(
            Semester(row.year, row.half),
            row.legal_individuals,
            row.legal_professionals,
            row.ecb,
            row.to_confirm,
        )
        for row in LegalRate.objects.filter(replaced_at=None)
    }
