"""Which order a cancellation cancels: one order that explains every line of it, or nobody knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Rank = tuple[date, int]
"""Date of a document, then its place in the file; what came before is not newer."""


@dataclass(slots=True)
class OriginalLine:
    """A line that may be cancelled; ``left`` goes down as cancellations take from it."""

    line_id: int
    order_id: int
    party_id: int
    item_code: str
    unit_price: Decimal
    left: Decimal
    rank: Rank


@dataclass(frozen=True, slots=True)
class CancelledLine:
    """A line of a cancellation."""

    item_code: str
    unit_price: Decimal
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Original:
    """The order cancelled, and its line for each line of the cancellation, in their order."""

    order_id: int
    line_ids: tuple[int, ...]


class Originals:
    """The lines that may be cancelled, by customer, article and price."""

    def __init__(self, lines: Iterable[OriginalLine]) -> None:
        self._lines: dict[tuple[int, str, Decimal], list[OriginalLine]] = defaultdict(list)
        for line in lines:
            self._lines[line.party_id, line.item_code, line.unit_price].append(line)

    def find(self, party_id: int, rank: Rank, lines: Sequence[CancelledLine]) -> Original | str:
        """The one original of a cancellation, whose quantities are then taken; else why none.

        Every line must have exactly one earlier order of the same customer with the article at
        that price in at least that quantity, and all lines the same one: a credit note that cites
        the wrong invoice is worse than a question.
        """
        found: set[int] = set()
        for line in lines:
            orders = {one.order_id for one in self._candidates(party_id, rank, line)}
            if not orders:
                return (
                    f"aucune commande antérieure de ce client n'a l'article « {line.item_code} » "
                    "à ce prix et en cette quantité"
                )
            if len(orders) > 1:
                return (
                    f"{len(orders)} commandes antérieures de ce client ont l'article "
                    f"« {line.item_code} » à ce prix et en cette quantité"
                )
            found |= orders
        if len(found) > 1:
            return f"ses lignes viennent de {len(found)} commandes différentes"
        return self._take(party_id, rank, lines, found.pop())

    def _candidates(self, party_id: int, rank: Rank, line: CancelledLine) -> list[OriginalLine]:
        return [
            one
            for one in self._lines.get((party_id, line.item_code, line.unit_price), ())
            if one.rank < rank and one.left >= line.quantity
        ]

    def _take(
        self, party_id: int, rank: Rank, lines: Sequence[CancelledLine], order_id: int
    ) -> Original | str:
        taken: list[tuple[OriginalLine, Decimal]] = []
        for line in lines:
            original = next(
                (one for one in self._candidates(party_id, rank, line) if one.order_id == order_id),
                None,
            )
            if original is None:  # two lines of the cancellation share one line of the order
                for earlier, quantity in taken:
                    earlier.left += quantity
                return f"elle dépasse la quantité commandée de « {line.item_code} »"
            original.left -= line.quantity
            taken.append((original, line.quantity))
        return Original(order_id, tuple(one.line_id for one, _ in taken))
