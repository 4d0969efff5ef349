"""How much of an invoice may still be credited, line by line and by VAT group.

Source: settled point 5: VAT credited by rate never exceeds what is left; nor does the total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from echeance.billing.errors import CreditRefusedError
from echeance.billing.types import CreditLine
from echeance.core.money import ZERO, round_amount


@dataclass(frozen=True, slots=True)
class LineLeft:
    """What earlier credit notes have left of a line.

    Attributes:
        quantity: Units not given back at the price billed.
        net_amount: Amount not given back.
    """

    line_id: int
    position: int
    unit_price: Decimal
    ordered: Decimal
    quantity: Decimal
    net_amount: Decimal


@dataclass(frozen=True, slots=True)
class CreditedLine:
    """What a credit note gives back of a line."""

    line_id: int
    quantity: Decimal
    unit_price: Decimal
    net_amount: Decimal


def credited_lines(
    number: str, left: Mapping[int, LineLeft], wanted: Sequence[CreditLine] | None
) -> list[CreditedLine]:
    """Lines of a credit note on an invoice.

    Args:
        number: The invoice, for the sentences.
        left: What is left of each of its lines.
        wanted: What to give back; None for all that is left.

    Raises:
        CreditRefusedError: Nothing is left, or a line gives back more than is left of it.
    """
    if wanted is None:
        wanted = [CreditLine(line_id) for line_id, one in left.items() if one.net_amount > ZERO]
    if not wanted:
        raise CreditRefusedError(number, "tout a déjà été crédité")
    if len({one.line_id for one in wanted}) < len(wanted):
        raise CreditRefusedError(number, "une ligne y figure deux fois, réunissez-les")
    return [_credited(number, left, one) for one in wanted]


def _credited(number: str, left: Mapping[int, LineLeft], wanted: CreditLine) -> CreditedLine:
    line = left.get(wanted.line_id)
    if line is None:
        raise CreditRefusedError(number, "une ligne n'est pas de cette facture")
    if line.net_amount <= ZERO:
        raise CreditRefusedError(number, f"la ligne {line.position} est entièrement créditée")
    full_price = wanted.unit_price is None or wanted.unit_price == line.unit_price
    price = line.unit_price if wanted.unit_price is None else wanted.unit_price
    most = line.quantity if full_price else line.ordered
    quantity = most if wanted.quantity is None else wanted.quantity
    if not (ZERO < quantity <= most and ZERO < price <= line.unit_price):
        raise CreditRefusedError(
            number,
            f"ligne {line.position}, il reste {most} unité(s) à créditer, au plus au prix de "
            f"{line.unit_price}",
        )
    if full_price and quantity == line.quantity:
        # The last units take what is left: parts rounded one by one may not sum to the line.
        return CreditedLine(line.line_id, quantity, price, line.net_amount)
    net_amount = round_amount(quantity * price)
    if not ZERO < net_amount <= line.net_amount:
        raise CreditRefusedError(
            number, f"ligne {line.position}, il ne reste que {line.net_amount} HT à créditer"
        )
    return CreditedLine(line.line_id, quantity, price, net_amount)
