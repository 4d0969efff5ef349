"""Bills of exchange: the portfolio, a bill recorded, unpaid or given back."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.rights import Right
from echeance.cash import commands, queries
from echeance.cash.forms_bills import BillForm
from echeance.cash.models import BillOfExchange
from echeance.cash.types import MatchedItem, NewBill
from echeance.ledger import queries as ledger
from echeance.parties import queries as parties

LISTED = 100
FOUND = 8
State = BillOfExchange.State
LABELS = {
    State.HELD: (gettext_noop("En portefeuille"), "info"),
    State.REMITTED: (gettext_noop("Remis à l'encaissement"), "warn"),
    State.DISCOUNTED: (gettext_noop("Remis à l'escompte"), "warn"),
    State.PAID: (gettext_noop("Payé"), "good"),
    State.UNPAID: (gettext_noop("Impayé"), "bad"),
    State.CANCELLED: (gettext_noop("Annulé"), "neutral"),
}


@login_required
@require_http_methods(["GET", "POST"])
def bills(request: HttpRequest) -> HttpResponse:
    """The portfolio, and the form that records a bill of a customer. Eight queries."""
    actor = http.actor_of(request)
    chosen = request.GET.get("client", "")
    customer = (
        parties.party_for(actor=actor, party_id=int(chosen))
        if chosen.isdecimal() and len(chosen) < 19
        else None
    )
    items = (
        ledger.open_items(actor=actor, party_ids=[customer.pk], side="debit") if customer else []
    )
    form = BillForm(request.POST or None, items=items, today=clock.today())
    if request.method == "POST" and customer and form.is_valid():
        facts = form.cleaned_data
        amounts = {item.item_id: item.open_amount for item in items}
        [row] = commands.record_bills(
            actor=actor,
            bills=[
                NewBill(
                    party_id=customer.pk,
                    kind=facts["kind"],
                    items=tuple(MatchedItem(int(pk), amounts[int(pk)]) for pk in facts["items"]),
                    due_date=facts["due_date"],
                    created_on=facts["created_on"],
                    iban=facts["iban"],
                    reference=facts["reference"],
                    accepted=facts["accepted"],
                )
            ],
        )
        told = gettext("Effet {reference} enregistré.").format(reference=row.reference)
        messages.success(request, told)
        return redirect("cash:bills")
    q = request.GET.get("q", "").strip()[:80]
    context = {
        "rows": [
            (row, *LABELS[State(row.state)])
            for row in queries.bills(actor=actor).reverse()[:LISTED]
        ],
        "customer": customer,
        "form": form,
        "q": q,
        "found": parties.parties(actor=actor, text=q, customers=True)[:FOUND]
        if q and not customer
        else (),
        "may_match": Right.MATCH_PAYMENTS in actor.rights,
    }
    return http.page(request, "cash/bills.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def bill_end(request: HttpRequest, bill_id: int) -> HttpResponse:
    """Note a bill paid or unpaid, or give it back."""
    actor = http.actor_of(request)
    end = request.POST.get("end", "")
    if end == "paid":
        commands.note_bills_paid(actor=actor, bill_ids=[bill_id])
        told = gettext("Effet noté payé.")
    elif end == "unpaid":
        commands.refuse_bills(actor=actor, bill_ids=[bill_id])
        told = gettext("Effet impayé : ses factures sont de nouveau dues.")
    else:
        commands.cancel_bills(actor=actor, bill_ids=[bill_id])
        told = gettext("Effet annulé : ses factures sont de nouveau dues.")
    messages.success(request, told)
    return redirect("cash:bills")
