"""UN/CEFACT Cross Industry Invoice (CII), the XML of Factur-X: write and read.

Source: CEN/TS 16931-3-3, Factur-X 1.09 (schema D22B).
"""

from __future__ import annotations

from typing import Final

from echeance.core.einvoice.binding import Binding, ReadResult
from echeance.core.einvoice.fields import TERMS
from echeance.core.einvoice.model import Invoice
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
    ChargeAmount BasisQuantity AppliedTradeAllowanceCharge ChargeIndicator Indicator
    CalculationPercent CalculatedAmount TypeCode IssueDateTime IncludedNote Name Description
    ApplicableProductCharacteristic Value DesignatedProductClassification OriginTradeCountry
    AttachmentBinaryObject ReferenceTypeCode FormattedIssueDateTime ExemptionReason BasisAmount
    ActualAmount ReasonCode Reason CategoryTradeTax CategoryCode ExemptionReasonCode
    TaxPointDate DateString DueDateTypeCode RateApplicablePercent SpecifiedLineTradeDelivery
    BilledQuantity SpecifiedLineTradeSettlement StartDateTime EndDateTime LineTotalAmount
    ApplicableHeaderTradeAgreement BuyerReference SellerTradeParty SpecifiedLegalOrganization
    TradingBusinessName DefinedTradeContact PersonName DepartmentName
    TelephoneUniversalCommunication CompleteNumber EmailURIUniversalCommunication
    PostalTradeAddress PostcodeCode LineOne LineTwo LineThree CityName CountryID
    CountrySubDivisionName URIUniversalCommunication SpecifiedTaxRegistration BuyerTradeParty
    SellerTaxRepresentativeTradeParty SellerOrderReferencedDocument BuyerOrderReferencedDocument
    GrossPriceProductTradePrice NetPriceProductTradePrice ContractReferencedDocument
    ApplicableHeaderTradeDelivery ShipToTradeParty ActualDeliverySupplyChainEvent
    OccurrenceDateTime DespatchAdviceReferencedDocument ReceivingAdviceReferencedDocument
    ApplicableHeaderTradeSettlement CreditorReferenceID PaymentReference TaxCurrencyCode
    InvoiceCurrencyCode PayeeTradeParty SpecifiedTradeSettlementPaymentMeans ApplicableTradeTax
    BillingSpecifiedPeriod SpecifiedTradeAllowanceCharge
    SpecifiedTradeSettlementLineMonetarySummation AdditionalReferencedDocument
    SpecifiedProcuringProject Information ApplicableTradeSettlementFinancialCard CardholderName
    PayerPartyDebtorFinancialAccount IBANID PayeePartyCreditorFinancialAccount AccountName
    ProprietaryID PayeeSpecifiedCreditorFinancialInstitution BICID SpecifiedTradePaymentTerms
    DueDateDateTime DirectDebitMandateID SpecifiedTradeSettlementHeaderMonetarySummation
    ChargeTotalAmount AllowanceTotalAmount TaxBasisTotalAmount TaxTotalAmount RoundingAmount
    GrandTotalAmount TotalPrepaidAmount DuePayableAmount InvoiceReferencedDocument
    ReceivableSpecifiedTradeAccountingAccount
"""

_CII: Final = Binding(
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
    path=lambda term: term.cii,
    order=ORDER,
    always=("ApplicableHeaderTradeDelivery",),
)


def write_cii(invoice: Invoice) -> bytes:
    """Write an invoice as CII, UTF-8; the same facts give the same bytes.

    Nothing is checked or computed: call :func:`echeance.core.einvoice.checks.check` before.

    Raises:
        ForbiddenCharacterError: A text holds a control character.
    """
    return _CII.write(invoice)


def read_cii(content: bytes, filename: str = "") -> ReadResult:
    """Read a CII document of any profile; ``read_cii(write_cii(x)).invoice == x``.

    Raises:
        FileError: The bytes are not an XML that may be read (empty, malformed, DOCTYPE…).
        UnreadableSyntaxError: It is another syntax.
    """
    return _CII.read(parse_xml(content, filename))
