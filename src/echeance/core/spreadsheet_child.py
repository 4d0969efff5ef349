"""Reads the first sheet of a workbook in a process of its own: started by ``core.tabular`` only.

A workbook is a compressed archive whose one far cell or repeated row can ask for any amount of
memory, and the reader is native code. The process gives itself a ceiling of memory and of
processor time first; a hostile file ends it and nobody else.

Input: the file on standard input; the rows and characters allowed as arguments, then ``strict`` to
tell the cells that only look blank. Output: one JSON array a row, each cell ``null`` or a text
whose first letter is its type: ``s`` text, ``n`` number, ``d`` date, ``t`` date and time; when
strict, ``e`` an error or a formula that was never computed, ``m`` a cell merged into another. Exit
status: 0 read, 3 not a workbook, 4 too large.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from datetime import date, datetime, time, timedelta

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 60
NOT_A_WORKBOOK = 3
TOO_LARGE = 4
MAX_MERGED = 100_000


def limit() -> None:
    """Bound this process, where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def encode(cell: object) -> str | None:
    """One cell as typed text; numbers to the fifteen digits a spreadsheet keeps.

    >>> encode(0.1 + 0.2), encode(404833048.0), encode(date(2026, 1, 15)), encode("")
    ('n0.3', 'n404833048', 'd2026-01-15', None)
    """
    match cell:
        case None | "":
            return None
        case str():
            return "s" + cell
        case bool():
            return "s" + ("oui" if cell else "non")
        case datetime():
            return "t" + cell.isoformat() if cell.time() != time() else encode(cell.date())
        case date():
            return "d" + cell.isoformat()
        case time() | timedelta():
            return f"s{cell}"
        case _:
            return f"n{cell:.15g}"


def doubtful(content: bytes) -> dict[tuple[int, int], str]:
    """Cells of the first sheet of an XLSX that hold an error or a formula without its result.

    The reader gives both as blanks, which would pass for cells somebody emptied. Places are those
    of the reader: row and column from 0. An ODS file has none of it: its formulas are computed.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" not in names:
            return {}
        book = archive.read("xl/workbook.xml")
        links = archive.read("xl/_rels/workbook.xml.rels")
        first = re.search(rb"<(?:\w+:)?sheet\s[^>]*?\bid=\"([^\"]+)\"", book)
        if first is None:
            return {}
        target = ""
        for link in re.findall(rb"<Relationship\s[^>]*>", links):
            if b'Id="' + first[1] + b'"' in link:
                found = re.search(rb'Target="([^"]+)"', link)
                target = found[1].decode() if found else ""
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path not in names:
            return {}
        sheet = archive.read(path)
    if b"<f" not in sheet and b't="e"' not in sheet:
        return {}
    cells: dict[tuple[int, int], str] = {}
    for attributes, body in re.findall(rb"<c\s([^>]*[^/])>(.*?)</c>", sheet, re.DOTALL):
        value = re.search(rb"<v>([^<]*)</v>", body)
        if b't="e"' in attributes:
            text = value[1].decode("utf-8", "replace") if value else "#ERREUR"
        elif b"<f" in body and (value is None or not value[1]):
            text = "#FORMULE"
        else:
            continue
        place = re.search(rb'\br="([A-Z]{1,3})([0-9]{1,7})"', attributes)
        if place:
            column = 0
            for letter in place[1]:
                column = column * 26 + letter - 64
            cells[int(place[2]) - 1, column - 1] = text
    return cells


def followers(merged: list[tuple[tuple[int, int], tuple[int, int]]]) -> set[tuple[int, int]]:
    """Cells merged into another, the one that holds the value left out; bounded."""
    found: set[tuple[int, int]] = set()
    for (top, left), (bottom, right) in merged:
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                if (row, column) != (top, left):
                    found.add((row, column))
                if len(found) > MAX_MERGED:
                    return found
    return found


def main(max_rows: int, max_characters: int, *, strict: bool = False) -> int:
    """Copy the sheet from standard input to standard output; the exit status."""
    from python_calamine import CalamineError, CalamineWorkbook

    limit()
    content = sys.stdin.buffer.read()
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False, nrows=max_rows + 1)
        errors = doubtful(content) if strict else {}
        merged = followers(sheet.merged_cell_ranges or []) if strict else set()
    except MemoryError:
        return TOO_LARGE
    except (CalamineError, OSError, ValueError, IndexError, KeyError, zipfile.BadZipFile):
        return NOT_A_WORKBOOK
    written = 0
    for number, row in enumerate(rows):
        cells = [encode(cell) for cell in row]
        if errors or merged:
            for place, cell in enumerate(cells):
                if cell is None and (number, place) in merged:
                    cells[place] = "m"
                elif (number, place) in errors:
                    cells[place] = "e" + errors[number, place]
        line = json.dumps(cells, ensure_ascii=False)
        written += len(line)
        if written > max_characters:
            return TOO_LARGE
        sys.stdout.buffer.write(line.encode() + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), strict="strict" in sys.argv[3:]))
