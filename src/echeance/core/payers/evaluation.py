"""How good the foreseen days are: on payments later than all that was learnt from.

Each item of the test is foreseen on the day it was issued, from the payments before the cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from echeance.core.payers.boosting import boosted
from echeance.core.payers.history import Asked, History, PaidItem
from echeance.core.payers.prediction import BETWEEN_PERCENT, Model, RobustModel


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was announced against what happened.

    Attributes:
        count: Items compared.
        before_expected_percent: Paid by the expected day; half is right.
        between_percent: Paid between the early and the late day.
        announced_percent: What that share should be.
    """

    count: int
    before_expected_percent: Decimal
    between_percent: Decimal
    announced_percent: int = BETWEEN_PERCENT


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Mean absolute errors, in days, of one time-split test.

    Attributes:
        cut: First day of the test; all that is learnt was paid before.
        learnt: Payments learnt from.
        tested: Items foreseen.
        median: Error of the customer's own median, everybody's where it has none.
        model: Error of the model in use.
        model_name: ``robust`` or ``boosted``.
    """

    cut: date
    learnt: int
    tested: int
    median: Decimal
    model: Decimal
    model_name: str
    calibration: Calibration


def calibrate(model: Model, later: Sequence[PaidItem], on: date) -> Calibration:
    """Compare what a model announces on a day with payments that came after it."""
    asked = [Asked(one.party_id, one.amount, one.issued_on, one.due_on) for one in later]
    guesses = model.predict(asked, on)
    pairs = list(zip(guesses, later, strict=True))
    before = sum(item.paid_on <= guess.expected_on for guess, item in pairs)
    between = sum(guess.early_on <= item.paid_on <= guess.late_on for guess, item in pairs)
    return Calibration(len(pairs), _percent(before, len(pairs)), _percent(between, len(pairs)))


def evaluate(items: Sequence[PaidItem], *, tested_percent: int = 25) -> Evaluation | None:
    """Learn from the earlier payments, foresee the later ones; none when there are too few."""
    ordered = sorted(items, key=lambda one: (one.issued_on, one.due_on, one.party_id))
    if len(ordered) < 8:
        return None
    cut = ordered[len(ordered) * (100 - tested_percent) // 100].issued_on
    past = [item for item in ordered if item.paid_on < cut]
    later = [item for item in ordered if item.issued_on >= cut]
    if not past or not later:
        return None
    history = History.of(past)
    model: Model = boosted(past) or RobustModel(history)
    asked = [Asked(one.party_id, one.amount, one.issued_on, one.due_on) for one in later]
    errors = [
        abs((item.paid_on - guess.expected_on).days)
        for item, guess in zip(later, model.predict(asked, cut), strict=True)
    ]
    medians = [abs(item.days_late - _median(history, item.party_id)) for item in later]
    return Evaluation(
        cut=cut,
        learnt=len(past),
        tested=len(later),
        median=_mean(medians),
        model=_mean(errors),
        model_name=model.name,
        calibration=calibrate(model, later, cut),
    )


def _median(history: History, party_id: int) -> int:
    own = history.habits.get(party_id)
    return (own if own and own.recent else history.everybody).quantile(50)


def _mean(values: Sequence[int]) -> Decimal:
    return (Decimal(sum(values)) / len(values)).quantize(Decimal("0.01"))


def _percent(part: int, whole: int) -> Decimal:
    if not whole:
        return Decimal(0)
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"))
