"""Deposits on the platform: each file is handed over once, and what became of it is known.

Settled point 14: marked in flight in its own transaction, handed over outside of any, recorded in
another. A lost answer is never followed by a second deposit before the platform has been asked,
several times, whether it has the first.
"""

from __future__ import annotations

import os
import socket
import threading
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.db.models import F, Q

from echeance.archive import queries as archive
from echeance.base import clock, counters, journal
from echeance.base import commands as base
from echeance.base.actor import Actor, system
from echeance.base.errors import NotFoundError
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.core.errors import EcheanceError
from echeance.transmission import flow_questions, rules
from echeance.transmission.errors import (
    DepositConflictError,
    FlowNotUnknownError,
    InvalidDepositError,
)
from echeance.transmission.events import FlowMoved, FlowQueued
from echeance.transmission.models import Flow
from echeance.transmission.platform import configured
from echeance.transmission.platform.errors import (
    PlatformAddressError,
    PlatformAnswerError,
    PlatformMissingError,
    PlatformNotFoundError,
    PlatformOutcomeUnknownError,
    PlatformRefusedError,
    PlatformSignInError,
    PlatformUnreachableError,
)
from echeance.transmission.platform.types import AckStatus, FlowFacts, FlowInfo
from echeance.transmission.types import DepositReport, FlowState, NewDeposit

_CHUNK = 500
_NOT_JUDGED = (FlowState.QUEUED, FlowState.IN_FLIGHT, FlowState.UNKNOWN, FlowState.DEPOSITED)


class Depositary(Protocol):
    """Where deposits go; :class:`~echeance.transmission.platform.client.PlatformClient` is one."""

    def deposit(self, content: bytes, info: FlowInfo) -> FlowFacts:
        """Hand a file over, once."""

    def find(self, tracking_id: str) -> list[FlowFacts]:
        """What was deposited under a tracking id."""

    def close(self) -> None:
        """End the conversation."""


@transaction.atomic
def queue_deposits(*, actor: Actor, deposits: Sequence[NewDeposit]) -> list[Flow]:
    """Prepare deposits, all or none; a key already used gives the deposit there is.

    Five queries, and two more a thousand new ones.

    Returns:
        One row a deposit, in the order given.

    Raises:
        RightMissingError: To send documents.
        NotFoundError: A file is not of this company.
        InvalidDepositError: A key has a space, an accent, or more than 80 characters.
        DepositConflictError: A key was used for another file.
    """
    actor.require(Right.SEND_DOCUMENTS)
    named = {one.key: rules.tracking_id(actor.company.siren, one.key) for one in deposits}
    for key, tracking_id in named.items():
        if tracking_id is None:
            raise InvalidDepositError(key=key[:80])
    files = archive.files_for(actor=actor, file_ids={one.file_id for one in deposits})
    # The lock of the company: two callers with one key get one row.
    counters.take(company=actor.company, name="transmission.flows")
    mine = Flow.objects.filter(company=actor.company, tracking_id__in=named.values())
    known = {row.tracking_id: row for row in mine}
    now = clock.now()
    fresh: list[Flow] = []
    for one in deposits:
        file = files[one.file_id]
        tracking_id = named[one.key] or ""
        row = known.get(tracking_id)
        if row is None:
            row = Flow(
                company=actor.company,
                tracking_id=tracking_id,
                subject=one.subject,
                document_ref=one.document_ref,
                file=file,
                sha256=file.sha256,
                name=file.filename,
                syntax=one.syntax.value,
                profile=one.profile.value if one.profile else "",
                rule=one.rule.value,
                created_at=now,
                retry_at=now,
            )
            known[tracking_id] = row
            fresh.append(row)
        elif row.sha256 != file.sha256:
            raise DepositConflictError(document_ref=one.document_ref)
    Flow.objects.bulk_create(fresh, batch_size=_CHUNK)
    journal.record_many(
        [FlowQueued(row.pk, row.tracking_id, row.subject) for row in fresh], actor=actor
    )
    return [known[named[one.key] or ""] for one in deposits]


def deposit_due(
    *, company: Company | None = None, limit: int = 1000, platform: Depositary | None = None
) -> DepositReport:
    """Hand over what is due, after looking for what may have been. Call it outside transactions.

    Any number of processes may run, and be killed anywhere: the mark is taken by one of them, and
    what a killed one leaves in flight becomes *unknown* when its lease ends, is looked for by its
    tracking id and fingerprint, and is handed over again only after three searches in vain over
    fourteen minutes. After three lost answers a person is asked. A platform that does not answer
    ends the turn.

    Args:
        company: Only its deposits; all companies when ``None``.
        limit: Deposits at most.
        platform: Where to; the configured one when ``None``.
    """
    now = clock.now()
    counts = Counter(unknown=_settle_lost(now))
    due = Flow.objects.filter(
        state__in=[FlowState.UNKNOWN, FlowState.QUEUED], retry_at__lte=now
    ).order_by("retry_at", "pk")
    if company:
        due = due.filter(company=company)
    # What may have left comes first: nothing new is risked before it is settled.
    waiting = sorted(due.select_related("company", "file")[:limit], key=_unknown_first)
    if not waiting:
        return DepositReport(**counts)
    try:
        way_out = platform or configured.platform()
    except (PlatformMissingError, PlatformAddressError) as error:
        _tell_down({flow.company for flow in waiting}, str(error))
        return DepositReport(**counts)
    served: set[Company] = set()
    try:
        for flow in waiting:
            step = _look_for if flow.state == FlowState.UNKNOWN else _hand_over
            try:
                counts[step(flow, way_out)] += 1
            except (PlatformUnreachableError, PlatformSignInError) as error:
                counts["delayed"] += 1
                _tell_down({flow.company}, str(error))
                break
            served.add(flow.company)
    finally:
        if platform is None:
            way_out.close()
    for owner in served:
        base.close_work_items(
            actor=system(owner), keys={flow_questions.PLATFORM_KEY}, answer="done"
        )
    counts.pop("", None)
    return DepositReport(**counts)


@transaction.atomic
def settle_flow(*, actor: Actor, flow: int, deposited: bool) -> Flow:
    """Say whether the platform has a deposit of unknown outcome; only a person knows.

    When it has, it is looked for again until it is found; when it has not, it is handed over
    again under the same tracking id.

    Raises:
        RightMissingError: To send documents.
        NotFoundError: Not one of this company.
        FlowNotUnknownError: Its outcome is known, or it is being looked for.
    """
    actor.require(Right.SEND_DOCUMENTS)
    row = _locked(pk=flow, company=actor.company)
    if row is None:
        raise NotFoundError(what=f"dépôt n° {flow}")
    if row.state != FlowState.UNKNOWN or row.retry_at is not None:
        raise FlowNotUnknownError(document_ref=row.document_ref, state=row.get_state_display())
    row.retry_at, row.looks, row.losses = clock.now(), 0, 0
    state = FlowState.UNKNOWN if deposited else FlowState.QUEUED
    _move(row, state, f"{'déposé' if deposited else 'non déposé'}, selon {actor.name}", actor)
    base.close_work_items(
        actor=actor,
        keys={flow_questions.unknown_key(row)},
        answer="deposited" if deposited else "not_deposited",
    )
    return row


@transaction.atomic
def acknowledge(*, company: Company, facts: FlowFacts) -> bool:
    """Record what the platform thinks of one of the company's deposits, told by a search.

    A flow under an unknown tracking id, or that says nothing new, changes nothing.

    Returns:
        Whether it has now been accepted or refused.
    """
    row = _locked(tracking_id=facts.tracking_id, company=company)
    if row is None or row.state not in _NOT_JUDGED:
        if row is not None and row.flow_id and row.flow_id != facts.flow_id:
            _ask_doubled(row, (row.flow_id, facts.flow_id))
        return False
    if row.flow_id not in {"", facts.flow_id} or facts.sha256 not in {"", row.sha256}:
        _ask_doubled(row, (row.flow_id, facts.flow_id))
        return False
    return _take_proof(row, facts)


def _unknown_first(flow: Flow) -> bool:
    return flow.state != FlowState.UNKNOWN


def _hand_over(flow: Flow, platform: Depositary) -> str:
    """Mark, deposit, record; the count it adds to, "" when another process has it."""
    if not _mark(flow):
        return ""
    try:
        content = archive.content(actor=system(flow.company), file_id=flow.file_id)
    except EcheanceError as error:  # the archive lost or altered it: it does not leave
        return _record(flow, error, permanent=True)
    try:
        facts = platform.deposit(content, flow.info)
    except PlatformOutcomeUnknownError as error:
        return _record_loss(flow, str(error))
    except (PlatformRefusedError, PlatformNotFoundError) as error:
        return _record(flow, error, permanent=True)
    except (PlatformUnreachableError, PlatformSignInError) as error:
        _record(flow, error, permanent=False)
        raise
    return _record_deposit(flow, facts)


def _mark(flow: Flow) -> bool:
    now = clock.now()
    flow.in_flight_at = now
    flow.sent_by = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"[:80]
    with transaction.atomic():
        marked = Flow.objects.filter(pk=flow.pk, state=FlowState.QUEUED, retry_at__lte=now).update(
            state=FlowState.IN_FLIGHT,
            attempts=F("attempts") + 1,
            in_flight_at=now,
            in_flight_until=now + rules.FLIGHT_LASTS,
            sent_by=flow.sent_by,
        )
        if marked:
            event = FlowMoved(flow.pk, flow.tracking_id, FlowState.IN_FLIGHT.value, "")
            journal.record(event, actor=system(flow.company))
    return bool(marked)


@transaction.atomic
def _record_deposit(flow: Flow, facts: FlowFacts) -> str:
    """The platform's number is a proof, whatever others made of the row meanwhile."""
    row = _locked(pk=flow.pk)
    if row is None or row.state not in _NOT_JUDGED:
        return "deposited"  # the poll was faster and knows more
    _take_proof(row, facts)
    return "deposited"


@transaction.atomic
def _record(flow: Flow, error: EcheanceError, *, permanent: bool) -> str:
    """Nothing was deposited: for later, or never."""
    row = _mine(flow)
    if row is None:
        return ""
    actor = system(row.company)
    if permanent:
        row.finished_at = clock.now()
        _move(row, FlowState.REFUSED, str(error), actor)
        base.open_work_items(actor=actor, items=[flow_questions.refused(row)])
        return "refused"
    row.retry_at = clock.now() + rules.deposit_wait(row.attempts)
    _move(row, FlowState.QUEUED, str(error), actor)
    return "delayed"


@transaction.atomic
def _record_loss(flow: Flow, reason: str) -> str:
    row = _mine(flow)
    if row is None:
        return ""
    _lose(row, reason)
    return "unknown"


def _lose(row: Flow, reason: str) -> None:
    """It may have been deposited: to be looked for, a first time in two minutes."""
    row.losses += 1
    row.looks = 0
    row.retry_at = clock.now() + rules.look_wait(0)
    _move(row, FlowState.UNKNOWN, reason, system(row.company))


def _settle_lost(now: datetime) -> int:
    """Give up on the processes whose lease has ended; how many deposits they left."""
    lost = Flow.objects.filter(state=FlowState.IN_FLIGHT, in_flight_until__lte=now)
    if not lost.exists():  # a read: idle turns never take SQLite's write lock
        return 0
    with transaction.atomic():
        rows = list(lost.select_for_update(of=("self",)).select_related("company"))
        for row in rows:
            _lose(row, f"le processus {row.sent_by} s'est arrêté pendant le dépôt")
    return len(rows)


def _look_for(flow: Flow, platform: Depositary) -> str:
    """Ask the platform whether it has a deposit, and decide."""
    try:
        found = platform.find(flow.tracking_id)
    except (PlatformUnreachableError, PlatformSignInError) as error:
        _look_again(flow, str(error))
        raise
    except (PlatformRefusedError, PlatformNotFoundError, PlatformAnswerError) as error:
        return _look_again(flow, str(error))
    return _decide(flow, found)


@transaction.atomic
def _decide(flow: Flow, found: Sequence[FlowFacts]) -> str:
    row = _locked(pk=flow.pk)
    if row is None or row.state != FlowState.UNKNOWN:
        return ""
    same = [facts for facts in found if facts.sha256 in {"", row.sha256}]
    if len(found) > 1 or len(same) != len(found):
        _ask_doubled(row, tuple(facts.flow_id for facts in found))
    if same:
        _take_proof(row, same[0])
        return "found"
    row.looks += 1
    if row.looks < rules.LOOKS_MAX:
        row.retry_at = clock.now() + rules.look_wait(row.looks)
        _move(row, FlowState.UNKNOWN, f"recherche n° {row.looks} sans succès", system(row.company))
        return "delayed"
    if row.losses >= rules.LOSSES_MAX:
        _wait_for_a_person(row, f"{row.losses} réponses perdues")
        return "unknown"
    row.retry_at = clock.now()
    detail = f"absent de la plateforme après {row.looks} recherches"
    _move(row, FlowState.QUEUED, detail, system(row.company))
    return "requeued"


@transaction.atomic
def _look_again(flow: Flow, reason: str) -> str:
    """The search itself failed: later, and after a day a person is asked."""
    row = _locked(pk=flow.pk)
    if row is None or row.state != FlowState.UNKNOWN:
        return ""
    now = clock.now()
    if row.in_flight_at is not None and now - row.in_flight_at > rules.SEARCH_LASTS:
        _wait_for_a_person(row, reason)
        return "unknown"
    row.retry_at = now + rules.look_wait(0)
    _move(row, FlowState.UNKNOWN, reason, system(row.company))
    return "delayed"


def _wait_for_a_person(row: Flow, reason: str) -> None:
    row.retry_at = None
    actor = system(row.company)
    _move(row, FlowState.UNKNOWN, reason, actor)
    base.open_work_items(actor=actor, items=[flow_questions.unknown(row, reason)])


def _take_proof(row: Flow, facts: FlowFacts) -> bool:
    """The platform has it under a number; whether it also says what it thinks of it."""
    actor = system(row.company)
    if row.state == FlowState.UNKNOWN:
        base.close_work_items(
            actor=actor, keys={flow_questions.unknown_key(row)}, answer="deposited"
        )
    row.flow_id = facts.flow_id
    row.deposited_at = row.deposited_at or facts.submitted_at or clock.now()
    row.reasons = [str(detail) for detail in facts.details]
    match facts.status:
        case AckStatus.PENDING:
            if row.state != FlowState.DEPOSITED:
                _move(row, FlowState.DEPOSITED, "", actor)
            return False
        case AckStatus.OK:
            row.finished_at = clock.now()
            _move(row, FlowState.ACCEPTED, "", actor)
        case AckStatus.ERROR:
            row.finished_at = clock.now()
            _move(row, FlowState.REFUSED, "rejeté par la plateforme", actor)
            base.open_work_items(actor=actor, items=[flow_questions.refused(row)])
    return True


def _move(row: Flow, state: FlowState, detail: str, actor: Actor) -> None:
    """Bring a row the caller has locked to a state: the row and the journal."""
    row.state = state.value
    row.detail = detail
    Flow.objects.bulk_update(
        [row],
        [
            "state",
            "detail",
            "flow_id",
            "reasons",
            "losses",
            "looks",
            "retry_at",
            "deposited_at",
            "finished_at",
        ],
    )
    journal.record(FlowMoved(row.pk, row.tracking_id, state.value, detail), actor=actor)


def _ask_doubled(row: Flow, flow_ids: tuple[str, ...]) -> None:
    base.open_work_items(actor=system(row.company), items=[flow_questions.doubled(row, flow_ids)])


def _tell_down(companies: Collection[Company], reason: str) -> None:
    for owner in companies:
        base.open_work_items(actor=system(owner), items=[flow_questions.platform_down(reason)])


def _mine(flow: Flow) -> Flow | None:
    """The row as long as this process has it in flight."""
    return _locked(
        pk=flow.pk,
        state=FlowState.IN_FLIGHT,
        in_flight_at=flow.in_flight_at,
        sent_by=flow.sent_by,
    )


def _locked(**criteria: object) -> Flow | None:
    return (
        Flow.objects.select_for_update(of=("self",))
        .select_related("company")
        .filter(Q(**criteria))
        .first()
    )
