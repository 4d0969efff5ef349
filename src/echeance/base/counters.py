"""Unbroken runs of numbers."""

from __future__ import annotations

from collections.abc import Iterable

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


def last_of(*, company: Company, names: Iterable[str]) -> dict[str, int]:
    """The last number each run gave; a run that gave none is absent. One query."""
    rows = Counter.objects.filter(company=company, name__in=set(names))
    return dict(rows.values_list("name", "last"))


def hold(*, company: Company, name: str) -> int:
    """How far a reader went, 0 at first; no other may read on until the transaction ends.

    A reader that goes through rows by their number keeps its place as a run of its own: hold it,
    do the work, :func:`move` it, in one transaction. Killed anywhere, it does all again or nothing.
    Two or three queries.
    """
    mine = Counter.objects.filter(company=company, name=name)
    if not mine.update(last=F("last")):
        Counter.objects.bulk_create([Counter(company=company, name=name)], ignore_conflicts=True)
        mine.update(last=F("last"))
    return mine.values_list("last", flat=True).get()


def move(*, company: Company, name: str, to: int) -> None:
    """Note how far a held reader has gone; never back. One query."""
    Counter.objects.filter(company=company, name=name, last__lt=to).update(last=to)
