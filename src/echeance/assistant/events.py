"""What the assistant tells the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class StatusHeeded:
    """Statut pris en compte: what a status of a platform made the assistant do.

    Attributes:
        decision: What :class:`echeance.assistant.types.NewDecision` said, JSON-ready.
    """

    action: ClassVar[str] = "assistant.status_heeded"

    status_id: int
    document_ref: str
    code: int
    decision: dict[str, Any]

    @property
    def subject(self) -> str:
        """The document."""
        return f"invoice:{self.document_ref}"[:80]
