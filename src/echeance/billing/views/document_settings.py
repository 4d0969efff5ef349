"""How documents look: changed beside a picture that follows what is typed."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from echeance.archive import queries as archive
from echeance.base import clock, http
from echeance.base.actor import Actor
from echeance.base.language import translated
from echeance.base.rights import Right
from echeance.billing import commands, queries, rendering
from echeance.billing.commands.pictures import pictures
from echeance.billing.commands.setup import check_look
from echeance.billing.forms import DocumentStyleForm
from echeance.billing.models import DocumentStyle
from echeance.core.einvoice.facturx import default_template
from echeance.core.errors import EcheanceError
from echeance.core.typesetting import TemplateError
from echeance.core.typesetting_words import in_french

HISTORY_SHOWN = 10


@login_required
@require_http_methods(["GET", "POST"])
def document_settings(request: HttpRequest) -> HttpResponse:
    """Logo, colour, foot, ways to pay and template; the picture of a specimen beside them.

    Five queries. ``do`` of a POST: ``save``, ``preview`` (the same page with its picture, without
    script), ``restore`` a former look, ``reset`` to that of the house.
    """
    actor = http.actor_of(request)
    actor.require(Right.READ)
    if request.method == "GET":
        form = DocumentStyleForm(initial=_present(actor))
        return _page(request, actor, form, {"template": queries.template_source(actor=actor)})
    actor.require(Right.EDIT_COMPANY)
    do = request.POST.get("do", "save")
    if do == "restore":
        asked = request.POST.get("style", "")
        commands.restore_style(actor=actor, style_id=int(asked) if asked.isdecimal() else 0)
        messages.success(request, gettext("Cette présentation est reprise pour les prochains."))
        return redirect("billing:document_settings")
    if do == "reset":
        commands.save_style(actor=actor)
        messages.success(request, gettext("Les prochains documents ont le modèle de la maison."))
        return redirect("billing:document_settings")
    form = DocumentStyleForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, actor, form, {}, status=422)
    if do == "preview":
        return _page(request, actor, form, _preview(actor, form))
    try:
        commands.change_style(
            actor=actor, look=form.look(), keep_logo=form.cleaned_data["keep_logo"]
        )
    except EcheanceError as error:
        form.add_error(None, translated(error))
        return _page(request, actor, form, {}, status=422)
    messages.success(request, gettext("Enregistré : les prochains documents auront cet aspect."))
    return redirect("billing:document_settings")


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The picture of what is typed, or what is wrong with it and on which line; keeps nothing."""
    actor = http.actor_of(request)
    actor.require(Right.EDIT_COMPANY)
    form = DocumentStyleForm(request.POST, request.FILES)
    if not form.is_valid():
        problem = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return http.page(request, "billing/_document_preview.html", {"problem": problem})
    return http.page(request, "billing/_document_preview.html", _preview(actor, form))


def _preview(actor: Actor, form: DocumentStyleForm) -> dict[str, object]:
    try:
        look = form.look()
        check_look(look)
        if not look.logo and form.cleaned_data["keep_logo"]:
            look = _with_present_logo(actor, look)
        pdf = rendering.specimen(look, at=clock.now(), company=actor.company.name)
    except TemplateError as error:
        return {"problem": gettext(in_french(error.reason)), "line": error.line}
    except EcheanceError as error:
        return {"problem": translated(error)}
    pages = [b64encode(picture).decode() for picture in pictures(pdf)]
    return {"pages": pages}


def _with_present_logo(actor: Actor, look: rendering.Look) -> rendering.Look:
    style = queries.style_in_force(actor=actor)
    if style is None or style.logo is None:
        return look
    content = archive.content(actor=actor, file_id=style.logo.pk)
    return replace(look, logo=content, logo_name=style.logo.filename)


def _present(actor: Actor) -> dict[str, object]:
    style = queries.style_in_force(actor=actor)
    source = queries.template_source(actor=actor)
    if style is None:
        return {"template": source, "language": "fr"}
    return {
        "color": style.color,
        "footer": style.footer,
        "payment_link": style.payment_link,
        "payment_qr": style.payment_qr,
        "creditor_reference": style.creditor_reference,
        "template": source,
        "language": "fr",
    }


def _page(
    request: HttpRequest,
    actor: Actor,
    form: DocumentStyleForm,
    more: dict[str, object],
    *,
    status: int = 200,
) -> HttpResponse:
    history: list[DocumentStyle] = list(queries.styles(actor=actor)[:HISTORY_SHOWN])
    in_force = history[0] if history else None
    context = {
        "form": form,
        "history": history,
        "in_force": in_force,
        "own_template": bool(in_force and in_force.template_id),
        "house": default_template(),
        "may_edit": Right.EDIT_COMPANY in actor.rights,
        **more,
    }
    return http.page(request, "billing/document_settings.html", context, status=status)
