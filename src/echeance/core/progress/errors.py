"""What a progress statement may not say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from echeance.core.errors import EcheanceError, Kind


@dataclass(eq=False)
class ProgressBackwardsError(EcheanceError):
    """A line is further on than before, or beyond its end, or less than billed already."""

    code = "progress.out_of_range"
    kind = Kind.INVALID
    message = (
        "L'avancement de « {line} » serait de {percent} % : il va de {least} %, déjà facturés, à "
        "100 %. Pour revenir en arrière, faites un avoir sur la situation."
    )

    line: str
    percent: Decimal
    least: Decimal


@dataclass(eq=False)
class RetentionTooHighError(EcheanceError):
    """More is kept back than the law allows."""

    code = "progress.retention_too_high"
    kind = Kind.INVALID
    message = (
        "La retenue de garantie serait de {percent} % : la loi du 16 juillet 1971 la limite à 5 % "
        "du montant des travaux. Baissez le taux."
    )

    percent: Decimal
