"""Régularisations de fin de mois: what was supplied and not invoiced, posted and reversed once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.conftest import draft, issued, line
from billing.test_contracts import contract, monthly
from billing.test_deposits import order_of
from echeance.base import clock
from echeance.base.errors import RightMissingError
from echeance.base.rights import Right
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import AccrualRefusedError
from echeance.billing.models import ExchangeRate, Order
from echeance.ledger import commands as ledger
from echeance.ledger import queries as books
from echeance.ledger.errors import PeriodClosedError
from echeance.ledger.models import EntryLine
from echeance.ledger.verify import verify

OCTOBER = date(2026, 10, 31)
FIRST_NOVEMBER = date(2026, 11, 1)


def lines_of(accrual):
    """Account, debit, credit of an entry."""
    rows = EntryLine.objects.filter(entry=accrual.entry_id).select_related("account")
    return sorted((row.account.number, row.debit, row.credit) for row in rows)


def delivered(actor, party, on, *lines, number="CMD-1"):
    order = order_of(actor, party, *lines, number=number)
    Order.objects.filter(pk=order.pk).update(order_date=on, delivery_date=on)
    return order


def test_what_was_delivered_in_october_is_income_of_october(ready, lefevre):
    """Goods 500.00 at 20 % and a service 200.00 at 10 %: VAT 100.00 and 20.00."""
    delivered(
        ready,
        lefevre,
        date(2026, 10, 28),
        ("Étagère", "5", "100.00", "20", "goods"),
        ("Pose", "1", "200.00", "10", "services"),
    )
    delivered(
        ready, lefevre, date(2026, 11, 3), ("Plus tard", "1", "9.00", "20", "goods"), number="CMD-2"
    )

    [accrual] = billing.post_accruals(actor=ready, closing=OCTOBER)

    assert lines_of(accrual) == [
        ("418100", Decimal("820.00"), Decimal(0)),
        ("445870", Decimal(0), Decimal("120.00")),
        ("706000", Decimal(0), Decimal("200.00")),
        ("707000", Decimal(0), Decimal("500.00")),
    ]
    assert (accrual.net_total, accrual.vat_total) == (Decimal("700.00"), Decimal("120.00"))
    assert [one.label for one in queries.accrual_lines(accrual)] == [
        "CMD-1 Étagère",
        "CMD-1 Pose",
    ]


def test_the_next_day_reverses_it_and_the_books_are_right(ready, lefevre):
    delivered(ready, lefevre, date(2026, 10, 28), ("Étagère", "1", "100.00", "20", "goods"))
    billing.post_accruals(actor=ready, closing=OCTOBER)

    [accrual] = billing.reverse_accruals(actor=ready, closing=OCTOBER)

    assert accrual.reversal is not None
    assert accrual.reversal.entry_date == FIRST_NOVEMBER
    balances = [
        (account, books.account_balance(actor=ready, account=account, on=day))
        for day in (OCTOBER, FIRST_NOVEMBER)
        for account in ("4181", "707", "44587")
    ]
    assert balances == [
        ("4181", Decimal("120.00")),
        ("707", Decimal("-100.00")),
        ("44587", Decimal("-20.00")),
        ("4181", Decimal(0)),
        ("707", Decimal(0)),
        ("44587", Decimal(0)),
    ]
    assert verify(ready.company) == []


def test_posting_and_reversing_twice_change_nothing(ready, lefevre):
    delivered(ready, lefevre, date(2026, 10, 28), ("Étagère", "1", "100.00", "20", "goods"))
    first = billing.post_accruals(actor=ready, closing=OCTOBER)
    assert billing.post_accruals(actor=ready, closing=OCTOBER) == first
    billing.reverse_accruals(actor=ready, closing=OCTOBER)
    before = EntryLine.objects.count()

    billing.reverse_accruals(actor=ready, closing=OCTOBER)

    assert EntryLine.objects.count() == before
    with pytest.raises(AccrualRefusedError, match="contrepassée"):
        billing.post_accruals(actor=ready, closing=OCTOBER)


def test_cancelled_on_the_same_day_it_may_be_posted_again(ready, lefevre):
    delivered(ready, lefevre, date(2026, 10, 28), ("Étagère", "1", "100.00", "20", "goods"))
    billing.post_accruals(actor=ready, closing=OCTOBER)
    billing.reverse_accruals(actor=ready, closing=OCTOBER, on=OCTOBER)
    delivered(
        ready, lefevre, date(2026, 10, 30), ("Oubli", "1", "50.00", "20", "goods"), number="CMD-2"
    )

    [again] = billing.post_accruals(actor=ready, closing=OCTOBER)

    assert again.net_total == Decimal("150.00")


def test_an_invoice_issued_in_november_for_october_counts_at_the_end_of_october(ready, lefevre):
    issued(ready, lefevre, on=date(2026, 10, 30), delivery_date=date(2026, 10, 29))
    issued(
        ready,
        lefevre,
        line(quantity="1", price="300.00"),
        on=date(2026, 11, 5),
        delivery_date=date(2026, 10, 30),
    )
    draft(ready, lefevre, line(quantity="1", price="40.00"), delivery_date=date(2026, 10, 29))

    proposal = queries.propose_accruals(actor=ready, closing=OCTOBER)

    assert sorted((one.source, one.net, one.vat) for one in proposal.to_invoice) == [
        ("draft", Decimal("40.00"), Decimal("8.00")),
        ("issued", Decimal("300.00"), Decimal("60.00")),
    ]


def test_a_credit_note_to_come_lowers_october(ready, lefevre):
    """Invoiced 299.80 in October; its credit note is drafted in November."""
    invoice = issued(ready, lefevre, on=date(2026, 10, 12))
    billing.draft_credit_note(actor=ready, invoice_id=invoice.pk, reason="Retour")

    [accrual] = billing.post_accruals(actor=ready, closing=OCTOBER)

    assert accrual.kind == "to_credit"
    assert lines_of(accrual) == [
        ("419800", Decimal(0), Decimal("359.76")),
        ("445870", Decimal("59.96"), Decimal(0)),
        ("707000", Decimal("299.80"), Decimal(0)),
    ]


def test_an_order_without_a_delivery_day_is_said_not_guessed(ready, lefevre):
    order = delivered(ready, lefevre, date(2026, 10, 2), ("Étagère", "1", "100.00", "20", "goods"))
    Order.objects.filter(pk=order.pk).update(delivery_date=None)

    proposal = queries.propose_accruals(actor=ready, closing=OCTOBER)

    assert proposal.to_invoice == ()
    assert proposal.left_out == (("CMD-1", "aucune date de livraison"),)


def test_a_closed_month_takes_no_accrual(ready, lefevre):
    delivered(ready, lefevre, date(2026, 10, 28), ("Étagère", "1", "100.00", "20", "goods"))
    ledger.close_period(actor=ready, day=OCTOBER)

    with pytest.raises(PeriodClosedError):
        billing.post_accruals(actor=ready, closing=OCTOBER)


def test_nothing_to_accrue_and_days_to_come_are_refused(ready, lefevre):
    with pytest.raises(AccrualRefusedError, match="rien n'est à régulariser"):
        billing.post_accruals(actor=ready, closing=OCTOBER)
    with pytest.raises(AccrualRefusedError, match="pas encore venu"):
        billing.post_accruals(actor=ready, closing=date(2026, 11, 30))
    with pytest.raises(AccrualRefusedError, match="rien n'a été passé"):
        billing.reverse_accruals(actor=ready, closing=OCTOBER)


def test_the_export_opens_in_a_spreadsheet(ready, lefevre):
    delivered(ready, lefevre, date(2026, 10, 28), ("Étagère", "1", "100.00", "20", "goods"))

    content = queries.export_accruals(queries.propose_accruals(actor=ready, closing=OCTOBER))

    assert "CMD-1 Étagère" in content.decode("utf-8-sig")


def test_who_may_not_post_may_not_accrue(ready, lefevre):
    reader = replace(ready, rights=frozenset({Right.READ}))
    with pytest.raises(RightMissingError):
        billing.post_accruals(actor=reader, closing=OCTOBER)


def test_a_contract_in_arrears_counts_for_the_days_elapsed(ready, lefevre):
    """310.00 from 16 October to 15 November, 31 days: 16 days by the end of October, 160.00."""
    contract(
        ready,
        lefevre,
        monthly("310.00"),
        starts_on=date(2026, 10, 16),
        timing="arrears",
    )

    [one] = queries.propose_accruals(actor=ready, closing=OCTOBER).to_invoice

    assert (one.source, one.net, one.vat) == ("contract", Decimal("160.00"), Decimal("32.00"))


def test_a_contract_invoiced_after_the_closing_counts_for_the_days_before_it(ready, lefevre):
    contract(ready, lefevre, monthly("310.00"), starts_on=date(2026, 10, 16), timing="arrears")
    billing.run_billing(actor=ready, on=date(2026, 11, 24))

    found = queries.propose_accruals(actor=ready, closing=OCTOBER).to_invoice

    assert [(one.source, one.net) for one in found] == [("issued", Decimal("160.00"))]


def test_what_is_in_dollars_counts_at_the_rate_of_the_closing(ready, lefevre):
    """108.32 dollars at 1.0832 for a euro: 100.00. Without a rate, it is said and left out."""
    order = delivered(ready, lefevre, date(2026, 10, 28), ("Four", "1", "108.32", "20", "goods"))
    Order.objects.filter(pk=order.pk).update(currency="USD")
    draft(
        ready,
        lefevre,
        line(quantity="1", price="54.16"),
        currency="USD",
        delivery_date=date(2026, 10, 29),
    )
    before = queries.propose_accruals(actor=ready, closing=OCTOBER)
    assert before.to_invoice == ()
    assert [why for _, why in before.left_out] == ["aucun cours de sa devise à cette date"] * 2

    ExchangeRate.objects.create(
        company=ready.company,
        currency="USD",
        on=date(2026, 10, 30),
        rate=Decimal("1.0832"),
        source="BCE",
        added_at=clock.now(),
        added_by="test",
    )

    found = queries.propose_accruals(actor=ready, closing=OCTOBER).to_invoice
    assert [(one.net, one.vat) for one in found] == [
        (Decimal("100.00"), Decimal("20.00")),
        (Decimal("50.00"), Decimal("10.00")),
    ]


def test_a_note_of_disbursements_is_no_income(ready, lefevre):
    draft(
        ready,
        lefevre,
        line("Timbres", "1", "30", exemption="disbursement"),
        delivery_date=date(2026, 10, 29),
    )

    assert queries.propose_accruals(actor=ready, closing=OCTOBER).to_invoice == ()
