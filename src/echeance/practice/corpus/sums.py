"""Whether several sets of items make a sum, by a method that the product does not use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_BITS_MAX: Final = 60_000_000
_ENUMERATED_MAX: Final = 14
_SHOWN: Final = 8


def is_unique(amounts: Sequence[int], target: int) -> bool:
    """Whether exactly one non-empty set of positions sums to ``target``; too large says no.

    Two rows of bits hold the sums that one set, and that two sets or more, make. A credit is
    turned round: leaving it out is choosing its size, for a target as much larger.

    >>> is_unique([300, 500, 800], 500), is_unique([300, 500, 800], 800)
    (True, False)
    >>> is_unique([1000, -200, 800], 1600), is_unique([1000, -200, 800], 800)
    (True, False)
    """
    goal = target - sum(one for one in amounts if one < 0)
    if goal * len(amounts) > _BITS_MAX or target == 0:
        return False
    mask = (1 << (goal + 1)) - 1
    once, twice = 1, 0
    for size in map(abs, amounts):
        if size <= goal:
            twice = (twice | (twice << size) | (once & (once << size))) & mask
            once = (once | (once << size)) & mask
    return bool(once >> goal & 1) and not twice >> goal & 1


def some_subsets(amounts: Sequence[int], target: int) -> list[tuple[int, ...]]:
    """At most eight sets of positions that sum to ``target``, small sets first.

    Beyond fourteen items only sets of one and of two are looked for.

    >>> some_subsets([300, 500, 800], 800)
    [(2,), (0, 1)]
    """
    found: list[tuple[int, ...]] = [(at,) for at, one in enumerate(amounts) if one == target]
    places: dict[int, list[int]] = {}
    for at, one in enumerate(amounts):
        found.extend((before, at) for before in places.get(target - one, ()))
        places.setdefault(one, []).append(at)
    if len(amounts) <= _ENUMERATED_MAX:
        found = found[:_SHOWN]
        seen = set(found)
        sums: list[tuple[int, tuple[int, ...]]] = [(0, ())]
        for at, one in enumerate(amounts):
            sums += [(total + one, (*chosen, at)) for total, chosen in sums]
        large = (chosen for total, chosen in sums if total == target and chosen not in seen)
        found.extend(one for one in large if one)
    return found[:_SHOWN]
