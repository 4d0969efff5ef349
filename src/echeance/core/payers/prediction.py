"""When an open item will be paid: an expected day between an early and a late one.

The robust model is the customer's own median, helped by everybody's while its payments are few.
An item already later than usual is compared with the payments that were as late. It serves the
forecast and the order of calls, never a legal step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from echeance.core.payers.history import Asked, Habit, History, PaidItem

EARLY_PERCENT = 10
LATE_PERCENT = 90
BETWEEN_PERCENT = LATE_PERCENT - EARLY_PERCENT
"""Share of the payments announced to fall between the early and the late day."""

OWN_FROM = 3
FULLY_OWN_FROM = 8


@dataclass(frozen=True, slots=True)
class Prediction:
    """When an item is expected.

    Attributes:
        expected_on: Half of such items are paid by then; a calendar day, as the delays were.
        early_on: One in ten is.
        late_on: Nine in ten are.
        method: ``own`` (its own payments), ``shared`` (few of them: everybody's help) or
            ``boosted``.
        known: Payments of the customer it rests on.
    """

    expected_on: date
    early_on: date
    late_on: date
    method: str
    known: int


class Model(Protocol):
    """What foresees payments."""

    name: str

    def predict(self, asked: Sequence[Asked], on: date) -> list[Prediction]:
        """When each open item is expected, seen from a day; none before that day."""
        ...


@dataclass(slots=True)
class RobustModel:
    """Medians of the customer, with everybody's where its own payments are few."""

    history: History
    name: str = "robust"

    def predict(self, asked: Sequence[Asked], on: date) -> list[Prediction]:
        """See :class:`Model`. Without any payment at all, the due date is all that is known."""
        return [self._one(one, on) for one in asked]

    def _one(self, asked: Asked, on: date) -> Prediction:
        own = self.history.habits.get(asked.party_id)
        known = len(own.recent) if own else 0
        habit = self._habit(own)
        if not habit.ordered:
            expected = max(asked.due_on, on)
            return Prediction(expected, expected, expected, "shared", 0)
        late = (on - asked.due_on).days
        quantiles = [habit.quantile(part) for part in (EARLY_PERCENT, 50, LATE_PERCENT)]
        if late >= quantiles[0]:
            quantiles = self._given_late(habit, late)
        early, expected_days, last = (timedelta(days=days) for days in quantiles)
        return Prediction(
            expected_on=asked.due_on + expected_days,
            early_on=asked.due_on + early,
            late_on=asked.due_on + last,
            method="own" if known >= FULLY_OWN_FROM else "shared",
            known=known,
        )

    def _habit(self, own: Habit | None) -> Habit:
        if own is None or len(own.recent) < OWN_FROM:
            mixed = Habit()
            for days in (*self.history.everybody.recent, *(own.recent if own else ())):
                mixed.learn(days, kept=len(self.history.everybody.recent) + OWN_FROM)
            return mixed if own else self.history.everybody
        return own

    def _given_late(self, habit: Habit, late: int) -> list[int]:
        """Delays of those that were at least as late; they are not known to pay before now."""
        for one in (habit, self.history.everybody):
            beyond = one.longer_than(late - 1)
            if len(beyond) >= OWN_FROM or (beyond and one is self.history.everybody):
                ranks = (
                    -(-part * len(beyond) // 100) for part in (EARLY_PERCENT, 50, LATE_PERCENT)
                )
                return [beyond[max(rank - 1, 0)] for rank in ranks]
        # Later than anybody ever was: no day is better founded than another.
        return [late, late + 15, late + 60]


def fitted(items: Sequence[PaidItem]) -> RobustModel:
    """The robust model of a history."""
    return RobustModel(History.of(items))
