"""Web face of the payment plans: the list, a plan, its agreement, the customer's own link."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.archive.types import NewFile
from echeance.base import clock, http
from echeance.base.language import translated
from echeance.base.rights import Right
from echeance.collection import commands, queries
from echeance.collection.errors import (
    LinkTriesError,
    NotCustomerItemError,
    PaymentPlanAnsweredError,
    PaymentPlanLinkError,
    PaymentPlanStandsError,
)
from echeance.collection.forms_promises import (
    AcceptanceForm,
    PaymentPlanForm,
    PlanEndForm,
    PlanLinkForm,
)
from echeance.collection.models import PaymentPlan
from echeance.collection.types import PaymentPlanState
from echeance.core.dunning.instalments import INSTALMENT_STATE_LABELS, ScheduleInvalidError
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT
from echeance.parties import queries as parties

LISTED = 200
TRIES_MAX = 30
TRIES_SECONDS = 600
SIGNED_SIZE_MAX = 10_000_000
VIEWS = {
    "en-cours": (PaymentPlanState.ACCEPTED,),
    "a-signer": (PaymentPlanState.DRAFT, PaymentPlanState.PROPOSED),
    "finis": (PaymentPlanState.COMPLETED, PaymentPlanState.BROKEN, PaymentPlanState.CANCELLED),
}
TONES = {
    PaymentPlanState.ACCEPTED: "info",
    PaymentPlanState.PROPOSED: "warn",
    PaymentPlanState.COMPLETED: "good",
    PaymentPlanState.BROKEN: "bad",
}


@login_required
@require_GET
def payment_plans(request: HttpRequest) -> HttpResponse:
    """Plans that run with how far each is paid, those to be signed, those that ended."""
    actor = http.actor_of(request)
    view = request.GET.get("vue", "en-cours")
    view = view if view in VIEWS else "en-cours"
    rows = list(queries.payment_plans(actor=actor, states=VIEWS[view])[:LISTED])
    states = queries.plan_progress(actor=actor, plans=rows, on=clock.today())
    context = {
        "view": view,
        "rows": [(row, states[row.pk], _tone(row)) for row in rows],
        "may_prepare": Right.PREPARE_REMINDERS in actor.rights,
    }
    return http.page(request, "collection/payment_plans.html", context)


def _tone(plan: PaymentPlan) -> str:
    return TONES.get(PaymentPlanState(plan.state), "neutral")


@login_required
@require_http_methods(["GET", "POST"])
def payment_plan_new(request: HttpRequest, party_id: int) -> HttpResponse:
    """Draft a plan of what a customer owes."""
    actor = http.actor_of(request)
    customer = parties.party_for(actor=actor, party_id=party_id)
    items = ledger.open_items(actor=actor, party_ids=[party_id, customer.pk], side=DEBIT)
    form = PaymentPlanForm(request.POST or None, items=items)
    if request.method == "POST" and form.is_valid():
        try:
            plan = commands.draft_payment_plan(actor=actor, facts=form.facts(customer.pk))
        except (NotCustomerItemError, PaymentPlanStandsError, ScheduleInvalidError) as error:
            form.add_error(None, translated(error))
        else:
            messages.success(request, gettext("Échéancier préparé : relisez-le, puis proposez-le."))
            return redirect("collection:payment_plan", plan.pk)
    context = {"customer": customer, "form": form, "items": items, "boxes": list(form["items"])}
    status = 422 if form.is_bound else 200
    return http.page(request, "collection/payment_plan_new.html", context, status=status)


@login_required
@require_GET
def payment_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """One plan: what it pays, its instalments as they are paid, what may be done of it."""
    actor = http.actor_of(request)
    plan = queries.payment_plan_for(actor=actor, plan_id=plan_id)
    state = queries.plan_progress(actor=actor, plans=[plan], on=clock.today())[plan.pk]
    may_prepare = Right.PREPARE_REMINDERS in actor.rights
    token = request.session.pop(f"payment_plan:{plan.pk}", "")
    context = {
        "plan": plan,
        "tone": _tone(plan),
        "state": state,
        "instalments": [
            (one, gettext(INSTALMENT_STATE_LABELS[one.state])) for one in state.instalments
        ],
        "link": request.build_absolute_uri(reverse("collection:payment_plan_link", args=[token]))
        if token
        else "",
        "may_propose": may_prepare and plan.state in {"draft", "proposed"},
        "may_accept": may_prepare and plan.state == "proposed",
        "may_undo": may_prepare and plan.state == "accepted" and not state.paid,
        "may_cancel": may_prepare and plan.state in {"draft", "proposed", "accepted"},
        "accept_form": AcceptanceForm(initial={"accepted_on": clock.today()}),
        "end_form": PlanEndForm(),
    }
    return http.page(request, "collection/payment_plan.html", context)


@login_required
@require_POST
def payment_plan_propose(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Set the agreement, make its link, and prepare the mail if asked."""
    by_mail = request.POST.get("by_mail") == "1"
    plan, token = commands.propose_payment_plan(
        actor=http.actor_of(request), plan_id=plan_id, by_mail=by_mail
    )
    request.session[f"payment_plan:{plan.pk}"] = token
    told = (
        gettext("Accord prêt, et courriel préparé : il est retenu avant de partir.")
        if by_mail
        else gettext("Accord prêt : donnez le PDF ou le lien au client.")
    )
    messages.success(request, told)
    return redirect("collection:payment_plan", plan_id)


@login_required
@require_POST
def payment_plan_accept(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Note that the customer accepted."""
    actor = http.actor_of(request)
    form = AcceptanceForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, gettext("Dites qui a accepté, et quel jour."))
        return redirect("collection:payment_plan", plan_id)
    file = form.cleaned_data["signed"]
    if file is not None and file.size > SIGNED_SIZE_MAX:
        messages.error(request, gettext("L'accord signé dépasse 10 Mo : réduisez-le."))
        return redirect("collection:payment_plan", plan_id)
    signed = None
    if file is not None:
        signed = NewFile(
            content=file.read(),
            filename=file.name or "accord-signe.pdf",
            media_type=file.content_type or "application/octet-stream",
            kind="payment_plan",
            subject=f"payment_plan:{plan_id}",
            keep_until=ledger.keep_until(actor=actor, day=clock.today()),
        )
    plan = commands.accept_payment_plan(
        actor=actor,
        plan_id=plan_id,
        accepted_on=form.cleaned_data["accepted_on"],
        accepted_by=form.cleaned_data["accepted_by"],
        signed=signed,
    )
    messages.success(
        request,
        gettext("Échéancier accepté : ses pièces ne sont plus relancées tant qu'il est tenu."),
        extra_tags=reverse("collection:payment_plan_undo", args=[plan.pk]),
    )
    return redirect("collection:payment_plan", plan_id)


@login_required
@require_POST
def payment_plan_undo(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Take back an acceptance noted by mistake."""
    commands.undo_acceptance(actor=http.actor_of(request), plan_id=plan_id)
    messages.success(request, gettext("Acceptation annulée : l'échéancier est de nouveau proposé."))
    return redirect("collection:payment_plan", plan_id)


@login_required
@require_POST
def payment_plan_cancel(request: HttpRequest, plan_id: int) -> HttpResponse:
    """End a plan; its items are chased again."""
    commands.cancel_payment_plan(
        actor=http.actor_of(request), plan_id=plan_id, reason=request.POST.get("reason", "")
    )
    messages.success(request, gettext("Échéancier annulé : ses pièces sont de nouveau relancées."))
    return redirect("collection:payment_plan", plan_id)


@never_cache
@require_http_methods(["GET", "POST"])
def payment_plan_link(request: HttpRequest, token: str) -> HttpResponse:
    """The agreement a customer opens and accepts without an account; nothing else is reachable."""
    key = f"payment_plan_link:{request.META.get('REMOTE_ADDR', '')}"
    if cache.get(key, 0) >= TRIES_MAX:
        raise LinkTriesError(minutes=TRIES_SECONDS // 60)
    try:
        plan = queries.payment_plan_of_link(token=token)
    except PaymentPlanLinkError:
        cache.set(key, cache.get(key, 0) + 1, TRIES_SECONDS)
        raise
    form = PlanLinkForm(request.POST or None)
    accepted = False
    if request.method == "POST" and form.is_valid():
        try:
            commands.accept_by_link(token=token, **form.cleaned_data)
        except PaymentPlanAnsweredError as error:
            form.add_error(None, translated(error))
        else:
            accepted = True
    context = {
        "plan": plan,
        "company": plan.company,
        "instalments": queries.instalments_of(plan),
        "items": plan.items.all(),
        "form": form,
        "accepted": accepted,
        "token": token,
    }
    status = 422 if form.is_bound and not accepted else 200
    response = render(request, "collection/payment_plan_link.html", context, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
