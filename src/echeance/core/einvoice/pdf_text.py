"""The text a PDF prints, from bytes nobody should trust."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from echeance.core.einvoice import pdf as pdfs
from echeance.core.einvoice import pdf_text_child
from echeance.core.einvoice.errors import DamagedPdfError, PdfTooHeavyError

MAX_PAGES: Final = 100
MAX_CHARACTERS: Final = 1_000_000
READ_SECONDS: Final = 20


def page_texts(content: bytes, filename: str = "") -> list[str]:
    """The text of each page, with what is typed into its fields; "" for a page of images.

    Beyond ``MAX_PAGES``, the first and the last ones.

    Raises:
        FileTooLargeError: More than ``pdf.MAX_PDF_BYTES``.
        EncryptedPdfError: It has a password, even an empty one.
        DamagedPdfError: It cannot be opened.
        PdfTooHeavyError: Its pages take more memory or time than an invoice may.
    """
    with pdfs.opened(content, filename):
        pass  # a file with a password or none at all is named before a process is started
    # Isolated mode, by path: nothing of the environment or of the project is imported there.
    command = [sys.executable, "-I", str(Path(pdf_text_child.__file__))]
    try:
        done = subprocess.run(  # noqa: S603  a fixed command line
            [*command, str(MAX_PAGES), str(MAX_CHARACTERS)],
            input=content,
            capture_output=True,
            timeout=READ_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PdfTooHeavyError(filename) from error
    if done.returncode == pdf_text_child.NOT_A_PDF:
        raise DamagedPdfError(filename)
    if done.returncode != 0:
        raise PdfTooHeavyError(filename)
    texts: list[str] = json.loads(done.stdout)
    return texts
