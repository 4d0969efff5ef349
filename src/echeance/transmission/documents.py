"""What a file of a flow is about: enough to attach it, read from its content alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from echeance.core.einvoice.cii import read_cii
from echeance.core.einvoice.detect import detect
from echeance.core.einvoice.model import Invoice, Party
from echeance.core.einvoice.ubl import read_ubl
from echeance.core.identifiers import InvalidSirenError, Siren
from echeance.transmission.errors import NotADocumentError
from echeance.transmission.platform.types import FlowSyntax

_SYNTAXES: Final = {
    "CII": FlowSyntax.CII,
    "UBL": FlowSyntax.UBL,
    "FACTUR-X": FlowSyntax.FACTUR_X,
    "CDAR": FlowSyntax.CDAR,
    "FLUX-10": FlowSyntax.FRR,
}
_FRENCH_VAT: Final = re.compile(r"FR[0-9A-Z]{2}([0-9]{9})")


class DocumentKind(StrEnum):
    """What a flow brings."""

    INVOICE = "invoice"
    STATUS = "status"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document as its own file tells it; what it does not say is empty.

    Attributes:
        number: BT-1.
        type_code: BT-3.
        issue_date: BT-2.
        seller_siren, buyer_siren: From BT-30/BT-47, else the SIRET, else the VAT number.
        invoice: The whole, when it is an invoice.
    """

    kind: DocumentKind
    syntax: FlowSyntax
    number: str = ""
    type_code: str = ""
    issue_date: date | None = None
    seller_siren: str = ""
    seller_name: str = ""
    buyer_siren: str = ""
    gross_total: Decimal | None = None
    invoice: Invoice | None = None


def read_document(content: bytes, filename: str = "") -> DocumentFacts:
    """Recognise and read one file, whatever it was called.

    Raises:
        FileError: It cannot be read, see :func:`echeance.core.einvoice.detect.detect`.
        NotADocumentError: It is read, and is neither an invoice nor a message of the reform, or
            an invoice without a number.
    """
    found = detect(content, filename)
    syntax = _SYNTAXES.get(found.syntax)
    if syntax is None:
        raise NotADocumentError(filename=filename, syntax=found.syntax)
    if syntax is FlowSyntax.CDAR:
        return DocumentFacts(DocumentKind.STATUS, syntax)
    if syntax is FlowSyntax.FRR:
        return DocumentFacts(DocumentKind.REPORT, syntax)
    read = read_ubl if syntax is FlowSyntax.UBL else read_cii
    invoice = read(found.root, filename).invoice
    if not invoice.number.strip():
        raise NotADocumentError(filename=filename, syntax=f"{found.syntax} sans numéro")
    return DocumentFacts(
        kind=DocumentKind.INVOICE,
        syntax=syntax,
        number=invoice.number.strip()[:80],
        type_code=invoice.type_code[:3],
        issue_date=invoice.issue_date,
        seller_siren=siren_of(invoice.seller),
        seller_name=invoice.seller.name[:200] if invoice.seller else "",
        buyer_siren=siren_of(invoice.buyer),
        gross_total=invoice.totals.gross_total if invoice.totals else None,
        invoice=invoice,
    )


def siren_of(party: Party | None) -> str:
    """The SIREN of a party, "" when it gives none that is well formed."""
    if party is None:
        return ""
    candidates = [party.legal_id.value if party.legal_id else ""]
    candidates += [one.value[:9] for one in party.global_identifiers if one.scheme == "0009"]
    if vat := _FRENCH_VAT.fullmatch(party.vat_id):
        candidates.append(vat[1])
    return next((one for one in candidates if _is_siren(one)), "")


def _is_siren(text: str) -> bool:
    try:
        Siren.parse(text)
    except InvalidSirenError:
        return False
    return len(text) == 9
