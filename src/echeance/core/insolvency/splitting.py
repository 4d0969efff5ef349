"""An invoice cut at the opening judgment: what was supplied before is frozen, the rest is due.

A debt is born of the supply, not of the invoice: what was supplied before the day of the judgment
is declared, what is supplied from that day on is paid at its due date.
Sources: C. com. L622-7, L622-17, L622-24; R621-4 (the judgment takes effect on its date).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from echeance.core.money import ZERO, allocate, round_amount


@dataclass(frozen=True, slots=True)
class Supplied:
    """A line of an invoice as it was supplied.

    Attributes:
        net: Amount without VAT; negative for a reduction.
        rate: VAT rate, per cent.
        start, end: First and last day of the supply; the same for a delivery.
    """

    net: Decimal
    rate: Decimal
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Split:
    """What of a debt was born before the judgment and what after, VAT included.

    Attributes:
        why: How it was read, in French.
    """

    before: Decimal
    after: Decimal
    why: str = ""


def share_before(line: Supplied, judgment_on: date) -> Decimal:
    """Part of a line supplied before the judgment, 0 to 1, by days of its period.

    >>> line = Supplied(Decimal(310), Decimal(20), date(2026, 10, 1), date(2026, 10, 31))
    >>> share_before(line, date(2026, 10, 1)), share_before(line, date(2026, 11, 1))
    (Decimal('0'), Decimal('1'))
    """
    if line.end < judgment_on:
        return Decimal(1)
    if line.start >= judgment_on:
        return Decimal(0)
    whole = (line.end - line.start).days + 1
    return Decimal((judgment_on - line.start).days) / whole


def split_at(judgment_on: date, lines: Sequence[Supplied], open_amount: Decimal) -> Split:
    """Cut what is open of an invoice at the judgment, to the cent; the two parts sum to it.

    Each rate is cut by its own lines, VAT with it; what was already paid paid both in proportion.

    Args:
        judgment_on: Day of the opening judgment: what is supplied on it is after.
        lines: All lines of the invoice, at least one, their sum with VAT above zero.
        open_amount: What is left of the invoice, VAT included.
    """
    before: dict[Decimal, Decimal] = {}
    whole: dict[Decimal, Decimal] = {}
    for line in lines:
        part = round_amount(line.net * share_before(line, judgment_on))
        before[line.rate] = before.get(line.rate, ZERO) + part
        whole[line.rate] = whole.get(line.rate, ZERO) + line.net
    gross = {rate: net + round_amount(net * rate / 100) for rate, net in whole.items()}
    gross_before = sum(
        (
            gross[rate]
            if net == whole[rate]
            else net + round_amount((gross[rate] - whole[rate]) * net / whole[rate])
            for rate, net in before.items()
            if net
        ),
        ZERO,
    )
    total = sum(gross.values(), ZERO)
    gross_before = max(ZERO, min(gross_before, total))
    if total <= ZERO or gross_before == total:
        return Split(open_amount, ZERO)
    first, second = allocate(open_amount, [gross_before, total - gross_before])
    return Split(first, second)
