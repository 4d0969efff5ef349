"""Web faces of the quality of the records: what is wrong, who is there twice, what was merged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import http
from echeance.base.actor import Actor
from echeance.base.language import counted, translated
from echeance.base.rights import Right
from echeance.core.duplicates import Pair, Reason, Sign
from echeance.parties import commands, queries
from echeance.parties.forms import DismissForm
from echeance.parties.models import Party
from echeance.parties.quality import (
    ANOMALY_LABELS,
    FIX_LABELS,
    SENTENCE_LABELS,
    Anomaly,
    QualityFinding,
)
from echeance.parties.rules import LABELS
from echeance.parties.views.showing import shown

PAGE_SIZE = 100
CHOSEN_MAX = 500
MERGES_SHOWN = 20
REFUSED_SHOWN = 5

SIGN_LABELS = {
    Sign.SAME_SIRET: "même SIRET ({value})",
    Sign.SAME_SIREN: "même SIREN ({value})",
    Sign.SAME_VAT_ID: "même n° de TVA ({value})",
    Sign.SAME_IBAN: "même compte bancaire",
    Sign.SAME_EMAIL: "même courriel ({value})",
    Sign.SAME_NAME: "même nom",
    Sign.LIKE_NAME: "noms ressemblants ({value} %)",
    Sign.INITIALS: "l'un est le sigle de l'autre ({value})",
    Sign.NAME_WITHIN: "le nom de l'un contient l'autre",
    Sign.SAME_FAMILY: "même nom de famille ({value})",
    Sign.SAME_ADDRESS: "même adresse",
    Sign.SAME_PLACE: "même ville",
    Sign.OTHER_NAME: "noms différents",
    Sign.OTHER_FIRST_NAME: "prénoms différents",
    Sign.OTHER_PLACE: "villes ou adresses différentes",
    Sign.OTHER_STREET: "rues différentes",
    Sign.OTHER_KIND: "un particulier et une entreprise",
    Sign.OTHER_VAT_COUNTRY: "n° de TVA de pays différents ({value})",
}


MOVED_LABELS = {
    gettext_noop("contact"): "contacts",
    gettext_noop("adresse"): "adresses",
    gettext_noop("compte bancaire"): "comptes bancaires",
    gettext_noop("établissement"): "établissements",
    gettext_noop("mandat"): "mandats",
}
_HELD = (
    queries.contacts_of,
    queries.addresses_of,
    queries.bank_accounts_of,
    queries.establishments_of,
    queries.mandates_of,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A finding as it is shown."""

    finding: QualityFinding
    title: str
    sentence: str
    fix: str


@login_required
@require_http_methods(["GET", "POST"])
def quality(request: HttpRequest) -> HttpResponse:
    """What is wrong in the records, by customer; corrections are accepted many at a time.

    Eleven queries.
    """
    if request.method == "POST":
        return _act(request)
    actor = http.actor_of(request)
    found = queries.quality_findings(actor=actor, codes=set(Anomaly) - {Anomaly.DUPLICATE})
    counts: dict[Anomaly, int] = {}
    for one in found:
        counts[one.code] = counts.get(one.code, 0) + 1
    kind = request.GET.get("type", "")
    rows = [one for one in found if one.code.value == kind] if kind in counts else found
    start = _start(rows, request.GET.get("apres", ""))
    page = rows[start : start + PAGE_SIZE]
    context = {
        "lines": [_line(one) for one in page],
        "count": len(rows),
        "kind": kind if kind in counts else "",
        "tabs": [
            (code.value, gettext(ANOMALY_LABELS[code]), counts[code])
            for code in Anomaly
            if code in counts
        ],
        "total": len(found),
        "first": rows[start - PAGE_SIZE - 1].key if start > PAGE_SIZE else "",
        "has_previous": start > 0,
        "next": page[-1].key if len(rows) > start + PAGE_SIZE else "",
        "form": DismissForm(),
        "batch": queries.last_quality_batch(actor=actor),
        "may_edit": Right.EDIT_PARTIES in actor.rights,
    }
    return http.page(request, "parties/quality.html", context, fragment="parties/_quality.html")


def _start(rows: list[QualityFinding], after: str) -> int:
    """Rank after a finding; the first page when it has been put right meanwhile."""
    return next((rank + 1 for rank, one in enumerate(rows) if one.key == after), 0)


def _line(one: QualityFinding) -> Line:
    fix = ""
    if one.fix:
        names = ", ".join(
            f"{gettext(LABELS[name])} : {value}"
            for name, value in one.fix.changes.items()
            if name in LABELS
        )
        fix = gettext(FIX_LABELS[one.fix.kind]).format(text=names or one.fix.text)
    return Line(
        finding=one,
        title=gettext(ANOMALY_LABELS[one.code]),
        sentence=gettext(SENTENCE_LABELS[one.code]).format(**one.facts),
        fix=fix,
    )


def _act(request: HttpRequest) -> HttpResponse:
    actor = http.actor_of(request)
    keys = request.POST.getlist("chosen")[:CHOSEN_MAX]
    if request.POST.get("do") == "dismiss":
        form = DismissForm(request.POST)
        form.is_valid()
        number = commands.dismiss_findings(
            actor=actor,
            keys=keys,
            reason=form.cleaned_data.get("reason", ""),
            until=form.cleaned_data.get("until"),
        )
        told = counted("{number} anomalie écartée.", "{number} anomalies écartées.", number)
        messages.success(request, told)
        return http.back(request, "parties:quality")
    report = commands.accept_fixes(actor=actor, keys=keys)
    _tell(request, report)
    return http.back(request, "parties:quality")


def _tell(request: HttpRequest, report: commands.FixReport) -> None:
    """What was corrected, with its undoing; what was refused, and why."""
    if report.done:
        undo = reverse("parties:quality_undo", args=[report.batch_id]) if report.batch_id else ""
        told = counted("{number} correction faite.", "{number} corrections faites.", report.done)
        messages.success(request, told, extra_tags=undo)
    refused = [one for one in report.results if one.error]
    for one in refused[:REFUSED_SHOWN]:
        assert one.error is not None, "filtered above"
        messages.warning(request, f"{one.party_name} : {translated(one.error)}")
    if len(refused) > REFUSED_SHOWN:
        told = gettext("Et {number} autres refus : corrigez d'abord ceux-ci.")
        messages.warning(request, told.format(number=len(refused) - REFUSED_SHOWN))
    if report.gone:
        told = counted(
            "{number} anomalie laissée : sans correction proposée, ou déjà corrigée.",
            "{number} anomalies laissées : sans correction proposée, ou déjà corrigées.",
            len(report.gone),
        )
        messages.info(request, told)


@login_required
@require_POST
def quality_undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Take back corrections accepted together."""
    report = commands.undo_fixes(actor=http.actor_of(request), batch_id=batch_id)
    told = counted("{number} correction annulée.", "{number} corrections annulées.", report.done)
    messages.success(request, told)
    kept = [one for one in report.results if not one.done]
    for one in kept[:REFUSED_SHOWN]:
        why = (
            translated(one.error)
            if one.error
            else gettext("laissé tel quel, la valeur a changé depuis ou se déduit d'une autre.")
        )
        messages.warning(request, f"{one.party_name} : {why}")
    return http.back(request, "parties:quality")


@login_required
@require_http_methods(["GET", "POST"])
def quality_aside(request: HttpRequest) -> HttpResponse:
    """What is set aside, with who and why; shown again on demand. Three queries."""
    actor = http.actor_of(request)
    if request.method == "POST":
        ids = [int(pk) for pk in request.POST.getlist("chosen") if pk.isdecimal()][:CHOSEN_MAX]
        number = commands.withdraw_dismissals(actor=actor, dismissal_ids=ids)
        told = counted("{number} anomalie reprise.", "{number} anomalies reprises.", number)
        messages.success(request, told)
        return redirect("parties:quality_aside")
    known = {code.value: label for code, label in ANOMALY_LABELS.items()}
    context = {
        "rows": [
            (row, gettext(known.get(row.code, row.code)))
            for row in queries.dismissals(actor=actor)[:CHOSEN_MAX]
        ],
        "may_edit": Right.EDIT_PARTIES in actor.rights,
    }
    return http.page(request, "parties/quality_aside.html", context)


# -- duplicates -----------------------------------------------------------------------------------


@login_required
@require_GET
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs that may be one customer entered twice, and the merges that can be undone."""
    actor = http.actor_of(request)
    found = queries.duplicate_pairs(actor=actor)
    context = {
        "pairs": found[:PAGE_SIZE],
        "count": len(found),
        "merges": queries.merges(actor=actor)[:MERGES_SHOWN],
        "may_edit": Right.EDIT_PARTIES in actor.rights,
    }
    return http.page(request, "parties/duplicates.html", context)


@dataclass(frozen=True, slots=True)
class Choice:
    """A field on which two records differ: which of the two values stays."""

    name: str
    label: str
    kept: str
    other: str
    take_other: bool


@login_required
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, party_id: int, other_id: int) -> HttpResponse:
    """Two records side by side: which stays, and which value of each field. Twelve queries."""
    actor = http.actor_of(request)
    actor.require(Right.EDIT_PARTIES)
    pair = queries.pair_of(actor=actor, party_id=party_id, other_id=other_id)
    one = queries.party_for(actor=actor, party_id=party_id)
    other = queries.party_for(actor=actor, party_id=other_id)
    stays, gone = queries.which_stays(one, other)
    if request.POST.get("garde", request.GET.get("garde", "")) == str(gone.pk):
        stays, gone = gone, stays
    if request.method == "POST":
        return _merge(request, actor, gone, stays)
    context = {
        "stays": stays,
        "gone": gone,
        "choices": _choices(actor, stays, gone),
        "reasons": _told(pair.reasons) if pair else [],
        "against": _told(pair.against) if pair else [gettext("rien ne les rapproche")],
        "score": _score(pair),
        "moved": _moved(actor, gone),
        "key": _dismissal_key(actor, party_id, other_id),
    }
    return http.page(request, "parties/merge.html", context)


def _score(pair: Pair | None) -> int:
    return pair.score if pair else 0


def _told(reasons: Iterable[Reason]) -> list[str]:
    return [gettext(SIGN_LABELS[one.sign]).format(value=one.value) for one in reasons]


def _choices(actor: Actor, stays: Party, gone: Party) -> list[Choice]:
    """Fields to choose from; an empty one takes the value of the other unless it is refused."""
    found = []
    for name in commands.CHOOSABLE:
        if name in {"is_customer", "is_supplier"}:
            continue
        if name == "credit_limit" and Right.GRANT_CREDIT not in actor.rights:
            continue
        kept, other = shown(name, getattr(stays, name)), shown(name, getattr(gone, name))
        if kept != other:
            label = gettext(LABELS.get(name, "encours autorisé"))
            found.append(Choice(name, label[:1].upper() + label[1:], kept, other, not kept))
    return found


def _moved(actor: Actor, gone: Party) -> list[str]:
    """What passes to the one that stays, counted."""
    found = []
    for query, (single, many) in zip(_HELD, MOVED_LABELS.items(), strict=True):
        number = query(actor=actor, party_id=gone.pk).count()
        if number:
            found.append(f"{number} {gettext(single if number == 1 else many)}")
    return found


def _dismissal_key(actor: Actor, party_id: int, other_id: int) -> str:
    """The finding of the pair, to say that they are two."""
    wanted = {party_id, other_id}
    rows = queries.quality_findings(actor=actor, codes=[Anomaly.DUPLICATE], party_ids=wanted)
    return next((one.key for one in rows), "")


def _merge(request: HttpRequest, actor: Actor, gone: Party, stays: Party) -> HttpResponse:
    take = {name for name in commands.CHOOSABLE if request.POST.get(name) == "autre"}
    done = commands.merge_parties(actor=actor, party_id=gone.pk, into_id=stays.pk, take=take)
    messages.success(
        request,
        gettext("{gone} est maintenant {stays}.").format(gone=gone.code, stays=stays.name),
        extra_tags=reverse("parties:merge_undo", args=[done.pk]),
    )
    return redirect("parties:customer", stays.pk)


@login_required
@require_POST
def merge_undo(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Take a merge back."""
    row = commands.undo_merge(actor=http.actor_of(request), merge_id=merge_id)
    told = gettext("Fusion annulée : {gone} et {stays} sont de nouveau deux fiches.")
    messages.success(request, told.format(gone=row.gone.name, stays=row.stays.name))
    return redirect("parties:duplicates")
