"""Senders killed anywhere, or many at once: nothing arrives twice, and each end is known or asked.

The processes live on the machine's own clock, so the releases are given at the real time.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from echeance.base import clock
from echeance.base.models import WorkItem
from echeance.transmission import commands
from echeance.transmission.models import Message
from echeance.transmission.types import SendReport, Status

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SCRIPT = Path(__file__).with_name("sending_process.py")
DATABASE_KEYS = ("NAME", "USER", "PASSWORD", "HOST", "PORT")


def machine_time() -> datetime:
    return datetime.fromtimestamp(time.time(), tz=UTC)


def start(mailbox):
    database = {key: str(connection.settings_dict[key]) for key in DATABASE_KEYS}
    command = [sys.executable, str(SCRIPT), json.dumps(database), str(mailbox.port)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def real_now():
    """The machine's own instant; the clock stays there."""
    with clock.at(machine_time()):
        yield clock.now()


@pytest.fixture
def release_many(actor, real_now, new_message):
    """Release that many messages now."""

    def release(count):
        batch = [new_message(key=f"invoice:{number}") for number in range(count)]
        rows = commands.queue_messages(actor=actor, messages=batch)
        commands.release_messages(actor=actor, message_ids=[row.pk for row in rows])

    return release


def arrivals(mailbox) -> Counter[str]:
    return Counter(mail["Message-ID"] for mail in mailbox.mails)


class Killer:
    """Kills a sender around the arrival of its n-th content: before the answer, or a little later."""

    def __init__(self, chance: random.Random, *, late: bool):
        self.left = chance.randint(1, 25)
        self.delay = chance.uniform(0, 0.01) if late else 0
        self.process: subprocess.Popen[str] | None = None

    def __call__(self):
        self.left -= 1
        if self.left == 0 and self.process:
            if self.delay:
                threading.Timer(self.delay, self.process.kill).start()
            else:
                self.process.kill()
                self.process.wait()


def test_twenty_kills_send_nothing_twice_and_lose_nothing(release_many, mailbox, real_now):
    release_many(600)
    chance = random.Random(2026)
    for number in range(20):
        mailbox.on_arrival = killer = Killer(chance, late=number % 2 == 1)
        killer.process = start(mailbox)
        killer.process.communicate()
    mailbox.on_arrival = None

    killed = Counter(Message.objects.values_list("status", flat=True))
    with clock.at(real_now + timedelta(minutes=9)):
        commands.send_due(limit=600)
    with clock.at(machine_time() + timedelta(minutes=11)):
        lost = commands.send_due()

    arrived = arrivals(mailbox)
    rows = list(Message.objects.all())
    unknown = {row.message_id for row in rows if row.status == Status.UNKNOWN}
    assert killed[Status.IN_FLIGHT] == len(unknown) >= 10
    assert lost == SendReport(lost=len(unknown))
    assert Counter(row.status for row in rows) == {
        Status.SENT: 600 - len(unknown),
        Status.UNKNOWN: len(unknown),
    }
    assert set(arrived.values()) == {1}
    assert {row.message_id for row in rows if row.status == Status.SENT} <= set(arrived)
    assert set(WorkItem.objects.values_list("key", flat=True)) == {
        f"transmission.unknown:{row.pk}" for row in rows if row.status == Status.UNKNOWN
    }


def test_three_senders_at_once_share_the_work(release_many, mailbox):
    release_many(150)
    processes = [start(mailbox) for _ in range(3)]

    outputs = [process.communicate()[0].split() for process in processes]

    sent = [sum(int(count) for count in output) for output in outputs]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sum(sent) == 150
    assert set(arrivals(mailbox).values()) == {1}
    assert len(arrivals(mailbox)) == 150
    assert not Message.objects.exclude(status=Status.SENT).exists()
