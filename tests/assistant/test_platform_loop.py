"""From the buyer's word on a real platform to the reminder that does not leave, and back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing.conftest import draft, issued, lefevre, ready  # noqa: F401  fixtures
from billing.test_report_receipts import paid, service
from echeance.assistant import commands
from echeance.assistant.types import Duty
from echeance.base import clock
from echeance.collection import commands as collection
from echeance.collection.models import Dispute, Promise
from echeance.core.lifecycle import STATUSES, Event, Reason, Role, cdar
from echeance.practice.platform.server import PracticePlatform
from echeance.transmission import commands as transmission
from echeance.transmission.models import Flow, LifecycleStatus, ReceivedFlow
from echeance.transmission.platform.client import PlatformClient
from echeance.transmission.platform.types import AckStatus, FlowSyntax, FlowType, Patience

DAY = date(2026, 11, 24)


class Time:
    """The instant of the platform, whose threads do not see the clock of the test."""

    def __init__(self):
        self.now = clock.now()

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def platform(time):
    with PracticePlatform(now=time) as running:
        yield running


@pytest.fixture
def client(platform):
    patience = Patience(timeout_seconds=5, attempts=3, wait_seconds=0.001, wait_seconds_max=0.01)
    with PlatformClient(platform.access, patience=patience) as opened:
        yield opened


def say(platform, row, code, *, reasons=(), times=1):
    """A status of an invoice, as the platform hands it over."""
    role = STATUSES[code].issuers[0]
    message = cdar.compose(
        event=Event(code, role, clock.now(), reasons),
        document=cdar.Document(
            row.number,
            type_code="380",
            issue_date=row.issue_date,
            seller=cdar.Party("SE", "552100554", cdar.SIREN),
        ),
        identifier=f"CDV-{code}",
        issued_at=clock.now(),
        sender=cdar.Party("WK", "8888", cdar.PLATFORM),
        issuer=(
            cdar.Party("BY", "404833048", cdar.SIREN) if role is Role.BUYER else cdar.Party("WK")
        ),
        recipients=(cdar.Party("SE", "552100554", cdar.SIREN, "", "552100554", cdar.ROUTING),),
    )
    for _ in range(times):
        platform.store.receive(
            cdar.write_cdar(message), f"{code}.xml", FlowSyntax.CDAR, FlowType.CUSTOMER_INVOICE_LC
        )


def test_a_buyer_s_word_comes_in_once_and_the_money_goes_back_as_a_status(
    ready,  # noqa: F811
    lefevre,  # noqa: F811
    platform,
    client,
    time,
):
    collection.set_up_plan(actor=ready)
    row = issued(ready, lefevre, service("100"))
    say(platform, row, 200)
    say(platform, row, 207, reasons=(Reason("PU_ERR", "11 €, pas 12,50 €", "CNP"),), times=3)
    say(platform, row, 211)

    told = transmission.poll_platform(company=ready.company, platform=client)
    again = transmission.poll_platform(company=ready.company, platform=client)
    commands.run_day(actor=ready, on=DAY)

    assert (told.received, told.repeated, told.quarantined, told.statuses) == (3, 2, 0, 3)
    assert again.statuses == 0
    assert ReceivedFlow.objects.count() == 5
    assert list(LifecycleStatus.objects.order_by("pk").values_list("code", "anomaly")) == [
        (200, ""),
        (207, ""),
        (211, ""),
    ]
    dispute = Dispute.objects.get()
    assert (dispute.amount, dispute.reason_code) == (Decimal("120.00"), "PU_ERR")
    assert dispute.note == "11 €, pas 12,50 €"
    assert Promise.objects.get().amount == Decimal("120.00")

    paid(ready, row, "90.00")
    commands.run_day(actor=ready, on=DAY)
    sent = transmission.deposit_due(company=ready.company, platform=client)

    assert sent.deposited == 1
    flow = Flow.objects.get()
    [kept] = [one for one in platform.store.flows() if one.tracking_id == flow.tracking_id]
    [(document, event)] = cdar.events_of(cdar.read_cdar(kept.content))
    assert (document.number, event.code) == (row.number, 212)
    assert [(part.amount, part.rate) for part in event.receipts] == [
        (Decimal("90.00"), Decimal(20))
    ]

    time.now += timedelta(minutes=1)
    with clock.at(time.now):
        transmission.poll_platform(company=ready.company, platform=client)
    flow.refresh_from_db()
    assert flow.state == "accepted"
    assert kept.status is AckStatus.OK


def test_the_day_deposits_what_it_seals_and_reads_what_becomes_of_it(
    ready,  # noqa: F811
    lefevre,  # noqa: F811
    platform,
    client,
    time,
    settings,
):
    access = platform.access
    settings.PLATFORM = {
        "base_url": access.base_url,
        "token_url": access.token_url,
        "directory_url": access.directory_url,
        "client_id": access.client_id,
        "client_secret": access.client_secret,
        "scope": "",
    }
    collection.set_up_plan(actor=ready)
    # Made before there was a platform: its customer has had it long ago.
    issued(ready, lefevre, service("50"), on=date(2026, 11, 17))
    row = issued(ready, lefevre, service("100"))

    report = commands.run_day(actor=ready, on=DAY)
    again = commands.run_day(actor=ready, on=DAY)

    row.refresh_from_db()
    acts = [one.act for one in report.decisions if one.duty is Duty.DEPOSIT]
    assert acts == [f"{row.number} mise en dépôt pour Boulangerie Lefèvre"]
    assert [one for one in again.decisions if one.duty is Duty.DEPOSIT] == []
    assert Flow.objects.get().sha256 == row.file.sha256

    assert transmission.deposit_due(company=ready.company, platform=client).deposited == 1
    for _ in range(5):
        time.now += timedelta(minutes=1)
        with clock.at(time.now):
            transmission.poll_platform(company=ready.company, platform=client)

    assert Flow.objects.get().state == "accepted"
    codes = list(LifecycleStatus.objects.order_by("status_at").values_list("code", flat=True))
    assert codes[:4] == [200, 201, 202, 203]
    assert not LifecycleStatus.objects.exclude(anomaly="").exists()
