"""Receipts and what they pay: the piles, one line shared by hand, undo."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import http
from echeance.base.errors import NotFoundError
from echeance.base.language import counted
from echeance.base.rights import Right
from echeance.cash import commands, queries
from echeance.cash.forms import SharingForm
from echeance.cash.models import Match
from echeance.cash.types import Candidate, MatchedItem, MatchProposal, NewMatch, Question
from echeance.ledger import queries as ledger
from echeance.parties import queries as parties

SHOWN = 25
LISTED = 100
OPTIONS = 3
CUSTOMERS_FOUND = 8
ASK, UNKNOWN, APPLIED, SET_ASIDE = "questions", "inconnus", "appliques", "de-cote"
PILE_LABELS = {
    ASK: "Questions",
    UNKNOWN: "Payeur inconnu",
    APPLIED: "Appliqués",
    SET_ASIDE: "Mis de côté",
}
KINDS = {APPLIED: Match.MatchKind.CUSTOMERS, SET_ASIDE: Match.MatchKind.SET_ASIDE}
BY_A_PERSON = ("Choisi par une personne.",)
SET_ASIDE_KEY = "set_aside"


@login_required
@require_GET
def matching(request: HttpRequest) -> HttpResponse:
    """The piles of receipts: a question, an unknown payer, applied, set aside. Fifteen queries."""
    actor = http.actor_of(request)
    pile = request.GET.get("pile", ASK)
    pile = pile if pile in PILE_LABELS else ASK
    entries = list(queries.entries_to_match(actor=actor))
    proposals = queries.proposals(actor=actor, entries=entries)
    by_pile: dict[str, list[MatchProposal]] = {ASK: [], UNKNOWN: [], "apply": []}
    for one in proposals:
        by_pile["apply" if one.decision == "apply" else UNKNOWN if _nobody(one) else ASK].append(
            one
        )
    standing = queries.standing_counts(actor=actor)
    counts = {name: len(by_pile.get(name, ())) for name in (ASK, UNKNOWN)} | {
        name: standing.get(kind, 0) for name, kind in KINDS.items()
    }
    by_entry = {entry.pk: entry for entry in entries}
    shown = by_pile.get(pile, [])[:SHOWN]
    context = {
        "pile": pile,
        "tabs": [(name, gettext(label), counts[name]) for name, label in PILE_LABELS.items()],
        "left": max(counts[pile] - SHOWN, 0) if pile not in KINDS else 0,
        "proved": [(by_entry[one.entry_id], one) for one in by_pile["apply"]],
        "questions": [
            (by_entry[one.entry_id], one, _answers(one))
            for one in queries.questions(actor=actor, proposals=shown, entries=entries)
        ],
        "matches": queries.matches(actor=actor, kind=KINDS[pile])[:LISTED] if pile in KINDS else (),
        "bank_date": queries.last_booking_date(actor=actor),
        "may_match": Right.MATCH_PAYMENTS in actor.rights,
        "listed": LISTED,
    }
    return http.page(request, "cash/matching.html", context)


def _nobody(proposal: MatchProposal) -> bool:
    return proposal.decision == "unknown" and proposal.party_id is None


def _answers(question: Question) -> list[tuple[str, str]]:
    offered = [
        (
            _key(one.candidate),
            (
                gettext("Affecter à {documents}")
                if one.still_due
                else gettext("Solder {documents}")
            ).format(documents=one.candidate.label),
        )
        for one in question.options[:OPTIONS]
    ]
    return [*offered, (SET_ASIDE_KEY, gettext("Mettre de côté"))]


def _key(candidate: Candidate) -> str:
    """An explanation written whole in the answer: it stands for itself, whatever changed since."""
    return " ".join(f"{part.item_id}={part.amount}" for part in candidate.items)


def _parts(answer: str) -> tuple[MatchedItem, ...]:
    try:
        pairs = [part.split("=", 1) for part in answer.split()]
        return tuple(MatchedItem(int(item), Decimal(amount)) for item, amount in pairs)
    except (ValueError, InvalidOperation) as error:
        raise NotFoundError(what=f"réponse « {answer[:40]} »") from error


@login_required
@require_POST
def entry_answer(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Carry out the answer chosen for a receipt, and come back to the pile."""
    actor = http.actor_of(request)
    answer = request.POST.get("answer", "")
    if answer == SET_ASIDE_KEY:
        reason = "Mis de côté par une personne."
        made = commands.set_aside(actor=actor, entry_ids=[entry_id], reason=reason)
        told = gettext("Encaissement mis de côté sur le compte d'attente.")
    else:
        items = _parts(answer)
        made = commands.accept_matches(
            actor=actor,
            matches=[NewMatch(entry_id, items, _only_party(request, items), BY_A_PERSON)],
        )
        told = gettext("Encaissement rapproché.")
    return _done(request, told, made)


def _only_party(request: HttpRequest, items: tuple[MatchedItem, ...]) -> int | None:
    """The customer that keeps what is left over, when the documents are all the same one's."""
    found = ledger.items_for(
        actor=http.actor_of(request), item_ids=[part.item_id for part in items]
    )
    owners = {item.party_id for item in found}
    return owners.pop() if len(owners) == 1 else None


def _done(request: HttpRequest, told: str, match_ids: list[int]) -> HttpResponse:
    """Say it, with the address that undoes it, and go back to the pile one came from."""
    undo = f"{reverse('cash:matches_undo')}?{urlencode({'match': match_ids}, doseq=True)}"
    messages.success(request, told, extra_tags=undo)
    pile = request.POST.get("pile", ASK)
    return redirect(f"{reverse('cash:matching')}?{urlencode({'pile': pile})}")


@login_required
@require_POST
def matches_apply(request: HttpRequest) -> HttpResponse:
    """Book the receipts that only one explanation fits, among those shown."""
    made = commands.accept_proved(
        actor=http.actor_of(request), entry_ids=_numbers(request.POST.getlist("entry"))
    )
    if not made:
        told = gettext("Rien n'a été appliqué : ces encaissements ne sont plus sûrs.")
        messages.warning(request, told)
        return redirect("cash:matching")
    told = counted(
        "{number} encaissement rapproché.", "{number} encaissements rapprochés.", len(made)
    )
    return _done(request, told, made)


@login_required
@require_POST
def matches_undo(request: HttpRequest) -> HttpResponse:
    """Undo explanations; the numbers come from the toast or from the ticked rows."""
    chosen = request.GET.getlist("match") or request.POST.getlist("chosen")
    count = commands.undo_matches(actor=http.actor_of(request), match_ids=_numbers(chosen))
    told = counted(
        "{number} rapprochement annulé : tout est revenu à l'état précédent.",
        "{number} rapprochements annulés : tout est revenu à l'état précédent.",
        count,
    )
    messages.success(request, told)
    return redirect("cash:matching")


def _numbers(texts: Iterable[str]) -> list[int]:
    return [int(text) for text in texts if text.isdecimal()]


@login_required
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """One bank line: share it by hand over the open items of a customer. Eleven queries."""
    actor = http.actor_of(request)
    row = queries.entry_for(actor=actor, entry_id=entry_id)
    chosen = _numbers([request.GET.get("client", "")])
    customer = parties.party_for(actor=actor, party_id=chosen[0]) if chosen else None
    items = (
        ledger.open_items(actor=actor, party_ids=[customer.pk], side="debit") if customer else []
    )
    form = SharingForm(request.POST or None, items=items)
    if request.method == "POST" and customer and form.is_valid():
        match = NewMatch(entry_id, form.shares(), customer.pk, BY_A_PERSON)
        made = commands.accept_matches(actor=actor, matches=[match])
        told = gettext("Encaissement rapproché avec {name}.").format(name=customer.name)
        return _done(request, told, made)
    q = request.GET.get("q", "").strip()[:80] or (row.payer_name if not customer else "")
    context = {
        "entry": row,
        "match": queries.standing_match(actor=actor, entry_id=entry_id),
        "customer": customer,
        "form": form,
        "q": q,
        "found": parties.parties(actor=actor, text=q, customers=True)[:CUSTOMERS_FOUND]
        if not customer
        else (),
        "may_match": Right.MATCH_PAYMENTS in actor.rights,
    }
    status = 422 if form.is_bound else 200
    return http.page(request, "cash/entry.html", context, status=status)
