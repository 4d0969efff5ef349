"""Hours: recorded once, approved, billed with their month, told day by day in the time sheet."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.conftest import TODAY
from echeance.base import clock
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import TimeInvalidError
from echeance.billing.models import InvoiceLine, TimeEntry
from echeance.billing.types import ItemFacts, TimeFacts


def spent(party, day, hours, rank, person="Ana", **more):
    facts = {"description": "Réglage du four", "hourly_rate": Decimal(80), **more}
    return TimeFacts(party.pk, person, day, Decimal(hours), external_id=str(rank), **facts)


def record(actor, *entries):
    return billing.record_time(actor=actor, entries=entries)


def approve(actor, rows):
    billing.approve_time(actor=actor, entry_ids=[row.pk for row in rows])


def test_a_month_of_hours_is_one_invoice_by_person_and_article(ready, lefevre):
    billing.save_items(
        actor=ready,
        items=[
            ItemFacts(
                "CONS",
                "Conseil",
                nature="services",
                unit_code="HUR",
                unit_price=Decimal("95.50"),
                vat_rate=Decimal(20),
            )
        ],
    )
    rows = record(
        ready,
        spent(lefevre, date(2026, 10, 5), "2.5", 1),
        spent(lefevre, date(2026, 10, 6), "1.25", 2),
        spent(lefevre, date(2026, 10, 6), "3", 3, person="Léo", hourly_rate=None, item_code="CONS"),
        spent(lefevre, date(2026, 11, 3), "4", 4),
        spent(lefevre, date(2026, 10, 7), "1", 5, is_billable=False),
    )
    approve(ready, rows)

    report = billing.run_billing(actor=ready, on=TODAY)

    # 3.75 x 80 = 300.00; 3 x 95.50 = 286.50; 586.50 + 117.30. November waits for its end.
    assert [(one.pieces, one.gross) for one in report.issued] == [
        (("temps de 10/2026",), Decimal("703.80"))
    ]
    assert [(one.number, one.due_on) for one in report.left] == [
        ("temps de 11/2026", date(2026, 11, 30))
    ]
    lines = InvoiceLine.objects.filter(invoice__number=report.issued[0].number)
    assert [
        (x.name, x.quantity, x.unit_code, x.net_amount) for x in lines.order_by("position")
    ] == [
        ("Temps passé, Ana", Decimal("3.75"), "HUR", Decimal("300.00")),
        ("Conseil, Léo", Decimal(3), "HUR", Decimal("286.50")),
    ]


def test_hours_wait_for_an_approval(ready, lefevre):
    rows = record(ready, spent(lefevre, date(2026, 10, 5), "2", 1))

    waiting = queries.groups_to_bill(actor=ready, on=TODAY)
    assert (waiting.due, [one.why for one in waiting.left]) == ((), ["validez les temps"])
    approve(ready, rows)

    assert [one.net for one in queries.groups_to_bill(actor=ready, on=TODAY).due] == [
        Decimal("160.00")
    ]
    by = TimeEntry.objects.get().approved_by
    assert by == "assistant"


def test_the_same_hours_given_twice_count_once(ready, lefevre):
    record(ready, spent(lefevre, date(2026, 10, 5), "2", 1))

    again = record(
        ready,
        spent(lefevre, date(2026, 10, 5), "2", 1),
        spent(lefevre, date(2026, 10, 6), "1", 2),
    )

    assert [row.external_id for row in again] == ["2"]
    assert TimeEntry.objects.count() == 2


def test_every_problem_of_hours_is_told_and_nothing_is_written(ready, lefevre):
    with pytest.raises(TimeInvalidError) as refused:
        record(
            ready,
            spent(lefevre, date(2026, 11, 25), "2", 1),
            spent(lefevre, TODAY, "25", 2),
            spent(lefevre, TODAY, "1", 3, hourly_rate=None, item_code="XXX"),
        )

    assert list(refused.value.problems) == [
        "ligne 1 : le 25/11/2026 n'est pas encore venu",
        "ligne 2 : les heures sont entre 0,01 et 24, à deux décimales au plus",
        "ligne 3 : le taux horaire manque, donnez-le ou un article qui en a un",
        "ligne 3 : l'article XXX n'est pas au catalogue",
    ]
    assert not TimeEntry.objects.exists()


def test_the_time_sheet_of_an_invoice_tells_each_day(ready, lefevre):
    approve(
        ready,
        record(
            ready,
            spent(lefevre, date(2026, 11, 3), "2.5", 1),
            spent(lefevre, date(2026, 11, 4), "1", 2, description="=Essai"),
        ),
    )
    with clock.at(datetime(2026, 11, 30, 9, tzinfo=UTC)):
        billing.run_billing(actor=ready, on=date(2026, 11, 30))
    invoice_id = TimeEntry.objects.values_list("invoice", flat=True).distinct().get()

    sheet = queries.time_sheet(actor=ready, invoice_id=invoice_id).decode("utf-8-sig")

    assert sheet.splitlines() == [
        "Jour;Intervenant;Travail;Heures;Taux HT;Montant HT",
        "2026-11-03;Ana;Réglage du four;2,5;80;200",
        "2026-11-04;Ana;'=Essai;1;80;80",
    ]
    assert queries.time_sheet(actor=ready, invoice_id=0) == b""
