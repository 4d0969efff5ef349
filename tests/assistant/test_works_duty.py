# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""What the passing of a day does: silence accepts, retentions fall due, told once."""

from __future__ import annotations

from datetime import UTC, date, datetime

from assistant.test_bill_duty import working
from billing.conftest import lefevre, ready
from billing.test_self_billing import garnier, invoice_of
from billing.test_works_story import renovation
from echeance.assistant import commands
from echeance.base import clock
from echeance.billing import commands as billing
from echeance.ledger import commands as ledger


def test_the_day_accepts_what_no_supplier_contested(working, garnier):
    row = invoice_of(working, garnier)
    with clock.at(datetime(2026, 12, 10, 6, tzinfo=UTC)):
        report = commands.run_day(actor=working, on=date(2026, 12, 10))
        again = commands.run_day(actor=working, on=date(2026, 12, 10))

    said = f"{row.number} est acceptée par le silence du fournisseur"
    assert said in [one.act for one in report.decisions]
    assert said not in [one.act for one in again.decisions]


def test_the_day_releases_what_a_year_of_guarantee_ends(working, renovation):
    row, documents = renovation
    billing.accept_works(actor=working, market_id=row.pk, on=date(2026, 11, 20))
    ledger.open_fiscal_year(actor=working, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))

    with clock.at(datetime(2027, 11, 20, 6, tzinfo=UTC)):
        report = commands.run_day(actor=working, on=date(2027, 11, 20))

    told = [one.act for one in report.decisions if "retenue" in one.act]
    assert told == [f"La retenue de garantie de {one.number} est due" for one in documents[1:]]
