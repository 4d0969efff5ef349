"""Processes that settle the same items at once, one of them killed: the books stay proved."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from echeance.ledger import queries
from echeance.ledger.models import Allocation

SCRIPT = Path(__file__).with_name("settling_process.py")
DATABASE_KEYS = ("NAME", "USER", "PASSWORD", "HOST", "PORT")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_processes_settling_the_same_items_keep_the_books_right(books):
    for rank in range(6):
        books.service(f"F{rank}", "05/01", "04/02")
        books.receipt(f"R{rank}", "04/02", "100.00")
    database = {key: str(connection.settings_dict[key]) for key in DATABASE_KEYS}
    command = [sys.executable, str(SCRIPT), json.dumps(database), str(books.actor.company.pk)]

    processes = [
        subprocess.Popen([*command, str(seed), "60"], stdout=subprocess.PIPE, text=True)
        for seed in range(3)
    ]
    victim = processes.pop()
    for _ in range(10):
        victim.stdout.readline()
    victim.kill()
    victim.communicate()
    told = [one.communicate()[0].split() for one in processes]

    assert [one.returncode for one in processes] == [0, 0]
    assert [len(one) for one in told] == [60, 60]
    assert {"settled", "undone"} <= {word for one in told for word in one}
    assert queries.verify(books.actor.company) == []
    settled = told[0].count("settled") + told[1].count("settled")
    assert Allocation.objects.filter(reverses=None).count() >= 3 * settled
