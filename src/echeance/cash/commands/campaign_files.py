"""The file of a campaign, made once; and what the bank says of its orders."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive import queries as archive_queries
from echeance.archive.types import NewFile
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.cash.commands.bills import remit_bills
from echeance.cash.commands.campaign_rows import (
    Kind,
    State,
    Status,
    check_date,
    check_lines,
    locked,
    moved,
)
from echeance.cash.errors import StatusOfAnotherError
from echeance.cash.events import InstructionChanged
from echeance.cash.models import BillOfExchange, PaymentCampaign, PaymentInstruction
from echeance.cash.types import StatusReport
from echeance.core.bank import lcr, payment_status
from echeance.core.bank.orders import (
    AccountHolder,
    CreditTransfer,
    DirectDebit,
    DirectDebitOrder,
    PostalAddress,
    TransferOrder,
)
from echeance.core.bank.pain import write_pain001, write_pain008
from echeance.core.bank.return_reasons import reason_of
from echeance.core.creditor_reference import is_creditor_reference
from echeance.ledger import queries as ledger_queries
from echeance.parties import commands as parties_commands
from echeance.parties import queries as parties
from echeance.parties.types import PartySnapshot

FILE_KIND: Final = "payment_order"
STATUS_KIND: Final = "payment_status"
CARRIED_OUT: Final = frozenset({"ACSC", "ACCC"})
TAKEN: Final = frozenset({"ACCP", "ACTC", "ACSP", "ACWC"})
OPEN_STATUSES: Final = frozenset({Status.SENT, Status.ACCEPTED})


def export_campaign(*, actor: Actor, campaign_id: int) -> tuple[str, bytes]:
    """The file to give to the bank, made and archived the first time, the same bytes after.

    It is checked by its schema before it exists. Nothing is sent: a person hands it over. Bills
    are booked as remitted (D 5113, C 413).

    Returns:
        Its name and its bytes.

    Raises:
        CampaignStateError: Neither approved nor exported.
        ExecutionDateError: Its date has passed before the first export.
        InstructionStaleError: What a line pays has changed since it was approved.
        OrderRefusedError, OrderFileInvalidError: An order that no bank would take.
    """
    actor.require(Right.PREPARE_PAYMENTS)
    with transaction.atomic():
        campaign = locked(actor, campaign_id, State.APPROVED, State.EXPORTED)
        if campaign.state == State.APPROVED:
            _export(actor, campaign)
    assert campaign.file is not None, "an exported campaign has its file"
    content = archive_queries.content(actor=actor, file_id=campaign.file.pk)
    return campaign.file.filename, content


def _export(actor: Actor, campaign: PaymentCampaign) -> None:
    check_date(campaign.execution_date, clock.today())
    lines = check_lines(actor, campaign)
    campaign.exported_at = clock.now().replace(microsecond=0)
    if campaign.kind == Kind.BILLS:
        content, extension, media = _bills(campaign, lines), "txt", "text/plain"
        remit_bills(actor, campaign, lines)
    else:
        write = _transfers if campaign.kind == Kind.TRANSFER else _debits
        content, extension, media = write(actor, campaign, lines), "xml", "application/xml"
    campaign.file = archive.store_file(
        actor=actor,
        file=NewFile(
            content=content,
            filename=f"{campaign.reference}.{extension}",
            media_type=media,
            kind=FILE_KIND,
            subject=f"payment_campaign:{campaign.pk}",
            keep_until=ledger_queries.keep_until(actor=actor, day=campaign.execution_date),
        ),
    )
    campaign.state = State.EXPORTED
    campaign.save(update_fields=["state", "exported_at", "file"])
    PaymentInstruction.objects.filter(pk__in=[line.pk for line in lines]).update(status=Status.SENT)
    moved(actor, campaign)


def _company(company: Company, campaign: PaymentCampaign) -> AccountHolder:
    account = campaign.bank_account
    lines = tuple(line for line in (company.address_line, company.address_extra) if line)
    address = (
        PostalAddress(company.city, company.country, company.postcode, lines)
        if company.city
        else None
    )
    return AccountHolder(company.name, account.iban, account.bic, address)


def _party(line: PaymentInstruction, snapshot: PartySnapshot | None) -> AccountHolder:
    address = None
    if snapshot is not None and snapshot.city:
        texts = tuple(text for text in (snapshot.address_line, snapshot.address_extra) if text)
        address = PostalAddress(snapshot.city, snapshot.country, snapshot.postcode, texts)
    return AccountHolder(line.name, line.iban, line.bic, address)


def _transfers(
    actor: Actor, campaign: PaymentCampaign, lines: Sequence[PaymentInstruction]
) -> bytes:
    snapshots = parties.snapshots(actor=actor, party_ids={line.party_id for line in lines})
    assert campaign.exported_at is not None, "set just before"
    return write_pain001(
        TransferOrder(
            message_id=campaign.reference,
            created_at=campaign.exported_at,
            execution_date=campaign.execution_date,
            debtor=_company(campaign.company, campaign),
            transfers=tuple(
                CreditTransfer(
                    end_to_end_id=line.end_to_end_id,
                    amount=line.amount,
                    payee=_party(line, snapshots.get(line.party_id)),
                    remittance_text=line.remittance_text,
                    creditor_reference=line.remittance_text
                    if is_creditor_reference(line.remittance_text)
                    else "",
                )
                for line in lines
            ),
        )
    )


def _debits(actor: Actor, campaign: PaymentCampaign, lines: Sequence[PaymentInstruction]) -> bytes:
    snapshots = parties.snapshots(actor=actor, party_ids={line.party_id for line in lines})
    assert campaign.exported_at is not None, "set just before"
    debits = []
    for line in lines:
        assert line.mandate is not None, "a direct debit has a mandate"
        debits.append(
            DirectDebit(
                end_to_end_id=line.end_to_end_id,
                amount=line.amount,
                debtor=_party(line, snapshots.get(line.party_id)),
                mandate_id=line.mandate.reference,
                signed_on=line.mandate.signed_on,
                sequence_type=line.sequence_type,
                scheme=line.mandate.scheme.upper(),
                collection_date=campaign.execution_date,
                remittance_text=line.remittance_text,
            )
        )
    return write_pain008(
        DirectDebitOrder(
            message_id=campaign.reference,
            created_at=campaign.exported_at,
            creditor=_company(campaign.company, campaign),
            creditor_id=campaign.bank_account.creditor_id,
            debits=tuple(debits),
        )
    )


def _bills(campaign: PaymentCampaign, lines: Sequence[PaymentInstruction]) -> bytes:
    bills = {bill.reference: bill for bill in campaign.billofexchange_set.all()}
    account = campaign.bank_account
    return lcr.write_lcr(
        lcr.BillRemittance(
            reference=campaign.reference,
            issuer_number=account.issuer_number,
            remitted_on=campaign.execution_date,
            creditor_name=campaign.company.name,
            creditor_bank=account.bank_name,
            iban=account.iban,
            entry=lcr.Entry(campaign.entry_option),
            bills=tuple(_bill(bills[line.remittance_text], line.name) for line in lines),
        )
    )


def _bill(bill: BillOfExchange, name: str) -> lcr.Bill:
    acceptance = lcr.Acceptance.LCR_NOT_ACCEPTED
    if bill.kind == BillOfExchange.BillKind.BOR:
        acceptance = lcr.Acceptance.BOR
    elif bill.accepted:
        acceptance = lcr.Acceptance.LCR_ACCEPTED
    return lcr.Bill(
        reference=bill.reference,
        drawee_reference=bill.reference,
        drawee_name=name,
        drawee_bank="",
        iban=bill.iban,
        amount=bill.amount,
        due_date=bill.due_date,
        created_on=bill.created_on,
        acceptance=acceptance,
    )


@transaction.atomic
def note_executed(*, actor: Actor, matches: Mapping[str, int | None], on: date) -> int:
    """Note orders that the bank carried out, with the match that explains its line.

    The mandates collected under are alive for 36 months more.

    Args:
        actor: Needs the right to match payments.
        matches: Match by end-to-end reference; ``None`` when no line explains it yet.
        on: Day of the bank.

    Returns:
        How many orders were noted.

    Raises:
        NotFoundError: A reference is of no order given to the bank.
    """
    actor.require(Right.MATCH_PAYMENTS)
    rows = _sent(actor, matches)
    for row in rows:
        row.status, row.match_id = Status.EXECUTED, matches[row.end_to_end_id]
        row.status_reason = row.status_text = ""
    _save(actor, rows)
    days = {row.mandate_id: on for row in rows if row.mandate_id is not None}
    if days:
        parties_commands.note_collections(actor=actor, days=days)
    return len(rows)


@transaction.atomic
def forget_execution(*, actor: Actor, match_ids: Collection[int]) -> int:
    """Orders whose match was undone wait for their bank line again. Two queries, and the journal's.

    Returns:
        How many orders were touched; none when the matches are of no order.
    """
    actor.require(Right.MATCH_PAYMENTS)
    rows = list(
        PaymentInstruction.objects.select_for_update(of=("self",)).filter(
            company=actor.company, match__in=set(match_ids), status=Status.EXECUTED
        )
    )
    for row in rows:
        row.status, row.match_id = Status.SENT, None
    _save(actor, rows)
    return len(rows)


@transaction.atomic
def note_returned(*, actor: Actor, reasons: Mapping[str, str]) -> int:
    """Note orders that came back, with the reason code of each by end-to-end reference.

    Their items may be ordered again. Stopping the mandate is for a person, see
    :mod:`echeance.core.bank.return_reasons`.

    Raises:
        NotFoundError: A reference is of no order given to the bank.
    """
    actor.require(Right.MATCH_PAYMENTS)
    rows = _sent(actor, reasons)
    for row in rows:
        _tell_reason(row, Status.RETURNED, reasons[row.end_to_end_id])
    _save(actor, rows)
    return len(rows)


def _tell_reason(row: PaymentInstruction, status: str, code: str, text: str = "") -> None:
    reason = reason_of(code)
    said = f" ({text})" if text else ""
    row.status, row.status_reason = status, reason.code[:40]
    row.status_text = f"{reason.meaning[0].upper()}{reason.meaning[1:]}{said}. {reason.advice}"[
        :300
    ]


def _sent(actor: Actor, references: Collection[str]) -> list[PaymentInstruction]:
    rows = list(
        PaymentInstruction.objects.select_for_update(of=("self",))
        .filter(
            company=actor.company,
            end_to_end_id__in=list(references),
            campaign__state=State.EXPORTED,
        )
        .exclude(status=Status.EXCLUDED)
        .order_by("pk")
    )
    missing = set(references) - {row.end_to_end_id for row in rows}
    if missing:
        raise NotFoundError(what=f"ordre {min(missing)}")
    return rows


def _save(actor: Actor, rows: Sequence[PaymentInstruction]) -> None:
    PaymentInstruction.objects.bulk_update(
        rows, ["status", "status_reason", "status_text", "match"], batch_size=500
    )
    journal.record_many(
        [
            InstructionChanged(row.campaign_id, row.end_to_end_id, row.status, row.status_reason)
            for row in rows
        ],
        actor=actor,
    )


@transaction.atomic
def read_payment_status(*, actor: Actor, content: bytes, filename: str) -> StatusReport:
    """Take in what the bank answers to the file of a campaign (pain.002).

    Refused orders free their items and keep the reason with what to do about it; orders carried
    out wait for their line on the statement. Bills have no such answer. Reading the same answer
    again changes nothing; an order explained by a bank line, or come back, is left as it is.

    Args:
        actor: Needs the right to match payments.
        content: The file; it is archived.
        filename: Its name.

    Raises:
        BankFileError: Not a pain.002, or one that does not hold.
        StatusOfAnotherError: It answers a file that was not given out by this company.
    """
    actor.require(Right.MATCH_PAYMENTS)
    report = payment_status.read_payment_status(content)
    campaign = (
        PaymentCampaign.objects.select_for_update(of=("self",))
        .filter(company=actor.company, reference=report.original_message_id, state=State.EXPORTED)
        .first()
    )
    if campaign is None:
        raise StatusOfAnotherError(report.original_message_id[:60])
    archive.store_file(
        actor=actor,
        file=NewFile(
            content=content,
            filename=filename,
            media_type="application/xml",
            kind=STATUS_KIND,
            subject=f"payment_campaign:{campaign.pk}",
            keep_until=ledger_queries.keep_until(actor=actor, day=campaign.execution_date),
        ),
    )
    rows = {
        row.end_to_end_id: row
        for row in PaymentInstruction.objects.select_for_update(of=("self",))
        .select_related("mandate")
        .filter(company=actor.company, campaign=campaign)
        .exclude(status=Status.EXCLUDED)
        .order_by("pk")
    }
    told = _told(report, campaign, list(rows.values()))
    changed, executed = [], []
    for reference, (status, code, text) in told.items():
        row = rows.get(reference)
        if row is None or row.match_id is not None or row.status not in OPEN_STATUSES:
            continue
        if status in payment_status.REFUSED:
            _tell_reason(row, Status.REJECTED, code, text)
        elif status in CARRIED_OUT:
            row.status = Status.EXECUTED
            executed.append(row)
        elif status in TAKEN:
            row.status = Status.ACCEPTED
        else:
            continue
        changed.append(row)
    _save(actor, changed)
    days = {row.mandate_id: campaign.execution_date for row in executed if row.mandate_id}
    if days:
        parties_commands.note_collections(actor=actor, days=days)
    rejected = sum(row.status == Status.REJECTED for row in changed)
    return StatusReport(
        reference=campaign.reference,
        accepted=len(changed) - rejected,
        rejected=rejected,
        unknown=tuple(reference for reference in told if reference not in rows),
    )


def _told(
    report: payment_status.PaymentStatusReport,
    campaign: PaymentCampaign,
    rows: Sequence[PaymentInstruction],
) -> dict[str, tuple[str, str, str]]:
    """Status, reason code and text by end-to-end reference: of the file, its batches, its orders.

    A file or batch accepted in part says nothing of the orders it does not name.
    """
    told: dict[str, tuple[str, str, str]] = {}
    if report.group_status:
        whole = (report.group_status, report.reason_code, report.reason_text)
        told |= {row.end_to_end_id: whole for row in rows}
    batches = _batches(campaign, rows)
    for batch in report.batches:
        if batch.status:
            said = (batch.status, batch.reason_code, batch.reason_text)
            told |= dict.fromkeys(batches.get(batch.payment_information_id, ()), said)
    for one in report.instructions:
        if one.end_to_end_id:
            told[one.end_to_end_id] = (one.status, one.reason_code, one.reason_text)
    return told


def _batches(campaign: PaymentCampaign, rows: Sequence[PaymentInstruction]) -> dict[str, list[str]]:
    """References of the orders of each PmtInf, as the file has them."""
    groups: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        scheme = row.mandate.scheme.upper() if row.mandate else ""
        groups.setdefault((scheme, row.sequence_type), []).append(row.end_to_end_id)
    return {
        f"{campaign.reference}-{place}": groups[key] for place, key in enumerate(sorted(groups), 1)
    }
