"""How a payment is spread over what it pays, what explains a difference. Pure: no database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from echeance.core.bookkeeping import account_number
from echeance.core.matching.model import Difference, DifferenceRule
from echeance.core.matching.references import fold
from echeance.core.money import ZERO, allocate

CUSTOMERS = account_number("customers")
LOSSES_AND_GAINS = (
    ("misc_expenses", "misc_income"),
    ("fx_losses_trade", "fx_gains_trade"),
    ("discounts_given", "discounts_received"),
)
"""Accounts that take the same difference, as it costs and as it brings."""
KIND_LABELS = {
    "bank_charges": "frais bancaires",
    "discount": "escompte",
    "rounding": "arrondi",
    "retention": "retenue de garantie",
    "small": "petit écart",
    "exchange": "écart de change",
    "unapplied": "acompte",
}
"""Kinds of difference, in French."""
_HUNDRED = Decimal(100)
_OWN_TRANSFER = re.compile(r"\b(?:VIR(?:EMENT)?S? INTERNES?|COMPTE A COMPTE)\b")


def tells_own_transfer(text: str) -> bool:
    """Whether the bank's text says that money moves between accounts of one holder.

    >>> tells_own_transfer("Virement interne livret"), tells_own_transfer("VIR SEPA DUPONT")
    (True, False)
    """
    return bool(_OWN_TRANSFER.search(fold(text)))


@dataclass(frozen=True, slots=True)
class PaidItem:
    """One open item of a match, with what the ledger knows of it.

    Attributes:
        side: ``debit`` for what is owed, ``credit`` for a credit note the payer deducted.
        amount: Part of it that the match uses, positive.
        account: Party account it stands on.
    """

    item_id: int
    party_id: int
    side: str
    amount: Decimal
    account: str = CUSTOMERS


@dataclass(frozen=True, slots=True)
class PartyShare:
    """What a payment brings to one party account: the amount posted, and how it is spread.

    Of money out, read paid for received and supplier's invoice for invoice.

    Attributes:
        received: Posted on the party's account, positive.
        credits: (invoice item, credit note item, amount) settled between themselves.
        receipts: (invoice item, amount) settled by the money.
    """

    party_id: int
    received: Decimal
    credits: tuple[tuple[int, int, Decimal], ...]
    receipts: tuple[tuple[int, Decimal], ...]
    account: str = CUSTOMERS


def spread(
    items: Sequence[PaidItem],
    amount: Decimal,
    party_id: int | None,
    *,
    side: str = "debit",
    account: str = CUSTOMERS,
) -> list[PartyShare]:
    """Spread a payment: credit notes settle invoices first, money settles the rest.

    What no item uses stays unapplied on the account of ``party_id``.

    Args:
        items: What the payment pays, in the order to settle.
        amount: Money received or paid out, positive.
        party_id: Owner of what stays unapplied.
        side: Side of what money settles: ``debit`` for money in, ``credit`` for money out.
        account: Party account of what stays unapplied.

    Returns:
        One share a party account that gets money or settles items; shares sum to ``amount`` when
        ``party_id`` is given, else to what the items use.
    """
    places = list(dict.fromkeys((item.party_id, item.account) for item in items))
    shares = [
        _share([item for item in items if (item.party_id, item.account) == place], side)
        for place in places
    ]
    left = amount - sum((share.received for share in shares), ZERO)
    if left and party_id is not None:
        shares = _add_unapplied(shares, party_id, left, account)
    return shares


def _share(items: list[PaidItem], side: str) -> PartyShare:
    left = {item.item_id: item.amount for item in items if item.side == side and item.amount}
    settled: list[tuple[int, int, Decimal]] = []
    for credit in (item for item in items if item.side != side):
        to_use = credit.amount
        for item_id, owed in left.items():
            used = min(to_use, owed)
            if used:
                settled.append((item_id, credit.item_id, used))
                left[item_id] = owed - used
                to_use -= used
    receipts = tuple((item_id, rest) for item_id, rest in left.items() if rest)
    received = sum(left.values(), ZERO)
    return PartyShare(items[0].party_id, received, tuple(settled), receipts, items[0].account)


def _add_unapplied(
    shares: list[PartyShare], party_id: int, left: Decimal, account: str
) -> list[PartyShare]:
    place = (party_id, account)
    if not any((share.party_id, share.account) == place for share in shares):
        return [*shares, PartyShare(party_id, left, (), (), account)]
    return [
        replace(share, received=share.received + left)
        if (share.party_id, share.account) == place
        else share
        for share in shares
    ]


def line_for(
    found: Difference, owed: Decimal, lines: Sequence[DifferenceRule], *, money_in: bool = True
) -> DifferenceRule | None:
    """The line of the policy that explains a difference within its limits, the first that does.

    What proves a difference to the assistant (its ``evidence``) is not asked of a person.

    Args:
        found: The difference.
        owed: What the documents owe, positive.
        lines: Those of the policy.
        money_in: Of money out the direction is not checked: a fee then adds to what is paid.

    >>> lines = (DifferenceRule("rounding", "misc_expenses", limit_amount=Decimal("0.05")),)
    >>> line_for(Difference("rounding", Decimal("-0.05")), Decimal(100), lines) is lines[0]
    True
    >>> line_for(Difference("rounding", Decimal("-0.06")), Decimal(100), lines) is None
    True
    >>> line_for(Difference("rounding", Decimal("0.05")), Decimal(100), lines) is None
    True
    """
    way = "short" if found.amount < ZERO else "over"
    size = abs(found.amount)
    for line in lines:
        if line.kind != found.kind or (money_in and line.direction not in {way, "both"}):
            continue
        if found.account and same_account(found.account) != same_account(line.account):
            continue
        if line.limit_amount is not None and size > line.limit_amount:
            continue
        if line.limit_percent is not None and size * _HUNDRED > owed * line.limit_percent:
            continue
        return line
    return None


def same_account(key: str) -> str:
    """One name for the two accounts of a loss and a gain of the same kind.

    >>> same_account("misc_income"), same_account("bank_fees")
    ('misc_expenses', 'bank_fees')
    """
    return next((loss for loss, gain in LOSSES_AND_GAINS if key in {loss, gain}), key)


def side_account(key: str, *, cost: bool) -> str:
    """The account of a difference as it costs or brings.

    >>> side_account("misc_expenses", cost=False)
    'misc_income'
    """
    for loss, gain in LOSSES_AND_GAINS:
        if key in {loss, gain}:
            return loss if cost else gain
    return key


def by_item(found: Difference, items: Sequence[PaidItem], side: str) -> list[tuple[int, Decimal]]:
    """The documents a difference is taken on, with the part of each; its own if it names one.

    Otherwise in proportion of what the payment settles of each, no cent lost.

    >>> parts = [PaidItem(1, 7, "debit", Decimal(200)), PaidItem(2, 7, "debit", Decimal(100))]
    >>> [(item, str(part)) for item, part in by_item(
    ...     Difference("discount", Decimal("-1.00")), parts, "debit")]
    [(1, '0.67'), (2, '0.33')]
    """
    size = abs(found.amount)
    if found.item_id is not None:
        return [(found.item_id, size)]
    main = [item for item in items if item.side == side and item.amount > ZERO]
    if not main:
        return []
    parts = allocate(size, [item.amount for item in main])
    return [(item.item_id, part) for item, part in zip(main, parts, strict=True) if part]
