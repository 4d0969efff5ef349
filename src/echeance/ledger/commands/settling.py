"""Allocations: what settles what, and what follows from it (open amounts, VAT, letters)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Max, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.fields import AmountField
from echeance.base.rights import Right
from echeance.core.money import ZERO, round_amount
from echeance.ledger.commands import lettering, vat
from echeance.ledger.commands.calendar import Calendar
from echeance.ledger.errors import (
    AllocationAmountError,
    AllocationMismatchError,
    AllocationReversedError,
    AllocationTooLargeError,
    UndoneTooEarlyError,
    UnknownAllocationError,
    UnknownItemError,
)
from echeance.ledger.events import AllocationUndone, ItemsAllocated
from echeance.ledger.models import Account, Allocation, OpenItem
from echeance.ledger.types import NewAllocation
from echeance.parties import queries as parties

CHUNK = 500


@transaction.atomic
def allocate(*, actor: Actor, allocations: Sequence[NewAllocation]) -> list[int]:
    """Settle items with each other, move the VAT that becomes due, letter the groups that close.

    All of them or none. The ledger entries of the VAT (journal OD) are dated of the allocation.
    Items of merged parties settle each other as those of one.

    Returns:
        Allocation ids, in order. About twenty queries a chunk of 500, plus one for each step of
        the longest chain of payments that closes.

    Raises:
        UnknownItemError: Not an item of this company.
        AllocationMismatchError: Another account, party or currency, or twice the same side.
        AllocationAmountError: Not an amount of whole cents above zero.
        AllocationTooLargeError: More than an item has left.
        NoFiscalYearError: No open fiscal year holds the effective date.
        PeriodClosedError: The effective date is in a closed month.
    """
    actor.require(Right.MATCH_PAYMENTS)
    calendar = Calendar(actor)
    ids: list[int] = []
    for start in range(0, len(allocations), CHUNK):
        ids += _allocate_chunk(actor, allocations[start : start + CHUNK], calendar)
    return ids


def _allocate_chunk(
    actor: Actor, allocations: Sequence[NewAllocation], calendar: Calendar
) -> list[int]:
    items = _lock(
        actor, [pk for one in allocations for pk in (one.debit_item_id, one.credit_item_id)]
    )
    left = {pk: item.open_amount for pk, item in items.items()}
    free_from = _free_from(items)
    merged = parties.merged_parties(actor=actor)
    now = clock.now()
    rows: list[Allocation] = []
    for one in allocations:
        debit, credit = items[one.debit_item_id], items[one.credit_item_id]
        _check_pair(debit, credit, merged)
        _take(left, debit, one.amount)
        _take(left, credit, one.amount)
        day = max(one.effective_date, free_from[debit.pk], free_from[credit.pk])
        calendar.open_year(day)
        rows.append(
            Allocation(
                company=actor.company,
                debit_item=debit,
                credit_item=credit,
                amount=one.amount,
                effective_date=day,
                recorded_at=now,
            )
        )
    moves = vat.moves(actor, items, rows)
    Allocation.objects.bulk_create(rows)
    _refresh_open_amounts(items)
    vat.post(actor, moves)
    lettering.letter_closed(actor, items, left, rows, merged)
    journal.record_many(
        [
            ItemsAllocated(row.pk, row.debit_item.document_ref, row.credit_item.document_ref,
                           row.amount)
            for row in rows
        ],
        actor=actor,
    )  # fmt: skip
    return [row.pk for row in rows]


@transaction.atomic
def unallocate(*, actor: Actor, allocation_ids: Collection[int], on: date) -> list[int]:
    """Undo allocations: items open again, VAT moves back, letters go. Nothing is edited.

    Args:
        actor: Needs the right to match payments.
        allocation_ids: Allocations that still hold.
        on: Day the reversing allocations and VAT entries are dated.

    Returns:
        Ids of the reversing allocations, in the order of ``allocation_ids``. About eighteen
        queries a chunk of 500.

    Raises:
        UnknownAllocationError: Not an allocation of this company.
        AllocationReversedError: One was undone before, or is itself a reversal.
        UndoneTooEarlyError: ``on`` is before the day an allocation took effect.
        NoFiscalYearError: No open fiscal year holds ``on``.
        PeriodClosedError: ``on`` is in a closed month.
    """
    actor.require(Right.MATCH_PAYMENTS)
    calendar = Calendar(actor)
    wanted = list(dict.fromkeys(allocation_ids))
    ids: list[int] = []
    for start in range(0, len(wanted), CHUNK):
        calendar.open_year(on)
        ids += _unallocate_chunk(actor, wanted[start : start + CHUNK], on)
    return ids


def _unallocate_chunk(actor: Actor, allocation_ids: Sequence[int], on: date) -> list[int]:
    pairs = Allocation.objects.filter(company=actor.company, pk__in=allocation_ids).values_list(
        "debit_item_id", "credit_item_id"
    )
    items = _lock(actor, [pk for pair in pairs for pk in pair])
    # Read once the items are locked: whoever undid one meanwhile has committed.
    known = {
        row.pk: row
        for row in Allocation.objects.filter(
            company=actor.company, pk__in=allocation_ids
        ).select_related("reversed_by")
    }
    now = clock.now()
    rows: list[Allocation] = []
    for pk in allocation_ids:
        if pk not in known:
            raise UnknownAllocationError(allocation_id=pk)
        undone = known[pk]
        if undone.reverses_id or hasattr(undone, "reversed_by"):
            raise AllocationReversedError(allocation_id=pk)
        debit, credit = items[undone.debit_item_id], items[undone.credit_item_id]
        if on < undone.effective_date:
            raise UndoneTooEarlyError(debit.document_ref, undone.effective_date)
        rows.append(
            Allocation(
                company=actor.company,
                debit_item=debit,
                credit_item=credit,
                amount=-undone.amount,
                effective_date=on,
                recorded_at=now,
                reverses=undone,
            )
        )
    moves = vat.moves(actor, items, rows)
    lettering.unletter(items)
    Allocation.objects.bulk_create(rows)
    _refresh_open_amounts(items)
    vat.post(actor, moves)
    journal.record_many(
        [
            AllocationUndone(pk, row.debit_item.document_ref, row.credit_item.document_ref,
                             -row.amount)
            for pk, row in zip(allocation_ids, rows, strict=True)
        ],
        actor=actor,
    )  # fmt: skip
    return [row.pk for row in rows]


def _lock(actor: Actor, item_ids: Iterable[int]) -> dict[int, OpenItem]:
    """Lock items for the rest of the transaction. Three queries.

    Their accounts are locked first, then the items by id: two settlements of one account wait
    for each other and never deadlock, allocation ids are committed in their order, and a letter
    is taken once. Locking without the key lets entries be posted meanwhile.
    """
    wanted = sorted(set(item_ids))
    mine = OpenItem.objects.filter(company=actor.company, pk__in=wanted)
    accounts = (
        Account.objects.filter(pk__in=set(mine.values_list("account", flat=True)))
        .select_for_update(no_key=True)
        .order_by("pk")
        .in_bulk()
    )
    items = {}
    for item in mine.select_for_update(no_key=True).order_by("pk"):
        item.account = accounts[item.account_id]
        items[item.pk] = item
    for item_id in wanted:
        if item_id not in items:
            raise UnknownItemError(item_id=item_id)
    return items


def _free_from(items: Mapping[int, OpenItem]) -> dict[int, date]:
    """Day from which each item may be settled: it is in the books, and what was undone is undone.

    Until the day it was undone an allocation counts; an item settled again before that day would
    then be settled twice over, and its VAT be due twice. One query.
    """
    free = {pk: item.entry_date for pk, item in items.items()}
    undone = (
        Allocation.objects.filter(reverses__isnull=False)
        .filter(Q(debit_item__in=items) | Q(credit_item__in=items))
        .order_by()
        .values_list("debit_item_id", "credit_item_id")
        .annotate(last=Max("effective_date"))
    )
    for debit_id, credit_id, last in undone:
        for pk in {debit_id, credit_id} & free.keys():
            free[pk] = max(free[pk], last)
    return free


def _check_pair(debit: OpenItem, credit: OpenItem, merged: Mapping[int, int]) -> None:
    problem = ""
    owed, paid = debit.party_id or 0, credit.party_id or 0
    if debit.side != OpenItem.Side.DEBIT or credit.side != OpenItem.Side.CREDIT:
        problem = "il faut un débit et un crédit"
    elif debit.account_id != credit.account_id:
        problem = "les comptes diffèrent"
    elif merged.get(owed, owed) != merged.get(paid, paid):
        problem = "les tiers diffèrent"
    elif debit.currency != credit.currency:
        problem = "les devises diffèrent"
    if problem:
        raise AllocationMismatchError(debit.document_ref, credit.document_ref, problem)


def _take(left: dict[int, Decimal], item: OpenItem, amount: Decimal) -> None:
    if amount <= ZERO or amount != round_amount(amount, item.currency):
        raise AllocationAmountError(item.document_ref, amount)
    if amount > left[item.pk]:
        raise AllocationTooLargeError(item.document_ref, amount, left[item.pk])
    left[item.pk] -= amount


def _refresh_open_amounts(item_ids: Collection[int]) -> None:
    """Reckon what is left of items from their allocations. One query."""
    OpenItem.objects.filter(pk__in=item_ids).update(
        open_amount=F("amount") - _allocated("debit_item") - _allocated("credit_item")
    )


def _allocated(end: str) -> Coalesce:
    sums = (
        Allocation.objects.filter(**{end: OuterRef("pk")})
        .order_by()
        .values(end)
        .values(total=Sum("amount"))
    )
    units = AmountField()
    return Coalesce(Subquery(sums, output_field=units), Value(ZERO, output_field=units))
