"""What the official rules say of one file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from echeance.core.einvoice.errors import (
    FileError,
    FileTooLargeError,
    NoXmlInPdfError,
    SeveralXmlInPdfError,
    UnknownFormatError,
)
from echeance.core.einvoice.model import Finding

_NOTHING_TO_JUDGE: Final = (
    FileTooLargeError,
    NoXmlInPdfError,
    SeveralXmlInPdfError,
    UnknownFormatError,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The official answer.

    Attributes:
        validated: Whether the rules could be applied. When not, ``valid`` is None and the first
            finding says why: a document that was not judged is never valid.
        valid: No fatal finding.
        syntax: ``FACTUR-X``, ``CII``, ``UBL``…; None when the file could not be opened.
        profile: Name of the profile; None when the file could not be opened.
        findings: In the order of the rules: file, schema, profile, French rules.
    """

    validated: bool
    valid: bool | None
    syntax: str | None
    profile: str | None
    findings: tuple[Finding, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The shape of ``echeance einvoice validate --json``, less the file name."""
        return {**asdict(self), "findings": [asdict(finding) for finding in self.findings]}

    @classmethod
    def from_dict(cls, shape: dict[str, Any]) -> Verdict:
        """The inverse of :meth:`as_dict`."""
        findings = tuple(Finding(**finding) for finding in shape["findings"])
        return cls(**{**shape, "findings": findings})


def not_validated(
    reason: str, *, rule: str = "NON-VALIDÉ", syntax: str | None = None, profile: str | None = None
) -> Verdict:
    """The verdict of a document nobody could judge, with the French reason."""
    return Verdict(
        validated=False,
        valid=None,
        syntax=syntax,
        profile=profile,
        findings=(Finding(rule, "warning", "", reason),),
    )


def unopened(error: FileError) -> Verdict:
    """The verdict of a file that could not be opened.

    One that holds no invoice was not judged; every other fault is the document's own.
    """
    if isinstance(error, _NOTHING_TO_JUDGE):
        return not_validated(str(error), rule=error.code)
    finding = Finding(error.code, "fatal", "", str(error))
    return Verdict(validated=True, valid=False, syntax=None, profile=None, findings=(finding,))


def report(path: Path, verdict: Verdict) -> dict[str, Any]:
    """One line of ``echeance einvoice validate --json``."""
    return {"file": str(path), **verdict.as_dict()}


def exit_code(verdicts: Iterable[Verdict]) -> int:
    """Exit code of a verdict command: 1 if any is invalid, else 3 if any was not judged, else 0.

    >>> ok = Verdict(True, True, "CII", "EN 16931")
    >>> bad = Verdict(True, False, "CII", "EN 16931")
    >>> exit_code([ok]), exit_code([ok, not_validated("…")]), exit_code([not_validated("…"), bad])
    (0, 3, 1)
    """
    verdicts = list(verdicts)
    if any(verdict.valid is False for verdict in verdicts):
        return 1
    return 0 if all(verdict.validated for verdict in verdicts) else 3
