"""Reads of the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q, Sum

from echeance.core.dates import add_years
from echeance.core.money import ZERO
from echeance.ledger.models import (
    Allocation,
    EntryLine,
    FiscalYear,
    JournalEntry,
    OpenItem,
)
from echeance.ledger.types import BUCKETS, AgedBalance, AgedRow, OpenItemFacts

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor
    from echeance.base.models import Company

RETENTION_YEARS = 10
_LAST_DAYS = (0, 30, 60, 90, 120)


def fiscal_year_of(*, company: Company, day: date) -> FiscalYear | None:
    """The fiscal year that holds a day, if one is open or closed. One query."""
    return FiscalYear.objects.filter(company=company, starts_on__lte=day, ends_on__gte=day).first()


def keep_until(*, actor: Actor, day: date) -> date:
    """Until when a document of a day is kept: ten years from the closing of its fiscal year.

    A day of no fiscal year yet counts as of its civil year. One query.
    Source: C. com. art. L123-22; LPF art. L102 B.
    """
    year = fiscal_year_of(company=actor.company, day=day)
    return add_years(year.ends_on if year else date(day.year, 12, 31), RETENTION_YEARS)


def open_items(
    *,
    actor: Actor,
    account_prefix: str = "411",
    party_ids: Collection[int] | None = None,
    side: str | None = None,
) -> list[OpenItemFacts]:
    """Items with something left, by due date then id. One query.

    Args:
        actor: Whose company.
        account_prefix: ``411`` customers, ``401`` suppliers.
        party_ids: Only those parties.
        side: ``debit`` or ``credit``; both when absent.
    """
    rows = OpenItem.objects.filter(
        company=actor.company, account__number__startswith=account_prefix, open_amount__gt=0
    )
    if party_ids is not None:
        rows = rows.filter(party__in=party_ids)
    if side:
        rows = rows.filter(side=side)
    return _facts(rows.order_by("due_date", "pk"))


def items_for(*, actor: Actor, item_ids: Collection[int]) -> list[OpenItemFacts]:
    """Items by id, settled ones included, by due date then id. One query."""
    rows = OpenItem.objects.filter(company=actor.company, pk__in=set(item_ids))
    return _facts(rows.order_by("due_date", "pk"))


def items_of_document(
    *, actor: Actor, document_refs: Iterable[str]
) -> dict[str, list[OpenItemFacts]]:
    """Items of documents by number, settled ones included. One query."""
    rows = OpenItem.objects.filter(company=actor.company, document_ref__in=set(document_refs))
    found: dict[str, list[OpenItemFacts]] = {}
    for item in _facts(rows.order_by("due_date", "pk")):
        found.setdefault(item.document_ref, []).append(item)
    return found


def _facts(rows: QuerySet[OpenItem]) -> list[OpenItemFacts]:
    return [
        OpenItemFacts(
            item_id=row.pk,
            party_id=row.party_id,
            account=row.account.number,
            side=row.side,
            kind=row.kind,
            document_ref=row.document_ref,
            document_date=row.document_date,
            order_ref=row.order_ref,
            due_date=row.due_date,
            amount=row.amount,
            open_amount=row.open_amount,
            currency=row.currency,
        )
        for row in rows.select_related("account")
    ]


def account_balance(*, actor: Actor, account: str, on: date | None = None) -> Decimal:
    """Debit less credit of the accounts that start with ``account``, up to a day. One query."""
    rows = EntryLine.objects.filter(company=actor.company, account__number__startswith=account)
    if on:
        rows = rows.filter(entry__entry_date__lte=on)
    sums = rows.aggregate(debit=Sum("debit"), credit=Sum("credit"))
    return (sums["debit"] or ZERO) - (sums["credit"] or ZERO)


def entries_of(*, actor: Actor, document_ref: str) -> QuerySet[JournalEntry]:
    """Entries of a document, oldest first, their lines read ahead. Two queries."""
    return (
        JournalEntry.objects.filter(company=actor.company, document_ref=document_ref)
        .select_related("journal")
        .prefetch_related("lines__account")
        .order_by("entry_date", "pk")
    )


def allocations_of(*, actor: Actor, item_ids: Collection[int]) -> QuerySet[Allocation]:
    """What settled some items, reversals included, oldest first. One query."""
    return (
        Allocation.objects.filter(company=actor.company)
        .filter(Q(debit_item__in=item_ids) | Q(credit_item__in=item_ids))
        .select_related("debit_item", "credit_item")
        .order_by("pk")
    )


def settled_since(*, actor: Actor, cursor: int) -> QuerySet[Allocation]:
    """Allocations after a cursor (last id seen), in order. One query."""
    return Allocation.objects.filter(company=actor.company, pk__gt=cursor).order_by("pk")


def aged_balance(
    *, actor: Actor, on: date, known_at: datetime | None = None, account_prefix: str = "411"
) -> AgedBalance:
    """Aged balance at the end of a day, by party.

    An item counts when its entry is dated ``on`` or before; its open amount is then its amount
    less the allocations effective by that day.

    Args:
        actor: Whose company.
        on: The day.
        known_at: Reproduce an old report: ignore what was recorded after that instant.
        account_prefix: ``411`` customers, ``401`` suppliers.

    Returns:
        Rows by party id; parties with nothing open are left out. Three queries, rows streamed.
    """
    allocations = Allocation.objects.filter(company=actor.company, effective_date__lte=on)
    items = OpenItem.objects.filter(
        company=actor.company, account__number__startswith=account_prefix, entry_date__lte=on
    )
    if known_at:
        allocations = allocations.filter(recorded_at__lte=known_at)
        items = items.filter(line__entry__posted_at__lte=known_at)
    settled: dict[int, Decimal] = {}
    for side in ("debit_item", "credit_item"):
        sums = allocations.values_list(side).annotate(total=Sum("amount")).iterator(10_000)
        settled.update((int(pk), total) for pk, total in sums)
    owed: dict[int | None, list[Decimal]] = {}
    credits_left: dict[int | None, Decimal] = {}
    columns = items.values_list("pk", "party_id", "side", "due_date", "amount")
    for pk, party_id, side_name, due_date, amount in columns.iterator(10_000):
        left = amount - settled.get(pk, ZERO)
        if not left:
            continue
        if side_name == OpenItem.Side.CREDIT:
            credits_left[party_id] = credits_left.get(party_id, ZERO) + left
        else:
            row = owed.setdefault(party_id, [ZERO] * len(BUCKETS))
            row[_bucket((on - due_date).days)] += left
    parties = sorted({*owed, *credits_left}, key=lambda party: (party is None, party or 0))
    return AgedBalance(
        on=on,
        rows=tuple(
            AgedRow(
                party_id=party,
                buckets=tuple(owed.get(party, [ZERO] * len(BUCKETS))),
                credits=credits_left.get(party, ZERO),
            )
            for party in parties
        ),
    )


def _bucket(days_late: int) -> int:
    return sum(days_late > last for last in _LAST_DAYS)
