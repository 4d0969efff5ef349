"""What is wrong with a remittance advice."""

from __future__ import annotations

from dataclasses import dataclass

from echeance.core.errors import EcheanceError, Kind


@dataclass(eq=False)
class NoRemittanceLineError(EcheanceError):
    """No document number with or without an amount was found."""

    code = "remittance.no_line"
    kind = Kind.INVALID
    message = (
        "Aucune ligne de règlement n'a été trouvée dans « {filename} » : copiez le tableau des "
        "factures réglées (numéro et montant), puis collez-le."
    )

    filename: str


@dataclass(eq=False)
class RemittanceTooLargeError(EcheanceError):
    """Past one of the limits of the reader."""

    code = "remittance.too_large"
    kind = Kind.INVALID
    message = (
        "L'avis de règlement « {filename} » est trop grand ({limit} au plus) : gardez-en le seul "
        "tableau des factures réglées."
    )

    filename: str
    limit: str


@dataclass(eq=False)
class UnreadableRemittanceError(EcheanceError):
    """Binary that is neither a PDF nor a workbook, or a PDF made of images."""

    code = "remittance.unreadable"
    kind = Kind.INVALID
    message = (
        "« {filename} » ne contient pas de texte lisible : demandez au client un PDF, un classeur "
        "ou un CSV, ou collez le texte de son message."
    )

    filename: str
