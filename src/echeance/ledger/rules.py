"""Decisions of the ledger that need no database: VAT due on receipts, letters, groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from echeance.core.bookkeeping import vat_due_on_receipt
from echeance.core.money import ZERO, round_amount


@dataclass(frozen=True, slots=True)
class VatState:
    """VAT of an item at one rate, and what has become due of it."""

    item_vat_id: int
    vat: Decimal
    moved: Decimal


@dataclass(frozen=True, slots=True)
class Settled:
    """How an item was settled so far, reversals deducted.

    Attributes:
        money: By money: receipts on an invoice, refunds on a credit note.
        credited: By credit notes (on an invoice), with the VAT they gave back, all rates.
    """

    money: Decimal
    credited: Decimal
    credited_vat: Decimal


def vat_moves(
    amount: Decimal, vats: Iterable[VatState], settled: Settled
) -> list[tuple[int, Decimal]]:
    """VAT to move now, by rate: cumulative, so that the last payment clears it to the cent.

    Credit notes reduce the item and its VAT first; what they gave back at each rate is taken in
    proportion of the item's VAT. Source: CGI art. 269-2 c; settled point 4.

    Args:
        amount: Whole amount of the item.
        vats: Its VAT due on receipts, by rate.
        settled: What settled it so far.

    Returns:
        (item VAT id, amount) where something moves; negative when money went back.

    >>> state = VatState(1, Decimal("20.00"), Decimal("0.00"))
    >>> vat_moves(Decimal(120), [state], Settled(Decimal(50), ZERO, ZERO))
    [(1, Decimal('8.33'))]
    """
    rates = list(vats)
    gross = amount - settled.credited
    whole = sum((one.vat for one in rates), ZERO)
    moves: list[tuple[int, Decimal]] = []
    for one in rates:
        given_back = round_amount(settled.credited_vat * one.vat / whole) if whole else ZERO
        if gross <= ZERO:
            delta = -one.moved
        else:
            delta = vat_due_on_receipt(one.vat - given_back, gross, settled.money, one.moved)
        if delta:
            moves.append((one.item_vat_id, delta))
    return moves


def letter(number: int) -> str:
    """Letters of a run: AA, AB … AZ, BA … then three letters.

    >>> letter(1), letter(26), letter(27), letter(676), letter(677)
    ('AA', 'AZ', 'BA', 'ZZ', 'AAA')
    """
    assert number > 0, "runs start at 1"
    width, first = 2, 0
    while number > first + 26**width:
        first += 26**width
        width += 1
    rest = number - first - 1
    text = ""
    for _ in range(width):
        rest, place = divmod(rest, 26)
        text = chr(ord("A") + place) + text
    return text


def groups(pairs: Iterable[tuple[int, int]]) -> list[set[int]]:
    """Connected groups of items, from the pairs that settle each other.

    >>> groups([(1, 2), (3, 4), (2, 5)])
    [{1, 2, 5}, {3, 4}]
    """
    parent: dict[int, int] = {}

    def find(item: int) -> int:
        while parent.setdefault(item, item) != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for left, right in pairs:
        parent[find(right)] = find(left)
    found: dict[int, set[int]] = {}
    for item in parent:
        found.setdefault(find(item), set()).add(item)
    return sorted(found.values(), key=min)


def net_pairs(rows: Iterable[tuple[int, int, Decimal]]) -> Mapping[tuple[int, int], Decimal]:
    """Live amount of each (debit, credit) pair; pairs that were wholly undone are left out."""
    live: dict[tuple[int, int], Decimal] = {}
    for debit, credit, amount in rows:
        live[debit, credit] = live.get((debit, credit), ZERO) + amount
    return {pair: amount for pair, amount in live.items() if amount}
