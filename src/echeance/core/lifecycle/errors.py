"""Why a status cannot be given. The sentences say what is wrong and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from echeance.core.errors import EcheanceError, Kind


@dataclass(eq=False)
class UnknownStatusError(EcheanceError):
    """Not the status of an invoice."""

    code = "lifecycle.unknown_status"
    kind = Kind.INVALID
    message = (
        "Le statut {status} n'existe pas pour une facture : prenez un statut de la liste "
        "(200 à 228, 501)."
    )

    status: int


@dataclass(eq=False)
class WrongIssuerError(EcheanceError):
    """Each status belongs to some roles only."""

    code = "lifecycle.wrong_issuer"
    message = (
        "Le statut « {label} » ne peut pas être donné par {role} : c'est à {issuers} de le donner."
    )

    label: str
    role: str
    issuers: str


@dataclass(eq=False)
class LifeEndedError(EcheanceError):
    """Nothing follows a status that closes."""

    code = "lifecycle.ended"
    message = (
        "La facture est « {ended_by} » : « {label} » ne peut plus suivre. Corrigez-la par un "
        "avoir et une nouvelle facture."
    )

    label: str
    ended_by: str


@dataclass(eq=False)
class TransmissionOrderError(EcheanceError):
    """Transmission only goes forward."""

    code = "lifecycle.transmission_order"
    message = (
        "« {label} » ne peut pas suivre « {last} » : la transmission ne revient pas en arrière. "
        "Demandez à la plateforme ce qui s'est passé."
    )

    label: str
    last: str


@dataclass(eq=False)
class NotSuspendedError(EcheanceError):
    """209 answers 208."""

    code = "lifecycle.not_suspended"
    message = (
        "La facture n'est pas suspendue : « Complétée » répond à une suspension. "
        "Attendez que l'acheteur demande une pièce."
    )


@dataclass(eq=False)
class ReasonMissingError(EcheanceError):
    """BR-FR-CDV-15."""

    code = "lifecycle.reason_missing"
    kind = Kind.INVALID
    message = "Le statut « {label} » doit dire pourquoi : ajoutez un motif de la liste."

    label: str


@dataclass(eq=False)
class WrongReasonError(EcheanceError):
    """BR-FR-CDV-CL-09."""

    code = "lifecycle.wrong_reason"
    kind = Kind.INVALID
    message = (
        "Le motif {reason} n'est pas de ceux du statut « {label} » : prenez l'un de {allowed}."
    )

    label: str
    reason: str
    allowed: str


@dataclass(eq=False)
class UnknownActionError(EcheanceError):
    """BR-FR-CDV-CL-10."""

    code = "lifecycle.unknown_action"
    kind = Kind.INVALID
    message = "L'action demandée {action} n'existe pas : prenez l'une de {allowed}."

    action: str
    allowed: str


@dataclass(eq=False)
class ReceiptMissingError(EcheanceError):
    """BR-FR-CDV-14."""

    code = "lifecycle.receipt_missing"
    kind = Kind.INVALID
    message = (
        "« Encaissée » doit dire combien, par taux de TVA : ajoutez un montant et son taux, "
        "autres que zéro."
    )


@dataclass(eq=False)
class ReceiptTooLargeError(EcheanceError):
    """Receipts of a rate stay between nothing and what the invoice asks at that rate."""

    code = "lifecycle.receipt_too_large"
    message = (
        "Au taux de {rate} %, les encaissements feraient {received} € : ils restent entre 0 et "
        "{total} €. Corrigez par un montant négatif ce qui a été déclaré en trop."
    )

    rate: Decimal
    received: Decimal
    total: Decimal


@dataclass(eq=False)
class NotACdarError(EcheanceError):
    """Another document than a message of statuses."""

    code = "lifecycle.not_a_cdar"
    kind = Kind.INVALID
    message = (
        "Le fichier « {filename} » n'est pas un message de statuts (CDAR) mais un document "
        "« {root} » : donnez le message reçu de la plateforme."
    )

    filename: str
    root: str


@dataclass(eq=False)
class MessageUnreadableError(EcheanceError):
    """A date or a figure of a CDAR message is not one, or it tells of nothing."""

    code = "lifecycle.message_unreadable"
    kind = Kind.INVALID
    message = (
        "Le message de statuts « {filename} » ne se lit pas : « {text} » ne convient pas à "
        "{where}. Demandez à la plateforme de l'émettre de nouveau."
    )

    filename: str
    where: str
    text: str
