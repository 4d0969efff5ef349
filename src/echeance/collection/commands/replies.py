"""Replies of customers: their reminders wait until somebody has read them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from echeance.base import clock, journal
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.collection import queries
from echeance.collection.errors import ReasonMissingError
from echeance.collection.events import ReplyRead, ReplyRecorded
from echeance.collection.models import CustomerReply, Reminder
from echeance.core.words import clean_line
from echeance.parties import queries as parties

TEXT_MAX = 20_000
QUOTED = 120


@transaction.atomic
def record_reply(
    *,
    actor: Actor,
    party_id: int,
    key: str,
    text: str,
    channel: str = "mail",
    received_at: datetime | None = None,
    reminder_id: int | None = None,
) -> CustomerReply:
    """Note what a customer answered; nothing more is sent to it until it is read.

    The same key gives the same row: a message delivered twice counts once, and reading it stands.

    Args:
        actor: Needs the right to prepare reminders.
        party_id: Who answered.
        key: Of the message where it was heard: its Message-ID, or one made by the form.
        text: What was said; the first 20,000 signs are kept.
        channel: ``mail``, ``phone``, ``post``, ``sms``, ``portal`` or ``other``.
        received_at: When; now when absent.
        reminder_id: The reminder it answers, if known.

    Raises:
        NotFoundError: No such customer, or a reminder of somebody else.
        ReasonMissingError: The text is empty.
    """
    actor.require(Right.PREPARE_REMINDERS)
    known = CustomerReply.objects.filter(company=actor.company, key=key[:120]).first()
    if known is not None:
        return known
    party = parties.party_for(actor=actor, party_id=party_id)
    if not text.strip():
        raise ReasonMissingError
    if reminder_id is not None:
        own = queries.reminders_of(actor=actor, party_ids=[party.pk]).filter(pk=reminder_id)
        if not own.exists():
            raise NotFoundError(what=f"relance n° {reminder_id}")
    row = CustomerReply.objects.create(
        company=actor.company,
        party=party,
        reminder_id=reminder_id or _last_reminder(actor, party.pk),
        channel=channel[:12],
        key=key[:120],
        received_at=received_at or clock.now(),
        text=text.strip()[:TEXT_MAX],
        recorded_by=actor.name,
    )
    journal.record(ReplyRecorded(row.pk, party.pk, row.channel), actor=actor)
    base.open_work_items(actor=actor, items=[_question(row, party.name)])
    return row


def _last_reminder(actor: Actor, party_id: int) -> int | None:
    """The last reminder that left to the customer: what it most likely answers."""
    row: Reminder | None = (
        queries.reminders_of(actor=actor, party_ids=[party_id])
        .filter(released_at__isnull=False, cancelled_at=None)
        .first()
    )
    return row.pk if row else None


def _question(row: CustomerReply, name: str) -> WorkItemFacts:
    line = clean_line(row.text)
    quote = line if len(line) <= QUOTED else f"{line[:QUOTED].rsplit(' ', 1)[0]}…"
    return WorkItemFacts(
        key=_key(row.pk),
        kind="collection.reply",
        subject=f"party:{row.party_id}",
        title=f"{name} a répondu : « {quote} ». Ses relances attendent que vous l'ayez lu.",
        evidence={"reply_id": row.pk, "party_id": row.party_id, "quote": quote},
        answers=(
            Answer("read", "Lu, rien à noter", "internal"),
            Answer("promise", "Il promet de payer", "internal"),
            Answer("dispute", "Il conteste", "internal"),
            Answer("hold", "Suspendre ses relances", "internal"),
        ),
        due_date=clock.today(),
    )


def _key(reply_id: int) -> str:
    return f"collection.reply:{reply_id}"


@transaction.atomic
def read_replies(*, actor: Actor, reply_ids: Collection[int], answer: str = "read") -> int:
    """Mark replies as read: the reminders of their customers go on from the next run.

    Args:
        actor: Needs the right to prepare reminders.
        reply_ids: Replies; those already read are left as they are.
        answer: What was made of them: ``read``, ``promise``, ``dispute`` or ``hold``.

    Returns:
        How many were unread.

    Raises:
        NotFoundError: One is not of this company.
    """
    rows = [row for row in _locked(actor, reply_ids) if row.read_at is None]
    CustomerReply.objects.filter(pk__in=[row.pk for row in rows]).update(
        read_at=clock.now(), read_by=actor.name
    )
    base.close_work_items(actor=actor, keys={_key(row.pk) for row in rows}, answer=answer)
    journal.record_many([ReplyRead(row.pk, row.party_id, read=True) for row in rows], actor=actor)
    return len(rows)


@transaction.atomic
def unread_replies(*, actor: Actor, reply_ids: Collection[int]) -> int:
    """Undo a reading: the replies hold the reminders of their customers again.

    Returns:
        How many were read.

    Raises:
        NotFoundError: One is not of this company.
    """
    rows = [row for row in _locked(actor, reply_ids) if row.read_at is not None]
    CustomerReply.objects.filter(pk__in=[row.pk for row in rows]).update(read_at=None, read_by="")
    base.open_work_items(actor=actor, items=[_question(row, row.party.name) for row in rows])
    journal.record_many([ReplyRead(row.pk, row.party_id, read=False) for row in rows], actor=actor)
    return len(rows)


def _locked(actor: Actor, reply_ids: Collection[int]) -> list[CustomerReply]:
    actor.require(Right.PREPARE_REMINDERS)
    wanted = set(reply_ids)
    rows = list(
        CustomerReply.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk__in=wanted)
        .select_related("party")
        .order_by("pk")
    )
    if len(rows) != len(wanted):
        raise NotFoundError(what="une des réponses")
    return rows
