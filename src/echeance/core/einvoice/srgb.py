"""An sRGB colour profile, computed: the colours of the output intent of a PDF/A.

Source: IEC 61966-2-1 (primaries and curve of sRGB), ICC.1:2010 7 and 10 (form of a profile); the
primaries are adapted to D50 by the Bradford matrix of annex E.
"""

from __future__ import annotations

import struct
from functools import cache
from typing import Final

COMPONENTS: Final = 3

# Values of a 32-bit fixed-point number (s15Fixed16): units of 1/65536.
_WHITE: Final = (63190, 65536, 54061)
_RED: Final = (28574, 14581, 912)
_GREEN: Final = (25238, 46982, 6362)
_BLUE: Final = (9377, 3972, 46793)
# y = (a x + b) ** g above d, c x below: g, a, b, c, d.
_CURVE: Final = (157286, 62119, 3417, 5072, 2651)


@cache
def srgb_profile() -> bytes:
    """The profile, 4.2, for displays; always the same bytes.

    >>> profile = srgb_profile()
    >>> int.from_bytes(profile[:4]) == len(profile), profile[36:40]
    (True, b'acsp')
    """
    curve = b"para" + bytes(4) + struct.pack(">HH5i", 3, 0, *_CURVE)
    tags = [
        (b"desc", _text("sRGB")),
        (b"cprt", _text("CC0")),
        (b"wtpt", _xyz(_WHITE)),
        (b"rXYZ", _xyz(_RED)),
        (b"gXYZ", _xyz(_GREEN)),
        (b"bXYZ", _xyz(_BLUE)),
        *((name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")),
    ]
    table, data = struct.pack(">I", len(tags)), b""
    places: dict[bytes, int] = {}  # the three curves are one
    for name, content in tags:
        if content not in places:
            places[content] = 128 + 4 + 12 * len(tags) + len(data)
            data += content + bytes(-len(content) % 4)
        table += name + struct.pack(">II", places[content], len(content))
    return _header(128 + len(table) + len(data)) + table + data


def _header(size: int) -> bytes:
    created = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    start = struct.pack(">I4sI4s4s4s", size, b"", 0x04200000, b"mntr", b"RGB ", b"XYZ ")
    middle = created + b"acsp" + bytes(28)
    return (start + middle + struct.pack(">3i", *_WHITE)).ljust(128, b"\x00")


def _text(text: str) -> bytes:
    """``mluc``: one text, in English."""
    letters = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II4sII", 1, 12, b"enUS", len(letters), 28) + letters


def _xyz(values: tuple[int, int, int]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *values)
