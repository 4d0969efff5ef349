"""The next best action for a customer's late items: to wait, to write, to call, to ask a person.

It orders the day of whoever calls. It never proposes a legal step by itself: those follow the plan
of reminders and a person's decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from echeance.core.money import format_amount
from echeance.core.payers.prediction import Prediction
from echeance.core.payers.profile import GRADE_LABELS, Grade


class Action(StrEnum):
    """What to do next."""

    WAIT = "wait"
    WRITE = "write"
    CALL = "call"
    SETTLE_DISPUTE = "settle_dispute"
    FIND_CONTACT = "find_contact"
    DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a customer stands on a day.

    Attributes:
        overdue: What is late and not disputed.
        days_late: Of the oldest late item.
        disputed: What is contested.
        grade: Its profile.
        broken_promises: Promises not kept among those of its open items.
        promised_on: Day it promised to pay, still to come.
        reminders_sent: Levels already sent for its oldest late item.
        has_contact: Somebody may be written to.
        has_phone: Somebody may be called.
        foreseen: When the largest late item is expected.
    """

    overdue: Decimal
    days_late: int
    grade: Grade
    disputed: Decimal = Decimal(0)
    broken_promises: int = 0
    promised_on: date | None = None
    reminders_sent: int = 0
    has_contact: bool = True
    has_phone: bool = True
    foreseen: Prediction | None = None


@dataclass(frozen=True, slots=True)
class NextAction:
    """What to do, the French sentence that says why, and the weight in the order of calls.

    Attributes:
        weight: Money at stake times how much an act may change: larger first.
    """

    action: Action
    sentence: str
    weight: Decimal


_WEIGHTS = {
    Grade.UNKNOWN: Decimal("1.0"),
    Grade.PROMPT: Decimal("0.4"),
    Grade.SLOW: Decimal("0.7"),
    Grade.LATE: Decimal("1.2"),
    Grade.BAD: Decimal("1.6"),
}
WAITED_DAYS = 4
CALLED_FROM_DAYS = 10


def next_action(situation: Situation, on: date) -> NextAction:
    """The next best action of a day; the first rule that holds decides, and says so."""
    weight = _weight(situation, on)
    action, sentence = _rule(situation, on)
    if action is Action.WAIT:
        weight /= 10
    return NextAction(action, sentence, weight.quantize(Decimal("0.01")))


def _weight(one: Situation, on: date) -> Decimal:
    lateness = 1 + Decimal(min(max(one.days_late, 0), 120)) / 60
    promises = 1 + Decimal(min(one.broken_promises, 4)) / 2
    expected = one.foreseen.expected_on if one.foreseen else on
    coming = Decimal("0.5") if 0 <= (expected - on).days <= WAITED_DAYS else Decimal(1)
    return one.overdue * _WEIGHTS[one.grade] * lateness * promises * coming


def _rule(one: Situation, on: date) -> tuple[Action, str]:
    owed = format_amount(one.overdue)
    if not one.has_contact and not one.has_phone:
        return Action.FIND_CONTACT, f"{owed} en retard et personne à joindre : trouvez un contact."
    if one.disputed > one.overdue:
        return Action.SETTLE_DISPUTE, (
            f"{format_amount(one.disputed)} en litige, plus que les {owed} exigibles : réglez le "
            "litige d'abord."
        )
    if one.promised_on is not None and one.promised_on >= on:
        return Action.WAIT, f"Paiement promis pour le {one.promised_on:%d/%m/%Y} : attendez-le."
    if one.broken_promises and one.has_phone:
        broken = (
            "une promesse non tenue" if one.broken_promises == 1 else "des promesses non tenues"
        )
        return Action.CALL, f"{owed} en retard et {broken} : appelez, obtenez une date."
    soon = one.foreseen is not None and 0 <= (one.foreseen.expected_on - on).days <= WAITED_DAYS
    if soon and one.foreseen is not None and one.grade in {Grade.PROMPT, Grade.SLOW}:
        return Action.WAIT, (
            f"Ce client {GRADE_LABELS[one.grade]} : {owed} attendus vers le "
            f"{one.foreseen.expected_on:%d/%m/%Y} d'après ses paiements passés."
        )
    if one.reminders_sent >= 3:
        return Action.DECIDE, f"{owed} en retard après {one.reminders_sent} relances : décidez."
    if one.has_phone and one.days_late >= CALLED_FROM_DAYS and one.reminders_sent:
        return (
            Action.CALL,
            f"{owed} en retard de {one.days_late} jours malgré une relance : appelez.",
        )
    if one.has_contact:
        return (
            Action.WRITE,
            f"{owed} en retard de {one.days_late} jours : la relance du plan suffit.",
        )
    return Action.CALL, f"{owed} en retard de {one.days_late} jours et pas de courriel : appelez."
