"""Reads the first sheet of a workbook in a process of its own: started by ``core.tabular`` only.

A workbook is a compressed archive whose one far cell or repeated row can ask for any amount of
memory, and the reader is native code. The process gives itself a ceiling of memory and of
processor time first; a hostile file ends it and nobody else.

Input: the file on standard input; the rows and characters allowed as arguments. Output: one JSON
array a row, each cell ``null`` or a text whose first letter is its type: ``s`` text, ``n`` number,
``d`` date, ``t`` date and time. Exit status: 0 read, 3 not a workbook, 4 too large.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import date, datetime, time, timedelta

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 60
NOT_A_WORKBOOK = 3
TOO_LARGE = 4


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


def main(max_rows: int, max_characters: int) -> int:
    """Copy the sheet from standard input to standard output; the exit status."""
    from python_calamine import CalamineError, CalamineWorkbook

    limit()
    content = sys.stdin.buffer.read()
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False, nrows=max_rows + 1)
    except MemoryError:
        return TOO_LARGE
    except (CalamineError, OSError, ValueError, IndexError):
        return NOT_A_WORKBOOK
    written = 0
    for row in rows:
        line = json.dumps([encode(cell) for cell in row], ensure_ascii=False)
        written += len(line)
        if written > max_characters:
            return TOO_LARGE
        sys.stdout.buffer.write(line.encode() + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
