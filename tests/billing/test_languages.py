"""A customer reads its document in its own language; the law's French stays beside."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest

from billing.conftest import issued, line
from echeance.billing import commands as billing
from echeance.billing import queries, rendering
from echeance.billing.rules import document, frozen, mail
from echeance.billing.types import PayerFacts
from echeance.core.einvoice import model
from echeance.core.einvoice.facturx import default_template
from echeance.core.einvoice.labels import LABELS, LANGUAGES, UNITS, country_name
from echeance.core.einvoice.pdfa.check import check_pdfa
from echeance.core.einvoice.view import Extras, Instalment, PayerPart, _Page
from echeance.core.terms import PaymentTerms
from echeance.core.terms_words import printed_terms, terms_in
from echeance.parties import commands as parties
from echeance.parties.types import ContactFacts, PartyFacts

TERMS = [
    PaymentTerms.on_receipt(),
    PaymentTerms.net(1),
    PaymentTerms.net(30),
    PaymentTerms.month_end_a(0),
    PaymentTerms.month_end_a(45),
    PaymentTerms.month_end_b(45),
    PaymentTerms.month_end_then_day(0, 10),
    PaymentTerms.month_end_then_day(30, 10),
    PaymentTerms.instalments(
        (Decimal(30), PaymentTerms.on_receipt()), (Decimal(70), PaymentTerms.net(30))
    ),
]

PRINTED = {
    "fr": ("FACTURE", "24/12/2026", "Net à payer", "359,76 €", "30 jours", "Étagère"),
    "en": ("INVOICE", "2026-12-24", "Amount due", "EUR 359.76", "30 days", "Étagère"),
    "de": ("RECHNUNG", "24.12.2026", "Zahlbetrag", "359,76 €", "30 Tage", "Skonto: keiner"),
    "es": ("FACTURA", "24/12/2026", "Importe a pagar", "359,76 €", "30 días", "pronto pago"),
    "it": ("FATTURA", "24/12/2026", "Netto a pagare", "359,76 €", "30 giorni", "Sconto per"),
    "nl": ("FACTUUR", "24-12-2026", "Te betalen", "€ 359,76", "30 dagen", "Korting voor"),
    "pt": ("FATURA", "24/12/2026", "Total a pagar", "359,76 €", "30 dias", "pronto pagamento"),
}


def text_of(pdf: bytes) -> str:
    """The words of every page, blanks made plain."""
    document = pypdfium2.PdfDocument(pdf)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return " ".join(unicodedata.normalize("NFKC", text).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_exists_in_every_language(language):
    assert LABELS[language].keys() == LABELS["fr"].keys()
    assert UNITS[language].keys() == UNITS["fr"].keys()
    assert all(word.strip() for word in LABELS[language].values())
    assert all(word for code, word in UNITS[language].items() if code != "C62")


def test_every_word_the_template_prints_is_there():
    used = {
        word.split(".")[0].rstrip("),;]:")
        for part in default_template().split(" l.")[1:] + default_template().split("(l.")[1:]
        for word in [part.split()[0].split(",")[0]]
    }

    assert used - {""} <= LABELS["fr"].keys()


def test_the_sentence_of_credit_notes_is_the_one_that_is_translated():
    assert LABELS["fr"]["credit_terms"] == document.CREDIT_TERMS
    assert LABELS["fr"]["paid_terms"] == document.PAID_TERMS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("terms", TERMS, ids=lambda terms: terms.code)
def test_payment_terms_are_said_in_each_language(language, terms):
    told = printed_terms(terms.label, language)

    assert told == terms_in(terms, language)
    assert "{" not in told
    assert (told == terms.label) == (language == "fr")


@pytest.mark.django_db
def test_the_page_of_each_language_says_the_same_facts(ready, lefevre):
    row = issued(ready, lefevre, line("Étagère", "2", "149.90"))
    facts = frozen.thaw(row.facts)
    renderer = rendering.Renderer(ready)
    for language, words in PRINTED.items():
        mentions = tuple(
            replace(note, text=f"{note.text} / {word}") if note.subject_code == "AAB" else note
            for note in facts.document.notes
            for word in words[-1:]
        )
        spoken = replace(facts, language=language, document=replace(facts.document, notes=mentions))

        pdf = renderer.render(spoken)

        text = text_of(pdf)
        for word in words:
            assert word in text, (language, word)
        assert "Indemnité forfaitaire" in text
        assert check_pdfa(pdf) == []


@pytest.mark.django_db
def test_a_german_customer_reads_german_beside_the_french_the_law_asks(ready, lefevre):
    lefevre.language = "de"
    lefevre.save()

    row = issued(ready, lefevre, line("Étagère", "2", "149.90"))

    text = text_of(rendering.Renderer(ready).render(frozen.thaw(row.facts)))
    assert "RECHNUNG" in text
    assert "Escompte pour paiement anticipé : néant / Skonto: keiner" in text
    xml = queries.xml(actor=ready, invoice_id=row.pk).decode()
    assert "Escompte pour paiement anticipé : néant / Skonto: keiner" in xml
    assert "<ram:Description>30 jours</ram:Description>" in xml


@pytest.mark.django_db
def test_the_same_facts_give_the_same_bytes_and_a_copy_is_marked(ready, lefevre):
    row = issued(ready, lefevre, line("Étagère", "2", "149.90"))
    facts = frozen.thaw(row.facts)

    first = rendering.Renderer(ready).render(facts)

    assert rendering.Renderer(ready).render(facts) == first
    assert "DUPLICATA" not in text_of(first)
    copy = rendering.Renderer(ready).render(facts, duplicate=True)
    assert "DUPLICATA" in text_of(copy)
    assert check_pdfa(copy) == []


def test_countries_are_named_by_the_reader():
    assert [country_name("DE", language) for language in LANGUAGES] == [
        "Allemagne", "Germany", "Deutschland", "Alemania", "Germania", "Duitsland", "Alemanha",
    ]  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_greets_in_the_language_of_its_reader(language):
    letter = mail.LetterFacts(
        "Atelier Morel",
        "FA-2026-000042",
        is_credit_note=False,
        issue_date=date(2026, 11, 24),
        gross_total=Decimal("359.76"),
        due_date=date(2026, 12, 24),
        iban="FR76 3000 6000 0112 3456 7890 189",
        language=language,
    )

    body = mail.body_of(letter)

    assert mail.subject_of(letter).startswith(LABELS[language]["380"])
    assert "FA-2026-000042" in body
    assert "FR76 3000 6000 0112 3456 7890 189" in body
    assert body.startswith(mail.GREETINGS[language])
    assert "{" not in body


def test_a_reader_of_another_language_is_written_to_in_english():
    letter = mail.LetterFacts(
        "Atelier Morel",
        "AV-2026-000003",
        is_credit_note=True,
        issue_date=date(2026, 11, 24),
        gross_total=Decimal("10.00"),
        preceding_number="FA-2026-000042",
        language="pl",
    )

    assert mail.subject_of(letter) == "Credit note AV-2026-000003 – Atelier Morel"
    assert "on invoice FA-2026-000042" in mail.body_of(letter)


@pytest.mark.django_db
def test_a_payer_a_retention_and_a_rate_are_on_the_page(ready, lefevre):
    opco = parties.create_parties(
        actor=ready,
        parties=[PartyFacts(code="OPCO", name="OPCO Exemple", siren="732829320", postcode="75001",
                            city="Paris", address_line="1 rue")],
    )[0]  # fmt: skip

    row = issued(
        ready,
        lefevre,
        line("Formation", "1", "1000", nature="services"),
        payers=(PayerFacts(opco.pk, percent=Decimal(70), reference="DOS-7"),),
        retained_amount=Decimal("60.00"),
        retained_until=date(2027, 11, 24),
    )

    facts = frozen.thaw(row.facts)
    text = text_of(rendering.Renderer(ready).render(facts))
    assert "Pris en charge par OPCO Exemple (DOS-7) 840,00 €" in text
    assert "Reste à votre charge 360,00 €" in text
    assert "dont retenue de garantie, payable le 24/11/2027 60,00 €" in text
    german = text_of(rendering.Renderer(ready).render(replace(facts, language="de")))
    assert "Zahlungsziel 30 Tage" in german
    assert "Übernommen von OPCO Exemple (DOS-7) 840,00 €" in german


def test_the_code_asks_what_the_buyer_pays_first():
    day = date(2026, 12, 24)
    extras = Extras(
        payment_qr=True,
        payers=[PayerPart("OPCO", Decimal("840.00"))],
        retained=(Decimal("60.00"), day),
    )
    invoice = model.Invoice(totals=model.Totals(amount_due=Decimal("1200.00")))
    page = _Page(invoice, "fr")

    assert page.due_now(extras, []) == Decimal("300.00")
    parts = [Instalment(day, Decimal("100.00")), Instalment(day, Decimal("200.00"))]
    assert page.due_now(extras, parts) == Decimal("100.00")


@pytest.mark.django_db
def test_a_consumer_reads_the_note_of_the_law_and_no_forty_euros(ready):
    person = parties.create_parties(
        actor=ready,
        parties=[PartyFacts(code="P1", name="Mme Roy", category="consumer", postcode="31000",
                            city="Toulouse", address_line="1 rue")],
    )[0]  # fmt: skip
    parties.add_contacts(
        actor=ready, contacts=[ContactFacts(person.pk, email="roy@x.example", purpose="billing")]
    )
    work = issued(ready, person, line("Pose", "1", "50", nature="services"))
    small = issued(ready, person, line("Pose", "1", "10", nature="services"))
    goods = issued(ready, person, line("Chaise", "1", "50"))

    texts = [text_of(rendering.Renderer(ready).render(frozen.thaw(row.facts)))
             for row in (work, small, goods)]  # fmt: skip

    assert ["arrêté n° 83-50/A" in text for text in texts] == [True, False, False]
    assert not any("40 €" in text for text in texts)


@pytest.mark.django_db
def test_the_rf_reference_is_printed_and_written_where_the_company_wants_it(ready, lefevre):
    billing.save_style(actor=ready, creditor_reference=True)

    row = issued(ready, lefevre, line())

    assert row.number == "FA-2026-000001"
    assert frozen.thaw(row.facts).document.remittance_information == "RF27FA2026000001"
    text = text_of(rendering.Renderer(ready).render(frozen.thaw(row.facts)))
    assert "Référence à rappeler RF27 FA20 2600 0001" in text
    assert "RF27FA2026000001" in queries.xml(actor=ready, invoice_id=row.pk).decode()
