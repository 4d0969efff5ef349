"""Forty invoices, three requests in ten that fail: each ends in one true state, none twice.

The company and the platform live at the same simulated instant, which moves from turn to turn; a
process is killed after every fifth deposit, before the record of it.
"""

from __future__ import annotations

from collections import Counter

import pytest
from tests.conftest import NOW
from tests.transmission.platform.conftest import QUICK, invoice

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock
from echeance.base.models import WorkItem
from echeance.core.einvoice.cii import write_cii
from echeance.practice.platform.faults import Faults
from echeance.transmission import commands
from echeance.transmission.models import Flow, LifecycleStatus, ReceivedFlow
from echeance.transmission.platform.client import PlatformClient
from echeance.transmission.platform.types import (
    AckStatus,
    FlowDirection,
    FlowProfile,
    FlowSyntax,
    ProcessingRule,
)
from echeance.transmission.types import FlowState, NewDeposit

pytestmark = pytest.mark.django_db(transaction=True)

INVOICES = 40


class KilledError(BaseException):
    """The process ends here: no handler of the product may see it as an error."""


class Mortal:
    """The client in processes that are killed after their fifth deposit, before its record."""

    def __init__(self, client: PlatformClient) -> None:
        self.client = client
        self.deposits = 0

    def deposit(self, content, info):
        taken = self.client.deposit(content, info)
        self.deposits += 1
        if self.deposits % 5 == 0:
            raise KilledError
        return taken

    def find(self, tracking_id):
        return self.client.find(tracking_id)

    def close(self):
        self.client.close()


def queue(actor, count):
    contents = [write_cii(invoice(f"FA-{number}")) for number in range(count)]
    files = archive.store_files(
        actor=actor,
        files=[
            NewFile(content, f"FA-{number}.xml", "text/xml", "invoice", "", NOW.date())
            for number, content in enumerate(contents)
        ],
    )
    deposits = [
        NewDeposit(
            key=f"invoice:FA-{number}",
            subject=f"invoice:{number}",
            document_ref=f"FA-{number}",
            file_id=file.pk,
            syntax=FlowSyntax.CII,
            rule=ProcessingRule.B2B,
            profile=FlowProfile.CIUS,
        )
        for number, file in enumerate(files)
    ]
    return commands.queue_deposits(actor=actor, deposits=deposits)


def answer_questions(actor, platform) -> None:
    """A person looks at the platform's own page for what three lost answers left open."""
    theirs = {tracking_id for tracking_id, _ in platform.store.deposits()}
    for row in Flow.objects.filter(state=FlowState.UNKNOWN, retry_at=None):
        commands.settle_flow(actor=actor, flow=row.pk, deposited=row.tracking_id in theirs)


def quiet(platform) -> bool:
    moving = Flow.objects.exclude(state__in=[FlowState.ACCEPTED, FlowState.REFUSED])
    return platform.store.quiet() and not moving.exists()


@pytest.mark.parametrize("seed", [pytest.param(2026, marks=pytest.mark.slow), 6])
def test_each_invoice_ends_in_one_true_state_and_none_is_deposited_twice(
    actor, company, platform_with, platform_time, seed
):
    platform = platform_with(faults=Faults(0.3, seed), seed=seed)
    queue(actor, INVOICES)
    turns = 0
    kills = 0

    with PlatformClient(platform.access, patience=QUICK) as client:
        mortal = Mortal(client)
        calm = 0
        while calm < 3:  # what is read last must be read through
            turns += 1
            assert turns < 400, "it never ends"
            platform_time.pass_(minutes=1)
            with clock.at(platform_time.now):
                try:
                    commands.deposit_due(company=company, platform=mortal)
                except KilledError:
                    kills += 1
                report = commands.poll_platform(company=company, platform=client)
                answer_questions(actor, platform)
            calm = calm + 1 if quiet(platform) and not report.interrupted else 0

    rows = {row.tracking_id: row for row in Flow.objects.all()}
    theirs = {
        flow.tracking_id: flow
        for flow in platform.store.flows()
        if flow.direction is FlowDirection.OUT
    }
    assert kills >= 5
    assert len(rows) == INVOICES
    assert set(platform.store.deposits().values()) == {1}
    assert platform.store.deposits() == Counter(
        (row.tracking_id, row.sha256) for row in rows.values()
    )
    assert {(row.flow_id, row.state) for row in rows.values()} == {
        (flow.flow_id, "accepted" if flow.status is AckStatus.OK else "refused")
        for flow in theirs.values()
    }
    # What the platform said of each invoice is what the company keeps of it, once.
    told = Counter(
        flow.sha256 for flow in platform.store.flows() if flow.direction is FlowDirection.IN
    )
    received = Counter(
        ReceivedFlow.objects.filter(state="received").values_list("sha256", flat=True)
    )
    assert received == Counter(set(told))
    assert ReceivedFlow.objects.filter(state="repeated").count() == told.total() - len(told)
    assert LifecycleStatus.objects.count() == len(told)
    assert not ReceivedFlow.objects.filter(state="quarantined").exists()
    # A person is told of each refusal, and is asked nothing that the platform could answer.
    questions = Counter(WorkItem.objects.filter(closed_at=None).values_list("kind", flat=True))
    refused = sum(row.state == FlowState.REFUSED for row in rows.values())
    assert questions == +Counter({"transmission.flow_refused": refused})
