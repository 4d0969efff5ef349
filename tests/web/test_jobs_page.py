"""The page of background work: what went wrong is told, and started again."""

from __future__ import annotations

from echeance.base import clock
from echeance.base.models import Job, JournalEvent


def failed_job(company) -> Job:
    return Job.objects.create(
        company=company,
        path="echeance.base.jobs.housekeeping",
        status=Job.Status.FAILED,
        attempts=5,
        errors=[{"class": "OSError", "message": "disque plein", "traceback": "…"}],
        run_after=clock.now(),
        enqueued_at=clock.now(),
        finished_at=clock.now(),
    )


def test_a_failed_job_tells_why_and_is_started_again(client, member, company):
    job = failed_job(company)
    client.force_login(member)

    page = client.get("/taches/?etat=FAILED").content.decode()
    answer = client.post(f"/taches/{job.pk}/relance/")

    assert "disque plein" in page
    assert answer.status_code == 302
    job.refresh_from_db()
    assert (job.status, job.attempts, job.finished_at) == ("READY", 0, None)
    assert JournalEvent.objects.get(action="base.job_retried").actor == member.email


def test_a_job_that_did_not_fail_is_left_alone(client, member, company):
    job = failed_job(company)
    Job.objects.update(status=Job.Status.RUNNING)
    client.force_login(member)

    answer = client.post(f"/taches/{job.pk}/relance/")

    assert answer.status_code == 409
    job.refresh_from_db()
    assert job.attempts == 5
