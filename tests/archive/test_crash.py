"""Killed anywhere, or many at once: no row without its file, and what was said stored is stored."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from echeance.archive import queries
from echeance.archive.models import StoredFile
from echeance.archive.types import Severity

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SCRIPT = Path(__file__).with_name("storing_process.py")
DATABASE_KEYS = ("NAME", "USER", "PASSWORD", "HOST", "PORT")


def start(company, folder, prefix, count):
    database = {key: str(connection.settings_dict[key]) for key in DATABASE_KEYS}
    command = [sys.executable, SCRIPT, json.dumps(database), folder, company.pk, prefix, count]
    return subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True)


def errors(company):
    return [one for one in queries.verify(company) if one.severity is Severity.ERROR]


def test_a_process_killed_anywhere_leaves_no_row_without_its_file(company, archive_folder):
    rounds = random.Random(2026)
    said = set()
    for number in range(12):
        with start(company, archive_folder, f"tour {number}", 1000) as process:
            for _ in range(rounds.randint(1, 40)):
                said.add(process.stdout.readline().strip())
            process.kill()
            said.update(line.strip() for line in process.stdout if len(line) == 65)

        assert errors(company) == []

    stored = set(StoredFile.objects.values_list("sha256", flat=True))
    assert len(said) > 12
    assert said <= stored


def test_processes_that_store_the_same_bytes_at_once_share_their_rows(company, archive_folder):
    processes = [start(company, archive_folder, "commun", 30) for _ in range(3)]

    outputs = [process.communicate()[0].split() for process in processes]

    assert [process.returncode for process in processes] == [0, 0, 0]
    assert outputs[0] == outputs[1] == outputs[2]
    assert StoredFile.objects.count() == 90
    assert queries.verify(company) == []
