"""Code lists of the French rules, as far as they are tested here.

Source: XP Z12-012 V1.4 (BR-FR-04, -08, -15 to -20), UNTDID 1001.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

CREDIT_NOTES: Final = frozenset({"261", "381", "396", "502", "503"})
CORRECTIVES: Final = frozenset({"384", "471", "472", "473"})
PREPAYMENTS: Final = frozenset({"386", "500", "503"})
SELF_BILLED: Final = frozenset({"389", "501", "500", "471", "473", "261", "502"})


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


TYPE_CODES: Final = _codes("380 389 393 501 386 500 384 471 472 473 261 262 381 396 502 503")
BUSINESS_PROCESSES: Final = _codes("B1 S1 M1 B2 S2 M2 S3 B4 S4 M4 S5 S6 B7 S7 B8 S8 M8 B9 S9 M9")
ATTACHMENT_CODES: Final = _codes(
    "RIB LISIBLE FEUILLE_DE_STYLE PJA BORDEREAU_SUIVI DOCUMENT_ANNEXE BON_LIVRAISON BON_COMMANDE "
    "BORDEREAU_SUIVI_VALIDATION ETAT_ACOMPTE FACTURE_PAIEMENT_DIRECT RECAPITULATIF_COTRAITANCE"
)
TREATMENTS: Final = _codes("B2B B2BINT B2C B2CINT OUTOFSCOPE ARCHIVEONLY")
VAT_RATES: Final = frozenset(
    map(Decimal, _codes("0 0.9 1.05 1.75 2.1 5.5 7 8.5 9.2 9.6 10 13 19.6 20 20.6"))
)
