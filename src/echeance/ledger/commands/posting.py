"""Entries, their lines, and the open items they leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

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
from echeance.ledger.types import EntryFacts, NewOpenItem, PostedEntry

CHUNK = 500

RIGHTS_BY_JOURNAL = {
    "VT": Right.ISSUE_INVOICES,
    "BQ": Right.MATCH_PAYMENTS,
    "CA": Right.MATCH_PAYMENTS,
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
            invoices for VT, match payments for BQ and CA, write off for OD).
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
        chunk = _Chunk(actor, entries[start : start + CHUNK], calendar)
        posted += chunk.write(reverses[start : start + CHUNK])
    return posted


@dataclass
class _Chunk:
    """Rows of one chunk, filled level by level because each needs the ids of the one above."""

    actor: Actor
    entries: Sequence[EntryFacts]
    calendar: Calendar
    lines: list[EntryLine] = field(default_factory=list)
    items: list[OpenItem] = field(default_factory=list)
    vat: list[OpenItemVat] = field(default_factory=list)

    def write(self, reverses: Sequence[JournalEntry]) -> list[PostedEntry]:
        postings = [
            [one for one in entry.postings if one.debit or one.credit] for entry in self.entries
        ]
        for of_entry in postings:
            check_balanced(of_entry)
        accounts = self._accounts({one.account for of_entry in postings for one in of_entry})
        rows = self._entry_rows(reverses)
        JournalEntry.objects.bulk_create(rows)
        items_of = [
            self._line_rows(facts, row, accounts)
            for facts, row in zip(self.entries, rows, strict=True)
        ]
        EntryLine.objects.bulk_create(self.lines)
        OpenItem.objects.bulk_create(self.items)
        OpenItemVat.objects.bulk_create(self.vat)
        return [
            PostedEntry(row.pk, row.number, tuple(item.pk for item in items))
            for row, items in zip(rows, items_of, strict=True)
        ]

    def _accounts(self, numbers: set[str]) -> dict[str, Account]:
        found = {
            row.number: row
            for row in Account.objects.filter(company=self.actor.company, number__in=numbers)
        }
        if missing := numbers - found.keys():
            raise UnknownAccountError(account=min(missing))
        return found

    def _entry_rows(self, reverses: Sequence[JournalEntry]) -> list[JournalEntry]:
        journals = {row.code: row for row in Journal.objects.filter(company=self.actor.company)}
        if missing := {entry.journal_code for entry in self.entries} - journals.keys():
            raise UnknownJournalError(journal_code=min(missing))
        years = [self.calendar.open_year(entry.entry_date) for entry in self.entries]
        runs = Counter(
            (entry.journal_code, year.pk) for entry, year in zip(self.entries, years, strict=True)
        )
        # Counters are always locked in the same order: two posters wait, they never deadlock.
        taken = {
            (code, year_id): counters.take(
                company=self.actor.company, name=f"entry:{code}:{year_id}", count=count
            )
            for (code, year_id), count in sorted(runs.items())
        }
        journal.record_many(
            [EntriesPosted(year, code, run[0], run[-1]) for (code, year), run in taken.items()],
            actor=self.actor,
        )
        numbers = {place: iter(run) for place, run in taken.items()}
        now = clock.now()
        return [
            JournalEntry(
                company=self.actor.company,
                journal=journals[entry.journal_code],
                fiscal_year=year,
                number=next(numbers[entry.journal_code, year.pk]),
                entry_date=entry.entry_date,
                document_ref=entry.document_ref,
                document_date=entry.document_date,
                label=entry.label[:200],
                posted_at=now,
                reverses=reverses[place] if reverses else None,
            )
            for place, (entry, year) in enumerate(zip(self.entries, years, strict=True))
        ]

    def _line_rows(
        self, facts: EntryFacts, row: JournalEntry, accounts: dict[str, Account]
    ) -> list[OpenItem]:
        wanted: dict[int, list[int]] = {}
        for rank, item in enumerate(facts.items):
            wanted.setdefault(item.posting_index, []).append(rank)
        asked: dict[int, OpenItem] = {}
        left: list[OpenItem] = []
        for place, posting in enumerate(facts.postings):
            ranks = wanted.get(place, [])
            whole = posting.debit or posting.credit
            _check_sum(facts, whole, [facts.items[rank] for rank in ranks])
            if not whole:
                continue
            account = accounts[posting.account]
            if account.is_party and posting.party_id is None:
                raise PartyNeededError(posting.account, facts.document_ref)
            line = EntryLine(
                company=self.actor.company,
                entry=row,
                account=account,
                party_id=posting.party_id,
                debit=posting.debit,
                credit=posting.credit,
                label=posting.label[:200],
            )
            self.lines.append(line)
            for rank in ranks:
                asked[rank] = self._item_row(facts.items[rank], row, line)
            if account.is_party and not ranks:
                other = NewOpenItem(place, facts.entry_date, "other", facts.document_ref)
                left.append(self._item_row(other, row, line))
        return [asked[rank] for rank in sorted(asked)] + left

    def _item_row(self, facts: NewOpenItem, row: JournalEntry, line: EntryLine) -> OpenItem:
        amount = (line.debit or line.credit) if facts.amount is None else facts.amount
        item = OpenItem(
            company=self.actor.company,
            line=line,
            account=line.account,
            party_id=line.party_id,
            side=OpenItem.Side.DEBIT if line.debit else OpenItem.Side.CREDIT,
            kind=facts.kind,
            entry_date=row.entry_date,
            document_ref=facts.document_ref,
            document_date=row.document_date,
            credits_ref=facts.credits_ref,
            order_ref=facts.order_ref[:80],
            payment_ref=facts.payment_ref[:80],
            due_date=facts.due_date,
            amount=amount,
            open_amount=amount,
            recorded_at=row.posted_at,
        )
        self.items.append(item)
        self.vat += [
            OpenItemVat(
                company=self.actor.company,
                item=item,
                category=one.category,
                rate=one.rate,
                base=one.base,
                vat=one.vat,
                exigibility=one.exigibility,
            )
            for one in facts.vat
        ]
        return item


def _check_sum(facts: EntryFacts, whole: Decimal, items: Iterable[NewOpenItem]) -> None:
    """Items share their posting without a cent lost, each above zero."""
    amounts = [whole if item.amount is None else item.amount for item in items]
    if amounts and (sum(amounts, ZERO) != whole or (whole and min(amounts) <= ZERO)):
        raise ItemAmountsError(facts.document_ref, sum(amounts, ZERO), whole)
