"""Statuses of a document handed over on a customer's portal, told by hand."""

from __future__ import annotations

from typing import Final

TO_DELIVER: Final = "a_deposer"
DELIVERED: Final = "deposee"
ACCEPTED: Final = "acceptee"
REFUSED: Final = "refusee"
PAYMENT_TOLD: Final = "paiement_annonce"

LABELS: Final = {
    TO_DELIVER: "à déposer",
    DELIVERED: "déposée",
    ACCEPTED: "acceptée",
    REFUSED: "refusée",
    PAYMENT_TOLD: "paiement annoncé",
}
"""In the order of a document's life."""

_AFTER: Final = {
    TO_DELIVER: {DELIVERED},
    DELIVERED: {ACCEPTED, REFUSED, PAYMENT_TOLD},
    ACCEPTED: {PAYMENT_TOLD, REFUSED},
    REFUSED: {DELIVERED},
    PAYMENT_TOLD: set(),
}


def may_follow(status: str, last: str) -> bool:
    """Whether a status can come after the last one told.

    >>> may_follow(DELIVERED, TO_DELIVER), may_follow(ACCEPTED, TO_DELIVER)
    (True, False)
    """
    return status in _AFTER.get(last, set())
