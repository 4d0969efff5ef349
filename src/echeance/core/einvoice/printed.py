"""What a page prints, as values: its amounts, its days, its accounts, and the words beside them.

A page is read as generously as a person would: "1 234,56", "1.234,56" and "1,234.56" are the same
amount, and where two readings are possible ("2 149,90" may be a quantity and a price) both count.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.core.identifiers import Iban, Siren, Siret

_BLANKS: Final = re.compile(r"[^\S\n]+")
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")

# At most 10^18: groups are bounded so that no text takes more than linear time.
_GROUPED: Final = r"\d{1,3}(?:[ .,']\d{3}){1,5}"
_AMOUNT: Final = re.compile(rf"(?<!\d)(?:{_GROUPED}|\d{{1,18}})(?:[.,]\d{{1,3}})?(?!\d)")
_LABELLED_AMOUNT: Final = rf"-? ?(?:{_GROUPED}|\d{{1,18}})[.,]\d{{2}}(?!\d)(?! ?%)"
_LABELLED_WHOLE: Final = rf"-? ?(?:{_GROUPED}|\d{{1,18}})(?![\d.,])(?! ?%)"

_MONTHS: Final = {
    word: number
    for number, words in enumerate(
        (
            "janvier janv jan january",
            "fevrier fevr fev february feb",
            "mars march mar",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "aout august aug",
            "septembre sept sep september",
            "octobre oct october",
            "novembre nov november",
            "decembre dec december",
        ),
        start=1,
    )
    for word in words.split()
}
_MONTH: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY: Final = (
    r"(?<!\d)(?:"
    r"\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})|\d{4}[/.-]\d{1,2}[/.-]\d{1,2}"
    rf"|\d{{1,2}}(?:er|st|nd|rd|th)?[ -](?:{_MONTH})\.?,?[ -]\d{{4}}"
    rf"|(?:{_MONTH})\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
    r")(?!\d)"
)
_DAYS: Final = re.compile(_DAY)
_ACCOUNT: Final = re.compile(r"(?<![a-z0-9])[a-z]{2} ?\d{2}(?: ?[a-z0-9]){11,30}")
_IDENTITY: Final = re.compile(r"(?<![a-z])(?:siren|siret)[^0-9\n]{0,15}(\d[\d .]{8,20})")
_NUMBERED: Final = re.compile(
    r"(?<![a-z])(?:facture|avoir|invoice|credit note)"
    r"(?: ?n°| no\.?| numero| number| #)? ?:? ?#?([a-z0-9][a-z0-9/_.-]*\d[a-z0-9/_.-]*)"
    r"|^(?:n°|no\.) ?:? ?([a-z0-9][a-z0-9/_.-]*\d[a-z0-9/_.-]*)",
    re.MULTILINE,
)


def plain(text: str) -> str:
    """Lower case, no accent, one blank between words, no empty line.

    >>> plain("Net à payer :  1 234,56 €")
    'net a payer : 1 234,56 €'
    """
    letters = unicodedata.normalize("NFKD", text.replace("\r", "\n")).casefold()
    bare = "".join(sign for sign in letters if not unicodedata.combining(sign))
    bare = bare.translate(_DASHES).replace("’", "'")
    lines = (_BLANKS.sub(" ", line).strip() for line in bare.split("\n"))
    return "\n".join(line for line in lines if line)


class Page:
    """The text of a document, searched by kind of value.

    Attributes:
        text: As :func:`plain` makes it.
        compact: The same without any blank.
    """

    def __init__(self, text: str) -> None:
        self.text = plain(text)
        self.compact = "".join(self.text.split())

    def amounts(self) -> set[Decimal]:
        """Every amount that the text may be read to print, without its sign."""
        return {value for match in _AMOUNT.finditer(self.text) for value in readings(match[0])}

    def amounts_beside(self, labels: str, places: int) -> list[list[Decimal]]:
        """The readings of each amount that follows one of the labels on the same line.

        Args:
            labels: A regular expression of plain text.
            places: Decimals of the currency: without any, whole numbers are amounts.
        """
        value = _LABELLED_AMOUNT if places else _LABELLED_WHOLE
        pattern = rf"(?<![a-z])(?:{labels})[ .:=()€-]{{0,12}}(?:eur|euros)?[ .:)-]{{0,6}}({value})"
        return [readings(match[1].strip("- ")) for match in re.finditer(pattern, self.text)]

    def days(self) -> set[date]:
        """Every day that the text may be read to print."""
        return {day for match in _DAYS.finditer(self.text) for day in days(match[0])}

    def days_beside(self, labels: str) -> list[list[date]]:
        """The readings of each day that follows one of the labels.

        On the same line; or on the next, when the label stands alone between two lines with
        figures (columns of labels are read before their columns of values).
        """
        beside = rf"(?<![a-z])(?:{labels})[ .:-]{{0,6}}({_DAY})"
        below = rf"^[^\n]*\d[^\n]*\n(?:{labels}) ?:?\n({_DAY})$"
        return [
            days(match[1])
            for pattern in (beside, below)
            for match in re.finditer(pattern, self.text, re.MULTILINE)
        ]

    def accounts(self) -> set[str]:
        """The valid IBANs, without blanks, in upper case."""
        found: set[str] = set()
        for match in _ACCOUNT.finditer(self.text):
            bare = match[0].replace(" ", "").upper()
            found.update(
                bare[:end] for end in range(15, len(bare) + 1) if Iban.is_valid(bare[:end])
            )
        return found

    def sirens(self) -> set[str]:
        """The valid SIREN announced as such, or by a SIRET."""
        found = set()
        for match in _IDENTITY.finditer(self.text):
            digits = re.sub(r"[ .]", "", match[1])
            if Siret.is_valid(digits[:14]) or Siren.is_valid(digits[:9]):
                found.add(digits[:9])
        return found

    def has_word(self, word: str) -> bool:
        """Whether a word stands in the text, whole."""
        pattern = rf"(?<![a-z0-9]){re.escape(plain(word))}(?![a-z0-9])"
        return re.search(pattern, self.text) is not None

    def numbers(self) -> Iterator[str]:
        """Numbers announced as those of an invoice or a credit note, as printed in lower case."""
        for match in _NUMBERED.finditer(self.text):
            yield (match[1] or match[2]).strip("-_./")


def readings(token: str) -> list[Decimal]:
    """What a figure may mean, the whole of it first.

    >>> [str(value) for value in readings("2 149,90")]
    ['2149.90', '149.90']
    >>> [str(value) for value in readings("1,234.56")]
    ['1234.56']
    >>> [str(value) for value in readings("1.234")]
    ['1234', '1.234']
    """
    found: list[Decimal] = []
    for text in _tails(token):
        head, mark, tail = text, "", ""
        for place in range(len(text) - 1, -1, -1):
            if text[place] in ".,":
                head, mark, tail = text[:place], text[place], text[place + 1 :]
                break
        digits = re.sub(r"[ .,']", "", head)
        if mark and len(tail) == 3:
            found.append(Decimal(digits + tail))
        if mark and mark not in head:
            found.append(Decimal(f"{digits}.{tail}"))
        elif not mark:
            found.append(Decimal(digits))
    return found


def _tails(token: str) -> list[str]:
    """The token, and what is left of it after each of its blanks."""
    parts = token.split(" ")
    return [" ".join(parts[place:]) for place in range(len(parts))]


def days(token: str) -> list[date]:
    """The days that a text may mean: the French order first, then the American one.

    >>> days("02/03/2026"), days("24 novembre 2026")
    ([datetime.date(2026, 3, 2), datetime.date(2026, 2, 3)], [datetime.date(2026, 11, 24)])
    """
    word = re.search(_MONTH, token)
    figures = [int(part) for part in re.findall(r"\d+", token)]
    if word:
        day, year = figures
        orders = [(year, _MONTHS[word[0]], day)]
    elif len(re.match(r"\d+", token)[0]) == 4:  # type: ignore[index]  # it starts with a figure
        orders = [(figures[0], figures[1], figures[2])]
    else:
        first, second, year = figures
        year += 2000 if year < 100 else 0
        orders = [(year, second, first), (year, first, second)]
    return [date(*order) for order in dict.fromkeys(orders) if _exists(*order)]


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
