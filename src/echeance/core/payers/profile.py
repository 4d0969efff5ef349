"""Profil payeur: reckoned from what the customer did, never typed.

Definitions: ``weighted_days_late`` is the average days delinquent (Σ amount × days late ÷ Σ amount,
early payments counting zero); ``trend_days`` compares the later half of the payments with the
earlier one, positive when the customer pays later and later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from echeance.core.money import ZERO
from echeance.core.payers.history import Habit, PaidItem

KNOWN_FROM = 3
_TENTH = Decimal("0.1")


class Grade(StrEnum):
    """How a customer pays, in a word."""

    UNKNOWN = "unknown"
    PROMPT = "prompt"
    SLOW = "slow"
    LATE = "late"
    BAD = "bad"


GRADE_LABELS = {
    Grade.UNKNOWN: "trop peu de paiements pour le dire",
    Grade.PROMPT: "paie à l'heure",
    Grade.SLOW: "paie avec un peu de retard",
    Grade.LATE: "paie en retard",
    Grade.BAD: "paie très en retard",
}

_GRADES = ((5, Grade.PROMPT), (15, Grade.SLOW), (40, Grade.LATE))


@dataclass(frozen=True, slots=True)
class Profile:
    """How a customer pays.

    Attributes:
        paid_count: Items it paid.
        paid_amount: Their sum.
        weighted_days_late: Average days delinquent, to a tenth of a day.
        median_days_late: Half of the items were paid by then; negative before the due date.
        usual_spread_days: Half of the distance between its early and its late quarter.
        trend_days: Later half less earlier half, weighted; zero under six items.
        promises_judged: Promises whose day has passed.
        promises_kept: Those kept whole.
        disputed_count: Items it ever contested.
        disputed_amount: What it contested.
    """

    paid_count: int
    paid_amount: Decimal
    weighted_days_late: Decimal
    median_days_late: int
    usual_spread_days: int
    trend_days: Decimal
    promises_judged: int = 0
    promises_kept: int = 0
    disputed_count: int = 0
    disputed_amount: Decimal = ZERO

    @property
    def grade(self) -> Grade:
        """The word for it: by the average delay, one step down when promises are not kept."""
        if self.paid_count < KNOWN_FROM:
            return Grade.UNKNOWN
        found = next(
            (grade for days, grade in _GRADES if self.weighted_days_late <= days), Grade.BAD
        )
        broken = self.promises_judged - self.promises_kept
        if (
            found is Grade.SLOW
            and self.promises_judged >= KNOWN_FROM
            and broken * 2 > (self.promises_judged)
        ):
            return Grade.LATE
        return found


def profile_of(
    items: Sequence[PaidItem],
    *,
    promises: tuple[int, int] = (0, 0),
    disputes: tuple[int, Decimal] = (0, ZERO),
) -> Profile:
    """Profile of one customer.

    Args:
        items: What it paid, any order.
        promises: How many were judged, and kept.
        disputes: How many items it contested, and their amount.

    >>> from datetime import date
    >>> def paid(amount, late):
    ...     due = date(2026, 1, 31)
    ...     return PaidItem(1, Decimal(amount), date(2026, 1, 1), due, due + timedelta(days=late))
    >>> from datetime import timedelta
    >>> found = profile_of([paid("900.00", 10), paid("100.00", 30), paid("100.00", -5)])
    >>> str(found.weighted_days_late), found.median_days_late  # (900×10 + 100×30 + 0) / 1100
    ('10.9', 10)
    """
    ordered = sorted(items, key=lambda one: (one.paid_on, one.due_on))
    habit = Habit()
    for item in ordered:
        habit.learn(item.days_late)
    half = len(ordered) // 2
    trend = (
        _weighted(ordered[half:]) - _weighted(ordered[:half])
        if len(ordered) >= 2 * KNOWN_FROM
        else ZERO
    )
    return Profile(
        paid_count=len(ordered),
        paid_amount=sum((item.amount for item in ordered), ZERO),
        weighted_days_late=_weighted(ordered).quantize(_TENTH, ROUND_HALF_UP),
        median_days_late=habit.quantile(50) if ordered else 0,
        usual_spread_days=(habit.quantile(75) - habit.quantile(25)) // 2 if ordered else 0,
        trend_days=trend.quantize(_TENTH, ROUND_HALF_UP),
        promises_judged=promises[0],
        promises_kept=promises[1],
        disputed_count=disputes[0],
        disputed_amount=disputes[1],
    )


def _weighted(items: Sequence[PaidItem]) -> Decimal:
    total = sum((item.amount for item in items), ZERO)
    if not total:
        return ZERO
    return sum((item.amount * max(item.days_late, 0) for item in items), ZERO) / total
