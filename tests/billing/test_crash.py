"""Many at once, or killed anywhere: no hole, no double, no document without its entry or file."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from billing.conftest import draft, line
from echeance.archive import queries as archive
from echeance.archive.types import Severity
from echeance.base import clock
from echeance.billing import queries
from echeance.billing.models import Invoice, Order, OrderLine
from echeance.ledger.models import JournalEntry
from echeance.ledger.verify import verify

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SCRIPT = Path(__file__).with_name("issuing_process.py")
DATABASE_KEYS = ("NAME", "USER", "PASSWORD", "HOST", "PORT")


def start(actor, work, ids=()):
    database = {key: str(connection.settings_dict[key]) for key in DATABASE_KEYS}
    command = [
        sys.executable,
        SCRIPT,
        json.dumps(database),
        settings.ARCHIVE_ROOT,
        actor.company.pk,
        work,
        json.dumps(list(ids)),
    ]
    return subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)


def told(output):
    return dict(one.split() for one in output.splitlines() if len(one.split()) == 2)


def assert_sound(actor, count):
    numbers = list(
        Invoice.objects.filter(status="issued").order_by("number").values_list("number", flat=True)
    )
    assert numbers == [f"FA-2026-{rank:06d}" for rank in range(1, count + 1)]
    assert JournalEntry.objects.filter(document_ref__in=numbers).count() == count
    assert verify(actor.company) == []


def test_processes_that_issue_at_once_leave_no_hole_and_no_double(ready, lefevre):
    ids = [draft(ready, lefevre, line()).pk for _ in range(60)]
    processes = [start(ready, "issue", ids[share::3]) for share in range(3)]

    outputs = [process.communicate()[0] for process in processes]

    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sum(len(told(output)) for output in outputs) == 60
    assert_sound(ready, 60)


def test_processes_that_issue_the_same_drafts_give_them_one_number(ready, lefevre):
    ids = [draft(ready, lefevre, line()).pk for _ in range(30)]
    processes = [start(ready, "issue", ids) for _ in range(2)]

    first, second = (told(process.communicate()[0]) for process in processes)

    assert first == second
    assert len(first) == 30
    assert_sound(ready, 30)


def test_an_issuing_killed_anywhere_keeps_what_it_said_and_is_completed(ready, lefevre):
    ids = [draft(ready, lefevre, line()).pk for _ in range(400)]
    chance = random.Random(2026)
    said: dict[str, str] = {}
    for _ in range(8):
        left = list(queries.invoices(actor=ready, status="draft").values_list("pk", flat=True))
        said |= told(killed(start(ready, "issue", sorted(left)), chance.randint(1, 15), chance))
        assert_sound(ready, Invoice.objects.filter(status="issued").count())
    assert 0 < Invoice.objects.filter(status="draft").count() < 400

    output = start(ready, "issue", ids).communicate()[0]

    assert said.items() <= told(output).items()
    assert_sound(ready, 400)


def test_a_sealing_killed_anywhere_is_completed_with_the_same_bytes(ready, lefevre):
    ids = [draft(ready, lefevre, line()).pk for _ in range(16)]
    start(ready, "issue", ids).communicate()
    chance = random.Random(2026)
    hashes: dict[int, str] = {}
    for _ in range(4):
        killed(start(ready, "seal"), 1, chance)
        hashes |= sealed_hashes()
        errors = archive.verify(ready.company)
        assert [one for one in errors if one.severity is Severity.ERROR] == []
    assert 0 < len(hashes) < 16

    start(ready, "seal").communicate()

    assert queries.invoices(actor=ready, sealed=True).count() == 16
    assert hashes.items() <= sealed_hashes().items()


def ordered(actor, party, count):
    """Accepted orders of one line each, no two of one amount, the oldest first."""
    orders = Order.objects.bulk_create(
        Order(
            company=actor.company,
            source="standard",
            number=f"CDE-{rank:04d}",
            party=party,
            order_date=date(2026, 11, 20),
            net_total=Decimal(1000 + rank),
            received_at=clock.now(),
            accepted_at=clock.now(),
        )
        for rank in range(1, count + 1)
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            company=actor.company,
            order=order,
            position=1,
            name="Étagère",
            nature="goods",
            quantity=1,
            unit_code="C62",
            unit_price=order.net_total,
        )
        for order in orders
    )


def test_a_run_killed_anywhere_ends_with_the_same_documents(ready, lefevre):
    ordered(ready, lefevre, 500)
    chance = random.Random(2026)
    for _ in range(4):
        process = start(ready, "run")
        with process:
            assert process.stdout.readline() == "begins\n"
            threading.Event().wait(0.1 + chance.random() * 1.5)
            process.kill()
        assert_sound(ready, Invoice.objects.filter(status="issued").count())
        billed = Order.objects.exclude(invoice=None)
        assert billed.count() == Invoice.objects.count()

    start(ready, "run").communicate()

    assert_sound(ready, 500)
    numbers = Order.objects.order_by("number").values_list("number", "invoice__number")
    assert list(numbers) == [(f"CDE-{rank:04d}", f"FA-2026-{rank:06d}") for rank in range(1, 501)]


def test_two_runs_at_once_bill_each_order_once(ready, lefevre):
    ordered(ready, lefevre, 250)
    processes = [start(ready, "run") for _ in range(2)]

    for process in processes:
        process.communicate()
    start(ready, "run").communicate()

    assert_sound(ready, 250)
    assert Order.objects.values("invoice").distinct().count() == 250


def killed(process, lines, chance):
    """What a process said before it was killed, soon after it had said so many lines."""
    with process:
        before = [process.stdout.readline() for _ in range(lines)]
        threading.Event().wait(chance.random() / 50)
        process.kill()
        return "".join(before) + process.stdout.read()


def sealed_hashes():
    return dict(Invoice.objects.exclude(file=None).values_list("pk", "file__sha256"))
