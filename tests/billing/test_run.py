"""The run: what is due becomes drafts, what nothing stops is issued, the rest says why."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from billing.conftest import TODAY, draft
from billing.test_import_orders import row, take
from echeance.base import clock
from echeance.base import commands as base
from echeance.base.models import JournalEvent
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.commands import run
from echeance.billing.console import app
from echeance.billing.errors import IssueDateError, PieceTakenError
from echeance.billing.models import BillingRule, Invoice, Order
from echeance.billing.queries import to_bill


def rule(actor, party, **facts):
    return BillingRule.objects.create(company=actor.company, party=party, **facts)


def test_a_trial_says_what_the_run_does_and_writes_nothing(ready, lefevre):
    take(ready, row("B1"), row("B2", quantity="1"))
    events = JournalEvent.objects.count()

    trial = billing.plan_run(actor=ready, on=TODAY)

    # 2 x 149,90 = 299,80 + 59,96 ; 149,90 + 29,98
    assert [(one.pieces, one.gross, one.why, one.number) for one in trial.drafts] == [
        (("B1",), Decimal("359.76"), "", ""),
        (("B2",), Decimal("179.88"), "", ""),
    ]
    assert not Invoice.objects.exists()
    assert JournalEvent.objects.count() == events
    done = billing.run_billing(actor=ready, on=TODAY)
    assert [(one.gross, one.number) for one in done.drafts] == [
        (Decimal("359.76"), "FA-2026-000001"),
        (Decimal("179.88"), "FA-2026-000002"),
    ]
    assert billing.run_billing(actor=ready, on=TODAY).drafts == ()


def test_every_source_is_told_and_only_once(ready, lefevre):
    assert {source.name for source in to_bill.SOURCES} == set(run.TOLD)
    take(ready, row("B1"))
    planned = to_bill.groups_to_bill(actor=ready, on=TODAY)
    billing.draft_groups(actor=ready, groups=planned.due, rules=planned.rules)

    with pytest.raises(PieceTakenError, match="B1"):
        billing.draft_groups(actor=ready, groups=planned.due, rules=planned.rules)

    assert Invoice.objects.count() == 1


def test_a_month_of_orders_is_one_invoice_on_its_last_day(ready, lefevre):
    rule(ready, lefevre, grouping="monthly")
    take(
        ready,
        row("B1", day="03/11/2026", reference="BC-1"),
        row("B2", day="12/11/2026", quantity="1", reference="BC-1"),
        row("B3", day="28/10/2026", quantity="4", reference="BC-1"),
    )

    early = billing.run_billing(actor=ready, on=TODAY)

    # October is over, and is late already: 4 x 149,90 = 599,60
    assert [(one.pieces, one.gross, one.deadline) for one in early.issued] == [
        (("B3",), Decimal("719.52"), date(2026, 10, 31))
    ]
    assert [(one.number, one.due_on, one.why, one.net) for one in early.left] == [
        ("B1", date(2026, 11, 30), "", Decimal("299.80")),
        ("B2", date(2026, 11, 30), "", Decimal("149.90")),
    ]
    with clock.at(clock.now().replace(day=30)):
        late = billing.run_billing(actor=ready, on=date(2026, 11, 30))
    # 299,80 + 149,90 = 449,70 ; TVA 89,94
    assert [(one.pieces, one.gross) for one in late.issued] == [(("B1", "B2"), Decimal("539.64"))]
    invoice = Invoice.objects.get(number=late.issued[0].number)
    assert invoice.order_reference == "BC-1"
    assert [x.description for x in invoice.lines.order_by("position")] == [
        "Commande B1",
        "Commande B2",
    ]
    assert set(Order.objects.values_list("invoice__number", flat=True)) == {
        "FA-2026-000001",
        "FA-2026-000002",
    }


def test_above_the_amount_of_the_policy_it_stays_a_draft(ready, lefevre):
    base.save_policy(actor=ready, document={"billing": {"auto_issue_max": "200.00"}})
    take(ready, row("B1"), row("B2", quantity="1"))

    report = billing.run_billing(actor=ready, on=TODAY)

    assert [(one.pieces, one.number, one.why) for one in report.drafts] == [
        (("B1",), "", "son montant demande un accord"),
        (("B2",), "FA-2026-000001", ""),
    ]


def test_a_run_killed_after_its_drafts_is_completed_with_the_same_documents(ready, lefevre):
    take(ready, row("B1"), row("B2", quantity="1"), row("B3", quantity="3"))
    planned = to_bill.groups_to_bill(actor=ready, on=TODAY)
    billing.draft_groups(actor=ready, groups=planned.due[:2], rules=planned.rules)
    by_hand = draft(ready, lefevre)

    report = billing.run_billing(actor=ready, on=TODAY)

    assert [(one.gross, one.number) for one in report.drafts] == [
        (Decimal("359.76"), "FA-2026-000001"),
        (Decimal("179.88"), "FA-2026-000002"),
        (Decimal("539.64"), "FA-2026-000003"),
    ]
    by_hand.refresh_from_db()
    assert by_hand.number is None


def test_no_run_is_dated_tomorrow(ready, lefevre):
    take(ready, row("B1"))

    with pytest.raises(IssueDateError, match="pas encore venue"):
        billing.run_billing(actor=ready, on=date(2026, 11, 25))

    assert not Invoice.objects.exists()
    assert [one.number for one in queries.pieces_to_bill(actor=ready, on=TODAY)] == ["B1"]


def test_the_console_says_then_does(ready, lefevre):
    take(ready, row("B1"), row("B2", day="01/12/2026"))

    said = CliRunner().invoke(app, ["run", "--on", "2026-11-24", "--json"])
    told = CliRunner().invoke(app, ["run", "--on", "24/11/2026"])
    done = CliRunner().invoke(app, ["run", "--on", "2026-11-24", "--accept", "--json"])

    facts = json.loads(said.output)
    assert (said.exit_code, facts["accepted"], facts["issued"]) == (0, False, [])
    assert [(one["pieces"], one["gross"]) for one in facts["drafts"]] == [(["B1"], "359.76")]
    assert [(one["number"], one["due_on"]) for one in facts["left"]] == [("B2", "2026-12-01")]
    assert told.output == (
        "Boulangerie Lefèvre (B2) : part le 01/12/2026.\n"
        "1 document(s) préparé(s), 0 émis, 0 à corriger ou à accorder, 1 pièce(s) à facturer "
        "plus tard.\n"
        "Rien n'est encore écrit : recommencez avec --accept pour facturer.\n"
    )
    assert json.loads(done.output)["issued"] == ["FA-2026-000001"]
