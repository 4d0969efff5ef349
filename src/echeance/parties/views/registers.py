"""Web faces of the public registers: asked from the record of a party, corrections accepted."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from echeance.base import http
from echeance.parties import commands, queries
from echeance.parties.models import RegistryCheck
from echeance.parties.views.prefill import PATIENCE


@login_required
@require_POST
def registers_ask(request: HttpRequest, party_id: int) -> HttpResponse:
    """Ask SIRENE and VIES about a customer; what they correct is shown on its page."""
    actor = http.actor_of(request)
    row = queries.party_for(actor=actor, party_id=party_id)
    checks = commands.check_registers(actor=actor, party_ids=[row.pk], patience=PATIENCE)
    answered = [one for one in checks if one.outcome != RegistryCheck.Outcome.UNAVAILABLE]
    if not checks:
        told = gettext("Ni SIREN ni numéro de TVA : complétez la fiche avant de consulter.")
        messages.warning(request, told)
    elif not answered:
        messages.warning(request, gettext("Aucun registre n'a répondu ; rien n'a changé."))
    elif queries.proposed_changes(actor=actor, party=row):
        messages.info(request, gettext("Des corrections sont proposées : relisez-les."))
    else:
        messages.success(request, gettext("Rien à corriger d'après les registres."))
    return redirect("parties:customer", row.pk)


@login_required
@require_POST
def registers_accept(request: HttpRequest, party_id: int) -> HttpResponse:
    """Apply the corrections that are ticked."""
    actor = http.actor_of(request)
    row = queries.party_for(actor=actor, party_id=party_id)
    fields = request.POST.getlist("champ")[:20]
    if not fields:
        messages.warning(request, gettext("Cochez au moins une correction."))
        return redirect("parties:customer", row.pk)
    commands.accept_registry_changes(actor=actor, accepted={row.pk: fields})
    messages.success(request, gettext("Fiche corrigée d'après le registre."))
    return redirect("parties:customer", row.pk)
