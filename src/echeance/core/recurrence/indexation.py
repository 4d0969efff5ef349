"""Revision of a price by an index: the clause of the contract, and nothing else.

Source: Code monétaire et financier art. L112-1 and L112-2 (an index needs a direct link with the
object of the contract or the business of a party; the general level of prices is forbidden).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from echeance.core.errors import EcheanceError, Kind
from echeance.core.money import ZERO


@dataclass(eq=False)
class MissingIndexError(EcheanceError):
    """The value of an index a revision needs is not known."""

    code = "recurrence.index_missing"
    kind = Kind.INVALID
    message = (
        "La valeur de l'indice {index} pour {label} n'est pas connue : saisissez-la avec sa date "
        "de publication, puis recommencez."
    )

    index: str
    label: str


@dataclass(frozen=True, slots=True)
class IndexValue:
    """One published value.

    Attributes:
        label: The month or quarter it is of, as published (« 2026-T2 », « juin 2026 »).
        value: As published.
        published_on: First day it may be used.
    """

    label: str
    value: Decimal
    published_on: date


@dataclass(frozen=True, slots=True)
class Formula:
    """P = P0 × (fixed + Σ weight × index ÷ base), the parts adding up to 1.

    Attributes:
        weights: Index to its weight.
        bases: Index to its value at the origin (S0).
        fixed: Part that is not revised (0.15 in many contracts).
        floor, ceiling: Least and greatest ratio P ÷ P0; ``None`` for none.
    """

    weights: Mapping[str, Decimal]
    bases: Mapping[str, Decimal]
    fixed: Decimal = ZERO
    floor: Decimal | None = None
    ceiling: Decimal | None = None

    def __post_init__(self) -> None:
        """A clause whose parts do not make a whole would change the price by itself."""
        total = self.fixed + sum(self.weights.values(), ZERO)
        if total != 1 or self.weights.keys() != self.bases.keys():
            raise ValueError(f"the parts of a formula add up to 1, not {total}")
        if any(base <= 0 for base in self.bases.values()):
            raise ValueError("a base is above zero")


def revised(
    price: Decimal, formula: Formula, values: Mapping[str, IndexValue], *, places: int = 2
) -> Decimal:
    """The price of a contract after a revision, half up, never by steps of rounded ratios.

    Args:
        price: P0, of the origin: a revision never starts from a revised price.
        formula: The clause.
        values: Index to the value to apply.
        places: Decimals of the price.

    Raises:
        MissingIndexError: An index of the formula has no value.

    >>> syntec = Formula({"SYNTEC": Decimal("0.85")}, {"SYNTEC": Decimal("300")}, Decimal("0.15"))
    >>> new = IndexValue("2026-10", Decimal("312"), date(2026, 11, 20))
    >>> revised(Decimal("1000"), syntec, {"SYNTEC": new})
    Decimal('1034.00')
    """
    ratio = Fraction(formula.fixed)
    for index, weight in formula.weights.items():
        value = values.get(index)
        if value is None:
            raise MissingIndexError(index, "la révision")
        ratio += Fraction(weight) * Fraction(value.value) / Fraction(formula.bases[index])
    if formula.floor is not None:
        ratio = max(ratio, Fraction(formula.floor))
    if formula.ceiling is not None:
        ratio = min(ratio, Fraction(formula.ceiling))
    return _half_up(Fraction(price) * ratio, places)


def _half_up(value: Fraction, places: int) -> Decimal:
    """Exact: a third of three is one, which no number of decimals gives."""
    scaled = abs(value) * 10**places
    units = int(scaled) + (scaled - int(scaled) >= Fraction(1, 2))
    return Decimal(units if value >= 0 else -units).scaleb(-places)
