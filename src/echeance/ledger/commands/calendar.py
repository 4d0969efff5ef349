"""Which fiscal year an open day belongs to."""

from __future__ import annotations

from datetime import date

from echeance.base.actor import Actor
from echeance.ledger.errors import NoFiscalYearError, PeriodClosedError
from echeance.ledger.models import FiscalYear, Period


class Calendar:
    """Fiscal years and closed periods of a company. Two queries, when the first day is asked."""

    def __init__(self, actor: Actor) -> None:
        """Read nothing yet."""
        self._company = actor.company
        self._known: dict[date, FiscalYear] = {}
        self._years: list[FiscalYear] | None = None
        self._closed: list[tuple[date, date]] = []

    def open_year(self, day: date) -> FiscalYear:
        """The fiscal year of a day that may still be written to.

        Raises:
            NoFiscalYearError: None holds the day, or it is closed.
            PeriodClosedError: Its month is closed.
        """
        if day not in self._known:
            self._known[day] = self._find(day)
        return self._known[day]

    def _find(self, day: date) -> FiscalYear:
        if self._years is None:
            self._years = list(FiscalYear.objects.filter(company=self._company, closed_at=None))
            self._closed = list(
                Period.objects.filter(company=self._company, closed_at__isnull=False).values_list(
                    "starts_on", "ends_on"
                )
            )
        if any(first <= day <= last for first, last in self._closed):
            raise PeriodClosedError(day=day)
        for year in self._years:
            if year.starts_on <= day <= year.ends_on:
                return year
        raise NoFiscalYearError(day=day)
