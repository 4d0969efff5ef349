"""What of a reminder a person may rewrite: its sentences, never its figures. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

_FIGURE = re.compile(r"\d(?:[\d\u202f\u00a0 .,/-]*\d)?")
_AMOUNT = re.compile(r"(\d(?:[\d\u202f\u00a0 .,]*\d)?)[\u202f\u00a0 ]?(?:€|EUR\b|euros?\b)")
_BLANKS = re.compile(r"[\u202f\u00a0 ]+")


def _plain(text: str) -> str:
    return _BLANKS.sub(" ", text)


def changed_figure(before: str, after: str, references: Collection[str] = ()) -> str:
    """The first figure of a text that its new wording lacks, or an amount it adds; empty if none.

    Figures are runs of digits with their separators: amounts, dates, days, an IBAN, the number of
    an invoice. All of the former ones stay, as often; words may bring others, such as a telephone
    number, but no amount of money. Kinds of blank do not matter.

    Args:
        before: The text as it was written.
        after: As a person rewrote it.
        references: Numbers of the documents named: each stays whole.

    >>> changed_figure("F-1 : 120,00 €, échue le 02/11/2026", "Payez 120,00 € de F-1 (02/11/2026).")
    ''
    >>> changed_figure("F-1 : 120,00 €", "F-1 : 110,00 €")
    '120,00'
    >>> changed_figure("F-1 : 120,00 €", "F-1 : 120,00 €, ou 100 euros demain")
    '100'
    """
    before, after = _plain(before), _plain(after)
    for reference in references:
        if reference in before and reference not in after:
            return reference
    was: Counter[str] = Counter(_FIGURE.findall(before))
    now: Counter[str] = Counter(_FIGURE.findall(after))
    for figure, times in was.items():
        if now[figure] < times:
            return figure
    owed: Counter[str] = Counter(_AMOUNT.findall(before))
    asked: Counter[str] = Counter(_AMOUNT.findall(after))
    return next((amount for amount, times in asked.items() if times > owed[amount]), "")
