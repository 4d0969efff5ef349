"""How long files are kept, what they are called, and the words they are found by."""

from __future__ import annotations

import re
from datetime import date

from echeance.core.dates import add_years
from echeance.core.words import clean_line, words

RETENTION_YEARS = 10
TEXT_CHARACTERS = 200_000
WORD_CHARACTERS = 64

_DIGIT_GROUPS = re.compile(r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)")


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
    ('pass wd', 'fichier')
    """
    last = re.split(r"[/\\]", name)[-1]
    return clean_line(last).strip(" .")[-200:] or "fichier"


def indexed_text(text: str) -> str:
    """What is kept for search: the words, and numbers written in groups once more in one piece.

    >>> indexed_text("SIREN 404 833 048")
    'siren 404 833 048 404833048'
    """
    text = text[:TEXT_CHARACTERS]
    joined = " ".join(_joined(match) for match in _DIGIT_GROUPS.finditer(text))
    return " ".join(_distinct(f"{text} {joined}"))


def searched_words(text: str) -> list[str]:
    """The words a search asks for; a number written in groups is one word.

    >>> searched_words("Dupont 1 234,50")
    ['dupont', '1234', '50']
    """
    return _distinct(_DIGIT_GROUPS.sub(_joined, text[:500]))


def _distinct(text: str) -> list[str]:
    return list(dict.fromkeys(word[:WORD_CHARACTERS] for word in words(text)))


def _joined(match: re.Match[str]) -> str:
    return re.sub(r"\D", "", match.group())
