"""Web face of late interest: what may be claimed, the notes, waivers, the table of rates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import clock, http
from echeance.base.language import counted, translated
from echeance.base.rights import Right
from echeance.collection import commands, queries
from echeance.collection.errors import RateGapError, RateKnownError, RateTooEarlyError
from echeance.collection.forms_penalties import RatesForm, UntilForm, WaiverForm
from echeance.collection.models import PenaltyNote
from echeance.collection.types import PENALTY_STATE_LABELS, PenaltyPart, PenaltyState
from echeance.core.dunning import NoLegalRateError
from echeance.core.money import ZERO
from echeance.core.tabular import Cell, write_xlsx

LISTED = 200
EXPORTED_MAX = 20_000
SEALED_AT_ONCE = 20
"""Files made while the person waits; the others are made when they are asked for."""

CLAIM, NOTES = "a-reclamer", "notes"
TONES = {
    PenaltyState.OPEN: "warn",
    PenaltyState.PARTLY: "info",
    PenaltyState.PAID: "good",
    PenaltyState.WAIVED: "neutral",
}
TITLES = (
    "Numéro",
    "Client",
    "Date",
    "Intérêts arrêtés au",
    "Échéance",
    "Pénalités",
    "Indemnités",
    "Total",
    "Remis",
    "Reste à payer",
    "État",
)


@dataclass(frozen=True, slots=True)
class _Row:
    """A slice as it is shown: both days are counted."""

    first: date
    last: date
    days: int
    base: Decimal
    rate: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class _Shown:
    """A late item as it is shown, claimed already or not."""

    document_ref: str
    due_date: date
    rows: tuple[_Row, ...]
    adjustment: Decimal
    interest: Decimal
    indemnity: Decimal


@login_required
@require_GET
def penalties(request: HttpRequest) -> HttpResponse:
    """What late customers owe for their delay and nobody has claimed; the notes issued."""
    actor = http.actor_of(request)
    form = UntilForm(request.GET)
    until = form.until()
    view = NOTES if request.GET.get("vue") == NOTES else CLAIM
    context: dict[str, object] = {
        "view": view,
        "until": until,
        "form": form,
        "listed": LISTED,
        "may_issue": Right.ISSUE_INVOICES in actor.rights,
    }
    if view == NOTES:
        rows = list(queries.penalty_notes(actor=actor)[:LISTED])
        context["notes"] = [(row, *_state(row)) for row in rows]
        return http.page(request, "collection/penalties.html", context)
    try:
        report = queries.claimable(actor=actor, until=until)
    except NoLegalRateError as error:
        context["problem"] = translated(error)
        return http.page(request, "collection/penalties.html", context)
    context |= {
        "claims": report.claims[:LISTED],
        "count": len(report.claims),
        "total": report.total,
        "interest": sum((claim.interest for claim in report.claims), ZERO),
        "indemnity": sum((claim.indemnity for claim in report.claims), ZERO),
        "skipped": report.skipped[:LISTED],
    }
    return http.page(request, "collection/penalties.html", context)


def _state(row: PenaltyNote) -> tuple[str, str]:
    """Label and tone of a note, read from the ledger."""
    state = queries.penalty_state(
        total=row.total, left=row.open_item.open_amount, waived=getattr(row, "waived", ZERO)
    )
    return gettext(PENALTY_STATE_LABELS[state]), TONES[state]


@login_required
@require_GET
def penalty_preview(request: HttpRequest, party_id: int) -> HttpResponse:
    """The sum of one customer as a note would claim it; nothing is written."""
    actor = http.actor_of(request)
    form = UntilForm(request.GET)
    report = queries.claimable(actor=actor, until=form.until(), party_ids=[party_id])
    claim = report.claims[0] if report.claims else None
    context = {
        "claim": claim,
        "items": [_claimed(part) for part in claim.parts] if claim else (),
        "skipped": report.skipped,
        "until": form.until(),
        "may_issue": Right.ISSUE_INVOICES in actor.rights,
    }
    return http.page(request, "collection/penalty_preview.html", context)


def _claimed(part: PenaltyPart) -> _Shown:
    rows = tuple(
        _Row(
            one.start,
            one.end - timedelta(days=1),
            one.days,
            one.base,
            one.rate_percent,
            one.amount,
        )
        for one in part.slices
    )
    return _Shown(
        part.document_ref, part.due_date, rows, part.adjustment, part.interest, part.indemnity
    )


@login_required
@require_POST
def penalties_issue(request: HttpRequest) -> HttpResponse:
    """Claim what the customers ticked owe: one note each, booked, its file made."""
    actor = http.actor_of(request)
    chosen = [int(text) for text in request.POST.getlist("chosen") if text.isdecimal()]
    until = UntilForm(request.POST).until()
    if not chosen:
        messages.error(request, gettext("Cochez au moins un client."))
        return redirect(f"{reverse('collection:penalties')}?au={until:%Y-%m-%d}")
    report = commands.issue_penalty_notes(actor=actor, until=until, party_ids=chosen)
    ids = [claim.note_id for claim in report.claims]
    commands.seal_penalty_notes(actor=actor, note_ids=ids[:SEALED_AT_ONCE])
    told = counted(
        "{number} note de pénalités émise : une remise l'annule, pas une suppression.",
        "{number} notes de pénalités émises : une remise les annule, pas une suppression.",
        len(ids),
    )
    messages.success(request, told)
    if len(ids) == 1:
        return redirect("collection:penalty_note", ids[0])
    return redirect(f"{reverse('collection:penalties')}?vue={NOTES}")


@login_required
@require_GET
def penalty_note(request: HttpRequest, note_id: int) -> HttpResponse:
    """One note: its sum line by line, what became of it, what was waived. Six queries."""
    return _note_page(request, note_id, WaiverForm())


def _note_page(request: HttpRequest, note_id: int, form: WaiverForm) -> HttpResponse:
    actor = http.actor_of(request)
    row = queries.penalty_note_for(actor=actor, note_id=note_id)
    label, tone = _state(row)
    context = {
        "note": row,
        "items": [_noted(line) for line in row.lines.all()],
        "label": label,
        "tone": tone,
        "left": row.open_item.open_amount,
        "form": form,
        "may_waive": Right.WRITE_OFF in actor.rights,
    }
    status = 422 if form.errors else 200
    return http.page(request, "collection/penalty_note.html", context, status=status)


def _noted(line: Any) -> _Shown:
    return _Shown(
        line.document_ref,
        line.due_date,
        tuple(_kept(line.slices)),
        sum((Decimal(one["adjustment"]) for one in line.slices if "adjustment" in one), ZERO),
        line.interest,
        line.indemnity,
    )


def _kept(slices: list[dict[str, Any]]) -> Iterator[_Row]:
    for one in slices:
        if "days" in one:
            yield _Row(
                date.fromisoformat(one["from"]),
                date.fromisoformat(one["to"]),
                one["days"],
                Decimal(one["base"]),
                Decimal(one["rate"]),
                Decimal(one["amount"]),
            )


@login_required
@require_GET
def penalty_note_file(request: HttpRequest, note_id: int) -> HttpResponse:
    """The file of a note, made now if it was not yet."""
    actor = http.actor_of(request)
    commands.seal_penalty_notes(actor=actor, note_ids=[note_id])
    row = queries.penalty_note_for(actor=actor, note_id=note_id)
    assert row.file_id is not None, "sealed above"
    return redirect("archive:file", row.file_id)


@login_required
@require_POST
def penalty_waive(request: HttpRequest, note_id: int) -> HttpResponse:
    """Give up a note, or a part of it; undone from the toast and from the page."""
    form = WaiverForm(request.POST)
    if not form.is_valid():
        return _note_page(request, note_id, form)
    waiver = commands.waive_penalties(
        actor=http.actor_of(request),
        note_id=note_id,
        amount=form.cleaned_data["amount"],
        reason=form.cleaned_data["reason"],
    )
    messages.success(
        request,
        gettext("Remise passée : une écriture inverse l'a portée."),
        extra_tags=reverse("collection:penalty_waiver_undo", args=[waiver.pk]),
    )
    return redirect("collection:penalty_note", note_id)


@login_required
@require_POST
def penalty_waiver_undo(request: HttpRequest, waiver_id: int) -> HttpResponse:
    """Claim again what was waived."""
    waiver = commands.undo_waiver(actor=http.actor_of(request), waiver_id=waiver_id)
    told = gettext("Remise annulée : {number} est de nouveau à payer.")
    messages.success(request, told.format(number=waiver.note.number))
    return redirect("collection:penalty_note", waiver.note_id)


@login_required
@require_GET
def penalties_export(request: HttpRequest) -> HttpResponse:
    """The notes as a workbook. One query."""
    actor = http.actor_of(request)
    rows = queries.penalty_notes(actor=actor)[:EXPORTED_MAX]
    content = write_xlsx([gettext(one) for one in TITLES], (_cells(row) for row in rows))
    return http.download(content, f"{gettext('penalites')}-{clock.today():%Y-%m-%d}.xlsx")


def _cells(row: PenaltyNote) -> tuple[Cell, ...]:
    return (
        row.number,
        row.party.name,
        row.issued_on,
        row.until,
        row.due_date,
        row.interest,
        row.indemnity,
        row.total,
        getattr(row, "waived", ZERO),
        row.open_item.open_amount,
        _state(row)[0],
    )


@login_required
@require_http_methods(["GET", "POST"])
def rates(request: HttpRequest) -> HttpResponse:
    """The table of legal rates with its sources, and the form that continues it."""
    actor = http.actor_of(request)
    rows = queries.rate_rows(actor=actor)
    doubtful = [row.rates.semester for row in rows if row.rates.to_confirm]
    following = rows[0].rates.semester.next
    form = RatesForm(request.POST or None, halves=[following, *doubtful])
    if request.method == "POST" and form.is_valid():
        try:
            commands.record_rates(
                actor=actor,
                half=form.half(),
                legal_individuals=form.cleaned_data["legal_individuals"],
                legal_professionals=form.cleaned_data["legal_professionals"],
                ecb=form.cleaned_data["ecb"],
                source=form.cleaned_data["source"],
                to_confirm=form.cleaned_data["to_confirm"],
            )
        except (RateGapError, RateKnownError, RateTooEarlyError) as error:
            form.add_error("semester", translated(error))
        else:
            told = gettext("Taux du {semester} notés.").format(semester=form.half())
            messages.success(request, told)
            return redirect("collection:rates")
    context = {
        "rows": rows,
        "form": form,
        "missing": clock.today() >= following.start,
        "following": following,
        "may_edit": Right.EDIT_POLICY in actor.rights,
    }
    return http.page(request, "collection/rates.html", context, status=422 if form.errors else 200)
