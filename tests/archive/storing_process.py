"""Stores numbered files until it is done or killed; says each hash once it is stored.

Run by test_crash.py with: the database's settings as JSON, the archive folder, the company, a
prefix of the contents, and how many.
"""

import json
import os
import sys
from datetime import date
from pathlib import Path

import django


def main(database: str, folder: str, company_id: str, prefix: str, count: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "echeance.config.settings.test")
    django.setup()

    from django.conf import settings
    from django.db import connection

    from echeance.archive.commands import store_files
    from echeance.archive.types import NewFile
    from echeance.base.actor import system
    from echeance.base.models import Company

    connection.settings_dict.update(json.loads(database))
    settings.ARCHIVE_ROOT = Path(folder)
    actor = system(Company.objects.get(pk=int(company_id)))
    for number in range(int(count)):
        batch = [
            NewFile(
                content=f"{prefix} {number} {index}".encode() * 500,
                filename=f"{prefix}-{number}-{index}.txt",
                media_type="text/plain",
                kind="test",
                subject=f"test:{number}",
                keep_until=date(2036, 12, 31),
                text=f"texte {number}",
            )
            for index in range(3)
        ]
        for row in store_files(actor=actor, files=batch):
            sys.stdout.write(f"{row.sha256}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
