"""Bills every contract that is due until nothing is left, starting again when another was first.

Run by test_contracts.py with: the database's settings as JSON, and the company.
"""

import json
import os
import sys
from datetime import UTC, date, datetime

import django


def main(database: str, company_id: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "echeance.config.settings.test")
    django.setup()

    from django.db import connection

    from echeance.base import clock
    from echeance.base.actor import system
    from echeance.base.models import Company
    from echeance.billing import commands, queries
    from echeance.billing.errors import PieceTakenError

    connection.settings_dict.update(json.loads(database))
    actor = system(Company.objects.get(pk=int(company_id)))
    with clock.at(datetime(2026, 11, 24, 9, tzinfo=UTC)):
        while True:
            planned = queries.groups_to_bill(actor=actor, on=date(2026, 11, 24))
            if not planned.due:
                return
            try:
                # Few at a time, so that the two meet.
                commands.draft_groups(actor=actor, groups=planned.due[:3], rules=planned.rules)
            except PieceTakenError:
                continue


if __name__ == "__main__":
    main(*sys.argv[1:])
