"""Price lists and exchange rates in pages."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.actor import Actor
from echeance.base.language import translated
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.forms import PriceListForm, RateForm
from echeance.billing.models import PriceBreak, PriceList
from echeance.billing.types import RateFacts
from echeance.billing.views.invoice import plain
from echeance.core.errors import EcheanceError

RATES_SHOWN = 100
_FIRST_DAY = date(2000, 1, 1)


@login_required
@require_GET
def price_lists(request: HttpRequest) -> HttpResponse:
    """Price lists in use. Two queries."""
    actor = http.actor_of(request)
    context = {
        "lists": queries.price_lists(actor=actor),
        "may_edit": Right.IMPORT_ORDERS in actor.rights,
    }
    return http.page(request, "billing/price_lists.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def price_list_new(request: HttpRequest) -> HttpResponse:
    """A new price list."""
    actor = http.actor_of(request)
    actor.require(Right.IMPORT_ORDERS)
    return _edited(request, actor, None)


@login_required
@require_http_methods(["GET", "POST"])
def price_list(request: HttpRequest, price_list_id: int) -> HttpResponse:
    """A price list and its prices; whoever may change it does it in place. Four queries."""
    actor = http.actor_of(request)
    row = queries.price_list_for(actor=actor, price_list_id=price_list_id)
    if request.method == "POST":
        actor.require(Right.IMPORT_ORDERS)
    return _edited(request, actor, row)


def _edited(request: HttpRequest, actor: Actor, row: PriceList | None) -> HttpResponse:
    breaks = (
        list(queries.price_breaks(actor=actor, price_list_id=row.pk)) if row is not None else []
    )
    initial = {
        "code": row.code if row else "",
        "name": row.name if row else "",
        "currency": row.currency if row else "EUR",
        "breaks": "\n".join(_typed(one) for one in breaks),
    }
    form = PriceListForm(request.POST or None, initial=initial)
    if row is not None:
        form.fields["code"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            row = commands.save_price_list(actor=actor, **form.cleaned_data)
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            messages.success(request, gettext("Tarif enregistré."))
            return redirect("billing:price_list", row.pk)
    context = {
        "list": row,
        "form": form,
        "breaks": [
            (one, plain(one.min_quantity), one.starts_on if one.starts_on > _FIRST_DAY else None)
            for one in breaks
        ],
        "may_edit": Right.IMPORT_ORDERS in actor.rights,
    }
    status = 422 if form.is_bound else 200
    return http.page(request, "billing/price_list.html", context, status=status)


def _typed(one: PriceBreak) -> str:
    """A price as the form takes it back."""
    cells = [
        one.item.code,
        plain(one.min_quantity),
        plain(one.unit_price),
        plain(one.discount_percent) if one.discount_percent else "",
        f"{one.starts_on:%d/%m/%Y}" if one.starts_on > _FIRST_DAY else "",
        f"{one.ends_on:%d/%m/%Y}" if one.ends_on else "",
    ]
    return " ; ".join(cells).rstrip(" ;")


@login_required
@require_POST
def price_list_close(request: HttpRequest, price_list_id: int) -> HttpResponse:
    """Take a price list out of use."""
    commands.close_price_list(actor=http.actor_of(request), price_list_id=price_list_id)
    messages.success(request, gettext("Le tarif est retiré."))
    return redirect("billing:price_lists")


@login_required
@require_http_methods(["GET", "POST"])
def rates(request: HttpRequest) -> HttpResponse:
    """Exchange rates, typed one by one or read from the file of the ECB. Two queries."""
    actor = http.actor_of(request)
    form = RateForm(request.POST or None, request.FILES or None, initial={"on": clock.today()})
    if request.method == "POST":
        actor.require(Right.DRAFT_INVOICES)
        if form.is_valid():
            try:
                made = _save(actor, form)
            except EcheanceError as error:
                form.add_error(None, translated(error))
            else:
                told = gettext("Cours enregistrés : {number}.").format(number=made)
                messages.success(request, told)
                return redirect("billing:rates")
    context = {
        "rates": [
            (one, plain(one.rate)) for one in queries.exchange_rates(actor=actor)[:RATES_SHOWN]
        ],
        "form": form,
        "may_edit": Right.DRAFT_INVOICES in actor.rights,
    }
    return http.page(request, "billing/rates.html", context, status=422 if form.is_bound else 200)


def _save(actor: Actor, form: RateForm) -> int:
    given = form.cleaned_data
    if given["file"]:
        content = given["file"].read()
        return len(
            commands.import_rates(actor=actor, content=content, filename=given["file"].name or "")
        )
    facts = RateFacts(given["currency"].upper(), given["on"], given["rate"])
    return len(commands.save_rates(actor=actor, rates=[facts]))
