"""Goal: sets of amounts are counted exactly, or the bound is said to be reached."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.matching.sums import count_sums, find_sums

TABLE = 10_000_000
NO_TABLE = 0

amounts = st.lists(st.integers(-30, 60).filter(bool), max_size=9)


def all_sets(values, target):
    return [
        chosen
        for size in range(1, len(values) + 1)
        for chosen in combinations(range(len(values)), size)
        if sum(values[position] for position in chosen) == target
    ]


@pytest.mark.parametrize("work_max", [TABLE, NO_TABLE], ids=["table", "halves"])
@given(amounts, st.integers(1, 120))
def test_both_ways_of_counting_agree_with_trying_every_set(work_max, values, target):
    expected = min(2, len(all_sets(values, target)))

    assert count_sums(values, target, work_max=work_max) == expected


def test_beyond_both_bounds_nothing_is_claimed():
    assert count_sums([1_000_000] * 25, 3_000_000, work_max=1_000) is None


def test_amounts_that_cannot_take_part_do_not_count_towards_the_bound():
    assert count_sums([5, *[1_000_000] * 40], 5, work_max=1_000) == 1


@given(amounts, st.integers(1, 120))
def test_every_set_that_is_found_has_the_sum(values, target):
    found = find_sums(values, target, found_max=3)

    assert set(found) <= set(all_sets(values, target))
    assert len(found) == min(3, len(all_sets(values, target))) or len(values) > 7
