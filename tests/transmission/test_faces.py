"""The console, the programming interface and the job say what the commands say."""

from __future__ import annotations

import json

import pytest
from ninja.testing import TestClient
from typer.testing import CliRunner

from echeance.base import queue, runner
from echeance.base.models import Job
from echeance.transmission import commands, jobs
from echeance.transmission.api import router
from echeance.transmission.console import app
from echeance.transmission.errors import MessageLeftError, RelayMissingError
from echeance.transmission.types import Status


@pytest.fixture
def api(actor):
    client = TestClient(router)
    return lambda method, path, **kwargs: getattr(client, method)(path, auth=actor, **kwargs)


def test_the_console_lists_and_sends(released, mailbox):
    message = released()

    before = CliRunner().invoke(app, ["list"])
    sent = CliRunner().invoke(app, ["send"])
    after = CliRunner().invoke(app, ["list", "--status", "sent", "--json"])

    assert before.stdout == "à envoyer  Votre facture F-2026-0012  à compta@brume.example\n"
    assert sent.stdout == (
        "1 envoyé(s), 0 refusé(s), 0 à réessayer, 0 d'issue inconnue, 0 à revérifier.\n"
    )
    assert json.loads(after.stdout) == {
        "id": message.pk,
        "status": "sent",
        "subject": "invoice:12",
        "to": ["compta@brume.example"],
        "subject_line": "Votre facture F-2026-0012",
        "message_id": message.message_id,
        "response": "250 2.0.0 gardé sous 42",
    }


def test_the_console_sends_nothing_without_a_relay(released, settings):
    settings.SMTP = settings.SMTP | {"host": ""}
    message = released()

    result = CliRunner().invoke(app, ["send"])

    message.refresh_from_db()
    assert isinstance(result.exception, RelayMissingError)
    assert message.status == Status.RELEASED


def test_the_console_reads_returned_mail(company, tmp_path):
    mail = tmp_path / "merci.eml"
    mail.write_bytes(b"Subject: Merci\n\nBien recu.\n")

    result = CliRunner().invoke(app, ["bounces", str(mail), "--json"])

    assert json.loads(result.stdout) == {"message_ids": [], "addresses": [], "unmatched": 1}


def test_the_outbox_is_listed_page_by_page(api, queued):
    keys = [queued(key=key).key for key in ("a", "b", "c")]

    first = api("get", "?limit=2").json()
    second = api("get", f"?limit=2&before={first['next']}").json()

    listed = [item["key"] for item in first["items"] + second["items"]]
    assert listed == keys[::-1]
    assert second["next"] is None
    assert api("get", "?status=sent").json()["items"] == []


def test_a_message_is_read_with_its_course_and_withdrawn(api, queued):
    message = queued()

    withdrawn = api("post", f"/{message.pk}/withdrawal", json={"reason": "litige"})
    read = api("get", f"/{message.pk}")
    events = api("get", f"/{message.pk}/events")

    assert withdrawn.json() == read.json()
    assert read.json()["status"] == "withdrawn"
    assert [(event["status"], event["detail"]) for event in events.json()] == [
        ("held", ""),
        ("withdrawn", "litige"),
    ]


def test_what_cannot_be_taken_back_is_said(api, queued):
    message = queued()
    api("post", f"/{message.pk}/withdrawal", json={})

    with pytest.raises(MessageLeftError):
        api("post", f"/{message.pk}/withdrawal", json={})


def test_a_message_of_unknown_outcome_is_settled(api, released, mailbox):
    mailbox.on_content = "drop"
    message = released()
    commands.send_due()

    settled = api("post", f"/{message.pk}/settlement", json={"outcome": "not_sent"})

    assert settled.json()["status"] == "held"


def test_a_refused_message_is_prepared_again(api, released, mailbox):
    mailbox.on_recipient["compta@brume.example"] = "550 5.1.1 inconnu"
    message = released()
    commands.send_due()

    again = api("post", f"/{message.pk}/preparation", json={"to": ["compta2@brume.example"]})

    assert again.json()["status"] == "held"
    assert again.json()["to"] == ["compta2@brume.example"]


def test_nobody_releases_through_the_interface():
    assert not any("release" in path for path in router.path_operations)


def test_the_job_comes_back_every_ten_seconds_and_sends(released, mailbox):
    released()
    queue.enqueue_periodic()

    runner.drain()

    job = Job.objects.get(path="echeance.transmission.jobs.send_due")
    assert job.status == "SUCCESSFUL"
    assert job.result["sent"] == 1
    assert queue.Periodic(path=job.path, every_seconds=10) in queue._periodic


def test_the_job_says_what_it_did(released, mailbox):
    released()

    assert jobs.send_due.call() == {
        "sent": 1, "refused": 0, "unknown": 0, "retried": 0, "lost": 0, "expired": 0,
    }  # fmt: skip
