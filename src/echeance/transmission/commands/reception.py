"""Reading the platform: what it thinks of our deposits, and what comes from others.

One document is one transaction, after its original is archived. What cannot be taken goes to
quarantine with its reason, and never stops the next one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive import queries as archive_queries
from echeance.archive.models import StoredFile
from echeance.archive.rules import retention_date
from echeance.archive.types import NewFile
from echeance.base import clock, counters, journal
from echeance.base import commands as base
from echeance.base.actor import Actor, system
from echeance.base.errors import NotFoundError
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.core.errors import EcheanceError
from echeance.core.lifecycle import cdar
from echeance.parties import queries as parties
from echeance.parties.models import Party
from echeance.transmission import flow_questions
from echeance.transmission.commands.flows import acknowledge
from echeance.transmission.commands.statuses import record_statuses
from echeance.transmission.documents import DocumentFacts, DocumentKind, read_document
from echeance.transmission.errors import (
    FingerprintError,
    NotAnInvoiceReceivedError,
    NotQuarantinedError,
    UnexpectedDocumentError,
    WrongBuyerError,
)
from echeance.transmission.events import DocumentReassigned, DocumentReceived
from echeance.transmission.models import FlowCursor, ReceivedFlow
from echeance.transmission.platform import configured
from echeance.transmission.platform.errors import (
    PlatformAnswerError,
    PlatformNotFoundError,
    PlatformRefusedError,
    PlatformSignInError,
    PlatformUnreachableError,
)
from echeance.transmission.platform.types import DocType, Download, FlowDirection, FlowFacts
from echeance.transmission.types import CompanyRole, NewStatus, PollReport, ReceptionState

FIRST_LOOK = timedelta(days=30)
"""How far back the first reading of a platform goes."""

# A change may be shown a little after its own instant: what was read is asked for once more.
_OVERLAP = timedelta(seconds=30)


class Mailbox(Protocol):
    """Where documents come from; the client of the platform is one."""

    def changes(self, since: datetime) -> Iterator[list[FlowFacts]]:
        """Pages of what changed after an instant."""

    def download(self, flow_id: str, form: DocType = DocType.ORIGINAL) -> Download:
        """The file of a flow."""

    def close(self) -> None:
        """End the conversation."""


@dataclass(frozen=True, slots=True)
class _Arrival:
    """What came under a number of the platform, and its archived original once there is one.

    Attributes:
        sha256: As the platform announces it; "" when it does not.
        error: Why there is no original.
    """

    flow_id: str
    flow_type: str
    name: str
    sha256: str
    file: StoredFile | None = None
    error: EcheanceError | None = None


def poll_platform(*, company: Company, platform: Mailbox | None = None) -> PollReport:
    """Read what has changed on the platform since the last turn. Call it outside transactions.

    A turn may be interrupted anywhere: the cursor moves after each page, and what is read twice
    changes nothing.

    Args:
        company: Whose platform.
        platform: The configured one when ``None``.

    Raises:
        PlatformMissingError: None is configured.
    """
    row = FlowCursor.objects.filter(company=company).first()
    since = row.updated_after if row else clock.now() - FIRST_LOOK
    mailbox = platform or configured.platform()
    counts: Counter[str] = Counter()
    interrupted = ""
    try:
        for page in mailbox.changes(since - _OVERLAP):
            known = set(
                ReceivedFlow.objects.filter(
                    company=company, flow_id__in=[facts.flow_id for facts in page]
                ).values_list("flow_id", flat=True)
            )
            for facts in page:
                if facts.tracking_id:
                    counts["acknowledged"] += acknowledge(company=company, facts=facts)
                elif facts.direction == FlowDirection.IN.value and facts.flow_id not in known:
                    _take(company, facts, mailbox, counts)
            since = max(since, page[-1].updated_at)
            _keep_cursor(company, since)
    except (
        PlatformUnreachableError,
        PlatformSignInError,
        PlatformAnswerError,
        PlatformRefusedError,
        PlatformNotFoundError,
    ) as error:
        interrupted = str(error)
    finally:
        if platform is None:
            mailbox.close()
    _tell_platform(system(company), interrupted)
    return _report(counts, interrupted)


def retry_received(
    *, actor: Actor, received_ids: Sequence[int], platform: Mailbox | None = None
) -> PollReport:
    """Read documents in quarantine again: from the archive, else from the platform.

    Each is its own transaction; one that still cannot be taken keeps its reason, anew.

    Raises:
        RightMissingError: To store files.
        NotFoundError: One is not of this company; none is read.
        NotQuarantinedError: One is not in quarantine; none is read.
    """
    actor.require(Right.STORE_FILES)
    mine = ReceivedFlow.objects.filter(company=actor.company).select_related("file")
    rows = mine.in_bulk(list(received_ids))
    for received_id in received_ids:
        if received_id not in rows:
            raise NotFoundError(what=f"document reçu n° {received_id}")
        row = rows[received_id]
        if row.state != ReceptionState.QUARANTINED:
            raise NotQuarantinedError(number=row.number, state=row.get_state_display())
    counts: Counter[str] = Counter()
    mailbox = platform
    try:
        for received_id in received_ids:
            row = rows[received_id]
            arrival = _Arrival(row.flow_id, row.flow_type, row.name, row.sha256, row.file)
            if row.file is None:
                mailbox = mailbox or configured.platform()
                arrival = _fetch(actor, arrival, mailbox)
            _enter(actor, arrival, counts)
    finally:
        if platform is None and mailbox is not None:
            mailbox.close()
    return _report(counts)


@transaction.atomic
def reassign(*, actor: Actor, received_id: int, party_id: int) -> ReceivedFlow:
    """Attach a received invoice to another supplier; what was before stays in the journal.

    Raises:
        RightMissingError: To edit parties.
        NotFoundError: The document or the party is not of this company.
        NotAnInvoiceReceivedError: It is no invoice that was read.
    """
    actor.require(Right.EDIT_PARTIES)
    row = (
        ReceivedFlow.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk=received_id)
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"document reçu n° {received_id}")
    if row.kind != DocumentKind.INVOICE.value or row.state == ReceptionState.QUARANTINED:
        raise NotAnInvoiceReceivedError(number=row.number)
    party = parties.party_for(actor=actor, party_id=party_id)
    if row.party_id == party.pk:
        return row
    event = DocumentReassigned(row.pk, row.party_id, party.pk)
    row.party = party
    ReceivedFlow.objects.bulk_update([row], ["party"])
    journal.record(event, actor=actor)
    return row


def _report(counts: Counter[str], interrupted: str = "") -> PollReport:
    return PollReport(
        acknowledged=counts["acknowledged"],
        received=counts[ReceptionState.RECEIVED.value],
        quarantined=counts[ReceptionState.QUARANTINED.value],
        repeated=counts[ReceptionState.REPEATED.value],
        statuses=counts["statuses"],
        interrupted=interrupted,
    )


def _tell_platform(actor: Actor, interrupted: str) -> None:
    """Open the question of a platform that does not answer, or close it."""
    if interrupted:
        base.open_work_items(actor=actor, items=[flow_questions.platform_down(interrupted)])
    else:
        base.close_work_items(actor=actor, keys={flow_questions.PLATFORM_KEY}, answer="done")


def _take(company: Company, facts: FlowFacts, mailbox: Mailbox, counts: Counter[str]) -> None:
    actor = system(company)
    name = facts.name or f"{facts.flow_id}.xml"
    arrival = _Arrival(facts.flow_id, facts.type, name, facts.sha256)
    _enter(actor, _fetch(actor, arrival, mailbox), counts)


def _fetch(actor: Actor, arrival: _Arrival, mailbox: Mailbox) -> _Arrival:
    """Download and archive the original; what the platform cannot give is an arrival without it.

    Raises:
        PlatformUnreachableError, PlatformSignInError: Not now, for any document.
    """
    try:
        download = mailbox.download(arrival.flow_id)
        if arrival.sha256 not in {"", download.sha256}:
            raise FingerprintError(filename=arrival.name)
        file = archive.store_file(actor=actor, file=_new_file(arrival.name, download))
    except (PlatformUnreachableError, PlatformSignInError):
        raise
    except EcheanceError as error:  # absent, too large, altered: the document, not the platform
        return replace(arrival, error=error)
    return replace(arrival, file=file)


def _new_file(name: str, download: Download) -> NewFile:
    return NewFile(
        content=download.content,
        filename=name,
        media_type=download.media_type or "application/octet-stream",
        kind="received",
        subject="",
        keep_until=retention_date(date(clock.today().year, 12, 31)),
    )


def _enter(actor: Actor, arrival: _Arrival, counts: Counter[str]) -> None:
    """One document, one transaction: taken, or else kept aside in a transaction of its own."""
    error = arrival.error
    if error is None:
        try:
            state, statuses = _accept(actor, arrival)
        except EcheanceError as refused:
            error = refused
        except Exception as bug:  # noqa: BLE001  one document of thousands must not stop the rest
            error = UnexpectedDocumentError(filename=arrival.name, cause=type(bug).__name__)
        else:
            counts[state.value] += 1
            counts["statuses"] += statuses
            return
    _keep_aside(actor, arrival, error)
    counts[ReceptionState.QUARANTINED.value] += 1


@transaction.atomic
def _accept(actor: Actor, arrival: _Arrival) -> tuple[ReceptionState, int]:
    assert arrival.file is not None, "an arrival without error has its file"
    row = _row_of(actor, arrival)
    content = archive_queries.content(actor=actor, file_id=arrival.file.pk)
    document = read_document(content, arrival.name)
    row.sha256 = arrival.file.sha256
    row.kind = document.kind.value
    row.syntax = document.syntax.value
    before = ReceivedFlow.objects.filter(
        company=actor.company, sha256=row.sha256, state=ReceptionState.RECEIVED
    ).exclude(pk=row.pk)
    if before.exists():
        _save(actor, row, ReceptionState.REPEATED)
        return ReceptionState.REPEATED, 0
    statuses = 0
    match document.kind:
        case DocumentKind.INVOICE:
            _attach(actor, row, document)
        case DocumentKind.STATUS:
            told = _statuses(actor.company, row, content)
            row.document_ref = told[0].document_ref[:80] if told else ""
            statuses = len(record_statuses(actor=actor, statuses=told))
        case DocumentKind.REPORT:
            pass
    _save(actor, row, ReceptionState.RECEIVED)
    return ReceptionState.RECEIVED, statuses


@transaction.atomic
def _keep_aside(actor: Actor, arrival: _Arrival, error: EcheanceError) -> None:
    row = _row_of(actor, arrival)
    row.sha256 = arrival.file.sha256 if arrival.file else arrival.sha256
    _save(actor, row, ReceptionState.QUARANTINED, error)
    base.open_work_items(actor=actor, items=[flow_questions.quarantined(row)])


def _row_of(actor: Actor, arrival: _Arrival) -> ReceivedFlow:
    """The row of a flow, new or read again, held by this transaction alone."""
    mine = ReceivedFlow.objects.select_for_update(of=("self",)).filter(
        company=actor.company, flow_id=arrival.flow_id
    )
    now = clock.now()
    row = mine.first()
    if row is None:
        # The number is the company's lock as well: another reader of the flow has ended by then.
        number = counters.take(company=actor.company, name="transmission.received")[0]
        row = mine.first()
        if row is None:
            return ReceivedFlow(
                company=actor.company,
                number=number,
                flow_id=arrival.flow_id,
                flow_type=arrival.flow_type[:40],
                name=arrival.name[:200],
                file=arrival.file,
                received_at=now,
                read_at=now,
            )
    row.file = arrival.file
    row.attempts += 1
    row.read_at = now
    return row


def _save(
    actor: Actor, row: ReceivedFlow, state: ReceptionState, error: EcheanceError | None = None
) -> None:
    row.state = state.value
    row.reason = str(error) if error else ""
    row.reason_code = error.code if error else ""
    row.save()
    if error is None:
        base.close_work_items(
            actor=actor, keys={flow_questions.quarantine_key(row)}, answer="retry"
        )
    journal.record(
        DocumentReceived(row.pk, row.flow_id, row.state, row.document_ref, row.reason),
        actor=actor,
    )


def _attach(actor: Actor, row: ReceivedFlow, document: DocumentFacts) -> None:
    """Say what an invoice is, and whose.

    Raises:
        WrongBuyerError: It says it is for another firm.
    """
    row.document_ref = document.number
    row.document_type = document.type_code
    row.document_date = document.issue_date
    row.seller_siren = document.seller_siren
    row.seller_name = document.seller_name
    if document.buyer_siren not in {"", actor.company.siren}:
        raise WrongBuyerError(
            number=document.number,
            seller=document.seller_name,
            buyer_siren=document.buyer_siren,
        )
    row.party = _supplier(actor, document.seller_siren)


def _supplier(actor: Actor, siren: str) -> Party | None:
    """The one supplier of a SIREN; several leave the choice to a person."""
    if not siren:
        return None
    found = parties.by_identifiers(actor=actor, identifiers=[siren])[siren]
    suppliers = [party for party in found if party.is_supplier] or found
    return suppliers[0] if len(suppliers) == 1 else None


def _statuses(company: Company, row: ReceivedFlow, content: bytes) -> list[NewStatus]:
    assert row.file is not None, "it was archived"
    found = []
    for rank, (document, event) in enumerate(cdar.events_of(cdar.read_cdar(content, row.name))):
        seller = document.seller.identifier[:9] if document.seller else ""
        role = CompanyRole.SELLER if seller in {"", company.siren} else CompanyRole.BUYER
        found.append(
            NewStatus(
                document_ref=document.number[:80],
                code=event.code,
                issuer=event.role,
                status_at=event.at,
                source=f"flow:{row.flow_id}"[:120],
                sequence=rank,
                company_role=role,
                document_type=document.type_code[:3],
                document_date=document.issue_date,
                counterparty_siren=seller if role is CompanyRole.BUYER else "",
                reasons=event.reasons,
                amounts=event.amounts,
                public=event.public,
                file_id=row.file.pk,
            )
        )
    return found


@transaction.atomic
def _keep_cursor(company: Company, since: datetime) -> None:
    """The cursor only goes forward: a slower reader does not take it back."""
    row, made = FlowCursor.objects.select_for_update().get_or_create(
        company=company, defaults={"updated_after": since, "polled_at": clock.now()}
    )
    if not made:
        row.updated_after = max(row.updated_after, since)
        row.polled_at = clock.now()
        FlowCursor.objects.bulk_update([row], ["updated_after", "polled_at"])
