"""What a CDAR message holds: MDT and MDG terms of XP Z12-012, frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from echeance.core.lifecycle.machine import Amount

BETWEEN_PLATFORMS: Final = "urn.cpro.gouv.fr:1p0:CDV:invoice"
TO_PORTAL: Final = "urn.cpro.gouv.fr:1p0:CDV:einvoicingF2"
"""MDT-3, for whom the message is (BR-FR-CDV-02)."""
REGULATED: Final = "REGULATED"
"""MDT-2 of what the reform binds."""
ROUTING: Final = "0225"
SIREN: Final = "0002"
PLATFORM: Final = "0238"
CHORUS_PRO: Final = "9999"


@dataclass(frozen=True, slots=True)
class Party:
    """Who sends, gives or gets a status.

    Attributes:
        role: UNCL 3035: ``SE``, ``BY``, ``WK`` (platform), ``DFH`` (public portal)…
        identifier: SIREN, or number of the platform; "" for none.
        scheme: ICD of the identifier.
        address: Electronic address (MDT-73).
    """

    role: str
    identifier: str = ""
    scheme: str = ""
    name: str = ""
    address: str = ""
    address_scheme: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """MDG-37: a reason with what is asked for, and amounts.

    Attributes:
        sequence: MDT-124-2, from 1.
        reason: MDT-113.
        text: MDT-114.
        status: MDT-115, when it is not the status of the document.
        action: MDT-121.
        action_text: MDT-122.
        amounts: MDG-43.
    """

    sequence: int | None = None
    reason: str = ""
    text: str = ""
    status: int | None = None
    action: str = ""
    action_text: str = ""
    amounts: tuple[Amount, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The invoice a status is about.

    Attributes:
        number: MDT-87.
        status: MDT-105.
        document_status: MDT-88.
        type_code: MDT-91 (BT-3).
        issue_date: MDT-100 (BT-2); absent only from 501.
        label: MDT-106.
        seller: MDG-38, role ``SE`` (MDT-129, 132); absent only from 501.
    """

    number: str
    status: int | None = None
    document_status: str = ""
    type_code: str = ""
    issue_date: date | None = None
    label: str = ""
    seller: Party | None = None
    recipients: tuple[Party, ...] = ()
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Statuses of one phase, given at one instant.

    Attributes:
        type_code: MDT-77, see :class:`Phase`.
        at: MDT-78, aware; written to the second, in French legal time.
        several: Whether it is about several documents; ``None`` when not said.
    """

    type_code: str = ""
    at: datetime | None = None
    documents: tuple[Document, ...] = ()
    several: bool | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something written in the message that the model does not hold: where, and its text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """A CDAR message.

    Attributes:
        identifier: MDT-4, its own.
        issued_at: MDT-8, as ``at`` of :class:`Acknowledgement`.
        sender: MDG-9, who hands it over.
        issuer: MDG-16, who gives the status.
        process: MDT-2.
        guideline: MDT-3.
        unknown: What was read and is not in the model, at most 200; never written.
    """

    identifier: str = ""
    issued_at: datetime | None = None
    sender: Party | None = None
    issuer: Party | None = None
    recipients: tuple[Party, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    process: str = REGULATED
    guideline: str = BETWEEN_PLATFORMS
    name: str = ""
    unknown: tuple[Unknown, ...] = field(default=(), compare=False)
