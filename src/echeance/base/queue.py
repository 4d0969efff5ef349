"""Background work: one interface, one row a job, written in the business transaction.

Rooms enqueue by name (``queue.add("echeance.billing.jobs.seal_invoices", company=…)``), so no
command imports a job. Jobs are Django Tasks (``@task()`` of ``django_tasks``); what runs them is
:mod:`echeance.base.runner`. See docs/adr/0011 for why this is the project's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist

from echeance.base import clock
from echeance.base.models import Job

if TYPE_CHECKING:
    from echeance.base.models import Company


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTask(Task[Any, Any]):
    """A task with its retry policy.

    Attributes:
        max_attempts: Runs in all, the first included.
        backoff_seconds: Wait before the second run; doubled each time after.
    """

    max_attempts: int = 5
    backoff_seconds: int = 5


class JobsBackend(BaseTaskBackend):
    """Django Tasks on the project's own table: the row is the outbox and the only truth."""

    task_class = JobTask
    supports_defer = True
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: Any, args: Any, kwargs: Any) -> TaskResult[Any]:
        """Write the row in the caller's transaction; keyword arguments only."""
        assert not args, "jobs take named facts only"
        self.validate_task(task)
        job = add(task.module_path, run_after=task.run_after, priority=task.priority, **kwargs)
        assert job is not None
        return _result(job, self.alias)

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """Where a job stands."""
        job = Job.objects.filter(pk=result_id).first()
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        return _result(job, self.alias)


def _result(job: Job, alias: str) -> TaskResult[Any]:
    result: TaskResult[Any] = TaskResult(
        task=import_string(job.path),
        id=str(job.pk),
        status=TaskResultStatus[job.status],
        enqueued_at=job.enqueued_at,
        started_at=job.started_at,
        last_attempted_at=job.started_at,
        finished_at=job.finished_at,
        args=[],
        kwargs=job.kwargs,
        backend=alias,
        errors=[
            TaskError(exception_class_path=error["class"], traceback=error["traceback"])
            for error in job.errors
        ],
        worker_ids=[job.worker] if job.worker else [],
    )
    # Frozen, and without another way in: the backends of Django Tasks set it so.
    object.__setattr__(result, "_return_value", job.result)
    return result


def add(
    path: str,
    *,
    company: Company | None = None,
    key: str | None = None,
    run_after: datetime | None = None,
    priority: int = 0,
    **kwargs: Any,
) -> Job | None:
    """Put a job in the queue, in the caller's transaction: a rollback takes it back.

    Args:
        path: Dotted name of a ``@task()`` function of a room's ``jobs.py``.
        company: Whose work it is; ``None`` for the installation's.
        key: Makes the call idempotent: a key already used adds nothing. Finished jobs keep their
            key until they are pruned.
        run_after: Not before that instant.
        priority: Higher first, within -100 and 100.
        kwargs: JSON-ready facts handed to the function.

    Returns:
        The row, or ``None`` when the key was already used.
    """
    now = clock.now()
    job = Job(
        company=company,
        path=path,
        kwargs=kwargs,
        key=key,
        priority=priority,
        run_after=run_after or now,
        enqueued_at=now,
    )
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        if key is None:
            raise
        return None
    return job


@dataclass(frozen=True, slots=True, order=True)
class Periodic:
    """A job that comes back: one row a slot, so many machines enqueue it once."""

    path: str
    every_seconds: int

    def slot(self, at: datetime) -> datetime:
        """Start of the slot that holds an instant; slots are counted from 1970 in UTC."""
        whole = int(at.timestamp()) // self.every_seconds * self.every_seconds
        return datetime.fromtimestamp(whole, tz=UTC)


_periodic: set[Periodic] = set()


def periodic(path: str, *, every_seconds: int) -> None:
    """Run a job again in each slot; call it in ``apps.ready()``."""
    _periodic.add(Periodic(path=path, every_seconds=every_seconds))


def enqueue_periodic() -> int:
    """Add the jobs of the present slots that nobody has added yet; how many were added."""
    now = clock.now()
    added = 0
    for entry in sorted(_periodic):
        key = f"{entry.path}@{entry.slot(now).isoformat()}"
        if not Job.objects.filter(key=key).exists():
            added += add(entry.path, key=key) is not None
    return added


PRUNE_AFTER = timedelta(days=14)
