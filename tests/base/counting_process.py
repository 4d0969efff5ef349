"""Takes numbers in transactions of which some are rolled back; prints those that were kept.

Run by test_counters.py with: the database's settings as JSON, the company, a seed, how many.
"""

import json
import os
import random
import sys

import django


def main(database: str, company_id: str, seed: str, count: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "echeance.config.settings.test")
    django.setup()

    from django.db import connection, transaction

    from echeance.base import counters
    from echeance.base.models import Company

    connection.settings_dict.update(json.loads(database))
    company = Company.objects.get(pk=int(company_id))
    chance = random.Random(seed)
    kept = []
    for _ in range(int(count)):
        with transaction.atomic():
            numbers = counters.take(company=company, name="essai", count=chance.randint(1, 3))
            if chance.random() < 0.25:
                transaction.set_rollback(True)
            else:
                kept.extend(numbers)
    sys.stdout.write(" ".join(map(str, kept)))


if __name__ == "__main__":
    main(*sys.argv[1:])
