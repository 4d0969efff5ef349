"""What an explanation books: the bank entry, the items it opens, what settles what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from echeance.cash.errors import (
    DifferenceBeyondPolicyError,
    DifferenceImpossibleError,
    MatchExceedsEntryError,
    NotAReceiptError,
    PartyNeededError,
)
from echeance.cash.models import Match, StatementEntry
from echeance.cash.rules import (
    KIND_LABELS,
    PaidItem,
    PartyShare,
    by_item,
    line_for,
    side_account,
    spread,
)
from echeance.cash.types import NewMatch
from echeance.core.bookkeeping import CHART, VatLeft, account_number, split_credit
from echeance.core.dates import add_years
from echeance.core.matching import Difference, DifferenceRule
from echeance.core.money import ZERO
from echeance.ledger.types import (
    EntryFacts,
    ItemVat,
    NewAllocation,
    NewOpenItem,
    OpenItemFacts,
    Posting,
)

CUSTOMERS = account_number("customers")
SUPPLIERS = account_number("suppliers")
RETENTION = "customers_retention"
WRITTEN_OFF = "small"
"""Kind of difference that is a loss for want of asking: it needs the right to write off."""
_TAKES = {account.key for account in CHART if account.number[0] in "67" or account.key == RETENTION}


@dataclass(frozen=True, slots=True)
class Limits:
    """Under which rules differences are booked: lines of the policy, and the person's right."""

    lines: Sequence[DifferenceRule]
    may_write_off: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A difference as it is booked.

    Attributes:
        amount: As in ``Difference``.
        key: Account of the chart; empty for what stays open.
        parts: (item, amount) of each document it lowers: a discount, a retention, a lack left
            open. Empty for what is money given and lost on the way (charges, rounding).
        vat: It lowers the VAT of its documents.
    """

    kind: str
    amount: Decimal
    key: str
    parts: tuple[tuple[int, Decimal], ...]
    vat: bool
    item_id: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A match before it is written: shares of the parties, differences, side of what is settled."""

    entry: StatementEntry
    match: NewMatch
    kind: Match.MatchKind
    shares: Sequence[PartyShare]
    taken: Sequence[Taken]
    items: Mapping[int, OpenItemFacts]

    @property
    def money_in(self) -> bool:
        """Whether the entry is a credit."""
        return self.entry.direction == StatementEntry.Direction.CREDIT

    @property
    def lowered(self) -> list[tuple[Taken, int, Decimal]]:
        """What lowers a document by an entry, item by item."""
        return [(one, item, part) for one in self.taken if one.key for item, part in one.parts]

    @property
    def funded(self) -> list[PartyShare]:
        """Shares that get money; a document settled by a credit note alone gets none."""
        return [share for share in self.shares if share.received]


def plan(
    entry: StatementEntry, match: NewMatch, items: Mapping[int, OpenItemFacts], limits: Limits
) -> Plan:
    """Work out what a match books, and refuse what cannot be.

    Raises:
        MatchExceedsEntryError: More is given out than the entry brings.
        PartyNeededError: Money is left over and nobody is named.
        NotAReceiptError: The documents are of the other side.
        DifferenceBeyondPolicyError: No line explains a difference, nor the person's right.
        DifferenceImpossibleError: A difference has no account, or is more than its document.
    """
    money_in = entry.direction == StatementEntry.Direction.CREDIT
    side = "debit" if money_in else "credit"
    paid = [
        PaidItem(
            item_id=one.item_id,
            party_id=items[one.item_id].party_id or 0,
            side=items[one.item_id].side,
            amount=one.amount,
            account=items[one.item_id].account,
        )
        for one in match.items
    ]
    owed = sum((one.amount if one.side == side else -one.amount for one in paid), ZERO)
    if paid and owed <= ZERO:
        raise NotAReceiptError(entry_id=entry.pk)
    taken = [
        _take(one, owed, paid, side, limits) for one in match.differences if one.kind != "unapplied"
    ]
    paid = _lower(paid, taken)
    amount = entry.amount - sum((one.amount for one in taken if not one.parts), ZERO)
    account = match.account or _account(paid, money_in=money_in)
    used = sum((share.received for share in spread(paid, ZERO, None, side=side)), ZERO)
    if used > amount:
        raise MatchExceedsEntryError(given=used, amount=amount, excess=used - amount)
    if used < amount and match.party_id is None:
        raise PartyNeededError(left=amount - used)
    shares = spread(paid, amount, match.party_id, side=side, account=account)
    return Plan(entry, match, _kind(shares, account, money_in=money_in), shares, taken, items)


def _take(
    found: Difference, owed: Decimal, paid: Sequence[PaidItem], side: str, limits: Limits
) -> Taken:
    line = line_for(found, owed, limits.lines, money_in=side == "debit")
    # Beyond its limits a line still says the account, to who may write off.
    told = line or next((one for one in limits.lines if one.kind == found.kind), None)
    key = found.account or (told.account if told else "")
    vat = (told.vat if told and not found.account else found.vat) == "prorata"
    short = found.amount < ZERO
    if not found.amount or (key and key not in _TAKES) or (key == RETENTION and not short):
        raise DifferenceImpossibleError(_label(found), found.amount)
    needs_right = bool(key) and (line is None or found.kind == WRITTEN_OFF)
    if needs_right and not limits.may_write_off:
        raise DifferenceBeyondPolicyError(_label(found), found.amount)
    lowers = short and (vat or key in {"", RETENTION})
    parts = tuple(by_item(found, paid, side)) if lowers else ()
    if lowers and not parts:
        raise DifferenceImpossibleError(_label(found), found.amount)
    if key:
        key = side_account(key, cost=short if side == "debit" else not short)
    return Taken(found.kind, found.amount, key, parts, vat and key != RETENTION, found.item_id)


def _label(found: Difference) -> str:
    return KIND_LABELS.get(found.kind, found.kind)


def _lower(paid: Sequence[PaidItem], taken: Sequence[Taken]) -> list[PaidItem]:
    """What money settles of each document, once what lowers it is taken off."""
    left = {one.item_id: one.amount for one in paid}
    for one in taken:
        for item_id, part in one.parts:
            if part > left.get(item_id, ZERO):
                raise DifferenceImpossibleError(KIND_LABELS.get(one.kind, one.kind), one.amount)
            left[item_id] -= part
    return [replace(one, amount=left[one.item_id]) for one in paid]


def _account(paid: Sequence[PaidItem], *, money_in: bool) -> str:
    """Account of what stays unapplied: that of the documents' side of the house."""
    if paid and all(one.account.startswith("40") for one in paid):
        return SUPPLIERS
    if paid and all(one.account.startswith("41") for one in paid):
        return CUSTOMERS
    return CUSTOMERS if money_in else SUPPLIERS


def _kind(shares: Sequence[PartyShare], account: str, *, money_in: bool) -> Match.MatchKind:
    accounts = {share.account for share in shares} or {account}
    if all(one.startswith("40") for one in accounts):
        return Match.MatchKind.SUPPLIERS
    return Match.MatchKind.CUSTOMERS if money_in else Match.MatchKind.REFUND


def document_ref(entry: StatementEntry) -> str:
    """Number of the bank document: statement and rank."""
    return f"RLV{entry.statement_id}-{entry.position}"


def bank_line(entry: StatementEntry, label: str) -> Posting:
    """The line of the bank's own account."""
    received = entry.direction == StatementEntry.Direction.CREDIT
    return Posting(
        entry.bank_account.ledger_account,
        debit=entry.amount if received else ZERO,
        credit=ZERO if received else entry.amount,
        label=label,
    )


def entry_facts(plan: Plan, vat: Mapping[int, Sequence[ItemVat]]) -> EntryFacts:
    """The bank entry of a match: money, parties, differences with the VAT they lower.

    Items stand in this order: one a funded share, then those of what lowers a document (its
    correction and, for a retention, what stays owed on 4117).

    Args:
        plan: From :func:`plan`.
        vat: VAT left of the items that are lowered.

    Source: CGI art. 272-1 (a discount lowers the base, each rate by its own).
    """
    entry, money_in = plan.entry, plan.money_in
    word = "Règlement" if money_in else "Paiement"
    label = f"{word} {entry.payer_name or entry.text}".strip()[:120]
    reference = document_ref(entry)
    postings = [bank_line(entry, label)]
    items: list[NewOpenItem] = []

    def post(account: str, amount: Decimal, *, debit: bool, party_id: int | None = None) -> int:
        postings.append(
            Posting(
                account,
                debit=amount if debit else ZERO,
                credit=ZERO if debit else amount,
                party_id=party_id,
                label=label,
            )
        )
        return len(postings) - 1

    for share in plan.funded:
        place = post(share.account, share.received, debit=not money_in, party_id=share.party_id)
        items.append(_money_item(entry, share.account, place, reference, money_in=money_in))
    for one in plan.taken:
        if one.key and not one.parts:
            cost = (one.amount < ZERO) == money_in
            post(account_number(one.key), abs(one.amount), debit=cost)
    left = {pk: list(rows) for pk, rows in vat.items()}
    for one, item_id, part in plan.lowered:
        item = plan.items[item_id]
        rows = _vat_of(part, left.get(item_id, []))
        if one.key == RETENTION:
            place = post(account_number(RETENTION), part, debit=True, party_id=item.party_id)
            kept = NewOpenItem(
                posting_index=place,
                due_date=add_years(entry.booking_date, 1),
                kind=item.kind,
                document_ref=item.document_ref,
                order_ref=item.order_ref,
                payment_ref=item.payment_ref,
                vat=rows,
            )
        else:
            kept = None
            _post_reduction(post, one, part, rows, debit=money_in)
        place = post(item.account, part, debit=not money_in, party_id=item.party_id)
        items.append(
            NewOpenItem(
                posting_index=place,
                due_date=entry.booking_date,
                kind="other",
                document_ref=reference,
                credits_ref=item.document_ref,
                vat=rows,
            )
        )
        if kept:
            items.append(kept)
    return EntryFacts(
        journal_code="BQ",
        entry_date=entry.booking_date,
        document_ref=reference,
        document_date=entry.booking_date,
        label=label,
        postings=tuple(postings),
        items=tuple(items),
    )


def _money_item(
    entry: StatementEntry, account: str, place: int, reference: str, *, money_in: bool
) -> NewOpenItem:
    given_back = "refund" if account.startswith("41") else "other"
    return NewOpenItem(
        posting_index=place,
        due_date=entry.booking_date,
        kind="receipt" if money_in else given_back,
        document_ref=reference,
        payment_ref=entry.bank_reference,
    )


def _vat_of(part: Decimal, left: list[ItemVat]) -> tuple[ItemVat, ...]:
    """VAT of a part of a document, each rate by its share; what is left is brought down."""
    rows = [VatLeft(row.rate, row.base, row.vat) for row in left]
    whole = sum((row.gross for row in rows), ZERO)
    if not whole:
        return ()
    shares = split_credit(min(part, whole), rows)
    found = tuple(
        ItemVat(row.category, row.rate, share.base, share.vat, row.exigibility)
        for row, share in zip(left, shares, strict=True)
    )
    left[:] = [
        replace(row, base=row.base - share.base, vat=row.vat - share.vat)
        for row, share in zip(left, shares, strict=True)
    ]
    return found


def _post_reduction(
    post: Callable[..., int], one: Taken, part: Decimal, rows: Sequence[ItemVat], *, debit: bool
) -> None:
    """The discount without VAT, then the VAT it gives back: waiting or due, as the document's."""
    tax = [row for row in rows if row.vat] if one.vat else []
    post(account_number(one.key), part - sum((row.vat for row in tax), ZERO), debit=debit)
    for row in tax:
        waits = row.exigibility == "receipts"
        if debit:
            key = "vat_deferred" if waits else "vat_collected"
        else:
            key = "vat_deductible_deferred" if waits else "vat_deductible"
        post(account_number(key), row.vat, debit=debit)


@dataclass(frozen=True, slots=True)
class Settled:
    """One allocation a match makes: the document it is about, and the difference it comes from."""

    allocation: NewAllocation
    item_id: int
    taken: Taken | None = None


def settlements(plan: Plan, item_ids: Sequence[int]) -> list[Settled]:
    """What settles what, once the entry is posted.

    Args:
        plan: From :func:`plan`.
        item_ids: Items of its entry, in the order of :func:`entry_facts`.
    """
    day = plan.entry.booking_date
    ids = iter(item_ids)
    found: list[Settled] = []
    for share in plan.shares:
        money = next(ids) if share.received else 0
        found += [
            Settled(_pair(main, other, amount, day, main_is_debit=plan.money_in), main)
            for main, other, amount in share.credits
        ]
        found += [
            Settled(_pair(main, money, amount, day, main_is_debit=plan.money_in), main)
            for main, amount in share.receipts
        ]
    for one, item_id, part in plan.lowered:
        correction = next(ids)
        pair = _pair(item_id, correction, part, day, main_is_debit=plan.money_in)
        found.append(Settled(pair, item_id, one))
        if one.key == RETENTION:
            next(ids)
    return found


def _pair(
    main: int, other: int, amount: Decimal, day: date, *, main_is_debit: bool
) -> NewAllocation:
    debit, credit = (main, other) if main_is_debit else (other, main)
    return NewAllocation(debit, credit, amount, day)
