"""Settings of the tests: one database per test process, nothing outside a temporary folder."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from echeance.config.settings.common import *
from echeance.config.settings.common import STORAGES, database

SECRET_KEY = "test-only"  # noqa: S105
if "ECHEANCE_TEST_HOME" not in os.environ:
    os.environ["ECHEANCE_TEST_HOME"] = tempfile.mkdtemp(prefix="echeance-test-")
    atexit.register(shutil.rmtree, os.environ["ECHEANCE_TEST_HOME"], ignore_errors=True)
HOME = Path(os.environ["ECHEANCE_TEST_HOME"], os.environ.get("PYTEST_XDIST_WORKER", "main"))
HOME.mkdir(parents=True, exist_ok=True)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""), HOME / "main.sqlite3")}
if not os.environ.get("DATABASE_URL"):
    # A file: threads and processes of one test share it (live server, kill tests).
    DATABASES["default"]["TEST"] = {"NAME": HOME / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"]["OPTIONS"],
        # The tests may lose power; they may not lose time.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;",
    }
ARCHIVE_ROOT = HOME / "archive"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
REGISTERS = {"sirene_url": "", "sirene_key": "", "vies_url": "", "bodacc_url": ""}
