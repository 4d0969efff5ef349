"""What is done with a line that is not explained now: wait for a day, look again later."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from echeance.base import http
from echeance.base.language import counted, day
from echeance.cash import commands
from echeance.cash.forms import HoldForm
from echeance.cash.views.matching import HELD, numbers


@login_required
@require_POST
def entry_hold(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Take a line out of the queue until a day, and open the next one."""
    actor = http.actor_of(request)
    form = HoldForm(request.POST)
    if not form.is_valid():
        for problem in form.errors.values():
            messages.warning(request, str(problem[0]))
        return redirect("cash:entry", entry_id)
    commands.hold_entries(actor=actor, entry_ids=[entry_id], **form.cleaned_data)
    told = gettext("Encaissement en attente jusqu'au {until}.").format(
        until=day(form.cleaned_data["until"])
    )
    undo = f"{reverse('cash:entries_release')}?{urlencode({'ligne': entry_id})}"
    messages.success(request, told, extra_tags=undo)
    following = numbers([request.POST.get("suivant", "")])
    return redirect("cash:entry", following[0]) if following else redirect("cash:matching")


@login_required
@require_POST
def entries_release(request: HttpRequest) -> HttpResponse:
    """Put lines that wait back in the queue."""
    chosen = numbers(request.GET.getlist("ligne") or request.POST.getlist("chosen"))
    count = commands.release_entries(actor=http.actor_of(request), entry_ids=chosen)
    told = counted(
        "{number} encaissement revenu à traiter.",
        "{number} encaissements revenus à traiter.",
        count,
    )
    messages.success(request, told)
    return redirect(f"{reverse('cash:matching')}?pile={HELD}")


@login_required
@require_POST
def entry_flag(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Raise or lower the flag of a line; nothing of the books changes."""
    to_check = request.POST.get("to_check") == "1"
    commands.flag_entries(actor=http.actor_of(request), entry_ids=[entry_id], to_check=to_check)
    if to_check:
        messages.success(request, gettext("Ligne marquée à vérifier."))
    else:
        messages.success(request, gettext("Ligne vérifiée."))
    return redirect("cash:entry", entry_id)
