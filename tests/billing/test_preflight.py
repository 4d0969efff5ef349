"""Preflight: everything wrong with a draft, at once, one French sentence each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from billing.conftest import TODAY, draft, issued, line
from echeance.base import commands as base
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.models import Invoice
from echeance.billing.types import Severity
from echeance.parties import commands as parties
from echeance.parties.types import ContactFacts, PartyFacts


def buyer(actor, **more):
    facts = {
        "code": "C009",
        "name": "Dupont SA",
        "siren": "732829320",
        "address_line": "8 rue du Bac",
        "postcode": "75007",
        "city": "Paris",
        **more,
    }
    row = parties.create_parties(actor=actor, parties=[PartyFacts(**facts)])[0]
    parties.add_contacts(
        actor=actor, contacts=[ContactFacts(row.pk, email="c@dupont.example", purpose="billing")]
    )
    return row


def findings(actor, row, on=TODAY):
    return queries.preflight(actor=actor, invoice_ids=[row.pk], issue_date=on)[row.pk]


def test_a_good_draft_has_no_finding(ready, lefevre):
    row = draft(ready, lefevre)

    assert findings(ready, row) == []


@pytest.mark.parametrize(
    ("party", "facts", "code", "sentence"),
    [
        (
            {"siren": ""},
            {},
            "billing.siren_missing",
            "Le SIREN de Dupont SA manque : complétez sa fiche.",
        ),
        (
            {"address_line": "", "city": ""},
            {},
            "billing.address_missing",
            "L'adresse de Dupont SA est incomplète (la rue, la ville) : complétez sa fiche.",
        ),
        (
            {"order_reference_required": True},
            {},
            "billing.order_reference_missing",
            "Dupont SA exige son numéro de bon de commande : renseignez-le.",
        ),
        (
            {},
            {"lines": [line(rate="19.6")]},
            "tax.unknown_rate",
            (
                "Ligne 1 : le taux de TVA 19,6 % n'existe pas en métropole à la date de la facture ; "
                "choisissez parmi 20 %, 10 %, 5,5 %, 2,1 %."
            ),
        ),
        (
            {},
            {"lines": [line(price="0")]},
            "billing.price_not_positive",
            (
                "Ligne 1 : le prix de « Étagère » est nul ou négatif ; corrigez-le, ou retirez la "
                "ligne."
            ),
        ),
        (
            {},
            {"lines": [line(quantity="-1")]},
            "billing.quantity_not_positive",
            (
                "Ligne 1 : la quantité de « Étagère » est nulle ou négative ; corrigez-la, ou faites "
                "un avoir."
            ),
        ),
        (
            {},
            {"payment_terms": "net75"},
            "terms.over_legal_cap",
            (
                "L'échéance du 07/02/2027 dépasse le délai légal (60 jours après la facture, ou 45 "
                "jours fin de mois, soit le 23/01/2027 ; C. com. L441-10 I) : raccourcissez les "
                "conditions de règlement."
            ),
        ),
        (
            {"category": "public"},
            {"payment_terms": "net45"},
            "terms.over_legal_cap",
            (
                "L'échéance du 08/01/2027 dépasse le délai légal (30 jours pour un acheteur public, "
                "soit le 24/12/2026 ; CCP R2192-10) : raccourcissez les conditions de règlement."
            ),
        ),
        (
            {},
            {"lines": [line(rate=None, exemption="intra_goods")]},
            "billing.vat_id_missing",
            (
                "Le n° de TVA de l'acheteur est obligatoire pour cette exonération : complétez sa "
                "fiche."
            ),
        ),
    ],
)
def test_each_fault_is_said_in_a_sentence_and_stops_the_issue(ready, party, facts, code, sentence):
    facts = dict(facts)
    row = draft(ready, buyer(ready, **party), *facts.pop("lines", [line()]), **facts)

    found = {one.code: one for one in findings(ready, row)}
    result = billing.issue_invoices(actor=ready, invoice_ids=[row.pk])[0]

    assert found[code].message == sentence
    assert found[code].severity is Severity.BLOCKING
    assert result.number is None
    assert code in {one.code for one in result.findings}
    assert Invoice.objects.get().status == "draft"


def test_all_faults_come_at_once(ready):
    row = draft(
        ready,
        buyer(ready, siren="", city="", order_reference_required=True),
        line(price="0"),
        line(rate="19.6"),
        payment_terms="net90",
    )

    codes = {one.code for one in findings(ready, row)}

    assert codes >= {
        "billing.siren_missing",
        "billing.address_missing",
        "billing.order_reference_missing",
        "billing.price_not_positive",
        "tax.unknown_rate",
        "terms.over_legal_cap",
    }


def test_no_billing_contact_warns_and_does_not_stop(ready):
    party = parties.create_parties(
        actor=ready,
        parties=[
            PartyFacts(
                code="C1",
                name="Muet SARL",
                siren="732829320",
                address_line="1 rue",
                postcode="75001",
                city="Paris",
            )
        ],
    )[0]
    row = draft(ready, party)

    (finding,) = findings(ready, row)

    assert (finding.code, finding.severity) == ("billing.no_billing_contact", Severity.WARNING)
    assert billing.issue_invoices(actor=ready, invoice_ids=[row.pk])[0].number == "FA-2026-000001"


def test_dates_never_go_back_in_a_series(ready, lefevre):
    issued(ready, lefevre, on=date(2026, 11, 20))
    row = draft(ready, lefevre)

    (finding,) = findings(ready, row, date(2026, 11, 19))

    assert finding.message == (
        "La date d'émission du 19/11/2026 est refusée : la série a déjà un document du 20/11/2026, "
        "les dates ne reculent pas. Choisissez une autre date."
    )
    assert findings(ready, row, date(2026, 11, 20)) == []


def test_a_long_delay_may_be_agreed_with_a_consumer(ready):
    row = draft(
        ready,
        buyer(ready, siren="", category="consumer", name="Mme Roy"),
        payment_terms="net90",
    )

    assert findings(ready, row) == []


@pytest.mark.parametrize(
    ("party", "nature", "category", "code"),
    [
        ({"country": "FR", "postcode": "20000"}, "goods", "S", ""),
        ({"country": "FR", "postcode": "97300"}, "goods", "E", ""),
        (
            {"country": "DE", "postcode": "10115", "siren": "", "vat_id": "DE136695976"},
            "goods",
            "K",
            "VATEX-EU-IC",
        ),
        (
            {"country": "DE", "postcode": "10115", "siren": "", "vat_id": "DE136695976"},
            "services",
            "AE",
            "VATEX-EU-AE",
        ),
        (
            {"country": "DE", "postcode": "10115", "siren": "", "category": "consumer"},
            "goods",
            "S",
            "",
        ),
        ({"country": "CH", "postcode": "1201", "siren": ""}, "goods", "G", "VATEX-EU-G"),
    ],
)
def test_vat_follows_the_buyer_where_the_line_does_not_say(ready, party, nature, category, code):
    row = draft(ready, buyer(ready, **party), line(rate=None, nature=nature))
    drawn = queries.drafts_of(actor=ready, invoices=[row])[row.pk]

    assert drawn.lines[0].tax.category == category
    assert findings(ready, row) == []
    result = billing.issue_invoices(actor=ready, invoice_ids=[row.pk])[0]
    row.refresh_from_db()
    assert result.issued
    assert row.facts["document"]["vat_breakdown"][0].get("exemption_code", "") == code


def test_a_company_in_franchise_charges_no_vat(ready, lefevre):
    base.change_company(actor=ready, changes={"vat_regime": "franchise"})
    ready.company.refresh_from_db()
    row = issued(ready, lefevre, line(rate="20"))

    assert (row.vat_total, row.gross_total) == (Decimal(0), Decimal("299.80"))
    assert row.facts["document"]["vat_breakdown"][0]["exemption_reason"] == (
        "TVA non applicable, article 293 B du CGI"
    )


def test_the_number_of_queries_does_not_grow(ready, lefevre, django_assert_num_queries):
    ids = [draft(ready, lefevre).pk for _ in range(12)]

    with django_assert_num_queries(12):
        queries.preflight(actor=ready, invoice_ids=ids[:2])
    with django_assert_num_queries(12):
        queries.preflight(actor=ready, invoice_ids=ids)
