"""Reads of transmission."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.core.lifecycle import (
    ACTIONS,
    REASONS,
    REFUSED,
    REJECTED,
    ROLE_LABELS,
    STATUSES,
    Amount,
    Event,
    Reason,
    Role,
    label,
)
from echeance.transmission.models import (
    Flow,
    LifecycleStatus,
    Message,
    MessageEvent,
    PostalBatch,
    PostalItem,
    ReceivedFlow,
)
from echeance.transmission.types import (
    CompanyRole,
    Direction,
    FlowState,
    PostalState,
    ReasonWords,
    ReceptionState,
    Status,
    StatusFacts,
    TimelineStep,
)

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


def deposits_of(*, actor: Actor, subjects: Collection[str]) -> dict[str, list[Flow]]:
    """Deposits about each of these objects (``kind:id``), oldest first. One query."""
    actor.require(Right.READ)
    found: dict[str, list[Flow]] = {subject: [] for subject in subjects}
    rows = Flow.objects.filter(company=actor.company, subject__in=found).order_by("pk")
    for row in rows:
        found[row.subject].append(row)
    return found


def letters(*, actor: Actor, states: Collection[PostalState] = ()) -> QuerySet[PostalItem]:
    """Letters of the company with their customer and batch, the latest first. One query."""
    actor.require(Right.READ)
    rows = PostalItem.objects.filter(company=actor.company)
    if states:
        rows = rows.filter(state__in=states)
    return rows.select_related("party", "batch").order_by("-pk")


def letters_of(*, actor: Actor, subjects: Collection[str]) -> dict[str, list[PostalItem]]:
    """Letters about each of these objects (``kind:id``), oldest first. One query."""
    found: dict[str, list[PostalItem]] = {subject: [] for subject in subjects}
    for row in letters(actor=actor).filter(subject__in=found).order_by("pk"):
        found[row.subject].append(row)
    return found


def postal_batches(*, actor: Actor) -> QuerySet[PostalBatch]:
    """Batches of letters, the latest first. One query."""
    actor.require(Right.READ)
    return PostalBatch.objects.filter(company=actor.company).order_by("-pk")


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


def flows(*, actor: Actor, states: Collection[FlowState] = ()) -> QuerySet[Flow]:
    """Deposits of the company on the platform, latest first. One query."""
    actor.require(Right.READ)
    rows = Flow.objects.filter(company=actor.company)
    if states:
        rows = rows.filter(state__in=states)
    return rows.order_by("-pk")


def received(*, actor: Actor, states: Collection[ReceptionState] = ()) -> QuerySet[ReceivedFlow]:
    """Documents received from the platform with their supplier, latest first. One query."""
    actor.require(Right.READ)
    rows = ReceivedFlow.objects.filter(company=actor.company)
    if states:
        rows = rows.filter(state__in=states)
    return rows.select_related("party").order_by("-pk")


def statuses_of(
    *,
    actor: Actor,
    document_refs: Collection[str],
    role: CompanyRole = CompanyRole.SELLER,
) -> dict[str, list[StatusFacts]]:
    """Statuses of documents by number, in and out, anomalies too, by date. One query."""
    actor.require(Right.READ)
    found: dict[str, list[StatusFacts]] = {ref: [] for ref in document_refs}
    rows = LifecycleStatus.objects.filter(
        company=actor.company, role=role.value, document_ref__in=found
    )
    for row in rows.order_by("status_at", "pk"):
        found[row.document_ref].append(status_facts(row))
    return found


def statuses_since(
    *, actor: Actor, cursor: int, direction: Direction = Direction.IN, limit: int = 500
) -> list[StatusFacts]:
    """Statuses recorded after a cursor (the last ``status_id`` got), oldest first. One query."""
    actor.require(Right.READ)
    rows = LifecycleStatus.objects.filter(
        company=actor.company, direction=direction.value, pk__gt=cursor
    )
    return [status_facts(row) for row in rows.order_by("pk")[:limit]]


def timeline(
    *, actor: Actor, document_ref: str, role: CompanyRole = CompanyRole.SELLER
) -> list[TimelineStep]:
    """What a document has lived through, oldest first, in words. One query."""
    return timelines(actor=actor, document_refs=[document_ref], role=role)[document_ref]


def timelines(
    *,
    actor: Actor,
    document_refs: Collection[str],
    role: CompanyRole = CompanyRole.SELLER,
) -> dict[str, list[TimelineStep]]:
    """What each document has lived through, oldest first, in words. One query."""
    told = statuses_of(actor=actor, document_refs=document_refs, role=role)
    return {ref: [_step(one) for one in rows] for ref, rows in told.items()}


def _step(one: StatusFacts) -> TimelineStep:
    status = STATUSES.get(one.event.code)
    return TimelineStep(
        status=one,
        label=label(one.event.code),
        label_en=status.label_en if status else f"Status {one.event.code}",
        issuer=ROLE_LABELS[one.event.role],
        reasons=tuple(_reason(reason) for reason in one.event.reasons),
    )


def _reason(reason: Reason) -> ReasonWords:
    known = REASONS.get(reason.code)
    return ReasonWords(
        code=reason.code,
        sentence=known.sentence if known else "",
        advice=known.advice if known else "",
        text=reason.text,
        action=ACTIONS.get(reason.action, ""),
        action_text=reason.action_text,
    )


def turned_away(*, actor: Actor, document_refs: Collection[str]) -> dict[str, int]:
    """Which of the company's documents were refused or rejected, with the code. One query.

    Their credit note is internal: no flow tells it, since the platforms have ended the invoice.
    """
    actor.require(Right.READ)
    rows = LifecycleStatus.objects.filter(
        company=actor.company,
        role=CompanyRole.SELLER.value,
        document_ref__in=set(document_refs),
        code__in=[REFUSED, REJECTED],
        anomaly="",
    )
    return dict(rows.order_by("pk").values_list("document_ref", "code"))


def event_of(row: LifecycleStatus) -> Event:
    """A row as the machine reads it."""
    return Event(
        code=row.code,
        role=Role(row.issuer),
        at=row.status_at,
        reasons=tuple(Reason(**reason) for reason in row.reasons),
        amounts=tuple(
            Amount(
                kind=one["kind"],
                amount=None if one["amount"] is None else Decimal(one["amount"]),
                rate=None if one["rate"] is None else Decimal(one["rate"]),
                on=datetime.fromisoformat(one["on"]) if one["on"] else None,
            )
            for one in row.amounts
        ),
        public=row.public,
    )


def status_facts(row: LifecycleStatus) -> StatusFacts:
    """A row as other rooms see it."""
    return StatusFacts(
        status_id=row.pk,
        direction=Direction(row.direction),
        company_role=CompanyRole(row.role),
        document_ref=row.document_ref,
        counterparty_siren=row.counterparty_siren,
        event=event_of(row),
        source=row.source,
        sequence=row.sequence,
        file_id=row.file_id,
        anomaly=row.anomaly,
        recorded_at=row.recorded_at,
    )
