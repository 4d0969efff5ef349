"""Bordereau de remise de chèques: the slip handed to the bank with the cheques, as a PDF.

No standard fixes its form; what every French bank asks is on it: holder and account (RIB, IBAN),
for each cheque its number, the bank it is drawn on, the drawer and the amount, then how many and
the total.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from echeance.core.identifiers import Iban
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
  [*Remettant* \\ #for line in d.holder [#line \\ ]],
  [*Compte à créditer* \\ #for line in d.account [#line \\ ]])
#v(4mm)
#table(columns: (auto, auto, 1fr, 1fr, auto), align: (right, left, left, left, right),
  stroke: 0.5pt + luma(150), inset: 5pt,
  table.header[*N°*][*Chèque*][*Banque tirée*][*Tireur*][*Montant*],
  ..for c in d.cheques { (c.rank, c.number, c.bank, c.drawer, c.amount) })
#v(3mm)
#align(right)[#d.count : *#d.total*]
#v(10mm)
#grid(columns: (1fr, 1fr), gutter: 8mm,
  [Date : #d.day],
  [Signature du remettant :])
"""


@dataclass(frozen=True, slots=True)
class SlipCheque:
    """One cheque of a slip.

    Attributes:
        number: As printed on it, leading zeros kept.
        bank_name: The bank it is drawn on; may be empty.
        drawer: Who signed it.
        amount: Positive, in euros.
    """

    number: str
    bank_name: str
    drawer: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ChequeSlip:
    """What a slip says.

    Attributes:
        number: Of the slip.
        deposited_on: Day it is handed to the bank.
        holder: Lines of the company: name, SIREN, address.
        bank_name: Bank of the account; may be empty.
        iban: Account to credit.
        cheques: At least one, in the order they lie.
        made_at: Aware; creation date of the PDF, hence part of its bytes.
    """

    number: str
    deposited_on: date
    holder: tuple[str, ...]
    bank_name: str
    iban: str
    cheques: tuple[SlipCheque, ...]
    made_at: datetime

    @property
    def total(self) -> Decimal:
        """Sum of the cheques: what the bank is to credit."""
        return sum((cheque.amount for cheque in self.cheques), ZERO)


def rib_of(iban: str) -> str:
    """« RIB » of a French IBAN: bank, branch, account, key; empty for another country.

    >>> rib_of("FR7630006000011234567890189")
    '30006 00001 12345678901 89'
    """
    if not iban.startswith("FR"):
        return ""
    return f"{iban[4:9]} {iban[9:14]} {iban[14:25]} {iban[25:27]}"


def write_cheque_slip(slip: ChequeSlip) -> bytes:
    """Write a slip as a PDF/A-3; the same slip gives the same bytes.

    Raises:
        InvalidIbanError: The account is not one.
    """
    from echeance.core.typesetting import Typesetter

    assert slip.cheques, "a slip has a cheque"
    iban = Iban.parse(slip.iban)
    rib = rib_of(iban.value)
    count = len(slip.cheques)
    data = {
        "title": f"Remise de chèques n° {slip.number}",
        "holder": list(slip.holder),
        "account": [
            *([slip.bank_name] if slip.bank_name else []),
            *([f"RIB {rib}"] if rib else []),
            f"IBAN {iban.formatted()}",
        ],
        "cheques": [
            {
                "rank": str(rank),
                "number": cheque.number,
                "bank": cheque.bank_name,
                "drawer": cheque.drawer,
                "amount": format_amount(cheque.amount),
            }
            for rank, cheque in enumerate(slip.cheques, 1)
        ],
        "count": f"{count} chèque" if count == 1 else f"{count} chèques",
        "total": format_amount(slip.total),
        "day": f"{slip.deposited_on:%d/%m/%Y}",
    }
    return Typesetter(_TEMPLATE).render(data, timestamp=slip.made_at)
