"""The one way a message changes state: the row, its event, the journal, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.transmission.events import MessageMoved
from echeance.transmission.models import Message, MessageEvent
from echeance.transmission.types import Status

DONE = {Status.SENT, Status.REFUSED, Status.BOUNCED, Status.UNKNOWN, Status.WITHDRAWN}


class Changes(TypedDict, total=False):
    """Columns that change with the state."""

    to: list[str]
    cc: list[str]
    message_id: str
    hold_until: datetime
    released_at: datetime
    release_expires_at: datetime
    retry_at: datetime | None
    attempts: int
    response: str
    refused_recipients: dict[str, str]
    content_sha256: str


def right_for(kind: str) -> Right:
    """Who may send this: reminders have a right of their own."""
    return Right.SEND_REMINDERS if kind == "reminder" else Right.SEND_DOCUMENTS


def move(
    messages: Sequence[Message], status: Status, *, actor: Actor, detail: str = "", changes: Changes
) -> None:
    """Bring messages the caller has locked to a state. Three queries for all of them."""
    now = clock.now()
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(
        status=status, finished_at=now if status in DONE else None, **changes
    )
    MessageEvent.objects.bulk_create(
        MessageEvent(company=actor.company, message=message, at=now, status=status, detail=detail)
        for message in messages
    )
    journal.record_many(
        [MessageMoved(message.pk, message.key, status.value, detail) for message in messages],
        actor=actor,
    )
