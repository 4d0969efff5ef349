"""E-reporting of a company: from its invoices and its bank to archived messages of flux 10."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from ninja import NinjaAPI
from ninja.testing import TestClient
from typer.testing import CliRunner

from billing.conftest import issued, line
from echeance.archive import queries as archive
from echeance.base import clock
from echeance.base import commands as base
from echeance.base.errors import RightMissingError
from echeance.base.models import Job, JournalEvent, WorkItem
from echeance.base.rights import Right
from echeance.billing import commands as billing
from echeance.billing import jobs, queries
from echeance.billing.api import router
from echeance.billing.console import app
from echeance.billing.errors import (
    PlatformUnknownError,
    ReportChangedError,
    ReportIncompleteError,
    ReportNotJudgedError,
    ReportPeriodError,
    ReportRefusedError,
)
from echeance.billing.models import SalesReport
from echeance.billing.reporting import content_of
from echeance.billing.types import CREDIT_NOTE, CreditLine, ReportOutcome
from echeance.core.dates import DateRange
from echeance.core.einvoice.official.pool import OfficialValidator
from echeance.core.einvoice.official.verdict import Verdict, not_validated
from echeance.core.reporting.model import (
    Category,
    DayPayments,
    DaySales,
    Firm,
    InvoicePayment,
    Payments,
    RatePaid,
    RateTotal,
    ReportKind,
    Submission,
    TaxSubtotal,
    Transactions,
)
from echeance.core.reporting.xml import read_report
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, Posting
from echeance.parties import commands as parties
from echeance.parties.types import ContactFacts, PartyFacts
from echeance.transmission import commands as transmission
from echeance.transmission.models import Flow

D = Decimal
SALES, PAID = ReportKind.TRANSACTIONS, ReportKind.PAYMENTS


@pytest.fixture(scope="module")
def validator():
    with OfficialValidator(workers=1) as pool:
        yield pool


@pytest.fixture
def reporting(ready):
    """The company, and the platform its reports go through."""
    base.save_policy(
        actor=ready,
        document={"billing": {"platform_number": "0042", "platform_name": "Plateforme d'essai"}},
        note="",
    )
    return ready


def customer(actor, code, name, **more):
    facts = {
        "address_line": "1 rue Haute", "postcode": "13001", "city": "Marseille",
        "payment_terms": "net30",
    } | more  # fmt: skip
    [party] = parties.create_parties(
        actor=actor, parties=[PartyFacts(code=code, name=name, **facts)]
    )
    contact = ContactFacts(party.pk, email=f"{code.lower()}@exemple.example", purpose="billing")
    parties.add_contacts(actor=actor, contacts=[contact])
    return party


@pytest.fixture
def camille(ready):
    """Who buys for herself."""
    return customer(ready, "P1", "Camille Aubert", category="consumer")


@pytest.fixture
def meyer(ready):
    """A firm in Germany."""
    return customer(
        ready, "DE1", "Holzbau Meyer GmbH", vat_id="DE129273398", country="DE", postcode="10115",
        city="Berlin",
    )  # fmt: skip


@pytest.fixture
def janssens(ready):
    """A firm in Belgium with a house in France."""
    return customer(
        ready, "BE1", "Janssens SA", vat_id="BE0428759497", country="BE", postcode="1000",
        city="Bruxelles",
    )  # fmt: skip


def on(*day):
    """The morning of a day."""
    return clock.at(datetime(*day, 9, 0, tzinfo=UTC))


def pays(actor, invoice, amount, day):
    """Money of the bank, applied to an invoice the same day."""
    value = D(amount)
    facts = EntryFacts(
        "BQ", day, "VIR", day, "Virement",
        (Posting("512000", debit=value), Posting("411000", credit=value, party_id=invoice.buyer_id)),
        (NewOpenItem(1, day, "receipt", "VIR"),),
    )  # fmt: skip
    receipt = ledger.post_entries(actor=actor, entries=[facts])[0].item_ids[0]
    item = ledger_queries.items_of_document(actor=actor, document_refs=[invoice.number])[
        invoice.number
    ][0]
    return ledger.allocate(
        actor=actor, allocations=[NewAllocation(item.item_id, receipt, value, day)]
    )[0]


def prepared(actor, kind, day, validator, **more):
    return billing.prepare_report(actor=actor, kind=kind, day=day, validator=validator, **more)


def message(actor, result):
    row = queries.report_for(actor=actor, report_id=result.report_id)
    return read_report(archive.content(actor=actor, file_id=row.file_id))


# -- what is told ---------------------------------------------------------------------------------


def test_a_week_of_a_shop(reporting, camille, lefevre, validator):
    """Two days at 20 % and 5.5 %; what a French firm buys goes by its e-invoice, not here."""
    issued(
        reporting,
        camille,
        line("Assiette", "2", "25.00"),
        line("Pain", "10", "4.20", rate="5.5"),
        on=date(2026, 11, 11),
    )
    issued(reporting, camille, line("Pain", "1", "3.00", rate="5.5"), on=date(2026, 11, 12))
    issued(reporting, lefevre, line("Étagère", "1", "900.00"), on=date(2026, 11, 12))

    result = prepared(reporting, SALES, date(2026, 11, 14), validator)

    assert (result.outcome, result.number, result.due_on) == (
        ReportOutcome.PREPARED,
        "ER-552100554-T-20261111-1",
        date(2026, 11, 30),
    )
    sent = message(reporting, result)
    assert (sent.submission, sent.platform.number, sent.declarant.siren, sent.issued_at) == (
        Submission.INITIAL,
        "0042",
        "552100554",
        datetime(2026, 11, 24, 10, 0),
    )
    assert sent.content == Transactions(
        date(2026, 11, 11),
        date(2026, 11, 20),
        days=(
            DaySales(
                date(2026, 11, 11),
                Category.GOODS,
                D("92.00"),
                D("12.31"),
                (
                    RateTotal(D(20), D("50.00"), D("10.00")),
                    RateTotal(D("5.5"), D("42.00"), D("2.31")),
                ),
                count=1,
            ),
            DaySales(
                date(2026, 11, 12),
                Category.GOODS,
                D("3.00"),
                D("0.17"),  # 0.165, half up
                (RateTotal(D("5.5"), D("3.00"), D("0.17")),),
                count=1,
            ),
        ),
    )


def test_a_german_firm_that_owes_the_vat_itself(reporting, meyer, validator):
    row = issued(
        reporting, meyer, line("Étude", "1", "1250.00", rate=None, nature="services"),
        on=date(2026, 11, 12),
    )  # fmt: skip

    result = prepared(reporting, SALES, date(2026, 11, 11), validator)

    [told] = message(reporting, result).content.invoices
    assert (told.number, told.type_code, told.business_process, told.net_total, told.vat_total) == (
        row.number,
        "380",
        "S1",
        D("1250.00"),
        D("0.00"),
    )
    assert told.buyer == Firm("DE129273398", "0223", "DE129273398", "DE")
    assert [(one.base, one.category, one.rate, one.exemption_code) for one in told.subtotals] == [
        (D("1250.00"), "AE", D(0), "VATEX-EU-AE")
    ]
    assert isinstance(told.subtotals[0], TaxSubtotal)


def test_a_belgian_pays_works_on_a_house_in_france(reporting, janssens, meyer, validator):
    """French VAT on the works, due as the money comes; the German's payment bears none."""
    works = issued(
        reporting, janssens, line("Toiture", "1", "500.00", nature="services"),
        line("Isolation", "1", "50.00", rate="10", nature="services"), on=date(2026, 9, 30),
    )  # fmt: skip
    study = issued(
        reporting, meyer, line("Étude", "1", "100.00", rate=None, nature="services"),
        on=date(2026, 9, 30),
    )  # fmt: skip
    pays(reporting, works, "400.00", date(2026, 10, 5))
    pays(reporting, works, "255.00", date(2026, 10, 26))
    pays(reporting, study, "100.00", date(2026, 10, 6))

    result = prepared(reporting, PAID, date(2026, 10, 1), validator)

    # 600/655 of 400.00 is 366.41; the second payment clears both rates
    assert message(reporting, result).content == Payments(
        date(2026, 10, 1),
        date(2026, 10, 31),
        invoices=(
            InvoicePayment(
                works.number,
                date(2026, 9, 30),
                date(2026, 10, 5),
                (RatePaid(D(20), D("366.41")), RatePaid(D(10), D("33.59"))),
            ),
            InvoicePayment(
                works.number,
                date(2026, 9, 30),
                date(2026, 10, 26),
                (RatePaid(D(20), D("233.59")), RatePaid(D(10), D("21.41"))),
            ),
        ),
    )
    assert (result.number, result.due_on) == ("ER-552100554-P-20261001-1", date(2026, 11, 10))


def test_a_consumer_pays_a_course_and_a_plate(reporting, camille, validator):
    """Of 180.00, the course is 120.00: its part of a payment of 90.00 is 60.00."""
    row = issued(
        reporting, camille, line("Cours", "1", "100.00", nature="services"),
        line("Assiette", "1", "50.00"), on=date(2026, 10, 1),
    )  # fmt: skip
    pays(reporting, row, "90.00", date(2026, 10, 8))

    result = prepared(reporting, PAID, date(2026, 10, 31), validator)

    assert message(reporting, result).content.days == (
        DayPayments(date(2026, 10, 8), (RatePaid(D(20), D("60.00")),)),
    )


def test_a_message_waits_to_be_deposited_with_what_a_platform_asks(reporting, camille, validator):
    issued(reporting, camille, line(), on=date(2026, 11, 11))

    result = prepared(reporting, SALES, date(2026, 11, 11), validator)

    row, flow = SalesReport.objects.get(), Flow.objects.get()
    assert (flow.subject, flow.document_ref, flow.state, flow.file) == (
        f"sales_report:{row.pk}",
        result.number,
        "queued",
        row.file,
    )
    assert (flow.syntax, flow.rule, flow.profile) == ("FRR", "NotApplicable", "")
    assert flow.tracking_id.endswith(result.number)
    assert (row.file.filename, row.file.kind, str(row.file.keep_until)) == (
        "ER-552100554-T-20261111-1.xml",
        "sales_report",
        "2036-12-31",
    )


def test_a_trial_says_what_would_be_told_and_writes_nothing(reporting, camille, validator):
    sold = issued(reporting, camille, line("Assiette", "1", "25.00"), on=date(2026, 11, 11))
    prepared(reporting, SALES, date(2026, 11, 11), validator)
    vase = issued(
        reporting, camille, line("Vase ancien", "1", "80.00", exemption="second_hand", rate=None),
        line("Plat", "1", "30.00"), on=date(2026, 11, 11),
    )  # fmt: skip

    result = prepared(reporting, SALES, date(2026, 11, 11), None, dry_run=True)

    assert (result.outcome, result.report_id) == (ReportOutcome.PREPARED, None)
    assert result.changes == (
        "ventes du 11/11/2026 (biens), hors TVA : 25,00\u00a0€ deviennent 55,00\u00a0€.",
    )
    assert [text.split(" : ")[0] for text in result.left_out] == [vase.number]
    assert SalesReport.objects.count() == 1
    assert sold.number != vase.number


# -- a period told again --------------------------------------------------------------------------


def test_a_credit_note_of_a_reported_period_makes_a_correction(
    reporting, camille, meyer, validator
):
    sold = issued(reporting, camille, line("Assiette", "4", "25.00"), on=date(2026, 11, 11))
    first = prepared(reporting, SALES, date(2026, 11, 11), validator)
    note = billing.draft_credit_note(
        actor=reporting,
        invoice_id=sold.pk,
        lines=[CreditLine(sold.lines.get().pk, quantity=D(1))],
        reason="Assiette fêlée",
    )
    billing.issue_invoices(actor=reporting, invoice_ids=[note.pk], issue_date=date(2026, 11, 20))

    again = prepared(reporting, SALES, date(2026, 11, 20), validator)

    assert (again.outcome, again.number, again.corrective) == (
        ReportOutcome.PREPARED,
        "ER-552100554-T-20261111-2",
        True,
    )
    assert again.changes == ("ventes du 20/11/2026 (biens), hors TVA : -25,00\u00a0€ s'ajoutent.",)
    sent = message(reporting, again)
    assert sent.submission is Submission.CORRECTIVE
    assert [(one.day.day, one.net, one.vat) for one in sent.content.days] == [
        (11, D("100.00"), D("20.00")),
        (20, D("-25.00"), D("-5.00")),
    ]
    rows = SalesReport.objects.order_by("rank")
    assert [(row.number, row.stands_in_for_id) for row in rows] == [
        (first.number, None),
        (again.number, first.report_id),
    ]
    changes = queries.report_changes(actor=reporting, report_id=again.report_id)
    assert tuple(change.words() for change in changes) == again.changes
    assert queries.report_changes(actor=reporting, report_id=first.report_id) == ()
    event = JournalEvent.objects.filter(action="billing.report_prepared").latest("pk")
    assert event.facts["stands_in_for"] == first.number


def test_a_payment_undone_after_the_report_takes_it_out_of_its_own_month(
    reporting, camille, validator
):
    row = issued(
        reporting, camille, line("Cours", "1", "100.00", nature="services"), on=date(2026, 10, 1)
    )
    allocation = pays(reporting, row, "120.00", date(2026, 10, 8))
    prepared(reporting, PAID, date(2026, 10, 8), validator)
    ledger.unallocate(actor=reporting, allocation_ids=[allocation], on=date(2026, 11, 24))

    again = prepared(reporting, PAID, date(2026, 10, 8), validator)

    assert again.changes == ("encaissements du 08/10/2026 : 120,00\u00a0€ disparaissent.",)
    assert message(reporting, again).content.empty


def test_preparing_twice_keeps_one_message(reporting, camille, validator):
    issued(reporting, camille, line(), on=date(2026, 11, 11))
    first = prepared(reporting, SALES, date(2026, 11, 11), validator)

    second = prepared(reporting, SALES, date(2026, 11, 20), validator)

    assert second == replace(first, outcome=ReportOutcome.UNCHANGED)
    assert SalesReport.objects.count() == 1


def test_a_period_without_a_sale_asks_for_no_message(reporting, lefevre, validator):
    issued(reporting, lefevre, line(), on=date(2026, 11, 11))

    result = prepared(reporting, SALES, date(2026, 11, 11), validator)

    assert (result.outcome, result.report_id) == (ReportOutcome.NOTHING, None)
    assert not SalesReport.objects.exists()


def test_a_reported_period_keeps_its_days_when_the_regime_changes(reporting, camille, validator):
    issued(reporting, camille, line(), on=date(2026, 10, 12))
    first = prepared(reporting, SALES, date(2026, 10, 12), validator)
    reporting.company.vat_regime = "quarterly"
    reporting.company.save()

    again = prepared(reporting, SALES, date(2026, 10, 15), validator)

    assert (again.outcome, again.report_id) == (ReportOutcome.UNCHANGED, first.report_id)


# -- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 11, 24), "elle n'est pas finie"),
        (date(2026, 8, 31), "l'e-reporting commence le 01/09/2026"),
    ],
)
def test_only_a_period_that_is_over_and_bound_is_prepared(reporting, validator, day, reason):
    with pytest.raises(ReportPeriodError) as refusal:
        prepared(reporting, SALES, day, validator)

    assert reason in str(refusal.value)


def test_the_day_after_its_last_day_a_period_can_be_prepared(reporting, camille, validator):
    issued(reporting, camille, line(), on=date(2026, 11, 20))

    with on(2026, 11, 20), pytest.raises(ReportPeriodError):
        prepared(reporting, SALES, date(2026, 11, 20), validator)
    with on(2026, 11, 21):
        assert prepared(reporting, SALES, date(2026, 11, 20), validator).report_id


def test_the_platform_must_be_known(ready, camille, validator):
    issued(ready, camille, line(), on=date(2026, 11, 11))

    tried = prepared(ready, SALES, date(2026, 11, 11), validator, dry_run=True)
    with pytest.raises(PlatformUnknownError):
        prepared(ready, SALES, date(2026, 11, 11), validator)

    assert tried.outcome is ReportOutcome.PREPARED


def test_what_cannot_be_told_is_left_out_only_knowingly(reporting, camille, validator):
    issued(reporting, camille, line("Assiette", "1", "25.00"), on=date(2026, 11, 11))
    vase = issued(
        reporting, camille, line("Vase ancien", "1", "80.00", exemption="second_hand", rate=None),
        on=date(2026, 11, 11),
    )  # fmt: skip

    with pytest.raises(ReportIncompleteError) as refusal:
        prepared(reporting, SALES, date(2026, 11, 11), validator)
    result = prepared(reporting, SALES, date(2026, 11, 11), validator, leave_out=True)

    sentence = (
        f"{vase.number} : la TVA est due sur la marge, que la facture ne dit pas. Déclarez la "
        "marge sur le portail de votre plateforme."
    )
    assert refusal.value.problems == (sentence,)
    assert result.left_out == (sentence,)
    assert SalesReport.objects.get().left_out == [{"number": vase.number, "reason": "margin"}]
    assert [day.net for day in message(reporting, result).content.days] == [D("25.00")]


class _Judge:
    """Answers what it is told to, and does something meanwhile."""

    def __init__(self, verdict, meanwhile=None):
        self.verdict = verdict
        self.meanwhile = meanwhile

    def validate(self, *_):
        if self.meanwhile:
            self.meanwhile()
        return self.verdict


def test_a_message_the_rules_refuse_is_not_kept(reporting, camille, validator):
    base.save_policy(
        actor=reporting,
        document={"billing": {"platform_number": "42", "platform_name": "Trop courte"}},
        note="",
    )
    issued(reporting, camille, line(), on=date(2026, 11, 11))

    with pytest.raises(ReportRefusedError) as refusal:
        prepared(reporting, SALES, date(2026, 11, 11), validator)

    assert "[G6.22]" in str(refusal.value)
    assert not SalesReport.objects.exists()


def test_a_message_nobody_could_judge_is_not_kept(reporting, camille):
    issued(reporting, camille, line(), on=date(2026, 11, 11))

    with pytest.raises(ReportNotJudgedError) as refusal:
        prepared(reporting, SALES, date(2026, 11, 11), _Judge(not_validated("Arrêté.")))

    assert "Arrêté. Recommencez dans un instant." in str(refusal.value)
    assert not SalesReport.objects.exists()


def test_two_preparations_at_once_give_one_message(reporting, camille, validator):
    issued(reporting, camille, line(), on=date(2026, 11, 11))
    good = Verdict(True, True, "FLUX-10", "", ())

    def somebody_else():
        with on(2026, 11, 25):  # another second, hence other bytes
            prepared(reporting, SALES, date(2026, 11, 11), _Judge(good))

    with pytest.raises(ReportChangedError):
        prepared(reporting, SALES, date(2026, 11, 11), _Judge(good, somebody_else))

    assert SalesReport.objects.count() == 1


def test_a_preparation_that_stops_before_its_end_is_done_again(
    reporting, camille, validator, monkeypatch
):
    issued(reporting, camille, line(), on=date(2026, 11, 11))

    def stop(**_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(transmission, "queue_deposits", stop)
        with pytest.raises(KeyboardInterrupt):
            prepared(reporting, SALES, date(2026, 11, 11), validator)
    assert (SalesReport.objects.count(), Flow.objects.count()) == (0, 0)

    result = prepared(reporting, SALES, date(2026, 11, 11), validator)

    assert result.number == "ER-552100554-T-20261111-1"
    assert (SalesReport.objects.count(), Flow.objects.count()) == (1, 1)


def test_the_right_to_send_is_needed(reporting):
    nobody = replace(reporting, rights=reporting.rights - {Right.SEND_DOCUMENTS})

    with pytest.raises(RightMissingError):
        prepared(nobody, SALES, date(2026, 11, 11), None)


# -- the console ----------------------------------------------------------------------------------


def test_the_console_tries_prepares_and_lists(reporting, camille):
    issued(reporting, camille, line("Assiette", "1", "25.00"), on=date(2026, 11, 11))
    period = "Du 11/11/2026 au 20/11/2026, à transmettre au plus tard le 30/11/2026 : "

    def run(*arguments):
        return CliRunner().invoke(app, list(arguments))

    tried = run("report", "transactions", "2026-11-11")
    assert not SalesReport.objects.exists()
    done = run("report", "transactions", "11/11/2026", "--accept")
    again = run("report", "transactions", "2026-11-11", "--accept", "--json")
    listed = run("reports", "--since", "2026-11-11")

    assert tried.output == f"{period}un message est à préparer ; recommencez avec --accept.\n"
    number = "ER-552100554-T-20261111-1"
    assert done.output == f"{period}le message {number} est prêt à déposer.\n"
    assert json.loads(again.output) | {"report_id": 0} == {
        "outcome": "unchanged",
        "first_day": "2026-11-11",
        "last_day": "2026-11-20",
        "due_on": "2026-11-30",
        "report_id": 0,
        "number": number,
        "corrective": False,
        "changes": [],
        "left_out": [],
    }
    assert (
        listed.output == f"30/11/2026  transactions  11/11/2026 - 20/11/2026  {number}, à déposer\n"
    )


@pytest.fixture(scope="module")
def client() -> TestClient:
    api = NinjaAPI(urls_namespace="billing-reports-tests")
    api.add_router("", router)
    return TestClient(api)


def test_a_program_tries_prepares_lists_and_reads(reporting, camille, client):
    issued(reporting, camille, line("Assiette", "1", "25.00"), on=date(2026, 11, 11))
    asked = {"kind": "transactions", "day": "2026-11-11"}

    tried = client.post("/reports", json=asked, auth=reporting)
    assert not SalesReport.objects.exists()
    done = client.post("/reports", json=asked | {"dry_run": False}, auth=reporting)
    listed = client.get("/reports?since=2026-11-11", auth=reporting)
    file = client.get(f"/reports/{done.json()['report_id']}/xml", auth=reporting)

    assert (tried.json()["outcome"], tried.json()["report_id"]) == ("prepared", None)
    row = SalesReport.objects.get()
    assert done.json() == {
        "outcome": "prepared",
        "first_day": "2026-11-11",
        "last_day": "2026-11-20",
        "due_on": "2026-11-30",
        "report_id": row.pk,
        "number": "ER-552100554-T-20261111-1",
        "corrective": False,
        "changes": [],
        "left_out": [],
    }
    assert [(one["number"], one["rank"], one["deposit"]) for one in listed.json()] == [
        (row.number, 1, "queued")
    ]
    assert read_report(file.content).content.days[0].net == D("25.00")


# -- the calendar ---------------------------------------------------------------------------------


def test_the_calendar_lists_periods_by_due_day(reporting, camille, validator):
    """A large company: each period that is over, whether it was reported or not."""
    company = reporting.company
    company.size = "large"
    company.save()
    issued(reporting, camille, line(), on=date(2026, 11, 11))
    result = prepared(reporting, SALES, date(2026, 11, 11), validator)

    stands = queries.report_stands(actor=reporting, since=date(2026, 10, 25))

    assert [(str(one.due_on), one.kind, str(one.first_day), one.number) for one in stands] == [
        ("2026-11-10", "payments", "2026-10-01", ""),
        ("2026-11-10", "transactions", "2026-10-21", ""),
        ("2026-11-20", "transactions", "2026-11-01", ""),
        ("2026-11-30", "transactions", "2026-11-11", result.number),
    ]
    assert [(one.rank, one.deposit) for one in stands[-2:]] == [(0, ""), (1, "queued")]


def test_a_small_company_sees_only_what_it_reported_before_it_must(reporting, camille, validator):
    issued(reporting, camille, line(), on=date(2026, 11, 11))
    result = prepared(reporting, SALES, date(2026, 11, 11), validator)

    stands = queries.report_stands(actor=reporting, since=date(2026, 9, 1))
    with on(2027, 9, 21):
        later = queries.report_stands(actor=reporting, since=date(2027, 8, 1))

    assert [one.number for one in stands] == [result.number]
    assert [str(one.first_day) for one in later] == ["2027-09-01", "2027-09-11"]


def test_days_told_under_another_regime_are_not_told_twice(reporting, camille, validator):
    issued(reporting, camille, line(), on=date(2026, 10, 2))
    prepared(reporting, SALES, date(2026, 10, 2), validator)
    reporting.company.vat_regime = "quarterly"
    reporting.company.save()

    with pytest.raises(ReportPeriodError) as refusal:
        prepared(reporting, SALES, date(2026, 10, 15), validator)

    assert str(refusal.value) == (
        "L'e-reporting du 01/10/2026 au 31/10/2026 ne se prépare pas : une partie a été déclarée "
        "sous un autre régime de TVA. Choisissez une période de la liste."
    )


def test_a_customer_who_moves_changes_no_report(reporting, meyer, validator):
    issued(
        reporting, meyer, line("Étude", "1", "1250.00", rate=None, nature="services"),
        on=date(2026, 11, 12),
    )  # fmt: skip
    first = prepared(reporting, SALES, date(2026, 11, 12), validator)
    meyer.country = "FR"
    meyer.save()

    assert prepared(reporting, SALES, date(2026, 11, 12), validator) == replace(
        first, outcome=ReportOutcome.UNCHANGED
    )


def test_a_credit_note_for_another_invoice_moves_no_money(reporting, camille, validator):
    """A course is paid, then credited; the credit pays another course: 120.00 less 120.00."""
    course = line("Cours", "1", "100.00", nature="services")
    first = issued(reporting, camille, course, on=date(2026, 9, 15))
    pays(reporting, first, "120.00", date(2026, 9, 20))
    note = issued(
        reporting, camille, line("Cours", "1", "100.00", nature="services",
                                 credited_line_id=first.lines.get().pk),
        kind=CREDIT_NOTE, preceding_id=first.pk, reason="Annulé", on=date(2026, 10, 1),
    )  # fmt: skip
    other = issued(reporting, camille, course, on=date(2026, 10, 1))
    items = ledger_queries.items_of_document(
        actor=reporting, document_refs=[note.number, other.number]
    )
    ledger.allocate(
        actor=reporting,
        allocations=[
            NewAllocation(
                items[other.number][0].item_id,
                items[note.number][0].item_id,
                D("120.00"),
                date(2026, 10, 2),
            )
        ],
    )

    result = prepared(reporting, PAID, date(2026, 10, 2), validator)

    assert result.outcome is ReportOutcome.NOTHING


# -- what the day asks ----------------------------------------------------------------------------


@pytest.fixture
def large(reporting):
    """The company, large enough to report since September 2026."""
    reporting.company.size = "large"
    reporting.company.save()
    return reporting


def questions():
    return [
        (item.title, [one["key"] for one in item.answers], str(item.due_date))
        for item in WorkItem.objects.filter(kind="billing.report", closed_at=None).order_by("pk")
    ]


def test_a_report_that_is_due_is_asked_for_once_until_it_is_prepared(large, camille, validator):
    issued(large, camille, line(), on=date(2026, 11, 11))

    assert billing.ask_for_reports(actor=large) == 1
    assert billing.ask_for_reports(actor=large) == 0

    assert questions() == [
        (
            (
                "L'e-reporting des ventes du 11/11/2026 au 20/11/2026 est à déposer pour le "
                "30/11/2026 : le préparer ?"
            ),
            ["prepare_report", "put_off"],
            "2026-11-30",
        )
    ]
    prepared(large, SALES, date(2026, 11, 11), validator)
    assert questions() == []
    assert billing.ask_for_reports(actor=large) == 0


def test_a_report_that_the_books_contradict_is_asked_to_be_corrected(large, camille, validator):
    issued(large, camille, line("Assiette", "1", "25.00"), on=date(2026, 11, 11))
    prepared(large, SALES, date(2026, 11, 11), validator)
    issued(large, camille, line("Vase ancien", "1", "80.00", exemption="second_hand", rate=None),
           line("Plat", "1", "30.00"), on=date(2026, 11, 20))  # fmt: skip

    assert billing.ask_for_reports(actor=large) == 1

    [(title, answers, _)] = questions()
    assert title == (
        "L'e-reporting des ventes du 11/11/2026 au 20/11/2026 ne dit plus ce que disent les "
        "livres : le corriger ?"
    )
    assert answers == ["prepare_report", "prepare_without", "put_off"]
    evidence = WorkItem.objects.get(kind="billing.report", closed_at=None).evidence
    assert evidence["changes"] == [
        "ventes du 20/11/2026 (biens), hors TVA : 30,00\u00a0€ s'ajoutent."
    ]
    assert len(evidence["left_out"]) == 1


def test_a_question_whose_matter_is_gone_is_closed(large, camille, lefevre):
    course = line("Cours", "1", "100.00", nature="services")
    allocation = pays(
        large, issued(large, camille, course, on=date(2026, 10, 1)), "120.00", date(2026, 10, 8)
    )
    billing.ask_for_reports(actor=large)
    ledger.unallocate(actor=large, allocation_ids=[allocation], on=date(2026, 11, 24))

    billing.ask_for_reports(actor=large)

    assert [title[:33] for title, _, _ in questions()] == ["L'e-reporting des ventes du 01/10"]


def test_a_company_that_is_not_bound_yet_is_asked_nothing(reporting, camille):
    issued(reporting, camille, line(), on=date(2026, 11, 11))

    assert billing.ask_for_reports(actor=reporting) == 0


def test_the_worker_asks_prepares_and_may_run_twice(large, camille):
    issued(large, camille, line(), on=date(2026, 11, 11))

    asked = jobs.ask_for_reports.call()
    billing.request_report(actor=large, kind=SALES, day=date(2026, 11, 11))
    job = Job.objects.get(path="echeance.billing.jobs.prepare_report")
    done = [jobs.prepare_report.call(**job.kwargs) for _ in range(2)]

    assert asked == {"asked": 1}
    number = "ER-552100554-T-20261111-1"
    assert done == [
        {"outcome": "prepared", "number": number},
        {"outcome": "unchanged", "number": number},
    ]
    assert questions() == []


@pytest.mark.parametrize(("kind", "count"), [(SALES, 6), (PAID, 6)])
def test_the_number_of_queries_does_not_follow_that_of_documents(
    reporting, camille, meyer, kind, count, django_assert_num_queries
):
    for _ in range(4):
        course = issued(
            reporting, camille, line("Cours", "1", "100.00", nature="services"),
            on=date(2026, 10, 1),
        )  # fmt: skip
        pays(reporting, course, "120.00", date(2026, 10, 8))
        issued(
            reporting, meyer, line("Étude", "1", "50.00", rate=None, nature="services"),
            on=date(2026, 10, 1),
        )  # fmt: skip

    with django_assert_num_queries(count):
        content, _ = content_of(
            actor=reporting, kind=kind, days=DateRange(date(2026, 10, 1), date(2026, 11, 1))
        )

    assert not content.empty
