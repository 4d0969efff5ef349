"""Web face of a customer's account: what is owed, what comes next, what happened, what is done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from echeance.base import clock, http
from echeance.base.language import amount, counted, day
from echeance.base.rights import Right
from echeance.billing import queries as billing
from echeance.collection import commands, queries
from echeance.collection.forms import HoldForm, PromiseForm
from echeance.collection.forms_plans import ReplyForm
from echeance.core.money import ZERO
from echeance.core.payers import GRADE_LABELS, Grade
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT, OpenItemFacts
from echeance.parties import queries as parties

ACTIONS = (
    ("collection:payment_plan_new", "Proposer un échéancier", "calendar-due", "e"),
    ("collection:penalty_preview", "Facturer les pénalités", "receipt-euro", "f"),
    ("collection:statements", "Envoyer le relevé", "file-text", "r"),
    ("collection:party_calls", "Appeler", "phone", "c"),
    ("collection:recovery_party", "Contentieux", "gavel", "g"),
)
"""Acts of other pages on the customer: the name of the address, the words, the icon, the key."""


@login_required
@require_GET
def party(request: HttpRequest, party_id: int) -> HttpResponse:
    """The account of a customer on a day; a fixed number of queries, whatever its history."""
    actor = http.actor_of(request)
    customer = parties.party_for(actor=actor, party_id=party_id)
    on = _day(request)
    account = billing.account(actor=actor, party_id=customer.pk, on=on)
    numbers = {line.item.document_ref for line in account.lines}
    documents = billing.ids_by_number(actor=actor, numbers=numbers)
    promise_form = PromiseForm(items=[line.item for line in account.lines if line.sign > 0])
    promise_form.use_required_attribute = False
    hold_form = HoldForm()
    hold_form.use_required_attribute = False
    channel = request.GET.get("canal", "")
    choice = queries.choices_of(actor=actor, party_ids=[customer.pk]).get(customer.pk)
    context = {
        **_facts(request, customer.pk),
        "customer": customer,
        "on": on,
        "is_past": on < clock.today(),
        "account": account,
        "lines": [(line, documents.get(line.item.document_ref)) for line in account.lines],
        "table": _table(account.lines),
        "credit": billing.credit_of(actor=actor, party_ids=[customer.pk]).get(customer.pk),
        "next": queries.customer_next(actor=actor, party_id=customer.pk, on=clock.today()),
        "events": queries.customer_timeline(
            actor=actor, party_id=customer.pk, channel=channel, document_refs=tuple(numbers)
        ),
        "channel": channel,
        "channels": [(key, gettext(label)) for key, label in queries.CHANNEL_TITLES.items()],
        "explained": queries.explain_balance(actor=actor, party_id=customer.pk, on=on)
        if "expliquer" in request.GET
        else None,
        "contacts": parties.contacts_of(actor=actor, party_id=customer.pk),
        "replies": queries.replies(actor=actor, party_id=customer.pk, unread_only=True),
        "plans": queries.plans(actor=actor),
        "plan_choice": choice,
        "actions": _actions(customer.pk),
        "hold_form": hold_form,
        "promise_form": promise_form,
        "profile": _profile(request, customer.pk),
        "reply_form": ReplyForm(initial={"received_on": clock.today()}),
        "may_dispute": Right.HANDLE_DISPUTES in actor.rights,
    }
    return http.page(request, "collection/party.html", context)


def _profile(request: HttpRequest, party_id: int) -> tuple[str, Any] | None:
    """How the customer pays, in a word, with the figures behind; none when never reckoned."""
    row = queries.payer_profile(actor=http.actor_of(request), party_id=party_id)
    return (gettext(GRADE_LABELS[Grade(row.grade)]), row) if row else None


def _day(request: HttpRequest) -> date:
    """The day asked for by the field ``le``; today when it is absent, unreadable or to come."""
    try:
        asked = date.fromisoformat(request.GET.get("le", ""))
    except ValueError:
        return clock.today()
    return min(asked, clock.today())


def _actions(party_id: int) -> list[tuple[str, str, str, str]]:
    """Acts whose page exists, for the customer or for all: address, words, icon, key."""
    found = []
    for name, label, icon, key in ACTIONS:
        for arguments in ([party_id], []):
            try:
                address = reverse(name, args=arguments)
            except NoReverseMatch:
                continue
            found.append((address, gettext(label), icon, key))
            break
    return found


def _table(lines: Iterable[Any]) -> str:
    """The open items as a spreadsheet takes them when pasted: tabs between, a line each."""
    heads = (gettext("Pièce"), gettext("Échéance"), gettext("Reste ouvert"), gettext("Solde"))
    rows = [
        (
            line.item.document_ref,
            day(line.item.due_date),
            _figure(line.sign * line.item.open_amount),
            _figure(line.balance),
        )
        for line in lines
    ]
    return "\n".join("\t".join(cells) for cells in (heads, *rows))


def _figure(value: Any) -> str:
    return amount(value).rpartition("\u00a0")[0].replace("\u202f", "")


@login_required
@require_GET
def party_panel(request: HttpRequest, party_id: int) -> HttpResponse:
    """Fragment of the customer's record: disputes, pauses, promises, last reminders."""
    customer = parties.party_for(actor=http.actor_of(request), party_id=party_id)
    context = {**_facts(request, customer.pk), "customer": customer}
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
    return http.page(request, "collection/_account_figures.html", _facts(request, party_id))


def _facts(request: HttpRequest, party_id: int) -> dict[str, Any]:
    actor = http.actor_of(request)
    disputes = list(queries.disputes(actor=actor, party_id=party_id))
    promises = list(queries.promises(actor=actor, party_id=party_id))
    running = [row for row in promises if row.promised_on >= clock.today()]
    return {
        "today": clock.today(),
        "disputes": disputes,
        "disputed": sum((row.amount for row in disputes), ZERO),
        "holds": queries.holds(actor=actor, on=clock.today(), party_id=party_id),
        "promises": promises,
        "promised": sum((row.amount for row in running), ZERO),
        "reminders": queries.reminders_of(actor=actor, party_ids=[party_id])[:10],
        "may_prepare": Right.PREPARE_REMINDERS in actor.rights,
    }


def _owed(items: Iterable[OpenItemFacts]) -> list[OpenItemFacts]:
    return [
        item
        for item in items
        if item.side == DEBIT and item.open_amount and item.account.startswith(queries.CUSTOMERS)
    ]


def _family_items(request: HttpRequest, party_id: int) -> list[OpenItemFacts]:
    actor = http.actor_of(request)
    ids = parties.with_merged(actor=actor, party_ids=[party_id])
    return _owed(ledger.open_items(actor=actor, party_ids=list(ids)))


@login_required
@require_POST
def party_hold(request: HttpRequest, party_id: int) -> HttpResponse:
    """Pause the reminders of a customer, or of the items ticked."""
    actor = http.actor_of(request)
    form = HoldForm(request.POST)
    form.is_valid()
    reason, until = form.cleaned_data.get("reason", ""), form.cleaned_data.get("until")
    items = [int(one) for one in request.POST.getlist("items") if one.isdecimal()]
    held: list[int | None] = [*items] or [None]
    rows = [
        commands.hold_reminders(
            actor=actor, party_id=party_id, reason=reason, item_id=item_id, until=until
        )
        for item_id in held
    ]
    marks = ",".join(str(row.pk) for row in rows)
    told = (
        counted(
            "Relances suspendues pour {number} échéance.",
            "Relances suspendues pour {number} échéances.",
            len(rows),
        )
        if items
        else gettext("Relances de {name} suspendues.").format(name=rows[0].party.name)
    )
    undo = f"{reverse('collection:customers_resume')}?pauses={marks}"
    messages.success(request, told, extra_tags=undo)
    return redirect("collection:party", party_id)


@login_required
@require_POST
def party_promise(request: HttpRequest, party_id: int) -> HttpResponse:
    """Note that a customer promised to pay the items ticked."""
    actor = http.actor_of(request)
    form = PromiseForm(request.POST, items=_family_items(request, party_id))
    if form.is_valid():
        rows = commands.promise(
            actor=actor,
            item_ids=form.cleaned_data["items"],
            promised_on=form.cleaned_data["promised_on"],
            note=form.cleaned_data["note"],
        )
        told = gettext("Promesse notée : ces échéances ne sont pas relancées d'ici là.")
        undo = f"{reverse('collection:promises_undo')}?{urlencode([('p', row.pk) for row in rows])}"
        messages.success(request, told, extra_tags=undo)
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
    return http.back(request, "collection:disputes")


@login_required
@require_POST
def reply_new(request: HttpRequest, party_id: int) -> HttpResponse:
    """Note what a customer answered elsewhere; its reminders wait until it is marked read."""
    form = ReplyForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Écrivez ce que le client a répondu, et quand."))
        return redirect("collection:party", party_id)
    row = commands.record_reply(
        actor=http.actor_of(request),
        party_id=party_id,
        key=form.key(party_id),
        text=form.cleaned_data["text"],
        channel=form.cleaned_data["channel"],
        received_at=form.received_at(),
    )
    if form.cleaned_data["read"]:
        commands.read_replies(actor=http.actor_of(request), reply_ids=[row.pk])
        told = gettext("Réponse notée et lue : les relances suivent leur cours.")
    else:
        told = gettext("Réponse notée : les relances attendent qu'elle soit lue.")
    messages.success(request, told)
    return redirect("collection:party", party_id)


@login_required
@require_POST
def replies_read(request: HttpRequest) -> HttpResponse:
    """Mark replies as read; the toast takes it back."""
    ids = [int(one) for one in request.POST.getlist("reponse") if one.isdecimal()]
    count = commands.read_replies(actor=http.actor_of(request), reply_ids=ids)
    told = counted(
        "{number} réponse lue : les relances reprennent à la prochaine campagne.",
        "{number} réponses lues : les relances reprennent à la prochaine campagne.",
        count,
    )
    undo = f"{reverse('collection:replies_unread')}?reponses={','.join(map(str, ids))}"
    messages.success(request, told, extra_tags=undo if count else "")
    return http.back(request, "collection:reminders")


@login_required
@require_POST
def replies_unread(request: HttpRequest) -> HttpResponse:
    """Undo a reading."""
    marks = request.GET.get("reponses", "").split(",")
    ids = [int(one) for one in marks if one.isdecimal()]
    commands.unread_replies(actor=http.actor_of(request), reply_ids=ids)
    messages.success(request, gettext("Réponse à lire de nouveau : les relances attendent."))
    return http.back(request, "collection:reminders")
