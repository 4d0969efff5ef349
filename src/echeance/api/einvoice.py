"""E-invoices through the API: files read, judged and converted; nothing is stored."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile

from echeance.base import clock, http
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.core.einvoice import documents
from echeance.core.einvoice.embed import embed
from echeance.core.einvoice.errors import FileTooLargeError
from echeance.core.einvoice.facturx import default_template
from echeance.core.einvoice.native import native_verdict
from echeance.core.einvoice.official.pool import OfficialValidator
from echeance.core.einvoice.pdf import MAX_PDF_BYTES
from echeance.core.einvoice.telling import finding, shown
from echeance.core.typesetting import Typesetter

router = Router(tags=["einvoice"])


class TwoLanguages(Schema):
    """A text in two languages."""

    fr: str
    en: str


class FileFindingOut(Schema):
    """One thing wrong in a document: the rule's own text, then where, what and what to do."""

    rule: str
    severity: str
    location: str
    message: str
    terms: list[str]
    line: int | None
    place: TwoLanguages
    sentence: TwoLanguages
    todo: TwoLanguages


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
    findings: list[FileFindingOut]


class VerdictOut(Schema):
    """What the rules say; ``valid`` is null for a file nobody could judge."""

    validated: bool
    valid: bool | None
    syntax: str | None
    profile: str | None
    findings: list[FileFindingOut]


class LossOut(Schema):
    """Something the target has no place for."""

    term: str
    label: str
    value: str


class ConversionIn(Schema):
    """What to convert to."""

    to: Literal["CII", "UBL", "FACTUR-X"]


class ConversionOut(Schema):
    """The document in the other syntax; both are "" when something would be lost.

    ``pdf`` is the Factur-X in base64.
    """

    xml: str
    pdf: str
    profile_before: str
    lost: list[LossOut]


class EmbeddedOut(Schema):
    """A Factur-X in base64, and what keeps it from being a PDF/A-3."""

    pdf: str
    pdfa: bool
    findings: list[FileFindingOut]


@router.post("/reading", response=DocumentOut, summary="Lire une facture électronique")
def read(request: HttpRequest, file: File[UploadedFile]) -> dict[str, Any]:
    """Every business term of a CII, a UBL or a Factur-X."""
    return shown(documents.read(*_content(request, file)))


@router.post("/validation", response=VerdictOut, summary="Contrôler une facture électronique")
def validate(
    request: HttpRequest,
    file: File[UploadedFile],
    engine: Literal["official", "native"] = "official",
) -> dict[str, Any]:
    """The verdict of the official rules, or at once that of the native ones."""
    content, name = _content(request, file)
    if engine == "native":
        verdict = native_verdict(content, name)
    else:
        with OfficialValidator(workers=1, timeout_seconds=30) as validator:
            verdict = validator.validate(content, name)
    return {**verdict.as_dict(), "findings": [finding(item) for item in verdict.findings]}


@router.post("/conversion", response=ConversionOut, summary="Convertir une facture électronique")
def convert(
    request: HttpRequest, file: File[UploadedFile], facts: Form[ConversionIn]
) -> dict[str, Any]:
    """The same document in another syntax, or what would be lost."""
    made = documents.convert(
        documents.read(*_content(request, file)),
        facts.to,
        typesetter=Typesetter(default_template()) if facts.to == documents.FACTUR_X else None,
        timestamp=clock.now(),
    )
    content = b"" if made.lost else made.content
    is_pdf = facts.to == documents.FACTUR_X
    return {
        "xml": "" if is_pdf else content.decode(),
        "pdf": b64encode(content).decode() if is_pdf else "",
        "profile_before": made.profile_before,
        "lost": made.lost,
    }


@router.post("/extraction", summary="Extraire le XML d'un Factur-X")
def extract(request: HttpRequest, file: File[UploadedFile]) -> HttpResponse:
    """The XML that a PDF carries, byte for byte."""
    return http.download(documents.read(*_content(request, file)).xml, "facture.xml")


@router.post("/embedding", response=EmbeddedOut, summary="Joindre un XML à un PDF")
def join(request: HttpRequest, file: File[UploadedFile], xml: File[UploadedFile]) -> dict[str, Any]:
    """A Factur-X of a page and its CII; ``pdfa`` says whether it is a PDF/A-3 as well."""
    content, name = _content(request, file)
    made = embed(content, _content(request, xml)[0], timestamp=clock.now(), filename=name)
    return {
        "pdf": b64encode(made.content).decode(),
        "pdfa": made.is_pdfa,
        "findings": [finding(item) for item in made.findings],
    }


def _content(request: HttpRequest, file: UploadedFile) -> tuple[bytes, str]:
    """The bytes and the name of the file; one that is too large is refused before it is read."""
    actor = getattr(request, "auth", None)
    assert isinstance(actor, Actor), "the door authenticates"
    actor.require(Right.READ)
    name = file.name or ""
    if (file.size or 0) > MAX_PDF_BYTES:
        raise FileTooLargeError(name, MAX_PDF_BYTES // 1024 // 1024)
    return file.read(), name
