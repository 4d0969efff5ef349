"""The address where a document is paid: a pattern of the company, filled for each document."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final
from urllib.parse import quote, urlsplit

BLANKS: Final = ("number", "amount", "currency", "reference")
"""What a pattern may name between braces: number, amount due, currency, reference to quote."""

_BLANK: Final = re.compile(r"{([^{}]*)}")
_MAX: Final = 300


def pattern_problem(pattern: str) -> str:
    """Why a pattern cannot be used, as a French clause; "" when it can.

    >>> pattern_problem("https://payer.example/{number}?montant={amount}")
    ''
    >>> pattern_problem("http://payer.example/{numero}")
    "l'adresse doit commencer par https://"
    """
    if not pattern:
        return ""
    if len(pattern) > _MAX:
        return f"l'adresse dépasse {_MAX} caractères"
    if any(sign.isspace() or not sign.isprintable() for sign in pattern):
        return "l'adresse contient un blanc"
    if not pattern.startswith("https://") or not urlsplit(pattern).hostname:
        return "l'adresse doit commencer par https://"
    if "{" in pattern.split("/")[2]:
        return "le nom du site ne peut pas changer d'un document à l'autre"
    unknown = [name for name in _BLANK.findall(pattern) if name not in BLANKS]
    if unknown or re.search(r"[{}]", _BLANK.sub("", pattern)):
        names = ", ".join(f"{{{name}}}" for name in BLANKS)
        return f"les seuls mots entre accolades sont {names}"
    return ""


def payment_link(
    pattern: str, *, number: str, amount: Decimal, currency: str, reference: str
) -> str:
    """The address of one document; "" without a pattern.

    >>> payment_link("https://payer.example/{number}?m={amount}", number="FA/7",
    ...              amount=Decimal("12.50"), currency="EUR", reference="FA/7")
    'https://payer.example/FA%2F7?m=12.50'
    """
    values = {
        "number": number,
        "amount": f"{amount:.2f}",
        "currency": currency,
        "reference": reference,
    }
    return _BLANK.sub(lambda match: quote(values[match[1]], safe=""), pattern)
