"""The declaration of a claim to the representative of the creditors, as PDF and as Word.

Sources: C. com. L622-24, L622-25 (amount at the day of the judgment, what is due and to come,
privileges), R622-23 (elements that prove it; interest whose course has not stopped).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from echeance.core.money import ZERO, format_amount

_TEMPLATE: Final = """\
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", margin: 18mm, footer: context align(center,
  text(size: 8pt, fill: luma(90))[#d.title · page #counter(page).display() /
    #counter(page).final().first()]))
#set text(size: 10pt, lang: "fr", font: "Libertinus Serif")
= #d.title
#v(2mm)
#grid(columns: (1fr, 1fr), gutter: 8mm,
  [*Créancier* \\ #for line in d.creditor [#line \\ ]],
  [*À* \\ #for line in d.representative [#line \\ ]])
#v(2mm)
*Débiteur* \\ #for line in d.debtor [#line \\ ]
#v(2mm)
#for line in d.opening [#line #parbreak()]
#table(columns: (auto, auto, auto, auto, auto, auto, auto),
  align: (left, left, left, right, right, right, right), stroke: 0.5pt + luma(150), inset: 4pt,
  table.header[*Facture*][*Date*][*Échéance*][*Principal TTC*][*Intérêts*][*Indemnité*][*Total*],
  ..for r in d.rows { (r.number, r.on, r.due, r.principal, r.interest, r.indemnity, r.total) })
#v(2mm)
#align(right)[*#d.total*]
#for line in d.closing [#line #parbreak()]
== Bordereau des pièces jointes
#for line in d.pieces [+ #line]
#v(6mm)
#d.signature
"""


@dataclass(frozen=True, slots=True)
class ClaimedDebt:
    """A debt of before the judgment.

    Attributes:
        principal: Its part of before the judgment, VAT included.
        after: Its part of after, which is not declared.
        interest: Accrued up to the judgment.
        indemnity: The 40 €, where they were due before it.
        secured: Privilege, guarantee or reservation of title; empty for an ordinary claim.
    """

    number: str
    on: date
    due_date: date
    principal: Decimal
    after: Decimal = ZERO
    interest: Decimal = ZERO
    indemnity: Decimal = ZERO
    secured: str = ""

    @property
    def total(self) -> Decimal:
        """Principal, interest and indemnity."""
        return self.principal + self.interest + self.indemnity


@dataclass(frozen=True, slots=True)
class ClaimForm:
    """A declaration.

    Attributes:
        creditor, debtor, representative: Lines: name, identifier, address.
        proceedings: French words.
        due_on: Last day to declare.
        made_at: Aware; creation date of the PDF, hence part of its bytes.
    """

    creditor: tuple[str, ...]
    debtor: tuple[str, ...]
    proceedings: str
    judgment_on: date
    published_on: date | None
    court: str
    representative: tuple[str, ...]
    due_on: date | None
    debts: tuple[ClaimedDebt, ...]
    made_on: date
    made_at: datetime
    place: str = ""

    @property
    def total(self) -> Decimal:
        """All that is declared."""
        return sum((one.total for one in self.debts), ZERO)

    @property
    def is_late(self) -> bool:
        """Whether its term is over: a relief is asked for first."""
        return self.due_on is not None and self.made_on > self.due_on


def opening_words(form: ClaimForm) -> list[str]:
    """Which proceedings, and under which law."""
    published = f", publié au BODACC le {form.published_on:%d/%m/%Y}" if form.published_on else ""
    court = f" par {form.court}" if form.court else ""
    lines = [
        (
            f"Procédure : {form.proceedings}, ouverte par jugement du "
            f"{form.judgment_on:%d/%m/%Y}{court}{published}."
        ),
        (
            "En application de l'article L. 622-24 du code de commerce, nous déclarons les "
            "créances ci-dessous, nées avant le jugement d'ouverture."
        ),
    ]
    if form.is_late and form.due_on:
        lines.append(
            f"Le délai de déclaration a expiré le {form.due_on:%d/%m/%Y} : nous demandons par "
            "ailleurs au juge-commissaire d'être relevés de la forclusion (article L. 622-26)."
        )
    return lines


def closing_words(form: ClaimForm) -> list[str]:
    """What the claim is, what it leaves out, and its certification."""
    secured = [one for one in form.debts if one.secured]
    lines = [
        f"{one.number} : {one.secured}, pour {format_amount(one.principal)}." for one in secured
    ]
    ordinary = sum((one.total for one in form.debts if not one.secured), ZERO)
    if ordinary:
        lines.append(f"À titre chirographaire : {format_amount(ordinary)}.")
    if any(one.interest for one in form.debts):
        lines.append(
            "Les intérêts de retard (article L. 441-10 du code de commerce) sont arrêtés au "
            "jugement d'ouverture (article L. 622-28)."
        )
    later = [one for one in form.debts if one.after]
    lines += [
        f"{one.number} : {format_amount(one.after)} de fournitures postérieures au jugement ne "
        "sont pas déclarés ; ils sont dus à leur échéance (article L. 622-17)."
        for one in later
    ]
    lines.append(
        f"Nous certifions sincère et véritable la présente créance, d'un montant de "
        f"{format_amount(form.total)}."
    )
    return lines


def pieces(form: ClaimForm) -> list[str]:
    """What is joined: the invoices, and what proves them."""
    return [
        *(f"Facture {one.number} du {one.on:%d/%m/%Y}" for one in form.debts),
        "Relevé de compte arrêté au jour du jugement",
        "Décompte des intérêts",
    ]


def write_claim_pdf(form: ClaimForm) -> bytes:
    """The declaration as a PDF/A-3; the same form gives the same bytes."""
    from echeance.core.typesetting import Typesetter

    assert form.debts, "a claim declares something"
    data = {
        "title": "Déclaration de créance",
        "creditor": list(form.creditor),
        "debtor": list(form.debtor),
        "representative": list(form.representative or ("Mandataire judiciaire à désigner",)),
        "opening": opening_words(form),
        "rows": [dict(zip(_COLUMNS, _cells(one), strict=True)) for one in form.debts],
        "total": f"Total déclaré : {format_amount(form.total)}",
        "closing": closing_words(form),
        "pieces": pieces(form),
        "signature": _signature(form),
    }
    return Typesetter(_TEMPLATE).render(data, timestamp=form.made_at)


_COLUMNS: Final = ("number", "on", "due", "principal", "interest", "indemnity", "total")
_HEADS: Final = (
    "Facture", "Date", "Échéance", "Principal TTC", "Intérêts", "Indemnité", "Total",
)  # fmt: skip


def _cells(one: ClaimedDebt) -> tuple[str, ...]:
    return (
        one.number,
        f"{one.on:%d/%m/%Y}",
        f"{one.due_date:%d/%m/%Y}",
        *(format_amount(part) for part in (one.principal, one.interest, one.indemnity, one.total)),
    )


def _signature(form: ClaimForm) -> str:
    place = f"Fait à {form.place}, le" if form.place else "Fait le"
    return f"{place} {form.made_on:%d/%m/%Y}. Signature et qualité du déclarant :"


def write_claim_word(form: ClaimForm) -> bytes:
    """The same declaration as a Word document that a person may complete."""
    from docx import Document

    document = Document()
    document.add_heading("Déclaration de créance", level=1)
    for title, lines in (
        ("Créancier", form.creditor),
        ("À", form.representative or ("Mandataire judiciaire à désigner",)),
        ("Débiteur", form.debtor),
    ):
        document.add_paragraph(title, style="Heading 3")
        document.add_paragraph("\n".join(lines))
    for line in opening_words(form):
        document.add_paragraph(line)
    table = document.add_table(rows=1, cols=len(_HEADS))
    table.style = "Table Grid"
    for cell, head in zip(table.rows[0].cells, _HEADS, strict=True):
        cell.text = head
    for one in form.debts:
        for cell, text in zip(table.add_row().cells, _cells(one), strict=True):
            cell.text = text
    document.add_paragraph(f"Total déclaré : {format_amount(form.total)}")
    for line in closing_words(form):
        document.add_paragraph(line)
    document.add_paragraph("Bordereau des pièces jointes", style="Heading 3")
    for line in pieces(form):
        document.add_paragraph(line, style="List Number")
    document.add_paragraph(_signature(form))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
