"""Short messages: what a text may be, and the numbers it goes to.

Sources: 3GPP TS 23.038 (alphabet of seven bits, 160 characters; 70 in UCS-2), TS 23.040 (a text in
two parts: 153 each, or 67), ITU-T E.164 (numbers).
"""

from __future__ import annotations

import re
from typing import Final

PARTS_MAX: Final = 2
_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED: Final = frozenset("^{}\\[~]|€")
_SPACES: Final = str.maketrans({"\u202f": " ", "\xa0": " ", "’": "'", "«": '"', "»": '"'})
_NUMBER: Final = re.compile(r"\+[1-9]\d{7,14}")
_SEPARATORS: Final = re.compile(r"[\s.()-]+")


def phone_number(text: str) -> str:
    """A number as providers want it (E.164); "" when it is none. French ones may begin with 0.

    >>> phone_number("06 12 34 56 78"), phone_number("+33 6 12 34 56 78"), phone_number("demain")
    ('+33612345678', '+33612345678', '')
    """
    bare = _SEPARATORS.sub("", text.strip())
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    elif bare.startswith("0") and len(bare) == 10:
        bare = f"+33{bare[1:]}"
    return bare if _NUMBER.fullmatch(bare) else ""


def plain_text(text: str) -> str:
    r"""A text as phones show it: spaces and quotes that every alphabet has.

    >>> plain_text("1\u202f200,00\xa0€")
    '1 200,00 €'
    """
    return " ".join(text.translate(_SPACES).split())


def parts(text: str) -> int:
    """How many short messages a text takes.

    >>> parts("a" * 160), parts("a" * 161), parts("€" * 81), parts("ê" * 70), parts("ê" * 71)
    (1, 2, 2, 1, 2)
    """
    wide = [char for char in text if char not in _BASIC and char not in _EXTENDED]
    if wide:
        length = sum(2 if ord(char) > 0xFFFF else 1 for char in text)
        return 1 if length <= 70 else -(-length // 67)
    length = sum(2 if char in _EXTENDED else 1 for char in text)
    return 1 if length <= 160 else -(-length // 153)
