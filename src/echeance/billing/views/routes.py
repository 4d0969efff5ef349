"""Where a customer receives its e-invoices: what the directory says, on the customer's page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from echeance.base import http
from echeance.base.rights import Right
from echeance.billing.commands import look_up_routes
from echeance.parties import queries as parties
from echeance.parties.models import RegistryCheck


@login_required
@require_http_methods(["GET", "POST"])
def route(request: HttpRequest, party_id: int) -> HttpResponse:
    """Fragment of the customer's page: its address and the directory's; asked again with a POST.

    Four queries to read.
    """
    actor = http.actor_of(request)
    party = parties.party_for(actor=actor, party_id=party_id)
    if request.method == "POST":
        checks = look_up_routes(actor=actor, party_ids=[party.pk])
        outcomes = {check.outcome for check in checks}
        if not checks:
            messages.warning(request, gettext("Sans SIREN, l'annuaire ne se consulte pas."))
        elif RegistryCheck.Outcome.UNAVAILABLE in outcomes:
            messages.warning(request, gettext("L'annuaire n'a pas répondu ; rien n'a changé."))
        elif RegistryCheck.Outcome.UNKNOWN in outcomes:
            told = gettext(
                "L'annuaire ne connaît pas ce client : il reçoit ses factures autrement."
            )
            messages.warning(request, told)
        elif parties.proposed_changes(actor=actor, party=party):
            messages.info(request, gettext("Une correction d'adresse est proposée : relisez-la."))
        else:
            messages.success(request, gettext("L'adresse est celle de l'annuaire."))
        return redirect("parties:customer", party.pk)
    last = parties.last_checks(actor=actor, party_ids=[party.pk]).get(party.pk, {})
    check = last.get(RegistryCheck.Register.DIRECTORY)
    lines = str(check.facts.get("lines", "")).split(" | ") if check else []
    context = {
        "party": party,
        "check": check,
        "lines": [line for line in lines if line],
        "known": party.electronic_address in lines,
        "may_edit": Right.EDIT_PARTIES in actor.rights,
    }
    return http.page(request, "billing/route.html", context, fragment="billing/_route.html")
