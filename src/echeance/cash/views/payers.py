"""Payers learnt from confirmed answers: listed, searched, removed, put back."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from echeance.base import http
from echeance.base.language import counted
from echeance.base.rights import Right
from echeance.cash import commands, queries
from echeance.cash.views.matching import numbers

LISTED = 200


@login_required
@require_GET
def payers(request: HttpRequest) -> HttpResponse:
    """What is recognised, of whom, since when and by whom. Four queries."""
    actor = http.actor_of(request)
    q = request.GET.get("q", "").strip()[:80]
    links = queries.learnt_payers(actor=actor, text=q)
    context = {
        "links": links[:LISTED],
        "total": links.count(),
        "listed": LISTED,
        "q": q,
        "may_match": Right.MATCH_PAYMENTS in actor.rights,
    }
    return http.page(request, "cash/payers.html", context, fragment="cash/_payers.html")


@login_required
@require_POST
def payers_forget(request: HttpRequest) -> HttpResponse:
    """Remove the payers ticked; the toast puts them back."""
    chosen = numbers(request.POST.getlist("chosen"))
    count = commands.forget_payers(actor=http.actor_of(request), link_ids=chosen)
    told = counted("{number} payeur oublié.", "{number} payeurs oubliés.", count)
    undo = f"{reverse('cash:payers_recall')}?{urlencode({'payeur': chosen}, doseq=True)}"
    messages.success(request, told, extra_tags=undo)
    return redirect("cash:payers")


@login_required
@require_POST
def payers_recall(request: HttpRequest) -> HttpResponse:
    """Put back payers that were removed."""
    chosen = numbers(request.GET.getlist("payeur"))
    count = commands.recall_payers(actor=http.actor_of(request), link_ids=chosen)
    told = counted(
        "{number} payeur de nouveau connu.", "{number} payeurs de nouveau connus.", count
    )
    messages.success(request, told)
    return redirect("cash:payers")
