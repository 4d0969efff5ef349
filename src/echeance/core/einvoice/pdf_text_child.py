"""Reads the text of a PDF in a process of its own: started by ``core.einvoice.pdf_text`` only.

Forms that draw forms can ask for any amount of time, and the reader is native code. The process
gives itself a ceiling of memory and of processor time first; a hostile file ends it and nobody
else.

Input: the file on standard input; the pages and characters allowed as arguments. Output: a JSON
array, one text a page, what is typed into its form fields after what is printed. Exit status: 0
read, 3 not a PDF that can be read.
"""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Iterator
from typing import Any

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 10
NOT_A_PDF = 3
MAX_FIELDS = 2000


def limit() -> None:
    """Bound this process, where the system can (not on Windows)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def chosen(count: int, most: int) -> list[int]:
    """Which pages to read: all, or the first and the last ones, where invoices say their totals.

    >>> chosen(3, 4), chosen(9, 4)
    ([0, 1, 2], [0, 1, 7, 8])
    """
    pages = range(count)
    return [*pages] if count <= most else [*pages[: most // 2], *pages[-(most // 2) :]]


def fields(page: Any, raw: Any) -> Iterator[str]:
    """The values typed into the form fields of a page."""
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), MAX_FIELDS)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        size = raw.FPDFAnnot_GetStringValue(annotation, b"V", None, 0)
        if 2 < size < 10_000:
            buffer = ctypes.create_string_buffer(size)
            raw.FPDFAnnot_GetStringValue(
                annotation, b"V", ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size
            )
            yield buffer.raw[: size - 2].decode("utf-16-le", "ignore")
        raw.FPDFPage_CloseAnnot(annotation)


def main(max_pages: int, max_characters: int) -> int:
    """Copy the texts from standard input to standard output; the exit status."""
    import pypdfium2
    from pypdfium2 import raw

    limit()
    texts = []
    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
        for number in chosen(len(document), max_pages):
            page = document[number]
            reader = page.get_textpage()
            count = min(reader.count_chars(), max_characters)
            max_characters -= count
            printed = reader.get_text_range(0, count) if count else ""
            texts.append("\n".join([printed, *fields(page, raw)]))
            page.close()
    except pypdfium2.PdfiumError:
        return NOT_A_PDF
    sys.stdout.buffer.write(json.dumps(texts).encode())
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
