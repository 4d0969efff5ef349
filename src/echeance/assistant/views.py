"""Web face of the assistant: Ma journée."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.assistant import queries
from echeance.assistant.answers import answer
from echeance.assistant.forms import PolicyForm
from echeance.assistant.reversals import undo
from echeance.assistant.types import DUTY_LABELS, Duty
from echeance.base import clock, http, policy
from echeance.base import commands as base_commands
from echeance.base import queries as base
from echeance.base.rights import Right
from echeance.billing import queries as billing
from echeance.cash import queries as cash

QUEUE_LENGTH = 25
DECISIONS_SHOWN = 10
VERSIONS_SHOWN = 20
SUBJECT_PAGES = {
    "call": "collection:call",
    "dispute": "collection:dispute",
    "invoice": "billing:invoice",
    "payment_plan": "collection:payment_plan",
}
TONES = {"acted": "good", "asked": "warn", "refused": "neutral"}


@login_required
@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """State of the world, what was done, what is to decide. Ten queries."""
    actor = http.actor_of(request)
    today = clock.today()
    items = list(base.work_items(actor=actor, on=today)[: QUEUE_LENGTH + 1])
    run = queries.runs(actor=actor).first()
    decided = list(queries.decisions(actor=actor, on=run.on)[:50]) if run else []
    context = {
        "today": today,
        "bank_date": cash.last_booking_date(actor=actor),
        "run": run,
        "has_more": len(items) > QUEUE_LENGTH,
        "questions": [
            (item, [(one["key"], one["label"]) for one in item.answers], _page_of(item.subject))
            for item in items[:QUEUE_LENGTH]
        ],
        "decisions": [
            (one, gettext(DUTY_LABELS[Duty(one.duty)]), TONES[one.outcome]) for one in decided
        ],
        "reversible": queries.reversible(actor=actor, decisions=decided),
    }
    return http.page(request, "assistant/day.html", context)


def _page_of(subject: str) -> str:
    """The page of what a question is about; empty when it has none."""
    kind, _, number = subject.partition(":")
    name = SUBJECT_PAGES.get(kind)
    return reverse(name, args=[number]) if name and number.isdecimal() else ""


@login_required
@require_POST
def decision_undo(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Undo what the assistant did by itself, while it can be undone."""
    messages.success(request, undo(actor=http.actor_of(request), decision_id=decision_id))
    return redirect("assistant:day")


@login_required
@require_POST
def question_answer(request: HttpRequest, work_item_id: int) -> HttpResponse:
    """Carry out the answer chosen, and come back to the queue."""
    done = answer(
        actor=http.actor_of(request),
        work_item_id=work_item_id,
        choice=request.POST.get("answer", ""),
    )
    messages.success(request, done)
    return redirect("assistant:day")


@login_required
@require_GET
def why_panel(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Where a document stands and why nothing more was done: a fragment of its page."""
    actor = http.actor_of(request)
    invoice = billing.invoice_for(actor=actor, invoice_id=invoice_id)
    number = invoice.number
    subjects = [f"draft:{invoice.pk}", f"invoice:{number}"]
    context = {
        "invoice": invoice,
        "sentence": queries.why(actor=actor, number=number, on=clock.today()) if number else "",
        "decisions": [
            (one, gettext(DUTY_LABELS[Duty(one.duty)]), TONES[one.outcome])
            for one in queries.decisions_about(actor=actor, subjects=subjects)[:DECISIONS_SHOWN]
        ],
    }
    return http.page(request, "assistant/why.html", context, fragment="assistant/_why.html")


@login_required
@require_http_methods(["GET", "POST"])
def policy_page(request: HttpRequest) -> HttpResponse:
    """What the assistant does by itself, edited whole; each save is a version. Six queries."""
    actor = http.actor_of(request)
    version, document = policy.current(actor.company)
    form = PolicyForm(request.POST or None, document=document)
    if request.method == "POST" and form.is_valid():
        saved = base_commands.save_policy(
            actor=actor, document=form.document(), note=form.cleaned_data["note"]
        )
        told = gettext("Règles enregistrées : version {number}.").format(number=saved.number)
        messages.success(request, told)
        return redirect("assistant:policy")
    context = {
        "form": form,
        "version": version,
        "versions": queries.policy_versions(actor=actor)[:VERSIONS_SHOWN],
        "may_edit": Right.EDIT_POLICY in actor.rights,
    }
    status = 422 if form.is_bound else 200
    return http.page(request, "assistant/policy.html", context, status=status)
