"""Civil dates of contracts, law and retention. No clock here: the day is always given.

Periods are half-open: ``[start, end)``.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

ONE_DAY = timedelta(days=1)
_SATURDAY = 5


def add_months(day: date, months: int) -> date:
    """Same day number ``months`` later, else the last day of that month.

    Source: CPC art. 641.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """Same day ``years`` later; 29 February falls back to the 28th.

    >>> add_years(date(2028, 2, 29), 10)
    datetime.date(2038, 2, 28)
    """
    return add_months(day, 12 * years)


def month_start(day: date) -> date:
    """First day of the month.

    >>> month_start(date(2026, 2, 11))
    datetime.date(2026, 2, 1)
    """
    return day.replace(day=1)


def month_end(day: date) -> date:
    """Last day of the month.

    >>> month_end(date(2028, 2, 11))
    datetime.date(2028, 2, 29)
    """
    return day.replace(day=monthrange(day.year, day.month)[1])


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from ``start`` included to ``end`` excluded; ``end`` may equal ``start`` (empty).

    >>> period = DateRange(date(2026, 1, 1), date(2026, 2, 1))
    >>> period.days, period.last, date(2026, 2, 1) in period
    (31, datetime.date(2026, 1, 31), False)
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        assert self.start <= self.end, "a period ends after it starts"

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """Last day of the period, as a person writes it; a period of no day has none."""
        assert self.days, "an empty period has no last day"
        return self.end - ONE_DAY


@dataclass(frozen=True, slots=True, order=True)
class Semester:
    """Half a civil year, the step of the legal rates: ``half`` is 1 (January) or 2 (July).

    >>> str(Semester(2026, 1).next)
    '2026S2'
    """

    year: int
    half: int

    def __post_init__(self) -> None:
        assert self.half in {1, 2}, "a year has two semesters"

    @property
    def start(self) -> date:
        """Its first day."""
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def end(self) -> date:
        """The first day after it."""
        return self.next.start

    @property
    def next(self) -> Semester:
        """The following semester."""
        return Semester(self.year, 2) if self.half == 1 else Semester(self.year + 1, 1)

    def __str__(self) -> str:
        return f"{self.year}S{self.half}"


def semester(day: date) -> Semester:
    """The semester a day belongs to.

    >>> str(semester(date(2026, 6, 30)))
    '2026S1'
    """
    return Semester(day.year, 1 if day.month <= 6 else 2)


def semesters_between(start: date, end: date) -> Iterator[tuple[Semester, DateRange]]:
    """Cut ``[start, end)`` at 1 January and 1 July.

    >>> [(str(s), r.days) for s, r in semesters_between(date(2026, 6, 29), date(2026, 7, 4))]
    [('2026S1', 2), ('2026S2', 3)]
    """
    while start < end:
        current = semester(start)
        stop = min(end, current.end)
        yield current, DateRange(start, stop)
        start = stop


@lru_cache(maxsize=64)
def french_holidays(year: int) -> frozenset[date]:
    """Public holidays of metropolitan France.

    Source: C. trav. L3133-1. Local ones (Alsace-Moselle, overseas) are not counted.
    """
    import holidays

    return frozenset(holidays.country_holidays("FR", years=year))


def is_business_day(day: date) -> bool:
    """Monday to Friday, public holidays excluded.

    >>> is_business_day(date(2026, 7, 14))
    False
    """
    return day.weekday() < _SATURDAY and day not in french_holidays(day.year)


def roll_forward(day: date) -> date:
    """The day itself when it is worked, else the next one that is.

    For procedural limits (CPC art. 642) and sending days; a contract's due date does not move.

    >>> roll_forward(date(2026, 8, 15))
    datetime.date(2026, 8, 17)
    """
    while not is_business_day(day):
        day += ONE_DAY
    return day


def add_business_days(day: date, count: int) -> date:
    """The ``count``-th business day after ``day`` (``count`` ≥ 0; zero rolls forward).

    >>> add_business_days(date(2026, 4, 3), 1)
    datetime.date(2026, 4, 7)
    """
    assert count >= 0, "business days are counted forward"
    day = roll_forward(day) if not count else day
    for _ in range(count):
        day = roll_forward(day + ONE_DAY)
    return day
