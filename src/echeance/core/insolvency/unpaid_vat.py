"""The document by which the VAT of an unpaid invoice is claimed back: its duplicate, marked.

Source: CGI art. 272-1; BOI-TVA-DED-40-10-20, for the words, which are those of the text.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from echeance.core.money import ZERO, format_amount, format_number

_TEMPLATE: Final = """\
#let d = json(bytes(sys.inputs.data))
#set document(title: d.title)
#set page(paper: "a4", margin: 20mm)
#set text(size: 10.5pt, lang: "fr", font: "Libertinus Serif")
#align(center)[#text(size: 9pt, fill: luma(90))[DUPLICATA]]
= #d.title
#v(3mm)
#grid(columns: (1fr, 1fr), gutter: 8mm,
  [*Fournisseur* \\ #for line in d.seller [#line \\ ]],
  [*Client* \\ #for line in d.buyer [#line \\ ]])
#v(6mm)
#rect(width: 100%, inset: 10pt, stroke: 1pt)[#text(size: 12pt, weight: 700)[#d.words]]
#v(4mm)
#table(columns: (1fr, auto, auto), align: (left, right, right), stroke: 0.5pt + luma(150),
  inset: 5pt, table.header[*Taux*][*Prix net*][*Taxe correspondante*],
  ..for r in d.rates { (r.rate, r.base, r.vat) })
#v(4mm)
#for line in d.notes [#line #parbreak()]
"""


@dataclass(frozen=True, slots=True)
class UnpaidVat:
    """What the document says.

    Attributes:
        seller, buyer: Lines: name, identifier, address.
        rates: Rate, amount without VAT and VAT left unpaid, one row a rate, above zero in all.
        copy: The copy of the invoice follows.
        made_at: Aware; creation date of the PDF, hence part of its bytes.
    """

    document_ref: str
    document_date: date
    on: date
    seller: tuple[str, ...]
    buyer: tuple[str, ...]
    rates: tuple[tuple[Decimal, Decimal, Decimal], ...]
    copy: bool
    made_at: datetime


def unpaid_words(net: Decimal, vat: Decimal) -> str:
    """The mention of the law, with both amounts.

    >>> text = unpaid_words(Decimal("100.00"), Decimal("20.00"))
    >>> text.startswith("Facture demeurée impayée pour la somme de 100,00")
    True
    """
    return (
        f"Facture demeurée impayée pour la somme de {format_amount(net)} (prix net) et pour la "
        f"somme de {format_amount(vat)} (taxe correspondante) qui ne peut faire l'objet d'une "
        "déduction (CGI, art. 272)"
    )


def write_unpaid_vat(facts: UnpaidVat) -> bytes:
    """Write the marked sheet as a PDF/A-3; the same facts give the same bytes."""
    from echeance.core.typesetting import Typesetter

    net = sum((base for _, base, _ in facts.rates), ZERO)
    vat = sum((tax for _, _, tax in facts.rates), ZERO)
    assert vat > ZERO, "without VAT there is nothing to claim back"
    data = {
        "title": f"Facture {facts.document_ref} du {facts.document_date:%d/%m/%Y}",
        "seller": list(facts.seller),
        "buyer": list(facts.buyer),
        "words": unpaid_words(net, vat),
        "rates": [
            {
                "rate": f"{format_number(rate).rstrip('0').rstrip(',')} %",
                "base": format_amount(base),
                "vat": format_amount(tax),
            }
            for rate, base, tax in facts.rates
        ],
        "notes": [
            f"Établi le {facts.on:%d/%m/%Y}, à l'adresse du client.",
            *(
                ["La copie de la facture suit."]
                if facts.copy
                else ["Joindre une copie de la facture : elle n'est pas dans nos archives."]
            ),
        ],
    }
    return Typesetter(_TEMPLATE).render(data, timestamp=facts.made_at)


def join_pdf(*files: bytes) -> bytes:
    """Pages of files we made ourselves, one after the other."""
    import pikepdf

    joined = pikepdf.new()
    for content in files:
        with pikepdf.open(io.BytesIO(content)) as one:
            joined.pages.extend(one.pages)
    out = io.BytesIO()
    joined.save(out, deterministic_id=True)
    return out.getvalue()
