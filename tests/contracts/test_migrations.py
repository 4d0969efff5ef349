"""The migrations say all that the models say, and apply to an empty database."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_no_model_is_ahead_of_its_migrations():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.slow
def test_migrations_apply_from_nothing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
        env={
            **os.environ,
            "DATABASE_URL": "",
            "ECHEANCE_HOME": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "echeance.config.settings.common",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "echeance.sqlite3").exists()
