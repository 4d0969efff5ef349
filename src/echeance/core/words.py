"""Words without case or accents: the one way texts are compared and searched."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae"})


def fold(text: str) -> str:
    """A text in lower case without accents or ligatures.

    >>> fold("Échéance de l'Œuvre")
    "echeance de l'oeuvre"
    """
    flat = unicodedata.normalize("NFKD", text.translate(_LIGATURES).casefold())
    return "".join(char for char in flat if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The folded words of a text, letters and digits only, in their order.

    >>> words("Échéance n° FA-2026_00012")
    ['echeance', 'n', 'fa', '2026', '00012']
    """
    return _WORD.findall(fold(text))


def clean_line(text: str) -> str:
    r"""A text on one line: runs of blanks become one space, control characters go.

    What a person types or a file holds ends in XML, in mail headers and on paper, where a line
    break or an invisible character is a fault or an attack.

    >>> clean_line("  Dupont\r\nBcc: x\u200b\x07 "), clean_line("a \x1b\r b")
    ('Dupont Bcc: x', 'a b')
    """
    if text.isprintable():  # neither control nor invisible character, nor blank but the space
        return " ".join(text.split())
    # Controls go first: one between two blanks would leave both.
    seen = (char for char in text if char.isspace() or unicodedata.category(char)[0] != "C")
    return " ".join("".join(seen).split())
