"""Depositors killed with SIGKILL anywhere, or many at once: each deposit is made once.

The processes live on the machine's own clock, so the deposits are queued at the real time.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from tests.transmission.platform.conftest import QUICK
from tests.transmission.platform.test_chaos import queue

from echeance.base import clock
from echeance.practice.platform.server import PracticePlatform
from echeance.transmission import commands
from echeance.transmission.models import Flow
from echeance.transmission.platform.client import PlatformClient
from echeance.transmission.types import FlowState

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SCRIPT = Path(__file__).with_name("depositing_process.py")
# A loaded machine answers late: that is not what is tried here.
PATIENT = replace(QUICK, timeout_seconds=60)
DATABASE_KEYS = ("NAME", "USER", "PASSWORD", "HOST", "PORT")


def machine_time() -> datetime:
    return datetime.fromtimestamp(time.time(), tz=UTC)


def start(url: str) -> subprocess.Popen[str]:
    database = {key: str(connection.settings_dict[key]) for key in DATABASE_KEYS}
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), json.dumps(database), url],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "ARCHIVE_ROOT": str(settings.ARCHIVE_ROOT)},
    )


@pytest.fixture
def real_platform():
    with clock.at(machine_time()), PracticePlatform(now=machine_time) as platform:
        yield platform


def test_eight_kills_deposit_nothing_twice_and_lose_nothing(actor, real_platform):
    queue(actor, 120)
    chance = random.Random(2026)
    for _ in range(8):
        process = start(real_platform.url)
        before = len(real_platform.store.flows())
        until = before + chance.randint(1, 12)
        while process.poll() is None and len(real_platform.store.deposits()) < until:
            time.sleep(0.001)
        process.kill()
        process.communicate()

    killed = Flow.objects.filter(state=FlowState.IN_FLIGHT).count()
    with PlatformClient(real_platform.access, patience=PATIENT) as client:
        later = machine_time()
        for _ in range(8):
            later += timedelta(minutes=11)
            with clock.at(later):
                commands.deposit_due(platform=client)

    states = set(Flow.objects.values_list("state", flat=True))
    deposits = real_platform.store.deposits()
    assert killed >= 2
    assert states <= {FlowState.DEPOSITED.value, FlowState.ACCEPTED.value}
    assert len(deposits) == 120
    assert set(deposits.values()) == {1}


def test_three_depositors_at_once_share_the_work(actor, real_platform):
    queue(actor, 60)
    processes = [start(real_platform.url) for _ in range(3)]

    outputs = [process.communicate()[0].split() for process in processes]

    assert [process.returncode for process in processes] == [0, 0, 0]
    assert sum(int(count) for output in outputs for count in output) == 60
    assert set(real_platform.store.deposits().values()) == {1}
    assert not Flow.objects.exclude(state=FlowState.DEPOSITED).exists()
