"""A file of somebody, dropped: read, judged and shown in words, converted; nothing is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from echeance.base import clock
from echeance.base.http import actor_of, download, page
from echeance.base.language import is_french, translated
from echeance.base.rights import Right
from echeance.core.einvoice import documents
from echeance.core.einvoice.compare import compare_pdf
from echeance.core.einvoice.facturx import default_template
from echeance.core.einvoice.model import Attachment, Finding
from echeance.core.einvoice.native import native_verdict
from echeance.core.einvoice.official.pool import OfficialValidator
from echeance.core.einvoice.official.verdict import Verdict
from echeance.core.einvoice.pdf import MAX_PDF_BYTES
from echeance.core.einvoice.telling import shown
from echeance.core.einvoice.view import invoice_view
from echeance.core.einvoice.words.explained import ExplainedFinding, explained
from echeance.core.errors import EcheanceError
from echeance.core.typesetting import Typesetter

FORMATS: Final = {"cii": ("CII", "xml"), "ubl": ("UBL", "xml"), "factur-x": ("FACTUR-X", "pdf")}
TEMPLATE: Final = "web/einvoice_read.html"


class EInvoiceForm(forms.Form):
    """A file to read, judge or convert."""

    file = forms.FileField(
        label=gettext_lazy("Fichier"),
        help_text=gettext_lazy(
            "PDF ou XML. Déposez-le ici, ou collez-le n'importe où dans la page."
        ),
        widget=forms.FileInput(attrs={"accept": ".pdf,.xml,application/pdf,text/xml"}),
        error_messages={"required": gettext_lazy("Choisissez un fichier.")},
    )

    def clean(self) -> dict[str, Any]:
        """Put the bytes and the name of the file in ``content`` and ``filename``."""
        facts = self.cleaned_data
        file = facts.get("file")
        if file is None:
            return facts
        if file.size > MAX_PDF_BYTES:
            told = gettext("Le fichier dépasse {size} Mo.")
            raise forms.ValidationError(told.format(size=MAX_PDF_BYTES // 1024 // 1024))
        return facts | {"content": file.read(), "filename": file.name or "facture"}


@dataclass(frozen=True, slots=True)
class Told:
    """A finding as its page says it."""

    rule: str
    bad: bool
    place: str
    sentence: str
    todo: str
    line: int | None


@login_required
@require_http_methods(["GET", "POST"])
def einvoice(request: HttpRequest) -> HttpResponse:
    """Drop a file: see what it says and whether it is valid, or take it away in another format."""
    actor_of(request).require(Right.READ)
    form = EInvoiceForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if request.method != "POST":
        return page(request, TEMPLATE, context)
    if not form.is_valid():
        return page(request, TEMPLATE, context, status=422)
    content, filename = form.cleaned_data["content"], form.cleaned_data["filename"]
    try:
        document = documents.read(content, filename)
        wanted = request.POST.get("do", "")
        if wanted == "json":
            return download(_json(document), f"{_stem(filename)}.json")
        if wanted in FORMATS:
            made = _converted(document, wanted)
            if not made.lost:
                return download(made.content, f"{_stem(filename)}.{FORMATS[wanted][1]}")
            context |= {"lost": made.lost, "wanted": FORMATS[wanted][0]}
    except EcheanceError as error:
        context |= {"refusal": translated(error), "filename": filename}
        return page(request, TEMPLATE, context, status=422)
    context |= _shown(document, content, filename)
    return page(request, TEMPLATE, context)


def _stem(filename: str) -> str:
    return filename.rpartition(".")[0] or filename


def _json(document: documents.Document) -> bytes:
    return json.dumps(shown(document), ensure_ascii=False, indent=2).encode()


def _converted(document: documents.Document, wanted: str) -> documents.Conversion:
    return documents.convert(
        document,
        FORMATS[wanted][0],
        typesetter=_typesetter() if wanted == "factur-x" else None,
        timestamp=clock.now(),
    )


@cache
def _typesetter() -> Typesetter:
    return Typesetter(default_template())


def _shown(document: documents.Document, content: bytes, filename: str) -> dict[str, Any]:
    verdict = _verdict(content, filename)
    findings = [*verdict.findings, *_page_against_xml(document, content, filename)]
    told = [_told(explained(finding)) for finding in _once(findings)]
    language = "fr" if is_french() else (get_language() or "en")[:2]
    view = invoice_view(document.invoice, appearance=documents.PLAIN, language=language)
    by_line: dict[int, list[Told]] = {}
    for one in told:
        if one.line:
            by_line.setdefault(one.line, []).append(one)
    return {
        "document": document,
        "filename": filename,
        "verdict": verdict,
        "view": view,
        "lines": [
            (line, by_line.get(rank, [])) for rank, line in enumerate(view["lines"], start=1)
        ],
        "findings": [one for one in told if not one.line],
        "count": len(told),
        "attachments": [_attached(item) for item in document.invoice.attachments],
    }


def _verdict(content: bytes, filename: str) -> Verdict:
    """The official answer; ours, said as such, when nobody could give it."""
    with OfficialValidator(workers=1, timeout_seconds=30) as validator:
        official = validator.validate(content, filename)
    if official.validated:
        return official
    return Verdict(
        validated=False,
        valid=None,
        syntax=official.syntax,
        profile=official.profile,
        findings=(*official.findings, *native_verdict(content, filename).findings),
    )


def _page_against_xml(
    document: documents.Document, content: bytes, filename: str
) -> tuple[Finding, ...]:
    if not document.embedded_filename:
        return ()
    return tuple(compare_pdf(content, document.invoice, filename).findings)


def _once(findings: list[Finding]) -> list[Finding]:
    """Two sheets may say the same of the same place."""
    return list({(item.rule, item.location): item for item in findings}.values())


def _told(item: ExplainedFinding) -> Told:
    french = is_french()
    return Told(
        rule=item.rule,
        bad=item.severity == "fatal",
        place=item.place_fr if french else item.place_en,
        sentence=item.sentence_fr if french else item.sentence_en,
        todo=item.todo_fr if french else item.todo_en,
        line=item.line_index,
    )


def _attached(item: Attachment) -> tuple[str, str]:
    name = item.filename or item.url or item.reference
    size = gettext("{size} Ko").format(size=-(-len(item.content) // 1024)) if item.content else ""
    return f"{name} ({item.description})" if item.description else name, size
