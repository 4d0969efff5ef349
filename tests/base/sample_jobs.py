"""Jobs of the tests of the queue."""

from __future__ import annotations

from django_tasks import task

from echeance.base import clock, counters
from echeance.base.models import Company


@task()
def count(company_id: int, counter: str) -> int:
    """Take a number: how many times the job ran is in the counter."""
    return counters.take(company=Company.objects.get(pk=company_id), name=counter)[0]


@task()
def fail(reason: str) -> None:
    raise ValueError(reason)


@task(max_attempts=2, backoff_seconds=60)
def fail_twice() -> None:
    raise ValueError


@task()
def answer_without_json() -> object:
    return object()


@task()
def tell_time() -> str:
    return clock.now().isoformat()
