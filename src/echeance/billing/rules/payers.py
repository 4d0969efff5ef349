"""Several payers for one invoice: parts and amounts that never exceed it.

The buyer stays the one who owes the document: a payer takes a share of what is asked (EN 16931 has
one buyer). What nobody takes is the buyer's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.billing.types import PayerFacts
from echeance.core.money import ZERO, round_amount

HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Share:
    """A share as recorded.

    Attributes:
        used: For an amount, what documents took of it already.
    """

    payer_id: int
    starts_on: date
    ends_on: date | None = None
    percent: Decimal | None = None
    amount: Decimal | None = None
    reference: str = ""
    order_id: int | None = None
    used: Decimal = ZERO

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


def problem(shares: Iterable[Share], new: Share, buyer_id: int) -> str:
    """Why a share cannot be added to those that hold with it; empty when it can."""
    if (new.percent is None) == (new.amount is None):
        return "donnez une part ou un montant, l'un des deux"
    if new.percent is not None and not ZERO < new.percent <= HUNDRED:
        return "la part va de 0 à 100 %"
    if new.amount is not None and (new.amount <= ZERO or new.amount != round_amount(new.amount)):
        return "le montant est positif et en centimes entiers"
    if new.ends_on is not None and new.ends_on < new.starts_on:
        return "elle finit avant de commencer"
    if new.payer_id == buyer_id:
        return "le payeur est l'acheteur lui-même, ce qui reste est déjà à sa charge"
    beside = [one for one in shares if one.order_id == new.order_id and _meet(one, new)]
    if any(one.payer_id == new.payer_id for one in beside):
        return "ce payeur a déjà une part à ces dates, retirez-la d'abord"
    total = sum((one.percent or ZERO for one in [*beside, new]), ZERO)
    if total > HUNDRED:
        return f"les parts feraient {total.normalize():f} %, au-delà de 100 %"
    return ""


def _meet(one: Share, other: Share) -> bool:
    starts = max(one.starts_on, other.starts_on)
    ends = [day for day in (one.ends_on, other.ends_on) if day is not None]
    return not ends or starts <= min(ends)


def payers_of(
    shares: Sequence[Share], *, order_id: int | None, gross: Decimal | None, on: date
) -> tuple[PayerFacts, ...]:
    """Who pays a share of a document.

    The shares of its order win over those of its buyer. An amount is given until it is used up;
    the payers together never take more than the document.

    Args:
        shares: Of the buyer, oldest first.
        order_id: The order billed, if it is one.
        gross: Total with VAT; none leaves the amounts as recorded.
        on: Day of the supply.

    >>> opco = Share(7, date(2026, 1, 1), percent=Decimal(70), reference="PEC-42")
    >>> payers_of([opco], order_id=None, gross=Decimal("1200.00"), on=date(2026, 11, 1))
    (PayerFacts(party_id=7, percent=Decimal('70'), amount=None, reference='PEC-42'),)
    """
    holding = [one for one in shares if one.holds_on(on)]
    own = [one for one in holding if one.order_id is not None and one.order_id == order_id]
    chosen = own or [one for one in holding if one.order_id is None]
    room = gross
    found = []
    for one in chosen:
        facts = PayerFacts(one.payer_id, one.percent, None, one.reference)
        if one.amount is not None:
            left = one.amount - one.used
            facts = replace(facts, amount=left if room is None else min(left, room))
            if facts.amount is None or facts.amount <= ZERO:
                continue
        if room is not None:
            assert gross is not None
            room -= facts.amount or round_amount(gross * (one.percent or ZERO) / HUNDRED)
        found.append(facts)
    return tuple(found)


def amounts_of(payers: Sequence[PayerFacts], gross: Decimal) -> tuple[list[Decimal], Decimal]:
    """What each payer takes of a total, and what is left to the buyer, to the cent.

    >>> amounts_of([PayerFacts(7, Decimal(70))], Decimal("1200.00"))
    ([Decimal('840.00')], Decimal('360.00'))
    """
    left, parts = gross, []
    for payer in payers:
        wanted = payer.amount
        if wanted is None:
            wanted = round_amount(gross * (payer.percent or ZERO) / HUNDRED)
        part = min(wanted, left)
        parts.append(part)
        left -= part
    return parts, left
