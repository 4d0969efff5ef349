"""Life-cycle statuses: those a platform tells, and those the company gives. Rows are added only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from django.db import transaction

from echeance.base import clock, counters, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.core.errors import EcheanceError
from echeance.core.lifecycle import Event, History, of
from echeance.transmission.events import StatusGiven, StatusTold
from echeance.transmission.models import LifecycleStatus
from echeance.transmission.queries import event_of, status_facts
from echeance.transmission.types import Direction, NewStatus, StatusFacts

_CHUNK = 500
_Place = tuple[str, str]  # role of the company, document


def record_statuses(*, actor: Actor, statuses: Sequence[NewStatus]) -> list[StatusFacts]:
    """Keep what platforms told, once each; what contradicts the rest is kept as an anomaly.

    A status whose source and rank are known is left out, and so is the company's own that a
    platform tells back. Statuses stand in the life of their
    document by their date, so news that come late are no anomaly. A chunk of 500 is one
    transaction and, but for the size of inserts, eight queries.

    Returns:
        Those recorded by this call, in order.

    Raises:
        RightMissingError: To send documents.
    """
    actor.require(Right.SEND_DOCUMENTS)
    found: list[StatusFacts] = []
    rest = iter(statuses)
    while chunk := list(islice(rest, _CHUNK)):
        with transaction.atomic():
            found += _record(actor, chunk, Direction.IN)
    return found


@transaction.atomic
def queue_statuses(*, actor: Actor, statuses: Sequence[NewStatus]) -> list[StatusFacts]:
    """Give statuses of the company's own: all of them, or none when one is not allowed.

    Asking again under the same source and rank gives nothing. Instants are kept to the second, as
    messages write them. Eight queries.

    Returns:
        Those given by this call, in order.

    Raises:
        RightMissingError: To send documents.
        EcheanceError: Why one is not allowed, see :meth:`echeance.core.lifecycle.History.follow`.
    """
    actor.require(Right.SEND_DOCUMENTS)
    exact = [replace(one, status_at=one.status_at.replace(microsecond=0)) for one in statuses]
    return _record(actor, exact, Direction.OUT)


def _record(actor: Actor, statuses: Sequence[NewStatus], direction: Direction) -> list[StatusFacts]:
    if not statuses:
        return []
    # The lock of the company: two recorders would judge the same history, and on PostgreSQL a
    # reader's cursor would pass over a row whose transaction ends after a later one's.
    counters.take(company=actor.company, name="transmission.statuses")
    mine = LifecycleStatus.objects.filter(company=actor.company)
    known = set(
        mine.filter(source__in={one.source for one in statuses}).values_list("source", "sequence")
    )
    histories: dict[_Place, list[Event]] = {}
    refs = {one.document_ref for one in statuses}
    for row in mine.filter(document_ref__in=refs, anomaly="").order_by("pk"):
        histories.setdefault((row.role, row.document_ref), []).append(event_of(row))
    rows: list[LifecycleStatus] = []
    for one in statuses:
        if (one.source, one.sequence) in known:
            continue
        known.add((one.source, one.sequence))
        events = histories.setdefault((one.company_role.value, one.document_ref), [])
        if direction is Direction.IN and _is_own(one) and one.event in events:
            continue
        anomaly = _judge(of(one.totals, events), one.event, direction)
        if not anomaly:
            events.append(one.event)
        rows.append(_row(actor, one, direction, anomaly))
    LifecycleStatus.objects.bulk_create(rows)
    told = StatusTold if direction is Direction.IN else StatusGiven
    journal.record_many(
        [told(row.pk, row.document_ref, row.code, row.source, row.anomaly) for row in rows],
        actor=actor,
    )
    return [status_facts(row) for row in rows]


def _is_own(one: NewStatus) -> bool:
    return one.issuer.value == one.company_role.value


def _judge(history: History, event: Event, direction: Direction) -> str:
    """Why a status counts for nothing; what the company itself gives must be allowed."""
    try:
        history.insert(event)
    except EcheanceError as error:
        if direction is Direction.OUT:
            raise
        return str(error)
    return ""


def _row(actor: Actor, one: NewStatus, direction: Direction, anomaly: str) -> LifecycleStatus:
    return LifecycleStatus(
        company=actor.company,
        direction=direction.value,
        role=one.company_role.value,
        document_ref=one.document_ref,
        document_type=one.document_type,
        document_date=one.document_date,
        counterparty_siren=one.counterparty_siren,
        counterparty_address=one.counterparty_address,
        code=one.code,
        issuer=one.issuer.value,
        public=one.public,
        status_at=one.status_at,
        reasons=[
            {
                "code": reason.code,
                "text": reason.text,
                "action": reason.action,
                "action_text": reason.action_text,
            }
            for reason in one.reasons
        ],
        amounts=[
            {
                "kind": amount.kind,
                "amount": None if amount.amount is None else str(amount.amount),
                "rate": None if amount.rate is None else str(amount.rate),
                "on": amount.on.isoformat() if amount.on else None,
            }
            for amount in one.amounts
        ],
        source=one.source,
        sequence=one.sequence,
        file_id=one.file_id,
        anomaly=anomaly,
        recorded_at=clock.now(),
        recorded_by=actor.name,
    )
