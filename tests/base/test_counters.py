"""Numbers follow each other without a hole or a double, whoever takes them and whatever fails."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection, transaction

from echeance.base import counters
from echeance.base.commands import create_company
from echeance.base.models import Counter
from echeance.base.types import CompanyFacts

SCRIPT = Path(__file__).with_name("counting_process.py")
DATABASE_KEYS = ("NAME", "USER", "PASSWORD", "HOST", "PORT")


def test_a_run_starts_at_one_and_goes_on(company):
    first = counters.take(company=company, name="F-2026")
    next_three = counters.take(company=company, name="F-2026", count=3)
    last = counters.take(company=company, name="F-2026")

    assert (list(first), list(next_three), list(last)) == ([1], [2, 3, 4], [5])


def test_each_name_and_each_company_has_its_own_run(company):
    other = create_company(facts=CompanyFacts(name="Voisin", siren="404833048"))
    counters.take(company=company, name="F-2026", count=7)

    assert list(counters.take(company=company, name="A-2026")) == [1]
    assert list(counters.take(company=other, name="F-2026")) == [1]


def test_a_rollback_gives_the_numbers_back(company):
    counters.take(company=company, name="F-2026")
    with transaction.atomic():
        counters.take(company=company, name="F-2026", count=5)
        transaction.set_rollback(True)

    assert list(counters.take(company=company, name="F-2026")) == [2]


def test_the_first_number_of_a_run_is_given_back_too(company):
    with transaction.atomic():
        counters.take(company=company, name="F-2026")
        transaction.set_rollback(True)

    assert not Counter.objects.exists()
    assert list(counters.take(company=company, name="F-2026")) == [1]


def test_no_number_is_a_fault_of_the_caller(company):
    with pytest.raises(AssertionError):
        counters.take(company=company, name="F-2026", count=0)


def test_taking_costs_two_queries_once_the_run_exists(company, django_assert_num_queries):
    counters.take(company=company, name="F-2026")

    with django_assert_num_queries(2):
        counters.take(company=company, name="F-2026", count=1000)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_processes_that_take_at_once_and_roll_back_leave_no_hole(company):
    database = {key: str(connection.settings_dict[key]) for key in DATABASE_KEYS}
    command = [sys.executable, str(SCRIPT), json.dumps(database), str(company.pk)]

    processes = [
        subprocess.Popen([*command, str(seed), "60"], stdout=subprocess.PIPE, text=True)
        for seed in range(3)
    ]
    taken = [int(word) for one in processes for word in one.communicate()[0].split()]

    assert [one.returncode for one in processes] == [0, 0, 0]
    assert sorted(taken) == list(range(1, len(taken) + 1))
    assert Counter.objects.get(name="essai").last == len(taken) > 100


def test_a_reader_keeps_its_place_and_never_goes_back(company):
    assert counters.hold(company=company, name="lecteur") == 0
    counters.move(company=company, name="lecteur", to=12)
    counters.move(company=company, name="lecteur", to=7)

    assert counters.hold(company=company, name="lecteur") == 12


def test_a_reader_that_fails_is_where_it_was(company):
    counters.hold(company=company, name="lecteur")
    with transaction.atomic():
        counters.move(company=company, name="lecteur", to=12)
        transaction.set_rollback(True)

    assert counters.hold(company=company, name="lecteur") == 0
