"""What is wrong with the VAT of a draft, all at once.

Sources: EN 16931-1 BR-S-5, BR-E-5, BR-AE-5, BR-IC-5, BR-G-5, BR-O-11 to BR-O-14, BR-*-10;
BR-FR-16.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from echeance.core.money import format_number
from echeance.core.tax.breakdown import TaxedLine
from echeance.core.tax.categories import VATEX, VatCategory
from echeance.core.tax.rates import Territory, rates_on


@dataclass(frozen=True, slots=True)
class TaxFinding:
    """One thing wrong: a stable code, a French sentence, the line (from 1; 0: the document)."""

    code: str
    message: str
    line: int = 0


def check_lines(
    lines: Sequence[TaxedLine], territory: Territory, day: date
) -> tuple[TaxFinding, ...]:
    """All VAT faults of the lines, in their order.

    Args:
        lines: Lines, allowances and charges of one document.
        territory: Where the supply is taxed.
        day: Issue date.
    """
    allowed = {rate.percent for rate in rates_on(territory, day)}
    findings = [
        finding
        for position, line in enumerate(lines, start=1)
        for finding in _check_line(line, position, allowed, territory)
    ]
    categories = {line.category for line in lines}
    if VatCategory.O in categories and len(categories) > 1:
        message = (
            "Une facture hors champ de TVA (catégorie O) ne contient rien d'autre : "
            "faites deux factures."
        )
        findings.append(TaxFinding("tax.outside_scope_mixed", message))
    return tuple(findings)


def _check_line(
    line: TaxedLine, position: int, allowed: set[Decimal], territory: Territory
) -> list[TaxFinding]:
    findings = []
    if line.category is VatCategory.S:
        if line.rate not in allowed:
            rates = ", ".join(f"{_percent(rate)} %" for rate in sorted(allowed, reverse=True))
            choice = f"choisissez parmi {rates}" if rates else "choisissez un motif d'exonération"
            message = (
                f"Ligne {position} : le taux de TVA {_percent(line.rate)} % n'existe pas "
                f"{territory.place} à la date de la facture ; {choice}."
            )
            findings.append(TaxFinding("tax.unknown_rate", message, position))
        return findings
    if line.rate:
        message = (
            f"Ligne {position} : la catégorie {line.category} ne porte pas de TVA mais le taux est "
            f"{_percent(line.rate)} % ; mettez 0 ou la catégorie S."
        )
        findings.append(TaxFinding("tax.rate_without_tax", message, position))
    if line.category is not VatCategory.Z and not (line.exemption_code or line.exemption_text):
        message = (
            f"Ligne {position} : aucune TVA et aucun motif ; choisissez un motif d'exonération."
        )
        findings.append(TaxFinding("tax.missing_reason", message, position))
    if line.exemption_code and line.exemption_code not in VATEX:
        message = (
            f"Ligne {position} : le code d'exonération « {line.exemption_code} » est inconnu ; "
            "choisissez-en un de la liste VATEX."
        )
        findings.append(TaxFinding("tax.unknown_reason_code", message, position))
    return findings


def _percent(rate: Decimal) -> str:
    return format_number(rate, max(0, -int(rate.normalize().as_tuple().exponent)))
