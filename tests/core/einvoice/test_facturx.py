"""The Factur-X file is archivable, carries its XML unchanged, and says what the XML says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO

import pikepdf
import pypdfium2
import pytest

from core.einvoice.conftest import TIMESTAMP
from core.einvoice.samples import GERMAN, SAMPLES, invoice, line
from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.detect import extract_xml
from echeance.core.einvoice.errors import PdfNotExtensibleError
from echeance.core.einvoice.facturx import add_metadata
from echeance.core.einvoice.pdfa import check_pdfa
from echeance.core.einvoice.view import Appearance, Instalment, invoice_view

STANDARD = SAMPLES["standard rate"]
FX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"


def pages(pdf: bytes) -> list[str]:
    """Text of each page, spaces made plain."""
    with pypdfium2.PdfDocument(pdf) as document:
        texts = [page.get_textpage().get_text_range() for page in document]
    return [text.replace("\u202f", " ").replace("\u00a0", " ") for text in texts]


def test_the_file_is_a_pdf_a_3_with_the_facturx_metadata(facturx):
    pdf = facturx(STANDARD)

    with pikepdf.open(BytesIO(pdf)) as document, document.open_metadata() as xmp:
        assert xmp["pdfaid:part"] == "3"
        assert xmp["pdfaid:conformance"] == "A"
        assert xmp["pdfuaid:part"] == "1"
        assert xmp["dc:title"] == "Facture FA-2026-000042"
        assert xmp[f"{FX}ConformanceLevel"] == "EN 16931"
        assert xmp[f"{FX}DocumentFileName"] == "factur-x.xml"
        assert xmp[f"{FX}DocumentType"] == "INVOICE"
        assert xmp[f"{FX}Version"] == "1.0"
        [associated] = document.Root.AF
        assert associated.AFRelationship == "/Alternative"
        assert associated.EF.F.Subtype == "/text/xml"
        assert str(document.Root.Lang) == "fr"
        assert len(document.trailer.ID) == 2
        assert document.check_pdf_syntax() == []
    assert check_pdfa(pdf) == []


def test_the_xml_inside_is_the_one_given(facturx):
    assert extract_xml(facturx(STANDARD)) == ("factur-x.xml", write_cii(STANDARD))


def test_the_same_facts_give_the_same_bytes(facturx):
    assert facturx(STANDARD) == facturx(replace(STANDARD))


def test_the_metadata_is_appended_and_every_other_byte_kept(typesetter):
    view = invoice_view(STANDARD, appearance=Appearance(fonts=("Libertinus Serif",)))
    plain = typesetter.render(view, timestamp=TIMESTAMP)

    extended = add_metadata(plain)

    assert extended.startswith(plain)
    assert extended.count(b"startxref") == plain.count(b"startxref") + 1


@pytest.mark.parametrize("cut", [b"%%EOF", b"<?xpacket begin", b"</rdf:RDF>"])
def test_a_pdf_of_another_form_is_refused(typesetter, cut):
    view = invoice_view(STANDARD, appearance=Appearance(fonts=("Libertinus Serif",)))
    plain = typesetter.render(view, timestamp=TIMESTAMP)

    with pytest.raises(PdfNotExtensibleError):
        add_metadata(plain.replace(cut, b"?" * len(cut)))


def test_the_page_says_what_the_xml_says(facturx):
    [text] = pages(facturx(STANDARD))

    for words in (
        "FACTURE", "N° FA-2026-000042", "24/11/2026", "31/12/2026", "BC-7788",
        "Boulangerie Lefèvre & Fils", "SIREN 404 833 048", "TVA FR83404833048",
        "SIRET 303 265 045 00011", "Étagère en chêne", "3,5 h", "149,90", "299,80 €",
        "481,80 €", "96,36 €", "578,16 €", "FR76 3000 6000 0112 3456 7890 189", "AGRIFRPP",
        "Indemnité forfaitaire pour frais de recouvrement : 40 €", "Page 1/1",
    ):  # fmt: skip
        assert words in text
    assert "B2B" not in text
    assert "DUPLICATA" not in text


def test_a_credit_note_names_its_invoice_and_whom_it_favours(facturx):
    [text] = pages(facturx(SAMPLES["credit note"]))

    assert "AVOIR" in text
    assert "FA-2026-000007 du 02/10/2026" in " ".join(text.split())
    assert "Net en votre faveur" in text
    assert "Net à payer" not in text


def test_a_copy_a_schedule_and_another_place_of_delivery_are_shown(facturx):
    elsewhere = replace(STANDARD, delivery=replace(STANDARD.delivery, address=GERMAN.address))
    schedule = [
        Instalment(date(2026, 12, 31), Decimal("289.08")),
        Instalment(date(2027, 1, 31), Decimal("289.08")),
    ]

    [text] = pages(
        facturx(elsewhere, duplicate=True, instalments=schedule, mentions=["Biens et services"])
    )

    for words in (
        "DUPLICATA",
        "31/01/2027",
        "289,08 €",
        "Livré à",
        "10115 Berlin",
        "Allemagne",
        "Biens et services",
    ):
        assert words in text


def test_an_english_customer_reads_english(facturx):
    [text] = pages(facturx(SAMPLES["export"], language="en"))

    assert "INVOICE" in text
    assert "EUR 640.00" in text
    assert "Amount due" in text
    assert "Exonération de TVA, article 262, I du CGI" in text


@pytest.mark.parametrize("count", [33, 34, 35, 36, 60])
def test_totals_are_never_alone_on_a_page_and_the_header_repeats(facturx, count):
    long = invoice(*[line(f"Article {index:03d}", "1", "10") for index in range(1, count + 1)])

    texts = pages(facturx(long))

    for text in texts:
        assert "Article" not in text or "Désignation" in text
    with_totals = next(text for text in texts if "Net à payer" in text)
    assert f"Article {count:03d}" in with_totals
    assert f"Page 1/{len(texts)}" in texts[0]


def test_a_character_no_font_has_is_printed_as_a_box_and_kept_in_the_xml(facturx):
    exotic = replace(STANDARD, buyer=replace(STANDARD.buyer, name="Maison 中華 E\u0301toile"))

    pdf = facturx(exotic)

    assert "Maison □□ Étoile" in pages(pdf)[0]
    assert "Maison 中華 E\u0301toile" in extract_xml(pdf)[1].decode()
