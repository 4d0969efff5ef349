"""The whole month of the simulated company, then its day: orders become sealed invoices that leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from echeance.archive import queries as archive
from echeance.assistant import commands
from echeance.assistant.answers import answer
from echeance.assistant.models import Decision
from echeance.assistant.types import Duty, Outcome
from echeance.base import clock
from echeance.base.models import WorkItem
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.models import Invoice
from echeance.core.einvoice.cii import read_cii
from echeance.core.einvoice.detect import extract_xml
from echeance.ledger.verify import verify
from echeance.practice import world
from echeance.transmission.types import Accepted

MORNING = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


class Kept:
    """A mail server that says yes and keeps what it is handed."""

    def __init__(self):
        self.envelopes = []

    def send(self, envelope):
        self.envelopes.append(envelope)
        return Accepted("250 2.0.0 kept")

    def close(self):
        """Nothing to close."""


@pytest.fixture
def lived(db, tmp_path):
    actor = world.build(Kept())
    folder = tmp_path / world.SIREN / "orders" / "standard"
    folder.mkdir(parents=True)
    (folder / "commandes.csv").write_bytes(world.orders_file(world.TODAYS_ORDERS))
    bank = tmp_path / world.SIREN / "bank"
    bank.mkdir()
    (bank / "releve.xml").write_bytes(world.bank_file())
    with clock.at(MORNING):
        report = commands.run_day(actor=actor, on=world.DAY, inbox=tmp_path)
    return actor, report


def of(report, duty):
    return [(one.outcome, one.subject) for one in report.decisions if one.duty is duty]


@pytest.mark.slow
def test_orders_become_sealed_invoices_that_leave_and_the_same_day_again_does_nothing(
    lived, tmp_path
):
    actor, report = lived

    assert of(report, Duty.BILL)[:2] == [
        (Outcome.ACTED, "invoice:FA-2026-000013"),
        (Outcome.ACTED, "invoice:FA-2026-000014"),
    ]
    assert [outcome for outcome, _ in of(report, Duty.BILL)] == ["acted", "acted", "asked"]
    assert of(report, Duty.SEAL) == [
        (Outcome.ACTED, "invoice:FA-2026-000013"),
        (Outcome.ACTED, "invoice:FA-2026-000014"),
    ]
    assert of(report, Duty.SEND) == of(report, Duty.SEAL)
    assert any("C404" in reason for one in report.decisions for reason in one.reasons)

    # The file says what was ordered: 2 480.00 without VAT, 2 976.00 with it, read from its XML.
    row = queries.by_number(actor=actor, number="FA-2026-000013")
    _, xml = extract_xml(queries.pdf(actor=actor, invoice_id=row.pk))
    document = read_cii(xml).invoice
    assert (document.number, str(document.totals.gross_total)) == ("FA-2026-000013", "2976.00")

    with clock.at(MORNING + timedelta(hours=1)):
        released = billing.release_invoices(actor=actor, now=clock.now())
    assert len(released.released) == 2

    before = Decision.objects.count()
    with clock.at(MORNING + timedelta(hours=2)):
        again = commands.run_day(actor=actor, on=world.DAY, inbox=tmp_path)
    assert again.decisions == ()
    assert Decision.objects.count() == before
    assert verify(company=actor.company) == []
    assert all(one.code != "archive.missing" for one in archive.verify(actor.company))


@pytest.mark.slow
def test_an_invoice_over_the_limit_waits_for_a_yes(lived):
    actor, _ = lived
    question = WorkItem.objects.get(kind="billing.issue")

    with clock.at(MORNING + timedelta(hours=1)):
        told = answer(actor=actor, work_item_id=question.pk, choice="issue")

    assert told.startswith("Facture FA-2026-000015 émise")
    assert Invoice.objects.get(number="FA-2026-000015").gross_total == 17040
