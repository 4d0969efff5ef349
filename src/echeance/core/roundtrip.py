"""A list that leaves for a spreadsheet and comes back: what was changed in it, cell by cell.

Each row of the file carries a token: the key of its record, then a short print of every cell as it
left. When the file comes back, a cell is compared three ways: as it left (its print), as the record
stands now, as the file says. A cell that nobody touched in the file is never a difference, whatever
happened to the record meanwhile; a cell touched on both sides is shown as such. Nothing but the
file and the records is needed, so a copy, a sort, a filter or a passage through CSV keep it whole.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from echeance.core.errors import EcheanceError
from echeance.core.tabular import (
    Cell,
    DoubtfulCell,
    InvalidCellError,
    Row,
    to_date,
    to_decimal,
    to_text,
)
from echeance.core.words import clean_line, fold

TOTAL_KEY: Final = "total"
"""Token of the row of totals that an export ends with: it is no record."""
STAMP: Final = "Échéance"
_STAMP = re.compile(r"Échéance ([a-z_.]{1,40}) ([0-9]{1,18})")
_PRINT = 4
_LARGEST: Final = Decimal(10) ** 12
_SCIENTIFIC = re.compile(r"[0-9]([.,][0-9]+)?E\+[0-9]{2,3}", re.IGNORECASE)
_ROUNDED = "le tableur a transformé ce numéro en nombre arrondi, écrivez-le en entier"
_YES = {"oui", "o", "vrai", "yes", "y", "true", "1", "x"}
_NO = {"non", "n", "faux", "no", "false", "0"}


class CellKind(StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    Attributes:
        name: Stable name of the field.
        title: Title in the file.
        kind: What its cells hold.
        editable: Whether a change made in the file is proposed.
        why: When it is not editable, what to do instead: a French sentence.
        is_code: The code a person knows the record by; with ``editable`` off it is still read for
            new rows.
        places: Most decimals of a number.
        total: Whether the export sums it.
        choices: For a choice: the value kept, by the label written; labels are compared without
            case or accents, and the value itself is understood too.
        parse: Reads a text of its own kind (payment terms…) to the value kept; may raise
            :class:`EcheanceError`.
        show: The reverse of ``parse``, for the file.
        longest: Most characters of a text; 0 for no limit of its own.
        width: Of the column, in characters.
    """

    name: str
    title: str
    kind: CellKind = CellKind.TEXT
    editable: bool = True
    why: str = ""
    is_code: bool = False
    places: int = 2
    total: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    parse: Callable[[str], str] | None = None
    show: Callable[[str], str] | None = None
    longest: int = 0
    width: int = 14


@dataclass(frozen=True, slots=True)
class Record:
    """A row of a list as the records stand: its key, and each field as the text that is kept.

    Numbers are written plainly (``1234.5``), dates in ISO, a yes as ``oui``, an absent value as an
    empty text.
    """

    key: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that cannot be taken: its line in the file, its column, what it holds and why."""

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field to change.

    Attributes:
        name: Name of the column.
        old: As the record stands.
        new: As the file says.
        met: The record changed too since the export.
    """

    name: str
    old: str
    new: str
    met: bool = False


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One row that differs: changed (it has a key) or new (it has none)."""

    row: int
    key: str
    fields: tuple[FieldDifference, ...]

    @property
    def is_new(self) -> bool:
        """Whether no record stands behind it."""
        return not self.key


@dataclass(frozen=True, slots=True)
class Differences:
    """What a file that came back says.

    Attributes:
        rows: Rows read, that of totals left out.
        changed: Rows that differ, in the order of the file.
        unchanged: How many rows differ in nothing.
        removed: Keys that were exported and are no longer in the file.
        problems: Every cell that cannot be taken.
    """

    rows: int
    changed: tuple[RowDifference, ...]
    unchanged: int
    removed: tuple[str, ...]
    problems: tuple[BadCell, ...]


# -- what a cell means ----------------------------------------------------------------------------


def canonical(column: Column, cell: Cell, *, ours: bool = False) -> str:
    """The text kept of a cell, so that two writings of one value are one text.

    Args:
        column: Its column.
        cell: What the file holds.
        ours: The file is an export of ours, where a comma alone is the decimal mark: ``1,234`` is
            then no riddle.

    Raises:
        InvalidCellError: The cell is not what its column holds; the reason is a French clause.

    >>> price = Column("unit_price", "Prix", CellKind.NUMBER, places=6)
    >>> canonical(price, "1 234,50 €"), canonical(price, Decimal("1234.5"))
    ('1234.5', '1234.5')
    >>> canonical(Column("on", "Jour", CellKind.DATE), "24/11/2026")
    '2026-11-24'
    """
    if isinstance(cell, DoubtfulCell):
        raise InvalidCellError(str(cell)[:60], cell.reason)
    match column.kind:
        case CellKind.NUMBER:
            return _number(column, cell, ours=ours)
        case CellKind.DATE:
            return to_date(cell).isoformat() if to_text(cell).strip() else ""
        case CellKind.YES_NO:
            return _answer(cell)
        case CellKind.CHOICE:
            return _choice(column, cell)
        case CellKind.LONG_TEXT:
            return _text(column, "\n".join(clean_line(line) for line in _lines(cell)).strip())
        case _:
            return _text(column, clean_line(_plain(cell)))


def _lines(cell: Cell) -> list[str]:
    return _plain(cell).replace("_x000D_", "").splitlines()


def _plain(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return to_text(cell)


def _number(column: Column, cell: Cell, *, ours: bool) -> str:
    text = to_text(cell).strip()
    if not text:
        return ""
    value = to_decimal(cell, decimal_mark="," if ours and "," in text and "." not in text else "")
    if abs(value) >= _LARGEST:
        raise InvalidCellError(to_text(cell)[:60], "ce nombre est trop grand")
    if round(value, column.places) != value:
        raise InvalidCellError(to_text(cell)[:60], f"{column.places} décimales au plus")
    return plain_number(value)


def plain_number(value: Decimal | None) -> str:
    """A number as it is kept: no useless zero, no exponent; an absent one is an empty text.

    >>> plain_number(Decimal("1500.000")), plain_number(Decimal("-0.0")), plain_number(None)
    ('1500', '0', '')
    """
    if value is None:
        return ""
    return f"{value.normalize():f}" if value else "0"


def _answer(cell: Cell) -> str:
    text = fold(to_text(cell).strip())
    if not text:
        return ""
    if text in _YES:
        return "oui"
    if text in _NO:
        return "non"
    raise InvalidCellError(to_text(cell)[:60], "répondez par oui ou par non")


def _choice(column: Column, cell: Cell) -> str:
    text = clean_line(to_text(cell))
    wanted = fold(text)
    for label, value in column.choices.items():
        if wanted in {fold(label), fold(value)}:
            return value
    if not text:
        return ""
    known = ", ".join(label for label in column.choices if label)
    raise InvalidCellError(text[:60], f"choisissez parmi : {known}"[:300])


def _text(column: Column, text: str) -> str:
    if column.parse is not None and text:
        try:
            text = column.parse(text)
        except InvalidCellError:
            raise
        except EcheanceError as error:
            raise InvalidCellError(text[:60], str(error).rstrip(".")) from error
    if column.longest and len(text) > column.longest:
        raise InvalidCellError(text[:60], f"{column.longest} caractères au plus")
    return text


def cell_of(column: Column, text: str) -> Cell:
    """The cell to write for a kept text; ``canonical`` of it is that text again."""
    if not text:
        return None
    match column.kind:
        case CellKind.NUMBER:
            return Decimal(text)
        case CellKind.DATE:
            return date.fromisoformat(text)
        case CellKind.CHOICE:
            return next((label for label, value in column.choices.items() if value == text), text)
        case _:
            return column.show(text) if column.show else text


# -- tokens ---------------------------------------------------------------------------------------


def stamp(name: str, export_id: int) -> str:
    """Title of the column of tokens: which list, which export."""
    return f"{STAMP} {name} {export_id}"


def stamp_of(headers: Sequence[str]) -> tuple[str, str, int] | None:
    """The column of tokens of a file: its title, the list and the export; none without it."""
    for header in headers:
        found = _STAMP.fullmatch(header.strip())
        if found:
            return header, found[1], int(found[2])
    return None


def token(columns: Sequence[Column], record: Record) -> str:
    """Key and prints of a record as it leaves."""
    prints = (_print(column.name, record.values.get(column.name, "")) for column in columns)
    return f"{record.key}:{''.join(prints)}"


def _print(name: str, text: str) -> str:
    digest = hashlib.blake2b(f"{name}\x00{text}".encode(), digest_size=3).digest()
    return base64.urlsafe_b64encode(digest).decode()


def _read_token(text: str, names: Sequence[str]) -> tuple[str, dict[str, str]] | None:
    key, _, prints = text.partition(":")
    if not key.isdecimal() or len(prints) != _PRINT * len(names):
        return None
    cut = (prints[start : start + _PRINT] for start in range(0, len(prints), _PRINT))
    return key, dict(zip(names, cut, strict=True))


# -- a file that comes back -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row of the file: its line, its key if it has one, what was exported, what it says."""

    row: int
    key: str
    prints: Mapping[str, str]
    values: Mapping[str, str]
    bad: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReadList:
    """The rows of a file, and the cells that cannot be read."""

    rows: tuple[ReadRow, ...]
    problems: tuple[BadCell, ...]


def read_rows(
    rows: Sequence[Row],
    columns: Sequence[Column],
    *,
    titles: Mapping[str, str],
    token_title: str = "",
    exported: Sequence[str] = (),
) -> ReadList:
    """Read the rows of a file.

    Args:
        rows: As the file has them.
        columns: Those of the list.
        titles: Title in the file of each column it has, by name.
        token_title: Title of the column of tokens; empty when the file has none.
        exported: Names of the columns of the export, in the order of the prints.
    """
    by_name = {column.name: column for column in columns}
    problems: list[BadCell] = []
    read: list[ReadRow] = []
    seen: set[str] = set()
    for row in rows:
        text = to_text(row.cells.get(token_title)).strip() if token_title else ""
        if text == TOTAL_KEY:
            continue
        if row.overflow:
            reason = "La ligne a plus de cellules que de titres : retirez le séparateur en trop."
            problems.append(BadCell(row.number, "", row.raw[:200], reason))
            continue
        found = _read_token(text, exported) if text else None
        if text and found is None:
            reason = (
                "La colonne cachée de la fin a été modifiée : exportez la liste de nouveau, ou "
                "videz cette cellule pour une nouvelle ligne."
            )
            problems.append(BadCell(row.number, token_title, text[:60], reason))
            continue
        key, prints = found or ("", {})
        if key in seen:
            key, prints = "", {}  # a row copied to make another one
        values: dict[str, str] = {}
        bad: set[str] = set()
        for name, title in titles.items():
            cell = row.cells.get(title)
            try:
                value = canonical(by_name[name], cell, ours=bool(token_title))
                if prints.get(name) != _print(name, value):
                    _refuse_rounded(by_name[name], value)
                values[name] = value
            except InvalidCellError as error:
                bad.add(name)
                held = to_text(cell)[:200]
                problems.append(BadCell(row.number, title, held, _sentence(error.reason)))
        if not key and not any(values.values()) and not bad:
            continue
        seen.add(key) if key else None
        read.append(ReadRow(row.number, key, prints, values, frozenset(bad)))
    return ReadList(tuple(read), tuple(problems))


def _refuse_rounded(column: Column, value: str) -> None:
    """Refuse a number kept as text that a spreadsheet has rounded: its digits are lost."""
    if column.kind is CellKind.TEXT and _SCIENTIFIC.fullmatch(value):
        raise InvalidCellError(value, _ROUNDED)


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}."


def compare(
    read: ReadList,
    columns: Sequence[Column],
    now: Mapping[str, Record],
    *,
    titles: Mapping[str, str],
    by_code: Mapping[str, str],
    exported_keys: Collection[str] = (),
) -> Differences:
    """What the rows of a file change.

    Args:
        read: The file.
        columns: Those of the list.
        now: The records behind the rows, by key.
        titles: Title in the file of each column it has, by name.
        by_code: Key of the record that has each code; a row without a token is the record of its
            code, and a blank cell of it says nothing.
        exported_keys: Keys the export had.
    """
    by_name = {column.name: column for column in columns}
    code = next((column.name for column in columns if column.is_code), "")
    problems = list(read.problems)
    changed: list[RowDifference] = []
    seen: dict[str, int] = {}
    unchanged = 0
    for row in read.rows:
        key = row.key or by_code.get(row.values.get(code, ""), "")
        name = key or f"code {row.values.get(code, '')}"
        if name in seen and (key or row.values.get(code)):
            title, value = titles.get(code, ""), row.values.get(code, "")
            reason = f"Cette ligne est la même que la ligne {seen[name]} : supprimez l'une."
            problems.append(BadCell(row.row, title, value, reason))
            continue
        seen[name] = row.row
        record = now.get(key) if key else None
        if key and record is None:
            reason = "Cette fiche n'existe plus dans cette société : supprimez la ligne."
            problems.append(
                BadCell(row.row, titles.get(code, ""), row.values.get(code, ""), reason)
            )
            continue
        fields, refused = _fields(row, record, by_name)
        problems += [
            BadCell(row.row, titles[one.name], one.new, by_name[one.name].why) for one in refused
        ]
        if fields:
            changed.append(RowDifference(row.row, key, tuple(fields)))
        elif not refused and not row.bad:
            unchanged += 1
    present = {*(row.key for row in read.rows), *seen}
    removed = tuple(key for key in exported_keys if key not in present)
    problems.sort(key=lambda problem: problem.row)
    return Differences(len(read.rows), tuple(changed), unchanged, removed, tuple(problems))


def _fields(
    row: ReadRow, record: Record | None, by_name: Mapping[str, Column]
) -> tuple[list[FieldDifference], list[FieldDifference]]:
    """Fields a row changes, and those it may not."""
    if record is None:
        return [
            FieldDifference(name, "", value)
            for name, value in row.values.items()
            if value and (by_name[name].editable or by_name[name].is_code)
        ], []
    found: list[FieldDifference] = []
    refused: list[FieldDifference] = []
    for name, value in row.values.items():
        column, old = by_name[name], record.values.get(name, "")
        if column.kind is CellKind.YES_NO and old:
            value = value or "non"  # noqa: PLW2901  an emptied answer is a no
        if value == old or _same_number(column, value, old):
            continue
        left = row.prints.get(name)
        if left is None:
            if not value:
                continue  # without a token, a blank cell says nothing
        elif _print(name, value) == left:
            continue  # as it left: whoever changed the record since keeps the last word
        one = FieldDifference(name, old, value, met=left is not None and _print(name, old) != left)
        (found if column.editable else refused).append(one)
    return found, refused


def _same_number(column: Column, value: str, old: str) -> bool:
    """Whether a text lost only its first zeros, as spreadsheets do to a number kept as text."""
    if column.kind is not CellKind.TEXT or not (value.isdecimal() and old.isdecimal()):
        return False
    return len(value) < len(old) and value.lstrip("0") == old.lstrip("0")
