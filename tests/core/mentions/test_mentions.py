"""Mandatory mentions: the right ones, once, with the words in force on the day of the invoice."""

import re
from datetime import date
from decimal import Decimal

import pytest

from echeance.core.identifiers import Siren
from echeance.core.mentions import (
    WORDINGS,
    EarlyPaymentDiscount,
    ExemptionUse,
    MentionFacts,
    NoWordingError,
    exemption_text,
    mentions_for,
    new_mentions_required,
    wording,
)
from echeance.core.mentions.translations import TRANSLATIONS
from echeance.core.tax import Exemption, Nature
from echeance.core.terms import CustomerKind

DAY = date(2026, 11, 24)
PROFESSIONAL = MentionFacts(
    customer=CustomerKind.PROFESSIONAL,
    nature=Nature.SERVICES,
    legal_form="SAS",
    share_capital=Decimal(10000),
    siren=Siren("404833048"),
    registry_city="Lyon",
)


def changed(**changes):
    values = {name: getattr(PROFESSIONAL, name) for name in MentionFacts.__dataclass_fields__}
    return MentionFacts(**(values | changes))


def keys(facts, on=DAY):
    return [mention.key for mention in mentions_for(facts, on)]


def texts(facts, on=DAY):
    return {mention.key: mention.text for mention in mentions_for(facts, on)}


def test_an_ordinary_professional_invoice():
    mentions = mentions_for(PROFESSIONAL, DAY)

    assert [(m.key, m.subject_code, m.text) for m in mentions] == [
        ("nature_services", "", "Nature de l'opération : prestation de services"),
        ("no_discount", "AAB", "Escompte pour paiement anticipé : néant"),
        (
            "penalty_default",
            "PMD",
            (
                "Tout retard de paiement entraîne des pénalités au taux de refinancement de la BCE "
                "majoré de 10 points, exigibles sans rappel"
            ),
        ),
        (
            "indemnity",
            "PMT",
            "Indemnité forfaitaire pour frais de recouvrement en cas de retard : 40 €",
        ),
        ("capital", "REG", "SAS au capital social de 10\u202f000\u00a0€"),
        ("registry", "ABL", "RCS Lyon 404\u00a0833\u00a0048"),
    ]
    assert all(mention.source for mention in mentions)


def test_a_consumer_is_spared_the_professional_mentions():
    mentions = mentions_for(changed(customer=CustomerKind.CONSUMER), DAY)

    assert [mention.key for mention in mentions] == ["nature_services", "capital", "registry"]


def test_a_consumer_is_told_of_a_discount_that_is_offered():
    facts = changed(
        customer=CustomerKind.CONSUMER, discount=EarlyPaymentDiscount(Decimal("1.50"), 8)
    )

    assert texts(facts)["discount"].startswith("Escompte de 1,5 % pour paiement sous 8 jours ; ")


def test_a_public_buyer_owes_eight_points():
    mentions = {m.key: m for m in mentions_for(changed(customer=CustomerKind.PUBLIC), DAY)}

    assert "majoré de 8 points" in mentions["penalty_public"].text
    assert mentions["indemnity_public"].source == "CCP D2192-35"


def test_a_contract_rate_replaces_the_rate_of_the_law():
    found = texts(changed(penalty_rate=Decimal("12.50")))

    assert found["penalty_rate"] == (
        "Tout retard de paiement entraîne des pénalités au taux annuel de 12,5 %, "
        "exigibles sans rappel"
    )
    assert "penalty_default" not in found


@pytest.mark.parametrize("customer", [CustomerKind.PROFESSIONAL, CustomerKind.PUBLIC])
@pytest.mark.parametrize("discount", [None, EarlyPaymentDiscount(Decimal(2), 10)])
@pytest.mark.parametrize("rate", [None, Decimal(12)])
def test_the_three_payment_notes_come_exactly_once(customer, discount, rate):
    facts = changed(customer=customer, discount=discount, penalty_rate=rate)

    codes = [mention.subject_code for mention in mentions_for(facts, DAY)]

    assert [codes.count(code) for code in ("PMT", "PMD", "AAB")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("exemption", "text"),
    [
        (Exemption.FRANCHISE, "TVA non applicable, article 293 B du CGI"),
        (Exemption.INTRA_GOODS, "Exonération de TVA, article 262 ter, I du CGI"),
        (Exemption.EXPORT, "Exonération de TVA, article 262, I du CGI"),
        (
            Exemption.EU_SERVICES,
            "Autoliquidation, articles 44 et 196 de la directive 2006/112/CE",
        ),
        (Exemption.CONSTRUCTION_SUBCONTRACTING, "Autoliquidation – article 283-2 nonies du CGI"),
        (Exemption.FOREIGN_SUPPLIER, "Autoliquidation – article 283-1, al. 2 du CGI"),
        (Exemption.WASTE, "Autoliquidation – article 283-2 sexies du CGI"),
        (Exemption.DOM_NO_VAT, "TVA non applicable, article 294, 1 du CGI"),
        (Exemption.SECOND_HAND, "Régime particulier – Biens d'occasion"),
        (Exemption.TRAVEL_AGENCY, "Régime particulier – Agences de voyages"),
    ],
)
def test_each_exemption_prints_its_words(exemption, text):
    facts = changed(exemptions=(ExemptionUse(exemption), ExemptionUse(exemption)))

    assert [m.text for m in mentions_for(facts, DAY) if m.key == exemption.value] == [text]


@pytest.mark.parametrize(
    ("exemption", "day", "text"),
    [
        (Exemption.FRANCHISE, date(2028, 6, 30), "TVA non applicable, article 293 B du CGI"),
        (Exemption.FRANCHISE, date(2028, 7, 1), "TVA non applicable, article L. 223-3 du CIBS"),
        (Exemption.EXPORT, date(2028, 7, 1), "Exonération de TVA, article L. 213-16 du CIBS"),
        (Exemption.WASTE, date(2028, 7, 1), "Autoliquidation"),
    ],
)
def test_references_move_with_the_law(exemption, day, text):
    assert exemption_text(ExemptionUse(exemption), day) == text


def test_the_option_for_debits_is_printed_with_services_only():
    assert "on_debits" in keys(changed(on_debits=True))
    assert "on_debits" in keys(changed(on_debits=True, nature=Nature.MIXED))
    assert "on_debits" not in keys(changed(on_debits=True, nature=Nature.GOODS))


def test_self_billing_group_and_insurance():
    facts = changed(self_billed=True, vat_group="Groupe Aster, Lyon", insurance="Lys, France")

    mentions = {mention.key: mention for mention in mentions_for(facts, DAY)}

    assert mentions["self_billed"].text == "Autofacturation"
    assert mentions["vat_group"].text == "Membre d'un assujetti unique : Groupe Aster, Lyon"
    assert mentions["vat_group"].note == "MEMBRE_ASSUJETTI_UNIQUE"
    assert mentions["insurance"].note == "Assurance professionnelle : Lys, France"


def test_a_sole_trader_has_no_capital():
    found = texts(changed(sole_trader=True, share_capital=None, registry_city=""))

    assert found["sole_trader"] == "Entrepreneur individuel (EI)"
    assert not {"capital", "legal_form", "registry"} & set(found)


def test_an_association_prints_its_form_alone():
    assert texts(changed(share_capital=None, legal_form="Association"))["legal_form"] == (
        "Association"
    )


@pytest.mark.parametrize(
    ("language", "beside"),
    [
        ("en", "Discount for early payment: none"),
        ("de", "Skonto: keiner"),
        ("es", "Descuento por pronto pago: ninguno"),
        ("it", "Sconto per pagamento anticipato: nessuno"),
        ("nl", "Korting voor contante betaling: geen"),
        ("pt", "Desconto de pronto pagamento: nenhum"),
        ("pl", "Discount for early payment: none"),
    ],
)
def test_the_french_text_stays_and_the_translation_stands_beside(language, beside):
    found = texts(changed(language=language))["no_discount"]

    assert found == f"Escompte pour paiement anticipé : néant / {beside}"


def test_what_is_the_same_in_both_languages_is_said_once():
    assert texts(changed(language="de"))["registry"] == texts(PROFESSIONAL)["registry"]


def test_every_wording_is_translated_with_the_same_blanks_to_fill():
    for one in WORDINGS:
        blanks = set(re.findall(r"{\w+}", one.fr))
        assert set(re.findall(r"{\w+}", one.en)) == blanks
        for text in TRANSLATIONS[one.en]:
            assert set(re.findall(r"{\w+}", text)) == blanks, one.key


def test_a_day_before_the_table_is_refused():
    with pytest.raises(NoWordingError, match="« nature_services » au 31/12/2013"):
        mentions_for(PROFESSIONAL, date(2013, 12, 31))


def test_every_exemption_has_words_today_and_after_the_move():
    for exemption in Exemption:
        for day in (DAY, date(2027, 1, 1), date(2030, 1, 1)):
            assert exemption_text(ExemptionUse(exemption, "article 261 du CGI"), day)


def test_no_day_has_two_texts_of_one_mention():
    days = {w.valid_from for w in WORDINGS}
    for key in {w.key for w in WORDINGS}:
        for day in days:
            in_force = [
                w
                for w in WORDINGS
                if w.key == key and w.valid_from <= day and (w.valid_to is None or day < w.valid_to)
            ]
            assert in_force == [wording(key, day)]


@pytest.mark.parametrize(
    ("large", "day", "required"),
    [
        (True, date(2026, 8, 31), False),
        (True, date(2026, 9, 1), True),
        (False, date(2026, 9, 1), False),
        (False, date(2027, 9, 1), True),
    ],
)
def test_the_four_new_mentions_come_by_size(large, day, required):
    assert new_mentions_required(large=large, on=day) is required
