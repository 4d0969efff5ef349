"""What should be reported and cannot be yet: which document, why, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class GapReason(StrEnum):
    """Why a fact is left out of a message."""

    BUYER_NUMBER = "buyer_number"
    EXEMPTION_CODE = "exemption_code"
    MARGIN = "margin"
    REFUND = "refund"


GAP_LABELS: Final[Mapping[GapReason, str]] = {
    GapReason.BUYER_NUMBER: (
        "{number} : l'acheteur est dans l'Union européenne ou en France et n'a pas de n° de "
        "TVA. Complétez sa fiche, faites un avoir et une nouvelle facture."
    ),
    GapReason.EXEMPTION_CODE: (
        "{number} : l'exonération n'a pas de code VATEX, que l'e-reporting exige. Déclarez-la "
        "sur le portail de votre plateforme."
    ),
    GapReason.MARGIN: (
        "{number} : la TVA est due sur la marge, que la facture ne dit pas. Déclarez la marge "
        "sur le portail de votre plateforme."
    ),
    GapReason.REFUND: (
        "{number} : le remboursement dépasse l'encaissement du même jour, et l'e-reporting "
        "n'admet pas de montant négatif. Déclarez-le sur le portail de votre plateforme."
    ),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A document, or a day for consumers, that a message leaves out, and why."""

    number: str
    reason: GapReason

    def words(self, say: Callable[[str], str] = str) -> str:
        """One sentence: what is left out, why, what to do.

        Args:
            say: Translates a French sentence; itself when absent.
        """
        return say(GAP_LABELS[self.reason]).format(number=self.number)
