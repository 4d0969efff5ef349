"""Programming interface of promises, payment plans and calls."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.collection import commands, queries
from echeance.collection.models import PaymentPlan, Promise
from echeance.collection.types import (
    CallAnswer,
    CallOutcome,
    CallReport,
    NewPaymentPlan,
    PromiseSource,
)
from echeance.core.dunning.instalments import Every

router = Router(tags=["Appels et promesses"])


class CallOut(Schema):
    """A call to make, with what its place in the list rests on."""

    id: int
    party_id: int
    party_name: str
    reason: str
    due_on: date
    contact_name: str
    phone: str
    assigned_to: str
    owed: Decimal
    days_late: int
    attempts: int


class CallFilters(Schema):
    """The day, today when absent; only those of a colleague, 0 for those of nobody."""

    on: date | None = None
    user_id: int | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class OutcomeIn(Schema):
    """How a call went; ``day`` for a promise, a call back or a payment already made."""

    outcome: CallOutcome
    note: str = ""
    day: date | None = None
    amount: Decimal | None = None
    item_ids: list[int] = []


class OutcomeOut(Schema):
    """What followed: one French sentence, the next call (0 when none), the promises noted."""

    call_id: int
    outcome: str
    told: str
    next_call_id: int
    promise_ids: list[int]


class PromiseIn(Schema):
    """A customer will pay items on a day: all of them, or an amount, the oldest first."""

    item_ids: list[int]
    promised_on: date
    amount: Decimal | None = None
    note: str = ""
    source: PromiseSource = PromiseSource.CALL


class PromiseOut(Schema):
    """A promise; the verdict is empty until it is judged."""

    id: int
    party_id: int
    open_item_id: int
    document_ref: str
    amount: Decimal
    promised_on: date
    source: str
    note: str
    verdict: str
    paid: Decimal | None
    recorded_at: datetime


class PaymentPlanIn(Schema):
    """A payment plan to draft; ``parts`` stands for count, first day and delay."""

    party_id: int
    item_ids: list[int]
    first_on: date
    count: Annotated[int, Field(ge=1, le=120)] = 3
    every: Every = Every.MONTH
    business_days: bool = True
    parts: list[tuple[date, Decimal]] = []
    grace_days: Annotated[int, Field(ge=0, le=60)] = 3
    misses_max: Annotated[int, Field(ge=0, le=12)] = 0
    acknowledges_debt: bool = True
    note: str = ""


class InstalmentOut(Schema):
    """An instalment, and how far it is paid."""

    rank: int
    due_on: date
    amount: Decimal
    paid: Decimal
    state: str


class PaymentPlanOut(Schema):
    """A payment plan, read from the ledger as of today."""

    id: int
    party_id: int
    state: str
    total: Decimal
    paid: Decimal
    left: Decimal
    accepted_on: date | None
    instalments: list[InstalmentOut]


class ProposalIn(Schema):
    """Whether the agreement also goes by mail."""

    by_mail: bool = False


class AcceptanceIn(Schema):
    """Who accepted a plan, and on which day."""

    accepted_on: date
    accepted_by: str


def _actor(request: HttpRequest) -> Actor:
    actor = getattr(request, "auth", None)
    assert isinstance(actor, Actor), "the door authenticates"
    return actor


@router.get("/calls", response=list[CallOut], summary="Lister les appels à passer")
def list_calls(request: HttpRequest, filters: Query[CallFilters]) -> list[CallOut]:
    """Calls due by a day, the most money × lateness first."""
    rows = queries.call_list(
        actor=_actor(request), on=filters.on or clock.today(), user_id=filters.user_id
    )
    return [
        CallOut(
            id=row.task.pk,
            party_id=row.task.party_id,
            party_name=row.task.party.name,
            reason=row.task.reason,
            due_on=row.task.due_on,
            contact_name=row.task.contact_name,
            phone=row.task.phone,
            assigned_to=row.task.assigned_to.email if row.task.assigned_to else "",
            owed=row.owed,
            days_late=row.days_late,
            attempts=row.attempts,
        )
        for row in rows[: filters.limit]
    ]


@router.post("/calls/{call_id}/outcome", response={201: OutcomeOut}, summary="Noter un appel")
def record_outcome(request: HttpRequest, call_id: int, facts: OutcomeIn) -> CallReport:
    """Note how a call went; what follows is done with it."""
    answer = CallAnswer(
        outcome=facts.outcome,
        note=facts.note,
        day=facts.day,
        amount=facts.amount,
        item_ids=tuple(facts.item_ids),
    )
    return commands.record_call(actor=_actor(request), call_id=call_id, answer=answer)


@router.post("/calls/{call_id}/undoing", response={204: None}, summary="Annuler l'issue d'un appel")
def undo_outcome(request: HttpRequest, call_id: int) -> None:
    """Put a call back on the list, and take back what its outcome made."""
    commands.undo_call(actor=_actor(request), call_id=call_id)


@router.post("/promises", response={201: list[PromiseOut]}, summary="Noter une promesse")
def promise(request: HttpRequest, facts: PromiseIn) -> list[Promise]:
    """Note that a customer will pay; one that stands on the same item is replaced."""
    return commands.promise(
        actor=_actor(request),
        item_ids=facts.item_ids,
        promised_on=facts.promised_on,
        note=facts.note,
        amount=facts.amount,
        source=facts.source,
    )


@router.get("/promises", response=list[PromiseOut], summary="Lister les promesses d'un client")
def list_promises(request: HttpRequest, party_id: int) -> list[Promise]:
    """Every promise of a customer, the latest first."""
    return list(queries.promise_history(actor=_actor(request), party_id=party_id))


@router.post(
    "/promises/{promise_id}/withdrawal", response={204: None}, summary="Retirer une promesse"
)
def withdraw_promise(request: HttpRequest, promise_id: int) -> None:
    """Take back a promise that stands."""
    commands.withdraw_promises(actor=_actor(request), promise_ids=[promise_id])


@router.get(
    "/payment-plans", response=list[PaymentPlanOut], summary="Lister les échéanciers d'un client"
)
def list_payment_plans(request: HttpRequest, party_id: int) -> list[PaymentPlanOut]:
    """Payment plans of a customer, the latest first."""
    rows = list(queries.payment_plans(actor=_actor(request), party_id=party_id))
    return _plans(_actor(request), rows)


@router.post("/payment-plans", response={201: PaymentPlanOut}, summary="Préparer un échéancier")
def draft_payment_plan(request: HttpRequest, facts: PaymentPlanIn) -> PaymentPlanOut:
    """Draft a payment plan; the last instalment makes the total exact."""
    given = facts.dict() | {"item_ids": tuple(facts.item_ids), "parts": tuple(facts.parts)}
    actor = _actor(request)
    plan = commands.draft_payment_plan(actor=actor, facts=NewPaymentPlan(**given))
    return _plans(actor, [queries.payment_plan_for(actor=actor, plan_id=plan.pk)])[0]


@router.post(
    "/payment-plans/{plan_id}/proposal",
    response={201: PaymentPlanOut},
    summary="Proposer un échéancier",
)
def propose_payment_plan(request: HttpRequest, plan_id: int, facts: ProposalIn) -> PaymentPlanOut:
    """Set the agreement as a PDF; by mail, the message is held before it leaves."""
    actor = _actor(request)
    commands.propose_payment_plan(actor=actor, plan_id=plan_id, by_mail=facts.by_mail)
    return _plans(actor, [queries.payment_plan_for(actor=actor, plan_id=plan_id)])[0]


@router.post(
    "/payment-plans/{plan_id}/acceptance",
    response={201: PaymentPlanOut},
    summary="Noter l'acceptation d'un échéancier",
)
def accept_payment_plan(request: HttpRequest, plan_id: int, facts: AcceptanceIn) -> PaymentPlanOut:
    """Note that the customer accepted."""
    actor = _actor(request)
    commands.accept_payment_plan(
        actor=actor,
        plan_id=plan_id,
        accepted_on=facts.accepted_on,
        accepted_by=facts.accepted_by,
    )
    return _plans(actor, [queries.payment_plan_for(actor=actor, plan_id=plan_id)])[0]


def _plans(actor: Actor, rows: list[PaymentPlan]) -> list[PaymentPlanOut]:
    states = queries.plan_progress(actor=actor, plans=rows, on=clock.today())
    return [
        PaymentPlanOut(
            id=row.pk,
            party_id=row.party_id,
            state=row.state,
            total=row.total,
            paid=states[row.pk].paid,
            left=states[row.pk].left,
            accepted_on=row.accepted_on,
            instalments=[
                InstalmentOut(
                    rank=one.instalment.rank,
                    due_on=one.instalment.due_on,
                    amount=one.instalment.amount,
                    paid=one.paid,
                    state=one.state.value,
                )
                for one in states[row.pk].instalments
            ],
        )
        for row in rows
    ]
