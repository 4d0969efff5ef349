"""Gradient boosting of the days late, where the history allows it.

It learns what a median cannot tell: that a customer pays on a fixed day of the month, later when
the amount is large, later in August. It is kept only where it was not worse than the customer's
median on payments it had not seen, later than those it learnt from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from echeance.core.payers.history import Asked, History, PaidItem
from echeance.core.payers.prediction import (
    EARLY_PERCENT,
    LATE_PERCENT,
    Prediction,
    RobustModel,
)

ITEMS_MIN = 400
CHECKED_SHARE_PERCENT = 25
UNKNOWN = -9999
WORTH_PERCENT = 92
"""It is used when its errors are at most this share of those of the medians."""
_SEED = 20260101


@dataclass(slots=True)
class BoostedModel:
    """Trees over the habits of the customer and the calendar; the robust model where it is late.

    Attributes:
        trees: What was fitted.
        robust: For items already later than foreseen, and for bounds.
        margins: Days to add to the expected day for the early and the late one, from the errors
            made on payments it had not seen.
    """

    trees: Any
    robust: RobustModel
    margins: tuple[int, int]
    name: str = "boosted"

    def predict(self, asked: Sequence[Asked], on: date) -> list[Prediction]:
        """See :class:`echeance.core.payers.Model`."""
        if not asked:
            return []
        known = self.robust.predict(asked, on)
        rows = [_features(one, self.robust.history) for one in asked]
        found = self.trees.predict(rows)
        return [
            self._one(one, round(days), fallback, on)
            for one, days, fallback in zip(asked, found, known, strict=True)
        ]

    def _one(self, asked: Asked, days: int, fallback: Prediction, on: date) -> Prediction:
        expected = asked.due_on + timedelta(days=days)
        if expected <= on:
            return fallback
        early, late = (expected + timedelta(days=margin) for margin in self.margins)
        return Prediction(
            expected_on=expected,
            early_on=max(early, on),
            late_on=max(late, expected),
            method="boosted",
            known=fallback.known,
        )


def boosted(items: Sequence[PaidItem]) -> BoostedModel | None:
    """The boosted model of a history, or none.

    None when the payments are fewer than ``ITEMS_MIN``, when scikit-learn is not installed (the
    ``ml`` extra), or when it was worse than the customers' medians on the last quarter of the
    payments, which it had not seen.
    """
    if len(items) < ITEMS_MIN:
        return None
    try:
        from sklearn.ensemble import HistGradientBoostingRegressor
    except ImportError:
        return None
    ordered = sorted(items, key=lambda one: (one.issued_on, one.due_on, one.party_id))
    cut = ordered[len(ordered) * (100 - CHECKED_SHARE_PERCENT) // 100].issued_on
    past = [item for item in ordered if item.paid_on < cut]
    later = [item for item in ordered if item.issued_on >= cut]
    if len(past) < ITEMS_MIN // 2 or len(later) < ITEMS_MIN // 10:
        return None

    def trees() -> Any:
        return HistGradientBoostingRegressor(
            loss="absolute_error",
            max_iter=80,
            learning_rate=0.1,
            max_leaf_nodes=16,
            min_samples_leaf=15,
            random_state=_SEED,
        )

    trial = trees().fit(*_learnt(past))
    known = RobustModel(History.of(past))
    asked = [Asked(one.party_id, one.amount, one.issued_on, one.due_on) for one in later]
    guesses = [round(days) for days in trial.predict([_features(a, known.history) for a in asked])]
    medians = [
        (guess.expected_on - one.due_on).days
        for guess, one in zip(known.predict(asked, cut), later, strict=True)
    ]
    truth = [item.days_late for item in later]
    errors = sorted(real - guess for real, guess in zip(truth, guesses, strict=True))
    mine = sum(abs(error) for error in errors)
    theirs = sum(abs(real - guess) for real, guess in zip(truth, medians, strict=True))
    if mine * 100 > theirs * WORTH_PERCENT:
        return None
    margins = tuple(
        errors[min(max(-(-part * len(errors) // 100) - 1, 0), len(errors) - 1)]
        for part in (EARLY_PERCENT, LATE_PERCENT)
    )
    return BoostedModel(
        trees().fit(*_learnt(ordered)),
        RobustModel(History.of(ordered)),
        (margins[0], margins[1]),
    )


def _learnt(items: Sequence[PaidItem]) -> tuple[list[list[int]], list[int]]:
    """Features of each item as they were known on the day it was issued, and its delay."""
    by_payment = sorted(items, key=lambda one: (one.paid_on, one.due_on, one.party_id))
    history, read = History(), 0
    rows, days = [], []
    for item in sorted(items, key=lambda one: (one.issued_on, one.due_on, one.party_id)):
        while read < len(by_payment) and by_payment[read].paid_on < item.issued_on:
            history.learn(by_payment[read])
            read += 1
        asked = Asked(item.party_id, item.amount, item.issued_on, item.due_on)
        rows.append(_features(asked, history))
        days.append(item.days_late)
    return rows, days


def _features(asked: Asked, history: History) -> list[int]:
    """Whole numbers: what trees learn does not depend on the scale of what they read."""
    habit = history.habits.get(asked.party_id)
    own = habit.recent if habit else []
    everybody = history.everybody
    median = everybody.quantile(50) if everybody.ordered else 0
    last = own[-3:]
    due = asked.due_on
    month_end = (due.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return [
        habit.quantile(50) if habit and own else median,
        habit.quantile(75) - habit.quantile(25) if habit and own else UNKNOWN,
        len(own),
        own[-1] if own else UNKNOWN,
        10 * sum(last) // len(last) if last else UNKNOWN,
        int(asked.amount),
        (due - asked.issued_on).days,
        due.weekday(),
        due.day,
        (month_end - due).days,
        due.month,
        median,
    ]
