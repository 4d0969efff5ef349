"""Amounts of money: exact, rounded on purpose, never a float.

An amount is a ``Decimal`` in the currency unit (12.34 is twelve euros and 34 cents).
Rounding is half up, away from zero at the half, to the currency's decimals.
Source: EN 16931-1 BR-DEC-*, ISO 4217.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
CENT = Decimal("0.01")

# ISO 4217 minor units, only where they are not 2.
_DECIMALS = {"JPY": 0, "XPF": 0, "TND": 3}

NARROW_NO_BREAK_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"


def decimals(currency: str) -> int:
    """Number of decimals of a currency.

    >>> decimals("EUR"), decimals("XPF")
    (2, 0)
    """
    return _DECIMALS.get(currency, 2)


def round_amount(value: Decimal, currency: str = "EUR") -> Decimal:
    """Round half up to the currency's decimals.

    >>> round_amount(Decimal("0.125"))
    Decimal('0.13')
    >>> round_amount(Decimal("-0.125"))
    Decimal('-0.13')
    """
    return value.quantize(Decimal(1).scaleb(-decimals(currency)), rounding=ROUND_HALF_UP)


def allocate(total: Decimal, weights: Sequence[Decimal], currency: str = "EUR") -> list[Decimal]:
    """Split ``total`` by ``weights`` so that the parts sum to it exactly.

    Shares are rounded down; the cents left go to the largest remainders, first come first.

    Args:
        total: Amount to split, already rounded to the currency.
        weights: One non-negative weight per part; at least one above zero.
        currency: ISO 4217 code.

    Returns:
        One amount per weight, same order, whose sum is ``total``.

    >>> allocate(Decimal("100.00"), [Decimal(1)] * 3)
    [Decimal('33.34'), Decimal('33.33'), Decimal('33.33')]
    """
    whole = sum(weights, ZERO)
    assert whole > ZERO, "weights must not all be zero"
    unit = Decimal(1).scaleb(-decimals(currency))
    exact = [total * weight / whole for weight in weights]
    parts = [(share / unit).to_integral_value(rounding=ROUND_FLOOR) * unit for share in exact]
    left = int((total - sum(parts, ZERO)) / unit)
    by_remainder = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in by_remainder[:left]:
        parts[index] += unit
    assert sum(parts, ZERO) == total
    return parts


def format_number(value: Decimal, places: int = 2) -> str:
    r"""Write a number the French way: narrow no-break space, comma.

    >>> format_number(Decimal("1234.5")) == "1\u202f234,50"
    True
    """
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{rounded:,.{places}f}"
    return text.replace(",", NARROW_NO_BREAK_SPACE).replace(".", ",")


def format_amount(value: Decimal, currency: str = "EUR") -> str:
    r"""Write an amount the French way, with its currency sign or code.

    >>> format_amount(Decimal("1234.5")) == "1\u202f234,50\u00a0€"
    True
    """
    sign = {"EUR": "€", "USD": "$", "GBP": "£"}.get(currency, currency)
    return f"{format_number(value, decimals(currency))}{NO_BREAK_SPACE}{sign}"
