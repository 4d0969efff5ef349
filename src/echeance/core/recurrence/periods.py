"""Periods of a contract, their day of billing, and the part of a period that is owed.

Source: Code civil art. 1103 (the contract says it); CPC art. 641 (a month later is the same day,
or the last of the month).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from echeance.core.dates import DateRange, add_months, month_start
from echeance.core.money import round_amount


class Step(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


class Timing(StrEnum):
    """Terme à échoir (in advance, on the first day) or échu (the day after the last)."""

    ADVANCE = "advance"
    ARREARS = "arrears"


class Proration(StrEnum):
    """How the part of a period is counted."""

    DAYS = "days"  # days over the days of that very period
    THIRTIETHS = "thirtieths"  # every month has thirty days, as rents and wages are often split


MONTHS: Final = {Step.MONTH: 1, Step.QUARTER: 3, Step.HALF_YEAR: 6, Step.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a contract is billed.

    Attributes:
        start: First day of the contract.
        step: Length of a period.
        timing: In advance or in arrears.
        end: First day without the contract; ``None`` while nobody ended it.
        calendar: Periods begin with the civil month, quarter, half-year or year; the first one is
            then a part. Otherwise they begin on the anniversary of ``start``.
    """

    start: date
    step: Step = Step.MONTH
    timing: Timing = Timing.ADVANCE
    end: date | None = None
    calendar: bool = False

    @property
    def anchor(self) -> date:
        """First day of the first whole period, which ``start`` may stand inside."""
        if not self.calendar:
            return self.start
        first = month_start(self.start)
        return add_months(first, -((first.month - 1) % MONTHS[self.step]))


@dataclass(frozen=True, slots=True)
class BillingPeriod:
    """One period of a contract.

    Attributes:
        whole: The period of the schedule.
        covered: The days of it that the contract covers.
        bill_on: The day it may be billed from.
    """

    whole: DateRange
    covered: DateRange
    bill_on: date

    @property
    def complete(self) -> bool:
        """Whether the contract covers all of it."""
        return self.covered == self.whole


def periods(
    schedule: Schedule, *, until: date, since: date | None = None
) -> Iterator[BillingPeriod]:
    """Periods that may be billed on or before a day, oldest first.

    Those that end on or before ``since`` are left out, without being gone through.

    Anniversaries are counted from the first one: a contract of 31 January is billed on 28 February
    and on 31 March, it does not slide to the 28th for ever.

    >>> rent = Schedule(date(2026, 1, 31))
    >>> [str(one.whole.start) for one in periods(rent, until=date(2026, 4, 1))]
    ['2026-01-31', '2026-02-28', '2026-03-31']
    """
    months, count = MONTHS[schedule.step], 0
    if since is not None and since > schedule.anchor:
        first = schedule.anchor
        gone = (since.year - first.year) * 12 + since.month - first.month
        # One fewer: a month's end may fall before the day of the anchor.
        count = max(0, gone // months - 1)
    while True:
        whole = DateRange(
            add_months(schedule.anchor, months * count),
            add_months(schedule.anchor, months * (count + 1)),
        )
        count += 1
        start = max(whole.start, schedule.start)
        end = whole.end if schedule.end is None else min(whole.end, schedule.end)
        if since is not None and whole.end <= since:
            continue
        if start >= end:
            if whole.start >= (schedule.end or date.max) or whole.start > until:
                return
            continue
        bill_on = start if schedule.timing is Timing.ADVANCE else end
        if bill_on > until:
            return
        yield BillingPeriod(whole, DateRange(start, end), bill_on)


def due_periods(
    schedule: Schedule, *, on: date, billed: Collection[DateRange]
) -> list[BillingPeriod]:
    """What is left to bill on a day, missed periods included, each once.

    Args:
        schedule: The contract.
        on: The day.
        billed: Days already billed, whatever their cut: a period of which all the covered days are
            in them is never billed again; one of which some are is billed for the others.

    >>> contract = Schedule(date(2026, 1, 1))
    >>> january = DateRange(date(2026, 1, 1), date(2026, 2, 1))
    >>> [str(one.covered.start) for one in
    ...  due_periods(contract, on=date(2026, 3, 15), billed=[january])]
    ['2026-02-01', '2026-03-01']
    """
    taken = sorted(billed, key=lambda days: days.start)
    found = []
    for period in periods(schedule, until=on, since=_settled(schedule.start, taken)):
        found += [
            BillingPeriod(period.whole, left, max(period.bill_on, left.start))
            if schedule.timing is Timing.ADVANCE
            else BillingPeriod(period.whole, left, period.bill_on)
            for left in _without(period.covered, taken)
        ]
    return found


def _settled(start: date, taken: Collection[DateRange]) -> date:
    """The first day from ``start`` on that is in none of ``taken``, which are in order."""
    for other in taken:
        if other.start > start:
            break
        start = max(start, other.end)
    return start


def _without(days: DateRange, taken: Collection[DateRange]) -> Iterator[DateRange]:
    """The parts of ``days`` that are in none of ``taken``, which are in order."""
    start = days.start
    for other in taken:
        if other.end <= start or other.start >= days.end:
            continue
        if other.start > start:
            yield DateRange(start, other.start)
        start = max(start, other.end)
    if start < days.end:
        yield DateRange(start, days.end)


def period_holding(schedule: Schedule, day: date) -> BillingPeriod | None:
    """The period a day belongs to; ``None`` outside the contract."""
    last = add_months(day, MONTHS[schedule.step])
    found = (one for one in periods(schedule, until=last) if day in one.covered)
    return next(found, None)


def part_of(period: BillingPeriod, proration: Proration = Proration.DAYS) -> Decimal:
    """The part of a period the contract covers, between 0 and 1, exact to 28 digits.

    >>> contract = Schedule(date(2026, 11, 16), calendar=True)
    >>> first = next(periods(contract, until=date(2026, 11, 30)))
    >>> part_of(first)
    Decimal('0.5')
    """
    count = _days if proration is Proration.DAYS else _thirtieths
    return Decimal(count(period.covered)) / Decimal(count(period.whole))


def prorated(
    price: Decimal, period: BillingPeriod, proration: Proration = Proration.DAYS
) -> Decimal:
    """Price of a period for the part of it that is covered, to the cent, half up.

    ``price`` is that of a whole period, before VAT. A whole period has its whole price.
    """
    count = _days if proration is Proration.DAYS else _thirtieths
    return round_amount(price * count(period.covered) / count(period.whole))


def _days(days: DateRange) -> int:
    return days.days


def _thirtieths(days: DateRange) -> int:
    """Days when every month has thirty: the 31st is the 30th, and February ends on its 30th."""
    return _rank(days.end) - _rank(days.start)


def _rank(day: date) -> int:
    return day.year * 360 + (day.month - 1) * 30 + min(day.day, 30)
