"""How long after the supply invoices are issued. No database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Delay:
    """Days from the supply to the issue, over some invoices.

    Attributes:
        mean: To a tenth of a day.
        median: To a tenth; of an even number, the middle of the two.
        p90: Nine invoices in ten were issued within it (nearest rank).
        longest: Of the slowest.
        late: Issued more than two days after, the usual objective.
    """

    count: int
    mean: Decimal
    median: Decimal
    p90: int
    longest: int
    late: int


OBJECTIVE_DAYS = 2


def delay_of(days: Sequence[int]) -> Delay | None:
    """The figures of some delays; none without an invoice.

    Source: billing delay, issue date less supply date (mean, median, P90).

    >>> delay_of([0, 1, 1, 2, 3, 4, 5, 6, 7, 31])
    Delay(count=10, mean=Decimal('6.0'), median=Decimal('3.5'), p90=7, longest=31, late=6)
    """
    if not days:
        return None
    ranked = sorted(days)
    count = len(ranked)
    middle = Decimal(ranked[(count - 1) // 2] + ranked[count // 2]) / 2
    return Delay(
        count=count,
        mean=(Decimal(sum(ranked)) / count).quantize(_TENTH, ROUND_HALF_UP),
        median=middle.quantize(_TENTH, ROUND_HALF_UP),
        p90=ranked[(9 * count + 9) // 10 - 1],
        longest=ranked[-1],
        late=sum(one > OBJECTIVE_DAYS for one in ranked),
    )


def delays_by(pairs: Iterable[tuple[int, int]]) -> dict[int, Delay]:
    """Figures by key (a customer), from pairs of key and days.

    >>> delays_by([(7, 1), (7, 3), (8, 0)])[7].median
    Decimal('2.0')
    """
    found: dict[int, list[int]] = {}
    for key, days in pairs:
        found.setdefault(key, []).append(days)
    return {key: delay for key, days in found.items() if (delay := delay_of(days))}
