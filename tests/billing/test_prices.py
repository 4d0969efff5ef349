"""Prices: which one, why, after which discounts; rates of currencies of the right day."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from billing.conftest import TODAY
from billing.test_import_orders import row, take
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.console import app
from echeance.billing.errors import (
    PriceListUsedError,
    PricesInvalidError,
    RateFileError,
    RatesInvalidError,
    RateUnknownError,
)
from echeance.billing.models import (
    BillingRule,
    ExchangeRate,
    Invoice,
    Order,
    OrderLine,
    PriceBreak,
    PriceList,
)
from echeance.billing.rules import pricing
from echeance.billing.types import ItemFacts, PriceAsked, PriceBreakFacts, RateFacts
from echeance.core.einvoice.errors import DoctypeForbiddenError

ECB = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
 xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject>
<Cube><Cube time='2026-11-23'><Cube currency='USD' rate='1.0851'/><Cube currency='CHF' rate='0.9333'/>
</Cube></Cube></gesmes:Envelope>"""


@pytest.fixture
def shelf(ready):
    billing.save_items(
        actor=ready,
        items=[
            ItemFacts("ETA", "Étagère", unit_price=Decimal("149.90"), vat_rate=Decimal(20)),
            ItemFacts("VIS", "Vis"),
        ],
    )
    return ready


def ask(actor, party, quantity="1", code="ETA", on=TODAY, currency="EUR"):
    asked = PriceAsked(party.pk, code, Decimal(quantity), on, currency)
    return queries.expected_prices(actor=actor, lines=[asked])[0]


def list_of(actor, *breaks, **more):
    facts = {"code": "GROS", "name": "Grossistes", **more}
    return billing.save_price_list(actor=actor, breaks=breaks, **facts)


@pytest.mark.parametrize(
    ("quantity", "on", "price", "reason"),
    [
        # the catalogue is never asked once the list answers
        ("1", TODAY, "140", "tarif « Grossistes »"),
        ("9.9999", TODAY, "140", "tarif « Grossistes »"),
        ("10", TODAY, "130", "tarif « Grossistes », à partir de 10"),
        # 120 less 5 %
        ("100", TODAY, "114", "tarif « Grossistes », à partir de 100, remise de 5 %"),
        # the new price of ten begins on 1 January
        ("10", date(2027, 1, 1), "132.5", "tarif « Grossistes », à partir de 10"),
        # before the list: the catalogue
        ("10", date(2025, 12, 31), "149.90", "prix du catalogue"),
    ],
)
def test_the_break_reached_gives_the_price_and_says_why(
    shelf, lefevre, quantity, on, price, reason
):
    start = date(2026, 1, 1)
    prices = list_of(
        shelf,
        PriceBreakFacts("ETA", Decimal(140), starts_on=start),
        PriceBreakFacts(
            "ETA", Decimal(130), Decimal(10), starts_on=start, ends_on=date(2026, 12, 31)
        ),
        PriceBreakFacts("ETA", Decimal("132.5"), Decimal(10), starts_on=date(2027, 1, 1)),
        PriceBreakFacts("ETA", Decimal(120), Decimal(100), Decimal(5), starts_on=start),
    )
    BillingRule.objects.create(company=shelf.company, party=lefevre, price_list=prices)

    found = ask(shelf, lefevre, quantity, on=on)

    assert (found.unit_price, found.reason) == (Decimal(price), reason)


def test_the_usual_discount_of_a_customer_applies_to_the_catalogue(shelf, lefevre):
    BillingRule.objects.create(
        company=shelf.company, party=lefevre, discount_percent=Decimal("12.5")
    )

    found = ask(shelf, lefevre)

    # 149.90 less 12.5 % = 131.1625
    assert (found.gross_price, found.unit_price, found.price_discount, found.reason) == (
        Decimal("149.90"),
        Decimal("131.1625"),
        Decimal("18.7375"),
        "prix du catalogue, remise de 12,5 %",
    )


def test_nobody_gave_a_price(shelf, lefevre):
    assert ask(shelf, lefevre, code="VIS") is None
    assert ask(shelf, lefevre, code="???") is None
    assert ask(shelf, lefevre, currency="USD") is None


def test_discounts_one_upon_the_other_are_rounded_once():
    # 100 x 0.9 x 0.95 x 0.98 = 83.79; the steps rounded one by one would do as well here, not below
    assert pricing.discounted(Decimal(100), Decimal(10), Decimal(5), Decimal(2)) == Decimal("83.79")
    # 0.000003 x 0.5 x 0.5 = 0.00000075 -> 0.000001; rounded step by step 0.000002 -> 0.000001
    assert pricing.discounted(Decimal("0.000003"), Decimal(50), Decimal(50)) == Decimal("0.000001")
    assert pricing.cascade(Decimal(10), Decimal(10)) == Decimal(19)


@given(
    st.decimals("0.01", "99999", places=2),
    st.lists(st.decimals(0, 99, places=2), max_size=4),
)
def test_the_order_of_discounts_never_matters(price, percents):
    assert pricing.discounted(price, *percents) == pricing.discounted(price, *reversed(percents))


def test_every_problem_of_a_list_is_told_and_the_old_one_stays(shelf):
    list_of(shelf, PriceBreakFacts("ETA", Decimal(140)))

    with pytest.raises(PricesInvalidError) as refused:
        list_of(
            shelf,
            PriceBreakFacts("ETA", Decimal(0)),
            PriceBreakFacts("XXX", Decimal(1)),
            PriceBreakFacts("ETA", Decimal(5), discount_percent=Decimal(100)),
        )

    assert list(refused.value.problems) == [
        "ETA à partir de 0 : le prix est supérieur à zéro, à 6 décimales au plus",
        "l'article XXX n'est pas au catalogue",
        "ETA à partir de 0 : la remise est comprise entre 0 et 100 %",
        "ETA à partir de 0 figure deux fois pour le 01/01/2000",
    ]
    assert [x.unit_price for x in PriceBreak.objects.all()] == [Decimal(140)]


def test_a_list_that_customers_have_stays_in_use(shelf, lefevre):
    prices = list_of(shelf, PriceBreakFacts("ETA", Decimal(140)))
    rule = BillingRule.objects.create(company=shelf.company, party=lefevre, price_list=prices)

    with pytest.raises(PriceListUsedError, match="1 client"):
        billing.close_price_list(actor=shelf, price_list_id=prices.pk)

    rule.delete()
    billing.close_price_list(actor=shelf, price_list_id=prices.pk)
    assert PriceList.objects.get().closed_at is not None
    assert not queries.price_lists(actor=shelf).exists()


def test_the_discount_of_an_order_line_keeps_the_gross_price(shelf, lefevre):
    take(shelf, row("B1"))
    order = Order.objects.get()
    order.lines.update(discount_percent=Decimal(10))

    (piece,) = queries.filled(actor=shelf, pieces=queries.pieces_to_bill(actor=shelf, on=TODAY))

    assert [(x.gross_price, x.price_discount, x.unit_price) for x in piece.lines] == [
        (Decimal("149.90"), Decimal("14.99"), Decimal("134.91"))
    ]


def test_prices_of_many_lines_take_a_constant_number_of_queries(
    shelf, lefevre, django_assert_num_queries
):
    prices = list_of(shelf, PriceBreakFacts("ETA", Decimal(140)))
    BillingRule.objects.create(company=shelf.company, party=lefevre, price_list=prices)
    asked = [PriceAsked(lefevre.pk, "ETA", Decimal(one), TODAY) for one in range(1, 101)]

    with django_assert_num_queries(4):
        found = queries.expected_prices(actor=shelf, lines=asked)

    assert {one.unit_price for one in found} == {Decimal(140)}


# -- rates ----------------------------------------------------------------------------------------


def test_the_rate_of_a_day_is_the_last_known_seven_days_old_at_most(ready):
    billing.save_rates(actor=ready, rates=[RateFacts("USD", date(2026, 11, 13), Decimal("1.0812"))])

    assert queries.rate_for(actor=ready, currency="USD", day=date(2026, 11, 20)).rate == Decimal(
        "1.0812"
    )
    for day in (date(2026, 11, 12), date(2026, 11, 21)):
        with pytest.raises(RateUnknownError, match="importez le fichier de la BCE"):
            queries.rate_for(actor=ready, currency="USD", day=day)


def test_the_file_of_the_ecb_is_read_and_read_again(ready):
    made = billing.import_rates(actor=ready, content=ECB, filename="eurofxref-daily.xml")
    again = billing.import_rates(actor=ready, content=ECB, filename="eurofxref-daily.xml")

    assert [(x.currency, x.on, x.rate, x.source) for x in made] == [
        ("USD", date(2026, 11, 23), Decimal("1.0851"), "BCE"),
        ("CHF", date(2026, 11, 23), Decimal("0.9333"), "BCE"),
    ]
    assert again == []
    with pytest.raises(RatesInvalidError, match="un autre cours est déjà enregistré"):
        billing.import_rates(
            actor=ready, content=ECB.replace(b"1.0851", b"1.0852"), filename="autre.xml"
        )
    assert ExchangeRate.objects.count() == 2


def test_the_console_takes_the_file_of_the_ecb(ready, tmp_path):
    file = tmp_path / "eurofxref-daily.xml"
    file.write_bytes(ECB)

    first = CliRunner().invoke(app, ["rates", str(file), "--json"])
    again = CliRunner().invoke(app, ["rates", str(file)])

    assert [one["currency"] for one in json.loads(first.output)] == ["USD", "CHF"]
    assert again.output == "0 cours enregistré(s).\n"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"<a/>", RateFileError),
        (ECB.replace(b"1.0851", b"NaN"), RateFileError),
        (ECB.replace(b"1.0851", b"-1"), RateFileError),
        (ECB.replace(b"2026-11-23", b"hier"), RateFileError),
        (b'<!DOCTYPE a [<!ENTITY x "y">]>' + b"<a>&x;</a>", DoctypeForbiddenError),
    ],
)
def test_a_hostile_file_of_rates_writes_nothing(ready, content, error):
    with pytest.raises(error):
        billing.import_rates(actor=ready, content=content, filename="cours.xml")

    assert not ExchangeRate.objects.exists()


def test_a_rate_of_tomorrow_or_of_the_euro_is_refused(ready):
    with pytest.raises(RatesInvalidError) as refused:
        billing.save_rates(
            actor=ready,
            rates=[
                RateFacts("USD", date(2026, 11, 25), Decimal(1)),
                RateFacts("EUR", TODAY, Decimal(1)),
            ],
        )

    assert list(refused.value.problems) == [
        "USD du 25/11/2026 : ce jour n'est pas encore venu",
        "« EUR » n'est pas le code d'une devise étrangère",
    ]


def test_an_eco_contribution_is_billed_apart_with_its_vat(ready, lefevre):
    billing.save_items(
        actor=ready,
        items=[ItemFacts("ETA", "Étagère", eco_contribution=Decimal("1.35"), eco_label="mobilier")],
    )
    take(ready, row("B1"))
    OrderLine.objects.update(item_code="ETA", discount_percent=Decimal(10))

    report = billing.run_billing(actor=ready, on=TODAY)

    # 2 x 134,91 = 269,82; 2 x 1,35 = 2,70; 272,52 + 54,50
    (made,) = report.issued
    invoice = Invoice.objects.get(number=made.number)
    assert (invoice.net_total, invoice.gross_total) == (Decimal("272.52"), Decimal("327.02"))
    assert [(x.reason, x.amount, x.is_charge) for x in invoice.allowances.all()] == [
        ("Éco-contribution mobilier", Decimal("2.70"), True)
    ]
