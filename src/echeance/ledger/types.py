"""Facts handed to the ledger, and told by it. Amounts are in the company's currency, positive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from echeance.core.money import ZERO
from echeance.parties.types import CellProblem

DEBIT = "debit"
CREDIT = "credit"
RECEIVABLES = ("411", "416")
"""Prefixes of the accounts of what customers owe: the usual one, and that of the doubtful ones."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry: one side above zero; a line of zero is left out when posting."""

    account: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    party_id: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class ItemVat:
    """VAT carried by an open item at one rate.

    Attributes:
        category: UNCL 5305.
        rate: Per cent.
        base: Amount without VAT of the item's share.
        vat: VAT of the item's share.
        exigibility: ``debits``, ``receipts`` or ``none``.
    """

    category: str
    rate: Decimal
    base: Decimal
    vat: Decimal
    exigibility: str


@dataclass(frozen=True, slots=True)
class NewOpenItem:
    """What a posting on a party account leaves to be settled.

    Attributes:
        posting_index: Place of the posting in its entry; its side is the item's.
        due_date: When it is owed (BT-9).
        kind: ``invoice``, ``credit_note``, ``receipt``, ``refund`` or ``other``.
        document_ref: Number of the document.
        credits_ref: Number of the document it corrects (BT-25), for a credit note or a write-off.
            Set against that document it lowers what is owed and its VAT; set against any other it
            pays it (compensation), and its own VAT goes back.
        amount: Its share of the posting; ``None`` for the whole of it. Several items on one
            posting (instalments) sum to it.
        vat: VAT by rate, for items whose VAT may be owed on receipt.
    """

    posting_index: int
    due_date: date
    kind: str
    document_ref: str
    order_ref: str = ""
    payment_ref: str = ""
    amount: Decimal | None = None
    vat: tuple[ItemVat, ...] = ()
    credits_ref: str = ""


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """A balanced entry to post; the names are those of the FEC."""

    journal_code: str
    entry_date: date
    document_ref: str
    document_date: date
    label: str
    postings: tuple[Posting, ...]
    items: tuple[NewOpenItem, ...] = ()


@dataclass(frozen=True, slots=True)
class PostedEntry:
    """An entry as posted: its id, its number in the journal's year, its items in order."""

    entry_id: int
    number: int
    item_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NewAllocation:
    """Settle part of a debit item with part of a credit item of the same account and party.

    It takes effect on ``effective_date`` (for money, the day the bank credited it), but never
    before both items stand in the books, nor before the day an earlier allocation of one of them
    was undone: on no day is an item settled twice over.
    """

    debit_item_id: int
    credit_item_id: int
    amount: Decimal
    effective_date: date


@dataclass(frozen=True, slots=True)
class OpenItemFacts:
    """An open item as other rooms see it.

    Attributes:
        side: ``debit`` or ``credit``.
        open_amount: What is left of it; on a past day when the query was asked for one.
        letter: FEC letter of its group, empty until the group settles to zero.
    """

    item_id: int
    party_id: int | None
    account: str
    side: str
    kind: str
    document_ref: str
    document_date: date
    order_ref: str
    due_date: date
    amount: Decimal
    open_amount: Decimal
    currency: str
    payment_ref: str = ""
    credits_ref: str = ""
    letter: str = ""


class OpenRow(NamedTuple):
    """An open item as volume reads take it: the columns a reminder needs, nothing else."""

    item_id: int
    party_id: int
    side: str
    kind: str
    document_ref: str
    document_date: date
    due_date: date
    amount: Decimal
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class SettledDocument:
    """A document with nothing left of it."""

    item_id: int
    party_id: int
    document_ref: str
    document_date: date
    side: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PaidReceivable:
    """An invoice that money has settled, and the day the bank credited the last of it."""

    item_id: int
    party_id: int
    amount: Decimal
    document_date: date
    due_date: date
    paid_on: date


@dataclass(frozen=True, slots=True)
class AllocationFacts:
    """An allocation as other rooms see it; a reversal has a negative amount.

    Attributes:
        credited_on: Date of the credit document: for money, the day the bank credited it, which
            is when the debtor paid (interest stops there).
        effective_date: Day from which the books say so.
    """

    allocation_id: int
    debit_item_id: int
    debit_ref: str
    credit_item_id: int
    credit_ref: str
    amount: Decimal
    credited_on: date
    effective_date: date
    recorded_at: datetime
    reverses_id: int | None


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A line of an account as other rooms see it; ``amount`` is debit less credit."""

    entry_id: int
    journal_code: str
    on: date
    document_ref: str
    label: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class SettledSince:
    """Items whose settlement changed, and the cursor to give next time."""

    cursor: int
    items: tuple[OpenItemFacts, ...]


NOTHING = Decimal("0.00")
BUCKETS = ("not_due", "1-30", "31-60", "61-90", "91-120", "over_120")


@dataclass(frozen=True, slots=True)
class AgedRow:
    """Aged balance of one party: owed by age, and its credits apart.

    Attributes:
        buckets: Amounts owed, in the order of ``BUCKETS``.
        credits: Credit notes and receipts not yet allocated, positive.
    """

    party_id: int | None
    buckets: tuple[Decimal, ...]
    credits: Decimal

    @property
    def owed(self) -> Decimal:
        """All that is owed, before credits."""
        return sum(self.buckets, NOTHING)

    @property
    def balance(self) -> Decimal:
        """Owed less credits."""
        return self.owed - self.credits


@dataclass(frozen=True, slots=True)
class AgedBalance:
    """Balance âgée of a class of accounts at the end of a day."""

    on: date
    rows: tuple[AgedRow, ...]

    @property
    def buckets(self) -> tuple[Decimal, ...]:
        """Total of each bucket."""
        return tuple(
            sum((row.buckets[place] for row in self.rows), NOTHING) for place in range(len(BUCKETS))
        )

    @property
    def total(self) -> Decimal:
        """Owed less credits, all parties."""
        return sum((row.balance for row in self.rows), NOTHING)


@dataclass(frozen=True, slots=True)
class LedgerFinding:
    """Something wrong in the books: a stable code, where, and a French sentence with figures."""

    code: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class OpeningReport:
    """What taking over a file of open items would do, or did.

    Attributes:
        dry_run: Whether nothing was to be written.
        rows: Lines read.
        total: What customers owe by the file, credits deducted.
        problems: Bad cells; if there is any, nothing is written.
    """

    dry_run: bool
    rows: int
    total: Decimal
    problems: tuple[CellProblem, ...] = ()
