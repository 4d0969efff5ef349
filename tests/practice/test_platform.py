"""The platform of practice: deterministic faults, and a command that serves until it is ended."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter

from echeance.practice.platform.faults import ON_DEPOSIT, ON_READ, Fault, Faults
from echeance.transmission.platform.client import PlatformClient
from echeance.transmission.platform.types import Access


def drawn(faults: Faults, names, among=ON_DEPOSIT):
    return {name: faults.draw(name, among) for name in names}


def test_the_same_seed_fails_the_same_requests_in_whatever_order_they_come():
    names = [f"deposit {number}" for number in range(200)]

    first = drawn(Faults(0.3, seed=7), names)
    again = drawn(Faults(0.3, seed=7), reversed(names))
    other = drawn(Faults(0.3, seed=8), names)

    assert first == again
    assert first != other


def test_the_share_of_failures_is_the_one_asked_for_and_every_kind_occurs():
    faults = drawn(Faults(0.3), [f"deposit {number}" for number in range(2000)])

    kinds = Counter(faults.values())
    failed = 2000 - kinds.pop(None)
    assert 540 <= failed <= 660  # three standard deviations around 600
    assert set(kinds) == set(Fault)


def test_a_read_never_draws_a_fault_that_only_makes_sense_for_a_deposit():
    faults = drawn(Faults(1), [f"read {number}" for number in range(50)], ON_READ)

    assert set(faults.values()) == set(ON_READ)


def test_a_forced_fault_comes_first_and_once():
    faults = Faults()
    faults.force("deposit 1", Fault.LOST)

    assert [faults.draw("deposit 1", ON_DEPOSIT) for _ in range(2)] == [Fault.LOST, None]


def test_the_command_says_how_to_reach_it_and_serves_until_it_is_ended():
    process = subprocess.Popen(
        [sys.executable, "-m", "echeance", "practice", "platform"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        said = dict(process.stdout.readline().strip().split("=", 1) for _ in range(11))
        access = Access(
            base_url=said["ECHEANCE_PLATFORM_URL"],
            token_url=said["ECHEANCE_PLATFORM_TOKEN_URL"],
            client_id=said["ECHEANCE_PLATFORM_CLIENT_ID"],
            client_secret=said["ECHEANCE_PLATFORM_CLIENT_SECRET"],
        )
        with PlatformClient(access) as client:
            assert client.healthy()
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)

    assert access.base_url.startswith("http://127.0.0.1:")
    assert process.returncode == 0
