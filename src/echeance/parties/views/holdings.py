"""Web faces of what hangs on a party: establishments, services, group, credit, mandates."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from echeance.base import http
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.parties import commands, queries
from echeance.parties.forms import (
    CreditForm,
    EstablishmentForm,
    GroupForm,
    MandateForm,
    ReasonForm,
    ServiceForm,
)
from echeance.parties.models import Party
from echeance.parties.types import EstablishmentFacts, MandateFacts, ServiceFacts
from echeance.parties.views.record import editor_of, form_page

_ESTABLISHMENT_FIELDS = "parties/_establishment_fields.html"


# -- establishments and services ------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def establishment_new(request: HttpRequest, party_id: int) -> HttpResponse:
    """One more establishment of a firm."""
    actor = editor_of(request)
    row = queries.party_for(actor=actor, party_id=party_id)
    form = EstablishmentForm(request.POST or None, initial={"siret": row.siren})

    def save() -> Party:
        facts = EstablishmentFacts(row.pk, **form.cleaned_data)
        commands.add_establishments(actor=actor, establishments=[facts])
        return row

    return form_page(
        request,
        form,
        save=save,
        title=gettext("Nouvel établissement"),
        done=gettext("Établissement ajouté."),
        fields=_ESTABLISHMENT_FIELDS,
        party=row,
    )


@login_required
@require_http_methods(["GET", "POST"])
def establishment_edit(request: HttpRequest, party_id: int, establishment_id: int) -> HttpResponse:
    """Correct an establishment; issued documents keep the values they had."""
    actor = editor_of(request)
    row = queries.party_for(actor=actor, party_id=party_id)
    one = queries.establishment_for(actor=actor, party_id=row.pk, establishment_id=establishment_id)
    present = {name: getattr(one, name) for name in EstablishmentForm.base_fields}
    form = EstablishmentForm(request.POST or None, initial=present, known=True)

    def save() -> Party:
        commands.change_establishments(actor=actor, changes={one.pk: form.cleaned_data})
        return row

    return form_page(
        request,
        form,
        save=save,
        title=gettext("Modifier l'établissement {siret}").format(siret=one.siret),
        done=gettext("Établissement enregistré."),
        fields=_ESTABLISHMENT_FIELDS,
        party=row,
    )


@login_required
@require_POST
def establishment_end(request: HttpRequest, party_id: int, establishment_id: int) -> HttpResponse:
    """Stop using an establishment."""
    actor = http.actor_of(request)
    queries.establishment_for(actor=actor, party_id=party_id, establishment_id=establishment_id)
    commands.end_establishments(actor=actor, establishment_ids=[establishment_id])
    messages.success(request, gettext("Établissement retiré de la fiche."))
    return redirect("parties:customer", party_id)


@login_required
@require_http_methods(["GET", "POST"])
def service_new(request: HttpRequest, party_id: int) -> HttpResponse:
    """One more service of a public buyer; a known code takes its new name."""
    actor = editor_of(request)
    row = queries.party_for(actor=actor, party_id=party_id)
    form = ServiceForm(request.POST or None)

    def save() -> Party:
        commands.add_services(actor=actor, services=[ServiceFacts(row.pk, **form.cleaned_data)])
        return row

    return form_page(
        request,
        form,
        save=save,
        title=gettext("Nouveau service destinataire"),
        done=gettext("Service ajouté."),
        party=row,
    )


@login_required
@require_POST
def service_end(request: HttpRequest, party_id: int, service_id: int) -> HttpResponse:
    """Stop addressing invoices to a service."""
    actor = http.actor_of(request)
    if not queries.services_of(actor=actor, party_id=party_id).filter(pk=service_id).exists():
        raise NotFoundError(what=f"service n° {service_id}")
    commands.end_services(actor=actor, service_ids=[service_id])
    messages.success(request, gettext("Service retiré de la fiche."))
    return redirect("parties:customer", party_id)


# -- group and credit -----------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, party_id: int) -> HttpResponse:
    """Whom a customer depends on."""
    actor = editor_of(request)
    row = queries.party_for(actor=actor, party_id=party_id)
    parent, _ = queries.group_tree(actor=actor, party_id=row.pk)
    form = GroupForm(request.POST or None, initial={"parent": parent.code if parent else ""})

    def save() -> Party:
        code = form.cleaned_data["parent"].strip()
        above = queries.by_codes(actor=actor, codes=[code]).get(code) if code else None
        if code and above is None:
            raise NotFoundError(what=gettext("client de code « {code} »").format(code=code))
        commands.set_parent(actor=actor, party_id=row.pk, parent_id=above.pk if above else None)
        return row

    return form_page(
        request,
        form,
        save=save,
        title=gettext("Groupe de {name}").format(name=row.name),
        done=gettext("Groupe enregistré."),
        party=row,
    )


@login_required
@require_http_methods(["GET", "POST"])
def credit(request: HttpRequest, party_id: int) -> HttpResponse:
    """What a customer may owe."""
    actor = http.actor_of(request)
    actor.require(Right.GRANT_CREDIT)
    row = queries.party_for(actor=actor, party_id=party_id)
    form = CreditForm(request.POST or None, initial={"limit": row.credit_limit})

    def save() -> Party:
        limits = {row.pk: form.cleaned_data["limit"]}
        return commands.set_credit_limits(actor=actor, limits=limits)[0]

    return form_page(
        request,
        form,
        save=save,
        title=gettext("Encours autorisé de {name}").format(name=row.name),
        done=gettext("Encours autorisé enregistré."),
        party=row,
    )


@login_required
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, party_id: int) -> HttpResponse:
    """Sell nothing more to a customer for now."""
    actor = editor_of(request)
    row = queries.party_for(actor=actor, party_id=party_id)
    form = ReasonForm(request.POST or None)
    return form_page(
        request,
        form,
        save=lambda: commands.hold_parties(
            actor=actor, party_ids=[row.pk], reason=form.cleaned_data["reason"]
        )[0],
        title=gettext("Bloquer {name}").format(name=row.name),
        done=gettext("Client bloqué : ses commandes attendent."),
        party=row,
        submit=gettext("Bloquer"),
    )


@login_required
@require_http_methods(["GET", "POST"])
def release(request: HttpRequest, party_id: int) -> HttpResponse:
    """Sell to a customer again."""
    actor = http.actor_of(request)
    actor.require(Right.GRANT_CREDIT)
    row = queries.party_for(actor=actor, party_id=party_id)
    form = ReasonForm(request.POST or None)
    return form_page(
        request,
        form,
        save=lambda: commands.release_parties(
            actor=actor, party_ids=[row.pk], reason=form.cleaned_data["reason"]
        )[0],
        title=gettext("Débloquer {name}").format(name=row.name),
        done=gettext("Client débloqué."),
        party=row,
        submit=gettext("Débloquer"),
    )


# -- mandates -------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def mandate_new(request: HttpRequest, party_id: int) -> HttpResponse:
    """A mandate the customer has signed; its account is added first."""
    actor = editor_of(request)
    row = queries.party_for(actor=actor, party_id=party_id)
    accounts = list(queries.bank_accounts_of(actor=actor, party_id=row.pk))
    if not accounts:
        told = gettext("Ajoutez d'abord le compte bancaire que ce mandat autorise à débiter.")
        messages.info(request, told)
        return redirect("parties:account_new", row.pk)
    form = MandateForm(request.POST or None, accounts=accounts)

    def save() -> Party:
        commands.add_mandate(actor=actor, mandate=MandateFacts(row.pk, **form.cleaned_data))
        return row

    return form_page(
        request,
        form,
        save=save,
        title=gettext("Nouveau mandat de prélèvement"),
        done=gettext("Mandat enregistré."),
        party=row,
    )


@login_required
@require_http_methods(["GET", "POST"])
def mandate_revoke(request: HttpRequest, party_id: int, mandate_id: int) -> HttpResponse:
    """Collect nothing more under a mandate."""
    actor = editor_of(request)
    row = queries.party_for(actor=actor, party_id=party_id)
    one = queries.mandates_of(actor=actor, party_id=row.pk).filter(pk=mandate_id).first()
    if one is None:
        raise NotFoundError(what=f"mandat n° {mandate_id}")
    form = ReasonForm(request.POST or None)

    def save() -> Party:
        commands.revoke_mandates(
            actor=actor, mandate_ids=[one.pk], reason=form.cleaned_data["reason"]
        )
        return row

    return form_page(
        request,
        form,
        save=save,
        title=gettext("Révoquer le mandat {reference}").format(reference=one.reference),
        done=gettext("Mandat révoqué : plus rien n'est prélevé."),
        party=row,
        submit=gettext("Révoquer"),
    )
