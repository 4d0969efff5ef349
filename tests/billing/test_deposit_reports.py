"""A report goes all the way: reckoned, deposited on a platform over HTTP, accepted, corrected."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from tests.conftest import NOW

from billing.conftest import issued, line
from echeance.archive import queries as archive
from echeance.base import clock
from echeance.base import commands as base
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.core.einvoice.official.pool import OfficialValidator
from echeance.core.reporting.model import ReportKind, Submission
from echeance.core.reporting.xml import read_report
from echeance.parties import commands as parties
from echeance.parties.types import ContactFacts, PartyFacts
from echeance.practice.platform.server import PracticePlatform
from echeance.transmission import commands as transmission
from echeance.transmission.platform.client import PlatformClient

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 11, 11)


class Time:
    """The instant both sides live at."""

    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def platform(time):
    running = PracticePlatform(now=time)
    running.start()
    yield running
    running.close()


@pytest.fixture
def camille(ready):
    """Who buys for herself."""
    [party] = parties.create_parties(
        actor=ready,
        parties=[
            PartyFacts(
                code="P1",
                name="Camille Aubert",
                category="consumer",
                address_line="1 rue Haute",
                postcode="13001",
                city="Marseille",
                payment_terms="net30",
            )
        ],
    )
    parties.add_contacts(
        actor=ready,
        contacts=[ContactFacts(party.pk, email="camille@exemple.example", purpose="billing")],
    )
    return party


def turn(company, platform, time):
    """A minute later: what is due is handed over, what the platform thinks is read."""
    time.now += timedelta(minutes=1)
    with clock.at(time.now), PlatformClient(platform.access) as client:
        report = transmission.deposit_due(company=company, platform=client)
        transmission.poll_platform(company=company, platform=client)
    return report


def test_a_report_and_its_correction_are_deposited_once_each_and_accepted(
    ready, camille, platform, time
):
    base.save_policy(
        actor=ready,
        document={"billing": {"platform_number": "0042", "platform_name": "Plateforme d'essai"}},
    )
    issued(ready, camille, line("Assiette", "1", "25.00"), on=DAY)
    with OfficialValidator(workers=1) as validator:

        def prepare():
            return billing.prepare_report(
                actor=ready, kind=ReportKind.TRANSACTIONS, day=DAY, validator=validator
            )

        first = prepare()
        deposited = turn(ready.company, platform, time).deposited
        again = prepare()  # nothing new: nothing more is queued
        issued(ready, camille, line("Plat", "1", "30.00"), on=DAY)
        second = prepare()
    for _ in range(4):
        deposited += turn(ready.company, platform, time).deposited

    assert (deposited, again.number, second.corrective) == (2, first.number, True)
    theirs = [flow for flow in platform.store.flows() if flow.syntax == "FRR"]
    told = [read_report(flow.content) for flow in theirs]
    assert [(one.number, one.submission) for one in told] == [
        ("ER-552100554-T-20261111-1", Submission.INITIAL),
        ("ER-552100554-T-20261111-2", Submission.CORRECTIVE),
    ]
    assert [one.content.days[0].net for one in told] == [Decimal("25.00"), Decimal("55.00")]
    rows = list(queries.reports(actor=ready).order_by("rank"))
    assert [flow.content for flow in theirs] == [
        archive.content(actor=ready, file_id=row.file_id) for row in rows
    ]
    [stand] = queries.report_stands(actor=ready, since=DAY)
    assert (stand.number, stand.deposit) == (second.number, "accepted")
