"""Instalments of a payment plan: how a debt is split, and how far it has been paid.

Every instalment but the last is the same amount, rounded down to the cent; the last one makes
the total exact. What is paid counts from the first instalment on, whatever it was meant for.

Sources: C. civ. 1343-5 (term of grace), 1342-10 (imputation), 1344 (default).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from echeance.core.dates import ONE_DAY, add_months, month_end, roll_forward
from echeance.core.errors import EcheanceError, Kind
from echeance.core.money import CENT, ZERO

COUNT_MAX = 120


class Every(StrEnum):
    """How far apart instalments are."""

    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    MONTH = "month"
    MONTH_END = "month_end"


@dataclass(frozen=True, slots=True)
class Instalment:
    """One instalment: its place from 1, the day it is owed, its amount."""

    rank: int
    due_on: date
    amount: Decimal


@dataclass(eq=False)
class ScheduleInvalidError(EcheanceError):
    """The instalments are not a schedule of that total."""

    code = "dunning.schedule_invalid"
    kind = Kind.INVALID
    message = "Échéancier refusé : {problem}."

    problem: str


def split(
    total: Decimal,
    count: int,
    first_day: date,
    every: Every,
    *,
    business_days: bool = True,
) -> tuple[Instalment, ...]:
    """Split a total into instalments that sum to it exactly.

    Args:
        total: Amount owed, positive, in cents.
        count: How many, 1 to 120.
        first_day: Day of the first one.
        every: Delay between two. A month keeps the day number of the first (the last day of a
            month that has none); the end of the month ignores it.
        business_days: A day that is not worked is moved to the next one that is.

    Raises:
        ScheduleInvalidError: An instalment would be less than a cent, or the count is out of
            bounds.

    >>> [str(one.amount) for one in split(Decimal("100.00"), 3, date(2026, 12, 1), Every.MONTH)]
    ['33.33', '33.33', '33.34']
    """
    if not 1 <= count <= COUNT_MAX:
        raise ScheduleInvalidError(f"il faut de 1 à {COUNT_MAX} échéances")
    each = (total / count).quantize(CENT, rounding=ROUND_DOWN)
    if each < CENT:
        raise ScheduleInvalidError("chaque échéance doit valoir au moins un centime")
    days = [_day(first_day, place, every) for place in range(count)]
    if business_days:
        days = [roll_forward(day) for day in days]
    amounts = [each] * (count - 1)
    amounts.append(total - sum(amounts, ZERO))
    return tuple(
        Instalment(rank, day, amount)
        for rank, (day, amount) in enumerate(zip(days, amounts, strict=True), 1)
    )


def _day(first: date, place: int, every: Every) -> date:
    match every:
        case Every.WEEK:
            return first + timedelta(weeks=place)
        case Every.TWO_WEEKS:
            return first + timedelta(weeks=2 * place)
        case Every.MONTH:
            return add_months(first, place)
        case Every.MONTH_END:
            return month_end(add_months(first, place))


def schedule(parts: Sequence[tuple[date, Decimal]], total: Decimal) -> tuple[Instalment, ...]:
    """Instalments agreed one by one, checked against the total they pay.

    Raises:
        ScheduleInvalidError: None or too many, a day not after the one before, an amount not
            positive or with less than a cent, or another sum.
    """
    if not 1 <= len(parts) <= COUNT_MAX:
        raise ScheduleInvalidError(f"il faut de 1 à {COUNT_MAX} échéances")
    for place, (day, amount) in enumerate(parts, 1):
        if amount <= ZERO or amount != amount.quantize(CENT, rounding=ROUND_DOWN):
            raise ScheduleInvalidError(f"l'échéance {place} n'est pas un montant positif")
        if place > 1 and day <= parts[place - 2][0]:
            raise ScheduleInvalidError(f"l'échéance {place} ne suit pas la précédente")
    agreed = sum((amount for _, amount in parts), ZERO)
    if agreed != total:
        raise ScheduleInvalidError(f"les échéances font {agreed:.2f} € au lieu de {total:.2f} €")
    return tuple(Instalment(rank, day, amount) for rank, (day, amount) in enumerate(parts, 1))


class InstalmentState(StrEnum):
    """Where an instalment stands on a day."""

    PAID = "paid"
    COMING = "coming"
    GRACE = "grace"
    MISSED = "missed"


INSTALMENT_STATE_LABELS = {
    InstalmentState.PAID: "payée",
    InstalmentState.COMING: "à venir",
    InstalmentState.GRACE: "en retard, tolérée",
    InstalmentState.MISSED: "manquée",
}


@dataclass(frozen=True, slots=True)
class InstalmentProgress:
    """How far one instalment has been paid.

    Attributes:
        paid: Part of it that is paid.
        paid_on: Day it was paid whole; ``None`` while something is left.
        was_missed: Something was left when its grace was over, even if it was paid since.
    """

    instalment: Instalment
    paid: Decimal
    paid_on: date | None
    state: InstalmentState
    was_missed: bool

    @property
    def left(self) -> Decimal:
        """What is still to be paid of it."""
        return self.instalment.amount - self.paid


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """How far a plan has been paid on a day.

    Attributes:
        paid: All that was paid, never above the total.
        missed: How many instalments were missed, those paid late included.
        broken_on: First day on which the plan no longer held; ``None`` while it does.
    """

    instalments: tuple[InstalmentProgress, ...]
    paid: Decimal
    missed: int
    broken_on: date | None

    @property
    def left(self) -> Decimal:
        """What is still to be paid of the plan."""
        return sum((one.left for one in self.instalments), ZERO)

    @property
    def is_complete(self) -> bool:
        """Nothing is left."""
        return self.left == ZERO

    @property
    def next(self) -> InstalmentProgress | None:
        """The first instalment with something left."""
        return next((one for one in self.instalments if one.left), None)


def progress(
    instalments: Sequence[Instalment],
    payments: Iterable[tuple[date, Decimal]],
    *,
    on: date,
    grace_days: int = 0,
    misses_max: int = 0,
) -> PlanProgress:
    """How far a plan has been paid: payments fill the instalments in order.

    Args:
        instalments: In order.
        payments: Day and amount of what settled the debts covered since the acceptance.
        on: The day judged; later payments are ignored.
        grace_days: Days after its own on which an instalment may still be paid.
        misses_max: How many may be missed before the plan is broken.

    >>> plan = split(Decimal("100.00"), 2, date(2026, 12, 1), Every.MONTH)
    >>> state = progress(plan, [(date(2026, 12, 1), Decimal("60.00"))], on=date(2026, 12, 2))
    >>> [(str(one.paid), one.state.value) for one in state.instalments]
    [('50.00', 'paid'), ('10.00', 'coming')]
    """
    received = sorted((day, amount) for day, amount in payments if day <= on)
    rows: list[InstalmentProgress] = []
    lapses: list[date] = []
    before = ZERO
    for one in instalments:
        start, before = before, before + one.amount
        limit = one.due_on + timedelta(days=grace_days)
        reached = _reached(received, before)
        paid = min(max(sum((amount for _, amount in received), ZERO) - start, ZERO), one.amount)
        was_missed = on > limit and (reached is None or reached > limit)
        if was_missed:
            lapses.append(limit + ONE_DAY)
        rows.append(
            InstalmentProgress(one, paid, reached, _state(one, reached, on, limit), was_missed)
        )
    return PlanProgress(
        instalments=tuple(rows),
        paid=sum((row.paid for row in rows), ZERO),
        missed=len(lapses),
        broken_on=sorted(lapses)[misses_max] if len(lapses) > misses_max else None,
    )


def _reached(received: Sequence[tuple[date, Decimal]], level: Decimal) -> date | None:
    """Day on which what was received reached a level."""
    so_far = ZERO
    for day, amount in received:
        so_far += amount
        if so_far >= level:
            return day
    return None


def _state(one: Instalment, reached: date | None, on: date, limit: date) -> InstalmentState:
    if reached is not None:
        return InstalmentState.PAID
    if on <= one.due_on:
        return InstalmentState.COMING
    return InstalmentState.GRACE if on <= limit else InstalmentState.MISSED
