"""One bank line and what it pays: shared over customers, deductions, the payer's own list."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from echeance.base import clock, http, policy
from echeance.base import queries as base_queries
from echeance.base.actor import Actor
from echeance.base.language import counted
from echeance.base.rights import Right
from echeance.cash import commands, queries
from echeance.cash.forms import ColleagueForm, HoldForm, RemittanceForm, SharingForm
from echeance.cash.models import StatementEntry
from echeance.cash.types import CashPolicy, NewMatch
from echeance.cash.views import outgoing
from echeance.cash.views.matching import BY_A_PERSON, answers, done, fits, numbers
from echeance.ledger import queries as ledger
from echeance.ledger.types import OpenItemFacts
from echeance.parties import queries as parties
from echeance.parties.models import Party

CUSTOMERS_FOUND = 8
CUSTOMERS_MAX = 12
WAITING_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands among those that wait: the ones around it, and the next one."""

    waiting: list[StatementEntry]
    shown: list[StatementEntry]
    following: int | None
    f: str


@login_required
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """One bank line: share it by hand over the open items of customers. Twenty queries at most."""
    actor = http.actor_of(request)
    row = queries.entry_for(actor=actor, entry_id=entry_id)
    customers = _customers(request, actor)
    items = _items(actor, customers)
    form = SharingForm(
        request.POST or None,
        items=items,
        customers=[(one.pk, one.name) for one in customers],
        lines=policy.read(actor.company, CashPolicy).differences,
    )
    if request.method == "POST" and customers and form.is_valid():
        match = NewMatch(
            entry_id,
            form.shares(),
            form.keeper(),
            BY_A_PERSON,
            form.differences(),
            remember=form.cleaned_data["remember"],
        )
        made = commands.accept_matches(actor=actor, matches=[match])
        names = ", ".join(one.name for one in customers)
        return done(
            request, gettext("Encaissement rapproché avec {name}.").format(name=names), made
        )
    context = _context(request, actor, row, customers) | {"form": form}
    status = 422 if form.is_bound else 200
    return http.page(
        request, "cash/entry.html", context, fragment="cash/_customers_found.html", status=status
    )


def _customers(request: HttpRequest, actor: Actor) -> list[Party]:
    chosen = dict.fromkeys(numbers(request.GET.getlist("client")))
    return [
        parties.party_for(actor=actor, party_id=party_id)
        for party_id in list(chosen)[:CUSTOMERS_MAX]
    ]


def _items(actor: Actor, customers: list[Party]) -> list[OpenItemFacts]:
    """Open items, what is owed first; guarantees kept back are not asked for yet."""
    found = (
        ledger.open_items(actor=actor, party_ids=[one.pk for one in customers]) if customers else []
    )
    return [
        item
        for side in ("debit", "credit")
        for item in found
        if item.side == side and item.account != queries.RETENTION
    ]


def _context(
    request: HttpRequest, actor: Actor, row: StatementEntry, customers: list[Party]
) -> dict[str, object]:
    match = queries.standing_match(actor=actor, entry_id=row.pk)
    q = request.GET.get("q", "").strip()[:80]
    if not q and not customers and "q" not in request.GET:
        q = row.payer_name
    found = parties.parties(actor=actor, text=q, customers=True)[:CUSTOMERS_FOUND] if q else ()
    chosen = {one.pk for one in customers}
    is_held = match is None and row.held_until is not None and row.held_until > clock.today()
    is_open = match is None and row.direction == StatementEntry.Direction.CREDIT
    place = _place(request, actor, row)
    context: dict[str, object] = {
        "entry": row,
        "match": match,
        "customers": customers,
        "names": {one.pk: one.name for one in customers},
        "q": q,
        "found": [one for one in found if one.pk not in chosen],
        "place": place,
        "may_match": Right.MATCH_PAYMENTS in actor.rights,
        "is_open": is_open,
        "is_held": is_held,
        "hold_form": HoldForm(),
        "colleague_form": ColleagueForm(),
        "colleague_questions": list(
            base_queries.colleague_questions(actor=actor, subject=f"statement_entry:{row.pk}")
        ),
        "advices": list(queries.remittance_advices(actor=actor, entry_id=row.pk)) if match else (),
    }
    if match is None and row.direction == StatementEntry.Direction.DEBIT:
        context |= outgoing.context_of(actor, row)
    if is_open and not http.wants_fragment(request):
        proposals = queries.proposals(actor=actor, entries=place.waiting)
        mine = [one for one in proposals if one.entry_id == row.pk]
        questions = queries.questions(actor=actor, proposals=mine, entries=[row])
        advice_ids = numbers([request.GET.get("avis", "")])
        context |= {
            "question": questions[0] if questions else None,
            "answers": answers(questions[0]) if questions else (),
            "remittance_form": RemittanceForm(),
            "advice": queries.remittance_proposal(
                actor=actor,
                advice_id=advice_ids[0],
                entry_id=row.pk,
                party_id=customers[0].pk if len(customers) == 1 else None,
            )
            if advice_ids
            else None,
        }
    return context


def _place(request: HttpRequest, actor: Actor, row: StatementEntry) -> Place:
    f = request.GET.get("f", "").strip()[:80]
    waiting = list(queries.entries_to_match(actor=actor))
    fitting = [one for one in waiting if fits(one, f)]
    after = [one for one in fitting if (one.booking_date, one.pk) > (row.booking_date, row.pk)] or [
        one for one in fitting if one.pk != row.pk
    ]
    return Place(waiting, fitting[:WAITING_SHOWN], after[0].pk if after else None, f)


@login_required
@require_POST
def remittance_receive(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Read the advice given for a receipt, and show what it settles before anything is booked."""
    actor = http.actor_of(request)
    queries.entry_for(actor=actor, entry_id=entry_id)
    form = RemittanceForm(request.POST, request.FILES)
    address = reverse("cash:entry", args=[entry_id])
    if not form.is_valid():
        for problem in form.errors.values():
            messages.warning(request, str(problem[0]))
        return redirect(address)
    content, filename = form.content()
    clients = numbers([request.POST.get("client", "")])
    advice = commands.receive_remittance(
        actor=actor,
        content=content,
        filename=filename,
        party_id=clients[0] if clients else None,
    )
    return redirect(f"{address}?avis={advice.pk}#avis")


@login_required
@require_POST
def remittance_apply(request: HttpRequest, entry_id: int, advice_id: int) -> HttpResponse:
    """Apply an advice that was shown; its differences were read when the box says so."""
    clients = numbers([request.POST.get("client", "")])
    made = commands.apply_remittance(
        actor=http.actor_of(request),
        advice_id=advice_id,
        entry_id=entry_id,
        party_id=clients[0] if clients else None,
        accept_differences=bool(request.POST.get("accept_differences")),
        remember=bool(request.POST.get("remember")),
    )
    told = counted(
        "Encaissement rapproché par l'avis de règlement : {number} ligne.",
        "Encaissement rapproché par l'avis de règlement : {number} lignes.",
        len(numbers(request.POST.getlist("line"))) or 1,
    )
    return done(request, told, [made])
