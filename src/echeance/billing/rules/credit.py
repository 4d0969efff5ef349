"""How much a customer may still owe, and the words that say why an order or an invoice waits.

The limit is the company's own decision on each customer (« encours autorisé »), with VAT, in
euros. A limit on the head of a group binds the group as a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from echeance.billing.rules import taxes
from echeance.billing.types import DraftLine, SellerFacts
from echeance.core.money import ZERO, format_amount, round_amount
from echeance.parties.types import PartySnapshot

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a customer owes or will owe, with VAT, in euros.

    Attributes:
        open_items: Debts in the books.
        credits: Credit notes and receipts not yet used, taken off.
        drafts: Invoices prepared and not issued.
        orders: Orders accepted and not billed.
        limit: None when there is none.
    """

    open_items: Decimal = ZERO
    credits: Decimal = ZERO
    drafts: Decimal = ZERO
    orders: Decimal = ZERO
    limit: Decimal | None = None

    @property
    def total(self) -> Decimal:
        """All of it, less the credits."""
        return self.open_items + self.drafts + self.orders - self.credits

    @property
    def free(self) -> Decimal | None:
        """What is left below the limit, negative beyond it; none without a limit."""
        return None if self.limit is None else self.limit - self.total

    def __add__(self, other: Exposure) -> Exposure:
        """The two together, under the limit of the first."""
        return Exposure(
            self.open_items + other.open_items,
            self.credits + other.credits,
            self.drafts + other.drafts,
            self.orders + other.orders,
            self.limit,
        )


@dataclass(frozen=True, slots=True)
class Credit:
    """Where a customer stands: alone, and with its group when it has one.

    Attributes:
        own: Of the customer alone, under its own limit.
        group: Of the whole group, under the limit of its head; none outside a group.
        group_id: Head of the group; itself outside one.
        group_name: Name of the head.
        is_held: A person blocked it, or the head of its group.
        hold_reason: Why.
    """

    party_id: int
    own: Exposure
    group: Exposure | None = None
    group_id: int = 0
    group_name: str = ""
    is_held: bool = False
    hold_reason: str = ""

    @property
    def is_limited(self) -> bool:
        """Whether anything can stop it."""
        return (
            self.is_held
            or self.own.limit is not None
            or (self.group is not None and self.group.limit is not None)
        )

    def without_drafts(self, own: Decimal, group: Decimal) -> Credit:
        """The same, less drafts that are not to be counted."""
        return replace(
            self,
            own=replace(self.own, drafts=self.own.drafts - own),
            group=replace(self.group, drafts=self.group.drafts - group) if self.group else None,
        )


def hold_problem(credit: Credit) -> str:
    """Why a customer is blocked by hand, as a French clause; empty when it is not.

    >>> hold_problem(Credit(1, Exposure(), is_held=True, hold_reason="chèque impayé"))
    'client bloqué (chèque impayé)'
    """
    if not credit.is_held:
        return ""
    return f"client bloqué ({credit.hold_reason})" if credit.hold_reason else "client bloqué"


def limit_problem(credit: Credit, more: Decimal = ZERO) -> str:
    """Why ``more`` euros, with VAT, are too much, as a French clause with figures; else empty.

    Args:
        credit: Where the customer stands.
        more: What would be added; zero for what is counted already.

    >>> from decimal import Decimal
    >>> stands = Credit(1, Exposure(open_items=Decimal(900), limit=Decimal(1000)))
    >>> limit_problem(stands, Decimal(100))
    ''
    >>> limit_problem(stands, Decimal(101)).replace(chr(8239), " ").replace(chr(160), " ")
    'encours de 1 001,00 € pour un plafond de 1 000,00 € (dont 900,00 € ouverts)'
    """
    for stand, whose in ((credit.own, ""), (credit.group, credit.group_name)):
        if stand is None or stand.limit is None or stand.total + more <= stand.limit:
            continue
        group = f" du groupe {whose}" if whose else ""
        parts = [
            f"{format_amount(amount)} {words}"
            for amount, words in (
                (stand.open_items, "ouverts"),
                (stand.orders, "commandés"),
                (stand.drafts, "en brouillon"),
                (-stand.credits, "à déduire"),
            )
            if amount
        ]
        of_which = f" (dont {', '.join(parts)})" if parts else ""
        return (
            f"encours{group} de {format_amount(stand.total + more)} pour un plafond de "
            f"{format_amount(stand.limit)}{of_which}"
        )
    return ""


def wait_reasons(stands: Mapping[int, Credit], orders: Sequence[tuple[int, Decimal]]) -> list[str]:
    """Why each order waits, as a French clause; empty when it may be billed.

    Orders are counted one after the other: one that waits leaves its room to the next.

    Args:
        stands: Where the customers stand that something can stop.
        orders: Customer and gross total of each, in euros, in the order they are taken.
    """
    own: dict[int, Decimal] = {}
    group: dict[int, Decimal] = {}
    reasons = []
    for party_id, gross in orders:
        credit = stands.get(party_id)
        if credit is None:
            reasons.append("")
            continue
        before = Exposure(orders=own.get(credit.party_id, ZERO))
        together = Exposure(orders=group.get(credit.group_id, ZERO))
        now = replace(
            credit,
            own=credit.own + before,
            group=credit.group + together if credit.group else None,
        )
        reason = hold_problem(credit) or limit_problem(now, gross)
        reasons.append(reason)
        if not reason:
            own[credit.party_id] = before.orders + gross
            group[credit.group_id] = together.orders + gross
    return reasons


def gross_of(
    lines: Iterable[DraftLine], buyer: PartySnapshot, seller: SellerFacts, on: date
) -> Decimal:
    """What lines would be billed, with VAT: each rate is taxed once on its sum.

    Raises:
        NoVatRateError: No rate is known there and then.
    """
    bases: dict[Decimal, Decimal] = {}
    for line in lines:
        rate = taxes.tax_of(line, buyer, seller, on).rate
        net = line.net_amount
        if net is None:
            net = round_amount(line.quantity * line.unit_price)
        bases[rate] = bases.get(rate, ZERO) + net
    return sum((base + round_amount(base * rate / _HUNDRED) for rate, base in bases.items()), ZERO)
