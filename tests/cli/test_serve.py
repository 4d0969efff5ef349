"""``echeance serve``: pages answer, and stopping it leaves no process behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/connexion/", timeout=2) as page:
            return "Échéance" in page.read().decode()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def wait_until(condition, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.2)
    return False


@pytest.mark.slow
def test_stopping_serve_stops_the_pages_and_the_worker(tmp_path):
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": "",
        "ECHEANCE_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "echeance.config.settings.common",
    }
    served = subprocess.Popen(
        [sys.executable, "-m", "echeance", "serve", "--port", str(port)], env=environment
    )
    try:
        assert wait_until(lambda: answers(port), 40)
    finally:
        served.send_signal(signal.SIGTERM)
        served.wait(timeout=20)

    assert wait_until(lambda: not answers(port), 10)
