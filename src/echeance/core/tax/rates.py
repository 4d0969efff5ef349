"""VAT rates by territory and date.

Sources: CGI 278, 278-0 bis, 279, 281 quater and following (metropolis), 297 (Corsica),
296 (Guadeloupe, Martinique, Réunion), 294 (Guyane, Mayotte: no VAT).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from echeance.core.errors import EcheanceError, Kind


class Territory(StrEnum):
    """Parts of France that have their own rates."""

    METROPOLE = "metropole"
    CORSICA = "corsica"
    GUADELOUPE = "guadeloupe"
    MARTINIQUE = "martinique"
    REUNION = "reunion"
    GUYANE = "guyane"
    MAYOTTE = "mayotte"

    @property
    def place(self) -> str:
        """Where, as a French sentence says it."""
        return {
            Territory.METROPOLE: "en métropole",
            Territory.CORSICA: "en Corse",
            Territory.GUADELOUPE: "en Guadeloupe",
            Territory.MARTINIQUE: "en Martinique",
            Territory.REUNION: "à La Réunion",
            Territory.GUYANE: "en Guyane",
            Territory.MAYOTTE: "à Mayotte",
        }[self]


@dataclass(eq=False)
class NoVatRateError(EcheanceError):
    """The table has no standard rate there and then."""

    code = "tax.no_rate"
    kind = Kind.INVALID
    message = (
        "Aucun taux de TVA connu {place} au {day:%d/%m/%Y} : "
        "vérifiez la date, ou choisissez un motif d'exonération."
    )

    place: str
    day: date


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate of a territory; the first of its territory is the standard one.

    Attributes:
        territory: Where it applies.
        percent: 20 is twenty per cent.
        source: The article.
        valid_from: First day.
        valid_to: First day after, or none.
    """

    territory: Territory
    percent: Decimal
    source: str
    valid_from: date
    valid_to: date | None = None


_REFORM_2014 = date(2014, 1, 1)
_TABLE: tuple[tuple[tuple[Territory, ...], str, str], ...] = (
    ((Territory.METROPOLE,), "20 10 5.5 2.1", "CGI 278 à 281 octies"),
    ((Territory.CORSICA,), "20 13 10 2.1 0.9", "CGI 297"),
    (
        (Territory.GUADELOUPE, Territory.MARTINIQUE, Territory.REUNION),
        "8.5 2.1 1.75 1.05",
        "CGI 296",
    ),
)
RATES: tuple[Rate, ...] = tuple(
    Rate(territory, Decimal(percent), source, _REFORM_2014)
    for territories, percents, source in _TABLE
    for territory in territories
    for percent in percents.split()
)

ACCEPTED_RATES: frozenset[Decimal] = frozenset(
    Decimal(percent)
    for percent in [
        "0",
        "0.9",
        "1.05",
        "1.75",
        "2.1",
        "5.5",
        "7",
        "8.5",
        "9.2",
        "9.6",
        "10",
        "13",
        "19.6",
        "20",
        "20.6",
    ]
)
"""Rates the tax administration accepts in a file, past ones included (BR-FR-16)."""


def rates_on(territory: Territory, day: date) -> tuple[Rate, ...]:
    """Rates in force, the standard one first; empty in Guyane and Mayotte.

    >>> [str(rate.percent) for rate in rates_on(Territory.CORSICA, date(2026, 11, 24))]
    ['20', '13', '10', '2.1', '0.9']
    """
    return tuple(
        rate
        for rate in RATES
        if rate.territory is territory
        and rate.valid_from <= day
        and (rate.valid_to is None or day < rate.valid_to)
    )


def standard_rate(territory: Territory, day: date) -> Decimal:
    """The rate that applies where the law gives no other.

    Raises:
        NoVatRateError: no VAT there, or a day before the table begins.
    """
    rates = rates_on(territory, day)
    if not rates:
        raise NoVatRateError(territory.place, day)
    return rates[0].percent


_OVERSEAS = {
    "971": Territory.GUADELOUPE,
    "972": Territory.MARTINIQUE,
    "973": Territory.GUYANE,
    "974": Territory.REUNION,
    "976": Territory.MAYOTTE,
}
# Saint-Barthélemy and Saint-Martin keep postcodes of Guadeloupe but left its VAT territory.
_OUTSIDE = {"97133", "97150"}


def territory_of(country: str, postcode: str) -> Territory | None:
    """VAT territory of an address; none outside French VAT (Monaco counts as France).

    >>> territory_of("FR", "20000"), territory_of("FR", "98713")
    (<Territory.CORSICA: 'corsica'>, None)
    """
    if country == "MC":
        return Territory.METROPOLE
    postcode = postcode.replace(" ", "")
    if country != "FR" or postcode in _OUTSIDE or postcode.startswith(("975", "986", "987", "988")):
        return None
    if postcode.startswith("20"):
        return Territory.CORSICA
    return _OVERSEAS.get(postcode[:3], Territory.METROPOLE)
