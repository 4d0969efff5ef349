"""What transmission tells the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class MessageQueued:
    """Message préparé, for its recipients."""

    action: ClassVar[str] = "transmission.message_queued"

    message_id: int
    key: str
    about: str
    to: tuple[str, ...]

    @property
    def subject(self) -> str:
        """The message."""
        return f"message:{self.message_id}"


@dataclass(frozen=True, slots=True)
class MessageMoved:
    """État d'un message changé, with the words that say why."""

    action: ClassVar[str] = "transmission.message_moved"

    message_id: int
    key: str
    status: str
    detail: str

    @property
    def subject(self) -> str:
        """The message."""
        return f"message:{self.message_id}"


@dataclass(frozen=True, slots=True)
class StatusTold:
    """Statut reçu of a document."""

    action: ClassVar[str] = "transmission.status_told"

    status_id: int
    document_ref: str
    code: int
    source: str
    anomaly: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.document_ref}"[:80]


@dataclass(frozen=True, slots=True)
class StatusGiven:
    """Statut émis on a document."""

    action: ClassVar[str] = "transmission.status_given"

    status_id: int
    document_ref: str
    code: int
    source: str
    anomaly: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.document_ref}"[:80]


@dataclass(frozen=True, slots=True)
class FlowQueued:
    """Dépôt préparé."""

    action: ClassVar[str] = "transmission.flow_queued"

    flow: int
    tracking_id: str
    about: str

    @property
    def subject(self) -> str:
        """The deposit."""
        return f"flow:{self.flow}"


@dataclass(frozen=True, slots=True)
class FlowMoved:
    """État d'un dépôt changé, with the words that say why."""

    action: ClassVar[str] = "transmission.flow_moved"

    flow: int
    tracking_id: str
    state: str
    detail: str

    @property
    def subject(self) -> str:
        """The deposit."""
        return f"flow:{self.flow}"


@dataclass(frozen=True, slots=True)
class DocumentReceived:
    """Document reçu, read or kept aside."""

    action: ClassVar[str] = "transmission.document_received"

    received: int
    flow_id: str
    state: str
    document_ref: str
    reason: str

    @property
    def subject(self) -> str:
        """The document."""
        return f"received:{self.received}"


@dataclass(frozen=True, slots=True)
class DocumentReassigned:
    """Document rattaché à un autre fournisseur."""

    action: ClassVar[str] = "transmission.document_reassigned"

    received: int
    party_before: int | None
    party: int

    @property
    def subject(self) -> str:
        """The document."""
        return f"received:{self.received}"


@dataclass(frozen=True, slots=True)
class LetterQueued:
    """Courrier demandé."""

    action: ClassVar[str] = "transmission.letter_queued"

    letter: int
    document_ref: str
    about: str

    @property
    def subject(self) -> str:
        """What it is about."""
        return self.about


@dataclass(frozen=True, slots=True)
class LetterWithdrawn:
    """Courrier retiré avant impression."""

    action: ClassVar[str] = "transmission.letter_withdrawn"

    letter: int
    document_ref: str
    about: str

    @property
    def subject(self) -> str:
        """What it is about."""
        return self.about


@dataclass(frozen=True, slots=True)
class BatchPrinted:
    """Lot de courriers imprimé."""

    action: ClassVar[str] = "transmission.batch_printed"

    batch: int
    number: int
    document_refs: list[str]

    @property
    def subject(self) -> str:
        """The batch."""
        return f"postal_batch:{self.batch}"


@dataclass(frozen=True, slots=True)
class BatchPosted:
    """Lot de courriers posté."""

    action: ClassVar[str] = "transmission.batch_posted"

    batch: int
    number: int
    on: str

    @property
    def subject(self) -> str:
        """The batch."""
        return f"postal_batch:{self.batch}"
