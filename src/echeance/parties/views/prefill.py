"""A new customer, from what a register knows of its number."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext

from echeance.base.actor import Actor
from echeance.base.language import translated
from echeance.core.errors import EcheanceError
from echeance.core.identifiers import strip_separators
from echeance.parties import queries
from echeance.parties.forms import PartyForm
from echeance.parties.models import RegistryCheck
from echeance.parties.registers.http import Patience
from echeance.parties.types import RegistryAnswer

PATIENCE = Patience(timeout_seconds=5, attempts=2)
"""Somebody waits before the screen: less than a job would."""


def prefilled(request: HttpRequest, actor: Actor, identifier: str) -> dict[str, object]:
    """Values for the form of a new customer; what was found, or not, is said above it."""
    known = queries.by_identifiers(actor=actor, identifiers=[identifier])[identifier]
    if known:
        told = gettext("« {name} » ({code}) a déjà ce numéro : ne le créez pas deux fois.")
        messages.warning(request, told.format(name=known[0].name, code=known[0].code))
    try:
        answer = queries.look_up(actor=actor, identifier=identifier, patience=PATIENCE)
    except EcheanceError as error:
        messages.error(request, translated(error))
        return {}
    _say(request, answer)
    found: dict[str, object] = {
        name: answer.facts[name] for name in PartyForm.base_fields if name in answer.facts
    }
    if answer.register == RegistryCheck.Register.VIES:
        found |= {"vat_id": answer.asked, "country": _country(answer.asked)}
    elif len(answer.asked) == 14:
        found |= {"siret": answer.asked, "siren": answer.asked[:9]}
    else:
        # The head office moves; a customer asked for by its SIREN is the firm.
        found |= {"siren": answer.asked, "siret": ""}
    return found


def _country(vat_id: str) -> str:
    return {"EL": "GR", "XI": "GB"}.get(vat_id[:2], vat_id[:2])


def _say(request: HttpRequest, answer: RegistryAnswer) -> None:
    match answer.outcome:
        case RegistryCheck.Outcome.FOUND:
            messages.success(request, gettext("Rempli d'après le registre : relisez, complétez."))
        case RegistryCheck.Outcome.CLOSED:
            messages.error(request, gettext("Cette entreprise a cessé d'après le registre."))
        case RegistryCheck.Outcome.UNKNOWN:
            told = gettext("Le registre ne connaît pas ce numéro : vérifiez-le auprès du client.")
            messages.warning(request, told)
        case _:
            told = gettext("Le registre n'a pas répondu ({reason}) : remplissez à la main.")
            reason = gettext(answer.facts.get("reason", ""))
            messages.warning(request, told.format(reason=reason))


def asked_number(request: HttpRequest) -> str:
    """The number typed above the form, when one was."""
    if request.method != "GET":
        return ""
    text = request.GET.get("numero", "").strip()[:40]
    return text if strip_separators(text) else ""
