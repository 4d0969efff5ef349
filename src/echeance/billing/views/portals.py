"""Portals of large buyers: what awaits there, taken away in one file, and what the portal said."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from echeance.base import clock, http
from echeance.base.language import translated
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.errors import NothingChosenError
from echeance.billing.forms import HandoverForm
from echeance.billing.rules import portals as rules
from echeance.core.errors import EcheanceError

CHOSEN_MAX = 200
SHOWN = 300
TONES = {
    rules.TO_DELIVER: "warn",
    rules.DELIVERED: "info",
    rules.ACCEPTED: "good",
    rules.REFUSED: "bad",
    rules.PAYMENT_TOLD: "good",
}


@login_required
@require_GET
def portals(request: HttpRequest) -> HttpResponse:
    """Documents by status, those to hand over first. Three queries."""
    actor = http.actor_of(request)
    found = queries.portal_documents(actor=actor)
    view = request.GET.get("etat", rules.TO_DELIVER)
    view = view if view in rules.LABELS else rules.TO_DELIVER
    rows = [(row, last, TONES[last.status]) for row, last in found if last.status == view]
    context = {
        "view": view,
        "tabs": [
            (key, gettext(label), sum(last.status == key for _, last in found))
            for key, label in rules.LABELS.items()
        ],
        "rows": rows[:SHOWN],
        "form": HandoverForm(initial={"on": clock.today(), "status": rules.DELIVERED}),
        "here": request.get_full_path(),
        "may_send": Right.SEND_DOCUMENTS in actor.rights,
    }
    return http.page(request, "billing/portals.html", context)


@login_required
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Take away the files of the documents ticked, or note what became of them."""
    actor = http.actor_of(request)
    chosen = [int(pk) for pk in request.POST.getlist("chosen") if pk.isdecimal()][:CHOSEN_MAX]
    if not chosen:
        raise NothingChosenError
    if request.POST.get("do") == "export":
        content = commands.export_for_portal(actor=actor, invoice_ids=chosen)
        response = HttpResponse(content, content_type="application/zip")
        name = f"portail-{clock.today():%Y-%m-%d}.zip"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
    form = HandoverForm(request.POST)
    if not form.is_valid():
        told = " ".join(str(error) for errors in form.errors.values() for error in errors)
        messages.error(request, told)
        return redirect(http.back_address(request, "billing:portals"))
    try:
        count = commands.record_handovers(actor=actor, invoice_ids=chosen, **form.cleaned_data)
    except EcheanceError as error:
        messages.error(request, translated(error))
    else:
        messages.success(request, gettext("Notés : {number}.").format(number=count))
    return http.back(request, "billing:portals")
