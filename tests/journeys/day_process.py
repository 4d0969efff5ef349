"""Does the day and sends what it may, saying each phase as it begins, until it is done or killed.

Run by test_kill.py with: the database's settings as JSON, the folder of the archive and of the
inbox, the company, the port of the SMTP server, and the instant.
"""

import json
import os
import sys
from datetime import datetime
from pathlib import Path

import django


def main(database: str, home: str, company_id: str, port: str, instant: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "echeance.config.settings.test")
    django.setup()

    from django.conf import settings
    from django.db import connection

    from echeance.assistant.commands import run_day
    from echeance.base import clock
    from echeance.base.actor import system
    from echeance.base.models import Company
    from echeance.billing.commands import release_invoices
    from echeance.transmission.commands import send_due

    connection.settings_dict.update(json.loads(database))
    settings.ARCHIVE_ROOT = Path(home, "archive")
    settings.SMTP = settings.SMTP | {"host": "127.0.0.1", "port": int(port), "security": "none"}
    actor = system(Company.objects.get(pk=int(company_id)))
    with clock.at(datetime.fromisoformat(instant)):
        run_day(
            actor=actor,
            on=clock.today(),
            inbox=Path(home, "inbox"),
            progress=lambda duty, _place, _total: say(duty.value),
        )
        say("release")
        release_invoices(actor=actor, now=clock.now())
        say("deliver")
        send_due(company=actor.company)


def say(phase: str) -> None:
    sys.stdout.write(f"{phase}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
