"""Payments of a period: for invoices to firms abroad (10.2), for consumers by day (10.4).

Only money whose VAT is due on receipt is reported: services without the option for the debits, and
advances. VAT that the buyer owes, or that was due with the invoice, is not told again.

Sources: CGI art. 290 A and 269-2 c, ann. II art. 242 nonies N; rule G1.16 (never below zero).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from echeance.core.dates import DateRange
from echeance.core.money import ZERO, allocate
from echeance.core.reporting.gaps import Gap, GapReason
from echeance.core.reporting.model import (
    DayPayments,
    Flow,
    InvoicePayment,
    Payments,
    RatePaid,
)
from echeance.core.tax import Exigibility, VatCategory, VatShare

_Key = tuple[VatCategory, Decimal, Exigibility]


@dataclass(frozen=True, slots=True)
class Settlement:
    """What settled a part of an item.

    Attributes:
        on: Day the bank credited the money; for a compensation, the day it took effect.
        amount: How much of it, positive.
        correction: The VAT of the credit note when it corrects this very invoice: it pays
            nothing, it lowers what is owed, each rate alike when it says none (a write-off).
            ``None`` for a payment.
    """

    on: date
    amount: Decimal
    correction: tuple[VatShare, ...] | None = None


@dataclass(frozen=True, slots=True)
class SettledItem:
    """An invoice, or a credit note to refund.

    Attributes:
        flow: Part of flux 10 that tells its sale, 10.1 or 10.3.
        shares: Its VAT by category, rate and exigibility; base and VAT sum to its amount.
        settlements: All of them that still hold, in the order they were recorded.
        credit: A credit note: what settles it is a refund, and counts below zero.
    """

    number: str
    issue_date: date
    flow: Flow
    shares: tuple[VatShare, ...]
    settlements: tuple[Settlement, ...]
    credit: bool = False


def parts_received(item: SettledItem) -> Iterator[tuple[date, Mapping[Decimal, Decimal]]]:
    """Each payment of an item by rate, VAT included, for VAT that is due on receipt alone.

    A payment is spread over what is left at each rate, with no cent lost: the last one clears all
    of them, and nothing that comes later changes an earlier split. So a report once sent stays
    true unless the payment itself is undone.
    """
    left = {
        (share.category, share.rate, share.exigibility): share.base + share.vat
        for share in item.shares
    }
    for one in item.settlements:
        if one.correction is not None:
            _lower(left, one.amount, one.correction)
            continue
        parts = _spread(one.amount, left)
        received: dict[Decimal, Decimal] = {}
        for key, part in parts.items():
            left[key] -= part
            if key[2] is Exigibility.RECEIPTS and part:
                received[key[1]] = received.get(key[1], ZERO) + part
        if received:
            yield one.on, received


def _spread(amount: Decimal, left: Mapping[_Key, Decimal]) -> dict[_Key, Decimal]:
    """An amount over what is left, in proportion; what is more than left stays out."""
    whole = sum(left.values(), ZERO)
    if whole <= ZERO:
        return {}
    return dict(zip(left, allocate(min(amount, whole), list(left.values())), strict=True))


def _lower(left: dict[_Key, Decimal], amount: Decimal, correction: Sequence[VatShare]) -> None:
    """Take a credit note off the rates it corrects, then off the others."""
    taken = ZERO
    if correction:
        wanted = allocate(amount, [share.base + share.vat for share in correction])
        for share, part in zip(correction, wanted, strict=True):
            key = (share.category, share.rate, share.exigibility)
            less = min(part, left.get(key, ZERO))
            if less:
                left[key] -= less
                taken += less
    for key, part in _spread(amount - taken, left).items():
        left[key] -= part


def payments(days: DateRange, items: Iterable[SettledItem]) -> tuple[Payments, tuple[Gap, ...]]:
    """The payments of a period, and the refunds that had to be left out of it."""
    invoices: dict[tuple[date, str, date], dict[Decimal, Decimal]] = {}
    by_day: dict[date, dict[Decimal, Decimal]] = {}
    for item in items:
        sign = -1 if item.credit else 1
        for on, received in parts_received(item):
            if on not in days:
                continue
            if item.flow is Flow.INTERNATIONAL:
                rates = invoices.setdefault((on, item.number, item.issue_date), {})
            else:
                rates = by_day.setdefault(on, {})
            for rate, amount in received.items():
                rates[rate] = rates.get(rate, ZERO) + sign * amount
    gaps = [
        *(number for (_, number, _), rates in sorted(invoices.items()) if _below_zero(rates)),
        *(f"{on:%d/%m/%Y}" for on, rates in sorted(by_day.items()) if _below_zero(rates)),
    ]
    return (
        Payments(
            days.start,
            days.last,
            tuple(
                InvoicePayment(number, issue_date, on, parts)
                for (on, number, issue_date), rates in sorted(invoices.items())
                if (parts := _parts(rates))
            ),
            tuple(
                DayPayments(on, parts)
                for on, rates in sorted(by_day.items())
                if (parts := _parts(rates))
            ),
        ),
        tuple(Gap(number, GapReason.REFUND) for number in gaps),
    )


def _below_zero(rates: Mapping[Decimal, Decimal]) -> bool:
    return any(amount < ZERO for amount in rates.values())


def _parts(rates: Mapping[Decimal, Decimal]) -> tuple[RatePaid, ...]:
    """Rates with money, highest first; a refund beyond the receipts of the day is told apart."""
    return tuple(
        RatePaid(rate, rates[rate]) for rate in sorted(rates, reverse=True) if rates[rate] > ZERO
    )
