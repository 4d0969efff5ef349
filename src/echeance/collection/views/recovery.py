"""Web face of the unpaid: the list by deadline, a customer's steps, its dossier."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from echeance.base import clock, http
from echeance.base.rights import Right
from echeance.collection import commands, queries
from echeance.collection.forms_recovery import (
    InterruptionForm,
    OrderEventForm,
    OrderRequestForm,
    RecoveryStepForm,
    StepEndForm,
)
from echeance.collection.types import LimitationCause, RecoveryKind
from echeance.core.recovery.proceedings import OrderEvent, order_deadlines
from echeance.parties import queries as parties

LISTED = 200
SORTS = {
    "client": lambda row: row.party_name.casefold(),
    "montant": lambda row: row.amount,
    "retard": lambda row: row.oldest_due,
}


@login_required
@require_GET
def recovery(request: HttpRequest) -> HttpResponse:
    """Customers beyond reminders, the nearest deadline first or as asked."""
    actor = http.actor_of(request)
    rows = queries.unpaid_customers(actor=actor, on=clock.today())
    sort = request.GET.get("tri", "")
    key = SORTS.get(sort.lstrip("-"))
    if key:
        rows = sorted(rows, key=key, reverse=sort.startswith("-"))
    context = {"rows": rows[:LISTED], "count": len(rows), "sort": sort, "today": clock.today()}
    return http.page(request, "collection/recovery.html", context)


@login_required
@require_GET
def recovery_party(request: HttpRequest, party_id: int) -> HttpResponse:
    """One customer: debts with their last day, steps, acts, dossiers, and the forms."""
    actor = http.actor_of(request)
    customer = parties.party_for(actor=actor, party_id=party_id)
    rows = queries.limitation_rows(actor=actor, on=clock.today(), party_ids=[customer.pk])
    steps = list(queries.recovery_steps(actor=actor, party_ids=[customer.pk]))
    money = queries.recovered_by_step(actor=actor, steps=steps)
    context = {
        "customer": customer,
        "rows": rows,
        "steps": [
            (
                step,
                money[step.pk],
                order_deadlines(queries.order_events(step)),
                StepEndForm(auto_id=f"end{step.pk}_%s"),
                OrderEventForm(initial={"on": clock.today()}, auto_id=f"event{step.pk}_%s"),
                OrderRequestForm(auto_id=f"request{step.pk}_%s"),
            )
            for step in steps
        ],
        "acts": queries.limitation_acts(actor=actor, item_ids=[row.item.item_id for row in rows]),
        "files": queries.recovery_files(actor=actor, party_id=customer.pk),
        "step_form": RecoveryStepForm(),
        "act_form": InterruptionForm(initial={"on": clock.today()}, auto_id="act_%s"),
        "may_act": Right.PREPARE_REMINDERS in actor.rights,
    }
    return http.page(request, "collection/recovery_party.html", context)


@login_required
@require_POST
def recovery_act(request: HttpRequest, party_id: int) -> HttpResponse:
    """Act on the debts ticked: engage a step, note an act, build the dossier."""
    actor = http.actor_of(request)
    chosen = [int(one) for one in request.POST.getlist("chosen") if one.isdecimal()]
    act = request.POST.get("act", "")
    if act in {"file", "agency"}:
        file = commands.request_recovery_file(
            actor=actor, party_id=party_id, item_ids=chosen, for_agency=act == "agency"
        )
        if file is not None:
            return redirect("archive:file", file.pk)
        told = gettext("Le dossier se constitue : il paraîtra ici dans quelques instants.")
        messages.success(request, told)
    elif act == "interrupt":
        _interrupt(request, chosen)
    else:
        _engage(request, party_id, chosen)
    return redirect("collection:recovery_party", party_id)


def _engage(request: HttpRequest, party_id: int, chosen: list[int]) -> None:
    form = RecoveryStepForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Choisissez l'étape à engager."))
        return
    facts = form.cleaned_data
    commands.open_recovery_step(
        actor=http.actor_of(request),
        party_id=party_id,
        kind=RecoveryKind(facts.pop("kind")),
        item_ids=chosen,
        **facts,
    )
    messages.success(request, gettext("Étape engagée."))


def _interrupt(request: HttpRequest, chosen: list[int]) -> None:
    form = InterruptionForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Dites quel acte, et de quel jour."))
        return
    commands.record_interruption(
        actor=http.actor_of(request),
        item_ids=chosen,
        cause=LimitationCause(form.cleaned_data["cause"]),
        on=form.cleaned_data["on"],
        note=form.cleaned_data["note"],
    )
    messages.success(request, gettext("Acte noté : le délai repart en entier."))


@login_required
@require_POST
def recovery_step(request: HttpRequest, step_id: int) -> HttpResponse:
    """End a step, undo it, or note what happened to a request for an order to pay."""
    actor = http.actor_of(request)
    step = queries.recovery_step_for(actor=actor, step_id=step_id)
    act = request.POST.get("act", "")
    if act == "event":
        form = OrderEventForm(request.POST)
        if form.is_valid():
            commands.record_order_event(
                actor=actor,
                step_id=step_id,
                event=OrderEvent(form.cleaned_data["event"]),
                on=form.cleaned_data["on"],
            )
            messages.success(request, gettext("Événement noté."))
    elif act == "request":
        commands.write_order_request(
            actor=actor,
            step_id=step_id,
            court_city=request.POST.get("court_city", ""),
            represented_by=request.POST.get("represented_by", ""),
        )
        messages.success(request, gettext("Requête rédigée : relisez-la avant de la déposer."))
    elif act == "undo":
        commands.undo_recovery_step(
            actor=actor, step_id=step_id, reason=request.POST.get("outcome", "")
        )
        messages.success(request, gettext("Étape annulée."))
    else:
        commands.end_recovery_step(
            actor=actor, step_id=step_id, outcome=request.POST.get("outcome", "")
        )
        messages.success(request, gettext("Étape finie."))
    return redirect("collection:recovery_party", step.party_id)
