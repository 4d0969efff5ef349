"""The page where a person drops an e-invoice and sees what it says; nothing is stored."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from echeance.base import http
from echeance.base.language import translated
from echeance.core.einvoice import documents
from echeance.core.einvoice.native import native_verdict
from echeance.core.einvoice.pdf import MAX_PDF_BYTES
from echeance.core.einvoice.telling import shown
from echeance.core.errors import EcheanceError

SYNTAXES = (documents.CII, documents.UBL)


class FileForm(forms.Form):
    """An e-invoice to look at."""

    file = forms.FileField(
        label="Facture électronique",
        help_text="Factur-X (PDF), CII ou UBL (XML). Le fichier est lu, jamais conservé.",
    )

    def clean_file(self) -> Any:
        """Refuse a file too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_PDF_BYTES:
            raise forms.ValidationError(gettext("Ce fichier dépasse 50 Mo."))
        return file


@login_required
@require_http_methods(["GET", "POST"])
def einvoice(request: HttpRequest) -> HttpResponse:
    """The form; with a file, the document and its verdict, or what the button asked for."""
    http.actor_of(request)
    form = FileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content, name = file.read(), file.name
        try:
            document = documents.read(content, name)
            wanted = request.POST.get("telecharger", "")
            if wanted == "JSON":
                return _json(document)
            if wanted in SYNTAXES:
                made = documents.convert(document, wanted)
                if not made.lost:
                    return http.download(made.content, f"facture-{wanted.lower()}.xml")
                context["lost"] = made.lost
        except EcheanceError as error:
            form.add_error("file", translated(error))
        else:
            context |= {"document": document, "name": name}
            context["verdict"] = native_verdict(content, name)
    status = 422 if form.errors or "lost" in context else 200
    return render(request, "web/einvoice.html", context, status=status)


def _json(document: documents.Document) -> HttpResponse:
    response = HttpResponse(
        json.dumps(shown(document), ensure_ascii=False), content_type="application/json"
    )
    response.headers["Content-Disposition"] = 'attachment; filename="facture.json"'
    return response
