"""What is agreed with a customer on its billing, and what it has under way, on its page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from echeance.base import clock, http
from echeance.base.language import translated
from echeance.base.rights import Right
from echeance.billing import commands, queries
from echeance.billing.forms import BillingRuleForm
from echeance.billing.views.quotes import state_label
from echeance.core.errors import EcheanceError
from echeance.parties import queries as parties

SHOWN = 10


@login_required
@require_http_methods(["GET", "POST"])
def billing_rule(request: HttpRequest, party_id: int) -> HttpResponse:
    """Fragment of the customer's page: how it is billed. Five queries."""
    actor = http.actor_of(request)
    party = parties.party_for(actor=actor, party_id=party_id)
    rule = queries.customer_rule(actor=actor, party_id=party.pk)
    lists = [(one.pk, f"{one.code} · {one.name}") for one in queries.price_lists(actor=actor)]
    initial: dict[str, object] = {
        "by_order_reference": True,
        "usual_amount_checked": True,
        "calendar_day": 0,
    }
    if rule:
        initial = {
            "grouping": rule.grouping,
            "by_order_reference": rule.by_order_reference,
            "calendar": rule.calendar,
            "calendar_day": rule.calendar_day,
            "price_list_id": rule.price_list_id,
            "discount_percent": rule.discount_percent.normalize()
            if rule.discount_percent
            else None,
            "usual_amount_checked": rule.usual_amount_checked,
        }
    form = BillingRuleForm(request.POST or None, lists=lists, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            commands.save_billing_rule(actor=actor, party_id=party.pk, facts=form.facts())
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            messages.success(request, gettext("Règles de facturation enregistrées."))
            return redirect("parties:customer", party.pk)
    return http.page(
        request,
        "billing/billing_rule.html",
        {"party": party, "form": form, "may_edit": Right.EDIT_PARTIES in actor.rights},
        fragment="billing/_billing_rule.html",
        status=422 if form.is_bound else 200,
    )


@login_required
@require_GET
def customer_sources(request: HttpRequest, party_id: int) -> HttpResponse:
    """Fragment of the customer's page: its contracts and quotes, the latest first. Four queries."""
    actor = http.actor_of(request)
    party = parties.party_for(actor=actor, party_id=party_id)
    today = clock.today()
    contracts = queries.contract_list(actor=actor, party_id=party.pk, on=today)
    quotes = queries.quote_list(actor=actor, party_id=party.pk, on=today)
    context = {
        "party": party,
        "contracts": contracts.order_by("-pk")[:SHOWN],
        "quotes": [(row, *state_label(row)) for row in quotes[:SHOWN]],
        "may_draft": Right.DRAFT_INVOICES in actor.rights,
        "may_edit": Right.IMPORT_ORDERS in actor.rights,
    }
    return http.page(
        request,
        "billing/customer_sources.html",
        context,
        fragment="billing/_customer_sources.html",
    )
