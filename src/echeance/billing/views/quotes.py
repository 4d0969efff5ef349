"""Quotes in pages: the list, the editor with its totals, what a customer answered."""

from __future__ import annotations

from urllib.parse import quote as quoted

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import IntegerField
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.actor import Actor
from echeance.base.language import terms, translated
from echeance.base.paging import Page, Sort, page_of
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.errors import QuoteInvalidError
from echeance.billing.forms import QuoteAnswerForm, QuoteForm, QuoteLineForm, QuoteLines
from echeance.billing.models import Quote
from echeance.billing.queries.quotes import Offer
from echeance.billing.rules import quotes as rules
from echeance.billing.types import QuoteFacts
from echeance.billing.views.invoice import plain, unit_of
from echeance.core.errors import EcheanceError
from echeance.core.terms import parse_terms
from echeance.parties import queries as parties

PAGE_SIZE = 50
MORE_ROWS = 5
LINK_KEY = "quote_link"
_LATEST = Sort("id", IntegerField().to_python, descending=True)
STATES = {
    "draft": (gettext_noop("brouillon"), "neutral"),
    "sent": (gettext_noop("envoyé"), "info"),
    "expired": (gettext_noop("expiré"), "warn"),
    "accepted": (gettext_noop("accepté"), "good"),
    "refused": (gettext_noop("refusé"), "bad"),
    "replaced": (gettext_noop("remplacé"), "neutral"),
}
"""What each state is called, and its tone."""
TABS = (
    ("", gettext_noop("Tous")),
    ("draft", gettext_noop("Brouillons")),
    ("sent", gettext_noop("Envoyés")),
    ("expired", gettext_noop("Expirés")),
    ("accepted", gettext_noop("Acceptés")),
    ("refused", gettext_noop("Refusés")),
)


def state_label(row: Quote) -> tuple[str, str]:
    """The state of a quote in words, and its tone."""
    label, tone = STATES[rules.state_of(row.status, row.valid_until, clock.today())]
    return gettext(label), tone


@login_required
@require_GET
def quotes(request: HttpRequest) -> HttpResponse:
    """Quotes, the latest first. Three queries."""
    actor = http.actor_of(request)
    state = request.GET.get("etat", "")
    state = state if state in dict(TABS) else ""
    text = request.GET.get("q", "").strip()[:100]
    page: Page[Quote] = page_of(
        queries.quote_list(actor=actor, text=text, state=state, on=clock.today()),
        sort=_LATEST,
        after=request.GET.get("apres", ""),
        before=request.GET.get("avant", ""),
        size=PAGE_SIZE,
    )
    context = {
        "page": page,
        "rows": [(row, *state_label(row)) for row in page.rows],
        "tabs": [(key, gettext(label)) for key, label in TABS],
        "state": state,
        "text": text,
        "may_draft": Right.DRAFT_INVOICES in actor.rights,
    }
    return http.page(request, "billing/quotes.html", context)


@login_required
@require_GET
def quote(request: HttpRequest, quote_id: int) -> HttpResponse:
    """A quote: its lines, its link, its answer. About ten queries."""
    actor = http.actor_of(request)
    return _shown(request, actor, queries.quote_for(actor=actor, quote_id=quote_id))


def _shown(
    request: HttpRequest, actor: Actor, row: Quote, form: QuoteAnswerForm | None = None
) -> HttpResponse:
    offer = queries.offer_of(actor=actor, quote=row, on=clock.today())
    label, tone = state_label(row)
    link = _link_once(request, row)
    may_draft = Right.DRAFT_INVOICES in actor.rights
    context = {
        "quote": row,
        "offer": offer,
        "lines": lines_shown(offer),
        "label": label,
        "tone": tone,
        "terms": terms(row.payment_terms) if row.payment_terms else "",
        "versions": [
            (one, *state_label(one))
            for one in queries.quote_versions(actor=actor, number=row.number)
        ],
        "link": link,
        "mail": _mail(actor, row, link) if link else "",
        "form": form or QuoteAnswerForm(),
        "may_edit": may_draft and row.status == Quote.Status.DRAFT,
        "may_revise": may_draft and row.status in {Quote.Status.SENT, Quote.Status.REFUSED},
        "may_send": Right.SEND_DOCUMENTS in actor.rights
        and row.status in {Quote.Status.DRAFT, Quote.Status.SENT},
        "may_answer": Right.IMPORT_ORDERS in actor.rights and offer.state == "sent",
    }
    return http.page(
        request, "billing/quote.html", context, status=422 if form is not None else 200
    )


def lines_shown(offer: Offer) -> list[tuple[rules.Line, str, str]]:
    """Lines of an offer, with their quantity and unit in words."""
    return [(line, plain(line.quantity), unit_of(line.unit_code)) for line in offer.lines]


def _link_once(request: HttpRequest, row: Quote) -> str:
    """The address of the link just made, shown on one page and forgotten."""
    kept = request.session.get(LINK_KEY) or {}
    if kept.get("quote_id") != row.pk:
        return ""
    del request.session[LINK_KEY]
    return request.build_absolute_uri(reverse("billing:quote_link", args=[kept["token"]]))


def _mail(actor: Actor, row: Quote, link: str) -> str:
    """A message ready in the person's own mail program."""
    found = parties.contacts(actor=actor, party_ids=[row.party_id])[row.party_id]
    address = next((one.email for one in found if one.email), "")
    subject = gettext("Devis {number} : {title}").format(number=row, title=row.title)
    body = gettext(
        "Bonjour,\n\nVotre devis est à cette adresse, où vous pouvez choisir les options et "
        "l'accepter :\n{link}\n\nCordialement,\n{company}"
    ).format(link=link, company=actor.company.name)
    return f"mailto:{quoted(address)}?subject={quoted(subject)}&body={quoted(body)}"


# -- the editor -----------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def quote_new(request: HttpRequest) -> HttpResponse:
    """A new quote."""
    actor = http.actor_of(request)
    actor.require(Right.DRAFT_INVOICES)
    initial = {
        "valid_until": clock.today() + rules.USUAL_DAYS,
        "customer": request.GET.get("client", "")[:200],
    }
    return _edited(request, actor, None, initial, [])


@login_required
@require_http_methods(["GET", "POST"])
def quote_edit(request: HttpRequest, quote_id: int) -> HttpResponse:
    """A draft quote, changed."""
    actor = http.actor_of(request)
    actor.require(Right.DRAFT_INVOICES)
    row = queries.quote_for(actor=actor, quote_id=quote_id)
    initial = {
        "customer": row.party.code or row.party.name,
        "title": row.title,
        "valid_until": row.valid_until,
        "deposit_percent": row.deposit_percent.normalize() if row.deposit_percent else None,
        "payment_terms": parse_terms(row.payment_terms).label if row.payment_terms else "",
        "note": row.note,
    }
    lines: list[dict[str, object]] = [
        {
            "item_code": line.item_code,
            "name": line.name,
            "quantity": plain(line.quantity),
            "unit_price": plain(line.unit_price),
            "discount_percent": plain(line.discount_percent) if line.discount_percent else None,
            "vat_rate": "" if line.vat_rate is None else f"{line.vat_rate.normalize():f}",
            "nature": line.nature,
            "is_option": line.is_option,
        }
        for line in queries.offer_of(actor=actor, quote=row, on=clock.today()).lines
    ]
    return _edited(request, actor, row, initial, lines)


def _edited(
    request: HttpRequest,
    actor: Actor,
    row: Quote | None,
    initial: dict[str, object],
    lines: list[dict[str, object]],
) -> HttpResponse:
    """The editor; its lines keep what was typed when rows are added."""
    if request.method == "POST" and request.POST.get("do") == "more":
        given = _with_more_rows(request.POST)
        form, formset = QuoteForm(given), QuoteLines(given, prefix="lines")
        return _editor(request, row, form, formset, status=200)
    form = QuoteForm(request.POST or None, initial=initial)
    formset = QuoteLines(request.POST or None, initial=lines, prefix="lines")
    if request.method == "POST" and form.is_valid() and formset.is_valid():
        try:
            facts = _facts(actor, form, formset)
            if row is None:
                (row,) = commands.draft_quotes(actor=actor, quotes=[facts])
            else:
                row = commands.change_quote(actor=actor, quote_id=row.pk, facts=facts)
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            messages.success(request, gettext("Devis enregistré."))
            return redirect("billing:quote", row.pk)
    return _editor(request, row, form, formset, status=422 if form.is_bound else 200)


def _editor(
    request: HttpRequest,
    row: Quote | None,
    form: QuoteForm,
    formset: BaseFormSet[QuoteLineForm],
    *,
    status: int,
) -> HttpResponse:
    context = {"quote": row, "form": form, "formset": formset, "totals": None, "problem": ""}
    return http.page(request, "billing/quote_edit.html", context, status=status)


def _with_more_rows(given: QueryDict) -> QueryDict:
    changed = given.copy()
    total = given.get("lines-TOTAL_FORMS", "0")
    count = int(total) if total.isdecimal() and len(total) < 5 else 0
    changed["lines-TOTAL_FORMS"] = str(min(count + MORE_ROWS, QuoteLines.max_num))
    return changed


def _facts(actor: Actor, form: QuoteForm, formset: BaseFormSet[QuoteLineForm]) -> QuoteFacts:
    given = form.cleaned_data
    found = [one.facts() for one in formset.forms]
    return QuoteFacts(
        party_id=queries.party_named(actor=actor, text=given["customer"]),
        title=given["title"],
        lines=tuple(line for line in found if line is not None),
        valid_until=given["valid_until"],
        deposit_percent=given["deposit_percent"],
        payment_terms=given["payment_terms"],
        note=given["note"],
    )


@login_required
@require_POST
def quote_totals(request: HttpRequest) -> HttpResponse:
    """Totals of what is typed, without writing anything; or what is missing yet."""
    actor = http.actor_of(request)
    actor.require(Right.DRAFT_INVOICES)
    form, formset = QuoteForm(request.POST), QuoteLines(request.POST, prefix="lines")
    context: dict[str, object] = {"totals": None, "problem": ""}
    if form.is_valid() and formset.is_valid():
        try:
            context["totals"] = commands.try_quote(actor=actor, facts=_facts(actor, form, formset))
        except EcheanceError as error:
            context["problem"] = translated(error)
    return http.page(request, "billing/_quote_totals.html", context)


# -- acts -----------------------------------------------------------------------------------------


@login_required
@require_POST
def quote_send(request: HttpRequest, quote_id: int) -> HttpResponse:
    """Make the link; the next page shows it once."""
    (sent,) = commands.send_quotes(actor=http.actor_of(request), quote_ids=[quote_id])
    request.session[LINK_KEY] = {"quote_id": sent.quote_id, "token": sent.token}
    messages.success(request, gettext("Le lien est prêt : copiez-le, il n'est montré qu'une fois."))
    return redirect("billing:quote", quote_id)


@login_required
@require_POST
def quote_revise(request: HttpRequest, quote_id: int) -> HttpResponse:
    """Draft the next version."""
    made = commands.revise_quote(actor=http.actor_of(request), quote_id=quote_id)
    told = gettext("{number} est en brouillon ; il remplacera le précédent à son envoi.")
    messages.success(request, told.format(number=made))
    return redirect("billing:quote_edit", made.pk)


@login_required
@require_POST
def quote_discard(request: HttpRequest, quote_id: int) -> HttpResponse:
    """Delete a draft."""
    commands.discard_quotes(actor=http.actor_of(request), quote_ids=[quote_id])
    messages.success(request, gettext("Le brouillon de devis est supprimé."))
    return redirect("billing:quotes")


@login_required
@require_POST
def quote_answer(request: HttpRequest, quote_id: int) -> HttpResponse:
    """Note an answer that came by paper, by mail or by a call."""
    actor = http.actor_of(request)
    row = queries.quote_for(actor=actor, quote_id=quote_id)
    form = QuoteAnswerForm(request.POST)
    if not form.is_valid():
        return _shown(request, actor, row, form)
    given = form.cleaned_data
    accepted = request.POST.get("do") == "accept"
    try:
        done = commands.record_quote_answer(
            actor=actor,
            quote_id=row.pk,
            accepted=accepted,
            name=given["name"],
            options=form.options(request.POST),
            reason=given["reason"],
            order_reference=given["order_reference"],
        )
    except QuoteInvalidError as error:
        form.add_error(None, translated(error))
        return _shown(request, actor, row, form)
    if accepted:
        told = gettext("Devis accepté : la commande {number} est à facturer.")
        messages.success(request, told.format(number=done.order))
    else:
        messages.success(request, gettext("Refus noté."))
    return redirect("billing:quote", row.pk)
