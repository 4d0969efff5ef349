"""Instalments: the last one makes the total exact; payments fill them in order."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.dunning.instalments import (
    COUNT_MAX,
    Every,
    Instalment,
    InstalmentState,
    ScheduleInvalidError,
    progress,
    schedule,
    split,
)

FIRST = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("total", "count", "amounts"),
    [
        ("100.00", 3, ["33.33", "33.33", "33.34"]),
        ("100.00", 1, ["100.00"]),
        ("0.03", 3, ["0.01", "0.01", "0.01"]),
        ("0.05", 3, ["0.01", "0.01", "0.03"]),
        ("1000.00", 6, ["166.66"] * 5 + ["166.70"]),
        ("12345.67", 7, ["1763.66"] * 6 + ["1763.71"]),
    ],
)
def test_the_last_instalment_makes_the_total_exact(total, count, amounts):
    rows = split(Decimal(total), count, FIRST, Every.MONTH)

    assert [str(one.amount) for one in rows] == amounts
    assert [one.rank for one in rows] == list(range(1, count + 1))


@pytest.mark.parametrize(
    ("every", "first", "days"),
    [
        (Every.WEEK, date(2026, 12, 1), [date(2026, 12, 1), date(2026, 12, 8)]),
        (Every.TWO_WEEKS, date(2026, 12, 1), [date(2026, 12, 1), date(2026, 12, 15)]),
        (Every.MONTH, date(2026, 12, 1), [date(2026, 12, 1), date(2027, 1, 1)]),
        (Every.MONTH, date(2027, 1, 31), [date(2027, 1, 31), date(2027, 2, 28)]),
        (Every.MONTH_END, date(2026, 11, 5), [date(2026, 11, 30), date(2026, 12, 31)]),
    ],
)
def test_the_days_follow_the_delay_agreed(every, first, days):
    rows = split(Decimal("10.00"), 2, first, every, business_days=False)

    assert [one.due_on for one in rows] == days


def test_a_day_that_is_not_worked_is_moved_to_the_next_one():
    # 1 January is a holiday, 2 and 3 January 2027 a weekend.
    rows = split(Decimal("10.00"), 2, FIRST, Every.MONTH)

    assert [one.due_on for one in rows] == [date(2026, 12, 1), date(2027, 1, 4)]


def test_a_month_keeps_the_day_of_the_first_after_a_short_one():
    rows = split(Decimal("3.00"), 3, date(2027, 1, 31), Every.MONTH, business_days=False)

    assert [one.due_on.day for one in rows] == [31, 28, 31]


@pytest.mark.parametrize("count", [0, -1, COUNT_MAX + 1])
def test_the_number_of_instalments_is_bounded(count):
    with pytest.raises(ScheduleInvalidError) as refusal:
        split(Decimal("10000.00"), count, FIRST, Every.MONTH)

    assert str(refusal.value) == "Échéancier refusé : il faut de 1 à 120 échéances."


def test_an_instalment_of_nothing_is_refused():
    with pytest.raises(ScheduleInvalidError):
        split(Decimal("0.02"), 3, FIRST, Every.MONTH)


@given(
    cents=st.integers(1, 10**9),
    count=st.integers(1, COUNT_MAX),
    first=st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    every=st.sampled_from(Every),
)
def test_instalments_sum_to_the_total_and_follow_each_other(cents, count, first, every):
    total = Decimal(cents) / 100
    if cents < count:
        with pytest.raises(ScheduleInvalidError):
            split(total, count, first, every)
        return

    rows = split(total, count, first, every)

    assert sum(one.amount for one in rows) == total
    assert {one.amount for one in rows[:-1]} <= {rows[0].amount}
    assert rows[0].amount <= rows[-1].amount < rows[0].amount + Decimal(count) / 100
    assert [one.due_on for one in rows] == sorted({one.due_on for one in rows})
    assert schedule([(one.due_on, one.amount) for one in rows], total) == rows


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ([], "il faut de 1 à 120 échéances"),
        ([("2026-12-01", "60"), ("2026-12-01", "40")], "l'échéance 2 ne suit pas la précédente"),
        ([("2026-12-01", "100"), ("2027-01-01", "0")], "l'échéance 2 n'est pas un montant positif"),
        ([("2026-12-01", "99.995")], "l'échéance 1 n'est pas un montant positif"),
        ([("2026-12-01", "60"), ("2027-01-01", "39.99")],
         "les échéances font 99.99 € au lieu de 100.00 €"),
    ],
)  # fmt: skip
def test_a_schedule_agreed_by_hand_is_checked(parts, problem):
    rows = [(date.fromisoformat(day), Decimal(amount)) for day, amount in parts]

    with pytest.raises(ScheduleInvalidError) as refusal:
        schedule(rows, Decimal("100.00"))

    assert refusal.value.problem == problem


PLAN = (
    Instalment(1, date(2026, 12, 1), Decimal("40.00")),
    Instalment(2, date(2027, 1, 1), Decimal("40.00")),
    Instalment(3, date(2027, 2, 1), Decimal("20.00")),
)


def states(payments, on, **rules):
    told = progress(PLAN, [(day, Decimal(amount)) for day, amount in payments], on=on, **rules)
    return [one.state.value for one in told.instalments], told


def test_an_overpayment_goes_to_the_next_instalment():
    found, told = states([(date(2026, 12, 1), "70.00")], date(2026, 12, 2))

    assert found == ["paid", "coming", "coming"]
    assert [str(one.paid) for one in told.instalments] == ["40.00", "30.00", "0"]
    assert (told.next.instalment.rank, told.next.left, told.left) == (
        2,
        Decimal("10.00"),
        Decimal("30.00"),
    )


def test_a_late_instalment_is_tolerated_during_its_grace_only():
    assert states([], date(2026, 12, 4), grace_days=3)[0][0] == "grace"

    found, told = states([], date(2026, 12, 5), grace_days=3)

    assert found[0] == InstalmentState.MISSED
    assert (told.missed, told.broken_on) == (1, date(2026, 12, 5))


def test_an_instalment_paid_after_its_grace_was_missed_all_the_same():
    found, told = states([(date(2026, 12, 20), "40.00")], date(2026, 12, 20), misses_max=1)

    assert found == ["paid", "coming", "coming"]
    assert (told.missed, told.broken_on) == (1, None)


def test_the_second_miss_breaks_a_plan_that_allows_one():
    paid = [(date(2026, 12, 20), "40.00")]

    assert states(paid, date(2027, 1, 2), misses_max=1)[1].broken_on == date(2027, 1, 2)


def test_all_paid_is_complete_and_more_than_all_counts_for_nothing():
    _, told = states([(date(2026, 11, 30), "150.00")], date(2026, 12, 1))

    assert (told.is_complete, told.paid, told.next) == (True, Decimal("100.00"), None)


@given(
    payments=st.lists(st.tuples(st.integers(0, 120), st.integers(1, 9000)), max_size=8),
    on=st.integers(0, 130),
    grace=st.integers(0, 10),
)
def test_what_is_paid_and_left_is_always_the_total(payments, on, grace):
    start = date(2026, 11, 20)
    day = start + timedelta(days=on)
    received = [(start + timedelta(days=late), Decimal(cents) / 100) for late, cents in payments]

    told = progress(PLAN, received, on=day, grace_days=grace)

    came = sum(amount for when, amount in received if when <= day)
    assert told.paid == min(came, Decimal("100.00"))
    assert told.paid + told.left == Decimal("100.00")
    later = progress(PLAN, received, on=day + timedelta(days=1), grace_days=grace)
    assert later.missed >= told.missed
