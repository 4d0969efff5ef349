"""Other forms of a deposited invoice: the other syntax, and a page a person can read."""

from __future__ import annotations

from html import escape

from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.ubl import write_ubl
from echeance.core.errors import EcheanceError
from echeance.transmission.documents import DocumentFacts, read_document
from echeance.transmission.platform.types import FlowSyntax

Made = tuple[bytes, str]


def converted(content: bytes) -> Made | None:
    """An invoice in the other syntax of XML; ``None`` when it is none that can be read."""
    facts = _facts(content)
    if facts is None or facts.invoice is None:
        return None
    write = write_cii if facts.syntax is FlowSyntax.UBL else write_ubl
    return write(facts.invoice), "application/xml"


def page(content: bytes) -> Made | None:
    """The main facts as a page; ``None`` when it is no invoice."""
    facts = _facts(content)
    if facts is None or facts.invoice is None:
        return None
    words = [f"Facture {facts.number}", facts.seller_name, str(facts.issue_date or "")]
    words.append(f"Total TTC : {facts.gross_total}")
    body = "".join(f"<p>{escape(word)}</p>" for word in words)
    html = f'<!doctype html><meta charset="utf-8"><title>{escape(words[0])}</title>{body}'
    return html.encode(), "text/html"


def _facts(content: bytes) -> DocumentFacts | None:
    try:
        return read_document(content)
    except EcheanceError:
        return None
