"""What a room asks to send, lets go, or takes back. Nothing leaves here."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Sequence

from django.db import transaction

from echeance.base import clock, journal
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.transmission import questions, registered, rules, sms
from echeance.transmission.commands.course import move, right_for
from echeance.transmission.errors import (
    InvalidMessagesError,
    MessageLeftError,
    NotReturnedError,
    SenderMissingError,
)
from echeance.transmission.events import MessageQueued
from echeance.transmission.models import Message, MessageEvent, MessageFile
from echeance.transmission.types import NewMessage, Status

_CHUNK = 500
_RELEASABLE = [Status.HELD, Status.EXPIRED]
_RETAINABLE = [Status.HELD, Status.RELEASED, Status.EXPIRED, Status.REFUSED]
_RETURNED = {Status.REFUSED, Status.BOUNCED}
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def queue_messages(*, actor: Actor, messages: Sequence[NewMessage]) -> list[Message]:
    """Put messages in the outbox, held; in the order given.

    A key already used gives the row it made, unchanged: asking twice sends once. Each message
    gets its Message-ID now, so that it can be recognised whatever happens later. A
    chunk of 500 is one transaction and, but for the size of inserts, nine queries.

    Raises:
        RightMissingError: To send that kind.
        InvalidMessagesError: All that is wrong in the batch; nothing is queued.
        ChannelUnavailableError: A channel has no provider; nothing is queued.
        SenderMissingError: The company has no address of its own.
        NotFoundError: A party or a file is not one of this company.
    """
    for right in {right_for(message.kind) for message in messages}:
        actor.require(right)
    problems = [problem for message in messages for problem in rules.problems_of(message)]
    if problems:
        raise InvalidMessagesError(problems=" ; ".join(dict.fromkeys(problems)))
    for channel in {message.channel for message in messages}:
        if channel == "sms":
            sms.provider()
        elif channel == "lre":
            registered.provider()
    if messages and not rules.is_address(actor.company.email):
        raise SenderMissingError(company=actor.company.name)
    rows: dict[str, Message] = {}
    for start in range(0, len(messages), _CHUNK):
        with transaction.atomic():
            rows |= _queue(actor, messages[start : start + _CHUNK])
    return [rows[message.key] for message in messages]


def _queue(actor: Actor, messages: Sequence[NewMessage]) -> dict[str, Message]:
    wanted: dict[str, NewMessage] = {}
    for message in messages:
        wanted.setdefault(message.key, message)
    mine = Message.objects.filter(company=actor.company, key__in=wanted)
    known = set(mine.values_list("key", flat=True))
    made = {key: _row(actor, message) for key, message in wanted.items() if key not in known}
    Message.objects.bulk_create(made.values(), ignore_conflicts=True)
    rows = {row.key: row for row in mine}
    # Another process may have taken the key first: the row that stands has its own Message-ID.
    fresh = [rows[key] for key, row in made.items() if rows[key].message_id == row.message_id]
    _check_parties(actor, fresh)
    _attach(actor, fresh, wanted)
    now = clock.now()
    MessageEvent.objects.bulk_create(
        MessageEvent(company=actor.company, message=row, at=now, status=Status.HELD)
        for row in fresh
    )
    journal.record_many(
        [MessageQueued(row.pk, row.key, row.subject, row.recipients) for row in fresh],
        actor=actor,
    )
    return rows


def _row(actor: Actor, message: NewMessage) -> Message:
    return Message(
        company=actor.company,
        party_id=message.party_id,
        key=message.key,
        kind=message.kind,
        channel=message.channel,
        subject=message.subject,
        sender=actor.company.email,
        sender_name=_CONTROL.sub(" ", actor.company.name),
        to=list(message.to),
        cc=list(message.cc),
        reply_to=message.reply_to,
        subject_line=message.subject_line,
        body=message.body,
        html=message.html,
        message_id=_new_message_id(actor.company.email),
        created_at=clock.now(),
        hold_until=message.hold_until,
    )


def _new_message_id(sender: str) -> str:
    return f"<{uuid.uuid4()}@{sender.rpartition('@')[2]}>"


def _check_parties(actor: Actor, fresh: Sequence[Message]) -> None:
    written_to = {row.pk for row in fresh if row.party_id is not None}
    mine = Message.objects.filter(pk__in=written_to, party__company=actor.company)
    if mine.count() != len(written_to):
        raise NotFoundError(what="un des clients à qui écrire")


def _attach(actor: Actor, fresh: Sequence[Message], wanted: dict[str, NewMessage]) -> None:
    files = [
        MessageFile(company=actor.company, message=row, file_id=file_id, order=order)
        for row in fresh
        for order, file_id in enumerate(wanted[row.key].file_ids)
    ]
    if not files:
        return
    MessageFile.objects.bulk_create(files, batch_size=1000)
    mine = MessageFile.objects.filter(message__in=fresh, file__company=actor.company)
    if mine.count() != len(files):
        raise NotFoundError(what="une des pièces à joindre")


@transaction.atomic
def release_messages(*, actor: Actor, message_ids: Collection[int]) -> list[int]:
    """Let held messages go, for ten minutes; the caller has just checked them again.

    What has been released, sent or taken back meanwhile is left as it is. Five queries.

    Returns:
        The messages released by this call.

    Raises:
        RightMissingError: To send that kind.
    """
    rows = _lock(actor, message_ids, _RELEASABLE)
    now = clock.now()
    move(
        rows,
        Status.RELEASED,
        actor=actor,
        changes={
            "released_at": now,
            "release_expires_at": now + rules.RELEASE_LASTS,
            "retry_at": None,
        },
    )
    return [row.pk for row in rows]


@transaction.atomic
def withdraw_messages(*, actor: Actor, message_ids: Collection[int], reason: str = "") -> int:
    """Take back messages that have not left; all of them or none. Five queries, and the journal's.

    Returns:
        How many were taken back.

    Raises:
        RightMissingError: To send that kind.
        NotFoundError: One is not of this company.
        MessageLeftError: One is on its way, has left, or was taken back before.
    """
    rows = _lock(actor, message_ids)
    if len(rows) != len(set(message_ids)):
        raise NotFoundError(what="un des messages à retirer")
    if left := [row for row in rows if row.status not in _RETAINABLE]:
        raise MessageLeftError(subjects=", ".join(f"« {row.subject_line} »" for row in left))
    move(rows, Status.WITHDRAWN, actor=actor, detail=reason, changes={})
    base.close_work_items(
        actor=actor, keys={questions.returned_key(row) for row in rows}, answer="give_up"
    )
    return len(rows)


@transaction.atomic
def reword_message(*, actor: Actor, message_id: int, subject_line: str, body: str) -> Message:
    """Change the words of a message that has not been let go; its addresses and files stay.

    The room that queued it has checked what may change. Its HTML, made of the former words, goes.

    Raises:
        RightMissingError: To send that kind.
        NotFoundError: Not one of this company.
        InvalidMessagesError: The words cannot be sent.
        MessageLeftError: It is let go, on its way or has left, or was taken back.
    """
    rows = _lock(actor, [message_id])
    if not rows:
        raise NotFoundError(what=f"message n° {message_id}")
    row = rows[0]
    if row.status not in _RELEASABLE:
        raise MessageLeftError(subjects=f"« {row.subject_line} »")
    if _CONTROL.search(subject_line) or not subject_line.strip() or not body.strip():
        raise InvalidMessagesError(problems="il manque un sujet d'une ligne, ou un texte")
    row.subject_line, row.body, row.html = subject_line, body, ""
    row.save(update_fields=["subject_line", "body", "html"])
    MessageEvent.objects.create(
        company=actor.company,
        message=row,
        at=clock.now(),
        status=row.status,
        detail=f"texte retouché par {actor.name}",
    )
    return row


@transaction.atomic
def hold_again(
    *, actor: Actor, message_id: int, to: Sequence[str] = (), cc: Sequence[str] = ()
) -> Message:
    """Prepare a refused or returned message again, to corrected addresses when given.

    It is a new sending of the same text and files: a new Message-ID, so that a late notice about
    the first one is not taken for this one. The room that queued it releases it.

    Raises:
        NotFoundError: Not one of this company.
        NotReturnedError: It was neither refused nor returned.
        InvalidMessagesError: An address is wrong.
    """
    rows = _lock(actor, [message_id])
    if not rows:
        raise NotFoundError(what=f"message n° {message_id}")
    row = rows[0]
    if row.status not in _RETURNED:
        raise NotReturnedError(subject_line=row.subject_line, status=row.get_status_display())
    if wrong := [address for address in [*to, *cc] if not rules.is_address(address)]:
        problems = " ; ".join(
            f"« {address} » n'est pas une adresse de courriel" for address in wrong
        )
        raise InvalidMessagesError(problems=problems)
    move(
        [row],
        Status.HELD,
        actor=actor,
        detail=f"préparé de nouveau après {row.message_id}",
        changes={
            "to": list(to) or row.to,
            "cc": list(cc) if to else row.cc,
            "message_id": _new_message_id(row.sender),
            "hold_until": clock.now(),
            "attempts": 0,
            "response": "",
            "refused_recipients": {},
            "content_sha256": "",
        },
    )
    base.close_work_items(actor=actor, keys={questions.returned_key(row)}, answer="hold_again")
    row.refresh_from_db()
    return row


def _lock(
    actor: Actor, message_ids: Collection[int], statuses: Sequence[Status] | None = None
) -> list[Message]:
    rows = Message.objects.filter(company=actor.company, pk__in=set(message_ids))
    if statuses:
        rows = rows.filter(status__in=statuses)
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for right in {right_for(row.kind) for row in locked}:
        actor.require(right)
    return locked
