"""What a customer owes at the opening judgment, item by item. Pure.

Sources: C. com. L622-24 (what is declared), L622-17 (what is paid at its due date), L622-28
(interest stops), L441-10 II (no 40 € on what proceedings forbade to pay when it fell due).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from echeance.core.insolvency import Split, Supplied, split_at
from echeance.core.money import ZERO
from echeance.ledger.types import OpenItemFacts


@dataclass(frozen=True, slots=True)
class Supply:
    """What an invoice says of its supplies.

    Attributes:
        lines: As invoiced; empty when only its date is known.
        delivered_on: Delivery date (BT-72) of the whole.
        start, end: Period of the whole (BT-73, BT-74).
    """

    lines: tuple[tuple[Decimal, Decimal, date | None, date | None], ...] = ()
    delivered_on: date | None = None
    start: date | None = None
    end: date | None = None


def supplied_lines(supply: Supply, invoiced_on: date) -> tuple[Supplied, ...]:
    """Lines with the days of their supply: their own period, that of the whole, its delivery.

    Without any of them the day of the invoice stands for it.
    """
    found = []
    for net, rate, start, end in supply.lines:
        first = start or end or supply.start or supply.end or supply.delivered_on or invoiced_on
        last = end or start or supply.end or supply.start or supply.delivered_on or invoiced_on
        found.append(Supplied(net, rate, first, max(first, last)))
    return tuple(found)


def split_item(item: OpenItemFacts, supply: Supply | None, judgment_on: date) -> Split:
    """The two parts of an open item, and how they were read.

    A debt without lines counts by the date of its document.
    """
    lines = supplied_lines(supply, item.document_date) if supply else ()
    if not lines:
        before = item.document_date < judgment_on
        return Split(
            item.open_amount if before else ZERO,
            ZERO if before else item.open_amount,
            f"d'après la date de la pièce, {item.document_date:%d/%m/%Y}",
        )
    found = split_at(judgment_on, lines, item.open_amount)
    first, last = min(one.start for one in lines), max(one.end for one in lines)
    days = f"le {first:%d/%m/%Y}" if first == last else f"du {first:%d/%m/%Y} au {last:%d/%m/%Y}"
    cut = ", à cheval sur le jugement" if found.before and found.after else ""
    return Split(found.before, found.after, f"livrée ou exécutée {days}{cut}")


def share(amount: Decimal, split: Split) -> Decimal:
    """Part of what an item bears (interest) that goes with its part before the judgment."""
    whole = split.before + split.after
    return (amount * split.before / whole).quantize(Decimal("0.01")) if whole else ZERO


def frozen_total(splits: Sequence[Split]) -> Decimal:
    """All that is owed from before the judgment."""
    return sum((one.before for one in splits), ZERO)
