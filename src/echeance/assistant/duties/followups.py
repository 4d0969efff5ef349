"""Duty about what customers undertook: promises, payment plans, calls."""

from __future__ import annotations

from datetime import timedelta

from echeance.assistant.duties.day import Day
from echeance.assistant.types import Duty, NewDecision, Outcome, Reversal
from echeance.collection import commands as collection
from echeance.collection import queries
from echeance.collection.types import (
    JudgedPlan,
    JudgedPromise,
    PaymentPlanState,
    PromiseVerdict,
    WaitingPromise,
)
from echeance.core.money import format_amount

LOOK_BACK = timedelta(days=7)
"""Judgments of a run that was killed are told by a later one; told before, they are not again."""


def follow_up(day: Day) -> list[NewDecision]:
    """Judge the promises and the payment plans, remind of the instalments to come, tidy the calls.

    What is not kept makes a call. Nothing is sent: the reminders of instalments are held.
    """
    report = collection.judge_promises(actor=day.actor, on=day.on)
    plans = collection.judge_payment_plans(actor=day.actor, on=day.on)
    collection.tidy_calls(actor=day.actor)
    since = day.on - LOOK_BACK
    decisions = [
        *(_promise(one) for one in queries.judged_promises(actor=day.actor, since=since)),
        *(_waits(one) for one in report.waiting),
    ]
    ended = {one.plan_id: one for one in queries.ended_plans(actor=day.actor, since=since)}
    running = [one for one in plans.judged if one.plan_id not in ended]
    return [*decisions, *(_plan(one) for one in (*ended.values(), *running)), *_reminded(day)]


def _promise(one: JudgedPromise) -> NewDecision:
    kept = one.verdict is PromiseVerdict.KEPT
    reasons = [one.reason]
    if not kept:
        reasons.append("Les relances reprennent ; un appel est demandé tant qu'il reste dû.")
    told = "promesse tenue" if kept else "promesse non tenue"
    return NewDecision(
        Duty.FOLLOW_UP,
        f"promise:{one.promise_id}",
        Outcome.ACTED if kept else Outcome.ASKED,
        f"{told} : {one.party_name}, {format_amount(one.amount)}"[:200],
        tuple(reasons),
        party_id=one.party_id,
    )


def _waits(one: WaitingPromise) -> NewDecision:
    return NewDecision(
        Duty.FOLLOW_UP,
        f"promise:{one.promise_id}",
        Outcome.REFUSED,
        f"promesse sur {one.document_ref} pas encore jugée"[:200],
        (one.reason,),
        party_id=one.party_id,
    )


def _plan(one: JudgedPlan) -> NewDecision:
    words = {
        PaymentPlanState.COMPLETED: "soldé",
        PaymentPlanState.BROKEN: "rompu",
    }
    return NewDecision(
        Duty.FOLLOW_UP,
        f"payment_plan:{one.plan_id}",
        Outcome.ACTED if one.state is PaymentPlanState.COMPLETED else Outcome.ASKED,
        f"échéancier n° {one.plan_id} {words.get(one.state, 'suivi')} : {one.party_name}"[:200],
        (one.reason,),
        party_id=one.party_id,
    )


def _reminded(day: Day) -> list[NewDecision]:
    if not day.policy.remind:
        return []
    return [
        NewDecision(
            Duty.FOLLOW_UP,
            f"instalment:{plan_id}:{rank}",
            Outcome.ACTED,
            f"rappel de l'échéance {rank} de l'échéancier n° {plan_id} préparé",
            ("Une échéance approche : un rappel est retenu avant de partir.",),
            Reversal.HELD,
        )
        for plan_id, rank in collection.remind_instalments(actor=day.actor, on=day.on)
    ]
