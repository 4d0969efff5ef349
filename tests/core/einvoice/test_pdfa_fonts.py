"""Widths and glyphs are compared for each kind of font a PDF may embed, with fonts made here.

The font has two letters: A, 600 thousandths of an em wide, and B, 500; a thousand units an em.
"""

from __future__ import annotations

from io import BytesIO
from types import SimpleNamespace

import pikepdf
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.misc.psCharStrings import T2CharString
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Stream

from core.einvoice.conftest import TIMESTAMP
from core.einvoice.samples import SAMPLES
from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.embed import embed
from echeance.core.einvoice.pdfa import check_pdfa, glyphs
from echeance.core.einvoice.pdfa.glyphs import Cff, TrueType, program

WIDTHS = {".notdef": 250, "A": 600, "B": 500}
XML = write_cii(SAMPLES["standard rate"])


def drawn(pen):
    pen.moveTo((0, 0))
    pen.lineTo((100, 0))
    pen.lineTo((100, 100))
    pen.closePath()
    return pen


def font_file(*, cff: bool, symbolic: bool = False) -> bytes:
    builder = FontBuilder(1000, isTTF=not cff)
    builder.setupGlyphOrder([*WIDTHS])
    builder.setupCharacterMap(
        {0xF041 if symbolic else 0x41: "A", 0xF042 if symbolic else 0x42: "B"}
    )
    if symbolic:
        for table in builder.font["cmap"].tables:
            table.platEncID = 0
    if cff:
        outlines = {
            name: drawn(T2CharStringPen(width, {})).getCharString()
            for name, width in WIDTHS.items()
        }
        builder.setupCFF("Essai", {}, outlines, {})
    else:
        builder.setupGlyf({name: drawn(TTGlyphPen({})).glyph() for name in WIDTHS})
    builder.setupHorizontalMetrics({name: (width, 0) for name, width in WIDTHS.items()})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupPost()
    builder.setupNameTable({"familyName": "Essai", "styleName": "Regular"})
    builder.setupOS2()
    out = BytesIO()
    builder.save(out)
    return out.getvalue()


def bare_cff() -> bytes:
    return TTFont(BytesIO(font_file(cff=True))).getTableData("CFF ")


TRUE_TYPE = ("/FontFile2", font_file(cff=False), None)
SYMBOLIC = ("/FontFile2", font_file(cff=False, symbolic=True), None)
OPEN_TYPE = ("/FontFile3", font_file(cff=True), Name.OpenType)
TYPE_1C = ("/FontFile3", bare_cff(), Name.Type1C)


def descriptor(pdf, font, flags=32):
    key, content, subtype = font
    stream = Stream(pdf, content)
    if subtype is not None:
        stream.Subtype = subtype
    facts = Dictionary(Type=Name.FontDescriptor, FontName=Name.Essai, Flags=flags)
    facts[key] = pdf.make_indirect(stream)
    return pdf.make_indirect(facts)


def simple(pdf, font, widths, *, subtype=Name.TrueType, encoding=Name.WinAnsiEncoding, flags=32):
    facts = Dictionary(Type=Name.Font, Subtype=subtype, BaseFont=Name.Essai, FirstChar=65)
    facts.LastChar, facts.Widths = 64 + len(widths), Array(widths)
    facts.FontDescriptor = descriptor(pdf, font, flags)
    if encoding is not None:
        facts.Encoding = encoding
    return facts


def composite(pdf, font, widths, *, mapping=Name.Identity, subtype=Name.CIDFontType2, default=1000):
    inner = Dictionary(Type=Name.Font, Subtype=subtype, BaseFont=Name.Essai, DW=default)
    inner.W, inner.FontDescriptor = Array(widths), descriptor(pdf, font)
    inner.CIDSystemInfo = Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0)
    if mapping is not None:
        inner.CIDToGIDMap = mapping if isinstance(mapping, Name) else Stream(pdf, mapping)
    facts = Dictionary(Type=Name.Font, Subtype=Name.Type0, BaseFont=Name.Essai)
    facts.Encoding, facts.DescendantFonts = Name("/Identity-H"), Array([pdf.make_indirect(inner)])
    facts.ToUnicode = Stream(pdf, b"")
    return facts


def breaches(make, shown: bytes) -> list[tuple[str, str]]:
    """What is found in a Factur-X whose page shows codes in a font."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.pages[0].Resources = Dictionary(Font=Dictionary(F=pdf.make_indirect(make(pdf))))
    pdf.pages[0].contents_add(b"BT /F 12 Tf <%b> Tj ET" % shown.hex().encode())
    out = BytesIO()
    pdf.save(out)
    found = check_pdfa(embed(out.getvalue(), XML, timestamp=TIMESTAMP).content)
    rules = [item.rule.removeprefix("ISO 19005-3 ") for item in found]
    # A file with a breach does not claim the norm, which is found in turn.
    kept = zip(rules, (item.message for item in found), strict=True)
    return [(rule, message) for rule, message in kept if rule != "6.6.4"]


FALSE = (
    "La police Essai annonce des largeurs fausses pour 1 caractères : le code {} mesure {}, pas {}."
)


@pytest.mark.parametrize(
    "font", [TRUE_TYPE, TYPE_1C, OPEN_TYPE], ids=["TrueType", "CFF", "OpenType"]
)
def test_a_simple_font_is_as_wide_as_its_glyphs(font):
    subtype = Name.TrueType if font is TRUE_TYPE else Name.Type1

    assert breaches(lambda pdf: simple(pdf, font, [600, 500], subtype=subtype), b"AB") == []
    assert breaches(lambda pdf: simple(pdf, font, [600, 501], subtype=subtype), b"AB") == []
    assert breaches(lambda pdf: simple(pdf, font, [600, 530], subtype=subtype), b"AB") == [
        ("6.2.11.5", FALSE.format(66, 500, 530))
    ]


def test_a_width_of_a_letter_that_is_not_shown_does_not_count():
    assert breaches(lambda pdf: simple(pdf, TRUE_TYPE, [600, 530]), b"A") == []


def test_a_code_without_width_has_the_missing_width():
    assert breaches(lambda pdf: simple(pdf, TRUE_TYPE, [600]), b"AB") == [
        ("6.2.11.5", FALSE.format(66, 500, 0))
    ]


def test_a_symbolic_font_is_read_by_its_own_table():
    def make(width):
        return lambda pdf: simple(pdf, SYMBOLIC, [width], encoding=None, flags=4)

    unicode = (
        "6.2.11.7",
        "La police Essai n'a pas de table Unicode (ToUnicode) : son texte ne peut être ni cherché ni copié.",
    )
    assert breaches(make(600), b"A") == [unicode]
    assert breaches(make(700), b"A") == [unicode, ("6.2.11.5", FALSE.format(65, 600, 700))]


def test_differences_of_an_encoding_are_followed():
    swapped = Dictionary(BaseEncoding=Name.WinAnsiEncoding, Differences=Array([65, Name.B, Name.A]))

    def make(*widths):
        return lambda pdf: simple(pdf, TYPE_1C, widths, subtype=Name.Type1, encoding=swapped)

    assert breaches(make(500, 600), b"AB") == []
    assert [rule for rule, _ in breaches(make(600, 500), b"AB")] == ["6.2.11.5"]


@pytest.mark.parametrize(
    ("widths", "expected"),
    [
        ([1, [600, 500]], []),
        ([1, 1, 600, 2, 2, 500], []),
        ([1, [600, 540]], [("6.2.11.5", FALSE.format(2, 500, 540))]),
        ([1, 2, 600], [("6.2.11.5", FALSE.format(2, 500, 600))]),
        ([1, [600]], [("6.2.11.5", FALSE.format(2, 500, 1000))]),
    ],
)
@pytest.mark.parametrize("font", [TRUE_TYPE, OPEN_TYPE], ids=["TrueType", "OpenType"])
def test_a_composite_font_is_as_wide_as_its_glyphs(font, widths, expected):
    kind = Name.CIDFontType2 if font is TRUE_TYPE else Name.CIDFontType0

    found = breaches(lambda pdf: composite(pdf, font, widths, subtype=kind), b"\0\1\0\2")

    assert found == expected


def test_a_map_from_codes_to_glyphs_is_followed():
    """Code 7 is glyph 1, A; code 8 glyph 2, B."""
    mapping = bytes(14) + b"\0\1\0\2"

    def make(*widths):
        return lambda pdf: composite(pdf, TRUE_TYPE, [7, [*widths]], mapping=mapping)

    assert breaches(make(600, 500), b"\0\7\0\10") == []
    assert breaches(make(500, 500), b"\0\7\0\10") == [("6.2.11.5", FALSE.format(7, 600, 500))]


def test_a_composite_font_without_a_map_is_found():
    found = breaches(lambda pdf: composite(pdf, TRUE_TYPE, [1, [600]], mapping=None), b"\0\1")

    assert [rule for rule, _ in found] == ["6.2.11.3"]


def test_a_code_beyond_the_glyphs_is_found():
    found = breaches(lambda pdf: composite(pdf, TRUE_TYPE, [1, [600]]), b"\0\1\0\3")

    assert found == [
        ("6.2.11.8", "La police Essai n'a pas le glyphe de 1 des codes imprimés, dont 3.")
    ]


def test_an_unknown_kind_of_font_is_found():
    found = breaches(lambda pdf: simple(pdf, TRUE_TYPE, [600], subtype=Name.Bitmap), b"A")

    assert [rule for rule, _ in found] == ["6.2.11.2"]


def test_a_program_is_read_by_its_first_bytes():
    assert isinstance(program(TRUE_TYPE[1]), TrueType)
    assert isinstance(program(OPEN_TYPE[1]), Cff)
    assert isinstance(program(TYPE_1C[1]), Cff)
    assert program(b"%!PS-AdobeFont-1.0") is None
    assert program(b"\x00\x01\x00\x00 cut short") is None
    assert program(b"") is None


def test_a_glyph_whose_width_never_comes_is_given_up():
    """Subroutines that call the next one ten times: 10 ** 9 calls before the first path."""
    subrs = [T2CharString(program=[level - 106, "callgsubr"] * 10) for level in range(9)]
    private = SimpleNamespace(nominalWidthX=0, defaultWidthX=500)
    bomb = T2CharString(program=[-107, "callgsubr", "endchar"], private=private)

    with pytest.raises(ValueError, match="calls"):
        glyphs._charstring_width(bomb, [*subrs, T2CharString(program=["return"])])
