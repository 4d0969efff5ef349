"""What the archive tells the journal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FileStored:
    """Fichier archivé."""

    action: ClassVar[str] = "archive.file_stored"

    file_id: int
    sha256: str
    filename: str
    keep_until: str

    @property
    def subject(self) -> str:
        """The file."""
        return f"file:{self.file_id}"


@dataclass(frozen=True, slots=True)
class FileAttached:
    """Pièce jointe à un dossier; told in the history of the record."""

    action: ClassVar[str] = "archive.file_attached"

    record: str
    file_id: int
    changes: dict[str, tuple[str, str]]

    @property
    def subject(self) -> str:
        """The record."""
        return self.record


@dataclass(frozen=True, slots=True)
class FileDetached:
    """Pièce retirée d'un dossier; the file itself stays in the archive until its term."""

    action: ClassVar[str] = "archive.file_detached"

    record: str
    file_id: int
    changes: dict[str, tuple[str, str]]

    @property
    def subject(self) -> str:
        """The record."""
        return self.record


@dataclass(frozen=True, slots=True)
class RetentionExtended:
    """Durée de conservation prolongée, because the same bytes were stored for longer."""

    action: ClassVar[str] = "archive.retention_extended"

    file_id: int
    old: str
    new: str

    @property
    def subject(self) -> str:
        """The file."""
        return f"file:{self.file_id}"
