"""Rates by territory, the due point of VAT, the codes of exemption, and what is wrong in a draft."""

from datetime import date
from decimal import Decimal

import pytest

from echeance.core.tax import (
    ACCEPTED_RATES,
    EXEMPTIONS,
    VATEX,
    Exemption,
    Exigibility,
    Nature,
    NoVatRateError,
    TaxedLine,
    TaxPoint,
    Territory,
    VatCategory,
    check_lines,
    combined_nature,
    exigibility,
    rates_on,
    standard_rate,
    tax_point,
    territory_of,
)

DAY = date(2026, 11, 24)
S = VatCategory.S
GOODS, SERVICES = Nature.GOODS, Nature.SERVICES


@pytest.mark.parametrize(
    ("territory", "percents"),
    [
        (Territory.METROPOLE, "20 10 5.5 2.1"),
        (Territory.CORSICA, "20 13 10 2.1 0.9"),
        (Territory.MARTINIQUE, "8.5 2.1 1.75 1.05"),
        (Territory.REUNION, "8.5 2.1 1.75 1.05"),
        (Territory.GUYANE, ""),
        (Territory.MAYOTTE, ""),
    ],
)
def test_each_territory_has_its_rates(territory, percents):
    rates = [rate.percent for rate in rates_on(territory, DAY)]

    assert rates == [Decimal(percent) for percent in percents.split()]
    assert set(rates) <= ACCEPTED_RATES


@pytest.mark.parametrize(
    ("territory", "day", "place"),
    [
        (Territory.GUYANE, DAY, "en Guyane au 24/11/2026"),
        (Territory.METROPOLE, date(2013, 12, 31), "en métropole au 31/12/2013"),
    ],
)
def test_no_rate_is_an_error_not_a_guess(territory, day, place):
    with pytest.raises(NoVatRateError, match=f"Aucun taux de TVA connu {place} : "):
        standard_rate(territory, day)


@pytest.mark.parametrize(
    ("country", "postcode", "territory"),
    [
        ("FR", "75001", Territory.METROPOLE),
        ("FR", "20 090", Territory.CORSICA),
        ("FR", "97110", Territory.GUADELOUPE),
        ("FR", "97133", None),  # Saint-Barthélemy
        ("FR", "97600", Territory.MAYOTTE),
        ("FR", "98800", None),  # Nouvelle-Calédonie
        ("MC", "98000", Territory.METROPOLE),
        ("DE", "20095", None),
    ],
)
def test_the_territory_follows_from_the_address(country, postcode, territory):
    assert territory_of(country, postcode) is territory


@pytest.mark.parametrize(
    ("category", "nature", "on_debits", "prepayment", "expected"),
    [
        (S, GOODS, False, False, Exigibility.DEBITS),
        (S, GOODS, True, False, Exigibility.DEBITS),
        (S, GOODS, False, True, Exigibility.RECEIPTS),  # advance on goods, since 2023
        (S, GOODS, True, True, Exigibility.RECEIPTS),  # the option bears on services alone
        (S, SERVICES, False, False, Exigibility.RECEIPTS),
        (S, SERVICES, True, False, Exigibility.DEBITS),
        (S, SERVICES, True, True, Exigibility.DEBITS),
        (VatCategory.AE, SERVICES, False, False, Exigibility.NONE),
        (VatCategory.K, GOODS, False, False, Exigibility.NONE),
        (VatCategory.G, GOODS, True, False, Exigibility.NONE),
        (VatCategory.E, SERVICES, False, True, Exigibility.NONE),
    ],
)
def test_when_vat_falls_due(category, nature, on_debits, prepayment, expected):
    assert exigibility(category, nature, on_debits=on_debits, prepayment=prepayment) is expected


@pytest.mark.parametrize(
    ("natures", "on_debits", "prepayment", "expected"),
    [
        ([GOODS], False, False, TaxPoint.DELIVERY),
        ([GOODS], True, False, TaxPoint.DELIVERY),  # 5 is for the option, which goods do not have
        ([SERVICES], False, False, TaxPoint.PAYMENT),
        ([SERVICES], True, False, TaxPoint.INVOICE),
        ([GOODS, SERVICES], False, False, None),
        ([GOODS, SERVICES], True, False, TaxPoint.INVOICE),
        ([GOODS], False, True, TaxPoint.PAYMENT),
        ([GOODS, SERVICES], False, True, TaxPoint.PAYMENT),
        ([], False, False, None),
    ],
)
def test_bt_8(natures, on_debits, prepayment, expected):
    assert tax_point(natures, on_debits=on_debits, prepayment=prepayment) is expected


def test_bt_8_has_other_codes_in_ubl():
    assert [(point.value, point.ubl) for point in TaxPoint] == [
        ("5", "3"),
        ("29", "35"),
        ("72", "432"),
    ]


def test_a_document_of_goods_and_services_is_mixed():
    assert combined_nature([GOODS, GOODS]) is GOODS
    assert combined_nature([GOODS, SERVICES]).letter == "M"


def test_every_exemption_has_a_rule_with_a_known_code():
    assert set(EXEMPTIONS) == set(Exemption)
    assert {rule.code for rule in EXEMPTIONS.values() if rule.code} <= VATEX
    assert all(not rule.category.is_taxed for rule in EXEMPTIONS.values())


def test_the_list_of_codes_is_complete():
    # 8 generic, 79-C, 132 and 17 letters, 135-1, 143 and 13, 144, 146-1E, 148 and 7, 151 and 6,
    # 153, 159, 309, then France: 7 + 2 + 3 + 5 + 2 + 3 + 1 + 3.
    assert len(VATEX) == 8 + 1 + 18 + 1 + 14 + 1 + 1 + 8 + 7 + 3 + 26


def test_a_clean_draft_has_no_finding():
    lines = [
        TaxedLine(Decimal("10.00"), S, Decimal(20)),
        TaxedLine(Decimal("10.00"), VatCategory.E, exemption_code="VATEX-EU-132"),
    ]

    assert check_lines(lines, Territory.METROPOLE, DAY) == ()


def test_all_faults_are_told_at_once_in_french():
    lines = [
        TaxedLine(Decimal("10.00"), S, Decimal("19.6")),
        TaxedLine(Decimal("10.00"), VatCategory.AE, Decimal(20), exemption_code="VATEX-EU-AE"),
        TaxedLine(Decimal("10.00"), VatCategory.E),
        TaxedLine(Decimal("10.00"), VatCategory.O, exemption_code="VATEX-XX"),
    ]

    findings = check_lines(lines, Territory.METROPOLE, DAY)

    assert [(finding.code, finding.line, finding.message) for finding in findings] == [
        (
            "tax.unknown_rate",
            1,
            (
                "Ligne 1 : le taux de TVA 19,6 % n'existe pas en métropole à la date de la facture ; "
                "choisissez parmi 20 %, 10 %, 5,5 %, 2,1 %."
            ),
        ),
        (
            "tax.rate_without_tax",
            2,
            (
                "Ligne 2 : la catégorie AE ne porte pas de TVA mais le taux est 20 % ; "
                "mettez 0 ou la catégorie S."
            ),
        ),
        (
            "tax.missing_reason",
            3,
            "Ligne 3 : aucune TVA et aucun motif ; choisissez un motif d'exonération.",
        ),
        (
            "tax.unknown_reason_code",
            4,
            (
                "Ligne 4 : le code d'exonération « VATEX-XX » est inconnu ; "
                "choisissez-en un de la liste VATEX."
            ),
        ),
        (
            "tax.outside_scope_mixed",
            0,
            (
                "Une facture hors champ de TVA (catégorie O) ne contient rien d'autre : "
                "faites deux factures."
            ),
        ),
    ]


def test_where_there_is_no_vat_any_rate_is_a_finding():
    (finding,) = check_lines([TaxedLine(Decimal("1.00"), S, Decimal(20))], Territory.MAYOTTE, DAY)

    assert finding.message == (
        "Ligne 1 : le taux de TVA 20 % n'existe pas à Mayotte à la date de la facture ; "
        "choisissez un motif d'exonération."
    )
