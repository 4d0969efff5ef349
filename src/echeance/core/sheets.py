"""Lists written for a spreadsheet: typed cells, titles that stay, filters, totals as formulas.

The last column is hidden: it holds the tokens by which :mod:`echeance.core.roundtrip` recognises
the rows when the file comes back.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from echeance.core.roundtrip import (
    TOTAL_KEY,
    CellKind,
    Column,
    Record,
    cell_of,
    token,
)
from echeance.core.tabular import MAX_ROWS, TableTooLargeError, write_csv

_LOCKED = "#f2f2f2"
_HEAD = "#dde6ef"


def write_list(
    columns: Sequence[Column], records: Sequence[Record], *, stamp: str, title: str, kind: str
) -> bytes:
    """A list as a file that can be edited and imported back.

    Args:
        columns: In the order of the file.
        records: One a row.
        stamp: Title of the column of tokens, see :func:`echeance.core.roundtrip.stamp`.
        title: Name of the sheet.
        kind: ``xlsx`` or ``csv``. CSV has neither totals nor types: a spreadsheet that opens it
            drops the first zeros of codes, which the reading back allows for.

    Raises:
        TableTooLargeError: More rows than can be read back.
    """
    if len(records) > MAX_ROWS:
        raise TableTooLargeError(title, f"{MAX_ROWS} lignes")
    if kind == "csv":
        return write_csv(
            [*(column.title for column in columns), stamp],
            [
                [
                    *(cell_of(column, record.values.get(column.name, "")) for column in columns),
                    token(columns, record),
                ]
                for record in records
            ],
        )
    return _write_xlsx(columns, records, stamp, title)


def _write_xlsx(
    columns: Sequence[Column], records: Sequence[Record], stamp: str, title: str
) -> bytes:
    import xlsxwriter
    from xlsxwriter.utility import xl_rowcol_to_cell

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet(_sheet_name(title))
        head = workbook.add_format({"bold": True, "bg_color": _HEAD, "text_wrap": True})
        formats = [workbook.add_format(_format(column)) for column in columns]
        last, width = len(records), len(columns)
        sheet.freeze_panes(1, 1)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width, formats[place])
            sheet.write_string(0, place, column.title, head)
            if column.why:
                sheet.write_comment(0, place, column.why)
            if column.kind is CellKind.CHOICE and last and column.choices:
                _offer(sheet.data_validation, 1, place, last, list(column.choices))
            if column.kind is CellKind.YES_NO and last:
                _offer(sheet.data_validation, 1, place, last, ["oui", "non"])
        sheet.set_column(width, width, 4, None, {"hidden": True})
        sheet.write_string(0, width, stamp, head)
        for index, record in enumerate(records, start=1):
            for place, column in enumerate(columns):
                cell = cell_of(column, record.values.get(column.name, ""))
                if isinstance(cell, Decimal):
                    sheet.write_number(index, place, cell, formats[place])
                elif isinstance(cell, date):
                    sheet.write_datetime(index, place, cell, formats[place])
                elif cell is not None:
                    # Never ``write``: a text that begins like a formula stays a text.
                    sheet.write_string(index, place, str(cell), formats[place])
            sheet.write_string(index, width, token(columns, record))
        sheet.autofilter(0, 0, max(last, 1), width)
        summed = [place for place, column in enumerate(columns) if column.total]
        if summed and last:
            row = last + 2  # a blank row between: a sort of the list leaves the totals alone
            bold = workbook.add_format({"bold": True, "top": 1})
            if 0 not in summed:
                sheet.write_string(row, 0, "Total", bold)
            for place in summed:
                form = workbook.add_format({**_format(columns[place]), "bold": True, "top": 1})
                first, end = xl_rowcol_to_cell(1, place), xl_rowcol_to_cell(last, place)
                name = columns[place].name
                value = sum((Decimal(one.values.get(name) or 0) for one in records), Decimal(0))
                formula = f"=SUBTOTAL(9,{first}:{end})"
                sheet.write_formula(row, place, formula, form, value)
            sheet.write_string(row, width, TOTAL_KEY)
    return buffer.getvalue()


def _sheet_name(title: str) -> str:
    return "".join(char for char in title if char not in "[]:*?/\\")[:31] or "Liste"


def _format(column: Column) -> dict[str, object]:
    form: dict[str, object] = {"bg_color": _LOCKED} if not column.editable else {}
    match column.kind:
        case CellKind.NUMBER:
            form["num_format"] = "#,##0.00" if column.places == 2 else "#,##0.00####"
        case CellKind.DATE:
            form["num_format"] = "dd/mm/yyyy"
        case CellKind.LONG_TEXT:
            form |= {"num_format": "@", "text_wrap": True}
        case _:
            form["num_format"] = "@"  # a code typed with zeros keeps them
    return form


def _offer(validate: object, first: int, place: int, last: int, labels: list[str]) -> None:
    """A list to choose from, where it fits the 255 characters a workbook allows."""
    source = [label for label in labels if label]
    if callable(validate) and len(",".join(source)) <= 255:
        options = {"validate": "list", "source": source, "error_type": "warning"}
        validate(first, place, last, place, options)
