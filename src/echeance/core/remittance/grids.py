"""Any advice as numbered lines of cells: text, CSV, mail in HTML, workbook, PDF. All bounded."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

from echeance.core import tabular
from echeance.core.remittance.errors import RemittanceTooLargeError, UnreadableRemittanceError
from echeance.core.tabular import Cell

MAX_BYTES = 10_000_000
MAX_LINES = 10_000
MAX_LINE_CHARACTERS = 500
MAX_CELLS = 60
_SPACES = re.compile(r" {2,}|\t")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number from 1, its cells (blank ones kept in place), and its whole text."""

    number: int
    cells: tuple[Cell, ...]
    text: str


def text_lines(text: str, filename: str) -> list[Line]:
    """Lines of a text, blanks left out, not cut into cells yet (one cell a line).

    Raises:
        RemittanceTooLargeError: Over ``MAX_LINES`` lines.
    """
    found = []
    for number, raw in enumerate(text.splitlines(), 1):
        if number > MAX_LINES:
            raise RemittanceTooLargeError(filename, f"{MAX_LINES} lignes")
        line = raw[:MAX_LINE_CHARACTERS].replace("\u00a0", " ").replace("\u202f", " ").rstrip()
        if line.strip():
            found.append(Line(number, (line,), line))
    return found


def cut(lines: Sequence[Line], delimiter: str) -> list[Line]:
    """Lines cut at a delimiter; ``" "`` stands for two blanks or more.

    Numbers are those of the text: a quoted cell never runs over lines here.
    """
    cells: list[list[str]]
    if delimiter == " ":
        cells = [_SPACES.split(line.text.strip()) for line in lines]
    else:
        cells = [_csv_cells(line.text, delimiter) for line in lines]
    return [
        Line(line.number, tuple(part.strip() or None for part in parts[:MAX_CELLS]), line.text)
        for line, parts in zip(lines, cells, strict=True)
    ]


def _csv_cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return text.split(delimiter)


def workbook_lines(content: bytes, filename: str) -> list[Line]:
    """Lines of the first sheet of a workbook, read in a process of its own.

    Raises:
        EcheanceError: Of ``core.tabular`` for what is no workbook or too heavy.
        RemittanceTooLargeError: Over ``MAX_LINES`` lines.
    """
    found: list[Line] = []
    for number, cells in tabular.workbook_lines(content, filename):
        if len(found) >= MAX_LINES:
            raise RemittanceTooLargeError(filename, f"{MAX_LINES} lignes")
        text = "  ".join(tabular.to_text(cell) for cell in cells if cell is not None)
        found.append(Line(number, tuple(cells[:MAX_CELLS]), text[:MAX_LINE_CHARACTERS]))
    return found


def pdf_text(content: bytes, filename: str) -> str:
    """The text layer of a PDF, read in a process of its own.

    Raises:
        EcheanceError: Of ``core.einvoice`` for a file with a password, damaged or too heavy.
        UnreadableRemittanceError: Made of images.
    """
    from echeance.core.einvoice import pdf_text as reader

    text = "\n".join(reader.page_texts(content, filename))
    if not text.strip():
        raise UnreadableRemittanceError(filename)
    return text


class _Rows(HTMLParser):
    """Text of a page: one line a table row, cells apart by tabs; a line break elsewhere."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.hidden = 0
        self.depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a row, a line, or what is not shown."""
        del attrs
        if tag in {"script", "style", "head"}:
            self.hidden += 1
        elif tag == "tr":
            self.depth += 1
            self.parts.append("\n")
        elif tag in {"br", "p", "div", "li"} and not self.depth:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Close a cell, a row, or what is not shown."""
        if tag in {"script", "style", "head"}:
            self.hidden = max(self.hidden - 1, 0)
        elif tag in {"td", "th"}:
            self.parts.append("\t")
        elif tag == "tr":
            self.depth = max(self.depth - 1, 0)
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep a text on one line."""
        if not self.hidden:
            self.parts.append(" ".join(data.split()) or " ")


def html_text(page: str) -> str:
    r"""The text of a mail in HTML, each row of a table on one line, cells apart by tabs.

    >>> html_text("<p>Bonjour</p><table><tr><td>FA1</td><td>12,00</td></tr></table>").split("\n")
    ['', 'Bonjour', 'FA1\t12,00\t', '']
    """
    rows = _Rows()
    rows.feed(page)
    return "".join(rows.parts)
