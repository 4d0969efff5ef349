"""E-invoices through the API: files read, judged and converted; nothing is stored."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile

from echeance.base import http
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.core.einvoice import documents
from echeance.core.einvoice.errors import FileTooLargeError
from echeance.core.einvoice.native import native_verdict
from echeance.core.einvoice.pdf import MAX_PDF_BYTES
from echeance.core.einvoice.telling import shown

router = Router(tags=["einvoice"])


class FindingOut(Schema):
    """One thing wrong in a document."""

    rule: str
    severity: str
    location: str
    message: str


class UnknownOut(Schema):
    """Something the standard has no term for."""

    path: str
    value: str
    line: int


class DocumentOut(Schema):
    """A document term by term: numbers of EN 16931, ISO dates, decimal texts as printed."""

    syntax: str
    profile: str
    terms: dict[str, Any]
    unknown: list[UnknownOut]
    findings: list[FindingOut]


class VerdictOut(Schema):
    """What the native rules say; ``valid`` is null for a file nobody could judge."""

    validated: bool
    valid: bool | None
    syntax: str | None
    profile: str | None
    findings: list[FindingOut]


class LossOut(Schema):
    """Something the target has no place for."""

    term: str
    label: str
    value: str


class ConversionIn(Schema):
    """What to convert to."""

    to: Literal["CII", "UBL"]


class ConversionOut(Schema):
    """The document in the other syntax; ``xml`` is "" when something would be lost."""

    xml: str
    lost: list[LossOut]


@router.post("/reading", response=DocumentOut, summary="Lire une facture électronique")
def read(request: HttpRequest, file: File[UploadedFile]) -> dict[str, Any]:
    """Every business term of a CII, a UBL or a Factur-X."""
    return shown(documents.read(*_content(request, file)))


@router.post("/validation", response=VerdictOut, summary="Contrôler une facture électronique")
def validate(request: HttpRequest, file: File[UploadedFile]) -> dict[str, Any]:
    """The verdict of the native rules, at once."""
    return native_verdict(*_content(request, file)).as_dict()


@router.post("/conversion", response=ConversionOut, summary="Convertir une facture électronique")
def convert(
    request: HttpRequest, file: File[UploadedFile], facts: Form[ConversionIn]
) -> dict[str, Any]:
    """The same document in CII or UBL, or what would be lost."""
    made = documents.convert(documents.read(*_content(request, file)), facts.to)
    return {"xml": "" if made.lost else made.content.decode(), "lost": made.lost}


@router.post("/extraction", summary="Extraire le XML d'un Factur-X")
def extract(request: HttpRequest, file: File[UploadedFile]) -> HttpResponse:
    """The XML that a PDF carries, byte for byte."""
    return http.download(documents.read(*_content(request, file)).xml, "facture.xml")


def _content(request: HttpRequest, file: UploadedFile) -> tuple[bytes, str]:
    """The bytes and the name of the file; one that is too large is refused before it is read."""
    actor = getattr(request, "auth", None)
    assert isinstance(actor, Actor), "the door authenticates"
    actor.require(Right.READ)
    name = file.name or ""
    if (file.size or 0) > MAX_PDF_BYTES:
        raise FileTooLargeError(name, MAX_PDF_BYTES // 1024 // 1024)
    return file.read(), name
