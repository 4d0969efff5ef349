"""Writes of the ledger. Everything takes many, in a constant number of queries a chunk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from echeance.base import clock, counters, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.core.bookkeeping import CHART, JOURNALS, account_number, check_balanced
from echeance.core.dates import month_end
from echeance.core.money import ZERO
from echeance.ledger import rules
from echeance.ledger.errors import (
    AllocationMismatchError,
    AllocationReversedError,
    AllocationTooLargeError,
    EntryInUseError,
    FiscalYearOverlapError,
    ItemAmountsError,
    NoFiscalYearError,
    PeriodClosedError,
    UnknownAccountError,
    UnknownItemError,
)
from echeance.ledger.events import (
    AllocationUndone,
    FiscalYearOpened,
    ItemsAllocated,
    PeriodClosed,
)
from echeance.ledger.models import (
    Account,
    Allocation,
    EntryLine,
    FiscalYear,
    Journal,
    JournalEntry,
    OpenItem,
    OpenItemVat,
    Period,
    VatMove,
)
from echeance.ledger.types import (
    CREDIT,
    DEBIT,
    EntryFacts,
    NewAllocation,
    NewOpenItem,
    PostedEntry,
    Posting,
)

BATCH = 500
ONE_DAY = timedelta(days=1)


@transaction.atomic
def set_up_books(*, actor: Actor, fiscal_year_start: date, fiscal_year_end: date) -> FiscalYear:
    """Give a company its chart, its journals and its first fiscal year; harmless when repeated."""
    actor.require(Right.POST_ENTRIES)
    Account.objects.bulk_create(
        (
            Account(
                company=actor.company,
                number=one.number,
                label=one.label,
                is_party=one.is_party,
            )
            for one in CHART
        ),
        ignore_conflicts=True,
    )
    Journal.objects.bulk_create(
        (Journal(company=actor.company, code=one.code, label=one.label) for one in JOURNALS),
        ignore_conflicts=True,
    )
    known = FiscalYear.objects.filter(
        company=actor.company, starts_on=fiscal_year_start, ends_on=fiscal_year_end
    ).first()
    return known or open_fiscal_year(
        actor=actor, starts_on=fiscal_year_start, ends_on=fiscal_year_end
    )


@transaction.atomic
def open_fiscal_year(*, actor: Actor, starts_on: date, ends_on: date) -> FiscalYear:
    """Open a fiscal year and its monthly periods.

    Raises:
        FiscalYearOverlapError: It shares a day with another.
    """
    actor.require(Right.POST_ENTRIES)
    if FiscalYear.objects.filter(
        company=actor.company, starts_on__lte=ends_on, ends_on__gte=starts_on
    ).exists():
        raise FiscalYearOverlapError(start=starts_on, end=ends_on)
    year = FiscalYear.objects.create(company=actor.company, starts_on=starts_on, ends_on=ends_on)
    periods, day = [], starts_on
    while day <= ends_on:
        last = min(month_end(day), ends_on)
        periods.append(Period(company=actor.company, fiscal_year=year, starts_on=day, ends_on=last))
        day = last + ONE_DAY
    Period.objects.bulk_create(periods)
    journal.record(
        FiscalYearOpened(
            fiscal_year_id=year.pk, starts_on=starts_on.isoformat(), ends_on=ends_on.isoformat()
        ),
        actor=actor,
    )
    return year


@transaction.atomic
def close_period(*, actor: Actor, day: date) -> Period:
    """Close the period that holds a day: nothing is dated in it any more.

    Raises:
        NoFiscalYearError: No period holds the day.
    """
    actor.require(Right.CLOSE_PERIODS)
    period = (
        Period.objects.select_for_update()
        .filter(company=actor.company, starts_on__lte=day, ends_on__gte=day)
        .first()
    )
    if period is None:
        raise NoFiscalYearError(day=day)
    if period.closed_at is None:
        period.closed_at = clock.now()
        period.save(update_fields=["closed_at"])
        journal.record(
            PeriodClosed(period_id=period.pk, ends_on=period.ends_on.isoformat()), actor=actor
        )
    return period


@transaction.atomic
def post_entries(*, actor: Actor, entries: Sequence[EntryFacts]) -> list[PostedEntry]:
    """Post balanced entries and open their items; all of them or none.

    Lines of zero are left out. Numbers run without a hole in each journal and fiscal year.

    Returns:
        One result an entry, in order. About eight queries, whatever their number.

    Raises:
        UnbalancedEntryError: Debits and credits differ.
        UnknownAccountError: Not in the company's chart.
        NoFiscalYearError: No fiscal year holds the entry's date.
        PeriodClosedError: Its period is closed.
        ItemAmountsError: Items do not sum to their posting.
    """
    actor.require(Right.READ)
    if not entries:
        return []
    for entry in entries:
        check_balanced([line for line in entry.postings if line.debit or line.credit])
        _check_items(entry)
    calendar = _Calendar(actor, {entry.entry_date for entry in entries})
    rows = _entry_rows(actor, entries, calendar)
    JournalEntry.objects.bulk_create(rows, batch_size=BATCH)
    lines = _line_rows(actor, entries, rows)
    EntryLine.objects.bulk_create(
        [line for of_entry in lines for line in of_entry.values()], batch_size=BATCH
    )
    items = [_item_rows(actor, *one) for one in zip(entries, rows, lines, strict=True)]
    OpenItem.objects.bulk_create(
        [item for of_entry in items for item, _ in of_entry], batch_size=BATCH
    )
    OpenItemVat.objects.bulk_create(
        (
            OpenItemVat(
                company=actor.company,
                item=item,
                category=vat.category,
                rate=vat.rate,
                base=vat.base,
                vat=vat.vat,
                exigibility=vat.exigibility,
            )
            for of_entry in items
            for item, facts in of_entry
            for vat in facts.vat
        ),
        batch_size=BATCH,
    )
    return [
        PostedEntry(row.pk, row.number, tuple(item.pk for item, _ in of_entry))
        for row, of_entry in zip(rows, items, strict=True)
    ]


class _Calendar:
    """Fiscal years and closed periods of some dates. Two queries."""

    def __init__(self, actor: Actor, days: Collection[date]) -> None:
        first, last = min(days), max(days)
        held = {"starts_on__lte": last, "ends_on__gte": first}
        self._years = list(FiscalYear.objects.filter(company=actor.company, **held))
        self._closed = list(
            Period.objects.filter(company=actor.company, **held).exclude(closed_at=None)
        )

    def year(self, day: date) -> FiscalYear:
        """The year of an open day."""
        if any(period.starts_on <= day <= period.ends_on for period in self._closed):
            raise PeriodClosedError(day=day)
        for year in self._years:
            if year.starts_on <= day <= year.ends_on and year.closed_at is None:
                return year
        raise NoFiscalYearError(day=day)


def _check_items(entry: EntryFacts) -> None:
    by_posting: dict[int, list[NewOpenItem]] = {}
    for item in entry.items:
        by_posting.setdefault(item.posting_index, []).append(item)
    for index, items in by_posting.items():
        posting = entry.postings[index]
        whole = posting.debit or posting.credit
        total = sum((whole if item.amount is None else item.amount for item in items), ZERO)
        if total != whole:
            raise ItemAmountsError(document_ref=entry.document_ref, items=total, posting=whole)


def _entry_rows(
    actor: Actor, entries: Sequence[EntryFacts], calendar: _Calendar
) -> list[JournalEntry]:
    journals = {row.code: row for row in Journal.objects.filter(company=actor.company)}
    places = [(entry.journal_code, calendar.year(entry.entry_date)) for entry in entries]
    numbers = {
        (code, year_id): iter(
            counters.take(
                company=actor.company,
                name=f"entry:{code}:{year_id}",
                count=sum(one == code and year.pk == year_id for one, year in places),
            )
        )
        for code, year_id in sorted({(code, year.pk) for code, year in places})
    }
    now = clock.now()
    return [
        JournalEntry(
            company=actor.company,
            journal=journals[code],
            fiscal_year=year,
            number=next(numbers[code, year.pk]),
            entry_date=entry.entry_date,
            document_ref=entry.document_ref,
            document_date=entry.document_date,
            label=entry.label[:200],
            posted_at=now,
        )
        for entry, (code, year) in zip(entries, places, strict=True)
    ]


def _line_rows(
    actor: Actor, entries: Sequence[EntryFacts], rows: Sequence[JournalEntry]
) -> list[dict[int, EntryLine]]:
    wanted = {posting.account for entry in entries for posting in entry.postings}
    accounts = {
        row.number: row for row in Account.objects.filter(company=actor.company, number__in=wanted)
    }
    if missing := wanted - set(accounts):
        raise UnknownAccountError(account=min(missing))
    return [
        {
            place: EntryLine(
                company=actor.company,
                entry=row,
                account=accounts[posting.account],
                party_id=posting.party_id,
                debit=posting.debit,
                credit=posting.credit,
                label=posting.label[:200],
            )
            for place, posting in enumerate(entry.postings)
            if posting.debit or posting.credit
        }
        for entry, row in zip(entries, rows, strict=True)
    ]


def _item_rows(
    actor: Actor, entry: EntryFacts, row: JournalEntry, lines: dict[int, EntryLine]
) -> list[tuple[OpenItem, NewOpenItem]]:
    made: list[tuple[OpenItem, NewOpenItem]] = []
    for item in entry.items:
        line = lines.get(item.posting_index)
        if line is None:
            continue
        amount = (line.debit or line.credit) if item.amount is None else item.amount
        open_item = OpenItem(
            company=actor.company,
            line=line,
            account=line.account,
            party_id=line.party_id,
            side=DEBIT if line.debit else CREDIT,
            kind=item.kind,
            entry_date=row.entry_date,
            document_ref=item.document_ref,
            document_date=entry.document_date,
            order_ref=item.order_ref[:80],
            payment_ref=item.payment_ref[:80],
            due_date=item.due_date,
            amount=amount,
            open_amount=amount,
        )
        made.append((open_item, item))
    return made


@transaction.atomic
def allocate(*, actor: Actor, allocations: Sequence[NewAllocation]) -> list[int]:
    """Settle items with each other, move the VAT that becomes due, letter what closes.

    Returns:
        Allocation ids, in order.

    Raises:
        UnknownItemError: Not an item of this company.
        AllocationMismatchError: Other account or party, or twice the same side.
        AllocationTooLargeError: More than an item has left; nothing is written.
        PeriodClosedError: The effective date is in a closed period.
    """
    actor.require(Right.READ)
    if not allocations:
        return []
    calendar = _Calendar(actor, {one.effective_date for one in allocations})
    ids = {pk for one in allocations for pk in (one.debit_item_id, one.credit_item_id)}
    items = _lock(actor, ids)
    now = clock.now()
    rows = []
    for one in allocations:
        calendar.year(one.effective_date)
        debit, credit = _item(items, one.debit_item_id), _item(items, one.credit_item_id)
        _check_pair(debit, credit)
        for item in (debit, credit):
            if not ZERO < one.amount <= item.open_amount:
                raise AllocationTooLargeError(
                    document_ref=item.document_ref, amount=one.amount, left=item.open_amount
                )
            item.open_amount -= one.amount
        rows.append(
            Allocation(
                company=actor.company,
                debit_item=debit,
                credit_item=credit,
                amount=one.amount,
                effective_date=one.effective_date,
                recorded_at=now,
            )
        )
    Allocation.objects.bulk_create(rows, batch_size=BATCH)
    _settle(actor, items, max(one.effective_date for one in allocations), rows)
    journal.record_many([_told(ItemsAllocated, row) for row in rows], actor=actor)
    return [row.pk for row in rows]


@transaction.atomic
def unallocate(*, actor: Actor, allocation_ids: Collection[int], on: date) -> list[int]:
    """Undo allocations by reversing ones dated ``on``; VAT goes back, letters go.

    Returns:
        Ids of the reversing allocations.

    Raises:
        AllocationReversedError: One was undone before, or is itself a reversal.
    """
    actor.require(Right.READ)
    _Calendar(actor, {on}).year(on)
    undone = list(
        Allocation.objects.filter(company=actor.company, pk__in=allocation_ids)
        .select_related("reversed_by")
        .order_by("pk")
    )
    found = {row.pk for row in undone}
    if missing := set(allocation_ids) - found:
        raise UnknownItemError(item_id=min(missing))
    items = _lock(actor, {pk for row in undone for pk in (row.debit_item_id, row.credit_item_id)})
    now = clock.now()
    rows = []
    for row in undone:
        if row.reverses_id or hasattr(row, "reversed_by"):
            raise AllocationReversedError(allocation_id=row.pk)
        debit, credit = items[row.debit_item_id], items[row.credit_item_id]
        debit.open_amount += row.amount
        credit.open_amount += row.amount
        rows.append(
            Allocation(
                company=actor.company,
                debit_item=debit,
                credit_item=credit,
                amount=-row.amount,
                effective_date=on,
                recorded_at=now,
                reverses=row,
            )
        )
    Allocation.objects.bulk_create(rows, batch_size=BATCH)
    _settle(actor, items, on, rows)
    journal.record_many([_told(AllocationUndone, row) for row in rows], actor=actor)
    return [row.pk for row in rows]


def _told(
    event: type[ItemsAllocated] | type[AllocationUndone], row: Allocation
) -> ItemsAllocated | AllocationUndone:
    return event(
        allocation_id=row.pk,
        debit_ref=row.debit_item.document_ref,
        credit_ref=row.credit_item.document_ref,
        amount=row.amount,
    )


def _lock(actor: Actor, ids: Collection[int]) -> dict[int, OpenItem]:
    rows = OpenItem.objects.select_for_update(of=("self",)).filter(
        company=actor.company, pk__in=ids
    )
    return {row.pk: row for row in rows.order_by("pk")}


def _item(items: dict[int, OpenItem], item_id: int) -> OpenItem:
    if item_id not in items:
        raise UnknownItemError(item_id=item_id)
    return items[item_id]


def _check_pair(debit: OpenItem, credit: OpenItem) -> None:
    problem = ""
    if debit.side != DEBIT or credit.side != CREDIT:
        problem = "il faut un débit et un crédit"
    elif debit.account_id != credit.account_id:
        problem = "les comptes diffèrent"
    elif debit.party_id != credit.party_id:
        problem = "les clients diffèrent"
    elif debit.currency != credit.currency:
        problem = "les devises diffèrent"
    if problem:
        raise AllocationMismatchError(
            debit_ref=debit.document_ref, credit_ref=credit.document_ref, problem=problem
        )


def _settle(actor: Actor, items: dict[int, OpenItem], on: date, rows: Sequence[Allocation]) -> None:
    """After allocations changed: keep open amounts, letters and VAT in step with them."""
    _letter(actor, items, on)
    OpenItem.objects.bulk_update(items.values(), ["open_amount"], batch_size=BATCH)
    _move_vat(actor, items, rows)


def _letter(actor: Actor, items: dict[int, OpenItem], on: date) -> None:
    """Letter the groups that closed, unletter those that opened. Three queries or so a chunk."""
    pairs = _component_pairs(actor, set(items))
    members = {pk for pair in pairs for pk in pair} - set(items)
    others = {row.pk: row for row in OpenItem.objects.filter(pk__in=members)} if members else {}
    known = {**others, **items}
    closed: list[set[int]] = []
    opened: set[int] = {pk for pk in items if pk not in {one for pair in pairs for one in pair}}
    for group in rules.groups(pairs):
        if all(known[pk].open_amount == ZERO for pk in group):
            closed.append(group)
        else:
            opened |= group
    OpenItem.objects.filter(pk__in=opened).exclude(letter="").update(letter="", lettered_on=None)
    if not closed:
        return
    numbers = counters.take(company=actor.company, name="letter", count=len(closed))
    changed = []
    for number, group in zip(numbers, closed, strict=True):
        for pk in group:
            known[pk].letter, known[pk].lettered_on = rules.letter(number), on
            changed.append(known[pk])
    OpenItem.objects.bulk_update(changed, ["letter", "lettered_on"], batch_size=BATCH)


def _component_pairs(actor: Actor, start: set[int]) -> list[tuple[int, int]]:
    """Live pairs of every item connected to some; as many queries as the longest chain."""
    seen: set[int] = set()
    frontier = start
    pairs: dict[tuple[int, int], Decimal] = {}
    while frontier:
        seen |= frontier
        rows = (
            Allocation.objects.filter(company=actor.company)
            .filter(Q(debit_item__in=frontier) | Q(credit_item__in=frontier))
            .values_list("debit_item_id", "credit_item_id", "amount")
        )
        found = rules.net_pairs(rows)
        pairs.update(found)
        frontier = {pk for pair in found for pk in pair} - seen
    return list(pairs)


def _move_vat(actor: Actor, items: dict[int, OpenItem], rows: Sequence[Allocation]) -> None:
    vats: dict[int, list[OpenItemVat]] = {}
    for vat in OpenItemVat.objects.filter(item__in=items, exigibility="receipts").order_by("pk"):
        vats.setdefault(vat.item_id, []).append(vat)
    if not vats:
        return
    settled = _settled(actor, vats)
    day_of = {
        pk: row.effective_date for row in rows for pk in (row.debit_item_id, row.credit_item_id)
    }
    facts: list[EntryFacts] = []
    moved: list[list[tuple[OpenItemVat, Decimal]]] = []
    for item_id, of_item in vats.items():
        states = [rules.VatState(vat.pk, vat.vat, vat.moved) for vat in of_item]
        moves = rules.vat_moves(items[item_id].amount, states, settled[item_id])
        if moves:
            by_id = {vat.pk: vat for vat in of_item}
            facts.append(_vat_entry(items[item_id], moves, day_of[item_id]))
            moved.append([(by_id[pk], amount) for pk, amount in moves])
    posted = post_entries(actor=actor, entries=facts)
    VatMove.objects.bulk_create(
        (
            VatMove(
                company=actor.company,
                item_vat=vat,
                entry_id=entry.entry_id,
                amount=amount,
                on=fact.entry_date,
            )
            for fact, entry, parts in zip(facts, posted, moved, strict=True)
            for vat, amount in parts
        ),
        batch_size=BATCH,
    )
    changed = []
    for parts in moved:
        for vat, amount in parts:
            vat.moved += amount
            changed.append(vat)
    OpenItemVat.objects.bulk_update(changed, ["moved"], batch_size=BATCH)


def _settled(actor: Actor, vats: Iterable[int]) -> dict[int, rules.Settled]:
    """How items with VAT on receipts were settled, by what. Two queries."""
    wanted = set(vats)
    rows = (
        Allocation.objects.filter(company=actor.company)
        .filter(Q(debit_item__in=wanted) | Q(credit_item__in=wanted))
        .select_related("debit_item", "credit_item")
    )
    live: dict[tuple[int, int], Decimal] = {}
    known: dict[int, OpenItem] = {}
    for row in rows:
        pair = (row.debit_item_id, row.credit_item_id)
        live[pair] = live.get(pair, ZERO) + row.amount
        known[row.debit_item_id], known[row.credit_item_id] = row.debit_item, row.credit_item
    credit_vat = _credit_note_vat({pk for pk, item in known.items() if item.kind == "credit_note"})
    found = {item_id: [ZERO, ZERO, ZERO] for item_id in wanted}
    for (debit_id, credit_id), amount in live.items():
        debit, credit = known[debit_id], known[credit_id]
        if debit_id in found and credit.kind == "credit_note":
            found[debit_id][1] += amount
            found[debit_id][2] += credit_vat.get(credit_id, ZERO) * amount / credit.amount
        elif debit_id in found:
            found[debit_id][0] += amount
        if credit_id in found and debit.kind == "refund":
            found[credit_id][0] += amount
        elif credit_id in found:
            # A credit note set against an invoice gives no money back: it leaves the sum.
            found[credit_id][1] += amount
            found[credit_id][2] += credit_vat.get(credit_id, ZERO) * amount / credit.amount
    return {item_id: rules.Settled(*sums) for item_id, sums in found.items()}


def _credit_note_vat(item_ids: Collection[int]) -> dict[int, Decimal]:
    total: dict[int, Decimal] = {}
    rows = OpenItemVat.objects.filter(item__in=item_ids, exigibility="receipts")
    for item_id, vat in rows.values_list("item_id", "vat"):
        total[item_id] = total.get(item_id, ZERO) + vat
    return total


def _vat_entry(item: OpenItem, moves: Sequence[tuple[int, Decimal]], on: date) -> EntryFacts:
    """44574 → 44571 for an invoice whose money came; the other way for a refunded credit."""
    amount = sum((moved for _, moved in moves), ZERO)
    waiting, due = account_number("vat_deferred"), account_number("vat_collected")
    if (item.side == DEBIT) != (amount > ZERO):
        waiting, due = due, waiting
    label = f"TVA exigible sur encaissement {item.document_ref}"
    return EntryFacts(
        journal_code="OD",
        entry_date=on,
        document_ref=item.document_ref,
        document_date=item.document_date,
        label=label,
        postings=(
            Posting(waiting, debit=abs(amount), label=label),
            Posting(due, credit=abs(amount), label=label),
        ),
    )


@transaction.atomic
def reverse_entries(*, actor: Actor, entry_ids: Collection[int], on: date) -> list[PostedEntry]:
    """Reverse entries by mirror ones dated ``on``; their open items close against each other.

    Raises:
        EntryInUseError: An item of an entry is still settled by another document.
    """
    actor.require(Right.READ)
    rows = list(
        JournalEntry.objects.filter(company=actor.company, pk__in=entry_ids)
        .select_related("journal")
        .prefetch_related("lines__account", "lines__items")
        .order_by("pk")
    )
    facts = [_mirror(row, on) for row in rows]
    posted = post_entries(actor=actor, entries=facts)
    allocations: list[NewAllocation] = []
    for row, entry in zip(rows, posted, strict=True):
        JournalEntry.objects.filter(pk=entry.entry_id).update(reverses=row)
        old = [item for line in row.lines.all() for item in line.items.all()]
        for item, mirror_id in zip(old, entry.item_ids, strict=True):
            pair = (item.pk, mirror_id) if item.side == DEBIT else (mirror_id, item.pk)
            allocations.append(NewAllocation(*pair, item.amount, on))
    allocate(actor=actor, allocations=allocations)
    return posted


def _mirror(row: JournalEntry, on: date) -> EntryFacts:
    lines = list(row.lines.all())
    for line in lines:
        if any(item.open_amount != item.amount for item in line.items.all()):
            raise EntryInUseError(document_ref=row.document_ref)
    return EntryFacts(
        journal_code=row.journal.code,
        entry_date=on,
        document_ref=row.document_ref,
        document_date=row.document_date,
        label=f"Annulation : {row.label}"[:200],
        postings=tuple(
            Posting(
                line.account.number,
                debit=line.credit,
                credit=line.debit,
                party_id=line.party_id,
                label=line.label,
            )
            for line in lines
        ),
        items=tuple(
            NewOpenItem(
                posting_index=place,
                due_date=item.due_date,
                kind="other",
                document_ref=item.document_ref,
                amount=item.amount,
            )
            for place, line in enumerate(lines)
            for item in line.items.all()
        ),
    )
