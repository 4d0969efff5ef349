"""Programming interface of the outbox; the door authenticates and puts the actor in ``auth``.

Releasing is not here: the room that queued a message checks it again, then lets it go.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from echeance.base.actor import Actor
from echeance.transmission import commands, queries
from echeance.transmission.models import Message
from echeance.transmission.types import Settlement, Status

router = Router(tags=["Envois"])


class MessageOut(Schema):
    """A message and where it stands."""

    id: int
    key: str
    kind: str
    subject: str
    party_id: int | None
    to: list[str]
    cc: list[str]
    subject_line: str
    status: Status
    message_id: str
    hold_until: datetime
    in_flight_at: datetime | None
    finished_at: datetime | None
    attempts: int
    response: str
    refused_recipients: dict[str, str]


class MessageList(Schema):
    """A page of the outbox, latest first; ``next`` is the cursor of the following page."""

    items: list[MessageOut]
    next: int | None


class EventOut(Schema):
    """One step of a message."""

    at: datetime
    status: Status
    detail: str


class OutboxFilters(Schema):
    """What to list."""

    status: Status | None = None
    before: int | None = None
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class WithdrawIn(Schema):
    """Why a message is taken back."""

    reason: str = ""


class SettleIn(Schema):
    """What became of a message of unknown outcome."""

    outcome: Settlement


class HoldAgainIn(Schema):
    """Corrected addresses; those of the message when there are none."""

    to: list[str] = []
    cc: list[str] = []


def _actor(request: HttpRequest) -> Actor:
    actor = getattr(request, "auth", None)
    assert isinstance(actor, Actor), "the door authenticates"
    return actor


@router.get("", response=MessageList, summary="Lister la boîte d'envoi")
def list_messages(request: HttpRequest, filters: Query[OutboxFilters]) -> MessageList:
    """Messages of the company before a cursor, latest first."""
    statuses = [filters.status] if filters.status else []
    rows = queries.outbox(actor=_actor(request), statuses=statuses)
    if filters.before is not None:
        rows = rows.filter(pk__lt=filters.before)
    page = list(rows[: filters.limit + 1])
    items = [MessageOut.from_orm(row) for row in page[: filters.limit]]
    return MessageList(items=items, next=items[-1].id if len(page) > filters.limit else None)


@router.get("/{message_id}", response=MessageOut, summary="Lire un message")
def get_message(request: HttpRequest, message_id: int) -> Message:
    """One message."""
    return queries.message_for(actor=_actor(request), message_id=message_id)


@router.get("/{message_id}/events", response=list[EventOut], summary="Suivre un message")
def list_events(request: HttpRequest, message_id: int) -> list[EventOut]:
    """Each step of a message, oldest first."""
    rows = queries.events_of(actor=_actor(request), message_id=message_id)
    return [EventOut.from_orm(row) for row in rows]


@router.post("/{message_id}/withdrawal", response=MessageOut, summary="Retirer un message")
def withdraw_message(request: HttpRequest, message_id: int, facts: WithdrawIn) -> Message:
    """Take back a message that has not left."""
    actor = _actor(request)
    commands.withdraw_messages(actor=actor, message_ids=[message_id], reason=facts.reason)
    return queries.message_for(actor=actor, message_id=message_id)


@router.post("/{message_id}/settlement", response=MessageOut, summary="Dire s'il est parti")
def settle_message(request: HttpRequest, message_id: int, facts: SettleIn) -> Message:
    """Say what became of a message of unknown outcome."""
    return commands.settle_unknown(
        actor=_actor(request), message_id=message_id, outcome=facts.outcome
    )


@router.post("/{message_id}/preparation", response=MessageOut, summary="Préparer de nouveau")
def hold_message_again(request: HttpRequest, message_id: int, facts: HoldAgainIn) -> Message:
    """Prepare a refused or returned message again."""
    return commands.hold_again(
        actor=_actor(request), message_id=message_id, to=facts.to, cc=facts.cc
    )
