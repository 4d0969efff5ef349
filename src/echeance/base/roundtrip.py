"""The round trip of a list through a spreadsheet: export, propose, take some, undo all."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.bulk import update_rows
from echeance.base.errors import (
    NotFoundError,
    NothingToTakeError,
    NothingToUndoError,
    SheetForeignError,
    SheetKnownError,
    SheetUnknownError,
    SheetWithoutCodeError,
)
from echeance.base.events import SheetExported, SheetTaken, SheetUndone
from echeance.base.language import day
from echeance.base.models import SheetChange, SheetExport, SheetImport
from echeance.base.rights import Right
from echeance.base.sheets import LastChange, Refusal, RowChange, Sheet, sheet_named
from echeance.core import roundtrip, sheets
from echeance.core.roundtrip import Record, RowDifference
from echeance.core.tabular import Table, read_table
from echeance.core.words import fold

_BATCH = 500
_PROBLEMS_KEPT = 2000
State = SheetChange.State


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the differences a person accepted.

    Attributes:
        taken: Rows written.
        stale: Rows whose record changed since the file was read; they are shown again.
        refused: Rows a rule forbids, each with its reason.
    """

    taken: int
    stale: int
    refused: int


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing gave back: rows restored, rows kept because they changed since."""

    restored: int
    kept: int


@dataclass(frozen=True, slots=True)
class _FileFacts:
    """A file, and what its titles are."""

    sheet: Sheet
    export: SheetExport | None
    filename: str
    sha256: str
    titles: Mapping[str, str]
    notices: Sequence[str]


@transaction.atomic
def export_sheet(*, actor: Actor, name: str, kind: str = "xlsx") -> tuple[bytes, str]:
    """A list as a file to edit and bring back, and the name of the file.

    Args:
        actor: Who exports.
        name: Name of the list.
        kind: ``xlsx`` or ``csv``.

    Raises:
        NotFoundError: No such list.
        TableTooLargeError: More rows than could be read back.
    """
    actor.require(Right.READ)
    sheet = sheet_named(name)
    records = sheet.records(actor=actor)
    row = SheetExport.objects.create(
        company=actor.company,
        sheet=name,
        columns=[column.name for column in sheet.columns],
        keys=[int(record.key) for record in records],
        exported_at=clock.now(),
        exported_by=actor.name,
    )
    journal.record(SheetExported(row.pk, name, len(records)), actor=actor)
    content = sheets.write_list(
        sheet.columns,
        records,
        stamp=roundtrip.stamp(name, row.pk),
        title=sheet.label,
        kind=kind,
    )
    stem = fold(sheet.label).replace(" ", "-").replace("'", "-")
    return content, f"{stem}-{clock.today():%Y-%m-%d}.{kind}"


def propose_changes(*, actor: Actor, content: bytes, filename: str, name: str = "") -> SheetImport:
    """Read a file and keep what it would change, row by row; nothing of it is written yet.

    The same bytes give the same proposal, compared again with the records of the moment. A file
    without tokens is matched by code, and its blank cells say nothing.

    Args:
        actor: Who brings it.
        content: The file.
        filename: Its name.
        name: The list, when the file does not say it.

    Raises:
        SheetForeignError: It was exported from another company.
        SheetUnknownError: It does not say which list it is, and ``name`` is empty.
        SheetKnownError: The same bytes were taken, and not undone.
        SheetWithoutCodeError: Neither tokens nor the column of codes.
        EmptyTableError, UnknownTableFormatError, …: See :func:`echeance.core.tabular.read_table`.
    """
    actor.require(Right.READ)
    table = read_table(content, filename, strict=True)
    stamped = roundtrip.stamp_of(table.headers)
    if stamped is None and not name:
        raise SheetUnknownError(filename)
    sheet = sheet_named(stamped[1] if stamped else name)
    actor.require(sheet.right)
    export = None
    if stamped:
        export = SheetExport.objects.filter(
            company=actor.company, sheet=sheet.name, pk=stamped[2]
        ).first()
        if export is None:
            raise SheetForeignError(filename)
    sha256 = hashlib.sha256(content).hexdigest()
    _refuse_known(actor, sheet, sha256, filename)
    titles, notices = _titles(sheet, table, stamped[0] if stamped else "")
    code = next((column for column in sheet.columns if column.is_code), None)
    if export is None and (code is None or code.name not in titles):
        raise SheetWithoutCodeError(filename, code.title if code else "")
    read = roundtrip.read_rows(
        list(table.rows),
        sheet.columns,
        titles=titles,
        token_title=stamped[0] if stamped else "",
        exported=export.columns if export else (),
    )
    codes = {row.values.get(code.name, "") for row in read.rows if not row.key} if code else set()
    by_code = sheet.keys_by_code(actor=actor, codes=codes - {""})
    keys = {row.key for row in read.rows if row.key} | set(by_code.values())
    now = {record.key: record for record in sheet.records(actor=actor, keys=keys)}
    found = roundtrip.compare(
        read,
        sheet.columns,
        now,
        titles=titles,
        by_code=by_code,
        exported_keys=[str(key) for key in export.keys] if export and not sheet.is_log else (),
    )
    facts = _FileFacts(sheet, export, filename[:200], sha256, titles, notices)
    return _keep(actor, facts, found, now)


def _refuse_known(actor: Actor, sheet: Sheet, sha256: str, filename: str) -> None:
    known = SheetImport.objects.filter(
        company=actor.company,
        sheet=sheet.name,
        sha256=sha256,
        applied_at__isnull=False,
        undone_at=None,
    ).first()
    if known and known.applied_at:
        raise SheetKnownError(filename, day(known.applied_at), known.applied_by, known.pk)


def _titles(sheet: Sheet, table: Table, token_title: str) -> tuple[dict[str, str], list[str]]:
    """Title in the file of each column it has, and what is to be said of the others."""
    by_title = {fold(column.title): column for column in sheet.columns}
    by_title |= {fold(column.name): column for column in sheet.columns}
    titles: dict[str, str] = {}
    notices = []
    for header in table.headers:
        if header == token_title:
            continue
        column = by_title.get(fold(header))
        if column is None or column.name in titles:
            notices.append(
                f"La colonne « {header} » n'est pas de cette liste : elle n'est pas lue."
            )
        else:
            titles[column.name] = header
    absent = [
        column.title for column in sheet.columns if column.editable and column.name not in titles
    ]
    if absent:
        notices.append(f"Colonnes absentes, laissées comme elles sont : {', '.join(absent)}.")
    return titles, notices


@transaction.atomic
def _keep(
    actor: Actor, file: _FileFacts, found: roundtrip.Differences, now: Mapping[str, Record]
) -> SheetImport:
    sheet = file.sheet
    # A proposal nobody took is made again: the records may have moved.
    SheetImport.objects.filter(
        company=actor.company, sheet=sheet.name, sha256=file.sha256, applied_at=None
    ).delete()
    changes = [one for one in found.changed if not (one.is_new and sheet.is_log)]
    refusals = sheet.check(
        actor=actor,
        changes=[
            RowChange(one.key, {part.name: part.new for part in one.fields}, one.row)
            for one in changes
        ],
    )
    bad = [asdict(problem) for problem in found.problems]
    bad += [_told_refusal(sheet, refusal, file.titles) for refusal in refusals]
    bad += [
        {
            "row": one.row,
            "column": "",
            "value": "",
            "reason": "Cette liste ne crée rien : supprimez la ligne.",
        }
        for one in found.changed
        if one.is_new and sheet.is_log
    ]
    bad.sort(key=lambda problem: int(str(problem["row"])))
    row = SheetImport.objects.create(
        company=actor.company,
        sheet=sheet.name,
        export=file.export,
        filename=file.filename,
        sha256=file.sha256,
        rows=found.rows,
        unchanged=found.unchanged,
        problems=bad[:_PROBLEMS_KEPT],
        notices=list(file.notices),
        read_at=clock.now(),
        read_by=actor.name,
    )
    refused = {refusal.row for refusal in refusals}
    bad_rows = {int(str(problem["row"])) for problem in bad}
    met = [one.key for one in changes if any(part.met for part in one.fields)]
    last = sheet.last_changes(actor=actor, keys=met) if met else {}
    made = [
        SheetChange(
            company=actor.company,
            sheet_import=row,
            row=one.row,
            kind=SheetChange.ChangeKind.NEW if one.is_new else SheetChange.ChangeKind.CHANGED,
            state=State.REFUSED
            if one.row in refused or (one.is_new and one.row in bad_rows)
            else State.OPEN,
            key=one.key,
            label=_label(sheet, one, now),
            fields=[asdict(part) for part in one.fields],
            told=_met(sheet, one, last),
        )
        for one in changes
    ]
    gone = sheet.records(actor=actor, keys=found.removed) if found.removed else []
    made += [
        SheetChange(
            company=actor.company,
            sheet_import=row,
            row=0,
            kind=SheetChange.ChangeKind.REMOVED,
            key=record.key,
            label=sheet.label_of(record.values)[:200],
        )
        for record in gone
    ]
    SheetChange.objects.bulk_create(made, batch_size=_BATCH)
    return row


def _told_refusal(sheet: Sheet, refusal: Refusal, titles: Mapping[str, str]) -> dict[str, object]:
    column = titles.get(refusal.field) or next(
        (column.title for column in sheet.columns if column.name == refusal.field), ""
    )
    return {
        "row": refusal.row,
        "column": column,
        "value": refusal.value[:200],
        "reason": refusal.reason,
    }


def _label(sheet: Sheet, one: RowDifference, now: Mapping[str, Record]) -> str:
    values = now[one.key].values if one.key in now else {f.name: f.new for f in one.fields}
    return sheet.label_of(values)[:200]


def _met(sheet: Sheet, one: RowDifference, last: Mapping[tuple[str, str], LastChange]) -> list[str]:
    told = []
    for part in one.fields:
        if not part.met:
            continue
        title = next(column.title for column in sheet.columns if column.name == part.name)
        who = last.get((one.key, part.name)) or last.get((one.key, ""))
        told.append(_changed_by(title, who))
    return told


def _changed_by(title: str, who: LastChange | None) -> str:
    if who is None:
        return f"« {title} » a été modifié depuis l'export."
    return f"« {title} » a été modifié depuis l'export par {who.by} le {day(who.at)}."


# -- taking ---------------------------------------------------------------------------------------


@transaction.atomic
def take_changes(
    *, actor: Actor, import_id: int, change_ids: Collection[int] | None = None
) -> Taken:
    """Write the differences a person accepts, all in one; the others stay as they are.

    A row whose record moved since the file was read is not written: it says who changed what, and
    is proposed again against the new values. A row a rule forbids is refused with its reason.

    Args:
        actor: Who accepts; has the right of the list.
        import_id: The file.
        change_ids: Differences accepted; None for all that remain, closings left out.

    Raises:
        NotFoundError: No such file in this company.
        NothingToTakeError: None of them is open.
    """
    row, sheet = _lock(actor, import_id)
    actor.require(sheet.right)
    open_changes = SheetChange.objects.select_for_update().filter(
        sheet_import=row, state__in=[State.OPEN, State.STALE]
    )
    if change_ids is None:
        wanted = list(open_changes.exclude(kind=SheetChange.ChangeKind.REMOVED).order_by("pk"))
    else:
        asked = set(change_ids)
        wanted = [one for one in open_changes.order_by("pk") if one.pk in asked]
    if not wanted:
        raise NothingToTakeError
    now = _records(actor, sheet, {one.key for one in wanted if one.key})
    moved = [one for one in wanted if one.key and _moved(one, now)]
    _tell_moved(actor, sheet, moved, now)
    stale = {one.pk for one in moved}
    ready = [one for one in wanted if one.pk not in stale]
    closing = [one for one in ready if one.kind == SheetChange.ChangeKind.REMOVED]
    writing = [one for one in ready if one.kind != SheetChange.ChangeKind.REMOVED]
    refused = _refuse(actor, sheet, writing)
    writing = [one for one in writing if one.pk not in refused]
    _write(actor, sheet, writing, now)
    refused |= _close(actor, sheet, closing)
    taken = len(writing) + sum(one.state == State.APPLIED for one in closing)
    if taken:
        row.applied_at, row.applied_by = clock.now(), actor.name
        row.undone_at, row.undone_by = None, ""
        row.save(update_fields=["applied_at", "applied_by", "undone_at", "undone_by"])
    journal.record(
        SheetTaken(row.pk, sheet.name, row.filename, taken, len(stale), len(refused)), actor=actor
    )
    update_rows(wanted, ["state", "key", "fields", "before", "after", "told"])
    return Taken(taken, len(stale), len(refused))


def _lock(actor: Actor, import_id: int) -> tuple[SheetImport, Sheet]:
    row = (
        SheetImport.objects.select_for_update().filter(company=actor.company, pk=import_id).first()
    )
    if row is None:
        raise NotFoundError(what=f"fichier n° {import_id}")
    return row, sheet_named(row.sheet)


def _records(actor: Actor, sheet: Sheet, keys: Collection[str]) -> dict[str, Record]:
    return {record.key: record for record in sheet.records(actor=actor, keys=keys)} if keys else {}


def _moved(one: SheetChange, now: Mapping[str, Record]) -> bool:
    record = now.get(one.key)
    if record is None:
        return True
    return any(record.values.get(part["name"], "") != part["old"] for part in one.fields)


def _tell_moved(
    actor: Actor, sheet: Sheet, moved: Sequence[SheetChange], now: Mapping[str, Record]
) -> None:
    last = sheet.last_changes(actor=actor, keys=[one.key for one in moved]) if moved else {}
    titles = {column.name: column.title for column in sheet.columns}
    for one in moved:
        record = now.get(one.key)
        if record is None:
            one.state, one.told = State.REFUSED, ["Cette fiche n'est plus modifiable."]
            continue
        one.state = State.STALE
        one.told = [
            _changed_by(
                titles[part["name"]],
                last.get((one.key, part["name"])) or last.get((one.key, "")),
            )
            for part in one.fields
            if record.values.get(part["name"], "") != part["old"]
        ]
        one.fields = [
            {**part, "old": record.values.get(part["name"], ""), "met": True}
            for part in one.fields
            if record.values.get(part["name"], "") != part["new"]
        ]


def _change_of(one: SheetChange) -> RowChange:
    # A new row is known by its place in the proposal, which its line of the file is.
    return RowChange(one.key, {part["name"]: part["new"] for part in one.fields}, one.row)


def _refuse(actor: Actor, sheet: Sheet, writing: Sequence[SheetChange]) -> set[int]:
    refusals = sheet.check(actor=actor, changes=[_change_of(one) for one in writing])
    reasons: dict[int, list[str]] = {}
    for refusal in refusals:
        reasons.setdefault(refusal.row, []).append(refusal.reason)
    refused = set()
    for one in writing:
        if one.row in reasons:
            one.state, one.told = State.REFUSED, reasons[one.row]
            refused.add(one.pk)
    return refused


def _write(
    actor: Actor, sheet: Sheet, writing: Sequence[SheetChange], now: Mapping[str, Record]
) -> None:
    if not writing:
        return
    keys = sheet.apply(actor=actor, changes=[_change_of(one) for one in writing])
    after = _records(actor, sheet, set(keys))
    for one, key in zip(writing, keys, strict=True):
        before = dict(now[one.key].values) if one.key else {}
        later = dict(after[key].values)
        one.before = {n: before[n] for n in before if before[n] != later.get(n, "")}
        one.after = {n: later[n] for n in later if before.get(n, "") != later[n]}
        one.key, one.state, one.told = key, State.APPLIED, []


def _close(actor: Actor, sheet: Sheet, closing: Sequence[SheetChange]) -> set[int]:
    if not closing:
        return set()
    closed = set(sheet.close(actor=actor, keys=[one.key for one in closing]))
    refused = set()
    for one in closing:
        if one.key in closed:
            one.state, one.told = State.APPLIED, []
        else:
            one.state, one.told = State.REFUSED, ["Cette fiche ne peut pas être close d'ici."]
            refused.add(one.pk)
    return refused


# -- undoing --------------------------------------------------------------------------------------


@transaction.atomic
def undo_changes(*, actor: Actor, import_id: int) -> Undone:
    """Give back the values every row of a file had before it was taken.

    A record that changed since keeps its new values, and says who changed it; a record the file
    created is closed.

    Raises:
        NotFoundError: No such file in this company.
        NothingToUndoError: Nothing of it is in place.
    """
    row, sheet = _lock(actor, import_id)
    actor.require(sheet.right)
    applied = list(
        SheetChange.objects.select_for_update()
        .filter(sheet_import=row, state__in=[State.APPLIED, State.KEPT])
        .order_by("pk")
    )
    if not applied:
        raise NothingToUndoError(row.filename)
    kinds = SheetChange.ChangeKind
    now = _records(actor, sheet, {one.key for one in applied})
    kept = [one for one in applied if one.kind != kinds.REMOVED and _moved_since(one, now)]
    _tell_kept(actor, sheet, kept, now)
    not_back = {one.pk for one in kept}
    back = [one for one in applied if one.pk not in not_back]
    changed = [one for one in back if one.kind == kinds.CHANGED]
    if changed:
        sheet.apply(
            actor=actor,
            changes=[
                RowChange(one.key, {name: one.before.get(name, "") for name in one.after}, one.row)
                for one in changed
            ],
        )
    sheet.close(actor=actor, keys=[one.key for one in back if one.kind == kinds.NEW])
    sheet.reopen(actor=actor, keys=[one.key for one in back if one.kind == kinds.REMOVED])
    for one in back:
        one.state, one.told = State.UNDONE, []
    update_rows(applied, ["state", "told"])
    row.undone_at, row.undone_by = clock.now(), actor.name
    row.save(update_fields=["undone_at", "undone_by"])
    journal.record(SheetUndone(row.pk, sheet.name, len(back), len(kept)), actor=actor)
    return Undone(len(back), len(kept))


def _moved_since(one: SheetChange, now: Mapping[str, Record]) -> bool:
    record = now.get(one.key)
    if record is None:
        return True
    return any(record.values.get(name, "") != value for name, value in one.after.items())


def _tell_kept(
    actor: Actor, sheet: Sheet, kept: Sequence[SheetChange], now: Mapping[str, Record]
) -> None:
    last = sheet.last_changes(actor=actor, keys=[one.key for one in kept]) if kept else {}
    titles = {column.name: column.title for column in sheet.columns}
    for one in kept:
        if one.key not in now:
            one.state, one.told = State.KEPT, ["Cette fiche n'est plus modifiable."]
            continue
        moved = [n for n, value in one.after.items() if now[one.key].values.get(n, "") != value]
        told = []
        for name in moved:
            who = last.get((one.key, name)) or last.get((one.key, ""))
            by = f" par {who.by} le {day(who.at)}" if who else ""
            told.append(f"« {titles.get(name, name)} » a été modifié depuis la reprise{by}.")
        one.state, one.told = State.KEPT, told
