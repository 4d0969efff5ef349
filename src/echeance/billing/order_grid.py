"""Orders typed or pasted in a grid: texts, read by the same rules as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.http import QueryDict

from echeance.billing.rules.intake import field_of
from echeance.billing.types import RejectedLineFacts
from echeance.core.tabular import write_csv

SOURCE: Final = "saisie"
MAX_ROWS: Final = 500
MAX_PASTED: Final = 200_000
BLANK_ROWS: Final = 5
COLUMNS: Final = {
    "customer": "client",
    "document": "commande",
    "order_date": "date",
    "item": "article",
    "name": "désignation",
    "quantity": "quantité",
    "unit_price": "prix unitaire",
    "vat_rate": "taux de TVA",
    "order_reference": "bon de commande",
}
"""Fields of the grid in their order, with the title a file would have."""
_LIKE_ABOVE: Final = ("customer", "document", "order_date", "order_reference")
_CELL_MAX: Final = 300


@dataclass(slots=True)
class GridRow:
    """A row of the grid as typed, and what is wrong with it."""

    cells: dict[str, str]
    problem: str = ""
    column: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing is typed."""
        return not any(self.cells.values())


@dataclass(slots=True)
class Grid:
    """Rows typed or pasted.

    Attributes:
        unknown: Titles of what was pasted that name nothing here.
    """

    rows: list[GridRow]
    unknown: list[str] = field(default_factory=list)

    @property
    def filled(self) -> list[GridRow]:
        """Rows that hold something."""
        return [row for row in self.rows if not row.is_blank]


def blank_row() -> GridRow:
    """A row nobody typed in."""
    return GridRow(dict.fromkeys(COLUMNS, ""))


def new_grid() -> Grid:
    """An empty grid."""
    return Grid([blank_row() for _ in range(BLANK_ROWS)])


def read_grid(given: QueryDict) -> Grid:
    """The rows of a form; every field is posted as many times as there are rows."""
    columns = {name: given.getlist(name)[:MAX_ROWS] for name in COLUMNS}
    count = max(map(len, columns.values()), default=0)
    return Grid(
        [
            GridRow(
                {
                    name: values[place].strip()[:_CELL_MAX] if place < len(values) else ""
                    for name, values in columns.items()
                }
            )
            for place in range(count)
        ]
    )


def paste(grid: Grid, text: str) -> None:
    """Add what was copied from a spreadsheet: tabs between cells, with or without its titles.

    Without titles, the cells are those of the grid in their order. Blank rows at the end of the
    grid are filled first.
    """
    lines = [
        [cell.strip() for cell in line]
        for line in csv.reader(text[:MAX_PASTED].splitlines(), delimiter="\t")
    ]
    lines = [line for line in lines if any(line)]
    if not lines:
        return
    names: Sequence[str] = tuple(COLUMNS)
    known = [field_of(title) for title in lines[0]]
    if sum(name in COLUMNS for name in known) >= 2:
        names = known
        grid.unknown = [
            title
            for title, name in zip(lines[0], known, strict=True)
            if title and name not in COLUMNS
        ]
        lines = lines[1:]
    grid.rows = grid.filled
    for line in lines[: MAX_ROWS - len(grid.rows)]:
        row = blank_row()
        row.cells |= {
            name: cell[:_CELL_MAX]
            for name, cell in zip(names, line, strict=False)
            if name in COLUMNS
        }
        grid.rows.append(row)


def complete(grid: Grid) -> None:
    """A blank customer, order, day or purchase order is that of the row above."""
    above: dict[str, str] = {}
    for row in grid.filled:
        same = not row.cells["customer"] or row.cells["customer"] == above.get("customer")
        for name in _LIKE_ABOVE:
            if not row.cells[name] and above and same:
                row.cells[name] = above[name]
        above = row.cells


def as_file(grid: Grid) -> bytes:
    """The filled rows as the file they could have come in."""
    return write_csv(
        list(COLUMNS.values()),
        [[row.cells[name] or None for name in COLUMNS] for row in grid.filled],
    )


def mark(grid: Grid, rejected: Iterable[RejectedLineFacts]) -> None:
    """Put each problem beside its row: the first row of a file is its line 2."""
    rows = grid.filled
    titles = {title: name for name, title in COLUMNS.items()}
    for line in rejected:
        row = rows[line.row - 2]
        row.problem, row.column = line.reason, titles.get(line.column, "")
