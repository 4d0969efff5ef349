"""Pages of the tests: a list with its pane, and one address for each kind of business error."""

from __future__ import annotations

import io
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django_cotton.compiler_regex import CottonCompiler

from echeance.base.http import actor_of
from echeance.core.errors import ConfirmationNeededError, EcheanceError, Kind

LIST = """{% extends "web/base.html" %}{% load ui %}
{% block title %}Liste{% endblock %}{% block heading %}Liste{% endblock %}
{% block content %}
<div id="list">
<form method="post" action="/sample/act/" hx-post="/sample/act/" hx-target="#list" hx-swap="outerMorph">{% csrf_token %}
<table class="table table-cards"><caption class="visually-hidden">Factures</caption>
<thead><tr><th class="c-check"><input class="check" type="checkbox" data-select-all aria-label="Tout cocher"></th><c-th>Facture</c-th></tr></thead>
<tbody>{% for n in numbers %}<tr id="row-{{ n }}" data-row>
<c-row-check value="{{ n }}" amount="10.10" label="Cocher {{ n }}" />
<td class="c-title"><a href="/sample/pane/{{ n }}/" hx-get="/sample/pane/{{ n }}/" hx-target="#pane" data-open-pane>FA-{{ n }}</a></td>
</tr>{% endfor %}</tbody></table>
<c-bulk words="facture,factures"><c-button name="do" value="remind">Relancer</c-button></c-bulk>
</form>
<form method="post" action="/sample/refuse/" hx-post="/sample/refuse/" hx-target="#list">{% csrf_token %}<c-button shortcut="e">Refuser</c-button></form>
<form method="post" action="/sample/crash/" hx-post="/sample/crash/" hx-target="#list">{% csrf_token %}<c-button>Planter</c-button></form>
</div>
{% include "web/_toasts.html" %}
{% endblock %}"""
DONE = (
    """<div id="list"><p>Fait : {{ chosen|join:", " }}</p></div>{% include "web/_toasts.html" %}"""
)
PANE = """<c-pane kicker="Facture" title="FA-{{ n }}"><c-pdf src="/sample/file/" label="Aperçu de la facture" /></c-pane>"""


@dataclass(eq=False)
class SampleError(EcheanceError):
    """A business error whose kind is chosen by the address."""

    code = "sample.refused"
    message = "La facture {number} est déjà émise : corrigez-la par un avoir."

    number: str


def failing(kind: Kind):
    error = type(f"Sample{kind.name.title()}Error", (SampleError,), {"kind": kind})

    def view(request: HttpRequest) -> HttpResponse:
        raise error(number="<FA-1>")

    return view


def render(request: HttpRequest, source: str, context: dict[str, object]) -> HttpResponse:
    # Components are compiled when a file is loaded; here the source is a string.
    template = engines["django"].from_string(CottonCompiler().process(source))
    return HttpResponse(template.render(context, request))


@login_required
def sample_list(request: HttpRequest) -> HttpResponse:
    return render(request, LIST, {"numbers": [1, 2, 3]})


@login_required
def act(request: HttpRequest) -> HttpResponse:
    messages.success(request, "2 factures relancées.", extra_tags="/sample/act/")
    return render(request, DONE, {"chosen": request.POST.getlist("chosen")})


@login_required
def pane(request: HttpRequest, number: int) -> HttpResponse:
    return render(request, PANE, {"n": number})


@login_required
def file(request: HttpRequest) -> HttpResponse:
    import pikepdf

    content = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.add_blank_page()
        document.save(content)
    return HttpResponse(content.getvalue(), content_type="application/pdf")


def confirm(request: HttpRequest) -> HttpResponse:
    if request.POST.get("confirmed") != "twice":
        raise ConfirmationNeededError(key="twice", question="Relancer deux fois le même jour ?")
    return HttpResponse(",".join(request.POST.getlist("chosen")))


def crash(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<h1>Bad gateway</h1>", status=502)


@login_required
def acting(request: HttpRequest) -> HttpResponse:
    return HttpResponse(actor_of(request).company.name)


urlpatterns = [
    path("", include("echeance.web.urls")),
    path("sample/", sample_list),
    path("sample/act/", act),
    path("sample/pane/<int:number>/", pane),
    path("sample/file/", file),
    path("sample/confirm/", confirm),
    path("sample/refuse/", failing(Kind.REFUSED)),
    path("sample/crash/", crash),
    path("sample/acting/", acting),
    *(path(f"sample/{kind.value}/", failing(kind)) for kind in Kind),
]
