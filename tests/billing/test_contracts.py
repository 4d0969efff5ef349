"""Contracts: every period billed once, at the price of its day, whatever happens in between."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from billing.conftest import TODAY
from echeance.base import clock
from echeance.base.models import JournalEvent
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import (
    ContractDayError,
    ContractEndedError,
    ContractInvalidError,
    IndexInvalidError,
    PeriodTakenError,
    PieceTakenError,
)
from echeance.billing.models import BillingRule, Contract, ContractPeriod, Invoice, InvoiceLine
from echeance.billing.queries.contracts import terms_of
from echeance.billing.rules import contracts as rules
from echeance.billing.rules.crediting import LineLeft, credited_lines
from echeance.billing.types import (
    ContractFacts,
    ContractLineFacts,
    FormulaFacts,
    IndexValueFacts,
    ItemFacts,
    PriceBreakFacts,
)
from echeance.core.dates import ONE_DAY, DateRange
from echeance.core.money import ZERO
from echeance.core.recurrence import Proration, Schedule, Step, Timing
from echeance.ledger import commands as ledger

SCRIPT = Path(__file__).with_name("contract_process.py")
DATABASE_KEYS = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
SYNTEC = FormulaFacts(
    weights={"SYNTEC": Decimal("0.85")},
    bases={"SYNTEC": Decimal(300)},
    fixed=Decimal("0.15"),
)


def monthly(price="100.00", **more) -> ContractLineFacts:
    return ContractLineFacts("Maintenance", Decimal(price), vat_rate=Decimal(20), **more)


def contract(actor, party, *lines, starts_on=date(2026, 1, 1), **more) -> Contract:
    facts = ContractFacts(party.pk, "Maintenance du four", starts_on, lines or (monthly(),), **more)
    return billing.create_contracts(actor=actor, contracts=[facts])[0]


def bill(actor, on=TODAY):
    """Draft all that is due; the documents, oldest period first."""
    planned = queries.groups_to_bill(actor=actor, on=on)
    return [
        row for _, row in billing.draft_groups(actor=actor, groups=planned.due, rules=planned.rules)
    ]


def issue(actor, rows, on=TODAY):
    results = billing.issue_invoices(
        actor=actor, invoice_ids=[row.pk for row in rows], issue_date=on
    )
    assert all(one.issued for one in results), results
    return [Invoice.objects.get(pk=row.pk) for row in rows]


def due(actor, on):
    return [
        (piece.period_start, piece.period_end, piece.net)
        for piece in queries.contract_pieces(actor=actor, on=on)
    ]


@pytest.fixture
def syntec(ready):
    billing.save_index(actor=ready, code="SYNTEC", name="Indice Syntec")
    return ready


def publish(actor, month, value, published_on):
    billing.save_index_values(
        actor=actor, values=[IndexValueFacts("SYNTEC", month, Decimal(value), published_on)]
    )


# -- the year of a subscription -------------------------------------------------------------------


def test_a_year_of_subscription_with_indexation_and_a_missed_month(syntec, lefevre):
    """From April 2025 at 1 000,00 a month, revised each April; August 2025 was never billed."""
    ready = syntec
    row = contract(ready, lefevre, monthly("1000.00"), starts_on=date(2025, 4, 1), formula=SYNTEC)
    ledger.open_fiscal_year(actor=ready, starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    months = [date(2025, month, 1) for month in range(4, 13)]

    with clock.at(datetime(2025, 12, 2, 9, tzinfo=UTC)):
        every = queries.groups_to_bill(actor=ready, on=date(2025, 12, 2))
        assert [one.pieces[0].period_start for one in every.due] == months
        # Somebody left August out.
        billed = [one for one in every.due if one.pieces[0].period_start != date(2025, 8, 1)]
        drafts = [
            draft
            for _, draft in billing.draft_groups(actor=ready, groups=billed, rules=every.rules)
        ]
        assert [draft.net_total for draft in drafts] == [Decimal("1000.00")] * 8
        issue(ready, drafts, on=date(2025, 12, 2))

    # In June 2026: August 2025 is caught up, January to March at the price of the origin; from
    # April the index is missing, and nothing is guessed.
    with clock.at(datetime(2026, 6, 3, 9, tzinfo=UTC)):
        left = queries.groups_to_bill(actor=ready, on=date(2026, 6, 3))
        assert [(one.pieces[0].period_start, one.net) for one in left.due] == [
            (date(2025, 8, 1), Decimal("1000.00")),
            (date(2026, 1, 1), Decimal("1000.00")),
            (date(2026, 2, 1), Decimal("1000.00")),
            (date(2026, 3, 1), Decimal("1000.00")),
        ]
        assert [one.why for one in left.left] == [
            "renseignez l'indice SYNTEC, valeur publiée entre le 02/04/2025 et le 01/04/2026"
        ] * 3
        # S = 312 published in March: P = 1000 x (0.15 + 0.85 x 312 / 300) = 1034.00
        publish(ready, date(2026, 1, 1), "312", date(2026, 3, 20))
        # 330 is published after the revision: it is for the next one.
        publish(ready, date(2026, 3, 1), "330", date(2026, 5, 20))
        drafts = bill(ready, on=date(2026, 6, 3))
        assert [draft.net_total for draft in drafts] == [
            *[Decimal("1000.00")] * 4,
            *[Decimal("1034.00")] * 3,
        ]
        done = issue(ready, drafts, on=date(2026, 6, 3))

    # 4 x 1 200,00 and 3 x 1 240,80
    assert [one.gross_total for one in done] == [
        *[Decimal("1200.00")] * 4,
        *[Decimal("1240.80")] * 3,
    ]
    assert {one.contract_reference for one in done} == {row.number}
    line = InvoiceLine.objects.filter(invoice=done[-1]).get()
    assert "SYNTEC 01/2026 : 312 (origine : 300)" in line.description
    kept = ContractPeriod.objects.get(contract=row, starts_on=date(2026, 4, 1)).revision
    assert kept == {
        "on": "2026-04-01",
        "values": {
            "SYNTEC": {"label": "01/2026", "value": "312.000000", "published_on": "2026-03-20"}
        },
    }
    starts = ContractPeriod.objects.filter(contract=row).values_list("starts_on", flat=True)
    assert sorted(starts) == [*months, *(date(2026, month, 1) for month in range(1, 7))]
    assert due(ready, date(2026, 6, 30)) == []


def test_quarters_in_arrears_by_civil_calendar_begin_with_a_part(ready, lefevre):
    contract(
        ready,
        lefevre,
        monthly("300.00"),
        starts_on=date(2026, 2, 15),
        step="quarter",
        timing="arrears",
        calendar=True,
    )

    # 45 of the 90 days of the first quarter: 150.00; each is billed the day after its last
    assert due(ready, date(2026, 3, 31)) == []
    assert due(ready, date(2026, 7, 1)) == [
        (date(2026, 2, 15), date(2026, 3, 31), Decimal("150.00")),
        (date(2026, 4, 1), date(2026, 6, 30), Decimal("300.00")),
    ]


def test_several_units_and_a_discount_keep_the_gross_price(ready, lefevre):
    contract(
        ready,
        lefevre,
        monthly("33.33", quantity=Decimal(3), discount_percent=Decimal(10)),
        starts_on=date(2026, 11, 1),
    )

    (piece,) = queries.contract_pieces(actor=ready, on=TODAY)

    (one,) = piece.lines
    # 33.33 less 10 % = 29.997; three of them 89.991
    assert (one.gross_price, one.price_discount, one.unit_price) == (
        Decimal("33.33"),
        Decimal("3.333"),
        Decimal("29.997"),
    )
    assert piece.net == Decimal("89.99")


def test_an_eco_contribution_is_a_charge_of_the_line(ready, lefevre):
    billing.save_items(
        actor=ready,
        items=[
            ItemFacts(
                "FOUR",
                "Location d'un four",
                nature="services",
                unit_price=Decimal("80.00"),
                vat_rate=Decimal(20),
                eco_contribution=Decimal("0.42"),
                eco_label="DEEE",
            )
        ],
    )
    contract(
        ready,
        lefevre,
        ContractLineFacts(item_code="FOUR", quantity=Decimal(2)),
        starts_on=date(2026, 11, 1),
    )

    (piece,) = queries.contract_pieces(actor=ready, on=TODAY)

    (one,) = piece.lines
    assert (one.name, one.unit_price) == ("Location d'un four", Decimal("80.00"))
    assert [(x.reason, x.amount, x.is_charge) for x in one.allowances] == [
        ("Éco-contribution DEEE", Decimal("0.84"), True)
    ]
    assert piece.net == Decimal("160.84")


def test_a_line_without_a_price_takes_the_price_agreed(ready, lefevre):
    billing.save_items(
        actor=ready, items=[ItemFacts("SUP", "Support", nature="services", unit_price=Decimal(90))]
    )
    prices = billing.save_price_list(
        actor=ready, code="GC", name="Grands comptes", breaks=[PriceBreakFacts("SUP", Decimal(75))]
    )
    BillingRule.objects.create(company=ready.company, party=lefevre, price_list=prices)

    row = contract(ready, lefevre, ContractLineFacts(item_code="SUP"))

    assert [x.unit_price for x in row.lines.all()] == [Decimal(75)]


def test_the_file_of_a_revised_period_is_judged_valid(syntec, lefevre):
    """Period, discount on the price, charge, contract: all of it passes the official rules."""
    ready = syntec
    billing.save_items(
        actor=ready,
        items=[
            ItemFacts(
                "FOUR",
                "Location d'un four",
                nature="services",
                unit_price=Decimal("80.00"),
                vat_rate=Decimal(20),
                eco_contribution=Decimal("0.42"),
                eco_label="DEEE",
            )
        ],
    )
    publish(ready, date(2026, 7, 1), "306", date(2026, 9, 20))
    contract(
        ready,
        lefevre,
        ContractLineFacts(item_code="FOUR", quantity=Decimal(2)),
        monthly("45.00", discount_percent=Decimal(10), is_revised=False),
        starts_on=date(2025, 11, 1),
        formula=SYNTEC,
    )
    row = Contract.objects.get()
    past = [date(2025, 11, 1), date(2025, 12, 1), *(date(2026, x, 1) for x in range(1, 11))]
    billing.waive_periods(actor=ready, contract_id=row.pk, starts_on=past, reason="reprise")
    (invoice,) = issue(ready, bill(ready))

    # 80.00 x (0.15 + 0.85 x 306 / 300) = 81.36; 2 x 81.36 + 0.84 + 40.50
    assert invoice.net_total == Decimal("204.06")
    report = billing.seal_invoices(actor=ready, invoice_ids=[invoice.pk])
    assert (report.sealed, report.refused) == (1, 0)


# -- once, whatever happens -----------------------------------------------------------------------


def test_a_discarded_draft_gives_its_period_back(ready, lefevre):
    contract(ready, lefevre, starts_on=date(2026, 11, 1))
    (draft,) = bill(ready)
    assert due(ready, TODAY) == []

    billing.discard_drafts(actor=ready, invoice_ids=[draft.pk])

    assert due(ready, TODAY) == [(date(2026, 11, 1), date(2026, 11, 30), Decimal("100.00"))]
    (again,) = bill(ready)
    assert ContractPeriod.objects.get().invoice == again


def test_a_credited_invoice_gives_its_period_back_only_when_asked(ready, lefevre):
    contract(ready, lefevre, starts_on=date(2026, 11, 1))
    (invoice,) = issue(ready, bill(ready))
    period = ContractPeriod.objects.get()
    with pytest.raises(PeriodTakenError, match="n'est pas entièrement créditée"):
        billing.reopen_periods(actor=ready, period_ids=[period.pk], reason="erreur")
    note = billing.draft_credit_note(actor=ready, invoice_id=invoice.pk, reason="erreur de client")
    issue(ready, [note])
    assert due(ready, TODAY) == []

    billing.reopen_periods(actor=ready, period_ids=[period.pk], reason="refaite")

    assert [one[0] for one in due(ready, TODAY)] == [date(2026, 11, 1)]
    event = JournalEvent.objects.get(action="billing.contract_periods_reopened")
    assert event.facts["periods"] == ["2026-11-01"]


def test_a_waived_period_is_never_billed_and_says_why(ready, lefevre):
    row = contract(ready, lefevre, starts_on=date(2026, 9, 1))

    billing.waive_periods(
        actor=ready, contract_id=row.pk, starts_on=[date(2026, 10, 1)], reason="panne du four"
    )

    assert [one[0] for one in due(ready, TODAY)] == [date(2026, 9, 1), date(2026, 11, 1)]
    stands = queries.contract_stands(actor=ready, contract=row, on=TODAY)
    assert [(one.starts_on, one.state, one.net, one.why) for one in stands] == [
        (date(2026, 9, 1), "due", Decimal("100.00"), ""),
        (date(2026, 10, 1), "waived", ZERO, "panne du four"),
        (date(2026, 11, 1), "due", Decimal("100.00"), ""),
        (date(2026, 12, 1), "coming", Decimal("100.00"), ""),
    ]
    with pytest.raises(PeriodTakenError):
        billing.waive_periods(
            actor=ready, contract_id=row.pk, starts_on=[date(2026, 10, 1)], reason="encore"
        )


def test_two_runs_that_saw_the_same_period_bill_it_once(ready, lefevre):
    contract(ready, lefevre, starts_on=date(2026, 11, 1))
    planned = queries.groups_to_bill(actor=ready, on=TODAY)
    billing.draft_groups(actor=ready, groups=planned.due, rules=planned.rules)

    with pytest.raises(PieceTakenError, match="CT-00001 du 01/11/2026 au 30/11/2026"):
        billing.draft_groups(actor=ready, groups=planned.due, rules=planned.rules)

    assert (Invoice.objects.count(), ContractPeriod.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_bill_each_period_once(ready, lefevre):
    for rank in range(6):
        contract(ready, lefevre, starts_on=date(2026, 6, 1), number=f"CT-{rank}")
    database = {key: str(connection.settings_dict[key]) for key in DATABASE_KEYS}
    command = [sys.executable, SCRIPT, json.dumps(database), ready.company.pk]
    running = [subprocess.Popen([str(part) for part in command]) for _ in range(2)]
    for one in running:
        one.wait(timeout=120)

    assert [one.returncode for one in running] == [0, 0]
    assert ContractPeriod.objects.count() == 36
    assert Invoice.objects.count() == 36
    assert not ContractPeriod.objects.filter(invoice=None).exists()


# -- amendments and terminations ------------------------------------------------------------------


def test_an_amendment_ends_a_line_and_begins_another_inside_a_month(ready, lefevre):
    row = contract(ready, lefevre, monthly("300.00"), starts_on=date(2026, 11, 1))
    old = row.lines.get()

    billing.amend_contract(
        actor=ready,
        contract_id=row.pk,
        on=date(2026, 11, 11),
        ended=[old.pk],
        begun=[monthly("600.00")],
    )

    # 10 days of 30 at 300.00 = 100.00, then 20 days at 600.00 = 400.00
    (piece,) = queries.contract_pieces(actor=ready, on=TODAY)
    assert [(x.unit_price, x.period_start, x.period_end) for x in piece.lines] == [
        (Decimal("100.00"), date(2026, 11, 1), date(2026, 11, 10)),
        (Decimal("400.00"), date(2026, 11, 11), date(2026, 11, 30)),
    ]
    assert piece.net == Decimal("500.00")


def test_an_amendment_never_touches_what_is_billed(ready, lefevre):
    row = contract(ready, lefevre, starts_on=date(2026, 11, 1))
    bill(ready)

    with pytest.raises(ContractDayError, match="choisissez le 01/12/2026 ou après"):
        billing.amend_contract(
            actor=ready, contract_id=row.pk, on=date(2026, 11, 15), begun=[monthly("10")]
        )

    assert row.lines.count() == 1


def test_a_termination_credits_what_was_billed_in_advance(ready, lefevre):
    """A year paid in advance at 1 200,00 from 1 June 2026, ended on 31 August."""
    row = contract(ready, lefevre, monthly("1200.00"), starts_on=date(2026, 6, 1), step="year")
    (invoice,) = issue(ready, bill(ready))

    done = billing.terminate_contract(
        actor=ready, contract_id=row.pk, ends_on=date(2026, 8, 31), reason="fermeture"
    )

    # kept: 1200 x 92 / 365 = 302.4657... -> 302.47; given back: 897.53
    assert (done.credited, done.discarded) == (Decimal("897.53"), 0)
    note = Invoice.objects.get(pk=done.credit_ids[0])
    assert (note.kind, note.preceding, note.net_total, note.gross_total) == (
        "381",
        invoice,
        Decimal("897.53"),
        Decimal("1077.04"),
    )
    assert note.reason == f"Résiliation du contrat {row.number} au 31/08/2026"
    assert due(ready, date(2027, 12, 31)) == []
    with pytest.raises(ContractEndedError):
        billing.terminate_contract(
            actor=ready, contract_id=row.pk, ends_on=date(2026, 8, 31), reason="encore"
        )


def test_a_termination_takes_back_a_draft_and_bills_the_days_left(ready, lefevre):
    row = contract(ready, lefevre, monthly("300.00"), starts_on=date(2026, 11, 1))
    bill(ready)

    done = billing.terminate_contract(
        actor=ready, contract_id=row.pk, ends_on=date(2026, 11, 20), reason="vente"
    )

    assert (done.credit_ids, done.discarded) == ((), 1)
    # 20 days of 30
    assert due(ready, TODAY) == [(date(2026, 11, 1), date(2026, 11, 20), Decimal("200.00"))]


# -- what cannot stand ----------------------------------------------------------------------------


def test_every_problem_of_every_contract_is_told_and_nothing_is_written(ready, lefevre):
    with pytest.raises(ContractInvalidError) as refused:
        billing.create_contracts(
            actor=ready,
            contracts=[
                ContractFacts(lefevre.pk, "", date(2026, 1, 1), (monthly("0"),), number="A"),
                ContractFacts(99, "B", date(2026, 2, 1), (), number="B", ends_on=date(2026, 1, 1)),
                ContractFacts(
                    lefevre.pk, "C", date(2026, 1, 1), (monthly(),), number="C", formula=SYNTEC
                ),
            ],
        )

    assert list(refused.value.problems) == [
        "A : donnez un objet",
        "A, ligne 1 : le prix doit être supérieur à zéro",
        "B : le dernier jour précède le premier",
        "B : un contrat a entre 1 et 200 lignes",
        "B : le client n° 99 est introuvable",
        "C : l'indice SYNTEC est inconnu, créez-le d'abord",
    ]
    assert not Contract.objects.exists()


def test_a_value_of_an_index_is_never_changed(syntec):
    publish(syntec, date(2026, 1, 1), "312", date(2026, 3, 20))
    publish(syntec, date(2026, 1, 1), "312", date(2026, 3, 20))

    with pytest.raises(IndexInvalidError, match="une autre valeur est déjà enregistrée"):
        publish(syntec, date(2026, 1, 1), "313", date(2026, 3, 20))

    assert [x.value for x in queries.index_values(actor=syntec)] == [Decimal(312)]


def test_pieces_take_a_constant_number_of_queries(ready, lefevre, django_assert_num_queries):
    contract(ready, lefevre)
    contract(ready, lefevre)

    with django_assert_num_queries(3):
        pieces = queries.contract_pieces(actor=ready, on=TODAY)

    assert len(pieces) == 22


# -- laws -----------------------------------------------------------------------------------------


@given(
    start=st.dates(date(2020, 1, 1), date(2024, 12, 31)),
    step=st.sampled_from(list(Step)),
    timing=st.sampled_from(list(Timing)),
    calendar=st.booleans(),
    looks=st.lists(st.dates(date(2020, 1, 1), date(2026, 12, 31)), min_size=1, max_size=6),
)
def test_however_often_one_looks_each_day_is_billed_once(start, step, timing, calendar, looks):
    terms = rules.Terms(
        1,
        "C",
        1,
        Schedule(start, step, timing, calendar=calendar),
        Proration.DAYS,
        (rules.Line("Abonnement", Decimal(1), Decimal(100)),),
    )
    billed: list[DateRange] = []
    for day in sorted(looks):
        billed += [
            DateRange(piece.period_start, piece.period_end + ONE_DAY)
            for piece in rules.pieces_of(terms, on=day, billed=billed, history={})
        ]

    together = sorted(billed, key=lambda days: days.start)
    assert all(one.end == other.start for one, other in pairwise(together))
    assert not together or together[0].start == start


@given(
    price=st.decimals("0.01", "9999.99", places=2),
    quantity=st.integers(1, 9),
    cut=st.integers(1, 29),
    proration=st.sampled_from(list(Proration)),
)
def test_what_is_kept_and_what_is_credited_make_what_was_billed(price, quantity, cut, proration):
    net = price * quantity
    days = DateRange(date(2026, 11, 1), date(2026, 12, 1))
    left = {7: LineLeft(7, 1, price, Decimal(quantity), Decimal(quantity), net)}
    end = date(2026, 11, 1 + cut)

    wanted = rules.credit_beyond(
        [rules.BilledLine(7, days, Decimal(quantity), net)], left, end=end, proration=proration
    )

    kept = (net * cut / 30).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
    noted = credited_lines("F", left, wanted) if wanted else []
    given_back = sum((x.net_amount for x in noted), ZERO)
    assert kept + given_back == net


def test_terms_read_what_was_written(ready, lefevre):
    row = contract(ready, lefevre, monthly(), step="quarter", proration="thirtieths")

    terms = terms_of(actor=ready, rows=[row])[row.pk]

    assert (terms.schedule.step, terms.proration, len(terms.lines)) == (
        Step.QUARTER,
        Proration.THIRTIETHS,
        1,
    )
