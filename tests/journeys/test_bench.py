"""The benchmark runs: every measure ends and says what it must. Nothing is timed here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_every_measure_of_the_bench_ends_and_is_kept(tmp_path):
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    environment |= {"BENCH_SMALL": "1", "PYTHONPATH": paths}

    done = subprocess.run(
        [sys.executable, "-m", "bench"],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
    )

    assert done.returncode == 0, done.stderr
    kept = json.loads((tmp_path / "var" / "bench.json").read_text(encoding="utf-8"))
    assert [(one["name"], one["size"]) for one in kept["measures"]] == [
        ("issue", 20),
        ("issue", 200),
        ("issue_naive", 10),
        ("preflight", 50),
        ("run", 20),
        ("run", 200),
        ("run_seal", 10),
        ("order_import", 200),
        ("order_import", 2000),
        ("duplicates", 200),
        ("duplicates", 2000),
        ("match", 20),
        ("match", 200),
        ("match_naive", 10),
        ("traps", 100),
        ("traps", 1000),
        ("interest", 200),
        ("interest", 2000),
        ("interest_naive", 20),
        ("aged", 1000),
        ("aged", 10_000),
        ("seal", 20),
        *(
            (f"bank_{kind}{reader}", size)
            for kind in ("camt", "cfonb")
            for reader, size in (("", 100), ("", 1000), ("_whole", 1000), ("_peer", 1000))
        ),
        ("einvoice", 10),
        ("einvoice", 100),
        ("einvoice_official", 20),
        ("einvoice_seal", 10),
        ("dry_run", 20),
        ("dry_run", 200),
        ("dry_run_naive", 10),
        ("reminders_release", 10),
    ]
    assert all(one["peak_mb"] >= one["start_mb"] > 0 for one in kept["measures"])
    by_name = {one["name"]: one for one in kept["measures"]}
    assert by_name["duplicates"]["found"] == by_name["duplicates"]["typed_twice"] == 40
    assert set(by_name["seal"]["each_ms"]) == {"render", "verdict", "archive"}
    assert set(by_name["einvoice"]["each_ms"]) == {"write", "read", "native", "official"}
