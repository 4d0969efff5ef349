"""Rates of late payment by semester: dated data, no gap is guessed.

Sources: CMF D313-1-A (legal rate, one order a semester), ECB main refinancing rate on 1 January
and 1 July, C. com. L441-10 II, CCP R2192-31.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from echeance.core.dates import Semester, semester
from echeance.core.errors import EcheanceError, Kind
from echeance.core.terms import CustomerKind

PROFESSIONAL_POINTS = Decimal(10)
PUBLIC_POINTS = Decimal(8)
FLOOR_FACTOR = 3


@dataclass(eq=False)
class NoLegalRateError(EcheanceError):
    """The table has no rate for that semester: interest would be a guess."""

    code = "dunning.no_legal_rate"
    kind = Kind.UNAVAILABLE
    message = (
        "Les taux du semestre {semester} ne sont pas connus : mettez à jour la table des taux "
        "avant de calculer des pénalités."
    )

    semester: str


@dataclass(frozen=True, slots=True)
class SemesterRates:
    """Rates of one semester, per cent a year.

    Attributes:
        semester: Which.
        legal_individuals: Legal rate when the creditor is a person outside business.
        legal_professionals: Legal rate in all other cases; the creditor decides, so it is the one
            of a company.
        ecb: Main refinancing rate of the ECB on the first day.
        to_confirm: A figure was not yet checked on the official text.
    """

    semester: Semester
    legal_individuals: Decimal
    legal_professionals: Decimal
    ecb: Decimal
    to_confirm: bool = False

    @property
    def default_penalty(self) -> Decimal:
        """Between professionals without a contract rate: ECB and ten points."""
        return self.ecb + PROFESSIONAL_POINTS

    @property
    def public_penalty(self) -> Decimal:
        """Owed by public buyers: ECB and eight points."""
        return self.ecb + PUBLIC_POINTS

    @property
    def contract_floor(self) -> Decimal:
        """Least lawful contract rate: three times the legal rate."""
        return FLOOR_FACTOR * self.legal_professionals


# Semester, legal rate of individuals, of professionals, ECB anchor; « ? » marks what is to confirm.
_TABLE = """
2016S2 4.35 0.93 0.00 ?
2017S1 4.16 0.90 0.00 ?
2017S2 3.94 0.90 0.00 ?
2018S1 3.73 0.89 0.00 ?
2018S2 3.60 0.88 0.00 ?
2019S1 3.40 0.86 0.00 ?
2019S2 3.26 0.87 0.00 ?
2020S1 3.15 0.87 0.00
2020S2 3.11 0.84 0.00
2021S1 3.14 0.79 0.00
2021S2 3.12 0.76 0.00
2022S1 3.13 0.76 0.00
2022S2 3.15 0.77 0.00
2023S1 4.47 2.06 2.50
2023S2 6.82 4.22 4.00
2024S1 8.01 5.07 4.50
2024S2 8.16 4.92 4.25
2025S1 7.21 3.71 3.15
2025S2 6.65 2.76 2.15
2026S1 6.67 2.62 2.15
2026S2 6.84 2.75 2.40 ?
"""


def _read(row: str) -> SemesterRates:
    name, individuals, professionals, ecb, *doubt = row.split()
    year, half = name.split("S")
    return SemesterRates(
        Semester(int(year), int(half)),
        Decimal(individuals),
        Decimal(professionals),
        Decimal(ecb),
        to_confirm=bool(doubt),
    )


RATES: dict[Semester, SemesterRates] = {
    rates.semester: rates for rates in map(_read, _TABLE.strip().splitlines())
}


def rates_of(half: Semester, rates: Mapping[Semester, SemesterRates] = RATES) -> SemesterRates:
    """Rates of a semester.

    Raises:
        NoLegalRateError: the table stops before it, or begins after.

    >>> str(rates_of(Semester(2026, 1)).default_penalty)
    '12.15'
    """
    found = rates.get(half)
    if found is None:
        raise NoLegalRateError(str(half))
    return found


def rate_of(
    rates: SemesterRates, customer: CustomerKind, contract_rate: Decimal | None = None
) -> Decimal:
    """Yearly rate that a semester gives to a late amount, per cent; zero for a consumer.

    Args:
        rates: Of the semester; for a public buyer, the one in which interest began.
        customer: Who is late.
        contract_rate: Rate of the sales conditions; raised to three times the legal rate if it is
            lower, ignored for public buyers whose rate is set by law.
    """
    match customer:
        case CustomerKind.CONSUMER:
            return Decimal(0)
        case CustomerKind.PUBLIC:
            return rates.public_penalty
        case CustomerKind.PROFESSIONAL:
            if contract_rate is None:
                return rates.default_penalty
            return max(contract_rate, rates.contract_floor)


def penalty_rate(
    customer: CustomerKind,
    day: date,
    contract_rate: Decimal | None = None,
    rates: Mapping[Semester, SemesterRates] = RATES,
) -> Decimal:
    """Yearly rate that a late amount bears on a day, per cent; zero for a consumer.

    Args:
        customer: Who is late.
        day: A day of lateness; for a public buyer, the first one (the rate is then frozen).
        contract_rate: See :func:`rate_of`.
        rates: The table, by semester.

    Raises:
        NoLegalRateError: unknown semester.
    """
    if customer is CustomerKind.CONSUMER:
        return Decimal(0)
    return rate_of(rates_of(semester(day), rates), customer, contract_rate)
