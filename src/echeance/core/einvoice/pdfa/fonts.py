"""Fonts: embedded, with a Unicode table, and as wide as the page believes.

Source: ISO 19005-3 6.2.11; ISO 32000-1 9.6 (simple fonts), 9.7 (composite fonts).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from echeance.core.einvoice import pdf as pdfs
from echeance.core.einvoice.model import Finding
from echeance.core.einvoice.pdfa.clauses import breach, doubt
from echeance.core.einvoice.pdfa.content import FontUse
from echeance.core.einvoice.pdfa.glyphs import PROGRAM_ERRORS, Cff, TrueType, program

# Two numbers that name the same glyph may differ by this much, in thousandths of an em.
_TOLERANCE: Final = 1
_MAX_FONTS: Final = 200
_MAX_WIDTHS: Final = 200_000
_SYMBOLIC: Final = 4
_SIMPLE: Final = frozenset({"/Type1", "/MMType1", "/TrueType"})
_ENCODINGS: Final = {"/WinAnsiEncoding": "cp1252", "/MacRomanEncoding": "mac_roman"}
# Encodings and character collections that say by themselves what each code means.
_SELF_EVIDENT: Final = frozenset({*_ENCODINGS, "/MacExpertEncoding"})
_COLLECTIONS: Final = frozenset({"GB1", "CNS1", "Japan1", "Korea1"})


def check_fonts(fonts: list[FontUse], *, unicode_needed: bool) -> Iterator[Finding]:
    """Breaches of the fonts that show text.

    Args:
        fonts: From :mod:`echeance.core.einvoice.pdfa.content`.
        unicode_needed: The file claims level A or U.
    """
    if len(fonts) > _MAX_FONTS:
        yield doubt(
            "6.2.11", f"Le fichier utilise {len(fonts)} polices : seules {_MAX_FONTS} sont vues."
        )
    for use in fonts[:_MAX_FONTS]:
        yield from _font(use, unicode_needed=unicode_needed)


def _font(use: FontUse, *, unicode_needed: bool) -> Iterator[Finding]:
    font = use.font
    label = pdfs.name(pdfs.entry(font, "/BaseFont")).removeprefix("/") or "sans nom"
    kind = pdfs.name(pdfs.entry(font, "/Subtype"))
    if _lacks_unicode(font, kind):
        report = breach if unicode_needed else doubt
        yield report(
            "6.2.11.7",
            f"La police {label} n'a pas de table Unicode (ToUnicode) : son texte ne peut être ni "
            "cherché ni copié.",
        )
    if kind == "/Type3":
        return
    if kind != "/Type0" and kind not in _SIMPLE:
        yield breach("6.2.11.2", f"La police {label} est d'un type inconnu ({kind or 'absent'}).")
        return
    descendants = pdfs.elements(pdfs.entry(font, "/DescendantFonts"))
    described = font if kind in _SIMPLE else (descendants or [None])[0]
    descriptor = pdfs.entry(described, "/FontDescriptor")
    streams = [pdfs.entry(descriptor, f"/FontFile{version}") for version in ("", "2", "3")]
    embedded = next((stream for stream in streams if pdfs.is_stream(stream)), None)
    if embedded is None:
        yield breach("6.2.11.4", f"La police {label} n'est pas incorporée au fichier.")
        return
    if embedded is streams[0]:  # Type 1 is a PostScript program: it is not run
        return
    shapes = program(embedded.read_bytes())
    if shapes is None:
        yield breach("6.2.11.4", f"Le programme incorporé de la police {label} est illisible.")
        return
    try:
        if kind == "/Type0":
            wrong = list(_composite(font, described, shapes, use.strings))
        else:
            wrong = list(_simple(font, descriptor, shapes, use.strings))
    except PROGRAM_ERRORS:
        yield breach("6.2.11.4", f"Le programme incorporé de la police {label} est illisible.")
        return
    if kind == "/Type0" and not _has_mapping(described):
        yield breach(
            "6.2.11.3", f"La police {label} ne dit pas quel glyphe a chaque code (CIDToGIDMap)."
        )
    absent = [code for code, _, real in wrong if real is None]
    if absent:
        yield breach(
            "6.2.11.8",
            f"La police {label} n'a pas le glyphe de {len(absent)} des codes imprimés, dont "
            f"{absent[0]}.",
        )
    different = [(code, said, real) for code, said, real in wrong if real is not None]
    if different:
        code, said, real = different[0]
        yield breach(
            "6.2.11.5",
            f"La police {label} annonce des largeurs fausses pour {len(different)} caractères : "
            f"le code {code} mesure {real:.0f}, pas {said:.0f}.",
        )


def _lacks_unicode(font: Any, kind: str) -> bool:
    """Whether neither a table nor the encoding says what the codes mean (6.2.11.7.2)."""
    if pdfs.is_stream(pdfs.entry(font, "/ToUnicode")):
        return False
    if kind == "/Type0":
        descendant = (pdfs.elements(pdfs.entry(font, "/DescendantFonts")) or [None])[0]
        ordering = pdfs.entry(descendant, "/CIDSystemInfo", "/Ordering")
        return pdfs.text(ordering) not in _COLLECTIONS
    encoding = pdfs.entry(font, "/Encoding")
    if pdfs.is_dictionary(encoding):
        # Names of glyphs speak for themselves as long as they are of Adobe's list.
        names = [pdfs.name(item) for item in pdfs.elements(encoding.get("/Differences"))]
        return any(_character(name) == "" for name in names if name)
    return pdfs.name(encoding) not in _SELF_EVIDENT


def _character(glyph_name: str) -> str:
    from fontTools.agl import toUnicode

    return str(toUnicode(glyph_name.removeprefix("/")))


# Composite fonts

# A code, the width the PDF says, the width of its glyph; None when there is no such glyph.
_Width = tuple[int, Decimal, Decimal | None]


def _composite(
    font: Any, descendant: Any, shapes: TrueType | Cff, strings: set[bytes]
) -> Iterator[_Width]:
    """Codes whose width in ``/W`` is not that of the glyph: ``(cid, said, real)``."""
    if pdfs.name(pdfs.entry(font, "/Encoding")) not in {"/Identity-H", "/Identity-V"}:
        return  # another CMap: which CID a code means would have to be read there
    widths = _widths_by_cid(descendant)
    default = _number(pdfs.entry(descendant, "/DW"), 1000)
    mapping = pdfs.entry(descendant, "/CIDToGIDMap")
    table = mapping.read_bytes() if pdfs.is_stream(mapping) else b""
    cids = {
        int.from_bytes(text[place : place + 2])
        for text in strings
        for place in range(0, len(text) - 1, 2)
    }
    for cid in sorted(cids):
        gid: int | None = cid
        if isinstance(shapes, Cff):
            gid = shapes.gid_of_cid(cid)
        elif table:
            gid = int.from_bytes(table[2 * cid : 2 * cid + 2])
        said = widths.get(cid, default)
        real = shapes.width(gid) if gid else None  # glyph 0 is .notdef, "none"
        if real is None or abs(real - said) > _TOLERANCE:
            yield cid, said, real


def _has_mapping(descendant: Any) -> bool:
    if pdfs.name(pdfs.entry(descendant, "/Subtype")) != "/CIDFontType2":
        return True
    mapping = pdfs.entry(descendant, "/CIDToGIDMap")
    return pdfs.is_stream(mapping) or pdfs.name(mapping) == "/Identity"


def _widths_by_cid(descendant: Any) -> dict[int, Decimal]:
    """``/W``: ``c [w1 w2 …]`` or ``first last w`` (ISO 32000-1 9.7.4.3)."""
    widths: dict[int, Decimal] = {}
    items = iter(pdfs.elements(pdfs.entry(descendant, "/W")))
    for first in items:
        following = next(items, None)
        start = int(_number(first, 0))
        if listed := pdfs.elements(following):
            widths.update((start + place, _number(item, 0)) for place, item in enumerate(listed))
        else:
            end = min(int(_number(following, -1)), start + _MAX_WIDTHS)
            same = _number(next(items, None), 0)
            widths.update(dict.fromkeys(range(start, end + 1), same))
        if len(widths) > _MAX_WIDTHS:
            break
    return widths


def _number(item: Any, otherwise: int) -> Decimal:
    return Decimal(item if isinstance(item, int | Decimal) else otherwise)


# Simple fonts


def _simple(
    font: Any, descriptor: Any, shapes: TrueType | Cff, strings: set[bytes]
) -> Iterator[_Width]:
    """Codes whose width in ``/Widths`` is not that of the glyph, when it can be told which."""
    first = pdfs.whole(pdfs.entry(font, "/FirstChar")) or 0
    widths = pdfs.elements(pdfs.entry(font, "/Widths"))
    missing = _number(pdfs.entry(descriptor, "/MissingWidth"), 0)
    flags = pdfs.whole(pdfs.entry(descriptor, "/Flags")) or 0
    symbolic = bool(flags & _SYMBOLIC)
    characters = _characters(pdfs.entry(font, "/Encoding"))
    for code in sorted(set(b"".join(strings))):
        gid = _gid(shapes, code, characters, symbolic=symbolic)
        real = shapes.width(gid) if gid else None
        if real is None:
            continue
        place = code - first
        said = _number(widths[place], 0) if 0 <= place < len(widths) else missing
        if abs(real - said) > _TOLERANCE:
            yield code, said, real


def _characters(encoding: Any) -> dict[int, tuple[str, str]]:
    """Code to ``(character, glyph name)`` of the PDF's encoding; names for differences only."""
    base = pdfs.name(encoding) or pdfs.name(pdfs.entry(encoding, "/BaseEncoding"))
    characters: dict[int, tuple[str, str]] = {}
    if codec := _ENCODINGS.get(base):
        for code in range(32, 256):
            characters[code] = (bytes([code]).decode(codec, "ignore"), "")
    code = 0
    for item in pdfs.elements(pdfs.entry(encoding, "/Differences")):
        if named := pdfs.name(item):
            found = _character(named)
            characters[code] = (found if len(found) == 1 else "", named.removeprefix("/"))
            code += 1
        else:
            code = pdfs.whole(item) or 0
    return characters


def _gid(
    shapes: TrueType | Cff, code: int, characters: dict[int, tuple[str, str]], *, symbolic: bool
) -> int | None:
    character, name = characters.get(code, ("", ""))
    if isinstance(shapes, TrueType):
        return shapes.gid_of_code(code, character, symbolic=symbolic)
    if not name and character:
        from fontTools.agl import UV2AGL

        name = UV2AGL.get(ord(character), "")
    return shapes.gid_of_name.get(name) if name else None
