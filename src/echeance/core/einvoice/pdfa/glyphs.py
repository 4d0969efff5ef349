"""Advance widths inside an embedded font program, in thousandths of an em.

Only what is needed to compare with the widths of the PDF is read, by fontTools, which is pure
Python: a hostile program can waste time but not memory of others, and the time is bounded here.

Source: ISO 32000-1 9.6 to 9.9; Adobe notes 5176 (CFF) and 5177 (Type 2 charstrings).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import cache, cached_property
from io import BytesIO
from typing import Any, Final

MAX_PROGRAM_BYTES: Final = 8 * 1024 * 1024
_MAX_CALLS: Final = 10_000

# fontTools answers a broken program with whatever its code stumbles on.
PROGRAM_ERRORS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    RecursionError,
    struct.error,
    TypeError,
    ValueError,
)


class Program:
    """A font program; ``width(gid)`` is ``None`` when there is no such glyph."""

    def __init__(self, glyphs: int, width: Callable[[int], Decimal]) -> None:
        self._glyphs = glyphs
        self._width = width

    def width(self, gid: int) -> Decimal | None:
        """Advance width of a glyph in thousandths of an em."""
        return self._width(gid) if 0 <= gid < self._glyphs else None


class TrueType(Program):
    """``/FontFile2``, or OpenType with TrueType outlines."""

    def __init__(self, font: Any) -> None:
        scale = Decimal(1000) / int.from_bytes(font.reader["head"][18:20])
        metrics = font.reader["hmtx"]
        # The last advance width of the table is that of all the glyphs that follow.
        last = int.from_bytes(font.reader["hhea"][34:36]) - 1

        def width(gid: int) -> Decimal:
            place = 4 * min(gid, last)
            return scale * int.from_bytes(metrics[place : place + 2])

        super().__init__(int.from_bytes(font.reader["maxp"][4:6]), width)
        self._font = font

    def gid_of_code(self, code: int, character: str, *, symbolic: bool) -> int | None:
        """The glyph of a one-byte code (ISO 32000-1 9.6.6.4); ``None`` when it cannot be told.

        Args:
            code: 0 to 255.
            character: What the encoding of the PDF says it is, "" when it has none.
            symbolic: The flag of the font's descriptor.
        """
        tables = {
            (table.platformID, table.platEncID): table.cmap for table in self._font["cmap"].tables
        }
        if not symbolic and character:
            found = tables.get((3, 1), {}).get(ord(character))
            return None if found is None else int(self._font.getGlyphID(found))
        for platform in ((3, 0), (1, 0)):
            table = tables.get(platform, {})
            for place in (code, 0xF000 + code):
                if place in table:
                    return int(self._font.getGlyphID(table[place]))
        return None


class Cff(Program):
    """``/FontFile3``: a bare CFF, or the one inside an OpenType file.

    ``gid_of_cid`` is the charset of a CID-keyed font, ``gid_of_name`` that of another.
    """

    def __init__(self, top: Any, global_subrs: Any) -> None:
        strings = top.CharStrings
        names = top.charset
        matrix = getattr(top, "FontMatrix", None)
        scale = 1000 * Decimal(matrix[0]) if matrix else Decimal(1)

        def width(gid: int) -> Decimal:
            return scale * _charstring_width(strings[names[gid]], global_subrs)

        super().__init__(len(names), width)
        self.is_cid_keyed = hasattr(top, "ROS")
        self._names = names

    @cached_property
    def gid_of_name(self) -> dict[str, int]:
        """Glyph of each name; ``cid00001`` for a CID-keyed font."""
        return {name: gid for gid, name in enumerate(self._names)}

    def gid_of_cid(self, cid: int) -> int | None:
        """Glyph of a CID: by the charset when there is one, else they are the same number."""
        if not self.is_cid_keyed:
            return cid
        return self.gid_of_name.get(f"cid{cid:05d}")


def program(content: bytes) -> TrueType | Cff | None:
    """Read a font program; ``None`` when it is none that can be read.

    Args:
        content: TrueType, OpenType or bare CFF. A Type 1 program is PostScript, which is not run.
    """
    from fontTools.cffLib import CFFFontSet
    from fontTools.ttLib import TTFont, TTLibError

    if len(content) > MAX_PROGRAM_BYTES:
        return None
    try:
        if content[:4] in {b"\x00\x01\x00\x00", b"true"}:
            return TrueType(TTFont(BytesIO(content), lazy=True))
        if content[:4] == b"OTTO":
            fonts = TTFont(BytesIO(content), lazy=True)["CFF "].cff
        elif content[:1] == b"\x01":
            fonts = CFFFontSet()
            fonts.decompile(BytesIO(content), None)
        else:
            return None
        return Cff(fonts[0], fonts.GlobalSubrs)
    except (TTLibError, *PROGRAM_ERRORS):
        return None


class _WidthFound(Exception):  # noqa: N818  a way out, not an error
    """The width stands before the first path, so the rest need not be run."""


@cache
def _extractor() -> Any:
    """A width reader that stops at the width, and after so many calls of subroutines.

    Made on first use: fontTools is loaded only when a font is looked at.
    """
    from fontTools.misc.psCharStrings import T2WidthExtractor

    class Extractor(T2WidthExtractor):  # type: ignore[misc]
        calls = 0

        def execute(self, charstring: Any) -> None:
            self.calls += 1
            if self.calls > _MAX_CALLS:
                raise ValueError("too many calls")
            super().execute(charstring)

        def popallWidth(self, evenOdd: int = 0) -> Any:  # noqa: N802, N803  fontTools' own names
            super().popallWidth(evenOdd)
            raise _WidthFound

    return Extractor


def _charstring_width(charstring: Any, global_subrs: Any) -> Decimal:
    private = charstring.private
    extractor = _extractor()(
        getattr(private, "Subrs", []),
        global_subrs,
        private.nominalWidthX,
        private.defaultWidthX,
        private,
    )
    with suppress(_WidthFound):
        extractor.execute(charstring)
    return Decimal(extractor.width)
