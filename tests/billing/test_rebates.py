"""Remises de fin d'année: reckoned by tiers on what was really billed, provisioned, settled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.conftest import issued, line
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import RebateRefusedError
from echeance.billing.rules.deposits import VatGroup
from echeance.billing.rules.rebates import credit_lines, read_tier, rebate, shares_by_vat
from echeance.billing.types import CreditLine, RebateTier
from echeance.ledger.models import EntryLine
from echeance.ledger.verify import verify

TIERS = [
    RebateTier(Decimal(0), Decimal(1)),
    RebateTier(Decimal(1000), Decimal(2)),
    RebateTier(Decimal(5000), Decimal(3)),
]
TWENTY = VatGroup("S", Decimal(20))
REDUCED = VatGroup("S", Decimal("5.5"))


def agreement(actor, party, **more):
    facts = {
        "number": "RFA-2026",
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2026, 10, 31),
        "tiers": TIERS,
    } | more
    return billing.agree_rebate(actor=actor, party_id=party.pk, **facts)


@pytest.mark.parametrize(
    ("turnover", "whole", "slices"),
    [
        ("0.00", "0.00", "0.00"),
        ("999.99", "10.00", "10.00"),  # 9.9999
        ("1000.00", "20.00", "10.00"),  # 1 % of 1 000; the next slice is empty
        ("4999.99", "100.00", "90.00"),  # 10 + 2 % of 3 999.99 = 79.9998
        ("6000.00", "180.00", "120.00"),  # 10 + 80 + 30
        ("-50.00", "0.00", "0.00"),
    ],
)
def test_the_rate_reached_applies_to_all_or_each_slice_has_its_own(turnover, whole, slices):
    assert rebate(Decimal(turnover), TIERS, "whole").amount == Decimal(whole)
    assert rebate(Decimal(turnover), TIERS, "slices").amount == Decimal(slices)


def test_the_turnover_is_what_was_billed_less_what_was_credited(ready, lefevre):
    """1 500.00 at 20 %, 400.00 at 5.5 %, less a credit of 500.00: 1 400.00 at 2 % is 28.00."""
    first = issued(ready, lefevre, line(quantity="3", price="500.00"), on=date(2026, 3, 2))
    issued(
        ready, lefevre, line("Livre", quantity="4", price="100.00", rate="5.5"), on=date(2026, 5, 4)
    )
    issued(ready, lefevre, line(quantity="1", price="9000.00"), on=date(2026, 11, 3))
    credited = first.lines.get()
    note = billing.draft_credit_note(
        actor=ready,
        invoice_id=first.pk,
        reason="Retour",
        lines=[CreditLine(credited.pk, Decimal(1))],
    )
    # Numbers of credit notes have their own series: one dated before the invoice of November is
    # admitted.
    [result] = billing.issue_invoices(
        actor=ready, invoice_ids=[note.pk], issue_date=date(2026, 6, 1)
    )
    assert result.number, result.findings

    found, turnover = queries.rebate_earned(
        actor=ready, agreement=agreement(ready, lefevre), on=date(2026, 10, 31)
    )

    assert (turnover.total, found.amount) == (Decimal("1400.00"), Decimal("28.00"))
    assert {(group.rate, net) for group, net in turnover.by_group.items()} == {
        (Decimal(20), Decimal("1000.00")),
        (Decimal("5.5"), Decimal("400.00")),
    }


def test_the_credit_note_has_its_part_at_each_rate(ready, lefevre):
    turnover = {TWENTY: Decimal("1000.00"), REDUCED: Decimal("400.00")}
    found = rebate(Decimal("1400.00"), TIERS, "whole")

    lines = credit_lines(found, turnover, date(2026, 1, 1), date(2026, 10, 31))

    assert [(one.vat_rate, one.net_amount, one.revenue_account) for one in lines] == [
        (Decimal(20), Decimal("20.00"), "709000"),
        (Decimal("5.5"), Decimal("8.00"), "709000"),
    ]


def test_a_rebate_is_settled_by_one_credit_note_that_names_its_contract(ready, lefevre):
    """1 000.00 at 20 % and 400.00 at 5.5 % at 2 %: 20.00 and 8.00, VAT 4.00 and 0.44."""
    issued(ready, lefevre, line(quantity="2", price="500.00"), on=date(2026, 3, 2))
    issued(
        ready, lefevre, line("Livre", quantity="4", price="100.00", rate="5.5"), on=date(2026, 5, 4)
    )
    row = agreement(ready, lefevre)

    settlement = billing.settle_rebate(actor=ready, agreement_id=row.pk)

    note = settlement.invoice
    assert note is not None
    assert (note.kind, note.contract_reference) == ("262", "RFA-2026")
    assert (note.net_total, note.vat_total) == (Decimal("28.00"), Decimal("4.44"))
    billing.create_series(actor=ready, kind="262", prefix="RF")
    [result] = billing.issue_invoices(actor=ready, invoice_ids=[note.pk])
    assert result.number, result.findings
    note.refresh_from_db()
    lines = EntryLine.objects.filter(entry=note.entry_id).select_related("account")
    assert sorted((one.account.number, one.debit, one.credit) for one in lines) == [
        ("411000", Decimal(0), Decimal("32.44")),
        ("445710", Decimal("0.44"), Decimal(0)),
        ("445710", Decimal("4.00"), Decimal(0)),
        ("709000", Decimal("28.00"), Decimal(0)),
    ]
    with pytest.raises(RebateRefusedError, match="déjà arrêtée"):
        billing.settle_rebate(actor=ready, agreement_id=row.pk)
    report = billing.seal_invoices(actor=ready)
    assert report.sealed == 3
    assert verify(ready.company) == []


def test_a_discarded_settlement_is_settled_again(ready, lefevre):
    issued(ready, lefevre, line(quantity="2", price="500.00"), on=date(2026, 3, 2))
    row = agreement(ready, lefevre)
    first = billing.settle_rebate(actor=ready, agreement_id=row.pk)
    billing.discard_drafts(actor=ready, invoice_ids=[first.invoice_id])

    assert billing.settle_rebate(actor=ready, agreement_id=row.pk).amount == Decimal("20.00")


def test_a_month_end_provisions_what_is_earned_so_far(ready, lefevre):
    """1 500.00 by the end of June earns 2 %: 30.00, and VAT 6.00 goes back with it."""
    issued(ready, lefevre, line(quantity="3", price="500.00"), on=date(2026, 3, 2))
    agreement(ready, lefevre)

    proposal = queries.propose_accruals(actor=ready, closing=date(2026, 6, 30))

    [one] = proposal.to_credit
    assert (one.account, one.net, one.vat) == ("709000", Decimal("30.00"), Decimal("6.00"))


def test_a_period_that_runs_or_earns_nothing_is_not_settled(ready, lefevre):
    running = agreement(ready, lefevre, number="RFA-A", ends_on=date(2026, 12, 31))
    empty = agreement(ready, lefevre, number="RFA-B")

    with pytest.raises(RebateRefusedError, match="pas finie"):
        billing.settle_rebate(actor=ready, agreement_id=running.pk)
    with pytest.raises(RebateRefusedError, match="aucun palier"):
        billing.settle_rebate(actor=ready, agreement_id=empty.pk)


def test_tiers_that_cannot_apply_are_refused(ready, lefevre):
    same = [RebateTier(Decimal(0), Decimal(1)), RebateTier(Decimal(0), Decimal(2))]
    with pytest.raises(RebateRefusedError, match="même montant"):
        agreement(ready, lefevre, tiers=same)
    with pytest.raises(RebateRefusedError, match="au moins un palier"):
        agreement(ready, lefevre, tiers=[])
    agreement(ready, lefevre)
    with pytest.raises(RebateRefusedError, match="déjà pris"):
        agreement(ready, lefevre)


def test_a_tier_is_typed_as_people_write_it():
    assert read_tier("50 000 € : 2,5 %") == RebateTier(Decimal(50000), Decimal("2.5"))
    for bad in ("50 000", "mille : 2", ": ", "1 : nan"):
        with pytest.raises(ValueError, match=r".*"):
            read_tier(bad)


money = st.integers(min_value=0, max_value=10**9).map(lambda cents: Decimal(cents) / 100)


@given(first=money, second=money)
def test_slices_never_earn_less_for_more_turnover(first, second):
    low, high = sorted((first, second))

    assert rebate(low, TIERS, "slices").amount <= rebate(high, TIERS, "slices").amount


@given(amount=money, bases=st.lists(money, min_size=2, max_size=2))
def test_no_cent_of_a_rebate_is_lost_between_the_rates(amount, bases):
    if not sum(bases):
        return
    parts = shares_by_vat(amount, dict(zip((TWENTY, REDUCED), bases, strict=True)))

    assert sum(parts.values(), Decimal(0)) == amount
