"""Debts that may not be paid, in the books: doubtful, allowance, loss, received after all.

Every act is an entry of the journal OD; undoing it is a reversal dated of its own day.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.billing import commands as billing
from echeance.billing import queries as billing_queries
from echeance.collection import queries
from echeance.collection import rules_unpaid as rules
from echeance.collection.errors import (
    AllowanceRateError,
    LossTooLargeError,
    NotDoubtedItemError,
    UnpaidEntryInUseError,
    UnpaidEntryUndoneError,
    UnpaidReasonMissingError,
)
from echeance.collection.events import UnpaidBooked, UnpaidUndone
from echeance.collection.models import UnpaidEntry
from echeance.collection.types import PreviewLine, UnpaidEntryKind, VatClaim
from echeance.core.bookkeeping import (
    VatNotRecoverableError,
    allowance_due,
    net_of_vat,
    vat_refusal,
)
from echeance.core.insolvency import UnpaidVat, join_pdf, write_unpaid_vat
from echeance.core.money import ZERO, round_amount
from echeance.core.words import clean_line
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.types import (
    DEBIT,
    RECEIVABLES,
    EntryFacts,
    ItemVat,
    NewAllocation,
    OpenItemFacts,
)
from echeance.parties import queries as parties

_HUNDRED = Decimal(100)
_RETENTION = "4117"


@transaction.atomic
def move_to_doubtful(
    *, actor: Actor, item_ids: Collection[int], on: date, reason: str
) -> list[UnpaidEntry]:
    """Carry what is left of customers' debts to 416, VAT included, item by item.

    The new item keeps due date, references and the VAT that is not due yet: a payment still finds
    it, and still makes its VAT due. Reminders no longer name it.

    Args:
        actor: Needs the rights to write off and to match payments.
        item_ids: Open items of customers, on 411; those on 416 already are left as they are.
        on: Date of the entries.
        reason: Kept with them.

    Raises:
        NotFoundError: No such item.
        NotDoubtedItemError: One is not an open debt of a customer.
        UnpaidReasonMissingError: No reason.
        PeriodClosedError: ``on`` is in a closed month.
    """
    actor.require(Right.WRITE_OFF)
    why = _reason(reason)
    _one_at_a_time(actor)
    items = [
        one for one in _debts(actor, item_ids) if not one.account.startswith(rules.DOUBTFUL[:3])
    ]
    vat = ledger_queries.vat_open(actor=actor, item_ids=[one.item_id for one in items])
    posted = _carry(
        actor, items, [rules.doubtful_entry(one, vat.get(one.item_id, ()), on) for one in items], on
    )
    return _write(
        actor,
        [
            _row(actor, one, UnpaidEntryKind.DOUBTFUL, one.open_amount, on=on, reason=why,
                 entry_id=entry_id, open_item_id=item_id, replaces_id=one.item_id)
            for one, (entry_id, item_id) in zip(items, posted, strict=True)
        ],
    )  # fmt: skip


@transaction.atomic
def set_allowance(
    *, actor: Actor, item_ids: Collection[int], rate_percent: Decimal, on: date, reason: str
) -> list[UnpaidEntry]:
    """Bring the allowance of doubtful debts to a share of what is open without VAT.

    More is booked on 6817, less is taken back on 7817; what stands right already is left alone.

    Args:
        actor: Needs the right to write off.
        item_ids: Items on 416; one with nothing left has its allowance taken back.
        rate_percent: Share thought lost, 0 to 100.
        on: Date of the entries.
        reason: Kept with them.

    Raises:
        NotFoundError: No such item.
        AllowanceRateError: Not a share.
        NotDoubtedItemError: One is not on the account of doubtful customers.
        UnpaidReasonMissingError: No reason.
    """
    actor.require(Right.WRITE_OFF)
    if not ZERO <= rate_percent <= _HUNDRED:
        raise AllowanceRateError(rate=rate_percent)
    why = _reason(reason)
    _one_at_a_time(actor)
    items = _debts(actor, item_ids, settled=True)
    for one in items:
        if not one.account.startswith(rules.DOUBTFUL[:3]):
            raise NotDoubtedItemError(
                one.document_ref, "passez-la d'abord en client douteux (compte 416)."
            )
    ids = [one.item_id for one in items]
    vat = ledger_queries.vat_open(actor=actor, item_ids=ids)
    booked = queries.allowances(actor=actor, item_ids=ids)
    due = [
        (one, amount)
        for one in items
        if (
            amount := allowance_due(
                net_of_vat(one.open_amount, rules.open_vat(vat.get(one.item_id, ()))),
                rate_percent,
                booked.get(one.item_id, ZERO),
            )
        )
    ]
    posted = ledger.post_entries(
        actor=actor,
        entries=[rules.allowance_entry(one, amount, on, rate_percent) for one, amount in due],
    )
    return _write(
        actor,
        [
            _row(actor, one, _allowance_kind(amount), abs(amount), on=on, reason=why,
                 entry_id=entry.entry_id,
                 open_item_id=one.item_id, rate_percent=rate_percent)
            for (one, amount), entry in zip(due, posted, strict=True)
        ],
    )  # fmt: skip


def _allowance_kind(amount: Decimal) -> UnpaidEntryKind:
    return UnpaidEntryKind.ALLOWANCE if amount > ZERO else UnpaidEntryKind.REVERSAL


@transaction.atomic
def write_off_losses(
    *,
    actor: Actor,
    item_ids: Collection[int],
    on: date,
    reason: str,
    amount: Decimal | None = None,
    claim: VatClaim | None = None,
) -> list[UnpaidEntry]:
    """Book debts as lost on 654: item closed, VAT settled, allowance taken back, one entry each.

    VAT on receipts that waits on 44574 is taken off: it was never due. VAT due from the invoice
    is claimed back on 44571 when ``claim`` is given and the law allows it, with the document to
    send to the customer; else it is part of the loss.

    Args:
        actor: Needs the rights to write off and to match payments.
        item_ids: Open items of customers, on 411 or 416.
        on: Date of the entries.
        reason: Kept with them.
        amount: Part lost, VAT included, of the only item; all that is left when absent.
        claim: On what ground the VAT is claimed back.

    Returns:
        The losses, in the order of the items by due date; their documents are made.

    Raises:
        NotFoundError: No such item.
        NotDoubtedItemError: One is not an open debt of a customer.
        LossTooLargeError: More than is open, or an amount for several items.
        VatNotRecoverableError: The VAT of one cannot be claimed back, and why.
        UnpaidReasonMissingError: No reason.
    """
    found, documents = _write_off(actor, item_ids, on=on, reason=reason, amount=amount, claim=claim)
    for row, item, vat in documents:
        keep_vat_document(actor, row, item, vat)
    return found


_Document = tuple[UnpaidEntry, OpenItemFacts, Sequence[ItemVat]]


def _write_off(
    actor: Actor,
    item_ids: Collection[int],
    *,
    on: date,
    reason: str,
    amount: Decimal | None,
    claim: VatClaim | None,
) -> tuple[list[UnpaidEntry], list[_Document]]:
    """The losses booked, and what the documents of their VAT are made from."""
    actor.require(Right.WRITE_OFF)
    why = _reason(reason)
    _one_at_a_time(actor)
    items = _debts(actor, item_ids)
    parts = _lost_parts(items, amount)
    ids = [one.item_id for one in items]
    vat = ledger_queries.vat_open(actor=actor, item_ids=ids)
    lost_vat = {
        one.item_id: rules.part_of(parts[one.item_id], vat.get(one.item_id, ())) for one in items
    }
    if claim is not None:
        _check_claim(actor, items, lost_vat, claim, on)
    allowances = queries.allowances(actor=actor, item_ids=ids)
    entries, backs, losses = [], [], []
    for one in items:
        lost = parts[one.item_id]
        facts, loss = rules.loss_entry(
            one, lost, lost_vat[one.item_id], on, recovers=claim is not None
        )
        net_left = net_of_vat(one.open_amount, rules.open_vat(vat.get(one.item_id, ()))) - (
            net_of_vat(lost, rules.open_vat(lost_vat[one.item_id]))
        )
        back = max(allowances.get(one.item_id, ZERO) - net_left, ZERO)
        if back:
            undone = rules.allowance_entry(one, -back, on, ZERO)
            # The closing item names its line by place: what is added comes after.
            facts = replace(facts, postings=(*facts.postings, *undone.postings))
        entries.append(facts)
        backs.append(back)
        losses.append(loss)
    posted = ledger.post_entries(actor=actor, entries=entries)
    ledger.allocate(
        actor=actor,
        allocations=[
            NewAllocation(one.item_id, entry.item_ids[0], parts[one.item_id], on)
            for one, entry in zip(items, posted, strict=True)
        ],
    )
    rows = []
    for one, entry, back, loss in zip(items, posted, backs, losses, strict=True):
        if back:
            rows.append(
                _row(actor, one, UnpaidEntryKind.REVERSAL, back, on=on, reason=why,
                 entry_id=entry.entry_id,
                     open_item_id=one.item_id, rate_percent=ZERO)
            )  # fmt: skip
        rows.append(
            _row(actor, one, UnpaidEntryKind.LOSS, parts[one.item_id], on=on, reason=why,
                 entry_id=entry.entry_id,
                 open_item_id=one.item_id, replaces_id=entry.item_ids[0],
                 vat_amount=loss.recovered)
        )  # fmt: skip
    written = _write(actor, rows)
    found = [row for row in written if row.kind == UnpaidEntryKind.LOSS]
    return found, [
        (row, one, lost_vat[one.item_id])
        for row, one in zip(found, items, strict=True)
        if row.vat_amount
    ]


def preview_unpaid(
    *,
    actor: Actor,
    act: UnpaidEntryKind,
    item_ids: Collection[int],
    on: date,
    reason: str,
    rate_percent: Decimal = ZERO,
    claim: VatClaim | None = None,
) -> list[PreviewLine]:
    """The lines that an act would post, from the act itself, which is then taken back whole.

    Nothing stays of it: neither entry, nor number, nor trace in the journal, nor file.

    Args:
        actor: As for the act.
        act: Doubtful, allowance or loss.
        item_ids: Its items.
        on: Date of the entries.
        reason: As for the act.
        rate_percent: Of the allowance.
        claim: Of the VAT of a loss.

    Raises:
        EcheanceError: What the act itself refuses.
    """
    actor.require(Right.WRITE_OFF)
    with transaction.atomic():
        if act is UnpaidEntryKind.DOUBTFUL:
            rows = move_to_doubtful(actor=actor, item_ids=item_ids, on=on, reason=reason)
        elif act is UnpaidEntryKind.LOSS:
            rows, _ = _write_off(actor, item_ids, on=on, reason=reason, amount=None, claim=claim)
        else:
            rows = set_allowance(
                actor=actor, item_ids=item_ids, rate_percent=rate_percent, on=on, reason=reason
            )
        lines = queries.lines_of_entries(actor=actor, entry_ids=[row.entry_id for row in rows])
        transaction.set_rollback(True)
    return lines


def keep_vat_document(
    actor: Actor, row: UnpaidEntry, item: OpenItemFacts, vat: Sequence[ItemVat]
) -> None:
    """Make and keep the marked duplicate that lets the VAT of a loss be claimed back."""
    content = _vat_document(actor, row, item, vat)
    file = archive.store_file(
        actor=replace(actor, rights=actor.rights | {Right.STORE_FILES}),
        file=NewFile(
            content=content,
            filename=f"{row.document_ref}-impayee-tva.pdf".replace("/", "-"),
            media_type="application/pdf",
            kind="unpaid_vat",
            subject=f"unpaid_entry:{row.pk}",
            keep_until=ledger_queries.keep_until(actor=actor, day=row.on),
        ),
    )
    row.file = file
    row.save(update_fields=["file"])


def _vat_document(
    actor: Actor, row: UnpaidEntry, item: OpenItemFacts, vat: Sequence[ItemVat]
) -> bytes:
    """The sheet that bears the words of the law, then the marked copy of the sealed invoice."""
    company = actor.company
    customer = parties.snapshots(actor=actor, party_ids=[row.party_id])[row.party_id]
    invoice = billing_queries.by_numbers(actor=actor, numbers=[row.document_ref]).get(
        row.document_ref
    )
    sheet = write_unpaid_vat(
        UnpaidVat(
            document_ref=row.document_ref,
            document_date=item.document_date,
            on=row.on,
            seller=_lines(company.name, company.vat_id or company.siren, company.address_line,
                          f"{company.postcode} {company.city}"),
            buyer=_lines(customer.name, customer.vat_id or customer.siren, customer.address_line,
                         f"{customer.postcode} {customer.city}"),
            rates=tuple(
                (one.rate, one.base, one.vat) for one in vat if one.exigibility != "receipts"
            ),
            copy=bool(invoice and invoice.file_id),
            made_at=clock.now(),
        )
    )  # fmt: skip
    if invoice is None or not invoice.file_id:
        return sheet
    return join_pdf(sheet, billing.duplicate_pdf(actor=actor, invoice_id=invoice.pk))


def _lines(*parts: str) -> tuple[str, ...]:
    return tuple(part for part in parts if part.strip())


def _lost_parts(items: Sequence[OpenItemFacts], amount: Decimal | None) -> dict[int, Decimal]:
    if amount is None:
        return {one.item_id: one.open_amount for one in items}
    first = items[0]
    fits = len(items) == 1 and ZERO < amount <= first.open_amount
    if not fits or amount != round_amount(amount):
        left = first.open_amount if len(items) == 1 else ZERO
        raise LossTooLargeError(first.document_ref, amount, left)
    return {first.item_id: amount}


def _check_claim(
    actor: Actor,
    items: Sequence[OpenItemFacts],
    vat: Mapping[int, Sequence[ItemVat]],
    claim: VatClaim,
    on: date,
) -> None:
    liquidated = queries.liquidated_parties(
        actor=actor, party_ids={one.party_id for one in items if one.party_id}
    )
    for one in items:
        judgment = liquidated.get(one.party_id or 0)
        refusal = vat_refusal(
            rules.open_vat(vat[one.item_id]),
            liquidation=judgment is not None,
            proof=claim.proof,
            proved_on=claim.proved_on if claim.proof.strip() else judgment,
            on=on,
        )
        if refusal:
            raise VatNotRecoverableError(document_ref=one.document_ref, why=refusal)


@transaction.atomic
def record_recovery(
    *, actor: Actor, loss_id: int, receipt_item_id: int, amount: Decimal, on: date
) -> UnpaidEntry:
    """Book money received of a debt that was written off: 758, and its VAT owed to the State.

    Args:
        actor: Needs the rights to write off and to match payments.
        loss_id: The loss.
        receipt_item_id: The money, not applied yet, on the account of the customer.
        amount: Part of it that pays that debt, VAT included.
        on: Date of the entry.

    Raises:
        NotFoundError: No such loss or receipt.
        NotDoubtedItemError: The loss was undone, or the money is not the customer's.
        LossTooLargeError: More than was lost, or than is left of the money.
    """
    actor.require(Right.WRITE_OFF)
    _one_at_a_time(actor)
    loss = queries.unpaid_entry_for(actor=actor, entry_id=loss_id)
    if loss.kind != UnpaidEntryKind.LOSS or loss.undone_at or loss.replaces_id is None:
        raise NotDoubtedItemError(loss.document_ref, "ce n'est pas une perte en vigueur.")
    known = ledger_queries.items_for(actor=actor, item_ids=[receipt_item_id])
    if not known:
        raise NotFoundError(what=f"encaissement n° {receipt_item_id}")
    (receipt,) = known
    if not queries.same_customer(actor=actor, one=receipt.party_id, other=loss.party_id):
        raise NotDoubtedItemError(
            loss.document_ref, f"{receipt.document_ref} n'est pas un paiement de ce client."
        )
    if receipt.side == DEBIT or not receipt.account.startswith("411"):
        raise NotDoubtedItemError(
            loss.document_ref, f"{receipt.document_ref} n'est pas un encaissement du compte client."
        )
    before = queries.recovered(actor=actor, loss_ids=[loss.pk]).get(loss.pk, ZERO)
    left = min(loss.amount - before, receipt.open_amount)
    if not ZERO < amount <= left or amount != round_amount(amount):
        raise LossTooLargeError(loss.document_ref, amount, left)
    rows = ledger_queries.vat_left(actor=actor, item_ids=[loss.replaces_id])
    vat = rules.recovered_vat(
        rows.get(loss.replaces_id, ()),
        lost=loss.amount,
        received_total=before + amount,
        received_before=before,
        claimed=bool(loss.vat_amount),
    )
    lost_item = ledger_queries.items_for(actor=actor, item_ids=[loss.open_item_id or 0])[0]
    facts = rules.recovery_entry(
        receipt, loss.document_ref, lost_item.document_date, amount=amount, vat=vat, on=on
    )
    (entry,) = ledger.post_entries(actor=actor, entries=[facts])
    ledger.allocate(
        actor=actor,
        allocations=[NewAllocation(entry.item_ids[0], receipt.item_id, amount, on)],
    )
    row = _row(
        actor,
        lost_item,
        UnpaidEntryKind.RECOVERED,
        amount,
        on=on,
        reason=loss.reason,
        entry_id=entry.entry_id,
        open_item_id=receipt.item_id,
        replaces_id=loss.replaces_id,
        vat_amount=sum((one for _, one in vat), ZERO),
    )
    row.party_id = loss.party_id
    return _write(actor, [row])[0]


@transaction.atomic
def take_back_doubtful(*, actor: Actor, item_ids: Collection[int], on: date) -> int:
    """Carry what is left of doubtful debts back to 411; their allowance is taken back.

    For debts that are no longer doubted, some of which may have been paid in part meanwhile. An
    act passed by mistake is rather undone (:func:`undo_unpaid`).

    Returns:
        How many were carried.

    Raises:
        NotFoundError: No such item.
        NotDoubtedItemError: One is not open on 416.
    """
    actor.require(Right.WRITE_OFF)
    _one_at_a_time(actor)
    items = _debts(actor, item_ids)
    for one in items:
        if not one.account.startswith(rules.DOUBTFUL[:3]):
            raise NotDoubtedItemError(one.document_ref, "elle n'est pas en client douteux.")
    ids = [one.item_id for one in items]
    booked = queries.allowances(actor=actor, item_ids=ids)
    allowed = [one.item_id for one in items if booked.get(one.item_id, ZERO)]
    if allowed:
        backs = [one for one in items if one.item_id in set(allowed)]
        posted = ledger.post_entries(
            actor=actor,
            entries=[rules.allowance_entry(one, -booked[one.item_id], on, ZERO) for one in backs],
        )
        _write(
            actor,
            [
                _row(actor, one, UnpaidEntryKind.REVERSAL, booked[one.item_id], on=on,
                     reason="Créance revenue au compte client", entry_id=entry.entry_id,
                     open_item_id=one.item_id, rate_percent=ZERO)
                for one, entry in zip(backs, posted, strict=True)
            ],
        )  # fmt: skip
    vat = ledger_queries.vat_open(actor=actor, item_ids=ids)
    _carry(
        actor, items, [rules.healthy_entry(one, vat.get(one.item_id, ()), on) for one in items], on
    )
    rows = list(
        UnpaidEntry.objects.filter(
            company=actor.company,
            open_item__in=ids,
            kind=UnpaidEntryKind.DOUBTFUL,
            undone_at=None,
        )
    )
    _mark_undone(actor, rows)
    return len(items)


@transaction.atomic
def undo_unpaid(*, actor: Actor, entry_ids: Collection[int], on: date) -> int:
    """Undo acts on unpaid debts: settlements undone, entries reversed, all as it was before.

    The allowance that a loss took back stands again with it.

    Args:
        actor: Needs the rights to write off and to match payments.
        entry_ids: Of :class:`UnpaidEntry`, in any order.
        on: Date of the reversals.

    Returns:
        How many acts were undone.

    Raises:
        NotFoundError: One is not of this company.
        UnpaidEntryUndoneError: One was undone before.
        UnpaidEntryInUseError: A payment or a later act rests on one; nothing is undone.
        UndoneTooEarlyError: ``on`` is before the date of one.
    """
    actor.require(Right.WRITE_OFF)
    _one_at_a_time(actor)
    asked = queries.unpaid_entries_of(actor=actor, entry_ids=entry_ids)
    for row in asked:
        if row.undone_at:
            raise UnpaidEntryUndoneError(document_ref=row.document_ref)
    rows = list(
        UnpaidEntry.objects.filter(
            company=actor.company, entry__in={row.entry_id for row in asked}, undone_at=None
        ).order_by("-pk")
    )
    _check_free(actor, rows)
    opened = ledger_queries.items_of_entries(actor=actor, entry_ids={row.entry_id for row in rows})
    done: set[int] = set()
    # The latest first: what an act closed is open again before the one below it is undone.
    for row in rows:
        if row.entry_id in done:
            continue
        done.add(row.entry_id)
        ids = [item.item_id for item in opened.get(row.entry_id, ())]
        live = _live(actor, ids)
        if live:
            ledger.unallocate(actor=actor, allocation_ids=live, on=on)
        ledger.reverse_entries(actor=actor, entry_ids=[row.entry_id], on=on)
    _mark_undone(actor, rows)
    return len(asked)


def _check_free(actor: Actor, rows: Sequence[UnpaidEntry]) -> None:
    mine = {row.pk for row in rows}
    items = {pk for row in rows for pk in (row.open_item_id, row.replaces_id) if pk}
    later = UnpaidEntry.objects.filter(company=actor.company, undone_at=None).exclude(pk__in=mine)
    by_item: dict[int, list[UnpaidEntry]] = {}
    for one in (*later.filter(open_item__in=items), *later.filter(replaces__in=items)):
        for pk in {one.open_item_id, one.replaces_id} & items:
            if pk:
                by_item.setdefault(pk, []).append(one)
    doubtful = [row for row in rows if row.kind == UnpaidEntryKind.DOUBTFUL]
    carried = {
        one.item_id: one
        for one in ledger_queries.items_for(
            actor=actor, item_ids=[row.open_item_id or 0 for row in doubtful]
        )
    }
    lost = {row.open_item_id for row in rows if row.kind == UnpaidEntryKind.LOSS}
    for row in rows:
        following = [
            one
            for pk in {row.open_item_id, row.replaces_id}
            for one in by_item.get(pk or 0, ())
            if one.pk > row.pk
        ]
        if following:
            raise UnpaidEntryInUseError(
                row.document_ref, f"{following[0].get_kind_display()} passée depuis"
            )
    for row in doubtful:
        item = carried[row.open_item_id or 0]
        if item.open_amount != item.amount and item.item_id not in lost:
            raise UnpaidEntryInUseError(
                row.document_ref, "elle a été payée en partie depuis son passage en douteux"
            )


def _live(actor: Actor, item_ids: Sequence[int]) -> list[int]:
    rows = ledger_queries.allocations_of(actor=actor, item_ids=item_ids)
    undone = {one.reverses_id for one in rows}
    return [
        one.allocation_id
        for one in rows
        if one.reverses_id is None and one.allocation_id not in undone
    ]


def _mark_undone(actor: Actor, rows: Sequence[UnpaidEntry]) -> None:
    UnpaidEntry.objects.filter(pk__in=[row.pk for row in rows]).update(
        undone_at=clock.now(), undone_by=actor.name
    )
    journal.record_many(
        [
            UnpaidUndone(row.pk, row.party_id, row.kind, row.document_ref, row.amount)
            for row in rows
        ],
        actor=actor,
    )


def _carry(
    actor: Actor, items: Sequence[OpenItemFacts], entries: Sequence[EntryFacts], on: date
) -> list[tuple[int, int]]:
    """Post entries of carried items; the entry and the item that stands in for each."""
    posted = ledger.post_entries(actor=actor, entries=entries)
    ledger.allocate(
        actor=actor,
        allocations=[
            NewAllocation(one.item_id, entry.item_ids[0], one.open_amount, on)
            for one, entry in zip(items, posted, strict=True)
        ],
    )
    return [(entry.entry_id, entry.item_ids[1]) for entry in posted]


def _debts(
    actor: Actor, item_ids: Collection[int], *, settled: bool = False
) -> list[OpenItemFacts]:
    """Open debts of customers, all of those asked for, by due date."""
    items = ledger_queries.items_for(actor=actor, item_ids=item_ids)
    if len(items) != len(set(item_ids)):
        raise NotFoundError(what="une des échéances")
    for one in items:
        kept = one.account.startswith(_RETENTION)
        if one.side != DEBIT or not one.account.startswith(RECEIVABLES) or kept:
            raise NotDoubtedItemError(one.document_ref, "ce n'est pas une créance sur un client.")
        if not one.party_id:
            raise NotDoubtedItemError(one.document_ref, "elle n'est à aucun client.")
        if not one.open_amount and not settled:
            raise NotDoubtedItemError(one.document_ref, "elle est soldée.")
    return items


def _reason(text: str) -> str:
    reason = clean_line(text)[:200]
    if not reason:
        raise UnpaidReasonMissingError
    return reason


def _one_at_a_time(actor: Actor) -> None:
    """Two people allowing for the same debt at once would book it twice: one waits."""
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)


def _row(
    actor: Actor,
    item: OpenItemFacts,
    kind: UnpaidEntryKind,
    amount: Decimal,
    *,
    on: date,
    reason: str,
    entry_id: int,
    open_item_id: int,
    replaces_id: int | None = None,
    vat_amount: Decimal = ZERO,
    rate_percent: Decimal | None = None,
) -> UnpaidEntry:
    return UnpaidEntry(
        company=actor.company,
        party_id=item.party_id or 0,
        kind=kind.value,
        open_item_id=open_item_id,
        replaces_id=replaces_id,
        document_ref=item.document_ref,
        amount=amount,
        vat_amount=vat_amount,
        rate_percent=rate_percent,
        on=on,
        reason=reason,
        entry_id=entry_id,
        booked_at=clock.now(),
        booked_by=actor.name,
    )


def _write(actor: Actor, rows: Sequence[UnpaidEntry]) -> list[UnpaidEntry]:
    written = UnpaidEntry.objects.bulk_create(rows)
    journal.record_many(
        [
            UnpaidBooked(
                row.pk, row.party_id, row.kind, row.document_ref, row.amount, row.vat_amount,
                row.reason,
            )
            for row in written
        ],
        actor=actor,
    )  # fmt: skip
    return written
