"""Why a flux 10 file cannot be read, or a period cannot be reckoned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from echeance.core.errors import EcheanceError, Kind


@dataclass(eq=False)
class NotAReportError(EcheanceError):
    """The root of the file is not that of a flux 10 message."""

    code = "reporting.not_a_report"
    kind = Kind.INVALID
    message = (
        "Ce fichier commence par « {root} » : ce n'est pas un e-reporting (flux 10). "
        "Donnez le fichier XML dont la racine est « Report »."
    )

    root: str


@dataclass(eq=False)
class ReportUnreadableError(EcheanceError):
    """A value that is missing or malformed, or an element that the format does not have."""

    code = "reporting.unreadable"
    kind = Kind.INVALID
    message = (
        "L'e-reporting n'est pas lu : {path} {problem}. Corrigez le fichier ou demandez-le de "
        "nouveau à son émetteur."
    )

    path: str
    problem: str


@dataclass(eq=False)
class RegimeEndedError(EcheanceError):
    """A VAT regime that the law has ended before the day asked for."""

    code = "reporting.regime_ended"
    message = (
        "Le régime de TVA « {regime} » n'existe plus au {day:%d/%m/%Y} : choisissez le régime "
        "réel normal, mensuel ou trimestriel, dans la fiche de la société."
    )

    regime: str
    day: date
