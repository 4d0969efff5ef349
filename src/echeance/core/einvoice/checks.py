"""The native engine: what the official rules would refuse, said at once, in French, without them.

Covers presence, arithmetic, VAT categories, decimals, code lists and the French rules, plus keys no
official rule checks (SIREN, IBAN, VAT number). The official verdict of the finished file remains
the judge; a test holds this engine to the same answers on all documents at hand.

Source: EN 16931-1:2017 6.4, XP Z12-012 V1.4 (BR-FR), schematrons 1.4.0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from echeance.core.einvoice.model import Finding, Invoice
from echeance.core.einvoice.official.artefacts import FRENCH_SELLERS
from echeance.core.einvoice.rules import coded, document, french, presence, totals, vat
from echeance.core.einvoice.rules.case import Case, country

_Rules = Callable[[Case], Iterator[Finding]]

_EUROPEAN: Final[tuple[_Rules, ...]] = (
    document.parties,
    document.dates,
    document.payment,
    document.lines,
    totals.sums,
    totals.decimals,
    vat.vat,
    coded.codes,
    presence.beyond,
)
_FRENCH: Final[tuple[_Rules, ...]] = (
    french.document,
    french.notes,
    french.parties,
    french.numbers,
    french.payment,
    french.attachments,
)
EUROPEAN: Final = presence.COVERED | document.COVERED | totals.COVERED | vat.COVERED | coded.COVERED
"""The rules of EN 16931 this engine applies, as the CEN sheets spell them."""
COVERED: Final = EUROPEAN | french.COVERED
"""All rules this engine applies as the official sheets do, the French ones without ``_BT-``."""
OWN: Final = presence.OWN | document.OWN | vat.OWN | french.OWN
"""The rules only this engine has."""


def check(invoice: Invoice) -> list[Finding]:
    """All the faults of an invoice to be written; empty when it may be issued.

    Returns:
        What is absent first, in the order of the document, then family by family.
    """
    return [*presence.absent(invoice), *examine(Case(invoice))]


def examine(case: Case, *, french: bool | None = None) -> list[Finding]:
    """The faults of a document that is there, presence aside.

    Args:
        case: The document.
        french: Whether the French rules bind it; by the country of its seller when not said.
    """
    findings = [finding for rules in _EUROPEAN for finding in rules(case)]
    if french if french is not None else binds_france(case.invoice):
        findings += [finding for rules in _FRENCH for finding in rules(case)]
    return findings


def binds_france(invoice: Invoice) -> bool:
    """Whether the French rules bind a document: its seller is in France."""
    return country(invoice.seller) in FRENCH_SELLERS
