"""Sending what has been released, at most once by itself, with the proof of what became of it."""

from __future__ import annotations

import hashlib
import os
import socket
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import F, Q

from echeance.archive import commands as archive_commands
from echeance.archive import queries as archive
from echeance.archive.models import StoredFile
from echeance.archive.rules import retention_date
from echeance.archive.types import NewFile
from echeance.base import clock
from echeance.base import commands as base
from echeance.base.actor import Actor, system
from echeance.base.errors import NotFoundError
from echeance.base.models import Company
from echeance.base.types import WorkItemFacts
from echeance.core.dates import month_end
from echeance.core.errors import EcheanceError
from echeance.core.short_messages import plain_text
from echeance.transmission import mime, questions, registered, rules, sms, smtp
from echeance.transmission.commands.course import Changes, move, right_for
from echeance.transmission.errors import (
    ChannelUnavailableError,
    DepositRefusedError,
    NotUnknownError,
    RelayMissingError,
    RelaySecurityError,
)
from echeance.transmission.models import Message, MessageEvent
from echeance.transmission.types import (
    Accepted,
    Attachment,
    Envelope,
    Outcome,
    Provider,
    Refused,
    SendReport,
    Settlement,
    Status,
    Unknown,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet

MAIL: Final = "mail"
SMS: Final = "sms"
LRE: Final = "lre"


def send_due(
    *, company: Company | None = None, limit: int = 1000, provider: Provider | None = None
) -> SendReport:
    """Send released messages, the first released first. Call it outside any transaction.

    Each message is marked in flight in a transaction of its own before a byte of it leaves, and
    its outcome is recorded in another. A process killed in between leaves it in flight; when its
    lease lapses it becomes *unknown*, a question with its Message-ID, and is never sent again
    without an answer. Any number of senders may run: the mark is taken by one of them only.

    A temporary refusal goes back for a later try within the same release; a relay out of reach
    ends the turn without costing the message a try. Seven queries a message, one more a file.

    Args:
        company: Only its messages; all companies when ``None``.
        limit: Messages at most.
        provider: How they leave; the configured SMTP relay when ``None``.
    """
    now = clock.now()
    counts = Counter(lost=_settle_lost(now=now), expired=expire_releases(now=now))
    due = Message.objects.filter(_due(now), channel=MAIL).order_by("released_at", "pk")
    if company:
        due = due.filter(company=company)
    waiting = list(due.select_related("company")[:limit])
    if not waiting:
        return SendReport(**counts)
    try:
        way_out = provider or smtp.relay()
    except (RelayMissingError, RelaySecurityError) as error:
        _tell_relay_down({message.company for message in waiting}, str(error))
        return SendReport(**counts)
    served: set[Company] = set()
    try:
        for message in waiting:
            outcome = _send(message, way_out)
            if outcome is None:
                continue
            status = _record(message, outcome)
            if status:
                counts[_COUNTED[status]] += 1
            if status == Status.SENT:
                served.add(message.company)
            if isinstance(outcome, Refused) and outcome.relay:
                _tell_relay_down({message.company}, outcome.response)
                break
    finally:
        way_out.close()
    for owner in served:
        base.close_work_items(actor=system(owner), keys={questions.RELAY_KEY}, answer="done")
    return SendReport(**counts)


_COUNTED = {
    Status.SENT: "sent",
    Status.REFUSED: "refused",
    Status.UNKNOWN: "unknown",
    Status.RELEASED: "retried",
}


def _due(now: datetime) -> Q:
    return Q(status=Status.RELEASED, release_expires_at__gt=now) & (
        Q(retry_at=None) | Q(retry_at__lte=now)
    )


def send_other_channels(*, company: Company | None = None, limit: int = 500) -> SendReport:
    """Send released short messages and electronic registered letters, like :func:`send_due`.

    At most once by itself: marked in flight first; an answer that is lost leaves the message
    *unknown*, a question. A channel without a provider leaves its messages to lapse, and says so
    once. Eight queries a message; a registered letter keeps its proof of deposit in the archive.

    Args:
        company: Only its messages; all companies when ``None``.
        limit: Messages at most.
    """
    now = clock.now()
    counts: Counter[str] = Counter()
    due = Message.objects.filter(_due(now)).exclude(channel=MAIL).order_by("released_at", "pk")
    if company:
        due = due.filter(company=company)
    for message in due.select_related("company", "party")[:limit]:
        try:
            way_out = _way_out(message)
        except ChannelUnavailableError as error:
            items = [questions.channel(message.channel, str(error))]
            base.open_work_items(actor=system(message.company), items=items)
            continue
        if not _mark(message):
            continue
        status = _record(message, way_out(message))
        if status:
            counts[_COUNTED[status]] += 1
    return SendReport(**counts)


def _way_out(message: Message) -> Callable[[Message], Outcome]:
    """How a message leaves by its channel.

    Raises:
        ChannelUnavailableError: It has no provider.
    """
    if message.channel == SMS:
        texts = sms.provider()
        return lambda row: _by_sms(row, texts)
    letters = registered.provider()
    return lambda row: _by_registered(row, letters)


def _by_sms(message: Message, provider: sms.SmsProvider) -> Outcome:
    try:
        reference = provider.send(
            key=message.message_id,
            to=message.to[0],
            text=plain_text(message.body),
            at=message.in_flight_at or clock.now(),
        )
    except DepositRefusedError as error:
        return Refused(0, error.reason, permanent=True)
    except OSError as error:
        return Unknown(f"{type(error).__name__} : {error}"[:500])
    return Accepted(f"{provider.name} : {reference}")


def _by_registered(message: Message, provider: registered.RegisteredProvider) -> Outcome:
    try:
        attachments = _attachments(message)
    except EcheanceError as error:  # the archive lost or altered a file: it does not leave
        return Refused(0, str(error), permanent=True)
    if len(attachments) != 1:
        return Refused(0, "la lettre doit être un seul fichier", permanent=True)
    letter = registered.RegisteredLetter(
        key=message.message_id,
        sender=message.sender_name,
        recipient=message.party.name if message.party else message.to[0],
        email=message.to[0],
        subject=message.subject_line,
        content=attachments[0].content,
    )
    message.content_sha256 = letter.sha256
    try:
        deposit = provider.send(letter, at=message.in_flight_at or clock.now())
    except DepositRefusedError as error:
        return Refused(0, error.reason, permanent=True)
    except OSError as error:
        return Unknown(f"{type(error).__name__} : {error}"[:500])
    keep_proof(message, "posted", deposit.proof, deposit.media_type, deposit.at)
    return Accepted(deposit.reference)


def keep_proof(
    message: Message, kind: str, proof: bytes, media_type: str, at: datetime
) -> StoredFile:
    """Keep a proof of a registered letter in the archive, under its message."""
    return archive_commands.store_file(
        actor=system(message.company),
        file=NewFile(
            content=proof,
            filename=f"preuve-{kind}-{message.pk}.{media_type.rpartition('/')[2]}",
            media_type=media_type,
            kind=f"registered_{kind}",
            subject=f"message:{message.pk}",
            keep_until=retention_date(month_end(date(at.year, 12, 1))),
        ),
    )


def _mark(message: Message) -> bool:
    """Mark a message in flight in a transaction of its own; false when another sender has it."""
    message.in_flight_at = now = clock.now()
    message.sent_by = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"[:80]
    with transaction.atomic():
        marked = Message.objects.filter(_due(now), pk=message.pk).update(
            status=Status.IN_FLIGHT,
            attempts=F("attempts") + 1,
            in_flight_at=now,
            in_flight_until=now + rules.FLIGHT_LASTS,
            sent_by=message.sent_by,
        )
        if not marked:
            return False
        MessageEvent.objects.create(
            company=message.company, message=message, at=now, status=Status.IN_FLIGHT
        )
    return True


def _send(message: Message, provider: Provider) -> Outcome | None:
    """Mark a message in flight, then hand it over; ``None`` when another sender has it."""
    if not _mark(message):
        return None
    try:
        attachments = _attachments(message)
    except EcheanceError as error:  # the archive lost or altered a file: it does not leave
        return Refused(0, str(error), permanent=True)
    content = mime.build_mail(message.mail_facts(message.in_flight_at or clock.now()), attachments)
    message.content_sha256 = hashlib.sha256(content).hexdigest()
    return provider.send(Envelope(message.sender, message.recipients, content))


def _attachments(message: Message) -> list[Attachment]:
    actor = system(message.company)
    return [
        Attachment(
            filename=part.file.filename,
            media_type=part.file.media_type,
            content=archive.content(actor=actor, file_id=part.file_id),
        )
        for part in message.files.select_related("file").order_by("order")
    ]


@transaction.atomic
def _record(message: Message, outcome: Outcome) -> Status | None:
    """Keep what is known of the message this process marked; ``None`` when others settled it.

    A sender so slow that its message became unknown meanwhile still tells the truth, and a proof
    of sending is kept whatever a person answered, unless another sender has taken the message.
    """
    actor = system(message.company)
    row = (
        Message.objects.select_for_update(of=("self",))
        .select_related("company")
        .filter(pk=message.pk, in_flight_at=message.in_flight_at, sent_by=message.sent_by)
        .first()
    )
    if row is None:
        return None
    was_unknown = row.status == Status.UNKNOWN
    if row.status != Status.IN_FLIGHT and not was_unknown and not isinstance(outcome, Accepted):
        return None
    status, detail, changes = _course(row, outcome)
    move(
        [row],
        status,
        actor=actor,
        detail=detail,
        changes={**changes, "content_sha256": message.content_sha256, "response": detail},
    )
    if was_unknown and status != Status.UNKNOWN:
        base.close_work_items(actor=actor, keys={questions.unknown_key(row)}, answer=status.value)
    if question := _question(row, status, outcome):
        base.open_work_items(actor=actor, items=[question])
    return status


def _course(row: Message, outcome: Outcome) -> tuple[Status, str, Changes]:
    """State, words and columns that follow from an outcome."""
    match outcome:
        case Accepted(response=response, refused=refused):
            return Status.SENT, response, {"refused_recipients": refused}
        case Unknown(reason=reason):
            return Status.UNKNOWN, reason, {}
        case Refused(code=code, response=response, refused=refused):
            detail = f"{code} {response}" if code else response
            changes: Changes = {"refused_recipients": refused}
            if outcome.relay:
                # The relay refuses everybody: this is no fault of the message.
                retry_at = clock.now() + rules.retry_wait(1)
                return (
                    Status.RELEASED,
                    detail,
                    {"retry_at": retry_at, "attempts": row.attempts - 1},
                )
            if outcome.permanent or row.attempts >= rules.ATTEMPTS_MAX:
                return Status.REFUSED, detail, changes
            return (
                Status.RELEASED,
                detail,
                {**changes, "retry_at": clock.now() + rules.retry_wait(row.attempts)},
            )


def _question(row: Message, status: Status, outcome: Outcome) -> WorkItemFacts | None:
    match outcome:
        case Accepted(refused=refused):
            return questions.partly_refused(row, refused) if refused else None
        case Refused() if status == Status.REFUSED:
            return questions.refused(row, outcome)
        case Refused():
            return None
        case Unknown(reason=reason):
            return questions.unknown(row, reason)


def _tell_relay_down(companies: set[Company], reason: str) -> None:
    for company in companies:
        base.open_work_items(actor=system(company), items=[questions.relay(reason)])


def expire_releases(*, now: datetime) -> int:
    """End the releases whose ten minutes are over, in all companies; how many ended.

    The room that released them must check them again before they may leave.
    """
    late = Message.objects.filter(status=Status.RELEASED, release_expires_at__lte=now)
    detail = "non parti dans les dix minutes : à revérifier"
    return len(_sweep(late, Status.EXPIRED, detail))


def _settle_lost(*, now: datetime) -> int:
    """Turn messages left in flight by a sender that is gone into questions; how many."""
    lost = Message.objects.filter(status=Status.IN_FLIGHT, in_flight_until__lte=now)
    reason = "le processus d'envoi s'est arrêté pendant la remise"
    rows = _sweep(lost, Status.UNKNOWN, reason)
    for row in rows:
        items = [questions.unknown(row, f"{reason} ({row.sent_by})")]
        base.open_work_items(actor=system(row.company), items=items)
    return len(rows)


def _sweep(late: QuerySet[Message], status: Status, detail: str) -> list[Message]:
    if not late.exists():  # a read: idle turns never take SQLite's write lock
        return []
    with transaction.atomic():
        rows = list(
            late.select_for_update(of=("self",)).select_related("company").order_by("company", "pk")
        )
        for company, group in groupby(rows, key=lambda row: row.company):
            move(list(group), status, actor=system(company), detail=detail, changes={})
    return rows


@transaction.atomic
def settle_unknown(*, actor: Actor, message_id: int, outcome: Settlement) -> Message:
    """Say what became of a message of unknown outcome; only a person knows.

    « sent » keeps the person's word as the proof. « not_sent » holds it again under the same
    Message-ID: should it have arrived after all, the customer's software sees one message.

    Raises:
        RightMissingError: To send that kind.
        NotFoundError: Not one of this company.
        NotUnknownError: Its outcome is known, or somebody answered first.
    """
    row = (
        Message.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk=message_id)
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"message n° {message_id}")
    actor.require(right_for(row.kind))
    if row.status != Status.UNKNOWN:
        raise NotUnknownError(subject_line=row.subject_line, status=row.get_status_display())
    if outcome == Settlement.SENT:
        move([row], Status.SENT, actor=actor, detail=f"attesté par {actor.name}", changes={})
    else:
        changes: Changes = {"hold_until": clock.now()}
        detail = f"non parti, selon {actor.name}"
        move([row], Status.HELD, actor=actor, detail=detail, changes=changes)
    base.close_work_items(actor=actor, keys={questions.unknown_key(row)}, answer=outcome.value)
    row.refresh_from_db()
    return row
