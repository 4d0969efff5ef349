"""What was cashed of an invoice, by VAT rate, as its status 212 says it. Pure.

Only VAT that is due on receipt is told (CGI 269-2 c): the share of goods, of services with the
option for the debits and of what bears no VAT is reckoned, and left out.

Source: XP Z12-012 V1.4, BR-FR-CDV-14; DGFiP external specifications v3.2, status « Encaissée ».
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from echeance.billing.rules.taxes import trimmed
from echeance.core.money import ZERO, allocate
from echeance.core.tax import Exigibility


@dataclass(frozen=True, slots=True)
class Share:
    """A part of an invoice that is taxed alike."""

    rate: Decimal
    exigibility: Exigibility


Shares = Mapping[Share, Decimal]
"""What each part asks, VAT included."""


@dataclass(frozen=True, slots=True)
class Settled:
    """An allocation on the invoice, or what undoes one.

    Attributes:
        amount: In euros; negative when it undoes.
        paid_on: When the money came.
        corrects: It comes from a correction of this very invoice, which lowers it and pays nothing.
        corrected: What that correction gives back; empty when it does not say, and each part of the
            invoice is then lowered in proportion.
    """

    allocation_id: int
    amount: Decimal
    paid_on: date
    corrects: bool = False
    corrected: Shares = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an allocation changed in the sums cashed, by rate; none is zero."""

    allocation_id: int
    paid_on: date
    amounts: Mapping[Decimal, Decimal]


def told_totals(shares: Shares) -> dict[Decimal, Decimal]:
    """What may be told as cashed, by rate, when all is paid."""
    sums: dict[Decimal, Decimal] = {}
    for share, amount in shares.items():
        if share.exigibility is Exigibility.RECEIPTS:
            rate = trimmed(share.rate)
            sums[rate] = sums.get(rate, ZERO) + amount
    return sums


def receipts(shares: Shares, settlements: Iterable[Settled]) -> Iterator[Receipt]:
    """What to tell for each allocation, in order; nothing for those that change nothing.

    The sums cashed are a function of all that settles the invoice: what is paid, split in
    proportion of what corrections have left of each part, to the cent. Each receipt is what
    its allocation changed in them, so that undoing one gives back what it had added and the last
    payment takes the rest. With three parts or more, a cent may go back from one to another.

    Args:
        shares: The whole invoice, each part above zero.
        settlements: Oldest first.

    >>> invoice = {
    ...     Share(Decimal(20), Exigibility.RECEIPTS): Decimal("120.00"),
    ...     Share(Decimal(10), Exigibility.RECEIPTS): Decimal("55.00"),
    ... }
    >>> [one] = receipts(invoice, [Settled(7, Decimal("100.00"), date(2026, 11, 20))])
    >>> {str(rate): str(amount) for rate, amount in one.amounts.items()}
    {'20': '68.57', '10': '31.43'}
    """
    left, paid = dict(shares), ZERO
    before: dict[Decimal, Decimal] = {}
    for one in settlements:
        if one.corrects:
            _lower(left, one, shares)
        else:
            paid += one.amount
        after = _cashed(left if any(left.values()) else shares, paid)
        changed = {
            rate: after.get(rate, ZERO) - before.get(rate, ZERO)
            for rate in dict.fromkeys((*after, *before))
        }
        changed = {rate: amount for rate, amount in changed.items() if amount}
        if changed:
            yield Receipt(one.allocation_id, one.paid_on, changed)
        before = after


def _lower(left: dict[Share, Decimal], one: Settled, shares: Shares) -> None:
    parts = {share: amount for share, amount in one.corrected.items() if share in left}
    parts = parts or dict(shares)
    for share, amount in zip(parts, allocate(one.amount, list(parts.values())), strict=True):
        left[share] = max(left[share] - amount, ZERO)


def _cashed(shares: Shares, paid: Decimal) -> dict[Decimal, Decimal]:
    parts = allocate(paid, list(shares.values()))
    return told_totals(dict(zip(shares, parts, strict=True)))
