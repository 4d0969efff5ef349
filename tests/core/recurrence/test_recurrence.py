"""Subscriptions: every period once, a part of a period to the cent, a price revised by its clause."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.dates import DateRange
from echeance.core.recurrence import (
    Formula,
    IndexValue,
    MissingIndexError,
    Proration,
    Schedule,
    Step,
    Timing,
    due_periods,
    period_holding,
    periods,
    prorated,
    revised,
)


def days(start, end):
    return DateRange(date.fromisoformat(start), date.fromisoformat(end))


def told(found):
    return [(str(one.covered.start), str(one.covered.end), str(one.bill_on)) for one in found]


def test_a_year_of_subscription_with_a_missed_month_is_billed_once_each_month():
    """March was forgotten: April bills March and April, May bills May alone."""
    contract = Schedule(date(2026, 1, 1))
    billed = [days("2026-01-01", "2026-02-01"), days("2026-02-01", "2026-03-01")]

    april = due_periods(contract, on=date(2026, 4, 1), billed=billed)
    assert told(april) == [
        ("2026-03-01", "2026-04-01", "2026-03-01"),
        ("2026-04-01", "2026-05-01", "2026-04-01"),
    ]

    billed += [one.covered for one in april]
    assert due_periods(contract, on=date(2026, 4, 30), billed=billed) == []
    assert told(due_periods(contract, on=date(2026, 5, 1), billed=billed)) == [
        ("2026-05-01", "2026-06-01", "2026-05-01")
    ]


def test_a_contract_in_arrears_is_billed_when_its_period_is_over():
    contract = Schedule(date(2026, 1, 15), timing=Timing.ARREARS)

    assert due_periods(contract, on=date(2026, 2, 14), billed=[]) == []
    assert told(due_periods(contract, on=date(2026, 2, 15), billed=[])) == [
        ("2026-01-15", "2026-02-15", "2026-02-15")
    ]


def test_a_period_billed_in_part_is_billed_for_the_rest_alone():
    contract = Schedule(date(2026, 1, 1))

    left = due_periods(contract, on=date(2026, 1, 31), billed=[days("2026-01-10", "2026-01-20")])

    assert told(left) == [
        ("2026-01-01", "2026-01-10", "2026-01-01"),
        ("2026-01-20", "2026-02-01", "2026-01-20"),
    ]


def test_an_ended_contract_has_a_last_part_and_nothing_after():
    contract = Schedule(date(2026, 1, 1), end=date(2026, 2, 15))

    found = due_periods(contract, on=date(2026, 12, 31), billed=[])

    assert told(found) == [
        ("2026-01-01", "2026-02-01", "2026-01-01"),
        ("2026-02-01", "2026-02-15", "2026-02-01"),
    ]
    assert not found[1].complete
    # 14 of 28 days of 300 €
    assert prorated(Decimal(300), found[1]) == Decimal("150.00")


def test_a_calendar_contract_begins_with_a_part_of_its_quarter():
    contract = Schedule(date(2026, 2, 15), step=Step.QUARTER, calendar=True)

    first, second = periods(contract, until=date(2026, 4, 1))

    assert told([first, second]) == [
        ("2026-02-15", "2026-04-01", "2026-02-15"),
        ("2026-04-01", "2026-07-01", "2026-04-01"),
    ]
    # 45 of 90 days
    assert prorated(Decimal(900), first) == Decimal("450.00")


@pytest.mark.parametrize(
    ("start", "end", "by_days", "by_thirtieths"),
    [
        # price 310 € for January 2026 (31 days)
        ("2026-01-01", "2026-02-01", "310.00", "310.00"),
        ("2026-01-16", "2026-02-01", "160.00", "155.00"),  # 16/31 ; 15/30
        ("2026-01-31", "2026-02-01", "10.00", "10.33"),  # 1/31 ; 1/30
        ("2026-01-01", "2026-01-02", "10.00", "10.33"),
        ("2026-01-08", "2026-01-15", "70.00", "72.33"),  # 7/31 ; 7/30
    ],
)
def test_the_part_of_a_month_by_its_days_or_by_thirtieths(start, end, by_days, by_thirtieths):
    contract = Schedule(date.fromisoformat(start), end=date.fromisoformat(end), calendar=True)
    (part,) = periods(contract, until=date(2026, 1, 31))

    assert prorated(Decimal(310), part) == Decimal(by_days)
    assert prorated(Decimal(310), part, Proration.THIRTIETHS) == Decimal(by_thirtieths)


@given(
    start=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    step=st.sampled_from(Step),
    timing=st.sampled_from(Timing),
    calendar=st.booleans(),
    length=st.integers(0, 900),
    asked=st.lists(st.integers(0, 1200), max_size=6),
)
def test_whenever_one_asks_no_day_is_billed_twice_and_none_is_forgotten(
    start, step, timing, calendar, length, asked
):
    end = start + timedelta(days=length)
    contract = Schedule(start, step, timing, end, calendar)
    billed = []
    for after in sorted([*asked, 1500]):
        found = due_periods(contract, on=start + timedelta(days=after), billed=billed)
        billed += [one.covered for one in found]

    billed.sort(key=lambda one: one.start)
    assert sum(one.days for one in billed) == length
    assert all(a.end == b.start for a, b in pairwise(billed))
    if billed:
        assert (billed[0].start, billed[-1].end) == (start, end)


@given(day=st.dates(date(2026, 1, 31), date(2028, 12, 31)), step=st.sampled_from(Step))
def test_a_day_of_the_contract_is_in_one_period(day, step):
    contract = Schedule(date(2026, 1, 31), step)
    holding = period_holding(contract, day)

    assert holding is not None
    assert day in holding.covered
    assert period_holding(contract, date(2026, 1, 30)) is None


SYNTEC = Formula({"SYNTEC": Decimal("0.85")}, {"SYNTEC": Decimal(300)}, Decimal("0.15"))


@pytest.mark.parametrize(
    ("index", "price", "expected"),
    [
        ("300", "1000", "1000.00"),
        ("312", "1000", "1034.00"),  # 0.15 + 0.85 × 1.04 = 1.034
        ("306.5", "1000", "1018.42"),  # 0.15 + 0.85 × 1.021666… = 1.01841666…
        ("291", "1000", "974.50"),  # 0.15 + 0.85 × 0.97
        ("312", "0.05", "0.05"),
    ],
)
def test_a_price_follows_its_index_from_the_origin(index, price, expected):
    value = IndexValue("octobre 2026", Decimal(index), date(2026, 11, 20))

    assert revised(Decimal(price), SYNTEC, {"SYNTEC": value}) == Decimal(expected)


def test_a_half_cent_made_of_thirds_goes_up():
    """0.015 × (1 ÷ 3) × 3 is exactly a cent and a half."""
    formula = Formula({"ILC": Decimal(1)}, {"ILC": Decimal(3)})
    value = IndexValue("T2", Decimal(3), date(2026, 9, 30))

    assert revised(Decimal("0.015"), formula, {"ILC": value}) == Decimal("0.02")


def test_a_clause_may_bound_the_revision():
    capped = Formula({"ILC": Decimal(1)}, {"ILC": Decimal(100)}, ceiling=Decimal("1.035"))
    value = IndexValue("T2", Decimal(110), date(2026, 9, 30))

    assert revised(Decimal(200), capped, {"ILC": value}) == Decimal("207.00")


def test_an_index_that_is_not_published_is_asked_for():
    with pytest.raises(MissingIndexError) as refusal:
        revised(Decimal(1), SYNTEC, {})

    assert "SYNTEC" in str(refusal.value)


@pytest.mark.parametrize(
    ("weights", "bases", "fixed"),
    [
        ({"A": Decimal("0.8")}, {"A": Decimal(1)}, Decimal("0.15")),
        ({"A": Decimal(1)}, {"B": Decimal(1)}, Decimal(0)),
        ({"A": Decimal(1)}, {"A": Decimal(0)}, Decimal(0)),
    ],
)
def test_a_clause_that_changes_the_price_by_itself_is_no_clause(weights, bases, fixed):
    with pytest.raises(ValueError, match=r"add up|above zero"):
        Formula(weights, bases, fixed)


@given(
    start=st.dates(date(2019, 1, 1), date(2024, 12, 31)),
    step=st.sampled_from(Step),
    calendar=st.booleans(),
    since=st.dates(date(2018, 1, 1), date(2027, 12, 31)),
)
def test_beginning_later_leaves_out_what_is_over_and_nothing_else(start, step, calendar, since):
    schedule = Schedule(start, step, calendar=calendar)
    until = date(2027, 12, 31)

    later = list(periods(schedule, until=until, since=since))

    assert later == [one for one in periods(schedule, until=until) if one.whole.end > since]
