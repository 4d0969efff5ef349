"""What others pay, or is paid for others: disbursements and other payers, in pages."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import IntegerField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.actor import Actor
from echeance.base.language import translated
from echeance.base.paging import Sort, page_of
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.errors import NothingChosenError
from echeance.billing.forms import DisbursementForm, PayerShareForm
from echeance.billing.types import DisbursementFacts, View
from echeance.core.errors import EcheanceError

PAGE_SIZE = 50
CHOSEN_MAX = 500
_LATEST = Sort("id", IntegerField().to_python, descending=True)


@login_required
@require_http_methods(["GET", "POST"])
def disbursements(request: HttpRequest) -> HttpResponse:
    """Disbursements, and the form of another. Six queries."""
    actor = http.actor_of(request)
    form = DisbursementForm(
        request.POST or None, request.FILES or None, initial={"paid_on": clock.today()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            _record(actor, dict(form.cleaned_data))
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            messages.success(request, gettext("Le débours est enregistré."))
            return redirect("billing:disbursements")
    left = request.GET.get("vue") != "tous"
    context = {
        "page": page_of(
            queries.disbursements(actor=actor, left=left),
            sort=_LATEST,
            after=request.GET.get("apres", ""),
            before=request.GET.get("avant", ""),
            size=PAGE_SIZE,
        ),
        "left": left,
        "view": "" if left else "tous",
        "form": form,
        "may_draft": Right.DRAFT_INVOICES in actor.rights,
    }
    status = 422 if form.is_bound and form.errors else 200
    return http.page(request, "billing/disbursements.html", context, status=status)


def _record(actor: Actor, facts: dict[str, object]) -> None:
    party_id = queries.party_named(actor=actor, text=str(facts.pop("customer")))
    piece = facts.pop("piece")
    file_id = None
    if isinstance(piece, dict):
        file_id = commands.keep_disbursement_piece(actor=actor, **piece)
    one = DisbursementFacts(party_id=party_id, file_id=file_id, **facts)  # type: ignore[arg-type]
    commands.record_disbursements(actor=actor, disbursements=[one])


@login_required
@require_POST
def disbursements_act(request: HttpRequest) -> HttpResponse:
    """Draft the notes of the disbursements ticked, one a customer."""
    actor = http.actor_of(request)
    chosen = [int(pk) for pk in request.POST.getlist("chosen") if pk.isdecimal()][:CHOSEN_MAX]
    if not chosen:
        raise NothingChosenError
    made = commands.draft_disbursements(actor=actor, disbursement_ids=chosen)
    told = gettext("Notes de débours en brouillon : {number}. Vérifiez-les.")
    messages.success(request, told.format(number=len(made)))
    return redirect(f"{reverse('billing:invoices')}?vue={View.DRAFTS}")


@login_required
@require_http_methods(["GET", "POST"])
def payers(request: HttpRequest) -> HttpResponse:
    """Shares that other payers take, and the form of another. Five queries."""
    actor = http.actor_of(request)
    form = PayerShareForm(request.POST or None, initial={"starts_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        try:
            commands.add_payer_share(
                actor=actor,
                party_id=queries.party_named(actor=actor, text=facts.pop("customer")),
                payer_id=queries.party_named(actor=actor, text=facts.pop("payer")),
                **facts,
            )
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            messages.success(request, gettext("La prise en charge est enregistrée."))
            return redirect("billing:payers")
    context = {
        "page": page_of(
            queries.payer_shares(actor=actor),
            sort=_LATEST,
            after=request.GET.get("apres", ""),
            before=request.GET.get("avant", ""),
            size=PAGE_SIZE,
        ),
        "form": form,
        "may_edit": Right.EDIT_PARTIES in actor.rights,
    }
    status = 422 if form.is_bound and form.errors else 200
    return http.page(request, "billing/payers.html", context, status=status)


@login_required
@require_POST
def payer_end(request: HttpRequest, share_id: int) -> HttpResponse:
    """Withdraw a share."""
    commands.end_payer_share(actor=http.actor_of(request), share_id=share_id)
    messages.success(request, gettext("La prise en charge est retirée."))
    return redirect("billing:payers")
