"""Deposits: what one asks for at each rate of VAT, and what later invoices deduct of it.

Sources: CGI art. 289 I-1 c (an invoice for each deposit), 269-2 a (its VAT is due when it is
received), CGI ann. II 242 nonies A; EN 16931 BG-20 for the deduction, with its own VAT.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from echeance.billing.types import AllowanceFacts, DraftLine
from echeance.core.bookkeeping import account_number
from echeance.core.money import ZERO, allocate, round_amount
from echeance.core.tax import Nature, combined_nature

HUNDRED: Final = Decimal(100)
_NUDGES: Final = tuple(Decimal(cents) / 100 for cents in (0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5))


@dataclass(frozen=True, slots=True)
class VatGroup:
    """What is taxed alike: category and rate, the reason of an exemption, goods or services."""

    category: str
    rate: Decimal
    exemption: str = ""
    article: str = ""
    nature: str = "goods"

    def vat(self, base: Decimal) -> Decimal:
        """VAT of an amount, rounded."""
        return round_amount(base * self.rate / HUNDRED)


@dataclass(frozen=True, slots=True)
class DepositLeft:
    """What a deposit that was invoiced leaves to deduct, in one group.

    Attributes:
        invoice_id: Its prepayment invoice.
        number: Of that invoice.
        net: Invoiced, credits taken off.
        left: ``net`` less what other documents deduct.
    """

    invoice_id: int
    number: str
    group: VatGroup
    net: Decimal
    left: Decimal


def summed(parts: Iterable[tuple[VatGroup, Decimal]]) -> dict[VatGroup, Decimal]:
    """Amounts of what is taxed alike, in the order they come."""
    found: dict[VatGroup, Decimal] = {}
    for group, net in parts:
        found[group] = found.get(group, ZERO) + net
    return found


def gross_of(parts: Iterable[tuple[VatGroup, Decimal]]) -> Decimal:
    """Total with VAT, each rate taxed once on the sum of what bears it.

    >>> str(gross_of([(VatGroup("S", Decimal(20)), Decimal("0.33"))] * 3))
    '1.19'
    """
    bases: dict[Decimal, Decimal] = {}
    for group, net in parts:
        rate = ZERO if group.exemption else group.rate
        bases[rate] = bases.get(rate, ZERO) + net
    return sum((net + round_amount(net * rate / HUNDRED) for rate, net in bases.items()), ZERO)


def deposit_of_percent(
    ordered: Mapping[VatGroup, Decimal], percent: Decimal, before: Mapping[VatGroup, Decimal]
) -> dict[VatGroup, Decimal]:
    """A part of what is ordered, without VAT, by group.

    VAT is rounded on each document, so the VAT of a deposit and that of what is left may differ by
    a cent from that of the order. Of the amounts near the exact part, the nearest without that
    difference is taken: the deposits and the final invoice then sum to the order, VAT included.

    Args:
        ordered: The order, without VAT.
        percent: Above 0, at most 100.
        before: Deposits asked for before.

    >>> twenty = VatGroup("S", Decimal(20))
    >>> deposit_of_percent({twenty: Decimal("1000.00")}, Decimal(30), {})[twenty]
    Decimal('300.00')
    >>> deposit_of_percent({twenty: Decimal("10.04")}, Decimal(20), {})[twenty]
    Decimal('2.00')
    """
    total = round_amount(sum(ordered.values(), ZERO) * percent / HUNDRED)
    parts = dict(zip(ordered, allocate(total, list(ordered.values())), strict=True))
    return {
        group: _exact(group, part, ordered[group] - before.get(group, ZERO))
        for group, part in parts.items()
        if part
    }


def _exact(group: VatGroup, part: Decimal, whole: Decimal) -> Decimal:
    """The amount nearest to ``part`` whose VAT and that of the rest sum to that of ``whole``."""
    for nudge in _NUDGES:
        near = part + nudge
        exact = group.vat(near) + group.vat(whole - near) == group.vat(whole)
        if ZERO < near <= whole and exact:
            return near
    return part


def deposit_of_amount(
    ordered: Mapping[VatGroup, Decimal], amount: Decimal
) -> dict[VatGroup, Decimal]:
    """An amount without VAT spread over the groups of what is ordered, no cent lost."""
    parts = zip(ordered, allocate(amount, list(ordered.values())), strict=True)
    return {group: part for group, part in parts if part}


def deposit_lines(label: str, parts: Mapping[VatGroup, Decimal]) -> tuple[DraftLine, ...]:
    """Lines of the invoice of a deposit: one for what is taxed alike, on the advances received."""
    return tuple(
        DraftLine(
            name=label[:200],
            quantity=Decimal(1),
            unit_price=net,
            net_amount=net,
            vat_rate=None if group.exemption else group.rate,
            exemption=group.exemption,
            exemption_article=group.article,
            nature=group.nature,
            revenue_account=account_number("customer_advances"),
        )
        for group, net in parts.items()
    )


def deductions(
    deposits: Sequence[DepositLeft], bases: Mapping[VatGroup, Decimal]
) -> tuple[AllowanceFacts, ...]:
    """What a document deducts of deposits: all that is left, never below zero in a group.

    Args:
        deposits: Oldest first.
        bases: What the document bills, by group.

    >>> twenty = VatGroup("S", Decimal(20))
    >>> kept = DepositLeft(7, "AC-2026-000001", twenty, Decimal(300), Decimal(300))
    >>> [(one.reason, str(one.amount)) for one in deductions([kept], {twenty: Decimal(200)})]
    [('Acompte AC-2026-000001', '200')]
    """
    room = dict(bases)
    found = []
    for deposit in deposits:
        amount = min(deposit.left, room.get(deposit.group, ZERO))
        if amount > ZERO:
            room[deposit.group] -= amount
            found.append(deduction(deposit, amount))
    return tuple(found)


def shared_deductions(
    deposits: Sequence[DepositLeft],
    bases: Mapping[VatGroup, Decimal],
    left_to_bill: Mapping[VatGroup, Decimal],
) -> tuple[AllowanceFacts, ...]:
    """What a part of an order deducts of deposits: in proportion of what is left to bill.

    The last part takes all that is left, so that nothing remains once the order is billed.

    Args:
        deposits: Oldest first.
        bases: What the document bills, by group.
        left_to_bill: What the order has left to bill, this document included.

    >>> twenty = VatGroup("S", Decimal(20))
    >>> kept = DepositLeft(7, "AC-2026-000001", twenty, Decimal(300), Decimal(300))
    >>> part = shared_deductions([kept], {twenty: Decimal(200)}, {twenty: Decimal(1000)})
    >>> [str(one.amount) for one in part]
    ['60.00']
    """
    room = dict(bases)
    found = []
    for deposit in deposits:
        base, whole = bases.get(deposit.group, ZERO), left_to_bill.get(deposit.group, ZERO)
        share = deposit.left
        if ZERO < base < whole:
            share = round_amount(deposit.left * base / whole)
        amount = min(share, deposit.left, room.get(deposit.group, ZERO))
        if amount > ZERO:
            room[deposit.group] -= amount
            found.append(deduction(deposit, amount))
    return tuple(found)


def deduction(deposit: DepositLeft, amount: Decimal) -> AllowanceFacts:
    """A document allowance (BG-20) that names the deposit it deducts."""
    group = deposit.group
    return AllowanceFacts(
        reason=f"Acompte {deposit.number}",
        amount=amount,
        vat_rate=None if group.exemption else group.rate,
        exemption=group.exemption,
        exemption_article=group.article,
        nature=group.nature,
        account=account_number("customer_advances"),
        deposit_id=deposit.invoice_id,
    )


def final_frame(natures: Iterable[str]) -> str:
    """BT-23 of a final invoice after a deposit.

    >>> final_frame(["goods"]), final_frame(["services"]), final_frame(["goods", "services"])
    ('B4', 'S4', 'M4')
    """
    return f"{combined_nature(Nature(nature) for nature in natures).letter}4"
