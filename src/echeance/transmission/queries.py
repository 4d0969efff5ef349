"""Reads of transmission."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.transmission.models import Message, MessageEvent
from echeance.transmission.types import Status

if TYPE_CHECKING:
    from django.db.models import QuerySet

NOT_LEFT = (Status.HELD, Status.RELEASED, Status.IN_FLIGHT, Status.EXPIRED)


def outbox(*, actor: Actor, statuses: Collection[Status] = ()) -> QuerySet[Message]:
    """Messages of the company with their customer, latest first. One query."""
    actor.require(Right.READ)
    rows = Message.objects.filter(company=actor.company)
    if statuses:
        rows = rows.filter(status__in=statuses)
    return rows.select_related("party").order_by("-pk")


def message_for(*, actor: Actor, message_id: int) -> Message:
    """One message of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = outbox(actor=actor).filter(pk=message_id).first()
    if row is None:
        raise NotFoundError(what=f"message n° {message_id}")
    return row


def messages_of(*, actor: Actor, subjects: Collection[str]) -> dict[str, list[Message]]:
    """Messages about each of these objects (``kind:id``), oldest first. One query."""
    actor.require(Right.READ)
    found: dict[str, list[Message]] = {subject: [] for subject in subjects}
    rows = Message.objects.filter(company=actor.company, subject__in=found).order_by("pk")
    for row in rows:
        found[row.subject].append(row)
    return found


def sent_refs(*, actor: Actor, subjects: Iterable[str]) -> set[str]:
    """Which of these objects (``kind:id``) have a message proved sent. One query."""
    actor.require(Right.READ)
    return set(
        Message.objects.filter(
            company=actor.company, subject__in=set(subjects), status=Status.SENT
        ).values_list("subject", flat=True)
    )


def to_release(*, actor: Actor, kind: str, now: datetime) -> QuerySet[Message]:
    """Messages of a kind whose hold is over and that wait for their last check. One query.

    Held ones and those whose release expired; the longest held first.
    """
    actor.require(Right.READ)
    return Message.objects.filter(
        company=actor.company,
        kind=kind,
        status__in=[Status.HELD, Status.EXPIRED],
        hold_until__lte=now,
    ).order_by("hold_until", "pk")


def events_of(*, actor: Actor, message_id: int) -> QuerySet[MessageEvent]:
    """What happened to a message, oldest first. One query."""
    actor.require(Right.READ)
    return MessageEvent.objects.filter(company=actor.company, message_id=message_id).order_by("pk")
