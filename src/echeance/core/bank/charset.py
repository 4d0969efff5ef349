"""The characters that every bank of SEPA carries, and how any text is brought to them.

Source: EPC217-08, SEPA requirements for an extended character set (basic Latin set, and the
conversion of Greek and Bulgarian letters).
"""

from __future__ import annotations

import unicodedata
from typing import Final

ALLOWED: Final = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ "
)
"""The basic Latin set."""

_LETTERS: Final = {
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O",
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ı": "i",
    "€": "EUR", "&": "+", "’": "'", "‘": "'", "´": "'", "`": "'", "–": "-", "—": "-", "‑": "-",
    "_": "-", "«": "'", "»": "'", "“": "'", "”": "'", '"': "'", "[": "(", "]": ")", "{": "(",
    "}": ")", "…": "...", "@": "(at)", "№": "No", "º": "o", "°": "o",
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
    "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
    "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i",
    "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "h", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sht", "ъ": "a",
    "ы": "y", "ь": "y", "э": "e", "ю": "yu", "я": "ya", "ё": "e",
}  # fmt: skip
_SUBSTITUTE: Final = "."


def sepa_text(text: str, limit: int) -> str:
    r"""A text in the basic Latin set, on one line, cut to ``limit`` characters.

    Accents go, ligatures and Greek or Cyrillic letters are written out, control and invisible
    characters (direction marks, joiners) are dropped, any other character becomes a full stop.

    >>> sepa_text("Éts  Cœur & Fils — n° 12\u202e\n", 70)
    'Ets Coeur + Fils - no 12'
    >>> sepa_text("ΑΘΗΝΑ <b>", 70), sepa_text("日本", 70)
    ('ATHINA .b.', '..')
    """
    written = "".join(_written(char) for char in unicodedata.normalize("NFC", text))
    return " ".join(written.split())[:limit].strip()


def _written(char: str) -> str:
    if char in ALLOWED:
        return char
    if char.isspace():
        return " "
    if char in _LETTERS:
        return _LETTERS[char]
    lower = char.lower()
    if lower in _LETTERS:
        return _LETTERS[lower].upper()
    category = unicodedata.category(char)
    if category[0] in "CM" and category != "Co":
        return ""
    flat = "".join(
        _LETTERS.get(one, _LETTERS.get(one.lower(), one).upper() if one.isupper() else one)
        for one in unicodedata.normalize("NFKD", char)
        if not unicodedata.combining(one)
    )
    return "".join(one if one in ALLOWED else _SUBSTITUTE for one in flat)


def has_words(text: str) -> bool:
    """Whether a written text still says something: one letter or digit at least.

    >>> has_words("..."), has_words("D. 12")
    (False, True)
    """
    return any(char.isalnum() for char in text)


def sepa_reference(text: str, limit: int = 35) -> str:
    """A reference in the basic set: no blank, no slash at an end nor two in a row.

    >>> sepa_reference("/VIR 2026//007/")
    'VIR2026/007'
    """
    bare = sepa_text(text, len(text) * 4 + 1).replace(" ", "")
    parts = [part for part in bare.split("/") if part]
    return "/".join(parts)[:limit].strip("/")
