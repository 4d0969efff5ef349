"""Web face of collection: the dry run is the screen; pauses, promises, texts."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.rights import Right
from echeance.collection import commands, queries
from echeance.collection.forms import (
    HoldForm,
    PromiseForm,
    TextForm,
)
from echeance.collection.rules import MERGE_FIELDS
from echeance.collection.types import Decision
from echeance.core.money import ZERO
from echeance.ledger import queries as ledger
from echeance.ledger.types import OpenItemFacts
from echeance.parties import queries as parties
from echeance.transmission.types import Status

LISTED = 200
PREPARED = "preparees"
VIEWS = {Decision.SEND: "a-envoyer", Decision.HOLD: "en-attente", Decision.EXCLUDED: "ecartes"}
TONES = {
    Status.SENT: "good",
    Status.REFUSED: "bad",
    Status.BOUNCED: "bad",
    Status.UNKNOWN: "warn",
    Status.EXPIRED: "warn",
    Status.WITHDRAWN: "neutral",
}
LANGUAGE_LABELS = {"fr": "Français", "en": "Anglais"}


@login_required
@require_POST
def plan_set_up(request: HttpRequest) -> HttpResponse:
    """Give the company the usual plan."""
    commands.set_up_plan(actor=http.actor_of(request))
    messages.success(request, gettext("Le plan habituel est en place : relisez ses textes."))
    return redirect("collection:plan")


@login_required
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, rank: int, language: str) -> HttpResponse:
    """Change what a level says; messages already prepared keep their text."""
    actor = http.actor_of(request)
    level = queries.level_for(actor=actor, rank=rank)
    template = queries.plan_in_force(actor=actor).template(level.facts, language)
    form = TextForm(
        request.POST or None, initial={"subject": template.subject, "body": template.body}
    )
    if request.method == "POST" and form.is_valid():
        commands.change_text(
            actor=actor, rank=rank, language=template.language, **form.cleaned_data
        )
        told = gettext("Texte de « {level} » enregistré.").format(level=gettext(level.label))
        messages.success(request, told)
        return redirect("collection:plan")
    context = {
        "form": form,
        "level": level,
        "language": gettext(LANGUAGE_LABELS[template.language]),
        "fields": [f"{{{name}}}" for name in MERGE_FIELDS],
    }
    status = 422 if form.is_bound else 200
    return http.page(request, "collection/text.html", context, status=status)


def _owed(items: Iterable[OpenItemFacts]) -> list[OpenItemFacts]:
    return [
        item
        for item in items
        if item.side == "debit" and item.open_amount and item.account.startswith(queries.CUSTOMERS)
    ]


@login_required
@require_GET
def party(request: HttpRequest, party_id: int) -> HttpResponse:
    """Everything about chasing one customer, with the forms that pause it or note a promise."""
    actor = http.actor_of(request)
    customer = parties.party_for(actor=actor, party_id=party_id)
    items = _owed(ledger.open_items(actor=actor, party_ids=[party_id, customer.pk]))
    promise_form = PromiseForm(items=items)
    context = {
        **_party_facts(request, customer.pk),
        "customer": customer,
        "items": items,
        "hold_form": HoldForm(),
        "promise_form": promise_form,
        "promise_boxes": list(promise_form["items"]),
    }
    return http.page(request, "collection/party.html", context)


@login_required
@require_GET
def party_panel(request: HttpRequest, party_id: int) -> HttpResponse:
    """Fragment of the customer account: disputes, pauses, promises, last reminders."""
    customer = parties.party_for(actor=http.actor_of(request), party_id=party_id)
    context = {**_party_facts(request, customer.pk), "customer": customer}
    return http.page(
        request,
        "collection/party_panel.html",
        context,
        fragment="collection/_party_panel.html",
    )


@login_required
@require_GET
def account_figures(request: HttpRequest, party_id: int) -> HttpResponse:
    """Two figures for the account of a customer: what it disputes, what it promised to pay."""
    if not http.wants_fragment(request):
        return redirect("collection:party", party_id)
    actor = http.actor_of(request)
    promises = queries.promises(actor=actor, party_id=party_id)
    context = {
        "disputed": sum(
            (row.amount for row in queries.disputes(actor=actor, party_id=party_id)), ZERO
        ),
        "promised": sum((row.amount for row in promises if row.promised_on >= clock.today()), ZERO),
    }
    return http.page(request, "collection/_account_figures.html", context)


def _party_facts(request: HttpRequest, party_id: int) -> dict[str, object]:
    actor = http.actor_of(request)
    return {
        "today": clock.today(),
        "disputes": queries.disputes(actor=actor, party_id=party_id),
        "holds": queries.holds(actor=actor, on=clock.today(), party_id=party_id),
        "promises": queries.promises(actor=actor, party_id=party_id),
        "reminders": queries.reminders_of(actor=actor, party_ids=[party_id])[:10],
        "may_prepare": Right.PREPARE_REMINDERS in actor.rights,
    }


@login_required
@require_POST
def party_hold(request: HttpRequest, party_id: int) -> HttpResponse:
    """Pause the reminders of a customer."""
    form = HoldForm(request.POST)
    form.is_valid()
    row = commands.hold_reminders(
        actor=http.actor_of(request),
        party_id=party_id,
        reason=form.cleaned_data.get("reason", ""),
        until=form.cleaned_data.get("until"),
    )
    messages.success(
        request,
        gettext("Relances de {name} suspendues.").format(name=row.party.name),
        extra_tags=reverse("collection:hold_lift", args=[row.pk]),
    )
    return redirect("collection:party", party_id)


@login_required
@require_POST
def party_promise(request: HttpRequest, party_id: int) -> HttpResponse:
    """Note that a customer promised to pay."""
    actor = http.actor_of(request)
    items = _owed(ledger.open_items(actor=actor, party_ids=[party_id]))
    form = PromiseForm(request.POST, items=items)
    if form.is_valid():
        commands.promise(
            actor=actor,
            item_ids=form.cleaned_data["items"],
            promised_on=form.cleaned_data["promised_on"],
            note=form.cleaned_data["note"],
        )
        told = gettext("Promesse notée : ces échéances ne sont pas relancées d'ici là.")
        messages.success(request, told)
    else:
        told = gettext("Cochez au moins une échéance et donnez le jour promis.")
        messages.error(request, told)
    return redirect("collection:party", party_id)


@login_required
@require_POST
def hold_lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Remind again from the next run on."""
    commands.resume_reminders(actor=http.actor_of(request), hold_ids=[hold_id])
    messages.success(request, gettext("Les relances reprennent à la prochaine campagne."))
    return redirect("collection:disputes")
