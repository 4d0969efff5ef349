"""What cheques, cash, payouts and assignments share: receipts posted, one bank line booked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from echeance.base import clock, journal
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash.errors import AllocationExceedsReceiptError, EntryAlreadyMatchedError
from echeance.cash.events import EntryMatched
from echeance.cash.models import Match, MatchAllocation, StatementEntry
from echeance.cash.types import MatchedItem
from echeance.core.bookkeeping import account_number
from echeance.core.money import ZERO, format_amount
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, Posting

CUSTOMERS = account_number("customers")


def house(actor: Actor) -> Actor:
    """The actor with the rights to post what its own act needs, once that act was checked."""
    extra = {Right.POST_ENTRIES, Right.MATCH_PAYMENTS, Right.STORE_FILES}
    return replace(actor, rights=actor.rights | extra)


@dataclass(frozen=True, slots=True)
class PartyMoney:
    """Money of a party, to post against what keeps it.

    Attributes:
        account: Where the money is: 511200, 530000…
        party_account: 411000 for a customer, 401000 for a supplier.
        received: Whether it comes in; a supplier's goes out.
    """

    journal_code: str
    on: date
    reference: str
    label: str
    account: str
    party_id: int
    amount: Decimal
    items: tuple[MatchedItem, ...]
    party_account: str = CUSTOMERS
    received: bool = True


@dataclass(frozen=True, slots=True)
class PostedMoney:
    """Its entry, and the item it leaves on the party's account."""

    entry_id: int
    item_id: int


def post_money(actor: Actor, money: Sequence[PartyMoney]) -> list[PostedMoney]:
    """Post money of parties and settle the items it pays; what is left stays on their account.

    Raises:
        AllocationExceedsReceiptError: Items are given more than the money.
    """
    for one in money:
        given = sum((part.amount for part in one.items), ZERO)
        if given > one.amount:
            raise AllocationExceedsReceiptError(one.reference, given, one.amount)
    posted = ledger.post_entries(actor=actor, entries=[_entry(one) for one in money])
    done = [PostedMoney(entry.entry_id, entry.item_ids[0]) for entry in posted]
    ledger.allocate(
        actor=actor,
        allocations=[
            NewAllocation(part.item_id, own.item_id, part.amount, one.on)
            if one.received
            else NewAllocation(own.item_id, part.item_id, part.amount, one.on)
            for one, own in zip(money, done, strict=True)
            for part in one.items
        ],
    )
    return done


def _entry(one: PartyMoney) -> EntryFacts:
    into, out = (one.amount, ZERO) if one.received else (ZERO, one.amount)
    kind = "receipt" if one.received else "other"
    return EntryFacts(
        journal_code=one.journal_code,
        entry_date=one.on,
        document_ref=one.reference,
        document_date=one.on,
        label=one.label[:200],
        postings=(
            Posting(one.account, debit=into, credit=out, label=one.label),
            Posting(one.party_account, debit=out, credit=into, party_id=one.party_id),
        ),
        items=(NewOpenItem(1, one.on, kind, one.reference),),
    )


def standing_allocations(actor: Actor, item_ids: Collection[int]) -> list[int]:
    """Allocations that hold now on some items, oldest first. One query."""
    rows = ledger_queries.allocations_of(actor=actor, item_ids=item_ids)
    undone = {row.reverses_id for row in rows if row.reverses_id}
    return [
        row.allocation_id
        for row in rows
        if row.reverses_id is None and row.allocation_id not in undone
    ]


def unpost(actor: Actor, entry_ids: Sequence[int], item_ids: Collection[int]) -> None:
    """Undo postings: items they left are freed, entries reversed today, nothing edited."""
    today = clock.today()
    standing = standing_allocations(actor, item_ids) if item_ids else []
    if standing:
        ledger.unallocate(actor=actor, allocation_ids=standing, on=today)
    ledger.reverse_entries(actor=actor, entry_ids=entry_ids, on=today)


def lock_entry(actor: Actor, entry_id: int) -> StatementEntry:
    """A bank line that nothing explains, locked for the transaction.

    Raises:
        NotFoundError: Not one of this company.
        EntryAlreadyMatchedError: It is explained.
    """
    entry = (
        StatementEntry.objects.select_for_update(of=("self",))
        .select_related("bank_account")
        .filter(company=actor.company, pk=entry_id)
        .first()
    )
    if entry is None:
        raise NotFoundError(what=f"ligne de relevé n° {entry_id}")
    if Match.objects.filter(entry=entry, undone_at=None).exists():
        raise EntryAlreadyMatchedError(entry_id=entry_id)
    return entry


def signed(entry: StatementEntry) -> Decimal:
    """Amount of a bank line, negative when it goes out."""
    received = entry.direction == StatementEntry.Direction.CREDIT
    return entry.amount if received else -entry.amount


def posting(
    account: str, amount: Decimal, *, party_id: int | None = None, label: str = ""
) -> Posting:
    """A line of a signed amount: above zero is a debit."""
    return Posting(account, max(amount, ZERO), max(-amount, ZERO), party_id, label)


@dataclass(frozen=True, slots=True)
class Counterpart:
    """A line against the bank's: signed amount (debit above zero), and what it settles.

    Attributes:
        settles: (open item, amount): items of the party settled by this line.
        kind: Of the item that a party line leaves.
    """

    account: str
    amount: Decimal
    party_id: int | None = None
    label: str = ""
    settles: tuple[tuple[int, Decimal], ...] = ()
    kind: str = "receipt"


def book_entry(
    actor: Actor,
    entry: StatementEntry,
    kind: Match.MatchKind,
    *,
    label: str,
    counterparts: Sequence[Counterpart],
    reasons: Sequence[str],
) -> Match:
    """Book a locked bank line against lines that balance it, settle items, and keep the match."""
    reference = f"RLV{entry.statement_id}-{entry.position}"
    money = signed(entry)
    kept = [one for one in counterparts if one.amount]
    party_lines = [(place, one) for place, one in enumerate(kept, 1) if one.party_id is not None]
    [posted] = ledger.post_entries(
        actor=actor,
        entries=[
            EntryFacts(
                journal_code="BQ",
                entry_date=entry.booking_date,
                document_ref=reference,
                document_date=entry.booking_date,
                label=label[:200],
                postings=(
                    posting(entry.bank_account.ledger_account, money, label=label),
                    *(
                        posting(
                            one.account,
                            one.amount,
                            party_id=one.party_id,
                            label=one.label or label,
                        )
                        for one in kept
                    ),
                ),
                items=tuple(
                    NewOpenItem(place, entry.booking_date, one.kind, reference)
                    for place, one in party_lines
                ),
            )
        ],
    )
    news = [
        NewAllocation(own, item_id, amount, entry.booking_date)
        if one.amount > ZERO
        else NewAllocation(item_id, own, amount, entry.booking_date)
        for own, (_, one) in zip(posted.item_ids, party_lines, strict=True)
        for item_id, amount in one.settles
    ]
    settled = [(item_id, amount) for _, one in party_lines for item_id, amount in one.settles]
    allocation_ids = ledger.allocate(actor=actor, allocations=news)
    match = Match.objects.create(
        company=actor.company,
        entry=entry,
        kind=kind,
        journal_entry_id=posted.entry_id,
        reasons=list(reasons),
        accepted_at=clock.now(),
        accepted_by=actor.name,
    )
    MatchAllocation.objects.bulk_create(
        MatchAllocation(
            company=actor.company,
            match=match,
            open_item_id=item_id,
            allocation_id=allocation_id,
            amount=amount,
        )
        for (item_id, amount), allocation_id in zip(settled, allocation_ids, strict=True)
    )
    base.close_work_items(actor=actor, keys=[f"cash.match:{entry.pk}"], answer="matched")
    journal.record(
        EntryMatched(entry_id=entry.pk, match_id=match.pk, kind=kind, amount=entry.amount),
        actor=actor,
    )
    return match


def exact_reason(reference: str, amount: Decimal) -> str:
    """The sentence kept with a match of the exact amount."""
    return f"{reference} : {format_amount(amount)}, au centime, seul à ce montant."
