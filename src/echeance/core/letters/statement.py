"""Statement of account of a customer, as a PDF: open items, running balance, total by age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from echeance.core.letters.model import LANGUAGES, long_date
from echeance.core.letters.setting import Letterhead
from echeance.core.money import ZERO, format_amount

if TYPE_CHECKING:
    from echeance.core.typesetting import Typesetter

AGES: Final = (0, 30, 60, 90)
"""Last day late of each age but the last."""

_WORDS: Final = {
    "fr": {
        "title": "Relevé de compte au {day}",
        "customer": "Votre compte",
        "head": ("Pièce", "Date", "Échéance", "Retard", "Montant", "Reste dû", "Solde"),
        "days": "{days} j",
        "balance": "Solde en notre faveur",
        "credit": "Solde en votre faveur",
        "ages": ("Non échu", "1 à 30 j", "31 à 60 j", "61 à 90 j", "Plus de 90 j", "À déduire"),
        "overdue": "Dont échu : {amount}",
        "note": (
            "Ce relevé reprend les pièces encore ouvertes à cette date, taxes comprises ; les "
            "avoirs et règlements pas encore imputés y sont en moins. Il n'est pas une facture."
        ),
        "page": "page",
    },
    "en": {
        "title": "Statement of account on {day}",
        "customer": "Your account",
        "head": ("Document", "Date", "Due", "Late", "Amount", "Outstanding", "Balance"),
        "days": "{days} d",
        "balance": "Balance in our favour",
        "credit": "Balance in your favour",
        "ages": ("Not due", "1–30 d", "31–60 d", "61–90 d", "Over 90 d", "To deduct"),
        "overdue": "Overdue: {amount}",
        "note": (
            "This statement lists the documents still open on that day, taxes included; credit "
            "notes and payments not applied yet are deducted. It is not an invoice."
        ),
        "page": "page",
    },
}

_TEMPLATE: Final = """\
#let d = json(bytes(sys.inputs.data))
#let accent = rgb(d.color)
#let grey = luma(95)
#set document(title: d.title, author: d.company)
#set page(paper: "a4", margin: (top: 20mm, bottom: 24mm, left: 18mm, right: 18mm),
  footer: context {
    set text(size: 7.5pt, fill: grey)
    line(length: 100%, stroke: 0.4pt + luma(200))
    v(-1mm)
    grid(columns: (1fr, auto), gutter: 6mm, d.legal_line,
      [#d.words.page #counter(page).display() / #counter(page).final().first()])
  })
#set text(size: 9.5pt, lang: d.language, font: d.fonts)
#show heading.where(level: 1): it => block(below: 4mm, text(size: 13pt, fill: accent, it.body))
#show table.cell.where(y: 0): set text(weight: "semibold", size: 8.5pt, fill: grey)
#block(height: 62mm, width: 100%, {
  if d.logo != "" { image(d.logo, height: 14mm, alt: d.company); v(1mm) }
  text(size: 12pt, weight: "bold", fill: accent, d.company_lines.first())
  linebreak()
  { set text(size: 9pt, fill: grey); d.company_lines.slice(1).join(linebreak()) }
  place(top + left, dx: 90mm, dy: 25mm, block(width: 80mm, d.address.join(linebreak())))
})
= #d.title
#text(fill: grey)[#d.words.customer : #d.code]
#table(columns: (1fr, auto, auto, auto, auto, auto, auto),
  align: (left, left, left, right, right, right, right),
  stroke: (x, y) => (bottom: if y == 0 { 0.8pt + accent } else { 0.4pt + luma(210) }),
  inset: (x: 4pt, y: 4.5pt),
  table.header(..d.words.head),
  ..d.rows.flatten(),
  table.footer(
    table.cell(colspan: 6, stroke: none, align: right, strong(d.balance_label)),
    table.cell(stroke: none, align: right, strong(d.balance))))
#v(3mm)
#block(breakable: false, table(columns: (1fr,) * 6, align: right,
  stroke: (x, y) => (bottom: if y == 0 { 0.8pt + accent } else { none }),
  inset: (x: 4pt, y: 4.5pt),
  table.header(..d.words.ages), ..d.ages))
#strong(d.overdue)

#d.payment

#text(size: 8.5pt, fill: grey, d.words.note)
"""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """An open item of a statement.

    Attributes:
        amount: As it was posted; negative for money and credit notes.
        outstanding: What is left of it that day; negative the same way.
        balance: Sum of what is left, down to this line.
        days_late: Days since its due date; 0 for a credit or what is not due.
    """

    number: str
    document_date: date
    due_date: date
    order_ref: str
    amount: Decimal
    outstanding: Decimal
    balance: Decimal
    days_late: int


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """What a statement says.

    Attributes:
        lines: Open items by due date.
        made_at: Aware; creation date of the PDF.
    """

    language: str
    client: str
    code: str
    address: tuple[str, ...]
    on: date
    lines: tuple[StatementLine, ...]
    company: str
    company_lines: tuple[str, ...]
    legal_line: str
    payment: str
    made_at: datetime

    @property
    def balance(self) -> Decimal:
        """What is owed; negative when the customer is owed."""
        return sum((line.outstanding for line in self.lines), ZERO)

    @property
    def overdue(self) -> Decimal:
        """What is owed and late, before any deduction."""
        return sum((one.outstanding for one in self.lines if one.days_late > 0), ZERO)

    @property
    def ages(self) -> tuple[Decimal, ...]:
        """Not due, 1 to 30 days late, 31 to 60, 61 to 90, more; then what is deducted."""
        found = [ZERO] * (len(AGES) + 2)
        for line in self.lines:
            if line.outstanding < ZERO:
                found[-1] += line.outstanding
                continue
            place = sum(1 for last in AGES if line.days_late > last)
            found[place] += line.outstanding
        return tuple(found)


class StatementSetter:
    """Sets statements of one company. For one thread."""

    def __init__(self, head: Letterhead, font_paths: Sequence[Path] = ()) -> None:
        """Prepare.

        Args:
            head: Colour and logo.
            font_paths: Folders of fonts.
        """
        self._head = head
        self._fonts = font_paths
        self._made: Typesetter | None = None

    def pdf(self, facts: StatementFacts) -> bytes:
        """The statement as a PDF/A-3; the same facts give the same bytes."""
        from echeance.core.typesetting import Typesetter

        head = self._head
        if self._made is None:
            files = {head.logo_name: head.logo} if head.logo else {}
            self._made = Typesetter(_TEMPLATE, font_paths=self._fonts, files=files)
        present = {family.casefold() for family in self._made.font_families}
        fonts = [one for one in ("Inter", "Libertinus Serif") if one.casefold() in present]
        return self._made.render(_data(facts, head, fonts), timestamp=facts.made_at)


def _data(facts: StatementFacts, head: Letterhead, fonts: list[str]) -> dict[str, Any]:
    language = facts.language if facts.language in LANGUAGES else "fr"
    words: dict[str, Any] = _WORDS[language]
    owed = facts.balance >= ZERO
    return {
        "language": language,
        "color": head.color,
        "logo": head.logo_name if head.logo else "",
        "fonts": fonts,
        "title": words["title"].format(day=long_date(facts.on, language)),
        "words": {name: words[name] for name in ("page", "customer", "head", "ages", "note")},
        "company": facts.company,
        "company_lines": list(facts.company_lines) or [facts.company],
        "legal_line": facts.legal_line,
        "address": list(facts.address),
        "code": facts.code,
        "rows": [
            [
                line.number,
                f"{line.document_date:%d/%m/%Y}",
                f"{line.due_date:%d/%m/%Y}",
                words["days"].format(days=line.days_late) if line.days_late else "",
                format_amount(line.amount),
                format_amount(line.outstanding),
                format_amount(line.balance),
            ]
            for line in facts.lines
        ],
        "balance_label": words["balance"] if owed else words["credit"],
        "balance": format_amount(abs(facts.balance)),
        "ages": [format_amount(amount) for amount in facts.ages],
        "overdue": words["overdue"].format(amount=format_amount(facts.overdue)),
        "payment": facts.payment,
    }
