"""Lists that leave for Excel and come back: export, differences row by row, take some, undo all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import IntegerField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from echeance.base import http, queries, roundtrip
from echeance.base.actor import Actor
from echeance.base.errors import SheetKnownError
from echeance.base.language import counted, number, translated
from echeance.base.models import SheetChange
from echeance.base.paging import Page, Sort, page_of
from echeance.base.sheets import Sheet, all_sheets, sheet_named
from echeance.core.errors import EcheanceError, Kind
from echeance.core.roundtrip import CellKind, Column, cell_of
from echeance.core.tabular import MAX_BYTES

PAGE_SIZE = 50
PROBLEMS_SHOWN = 100
RECENT = 10
KINDS = ("xlsx", "csv")
STATES = {
    SheetChange.State.OPEN: ("neutral", "à décider"),
    SheetChange.State.APPLIED: ("good", "reprise"),
    SheetChange.State.REFUSED: ("bad", "refusée"),
    SheetChange.State.STALE: ("warn", "modifiée entre-temps"),
    SheetChange.State.UNDONE: ("neutral", "annulée"),
    SheetChange.State.KEPT: ("warn", "gardée, modifiée depuis"),
}
_BY_ROW = Sort("id", IntegerField().to_python)
_SAID = (Kind.INVALID, Kind.REFUSED, Kind.CONFLICT)
"""Errors that are said on the page of the file; nothing was written."""
_DECIDABLE = (SheetChange.State.OPEN, SheetChange.State.STALE)


class SheetForm(forms.Form):
    """A file that comes back."""

    file = forms.FileField(
        label="Fichier modifié",
        help_text="XLSX, ODS ou CSV. Rien n'est écrit avant votre accord.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.ods,.csv,.txt"}),
        error_messages={"required": "Choisissez un fichier."},
    )
    sheet = forms.ChoiceField(
        label="Liste",
        required=False,
        help_text="Utile seulement pour un fichier qui ne vient pas d'un export d'ici.",
    )

    def __init__(self, *args: Any, sheets: list[Sheet], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sheet"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            ("", gettext("celle de l'export")),
            *((one.name, gettext(one.label)) for one in sheets),
        ]

    def clean(self) -> dict[str, Any]:
        """Put the bytes and the name of the file in ``content`` and ``filename``."""
        facts = self.cleaned_data
        file = facts.get("file")
        if file is None:
            return facts
        if file.size > MAX_BYTES:
            told = gettext("Le fichier dépasse {size} Mo : coupez-le en plusieurs.")
            raise forms.ValidationError(told.format(size=MAX_BYTES // 1_000_000))
        return facts | {"content": file.read(), "filename": file.name or "liste"}


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field of a difference, as people read it."""

    title: str
    old: str
    new: str
    met: bool


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A difference as its page shows it."""

    change: SheetChange
    tone: str
    state: str
    fields: list[FieldRow]
    may_choose: bool


@login_required
@require_http_methods(["GET", "POST"])
def sheets(request: HttpRequest) -> HttpResponse:
    """Lists to export, a file to bring back, what was brought back lately. Two queries."""
    actor = http.actor_of(request)
    mine = [sheet for sheet in all_sheets() if sheet.right in actor.rights]
    form = SheetForm(request.POST or None, request.FILES or None, sheets=mine)
    known: int | None = None
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            row = roundtrip.propose_changes(
                actor=actor,
                content=facts["content"],
                filename=facts["filename"],
                name=facts["sheet"],
            )
        except SheetKnownError as error:
            form.add_error(None, translated(error))
            known = error.import_id
        except EcheanceError as error:
            form.add_error(None, translated(error))
        else:
            return redirect("web:sheet", row.pk)
    context = {
        "form": form,
        "known": known,
        "sheets": all_sheets(),
        "recent": [
            (row, sheet_named(row.sheet).label)
            for row in queries.sheet_imports(actor=actor)[:RECENT]
        ],
    }
    return http.page(
        request, "web/sheets.html", context, status=422 if form.is_bound and form.errors else 200
    )


@login_required
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """A list as a file."""
    kind = request.POST.get("kind", "xlsx")
    content, filename = roundtrip.export_sheet(
        actor=http.actor_of(request),
        name=request.POST.get("sheet", ""),
        kind=kind if kind in KINDS else "xlsx",
    )
    return http.download(content, filename)


@login_required
@require_GET
def sheet(request: HttpRequest, import_id: int) -> HttpResponse:
    """The differences of a file, those to decide first chosen. Five queries."""
    actor = http.actor_of(request)
    row = queries.sheet_import_for(actor=actor, import_id=import_id)
    its = sheet_named(row.sheet)
    changes = queries.sheet_changes(actor=actor, import_id=row.pk)
    page: Page[SheetChange] = page_of(
        changes,
        sort=_BY_ROW,
        after=request.GET.get("apres", ""),
        before=request.GET.get("avant", ""),
        size=PAGE_SIZE,
    )
    counts = queries.sheet_counts(actor=actor, import_id=row.pk)
    columns = {column.name: column for column in its.columns}
    context = {
        "file": row,
        "label": its.label,
        "counts": counts,
        "page": page,
        "rows": [_row(change, columns) for change in page.rows],
        "problems": row.problems[:PROBLEMS_SHOWN],
        "shown": PROBLEMS_SHOWN,
        "to_decide": counts["to_decide"],
        "in_place": counts["in_place"],
        "may": its.right in actor.rights,
    }
    return http.page(request, "web/sheet.html", context)


def _row(change: SheetChange, columns: Mapping[str, Column]) -> ChangeRow:
    tone, state = STATES[SheetChange.State(change.state)]
    return ChangeRow(
        change,
        tone,
        state,
        [
            FieldRow(
                columns[part["name"]].title,
                _shown(columns[part["name"]], part["old"]),
                _shown(columns[part["name"]], part["new"]),
                part["met"],
            )
            for part in change.fields
            if part["name"] in columns
        ],
        change.state in _DECIDABLE,
    )


def _shown(column: Column, text: str) -> str:
    """A kept text as people write it."""
    if column.kind is CellKind.DATE and text:
        year, month, day = text.split("-")
        return f"{day}/{month}/{year}"
    if column.kind is CellKind.NUMBER:
        return text.replace(".", ",")
    cell = cell_of(column, text)
    return "" if cell is None else str(cell)


@login_required
@require_POST
def take(request: HttpRequest, import_id: int) -> HttpResponse:
    """Take the differences ticked, or all that remain."""
    actor = http.actor_of(request)
    chosen = [int(pk) for pk in request.POST.getlist("chosen") if pk.isdecimal()]
    every = request.POST.get("do") == "all"
    try:
        done = roundtrip.take_changes(
            actor=actor, import_id=import_id, change_ids=None if every else chosen
        )
    except EcheanceError as error:
        if error.kind not in _SAID:
            raise
        messages.error(request, translated(error))
        return redirect("web:sheet", import_id)
    if done.taken:
        told = counted("{number} ligne reprise.", "{number} lignes reprises.", done.taken)
        messages.success(request, told)
    if done.stale:
        told = gettext("Modifiées entre-temps, à décider de nouveau : {number}.")
        messages.warning(request, told.format(number=number(done.stale)))
    if done.refused:
        told = gettext("Refusées par une règle, avec leur raison : {number}.")
        messages.error(request, told.format(number=number(done.refused)))
    return redirect("web:sheet", import_id)


@login_required
@require_POST
def undo(request: HttpRequest, import_id: int) -> HttpResponse:
    """Give back every value the file changed."""
    _undo(request, http.actor_of(request), import_id)
    return redirect("web:sheet", import_id)


def _undo(request: HttpRequest, actor: Actor, import_id: int) -> None:
    try:
        done = roundtrip.undo_changes(actor=actor, import_id=import_id)
    except EcheanceError as error:
        if error.kind not in _SAID:
            raise
        messages.error(request, translated(error))
        return
    told = counted(
        "{number} ligne remise comme avant.", "{number} lignes remises comme avant.", done.restored
    )
    messages.success(request, told)
    if done.kept:
        told = gettext("Gardées, car modifiées depuis : {number}.")
        messages.warning(request, told.format(number=number(done.kept)))
