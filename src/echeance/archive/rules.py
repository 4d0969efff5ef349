"""How long files are kept, what they are called, and the words they are found by."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from echeance.core.dates import add_years

RETENTION_YEARS = 10
TEXT_CHARACTERS = 200_000
WORD_CHARACTERS = 64

_WORD = re.compile(r"[^\W_]+")
_DIGIT_GROUPS = re.compile(r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae"})


def retention_date(fiscal_year_end: date) -> date:
    """Last day a voucher is kept: ten years from the closing of its fiscal year.

    Sources: C. com. L123-22; LPF L102 B (ten years from 01/01/2027, loi 2026-534 art. 36).

    >>> retention_date(date(2026, 12, 31))
    datetime.date(2036, 12, 31)
    """
    return add_years(fiscal_year_end, RETENTION_YEARS)


def clean_filename(name: str) -> str:
    r"""A name that is a name: no folder, no control character, at most 200 characters.

    >>> clean_filename("../../etc/pass\nwd"), clean_filename("..")
    ('passwd', 'fichier')
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    return kept.strip(" .")[-200:] or "fichier"


def words(text: str) -> list[str]:
    """The words of a text without case or accents, each once, in their order.

    Both engines then index the same words, whatever their own idea of one.

    >>> words("Échéance : l'œuvre n° FA-2026-00012")
    ['echeance', 'l', 'oeuvre', 'n', 'fa', '2026', '00012']
    """
    flat = unicodedata.normalize("NFKD", text.translate(_LIGATURES).casefold())
    bare = "".join(char for char in flat if not unicodedata.combining(char))
    return list(dict.fromkeys(word[:WORD_CHARACTERS] for word in _WORD.findall(bare)))


def indexed_text(text: str) -> str:
    """What is kept for search: the words, and numbers written in groups once more in one piece.

    >>> indexed_text("SIREN 404 833 048")
    'siren 404 833 048 404833048'
    """
    text = text[:TEXT_CHARACTERS]
    joined = " ".join(_joined(match) for match in _DIGIT_GROUPS.finditer(text))
    return " ".join(words(f"{text} {joined}"))


def searched_words(text: str) -> list[str]:
    """The words a search asks for; a number written in groups is one word.

    >>> searched_words("Dupont 1 234,50")
    ['dupont', '1234', '50']
    """
    return words(_DIGIT_GROUPS.sub(_joined, text[:500]))


def _joined(match: re.Match[str]) -> str:
    return re.sub(r"\D", "", match.group())
