"""Jobs run under a lease: given back when a worker dies, fenced, tried again, given up, pruned."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from echeance.base import clock, commands, queue, runner
from echeance.base.jobs import housekeeping
from echeance.base.models import Counter, IdempotentRequest, Job

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LEASE = timedelta(seconds=runner.LEASE_SECONDS)
SAMPLES = "tests.base.sample_jobs."
SCRIPT = Path(__file__).with_name("working_process.py")
DATABASE_KEYS = ("NAME", "USER", "PASSWORD", "HOST", "PORT")


def add(name: str, **kwargs) -> Job:
    job = queue.add(f"{SAMPLES}{name}", **kwargs)
    assert job is not None
    return job


def test_a_job_runs_once_and_keeps_its_result(company):
    job = add("count", company_id=company.pk, counter="a")

    assert runner.drain() == 1
    assert runner.drain() == 0

    job.refresh_from_db()
    assert (job.status, job.result, job.attempts) == ("SUCCESSFUL", 1, 1)
    assert (job.finished_at, job.lease_until) == (NOW, None)
    assert Counter.objects.get(name="a").last == 1


def test_the_higher_priority_goes_first_then_the_oldest(db):
    low, old = add("tell_time"), add("tell_time", priority=5)
    new = add("tell_time", priority=5)

    order = [runner.claim() for _ in range(3)]

    assert order == [old, new, low]


def test_a_claimed_job_is_not_claimed_again_while_its_lease_runs(db):
    add("tell_time")
    claimed = runner.claim()

    with clock.at(NOW + LEASE):
        assert runner.claim() is None

    assert claimed is not None
    assert claimed.status == "RUNNING"


def test_a_lease_that_lapses_gives_the_job_back(db):
    add("tell_time")
    lost = runner.claim()

    with clock.at(NOW + LEASE + timedelta(microseconds=1)):
        again = runner.claim()

    assert again == lost
    assert again is not None
    assert again.attempts == 2


def test_a_late_worker_cannot_overwrite_its_successor(db):
    job = add("tell_time")
    late = runner.claim()
    after = NOW + 2 * LEASE
    with clock.at(after):
        successor = runner.claim()
        assert successor is not None
        runner.run(successor)

    assert late is not None
    runner.run(late)

    job.refresh_from_db()
    assert job.result == after.isoformat()
    assert job.attempts == 2


def test_a_late_failure_does_not_undo_a_success(db):
    job = add("fail", reason="trop tard")
    late = runner.claim()
    Job.objects.filter(pk=job.pk).update(status="SUCCESSFUL", attempts=2)

    assert late is not None
    assert runner.run(late) is False

    job.refresh_from_db()
    assert (job.status, job.errors) == ("SUCCESSFUL", [])


def test_a_failure_is_tried_again_after_a_wait_that_doubles(db):
    job = add("fail", reason="non")
    waits = []
    at = NOW
    for _ in range(4):
        with clock.at(at):
            runner.drain()
        job.refresh_from_db()
        waits.append((job.run_after - at).total_seconds())
        at = job.run_after

    assert waits == [5, 10, 20, 40]
    assert job.status == "READY"
    assert job.errors[-1]["class"] == "builtins.ValueError"
    assert job.errors[-1]["message"] == "non"


def test_after_five_failures_the_job_is_given_up_and_kept_for_a_person(db):
    job = add("fail", reason="non")
    for day in range(6):
        with clock.at(NOW + timedelta(days=day)):
            runner.drain()

    job.refresh_from_db()
    assert (job.status, job.attempts, len(job.errors)) == ("FAILED", 5, 5)
    assert job.finished_at == NOW + timedelta(days=4)


def test_a_task_says_how_often_and_after_how_long_it_is_tried_again(db):
    job = add("fail_twice")
    runner.drain()
    job.refresh_from_db()
    first = job.status, job.run_after
    with clock.at(NOW + timedelta(minutes=1)):
        runner.drain()

    job.refresh_from_db()
    assert first == ("READY", NOW + timedelta(seconds=60))
    assert (job.status, job.attempts) == ("FAILED", 2)


def test_a_job_that_kills_its_workers_is_given_up_and_the_others_go_on(db):
    killer, good = add("tell_time", priority=5), add("tell_time")
    at = NOW
    for _ in range(5):
        with clock.at(at):
            assert runner.claim() == killer
        at += LEASE + timedelta(seconds=1)

    with clock.at(at):
        assert runner.drain() == 1

    killer.refresh_from_db()
    good.refresh_from_db()
    assert (killer.status, killer.errors[-1]["class"]) == ("FAILED", "WorkerLost")
    assert good.status == "SUCCESSFUL"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["answer_without_json", "unknown_name"])
def test_a_job_that_cannot_be_run_or_told_fails_and_the_worker_lives(name):
    job = add(name)

    assert runner.drain() == 1

    job.refresh_from_db()
    assert job.status == "READY"
    assert len(job.errors) == 1


def test_looking_for_work_is_one_read_when_there_is_none(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert runner.claim() is None


def test_only_old_successes_are_pruned(db):
    done, failed = add("tell_time"), add("tell_time")
    runner.drain()
    Job.objects.filter(pk=failed.pk).update(status="FAILED")
    with clock.at(NOW + timedelta(days=10)):
        recent = add("tell_time")
        runner.drain()

    with clock.at(NOW + timedelta(days=14)):
        early = runner.prune()
    with clock.at(NOW + timedelta(days=14, seconds=1)):
        pruned = runner.prune()

    assert (early, pruned) == (0, 1)
    assert set(Job.objects.all()) == {failed, recent}
    assert done not in Job.objects.all()


def test_housekeeping_prunes_jobs_and_idempotent_answers(actor):
    add("tell_time")
    runner.drain()
    commands.reserve_answer(actor=actor, key="k", request=b"a")

    with clock.at(NOW + timedelta(days=15)):
        told = housekeeping.call()

    assert told == {"jobs": 1, "answers": 1}
    assert not IdempotentRequest.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_loop_runs_what_is_due_until_it_is_stopped():
    jobs = [add("tell_time") for _ in range(3)]
    stop = threading.Event()

    def tick():
        if not Job.objects.exclude(status="SUCCESSFUL").exists():
            stop.set()

    runner.loop(stop, poll_seconds=0.01, tick=tick)

    assert [Job.objects.get(pk=job.pk).status for job in jobs] == ["SUCCESSFUL"] * 3


@pytest.mark.django_db(transaction=True)
def test_the_loop_outlives_a_database_that_is_away_for_a_while():
    job = add("tell_time")
    stop = threading.Event()
    looks = []

    def tick():
        looks.append(1)
        if len(looks) == 1:
            raise OSError
        if len(looks) == 3:
            stop.set()

    runner.loop(stop, poll_seconds=0.01, tick=tick)

    job.refresh_from_db()
    assert job.status == "SUCCESSFUL"


@pytest.mark.django_db(transaction=True)
def test_the_lease_is_renewed_while_the_job_runs(monkeypatch):
    monkeypatch.setattr(runner, "LEASE_SECONDS", 0.3)
    add("tell_time")
    job = runner.claim()
    assert job is not None
    first = job.lease_until
    renewed = threading.Event()

    class Waiting:
        @staticmethod
        def call():
            while True:
                job.refresh_from_db()
                if job.lease_until != first:
                    renewed.set()
                    return "fini"

    monkeypatch.setattr(runner, "import_string", lambda _path: Waiting)
    runner.run(job)

    job.refresh_from_db()
    assert renewed.is_set()
    assert (job.result, job.lease_until) == ("fini", None)


def start(what: str, count: int = 0):
    database = {key: str(connection.settings_dict[key]) for key in DATABASE_KEYS}
    command = [sys.executable, str(SCRIPT), json.dumps(database), NOW.isoformat(), what, str(count)]
    root = SCRIPT.parents[2]
    path = os.pathsep.join([str(root), str(root / "src")])
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": path}
    )


def outputs(processes) -> list[int]:
    said = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return [int(text) for text in said]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_processes_share_the_jobs_and_none_runs_twice(company):
    for number in range(90):
        add("count", company_id=company.pk, counter=f"job-{number}")

    ran = outputs([start("run") for _ in range(3)])

    assert sum(ran) == 90
    assert not Job.objects.exclude(status="SUCCESSFUL", attempts=1).exists()
    assert set(Counter.objects.values_list("last", flat=True)) == {1}
    assert Counter.objects.count() == 90


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_processes_add_a_periodic_slot_once():
    added = outputs([start("periodic", 60) for _ in range(3)])

    assert sum(added) == 60
    assert Job.objects.count() == 60
