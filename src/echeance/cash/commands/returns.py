"""Payments that come back: the documents are owed again, with the reason and the cost.

A direct debit refused by the debtor's bank, an unpaid cheque, a transfer of ours sent back. What
the receipt had settled is undone on the day of the return by reversing allocations, VAT included;
nothing of the receipt is edited. Source: facts of ISO 20022 R-transactions; CGI art. 272-1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from echeance.base import clock, journal
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.cash import queries
from echeance.cash.commands.booking import bank_line, document_ref
from echeance.cash.commands.matching import lock_open, new_match, record_matches
from echeance.cash.commands.undoing import UNDO_HOOKS
from echeance.cash.errors import ReopenedPaidError, ReturnNotFoundError
from echeance.cash.events import PaymentReturned
from echeance.cash.models import (
    Match,
    MatchAllocation,
    MatchDifference,
    PaymentInstruction,
    ReturnedPayment,
    StatementEntry,
)
from echeance.cash.types import NewReturn, ReturnProposal
from echeance.core.bank.return_reasons import reason_of
from echeance.core.bookkeeping import account_number
from echeance.core.money import ZERO, format_amount
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.errors import AllocationTooLargeError
from echeance.ledger.types import EntryFacts, ItemVat, NewAllocation, NewOpenItem, Posting

COST_MAX = Decimal("100.00")
"""Most that a bank takes for a return; more is another payment."""
RETURNABLE = (Match.MatchKind.CUSTOMERS, Match.MatchKind.SUPPLIERS, Match.MatchKind.REFUND)


@dataclass(frozen=True, slots=True)
class _Mirror:
    """A line of the receipt taken back, with the item it opened (an OpenItem) and its part."""

    account: str
    party_id: int | None
    debit: Decimal
    credit: Decimal
    item: Any | None


@dataclass(frozen=True, slots=True)
class _Standing:
    """An allocation of the receipt that still holds (an Allocation), with its document."""

    allocation: Any
    open_item_id: int


@transaction.atomic
def accept_returns(*, actor: Actor, returns: Sequence[NewReturn]) -> list[int]:
    """Book payments that came back: documents open again, fee booked, what to do asked.

    Whole, everything the receipt had booked is mirrored: what it paid, its differences, what it
    left unapplied. In part (one debit of a batch), only the documents named.

    Args:
        actor: Needs the right to match payments.
        returns: One a line of the bank.

    Returns:
        The match ids, in order; :func:`undo_matches` gives back the exact state before.

    Raises:
        ReturnNotFoundError: The receipt does not fit the line.
        EntryAlreadyMatchedError: The line is explained already.
        UndoneTooEarlyError: The line is dated before the receipt.
    """
    actor.require(Right.MATCH_PAYMENTS)
    entries = lock_open(actor, [one.entry_id for one in returns])
    return [_return(actor, entries[one.entry_id], one) for one in returns]


def propose_returns(*, actor: Actor) -> list[ReturnProposal]:
    """Look for what came back among the lines nobody explained, and ask about those not proved.

    Returns:
        One proposal a line that the bank calls a return, oldest first.
    """
    actor.require(Right.MATCH_PAYMENTS)
    entries = list(queries.open_entries(actor=actor).order_by("booking_date", "pk"))
    by_id = {entry.pk: entry for entry in entries}
    proposals = queries.return_proposals(actor=actor, entries=entries)
    base.open_work_items(
        actor=actor,
        items=[_asked(by_id[one.entry_id], one) for one in proposals if one.decision != "apply"],
    )
    return proposals


def _asked(entry: StatementEntry, one: ReturnProposal) -> WorkItemFacts:
    return WorkItemFacts(
        key=f"cash.return:{entry.pk}",
        kind="cash.return",
        subject=f"statement_entry:{entry.pk}",
        title=f"Quel paiement est revenu, {format_amount(entry.amount)} le "
        f"{entry.booking_date:%d/%m/%Y} ?",
        evidence={
            "text": entry.text,
            "amount": str(entry.amount),
            "reasons": list(one.reasons),
            "candidates": [candidate.match_id for candidate in one.candidates],
        },
        answers=(Answer(key="choose_receipt", label="Choisir l'encaissement"),),
        amount=entry.amount,
        due_date=entry.booking_date,
    )


def _return(actor: Actor, entry: StatementEntry, one: NewReturn) -> int:
    paid = _receipt(actor, entry, one)
    standing = _standing(paid, one)
    mirrors = list(_mirrors(paid, standing, whole=not one.item_ids))
    back = sum((mirror.debit - mirror.credit for mirror in mirrors), ZERO)
    money_out = entry.direction == StatementEntry.Direction.DEBIT
    cost = entry.amount - back if money_out else -back - entry.amount
    if not ZERO <= cost <= COST_MAX:
        raise ReturnNotFoundError(
            entry.pk, f"il en reviendrait {format_amount(abs(back))}, frais non compris"
        )
    day = max([entry.booking_date, *(row.allocation.effective_date for row in standing)])
    undone = ledger.unallocate(
        actor=actor, allocation_ids=[row.allocation.pk for row in standing], on=day
    )
    (posted,) = ledger.post_entries(actor=actor, entries=[_entry(entry, mirrors, cost)])
    pairs = _pairs(actor, mirrors, posted.item_ids)
    allocations = [
        NewAllocation(*((new, old) if mirror.debit else (old, new)), amount, day)
        for mirror, new, old, amount in pairs
    ]
    ids = ledger.allocate(actor=actor, allocations=allocations) if allocations else []
    code = (one.reason_code or entry.return_reason)[:40]
    reason = reason_of(code)
    row = new_match(
        actor,
        entry.pk,
        Match.MatchKind.RETURNED,
        posted.entry_id,
        reasons=[f"Paiement revenu : {reason.meaning}.", reason.advice],
    )
    row.save(force_insert=True)
    MatchAllocation.objects.bulk_create(
        [
            MatchAllocation(
                company=actor.company,
                match=row,
                open_item_id=old,
                allocation_id=allocation_id,
                amount=amount,
            )
            for (_, _, old, amount), allocation_id in zip(pairs, ids, strict=True)
        ]
        + [
            MatchAllocation(
                company=actor.company,
                match=row,
                open_item_id=was.open_item_id,
                allocation_id=reversing,
                amount=-was.allocation.amount,
            )
            for was, reversing in zip(standing, undone, strict=True)
        ]
    )
    parties = sorted({mirror.party_id for mirror in mirrors if mirror.party_id is not None})
    returned = ReturnedPayment.objects.create(
        company=actor.company,
        match=row,
        returned_match=paid,
        instruction=_instruction(actor, entry),
        party_id=parties[0] if len(parties) == 1 else None,
        reason_code=code,
        amount=abs(back),
        cost=cost,
        action=reason.action.value[:30],
    )
    if returned.instruction_id:
        PaymentInstruction.objects.filter(pk=returned.instruction_id).update(
            status=PaymentInstruction.Status.RETURNED, status_reason=code
        )
    record_matches(actor, [row], {entry.pk: entry})
    base.close_work_items(actor=actor, keys=[f"cash.return:{entry.pk}"], answer="returned")
    base.open_work_items(actor=actor, items=[_task(entry, returned)])
    journal.record(PaymentReturned(entry.pk, row.pk, paid.pk, code, abs(back), cost), actor=actor)
    return row.pk


def _receipt(actor: Actor, entry: StatementEntry, one: NewReturn) -> Match:
    paid = (
        Match.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk=one.match_id, undone_at=None, kind__in=RETURNABLE)
        .select_related("entry", "journal_entry")
        .first()
    )
    if paid is None:
        raise ReturnNotFoundError(entry.pk, "il n'est plus rapproché")
    if paid.entry.direction == entry.direction:
        raise ReturnNotFoundError(entry.pk, "il est du même sens")
    if paid.entry.booking_date > entry.booking_date:
        raise ReturnNotFoundError(entry.pk, "il est plus récent")
    whole = ReturnedPayment.objects.filter(
        returned_match=paid, match__undone_at=None, amount=paid.entry.amount
    )
    if whole.exists():
        raise ReturnNotFoundError(entry.pk, "il est déjà revenu")
    return paid


def _standing(paid: Match, one: NewReturn) -> list[_Standing]:
    """What the receipt settled and the return undoes, in the order it was made."""
    mine = paid.allocations.filter(amount__gt=0, allocation__reversed_by=None)
    lowered = paid.differences.filter(allocation__isnull=False, allocation__reversed_by=None)
    if one.item_ids:
        mine = mine.filter(open_item__in=one.item_ids)
        if lowered.filter(open_item__in=one.item_ids).exists():
            raise ReturnNotFoundError(one.entry_id, "une partie a été payée avec un écart")
    rows = [
        _Standing(row.allocation, row.open_item_id)
        for row in mine.select_related("allocation").order_by("pk")
    ]
    if one.item_ids and {row.open_item_id for row in rows} != set(one.item_ids):
        raise ReturnNotFoundError(one.entry_id, "il n'a pas payé ces documents")
    if not one.item_ids:
        if ReturnedPayment.objects.filter(returned_match=paid, match__undone_at=None).exists():
            raise ReturnNotFoundError(one.entry_id, "une partie en est déjà revenue")
        rows += [
            _Standing(row.allocation, row.open_item_id or 0)
            for row in lowered.select_related("allocation").order_by("pk")
        ]
    return rows


def _mirrors(paid: Match, standing: Sequence[_Standing], *, whole: bool) -> Iterator[_Mirror]:
    """Lines of the receipt turned round, the bank's own left out: its amount is the line's."""
    lines = (
        paid.journal_entry.lines.select_related("account")
        .prefetch_related("items__vat")
        .order_by("pk")
    )
    parts: dict[int, Decimal] = {}
    for row in standing:
        for pk in (row.allocation.debit_item_id, row.allocation.credit_item_id):
            parts[pk] = parts.get(pk, ZERO) + row.allocation.amount
    for rank, line in enumerate(lines):
        if rank == 0:
            continue
        items = sorted(line.items.all(), key=lambda item: item.pk)
        if whole:
            yield _Mirror(
                line.account.number,
                line.party_id,
                line.credit,
                line.debit,
                items[0] if items else None,
            )
        elif items and (part := parts.get(items[0].pk)):
            yield _Mirror(
                line.account.number,
                line.party_id,
                part if line.credit else ZERO,
                part if line.debit else ZERO,
                items[0],
            )


def _entry(entry: StatementEntry, mirrors: Sequence[_Mirror], cost: Decimal) -> EntryFacts:
    label = f"Rejet {entry.text}".strip()[:120]
    reference = document_ref(entry)
    return EntryFacts(
        journal_code="BQ",
        entry_date=entry.booking_date,
        document_ref=reference,
        document_date=entry.booking_date,
        label=label,
        postings=(
            bank_line(entry, label),
            *(Posting(one.account, one.debit, one.credit, one.party_id, label) for one in mirrors),
            Posting(account_number("bank_fees"), debit=cost, label=label),
        ),
        items=tuple(
            NewOpenItem(
                posting_index=place,
                due_date=entry.booking_date,
                kind="other",
                document_ref=reference,
                payment_ref=entry.bank_reference,
                credits_ref=one.item.document_ref,
                vat=tuple(
                    ItemVat(vat.category, vat.rate, vat.base, vat.vat, vat.exigibility)
                    for vat in sorted(one.item.vat.all(), key=lambda vat: vat.pk)
                ),
            )
            for place, one in enumerate(mirrors, 1)
            if one.item is not None
        ),
    )


def _pairs(
    actor: Actor, mirrors: Sequence[_Mirror], new_ids: Sequence[int]
) -> list[tuple[_Mirror, int, int, Decimal]]:
    """Each mirror item with the item it takes back, and what is left of that one to close."""
    opened = [one for one in mirrors if one.item is not None]
    left = {
        item.item_id: item.open_amount
        for item in ledger_queries.items_for(
            actor=actor, item_ids=[one.item.pk for one in opened if one.item is not None]
        )
    }
    return [
        (one, new, one.item.pk, amount)
        for one, new in zip(opened, new_ids, strict=True)
        if one.item is not None and (amount := min(one.debit + one.credit, left[one.item.pk]))
    ]


def _instruction(actor: Actor, entry: StatementEntry) -> PaymentInstruction | None:
    """The order of a campaign that came back, by its end-to-end reference."""
    return PaymentInstruction.objects.filter(
        company=actor.company, end_to_end_id__in=[str(one) for one in entry.references]
    ).first()


def _task(entry: StatementEntry, returned: ReturnedPayment) -> WorkItemFacts:
    """What is left to do after a return, by its reason."""
    reason = reason_of(returned.reason_code)
    who = f" de {returned.party.name}" if returned.party else ""
    return WorkItemFacts(
        key=f"cash.returned:{entry.pk}",
        kind="cash.returned",
        subject=f"statement_entry:{entry.pk}",
        title=f"Paiement{who} revenu, {format_amount(returned.amount)} : {reason.meaning}. "
        f"{reason.advice}"[:300],
        evidence={
            "amount": str(returned.amount),
            "cost": str(returned.cost),
            "reason_code": returned.reason_code,
            "action": returned.action,
            "party_id": returned.party_id,
            "ends_mandate": reason.ends_mandate,
            "mandate_ids": list(entry.mandate_ids),
        },
        answers=(Answer(key="done", label="C'est fait"),),
        amount=returned.amount,
        due_date=entry.booking_date,
    )


def _take_back(actor: Actor, matches: Sequence[Match]) -> None:
    """Undo returns: what the receipts had settled is settled again, and belongs to them again."""
    today = clock.today()
    returned = {
        one.match_id: one
        for one in ReturnedPayment.objects.filter(match__in=matches).select_related("match")
    }
    rows = list(
        MatchAllocation.objects.filter(match__in=matches, amount__lt=0)
        .select_related("allocation__reverses")
        .order_by("pk")
    )
    former = {row.pk: row.allocation.reverses for row in rows}
    allocations = [
        NewAllocation(one.debit_item_id, one.credit_item_id, one.amount, today)
        for row in rows
        if (one := former[row.pk]) is not None
    ]
    try:
        ids = ledger.allocate(actor=actor, allocations=allocations)
    except AllocationTooLargeError as error:
        raise ReopenedPaidError(document_ref=error.document_ref) from error
    lowered = {
        one.allocation_id: one
        for one in MatchDifference.objects.filter(
            allocation__in=[one for one in former.values() if one is not None]
        )
    }
    for row, allocation_id in zip(rows, ids, strict=True):
        was = former[row.pk]
        assert was is not None, "a negative row is a reversal"
        paid_id = returned[row.match_id].returned_match_id
        assert paid_id is not None, "a return names its receipt"
        difference = lowered.get(was.pk)
        if difference is not None:
            difference.pk = None
            difference.allocation_id = allocation_id
            difference.save(force_insert=True)
        else:
            MatchAllocation.objects.create(
                company=actor.company,
                match_id=paid_id,
                open_item_id=row.open_item_id,
                allocation_id=allocation_id,
                amount=was.amount,
            )
    PaymentInstruction.objects.filter(
        pk__in=[one.instruction_id for one in returned.values() if one.instruction_id]
    ).update(status=PaymentInstruction.Status.EXECUTED, status_reason="")
    base.close_work_items(
        actor=actor,
        keys=[f"cash.returned:{one.match.entry_id}" for one in returned.values()],
        answer="undone",
    )


UNDO_HOOKS[Match.MatchKind.RETURNED] = _take_back
