"""Dates of contracts and law, checked against the calendar."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.dates import (
    DateRange,
    Semester,
    add_business_days,
    add_months,
    add_years,
    is_business_day,
    month_end,
    roll_forward,
    semester,
    semesters_between,
)

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -13, date(2024, 12, 15)),
    ],
)
def test_a_month_later_is_the_same_day_number_or_the_last(day, months, expected):
    assert add_months(day, months) == expected


def test_the_29th_of_february_falls_back_to_the_28th():
    assert add_years(date(2028, 2, 29), 10) == date(2038, 2, 28)
    assert add_years(date(2028, 2, 29), 4) == date(2032, 2, 29)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 6, 30), Semester(2026, 1)),
        (date(2026, 7, 1), Semester(2026, 2)),
        (date(2026, 12, 31), Semester(2026, 2)),
    ],
)
def test_a_semester_turns_on_the_first_of_july(day, expected):
    assert semester(day) == expected
    assert expected.start <= day < expected.end


@given(DAYS, DAYS)
def test_semester_slices_are_contiguous_and_cover_the_period(one, other):
    start, end = sorted((one, other))

    slices = list(semesters_between(start, end))

    assert sum(period.days for _, period in slices) == (end - start).days
    cuts = [start, *(period.end for _, period in slices)]
    assert [period.start for _, period in slices] == cuts[:-1]
    assert cuts[-1] == end
    assert all(semester(period.last) == half == semester(period.start) for half, period in slices)


def test_a_range_excludes_its_end():
    january = DateRange(date(2026, 1, 1), date(2026, 2, 1))

    assert date(2026, 1, 31) in january
    assert date(2026, 2, 1) not in january
    assert (january.days, january.last) == (31, date(2026, 1, 31))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 4, 6),  # Easter Monday
        date(2026, 5, 14),  # Ascension
        date(2026, 7, 14),
        date(2026, 8, 15),  # a Saturday too
        date(2026, 11, 22),  # a Sunday
    ],
)
def test_holidays_and_weekends_are_not_worked(day):
    assert not is_business_day(day)


def test_a_limit_on_a_holiday_moves_to_the_next_working_day():
    assert roll_forward(date(2026, 5, 1)) == date(2026, 5, 4)  # Friday 1 May, then a weekend
    assert roll_forward(date(2026, 5, 4)) == date(2026, 5, 4)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 4, 2), 1, date(2026, 4, 3)),
        (date(2026, 4, 3), 1, date(2026, 4, 7)),  # over Easter
        (date(2026, 4, 4), 0, date(2026, 4, 7)),
        (date(2026, 12, 24), 2, date(2026, 12, 29)),
    ],
)
def test_business_days_skip_weekends_and_holidays(day, count, expected):
    assert add_business_days(day, count) == expected


@given(DAYS)
def test_the_month_ends_the_day_before_the_next_begins(day):
    assert month_end(day) < add_months(day.replace(day=1), 1)
    assert (add_months(day.replace(day=1), 1) - month_end(day)).days == 1
