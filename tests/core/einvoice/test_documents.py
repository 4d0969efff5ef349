"""A file is read whatever it is, written again whole, and put into another syntax without a loss."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.einvoice.samples import SAMPLES, SHARED
from echeance.core.einvoice.cii import read_cii, write_cii
from echeance.core.einvoice.documents import PLAIN, convert, in_profile, read, write
from echeance.core.einvoice.errors import NotAnInvoiceError
from echeance.core.einvoice.facturx import facturx_pdf
from echeance.core.einvoice.model import Party
from echeance.core.einvoice.profiles import PROFILES
from echeance.core.einvoice.ubl import write_ubl
from echeance.core.einvoice.view import invoice_view

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
CORE, BASIC_WL, MINIMUM = PROFILES[3], PROFILES[1], PROFILES[0]


@pytest.mark.parametrize("name", SAMPLES)
def test_from_cii_to_ubl_and_back_nothing_changes(validator, name):
    """Three official verdicts: the source, the conversion, and the conversion back."""
    source = write_cii(SAMPLES[name])

    ubl = convert(read(source), "UBL")
    back = convert(read(ubl.content), "CII")

    assert (ubl.lost, back.lost) == ((), ())
    assert back.content == source
    verdicts = list(validator.validate_many([(ubl.content, "a.xml"), (back.content, "b.xml")]))
    assert [verdict.valid for verdict in verdicts] == [True, True]


def test_a_factur_x_is_made_from_ubl_and_gives_it_back(validator, typesetter):
    source = write_ubl(SAMPLES["standard rate"])

    made = convert(read(source), "FACTUR-X", typesetter=typesetter, timestamp=AT)

    document = read(made.content)
    assert (document.syntax, document.profile, made.lost) == ("FACTUR-X", "EN 16931", ())
    assert validator.validate(made.content, "a.pdf").valid
    assert convert(document, "UBL").content == source


def test_a_foreign_rule_book_is_told_when_a_factur_x_cannot_claim_it(typesetter):
    peppol = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
    source = read(write_ubl(replace(SAMPLES["standard rate"], specification_id=peppol)))

    made = convert(source, "FACTUR-X", typesetter=typesetter, timestamp=AT)

    assert made.profile_before == peppol
    assert read(made.content).specification_id == CORE.specification_id
    assert made.lost == ()


def test_what_the_target_has_no_place_for_is_listed():
    """UBL 2.1 has no total of a line with VAT, and no due date of a credit note without means."""
    sample = SAMPLES["standard rate"]
    lines = (replace(sample.lines[0], gross_total=Decimal("359.76")), *sample.lines[1:])
    with_total = convert(read(write_cii(replace(sample, lines=lines))), "UBL")
    note = replace(SAMPLES["credit note"], due_date=sample.due_date, payment_means=())
    with_date = convert(read(write_cii(note)), "UBL")

    assert [(item.term, item.label, item.value) for item in with_total.lost] == [
        ("EXT-FR-FE-184", "Montant TTC de la ligne (1)", "359.76")
    ]
    assert [item.term for item in with_date.lost] == ["BT-9", "BT-83"]


def test_what_the_model_does_not_know_is_lost_on_the_way_to_another_syntax_and_said():
    source = write_ubl(SAMPLES["standard rate"]).replace(
        b"<cbc:IssueDate>", b"<cbc:UUID>7f1c</cbc:UUID><cbc:IssueDate>"
    )
    document = read(source)

    assert [(item.term, item.label, item.value) for item in convert(document, "CII").lost] == [
        ("", "Invoice/cbc:UUID", "7f1c")
    ]
    assert convert(document, "UBL").lost == ()
    assert b"<cbc:UUID>7f1c</cbc:UUID>" in write(document)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_every_profile_of_factur_x_is_written_and_officially_valid(validator, name, profile):
    smaller, _ = in_profile(SAMPLES[name], profile)
    content = write_cii(smaller)

    verdict = validator.validate(content, "facture.xml")

    assert [(item.rule, item.message) for item in verdict.findings] == []
    assert (verdict.valid, verdict.profile) == (True, profile.name)
    assert read_cii(content).invoice == smaller


@pytest.mark.parametrize("name", SAMPLES)
def test_the_french_extension_is_officially_valid_in_ubl(validator, name):
    extended, _ = in_profile(SAMPLES[name], PROFILES[5])

    verdict = validator.validate(write_ubl(extended), "facture.xml")

    assert [(item.rule, item.message) for item in verdict.findings] == []
    assert verdict.profile == "EXTENDED-CTC-FR"


def test_a_lower_profile_says_what_it_leaves_out():
    smaller, lost = in_profile(SAMPLES["standard rate"], BASIC_WL)

    assert smaller.lines == ()
    assert smaller.totals == SAMPLES["standard rate"].totals
    assert {item.term for item in lost} >= {"BG-25", "BT-82"}
    minimum, _ = in_profile(SAMPLES["standard rate"], MINIMUM)
    assert minimum.seller == Party(
        name=smaller.seller.name,
        legal_id=smaller.seller.legal_id,
        vat_id=smaller.seller.vat_id,
        address=replace(smaller.seller.address, line_one="", post_code="", city=""),
    )


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_a_pdf_of_every_profile_is_officially_valid(validator, typesetter, profile):
    smaller, _ = in_profile(SAMPLES["standard rate"], profile)
    view = invoice_view(SAMPLES["standard rate"], appearance=PLAIN)

    pdf = facturx_pdf(
        write_cii(smaller), typesetter=typesetter, view=view, timestamp=AT, profile=profile
    )

    verdict = validator.validate(pdf, "facture.pdf")
    assert (verdict.valid, verdict.syntax, verdict.profile) == (True, "FACTUR-X", profile.name)


def test_amounts_that_cannot_be_read_make_the_document_wait():
    content = write_cii(SAMPLES["standard rate"])

    assert read(content).amounts_read
    assert not read(
        content.replace(b"DuePayableAmount>578.16", b"DuePayableAmount>578,16")
    ).amounts_read


def test_other_structured_documents_are_named_not_misread():
    zugferd = b'<c:CrossIndustryDocument xmlns:c="urn:ferd:CrossIndustryDocument:invoice:1p0"/>'
    with pytest.raises(NotAnInvoiceError) as refusal:
        read(zugferd, "vieux.xml")

    assert "ZUGFeRD 1.0" in str(refusal.value)
    with pytest.raises(NotAnInvoiceError) as refusal:
        read(b"<Catalogue/>", "catalogue.xml")
    assert "« Catalogue »" in str(refusal.value)


def examples():
    folder = SHARED / "data/einvoice/cen-en16931"
    paths = sorted([*folder.glob("cii/examples/*.xml"), *folder.glob("ubl/examples/*.xml")])
    return [pytest.param(path, id=path.name) for path in paths] or [pytest.param(None, id="none")]


@pytest.mark.parametrize("path", examples())
def test_official_examples_written_again_have_the_verdict_they_had(validator, path):
    if path is None:
        pytest.skip("needs ../shared/data beside the repository")
    content = path.read_bytes()
    try:
        document = read(content, path.name)
    except NotAnInvoiceError as refusal:
        pytest.skip(f"named, not read: {refusal.name}")

    before, after = validator.validate_many([(content, "a.xml"), (write(document), "b.xml")])

    # Peppol forbids empty elements: those of the file are not written, CII wants one of its own.
    rules = [
        sorted(item.rule for item in verdict.findings if item.rule != "PEPPOL-EN16931-R008")
        for verdict in (before, after)
    ]
    assert rules[0] == rules[1]
