"""Word models: checked before they are kept, filled in by a process of its own, bounded.

Source of the format: ECMA-376 part 2 (Open Packaging Conventions), read by docxtpl.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import threading
import weakref
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from echeance.core import typesetting_child
from echeance.core.letters import fields, word_child
from echeance.core.letters.errors import LetterModelError, WordRenderingError
from echeance.core.letters.model import LetterFacts, LetterInvoice, LetterSlice, merge_context

MODEL_BYTES_MAX: Final = 5_000_000
UNPACKED_BYTES_MAX: Final = 50_000_000
PARTS_MAX: Final = 500
SECONDS: Final = 15
TOO_LONG: Final = f"il n'a pas fini en {SECONDS} secondes"
TOO_MUCH: Final = "il demande trop de mémoire, ou trop de calcul"

_DOCUMENT: Final = "word/document.xml"
_MACRO: Final = re.compile(rb"macroEnabled", re.IGNORECASE)
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)
_RELATION: Final = re.compile(rb"<Relationship\b[^>]*>", re.IGNORECASE)
_EXTERNAL: Final = re.compile(rb"TargetMode\s*=\s*[\"']External[\"']", re.IGNORECASE)
_LINK: Final = re.compile(
    rb"Type\s*=\s*[\"'][^\"']*/relationships/hyperlink[\"'].*?"
    rb"|Target\s*=\s*[\"'](?:https?://|mailto:)[^\"']*[\"']",
    re.IGNORECASE,
)
_UNPRINTABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def sample_letter(language: str = "fr") -> LetterFacts:
    """A letter to nobody, to try a model on: two invoices, one in part disputed, three slices."""
    number, other = "FA-2026-00041", "FA-2026-00052"
    return LetterFacts(
        language=language,
        subject="Mise en demeure de payer" if language == "fr" else "Formal notice to pay",
        body=(
            "Madame, Monsieur,\n\nNos relances sont restées sans effet. Vous nous devez :\n\n"
            f"- Facture {number}\n- Facture {other}\n\n"
            "Nous vous mettons en demeure de régler ce total sous huit jours à compter de la "
            "réception de la présente."
            if language == "fr"
            else "Dear Sir or Madam,\n\nOur reminders have had no effect. You owe us:\n\n"
            f"- Invoice {number}\n- Invoice {other}\n\n"
            "We give you formal notice to pay this total within eight days of receiving this."
        ),
        client="Boulangerie Lefèvre & Fils",
        address=("Boulangerie Lefèvre & Fils", "3 place du Marché", "13001 MARSEILLE"),
        invoices=(
            LetterInvoice(
                number,
                date(2026, 8, 31),
                date(2026, 9, 30),
                55,
                Decimal("1200.00"),
                Decimal("1200.00"),
            ),
            LetterInvoice(
                other,
                date(2026, 9, 15),
                date(2026, 10, 15),
                40,
                Decimal("400.00"),
                Decimal("360.00"),
                Decimal("40.00"),
            ),
        ),
        slices=(
            LetterSlice(
                number, date(2026, 10, 1), 55, Decimal("1200.00"), Decimal("12.40"),
                Decimal("22.42"),
            ),
        ),
        interest=Decimal("22.42"),
        indemnity=Decimal("80.00"),
        on=date(2026, 11, 24),
        deadline=date(2026, 12, 2),
        company="Atelier Morel SAS",
        company_lines=("Atelier Morel SAS", "12 rue de la République", "69002 Lyon"),
        salutation="Madame, Monsieur" if language == "fr" else "Dear Sir or Madam",
        payment="Règlement par virement : IBAN FR76 3000 6000 0112 3456 7890 189",
        iban="FR7630006000011234567890189",
        signed_by="Camille Morel",
        signed_as="directrice financière" if language == "fr" else "finance director",
        reference="R12",
        file_code="C0012",
        place="Lyon",
    )  # fmt: skip


def check_word_model(content: bytes) -> frozenset[str]:
    """Refuse a Word file that is not safe, or that a letter cannot be made of.

    Returns:
        The fields it names.

    Raises:
        LetterModelError: All that is wrong: not a Word document, too large once unpacked, macros,
            embedded objects, content fetched from elsewhere, unknown fields, needed fields absent,
            a construct that is no field, loop or condition.
    """
    problems = list(_package_problems(content))
    if problems:
        raise LetterModelError(problems=" ; ".join(problems))
    with WordModel(content) as model:
        return model.fields


def _package_problems(content: bytes) -> Iterator[str]:
    if len(content) > MODEL_BYTES_MAX:
        yield f"le fichier dépasse {MODEL_BYTES_MAX // 1_000_000} Mo"
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            yield from _parts_problems(package)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError, EOFError):
        yield "ce n'est pas un document Word (.docx)"


def _parts_problems(package: zipfile.ZipFile) -> Iterator[str]:
    parts = package.infolist()
    names = {part.filename for part in parts}
    if _DOCUMENT not in names or "[Content_Types].xml" not in names:
        yield "ce n'est pas un document Word (.docx)"
        return
    if len(parts) > PARTS_MAX or len(names) != len(parts):
        yield f"il a plus de {PARTS_MAX} parties, ou deux fois la même"
        return
    # Unpacking stops at the size a part declares: their sum bounds what can come out.
    if sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
        yield f"déplié, il dépasse {UNPACKED_BYTES_MAX // 1_000_000} Mo"
        return
    lower = {name.lower() for name in names}
    if any("vbaproject" in name or "vbadata" in name for name in lower):
        yield "il contient des macros"
    if any("/embeddings/" in name or "/activex/" in name for name in lower):
        yield "il contient un objet incorporé"
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            read = package.read(part)
            if _DOCTYPE.search(read):
                yield "il contient une définition de type de document"
            if part.filename == "[Content_Types].xml" and _MACRO.search(read):
                yield "il est d'un type à macros : enregistrez-le en .docx"
            if part.filename.endswith(".rels") and any(_outside(read)):
                yield "il va chercher un contenu à l'extérieur (modèle, image ou objet lié)"


def _outside(relations: bytes) -> Iterator[bool]:
    """Relations to something outside; a plain link that a reader may click is none."""
    for found in _RELATION.findall(relations):
        if _EXTERNAL.search(found):
            yield len(_LINK.findall(found)) < 2


class WordModel:
    """A Word model ready to be filled in many times, in a process that can be ended.

    Use it as a context. For one thread.
    """

    def __init__(self, content: bytes) -> None:
        """Start the process and read the model there.

        Raises:
            LetterModelError: It cannot be filled in.
        """
        self._child = subprocess.Popen(  # noqa: S603  a fixed command line
            [sys.executable, "-I", str(Path(word_child.__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": ""},
        )
        weakref.finalize(self, _end, self._child)
        answer = self._ask(
            {
                "model": b64encode(content).decode(),
                "known": {one.name: list(one.columns) for one in fields.MERGE_FIELDS},
                "lists": [one.name for one in fields.MERGE_FIELDS if one.is_list],
                "sample": merge_context(sample_letter()),
            }
        )
        if answer is None:
            raise LetterModelError(problems=self._why)
        self.fields = frozenset(answer["fields"])
        problems = list(answer["problems"])
        if not problems:
            problems = [
                f"il ne contient pas le champ « {name} » : le client doit savoir quoi payer"
                for name in fields.needed_missing(self.fields)
            ]
        if problems:
            self.close()
            raise LetterModelError(problems=" ; ".join(problems))

    def __enter__(self) -> WordModel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        _end(self._child)

    def fill(self, facts: LetterFacts) -> bytes:
        """The letter as a Word document; texts are escaped, whatever they hold.

        Raises:
            WordRenderingError: It fails, takes too long, too much memory, or is too large.
        """
        answer = self._ask({"values": _printable(merge_context(facts))})
        if answer is None:
            raise WordRenderingError(reason=self._why)
        if "error" in answer:
            raise WordRenderingError(reason=answer["error"])
        return b64decode(answer["docx"])

    def _ask(self, frame: dict[str, Any]) -> dict[str, Any] | None:
        child = self._child
        assert child.stdin is not None, "it is piped"
        assert child.stdout is not None, "it is piped"
        late = threading.Event()

        def end() -> None:
            late.set()
            child.kill()

        timer = threading.Timer(SECONDS, end)
        timer.start()
        try:
            typesetting_child.write_frame(child.stdin, frame)
            answer = typesetting_child.read_frame(child.stdout)
        except (OSError, ValueError):
            answer = None
        finally:
            timer.cancel()
        if answer is None:
            self._why = TOO_LONG if late.is_set() else TOO_MUCH
            self.close()
        return answer

    _why: str = TOO_MUCH


def _printable(value: Any) -> Any:
    """The same values without characters that XML cannot hold; breaks stay lines."""
    match value:
        case str():
            return _UNPRINTABLE.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
        case list():
            return [_printable(one) for one in value]
        case dict():
            return {key: _printable(one) for key, one in value.items()}
        case _:
            return value


def _end(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                continue
    child.wait()


def starting_model(language: str = "fr") -> bytes:
    """A Word model with every part of a letter, to start from. Needs python-docx."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    words = _STARTING[language]
    document = Document()
    section = document.sections[0]
    section.page_height, section.page_width = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin, section.bottom_margin = Mm(20), Mm(24)
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(10)
    document.add_paragraph().add_run("{{ societe }}").bold = True
    document.add_paragraph("{%p for ligne in adresse %}")
    line = document.add_paragraph("{{ ligne }}")
    line.paragraph_format.left_indent = Mm(86)
    line.paragraph_format.space_after = Pt(0)
    document.add_paragraph("{%p endfor %}")
    for text in words["head"]:
        document.add_paragraph(text)
    document.add_paragraph().add_run(words["subject"]).bold = True
    for text in words["before"]:
        document.add_paragraph(text)
    table = document.add_table(rows=4, cols=5)
    table.style = "Table Grid"
    for place, text in enumerate(words["columns"]):
        table.cell(0, place).paragraphs[0].add_run(text).bold = True
    table.cell(1, 0).text = "{%tr for facture in factures %}"
    cells = ("numero", "date", "echeance", "jours", "solde")
    for place, name in enumerate(cells):
        table.cell(2, place).text = f"{{{{ facture.{name} }}}}"
    table.cell(3, 0).text = "{%tr endfor %}"
    for rank in range(4):
        table.cell(rank, 4).paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph()
    document.add_paragraph().add_run(words["total"]).bold = True
    for text in words["after"]:
        document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


_STARTING: Final[dict[str, dict[str, Any]]] = {
    "fr": {
        "head": ("Le {{ jour }}", "Nos références : {{ reference }} · {{ dossier }}"),
        "subject": "Objet : {{ objet }}",
        "before": ("{{ civilite }},", "Au {{ jour }}, vous nous devez :"),
        "columns": ("Facture", "Date", "Échéance", "Jours de retard", "Reste dû"),
        "total": "Total à régler : {{ total }}",
        "after": (
            "Nous vous demandons de régler ce total au plus tard le {{ delai }}.",
            "{{ reglement }}",
            "{{ signataire }}",
            "{{ qualite }}",
        ),
    },
    "en": {
        "head": ("{{ jour }}", "Our reference: {{ reference }} · {{ dossier }}"),
        "subject": "Subject: {{ objet }}",
        "before": ("{{ civilite }},", "On {{ jour }} you owe us:"),
        "columns": ("Invoice", "Date", "Due", "Days late", "Outstanding"),
        "total": "Total to pay: {{ total }}",
        "after": (
            "Please pay this total by {{ delai }} at the latest.",
            "{{ reglement }}",
            "{{ signataire }}",
            "{{ qualite }}",
        ),
    },
}
