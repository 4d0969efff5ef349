"""Reads of the collection room; the dry run is the screen."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q

from echeance.base import policy
from echeance.base.errors import NotFoundError
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.collection.models import Dispute, Hold, Promise, Reminder
from echeance.collection.types import CollectionPolicy
from echeance.parties import queries as parties
from echeance.transmission.types import PostalState, Status

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor

__all__ = [
    "CUSTOMERS",
    "NOT_LET_GO",
    "WAITING",
    "companies_to_release",
    "dispute_for",
    "disputed_reasons",
    "disputes",
    "held",
    "holds",
    "promises",
    "reminder_for",
    "reminders",
    "reminders_of",
    "standing_before",
    "to_approve",
    "to_release",
]

CUSTOMERS = "411"
WAITING = [Status.HELD, Status.EXPIRED]
"""A message that stands before its last check."""

NO_MESSAGE_YET = Q(message=None, letter=None, call=None, released_at=None)
NOT_LET_GO = Q(cancelled_at=None) & (Q(message__status__in=WAITING) | NO_MESSAGE_YET)
"""Reminders before their last check: in the outbox, or a letter or a call not asked for yet."""


def disputes(
    *, actor: Actor, open_only: bool = True, party_id: int | None = None
) -> QuerySet[Dispute]:
    """Disputes, the largest first, their customer joined. One query."""
    actor.require(Right.READ)
    rows = Dispute.objects.filter(company=actor.company)
    if open_only:
        rows = rows.filter(closed_at=None)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    return rows.select_related("party").order_by("-amount", "pk")


def disputed_reasons(actor: Actor, item_ids: Collection[int]) -> dict[int, str]:
    """Items in dispute among some, each with why it may not be sold. One query."""
    rows = Dispute.objects.filter(company=actor.company, closed_at=None, open_item__in=item_ids)
    return dict.fromkeys(rows.values_list("open_item", flat=True), "est en litige")


def dispute_for(*, actor: Actor, dispute_id: int) -> Dispute:
    """One dispute of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = disputes(actor=actor, open_only=False).filter(pk=dispute_id).first()
    if row is None:
        raise NotFoundError(what=f"litige n° {dispute_id}")
    return row


def holds(*, actor: Actor, on: date, party_id: int | None = None) -> QuerySet[Hold]:
    """Pauses that stand on a day, oldest first, their customer joined. One query."""
    actor.require(Right.READ)
    rows = Hold.objects.filter(company=actor.company, lifted_at=None).filter(
        Q(until=None) | Q(until__gte=on)
    )
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    return rows.select_related("party").order_by("pk")


def promises(*, actor: Actor, party_id: int | None = None) -> QuerySet[Promise]:
    """Promises on items still open, the earliest first, their customer joined. One query."""
    actor.require(Right.READ)
    rows = Promise.objects.filter(company=actor.company, open_item__open_amount__gt=0)
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    return rows.select_related("party", "open_item").order_by("promised_on", "pk")


def reminders_of(*, actor: Actor, party_ids: Collection[int]) -> QuerySet[Reminder]:
    """Reminders of some customers, latest first, with run, message and items. Two queries."""
    actor.require(Right.READ)
    return (
        Reminder.objects.filter(
            company=actor.company, party__in=parties.family(actor=actor, party_ids=party_ids)
        )
        .select_related("run", "message", "letter", "call", "party")
        .prefetch_related("items")
        .order_by("-run__on", "-pk")
    )


def reminders(*, actor: Actor) -> QuerySet[Reminder]:
    """Every reminder, latest first, with run, message and customer. One query."""
    actor.require(Right.READ)
    return (
        Reminder.objects.filter(company=actor.company)
        .select_related("run", "message", "letter", "call", "party")
        .order_by("-pk")
    )


def reminder_for(*, actor: Actor, reminder_id: int) -> Reminder:
    """One reminder of the company, its items read ahead. Two queries.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = reminders(actor=actor).filter(pk=reminder_id).prefetch_related("items").first()
    if row is None:
        raise NotFoundError(what=f"relance n° {reminder_id}")
    return row


def to_approve(*, actor: Actor) -> QuerySet[Reminder]:
    """Reminders that wait for a person, the largest first, with customer and message. One query."""
    actor.require(Right.READ)
    return (
        Reminder.objects.filter(NOT_LET_GO, company=actor.company, approved_at=None)
        .select_related("party", "message", "run")
        .order_by("-total", "pk")
    )


def held(*, actor: Actor, party_ids: Collection[int]) -> QuerySet[Reminder]:
    """Reminders of some customers that can still be taken back, their run joined. One query."""
    actor.require(Right.READ)
    return Reminder.objects.filter(
        NO_MESSAGE_YET
        | Q(message__status__in=[*WAITING, Status.RELEASED])
        | Q(letter__state=PostalState.QUEUED)
        | Q(call__isnull=False, call__done_at=None, call__cancelled_at=None),
        company=actor.company,
        party__in=parties.family(actor=actor, party_ids=party_ids),
        cancelled_at=None,
    ).select_related("run")


def to_release(*, actor: Actor, now: datetime) -> QuerySet[Reminder]:
    """Approved reminders whose hold is over and that were not let go, oldest first."""
    held_for = timedelta(minutes=policy.read(actor.company, CollectionPolicy).hold_minutes)
    return Reminder.objects.filter(
        NOT_LET_GO,
        Q(message__hold_until__lte=now) | Q(message=None, prepared_at__lte=now - held_for),
        company=actor.company,
        approved_at__isnull=False,
    ).order_by("pk")


def standing_before(*, actor: Actor, on: date) -> QuerySet[Reminder]:
    """Reminders of earlier days that were not let go, oldest first. One query."""
    return Reminder.objects.filter(NOT_LET_GO, company=actor.company, run__on__lt=on).order_by("pk")


def companies_to_release(*, now: datetime) -> list[Company]:
    """Companies with a reminder to check and let go, or one whose hold may be over. One query."""
    return list(
        Company.objects.filter(
            pk__in=Reminder.objects.filter(
                NOT_LET_GO,
                Q(message__hold_until__lte=now) | Q(message=None),
                approved_at__isnull=False,
            ).values("company")
        ).order_by("pk")
    )
