"""A letter on paper: the house model in Typst, and any other a company wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from echeance.core.letters.model import LANGUAGES, LetterFacts, blocks_of, long_date, merge_context
from echeance.core.money import ZERO, format_amount

if TYPE_CHECKING:
    from echeance.core.typesetting import Typesetter
    from echeance.core.typesetting_bounded import BoundedTypesetter

_FAMILIES: Final = ("Inter", "Libertinus Serif")

_LABELS: Final = {
    "fr": {
        "subject": "Objet",
        "reference": "Nos références",
        "number": "Pièce",
        "date": "Date",
        "due": "Échéance",
        "late": "Retard",
        "amount": "Montant",
        "asked": "Reste dû",
        "total": "Total à régler",
        "days": "{days} j",
        "disputed": "hors {amount} contestés",
        "start": "À compter du",
        "day_count": "Jours",
        "base": "Base",
        "rate": "Taux annuel",
        "interest": "Pénalités",
        "interest_total": "Total des pénalités",
        "enclosures": "Pièces jointes",
        "page": "page",
        "colon": " : ",
        "dated": "{place}, le {day}",
        "dated_nowhere": "Le {day}",
    },
    "en": {
        "subject": "Subject",
        "reference": "Our reference",
        "number": "Document",
        "date": "Date",
        "due": "Due",
        "late": "Late",
        "amount": "Amount",
        "asked": "Outstanding",
        "total": "Total to pay",
        "days": "{days} d",
        "disputed": "without {amount} in dispute",
        "start": "From",
        "day_count": "Days",
        "base": "Base",
        "rate": "Rate a year",
        "interest": "Interest",
        "interest_total": "Total interest",
        "enclosures": "Enclosures",
        "page": "page",
        "colon": ": ",
        "dated": "{place}, {day}",
        "dated_nowhere": "{day}",
    },
}

_TEMPLATE: Final = """\
#let d = json(bytes(sys.inputs.data))
#let m = d.page
#let accent = rgb(m.color)
#let grey = luma(95)
#set document(title: d.objet, author: d.societe)
#set page(paper: "a4", margin: (top: 20mm, bottom: 24mm, left: 22mm, right: 22mm),
  footer: context {
    set text(size: 7.5pt, fill: grey)
    line(length: 100%, stroke: 0.4pt + luma(200))
    v(-1mm)
    grid(columns: (1fr, auto), gutter: 6mm, m.legal_line,
      [#m.words.page #counter(page).display() / #counter(page).final().first()])
  })
#set text(size: 10pt, lang: d.langue, font: m.fonts)
#set par(justify: false, leading: 0.62em, spacing: 1.1em)
#show heading.where(level: 1): it => block(above: 0pt, below: 5mm, text(size: 11pt, it.body))
#show table.cell.where(y: 0): set text(weight: "semibold", size: 8.5pt, fill: grey)

#block(height: 80mm, width: 100%, {
  block({
    if m.logo != "" { image(m.logo, height: 14mm, alt: d.societe); v(1mm) }
    text(size: 13pt, weight: "bold", fill: accent, m.company_lines.first())
    linebreak()
    set text(size: 9pt, fill: grey)
    m.company_lines.slice(1).join(linebreak())
  })
  place(top + left, dx: 86mm, dy: 25mm, block(width: 80mm, {
    if m.sending != "" {
      text(size: 8.5pt, weight: "bold", fill: accent, m.sending)
      v(1.5mm)
    }
    set par(leading: 0.5em)
    d.adresse.join(linebreak())
  }))
  place(top + left, dy: 70mm, {
    set text(size: 9pt, fill: grey)
    [#m.words.reference#m.words.colon#d.reference #if d.dossier != "" [ · #d.dossier]]
  })
  place(top + left, dx: 86mm, dy: 70mm, m.dated)
})
= #m.words.subject#m.words.colon#d.objet

#for b in m.blocks {
  if b.kind == "text" { par(b.lines.join(linebreak())) }
  else if b.kind == "list" { list(..b.lines) }
  else if b.kind == "total" {
    if not m.has_table { par(strong(b.lines.join(linebreak()))) }
  } else if b.kind == "invoices" {
    table(columns: (1fr, auto, auto, auto, auto, auto),
      align: (left, left, left, right, right, right),
      stroke: (x, y) => (bottom: if y == 0 { 0.8pt + accent } else { 0.4pt + luma(210) }),
      inset: (x: 4pt, y: 5pt),
      table.header(..m.invoice_head),
      ..m.invoice_rows.flatten(),
      table.footer(
        table.cell(colspan: 5, stroke: none, align: right, strong(m.words.total)),
        table.cell(stroke: none, align: right, strong(d.total))))
  } else if b.kind == "slices" {
    set text(size: 9pt)
    table(columns: (1fr, auto, auto, auto, auto, auto),
      align: (left, left, right, right, right, right),
      stroke: (x, y) => (bottom: if y == 0 { 0.8pt + accent } else { 0.4pt + luma(210) }),
      inset: (x: 4pt, y: 4pt),
      table.header(..m.slice_head),
      ..m.slice_rows.flatten())
  }
}
#for text_ in m.mentions { par(text(size: 9pt, text_)) }
#if m.signature.len() > 0 {
  v(4mm)
  block(breakable: false, pad(left: 86mm, {
    strong(m.signature.first())
    if m.signature.len() > 1 { linebreak(); m.signature.slice(1).join(linebreak()) }
    v(16mm)
  }))
}
#if m.enclosures.len() > 0 {
  v(2mm)
  set text(size: 8.5pt, fill: grey)
  [#m.words.enclosures#m.words.colon#m.enclosures.join(", ")]
}
"""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """How letters of a company look.

    Attributes:
        color: ``#rrggbb``.
        logo: Bytes of the logo; empty for none.
        logo_name: Its name, extension included.
        template: Typst source of the company's own model; that of the house when empty.
    """

    color: str = "#1f4e79"
    logo: bytes = field(default=b"", repr=False)
    logo_name: str = ""
    template: str = field(default="", repr=False)


def house_template() -> str:
    """Source of the house model: what a company starts its own from."""
    return _TEMPLATE


class LetterSetter:
    """Sets letters; keeps a typesetter for each look. For one thread."""

    def __init__(self, font_paths: Sequence[Path] = ()) -> None:
        """Prepare, without loading anything.

        Args:
            font_paths: Folders of fonts.
        """
        self._fonts = font_paths
        self._typesetters: dict[Letterhead, Typesetter | BoundedTypesetter] = {}

    def pdf(self, facts: LetterFacts, head: Letterhead, *, at: datetime) -> bytes:
        """The letter as a PDF/A-3; the same facts at the same time give the same bytes.

        Args:
            facts: What it says.
            head: How it looks.
            at: Aware; creation date of the PDF.

        Raises:
            TemplateError: The company's own model cannot be set, or is not bounded.
        """
        typesetter = self._typesetter(head)
        present = {family.casefold() for family in typesetter.font_families}
        fonts = [family for family in _FAMILIES if family.casefold() in present]
        return typesetter.render(page_data(facts, head, fonts), timestamp=at)

    def _typesetter(self, head: Letterhead) -> Typesetter | BoundedTypesetter:
        if head not in self._typesetters:
            from echeance.core.typesetting import Typesetter
            from echeance.core.typesetting_bounded import BoundedTypesetter

            files = {head.logo_name: head.logo} if head.logo else {}
            kind = BoundedTypesetter if head.template else Typesetter
            self._typesetters[head] = kind(
                head.template or _TEMPLATE, font_paths=self._fonts, files=files
            )
        return self._typesetters[head]


def page_data(facts: LetterFacts, head: Letterhead, fonts: Sequence[str]) -> dict[str, Any]:
    """What a Typst model reads: the merge fields, and under ``page`` what a layout needs."""
    language = facts.language if facts.language in LANGUAGES else "fr"
    words = _LABELS[language]
    blocks = blocks_of(facts)
    day = long_date(facts.on, language)
    dated = words["dated"] if facts.place else words["dated_nowhere"]
    return {
        **merge_context(facts),
        "langue": language,
        "page": {
            "color": head.color,
            "logo": head.logo_name if head.logo else "",
            "fonts": list(fonts),
            "words": words,
            "company_lines": list(facts.company_lines) or [facts.company],
            "legal_line": facts.legal_line,
            "sending": facts.sending,
            "dated": dated.format(place=facts.place, day=day),
            "blocks": blocks,
            "has_table": any(block["kind"] == "invoices" for block in blocks),
            "invoice_head": _cells(words, "number", "date", "due", "late", "amount", "asked"),
            "invoice_rows": _invoice_rows(facts, words),
            "slice_head": _cells(words, "number", "start", "day_count", "base", "rate", "interest"),
            "slice_rows": _slice_rows(facts),
            "signature": [text for text in (facts.signed_by, facts.signed_as) if text],
            "enclosures": list(facts.enclosures),
            "mentions": list(facts.mentions),
        },
    }


def _cells(words: Mapping[str, str], *names: str) -> list[str]:
    return [words[name] for name in names]


def _invoice_rows(facts: LetterFacts, words: Mapping[str, str]) -> list[list[str]]:
    rows = []
    for one in facts.invoices:
        number = one.number
        if one.disputed > ZERO:
            apart = words["disputed"].format(amount=format_amount(one.disputed))
            number = f"{number} ({apart})"
        rows.append(
            [
                number,
                f"{one.document_date:%d/%m/%Y}" if one.document_date else "",
                f"{one.due_date:%d/%m/%Y}",
                words["days"].format(days=one.days_late) if one.days_late > 0 else "",
                format_amount(one.amount),
                format_amount(one.asked),
            ]
        )
    return rows


def _slice_rows(facts: LetterFacts) -> list[list[str]]:
    return [
        [
            row["numero"],
            row["debut"],
            row["jours"],
            row["base"],
            f"{row['taux']} %",
            row["montant"],
        ]
        for row in merge_context(facts)["penalites"]
    ]
