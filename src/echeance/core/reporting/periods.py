"""When e-reporting begins, which days a report covers, and when it is due.

A due day does not move when it falls on a Sunday or a holiday: the texts name the day and no
delay of grace.

Sources: CGI ann. II art. 242 nonies O and P (décret 2022-1299), CGI art. 290 and 290 A,
ordonnance 2025-1247 (end of the simplified regime).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from echeance.core.dates import ONE_DAY, DateRange, add_months, month_end, month_start
from echeance.core.reporting.errors import RegimeEndedError
from echeance.core.reporting.model import ReportKind


class Regime(StrEnum):
    """VAT regimes; the values are those of the company."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SIMPLIFIED = "simplified"
    FRANCHISE = "franchise"


OBLIGED_FROM: Final = {"large": date(2026, 9, 1), "small": date(2027, 9, 1)}
"""First day to report, by size of the company (LF 2026 art. 123)."""
BEGINS: Final = min(OBLIGED_FROM.values())
"""First day that any message may tell: a small company may report before it must."""
SIMPLIFIED_ENDS: Final = date(2027, 1, 1)
"""First day without the simplified regime."""


class Step(StrEnum):
    """How long a period is."""

    TEN_DAYS = "ten_days"  # 1 to 10, 11 to 20, 21 to the end of the month
    MONTH = "month"
    TWO_MONTHS = "two_months"  # January and February, March and April…


class Due(StrEnum):
    """When the report of a period is due."""

    TEN_DAYS_AFTER = "ten_days_after"  # the 20th, the month's last day, the 10th
    NEXT_TENTH = "next_tenth"
    NEXT_MONTH_END = "next_month_end"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Length and delay of the periods of a regime."""

    step: Step
    due: Due


_MONTHLY: Final = Rhythm(Step.MONTH, Due.NEXT_TENTH)
_NEXT_END: Final = Rhythm(Step.MONTH, Due.NEXT_MONTH_END)
_TWO_MONTHLY: Final = Rhythm(Step.TWO_MONTHS, Due.NEXT_MONTH_END)
RHYTHMS: Final[dict[tuple[Regime, ReportKind], Rhythm]] = {
    (Regime.MONTHLY, ReportKind.TRANSACTIONS): Rhythm(Step.TEN_DAYS, Due.TEN_DAYS_AFTER),
    (Regime.MONTHLY, ReportKind.PAYMENTS): _MONTHLY,
    (Regime.QUARTERLY, ReportKind.TRANSACTIONS): _MONTHLY,
    (Regime.QUARTERLY, ReportKind.PAYMENTS): _MONTHLY,
    (Regime.SIMPLIFIED, ReportKind.TRANSACTIONS): _NEXT_END,
    (Regime.SIMPLIFIED, ReportKind.PAYMENTS): _NEXT_END,
    (Regime.FRANCHISE, ReportKind.TRANSACTIONS): _TWO_MONTHLY,
    (Regime.FRANCHISE, ReportKind.PAYMENTS): _TWO_MONTHLY,
}


@dataclass(frozen=True, slots=True)
class ReportingPeriod:
    """Days to report, and the last day to do it."""

    days: DateRange
    kind: ReportKind
    due_on: date


def period_of(regime: Regime, kind: ReportKind, day: date) -> ReportingPeriod:
    """The period that holds a day.

    Raises:
        RegimeEndedError: The regime no longer exists on that day.

    >>> period = period_of(Regime.MONTHLY, ReportKind.TRANSACTIONS, date(2026, 9, 14))
    >>> str(period.days.start), str(period.days.last), str(period.due_on)
    ('2026-09-11', '2026-09-20', '2026-09-30')
    """
    if regime is Regime.SIMPLIFIED and day >= SIMPLIFIED_ENDS:
        raise RegimeEndedError("réel simplifié", day)
    rhythm = RHYTHMS[regime, kind]
    days = _days(rhythm.step, day)
    return ReportingPeriod(days, kind, _due(rhythm.due, days.last))


def _days(step: Step, day: date) -> DateRange:
    start = month_start(day)
    match step:
        case Step.TEN_DAYS:
            if day.day > 20:
                return DateRange(day.replace(day=21), add_months(start, 1))
            first = 1 if day.day <= 10 else 11
            return DateRange(day.replace(day=first), day.replace(day=first + 10))
        case Step.MONTH:
            return DateRange(start, add_months(start, 1))
        case Step.TWO_MONTHS:
            odd = start if start.month % 2 else add_months(start, -1)
            return DateRange(odd, add_months(odd, 2))


def _due(due: Due, last: date) -> date:
    following = last + ONE_DAY
    match due:
        case Due.TEN_DAYS_AFTER:
            if following.day == 11:
                return following.replace(day=20)
            return month_end(last) if following.day == 21 else following.replace(day=10)
        case Due.NEXT_TENTH:
            return following.replace(day=10)
        case Due.NEXT_MONTH_END:
            return month_end(following)


def periods(regime: Regime, kind: ReportKind, since: date, on: date) -> Iterator[ReportingPeriod]:
    """Periods from the one that holds ``since`` to the one that holds ``on``, oldest first.

    The last one is still open on ``on``; none when ``since`` is later than ``on``.

    >>> [str(one.due_on) for one in
    ...  periods(Regime.QUARTERLY, ReportKind.PAYMENTS, date(2026, 9, 1), date(2026, 11, 24))]
    ['2026-10-10', '2026-11-10', '2026-12-10']
    """
    day = since
    while day <= on:
        period = period_of(regime, kind, day)
        yield period
        day = period.days.end
