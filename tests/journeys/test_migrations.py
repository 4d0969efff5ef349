"""A database of the former version keeps its facts when it is brought to the present one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_database_of_the_former_version_keeps_its_facts(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    environment["PYTHONPATH"] = str(ROOT / "src")

    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("migration_process.py")), str(tmp_path)],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "account": ["bank", "512000", None],
        "statement": ["110.50", "balances"],
        "entry": ["100.50", ["FA-2026-0001"], [], False],
        "disputes": [["10.00", "closed"], ["50.00", "new"]],
        "level": ["reminder", True, "customer", 1],
        "reminder": ["mail", "mail", "70.00", None],
    }
