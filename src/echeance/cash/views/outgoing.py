"""Money that went out: what each line paid, took back or moved, and the account it is booked on."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from echeance.base import http
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.cash import commands, queries
from echeance.cash.forms import BookingForm
from echeance.cash.models import StatementEntry
from echeance.cash.types import Candidate, NewBooking, NewMatch, ReturnProposal
from echeance.cash.views.matching import BY_A_PERSON, fits, key, numbers, parts

LISTED = 100


@dataclass(frozen=True, slots=True)
class Way:
    """One thing a line of money out may be: the answer that carries it out, and why."""

    answer: str
    label: str
    reasons: tuple[str, ...]


def ways(actor: Actor, row: StatementEntry) -> list[Way]:
    """What a line of money out may be, best first. Twenty-four queries at most."""
    found: list[Way] = []
    (returned,) = queries.return_proposals(actor=actor, entries=[row]) or (None,)
    if returned:
        found += _returns(returned)
    out = list(queries.entries_to_match(actor=actor, money_out=True))
    for one in queries.proposals(actor=actor, entries=out):
        if one.entry_id == row.pk:
            found += [_paid(candidate, one.reasons) for candidate in one.candidates[:3]]
    came = [
        pair.in_entry_id
        for pair in queries.transfer_pairs(actor=actor)
        if pair.out_entry_id == row.pk and pair.in_entry_id is not None
    ]
    for entry_id in came:
        other = queries.entry_for(actor=actor, entry_id=entry_id)
        label = gettext("Virement vers {account}").format(account=other.bank_account.name)
        reason = gettext("Ce compte a reçu le même montant à quelques jours près.")
        found.append(Way(f"transfer:{entry_id}", label, (reason,)))
    return found


def _returns(one: ReturnProposal) -> list[Way]:
    label = gettext("Paiement revenu : rouvrir ce qu'il avait réglé")
    return [
        Way(f"return:{candidate.match_id}", label, one.reasons) for candidate in one.candidates[:3]
    ]


def _paid(candidate: Candidate, reasons: tuple[str, ...]) -> Way:
    label = gettext("Règlement de {documents}").format(documents=candidate.label)
    return Way(f"pay:{key(candidate)}", label, reasons)


@login_required
@require_GET
def outgoing(request: HttpRequest) -> HttpResponse:
    """Lines of money out that nothing explains, latest first. Seven queries."""
    actor = http.actor_of(request)
    f = request.GET.get("f", "").strip()[:80]
    rows = [
        row
        for row in queries.open_entries(actor=actor)
        .filter(direction=StatementEntry.Direction.DEBIT)
        .select_related("bank_account")
        .order_by("-booking_date", "-pk")
        if fits(row, f)
    ]
    context = {
        "entries": rows[:LISTED],
        "left": max(len(rows) - LISTED, 0),
        "number": len(rows),
        "f": f,
    }
    return http.page(request, "cash/outgoing.html", context)


@login_required
@require_POST
def outgoing_answer(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Carry out what was chosen for a line of money out."""
    actor = http.actor_of(request)
    row = queries.entry_for(actor=actor, entry_id=entry_id)
    if row.direction != StatementEntry.Direction.DEBIT:
        raise NotFoundError(what=gettext("cette sortie d'argent"))
    kind, _, value = request.POST.get("answer", "").partition(":")
    if kind == "return":
        proposals = queries.return_proposals(actor=actor, entries=[row])
        chosen = [
            one
            for proposal in proposals
            for one in proposal.candidates
            if str(one.match_id) == value
        ]
        if not chosen:
            raise NotFoundError(what=gettext("ce paiement à rouvrir"))
        made = commands.accept_returns(actor=actor, returns=chosen[:1])
        told = gettext("Paiement revenu : ce qu'il avait réglé est de nouveau dû.")
    elif kind == "pay":
        items, differences = parts(value)
        match = NewMatch(entry_id, items, None, BY_A_PERSON, differences)
        made = commands.accept_matches(actor=actor, matches=[match])
        told = gettext("Paiement rapproché.")
    elif kind == "transfer":
        pairs = [
            pair
            for pair in queries.transfer_pairs(actor=actor)
            if pair.out_entry_id == entry_id and [pair.in_entry_id] == numbers([value])
        ]
        if not pairs:
            raise NotFoundError(what=gettext("l'autre ligne de ce virement"))
        made = commands.match_transfers(actor=actor, transfers=pairs)
        told = gettext("Virement interne rapproché.")
    elif kind == "set_aside":
        reason = "Mis de côté par une personne."
        made = commands.set_aside(actor=actor, entry_ids=[entry_id], reason=reason)
        told = gettext("Ligne mise de côté sur le compte d'attente.")
    else:
        form = BookingForm(request.POST)
        if not form.is_valid():
            for problem in form.errors.values():
                messages.warning(request, str(problem[0]))
            return redirect("cash:entry", entry_id)
        booking = NewBooking(entry_id, **form.cleaned_data)
        made = commands.book_on_account(actor=actor, bookings=[booking])
        told = gettext("Ligne portée au compte {account}.").format(account=booking.account)
    undo = f"{reverse('cash:matches_undo')}?{urlencode({'match': made}, doseq=True)}"
    messages.success(request, told, extra_tags=undo)
    return redirect("cash:outgoing")


def context_of(actor: Actor, row: StatementEntry) -> dict[str, object]:
    """What the page of a line shows when it is money out that nothing explains."""
    return {
        "ways": ways(actor, row),
        "booking_form": BookingForm(),
        "may_book": Right.MATCH_PAYMENTS in actor.rights,
    }
