"""What is known of payments: items paid in the past, and the delays that each customer took."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

KEPT = 36
"""Payments of one customer that count: its habits are those of its last ones."""


@dataclass(frozen=True, slots=True)
class PaidItem:
    """An item that money has settled.

    Attributes:
        party_id: Who owed it.
        amount: As invoiced, with VAT.
        issued_on: Date of the document.
        due_on: Due date.
        paid_on: Day the bank credited the last of it.
    """

    party_id: int
    amount: Decimal
    issued_on: date
    due_on: date
    paid_on: date

    @property
    def days_late(self) -> int:
        """Days after the due date; negative when it was paid before."""
        return (self.paid_on - self.due_on).days


@dataclass(frozen=True, slots=True)
class Asked:
    """An open item whose payment is to be foreseen."""

    party_id: int
    amount: Decimal
    issued_on: date
    due_on: date


@dataclass(slots=True)
class Habit:
    """Delays of one customer, or of all: the last ones in the order of payment, and sorted."""

    recent: list[int] = field(default_factory=list)
    ordered: list[int] = field(default_factory=list)

    def learn(self, days: int, kept: int = KEPT) -> None:
        """Add a delay; the oldest goes when there are too many."""
        self.recent.append(days)
        insort(self.ordered, days)
        if len(self.recent) > kept:
            gone = self.recent.pop(0)
            del self.ordered[bisect_left(self.ordered, gone)]

    def quantile(self, percent: int) -> int:
        """The delay that this share of payments did not exceed; there must be one.

        >>> habit = Habit()
        >>> for days in (2, 40, 3, 4): habit.learn(days)
        >>> habit.quantile(50), habit.quantile(90)
        (3, 40)
        """
        rank = -(-percent * len(self.ordered) // 100)
        return self.ordered[max(rank - 1, 0)]

    def longer_than(self, days: int) -> Sequence[int]:
        """Delays beyond so many days, in order."""
        return self.ordered[bisect_left(self.ordered, days + 1) :]


ALL_KEPT = 2000


@dataclass(slots=True)
class History:
    """Habits of each customer and of all of them together."""

    habits: dict[int, Habit] = field(default_factory=dict)
    everybody: Habit = field(default_factory=Habit)

    @classmethod
    def of(cls, items: Iterable[PaidItem]) -> History:
        """What the payments say, read in the order in which they came."""
        history = cls()
        for item in sorted(items, key=lambda one: (one.paid_on, one.due_on, one.party_id)):
            history.learn(item)
        return history

    def learn(self, item: PaidItem) -> None:
        """Add a payment later than those known."""
        self.habits.setdefault(item.party_id, Habit()).learn(item.days_late)
        self.everybody.learn(item.days_late, ALL_KEPT)
