"""Which price a line has, and why: the list of the customer, else the catalogue; then discounts.

Source: EN 16931 BT-146 to BT-148 (net price, discount and gross price of a line), BG-28 (charge).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from echeance.billing.types import AllowanceFacts, PriceFound
from echeance.core.money import ZERO, format_number, round_amount

HUNDRED: Final = Decimal(100)
PRICE_STEP: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Break:
    """A price of a list.

    Attributes:
        list_name: As a person calls the list.
        ends_on: Last day, that day included.
    """

    list_name: str
    min_quantity: Decimal
    unit_price: Decimal
    discount_percent: Decimal
    starts_on: date
    ends_on: date | None = None


def discounted(price: Decimal, *percents: Decimal) -> Decimal:
    """A price after discounts one upon the other, half up to six decimals, once.

    >>> discounted(Decimal("100"), Decimal(10), Decimal(5))
    Decimal('85.500000')
    """
    left = price
    for percent in percents:
        left *= (HUNDRED - percent) / HUNDRED
    return _to_step(left)


def cascade(*percents: Decimal) -> Decimal:
    """The one discount that equals several one upon the other, exact to six decimals.

    >>> cascade(Decimal(10), Decimal(5))
    Decimal('14.500000')
    """
    return HUNDRED - discounted(HUNDRED, *percents)


def price_of(
    *,
    quantity: Decimal,
    on: date,
    breaks: Iterable[Break] = (),
    catalogue: Decimal | None = None,
    usual_discount: Decimal = ZERO,
) -> PriceFound | None:
    """The price of a quantity of an article on a day; none where nobody gave one.

    In order: the break of the customer's list with the greatest quantity reached, and of two the
    one that began last; else the catalogue. The usual discount of the customer applies to the
    catalogue alone: a list is already agreed.

    >>> from datetime import date
    >>> ten = Break("Gros", Decimal(10), Decimal(9), Decimal(0), date(2026, 1, 1))
    >>> found = price_of(
    ...     quantity=Decimal(12), on=date(2026, 6, 1), breaks=[ten], catalogue=Decimal(10)
    ... )
    >>> found.unit_price, found.reason
    (Decimal('9.000000'), 'tarif « Gros », à partir de 10')
    """
    reached = [
        one
        for one in breaks
        if one.min_quantity <= quantity
        and one.starts_on <= on
        and (one.ends_on is None or on <= one.ends_on)
    ]
    if reached:
        best = max(reached, key=lambda one: (one.min_quantity, one.starts_on))
        reason = f"tarif « {best.list_name} »"
        if best.min_quantity > ZERO:
            reason += f", à partir de {plain(best.min_quantity)}"
        return _found(best.unit_price, best.discount_percent, "list", reason)
    if catalogue is None:
        return None
    return _found(catalogue, usual_discount, "catalogue", "prix du catalogue")


def _found(gross: Decimal, discount: Decimal, source: str, reason: str) -> PriceFound:
    if discount:
        reason += f", remise de {plain(discount)} %"
    return PriceFound(
        discounted(gross, discount), gross.quantize(PRICE_STEP), discount, source, reason
    )


def eco_charges(
    contribution: Decimal | None,
    label: str,
    quantity: Decimal,
    percents: Sequence[Decimal] = (),
) -> tuple[AllowanceFacts, ...]:
    """The éco-contribution of a line, a charge in the base of its VAT (BG-28); none without one.

    No discount of the line applies to it: it is passed on as it was paid.

    Args:
        contribution: Of one unit, before VAT.
        label: What it is of (« DEEE », « mobilier »).
        quantity: Of the line.
        percents: Parts of a period, for a line that is billed for some of it.
    """
    if not contribution:
        return ()
    amount = contribution * quantity
    for percent in percents:
        amount *= percent
    rounded = round_amount(amount)
    if rounded <= ZERO:
        return ()
    return (AllowanceFacts(f"Éco-contribution {label}".strip(), rounded, is_charge=True),)


def plain(value: Decimal) -> str:
    """A number the French way, without the zeros its column adds.

    >>> plain(Decimal("12.500000")), plain(Decimal("10.000000"))
    ('12,5', '10')
    """
    text = format_number(value, 6)
    return text.rstrip("0").rstrip(",")


def _to_step(value: Decimal) -> Decimal:
    return value.quantize(PRICE_STEP, rounding=ROUND_HALF_UP)
