"""Orders typed by hand or pasted from a spreadsheet, in a grid."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from echeance.base import clock, http
from echeance.base.actor import Actor
from echeance.base.language import counted, translated
from echeance.base.rights import Right
from echeance.billing import commands
from echeance.billing.order_grid import (
    COLUMNS,
    MAX_ROWS,
    SOURCE,
    Grid,
    as_file,
    blank_row,
    complete,
    mark,
    new_grid,
    paste,
    read_grid,
)
from echeance.billing.types import OrderImportReport
from echeance.core.errors import EcheanceError

PAGE = "billing/orders_entry.html"
GRID = "billing/_orders_grid.html"
TITLES = {
    "customer": "Client",
    "document": "Commande",
    "order_date": "Date",
    "item": "Article",
    "name": "Désignation",
    "quantity": "Quantité",
    "unit_price": "Prix HT",
    "vat_rate": "TVA",
    "order_reference": "Bon de commande",
}


@login_required
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest) -> HttpResponse:
    """The grid: rows are added or pasted, checked as a file would be, then taken."""
    actor = http.actor_of(request)
    actor.require(Right.IMPORT_ORDERS)
    if request.method == "GET":
        return _page(request, new_grid(), None)
    grid = read_grid(request.POST)
    match request.POST.get("do", "check"):
        case "add":
            if len(grid.rows) < MAX_ROWS:
                grid.rows.append(blank_row())
            return _page(request, grid, None, focus=True)
        case "paste":
            paste(grid, request.POST.get("pasted", ""))
        case "save":
            return _saved(request, actor, grid)
        case act if act.startswith("remove-") and act.removeprefix("remove-").isdecimal():
            place = int(act.removeprefix("remove-"))
            del grid.rows[place : place + 1]
        case _:
            pass  # checked below
    complete(grid)
    return _page(request, grid, *_checked(actor, grid))


def _checked(actor: Actor, grid: Grid) -> tuple[OrderImportReport | None, str]:
    """What taking the grid would give, problems put beside their rows; else why it cannot be."""
    if not grid.filled:
        return None, ""
    try:
        report = commands.import_orders(
            actor=actor, content=as_file(grid), filename=_filename(), source=SOURCE, dry_run=True
        )
    except EcheanceError as error:
        return None, translated(error)
    mark(grid, report.rejected)
    return report, ""


def _saved(request: HttpRequest, actor: Actor, grid: Grid) -> HttpResponse:
    """Take the grid when no row is wrong; a person is there to correct it, so nothing waits."""
    complete(grid)
    report, refusal = _checked(actor, grid)
    if report is None or report.rejected:
        refusal = refusal or gettext("Corrigez ou supprimez les lignes marquées, puis recommencez.")
        if not grid.filled:
            refusal = gettext("Saisissez ou collez au moins une ligne.")
        return _page(request, grid, report, refusal, status=422)
    done = commands.import_orders(
        actor=actor, content=as_file(grid), filename=_filename(), source=SOURCE
    )
    told = counted(
        "{number} commande prise, elle est à facturer.",
        "{number} commandes prises, elles sont à facturer.",
        done.orders,
    )
    messages.success(request, told)
    view = "a-facturer" if done.orders or not done.waiting else "en-attente"
    return redirect(f"{reverse('billing:orders')}?vue={view}")


def _filename() -> str:
    return f"saisie-{clock.now():%Y%m%d-%H%M%S}.csv"


def _page(
    request: HttpRequest,
    grid: Grid,
    report: OrderImportReport | None,
    refusal: str = "",
    *,
    status: int = 200,
    focus: bool = False,
) -> HttpResponse:
    context = {
        "grid": grid,
        "rows": [
            (row, [(name, TITLES[name], row.cells[name]) for name in COLUMNS]) for row in grid.rows
        ],
        "titles": [TITLES[name] for name in COLUMNS],
        "report": report,
        "refusal": refusal,
        "focus": focus,
    }
    return http.page(request, PAGE, context, fragment=GRID, status=status)
