"""Web face of the ledger: the aged balance at any date."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from echeance.base import clock, http
from echeance.base.actor import Actor
from echeance.base.language import amount, counted
from echeance.base.rights import Right
from echeance.core.money import ZERO
from echeance.core.tabular import write_csv, write_xlsx
from echeance.ledger import commands, queries
from echeance.ledger.forms import BUCKET_LABELS, AgedBalanceForm, OpenItemsForm
from echeance.ledger.opening import NEEDED, TITLES
from echeance.ledger.types import BUCKETS, AgedBalance, AgedRow
from echeance.parties import queries as parties

LISTED = 200
WRITERS = {"csv": write_csv, "xlsx": write_xlsx}
HEADERS = ("Code", "Client", *BUCKET_LABELS.values(), "Avoirs et acomptes", "Solde")
Named = tuple[str, str, AgedRow]


@login_required
@require_GET
def aged_balance(request: HttpRequest) -> HttpResponse:
    """Who owes what, since when, at the end of a day. Nine queries."""
    actor = http.actor_of(request)
    form = AgedBalanceForm(request.GET)
    on, bucket = form.asked(clock.today())
    balance = queries.aged_balance(actor=actor, on=on)
    rows = _named(actor, balance)
    if bucket:
        place = BUCKETS.index(bucket)
        rows = [row for row in rows if row[2].buckets[place]]
    context = {
        "form": AgedBalanceForm(initial={"au": on}),
        "on": on,
        "bucket": bucket,
        "bucket_label": gettext(BUCKET_LABELS[bucket]) if bucket else "",
        "labels": [gettext(label) for label in BUCKET_LABELS.values()],
        "chart": _chart(balance, on.isoformat()),
        "owed": sum(balance.buckets, ZERO),
        "overdue": sum(balance.buckets[1:], ZERO),
        "credits": sum((row.credits for row in balance.rows), ZERO),
        "balance": balance,
        "rows": rows[:LISTED],
        "count": len(rows),
    }
    return http.page(request, "ledger/aged_balance.html", context)


def _named(actor: Actor, balance: AgedBalance) -> list[Named]:
    """Rows with code and name, the largest balance first."""
    names = parties.snapshots(
        actor=actor, party_ids=[row.party_id for row in balance.rows if row.party_id is not None]
    )
    rows = [
        (names[row.party_id].code, names[row.party_id].name, row)
        if row.party_id is not None
        else ("", gettext("Sans tiers"), row)
        for row in balance.rows
    ]
    return sorted(rows, key=lambda row: (-row[2].balance, row[1]))


def _chart(balance: AgedBalance, day: str) -> list[dict[str, object]]:
    """Bars of the chart: each bucket, and how many customers owe in it."""
    return [
        {
            "label": gettext(BUCKET_LABELS[bucket]),
            "amount": balance.buckets[place],
            "count": sum(1 for row in balance.rows if row.buckets[place]),
            "url": f"?{urlencode({'au': day, 'tranche': bucket})}",
        }
        for place, bucket in enumerate(BUCKETS)
    ]


@login_required
@require_GET
def aged_balance_export(request: HttpRequest) -> HttpResponse:
    """The whole balance of a day as a file, ``csv`` or ``xlsx``. Eight queries."""
    actor = http.actor_of(request)
    on, _ = AgedBalanceForm(request.GET).asked(clock.today())
    kind = request.GET.get("format", "csv")
    kind = kind if kind in WRITERS else "csv"
    rows: list[tuple[str | Decimal, ...]] = [
        (code, name, *row.buckets, row.credits, row.balance)
        for code, name, row in _named(actor, queries.aged_balance(actor=actor, on=on))
    ]
    content = WRITERS[kind](HEADERS, rows)
    return http.download(content, f"balance-agee-{on.isoformat()}.{kind}")


@login_required
@require_http_methods(["GET", "POST"])
def open_items_import(request: HttpRequest) -> HttpResponse:
    """Take over what customers owe: the file is tried first, and taken whole or not at all."""
    actor = http.actor_of(request)
    form = OpenItemsForm(request.POST or None, request.FILES or None, initial={"on": clock.today()})
    report = None
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        on = form.cleaned_data["on"]
        report = commands.import_open_items(actor=actor, content=content, filename=file.name, on=on)
        if "import" in request.POST and not report.problems:
            commands.import_open_items(
                actor=actor, content=content, filename=file.name, on=on, dry_run=False
            )
            told = counted(
                "{number} échéance reprise, pour {total}.",
                "{number} échéances reprises, pour {total}.",
                report.rows,
                total=amount(report.total),
            )
            messages.success(request, told)
            return redirect("ledger:aged_balance")
    context = {
        "form": form,
        "report": report,
        "columns": [(title, name in NEEDED) for name, title in TITLES.items()],
        "may_import": Right.POST_ENTRIES in actor.rights,
    }
    status = 422 if form.errors or (report and report.problems) else 200
    return http.page(request, "ledger/open_items_import.html", context, status=status)
