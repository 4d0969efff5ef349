"""Dossier de recouvrement: one ZIP that another person can read without us.

Pieces are written one at a time, so memory is that of the largest; the same facts and pieces give
the same bytes. Names inside are plain ASCII in one level of folders: nothing can be unpacked
elsewhere.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Final

from echeance.core.money import ZERO, format_amount
from echeance.core.tabular import write_csv

_FIXED: Final = (1980, 1, 1, 0, 0, 0)
_NAME_MAX: Final = 80
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_STORED: Final = (".pdf", ".zip", ".docx", ".xlsx", ".jpg", ".jpeg", ".png")


@dataclass(frozen=True, slots=True)
class BundleClaim:
    """A debt of the file.

    Attributes:
        amount: As invoiced, with VAT.
        principal: What is left of it.
        interest: Late interest not paid, nor claimed by a note of its own.
        indemnity: The 40 € of its document, on one of its lines only.
        last_day: Last day to sue; ``None`` while proceedings run.
    """

    number: str
    document_date: date
    due_date: date
    amount: Decimal
    principal: Decimal
    interest: Decimal = ZERO
    indemnity: Decimal = ZERO
    last_day: date | None = None

    @property
    def total(self) -> Decimal:
        """All that is claimed for it."""
        return self.principal + self.interest + self.indemnity


@dataclass(frozen=True, slots=True)
class BundleSlice:
    """A line of the computation of interest: base × rate × days / 365."""

    number: str
    start: date
    days: int
    base: Decimal
    rate_percent: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class BundleEvent:
    """A line of the chronology."""

    on: date
    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the dossier; its bytes are asked for when it is written.

    Attributes:
        folder: One of the folders of the dossier.
        name: Any name: it is made safe and unique.
        label: What it is, in French.
        load: Gives the bytes.
    """

    folder: str
    name: str
    label: str
    load: Callable[[], bytes] = field(repr=False)
    on: date | None = None


@dataclass(frozen=True, slots=True)
class BundleFacts:
    """What the dossier says.

    Attributes:
        creditor, debtor: Lines: name, identifier, address.
        missing: What a judge or an agency will ask for and the record lacks, in French.
        collector_csv: Adds the list of debts that agencies import.
    """

    title: str
    on: date
    creditor: tuple[str, ...]
    debtor: tuple[str, ...]
    claims: tuple[BundleClaim, ...]
    slices: tuple[BundleSlice, ...] = ()
    events: tuple[BundleEvent, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    collector_csv: bool = False

    @property
    def total(self) -> Decimal:
        """All that is claimed."""
        return sum((claim.total for claim in self.claims), ZERO)


@dataclass(frozen=True, slots=True)
class WrittenPiece:
    """A piece as it lies in the dossier."""

    path: str
    label: str
    on: date | None
    size: int
    sha256: str


def safe_name(text: str) -> str:
    r"""A file name that any system takes, and that cannot leave its folder.

    >>> safe_name("../../étc/pâssé n° 12.pdf"), safe_name("..."), safe_name("a\\b:c")
    ('etc-passe-n-12.pdf', 'piece', 'a-b-c')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = _UNSAFE.sub("-", plain).strip("-.")
    stem, dot, extension = name.rpartition(".")
    if dot and len(extension) <= 5:
        return f"{stem.strip('-.')[: _NAME_MAX - 6] or 'piece'}.{extension}"
    return name[:_NAME_MAX] or "piece"


def write_bundle(
    file: IO[bytes], facts: BundleFacts, pieces: Iterable[Piece]
) -> list[WrittenPiece]:
    """Write the dossier into a file, piece by piece.

    Returns:
        What was written, in order, the index and the notice left out.
    """
    written: list[WrittenPiece] = []
    taken: set[str] = set()
    with zipfile.ZipFile(file, "w") as archive:
        for piece in pieces:
            content = piece.load()
            path = _free(f"{safe_name(piece.folder)}/{safe_name(piece.name)}", taken)
            _add(archive, path, content)
            written.append(
                WrittenPiece(
                    path, piece.label, piece.on, len(content), hashlib.sha256(content).hexdigest()
                )
            )
        if facts.collector_csv:
            _add(archive, "creances.csv", collector_csv(facts))
        _add(archive, "EMPREINTES.sha256", _sums(written))
        _add(archive, "index.xlsx", write_index(facts, written))
        _add(archive, "LISEZMOI.txt", _notice(facts, written))
    return written


def _free(path: str, taken: set[str]) -> str:
    stem, dot, extension = path.rpartition(".")
    if not dot or "/" in extension:
        stem, dot, extension = path, "", ""
    found, rank = path, 2
    while found.casefold() in taken:
        found = f"{stem}-{rank}{dot}{extension}"
        rank += 1
    taken.add(found.casefold())
    return found


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, date_time=_FIXED)
    stored = name.lower().endswith(_STORED)
    info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    archive.writestr(info, content)


def _sums(written: Sequence[WrittenPiece]) -> bytes:
    return "".join(f"{one.sha256}  {one.path}\n" for one in written).encode("ascii")


def collector_csv(facts: BundleFacts) -> bytes:
    """The debts as a list that collection agencies import."""
    return write_csv(
        ["Débiteur", "Facture", "Date", "Échéance", "Montant TTC", "Reste dû", "Intérêts",
         "Indemnité", "Total"],
        [
            [facts.debtor[0] if facts.debtor else "", one.number, one.document_date, one.due_date,
             one.amount, one.principal, one.interest, one.indemnity, one.total]
            for one in facts.claims
        ],
    )  # fmt: skip


def write_index(facts: BundleFacts, written: Sequence[WrittenPiece]) -> bytes:
    """The workbook: cover, debts, interest, pieces with their hash, chronology, what is missing."""
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties(
            {"title": facts.title, "created": datetime(facts.on.year, facts.on.month, facts.on.day)}  # noqa: DTZ001  a workbook has no zone
        )
        bold = book.add_format({"bold": True})
        head = book.add_format({"bold": True, "bg_color": "#dde6ef"})
        euros = book.add_format({"num_format": "#,##0.00"})
        days = book.add_format({"num_format": "dd/mm/yyyy"})

        def table(name: str, titles: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for place, title in enumerate(titles):
                sheet.write_string(0, place, title, head)
                sheet.set_column(place, place, max(14, len(title) + 2))
            for rank, row in enumerate(rows, 1):
                for place, cell in enumerate(row):
                    if isinstance(cell, Decimal):
                        sheet.write_number(rank, place, cell, euros)
                    elif isinstance(cell, int):
                        sheet.write_number(rank, place, cell)
                    elif isinstance(cell, date):
                        sheet.write_datetime(rank, place, cell, days)
                    elif cell:
                        sheet.write_string(rank, place, str(cell)[:32_000])

        cover = book.add_worksheet("Dossier")
        cover.set_column(0, 0, 26)
        cover.set_column(1, 1, 60)
        lines = [
            (facts.title, ""),
            ("Établi le", f"{facts.on:%d/%m/%Y}"),
            ("Créancier", ", ".join(facts.creditor)),
            ("Débiteur", ", ".join(facts.debtor)),
            ("Reste dû", format_amount(sum((one.principal for one in facts.claims), ZERO))),
            ("Intérêts de retard", format_amount(sum((c.interest for c in facts.claims), ZERO))),
            (
                "Indemnités de 40 €",
                format_amount(sum((one.indemnity for one in facts.claims), ZERO)),
            ),
            ("Total réclamé", format_amount(facts.total)),
            ("Pièces", str(len(written))),
            *((("Manque", line)) for line in facts.missing),
            *((("Remarque", line)) for line in facts.notes),
        ]
        for rank, (label, text) in enumerate(lines):
            cover.write_string(rank, 0, label, bold)
            cover.write_string(rank, 1, text)
        table(
            "Créances",
            ("Facture", "Date", "Échéance", "Montant TTC", "Reste dû", "Intérêts", "40 €", "Total",
             "Prescription"),
            (
                (one.number, one.document_date, one.due_date, one.amount, one.principal,
                 one.interest, one.indemnity, one.total, one.last_day)
                for one in facts.claims
            ),
        )  # fmt: skip
        table(
            "Intérêts",
            ("Facture", "À compter du", "Jours", "Base", "Taux %", "Intérêts"),
            (
                (one.number, one.start, one.days, one.base, one.rate_percent, one.amount)
                for one in facts.slices
            ),
        )
        table(
            "Pièces",
            ("Fichier", "Pièce", "Date", "Octets", "SHA-256"),
            ((one.path, one.label, one.on, one.size, one.sha256) for one in written),
        )
        table(
            "Chronologie",
            ("Date", "Fait", "Détail"),
            ((one.on, one.what, one.detail) for one in facts.events),
        )
    return buffer.getvalue()


def _notice(facts: BundleFacts, written: Sequence[WrittenPiece]) -> bytes:
    lines = [
        facts.title,
        f"Établi le {facts.on:%d/%m/%Y}",
        "",
        "Créancier : " + ", ".join(facts.creditor),
        "Débiteur : " + ", ".join(facts.debtor),
        f"Total réclamé : {format_amount(facts.total)} pour {len(facts.claims)} échéance(s).",
        "",
        (
            "index.xlsx : la liste des créances, le calcul des intérêts, les pièces et leur "
            "empreinte, la chronologie."
        ),
        "EMPREINTES.sha256 : de quoi vérifier chaque pièce (sha256sum -c EMPREINTES.sha256).",
        "",
        "Pièces :",
        *(f"  {one.path} : {one.label}" for one in written),
        "",
        *(f"Manque : {line}" for line in facts.missing),
        *facts.notes,
        "",
    ]
    return "\r\n".join(lines).encode("utf-8")
