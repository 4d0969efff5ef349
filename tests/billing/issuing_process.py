"""Issues or seals until it is done or killed; says each number, or each count, once it is done.

Run by test_crash.py with: the database's settings as JSON, the archive folder, the company, what
to do (``issue``, ``seal`` or ``run``), and the drafts as JSON.
"""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import django


def main(database: str, folder: str, company_id: str, work: str, drafts: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "echeance.config.settings.test")
    django.setup()

    from django.conf import settings
    from django.db import connection

    from echeance.base import clock
    from echeance.base.actor import system
    from echeance.base.models import Company
    from echeance.billing import commands

    connection.settings_dict.update(json.loads(database))
    settings.ARCHIVE_ROOT = Path(folder)
    actor = system(Company.objects.get(pk=int(company_id)))
    with clock.at(datetime(2026, 11, 24, 9, tzinfo=UTC)):
        if work == "seal":
            while sealed := commands.seal_invoices(actor=actor, limit=2).sealed:
                say(str(sealed))
            return
        if work == "run":
            say("begins")
            commands.run_billing(actor=actor, on=clock.today())
            return
        ids = json.loads(drafts)
        for start in range(0, len(ids), 5):
            for result in commands.issue_invoices(actor=actor, invoice_ids=ids[start : start + 5]):
                say(f"{result.invoice_id} {result.number}")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
