"""Web face of the calls: the list, one call with its script, its outcome by a key, undone."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.language import counted, translated
from echeance.base.models import User
from echeance.base.rights import Right
from echeance.collection import commands, queries, rules_calls
from echeance.collection.errors import (
    CallDayMissingError,
    CallNothingOwedError,
    DayPastError,
    PromiseTooLargeError,
)
from echeance.collection.forms_calls import CallForm
from echeance.collection.models import CallTask
from echeance.collection.types import CALL_OUTCOME_LABELS, CallOutcome, CallReport
from echeance.core.money import ZERO
from echeance.parties import queries as parties

LISTED = 200
DAY, LATER, DONE = "aujourdhui", "a-venir", "passes"
_ASKED_AGAIN = (CallDayMissingError, CallNothingOwedError, DayPastError, PromiseTooLargeError)


@login_required
@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """Calls of the day, those to come, those made; of everybody or of one colleague."""
    actor = http.actor_of(request)
    view = request.GET.get("vue", DAY)
    user_id = _user_id(request.GET.get("qui", ""))
    today = clock.today()
    rows = queries.call_list(actor=actor, on=today, user_id=user_id)
    later = queries.call_list(actor=actor, on=today, user_id=user_id, later=True)
    context = {
        "view": view if view in {DAY, LATER, DONE} else DAY,
        "today": today,
        "who": request.GET.get("qui", ""),
        "rows": (later if view == LATER else rows)[:LISTED],
        "count": len(rows),
        "later_count": len(later),
        "total": sum((row.owed for row in rows), ZERO),
        "done": queries.calls_made(actor=actor, user_id=user_id)[:LISTED] if view == DONE else (),
        "callers": queries.callers(actor=actor),
        "me": request.user.pk,
        "listed": LISTED,
        "may_call": Right.PREPARE_REMINDERS in actor.rights,
    }
    return http.page(request, "collection/calls.html", context)


def _user_id(text: str) -> int | None:
    """The colleague asked for: 0 for nobody in particular, ``None`` for everybody."""
    return int(text) if text.isdecimal() else None


@login_required
@require_http_methods(["GET", "POST"])
def call(request: HttpRequest, call_id: int) -> HttpResponse:
    """One call: what to say, whom to call, its outcome; the day is asked where one is needed."""
    actor = http.actor_of(request)
    task = queries.call_for(actor=actor, call_id=call_id)
    form = CallForm(request.POST or None)
    if form.asked and "day" not in request.POST:
        # The key of the outcome was pressed: its day is asked for on the same page.
        form = CallForm(asked=form.asked, note=request.POST.get("note", ""))
        return _sheet(request, task, form)
    if request.method == "POST" and form.is_valid():
        following = _following(request, task)
        facts = queries.call_sheet(actor=actor, task=task, on=clock.today())
        piece = facts.items[0].document_ref if facts.items else ""
        try:
            report = commands.record_call(actor=actor, call_id=call_id, answer=form.answer())
        except _ASKED_AGAIN as error:
            form.add_error("day" if not form.cleaned_data["day"] else None, translated(error))
        else:
            return _noted(request, task, report, _after(report, following, piece))
    return _sheet(request, task, form)


def _sheet(request: HttpRequest, task: CallTask, form: CallForm) -> HttpResponse:
    actor = http.actor_of(request)
    today = clock.today()
    facts = queries.call_sheet(actor=actor, task=task, on=today)
    context = {
        "call": task,
        "facts": facts,
        "script": rules_calls.script(facts, today),
        "numbers": queries.numbers_of(actor=actor, party_ids=[task.party_id])[task.party_id],
        "history": queries.call_history(actor=actor, party_id=task.party_id)[:10],
        "promises": queries.promise_history(actor=actor, party_id=task.party_id)[:5],
        "outcomes": [
            (key, one.value, gettext(CALL_OUTCOME_LABELS[one]))
            for key, one in rules_calls.OUTCOME_KEYS.items()
        ],
        "form": form,
        "asks_amount": form.asked == CallOutcome.PROMISED.value,
        "following": _following(request, task),
        "is_open": task.done_at is None and task.cancelled_at is None,
        "may_call": Right.PREPARE_REMINDERS in actor.rights,
        "today": today,
    }
    status = 422 if form.is_bound else 200
    return http.page(request, "collection/call.html", context, status=status)


def _following(request: HttpRequest, task: CallTask) -> CallTask | None:
    """The call after this one in the order of the list."""
    rows = [row.task for row in queries.call_list(actor=http.actor_of(request), on=clock.today())]
    place = next((place for place, one in enumerate(rows) if one.pk == task.pk), -1)
    if place >= 0 and place + 1 < len(rows):
        return rows[place + 1]
    return rows[0] if rows and rows[0].pk != task.pk else None


def _noted(request: HttpRequest, task: CallTask, report: CallReport, address: str) -> HttpResponse:
    undo = reverse("collection:call_undo", args=[task.pk])
    messages.success(request, f"{task.party.name} : {report.told}", extra_tags=undo)
    return redirect(address)


def _after(report: CallReport, following: CallTask | None, piece: str) -> str:
    """Where an outcome leads: the screen that finishes it, else the next call, else the list."""
    match report.outcome:
        case CallOutcome.DISPUTES:
            address = reverse("collection:dispute_open")
            return f"{address}?{urlencode({'piece': piece})}" if piece else address
        case CallOutcome.INSOLVENT:
            return reverse("collection:insolvencies")
        case _ if following is not None:
            return reverse("collection:call", args=[following.pk])
        case _:
            return reverse("collection:calls")


@login_required
@require_POST
def call_undo(request: HttpRequest, call_id: int) -> HttpResponse:
    """Put a call back on the list, and take back what its outcome made."""
    task = commands.undo_call(actor=http.actor_of(request), call_id=call_id)
    told = gettext("L'issue de l'appel à {name} est annulée : il est de nouveau à passer.")
    messages.success(request, told.format(name=task.party.name))
    return redirect("collection:call", call_id)


@login_required
@require_POST
def call_new(request: HttpRequest, party_id: int) -> HttpResponse:
    """Call a customer now, or note that it called: the call that waits for it, else a new one."""
    actor = http.actor_of(request)
    customer = parties.party_for(actor=actor, party_id=party_id)
    waiting = queries.calls_of(actor=actor, party_id=customer.pk).filter(due_on__lte=clock.today())
    task = waiting.first() or commands.call_now(actor=actor, party_id=customer.pk)
    return redirect("collection:call", task.pk)


@login_required
@require_POST
def calls_assign(request: HttpRequest) -> HttpResponse:
    """Hand the calls ticked to a colleague, to oneself, or to nobody."""
    chosen = [int(text) for text in request.POST.getlist("chosen") if text.isdecimal()]
    to = request.POST.get("to", "")
    user = User.objects.filter(pk=int(to)).first() if to.isdecimal() else None
    count = commands.assign_calls(actor=http.actor_of(request), call_ids=chosen, user=user)
    if user is None:
        told = counted(
            "{number} appel n'est plus à personne en particulier.",
            "{number} appels ne sont plus à personne en particulier.",
            count,
        )
    else:
        told = counted(
            "{number} appel confié à {name}.",
            "{number} appels confiés à {name}.",
            count,
            name=user.full_name or user.email,
        )
    messages.success(request, told)
    return redirect("collection:calls")


@login_required
@require_GET
def party_calls(request: HttpRequest, party_id: int) -> HttpResponse:
    """Fragment of the customer account: calls to make, calls made, payment plans."""
    actor = http.actor_of(request)
    customer = parties.party_for(actor=actor, party_id=party_id)
    plans = list(queries.payment_plans(actor=actor, party_id=customer.pk)[:5])
    context = {
        "customer": customer,
        "waiting": queries.calls_of(actor=actor, party_id=customer.pk),
        "history": queries.call_history(actor=actor, party_id=customer.pk)[:10],
        "plans": plans,
        "may_call": Right.PREPARE_REMINDERS in actor.rights,
    }
    return http.page(
        request,
        "collection/party_calls.html",
        context,
        fragment="collection/_party_calls.html",
    )
