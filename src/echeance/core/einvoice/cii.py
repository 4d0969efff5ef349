"""UN/CEFACT Cross Industry Invoice (CII), the XML of Factur-X: write and read.

Source: CEN/TS 16931-3-3, Factur-X 1.09 (schema D22B).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from lxml import etree

from echeance.core.einvoice.binding import Binding, places
from echeance.core.einvoice.fields import TERMS
from echeance.core.einvoice.model import Invoice
from echeance.core.einvoice.reading import ReadResult, Unknown, read, restore
from echeance.core.einvoice.xml import parse_xml

NAMESPACE: Final = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
_STANDARD: Final = "urn:un:unece:uncefact:data:standard"

# One order for all element names: each type of the EN 16931 schema is a subsequence of it.
ORDER: Final = """
    ExchangedDocumentContext BusinessProcessSpecifiedDocumentContextParameter ID
    GuidelineSpecifiedDocumentContextParameter ExchangedDocument DateTimeString Content
    SubjectCode SupplyChainTradeTransaction IncludedSupplyChainTradeLineItem
    AssociatedDocumentLineDocument SpecifiedTradeProduct GlobalID SellerAssignedID
    BuyerAssignedID ClassCode SpecifiedLineTradeAgreement IssuerAssignedID URIID LineID
    ParentLineID LineStatusReasonCode ChargeAmount BasisQuantity AppliedTradeAllowanceCharge
    ChargeIndicator Indicator CalculationPercent CalculatedAmount TypeCode IssueDateTime
    IncludedNote Name Description ApplicableProductCharacteristic ValueMeasure Value
    DesignatedProductClassification OriginTradeCountry AttachmentBinaryObject ReferenceTypeCode
    FormattedIssueDateTime ExemptionReason BasisAmount ActualAmount ReasonCode Reason
    CategoryTradeTax CategoryCode ExemptionReasonCode TaxPointDate DateString DueDateTypeCode
    RateApplicablePercent SpecifiedLineTradeDelivery BilledQuantity SpecifiedLineTradeSettlement
    StartDateTime EndDateTime LineTotalAmount ApplicableHeaderTradeAgreement BuyerReference
    SellerTradeParty SpecifiedLegalOrganization TradingBusinessName DefinedTradeContact
    PersonName DepartmentName TelephoneUniversalCommunication CompleteNumber
    EmailURIUniversalCommunication PostalTradeAddress PostcodeCode LineOne LineTwo LineThree
    CityName CountryID CountrySubDivisionName URIUniversalCommunication SpecifiedTaxRegistration
    BuyerTradeParty SalesAgentTradeParty SellerTaxRepresentativeTradeParty
    SellerOrderReferencedDocument BuyerOrderReferencedDocument GrossPriceProductTradePrice
    NetPriceProductTradePrice ItemSellerTradeParty ContractReferencedDocument
    ApplicableHeaderTradeDelivery ShipToTradeParty ActualDeliverySupplyChainEvent
    OccurrenceDateTime DespatchAdviceReferencedDocument ReceivingAdviceReferencedDocument
    ApplicableHeaderTradeSettlement CreditorReferenceID PaymentReference TaxCurrencyCode
    InvoiceCurrencyCode InvoicerTradeParty InvoiceeTradeParty PayeeTradeParty PayerTradeParty
    SpecifiedTradeSettlementPaymentMeans ApplicableTradeTax BillingSpecifiedPeriod
    SpecifiedTradeAllowanceCharge SpecifiedTradeSettlementLineMonetarySummation
    SpecifiedLineTradeSettlement/InvoiceReferencedDocument AdditionalReferencedDocument
    BuyerAgentTradeParty SpecifiedProcuringProject Information
    ApplicableTradeSettlementFinancialCard CardholderName PayerPartyDebtorFinancialAccount
    IBANID PayeePartyCreditorFinancialAccount AccountName ProprietaryID
    PayeeSpecifiedCreditorFinancialInstitution BICID SpecifiedTradePaymentTerms DueDateDateTime
    DirectDebitMandateID SpecifiedTradeSettlementHeaderMonetarySummation ChargeTotalAmount
    AllowanceTotalAmount TaxBasisTotalAmount TaxTotalAmount RoundingAmount GrandTotalAmount
    TotalPrepaidAmount DuePayableAmount InvoiceReferencedDocument
    ReceivableSpecifiedTradeAccountingAccount
"""

CII: Final = Binding(
    syntax="CII",
    root="rsm:CrossIndustryInvoice",
    namespaces={
        "rsm": NAMESPACE,
        "qdt": f"{_STANDARD}:QualifiedDataType:100",
        "ram": f"{_STANDARD}:ReusableAggregateBusinessInformationEntity:100",
        "udt": f"{_STANDARD}:UnqualifiedDataType:100",
    },
    default_prefix="ram",
    terms=TERMS,
    paths=lambda term: places(term.cii, term.also),
    order=ORDER,
    always=("ApplicableHeaderTradeDelivery",),
)


def write_cii(invoice: Invoice, unknown: Iterable[Unknown] = ()) -> bytes:
    """Write an invoice as CII, UTF-8; the same facts give the same bytes.

    Nothing is checked or computed: call :func:`echeance.core.einvoice.checks.check` before.

    Args:
        invoice: The facts.
        unknown: What :func:`read_cii` could not put into them, to be put back.

    Raises:
        ForbiddenCharacterError: A text holds a control character.
    """
    return restore(CII, CII.write(invoice), unknown)


def read_cii(content: bytes | etree._Element, filename: str = "") -> ReadResult:
    """Read a CII document of any profile; ``read_cii(write_cii(x)).invoice == x``.

    Args:
        content: The file, or its root element from a hardened parser.
        filename: For the messages.

    Raises:
        FileError: The bytes are not an XML that may be read (empty, malformed, DOCTYPE…).
        UnreadableSyntaxError: It is another syntax.
    """
    return read(CII, parse_xml(content, filename) if isinstance(content, bytes) else content)
