"""Amounts, numbers and days as the reader of each language writes them.

French is the house's own (:mod:`echeance.core.money`); English has the code of the currency and
ISO days, that no reader mistakes; the others are those of the CLDR, through Babel.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from echeance.core.money import NO_BREAK_SPACE, decimals, format_amount, format_number

LOCALES: Final = {
    "fr": "fr_FR",
    "en": "en_GB",
    "de": "de_DE",
    "es": "es_ES",
    "it": "it_IT",
    "nl": "nl_NL",
    "pt": "pt_PT",
}
"""CLDR locale of each language."""

_DATE_FORMATS: Final = {
    "fr": "%d/%m/%Y",
    "en": "%Y-%m-%d",
    "de": "%d.%m.%Y",
    "es": "%d/%m/%Y",
    "it": "%d/%m/%Y",
    "nl": "%d-%m-%Y",
    "pt": "%d/%m/%Y",
}
_TIGHT_PERCENT: Final = frozenset({"en", "it", "nl", "pt"})


def amount_in(language: str, value: Decimal, currency: str) -> str:
    r"""An amount with its currency.

    >>> amount_in("de", Decimal("1234.5"), "EUR") == "1.234,50\u00a0€"
    True
    >>> amount_in("en", Decimal("1234.5"), "USD") == "USD\u00a01,234.50"
    True
    """
    if language == "fr":
        return format_amount(value, currency)
    if language == "en":
        return f"{currency}{NO_BREAK_SPACE}{value:,.{decimals(currency)}f}"
    from babel.numbers import format_currency

    return format_currency(value, currency, locale=LOCALES[language])


def number_in(language: str, value: Decimal, fewest: int = 0) -> str:
    """A number with the decimals it has, at least ``fewest``.

    >>> number_in("it", Decimal("1234.50"), 2), number_in("de", Decimal("3.50"))
    ('1.234,50', '3,5')
    """
    places = max(fewest, -int(value.normalize().as_tuple().exponent))
    if language == "fr":
        return format_number(value, places)
    if language == "en":
        return f"{value:,.{places}f}"
    from babel.numbers import format_decimal

    pattern = f"#,##0.{'0' * places}" if places > 0 else "#,##0"
    return format_decimal(value, format=pattern, locale=LOCALES[language])


def percent_in(language: str, value: Decimal) -> str:
    """A number of per cent; whether a blank comes before the sign is the language's.

    >>> percent_in("nl", Decimal("5.5"))
    '5,5%'
    """
    blank = "" if language in _TIGHT_PERCENT else NO_BREAK_SPACE
    return f"{number_in(language, value)}{blank}%"


def day_in(language: str, value: date) -> str:
    """A day in figures.

    >>> day_in("nl", date(2026, 11, 24)), day_in("en", date(2026, 11, 24))
    ('24-11-2026', '2026-11-24')
    """
    return value.strftime(_DATE_FORMATS[language])
