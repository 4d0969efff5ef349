"""What the platform of practice thinks of a file it is given, by the house's own reading."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from echeance.core.einvoice import checks
from echeance.core.errors import EcheanceError
from echeance.transmission.documents import DocumentFacts, read_document

_ERRORS_MAX = 20


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict: reasons make a rejection, no reason an acceptance.

    Attributes:
        document: What the file is; ``None`` when it cannot be read.
        reasons: Code of the reason (status 213 or 501) and the words.
    """

    document: DocumentFacts | None
    reasons: tuple[tuple[str, str], ...] = ()


def judge(content: bytes, filename: str, announced_sha256: str) -> Judged:
    """Read and check a file: fingerprint, then syntax, then the fatal rules.

    A document rejected for what it says is read all the same.
    """
    if announced_sha256 and hashlib.sha256(content).hexdigest() != announced_sha256:
        return Judged(None, (("IRR_SYNTAX", "L'empreinte annoncée n'est pas celle du fichier."),))
    try:
        document = read_document(content, filename)
    except EcheanceError as error:
        return Judged(None, (("IRR_SYNTAX", str(error)),))
    if document.invoice is None:
        return Judged(document)
    fatal = [one for one in checks.check(document.invoice) if one.severity == "fatal"]
    return Judged(
        document,
        tuple(("REJ_SEMAN", f"{one.rule} : {one.message}") for one in fatal[:_ERRORS_MAX]),
    )
