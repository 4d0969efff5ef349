"""The request for an order to pay, as Word and as PDF, from the same blocks.

Source: CPC art. 54, 57, 1405 to 1408. What the law wants and the record lacks is listed by
:func:`missing_of`; nothing is written then. The debtor's court is that of its place (CPC art.
1406); which town that is, a person says.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from echeance.core.money import ZERO, format_amount
from echeance.core.recovery.bundle import BundleClaim

TAE_CITIES: Final = frozenset(
    {
        "auxerre", "avignon", "le havre", "le mans", "limoges", "lyon", "marseille", "nancy",
        "nanterre", "paris", "saint-brieuc", "versailles",
    }
)  # fmt: skip
"""Commercial courts named « tribunal des activités économiques » from 1 January 2025 to
31 December 2028 (to confirm before each filing)."""

_TEMPLATE: Final = """\
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", margin: 20mm, footer: context align(center,
  text(size: 8pt, fill: luma(90))[page #counter(page).display() / #counter(page).final().first()]))
#set text(size: 10.5pt, lang: "fr", font: "Libertinus Serif")
= #d.title
#for block in d.blocks {
  if block.heading != "" { heading(level: 2, block.heading) }
  for line in block.lines { par(line) }
}
#heading(level: 2, "Décompte")
#table(columns: (1fr, auto, auto, auto, auto, auto),
  align: (left, left, right, right, right, right),
  stroke: 0.5pt + luma(150), inset: 5pt,
  table.header(..d.titles.map(t => strong(t))),
  ..for row in d.rows { row })
#for line in d.closing { par(line) }
"""
_TITLES: Final = ("Facture", "Échéance", "Principal", "Intérêts", "40 €", "Total")


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """What a request says.

    Attributes:
        creditor, debtor: Lines: name, legal form, identifier, seat or domicile.
        represented_by: Who represents the creditor, and as what.
        court_city: Town of the court; the name of the court is drawn from it.
        is_commercial: The debtor trades or is a company: else the judicial court.
        grounds: Where the debt comes from, in a sentence.
        pieces: The list of what is joined, in order.
        made_at: Aware; creation date of the files.
    """

    on: date
    creditor: tuple[str, ...]
    debtor: tuple[str, ...]
    represented_by: str
    court_city: str
    is_commercial: bool
    grounds: str
    claims: tuple[BundleClaim, ...]
    pieces: tuple[str, ...]
    made_at: datetime
    costs: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """All that is asked, costs included."""
        return sum((claim.total for claim in self.claims), ZERO) + self.costs


def court_name(city: str, *, is_commercial: bool) -> str:
    """The court of a town.

    >>> court_name("Lyon", is_commercial=True), court_name("Dijon", is_commercial=True)
    ('Tribunal des activités économiques de Lyon', 'Tribunal de commerce de Dijon')
    """
    if not is_commercial:
        return f"Tribunal judiciaire de {city}"
    if city.casefold() in TAE_CITIES:
        return f"Tribunal des activités économiques de {city}"
    return f"Tribunal de commerce de {city}"


def missing_of(request: OrderRequest) -> list[str]:
    """What the request must say and does not, in French."""
    wanted = [
        (request.court_city, "la ville du tribunal du débiteur"),
        (request.represented_by, "qui représente le créancier, et sa qualité"),
        (request.grounds, "le fondement de la créance"),
        (len(request.creditor) >= 3, "l'adresse du créancier"),
        (len(request.debtor) >= 3, "l'adresse du débiteur"),
        (request.claims, "une créance"),
        (request.pieces, "une pièce justificative"),
    ]
    return [words for there, words in wanted if not there]


def write_pdf(request: OrderRequest) -> bytes:
    """The request as a PDF/A; the same request gives the same bytes."""
    from echeance.core.typesetting import Typesetter

    data = {
        "title": "Requête en injonction de payer",
        "blocks": [{"heading": heading, "lines": lines} for heading, lines in _blocks(request)],
        "titles": list(_TITLES),
        "rows": _rows(request.claims),
        "closing": _closing(request),
    }
    return Typesetter(_TEMPLATE).render(data, timestamp=request.made_at)


def write_word(request: OrderRequest) -> bytes:
    """The request as a Word document, to be amended; the same request gives the same bytes."""
    import docx

    document: Any = docx.Document()
    core = document.core_properties
    core.author, core.title = request.creditor[0], "Requête en injonction de payer"
    core.created = core.modified = request.made_at.replace(tzinfo=None)
    document.add_heading("Requête en injonction de payer", 0)
    for heading, lines in _blocks(request):
        document.add_heading(heading, 2)
        for line in lines:
            document.add_paragraph(line)
    document.add_heading("Décompte", 2)
    rows = [list(_TITLES), *_rows(request.claims)]
    table = document.add_table(rows=len(rows), cols=len(_TITLES))
    table.style = "Table Grid"
    for cells, row in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = text
    for line in _closing(request):
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return _same_each_time(buffer.getvalue())


def _same_each_time(content: bytes) -> bytes:
    """The package again with fixed dates inside."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(buffer, "w") as out:
        for name in given.namelist():
            info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(info, given.read(name))
    return buffer.getvalue()


def _blocks(request: OrderRequest) -> list[tuple[str, list[str]]]:
    court = court_name(request.court_city, is_commercial=request.is_commercial)
    return [
        ("À", [f"Monsieur ou Madame le Président du {court}"]),
        ("Créancier", [*request.creditor, f"Représenté par {request.represented_by}"]),
        ("Débiteur", list(request.debtor)),
        ("Fondement", [request.grounds]),
    ]


def _rows(claims: Sequence[BundleClaim]) -> list[list[str]]:
    return [
        [
            one.number, f"{one.due_date:%d/%m/%Y}", format_amount(one.principal),
            format_amount(one.interest), format_amount(one.indemnity), format_amount(one.total),
        ]
        for one in claims
    ]  # fmt: skip


def _closing(request: OrderRequest) -> list[str]:
    pieces = " ; ".join(f"{rank}. {piece}" for rank, piece in enumerate(request.pieces, 1))
    costs = f", dont {format_amount(request.costs)} de frais" if request.costs else ""
    return [
        (
            "Le créancier demande qu'il soit enjoint au débiteur de payer "
            f"{format_amount(request.total)}{costs}, intérêts arrêtés au "
            f"{request.on:%d/%m/%Y} et à courir jusqu'au paiement."
        ),
        f"Bordereau des pièces : {pieces}.",
        "Le créancier certifie que la somme réclamée est exacte et reste due.",
        f"Fait le {request.on:%d/%m/%Y}.        Signature :",
    ]
