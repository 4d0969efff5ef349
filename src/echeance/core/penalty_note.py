"""The note that claims late interest and the fixed indemnity, as a PDF.

It is no invoice: late interest and the indemnity pay a harm, they are outside the scope of VAT.

Sources: C. com. L441-10 II, D441-5; CCP L2192-13, R2192-31, D2192-35. See
``docs/legal/code-de-commerce-penalites.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from echeance.core.money import ZERO, format_amount, format_number

_TEMPLATE: Final = """\
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", margin: 18mm, footer: context align(center,
  text(size: 8pt, fill: luma(90))[#d.title · page #counter(page).display() /
    #counter(page).final().first()]))
#set text(size: 10pt, lang: "fr", font: "Libertinus Serif")
#grid(columns: (1fr, 1fr), gutter: 8mm,
  [#for line in d.creditor [#line \\ ]],
  [#for line in d.debtor [#line \\ ]])
#v(8mm)
= #d.title
#for line in d.opening [#line #parbreak()]
#v(2mm)
#for item in d.lines [
  #block(breakable: true)[
    *#item.title*
    #if item.slices.len() > 0 {
      table(columns: (auto, auto, auto, 1fr, auto, auto), stroke: 0.5pt + luma(150), inset: 4pt,
        align: (left, left, right, right, right, right),
        table.header[*Du*][*Au (inclus)*][*Jours*][*Base*][*Taux*][*Montant*],
        ..for s in item.slices { (s.first, s.last, s.days, s.base, s.rate, s.amount) })
    }
    #for line in item.notes [#line \\ ]
  ]
]
#v(3mm)
#align(right)[#for line in d.totals [#line \\ ] *#d.total*]
#v(4mm)
#for line in d.closing [#line #parbreak()]
"""


@dataclass(frozen=True, slots=True)
class NoteSlice:
    """A line of the sum; ``first`` and ``last`` are counted, both of them."""

    first: date
    last: date
    days: int
    base: Decimal
    rate_percent: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class NoteLine:
    """What is claimed on one late document.

    Attributes:
        adjustment: Correction of an earlier note; part of ``interest``.
    """

    document_ref: str
    due_date: date
    slices: tuple[NoteSlice, ...]
    adjustment: Decimal
    interest: Decimal
    indemnity: Decimal


@dataclass(frozen=True, slots=True)
class PenaltyNotePaper:
    """What a note says.

    Attributes:
        until: Last day of interest.
        is_public: Which law is cited.
        creditor, debtor: Lines: name, identifier, address.
        made_at: Aware; creation date of the PDF, hence part of its bytes.
    """

    number: str
    on: date
    until: date
    due_date: date
    is_public: bool
    creditor: tuple[str, ...]
    debtor: tuple[str, ...]
    lines: tuple[NoteLine, ...]
    iban: str
    bic: str
    made_at: datetime

    @property
    def interest(self) -> Decimal:
        """Interest of all documents."""
        return sum((line.interest for line in self.lines), ZERO)

    @property
    def indemnity(self) -> Decimal:
        """The 40 € of all invoices."""
        return sum((line.indemnity for line in self.lines), ZERO)


def write_penalty_note(note: PenaltyNotePaper) -> bytes:
    """Write a note as a PDF/A-3; the same note gives the same bytes."""
    from echeance.core.typesetting import Typesetter

    assert note.lines, "a note claims something"
    sources = (
        "articles L. 2192-13, R. 2192-31 et D. 2192-35 du code de la commande publique"
        if note.is_public
        else "articles L. 441-10 et D. 441-5 du code de commerce"
    )
    total = note.interest + note.indemnity
    data = {
        "title": f"Pénalités de retard {note.number}",
        "creditor": list(note.creditor),
        "debtor": list(note.debtor),
        "opening": [
            f"Date : {note.on:%d/%m/%Y}. À payer avant le {note.due_date:%d/%m/%Y}.",
            (
                "Les sommes ci-dessous sont dues de plein droit, sans rappel, pour le retard de "
                f"paiement des factures désignées ({sources}). Intérêts arrêtés au "
                f"{note.until:%d/%m/%Y}. Chaque tranche : base × taux × jours / 365, arrondie au "
                "centime."
            ),
        ],
        "lines": [
            {
                "title": f"{line.document_ref}, échéance du {line.due_date:%d/%m/%Y}",
                "slices": [
                    {
                        "first": f"{one.first:%d/%m/%Y}",
                        "last": f"{one.last:%d/%m/%Y}",
                        "days": str(one.days),
                        "base": format_amount(one.base),
                        "rate": f"{format_number(one.rate_percent)} %",
                        "amount": format_amount(one.amount),
                    }
                    for one in line.slices
                ],
                "notes": list(_notes(line)),
            }
            for line in note.lines
        ],
        "totals": [
            f"Pénalités de retard : {format_amount(note.interest)}",
            f"Indemnités forfaitaires de recouvrement : {format_amount(note.indemnity)}",
        ],
        "total": f"Total à payer : {format_amount(total)}",
        "closing": list(_closing(note)),
    }
    return Typesetter(_TEMPLATE).render(data, timestamp=note.made_at)


def _notes(line: NoteLine) -> Iterator[str]:
    if line.adjustment:
        yield f"Régularisation d'une note précédente : {format_amount(line.adjustment)}"
    if line.interest:
        yield f"Pénalités : {format_amount(line.interest)}"
    if line.indemnity:
        yield (
            "Indemnité forfaitaire pour frais de recouvrement, une fois par facture : "
            f"{format_amount(line.indemnity)}"
        )


def _closing(note: PenaltyNotePaper) -> Iterator[str]:
    if note.iban:
        groups = " ".join(note.iban[i : i + 4] for i in range(0, len(note.iban), 4))
        bic = f" (BIC {note.bic})" if note.bic else ""
        yield f"Règlement par virement : IBAN {groups}{bic}, référence {note.number}."
    yield (
        "Hors champ de la TVA : ces sommes réparent un préjudice et ne paient aucune livraison ni "
        "prestation. Ce document n'est pas une facture ; les intérêts échus n'y portent pas "
        "intérêt (article 1343-2 du code civil)."
    )
