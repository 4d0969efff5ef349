"""Housekeeping in the background."""

from __future__ import annotations

from datetime import timedelta

from django_tasks import task

from echeance.base import clock, commands, runner


@task()
def housekeeping() -> dict[str, int]:
    """Prune finished jobs and old idempotent answers."""
    return {
        "jobs": runner.prune(),
        "answers": commands.forget_answers(before=clock.now() - timedelta(days=7)),
    }
