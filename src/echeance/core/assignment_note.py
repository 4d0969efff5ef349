"""The deed of an assignment of receivables, as a PDF: subrogation to a factor, or Dailly.

Sources: C. civ. art. 1346-1 (subrogation by the creditor, express, when it is paid); CMF art.
L313-23 (what a « bordereau » must carry, else it is no deed of assignment), L313-25 (signature),
L313-27 (its date is put by the assignee). See ``docs/legal/affacturage-et-dailly.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal

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
#for line in d.mentions [#line #parbreak()]
#v(2mm)
#grid(columns: (1fr, 1fr), gutter: 8mm,
  [*#d.assignor_title* \\ #for line in d.assignor [#line \\ ]],
  [*#d.assignee_title* \\ #for line in d.assignee [#line \\ ]])
#v(4mm)
#table(columns: (auto, 1fr, auto, auto, auto), align: (right, left, left, left, right),
  stroke: 0.5pt + luma(150), inset: 5pt,
  table.header[*N°*][*Débiteur et lieu de paiement*][*Facture*][*Échéance*][*Montant*],
  ..for c in d.claims { (c.rank, c.debtor, c.number, c.due, c.amount) })
#v(3mm)
#align(right)[#d.count : *#d.total*]
#v(4mm)
#for line in d.clauses [#line #parbreak()]
#v(8mm)
#grid(columns: (1fr, 1fr), gutter: 8mm, [#d.date_line], [#d.signature_line])
"""


@dataclass(frozen=True, slots=True)
class AssignedClaim:
    """A receivable of a deed.

    Attributes:
        debtor: Name and identifier of who owes it.
        place: Where it is to be paid: address of the debtor.
    """

    debtor: str
    place: str
    number: str
    due_date: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class AssignmentNote:
    """What a deed says.

    Attributes:
        assignor, assignee: Lines: name, identifier, address.
        made_at: Aware; creation date of the PDF, hence part of its bytes.
    """

    kind: Literal["factoring", "dailly"]
    reference: str
    on: date
    assignor: tuple[str, ...]
    assignee: tuple[str, ...]
    claims: tuple[AssignedClaim, ...]
    is_notified: bool
    made_at: datetime

    @property
    def total(self) -> Decimal:
        """Sum of the receivables."""
        return sum((claim.amount for claim in self.claims), ZERO)


def mentions(note: AssignmentNote) -> list[str]:
    """What the law wants at the head of the deed."""
    if note.kind == "dailly":
        return [
            "Acte de cession de créances professionnelles.",
            (
                "Le présent acte est soumis aux dispositions des articles L. 313-23 à L. 313-34 "
                "du Code monétaire et financier."
            ),
            (
                f"Établissement bénéficiaire : {note.assignee[0]}. Le bordereau n'est "
                "transmissible qu'à un autre établissement habilité (article L. 313-26)."
            ),
        ]
    return [
        (
            f"Quittance subrogative : nous reconnaissons recevoir de {note.assignee[0]} le "
            f"paiement de {format_amount(note.total)}, montant des créances ci-dessous, et le "
            "subrogeons expressément, au moment même de ce paiement, dans tous nos droits et "
            "actions contre les débiteurs (article 1346-1 du Code civil)."
        )
    ]


def write_assignment_note(note: AssignmentNote) -> bytes:
    """Write a deed as a PDF/A-3; the same deed gives the same bytes."""
    from echeance.core.typesetting import Typesetter

    assert note.claims, "a deed assigns a receivable"
    dailly = note.kind == "dailly"
    name = (
        "Bordereau de cession de créances professionnelles" if dailly else "Quittance subrogative"
    )
    count = len(note.claims)
    notified = (
        "Les débiteurs sont informés de payer le bénéficiaire."
        if note.is_notified
        else "Les débiteurs ne sont pas notifiés : nous encaissons pour le compte du bénéficiaire."
    )
    data = {
        "title": f"{name} {note.reference}",
        "mentions": mentions(note),
        "assignor_title": "Cédant" if dailly else "Subrogeant",
        "assignor": list(note.assignor),
        "assignee_title": "Établissement bénéficiaire" if dailly else "Affactureur, subrogé",
        "assignee": list(note.assignee),
        "claims": [
            {
                "rank": str(rank),
                "debtor": ", ".join(part for part in (claim.debtor, claim.place) if part),
                "number": claim.number,
                "due": f"{claim.due_date:%d/%m/%Y}",
                "amount": format_amount(claim.amount),
            }
            for rank, claim in enumerate(note.claims, 1)
        ],
        "count": f"{count} créance" if count == 1 else f"{count} créances",
        "total": format_amount(note.total),
        "clauses": [notified],
        "date_line": (
            "Date (apposée par l'établissement bénéficiaire) :"
            if dailly
            else f"Date : {note.on:%d/%m/%Y}"
        ),
        "signature_line": "Signature du cédant :" if dailly else "Signature du subrogeant :",
    }
    return Typesetter(_TEMPLATE).render(data, timestamp=note.made_at)
