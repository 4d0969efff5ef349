"""The agreement on a payment plan, as a PDF the customer signs.

Sources: C. civ. art. 2240 (the debtor's acknowledgement interrupts the time limit), 1344 and
1305-5 (default and loss of the term), 1376 (an amount promised is written in figures and in full
where a private person owes it). See ``docs/legal/reconnaissance-de-dette.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from echeance.core.dunning.instalments import Instalment
from echeance.core.money import ZERO, format_amount

_TEMPLATE: Final = """\
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", margin: 18mm, footer: context align(center,
  text(size: 8pt, fill: luma(90))[#d.title · page #counter(page).display() /
    #counter(page).final().first()]))
#set text(size: 10pt, lang: "fr", font: "Libertinus Serif")
#set par(justify: true)
= #d.title
#v(2mm)
#grid(columns: (1fr, 1fr), gutter: 8mm,
  [*Créancier* \\ #for line in d.creditor [#line \\ ]],
  [*Débiteur* \\ #for line in d.debtor [#line \\ ]])
#v(4mm)
== Sommes dues
#table(columns: (1fr, auto, auto), align: (left, left, right),
  stroke: 0.5pt + luma(150), inset: 5pt,
  table.header[*Pièce*][*Échéance d'origine*][*Montant*],
  ..for c in d.debts { (c.number, c.due, c.amount) })
#align(right)[Total : *#d.total*]
== Échéancier
#table(columns: (auto, 1fr, auto), align: (right, left, right),
  stroke: 0.5pt + luma(150), inset: 5pt,
  table.header[*N°*][*À payer le*][*Montant*],
  ..for c in d.instalments { (c.rank, c.due, c.amount) })
#align(right)[Total : *#d.total*]
#v(2mm)
== Conditions
#for line in d.clauses [#line #parbreak()]
#v(6mm)
#grid(columns: (1fr, 1fr), gutter: 8mm, [#d.creditor_sign], [#d.debtor_sign])
"""


@dataclass(frozen=True, slots=True)
class PlanDebt:
    """A debt of the plan: its document, its own due date, what the plan pays of it."""

    number: str
    due_date: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PaymentPlanNote:
    """What an agreement says.

    Attributes:
        creditor, debtor: Lines: name, identifier, address.
        grace_days: Days after its own on which an instalment may still be paid.
        misses_max: How many may be missed before the whole is owed at once.
        acknowledges_debt: It carries the acknowledgement of debt.
        is_consumer: The debtor is a private person: no professional clause.
        iban: Where to pay; empty when it is not to be said.
        made_at: Aware; creation date of the PDF, hence part of its bytes.
    """

    reference: str
    creditor: tuple[str, ...]
    debtor: tuple[str, ...]
    debts: tuple[PlanDebt, ...]
    instalments: tuple[Instalment, ...]
    grace_days: int
    misses_max: int
    acknowledges_debt: bool
    is_consumer: bool
    iban: str
    note: str
    made_at: datetime

    @property
    def total(self) -> Decimal:
        """Sum of the debts."""
        return sum((debt.amount for debt in self.debts), ZERO)


def clauses(note: PaymentPlanNote) -> list[str]:
    """What the parties agree on, sentence by sentence.

    The sentence of the loss of the term says what the slippage rules of the plan are.
    """
    found = []
    if note.acknowledges_debt:
        found.append(
            f"Reconnaissance de dette. {note.debtor[0]} reconnaît devoir à {note.creditor[0]} la "
            f"somme de {format_amount(note.total)}, au titre des pièces énumérées ci-dessus. Cette "
            "reconnaissance interrompt la prescription (article 2240 du Code civil)."
        )
    found.append(
        "Le créancier accepte que cette somme soit payée aux dates et pour les montants de "
        "l'échéancier, et ne la réclame pas autrement tant qu'il est respecté. Un paiement "
        "anticipé s'impute sur l'échéance suivante."
    )
    found.append(_loss_of_term(note.grace_days, note.misses_max))
    if not note.is_consumer:
        found.append(
            "Les pénalités de retard et l'indemnité forfaitaire de recouvrement restent dues en "
            "application de l'article L441-10 du Code de commerce, sauf renonciation écrite du "
            "créancier ; le présent accord n'emporte pas novation."
        )
    if note.iban:
        groups = " ".join(note.iban[i : i + 4] for i in range(0, len(note.iban), 4))
        found.append(f"Paiement par virement : IBAN {groups}, référence {note.reference}.")
    if note.note:
        found.append(note.note)
    return found


def _loss_of_term(grace_days: int, misses_max: int) -> str:
    after = f"{grace_days} jours après sa date" if grace_days > 1 else "le lendemain de sa date"
    if grace_days == 1:
        after = "un jour après sa date"
    missed = (
        "une échéance impayée"
        if not misses_max
        else f"plus de {misses_max} échéances impayées"
        if misses_max > 1
        else "plus d'une échéance impayée"
    )
    return (
        f"Déchéance du terme. À défaut de paiement, {missed} {after} rend la totalité du solde "
        "immédiatement exigible, sans autre formalité, et l'échéancier prend fin."
    )


def write_payment_plan_note(note: PaymentPlanNote) -> bytes:
    """Write an agreement as a PDF; the same agreement gives the same bytes."""
    from echeance.core.typesetting import Typesetter

    assert note.debts, "a plan pays a debt"
    assert note.instalments, "a plan has an instalment"
    sign = "Lu et approuvé, bon pour accord. Fait à                    , le"
    data = {
        "title": f"Accord de paiement échelonné {note.reference}",
        "creditor": list(note.creditor),
        "debtor": list(note.debtor),
        "debts": [
            {
                "number": debt.number,
                "due": f"{debt.due_date:%d/%m/%Y}",
                "amount": format_amount(debt.amount),
            }
            for debt in note.debts
        ],
        "instalments": [
            {
                "rank": str(one.rank),
                "due": f"{one.due_on:%d/%m/%Y}",
                "amount": format_amount(one.amount),
            }
            for one in note.instalments
        ],
        "total": format_amount(note.total),
        "clauses": clauses(note),
        "creditor_sign": f"Le créancier. {sign}",
        "debtor_sign": f"Le débiteur (nom, qualité, signature). {sign}",
    }
    return Typesetter(_TEMPLATE).render(data, timestamp=note.made_at)
