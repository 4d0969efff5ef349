"""Web faces of the payers: the forecast, how good it was, and how each customer pays."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from echeance.base import clock, http
from echeance.base.paging import Sort, page_of
from echeance.base.rights import Right
from echeance.collection import commands, queries
from echeance.core.money import ZERO
from echeance.core.payers import GRADE_LABELS, Grade
from echeance.core.tabular import Cell, write_csv, write_xlsx

WRITERS = {"csv": write_csv, "xlsx": write_xlsx}
BY_LATENESS = Sort("weighted_days_late", Decimal, descending=True)
TONES = {
    Grade.UNKNOWN: "neutral",
    Grade.PROMPT: "good",
    Grade.SLOW: "info",
    Grade.LATE: "warn",
    Grade.BAD: "bad",
}


@login_required
@require_GET
def forecast(request: HttpRequest) -> HttpResponse:
    """Money expected week by week, how right such days were, and how customers pay."""
    actor = http.actor_of(request)
    chosen = request.GET.get("profil", "")
    grade = Grade(chosen) if chosen in set(Grade) else None
    found = queries.forecast(actor=actor, on=clock.today())
    profiles = queries.payer_profiles(actor=actor, grade=grade)
    page = page_of(
        profiles,
        sort=BY_LATENESS,
        after=request.GET.get("apres", ""),
        before=request.GET.get("avant", ""),
    )
    reckoning = queries.last_reckoning(actor=actor)
    context = {
        "forecast": found,
        "bars": [
            {
                "label": f"{week.start:%d/%m}",
                "amount": week.expected,
                "count": week.count,
                "url": "",
            }
            for week in found.weeks[:6]
        ],
        "total": sum((week.expected for week in found.weeks), ZERO),
        "reckoning": reckoning.facts if reckoning else None,
        "page": page,
        "profiles": [
            (row, gettext(GRADE_LABELS[Grade(row.grade)]), TONES[Grade(row.grade)])
            for row in page.rows
        ],
        "grade": grade,
        "grades": [(one.value, gettext(label)) for one, label in GRADE_LABELS.items()],
        "may_reckon": Right.PREPARE_REMINDERS in actor.rights,
    }
    return http.page(request, "collection/forecast.html", context)


@login_required
@require_POST
def forecast_reckon(request: HttpRequest) -> HttpResponse:
    """Reckon profiles and expected days again, from the books as they are."""
    report = commands.reckon_payers(actor=http.actor_of(request), on=clock.today())
    told = gettext("{predictions} échéances prévues d'après les paiements de {profiles} clients.")
    messages.success(request, told.format(predictions=report.predictions, profiles=report.profiles))
    return redirect("collection:forecast")


@login_required
@require_GET
def forecast_export(request: HttpRequest) -> HttpResponse:
    """Weeks of the forecast as a table for a spreadsheet."""
    actor = http.actor_of(request)
    found = queries.forecast(actor=actor, on=clock.today())
    titles = [
        gettext("Semaine du"),
        gettext("Attendu"),
        gettext("Dont presque sûr"),
        gettext("Échéances"),
    ]
    rows: list[list[Cell]] = [
        [week.start, week.expected, week.surest, str(week.count)] for week in found.weeks
    ]
    rows += [
        [label, amount, None, ""]
        for label, amount in (
            (gettext("Au-delà"), found.beyond),
            (gettext("En litige"), found.disputed),
            (gettext("Sans prévision"), found.unforeseen),
        )
    ]
    kind = request.GET.get("format", "xlsx")
    kind = kind if kind in WRITERS else "xlsx"
    return http.download(WRITERS[kind](titles, rows), f"previsions.{kind}")
