"""Typesetting of documents with Typst: data in, PDF/A-3 out, the same bytes for the same data.

The template sees nothing but its own folder, a private one: no file of the machine, no system
font, no package from the network.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import unicodedata
import weakref
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

from echeance.core.errors import EcheanceError, Kind

# PDF/A-3a and PDF/UA-1: archivable, tagged, readable aloud, and able to carry the XML.
STANDARDS: Final = ("a-3a", "ua-1")

_SUBSTITUTE: Final = "□"
_UNCOVERED: Final = re.compile(r'the text `"(.+?)"` could not be displayed')
_MAIN: Final = b"""\
#include "template.typ"
#for file in json(bytes(sys.inputs.attachments)) {
  pdf.attach(file.name,
    if file.kept == "" { bytes(file.text) } else { read(file.kept, encoding: none) },
    relationship: file.relationship, mime-type: file.mime_type, description: file.description)
}
"""


@dataclass(eq=False)
class TemplateError(EcheanceError):
    """The template does not compile, or compiles with a warning."""

    code = "typesetting.template"
    kind = Kind.INVALID
    message = (
        "Le modèle de document ne peut pas être composé : {reason}. Corrigez le modèle, ou "
        "revenez au modèle de la maison."
    )

    reason: str
    line: int = 0
    """Line of the template, when the fault has one."""


@dataclass(frozen=True, slots=True)
class TextAttachment:
    """A text file carried by the PDF.

    ``relationship`` is Typst's word for ``AFRelationship``: ``source``, ``data``,
    ``alternative`` or ``supplement``.
    """

    name: str
    text: str
    relationship: str = "alternative"
    mime_type: str = "text/xml"
    description: str = ""


@dataclass(frozen=True, slots=True)
class FileAttachment:
    """A file of any kind carried by the PDF."""

    name: str
    content: bytes = field(repr=False)
    mime_type: str
    relationship: str = "supplement"
    description: str = ""


class Typesetter:
    """One template with its fonts and images, ready to render many documents.

    Keep it: loading the fonts costs more than a page. It is for one thread.
    """

    def __init__(
        self,
        template: str,
        *,
        font_paths: Sequence[Path] = (),
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        """Prepare a template.

        Args:
            template: Source of the Typst template; it reads its data with
                ``json(bytes(sys.inputs.data))``.
            font_paths: Folders or files of TTF or OTF fonts. Typst's own (Libertinus Serif,
                DejaVu Sans Mono) come after them.
            files: What the template may open, by name: the logo.
        """
        import typst

        root = Path(mkdtemp(prefix="echeance-typst-"))
        weakref.finalize(self, shutil.rmtree, root, ignore_errors=True)
        self._root = root
        (root / "main.typ").write_bytes(_MAIN)
        (root / "template.typ").write_text(template, encoding="utf-8")
        for name, content in (files or {}).items():
            (root / Path(name).name).write_bytes(content)
        fonts = typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=True,
            font_paths=[str(path) for path in font_paths],
        )
        self.font_families = tuple(fonts.families())
        self._error = typst.TypstError
        self._uncovered: set[str] = set()
        nowhere = str(root / "packages")
        self._compiler = typst.Compiler(
            input=str(root / "main.typ"),
            root=str(root),
            font_paths=fonts,
            package_path=nowhere,
            package_cache_path=nowhere,
        )

    def render(
        self,
        data: Mapping[str, Any],
        *,
        timestamp: datetime,
        attachments: Iterable[TextAttachment | FileAttachment] = (),
    ) -> bytes:
        """Render one document.

        Texts are composed (NFC); a character that no font has is printed as □ rather than
        stopping the document: the attached files keep it as it is.

        Args:
            data: JSON values only: texts, whole numbers, booleans, lists, dictionaries.
            timestamp: Aware; the creation date of the PDF, hence part of its bytes.
            attachments: Files the PDF carries.

        Raises:
            TemplateError: The template fails or warns.
        """
        text = unicodedata.normalize("NFC", json.dumps(data, ensure_ascii=False))
        kept: list[Path] = []
        try:
            files = json.dumps([self._attached(item, kept) for item in attachments])
            return self._compile(text, files, timestamp)
        finally:
            for path in kept:
                path.unlink()

    def _attached(self, item: TextAttachment | FileAttachment, kept: list[Path]) -> dict[str, str]:
        """What the main file is told of an attachment; the bytes of a file go to the folder.

        Its name there is that of its content: the compiler may remember what it has read.
        """
        name = ""
        if isinstance(item, FileAttachment):
            name = f"{hashlib.sha256(item.content).hexdigest()}.joined"
            path = self._root / name
            if path not in kept:
                path.write_bytes(item.content)
                kept.append(path)
        return {
            "name": item.name,
            "text": item.text if isinstance(item, TextAttachment) else "",
            "kept": name,
            "relationship": item.relationship,
            "mime_type": item.mime_type,
            "description": item.description,
        }

    def _compile(self, text: str, files: str, timestamp: datetime) -> bytes:
        while True:
            substitutions = dict.fromkeys(map(ord, self._uncovered), _SUBSTITUTE)
            inputs = {"data": text.translate(substitutions), "attachments": files}
            try:
                pdf, warnings = self._compiler.compile_with_warnings(
                    format="pdf",
                    sys_inputs=inputs,
                    pdf_standards=list(STANDARDS),
                    timestamp=timestamp.replace(microsecond=0),  # Typst counts seconds
                )
            except self._error as error:
                # Typst is the judge of coverage: what it names is what no font has.
                found = set("".join(_UNCOVERED.findall(error.diagnostic))) - {_SUBSTITUTE}
                if not found - self._uncovered:
                    raise _refusal(error.message, error.diagnostic) from error
                self._uncovered |= found
                continue
            if warnings:
                raise _refusal(warnings[0].message, getattr(warnings[0], "diagnostic", ""))
            assert isinstance(pdf, bytes)
            return pdf


_PLACE: Final = re.compile(r"template\.typ:(\d+):\d+")


def _refusal(message: str, diagnostic: str) -> TemplateError:
    """The fault with its line: the first place named that is in the template."""
    place = _PLACE.search(diagnostic)
    # The folder is a private one, whose name says nothing to who reads.
    message = re.sub(r" \(searched at [^)]*\)", "", message)
    return TemplateError(message, int(place[1]) if place else 0)
