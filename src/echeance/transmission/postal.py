"""Addresses as the post reads them.

Source: NF Z 10-011 (January 2013): six lines of 38 characters at most, no punctuation, the last
line of a French address and the country in capitals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

LINES_MAX: Final = 6
WIDTH_MAX: Final = 38

_CITY: Final = re.compile(r"\d{5} \S")
_MARKS: Final = re.compile(r"[,;.]+(?=\s|$)")


def postal_lines(address: Sequence[str]) -> tuple[str, ...]:
    """Lines as they are printed in the window.

    Punctuation goes, long lines are cut between words, the line of the town and what is below it
    are in capitals.

    >>> postal_lines(["Boulangerie Lefèvre", "3, place du Marché", "13001 Marseille"])
    ('Boulangerie Lefèvre', '3 place du Marché', '13001 MARSEILLE')
    """
    lines: list[str] = []
    in_town = False
    for text in address:
        bare = " ".join(_MARKS.sub(" ", text).split())
        if not bare:
            continue
        in_town = in_town or bool(_CITY.match(bare))
        lines += _cut(bare.upper() if in_town else bare)
    return tuple(lines)


def problem(address: Sequence[str]) -> str:
    """Why a letter cannot be posted there, as a French clause; "" when it can.

    >>> problem(["Boulangerie Lefèvre"])
    "l'adresse n'a ni rue ni ville"
    """
    lines = postal_lines(address)
    if len(lines) < 3:
        return "l'adresse n'a ni rue ni ville" if len(lines) < 2 else "l'adresse est incomplète"
    if len(lines) > LINES_MAX:
        return f"l'adresse dépasse {LINES_MAX} lignes de {WIDTH_MAX} caractères"
    return ""


def _cut(text: str) -> list[str]:
    """Lines of 38 characters at most, cut between words; a longer word is cut itself."""
    lines = [""]
    for word in text.split():
        for part in (word[at : at + WIDTH_MAX] for at in range(0, len(word), WIDTH_MAX)):
            joined = f"{lines[-1]} {part}".strip()
            if len(joined) <= WIDTH_MAX:
                lines[-1] = joined
            else:
                lines.append(part)
    return lines
