"""Sales as flux 10 tells them: a week of a shop, firms abroad, and what cannot be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.reporting.samples import message
from echeance.core.dates import DateRange
from echeance.core.einvoice import model as en16931
from echeance.core.einvoice.official.verdict import Verdict
from echeance.core.reporting.gaps import Gap, GapReason
from echeance.core.reporting.model import (
    Category,
    DaySales,
    Firm,
    Preceding,
    RateTotal,
    ReportedInvoice,
    TaxSubtotal,
    Transactions,
)
from echeance.core.reporting.sales import (
    ConsumerLine,
    ConsumerSale,
    buyer_firm,
    reported_invoice,
    transactions,
)
from echeance.core.reporting.xml import read_report, write_report
from echeance.core.tax import Exemption, Nature, VatCategory

D = Decimal
UNION = frozenset({"DE", "BE"})
DAYS = DateRange(date(2026, 9, 1), date(2026, 9, 11))
GOODS, SERVICES = Nature.GOODS, Nature.SERVICES
S = VatCategory.S


def line(net, rate="20", nature=GOODS, category=S, exemption=""):
    return ConsumerLine(nature, category, D(rate), D(net), exemption)


def sale(number, day, *lines, vat, **more):
    charged = {(S, D(rate)): D(amount) for rate, amount in vat.items()}
    return ConsumerSale(number, date(2026, 9, day), lines, charged, **more)


def test_a_week_of_a_shop():
    """Bread at 5.5 %, tableware at 20 %, a baking course at 20 %, and a plate brought back."""
    told, gaps = transactions(
        DAYS,
        [],
        [
            # Monday: 12.00 + 30.00 of bread is 42.00 at 5.5 % (0.66 + 1.65); 50.00 of plates
            sale("FA1", 7, line("12.00", "5.5"), vat={"5.5": "0.66"}),
            sale("FA2", 7, line("30.00", "5.5"), line("50.00"), vat={"5.5": "1.65", "20": "10.00"}),
            # Tuesday: a plate of 19.99 and a course of 45.01: 65.00 at 20 % is 13.00, of which
            # 4.00 (3.998 rounded) on the plate and the 9.00 left on the course
            sale("FA3", 8, line("19.99"), line("45.01", nature=SERVICES), vat={"20": "13.00"}),
            # Wednesday: a plate of 25.00 comes back, nothing is sold
            sale("AV1", 9, line("25.00"), vat={"20": "5.00"}, credit=True),
        ],
        union=UNION,
    )

    assert gaps == ()
    assert told == Transactions(
        date(2026, 9, 1),
        date(2026, 9, 10),
        days=(
            DaySales(
                date(2026, 9, 7),
                Category.GOODS,
                D("92.00"),
                D("12.31"),
                (
                    RateTotal(D(20), D("50.00"), D("10.00")),
                    RateTotal(D("5.5"), D("42.00"), D("2.31")),
                ),
                count=2,
            ),
            DaySales(
                date(2026, 9, 8),
                Category.GOODS,
                D("19.99"),
                D("4.00"),
                (RateTotal(D(20), D("19.99"), D("4.00")),),
                count=1,
            ),
            DaySales(
                date(2026, 9, 8),
                Category.SERVICES,
                D("45.01"),
                D("9.00"),
                (RateTotal(D(20), D("45.01"), D("9.00")),),
                count=1,
            ),
            DaySales(
                date(2026, 9, 9),
                Category.GOODS,
                D("-25.00"),
                D("-5.00"),
                (RateTotal(D(20), D("-25.00"), D("-5.00")),),
                count=1,
            ),
        ),
    )


def test_the_option_for_the_debits_is_said_of_services_alone():
    told, _ = transactions(
        DAYS,
        [],
        [
            sale(
                "FA1",
                1,
                line("10.00"),
                line("20.00", nature=SERVICES),
                vat={"20": "6.00"},
                on_debits=True,
            )
        ],
        union=UNION,
    )

    assert [(day.category, day.tax_point_code, day.vat) for day in told.days] == [
        (Category.GOODS, "", D("2.00")),
        (Category.SERVICES, "5", D("4.00")),
    ]


@pytest.mark.parametrize(
    ("category", "nature", "exemption", "told", "gap"),
    [
        ("G", GOODS, Exemption.EXPORT, Category.NOT_TAXED, None),
        ("E", GOODS, Exemption.DOM_NO_VAT, Category.NOT_TAXED, None),
        ("E", SERVICES, Exemption.FRANCHISE, Category.SERVICES, None),
        ("E", SERVICES, Exemption.EXEMPT, None, None),
        ("O", SERVICES, Exemption.DISBURSEMENT, None, None),
        ("E", GOODS, Exemption.SECOND_HAND, None, GapReason.MARGIN),
    ],
)
def test_sales_without_vat_are_told_by_their_case(category, nature, exemption, told, gap):
    sold = line("100.00", "0", nature, VatCategory(category), exemption.value)

    found, gaps = transactions(DAYS, [], [sale("FA1", 1, sold, vat={})], union=UNION)

    assert [day.category for day in found.days] == ([told] if told else [])
    assert gaps == ((Gap("FA1", gap),) if gap else ())


lines = st.lists(
    st.builds(
        ConsumerLine,
        st.sampled_from([GOODS, SERVICES]),
        st.just(S),
        st.sampled_from([D(20), D(10), D("5.5")]),
        st.decimals(D("0.01"), D(10_000), places=2),
    ),
    min_size=1,
    max_size=5,
)


@st.composite
def shops(draw):
    """Sales of a period, with the VAT of each rate as an invoice reckons it."""
    sales = []
    for rank, (sold, credit, day) in enumerate(
        draw(st.lists(st.tuples(lines, st.booleans(), st.integers(1, 10)), max_size=6))
    ):
        vat = {}
        for rate in {one.rate for one in sold}:
            base = sum(one.net for one in sold if one.rate == rate)
            vat[S, rate] = round(base * rate / 100, 2)
        sales.append(ConsumerSale(f"FA{rank}", date(2026, 9, day), tuple(sold), vat, credit))
    return sales


@given(shops())
def test_no_cent_of_base_or_vat_is_lost(sales):
    told, _ = transactions(DAYS, [], sales, union=UNION)

    signed = [(one, -1 if one.credit else 1) for one in sales]
    assert sum(day.net for day in told.days) == sum(
        sign * part.net for one, sign in signed for part in one.lines
    )
    assert sum(day.vat for day in told.days) == sum(
        sign * amount for one, sign in signed for amount in one.vat.values()
    )
    assert all(day.net == sum(one.base for one in day.subtotals) for day in told.days)


@settings(max_examples=25)
@given(sales=shops())
def test_whatever_a_shop_sells_its_message_is_officially_valid(validator, sales):
    told, _ = transactions(DAYS, [], sales, union=UNION)

    assert validator.validate(write_report(message(told))).valid


# -- firms abroad ---------------------------------------------------------------------------------

GERMAN = en16931.Party(
    name="Holzbau Meyer GmbH",
    vat_id="DE129273398",
    address=en16931.Address(country_code="DE"),
)
DOCUMENT = en16931.Invoice(
    number="FA-2026-000007",
    issue_date=date(2026, 9, 3),
    type_code="380",
    currency="EUR",
    due_date=date(2026, 10, 3),
    business_process="S1",
    seller=en16931.Party(
        name="Atelier Morel",
        legal_id=en16931.Identifier("552100554", "0002"),
        vat_id="FR96552100554",
        address=en16931.Address(country_code="FR"),
    ),
    buyer=GERMAN,
    delivery=en16931.Delivery(delivery_date=date(2026, 9, 2)),
    totals=en16931.Totals(net_total=D("1250.00"), vat_total=D("0.00")),
    vat_breakdown=(
        en16931.VatBreakdown(D("1250.00"), D("0.00"), "AE", D(0), "Autoliquidation", "VATEX-EU-AE"),
    ),
)


def test_a_german_firm_charged_by_itself_is_told_alone(validator):
    """Services to a firm in Germany: no French VAT, the buyer owes its own."""
    told, gaps = transactions(DAYS, [DOCUMENT], [], union=UNION)

    assert gaps == ()
    assert told.invoices == (
        ReportedInvoice(
            number="FA-2026-000007",
            issue_date=date(2026, 9, 3),
            type_code="380",
            business_process="S1",
            seller=Firm("552100554", "0002", "FR96552100554", "FR"),
            buyer=Firm("DE129273398", "0223", "DE129273398", "DE"),
            net_total=D("1250.00"),
            vat_total=D("0.00"),
            subtotals=(
                TaxSubtotal(D("1250.00"), D("0.00"), "AE", D(0), "Autoliquidation", "VATEX-EU-AE"),
            ),
            due_date=date(2026, 10, 3),
            delivery_date=date(2026, 9, 2),
        ),
    )
    assert validator.validate(write_report(message(told))) == Verdict(True, True, "FLUX-10", "", ())


def test_a_reason_typed_on_several_lines_is_told_on_one_so_that_it_is_read_back_the_same():
    typed = replace(
        DOCUMENT,
        vat_breakdown=(replace(DOCUMENT.vat_breakdown[0], exemption_reason=" Auto\r\nliquidée "),),
    )

    told, _ = transactions(DAYS, [typed], [], union=UNION)

    assert told.invoices[0].subtotals[0].exemption_reason == "Auto liquidée"
    assert read_report(write_report(message(told))).content == told


def test_a_credit_note_names_its_invoice_and_keeps_positive_amounts():
    credit = replace(
        DOCUMENT,
        number="AV-2026-000001",
        type_code="381",
        preceding_invoices=(en16931.PrecedingInvoice("FA-2026-000007", date(2026, 9, 3)),),
    )

    told = reported_invoice(credit, union=UNION)

    assert (told.type_code, told.net_total) == ("381", D("1250.00"))
    assert told.preceding == (Preceding("FA-2026-000007", date(2026, 9, 3)),)


@pytest.mark.parametrize(
    ("country", "more", "expected"),
    [
        ("DE", {"vat_id": "DE129273398"}, ("DE129273398", "0223")),
        ("DE", {}, None),
        ("US", {}, ("USHolzbau Meyer Gm", "0227")),
        ("NC", {"legal_id": en16931.Identifier("123456789", "0228")}, ("123456789", "0228")),
        (
            "GF",
            {"legal_id": en16931.Identifier("404833048", "0002"), "vat_id": "FR83404833048"},
            ("404833048", "0002"),
        ),
        ("GF", {"legal_id": en16931.Identifier("404833048", "0002")}, None),
    ],
)
def test_a_buyer_is_named_by_the_number_of_its_country(country, more, expected):
    party = en16931.Party(
        name="Holzbau  Meyer GmbH", address=en16931.Address(country_code=country), **more
    )

    firm = buyer_firm(party, UNION)

    assert (firm and (firm.identifier, firm.scheme)) == expected


def test_what_cannot_be_told_is_said_with_what_to_do():
    nameless = replace(DOCUMENT, buyer=replace(GERMAN, vat_id=""))
    uncoded = replace(
        DOCUMENT,
        number="FA-2026-000008",
        vat_breakdown=(en16931.VatBreakdown(D(10), D(0), "E", D(0), "Exonéré", ""),),
    )

    told, gaps = transactions(DAYS, [nameless, uncoded], [], union=UNION)

    assert told.empty
    assert [gap.words() for gap in gaps] == [
        (
            "FA-2026-000007 : l'acheteur est dans l'Union européenne ou en France et n'a pas de n° de "
            "TVA. Complétez sa fiche, faites un avoir et une nouvelle facture."
        ),
        (
            "FA-2026-000008 : l'exonération n'a pas de code VATEX, que l'e-reporting exige. "
            "Déclarez-la sur le portail de votre plateforme."
        ),
    ]
