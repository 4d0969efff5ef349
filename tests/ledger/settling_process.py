"""Settles and undoes the items of one customer at random; prints a line an act.

Run by test_concurrency.py with: the database's settings as JSON, the company, a seed, how many.
"""

import json
import os
import random
import sys
from datetime import date
from decimal import Decimal

import django


def main(database: str, company_id: str, seed: str, count: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "echeance.config.settings.test")
    django.setup()

    from django.db import connection

    from echeance.base.actor import system
    from echeance.base.models import Company
    from echeance.ledger import commands, queries
    from echeance.ledger.errors import AllocationReversedError, AllocationTooLargeError
    from echeance.ledger.types import NewAllocation

    connection.settings_dict.update(json.loads(database))
    actor = system(Company.objects.get(pk=int(company_id)))
    chance = random.Random(seed)
    items = queries.open_items(actor=actor)
    debits = [one.item_id for one in items if one.side == "debit"]
    credits_left = [one.item_id for one in items if one.side == "credit"]
    done = []
    for _ in range(int(count)):
        try:
            if done and chance.random() < 0.3:
                mine = done.pop(chance.randrange(len(done)))
                commands.unallocate(actor=actor, allocation_ids=[mine], on=date(2026, 6, 30))
                told = "undone"
            else:
                # Both ends in an arbitrary order: settlements of one account never deadlock.
                pairs = [
                    NewAllocation(
                        chance.choice(debits),
                        chance.choice(credits_left),
                        Decimal(chance.randint(1, 900)) / 100,
                        date(2026, 3, 1),
                    )
                    for _ in range(3)
                ]
                done += commands.allocate(actor=actor, allocations=pairs)
                told = "settled"
        except (AllocationTooLargeError, AllocationReversedError):
            told = "refused"
        sys.stdout.write(f"{told}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
