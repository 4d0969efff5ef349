"""Deliveries of an order, and hours spent, in pages."""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import IntegerField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.actor import Actor
from echeance.base.language import translated
from echeance.base.paging import Sort, page_of
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.errors import NothingChosenError
from echeance.billing.forms import DeliveryForm, TimeForm, typed_number
from echeance.billing.types import TimeFacts
from echeance.billing.views.invoice import plain
from echeance.core.errors import ConfirmationNeededError, EcheanceError

PAGE_SIZE = 50
CHOSEN_MAX = 500
_LATEST = Sort("id", IntegerField().to_python, descending=True)


@login_required
@require_http_methods(["GET", "POST"])
def order_deliveries(request: HttpRequest, order_id: int) -> HttpResponse:
    """What left of an order, and what is left to deliver. Six queries to read it."""
    actor = http.actor_of(request)
    order = queries.order_for(actor=actor, order_id=order_id)
    left = queries.left_to_deliver(actor=actor, order_id=order.pk)
    initial: dict[str, object] = {"delivered_on": clock.today()}
    initial |= {f"quantity_{one.line_id}": plain(one.left) for one in left if one.left}
    form = DeliveryForm(request.POST or None, left=left, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            (made,) = commands.record_deliveries(
                actor=actor,
                deliveries=[form.facts(order.pk)],
                confirmed=set(request.POST.getlist("confirmed")),
            )
        except ConfirmationNeededError:
            raise
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            told = gettext("La livraison {number} est enregistrée.").format(number=made.number)
            messages.success(request, told)
            return redirect("billing:order_deliveries", order.pk)
    context = {
        "order": order,
        "form": form,
        "lines": [
            (one, plain(one.ordered), plain(one.delivered), plain(one.left), field)
            for one, field in form.line_fields()
        ],
        "deliveries": queries.delivery_list(actor=actor, order_id=order.pk),
        "may_edit": Right.IMPORT_ORDERS in actor.rights,
    }
    return http.page(
        request, "billing/order_deliveries.html", context, status=422 if form.is_bound else 200
    )


@login_required
@require_POST
def order_by_delivery(request: HttpRequest, order_id: int) -> HttpResponse:
    """Bill an order by its deliveries, or whole again."""
    by_delivery = request.POST.get("do") == "by_delivery"
    commands.bill_by_delivery(
        actor=http.actor_of(request), order_ids=[order_id], by_delivery=by_delivery
    )
    told = (
        gettext("La commande se facture livraison par livraison.")
        if by_delivery
        else gettext("La commande se facture en une fois.")
    )
    messages.success(request, told)
    return redirect("billing:order_deliveries", order_id)


@login_required
@require_http_methods(["GET", "POST"])
def time_entries(request: HttpRequest) -> HttpResponse:
    """Hours to approve, or all; pasted from a spreadsheet. Four queries to read them."""
    actor = http.actor_of(request)
    form = TimeForm(request.POST or None)
    if request.method == "POST":
        actor.require(Right.IMPORT_ORDERS)
        if form.is_valid():
            try:
                made = commands.record_time(actor=actor, entries=_hours(actor, form))
            except EcheanceError as error:
                form.add_error(None, translated(error))
            else:
                told = gettext("Temps enregistrés : {number}.").format(number=len(made))
                messages.success(request, told)
                return redirect("billing:time_entries")
    waiting = request.GET.get("etat") != "tous"
    rows = queries.time_entries(actor=actor, approved=False if waiting else None)
    page = page_of(
        rows,
        sort=_LATEST,
        after=request.GET.get("apres", ""),
        before=request.GET.get("avant", ""),
        size=PAGE_SIZE,
    )
    context = {
        "page": page,
        "rows": [(row, plain(row.hours)) for row in page.rows],
        "waiting": waiting,
        "state": "" if waiting else "tous",
        "form": form,
        "may_edit": Right.IMPORT_ORDERS in actor.rights,
        "may_approve": Right.DRAFT_INVOICES in actor.rights,
    }
    return http.page(request, "billing/time.html", context, status=422 if form.is_bound else 200)


def _hours(actor: Actor, form: TimeForm) -> list[TimeFacts]:
    party_id = queries.party_named(actor=actor, text=form.cleaned_data["customer"])
    return [_facts(party_id, row) for row in form.cleaned_data["rows"]]


def _facts(party_id: int, row: tuple[date, str, Decimal, str, str]) -> TimeFacts:
    """Hours typed; the same row typed again has the same identifier, and counts once."""
    on, person, hours, work, rate = row
    try:
        hourly_rate, item_code = (typed_number(rate) if rate else None), ""
    except InvalidOperation:
        hourly_rate, item_code = None, rate
    told = f"{party_id}|{on}|{person}|{hours.normalize()}|{work}|{rate}"
    return TimeFacts(
        party_id=party_id,
        person=person,
        worked_on=on,
        hours=hours,
        description=work,
        external_id=hashlib.sha256(told.encode()).hexdigest()[:40],
        hourly_rate=hourly_rate,
        item_code=item_code,
    )


@login_required
@require_POST
def time_approve(request: HttpRequest) -> HttpResponse:
    """Let the hours ticked be billed."""
    chosen = [int(pk) for pk in request.POST.getlist("chosen")[:CHOSEN_MAX] if pk.isdecimal()]
    if not chosen:
        raise NothingChosenError
    rows = commands.approve_time(actor=http.actor_of(request), entry_ids=chosen)
    told = gettext("Temps validés : {number}. Ils se facturent avec leur mois.")
    messages.success(request, told.format(number=len(rows)))
    return redirect("billing:time_entries")


@login_required
@require_GET
def time_sheet(request: HttpRequest, invoice_id: int) -> HttpResponse:
    """The hours of a document, day by day."""
    actor = http.actor_of(request)
    row = queries.invoice_for(actor=actor, invoice_id=invoice_id)
    content = queries.time_sheet(actor=actor, invoice_id=row.pk)
    return http.download(content, f"temps-{row.number or row.pk}.csv".replace("/", "-"))
