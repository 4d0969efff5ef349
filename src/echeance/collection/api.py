"""Programming interface of collection; the door authenticates and puts the actor in ``auth``."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.collection import commands, queries
from echeance.collection.models import Dispute, Hold, Reminder
from echeance.collection.types import (
    DisputeOutcome,
    DisputeReason,
    DisputeStage,
    ReminderRow,
)

router = Router(tags=["Relances"])


class ReasonOut(Schema):
    """Why, and until when if it is known."""

    code: str
    text: str
    until: date | None


class SliceOut(Schema):
    """One line of interest: base × rate × days / 365."""

    start: date
    days: int
    base: Decimal
    rate_percent: Decimal
    amount: Decimal


class LineOut(Schema):
    """An open item as a reminder asks for it."""

    item_id: int
    document_ref: str
    due_date: date
    days_late: int
    amount: Decimal
    disputed: Decimal
    interest: Decimal
    indemnity: Decimal
    slices: list[SliceOut]


class ReminderOut(Schema):
    """A customer of the dry run, with the message as it would leave."""

    party_id: int
    party_code: str
    party_name: str
    decision: str
    amount_due: Decimal
    total: Decimal
    interest: Decimal
    indemnity: Decimal
    rank: int
    level_label: str
    plan_id: int
    channel: str
    step: str
    credits: Decimal
    net: Decimal
    needs_approval: bool
    until: date | None
    reasons: list[ReasonOut]
    lines: list[LineOut]
    recipients: list[str]
    subject: str
    body: str


class DryRunQuery(Schema):
    """The day; today when absent."""

    on: date | None = None


class ReminderIn(Schema):
    """A level to send to a customer now, whatever its day."""

    party_id: int
    rank: int


class PreparedOut(Schema):
    """A reminder prepared, held before it leaves."""

    id: int
    party_id: int
    rank: int
    label: str
    channel: str
    total: Decimal
    interest: Decimal
    indemnity: Decimal
    prepared_at: datetime
    approved_at: datetime | None


class DisputeIn(Schema):
    """A customer contests an item, or a part of it."""

    item_id: int
    reason_code: DisputeReason
    amount: Decimal | None = None
    note: str = ""
    line_id: int | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    answer_by: date | None = None
    site: str = ""
    carrier: str = ""
    seller: str = ""


class DisputeClosing(Schema):
    """How it ended, and what is learned."""

    outcome: DisputeOutcome
    cause: str = ""
    lesson: str = ""


class DisputeStageIn(Schema):
    """A stage chosen by hand."""

    stage: DisputeStage


class DisputeCreditIn(Schema):
    """What is given back; all that is contested when nothing is said."""

    amount: Decimal | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    refusal: str = ""


class DisputeCreditOut(Schema):
    """The draft credit note of a dispute."""

    invoice_id: int
    gross_total: Decimal


class DisputeRefusalIn(Schema):
    """Why it is refused; the customer reads ``why`` once a person lets the mail go."""

    why: str
    cause: str = ""
    lesson: str = ""


class DisputeOut(Schema):
    """A dispute."""

    id: int
    party_id: int
    open_item_id: int
    document_ref: str
    amount: Decimal
    reason_code: str
    note: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    outcome: str
    stage: str
    answer_by: date | None
    invoice_line_id: int | None
    quantity: Decimal | None
    unit_price: Decimal | None
    credit_note_id: int | None
    product: str
    site: str
    carrier: str
    seller: str
    cause: str


class DisputeList(Schema):
    """A page of disputes, by number; ``next`` is the cursor of the following page."""

    items: list[DisputeOut]
    next: int | None


class DisputeFilters(Schema):
    """What to list."""

    open_only: bool = True
    party_id: int | None = None
    after: int = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class HoldIn(Schema):
    """A pause for a customer, or for one item."""

    party_id: int
    reason: str
    item_id: int | None = None
    until: date | None = None


class HoldOut(Schema):
    """A pause that stands."""

    id: int
    party_id: int
    open_item_id: int | None
    reason: str
    until: date | None
    placed_at: datetime
    placed_by: str


def _actor(request: HttpRequest) -> Actor:
    actor = getattr(request, "auth", None)
    assert isinstance(actor, Actor), "the door authenticates"
    return actor


@router.get("/dry-run", response=list[ReminderOut], summary="Essayer les relances d'un jour")
def dry_run(request: HttpRequest, query: Query[DryRunQuery]) -> list[ReminderRow]:
    """Who would be reminded, of how much, why; nothing is written."""
    return queries.dry_run(actor=_actor(request), on=query.on or clock.today())


@router.post("/reminders", response={201: PreparedOut}, summary="Relancer un client à un niveau")
def remind_now(request: HttpRequest, facts: ReminderIn) -> Reminder:
    """Prepare a level for a customer today; refused when it was sent, skips a step or is paused."""
    return commands.remind_now(actor=_actor(request), party_id=facts.party_id, rank=facts.rank)


@router.get("/disputes", response=DisputeList, summary="Lister les litiges")
def list_disputes(request: HttpRequest, filters: Query[DisputeFilters]) -> DisputeList:
    """Disputes by number, after a cursor."""
    rows = queries.disputes(
        actor=_actor(request), open_only=filters.open_only, party_id=filters.party_id
    )
    page = list(rows.filter(pk__gt=filters.after).order_by("pk")[: filters.limit + 1])
    items = [DisputeOut.from_orm(row) for row in page[: filters.limit]]
    return DisputeList(items=items, next=items[-1].id if len(page) > filters.limit else None)


@router.post("/disputes", response={201: DisputeOut}, summary="Ouvrir un litige")
def open_dispute(request: HttpRequest, facts: DisputeIn) -> Dispute:
    """Open a dispute; the rest of the invoice stays chased."""
    return commands.open_dispute(actor=_actor(request), **facts.dict())


@router.post("/disputes/{dispute_id}/closing", response=DisputeOut, summary="Clore un litige")
def close_dispute(request: HttpRequest, dispute_id: int, facts: DisputeClosing) -> Dispute:
    """Close a dispute; what was not credited is chased again."""
    return commands.close_dispute(actor=_actor(request), dispute_id=dispute_id, **facts.dict())


@router.post("/disputes/{dispute_id}/stage", response=DisputeOut, summary="Déplacer un litige")
def move_dispute(request: HttpRequest, dispute_id: int, facts: DisputeStageIn) -> Dispute:
    """Bring a dispute to a stage: to start, waiting a colleague or the customer."""
    commands.move_disputes(actor=_actor(request), dispute_ids=[dispute_id], stage=facts.stage)
    return queries.dispute_for(actor=_actor(request), dispute_id=dispute_id)


@router.post(
    "/disputes/{dispute_id}/credit",
    response={201: DisputeCreditOut},
    summary="Préparer l'avoir d'un litige",
)
def credit_dispute(
    request: HttpRequest, dispute_id: int, facts: DisputeCreditIn
) -> DisputeCreditOut:
    """Draft the exact credit note; its issue closes the dispute."""
    note = commands.draft_dispute_credit(
        actor=_actor(request), dispute_id=dispute_id, **facts.dict()
    )
    return DisputeCreditOut(invoice_id=note.pk, gross_total=note.gross_total)


@router.post("/disputes/{dispute_id}/refusal", response=DisputeOut, summary="Refuser un litige")
def refuse_dispute(request: HttpRequest, dispute_id: int, facts: DisputeRefusalIn) -> Dispute:
    """Close a dispute as unfounded; the mail of the refusal waits for a person."""
    dispute, _ = commands.refuse_dispute(
        actor=_actor(request), dispute_id=dispute_id, **facts.dict()
    )
    return dispute


@router.get("/holds", response=list[HoldOut], summary="Lister les suspensions en cours")
def list_holds(request: HttpRequest) -> list[Hold]:
    """Pauses that stand today, oldest first."""
    return list(queries.holds(actor=_actor(request), on=clock.today()))


@router.post("/holds", response={201: HoldOut}, summary="Suspendre les relances")
def hold_reminders(request: HttpRequest, facts: HoldIn) -> Hold:
    """Stop reminding a customer, or of one item."""
    return commands.hold_reminders(
        actor=_actor(request),
        party_id=facts.party_id,
        reason=facts.reason,
        item_id=facts.item_id,
        until=facts.until,
    )


@router.post("/holds/{hold_id}/lifting", response={204: None}, summary="Reprendre les relances")
def resume_reminders(request: HttpRequest, hold_id: int) -> None:
    """Lift a pause."""
    commands.resume_reminders(actor=_actor(request), hold_ids=[hold_id])
