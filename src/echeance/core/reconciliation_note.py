"""État de rapprochement as a PDF: balance of the books, every line between, balance of the bank."""

from __future__ import annotations

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
#d.company
#v(4mm)
#table(columns: (1fr, auto), align: (left, right), stroke: 0.5pt + luma(150), inset: 5pt,
  table.header[*Libellé*][*Montant*],
  ..for r in d.rows { (r.label, r.amount) },
  [*#d.total_label*], [*#d.total*])
#v(3mm)
#d.verdict
#v(10mm)
Établi le #d.made_on. Signature :
"""


@dataclass(frozen=True, slots=True)
class ReconciliationNote:
    """What the report says.

    Attributes:
        rows: Label and signed amount; they sum to the balance of the bank.
        bank_balance: ``None`` when no statement is known.
        made_at: Aware; creation date of the PDF, hence part of its bytes.
    """

    company: str
    account: str
    on: date
    rows: tuple[tuple[str, Decimal], ...]
    bank_balance: Decimal | None
    made_at: datetime


def write_reconciliation(note: ReconciliationNote) -> bytes:
    """Write a report as a PDF/A-3; the same report gives the same bytes."""
    from echeance.core.typesetting import Typesetter

    left = (note.bank_balance or ZERO) - sum((amount for _, amount in note.rows), ZERO)
    data = {
        "title": f"Rapprochement bancaire du compte {note.account} au {note.on:%d/%m/%Y}",
        "company": note.company,
        "rows": [
            {"label": label, "amount": format_amount(amount)}
            for place, (label, amount) in enumerate(note.rows)
            if amount or not place
        ],
        "total_label": "Solde de la banque",
        "total": "aucun relevé" if note.bank_balance is None else format_amount(note.bank_balance),
        "verdict": (
            "La banque et les livres concordent, chaque écart étant expliqué ligne à ligne."
            if not left
            else f"Reste non expliqué : {format_amount(left)}."
        ),
        "made_on": f"{note.made_at:%d/%m/%Y}",
    }
    return Typesetter(_TEMPLATE).render(data, timestamp=note.made_at)
