"""Preflight: everything wrong with a draft, at once, one French sentence each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from string import Formatter

import pytest

from billing.conftest import TODAY, draft, issued, line
from billing.test_import_orders import row as order_row
from billing.test_import_orders import take
from echeance.base import commands as base
from echeance.base.errors import RightMissingError
from echeance.base.rights import Right
from echeance.billing import commands as billing
from echeance.billing import queries
from echeance.billing.errors import NotConfirmableError, ReasonNeededError
from echeance.billing.findings import FINDING_LABELS, finding
from echeance.billing.models import BillingRule, Confirmation, Invoice, OrderLine
from echeance.billing.types import ItemFacts, Severity
from echeance.ledger import commands as ledger
from echeance.parties import commands as parties
from echeance.parties.models import BuyerService
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
    row = draft(ready, lefevre, line(quantity="3"))

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
    row = draft(
        ready,
        buyer(ready, **party),
        line(rate=None, nature=nature),
        delivery_date=TODAY if nature == "goods" else None,
    )
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

    with django_assert_num_queries(26):
        queries.preflight(actor=ready, invoice_ids=ids[:2])
    with django_assert_num_queries(26):
        queries.preflight(actor=ready, invoice_ids=ids)


# -- what is known beside the draft ---------------------------------------------------------------

NARROW = {0x202F: " ", 0xA0: " "}


def said(actor, row, on=TODAY):
    """Rule, severity and sentence of each finding."""
    return [
        (one.code, one.severity.value, one.message.translate(NARROW))
        for one in findings(actor, row, on)
    ]


def habit(actor, party, *nets):
    """Invoices issued, one a net amount."""
    for net in nets:
        issued(actor, party, line("Pain", "1", net, rate="5.5"))


def test_an_amount_unlike_those_of_the_customer_is_asked_about(ready, lefevre):
    habit(ready, lefevre, "100", "110", "95", "105", "120", "90")

    row = draft(ready, lefevre, line("Pain", "1", "1050", rate="5.5"))
    usual = draft(ready, lefevre, line("Pain", "1", "240", rate="5.5"))

    # median of 90, 95, 100, 105, 110, 120: 102,50
    assert said(ready, row) == [
        (
            "billing.unusual_amount",
            "confirmable",
            (
                "Montant inhabituel pour Boulangerie Lefèvre : 1 050,00 € HT, contre 102,50 € HT "
                "d'habitude (de 90,00 € à 120,00 € sur ses 6 dernières factures). Relisez les "
                "quantités et les prix, ou confirmez."
            ),
        )
    ]
    assert said(ready, usual) == []


def test_the_habit_is_that_of_the_last_24_and_may_be_left_unwatched(ready, lefevre):
    habit(ready, lefevre, *["5000"] * 3, *[str(100 + n) for n in range(24)])
    row = draft(ready, lefevre, line("Pain", "1", "5000", rate="5.5"))

    codes = [code for code, *_ in said(ready, row)]
    assert "billing.unusual_amount" in codes
    BillingRule.objects.create(company=ready.company, party=lefevre, usual_amount_checked=False)
    assert "billing.unusual_amount" not in [code for code, *_ in said(ready, row)]


def test_the_same_order_twice_is_asked_about_with_the_number_of_the_other(ready, lefevre):
    first = issued(ready, lefevre, order_reference="BC-7", on=date(2026, 11, 3))

    row = draft(ready, lefevre, order_reference="BC-7")
    other = draft(ready, lefevre, line(quantity="3"), order_reference="BC-7")

    assert said(ready, row) == [
        (
            "billing.already_billed",
            "confirmable",
            (
                "Boulangerie Lefèvre a déjà la facture FA-2026-000001 du 03/11/2026 pour 359,76 €, "
                "avec le même bon de commande BC-7 : comparez les deux, puis supprimez ce brouillon "
                "ou confirmez."
            ),
        )
    ]
    assert said(ready, other) == []
    billing.draft_credit_note(actor=ready, invoice_id=first.pk, reason="Erreur")
    note = Invoice.objects.get(kind="381")
    billing.issue_invoices(actor=ready, invoice_ids=[note.pk])
    assert said(ready, row) == []


def test_the_same_lines_are_told_unless_delivered_another_day(ready, lefevre):
    issued(ready, lefevre, delivery_date=date(2026, 11, 20))

    another_day = draft(ready, lefevre, delivery_date=date(2026, 11, 21))
    assert said(ready, another_day) == []
    alike = draft(ready, lefevre, delivery_date=date(2026, 11, 20))

    (found,) = said(ready, alike)
    assert found[:2] == ("billing.same_lines", "warning")
    assert "la facture FA-2026-000001 du 24/11/2026" in found[2]


def test_two_months_ago_is_another_supply(ready, lefevre):
    issued(ready, lefevre, order_reference="BC-7", on=date(2026, 9, 24))

    row = draft(ready, lefevre, order_reference="BC-7")

    assert said(ready, row) == []
    assert [one[0] for one in said(ready, row, date(2026, 11, 23))] == ["billing.already_billed"]


def test_a_line_of_an_order_is_not_billed_twice(ready, lefevre):
    take(ready, order_row("B1"))
    billing.run_billing(actor=ready, on=TODAY)
    order_line = OrderLine.objects.get()

    row = draft(ready, lefevre, line(quantity="1", order_line_id=order_line.pk))

    # 2 ordered and billed, 1 more
    assert said(ready, row) == [
        (
            "billing.order_billed",
            "confirmable",
            (
                "Ligne 1 : « Étagère » est déjà facturé par FA-2026-000001 ; 3 facturés pour 2 "
                "commandés. Supprimez la ligne, ou confirmez."
            ),
        )
    ]


def test_a_price_unlike_the_catalogue_is_asked_about(ready, lefevre):
    billing.save_items(
        actor=ready, items=[ItemFacts("ET", "Étagère", unit_price=Decimal("149.90"))]
    )

    row = draft(ready, lefevre, line(item_code="ET"), line(price="139.90", item_code="ET"))

    assert said(ready, row) == [
        (
            "billing.price_differs",
            "confirmable",
            (
                "Ligne 2 : « Étagère » est facturé 139,90 € alors que le catalogue dit 149,90 € : "
                "corrigez le prix, ou confirmez."
            ),
        )
    ]


def test_a_customer_beyond_its_limit_is_confirmed_by_who_may_grant_credit(ready, lefevre):
    parties.set_credit_limits(actor=ready, limits={lefevre.pk: Decimal(300)})
    row = draft(ready, lefevre)
    sentence = (
        "Boulangerie Lefèvre dépasse son encours autorisé : encours de 359,76 € pour un plafond de "
        "300,00 € (dont 359,76 € en brouillon). Encaissez, relevez le plafond, ou confirmez."
    )
    assert said(ready, row) == [("billing.credit_limit", "confirmable", sentence)]
    clerk = replace(ready, rights=ready.rights - {Right.GRANT_CREDIT})

    with pytest.raises(RightMissingError):
        confirm(clerk, row, "billing.credit_limit")
    assert not Confirmation.objects.exists()
    confirm(ready, row, "billing.credit_limit")

    (kept,) = Confirmation.objects.all()
    assert (kept.message.translate(NARROW), kept.reason) == (sentence, "Vu avec la direction")
    (result,) = billing.issue_invoices(actor=ready, invoice_ids=[row.pk])
    assert result.number == "FA-2026-000001"
    assert [(one.severity.value, one.confirmed_by) for one in result.findings] == [
        ("confirmed", ready.name)
    ]


def confirm(actor, row, code, place="", reason="Vu avec la direction"):
    return billing.confirm_findings(
        actor=actor, invoice_id=row.pk, codes=[(code, place)], reason=reason
    )


def test_what_was_confirmed_is_asked_again_when_its_figures_change(ready, lefevre):
    parties.set_credit_limits(actor=ready, limits={lefevre.pk: Decimal(300)})
    row = draft(ready, lefevre)
    confirm(ready, row, "billing.credit_limit")
    assert [one[1] for one in said(ready, row)] == ["confirmed"]

    billing.change_draft(actor=ready, invoice_id=row.pk, lines=[line(quantity="3")])

    assert [one[1] for one in said(ready, row)] == ["confirmable"]
    (result,) = billing.issue_invoices(actor=ready, invoice_ids=[row.pk])
    assert result.number is None
    confirm(ready, row, "billing.credit_limit")
    assert Confirmation.objects.filter(withdrawn_at=None).count() == 1


def test_what_the_law_blocks_is_never_confirmed(ready):
    row = draft(ready, buyer(ready, siren=""))

    with pytest.raises(NotConfirmableError, match="siren_missing"):
        confirm(ready, row, "billing.siren_missing", "BT-47")
    with pytest.raises(ReasonNeededError):
        confirm(ready, row, "billing.siren_missing", "BT-47", reason="  ")

    assert not Confirmation.objects.exists()


@pytest.mark.parametrize(
    ("choice", "severity"),
    [("block", "blocking"), ("confirm", "confirmable"), ("warn", "warning"), ("off", None)],
)
def test_the_policy_says_how_much_a_rule_matters(ready, lefevre, choice, severity):
    base.save_policy(actor=ready, document={"billing": {"check_credit": choice}})
    parties.set_credit_limits(actor=ready, limits={lefevre.pk: Decimal(300)})

    row = draft(ready, lefevre)

    assert [one[1] for one in said(ready, row)] == ([severity] if severity else [])
    (result,) = billing.issue_invoices(actor=ready, invoice_ids=[row.pk])
    assert result.issued is (choice in {"warn", "off"})


@pytest.mark.parametrize(
    ("facts", "on", "code", "severity", "sentence"),
    [
        (
            {"delivery_date": date(2026, 11, 30)},
            TODAY,
            "billing.supply_in_future",
            "confirmable",
            (
                "La livraison du 30/11/2026 n'a pas encore eu lieu : attendez-la, corrigez sa date, ou "
                "faites une facture d'acompte."
            ),
        ),
        (
            {"delivery_date": date(2026, 10, 20)},
            TODAY,
            "billing.late_billing",
            "warning",
            (
                "Livraison du 20/10/2026 facturée 35 jours plus tard : la loi veut la facture à la "
                "livraison (CGI 289, I-3). Émettez-la sans attendre."
            ),
        ),
        (
            {"period_start": date(2026, 10, 30), "period_end": date(2026, 11, 2)},
            TODAY,
            "billing.months_mixed",
            "blocking",
            (
                "Une facture récapitulative ne réunit que les livraisons d'un mois civil (CGI 289, "
                "I-3), et celle-ci va du 30/10/2026 au 02/11/2026 : faites-en une par mois."
            ),
        ),
    ],
)
def test_the_supply_against_the_issue(ready, lefevre, facts, on, code, severity, sentence):
    row = draft(ready, lefevre)
    Invoice.objects.filter(pk=row.pk).update(**facts)

    assert said(ready, row, on) == [(code, severity, sentence)]


def test_a_month_of_supplies_is_paid_within_45_days(ready, lefevre):
    row = draft(ready, lefevre, payment_terms="net60")
    assert said(ready, row) == []
    Invoice.objects.filter(pk=row.pk).update(
        period_start=date(2026, 11, 3), period_end=date(2026, 11, 20)
    )

    (found,) = said(ready, row)

    assert found[:2] == ("terms.over_legal_cap", "blocking")
    assert "45 jours après une facture périodique, soit le 08/01/2027" in found[2]


def test_goods_within_the_union_are_billed_by_the_15th(ready):
    row = draft(
        ready,
        buyer(ready, country="DE", postcode="10115", siren="", vat_id="DE136695976"),
        line(rate=None),
        delivery_date=date(2026, 10, 6),
    )

    assert said(ready, row) == [
        (
            "billing.intra_deadline",
            "warning",
            (
                "Facture due au plus tard le 15/11/2026 pour une livraison du 06/10/2026 dans l'Union "
                "(CGI 289, I-3) : émettez-la sans attendre."
            ),
        )
    ]
    assert said(ready, row, date(2026, 11, 15)) == []


def test_a_closed_month_takes_no_document(ready, lefevre):
    ledger.close_period(actor=ready, day=date(2026, 10, 31))
    row = draft(ready, lefevre)

    assert [one[0] for one in said(ready, row, date(2026, 10, 30))] == ["billing.period_closed"]


def test_a_public_buyer_wants_its_service_and_its_engagement(ready):
    town = buyer(ready, name="Ville de Lyon", category="public", payment_terms="net30")
    assert said(ready, draft(ready, town)) == [
        (
            "billing.public_references",
            "warning",
            (
                "Ville de Lyon est un acheteur public : vérifiez dans l'annuaire de Chorus Pro s'il "
                "exige un code service ou un numéro d'engagement."
            ),
        )
    ]
    BuyerService.objects.create(
        company=ready.company, party=town, code="SCE-ECOLES", engagement_required=True
    )

    none, wrong, without, good = (
        draft(ready, town, line(quantity=str(n)), **facts)
        for n, facts in enumerate(
            (
                {},
                {"buyer_reference": "SCE-X"},
                {"buyer_reference": "SCE-ECOLES"},
                {"buyer_reference": "SCE-ECOLES", "order_reference": "EJ-2026-44"},
            ),
            start=3,
        )
    )

    assert said(ready, none) == [
        (
            "billing.service_code_missing",
            "blocking",
            (
                "Ville de Lyon reçoit ses factures par service : renseignez le code du service "
                "(BT-10), l'un de SCE-ECOLES."
            ),
        )
    ]
    assert said(ready, wrong) == [
        (
            "billing.service_code_unknown",
            "blocking",
            "Le code service « SCE-X » n'est pas de Ville de Lyon : choisissez l'un de SCE-ECOLES.",
        )
    ]
    assert said(ready, without) == [
        (
            "billing.engagement_missing",
            "blocking",
            (
                "Le service SCE-ECOLES de Ville de Lyon exige un numéro d'engagement : renseignez-le "
                "comme bon de commande (BT-13)."
            ),
        )
    ]
    assert said(ready, good) == []


@pytest.mark.parametrize(
    ("party", "facts", "code", "severity"),
    [
        ({"postcode": "20000"}, {"rate": "13", "nature": "services"}, "corsican_rate", "warning"),
        ({"postcode": "97400"}, {"rate": "8.5"}, "goods_to_overseas", "warning"),
    ],
)
def test_a_rate_that_exists_there_may_not_fit_what_is_sold(ready, party, facts, code, severity):
    row = draft(ready, buyer(ready, **party), line(**facts))

    assert [one[:2] for one in said(ready, row)] == [(f"billing.{code}", severity)]


def test_a_private_person_is_never_exempt_like_a_firm(ready):
    person = buyer(ready, category="consumer", siren="", country="DE", postcode="10115")
    row = draft(ready, person, line(rate=None, exemption="intra_goods"), delivery_date=TODAY)

    assert ("billing.consumer_exempt", "blocking") in [one[:2] for one in said(ready, row)]


def test_every_sentence_has_its_facts_and_its_english(ready, lefevre):
    for code, template in FINDING_LABELS.items():
        names = {name for _, name, _, _ in Formatter().parse(template) if name}
        facts = dict.fromkeys(names, "x")
        made = finding(code, **facts)
        assert made is not None
        assert "{" not in made.message
    native = draft(ready, lefevre, line(rate="19.6"))
    (found,) = [one for one in findings(ready, native) if one.code == "tax.unknown_rate"]
    assert found.english.startswith("Line 1: the VAT rate of 19.6% does not exist there")
