"""Facts that cross the wall of the archive."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to keep.

    Attributes:
        content: Its bytes, in the original format (never converted).
        filename: The name it is shown and sent under; folders in it are dropped.
        media_type: ``application/pdf``, ``text/xml``…
        kind: What it is: ``invoice``, ``statement``, ``order_import``…
        subject: What it belongs to, as ``kind:id``; empty when nothing yet.
        keep_until: Last day it must be kept, see
            :func:`echeance.archive.rules.retention_date`.
        text: Its words, for search; the caller reads them, the archive opens no file.
    """

    content: bytes = field(repr=False)
    filename: str
    media_type: str
    kind: str
    subject: str
    keep_until: date
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class NewLink:
    """A file to attach to a record.

    Attributes:
        file_id: Of the archive.
        subject: The record, as ``kind:id``.
        kind: What the piece is: ``contract``, ``mandate``, ``order``, ``other``…
        label: What a person calls it; the name of the file when empty.
    """

    file_id: int
    subject: str
    kind: str = "other"
    label: str = ""


class Severity(StrEnum):
    """Whether a finding makes the check fail."""

    ERROR = "error"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check of the archive saw.

    Attributes:
        code: Stable name of the rule.
        severity: An orphan is only said, a missing or altered file is an error.
        message: French sentence: what is wrong, what to do.
        subject: ``file:id``, or empty for the archive as a whole.
    """

    code: str
    severity: Severity
    message: str
    subject: str = ""
