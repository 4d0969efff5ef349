"""How a document leaves, its pieces and its copies: a part of its page, and of its customer's."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import http
from echeance.base.language import translated
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.commands.attachments import usual_pieces
from echeance.billing.forms import AttachmentForm, CustomerChannelForm
from echeance.billing.models.documents import ChannelLabel
from echeance.billing.rules.attachments import DELIVERY_NOTE, LABELS
from echeance.core.errors import EcheanceError
from echeance.parties import queries as parties


@login_required
@require_GET
def departure(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Fragment of the document's page: way and reason, ways taken, pieces joined. Ten queries."""
    actor = http.actor_of(request)
    row = queries.invoice_for(actor=actor, invoice_id=invoice_id)
    way = queries.ways(actor=actor, rows=[row])[row.pk]
    is_draft = row.number is None
    context = {
        "invoice": row,
        "way": way,
        "taken": [(one, ChannelLabel(one.channel).label) for one in way.taken],
        "channels": [(value, gettext(str(label))) for value, label in ChannelLabel.choices],
        "chosen": row.channel or ChannelLabel.AUTO.value,
        "label": ChannelLabel(way.choice.channel.value).label,
        "pieces": [
            (one, LABELS.get(one.code, one.code))
            for one in row.attachments.select_related("file").order_by("position")
        ],
        "usual": usual_pieces(actor=actor, invoice_ids=[row.pk]) if is_draft else [],
        "form": AttachmentForm(),
        "may_join": is_draft and Right.DRAFT_INVOICES in actor.rights,
        "may_send": Right.SEND_DOCUMENTS in actor.rights,
        "handovers": list(row.handovers.order_by("pk")),
    }
    return http.page(request, "billing/departure.html", context, fragment="billing/_departure.html")


@login_required
@require_POST
def choose(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Choose the way of this document."""
    actor = http.actor_of(request)
    asked = request.POST.get("channel", "")
    if asked in ChannelLabel.values:
        commands.choose_channel(actor=actor, invoice_ids=[invoice_id], channel=asked)
        messages.success(request, gettext("Le canal de ce document est choisi."))
    return redirect("billing:invoice", invoice_id)


@login_required
@require_GET
def duplicate(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """The marked copy of a document, to keep or to print; nothing is kept here."""
    actor = http.actor_of(request)
    row = queries.invoice_for(actor=actor, invoice_id=invoice_id)
    content = commands.duplicate_pdf(actor=actor, invoice_id=row.pk)
    return http.download(content, f"{row}-duplicata.pdf".replace("/", "-"))


@login_required
@require_POST
def send_copy(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Send a marked copy, by mail or by post."""
    actor = http.actor_of(request)
    by_post = request.POST.get("by") == "post"
    report = commands.send_duplicates(
        actor=actor, invoice_ids=[invoice_id], channel="post" if by_post else "mail"
    )
    for reason in report.skipped.values():
        messages.error(request, gettext("Rien n'est envoyé : {reason}.").format(reason=reason))
    if report.message_ids:
        messages.success(request, gettext("Le duplicata est dans la boîte d'envoi, retenu."))
    elif report.letter_ids:
        messages.success(request, gettext("Le duplicata attend le prochain lot de courriers."))
    return redirect("billing:invoice", invoice_id)


@login_required
@require_POST
def attach(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Join a piece to a draft: archived first, then joined."""
    actor = http.actor_of(request)
    actor.require(Right.DRAFT_INVOICES)
    row = queries.invoice_for(actor=actor, invoice_id=invoice_id)
    form = AttachmentForm(request.POST, request.FILES)
    if not form.is_valid():
        told = " ".join(str(error) for errors in form.errors.values() for error in errors)
        messages.error(request, told)
        return redirect("billing:invoice", row.pk)
    facts, given = form.cleaned_data, form.cleaned_data["file"]
    try:
        commands.attach_upload(
            actor=actor,
            invoice_id=row.pk,
            content=given.read(),
            filename=given.name,
            code=facts["code"],
            label=facts["label"],
            is_embedded=not facts["beside"],
        )
    except EcheanceError as error:
        messages.error(request, translated(error))
    else:
        messages.success(request, gettext("La pièce est jointe."))
    return redirect("billing:invoice", row.pk)


@login_required
@require_POST
def detach(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """Take a piece away from a draft."""
    asked = request.POST.get("file", "")
    file_ids = [int(asked)] if asked.isdecimal() else []
    gone = commands.detach(actor=http.actor_of(request), invoice_id=invoice_id, file_ids=file_ids)
    if gone:
        messages.success(request, gettext("La pièce est retirée ; l'archive la garde."))
    return redirect("billing:invoice", invoice_id)


@login_required
@require_http_methods(["GET", "POST"])
def customer_channel(request: HttpRequest, party_id: int) -> HttpResponse:
    """Fragment of the customer's page: how its documents leave. Four queries."""
    actor = http.actor_of(request)
    party = parties.party_for(actor=actor, party_id=party_id)
    rule = queries.customer_rule(actor=actor, party_id=party.pk)
    form = CustomerChannelForm(
        request.POST or None,
        initial={
            "channel": rule.channel,
            "second_channel": rule.second_channel,
            "portal": rule.portal,
            "delivery_notes": DELIVERY_NOTE in rule.joined_pieces,
        }
        if rule
        else {},
    )
    if request.method == "POST" and form.is_valid():
        commands.set_customer_channel(actor=actor, party_id=party.pk, **form.cleaned_data)
        messages.success(request, gettext("Le canal de ce client est enregistré."))
        return redirect("parties:customer", party.pk)
    context = {
        "party": party,
        "form": form,
        "may_edit": Right.EDIT_PARTIES in actor.rights,
    }
    return http.page(
        request,
        "billing/customer_channel.html",
        context,
        fragment="billing/_customer_channel.html",
        status=422 if form.is_bound else 200,
    )
