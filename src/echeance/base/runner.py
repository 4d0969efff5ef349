"""Runs the jobs: claim under a lease, fence the result, retry with backoff, prune.

Any number of processes on any number of machines may run :func:`loop`. On SQLite the claim is
serialised by BEGIN IMMEDIATE; on PostgreSQL by SKIP LOCKED. A process killed anywhere gives its
job back when the lease lapses, so **every job may run twice**: its effects carry their own key.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import close_old_connections, connection, transaction
from django.db.models import Q
from django.utils.module_loading import import_string

from echeance.base import clock, queue
from echeance.base.models import Job

if TYPE_CHECKING:
    from django.db.models import QuerySet

LEASE_SECONDS = float(os.environ.get("ECHEANCE_LEASE_SECONDS", "30"))
ERRORS_KEPT = 5

log = logging.getLogger("echeance.jobs")


def claim() -> Job | None:
    """Take one due job, or one whose worker stopped renewing its lease; ``None`` when idle.

    Idle polling is one read: it never takes SQLite's write lock.
    """
    now = clock.now()
    due = Job.objects.filter(
        Q(status=Job.Status.READY, run_after__lte=now)
        | Q(status=Job.Status.RUNNING, lease_until__lt=now)
    )
    if not due.exists():
        return None
    with transaction.atomic():
        rows: QuerySet[Job] = due.order_by("-priority", "run_after", "pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        while job := rows.first():
            if job.attempts >= job.max_attempts:
                _give_up(job)
                continue
            job.attempts += 1
            job.status = Job.Status.RUNNING
            job.worker = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"[:80]
            job.started_at = now
            job.lease_until = now + timedelta(seconds=LEASE_SECONDS)
            job.save(update_fields=["attempts", "status", "worker", "started_at", "lease_until"])
            return job
    return None


def _give_up(job: Job) -> None:
    lost = {"class": "WorkerLost", "traceback": f"le bail de {job.worker} a expiré"}
    job.status = Job.Status.FAILED
    job.finished_at = clock.now()
    job.errors = [*job.errors, lost][-ERRORS_KEPT:]
    job.save(update_fields=["status", "finished_at", "errors"])


def run(job: Job) -> bool:
    """Run a claimed job and record what became of it; whether it succeeded.

    A heartbeat renews the lease while it runs. The result is written only if this attempt still
    owns the row (fencing): a worker that was paused too long cannot overwrite its successor.
    """
    mine = Job.objects.filter(pk=job.pk, attempts=job.attempts, status=Job.Status.RUNNING)
    stop = threading.Event()
    heartbeat = threading.Thread(target=_renew, args=(mine, stop), daemon=True)
    heartbeat.start()
    task: Any = None
    try:
        task = import_string(job.path)
        mine.update(
            status=Job.Status.SUCCESSFUL,
            result=task.call(**job.kwargs),
            finished_at=clock.now(),
            lease_until=None,
        )
    except Exception as error:  # the worker loop outlives any job
        log.exception("job %s (%s) failed", job.pk, job.path)
        _record_failure(mine, job, task, error)
        return False
    else:
        return True
    finally:
        stop.set()
        heartbeat.join()


def _renew(mine: QuerySet[Job], stop: threading.Event) -> None:
    try:
        while not stop.wait(LEASE_SECONDS / 3):
            mine.update(lease_until=clock.now() + timedelta(seconds=LEASE_SECONDS))
    finally:
        connection.close()


def _record_failure(mine: QuerySet[Job], job: Job, task: Any, error: Exception) -> None:
    entry = {
        "class": f"{type(error).__module__}.{type(error).__qualname__}",
        "message": str(error),
        "traceback": "".join(traceback.format_exception(error))[-4000:],
    }
    errors = [*job.errors, entry][-ERRORS_KEPT:]
    most = min(getattr(task, "max_attempts", job.max_attempts), job.max_attempts)
    if job.attempts >= most:
        mine.update(
            status=Job.Status.FAILED, errors=errors, lease_until=None, finished_at=clock.now()
        )
        return
    wait = getattr(task, "backoff_seconds", 5) * 2 ** (job.attempts - 1)
    mine.update(
        status=Job.Status.READY,
        errors=errors,
        lease_until=None,
        run_after=clock.now() + timedelta(seconds=wait),
    )


def drain(*, limit: int = 100_000) -> int:
    """Run due jobs in this process until none is left; how many ran. For the day and the tests."""
    done = 0
    while done < limit and (job := claim()):
        run(job)
        done += 1
    return done


def loop(
    stop: threading.Event, *, poll_seconds: float = 1.0, tick: Callable[[], object] | None = None
) -> None:
    """Claim and run until ``stop`` is set; enqueue the periodic slots on the way.

    Args:
        stop: Set it to end after the present job.
        poll_seconds: Wait between two looks when idle.
        tick: Called before each look; by default :func:`echeance.base.queue.enqueue_periodic`.
    """
    before_each = tick or queue.enqueue_periodic
    while not stop.is_set():
        close_old_connections()
        try:
            before_each()
            if job := claim():
                run(job)
                continue
        except Exception:  # the database may be away for a while; the worker waits for it
            log.exception("the worker could not claim a job or record its end")
        stop.wait(poll_seconds)
    connection.close()


def prune() -> int:
    """Delete finished jobs older than two weeks; failed ones are kept for a person to see."""
    old = Job.objects.filter(
        status=Job.Status.SUCCESSFUL, finished_at__lt=clock.now() - queue.PRUNE_AFTER
    )
    deleted, _ = old.delete()
    return deleted
