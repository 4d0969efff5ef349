"""A page from elsewhere and an XML make a Factur-X, which is a PDF/A-3 when the page allows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from io import BytesIO

import pikepdf
import pytest
from lxml import etree
from pikepdf import Array, Dictionary, Name, String

from core.einvoice.conftest import TIMESTAMP
from core.einvoice.samples import SAMPLES, SHARED
from echeance.core.einvoice.cii import read_cii, write_cii
from echeance.core.einvoice.compare import compare_pdf
from echeance.core.einvoice.detect import detect, extract_xml
from echeance.core.einvoice.embed import embed
from echeance.core.einvoice.errors import (
    DoctypeForbiddenError,
    EncryptedPdfError,
    UnknownProfileError,
    UnreadableSyntaxError,
    XmlAlreadyEmbeddedError,
)
from echeance.core.einvoice.pdfa import check_pdfa
from echeance.core.einvoice.profiles import PROFILES
from echeance.core.einvoice.srgb import srgb_profile
from echeance.core.einvoice.view import Appearance, invoice_view

STANDARD = SAMPLES["standard rate"]
XML = write_cii(STANDARD)
FX = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"


@pytest.fixture(scope="module")
def page(typesetter) -> bytes:
    """The page of the standard invoice, without XML: a PDF/A-3a, as Typst writes it."""
    view = invoice_view(STANDARD, appearance=Appearance(fonts=("Libertinus Serif",)))
    return typesetter.render(view, timestamp=TIMESTAMP)


def bare(change=None, **options) -> bytes:
    """A PDF of one empty page, with nothing of PDF/A."""
    document = pikepdf.new()
    document.add_blank_page()
    if change:
        change(document)
    out = BytesIO()
    document.save(out, **options)
    return out.getvalue()


def made(pdf: bytes, xml: bytes = XML):
    return embed(pdf, xml, timestamp=TIMESTAMP, filename="page.pdf")


def test_our_page_and_our_xml_make_our_factur_x(page):
    result = made(page)

    assert (result.is_pdfa, result.findings) == (True, ())
    assert result.profile.name == "EN 16931"
    assert extract_xml(result.content) == ("factur-x.xml", XML)
    assert check_pdfa(result.content) == []
    assert compare_pdf(result.content, STANDARD).findings == []


def test_the_level_of_the_page_is_kept(page):
    with pikepdf.open(BytesIO(made(page).content)) as document, document.open_metadata() as packet:
        assert packet["pdfaid:conformance"] == "A"
        assert packet["pdfuaid:part"] == "1"
        assert packet[f"{FX}ConformanceLevel"] == "EN 16931"


def test_a_bare_page_gets_what_pdf_a_wants():
    result = made(bare())

    assert result.findings == ()
    with pikepdf.open(BytesIO(result.content)) as document, document.open_metadata() as packet:
        assert packet["pdfaid:part"] == "3"
        assert packet["pdfaid:conformance"] == "B"
        assert document.Root.OutputIntents[0].DestOutputProfile.read_bytes() == srgb_profile()
        assert len(document.trailer.ID) == 2
        assert document.pdf_version == "1.7"
        [specification] = document.Root.AF
        assert specification.AFRelationship == "/Alternative"
        assert specification.EF.F.Params.Size == len(XML)
        assert document.docinfo["/ModDate"] == "D:20261124090000+00'00'"


def test_the_same_arguments_give_the_same_bytes(page):
    assert made(page).content == made(page).content


def test_the_hour_keeps_its_shift_from_utc():
    paris = datetime(2026, 11, 24, 10, tzinfo=timezone(timedelta(hours=1)))

    content = embed(bare(), XML, timestamp=paris).content

    with pikepdf.open(BytesIO(content)) as document:
        assert document.docinfo["/ModDate"] == "D:20261124100000+01'00'"
    assert check_pdfa(content) == []


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_each_profile_says_its_level_and_its_relationship(profile):
    xml = write_cii(replace(STANDARD, specification_id=profile.specification_id))

    result = made(bare(), xml)

    expected = "EXTENDED" if profile.name.startswith("EXTENDED") else profile.name
    assert (result.profile, result.findings) == (profile, ())
    with pikepdf.open(BytesIO(result.content)) as document, document.open_metadata() as packet:
        assert packet[f"{FX}ConformanceLevel"] == expected
        assert document.Root.AF[0].AFRelationship == f"/{profile.relationship}"


def test_a_page_that_cannot_be_archived_says_why_and_claims_nothing():
    def core_font(document):
        document.pages[0].Resources = Dictionary(
            Font=Dictionary(
                F=Dictionary(
                    Type=Name.Font,
                    Subtype=Name.Type1,
                    BaseFont=Name.Helvetica,
                    Encoding=Name.WinAnsiEncoding,
                )
            )
        )
        document.pages[0].contents_add(b"BT /F 12 Tf (Facture) Tj ET")

    result = made(bare(core_font))

    assert [(item.rule, item.message) for item in result.findings] == [
        ("ISO 19005-3 6.2.11.4", "La police Helvetica n'est pas incorporée au fichier.")
    ]
    assert not result.is_pdfa
    assert detect(result.content).profile == "EN 16931"
    with pikepdf.open(BytesIO(result.content)) as document, document.open_metadata() as packet:
        assert "pdfaid:part" not in packet
    assert "ISO 19005-3 6.6.4" in {item.rule for item in check_pdfa(result.content)}


def test_links_get_their_flag_and_scripts_are_told():
    def link(document):
        facts = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 9, 9])
        document.pages[0].Annots = Array([document.make_indirect(facts)])

    def script(document):
        document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String("1"))

    assert made(bare(link)).findings == ()
    assert [item.rule for item in made(bare(script)).findings] == ["ISO 19005-3 6.5.1"]


def test_lzw_is_packed_again():
    def lzw(document):
        # 128 "a" 257 in nine bits: clear, one sign, end (ISO 32000-1 7.4.4.2).
        stream = pikepdf.Stream(document, b"\x80\x18\x60\x20", Filter=Name.LZWDecode)
        document.Root.PieceInfo = document.make_indirect(stream)

    source = bare(lzw, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    assert b"LZWDecode" in source

    assert made(source).findings == ()


def test_other_attachments_are_kept_and_the_invoice_found_among_them():
    def note(document):
        document.attachments["bon.txt"] = pikepdf.AttachedFileSpec(
            document, b"livraison", filename="bon.txt"
        )

    content = made(bare(note)).content

    assert extract_xml(content) == ("factur-x.xml", XML)
    with pikepdf.open(BytesIO(content)) as document:
        assert document.attachments["bon.txt"].get_file().read_bytes() == b"livraison"


def test_what_the_page_said_of_itself_is_kept():
    def author(document):
        document.docinfo["/Author"] = "Maison Dupont"
        document.docinfo["/Title"] = "Facture n° 7"

    content = made(bare(author)).content

    with pikepdf.open(BytesIO(content)) as document, document.open_metadata() as packet:
        assert packet["dc:title"] == "Facture n° 7"
        assert packet["dc:creator"] == ["Maison Dupont"]


def test_an_old_description_of_the_properties_is_replaced():
    """A file whose XML was taken out keeps its metadata: they are not described twice."""
    with pikepdf.open(BytesIO(made(bare()).content)) as document:
        del document.Root.Names
        del document.Root.AF
        out = BytesIO()
        document.save(out, fix_metadata_version=False)

    again = made(out.getvalue()).content

    with pikepdf.open(BytesIO(again)) as document:
        packet = etree.fromstring(document.Root.Metadata.read_bytes())
    schemas = [node.text for node in packet.iter("{*}namespaceURI")]
    assert schemas.count("urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#") == 1


@pytest.mark.parametrize(
    ("pdf", "xml", "error"),
    [
        (bare(encryption=pikepdf.Encryption(owner="a", user="")), XML, EncryptedPdfError),
        (bare(), b"<a/>", UnreadableSyntaxError),
        (bare(), b"<!DOCTYPE a><a/>", DoctypeForbiddenError),
        (bare(), XML.replace(b"urn:cen.eu:en16931:2017<", b"urn:autre<"), UnknownProfileError),
        (made(bare()).content, XML, XmlAlreadyEmbeddedError),
    ],
    ids=["encrypted", "not CII", "doctype", "profile", "twice"],
)
def test_what_makes_no_factur_x_is_refused_by_name(pdf, xml, error):
    with pytest.raises(error) as refusal:
        made(pdf, xml)

    assert type(refusal.value) is error


@pytest.mark.parametrize("kind", ["akretion", "fnfe_ok"])
def test_pages_of_others_take_another_xml(kind):
    folder = SHARED / "data/supplier_invoices/facturx" / kind
    if not folder.exists():
        pytest.skip("needs ../shared/data beside the repository")

    for path in sorted(folder.glob("*.pdf")):
        with pikepdf.open(path) as document:
            del document.Root.Names.EmbeddedFiles
            del document.Root.AF
            out = BytesIO()
            document.save(out)

        result = made(out.getvalue())

        assert result.findings == (), path.name
        # The page of one invoice with the XML of another.
        rules = {item.rule for item in compare_pdf(result.content, STANDARD).findings}
        assert {"EC-PDF-01", "EC-PDF-06"} <= rules, path.name


def test_the_profile_of_colours_is_srgb():
    """White is D50, and the three primaries make it."""
    profile = srgb_profile()
    assert len(profile) == 424

    def xyz(tag: bytes) -> list[int]:
        place = next(132 + 12 * n for n in range(9) if profile[132 + 12 * n :][:4] == tag)
        start = int.from_bytes(profile[place + 4 : place + 8])
        return [int.from_bytes(profile[start + 8 + 4 * n : start + 12 + 4 * n]) for n in range(3)]

    white = xyz(b"wtpt")
    primaries = [xyz(tag) for tag in (b"rXYZ", b"gXYZ", b"bXYZ")]
    assert [round(Decimal(value) / 65536, 4) for value in white] == [
        Decimal("0.9642"),
        Decimal("1.0000"),
        Decimal("0.8249"),
    ]
    for axis in range(3):
        assert abs(sum(primary[axis] for primary in primaries) - white[axis]) < 10


def test_the_timestamp_is_in_both_descriptions(page):
    content = embed(page, XML, timestamp=datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)).content

    with pikepdf.open(BytesIO(content)) as document, document.open_metadata() as packet:
        assert packet["xmp:ModifyDate"].startswith("2027-01-02T03:04:05")
    assert read_cii(extract_xml(content)[1]).invoice == STANDARD
