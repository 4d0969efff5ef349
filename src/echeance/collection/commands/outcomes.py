"""How calls went, what follows from it, and taking that back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from echeance.base import clock, journal
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.language import amount, day
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.collection import queries, rules_calls
from echeance.collection.commands.calls import cancel_calls, make_calls
from echeance.collection.commands.cases import hold_reminders, resume_reminders
from echeance.collection.commands.promises import promise, undo_promises
from echeance.collection.errors import (
    CallDayMissingError,
    CallDoneError,
    CallFollowedError,
    CallNothingOwedError,
    DayPastError,
)
from echeance.collection.events import CallMade, CallUndone
from echeance.collection.models import CallTask, Promise
from echeance.collection.types import (
    CALL_OUTCOME_LABELS,
    CallAnswer,
    CallOutcome,
    CallReport,
    NewCall,
    PromiseSource,
)
from echeance.core.dates import add_business_days
from echeance.core.words import clean_line


@dataclass
class _Effects:
    """What an outcome made, so that undoing it takes back that and nothing else."""

    promises: list[int] = field(default_factory=list)
    holds: list[int] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    told: str = ""
    next_call_id: int = 0

    def facts(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "promises": self.promises,
            "holds": self.holds,
            "calls": self.calls,
            "questions": self.questions,
        }


@transaction.atomic
def record_call(*, actor: Actor, call_id: int, answer: CallAnswer) -> CallReport:
    """Note how a call went, and do what follows: a promise, another call, a pause, a question.

    Args:
        actor: Needs the right to prepare reminders.
        call_id: A call that is to be made.
        answer: Its outcome.

    Raises:
        NotFoundError: Not one of this company.
        CallDoneError: It was made or taken off the list.
        CallDayMissingError: The outcome needs a day.
        CallNothingOwedError: A promise about nothing.
        DayPastError: A day to come is past.
        PromiseTooLargeError: More is promised than is owed.
    """
    actor.require(Right.PREPARE_REMINDERS)
    CallTask.objects.select_for_update().filter(company=actor.company, pk=call_id).first()
    task = queries.call_for(actor=actor, call_id=call_id)
    if task.done_at or task.cancelled_at:
        raise CallDoneError(what=_why_closed(task))
    if answer.outcome in rules_calls.NEEDS_DAY and answer.day is None:
        raise CallDayMissingError
    task.outcome = answer.outcome.value
    task.note = answer.note.strip()[:2000]
    task.done_at = clock.now()
    task.done_by = actor.name
    task.save(update_fields=["outcome", "note", "done_at", "done_by"])
    effects = _FOLLOW[answer.outcome](actor, task, answer)
    task.effects = effects.facts()
    task.save(update_fields=["effects"])
    base.close_work_items(actor=actor, keys=[task.key], answer=answer.outcome.value)
    journal.record(CallMade(task.pk, task.party_id, task.outcome, task.note), actor=actor)
    return CallReport(
        call_id=task.pk,
        outcome=answer.outcome,
        told=effects.told,
        next_call_id=effects.next_call_id,
        promise_ids=tuple(effects.promises),
    )


def _why_closed(task: CallTask) -> str:
    if task.cancelled_at:
        return task.cancel_reason.rstrip(".") or "retiré de la liste"
    return f"{CALL_OUTCOME_LABELS[CallOutcome(task.outcome)]}, noté par {task.done_by}"


@transaction.atomic
def undo_call(*, actor: Actor, call_id: int) -> CallTask:
    """Take back the outcome of a call: it is on the list again, what followed is undone.

    Raises:
        NotFoundError: Not one of this company.
        CallDoneError: It was not made.
        CallFollowedError: The call that followed was made.
        PromiseJudgedError: Its promise was judged or replaced since.
    """
    actor.require(Right.PREPARE_REMINDERS)
    CallTask.objects.select_for_update().filter(company=actor.company, pk=call_id).first()
    task = queries.call_for(actor=actor, call_id=call_id)
    if task.done_at is None:
        raise CallDoneError(what="il n'a pas été passé")
    keys = task.effects.get("calls", [])
    if CallTask.objects.filter(company=actor.company, key__in=keys, done_at__isnull=False).exists():
        raise CallFollowedError
    promises = task.effects.get("promises", [])
    if promises:
        undo_promises(actor=actor, promise_ids=promises)
    holds = task.effects.get("holds", [])
    if holds:
        resume_reminders(actor=actor, hold_ids=holds)
    cancel_calls(actor=actor, keys=keys, reason="L'issue de l'appel précédent est annulée.")
    base.close_work_items(actor=actor, keys=task.effects.get("questions", []), answer="undone")
    outcome = task.outcome
    task.outcome, task.note, task.done_at, task.done_by, task.effects = "", "", None, "", {}
    task.save(update_fields=["outcome", "note", "done_at", "done_by", "effects"])
    journal.record(CallUndone(task.pk, task.party_id, outcome), actor=actor)
    return task


def _promised(actor: Actor, task: CallTask, answer: CallAnswer) -> _Effects:
    assert answer.day is not None, "checked before"
    owed = queries.call_sheet(actor=actor, task=task, on=clock.today())
    item_ids = answer.item_ids or tuple(item.item_id for item in owed.items)
    if not item_ids:
        raise CallNothingOwedError
    rows: list[Promise] = promise(
        actor=actor,
        item_ids=item_ids,
        promised_on=answer.day,
        note=answer.note,
        amount=answer.amount,
        source=PromiseSource.CALL,
    )
    total = sum((row.amount for row in rows), Decimal(0))
    return _Effects(
        promises=[row.pk for row in rows],
        told=gettext("Promesse notée : {total} pour le {day}. Pas de relance d'ici là.").format(
            total=amount(total), day=day(answer.day)
        ),
    )


def _paid_already(actor: Actor, task: CallTask, answer: CallAnswer) -> _Effects:
    assert answer.day is not None, "checked before"
    today = clock.today()
    if answer.day > today:
        raise CallDayMissingError
    owed = queries.call_sheet(actor=actor, task=task, on=today)
    until = rules_calls.next_call_day(CallOutcome.PAID_ALREADY, today, answer.day)
    hold = hold_reminders(
        actor=actor,
        party_id=task.party_id,
        reason=f"le client dit avoir payé le {answer.day:%d/%m/%Y}",
        until=until,
    )
    reason = f"dit avoir payé le {answer.day:%d/%m/%Y} et rien n'est venu"
    effects = _call_again(actor, task, until, reason)
    effects.holds.append(hold.pk)
    if owed.in_question:
        effects.told = gettext(
            "{amount} reçus semblent de ce client : rapprochez-les dans « Encaissements ». "
            "Relances suspendues d'ici là."
        ).format(amount=amount(owed.in_question))
    else:
        effects.told = gettext(
            "Rien n'est encore venu à la banque : relances suspendues jusqu'au {day}, puis nouvel "
            "appel."
        ).format(day=day(until))
    return effects


def _disputes(actor: Actor, task: CallTask, answer: CallAnswer) -> _Effects:  # noqa: ARG001  the shape of a follow-up
    return _Effects(
        told=gettext("Notez ce que le client conteste : le reste sera toujours réclamé.")
    )


def _call_back(actor: Actor, task: CallTask, answer: CallAnswer) -> _Effects:
    assert answer.day is not None, "checked before"
    if answer.day < clock.today():
        raise DayPastError(day=answer.day)
    effects = _call_again(actor, task, answer.day, task.reason)
    effects.told = gettext("À rappeler le {day}.").format(day=day(answer.day))
    return effects


def _unreached(actor: Actor, task: CallTask, answer: CallAnswer) -> _Effects:
    tried = queries.attempts_of(actor=actor, party_ids=[task.party_id]).get(task.party_id, 0)
    if rules_calls.unreachable(tried):
        return _ask(
            actor,
            task,
            "unreachable",
            f"{task.party.name} ne répond pas après {tried} appels : écrivez-lui ?",
            told=gettext("{number} appels sans réponse : un courriel vous est proposé.").format(
                number=tried
            ),
            answers=(
                Answer("write", "Lui écrire"),
                Answer("call", "L'appeler encore"),
            ),
        )
    due_on = rules_calls.next_call_day(answer.outcome, clock.today())
    effects = _call_again(actor, task, due_on, task.reason)
    effects.told = gettext("Nouvel essai le {day}.").format(day=day(due_on))
    return effects


def _wrong_number(actor: Actor, task: CallTask, answer: CallAnswer) -> _Effects:  # noqa: ARG001  the shape of a follow-up
    told = gettext("Ce numéro n'est plus proposé : corrigez la fiche.")
    effects = _ask(
        actor,
        task,
        "wrong_number",
        f"{task.party.name} : le numéro {task.phone or 'enregistré'} est faux, corrigez la fiche.",
        told=told,
        answers=(Answer("correct", "Corriger la fiche"),),
    )
    numbers = queries.numbers_of(actor=actor, party_ids=[task.party_id])[task.party_id]
    if numbers:
        again = _call_again(
            actor, task, clock.today(), task.reason, name=numbers[0].name, phone=numbers[0].phone
        )
        effects.calls, effects.next_call_id = again.calls, again.next_call_id
        effects.told = f"{told} {gettext('Un autre numéro est à essayer.')}"
    return effects


def _refuses(actor: Actor, task: CallTask, answer: CallAnswer) -> _Effects:  # noqa: ARG001  the shape of a follow-up
    return _ask(
        actor,
        task,
        "refuses",
        f"{task.party.name} refuse de payer : passez à la mise en demeure ?",
        told=gettext("La mise en demeure vous est proposée."),
        answers=(
            Answer("formal_notice", "Préparer la mise en demeure"),
            Answer("remind_again", "Les relances suivent leur cours"),
        ),
    )


def _insolvent(actor: Actor, task: CallTask, answer: CallAnswer) -> _Effects:  # noqa: ARG001  the shape of a follow-up
    until = add_business_days(clock.today(), rules_calls.INSOLVENCY_CHECK_DAYS)
    hold = hold_reminders(
        actor=actor,
        party_id=task.party_id,
        reason="annonce une procédure collective, à vérifier au BODACC",
        until=until,
    )
    effects = _ask(
        actor,
        task,
        "insolvent",
        f"{task.party.name} annonce une procédure collective : vérifiez au BODACC et déclarez.",
        told=gettext(
            "Vérifiez l'annonce au BODACC, puis notez la procédure : la créance se déclare."
        ),
        answers=(Answer("insolvency", "Noter la procédure"),),
    )
    effects.holds.append(hold.pk)
    return effects


def _ask(
    actor: Actor,
    task: CallTask,
    what: str,
    title: str,
    *,
    told: str,
    answers: tuple[Answer, ...],
) -> _Effects:
    key = f"collection.call.{what}:{task.party_id}"
    base.open_work_items(
        actor=actor,
        items=[
            WorkItemFacts(
                key=key,
                kind=f"collection.{what}",
                subject=f"party:{task.party_id}",
                title=clean_line(title),
                evidence={"party_id": task.party_id, "call_id": task.pk},
                answers=answers,
                amount=task.amount,
                due_date=clock.today(),
            )
        ],
    )
    return _Effects(questions=[key], told=told)


def _call_again(
    actor: Actor, task: CallTask, due_on: date, reason: str, *, name: str = "", phone: str = ""
) -> _Effects:
    call = NewCall(
        party_id=task.party_id,
        key=f"collection.call:{task.pk}:next",
        reason=reason,
        due_on=due_on,
        amount=task.amount,
        assigned_to_id=task.assigned_to_id,
        contact_name=name or (task.contact_name if not phone else ""),
        phone=phone or task.phone,
    )
    (row,) = make_calls(actor=actor, calls=[call], again=True)
    return _Effects(calls=[call.key], next_call_id=row.pk)


_FOLLOW: dict[CallOutcome, Callable[[Actor, CallTask, CallAnswer], _Effects]] = {
    CallOutcome.PROMISED: _promised,
    CallOutcome.PAID_ALREADY: _paid_already,
    CallOutcome.DISPUTES: _disputes,
    CallOutcome.CALL_BACK: _call_back,
    CallOutcome.NO_ANSWER: _unreached,
    CallOutcome.MESSAGE_LEFT: _unreached,
    CallOutcome.WRONG_NUMBER: _wrong_number,
    CallOutcome.REFUSES: _refuses,
    CallOutcome.INSOLVENT: _insolvent,
}
