"""Status 212 « Encaissée »: what lettering says was paid, told to the platform by VAT rate."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from echeance.base import clock, counters
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing import queries
from echeance.billing.models import Invoice, InvoiceVat
from echeance.billing.rules import receipts as rules
from echeance.billing.types import CREDIT_KINDS, SELF_BILLED_KINDS, ReceiptsReport
from echeance.core.errors import EcheanceError
from echeance.core.lifecycle import CASHED, RECEIPT, Amount, Role, of
from echeance.core.tax import Exigibility
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT, AllocationFacts, OpenItemFacts
from echeance.parties import queries as parties
from echeance.parties.types import PartySnapshot
from echeance.transmission import commands as transmission
from echeance.transmission import queries as statuses
from echeance.transmission.types import CompanyRole, NewStatus, StatusFacts

_SETTLED: Final = "billing.receipts.settled"
_DEPOSITED: Final = "billing.receipts.deposited"
_BATCH: Final = 500
_ARRIVALS: Final = frozenset({200, 201, 202, 203})
_CUSTOMERS: Final = "411"
_PARIS: Final = ZoneInfo("Europe/Paris")


def report_receipts(*, actor: Actor) -> ReceiptsReport:
    """Tell the platform what was cashed since the last time, or taken back by an un-lettering.

    Only for invoices that are on a platform, and only the VAT due on receipt. An invoice that was
    paid before it was deposited is told when it is. Each allocation is told once, under its own
    key, however often this runs and wherever it is stopped: a batch of 500 changes is one
    transaction, with the cursors that say how far it went.

    Args:
        actor: Needs the right to send documents.

    Returns:
        What was told, and why some invoices were not.
    """
    actor.require(Right.SEND_DOCUMENTS)
    given: list[StatusFacts] = []
    refused: dict[str, str] = {}
    more = True
    while more:
        with transaction.atomic():
            numbers, more = _changed(actor)
            told, not_told = _report(actor, numbers)
        given += told
        refused |= not_told
    return ReceiptsReport(tuple(given), refused)


def _changed(actor: Actor) -> tuple[set[str], bool]:
    """Numbers whose settlement changed or that were deposited, and whether there is more."""
    settled_to = counters.hold(company=actor.company, name=_SETTLED)
    settled = ledger.settled_since(actor=actor, cursor=settled_to, limit=_BATCH)
    deposited_to = counters.hold(company=actor.company, name=_DEPOSITED)
    told = statuses.statuses_since(actor=actor, cursor=deposited_to, limit=_BATCH)
    last = told[-1].status_id if told else deposited_to
    counters.move(company=actor.company, name=_SETTLED, to=settled.cursor)
    counters.move(company=actor.company, name=_DEPOSITED, to=last)
    numbers = {item.document_ref for item in settled.items if item.side == DEBIT}
    numbers |= {one.document_ref for one in told if _arrived(one)}
    return numbers, settled.cursor != settled_to or last != deposited_to


def _arrived(one: StatusFacts) -> bool:
    ours = one.company_role is CompanyRole.SELLER and not one.anomaly
    return ours and one.event.code in _ARRIVALS


def _report(actor: Actor, numbers: Collection[str]) -> tuple[list[StatusFacts], dict[str, str]]:
    """Tell what is not told yet of some invoices. About thirty queries."""
    known = statuses.statuses_of(actor=actor, document_refs=numbers)
    deposited = [number for number, told in known.items() if any(map(_arrived, told))]
    invoices = {
        number: row
        for number, row in queries.by_numbers(actor=actor, numbers=deposited).items()
        if row.kind not in (*CREDIT_KINDS, *SELF_BILLED_KINDS)
    }
    if not invoices:
        return [], {}
    shares = _shares(actor, invoices.values())
    settlements = _settlements(actor, invoices)
    buyers = parties.snapshots(actor=actor, party_ids={row.buyer_id for row in invoices.values()})
    new: list[NewStatus] = []
    refused: dict[str, str] = {}
    for number, row in invoices.items():
        wanted = [
            _status(row, buyers[row.buyer_id], shares[number], one)
            for one in rules.receipts(shares[number], settlements.get(number, ()))
        ]
        kept, reason = _allowed(wanted, known[number])
        new += kept
        if reason:
            refused[number] = reason
    return transmission.queue_statuses(actor=actor, statuses=new), refused


def _shares(actor: Actor, invoices: Iterable[Invoice]) -> dict[str, dict[rules.Share, Decimal]]:
    """Parts of documents by number, VAT included. One query."""
    numbers = {row.pk: row.number or "" for row in invoices}
    found: dict[str, dict[rules.Share, Decimal]] = {number: {} for number in numbers.values()}
    for group in InvoiceVat.objects.filter(company=actor.company, invoice__in=numbers).order_by(
        "pk"
    ):
        share = rules.Share(group.rate, Exigibility(group.exigibility))
        parts = found[numbers[group.invoice_id]]
        parts[share] = parts.get(share, Decimal(0)) + group.base + group.vat
    return found


def _settlements(actor: Actor, invoices: Mapping[str, Invoice]) -> dict[str, list[rules.Settled]]:
    """All that settled some invoices, oldest first."""
    items = ledger.items_of_document(actor=actor, document_refs=invoices)
    numbers = {
        item.item_id: number
        for number, of_document in items.items()
        for item in of_document
        if item.side == DEBIT and item.account.startswith(_CUSTOMERS)
    }
    rows = ledger.allocations_of(actor=actor, item_ids=numbers)
    credits_ = {
        item.item_id: item
        for item in ledger.items_for(actor=actor, item_ids={row.credit_item_id for row in rows})
    }
    notes = queries.by_numbers(
        actor=actor, numbers={one.document_ref for one in credits_.values() if one.credits_ref}
    )
    # A corrective invoice annuls by what it is not: what it takes back is in no row of its own.
    given_back = _shares(actor, [row for row in notes.values() if row.kind in CREDIT_KINDS])
    found: dict[str, list[rules.Settled]] = {}
    for row in rows:
        credit = credits_[row.credit_item_id]
        number = numbers.get(row.debit_item_id)
        # An item carried to another due date is neither paid nor lowered.
        if number and credit.document_ref != number:
            one = _settled(row, number, credit, given_back)
            found.setdefault(number, []).append(one)
    return found


def _settled(
    row: AllocationFacts,
    number: str,
    credit: OpenItemFacts,
    given_back: Mapping[str, rules.Shares],
) -> rules.Settled:
    """A credit note set against another invoice pays it (settled point 5 of the ledger)."""
    return rules.Settled(
        allocation_id=row.allocation_id,
        amount=row.amount,
        paid_on=row.effective_date if row.reverses_id else row.credited_on,
        corrects=credit.credits_ref == number,
        corrected=given_back.get(credit.document_ref, {}),
    )


def _status(
    row: Invoice, buyer: PartySnapshot, shares: rules.Shares, receipt: rules.Receipt
) -> NewStatus:
    return NewStatus(
        document_ref=row.number or "",
        code=CASHED,
        issuer=Role.SELLER,
        status_at=clock.now(),
        source=f"receipt:{receipt.allocation_id}",
        document_type=row.kind,
        document_date=row.issue_date,
        counterparty_siren=buyer.siren,
        counterparty_address=buyer.electronic_address or buyer.siren,
        amounts=tuple(
            Amount(RECEIPT, amount, rate, _start_of(receipt.paid_on))
            for rate, amount in receipt.amounts.items()
        ),
        totals=rules.told_totals(shares),
    )


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=_PARIS)


def _allowed(
    wanted: Iterable[NewStatus], told: Iterable[StatusFacts]
) -> tuple[list[NewStatus], str]:
    """Those that are new and may be told, and why the first of the others may not."""
    told = list(told)
    sources = {one.source for one in told}
    new = [one for one in wanted if one.source not in sources]
    kept: list[NewStatus] = []
    if not new:
        return kept, ""
    history = of(new[0].totals, [one.event for one in told if not one.anomaly])
    for one in new:
        try:
            history = history.insert(one.event)
        except EcheanceError as error:
            return kept, str(error)
        kept.append(one)
    return kept, ""
