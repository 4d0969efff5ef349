"""PDF of a Word letter by LibreOffice, where the machine has it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from echeance.core.letters.errors import WordRenderingError

SECONDS: Final = 60
PROGRAM: Final = "soffice"


def is_available() -> bool:
    """Whether Word files can be turned into PDF on this machine."""
    return shutil.which(PROGRAM) is not None


def pdf_of(document: bytes) -> bytes:
    """The PDF of a Word document, as LibreOffice sets it, in a process of its own.

    Raises:
        WordRenderingError: It fails or takes more than a minute.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        raise WordRenderingError(reason="LibreOffice n'est pas installé")
    with TemporaryDirectory(prefix="echeance-word-") as folder:
        source = Path(folder, "lettre.docx")
        source.write_bytes(document)
        command = [
            program, "--headless", "--norestore", "--safe-mode",
            f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to", "pdf", "--outdir", folder, str(source),
        ]  # fmt: skip
        try:
            subprocess.run(  # noqa: S603  a fixed command line, a file of ours
                command, capture_output=True, timeout=SECONDS, check=True, cwd=folder
            )
            return Path(folder, "lettre.pdf").read_bytes()
        except (OSError, subprocess.SubprocessError) as error:
            raise WordRenderingError(reason="LibreOffice n'a pas fini") from error
