"""Régimes de TVA: what each sale bears, to the cent, and what the official rules say of it.

Reverse charge, goods and services in the Union, export, franchise, overseas, Corsica; then a public
buyer with its service and its engagement.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest

from billing.conftest import TODAY, draft, line
from echeance.base import commands as base
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.models import Invoice
from echeance.billing.rules import frozen
from echeance.parties import commands as parties
from echeance.parties.models import BuyerService
from echeance.parties.types import ContactFacts, PartyFacts


@dataclass(frozen=True)
class Case:
    """A sale: to whom, of what, and what it must give."""

    name: str
    buyer: dict[str, str]
    line: dict[str, str | None]
    net: str
    vat: str
    category: str
    rate: str
    code: str = ""
    text: str = ""


FR = {"siren": "732829320", "vat_id": "FR44732829320", "postcode": "75007", "city": "Paris"}
GOODS = {"nature": "goods", "quantity": "3", "price": "33.35"}
SERVICE = {"nature": "services", "quantity": "7.5", "price": "48.90"}
# 3 x 33,35 = 100,05 ; 7,5 x 48,90 = 366,75
CASES = [
    Case("metropole", FR, {**GOODS, "rate": None}, "100.05", "20.01", "S", "20"),
    Case(
        "sous-traitance du bâtiment",
        FR,
        {**SERVICE, "rate": None, "exemption": "construction_subcontracting"},
        "366.75",
        "0.00",
        "AE",
        "0",
        "VATEX-EU-AE",
        "Autoliquidation",
    ),
    Case(
        "déchets neufs d'industrie",
        FR,
        {**GOODS, "rate": None, "exemption": "waste"},
        "100.05",
        "0.00",
        "AE",
        "0",
        "VATEX-EU-AE",
        "Autoliquidation",
    ),
    Case(
        "biens en Allemagne",
        {"country": "DE", "vat_id": "DE136695976", "postcode": "10115", "city": "Berlin"},
        {**GOODS, "rate": None},
        "100.05",
        "0.00",
        "K",
        "0",
        "VATEX-EU-IC",
        "262 ter",
    ),
    Case(
        "service en Belgique",
        {"country": "BE", "vat_id": "BE0428759497", "postcode": "1000", "city": "Bruxelles"},
        {**SERVICE, "rate": None},
        "366.75",
        "0.00",
        "AE",
        "0",
        "VATEX-EU-AE",
        "Autoliquidation",
    ),
    Case(
        "export en Suisse",
        {"country": "CH", "postcode": "1201", "city": "Genève"},
        {**GOODS, "rate": None},
        "100.05",
        "0.00",
        "G",
        "0",
        "VATEX-EU-G",
        "262",
    ),
    # 100,05 x 8,5 % = 8,50425 ; 366,75 x 8,5 % = 31,17375
    Case(
        "La Réunion",
        {**FR, "postcode": "97400", "city": "Saint-Denis"},
        {**SERVICE, "rate": None},
        "366.75",
        "31.17",
        "S",
        "8.5",
    ),
    # 366,75 x 2,1 % = 7,70175
    Case(
        "Martinique, taux réduit",
        {**FR, "postcode": "97200", "city": "Fort-de-France"},
        {**SERVICE, "rate": "2.1"},
        "366.75",
        "7.70",
        "S",
        "2.1",
    ),
    Case(
        "Guyane",
        {**FR, "postcode": "97300", "city": "Cayenne"},
        {**GOODS, "rate": None},
        "100.05",
        "0.00",
        "E",
        "0",
        "",
        "294",
    ),
    Case(
        "Mayotte",
        {**FR, "postcode": "97600", "city": "Mamoudzou"},
        {**SERVICE, "rate": None},
        "366.75",
        "0.00",
        "E",
        "0",
        "",
        "294",
    ),
    # 366,75 x 10 % = 36,675 ; 100,05 x 2,1 % = 2,10105 ; x 13 % = 13,0065 ; x 0,9 % = 0,90045
    Case(
        "Corse, travaux à 10 %",
        {**FR, "postcode": "20000", "city": "Ajaccio"},
        {**SERVICE, "rate": "10"},
        "366.75",
        "36.68",
        "S",
        "10",
    ),
    Case(
        "Corse, denrées à 2,1 %",
        {**FR, "postcode": "20000", "city": "Ajaccio"},
        {**GOODS, "rate": "2.1"},
        "100.05",
        "2.10",
        "S",
        "2.1",
    ),
    Case(
        "Corse, carburant à 13 %",
        {**FR, "postcode": "20200", "city": "Bastia"},
        {**GOODS, "rate": "13"},
        "100.05",
        "13.01",
        "S",
        "13",
    ),
    Case(
        "Corse, bêtes de boucherie à 0,9 %",
        {**FR, "postcode": "20200", "city": "Bastia"},
        {**GOODS, "rate": "0.9"},
        "100.05",
        "0.90",
        "S",
        "0.9",
    ),
]


def sold(actor, rank, case):
    """A draft of the case, to a customer of its own."""
    facts = {"address_line": "1 rue du Port", "payment_terms": "net30", **case.buyer}
    (party,) = parties.create_parties(
        actor=actor, parties=[PartyFacts(code=f"R{rank}", name=f"Acheteur {rank}", **facts)]
    )
    parties.add_contacts(
        actor=actor,
        contacts=[ContactFacts(party.pk, email=f"r{rank}@x.example", purpose="billing")],
    )
    return draft(actor, party, line(name=case.name, **case.line), delivery_date=TODAY)


def franchise(actor):
    """The company, become one in franchise, without a VAT number to show."""
    base.change_company(actor=actor, changes={"vat_regime": "franchise"})
    actor.company.refresh_from_db()


@pytest.mark.slow
def test_every_regime_to_the_cent_and_by_the_official_rules(ready):
    rows = [sold(ready, rank, case) for rank, case in enumerate(CASES)]
    results = billing.issue_invoices(actor=ready, invoice_ids=[row.pk for row in rows])
    franchise(ready)
    exempt = Case(
        "franchise", FR, {**GOODS, "rate": None}, "100.05", "0.00", "E", "0",
        "VATEX-FR-FRANCHISE", "293 B",
    )  # fmt: skip
    last = sold(ready, len(CASES), exempt)
    results += billing.issue_invoices(actor=ready, invoice_ids=[last.pk])

    assert [one.number is not None for one in results] == [True] * len(results), results
    for row, case in zip([*rows, last], [*CASES, exempt], strict=True):
        row.refresh_from_db()
        (group,) = frozen.thaw(row.facts).document.vat_breakdown
        got = (str(row.net_total), str(row.vat_total), group.vat_category, str(group.vat_rate))
        assert got == (case.net, case.vat, case.category, case.rate), case.name
        assert group.exemption_code == case.code, case.name
        assert case.text in group.exemption_reason, case.name
    report = billing.seal_invoices(actor=ready)
    assert (report.sealed, report.refused) == (len(results), 0), [
        (row.buyer_name, row.verdict) for row in Invoice.objects.filter(sealed_at=None)
    ]


def test_a_public_buyer_is_billed_by_its_service_under_its_engagement(ready):
    (town,) = parties.create_parties(
        actor=ready,
        parties=[
            PartyFacts(
                code="VILLE",
                name="Ville de Lyon",
                category="public",
                siret="21690123100011",
                address_line="1 place de la Comédie",
                postcode="69001",
                city="Lyon",
                payment_terms="net30",
            )
        ],
    )
    parties.add_contacts(
        actor=ready, contacts=[ContactFacts(town.pk, email="m@lyon.example", purpose="billing")]
    )
    BuyerService.objects.create(
        company=ready.company, party=town, code="SCE-ECOLES", engagement_required=True
    )
    row = draft(ready, town, line("Pupitres", "24", "85"), buyer_reference="SCE-ECOLES")
    (stopped,) = billing.issue_invoices(actor=ready, invoice_ids=[row.pk])
    assert [one.code for one in stopped.findings] == ["billing.engagement_missing"]

    billing.change_draft(actor=ready, invoice_id=row.pk, changes={"order_reference": "EJ-4471"})
    (done,) = billing.issue_invoices(actor=ready, invoice_ids=[row.pk])

    # 24 x 85,00 = 2 040,00 ; 20 % = 408,00
    row.refresh_from_db()
    document = frozen.thaw(row.facts).document
    assert (done.number, str(row.gross_total)) == ("FA-2026-000001", "2448.00")
    assert (document.buyer_reference, document.order_reference) == ("SCE-ECOLES", "EJ-4471")
    assert document.business_process == "B1"
    assert document.buyer.global_identifiers[0].value == "21690123100011"
    assert (document.due_date - document.issue_date).days == 30
    assert queries.preflight(actor=ready, invoice_ids=[row.pk]) == {}


def test_nothing_is_guessed_where_the_rate_does_not_exist(ready):
    case = Case(
        "Guyane à 8,5 %",
        {**FR, "postcode": "97300", "city": "Cayenne"},
        {**GOODS, "rate": "8.5"},
        "100.05", "8.50", "S", "8.5",
    )  # fmt: skip
    row = sold(ready, 0, case)

    (result,) = billing.issue_invoices(actor=ready, invoice_ids=[row.pk])

    assert result.number is None
    assert [one.code for one in result.findings if one.stops] == ["tax.unknown_rate"]
    assert row.net_total == Decimal("100.05")
