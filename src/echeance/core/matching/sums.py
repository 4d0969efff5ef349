"""How many sets of open items give an amount: none, one, or several. Exact, within a bound."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

# Sets of up to 2 x 12 items are counted half by half, whatever their amounts.
_HALF = 12


def count_sums(amounts: Sequence[int], target: int, *, work_max: int) -> int | None:
    """Count the sets of ``amounts`` whose sum is ``target``: 0, 1, or 2 for "several".

    A credit that is taken is a credit that is not left out: adding the total of the credits to
    the target turns every amount into a positive one, and each set into exactly one set.

    Args:
        amounts: Cents, none of them zero, credits negative.
        target: Cents, above zero.
        work_max: Largest table (cents x amounts) to build.

    Returns:
        The count, or ``None`` when the bound is reached: nothing is then known.

    >>> count_sums([100, 60, 40], 100, work_max=10_000), count_sums([100, 60], 100, work_max=10_000)
    (2, 1)
    >>> count_sums([120, 90, -20], 100, work_max=10_000)
    1
    """
    shifted = target - sum(amount for amount in amounts if amount < 0)
    sizes = sorted(abs(amount) for amount in amounts)
    sizes = sizes[: bisect_right(sizes, shifted)]
    total = sum(sizes)
    if shifted > total:
        return 0
    # Taking a set is leaving its complement: the smaller of the two sums makes the smaller table.
    shifted = min(shifted, total - shifted)
    # Half by half costs 2 to the half of the items; the table, words of 64 bits an item.
    if len(sizes) <= 2 * _HALF and (
        len(sizes) * shifted > work_max or len(sizes) * shifted > 1 << (len(sizes) // 2 + 14)
    ):
        return _count_by_halves(sizes, shifted)
    if len(sizes) * shifted <= work_max:
        return _count_in_table(sizes, shifted)
    return None


def _count_in_table(sizes: Sequence[int], target: int) -> int:
    """Bit ``s`` of ``once`` (``twice``): at least one (two) of the sets so far sum to ``s``."""
    mask = (1 << (target + 1)) - 1
    once, twice = 1, 0
    for size in sizes:
        shifted = once << size
        twice = (twice | (twice << size) | (once & shifted)) & mask
        once = (once | shifted) & mask
    return (once >> target & 1) + (twice >> target & 1)


def _count_by_halves(sizes: Sequence[int], target: int) -> int:
    left = _all_sums(sizes[: len(sizes) // 2])
    right = _all_sums(sizes[len(sizes) // 2 :])
    return min(2, sum(count * right[target - total] for total, count in left.items()))


def _all_sums(sizes: Sequence[int]) -> Counter[int]:
    sums = Counter({0: 1})
    for size in sizes:
        sums.update({total + size: count for total, count in sums.items()})
    return sums


def find_sums(
    amounts: Sequence[int], target: int, *, found_max: int, steps_max: int = 400
) -> list[tuple[int, ...]]:
    """Find some sets whose sum is ``target``, as positions in ``amounts``, smallest sets first.

    It is a help for the person who is asked, not a proof: the search stops at ``steps_max``.

    >>> find_sums([100, 60, 40], 100, found_max=5)
    [(0,), (1, 2)]
    """
    order = sorted(range(len(amounts)), key=lambda position: (-abs(amounts[position]), position))
    # What the amounts from each rank on can still add, at least and at most.
    lowest, highest = [0], [0]
    for position in reversed(order):
        amount = amounts[position]
        lowest.append(lowest[-1] + min(amount, 0))
        highest.append(highest[-1] + max(amount, 0))
    lowest.reverse()
    highest.reverse()
    found: list[tuple[int, ...]] = []
    stack: list[tuple[int, int, tuple[int, ...]]] = [(0, target, ())]
    steps = 0
    while stack and steps < steps_max and len(found) < found_max:
        steps += 1
        rank, missing, taken = stack.pop()
        if rank == len(order):
            if missing == 0 and taken:
                found.append(tuple(sorted(taken)))
            continue
        if not lowest[rank] <= missing <= highest[rank]:
            continue
        position = order[rank]
        stack.append((rank + 1, missing, taken))
        stack.append((rank + 1, missing - amounts[position], (*taken, position)))
    return sorted(found, key=lambda positions: (len(positions), positions))
