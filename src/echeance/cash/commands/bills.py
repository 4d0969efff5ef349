"""Bills of exchange: accepted (413), remitted (5113), paid, or unpaid and the invoices due again.

Sources: C. com. art. L511-1 s. (lettre de change), L512-1 s. (billet à ordre); PCG, accounts 413
and 5113.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from django.db import transaction

from echeance.base import clock, counters, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash.commands.campaign_rows import (
    Kind,
    Status,
    check_date,
    moved,
    new_campaign,
    usable_account,
)
from echeance.cash.errors import BillInvalidError, BillStateError, NothingToOrderError
from echeance.cash.events import BillMoved
from echeance.cash.models import (
    BillOfExchange,
    InstructedItem,
    PaymentCampaign,
    PaymentInstruction,
)
from echeance.cash.types import NewBill
from echeance.core.bank.charset import sepa_reference, sepa_text
from echeance.core.bank.lcr import Entry
from echeance.core.bank.orders import NAME_LENGTH
from echeance.core.bookkeeping import account_number
from echeance.core.identifiers import Iban
from echeance.core.money import ZERO
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.types import (
    DEBIT,
    EntryFacts,
    NewAllocation,
    NewOpenItem,
    OpenItemFacts,
    Posting,
)
from echeance.parties import queries as parties

State = BillOfExchange.State
JOURNAL: Final = "EF"
CUSTOMERS: Final = account_number("customers")
BILLS: Final = account_number("customers_bills")
TO_COLLECT: Final = account_number("bills_to_collect")


@transaction.atomic
def record_bills(*, actor: Actor, bills: Sequence[NewBill]) -> list[BillOfExchange]:
    """Record bills that customers accepted: their invoices are settled by them (D 413, C 411).

    All or none. VAT on receipts becomes due with the settlement of 411, hence at the acceptance
    and not at maturity: see the limits in ``docs/legal/effets-de-commerce.md``.

    Raises:
        NotFoundError: A party or an item is not of this company.
        BillInvalidError: No item, an item that is no open debit of that customer, a due date
            before its creation, an account that is not French, a reference taken.
    """
    actor.require(Right.MATCH_PAYMENTS)
    facts = {
        item.item_id: item
        for item in ledger_queries.items_for(
            actor=actor, item_ids={one.item_id for bill in bills for one in bill.items}
        )
    }
    snapshots = parties.snapshots(actor=actor, party_ids=[bill.party_id for bill in bills])
    merged = parties.merged_parties(actor=actor)
    references = [_reference(actor, bill) for bill in bills]
    for bill, reference in zip(bills, references, strict=True):
        if bill.party_id not in snapshots:
            raise NotFoundError(what=f"client n° {bill.party_id}")
        _check(bill, reference, facts, merged)
    taken = BillOfExchange.objects.filter(company=actor.company, reference__in=references).first()
    if taken or len(set(references)) != len(references):
        raise BillInvalidError(
            taken.reference if taken else references[0], "sa référence est déjà prise."
        )
    amounts = [sum((one.amount for one in bill.items), ZERO) for bill in bills]
    posted = ledger.post_entries(
        actor=actor,
        entries=[
            _entry(
                reference,
                bill.created_on,
                f"Effet {reference} {snapshots[bill.party_id].name}",
                (
                    Posting(BILLS, debit=amount, party_id=bill.party_id),
                    Posting(CUSTOMERS, credit=amount, party_id=bill.party_id),
                ),
                (
                    NewOpenItem(0, bill.due_date, "other", reference),
                    NewOpenItem(1, bill.created_on, "receipt", reference),
                ),
            )
            for bill, reference, amount in zip(bills, references, amounts, strict=True)
        ],
    )
    ledger.allocate(
        actor=actor,
        allocations=[
            NewAllocation(one.item_id, entry.item_ids[1], one.amount, bill.created_on)
            for bill, entry in zip(bills, posted, strict=True)
            for one in bill.items
        ],
    )
    rows = BillOfExchange.objects.bulk_create(
        BillOfExchange(
            company=actor.company,
            party_id=merged.get(bill.party_id, bill.party_id),
            kind=bill.kind,
            accepted=bill.accepted,
            reference=reference,
            amount=amount,
            created_on=bill.created_on,
            due_date=bill.due_date,
            iban=Iban.parse(bill.iban).value,
            journal_entry_id=entry.entry_id,
            receipt_item_id=entry.item_ids[1],
            bill_item_id=entry.item_ids[0],
            recorded_at=clock.now(),
            recorded_by=actor.name,
        )
        for bill, reference, amount, entry in zip(bills, references, amounts, posted, strict=True)
    )
    _tell(actor, rows)
    return rows


def _reference(actor: Actor, bill: NewBill) -> str:
    given = sepa_reference(bill.reference, 10).upper()
    if given:
        return given
    [number] = counters.take(company=actor.company, name="cash.bill")
    return f"E{number:06d}"


def _check(
    bill: NewBill, reference: str, facts: dict[int, OpenItemFacts], merged: dict[int, int]
) -> None:
    reason = ""
    if bill.kind not in BillOfExchange.BillKind.values:
        reason = "choisissez LCR ou BOR."
    elif not bill.items:
        reason = "choisissez au moins une échéance du client."
    elif bill.due_date < bill.created_on:
        reason = "son échéance précède sa création."
    elif not Iban.parse(bill.iban).value.startswith("FR"):
        reason = "un effet est tiré sur un compte français."
    for one in bill.items:
        item = facts.get(one.item_id)
        if item is None:
            raise NotFoundError(what=f"échéance n° {one.item_id}")
        owner = merged.get(item.party_id or 0, item.party_id or 0)
        if item.side != DEBIT or item.account != CUSTOMERS or one.amount <= ZERO:
            reason = reason or f"{item.document_ref} n'est pas une facture à régler."
        elif owner != merged.get(bill.party_id, bill.party_id):
            reason = reason or f"{item.document_ref} est d'un autre client."
        elif one.amount > item.open_amount:
            reason = reason or f"il ne reste pas tant à régler de {item.document_ref}."
    if reason:
        raise BillInvalidError(reference, reason)


def _entry(
    reference: str,
    on: date,
    label: str,
    postings: tuple[Posting, Posting],
    items: tuple[NewOpenItem, ...],
) -> EntryFacts:
    return EntryFacts(JOURNAL, on, reference, on, label[:120], postings, items)


@transaction.atomic
def prepare_bills(
    *,
    actor: Actor,
    account_id: int,
    remitted_on: date,
    bill_ids: Collection[int] | None = None,
    entry: str = Entry.COLLECTION.value,
) -> PaymentCampaign:
    """Prepare a remittance of bills held: one line each. Nothing is sent or booked.

    Args:
        actor: Needs the right to prepare payments.
        account_id: French account of the company to credit.
        remitted_on: Today or later.
        bill_ids: Only those; every bill held when absent.
        entry: ``3`` collection at maturity, ``1`` discount.

    Raises:
        AccountNotOrderableError: Not a bank account in use with an IBAN.
        ExecutionDateError: In the past.
        NothingToOrderError: No bill held that is in no other remittance.
        NotFoundError: The account is not one of this company.
    """
    actor.require(Right.PREPARE_PAYMENTS)
    account = usable_account(actor, account_id)
    check_date(remitted_on, clock.today())
    held = BillOfExchange.objects.filter(company=actor.company, state=State.HELD, campaign=None)
    if bill_ids is not None:
        held = held.filter(pk__in=set(bill_ids))
    rows = list(held.order_by("due_date", "pk"))
    if not rows:
        raise NothingToOrderError
    campaign = new_campaign(actor, Kind.BILLS, account, remitted_on)
    campaign.entry_option = Entry(entry).value
    campaign.save(update_fields=["entry_option"])
    snapshots = parties.snapshots(actor=actor, party_ids=[row.party_id for row in rows])
    lines = PaymentInstruction.objects.bulk_create(
        PaymentInstruction(
            company=actor.company,
            campaign=campaign,
            party_id=row.party_id,
            name=sepa_text(snapshots[row.party_id].name, NAME_LENGTH) or "?",
            iban=row.iban,
            amount=row.amount,
            end_to_end_id=f"{campaign.reference}-{place}",
            remittance_text=row.reference,
            due_date=row.due_date,
        )
        for place, row in enumerate(rows, 1)
    )
    InstructedItem.objects.bulk_create(
        InstructedItem(
            company=actor.company,
            instruction=line,
            open_item_id=row.bill_item_id,
            amount=row.amount,
        )
        for line, row in zip(lines, rows, strict=True)
    )
    BillOfExchange.objects.filter(pk__in=[row.pk for row in rows]).update(campaign=campaign)
    moved(actor, campaign)
    return campaign


def remit_bills(
    actor: Actor, campaign: PaymentCampaign, lines: Sequence[PaymentInstruction]
) -> None:
    """Book the bills of a remittance as handed to the bank: D 5113, C 413, one entry each."""
    rows = _by_item(campaign)
    bills = [rows[line.items.all()[0].open_item_id] for line in lines]
    on = clock.today()
    posted = ledger.post_entries(
        actor=actor,
        entries=[
            _entry(
                line.end_to_end_id,
                on,
                f"Remise de l'effet {bill.reference}",
                (
                    Posting(TO_COLLECT, debit=bill.amount),
                    Posting(BILLS, credit=bill.amount, party_id=bill.party_id),
                ),
                (NewOpenItem(1, on, "other", line.end_to_end_id),),
            )
            for line, bill in zip(lines, bills, strict=True)
        ],
    )
    ledger.allocate(
        actor=actor,
        allocations=[
            NewAllocation(bill.bill_item_id, entry.item_ids[0], bill.amount, on)
            for bill, entry in zip(bills, posted, strict=True)
        ],
    )
    discounted = campaign.entry_option == Entry.DISCOUNT
    for bill in bills:
        bill.state = State.DISCOUNTED if discounted else State.REMITTED
    BillOfExchange.objects.bulk_update(bills, ["state"])
    left_out = [bill.pk for bill in rows.values() if bill not in bills]
    BillOfExchange.objects.filter(pk__in=left_out).update(campaign=None)
    _tell(actor, bills)


def take_bills_back(actor: Actor, campaign: PaymentCampaign) -> None:
    """Bring the bills of a cancelled remittance back to the portfolio, its entries reversed."""
    bills = list(_by_item(campaign).values())
    _undo_remittance(actor, [bill for bill in bills if bill.state != State.HELD], clock.today())
    for bill in bills:
        bill.state, bill.campaign = State.HELD, None
    BillOfExchange.objects.bulk_update(bills, ["state", "campaign"])
    _tell(actor, bills)


def _by_item(campaign: PaymentCampaign) -> dict[int, BillOfExchange]:
    return {row.bill_item_id: row for row in campaign.billofexchange_set.order_by("pk")}


def _undo_remittance(actor: Actor, bills: Sequence[BillOfExchange], on: date) -> None:
    if not bills:
        return
    _release(actor, [bill.bill_item_id for bill in bills], on)
    references = PaymentInstruction.objects.filter(
        company=actor.company,
        items__open_item__in=[bill.bill_item_id for bill in bills],
        campaign__in={bill.campaign_id for bill in bills},
    ).values_list("end_to_end_id", flat=True)
    ledger.reverse_entries(
        actor=actor,
        entry_ids=[
            entry.pk
            for reference in references
            for entry in ledger_queries.entries_of(actor=actor, document_ref=reference)
            if entry.reverses_id is None
        ],
        on=on,
    )


def _release(actor: Actor, item_ids: Sequence[int], on: date) -> None:
    """Undo every allocation of some items that still holds."""
    known = ledger_queries.allocations_of(actor=actor, item_ids=item_ids)
    undone = {one.reverses_id for one in known}
    standing = [
        one.allocation_id
        for one in known
        if one.reverses_id is None and one.allocation_id not in undone
    ]
    if standing:
        ledger.unallocate(actor=actor, allocation_ids=standing, on=on)


@transaction.atomic
def note_bills_paid(*, actor: Actor, bill_ids: Collection[int]) -> list[BillOfExchange]:
    """Note that the bank credited bills remitted; its line clears 5113.

    Raises:
        NotFoundError: One is not of this company.
        BillStateError: One is not remitted.
    """
    actor.require(Right.MATCH_PAYMENTS)
    rows = _locked(actor, bill_ids, State.REMITTED, State.DISCOUNTED)
    for row in rows:
        row.state = State.PAID
    BillOfExchange.objects.bulk_update(rows, ["state"])
    _tell(actor, rows)
    return rows


@transaction.atomic
def refuse_bills(
    *, actor: Actor, bill_ids: Collection[int], on: date | None = None
) -> list[BillOfExchange]:
    """Note bills unpaid at maturity: remittance and acceptance reversed, invoices due again.

    The invoices, their VAT and their lettering stand exactly as before the bill. What the bank
    takes back is a line of its own on 5113.

    Args:
        actor: Needs the right to match payments.
        bill_ids: Remitted, discounted or paid bills.
        on: Day of the return; today when absent.

    Raises:
        NotFoundError: One is not of this company.
        BillStateError: One was not handed to the bank, or came back before.
    """
    actor.require(Right.MATCH_PAYMENTS)
    rows = _locked(actor, bill_ids, State.REMITTED, State.DISCOUNTED, State.PAID)
    _undo_remittance(actor, rows, on or clock.today())
    _undo_acceptance(actor, rows, on or clock.today())
    PaymentInstruction.objects.filter(
        company=actor.company,
        items__open_item__in=[row.bill_item_id for row in rows],
        campaign__in={row.campaign_id for row in rows},
    ).update(status=Status.RETURNED)
    return _end(actor, rows, State.UNPAID)


@transaction.atomic
def cancel_bills(*, actor: Actor, bill_ids: Collection[int]) -> list[BillOfExchange]:
    """Cancel bills held, recorded by mistake or given back: their invoices are due again.

    Raises:
        NotFoundError: One is not of this company.
        BillStateError: One is not in the portfolio, or is in a remittance.
    """
    actor.require(Right.MATCH_PAYMENTS)
    rows = _locked(actor, bill_ids, State.HELD)
    for row in rows:
        if row.campaign_id is not None:
            raise BillStateError(row.reference, "dans une remise")
    _undo_acceptance(actor, rows, clock.today())
    return _end(actor, rows, State.CANCELLED)


def _undo_acceptance(actor: Actor, rows: Sequence[BillOfExchange], on: date) -> None:
    _release(actor, [row.receipt_item_id for row in rows], on)
    ledger.reverse_entries(actor=actor, entry_ids=[row.journal_entry_id for row in rows], on=on)


def _end(actor: Actor, rows: list[BillOfExchange], state: str) -> list[BillOfExchange]:
    for row in rows:
        row.state = state
    BillOfExchange.objects.bulk_update(rows, ["state"])
    _tell(actor, rows)
    return rows


def _locked(actor: Actor, bill_ids: Collection[int], *states: str) -> list[BillOfExchange]:
    rows = list(
        BillOfExchange.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk__in=set(bill_ids))
        .order_by("pk")
    )
    missing = set(bill_ids) - {row.pk for row in rows}
    if missing:
        raise NotFoundError(what=f"effet n° {min(missing)}")
    for row in rows:
        if row.state not in states:
            raise BillStateError(row.reference, State(row.state).label)
    return rows


def _tell(actor: Actor, rows: Sequence[BillOfExchange]) -> None:
    journal.record_many(
        [BillMoved(row.pk, row.reference, row.state, row.amount) for row in rows], actor=actor
    )
