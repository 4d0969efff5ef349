"""A corrected period says in words what changed since it was sent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given

from core.reporting.samples import (
    CONSUMER_PAYMENTS,
    CONSUMERS,
    CREDIT,
    INTERNATIONAL,
    INTERNATIONAL_PAYMENTS,
)
from core.reporting.test_xml import contents
from echeance.core.reporting.correction import changes
from echeance.core.reporting.model import Category, DaySales, RatePaid, RateTotal

D = Decimal


def words(before, after):
    return [change.words() for change in changes(before, after)]


def test_a_credit_note_that_came_later_is_added_below_zero():
    sales = INTERNATIONAL.transactions
    sent = replace(sales, invoices=sales.invoices[:1])

    assert words(sent, sales) == ["AV-2026-000002, hors TVA : -100,00\u00a0€ s'ajoutent."]
    assert words(sales, sent) == ["AV-2026-000002, hors TVA : -100,00\u00a0€ disparaissent."]


def test_a_day_says_its_category_and_both_amounts():
    sales = CONSUMERS.transactions
    first = sales.days[0]
    less = DaySales(
        first.day, Category.GOODS, D("250.00"), D("21.00"),
        (RateTotal(D(20), D("50.00"), D("10.00")), first.subtotals[1]), count=3,
    )  # fmt: skip

    assert words(sales, replace(sales, days=(less, *sales.days[1:]))) == [
        "ventes du 01/09/2026 (biens), hors TVA : 300,00\u00a0€ deviennent 250,00\u00a0€."
    ]


def test_the_same_amount_told_otherwise_is_said_too():
    sales = INTERNATIONAL.transactions
    other = replace(CREDIT, tax_point_code="5")

    assert words(sales, replace(sales, invoices=(sales.invoices[0], other))) == [
        "AV-2026-000002, hors TVA : -100,00\u00a0€, montant inchangé, détail corrigé."
    ]


def test_payments_are_named_by_invoice_or_by_day():
    invoice, day = INTERNATIONAL_PAYMENTS.payments, CONSUMER_PAYMENTS.payments
    [paid] = invoice.invoices
    less = replace(paid, parts=(RatePaid(D(20), D("45.00")),))

    assert words(invoice, replace(invoice, invoices=(less,))) == [
        "encaissement de FA-2026-000001 le 14/09/2026 : 655,00\u00a0€ deviennent 45,00\u00a0€."
    ]
    assert words(day, replace(day, days=())) == [
        "encaissements du 05/09/2026 : 48,00\u00a0€ disparaissent."
    ]


def test_words_are_said_in_another_language():
    english = {
        "encaissements du {day:%d/%m/%Y}": "receipts of {day:%d/%m/%Y}",
        "{subject} : {before} disparaissent.": "{subject}: {before} go.",
    }
    day = CONSUMER_PAYMENTS.payments

    [change] = changes(day, replace(day, days=()))

    assert change.words(english.__getitem__) == "receipts of 05/09/2026: 48,00\u00a0€ go."


@given(contents)
def test_nothing_differs_from_itself(content):
    assert changes(content, content) == ()
