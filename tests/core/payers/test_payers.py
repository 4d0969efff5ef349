"""How customers pay: profiles by hand, foreseen days, and that they are worth the median."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.dates import roll_forward
from echeance.core.payers import (
    Action,
    Asked,
    Grade,
    PaidItem,
    Situation,
    boosted,
    calibrate,
    evaluate,
    fitted,
    next_action,
    profile_of,
)

DUE = date(2026, 3, 31)


def paid(late, amount="100.00", party=1, due=DUE):
    return PaidItem(
        party, Decimal(amount), due - timedelta(days=30), due, due + timedelta(days=late)
    )


def asked(party=1, due=DUE, amount="100.00"):
    return Asked(party, Decimal(amount), due - timedelta(days=30), due)


# -- profile --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("story", "items", "weighted", "median", "grade"),
    [
        ("jamais payé", [], "0.0", 0, Grade.UNKNOWN),
        ("deux paiements ne disent rien", [paid(90), paid(90)], "90.0", 90, Grade.UNKNOWN),
        ("à l'heure ou avant", [paid(0), paid(-3), paid(2)], "0.7", 0, Grade.PROMPT),
        # (1000×1 + 10×60 + 10×60) / 1020 = 2200 / 1020 = 2.16
        (
            "les grosses à l'heure, les petites oubliées",
            [paid(1, "1000.00"), paid(60, "10.00"), paid(60, "10.00")],
            "2.2",
            60,
            Grade.PROMPT,
        ),
        # (1000×60 + 10×0 + 10×0) / 1020 = 58.82
        (
            "les petites à l'heure, les grosses en retard",
            [paid(60, "1000.00"), paid(0, "10.00"), paid(0, "10.00")],
            "58.8",
            0,
            Grade.BAD,
        ),
        ("dix jours", [paid(10), paid(10), paid(10)], "10.0", 10, Grade.SLOW),
        ("un mois", [paid(30), paid(28), paid(32)], "30.0", 30, Grade.LATE),
    ],
)
def test_a_profile_is_reckoned_from_what_was_paid(story, items, weighted, median, grade):
    found = profile_of(items)

    assert (str(found.weighted_days_late), found.median_days_late, found.grade) == (
        weighted,
        median,
        grade,
    )


def test_the_trend_compares_the_later_half_with_the_earlier_one():
    items = [
        paid(late, due=date(2026, month, 28)) for month, late in enumerate((2, 4, 3, 20, 22, 21), 1)
    ]

    assert profile_of(items).trend_days == Decimal("18.0")
    assert profile_of(items[:5]).trend_days == 0


def test_promises_not_kept_lower_the_grade():
    items = [paid(10)] * 4

    assert profile_of(items, promises=(4, 4)).grade is Grade.SLOW
    assert profile_of(items, promises=(4, 1)).grade is Grade.LATE


# -- foreseen days --------------------------------------------------------------------------------


def test_who_always_pays_ten_days_late_is_expected_ten_days_late():
    model = fitted([paid(10)] * 9)

    [found] = model.predict([asked(due=date(2026, 6, 30))], date(2026, 6, 1))

    assert found.expected_on == date(2026, 7, 10)
    assert found.method == "own"


def test_few_payments_lean_on_those_of_everybody():
    model = fitted([*[paid(20, party=n) for n in range(2, 40)], paid(0, party=1)])

    [found] = model.predict([asked(1, date(2026, 6, 30))], date(2026, 6, 1))

    assert found.method == "shared"
    assert found.expected_on == date(2026, 7, 20)


def test_an_item_later_than_usual_is_compared_with_those_that_were_as_late():
    model = fitted([*[paid(2)] * 6, paid(40), paid(44), paid(48)])

    [found] = model.predict([asked(due=date(2026, 6, 1))], date(2026, 7, 1))

    assert found.expected_on == date(2026, 7, 15)  # 44 days late


def test_without_any_payment_the_due_date_is_all_that_is_known():
    [found] = fitted([]).predict([asked(due=date(2026, 6, 30))], date(2026, 6, 1))

    assert found.expected_on == date(2026, 6, 30)
    assert found.known == 0


@given(
    delays=st.lists(st.integers(-20, 120), max_size=30),
    seen_after=st.integers(-60, 300),
)
def test_nothing_is_expected_in_the_past_and_the_bounds_hold_the_day(delays, seen_after):
    model = fitted([paid(late, party=number % 3) for number, late in enumerate(delays)])
    on = DUE + timedelta(days=seen_after)

    for found in model.predict([asked(party) for party in range(4)], on):
        assert found.expected_on >= on
        assert found.early_on <= found.late_on


# -- worth the median -----------------------------------------------------------------------------


def corpus(seed, customers=40, months=20):
    """Customers with habits: a delay of their own, a day of payment, slower on large amounts."""
    draw = random.Random(seed)
    items = []
    for party in range(customers):
        usual = draw.choice((0, 2, 8, 20, 35))
        pays_on = draw.choice((None, None, 10, 25))
        slow_above = draw.choice((None, 2000))
        for month in range(months):
            issued = date(2024, 1, 1) + timedelta(days=30 * month + draw.randrange(28))
            due = issued + timedelta(days=30)
            amount = Decimal(draw.randrange(5000, 500000)) / 100
            late = max(usual + draw.randrange(-4, 6), -10)
            if slow_above and amount > slow_above:
                late += 15
            day = due + timedelta(days=late)
            while pays_on and day.day != pays_on:
                day += timedelta(days=1)
            items.append(PaidItem(party, amount, issued, due, roll_forward(day)))
    return items


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 9))]
)
def test_on_later_payments_it_is_no_worse_than_the_median_of_the_customer(seed):
    found = evaluate(corpus(seed))

    assert found.tested > 100
    assert found.model <= found.median
    assert found.model_name in {"boosted", "robust"}


def test_where_habits_are_pure_chance_the_median_is_kept():
    draw = random.Random(5)
    items = [
        paid(draw.randrange(0, 60), party=n % 7, due=date(2025, 1, 1) + timedelta(days=n))
        for n in range(300)
    ]

    found = evaluate(items)

    assert found.model_name == "robust"
    assert abs(found.model - found.median) <= 1  # a business day apart


def test_what_is_announced_happens_about_as_often():
    items = sorted(corpus(3), key=lambda one: one.issued_on)
    cut = items[600].issued_on
    past = [item for item in items if item.paid_on < cut]
    model = boosted(past) or fitted(past)

    found = calibrate(model, [item for item in items if item.issued_on >= cut], cut)

    assert 65 <= found.between_percent <= 95
    assert found.announced_percent == 80


def test_few_payments_are_not_boosted():
    assert boosted(corpus(1, customers=4, months=10)) is None


@pytest.mark.slow
def test_the_same_payments_foresee_the_same_days_whatever_their_order():
    items = corpus(1)
    mixed = list(items)
    random.Random(0).shuffle(mixed)
    open_ones = [asked(party, date(2025, 12, 20), "1500.00") for party in range(40)]

    first, second = (
        (boosted(some) or fitted(some)).predict(open_ones, date(2025, 12, 1))
        for some in (items, mixed)
    )

    assert first == second


# -- next best action -----------------------------------------------------------------------------

ON = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("story", "facts", "action"),
    [
        ("personne à joindre", {"has_contact": False, "has_phone": False}, Action.FIND_CONTACT),
        ("le litige pèse plus", {"disputed": Decimal("900.00")}, Action.SETTLE_DISPUTE),
        ("il a promis pour demain", {"promised_on": date(2026, 11, 25)}, Action.WAIT),
        ("il n'a pas tenu", {"broken_promises": 1}, Action.CALL),
        ("première relance", {"days_late": 6}, Action.WRITE),
        ("relancé sans effet", {"days_late": 20, "reminders_sent": 1}, Action.CALL),
        ("tout est parti", {"days_late": 50, "reminders_sent": 3}, Action.DECIDE),
        ("pas de courriel", {"has_contact": False}, Action.CALL),
    ],
)
def test_the_next_action_of_a_customer(story, facts, action):
    situation = Situation(
        **({"overdue": Decimal("500.00"), "days_late": 12, "grade": Grade.LATE} | facts)
    )

    assert next_action(situation, ON).action is action


def test_a_good_payer_about_to_pay_is_left_alone():
    [foreseen] = fitted([paid(6)] * 9).predict([asked(due=date(2026, 11, 20))], ON)
    situation = Situation(Decimal("500.00"), 4, Grade.SLOW, foreseen=foreseen)

    found = next_action(situation, ON)

    assert found.action is Action.WAIT
    assert "attendus vers le 26/11/2026" in found.sentence


def test_more_money_and_broken_promises_come_first():
    small = Situation(Decimal("100.00"), 30, Grade.LATE, reminders_sent=1)
    large = Situation(Decimal("9000.00"), 30, Grade.LATE, reminders_sent=1)
    broken = Situation(Decimal("9000.00"), 30, Grade.LATE, reminders_sent=1, broken_promises=2)

    weights = [next_action(one, ON).weight for one in (small, large, broken)]

    assert weights == sorted(weights)
    assert len(set(weights)) == 3
