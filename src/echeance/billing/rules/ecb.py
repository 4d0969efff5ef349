"""The daily file of rates of the European Central Bank (eurofxref): hostile until read.

Source: https://www.ecb.europa.eu/stats/eurofxref (``Cube time="…"`` holds ``Cube currency rate``,
one euro being worth ``rate`` of the currency).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from echeance.billing.errors import RateFileError
from echeance.billing.types import RateFacts
from echeance.core.einvoice.xml import parse_xml

SOURCE: Final = "BCE"
RATES_MAX: Final = 50_000
_CURRENCY_SIZE: Final = 3
_PLACES: Final = 6


def read_rates(content: bytes, filename: str = "") -> list[RateFacts]:
    """Rates of a file, in its order.

    Raises:
        RateFileError: It holds no rate, or one that cannot be.
        FileError: It is no XML a machine should read (see ``core.einvoice.xml``).
    """
    root = parse_xml(content, filename)
    found: list[RateFacts] = []
    for day in root.iter("{*}Cube"):
        time = day.get("time")
        if time is None:
            continue
        on = _day(time, filename)
        for cube in day.iterchildren("{*}Cube"):
            found.append(_rate(cube.get("currency") or "", cube.get("rate") or "", on, filename))
            if len(found) > RATES_MAX:
                raise RateFileError(filename, f"il a plus de {RATES_MAX} cours")
    if not found:
        raise RateFileError(filename, "il ne contient aucun cours")
    return found


def _day(text: str, filename: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RateFileError(filename, f"« {text[:20]} » n'est pas un jour") from error


def _rate(currency: str, text: str, on: date, filename: str) -> RateFacts:
    try:
        rate = Decimal(text)
    except InvalidOperation as error:
        raise RateFileError(filename, f"« {text[:20]} » n'est pas un cours") from error
    fits = rate.is_finite() and 0 < rate < 10**9 and round(rate, _PLACES) == rate
    code = len(currency) == _CURRENCY_SIZE and currency.isascii() and currency.isalpha()
    if not fits or not code:
        raise RateFileError(filename, f"« {currency[:10]} {text[:20]} » n'est pas un cours")
    return RateFacts(currency.upper(), on, rate)
