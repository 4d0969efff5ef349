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
    """One thing wrong: a stable code, a sentence in two languages, the line (0: the document)."""

    code: str
    message: str
    line: int = 0
    english: str = ""


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
        english = "An invoice outside the scope of VAT (category O) holds nothing else: make two."
        findings.append(TaxFinding("tax.outside_scope_mixed", message, english=english))
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
            english = (
                f"Line {position}: the VAT rate of {line.rate:f}% does not exist there at the date "
                "of the invoice; choose one of "
                f"{', '.join(f'{rate:f}%' for rate in sorted(allowed, reverse=True))}."
                if allowed
                else f"Line {position}: no VAT is charged there; choose a reason of exemption."
            )
            findings.append(TaxFinding("tax.unknown_rate", message, position, english))
        return findings
    if line.rate:
        message = (
            f"Ligne {position} : la catégorie {line.category} ne porte pas de TVA mais le taux est "
            f"{_percent(line.rate)} % ; mettez 0 ou la catégorie S."
        )
        english = (
            f"Line {position}: category {line.category} bears no VAT but the rate is "
            f"{line.rate:f}%; enter 0, or category S."
        )
        findings.append(TaxFinding("tax.rate_without_tax", message, position, english))
    if line.category is not VatCategory.Z and not (line.exemption_code or line.exemption_text):
        message = (
            f"Ligne {position} : aucune TVA et aucun motif ; choisissez un motif d'exonération."
        )
        english = f"Line {position}: no VAT and no reason; choose a reason of exemption."
        findings.append(TaxFinding("tax.missing_reason", message, position, english))
    if line.exemption_code and line.exemption_code not in VATEX:
        message = (
            f"Ligne {position} : le code d'exonération « {line.exemption_code} » est inconnu ; "
            "choisissez-en un de la liste VATEX."
        )
        english = (
            f"Line {position}: the exemption code « {line.exemption_code} » is unknown; choose one "
            "of the VATEX list."
        )
        findings.append(TaxFinding("tax.unknown_reason_code", message, position, english))
    return findings


def _percent(rate: Decimal) -> str:
    return format_number(rate, max(0, -int(rate.normalize().as_tuple().exponent)))
