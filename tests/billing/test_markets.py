"""Marchés de travaux: situations, retenue de garantie, jalons, décompte final, to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.conftest import TODAY
from echeance.base.errors import NotFoundError
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import MarketRefusedError
from echeance.billing.rules.deposits import DepositLeft, VatGroup, deposit_of_percent
from echeance.billing.rules.markets import Work, plan_statement
from echeance.billing.types import MarketLineFacts
from echeance.core.money import round_amount
from echeance.core.progress import ProgressBackwardsError, RetentionTooHighError

TWENTY = VatGroup("S", Decimal(20), nature="services")
TEN = VatGroup("S", Decimal(10), nature="services")


def market(actor, party, **more):
    """Rénovation: 6 000 € at 20 % and 4 000 € at 10 %, retention 5 %."""
    facts = {
        "number": "M-2026-01",
        "name": "Rénovation du fournil",
        "signed_on": date(2026, 9, 1),
        "retention_percent": Decimal(5),
        "lines": [
            MarketLineFacts("Gros œuvre", Decimal("6000.00"), Decimal(20)),
            MarketLineFacts("Second œuvre", Decimal("4000.00"), Decimal(10)),
        ],
    } | more
    return billing.save_market(actor=actor, party_id=party.pk, **facts)


def percents(row, *values):
    """Progress of each line, in order."""
    ids = row.lines.order_by("position").values_list("pk", flat=True)
    return {pk: Decimal(value) for pk, value in zip(ids, values, strict=True)}


# Deposit of 30 %: 1 800.00 at 20 % and 1 200.00 at 10 %. Works with VAT 11 600.00, kept back 580.00.
# progress, billed before, deducted before | works, deducted, net, VAT, kept back, due now
TABLE = [
    (("40", "25"), ("0", "0"), ("0", "0"), "0",
     "3400.00", "1020.00", "2380.00", "406.00", "199.00", "2587.00"),
    (("75", "60"), ("2400", "1000"), ("720", "300"), "199.00",
     "3500.00", "1050.00", "2450.00", "392.00", "203.00", "2639.00"),
    (("100", "100"), ("4500", "2400"), ("1350", "720"), "402.00",
     "3100.00", "930.00", "2170.00", "322.00", "178.00", "2314.00"),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=["situation 1", "situation 2", "décompte final"])
def test_each_statement_bills_deducts_and_keeps_back_its_part(row):
    progress, billed, deducted, kept, works, taken, net, vat, retained, due = row
    plan = plan_statement(
        [
            Work(1, "Gros œuvre", Decimal(6000), TWENTY, billed=Decimal(billed[0])),
            Work(2, "Second œuvre", Decimal(4000), TEN, billed=Decimal(billed[1])),
        ],
        {1: Decimal(progress[0]), 2: Decimal(progress[1])},
        deposits_left=[
            DepositLeft(7, "AC-1", TWENTY, Decimal(1800), 1800 - Decimal(deducted[0])),
            DepositLeft(7, "AC-1", TEN, Decimal(1200), 1200 - Decimal(deducted[1])),
        ],
        retention_percent=Decimal(5),
        retained_before=Decimal(kept),
    )

    assert [
        str(value)
        for value in (
            plan.works_net, plan.deducted_net, plan.net, plan.vat, plan.retained, plan.due
        )
    ] == [works, taken, net, vat, retained, due]  # fmt: skip


def test_the_table_sums_to_the_market():
    nets = sum(Decimal(row[6]) for row in TABLE) + Decimal("3000.00")
    vats = sum(Decimal(row[7]) for row in TABLE) + Decimal("480.00")
    kept = sum(Decimal(row[8]) for row in TABLE)

    assert (nets, vats, kept) == (Decimal("10000.00"), Decimal("1600.00"), Decimal("580.00"))


steps = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=4)
prices = st.integers(min_value=100, max_value=10**8).map(lambda cents: Decimal(cents) / 100)


@given(nets=st.tuples(prices, prices), part=st.integers(1, 60), moves=steps)
def test_whatever_the_statements_they_sum_to_the_market(nets, part, moves):
    """Works, deposits and retention, over any progress that never goes back."""
    groups = (TWENTY, TEN)
    deposit = deposit_of_percent(dict(zip(groups, nets, strict=True)), Decimal(part), {})
    billed, deducted, kept = [Decimal(0)] * 2, dict.fromkeys(groups, Decimal(0)), Decimal(0)
    highest = [0, 0]
    for move in [*moves, (100, 100)]:
        highest = [max(before, now) for before, now in zip(highest, move, strict=True)]
        plan = plan_statement(
            [
                Work(rank, str(rank), net, group, billed=done)
                for rank, (net, group, done) in enumerate(zip(nets, groups, billed, strict=True))
            ],
            {rank: Decimal(percent) for rank, percent in enumerate(highest)},
            deposits_left=[
                DepositLeft(7, "AC-1", group, net, net - deducted[group])
                for group, net in deposit.items()
            ],
            retention_percent=Decimal(5),
            retained_before=kept,
        )
        assert plan.net >= 0
        assert plan.retained <= plan.gross
        billed = [one.cumulative for one in plan.lines]
        for one in plan.allowances:
            deducted[TWENTY if one.vat_rate == 20 else TEN] += one.amount
        kept += plan.retained

    assert billed == list(nets)
    assert {group: net for group, net in deducted.items() if net} == deposit
    whole = sum((net + group.vat(net) for net, group in zip(nets, groups, strict=True)), Decimal(0))
    assert kept <= round_amount(whole * 5 / 100)


def test_a_statement_never_deducts_more_of_a_deposit_than_it_bills():
    """A deposit of half asked when four fifths are billed: the last statement has 200.00 only."""
    plan = plan_statement(
        [Work(1, "Peinture", Decimal(1000), TWENTY, billed=Decimal(800))],
        {1: Decimal(100)},
        deposits_left=[DepositLeft(7, "AC-1", TWENTY, Decimal(500), Decimal(500))],
    )

    assert (plan.deducted_net, plan.net, plan.vat) == (Decimal(200), Decimal(0), Decimal("0.00"))


def test_a_discarded_statement_gives_back_its_works_and_its_rank(ready, lefevre):
    row = market(ready, lefevre)
    first = billing.draft_statement(
        actor=ready, market_id=row.pk, on=TODAY, progress=percents(row, 40, 25)
    )
    assert first.invoice is not None
    billing.discard_drafts(actor=ready, invoice_ids=[first.invoice.pk])

    again = billing.draft_statement(
        actor=ready, market_id=row.pk, on=TODAY, progress=percents(row, 50, 25)
    )

    assert again.rank == 1
    assert [line.net_amount for line in again.lines.order_by("market_line__position")] == [
        Decimal("3000.00"),
        Decimal("1000.00"),
    ]


def test_works_do_not_go_backwards(ready, lefevre):
    row = market(ready, lefevre)
    billing.draft_statement(actor=ready, market_id=row.pk, on=TODAY, progress=percents(row, 40, 25))

    with pytest.raises(ProgressBackwardsError, match="Gros œuvre"):
        billing.draft_statement(
            actor=ready, market_id=row.pk, on=TODAY, progress=percents(row, 30, 25)
        )


def test_nothing_moved_is_no_statement(ready, lefevre):
    row = market(ready, lefevre)

    with pytest.raises(MarketRefusedError, match="aucun poste n'a avancé"):
        billing.draft_statement(actor=ready, market_id=row.pk, on=TODAY, progress={})


def test_a_final_statement_closes_until_it_is_discarded(ready, lefevre):
    row = market(ready, lefevre)
    last = billing.draft_statement(actor=ready, market_id=row.pk, on=TODAY, final=True)
    with pytest.raises(MarketRefusedError, match="soldé"):
        billing.draft_statement(actor=ready, market_id=row.pk, on=TODAY, final=True)

    assert last.invoice is not None
    billing.discard_drafts(actor=ready, invoice_ids=[last.invoice.pk])

    assert billing.draft_statement(actor=ready, market_id=row.pk, on=TODAY, final=True).rank == 1


def test_a_deposit_still_a_draft_stops_the_statement(ready, lefevre):
    row = market(ready, lefevre)
    billing.ask_for_deposit(actor=ready, market_id=row.pk, percent=Decimal(30))

    with pytest.raises(MarketRefusedError, match="acompte est encore en brouillon"):
        billing.draft_statement(actor=ready, market_id=row.pk, on=TODAY, final=True)


def test_the_law_limits_the_retention(ready, lefevre):
    with pytest.raises(RetentionTooHighError):
        market(ready, lefevre, retention_percent=Decimal("5.01"))


def test_a_market_needs_lines_a_number_of_its_own_and_a_known_customer(ready, lefevre):
    market(ready, lefevre)
    with pytest.raises(MarketRefusedError, match="déjà pris"):
        market(ready, lefevre)
    with pytest.raises(MarketRefusedError, match="de 1 à 500 postes"):
        market(ready, lefevre, number="M-2", lines=[])
    with pytest.raises(MarketRefusedError, match="montant du poste 1"):
        market(ready, lefevre, number="M-2", lines=[MarketLineFacts("Rien", Decimal(0))])
    with pytest.raises(NotFoundError):
        billing.draft_statement(actor=ready, market_id=999, on=TODAY)


def test_a_milestone_reached_is_billed_once(ready, lefevre):
    row = market(
        ready,
        lefevre,
        mode="milestones",
        retention_percent=Decimal(0),
        lines=[
            MarketLineFacts("Maquette", Decimal("1500.00"), Decimal(20)),
            MarketLineFacts("Mise en service", Decimal("3500.00"), Decimal(20)),
        ],
    )
    first, second = row.lines.order_by("position")
    with pytest.raises(MarketRefusedError, match="aucun jalon"):
        billing.draft_milestones(actor=ready, market_id=row.pk)
    billing.reach_milestones(
        actor=ready, market_id=row.pk, line_ids=[first.pk], on=date(2026, 11, 20)
    )

    invoice = billing.draft_milestones(actor=ready, market_id=row.pk)

    assert [line.name for line in invoice.lines.all()] == ["Maquette"]
    assert invoice.net_total == Decimal("1500.00")
    with pytest.raises(MarketRefusedError, match="aucun jalon"):
        billing.draft_milestones(actor=ready, market_id=row.pk)
    with pytest.raises(MarketRefusedError, match="déjà facturé"):
        billing.reach_milestones(actor=ready, market_id=row.pk, line_ids=[first.pk], on=TODAY)
    billing.discard_drafts(actor=ready, invoice_ids=[invoice.pk])
    billing.reach_milestones(actor=ready, market_id=row.pk, line_ids=[second.pk], on=TODAY)
    assert billing.draft_milestones(actor=ready, market_id=row.pk).net_total == Decimal("5000.00")


def test_the_state_of_a_market_is_what_its_documents_say(ready, lefevre):
    row = market(ready, lefevre)
    billing.draft_statement(actor=ready, market_id=row.pk, on=TODAY, progress=percents(row, 40, 25))

    state = queries.market_state(actor=ready, market=row)

    assert (state.net, state.billed, state.last_rank) == (
        Decimal("10000.00"),
        Decimal("3400.00"),
        1,
    )
    assert list(state.percents.values()) == [Decimal(40), Decimal(25)]


def test_the_run_bills_milestones_and_disbursements_apart(ready, lefevre):
    row = market(
        ready,
        lefevre,
        mode="milestones",
        retention_percent=Decimal(0),
        lines=[MarketLineFacts("Maquette", Decimal("1500.00"), Decimal(20))],
    )
    line = row.lines.get()
    billing.reach_milestones(
        actor=ready, market_id=row.pk, line_ids=[line.pk], on=date(2026, 11, 20)
    )

    report = billing.run_billing(actor=ready, on=TODAY)

    assert [(one.gross, one.number is not None) for one in report.drafts] == [
        (Decimal("1800.00"), True)
    ]
    row.refresh_from_db()
    assert row.closed_at is not None
    assert billing.run_billing(actor=ready, on=TODAY).drafts == ()


def test_a_statement_that_ends_every_line_is_the_final_one(ready, lefevre):
    row = market(ready, lefevre)

    made = billing.draft_statement(
        actor=ready, market_id=row.pk, on=TODAY, progress=percents(row, 100, 100)
    )

    row.refresh_from_db()
    assert made.is_final
    assert row.closed_at is not None
