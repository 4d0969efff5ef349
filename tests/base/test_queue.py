"""A job is written with the business it belongs to, once a key and once a slot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django_tasks import default_task_backend
from django_tasks.exceptions import TaskResultDoesNotExist
from tests.base import sample_jobs

from echeance.base import clock, queries, queue, runner
from echeance.base.actor import system
from echeance.base.commands import create_company
from echeance.base.models import Job
from echeance.base.types import CompanyFacts

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PATH = "tests.base.sample_jobs.tell_time"


@pytest.fixture
def _only_one_periodic(monkeypatch):
    monkeypatch.setattr(queue, "_periodic", {queue.Periodic(PATH, 600)})


def test_a_job_is_added_ready_with_its_facts(company):
    job = queue.add("echeance.some.jobs.name", company=company, number=12)

    assert job is not None
    job.refresh_from_db()
    assert (job.status, job.kwargs, job.company) == ("READY", {"number": 12}, company)
    assert (job.enqueued_at, job.run_after) == (NOW, NOW)


def test_a_rollback_takes_the_job_back(db):
    with transaction.atomic():
        queue.add(PATH)
        queue.add(PATH, key="k")
        transaction.set_rollback(True)

    assert not Job.objects.exists()


def test_a_key_already_used_adds_nothing(db):
    first = queue.add(PATH, key="seal:1")
    second = queue.add(PATH, key="seal:1")
    other = queue.add(PATH, key="seal:2")

    assert first is not None
    assert second is None
    assert other is not None
    assert Job.objects.count() == 2


def test_a_key_already_used_leaves_the_transaction_usable(db):
    queue.add(PATH, key="seal:1")

    with transaction.atomic():
        queue.add(PATH, key="seal:1")
        queue.add(PATH, key="seal:2")

    assert Job.objects.count() == 2


def test_a_job_may_wait(db):
    queue.add(PATH, run_after=NOW + timedelta(hours=1))

    assert runner.claim() is None
    with clock.at(NOW + timedelta(hours=1)):
        assert runner.claim() is not None


@pytest.mark.usefixtures("_only_one_periodic", "db")
def test_a_periodic_job_is_added_once_a_slot():
    added = []
    for minutes in (0, 5, 9, 10, 20):
        with clock.at(NOW + timedelta(minutes=minutes)):
            added.append(queue.enqueue_periodic())

    assert added == [1, 0, 0, 1, 1]
    assert Job.objects.filter(path=PATH).count() == 3


def test_slots_are_counted_from_1970_in_utc():
    slot = queue.Periodic(PATH, 86400).slot(datetime(2026, 11, 24, 23, 59, tzinfo=UTC))

    assert slot == datetime(2026, 11, 24, tzinfo=UTC)


def test_every_periodic_job_of_the_product_can_be_imported(db):
    queue.enqueue_periodic()

    paths = list(Job.objects.values_list("path", flat=True))

    assert "echeance.base.jobs.housekeeping" in paths
    assert [path for path in paths if not callable(runner.import_string(path).call)] == []


def test_the_interface_of_django_tasks_writes_the_same_row(db):
    result = sample_jobs.tell_time.enqueue()
    assert Job.objects.get().path == PATH

    runner.drain()

    result.refresh()
    assert result.status == "SUCCESSFUL"
    assert result.return_value == NOW.isoformat()


def test_the_interface_of_django_tasks_tells_of_failures(db):
    result = sample_jobs.fail.enqueue(reason="non")
    runner.drain()

    result.refresh()

    assert result.status == "READY"
    assert result.errors[0].exception_class is ValueError
    with pytest.raises(TaskResultDoesNotExist):
        default_task_backend.get_result("0")


def test_the_jobs_page_shows_those_of_the_company_and_of_the_installation(company, actor):
    other = create_company(facts=CompanyFacts(name="Voisin", siren="404833048"))
    mine, common = queue.add(PATH, company=company), queue.add(PATH)
    theirs = queue.add(PATH, company=other)

    assert list(queries.jobs(actor=actor)) == [common, mine]
    assert theirs in queries.jobs(actor=system(other), status="READY")
    assert list(queries.jobs(actor=actor, status="FAILED")) == []
