"""Every status of the life cycle of an e-invoice: its label, who may give it, what it ends.

Source: XP Z12-012 V1.4 (annex of statuses), DGFiP external specifications v3.2, chapter 3.6.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Role(StrEnum):
    """Who gives a status; the platforms are told apart by the side they serve."""

    SELLER = "seller"
    BUYER = "buyer"
    FACTOR = "factor"
    SENDING_PLATFORM = "sending_platform"
    RECEIVING_PLATFORM = "receiving_platform"
    PORTAL = "portal"


ROLE_LABELS: Final = MappingProxyType(
    {
        Role.SELLER: "le vendeur",
        Role.BUYER: "l'acheteur",
        Role.FACTOR: "l'affactureur",
        Role.SENDING_PLATFORM: "la plateforme du vendeur",
        Role.RECEIVING_PLATFORM: "la plateforme de l'acheteur",
        Role.PORTAL: "le portail public",
    }
)


class Phase(StrEnum):
    """MDT-77: what a status is about. Transmission is ordered, treatment is free."""

    TRANSMISSION = "305"
    TREATMENT = "23"


@dataclass(frozen=True, slots=True)
class Status:
    """A status as the standard defines it.

    Attributes:
        code: MDT-105.
        label: MDT-106, in French.
        label_en: The same in English.
        issuers: Who may give it.
        phase: MDT-77.
        document_status: MDT-88 (UNTDID 1373), the old code that goes with it; "" for none.
        reported: Whether the public portal must be told (DGFiP: 200, 210, 212, 213).
        needs_reason: Whether a reason is due with it (BR-FR-CDV-15).
        closes: Whether nothing may follow, but for money that goes back after 220.
        order: Place in the transmission, which only goes forward; 0 outside of it.
    """

    code: int
    label: str
    label_en: str
    issuers: tuple[Role, ...]
    phase: Phase
    document_status: str = ""
    reported: bool = False
    needs_reason: bool = False
    closes: bool = False
    order: int = 0


_SENDING: Final = (Role.SENDING_PLATFORM,)
_RECEIVING: Final = (Role.RECEIVING_PLATFORM,)
_PLATFORMS: Final = (Role.SENDING_PLATFORM, Role.RECEIVING_PLATFORM)
_BUYER: Final = (Role.BUYER,)
_SELLER: Final = (Role.SELLER,)
_FACTORING: Final = (Role.SELLER, Role.FACTOR)
_T: Final = Phase.TRANSMISSION
_P: Final = Phase.TREATMENT

STATUSES: Final = MappingProxyType(
    {
        status.code: status
        for status in (
            Status(200, "Déposée", "Deposited", _SENDING, _T, "10", reported=True, order=1),
            Status(201, "Émise", "Issued", _SENDING, _T, "51", order=2),
            Status(202, "Reçue", "Received", _RECEIVING, _T, "43", order=3),
            Status(203, "Mise à disposition", "Made available", _RECEIVING, _T, "48", order=4),
            Status(204, "Prise en charge", "Taken in charge", _BUYER, _P, "45"),
            Status(205, "Approuvée", "Approved", _BUYER, _P, "1"),
            Status(
                206,
                "Approuvée partiellement",
                "Partly approved",
                _BUYER,
                _P,
                "49",
                needs_reason=True,
            ),
            Status(207, "En litige", "Disputed", _BUYER, _P, "46", needs_reason=True),
            Status(208, "Suspendue", "Suspended", _BUYER, _P, "39", needs_reason=True),
            Status(209, "Complétée", "Completed", _SELLER, _P, "37"),
            Status(
                210,
                "Refusée",
                "Refused",
                _BUYER,
                _P,
                "50",
                reported=True,
                needs_reason=True,
                closes=True,
            ),
            Status(211, "Paiement transmis", "Payment sent", _BUYER, _P, "47"),
            Status(212, "Encaissée", "Cashed", _SELLER, _P, "47", reported=True),
            Status(
                213,
                "Rejetée",
                "Rejected",
                _PLATFORMS,
                _T,
                "8",
                reported=True,
                needs_reason=True,
                closes=True,
            ),
            Status(214, "Visée", "Endorsed", _BUYER, _P, "5"),
            Status(220, "Annulée", "Cancelled", _SELLER, _P, "5", closes=True),
            Status(221, "Erreur de routage", "Routing error", _PLATFORMS, _T, needs_reason=True),
            Status(
                224, "Demande de paiement direct", "Direct payment requested", _FACTORING, _P, "5"
            ),
            Status(225, "Affacturée", "Factored", _FACTORING, _P, "5"),
            Status(226, "Affacturée confidentiel", "Factored, confidential", _FACTORING, _P, "5"),
            Status(
                227,
                "Changement de compte à payer",
                "Account to pay changed",
                _FACTORING,
                _P,
                "5",
            ),
            Status(228, "Non affacturée", "Not factored", _FACTORING, _P, "5"),
            # It closes nothing: what was not taken in is deposited again, under the same number.
            Status(
                501,
                "Irrecevable",
                "Inadmissible",
                (*_PLATFORMS, Role.PORTAL),
                _T,
                needs_reason=True,
            ),
        )
    }
)
"""By code. Other codes of the list (250, 251, 300, 301, 400, 401, 500, 601) are about flows, not
invoices: they are read and kept, and move nothing."""

FLOW_CODES: Final = frozenset({250, 251, 300, 301, 400, 401, 500, 601})


def label(code: int) -> str:
    """French name of a code, its figures when it is not the status of an invoice.

    >>> label(205), label(400)
    ('Approuvée', 'Statut 400')
    """
    known = STATUSES.get(code)
    return known.label if known else f"Statut {code}"
