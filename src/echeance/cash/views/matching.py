"""Receipts and what they pay: the piles, one line shared by hand, undo."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
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
from echeance.base.language import counted
from echeance.base.rights import Right
from echeance.cash import commands, queries
from echeance.cash.models import Match, StatementEntry
from echeance.cash.types import Candidate, MatchedItem, MatchProposal, NewMatch, Question
from echeance.core.matching import Difference
from echeance.core.words import fold
from echeance.ledger import queries as ledger

SHOWN = 25
LISTED = 100
OPTIONS = 3
ASK, UNKNOWN, APPLIED, SET_ASIDE = "questions", "inconnus", "appliques", "de-cote"
HELD, TO_CHECK = "en-attente", "a-verifier"
PILE_LABELS = {
    ASK: "Questions",
    UNKNOWN: "Payeur inconnu",
    APPLIED: "Appliqués",
    SET_ASIDE: "Mis de côté",
    HELD: "En attente",
    TO_CHECK: "À vérifier",
}
WAITING = (HELD, TO_CHECK)
KINDS = {APPLIED: Match.MatchKind.CUSTOMERS, SET_ASIDE: Match.MatchKind.SET_ASIDE}
_IN_TEXT_MIN = 1000
"""A smaller number typed is an amount, never part of a text: every IBAN has it."""
BY_A_PERSON = ("Choisi par une personne.",)
SET_ASIDE_KEY = "set_aside"


@login_required
@require_GET
def matching(request: HttpRequest) -> HttpResponse:
    """The piles of receipts, each filtered by text or amount. Eighteen queries at most."""
    actor = http.actor_of(request)
    pile = request.GET.get("pile", ASK)
    pile = pile if pile in PILE_LABELS else ASK
    f = request.GET.get("f", "").strip()[:80]
    entries = list(queries.entries_to_match(actor=actor))
    proposals = queries.proposals(actor=actor, entries=entries)
    by_entry = {entry.pk: entry for entry in entries}
    by_pile: dict[str, list[MatchProposal]] = {ASK: [], UNKNOWN: [], "apply": []}
    for one in proposals:
        by_pile["apply" if one.decision == "apply" else UNKNOWN if _nobody(one) else ASK].append(
            one
        )
    counts = _counts(actor, by_pile)
    fitting = [one for one in by_pile.get(pile, ()) if fits(by_entry[one.entry_id], f)]
    context = {
        "pile": pile,
        "f": f,
        "tabs": [(name, gettext(label), counts[name]) for name, label in PILE_LABELS.items()],
        "left": max(len(fitting) - SHOWN, 0),
        "proved": [
            (by_entry[one.entry_id], one)
            for one in by_pile["apply"]
            if fits(by_entry[one.entry_id], f)
        ],
        "questions": [
            (by_entry[one.entry_id], one, answers(one))
            for one in queries.questions(actor=actor, proposals=fitting[:SHOWN], entries=entries)
        ],
        "matches": _matches(actor, pile, f),
        "waiting": [
            entry
            for entry in queries.waiting_entries(actor=actor, standing=pile)[:LISTED]
            if fits(entry, f)
        ]
        if pile in WAITING
        else (),
        "bank_date": queries.last_booking_date(actor=actor),
        "may_match": Right.MATCH_PAYMENTS in actor.rights,
        "listed": LISTED,
        "is_next": bool(request.GET.get("suite")),
    }
    return http.page(request, "cash/matching.html", context, fragment="cash/_pile.html")


def _counts(actor: Actor, by_pile: dict[str, list[MatchProposal]]) -> dict[str, int]:
    standing = queries.standing_counts(actor=actor)
    return (
        {name: len(by_pile[name]) for name in (ASK, UNKNOWN)}
        | {name: standing.get(kind, 0) for name, kind in KINDS.items()}
        | queries.waiting_counts(actor=actor)
    )


def _matches(actor: Actor, pile: str, f: str) -> list[Match]:
    if pile not in KINDS:
        return []
    rows = queries.matches(actor=actor, kind=KINDS[pile])[:LISTED]
    return [row for row in rows if fits(row.entry, f)]


def fits(entry: StatementEntry, f: str) -> bool:
    """Whether a line answers a filter: an amount, ``>`` or ``<`` an amount, or words of its text.

    An amount typed without cents finds every amount of these euros.
    """
    if not f:
        return True
    found = re.fullmatch(r"([<>]?)\s*(\d[\d\s\u00a0\u202f]*)(?:[.,](\d{1,2}))?\s*€?", f)
    if found:
        euros = Decimal(re.sub(r"\D", "", found[2]))
        value = euros + Decimal((found[3] or "0").ljust(2, "0")) / 100
        if found[1]:
            return entry.amount > value if found[1] == ">" else entry.amount < value
        is_whole = found[3] is None and int(entry.amount) == euros
        if entry.amount == value or is_whole or euros < _IN_TEXT_MIN:
            return entry.amount == value or is_whole
    text = fold(f"{entry.text} {entry.payer_name} {entry.payer_iban}")
    return all(word in text for word in fold(f).split())


def _nobody(proposal: MatchProposal) -> bool:
    return proposal.decision == "unknown" and proposal.party_id is None


def answers(question: Question) -> list[tuple[str, str]]:
    """What may be answered: each of the first explanations, written whole, or to set aside."""
    offered = [
        (
            key(one.candidate),
            (
                gettext("Affecter à {documents}")
                if one.still_due
                else gettext("Solder {documents}")
            ).format(documents=one.candidate.label),
        )
        for one in question.options[:OPTIONS]
    ]
    return [*offered, (SET_ASIDE_KEY, gettext("Mettre de côté"))]


def key(candidate: Candidate) -> str:
    """An explanation written whole in the answer: it stands for itself, whatever changed since."""
    return " ".join(
        [
            *(f"{part.item_id}={part.amount}" for part in candidate.items),
            *(
                f"{one.kind}:{one.amount}:{one.account}:{one.vat}:{one.item_id or ''}"
                for one in candidate.differences
            ),
        ]
    )


def parts(answer: str) -> tuple[tuple[MatchedItem, ...], tuple[Difference, ...]]:
    """Items and differences of an answer written by :func:`key`."""
    try:
        words = answer.split()
        pairs = [word.split("=", 1) for word in words if "=" in word or ":" not in word]
        told = [word.split(":") for word in words if "=" not in word and ":" in word]
        return (
            tuple(MatchedItem(int(item), Decimal(amount)) for item, amount in pairs),
            tuple(
                Difference(kind, Decimal(amount), account, vat, int(item) if item else None)
                for kind, amount, account, vat, item in told
            ),
        )
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
        items, differences = parts(answer)
        party_id = _only_party(request, items)
        remember = bool(request.POST.get("remember"))
        match = NewMatch(entry_id, items, party_id, BY_A_PERSON, differences, remember=remember)
        made = commands.accept_matches(actor=actor, matches=[match])
        told = gettext("Encaissement rapproché.")
    return done(request, told, made)


def _only_party(request: HttpRequest, items: tuple[MatchedItem, ...]) -> int | None:
    """The customer that keeps what is left over, when the documents are all the same one's."""
    found = ledger.items_for(
        actor=http.actor_of(request), item_ids=[part.item_id for part in items]
    )
    owners = {item.party_id for item in found}
    return owners.pop() if len(owners) == 1 else None


def done(request: HttpRequest, told: str, match_ids: list[int]) -> HttpResponse:
    """Say it, with the address that undoes it, and go back to the pile one came from."""
    undo = f"{reverse('cash:matches_undo')}?{urlencode({'match': match_ids}, doseq=True)}"
    messages.success(request, told, extra_tags=undo)
    following = numbers([request.POST.get("suivant", "")])
    if following:
        return redirect("cash:entry", following[0])
    asked = {"pile": request.POST.get("pile", ASK), "f": request.POST.get("f", ""), "suite": "1"}
    address = urlencode({name: value for name, value in asked.items() if value})
    return redirect(f"{reverse('cash:matching')}?{address}")


@login_required
@require_POST
def matches_apply(request: HttpRequest) -> HttpResponse:
    """Book the receipts that only one explanation fits, among those shown."""
    made = commands.accept_proved(
        actor=http.actor_of(request), entry_ids=numbers(request.POST.getlist("entry"))
    )
    if not made:
        told = gettext("Rien n'a été appliqué : ces encaissements ne sont plus sûrs.")
        messages.warning(request, told)
        return redirect("cash:matching")
    told = counted(
        "{number} encaissement rapproché.", "{number} encaissements rapprochés.", len(made)
    )
    return done(request, told, made)


@login_required
@require_POST
def matches_undo(request: HttpRequest) -> HttpResponse:
    """Undo explanations; the numbers come from the toast or from the ticked rows."""
    chosen = request.GET.getlist("match") or request.POST.getlist("chosen")
    count = commands.undo_matches(actor=http.actor_of(request), match_ids=numbers(chosen))
    told = counted(
        "{number} rapprochement annulé : tout est revenu à l'état précédent.",
        "{number} rapprochements annulés : tout est revenu à l'état précédent.",
        count,
    )
    messages.success(request, told)
    return redirect("cash:matching")


def numbers(texts: Iterable[str]) -> list[int]:
    """The numbers among texts that a browser sent."""
    return [int(text) for text in texts if text.isdecimal()]
