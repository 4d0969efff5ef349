"""UBL 2.1 (OASIS), Invoice and CreditNote: write and read.

What a CreditNote names otherwise than an Invoice is said here once; everything else is the ``ubl``
column of the field table.

Source: CEN/TS 16931-3-2, OASIS UBL 2.1, XP Z12-012 V1.4 (notes, sub-lines).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from lxml import etree

from echeance.core.einvoice.binding import Binding, places
from echeance.core.einvoice.errors import UnreadableSyntaxError
from echeance.core.einvoice.fields import TERMS, Term
from echeance.core.einvoice.model import Invoice, PaymentMeans
from echeance.core.einvoice.reading import ReadResult, Unknown, read, restore
from echeance.core.einvoice.xml import parse_xml

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd"

# One order for all element names of both documents: the content of each type is a subsequence.
ORDER: Final = """
    CustomizationID ProfileID InvoiceDocumentReference BillingReferenceLine EndpointID
    PartyIdentification PartyName ID SalesOrderID IssueDate DueDate
    InvoiceTypeCode CreditNote/TaxPointDate CreditNoteTypeCode
    DocumentTypeCode DocumentStatusCode DocumentDescription Note
    InvoicedQuantity CreditedQuantity LineExtensionAmount TaxPointDate DocumentCurrencyCode
    TaxCurrencyCode AccountingCost BuyerReference StartDate EndDate DescriptionCode InvoicePeriod
    OrderLineReference LineID OrderReference BillingReference DocumentReference
    DespatchDocumentReference ReceiptDocumentReference Invoice/OriginatorDocumentReference
    ContractDocumentReference AdditionalDocumentReference CreditNote/OriginatorDocumentReference
    ProjectReference Attachment EmbeddedDocumentBinaryObject ExternalReference URI
    StreetName AdditionalStreetName CityName PostalZone CountrySubentity AddressLine Line Country
    IdentificationCode PostalAddress RegistrationName CompanyID CompanyLegalForm
    Description Name NameCode Telephone ElectronicMail Percent TaxExemptionReasonCode
    TaxExemptionReason TaxScheme PartyTaxScheme PartyLegalEntity Contact AgentParty
    ServiceProviderParty AccountingSupplierParty AccountingCustomerParty Party PayeeParty
    TaxRepresentativeParty
    ActualDeliveryDate Address DeliveryLocation DeliveryParty Delivery
    PaymentMeansCode PaymentDueDate PaymentID PrimaryAccountNumberID NetworkID HolderName
    CardAccount PayerParty PayerFinancialAccount PayeeFinancialAccount PaymentMandate
    FinancialInstitutionBranch PaymentMeans PaymentTerms CreditNoteLine/TaxTotal
    ChargeIndicator AllowanceChargeReasonCode AllowanceChargeReason MultiplierFactorNumeric
    PriceAmount BaseQuantity Amount BaseAmount TaxableAmount TaxAmount TaxCategory TaxSubtotal
    AllowanceCharge TaxTotal TaxExclusiveAmount TaxInclusiveAmount AllowanceTotalAmount
    ChargeTotalAmount PrepaidAmount PayableRoundingAmount PayableAmount LegalMonetaryTotal
    Value ValueQuantity BuyersItemIdentification SellersItemIdentification
    StandardItemIdentification OriginCountry ItemClassificationCode CommodityClassification
    ClassifiedTaxCategory AdditionalItemProperty ManufacturerParty
    Item Price InvoiceLine CreditNoteLine
"""

# UNTDID 2475 in CII, UNTDID 2005 in UBL: date of invoice, of delivery, of payment. Each exchange
# goes both ways, so that a code that is in the wrong list keeps its meaning.
_TAX_POINTS: Final = {"5": "3", "3": "5", "29": "35", "35": "29", "72": "432", "432": "72"}

_IN_CREDIT_NOTES: Final = {
    "/InvoiceTypeCode": "/CreditNoteTypeCode",
    "/DueDate": "/cac:PaymentMeans/PaymentDueDate",
    "/cac:ProjectReference/ID": "/cac:AdditionalDocumentReference[DocumentTypeCode=50]/ID",
    "/cac:InvoiceLine": "/cac:CreditNoteLine",
    "InvoicedQuantity": "CreditedQuantity",
    "InvoicedQuantity/@unitCode": "CreditedQuantity/@unitCode",
}
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_NO_ORDER: Final = "NA"
"""What stands for the number of an order (BT-13) known only by the seller's own (BT-14)."""

CREDIT_NOTE_TYPES: Final = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420",
                                      "458", "502", "503", "532"})  # fmt: skip
"""BT-3 that UBL writes as a CreditNote. Source: EN 16931 code lists, UNTDID 1001."""


def _in_credit_note(term: Term) -> tuple[str, ...]:
    return places(_IN_CREDIT_NOTES.get(term.ubl, term.ubl), term.ubl_also)


def _binding(document: str) -> Binding:
    return Binding(
        syntax="UBL",
        root=document,
        namespaces={
            "": f"{_UBL}:{document}-2",
            "cac": f"{_UBL}:CommonAggregateComponents-2",
            "cbc": f"{_UBL}:CommonBasicComponents-2",
        },
        default_prefix="cbc",
        terms=TERMS,
        paths=_in_credit_note
        if document == "CreditNote"
        else lambda term: places(term.ubl, term.ubl_also),
        order=ORDER,
        iso_dates=True,
        currency_everywhere=True,
        codes={"BT-8": _TAX_POINTS},
    )


INVOICE: Final = _binding("Invoice")
CREDIT_NOTE: Final = _binding("CreditNote")


def binding_for(type_code: str) -> Binding:
    """Which of the two documents a type of invoice (BT-3) is."""
    return CREDIT_NOTE if type_code in CREDIT_NOTE_TYPES else INVOICE


def write_ubl(
    invoice: Invoice, unknown: Iterable[Unknown] = (), binding: Binding | None = None
) -> bytes:
    """Write an invoice as UBL 2.1, UTF-8; the same facts give the same bytes.

    Nothing is checked or computed. A CreditNote has the due date in each means of payment: without
    one it has no place (:func:`echeance.core.einvoice.documents.convert` says so).

    Args:
        invoice: The facts.
        unknown: What :func:`read_ubl` could not put into them, to be put back.
        binding: Invoice or CreditNote; by BT-3 when absent.

    Raises:
        ForbiddenCharacterError: A text holds a control character.
    """
    chosen = binding or binding_for(invoice.type_code)
    return restore(chosen, chosen.write(_to_ubl(invoice)), unknown)


def read_ubl(content: bytes | etree._Element, filename: str = "") -> ReadResult:
    """Read a UBL Invoice or CreditNote; ``read_ubl(write_ubl(x)).invoice == x``.

    Args:
        content: The file, or its root element from a hardened parser.
        filename: For the messages.

    Raises:
        FileError: The bytes are not an XML that may be read (empty, malformed, DOCTYPE…).
        UnreadableSyntaxError: It is another syntax.
    """
    root = parse_xml(content, filename) if isinstance(content, bytes) else content
    result = read(document_of(root), root)
    return replace(result, invoice=_from_ubl(result.invoice))


def document_of(root: etree._Element) -> Binding:
    """The binding of a parsed UBL document.

    Raises:
        UnreadableSyntaxError: It is no UBL Invoice or CreditNote.
    """
    for binding in (INVOICE, CREDIT_NOTE):
        if root.tag == binding.root.qualified:
            return binding
    raise UnreadableSyntaxError(INVOICE.name(str(root.tag)), "UBL")


def _to_ubl(invoice: Invoice) -> Invoice:
    """What two terms of the model share a place in UBL, and what UBL wants beside another."""
    changes: dict[str, object] = {}
    if invoice.sales_order_reference and not invoice.order_reference:
        changes["order_reference"] = _NO_ORDER
    if any(means.account_id and not means.iban for means in invoice.payment_means):
        changes["payment_means"] = tuple(
            replace(means, iban=means.iban or means.account_id, account_id="")
            for means in invoice.payment_means
        )
    return replace(invoice, **changes) if changes else invoice  # type: ignore[arg-type]


def _from_ubl(invoice: Invoice) -> Invoice:
    if invoice.sales_order_reference and invoice.order_reference == _NO_ORDER:
        invoice = replace(invoice, order_reference="")
    if any(means.iban and not _is_iban(means.iban) for means in invoice.payment_means):
        means = tuple(_account(means) for means in invoice.payment_means)
        invoice = replace(invoice, payment_means=means)
    return invoice


def _account(means: PaymentMeans) -> PaymentMeans:
    if _is_iban(means.iban):
        return means
    return replace(means, iban="", account_id=means.iban)


def _is_iban(text: str) -> bool:
    return bool(_IBAN.fullmatch("".join(text.split()).upper()))
