"""Decisions of the ledger that need no database: VAT that became due, letters, groups, months."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from echeance.core.bookkeeping import vat_due_on_receipt
from echeance.core.dates import month_end
from echeance.core.money import ZERO, round_amount

VatKey = tuple[str, Decimal]  # category (UNCL 5305) and rate


@dataclass(frozen=True, slots=True)
class SettledItem:
    """What the VAT of an open item depends on; none of it ever changes.

    Attributes:
        document_ref: Its document.
        credits_ref: The document it corrects, if any.
        amount: Whole amount.
        vat: VAT due on receipts, by category and rate.
    """

    document_ref: str
    credits_ref: str
    amount: Decimal
    vat: Mapping[VatKey, Decimal]

    def corrects(self, other: SettledItem) -> bool:
        """Whether it is a correction of the other's document."""
        return bool(self.credits_ref) and self.credits_ref == other.document_ref


def vat_due(
    item: SettledItem, settlements: Iterable[tuple[SettledItem, Decimal]]
) -> dict[VatKey, Decimal]:
    """VAT of an item that is due, by rate, given all that settles it.

    A credit note set against its own invoice is no payment: it lowers the amount and the VAT of
    both, each rate by its own. Whatever else settles an item pays it, and VAT becomes due in
    proportion of what is left after corrections, the last payment taking the rest. What is due is
    a function of what settles the item now, so undoing a settlement gives back the exact figure.

    Args:
        item: An invoice, or a credit note whose VAT goes back as it is refunded.
        settlements: What settles it, with the amount.

    Source: CGI art. 269-2 c and 272-1.

    >>> twenty = ("S", Decimal(20))
    >>> invoice = SettledItem("FA1", "", Decimal(120), {twenty: Decimal("20.00")})
    >>> payment = SettledItem("R1", "", Decimal(50), {})
    >>> str(vat_due(invoice, [(payment, Decimal(50))])[twenty])
    '8.33'
    >>> credit = SettledItem("AV1", "FA1", Decimal(60), {twenty: Decimal("10.00")})
    >>> str(vat_due(invoice, [(credit, Decimal(60)), (payment, Decimal(30))])[twenty])
    '5.00'
    """
    left_amount, left_vat, paid = item.amount, dict(item.vat), ZERO
    for other, amount in settlements:
        correction = item if item.corrects(other) else other if other.corrects(item) else None
        if correction is None:
            paid += amount
            continue
        left_amount -= amount
        for key in item.vat.keys() & other.vat.keys():
            left_vat[key] -= round_amount(correction.vat[key] * amount / correction.amount)
    if left_amount == ZERO:
        return left_vat
    return {key: vat_due_on_receipt(vat, left_amount, paid, ZERO) for key, vat in left_vat.items()}


def letter(rank: int) -> str:
    """Letters of a run: AA, AB … AZ, BA … ZZ, then three letters.

    >>> letter(1), letter(26), letter(27), letter(676), letter(677)
    ('AA', 'AZ', 'BA', 'ZZ', 'AAA')
    """
    assert rank > 0, "runs start at 1"
    width, rest = 2, rank - 1
    while rest >= 26**width:
        rest -= 26**width
        width += 1
    text = ""
    for _ in range(width):
        rest, place = divmod(rest, 26)
        text = chr(ord("A") + place) + text
    return text


_Name = TypeVar("_Name", int, str)


def groups(pairs: Iterable[tuple[_Name, _Name]]) -> list[set[_Name]]:
    """Connected groups of items, from the pairs that settle each other; of parties, from merges.

    >>> groups([(1, 2), (3, 4), (2, 5)])
    [{1, 2, 5}, {3, 4}]
    """
    parent: dict[_Name, _Name] = {}

    def find(item: _Name) -> _Name:
        while parent.setdefault(item, item) != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for left, right in pairs:
        parent[find(right)] = find(left)
    found: dict[_Name, set[_Name]] = {}
    for item in sorted(parent):
        found.setdefault(find(item), set()).add(item)
    return list(found.values())


def months(starts_on: date, ends_on: date) -> Iterator[tuple[date, date]]:
    """First and last day of each month of a fiscal year; the ends may be cut.

    >>> [(str(first), str(last)) for first, last in months(date(2026, 1, 15), date(2026, 2, 28))]
    [('2026-01-15', '2026-01-31'), ('2026-02-01', '2026-02-28')]
    """
    day = starts_on
    while day <= ends_on:
        last = min(month_end(day), ends_on)
        yield day, last
        day = last + timedelta(days=1)
