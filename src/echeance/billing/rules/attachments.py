"""Which pieces may be joined to a document.

Sources: EN 16931-1 BG-24 and BR-CL-24 (media types), XP Z12-012 BR-FR-17 (codes) and BR-FR-18 (one
readable copy at most), Chorus Pro (10 MB a piece).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from echeance.billing.types import JoinedFile
from echeance.core.einvoice import model
from echeance.core.einvoice.codes import ATTACHMENT_CODES

MEDIA_TYPES: Final = (
    "application/pdf",
    "image/png",
    "image/jpeg",
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
)
"""What BT-125 may hold (BR-CL-24)."""
BYTES_MAX: Final = 10_000_000
TOTAL_BYTES_MAX: Final = 15_000_000
COUNT_MAX: Final = 20
LABEL_MAX: Final = 100
READABLE: Final = "LISIBLE"
DELIVERY_NOTE: Final = "BON_LIVRAISON"

LABELS: Final = {
    "DOCUMENT_ANNEXE": "document annexe",
    "BON_COMMANDE": "bon de commande",
    "BON_LIVRAISON": "bon de livraison",
    "RIB": "RIB",
    "ETAT_ACOMPTE": "état d'acompte",
    "BORDEREAU_SUIVI": "bordereau de suivi",
    "BORDEREAU_SUIVI_VALIDATION": "bordereau de suivi validé",
    "PJA": "pièce jointe additionnelle",
    "FACTURE_PAIEMENT_DIRECT": "facture de paiement direct",
    "RECAPITULATIF_COTRAITANCE": "récapitulatif de cotraitance",
    "FEUILLE_DE_STYLE": "feuille de style",
    READABLE: "représentation lisible",
}
"""Codes of BR-FR-17 in words, the usual first."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What decides whether a file may be joined; ``size`` in bytes."""

    code: str
    label: str
    is_embedded: bool
    media_type: str
    size: int


def problems(new: Sequence[Piece], kept: Sequence[Piece] = ()) -> tuple[str, ...]:
    """What is wrong with the pieces to join, beside those already there; French clauses.

    >>> problems([Piece("FACTURE", "Plan", True, "application/zip", 10)])[0]
    '« Plan » : le genre « FACTURE » est inconnu'
    """
    found = []
    for one in new:
        if one.code not in ATTACHMENT_CODES:
            found.append(f"« {one.label} » : le genre « {one.code} » est inconnu")
        if one.is_embedded and one.media_type not in MEDIA_TYPES:
            found.append(
                f"« {one.label} » : un fichier {one.media_type} n'entre pas dans une facture "
                "électronique (PDF, PNG, JPEG, CSV, XLSX, ODS) ; joignez-le à côté"
            )
        if one.size > BYTES_MAX:
            found.append(f"« {one.label} » dépasse {BYTES_MAX // 1_000_000} Mo")
    pieces = [*kept, *new]
    if len(pieces) > COUNT_MAX:
        found.append(f"un document porte {COUNT_MAX} pièces au plus")
    if sum(one.size for one in pieces) > TOTAL_BYTES_MAX:
        found.append(f"ensemble, les pièces dépassent {TOTAL_BYTES_MAX // 1_000_000} Mo")
    if Counter(one.code for one in pieces)[READABLE] > 1:
        found.append("une seule représentation lisible peut être jointe")
    return tuple(found)


_STARTS: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


def media_type_of(filename: str, content: bytes) -> str:
    """What a file is, by its bytes; its name only tells a CSV from another text.

    >>> media_type_of("plan.exe", b"%PDF-1.7"), media_type_of("plan.pdf", b"MZ")
    ('application/pdf', 'application/octet-stream')
    """
    for start, media_type in _STARTS:
        if content.startswith(start):
            return media_type
    if content.startswith(b"PK\x03\x04"):
        head = content[:200]
        if b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" in head:
            return MEDIA_TYPES[5]
        if b"xl/workbook.xml" in content:
            return MEDIA_TYPES[4]
    if filename.lower().endswith(".csv") and b"\x00" not in content:
        return "text/csv"
    return "application/octet-stream"


def label_of(label: str, filename: str) -> str:
    """BT-122: the label, or the name of the file without one.

    >>> label_of(" ", "bon-77.pdf")
    'bon-77.pdf'
    """
    return (" ".join(label.split()) or filename)[:LABEL_MAX]


def with_attachments(
    document: model.Invoice, joined: Sequence[tuple[JoinedFile, bytes]]
) -> model.Invoice:
    """The document with its pieces inside (BG-24): BT-122 to BT-125."""
    if not joined:
        return document
    return replace(
        document,
        attachments=tuple(
            model.Attachment(
                reference=one.label,
                description=one.code,
                content=content,
                mime_code=one.media_type,
                filename=one.filename,
            )
            for one, content in joined
        ),
    )
