"""The thread of a dispute: what was said and done, by whom, in the language of the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from echeance.base import queries as base
from echeance.base.actor import Actor
from echeance.base.language import amount, day, is_french
from echeance.base.models import ColleagueQuestion
from echeance.collection.models import Dispute
from echeance.collection.types import DISPUTE_STAGE_LABELS, DisputeStage
from echeance.transmission import queries as transmission
from echeance.transmission.models import Message


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the thread of a dispute."""

    at: datetime
    text: str
    who: str = ""
    icon: str = "point"
    tone: str = "neutral"
    quote: str = ""


def thread_of(
    actor: Actor, row: Dispute, questions: Sequence[ColleagueQuestion], sent: Sequence[Message]
) -> list[Step]:
    """Everything that was said and done about a dispute, the latest first."""
    steps = [
        Step(
            row.opened_at,
            gettext("Litige ouvert"),
            row.opened_by,
            "message-report",
            "dispute",
            row.note,
        ),
        *_journal_steps(actor, row),
        *_question_steps(questions),
        *_message_steps(sent),
        *_status_steps(actor, row),
    ]
    if row.closed_at:
        label = gettext(row.get_outcome_display())
        steps.append(
            Step(
                row.closed_at,
                gettext("Clos : {outcome}").format(outcome=label),
                row.closed_by,
                "circle-check",
                "good",
                row.refusal,
            )
        )
    return sorted(steps, key=lambda one: one.at, reverse=True)


Says = Callable[[dict[str, Any]], str]


def _journal_steps(actor: Actor, row: Dispute) -> Iterator[Step]:
    for event in base.history(actor=actor, subject=f"dispute:{row.pk}"):
        if found := _SAYS.get(event.action):
            icon, words = found
            yield Step(event.at, words(event.facts), event.actor, icon)


def _moved(facts: dict[str, Any]) -> str:
    label = gettext(DISPUTE_STAGE_LABELS[DisputeStage(facts["after"])])
    return gettext("Étape : {stage}").format(stage=label)


def _assigned(facts: dict[str, Any]) -> str:
    if not facts["email"]:
        return gettext("Confié à personne")
    return gettext("Confié à {person}").format(person=facts["email"])


def _deadline(facts: dict[str, Any]) -> str:
    on = datetime.fromisoformat(facts["after"]).date()
    return gettext("À régler avant le {day}").format(day=day(on))


def _drafted(facts: dict[str, Any]) -> str:
    return gettext("Avoir préparé : {amount}").format(amount=amount(Decimal(facts["gross"])))


def _asked_for(facts: dict[str, Any]) -> str:
    return gettext("Pièce demandée : {label}").format(label=facts["label"])


def _waived(facts: dict[str, Any]) -> str:
    return gettext("Pièce écartée") if facts["waived"] else gettext("Pièce demandée de nouveau")


_SAYS: dict[str, tuple[str, Says]] = {
    "collection.dispute_moved": ("arrow-right", _moved),
    "collection.dispute_assigned": ("user", _assigned),
    "collection.dispute_deadline_set": ("calendar-event", _deadline),
    "collection.dispute_piece_added": ("file-plus", _asked_for),
    "collection.dispute_piece_provided": ("file-check", lambda _: gettext("Pièce reçue")),
    "collection.dispute_piece_waived": ("file-off", _waived),
    "collection.dispute_credit_drafted": ("receipt-refund", _drafted),
    "collection.dispute_credit_dropped": ("trash", lambda _: gettext("Avoir abandonné")),
    "collection.dispute_close_undone": (
        "arrow-back-up",
        lambda _: gettext("Clôture annulée"),
    ),
}


def _question_steps(questions: Sequence[ColleagueQuestion]) -> Iterator[Step]:
    for one in questions:
        to = one.email or (one.asked_to.email if one.asked_to else "")
        told = gettext("Question à {person}").format(person=to)
        yield Step(one.asked_at, told, one.asked_by, "help-circle", "info", one.text)
        if one.answered_at:
            told = gettext("Réponse de {person}").format(person=one.answered_by)
            yield Step(one.answered_at, told, "", "message-2", "good", one.answer)
        if one.withdrawn_at:
            yield Step(one.withdrawn_at, gettext("Question retirée"), "", "message-off")


def _message_steps(sent: Sequence[Message]) -> Iterator[Step]:
    for one in sent:
        told = gettext("Courriel « {subject} » : {state}").format(
            subject=one.subject_line,
            state=gettext(one.get_status_display()),
        )
        yield Step(one.created_at, told, "", "mail")


def _status_steps(actor: Actor, row: Dispute) -> Iterator[Step]:
    for one in transmission.timeline(actor=actor, document_ref=row.document_ref):
        label = one.label if is_french() else one.label_en
        told = gettext("Statut {code} « {label} »").format(code=one.status.event.code, label=label)
        quote = " ".join(
            reason.text or gettext(reason.sentence)
            for reason in one.reasons
            if reason.text or reason.sentence
        )
        yield Step(one.status.event.at, told, gettext(one.issuer), "broadcast", "neutral", quote)
