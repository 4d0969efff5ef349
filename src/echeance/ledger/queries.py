"""Reads of the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from echeance.base.fields import AmountField
from echeance.base.rights import Right
from echeance.core.bookkeeping import vat_due_on_receipt
from echeance.core.dates import DateRange, add_years
from echeance.core.money import ZERO, allocate, round_amount
from echeance.ledger import receipts
from echeance.ledger.models import (
    Account,
    Allocation,
    EntryLine,
    FiscalYear,
    JournalEntry,
    OpenItem,
    OpenItemVat,
    Period,
)
from echeance.ledger.types import (
    BUCKETS,
    NOTHING,
    AccountLine,
    AgedBalance,
    AgedRow,
    AllocationFacts,
    ItemVat,
    OpenItemFacts,
    OpenRow,
    PaidReceivable,
    SettledDocument,
    SettledSince,
)
from echeance.ledger.verify import verify
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor
    from echeance.base.models import Company

__all__ = [
    "account_balance",
    "account_lines",
    "aged_balance",
    "allocations_of",
    "documents_settled",
    "entries_of",
    "fiscal_year_of",
    "is_closed",
    "items_for",
    "items_of_document",
    "items_of_entries",
    "keep_until",
    "late_receivables",
    "lines_of",
    "open_items",
    "open_references",
    "open_rows",
    "paid_items",
    "parties_owing",
    "party_balances",
    "settled_documents",
    "settled_since",
    "vat_left",
    "vat_open",
    "verify",
]

RETENTION_YEARS = 10
_LAST_DAYS = (0, 30, 60, 90, 120)  # of each bucket but the last, in days late


def fiscal_year_of(*, company: Company, day: date) -> FiscalYear | None:
    """The fiscal year that holds a day, if one is open or closed. One query."""
    return FiscalYear.objects.filter(company=company, starts_on__lte=day, ends_on__gte=day).first()


def is_closed(*, company: Company, day: date) -> bool:
    """Whether the month of a day takes no more entries. One query."""
    return Period.objects.filter(
        company=company, starts_on__lte=day, ends_on__gte=day, closed_at__isnull=False
    ).exists()


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
    account_prefix: str | tuple[str, ...] = "411",
    party_ids: Collection[int] | None = None,
    side: str | None = None,
    on: date | None = None,
) -> list[OpenItemFacts]:
    """Items with something left, by due date then id. One query.

    Args:
        actor: Who asks.
        account_prefix: ``411`` customers, ``401`` suppliers; ``RECEIVABLES`` counts the doubtful
            ones (416) with the customers.
        party_ids: Only those parties, and those merged with them.
        side: ``debit`` or ``credit``; both when absent.
        on: As they stood at the end of a past day; now when absent.
    """
    actor.require(Right.READ)
    rows = OpenItem.objects.filter(
        company=actor.company, account__in=_accounts(actor, account_prefix)
    )
    if party_ids is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=party_ids))
    if side:
        rows = rows.filter(side=side)
    if on is None:
        return _facts(rows.filter(open_amount__gt=0).order_by("due_date", "pk"))
    then = F("open_amount") + _after(on, "debit_item") + _after(on, "credit_item")
    past = rows.filter(entry_date__lte=on).annotate(then=then).filter(then__gt=0)
    return [
        replace(_fact(row), open_amount=row.then)
        for row in past.select_related("account", "lettering").order_by("due_date", "pk")
    ]


def parties_owing(*, actor: Actor, due_by: date, account_prefix: str = "411") -> list[int]:
    """Parties with something left to pay that was due on a day or before, by number. One query."""
    actor.require(Right.READ)
    rows = OpenItem.objects.filter(
        company=actor.company,
        account__in=_accounts(actor, account_prefix),
        side=OpenItem.Side.DEBIT,
        open_amount__gt=0,
        due_date__lte=due_by,
        party__isnull=False,
    )
    return sorted(set(rows.order_by().values_list("party_id", flat=True).iterator(5000)))


def open_rows(
    *, actor: Actor, party_ids: Collection[int], account_prefix: str = "411"
) -> list[OpenRow]:
    """Items of some parties with something left, in no order: for reads of volume. One query.

    Args:
        actor: Who asks.
        party_ids: As entries name them: those merged into another are asked for by their number.
        account_prefix: ``411`` customers, ``401`` suppliers.
    """
    actor.require(Right.READ)
    rows = OpenItem.objects.filter(
        company=actor.company,
        account__in=_accounts(actor, account_prefix),
        party__in=party_ids,
        open_amount__gt=0,
    )
    fields = (
        *("pk", "party_id", "side", "kind", "document_ref", "document_date", "due_date"),
        *("amount", "open_amount"),
    )
    return [OpenRow._make(row) for row in rows.order_by().values_list(*fields)]


def open_references(
    *, actor: Actor, party_ids: Collection[int], account_prefix: str = "411"
) -> QuerySet[OpenItem, str]:
    """Numbers of the invoices of which some parties still owe something, to join with. No query."""
    actor.require(Right.READ)
    return (
        OpenItem.objects.filter(
            company=actor.company,
            account__in=_accounts(actor, account_prefix),
            party__in=party_ids,
            kind=OpenItem.ItemKind.INVOICE,
            side=OpenItem.Side.DEBIT,
            open_amount__gt=0,
        )
        .order_by()
        .values_list("document_ref", flat=True)
    )


def _accounts(actor: Actor, prefix: str | tuple[str, ...]) -> QuerySet[Account]:
    prefixes = (prefix,) if isinstance(prefix, str) else prefix
    wanted = Q()
    for one in prefixes:
        wanted |= Q(number__startswith=one)
    return Account.objects.filter(wanted, company=actor.company)


def _after(on: date, end: str) -> Coalesce:
    """What was allocated of an item after a day, as its debit or its credit."""
    sums = (
        Allocation.objects.filter(effective_date__gt=on, **{end: OuterRef("pk")})
        .order_by()
        .values(end)
        .values(total=Sum("amount"))
    )
    units = AmountField()
    return Coalesce(Subquery(sums, output_field=units), Value(ZERO, output_field=units))


def items_for(*, actor: Actor, item_ids: Collection[int]) -> list[OpenItemFacts]:
    """Items by id, settled ones included, by due date then id. One query."""
    actor.require(Right.READ)
    rows = OpenItem.objects.filter(company=actor.company, pk__in=set(item_ids))
    return _facts(rows.order_by("due_date", "pk"))


def items_of_document(
    *, actor: Actor, document_refs: Iterable[str]
) -> dict[str, list[OpenItemFacts]]:
    """Items of documents by number, settled ones included, by due date then id. One query.

    What a document puts on an account of advances (4091, 4191) is not owed for it: see
    :func:`advances`.
    """
    actor.require(Right.READ)
    rows = OpenItem.objects.filter(company=actor.company, document_ref__in=set(document_refs))
    rows = rows.exclude(account__number__startswith="4191")
    rows = rows.exclude(account__number__startswith="4091")
    found: dict[str, list[OpenItemFacts]] = {}
    for item in _facts(rows.order_by("due_date", "pk")):
        found.setdefault(item.document_ref, []).append(item)
    return found


def items_of_entries(*, actor: Actor, entry_ids: Collection[int]) -> dict[int, list[OpenItemFacts]]:
    """Items that entries opened, settled ones included, in the order of their lines. One query."""
    actor.require(Right.READ)
    rows = (
        OpenItem.objects.filter(company=actor.company, line__entry__in=set(entry_ids))
        .select_related("account", "lettering", "line")
        .order_by("line_id", "pk")
    )
    found: dict[int, list[OpenItemFacts]] = {}
    for row in rows:
        found.setdefault(row.line.entry_id, []).append(_fact(row))
    return found


def late_receivables(
    *,
    actor: Actor,
    until: date,
    since: date,
    party_ids: Collection[int] | None = None,
    item_ids: Collection[int] | None = None,
) -> list[OpenItemFacts]:
    """Invoices of customers owed after their due date, paid since or not, oldest first. One query.

    Args:
        actor: Who asks.
        until: Due before that day.
        since: Due on that day or later.
        party_ids: Only those parties, and those merged with them.
        item_ids: Only those items.
    """
    actor.require(Right.READ)
    rows = OpenItem.objects.filter(
        company=actor.company,
        account__in=_accounts(actor, "411"),
        side=OpenItem.Side.DEBIT,
        kind=OpenItem.ItemKind.INVOICE,
        due_date__gte=since,
        due_date__lt=until,
    )
    if party_ids is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=party_ids))
    if item_ids is not None:
        rows = rows.filter(pk__in=set(item_ids))
    credited_late = Allocation.objects.filter(
        debit_item=OuterRef("pk"), credit_item__document_date__gt=OuterRef("due_date")
    )
    rows = rows.filter(Q(open_amount__gt=0) | Exists(credited_late))
    return _facts(rows.order_by("due_date", "pk"))


def settled_documents(
    *, actor: Actor, since: date, account_prefix: str = "411"
) -> list[SettledDocument]:
    """Invoices and credit notes of parties with nothing left, dated from a day. One query."""
    actor.require(Right.READ)
    rows = OpenItem.objects.filter(
        company=actor.company,
        account__in=_accounts(actor, account_prefix),
        open_amount=0,
        document_date__gte=since,
        party__isnull=False,
        kind__in=(OpenItem.ItemKind.INVOICE, OpenItem.ItemKind.CREDIT_NOTE),
    )
    facts = rows.order_by("pk").values_list(
        "pk", "party_id", "document_ref", "document_date", "side", "amount"
    )
    return [SettledDocument(*row) for row in facts.iterator(chunk_size=2000)]


def vat_left(*, actor: Actor, item_ids: Collection[int]) -> dict[int, tuple[ItemVat, ...]]:
    """VAT of items at each rate, what corrected their document taken off; due or not.

    Items without VAT facts are left out. Three queries, one without an item that has any.
    """
    actor.require(Right.READ)
    rows = OpenItemVat.objects.filter(company=actor.company, item__in=set(item_ids))
    found: dict[int, list[OpenItemVat]] = {}
    for row in rows.select_related("item").order_by("pk"):
        found.setdefault(row.item_id, []).append(row)
    if not found:
        return {}
    taken = _corrections(actor, {pk: of_item[0].item for pk, of_item in found.items()})
    return {
        pk: tuple(
            ItemVat(
                row.category,
                row.rate,
                row.base - taken.get((pk, row.category, row.rate), (ZERO, ZERO))[0],
                row.vat - taken.get((pk, row.category, row.rate), (ZERO, ZERO))[1],
                row.exigibility,
            )
            for row in of_item
        )
        for pk, of_item in found.items()
    }


def vat_open(*, actor: Actor, item_ids: Collection[int]) -> dict[int, tuple[ItemVat, ...]]:
    """VAT of what is still open of items, by rate: bases and VAT sum to the open amount.

    VAT on receipts is what waits, to the cent; VAT due from the invoice is shared alike. Items
    with nothing left or without VAT facts are left out. Six queries at most.
    """
    left = vat_left(actor=actor, item_ids=item_ids)
    if not left:
        return {}
    rows = OpenItem.objects.filter(company=actor.company).in_bulk(list(left))
    settled = receipts.settlements(actor.company, rows)
    others = OpenItem.objects.in_bulk({other for pk in rows for other in settled.get(pk, ())})
    found: dict[int, tuple[ItemVat, ...]] = {}
    for pk, row in rows.items():
        corrected = sum(
            (amount for other, amount in settled.get(pk, {}).items()
             if _corrects(row, others[other])),
            ZERO,
        )  # fmt: skip
        whole = row.amount - corrected
        if not row.open_amount or not whole:
            continue
        paid = whole - row.open_amount
        taxes = [one.vat - vat_due_on_receipt(one.vat, whole, paid, ZERO) for one in left[pk]]
        weights = [max(one.base, ZERO) for one in left[pk]]
        if not sum(weights, ZERO):
            continue
        bases = allocate(row.open_amount - sum(taxes, ZERO), weights)
        found[pk] = tuple(
            replace(one, base=base, vat=tax)
            for one, base, tax in zip(left[pk], bases, taxes, strict=True)
        )
    return found


def _corrects(item: OpenItem, other: OpenItem) -> bool:
    return item.document_ref == other.credits_ref or item.credits_ref == other.document_ref


def _corrections(
    actor: Actor, items: Mapping[int, OpenItem]
) -> dict[tuple[int, str, Decimal], tuple[Decimal, Decimal]]:
    """Base and VAT that corrections took of each item, by rate. Two queries."""
    settled = receipts.settlements(actor.company, items)
    others = {other for pk in items for other in settled.get(pk, ())}
    rows: dict[int, list[OpenItemVat]] = {}
    for row in OpenItemVat.objects.filter(item__in=others).select_related("item"):
        rows.setdefault(row.item_id, []).append(row)
    taken: dict[tuple[int, str, Decimal], tuple[Decimal, Decimal]] = {}
    for pk, item in items.items():
        for other, amount in settled.get(pk, {}).items():
            for row in rows.get(other, ()):
                if not row.item.credits_ref or row.item.credits_ref != item.document_ref:
                    continue
                place = (pk, row.category, row.rate)
                base, vat = taken.get(place, (ZERO, ZERO))
                share = amount / row.item.amount
                taken[place] = (
                    base + round_amount(row.base * share),
                    vat + round_amount(row.vat * share),
                )
    return taken


def advances(*, actor: Actor, payment_refs: Iterable[str]) -> list[OpenItemFacts]:
    """Advances of customers (4191) not deducted yet, by the prepayment invoice they are of.

    One query, by due date then id.
    """
    actor.require(Right.READ)
    rows = OpenItem.objects.filter(
        company=actor.company,
        account__in=_accounts(actor, "4191"),
        payment_ref__in=set(payment_refs),
        side=OpenItem.Side.CREDIT,
        open_amount__gt=0,
    )
    return _facts(rows.order_by("due_date", "pk"))


def _facts(rows: QuerySet[OpenItem]) -> list[OpenItemFacts]:
    return [_fact(row) for row in rows.select_related("account", "lettering")]


def _fact(row: OpenItem) -> OpenItemFacts:
    return OpenItemFacts(
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
        payment_ref=row.payment_ref,
        credits_ref=row.credits_ref,
        letter=row.lettering.letter if row.lettering else "",
    )


def account_balance(*, actor: Actor, account: str, on: date | None = None) -> Decimal:
    """Debit less credit of the accounts that start with ``account``, to the end of a day.

    One query.
    """
    actor.require(Right.READ)
    rows = EntryLine.objects.filter(company=actor.company, account__number__startswith=account)
    if on:
        rows = rows.filter(entry__entry_date__lte=on)
    sums = rows.aggregate(debit=Sum("debit"), credit=Sum("credit"))
    return (sums["debit"] or ZERO) - (sums["credit"] or ZERO)


def account_lines(*, actor: Actor, account: str, on: date) -> list[AccountLine]:
    """Lines of one account to the end of a day, oldest first, those of reversed pairs left out.

    An entry and its reversal cancel out only when both are dated by then. Two queries.
    """
    actor.require(Right.READ)
    rows = (
        EntryLine.objects.filter(
            company=actor.company, account__number=account, entry__entry_date__lte=on
        )
        .select_related("entry__journal")
        .order_by("entry__entry_date", "pk")
    )
    dates = dict(
        JournalEntry.objects.filter(
            company=actor.company, reverses__isnull=False, entry_date__lte=on
        ).values_list("pk", "reverses_id")
    )
    gone = dates.keys() | set(dates.values())
    return [
        AccountLine(
            entry_id=row.entry_id,
            journal_code=row.entry.journal.code,
            on=row.entry.entry_date,
            document_ref=row.entry.document_ref,
            label=row.label or row.entry.label,
            amount=row.debit - row.credit,
        )
        for row in rows
        if row.entry_id not in gone
    ]


def party_balances(
    *,
    actor: Actor,
    party_ids: Collection[int],
    on: date | None = None,
    account_prefix: str = "411",
) -> dict[int, Decimal]:
    """Debit less credit of each party, to the end of a day; zero for those without a line.

    Lines of a merged party count for the one that stays, whichever of the two is asked for. Two
    queries.
    """
    actor.require(Right.READ)
    merged = parties.merged_parties(actor=actor)
    rows = EntryLine.objects.filter(
        company=actor.company,
        party__in=parties.family(actor=actor, party_ids=party_ids),
        account__in=_accounts(actor, account_prefix),
    )
    if on:
        rows = rows.filter(entry__entry_date__lte=on)
    balances: dict[int, Decimal] = {}
    sums = rows.order_by().values_list("party_id").annotate(Sum("debit"), Sum("credit"))
    for party_id, debit, credit in sums:
        stays = merged.get(party_id, party_id)
        balances[stays] = balances.get(stays, ZERO) + debit - credit
    return {party_id: balances.get(merged.get(party_id, party_id), ZERO) for party_id in party_ids}


def lines_of(*, actor: Actor, entry_ids: Collection[int]) -> QuerySet[EntryLine]:
    """Lines of entries with their entry and account, in their order. One query."""
    actor.require(Right.READ)
    return (
        EntryLine.objects.filter(company=actor.company, entry__in=set(entry_ids))
        .select_related("entry", "account")
        .order_by("entry_id", "pk")
    )


def entries_of(*, actor: Actor, document_ref: str) -> QuerySet[JournalEntry]:
    """Entries of a document, oldest first, with their journal and lines. Three queries."""
    actor.require(Right.READ)
    return (
        JournalEntry.objects.filter(company=actor.company, document_ref=document_ref)
        .select_related("journal")
        .prefetch_related(
            Prefetch("lines", EntryLine.objects.select_related("account").order_by("pk"))
        )
        .order_by("entry_date", "pk")
    )


def paid_items(
    *, actor: Actor, since: date, account_prefix: str = "411"
) -> Iterator[PaidReceivable]:
    """Invoices of parties that money has settled, dated from a day, read by chunks. One query.

    What a credit note settled is not paid; where both did, the day is that of the last money.
    Allocations undone since do not count.
    """
    actor.require(Right.READ)
    standing = Q(
        credited_by__reverses__isnull=True,
        credited_by__reversed_by__isnull=True,
        credited_by__credit_item__kind=OpenItem.ItemKind.RECEIPT,
    )
    rows = (
        OpenItem.objects.filter(
            company=actor.company,
            account__in=_accounts(actor, account_prefix),
            open_amount=0,
            side=OpenItem.Side.DEBIT,
            kind=OpenItem.ItemKind.INVOICE,
            document_date__gte=since,
            party__isnull=False,
        )
        .annotate(paid_on=Max("credited_by__credit_item__document_date", filter=standing))
        .filter(paid_on__isnull=False)
        .order_by("pk")
        .values_list("pk", "party_id", "amount", "document_date", "due_date", "paid_on")
    )
    for row in rows.iterator(chunk_size=5000):
        yield PaidReceivable(*row)


def allocations_of(*, actor: Actor, item_ids: Collection[int]) -> list[AllocationFacts]:
    """What settled some items, reversals included, oldest first. One query."""
    actor.require(Right.READ)
    rows = (
        Allocation.objects.filter(company=actor.company)
        .filter(Q(debit_item__in=item_ids) | Q(credit_item__in=item_ids))
        .select_related("debit_item", "credit_item")
        .order_by("pk")
    )
    return [
        AllocationFacts(
            allocation_id=row.pk,
            debit_item_id=row.debit_item_id,
            debit_ref=row.debit_item.document_ref,
            credit_item_id=row.credit_item_id,
            credit_ref=row.credit_item.document_ref,
            amount=row.amount,
            credited_on=row.credit_item.document_date,
            effective_date=row.effective_date,
            recorded_at=row.recorded_at,
            reverses_id=row.reverses_id,
        )
        for row in rows
    ]


def documents_settled(*, actor: Actor, days: DateRange) -> set[str]:
    """Numbers of the documents on either side of what was settled in a period. One query.

    By the date of the other document (for money, that of the bank) as well as by the day the
    allocation took effect; what was undone since is in it too.
    """
    actor.require(Right.READ)
    within = (days.start, days.last)
    rows = Allocation.objects.filter(company=actor.company).filter(
        Q(effective_date__range=within)
        | Q(credit_item__document_date__range=within)
        | Q(debit_item__document_date__range=within)
    )
    pairs = rows.values_list("debit_item__document_ref", "credit_item__document_ref")
    return {number for pair in pairs for number in pair}


def settled_since(*, actor: Actor, cursor: int, limit: int = 1000) -> SettledSince:
    """Items whose settlement changed after a cursor, as they stand now. Two queries.

    An item that was settled has nothing open; one that was un-matched is open again.

    Args:
        actor: Who asks.
        cursor: The one got last time; 0 the first time.
        limit: Allocations read at most; call again until the cursor stays.
    """
    actor.require(Right.READ)
    rows = list(
        Allocation.objects.filter(company=actor.company, pk__gt=cursor)
        .order_by("pk")
        .values_list("pk", "debit_item_id", "credit_item_id")[:limit]
    )
    touched = {pk for _, *ends in rows for pk in ends}
    items = items_for(actor=actor, item_ids=touched) if rows else []
    return SettledSince(cursor=rows[-1][0] if rows else cursor, items=tuple(items))


def aged_balance(
    *, actor: Actor, on: date, known_at: datetime | None = None, account_prefix: str = "411"
) -> AgedBalance:
    """Aged balance at the end of a day, by party.

    Reckoned back from today: what is open now, plus what was allocated after ``on``, for items
    that stood in the books then. The database sums by party and age, so the cost is that of what
    is open and of what came later, and memory that of the parties. A merged party is counted with
    the one it stands for now. Four queries.

    Args:
        actor: Who asks.
        on: The day.
        known_at: Reproduce an old report: ignore what was recorded after that instant.
        account_prefix: ``411`` customers, ``401`` suppliers.

    Returns:
        Rows by party id, those of no party last; parties with nothing open are left out.
    """
    actor.require(Right.READ)
    accounts = _accounts(actor, account_prefix)
    later = Q(effective_date__gt=on)
    if known_at:
        later |= Q(recorded_at__gt=known_at)
    rows: dict[int | None, list[Decimal]] = {}
    merged = parties.merged_parties(actor=actor)
    sources: list[tuple[QuerySet[OpenItem] | QuerySet[Allocation], str, str]] = [
        (OpenItem.objects.filter(open_amount__gt=0), "", "open_amount"),
        (Allocation.objects.filter(later), "debit_item__", "amount"),
        (Allocation.objects.filter(later), "credit_item__", "amount"),
    ]
    for source, item, amount in sources:
        then = Q(**{f"{item}account__in": accounts, f"{item}entry_date__lte": on})
        if known_at:
            then &= Q(**{f"{item}recorded_at__lte": known_at})
        sums = (
            source.filter(then, company=actor.company)
            .annotate(column=_column(on, item))
            .order_by()
            .values_list(f"{item}party_id", "column")
            .annotate(total=Sum(amount))
        )
        for party_id, column, total in sums:
            stays = merged.get(party_id or 0, party_id)
            rows.setdefault(stays, [NOTHING] * (len(BUCKETS) + 1))[column] += total
    return AgedBalance(
        on=on,
        rows=tuple(
            AgedRow(party_id=party_id, buckets=tuple(amounts[:-1]), credits=amounts[-1])
            for party_id, amounts in sorted(rows.items(), key=_no_party_last)
            if any(amounts)
        ),
    )


def _no_party_last(row: tuple[int | None, list[Decimal]]) -> tuple[bool, int]:
    return row[0] is None, row[0] or 0


def _column(on: date, item: str) -> Case:
    """Place of an item among the buckets; after them, that of the credits."""
    return Case(
        When(**{f"{item}side": OpenItem.Side.CREDIT}, then=Value(len(BUCKETS))),
        *(
            When(**{f"{item}due_date__gte": on - timedelta(days=last)}, then=Value(place))
            for place, last in enumerate(_LAST_DAYS)
        ),
        default=Value(len(_LAST_DAYS)),
        output_field=IntegerField(),
    )
