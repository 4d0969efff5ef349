"""The console, the jobs and the answers of a person, against the platform of practice."""

from __future__ import annotations

import json

import pytest
from tests.conftest import NOW
from tests.transmission.platform.conftest import bought
from typer.testing import CliRunner

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.assistant import answers
from echeance.base import queue, runner
from echeance.base.models import Job, WorkItem
from echeance.core.einvoice.cii import write_cii
from echeance.transmission import commands
from echeance.transmission.console import app
from echeance.transmission.models import Flow, ReceivedFlow
from echeance.transmission.platform.types import FlowSyntax, ProcessingRule
from echeance.transmission.types import FlowState, NewDeposit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def configured(settings, platform):
    access = platform.access
    settings.PLATFORM = {
        "base_url": access.base_url,
        "token_url": access.token_url,
        "directory_url": access.directory_url,
        "client_id": access.client_id,
        "client_secret": access.client_secret,
        "scope": "",
    }


@pytest.fixture
def queued(actor, content) -> Flow:
    file = NewFile(content, "FA-1.xml", "text/xml", "invoice", "", NOW.date())
    row = archive.store_file(actor=actor, file=file)
    new = NewDeposit(
        "invoice:FA-1", "invoice:1", "FA-1", row.pk, FlowSyntax.CII, ProcessingRule.B2B
    )
    return commands.queue_deposits(actor=actor, deposits=[new])[0]


def invoke(*arguments):
    done = CliRunner().invoke(app, list(arguments))
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_console_deposits_polls_lists_and_reads_again(company, queued, platform):
    platform.store.receive(write_cii(bought("B-1")), "B-1.xml")
    platform.store.receive(b"pas une facture", "lettre.txt")

    assert invoke("deposit") == (
        "1 déposé(s), 0 retrouvé(s), 0 refusé(s), 0 à réessayer, 0 d'issue inconnue.\n"
    )
    polled = json.loads(invoke("poll", "--json"))
    listed = [json.loads(line) for line in invoke("received", "--json").splitlines()]
    aside = invoke("received", "--state", "quarantined")

    assert (polled["received"], polled["quarantined"]) == (1, 1)
    assert [(one["state"], one["number"]) for one in listed] == [
        ("quarantined", ""),
        ("received", "B-1"),
    ]
    assert "en quarantaine  lettre.txt : Le fichier lettre.txt n'est ni un PDF" in aside
    assert invoke("retry", str(listed[0]["id"])) == "0 reçu(s), 1 encore en quarantaine.\n"


def test_the_jobs_deposit_and_poll_by_themselves(queued, platform, platform_time):
    queue.enqueue_periodic()

    runner.drain()

    queued.refresh_from_db()
    results = dict(Job.objects.values_list("path", "result"))
    assert queued.state == FlowState.DEPOSITED
    assert results["echeance.transmission.jobs.deposit_due"]["deposited"] == 1
    assert set(results["echeance.transmission.jobs.poll_platform"]) == {"552100554"}


def test_a_person_asks_for_a_document_in_quarantine_to_be_read_again(actor, company, platform):
    platform.store.receive(b"pas une facture", "lettre.txt")
    invoke("poll")
    item = WorkItem.objects.get(kind="transmission.quarantine")

    said = answers.answer(actor=actor, work_item_id=item.pk, choice="retry")
    runner.drain()

    assert said == "La relecture est demandée : la question se ferme si le document est lu."
    assert ReceivedFlow.objects.get().attempts == 2
    item.refresh_from_db()
    assert item.closed_at is None


@pytest.mark.parametrize(
    ("choice", "state"), [("deposited", "unknown"), ("not_deposited", "queued")]
)
def test_a_person_says_what_became_of_a_deposit(actor, queued, choice, state):
    from echeance.base import commands as base
    from echeance.transmission import flow_questions

    Flow.objects.update(state=FlowState.UNKNOWN, retry_at=None, losses=3)
    base.open_work_items(actor=actor, items=[flow_questions.unknown(queued, "perdue")])
    item = WorkItem.objects.get(kind="transmission.flow_unknown")

    answers.answer(actor=actor, work_item_id=item.pk, choice=choice)

    queued.refresh_from_db()
    item.refresh_from_db()
    assert (queued.state, queued.losses) == (state, 0)
    assert item.answer == choice
