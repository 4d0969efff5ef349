"""The simulated year: reminders bring the money in sooner, and none of them is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest

from echeance.practice.year.customers import Kind, bills, buyers
from echeance.practice.year.trial import run_year


def test_the_same_seed_draws_the_same_year():
    people = buyers(7, 20)

    assert list(bills(7, 2025, people)) == list(bills(7, 2025, people))
    assert list(bills(7, 2025, people)) != list(bills(8, 2025, people))
    assert {one.kind for one in people} == set(Kind)


def test_invoices_come_in_the_order_of_their_days_and_are_unlike():
    found = list(bills(3, 2025, buyers(3, 12)))

    assert [one.issued_on for one in found] == sorted(one.issued_on for one in found)
    assert len({one.number for one in found}) == len(found)
    assert all(Decimal(0) <= one.disputes <= one.amount for one in found)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [1, 2])
def test_with_reminders_the_money_comes_sooner_and_no_message_is_false(seed):
    result = run_year(seed, 8, months=6)

    assert result.reminded.messages > 20
    assert result.reminded.false == 0, result.reminded.why_false
    assert result.reminded.days_late < result.without.days_late
    assert result.reminded.overdue < result.without.overdue
    assert result.without.messages == 0
    assert result.findings == 0
