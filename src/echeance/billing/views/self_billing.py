"""Self-billing in pages: mandates, documents in the name of suppliers, their answers."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import IntegerField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.actor import Actor
from echeance.base.language import translated
from echeance.base.paging import Sort, page_of
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.forms import ContestForm, MandateForm, SelfBilledForm
from echeance.core.errors import EcheanceError

PAGE_SIZE = 50
_LATEST = Sort("id", IntegerField().to_python, descending=True)


@login_required
@require_http_methods(["GET", "POST"])
def self_billing(request: HttpRequest) -> HttpResponse:
    """Mandates, what awaits an answer, documents made, and the form of a mandate. Ten queries."""
    actor = http.actor_of(request)
    form = MandateForm(request.POST or None, initial={"signed_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        try:
            supplier_id = queries.party_named(actor=actor, text=facts.pop("supplier"))
            row = commands.record_mandate(actor=actor, supplier_id=supplier_id, **facts)
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            told = gettext("Le mandat {reference} est enregistré.").format(reference=row.reference)
            messages.success(request, told)
            return redirect("billing:self_billing")
    today = clock.today()
    context = {
        "mandates": [
            (row, queries.mandate_holds(row, today)) for row in queries.mandates(actor=actor)[:200]
        ],
        "awaited": queries.awaited_answers(actor=actor)[:200],
        "page": page_of(
            queries.self_billed(actor=actor),
            sort=_LATEST,
            after=request.GET.get("apres", ""),
            before=request.GET.get("avant", ""),
            size=PAGE_SIZE,
        ),
        "form": form,
        "draft_form": SelfBilledForm(mandates=_choices(actor)),
        "may_edit": Right.EDIT_COMPANY in actor.rights,
        "may_draft": Right.DRAFT_INVOICES in actor.rights,
    }
    status = 422 if form.is_bound and form.errors else 200
    return http.page(request, "billing/self_billing.html", context, status=status)


@login_required
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Draft an invoice in the name of a supplier."""
    actor = http.actor_of(request)
    form = SelfBilledForm(request.POST, mandates=_choices(actor))
    if not form.is_valid():
        problems = [str(error) for errors in form.errors.values() for error in errors]
        messages.error(request, " ".join(problems))
        return redirect("billing:self_billing")
    facts = dict(form.cleaned_data)
    row = commands.draft_self_billed(actor=actor, mandate_id=int(facts.pop("mandate")), **facts)
    messages.success(request, gettext("La facture du fournisseur est en brouillon. Vérifiez-la."))
    return redirect("billing:invoice", row.pk)


def _choices(actor: Actor) -> list[tuple[int, str]]:
    """Mandates in force today."""
    today = clock.today()
    return [
        (row.pk, f"{row.supplier.name} · {row.reference}")
        for row in queries.mandates(actor=actor)[:200]
        if queries.mandate_holds(row, today)
    ]


@login_required
@require_POST
def revoke(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """End a mandate."""
    row = commands.revoke_mandate(actor=http.actor_of(request), mandate_id=mandate_id)
    told = gettext("Le mandat {reference} est révoqué.").format(reference=row.reference)
    messages.success(request, told)
    return redirect("billing:self_billing")


@login_required
@require_POST
def answer(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Record what a supplier said."""
    actor = http.actor_of(request)
    accepted = request.POST.get("do") != "contest"
    form = ContestForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    commands.answer_self_billed(
        actor=actor, invoice_id=invoice_id, accepted=accepted, reason="" if accepted else reason
    )
    messages.success(request, gettext("La réponse du fournisseur est enregistrée."))
    return redirect("billing:self_billing")
