"""Series of numbers, in the settings."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.language import translated
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.forms import SeriesForm
from echeance.core.errors import EcheanceError


@login_required
@require_http_methods(["GET", "POST"])
def series(request: HttpRequest) -> HttpResponse:
    """All series with their next number, and the form of another. Five queries."""
    actor = http.actor_of(request)
    form = SeriesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        try:
            row = commands.create_series(actor=actor, prefix=facts.pop("letters"), **facts)
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            told = gettext("La série {prefix} est créée.").format(prefix=row.prefix)
            messages.success(request, told)
            return redirect("billing:series")
    context = {
        "rows": queries.series_rows(actor=actor, on=clock.today()),
        "form": form,
        "year": clock.today().year,
        "may_edit": Right.EDIT_COMPANY in actor.rights,
    }
    return http.page(request, "billing/series.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def act(request: HttpRequest, series_id: int) -> HttpResponse:
    """Make a series the usual one of its kind, or close it."""
    actor = http.actor_of(request)
    try:
        if request.POST.get("do") == "close":
            count = commands.close_series(actor=actor, series_id=series_id)
            told = gettext("La série est close ; brouillons revenus à l'habituelle : {count}.")
            messages.success(request, told.format(count=count))
        else:
            row = commands.choose_series(actor=actor, series_id=series_id)
            told = gettext("{prefix} est désormais la série habituelle.")
            messages.success(request, told.format(prefix=row.prefix))
    except EcheanceError as error:
        messages.error(request, translated(error))
    return redirect("billing:series")
