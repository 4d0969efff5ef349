"""The house letter and a company's own Typst model: figures, language, accessible PDF."""

from dataclasses import replace
from datetime import UTC, datetime

import pypdfium2
import pytest

from echeance.core.letters.errors import LetterModelError
from echeance.core.letters.fields import MERGE_FIELDS, NAMES
from echeance.core.letters.model import blocks_of, merge_context
from echeance.core.letters.setting import Letterhead, LetterSetter, house_template, page_data
from echeance.core.letters.typst_model import check_typst_model
from echeance.core.letters.word import sample_letter

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
PLAIN = (
    '#let d = json(bytes(sys.inputs.data))\n#set document(title: "Lettre")\n#d.client\n\n'
    "#for f in d.factures [#f.numero : #f.solde \\ ]\n#d.total\n"
)


def pages(pdf):
    document = pypdfium2.PdfDocument(pdf)
    try:
        text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()
    return " ".join(text.split())


def test_the_same_letter_gives_the_same_bytes():
    letter = sample_letter()

    assert LetterSetter().pdf(letter, Letterhead(), at=AT) == LetterSetter().pdf(
        letter, Letterhead(), at=AT
    )


def test_the_invoices_of_the_text_are_printed_as_a_table_with_what_is_disputed():
    text = pages(LetterSetter().pdf(sample_letter(), Letterhead(), at=AT))

    assert "FA-2026-00041 31/08/2026 30/09/2026 55 j 1 200,00 € 1 200,00 €" in text
    assert "FA-2026-00052 (hors 40,00 € contestés) 15/09/2026 15/10/2026 40 j 400,00 €" in text
    assert "Total à régler 1 560,00 €" in text
    assert "Lyon, le 24 novembre 2026" in text


def test_a_customer_who_reads_english_gets_an_english_letter():
    text = pages(LetterSetter().pdf(sample_letter("en"), Letterhead(), at=AT))

    assert "Subject: Formal notice to pay" in text
    assert "Total to pay 1 560,00 €" in text
    assert "without 40,00 € in dispute" in text
    assert "24 November 2026" in text


def test_a_list_that_is_not_that_of_the_invoices_stays_a_list():
    letter = replace(sample_letter(), body="Vous pouvez :\n- payer\n- nous appeler\n\nMerci.")

    assert [block["kind"] for block in blocks_of(letter)] == ["text", "list", "text"]


def test_a_long_letter_goes_on_over_pages_with_its_table():
    sample = sample_letter()
    many = tuple(replace(sample.invoices[0], number=f"FA-{rank:05}") for rank in range(120))
    body = "Vous nous devez :\n" + "\n".join(f"- Facture {one.number}" for one in many)

    pdf = LetterSetter().pdf(replace(sample, invoices=many, body=body), Letterhead(), at=AT)

    text = pages(pdf)
    assert "Total à régler 144 000,00 €" in text
    assert all(one.number in text for one in many)


def test_the_fields_of_the_table_are_those_a_letter_has():
    context = merge_context(sample_letter())

    assert set(context) == NAMES
    for field in MERGE_FIELDS:
        if field.columns:
            assert all(tuple(row) == field.columns for row in context[field.name])
        else:
            assert isinstance(context[field.name], list) == field.is_list
    assert set(page_data(sample_letter(), Letterhead(), [])) == NAMES | {"langue", "page"}


def test_the_house_model_and_a_plain_one_are_accepted():
    assert check_typst_model(house_template())
    assert check_typst_model(PLAIN)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (PLAIN.replace("#d.total", ""), "il n'imprime pas le total"),
        (PLAIN.replace("f.numero", "f.date"), "il n'imprime pas toutes les factures"),
        (PLAIN + "#inconnu", "le nom « inconnu » est inconnu (ligne 7)"),
        (PLAIN + '#read("/etc/passwd")', "ce fichier n'existe pas"),
        (PLAIN + '#import "@preview/x:1.0.0"', "aucun paquet extérieur"),
        (PLAIN + "#while true {}", "la boucle est sans fin"),
        ("x" * 500_001, "le fichier dépasse 500 ko"),
    ],
)
def test_a_model_that_cannot_make_a_letter_is_refused_with_its_reason(source, told):
    with pytest.raises(LetterModelError) as refusal:
        check_typst_model(source)

    assert told in str(refusal.value)
