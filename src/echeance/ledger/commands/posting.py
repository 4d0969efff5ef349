"""Entries, their lines, and the open items they leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from django.db import transaction

from echeance.base import clock, counters, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.core.bookkeeping import check_balanced
from echeance.core.money import ZERO
from echeance.ledger.commands.calendar import Calendar
from echeance.ledger.errors import (
    ItemAmountsError,
    PartyNeededError,
    UnknownAccountError,
    UnknownJournalError,
)
from echeance.ledger.events import EntriesPosted
from echeance.ledger.models import (
    Account,
    EntryLine,
    Journal,
    JournalEntry,
    OpenItem,
    OpenItemVat,
)
from echeance.ledger.types import EntryFacts, NewOpenItem, PostedEntry, Posting

CHUNK = 500

RIGHTS_BY_JOURNAL = {
    "VT": Right.ISSUE_INVOICES,
    "BQ": Right.MATCH_PAYMENTS,
    "CA": Right.MATCH_PAYMENTS,
    "EF": Right.MATCH_PAYMENTS,
    "OD": Right.WRITE_OFF,
}


@transaction.atomic
def post_entries(*, actor: Actor, entries: Sequence[EntryFacts]) -> list[PostedEntry]:
    """Post balanced entries and open their items; all of them or none.

    Lines of zero are left out. Numbers run without a hole in each journal and fiscal year. What a
    line of a party account leaves without an item becomes one item of kind ``other``, due on the
    entry's date, so that the account is always the sum of its items.

    Args:
        actor: Needs the right to post entries, or that of the journal's usual act (issue
            invoices for VT, match payments for BQ, CA and EF, write off for OD).
        entries: In the order of their numbers.

    Returns:
        One result an entry, in order. Items stand in the order of the facts, those of a line of
        zero left out, those that were not asked for last. About ten queries a
        chunk of 500 on PostgreSQL; SQLite takes rows about a hundred at a time.

    Raises:
        InvalidEntryLineError: A line with two sides, negative, or with a part of a cent.
        UnbalancedEntryError: Debits and credits differ.
        UnknownAccountError: Not in the company's chart.
        UnknownJournalError: Not one of the company's journals.
        PartyNeededError: A line of a party account names nobody.
        ItemAmountsError: Items do not sum to their posting.
        NoFiscalYearError: No open fiscal year holds the entry's date.
        PeriodClosedError: Its month is closed.
    """
    for code in {entry.journal_code for entry in entries}:
        usual = RIGHTS_BY_JOURNAL.get(code, Right.POST_ENTRIES)
        actor.require(usual if usual in actor.rights else Right.POST_ENTRIES)
    return write_entries(actor, entries)


def write_entries(
    actor: Actor, entries: Sequence[EntryFacts], reverses: Sequence[JournalEntry] = ()
) -> list[PostedEntry]:
    """Post entries for a command that has checked its own right, in its transaction.

    Args:
        actor: Whose company.
        entries: As in :func:`post_entries`.
        reverses: The entries they reverse, one each, or nothing.
    """
    calendar = Calendar(actor)
    posted: list[PostedEntry] = []
    for start in range(0, len(entries), CHUNK):
        end = start + CHUNK
        posted += _write_chunk(actor, entries[start:end], reverses[start:end], calendar)
    return posted


@dataclass(frozen=True, slots=True)
class _Plan:
    """Lines an entry writes, and the items they leave, each with the place of its line."""

    lines: list[Posting]
    items: list[tuple[int, NewOpenItem]]


def _write_chunk(
    actor: Actor,
    entries: Sequence[EntryFacts],
    reverses: Sequence[JournalEntry],
    calendar: Calendar,
) -> list[PostedEntry]:
    """Rows are written level by level, because each needs the ids of the one above."""
    accounts = _accounts(actor, entries)
    plans = [_plan(facts, accounts) for facts in entries]
    rows = JournalEntry.objects.bulk_create(_entry_rows(actor, entries, reverses, calendar))
    lines = EntryLine.objects.bulk_create(
        _line_row(row, line, accounts)
        for plan, row in zip(plans, rows, strict=True)
        for line in plan.lines
    )
    first, places = 0, []
    for plan in plans:
        places.append(first)
        first += len(plan.lines)
    facts_of_items = [item for plan in plans for _, item in plan.items]
    items = OpenItem.objects.bulk_create(
        _item_row(row, lines[first + place], item)
        for plan, row, first in zip(plans, rows, places, strict=True)
        for place, item in plan.items
    )
    OpenItemVat.objects.bulk_create(
        OpenItemVat(
            company_id=actor.company.pk,
            item_id=row.pk,
            category=vat.category,
            rate=vat.rate,
            base=vat.base,
            vat=vat.vat,
            exigibility=vat.exigibility,
        )
        for row, item in zip(items, facts_of_items, strict=True)
        for vat in item.vat
    )
    left = iter(items)
    return [
        PostedEntry(row.pk, row.number, tuple(item.pk for item in islice(left, len(plan.items))))
        for row, plan in zip(rows, plans, strict=True)
    ]


def _accounts(actor: Actor, entries: Sequence[EntryFacts]) -> dict[str, Account]:
    numbers = {posting.account for facts in entries for posting in facts.postings}
    rows = Account.objects.filter(company=actor.company, number__in=numbers)
    found = {row.number: row for row in rows}
    if missing := numbers - found.keys():
        raise UnknownAccountError(account=min(missing))
    return found


def _plan(facts: EntryFacts, accounts: Mapping[str, Account]) -> _Plan:
    kept = [place for place, one in enumerate(facts.postings) if one.debit or one.credit]
    lines = [facts.postings[place] for place in kept]
    check_balanced(lines)
    _check_sums(facts)
    place_of = {place: rank for rank, place in enumerate(kept)}
    items = [
        (place_of[item.posting_index], item)
        for item in facts.items
        if item.posting_index in place_of
    ]
    asked = {place for place, _ in items}
    for place, line in enumerate(lines):
        if not accounts[line.account].is_party:
            continue
        if line.party_id is None:
            raise PartyNeededError(line.account, facts.document_ref)
        if place not in asked:
            items.append((place, NewOpenItem(0, facts.entry_date, "other", facts.document_ref)))
    return _Plan(lines, items)


def _check_sums(facts: EntryFacts) -> None:
    """Items share their posting without a cent lost, each above zero."""
    shares: dict[int, list[Decimal]] = {}
    for item in facts.items:
        posting = facts.postings[item.posting_index]
        whole = posting.debit or posting.credit
        shares.setdefault(item.posting_index, []).append(
            whole if item.amount is None else item.amount
        )
    for place, amounts in shares.items():
        whole = facts.postings[place].debit or facts.postings[place].credit
        total = sum(amounts, ZERO)
        if total != whole or (whole and min(amounts) <= ZERO):
            raise ItemAmountsError(facts.document_ref, total, whole)


def _entry_rows(
    actor: Actor,
    entries: Sequence[EntryFacts],
    reverses: Sequence[JournalEntry],
    calendar: Calendar,
) -> list[JournalEntry]:
    journals = dict(Journal.objects.filter(company=actor.company).values_list("code", "pk"))
    if missing := {facts.journal_code for facts in entries} - journals.keys():
        raise UnknownJournalError(journal_code=min(missing))
    years = [calendar.open_year(facts.entry_date).pk for facts in entries]
    places = [(facts.journal_code, year) for facts, year in zip(entries, years, strict=True)]
    # Counters are always locked in the same order: two posters wait, they never deadlock.
    taken = {
        (code, year): counters.take(company=actor.company, name=f"entry:{code}:{year}", count=count)
        for (code, year), count in sorted(Counter(places).items())
    }
    journal.record_many(
        [EntriesPosted(year, code, run[0], run[-1]) for (code, year), run in taken.items()],
        actor=actor,
    )
    numbers = {place: iter(run) for place, run in taken.items()}
    now = clock.now()
    return [
        JournalEntry(
            company_id=actor.company.pk,
            journal_id=journals[facts.journal_code],
            fiscal_year_id=places[rank][1],
            number=next(numbers[places[rank]]),
            entry_date=facts.entry_date,
            document_ref=facts.document_ref,
            document_date=facts.document_date,
            label=facts.label[:200],
            posted_at=now,
            reverses_id=reverses[rank].pk if reverses else None,
        )
        for rank, facts in enumerate(entries)
    ]


def _line_row(row: JournalEntry, line: Posting, accounts: Mapping[str, Account]) -> EntryLine:
    return EntryLine(
        company_id=row.company_id,
        entry_id=row.pk,
        account_id=accounts[line.account].pk,
        party_id=line.party_id,
        debit=line.debit,
        credit=line.credit,
        label=line.label[:200],
    )


def _item_row(row: JournalEntry, line: EntryLine, item: NewOpenItem) -> OpenItem:
    amount = (line.debit or line.credit) if item.amount is None else item.amount
    return OpenItem(
        company_id=row.company_id,
        line_id=line.pk,
        account_id=line.account_id,
        party_id=line.party_id,
        side=OpenItem.Side.DEBIT if line.debit else OpenItem.Side.CREDIT,
        kind=item.kind,
        entry_date=row.entry_date,
        document_ref=item.document_ref,
        document_date=row.document_date,
        credits_ref=item.credits_ref,
        order_ref=item.order_ref[:80],
        payment_ref=item.payment_ref[:80],
        due_date=item.due_date,
        amount=amount,
        open_amount=amount,
        lettering_id=None,
        recorded_at=row.posted_at,
    )
