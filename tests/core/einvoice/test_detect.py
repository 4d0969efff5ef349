"""A file is recognised by its content, and a bad or hostile one is refused by name."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest

from core.einvoice.samples import SAMPLES, SHARED
from echeance.core.einvoice import pdf as pdfs
from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.detect import detect, extract_xml
from echeance.core.einvoice.errors import (
    DamagedPdfError,
    DoctypeForbiddenError,
    EmptyFileError,
    EncryptedPdfError,
    FileTooLargeError,
    MalformedXmlError,
    NoXmlInPdfError,
    SeveralXmlInPdfError,
    UnknownFormatError,
)

XML = write_cii(SAMPLES["standard rate"])


def pdf(attachments, *, password=None) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    for name, content in attachments.items():
        document.attachments[name] = pikepdf.AttachedFileSpec(document, content, filename=name)
    out = BytesIO()
    document.save(
        out, encryption=pikepdf.Encryption(owner=password, user=password) if password else None
    )
    return out.getvalue()


def test_a_bare_cii_is_recognised():
    found = detect(XML, "facture.txt")

    assert (found.syntax, found.profile, found.embedded_filename) == ("CII", "EN 16931", "")
    assert found.xml == XML


def test_the_standard_name_wins_over_other_xml_attachments():
    found = detect(pdf({"annexe.xml": b"<a/>", "Factur-X.xml": XML}))

    assert (found.syntax, found.profile, found.embedded_filename) == (
        "FACTUR-X",
        "EN 16931",
        "Factur-X.xml",
    )


def test_a_byte_order_mark_and_an_old_profile_name_are_accepted():
    old = XML.replace(
        b"urn:cen.eu:en16931:2017<", b"urn:cen.eu:en16931:2017:compliant:factur-x.eu:1p0:basic<"
    )

    found = detect(b"\xef\xbb\xbf" + old)

    assert found.profile == "BASIC"


@pytest.mark.parametrize(
    ("content", "error", "sentence"),
    [
        (b"", EmptyFileError, "est vide (0 octet)"),
        (b" \n", EmptyFileError, "est vide (0 octet)"),
        (b"PK\x03\x04", UnknownFormatError, "ni un PDF ni un XML"),
        (XML[:-40], MalformedXmlError, "mal formé (ligne 2"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", DoctypeForbiddenError, "DOCTYPE"),
        (b"<!DOCTYPE a SYSTEM 'http://example.invalid/a.dtd'><a/>", DoctypeForbiddenError, "DOCTYPE"),
        (b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;", DoctypeForbiddenError, "DOCTYPE"),
        (b"%PDF-1.7\n", DamagedPdfError, "endommagé"),
        (pdf({"factur-x.xml": XML}, password="secret"), EncryptedPdfError, "chiffré"),
        (pdf({}), NoXmlInPdfError, "aucune facture XML"),
        (pdf({"notice.txt": b"rien"}), NoXmlInPdfError, "aucune facture XML"),
        (pdf({"a.xml": XML, "b.xml": XML}), SeveralXmlInPdfError, "a.xml, b.xml"),
        (pdf({"factur-x.xml": b""}), EmptyFileError, "est vide"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_by_name(content, error, sentence):
    with pytest.raises(error) as refusal:
        detect(content, "reçu.bin")

    assert type(refusal.value) is error
    assert "reçu.bin" in str(refusal.value)
    assert sentence in str(refusal.value)


def test_a_pdf_with_an_empty_password_is_encrypted_too():
    document = pikepdf.new()
    document.add_blank_page()
    out = BytesIO()
    document.save(out, encryption=pikepdf.Encryption(owner="secret", user=""))

    with pytest.raises(EncryptedPdfError):
        detect(out.getvalue())


def test_a_truncated_pdf_is_damaged_or_holds_nothing():
    whole = pdf({"factur-x.xml": XML})

    with pytest.raises((DamagedPdfError, NoXmlInPdfError)):
        detect(whole[: len(whole) // 3])


def test_too_large_files_are_refused_before_they_are_opened(monkeypatch):
    monkeypatch.setattr(pdfs, "MAX_PDF_BYTES", 1000)

    with pytest.raises(FileTooLargeError):
        detect(pdf({"factur-x.xml": XML}))


def test_an_attachment_that_inflates_without_bound_is_stopped():
    bomb = pdf({"factur-x.xml": b"<a>" + b" " * (pdfs.MAX_STREAM_BYTES + 1024) + b"</a>"})
    assert len(bomb) < 200_000

    with pytest.raises((DamagedPdfError, FileTooLargeError)):
        detect(bomb)


@pytest.mark.parametrize(
    ("name", "syntax", "profile"),
    [
        ("akretion/invoice_EN16931.pdf", "FACTUR-X", "EN 16931"),
        ("akretion/ubl-21-en16931.xml", "UBL", "EN 16931"),
        ("akretion/ubl-21-extended-ctc-fr.xml", "UBL", "EXTENDED-CTC-FR"),
        ("akretion/factur-x-extended.xml", "CII", "EXTENDED"),
        ("akretion/zugferd-comfort.xml", "ZUGFERD1", "urn:ferd:CrossIndustryDocument:invoice:1p0:comfort"),
        ("akretion/order-x-basic.xml", "ORDER-X", "urn:order-x.eu:1p0:basic"),
        ("fnfe_ok/Avoir_FR_type381_BASIC.pdf", "FACTUR-X", "BASIC"),
        ("fnfe_ok/Facture_FR_MINIMUM.pdf", "FACTUR-X", "MINIMUM"),
    ],
)  # fmt: skip
def test_real_files_are_named(name, syntax, profile):
    path = SHARED / "data/supplier_invoices/facturx" / name
    if not path.exists():
        pytest.skip("needs ../shared/data beside the repository")

    found = detect(path.read_bytes(), path.name)

    assert (found.syntax, found.profile) == (syntax, profile)


def test_the_xml_is_extracted_byte_for_byte():
    assert extract_xml(pdf({"factur-x.xml": XML})) == ("factur-x.xml", XML)
