"""Unbroken runs of numbers."""

from __future__ import annotations

from django.db.models import F

from echeance.base.models import Company, Counter


def take(*, company: Company, name: str, count: int = 1) -> range:
    """Next ``count`` numbers of a run, starting at 1. Call it in the transaction that uses them.

    The UPDATE takes the row's write lock before the number is read: two takers wait for each
    other, and a rollback gives the numbers back. No gap, no double, on SQLite and PostgreSQL.
    Two or three queries. Source: BOI-TVA-DECLA-30-20-20-10, § 70.
    """
    assert count > 0, "nothing to number"
    mine = Counter.objects.filter(company=company, name=name)
    if not mine.update(last=F("last") + count):
        Counter.objects.bulk_create([Counter(company=company, name=name)], ignore_conflicts=True)
        mine.update(last=F("last") + count)
    last = mine.values_list("last", flat=True).get()
    return range(last - count + 1, last + 1)
