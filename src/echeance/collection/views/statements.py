"""Web face of statements of account: chosen in bulk, made, sent."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from echeance.base import clock, http
from echeance.base.language import translated
from echeance.base.rights import Right
from echeance.collection import commands, queries
from echeance.collection.forms_letters import StatementDayForm
from echeance.core.errors import EcheanceError
from echeance.parties import queries as parties

SHOWN = 500
MADE_SHOWN = 100


@login_required
@require_GET
def statements(request: HttpRequest) -> HttpResponse:
    """Customers with something open at a day, the largest first; statements made. Six queries."""
    actor = http.actor_of(request)
    form = StatementDayForm(request.GET or None, initial={"au": clock.today()})
    on = form.day()
    balances = queries.customers_to_state(actor=actor, on=on)
    largest = sorted(balances.items(), key=lambda one: -one[1])
    shown = dict(largest[:SHOWN])
    names = parties.snapshots(actor=actor, party_ids=shown)
    context = {
        "form": form,
        "on": on,
        "customers": [(names[pk], balance) for pk, balance in shown.items() if pk in names],
        "count": len(balances),
        "statements": list(queries.statements(actor=actor)[:MADE_SHOWN]),
        "may_make": Right.PREPARE_REMINDERS in actor.rights,
        "may_send": Right.SEND_DOCUMENTS in actor.rights,
    }
    return http.page(request, "collection/statements.html", context)


@login_required
@require_POST
def statements_make(request: HttpRequest) -> HttpResponse:
    """Make the statements of the customers ticked, or of all of them; send them when asked."""
    actor = http.actor_of(request)
    form = StatementDayForm(request.POST)
    on = form.day()
    chosen = [int(pk) for pk in request.POST.getlist("chosen") if pk.isdecimal()]
    wanted = chosen or list(queries.customers_to_state(actor=actor, on=on))
    try:
        report = commands.make_statements(
            actor=actor, party_ids=wanted, on=on, send=request.POST.get("act") == "envoyer"
        )
    except EcheanceError as error:
        messages.error(request, translated(error))
    else:
        told = gettext("Relevés établis : {made}. Déjà établis ce jour : {known}.")
        messages.success(request, told.format(made=len(report.made), known=len(report.known)))
        if report.unsent:
            told = gettext("Sans contact ni adresse : {number} relevés à remettre autrement.")
            messages.warning(request, told.format(number=len(report.unsent)))
    return redirect(f"{reverse('collection:statements')}?au={on:%Y-%m-%d}")


@login_required
@require_GET
def statement_sheet(request: HttpRequest, party_id: int) -> HttpResponse:
    """The statement of a customer as a workbook."""
    actor = http.actor_of(request)
    on = StatementDayForm(request.GET or None).day()
    content = queries.statement_xlsx(actor=actor, party_id=party_id, on=on)
    return http.download(content, f"releve-{party_id}-{on:%Y-%m-%d}.xlsx")
