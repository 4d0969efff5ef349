"""The simulated year: reminders bring the money in sooner, and none of them is wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from echeance.practice.year.customers import Bill, Kind, bills, buyers
from echeance.practice.year.life import Life
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


# -- what is called false -------------------------------------------------------------------------


def bill(**changes):
    buyer = buyers(1, 6)[0]
    facts = {
        "number": "F-1", "buyer": buyer, "amount": Decimal("120.00"),
        "issued_on": date(2025, 1, 6), "due_on": date(2025, 2, 5), "pays_on": None,
        "first_part": 100, "cites": True, "disputes": Decimal(0),
    }  # fmt: skip
    return Bill(**(facts | changes))


def reminder(total="120.00", to=None):
    to = [buyers(1, 6)[0].email] if to is None else to
    return SimpleNamespace(message=SimpleNamespace(to=to), total=Decimal(total))


@pytest.mark.parametrize(
    ("story", "life", "named", "sent", "fault"),
    [
        ("juste", {}, {}, {}, None),
        ("déjà payé d'après la banque", {}, {"known": Decimal("120.00")}, {}, "amount"),
        ("le total n'est pas la somme", {}, {}, {"total": "121.00"}, "total"),
        ("à une autre adresse", {}, {}, {"to": ["autre@a.example"]}, "recipient"),
        ("pas encore échu", {}, {"due_on": date(2025, 4, 1)}, {}, "not due"),
        ("promis pour demain", {"promised": {"F-1": date(2025, 3, 4)}}, {}, {}, "promised"),
        (
            "en litige pour moitié",
            {"open_disputes": {"F-1": (1, date(2025, 3, 20), Decimal("60.00"))}},
            {},
            {},
            "amount",
        ),
        ("relancé avant-hier", {"contacted": {"A0001": date(2025, 3, 1)}}, {}, {}, "too soon"),
    ],
)
def test_a_false_message_is_seen(story, life, named, sent, fault):
    lived = Life(actor=None, seed=1, bills=[], party_ids={}, reminds=True, **life)

    found = lived._faults(reminder(**sent), [(bill(**named), Decimal("120.00"))], date(2025, 3, 3))

    assert found == ([fault] if fault else [])
