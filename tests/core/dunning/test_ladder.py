"""The ladder: the highest level reached, once; a missed day loses nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.dunning import DEFAULT_PLAN, Level, Plan, next_level, next_level_day


@pytest.mark.parametrize(
    ("days_late", "last_rank", "expected"),
    [
        (-3, 0, None),
        (4, 0, None),
        (5, 0, 1),
        (14, 0, 1),
        (14, 1, None),
        (15, 1, 2),
        (40, 0, 3),  # never run before: one message, the highest
        (40, 1, 3),  # level 2 was missed: it is not sent after the fact
        (40, 3, None),
        (400, 3, None),
    ],
)
def test_the_highest_level_reached_is_sent_once(days_late, last_rank, expected):
    level = next_level(DEFAULT_PLAN, days_late, last_rank)

    assert (level and level.rank) == expected


def test_a_plan_may_write_before_the_due_date():
    plan = Plan((Level(1, "before", "Avant échéance", -7), Level(2, "first", "Relance 1", 5)))

    level = next_level(plan, -7, 0)

    assert level is not None
    assert level.key == "before"
    assert next_level(plan, -8, 0) is None
    assert next_level_day(plan, date(2026, 5, 31), 0) == date(2026, 5, 24)


def test_after_the_last_level_there_is_no_next_day():
    assert next_level_day(DEFAULT_PLAN, date(2026, 5, 31), 2) == date(2026, 6, 30)
    assert next_level_day(DEFAULT_PLAN, date(2026, 5, 31), 3) is None


@pytest.mark.parametrize(
    "levels",
    [
        (),
        (Level(2, "a", "A", 5),),
        (Level(1, "a", "A", 5), Level(2, "b", "B", 5)),
        (Level(1, "a", "A", 9), Level(2, "b", "B", 5)),
    ],
)
def test_a_plan_out_of_order_cannot_exist(levels):
    with pytest.raises(AssertionError):
        Plan(levels)


@given(st.sets(st.integers(0, 90), max_size=91))
def test_whatever_days_are_run_levels_rise_and_end_at_the_highest_reached(days):
    rank, sent = 0, []
    for days_late in sorted(days):
        level = next_level(DEFAULT_PLAN, days_late, rank)
        if level:
            rank = level.rank
            sent.append(rank)
        assert next_level(DEFAULT_PLAN, days_late, rank) is None  # the second run of a day: nothing

    assert sent == sorted(set(sent))
    last = max(days, default=0)
    assert rank == sum(level.days_after_due <= last for level in DEFAULT_PLAN.levels)
