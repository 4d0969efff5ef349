"""Web face of the promises: those that stand, those to judge, how the others ended."""

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
from echeance.collection.types import PromiseVerdict
from echeance.core.money import ZERO

LISTED = 200
TONES = {
    PromiseVerdict.KEPT.value: "good",
    PromiseVerdict.PARTLY.value: "warn",
    PromiseVerdict.BROKEN.value: "bad",
}


@login_required
@require_GET
def promises(request: HttpRequest) -> HttpResponse:
    """Promises that stand by day, or those that were judged, the latest first."""
    actor = http.actor_of(request)
    judged = request.GET.get("vue") == "jugees"
    rows = queries.promises_listed(actor=actor, judged=judged)[:LISTED]
    counts = queries.promise_counts(actor=actor)
    context = {
        "judged": judged,
        "today": clock.today(),
        "rows": [(row, TONES.get(row.verdict, "neutral")) for row in rows],
        "kept": sum(one.kept for one in counts.values()),
        "due": sum(one.due for one in counts.values()),
        "total": sum((row.amount for row in rows if not judged), ZERO),
        "may_prepare": Right.PREPARE_REMINDERS in actor.rights,
    }
    return http.page(request, "collection/promises.html", context)


@login_required
@require_POST
def promise_withdraw(request: HttpRequest, promise_id: int) -> HttpResponse:
    """Take back a promise: its item is chased again from the next run on."""
    commands.withdraw_promises(actor=http.actor_of(request), promise_ids=[promise_id])
    messages.success(request, gettext("Promesse retirée : la pièce est de nouveau relancée."))
    return redirect("collection:promises")


@login_required
@require_POST
def promises_undo(request: HttpRequest) -> HttpResponse:
    """Take back the promises of a call noted by mistake; those they replaced stand again."""
    ids = [int(text) for text in request.GET.getlist("p") if text.isdecimal()]
    commands.undo_promises(actor=http.actor_of(request), promise_ids=ids)
    messages.success(request, gettext("Promesse annulée : ce qui était noté avant tient toujours."))
    return redirect("collection:promises")
