"""The table of EN 16931: every business term, what it is called here and where it stands in CII.

This is the only place that knows a path. Writing, reading, the presence checks and the labels on
screen are all driven by it, so a new term is a new row (and an attribute of the model).

Columns of a row:

- ``id``: BT or BG number; ``BT-30-1`` is the scheme of ``BT-30``.
- ``name``: dotted attribute of :class:`~echeance.core.einvoice.model.Invoice`.
- ``kind``: how the text is turned into a value, ``GROUP`` for a group.
- ``cardinality``: inside its group, as EN 16931-1 says it.
- ``level``: the lowest Factur-X profile that carries it.
- ``label``: the French label.
- ``cii``: path below the path of its group, or from the root when it begins with ``/``.
- ``rule``: the EN 16931 rule that makes it mandatory.
- ``also``: other CII places where others write the same term; read, never written.

Paths: element names without prefix are of the ``ram`` namespace. ``[X=v]`` chooses the element
whose child or ``@attribute`` X is v (``$currency`` is the value of that attribute of the invoice)
and writes it; ``{X=v}`` only writes it. A path that crosses a repeated group it does not belong to
is written in each of them: BT-7 and BT-8 stand in every VAT breakdown of CII.

Source: EN 16931-1:2017 tables 2 to 34, CEN/TS 16931-3-3 (binding to CII), Factur-X 1.09.
"""

# A table reads best with one row a line and its columns by position.
# ruff: noqa: E501, PLR0917

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, auto
from typing import Final


class Kind(Enum):
    """How a value is written: numbers differ by their fewest and greatest number of decimals."""

    GROUP = auto()
    TEXT = auto()
    DATE = auto()
    AMOUNT = auto()
    PRICE = auto()
    QUANTITY = auto()
    PERCENT = auto()
    BINARY = auto()


class Level(IntEnum):
    """Factur-X profiles, each containing those before it."""

    MINIMUM = 1
    BASIC_WL = 2
    BASIC = 3
    EN16931 = 4
    EXTENDED = 5


@dataclass(frozen=True, slots=True)
class Term:
    """One row; see the module's docstring for the columns."""

    id: str
    name: str
    kind: Kind
    cardinality: str
    level: Level
    label: str
    cii: str
    rule: str = ""
    also: tuple[str, ...] = ()

    @property
    def mandatory(self) -> bool:
        """Whether it must be there when its group is."""
        return self.cardinality.startswith("1")

    @property
    def repeated(self) -> bool:
        """Whether it may stand several times in its group."""
        return self.cardinality.endswith("n")


GROUP, TEXT, DATE = Kind.GROUP, Kind.TEXT, Kind.DATE
AMOUNT, PRICE, QUANTITY, PERCENT = Kind.AMOUNT, Kind.PRICE, Kind.QUANTITY, Kind.PERCENT
MINIMUM, BASIC_WL, BASIC, EN16931 = Level.MINIMUM, Level.BASIC_WL, Level.BASIC, Level.EN16931

_CONTEXT: Final = "/rsm:ExchangedDocumentContext"
_DOCUMENT: Final = "/rsm:ExchangedDocument"
_TRANSACTION: Final = "/rsm:SupplyChainTradeTransaction"
_AGREEMENT: Final = f"{_TRANSACTION}/ApplicableHeaderTradeAgreement"
_DELIVERY: Final = f"{_TRANSACTION}/ApplicableHeaderTradeDelivery"
_SETTLEMENT: Final = f"{_TRANSACTION}/ApplicableHeaderTradeSettlement"
_DAY: Final = "udt:DateTimeString{@format=102}"
_ALLOWANCE: Final = "SpecifiedTradeAllowanceCharge[ChargeIndicator/udt:Indicator=false]"
_CHARGE: Final = "SpecifiedTradeAllowanceCharge[ChargeIndicator/udt:Indicator=true]"


def _identifier(
    number: str,
    name: str,
    cardinality: str,
    level: Level,
    label: str,
    cii: str,
    *,
    scheme: str = "@schemeID",
    scheme_rule: str = "",
) -> list[Term]:
    """A value and its scheme, an attribute of it or, for objects, an element beside it.

    With ``scheme_rule`` the scheme is mandatory.
    """
    attribute = scheme.startswith("@")
    value_place = "." if attribute else cii
    scheme_place = scheme if attribute else f"{cii.rsplit('/', 1)[0]}/{scheme}"
    card = "1..1" if scheme_rule else "0..1"
    return [
        Term(number, name, GROUP, cardinality, level, label, cii if attribute else ""),
        Term(number, f"{name}.value", TEXT, "1..1", level, label, value_place),
        Term(
            f"{number}-1",
            f"{name}.scheme",
            TEXT,
            card,
            level,
            f"Schéma ({label})",
            scheme_place,
            scheme_rule,
        ),
    ]


def _address(
    group: str,
    name: str,
    cardinality: str,
    level: Level,
    label: str,
    numbers: str,
    rules: tuple[str, str] = ("", ""),
) -> list[Term]:
    """An address; ``numbers`` are those of its seven terms in the order of the model."""
    line_one, line_two, line_three, post_code, city, subdivision, country = numbers.split()
    return [
        Term(group, name, GROUP, cardinality, level, label, "PostalTradeAddress", rules[0]),
        Term(line_one, f"{name}.line_one", TEXT, "0..1", BASIC_WL, "Adresse", "LineOne"),
        Term(line_two, f"{name}.line_two", TEXT, "0..1", BASIC_WL, "Adresse (suite)", "LineTwo"),
        Term(
            line_three, f"{name}.line_three", TEXT, "0..1", BASIC_WL, "Adresse (fin)", "LineThree"
        ),
        Term(post_code, f"{name}.post_code", TEXT, "0..1", BASIC_WL, "Code postal", "PostcodeCode"),
        Term(city, f"{name}.city", TEXT, "0..1", BASIC_WL, "Ville", "CityName"),
        Term(
            subdivision,
            f"{name}.country_subdivision",
            TEXT,
            "0..1",
            BASIC_WL,
            "Région",
            "CountrySubDivisionName",
        ),
        Term(country, f"{name}.country_code", TEXT, "1..1", level, "Pays", "CountryID", rules[1]),
    ]


def _contact(group: str, name: str, label: str, numbers: str) -> list[Term]:
    person, telephone, email = numbers.split()
    return [
        Term(group, name, GROUP, "0..1", EN16931, label, "DefinedTradeContact"),
        Term(
            person,
            f"{name}.name",
            TEXT,
            "0..1",
            EN16931,
            "Contact",
            "PersonName",
            also=("DepartmentName",),
        ),
        Term(
            telephone,
            f"{name}.telephone",
            TEXT,
            "0..1",
            EN16931,
            "Téléphone",
            "TelephoneUniversalCommunication/CompleteNumber",
        ),
        Term(
            email,
            f"{name}.email",
            TEXT,
            "0..1",
            EN16931,
            "Courriel",
            "EmailURIUniversalCommunication/URIID",
        ),
    ]


def _party_identifiers(number: str, name: str, level: Level, label: str) -> list[Term]:
    return [
        Term(number, f"{name}.identifiers", TEXT, "0..n", level, label, "ID"),
        *_identifier(number, f"{name}.global_identifiers", "0..n", level, label, "GlobalID"),
    ]


def _electronic_address(number: str, name: str, label: str, rule: str) -> list[Term]:
    return _identifier(
        number,
        f"{name}.electronic_address",
        "0..1",
        BASIC_WL,
        label,
        "URIUniversalCommunication/URIID",
        scheme_rule=rule,
    )


def _tax_registration(scheme: str) -> str:
    return f"SpecifiedTaxRegistration[ID/@schemeID={scheme}]/ID"


def _allowance_charge(
    group: str,
    name: str,
    level: Level,
    label: str,
    cii: str,
    numbers: str,
    rule: str,
    vat_rule: str = "",
) -> list[Term]:
    """``numbers``: amount, base, percent, VAT category, VAT rate, reason, reason code."""
    amount, base, percent, category, rate, reason, code = numbers.split()
    rows = [
        Term(group, name, GROUP, "0..n", level, label, cii),
        Term(amount, f"{name}.amount", AMOUNT, "1..1", level, "Montant HT", "ActualAmount", rule),
        Term(base, f"{name}.base_amount", AMOUNT, "0..1", level, "Assiette", "BasisAmount"),
        Term(
            percent, f"{name}.percent", PERCENT, "0..1", level, "Pourcentage", "CalculationPercent"
        ),
        Term(reason, f"{name}.reason", TEXT, "0..1", level, "Motif", "Reason"),
        Term(code, f"{name}.reason_code", TEXT, "0..1", level, "Code du motif", "ReasonCode"),
    ]
    if vat_rule:
        tax = "CategoryTradeTax{TypeCode=VAT}"
        rows += [
            Term(
                category,
                f"{name}.vat_category",
                TEXT,
                "1..1",
                level,
                "Catégorie de TVA",
                f"{tax}/CategoryCode",
                vat_rule,
            ),
            Term(
                rate,
                f"{name}.vat_rate",
                PERCENT,
                "0..1",
                level,
                "Taux de TVA",
                f"{tax}/RateApplicablePercent",
            ),
        ]
    return rows


def _object(number: str, name: str, cii: str) -> list[Term]:
    return _identifier(
        number,
        name,
        "0..1",
        EN16931,
        "Objet facturé",
        f"{cii}/AdditionalReferencedDocument[TypeCode=130]/IssuerAssignedID",
        scheme="ReferenceTypeCode",
    )


def _period(group: str, name: str, level: Level, label: str, cii: str, numbers: str) -> list[Term]:
    start, end = numbers.split()
    return [
        Term(group, name, GROUP, "0..1", level, label, f"{cii}/BillingSpecifiedPeriod"),
        Term(start, f"{name}.start", DATE, "0..1", level, "Du", f"StartDateTime/{_DAY}"),
        Term(end, f"{name}.end", DATE, "0..1", level, "Au", f"EndDateTime/{_DAY}"),
    ]


_TAX = f"{_SETTLEMENT}/ApplicableTradeTax"
_TERMS = f"{_SETTLEMENT}/SpecifiedTradePaymentTerms"
_MEANS = f"{_SETTLEMENT}/SpecifiedTradeSettlementPaymentMeans"
_SUM = f"{_SETTLEMENT}/SpecifiedTradeSettlementHeaderMonetarySummation"
_SUPPORT = f"{_AGREEMENT}/AdditionalReferencedDocument"
_LINE_AGREEMENT = "SpecifiedLineTradeAgreement"
_LINE_SETTLEMENT = "SpecifiedLineTradeSettlement"
_PRODUCT = "SpecifiedTradeProduct"

# fmt: off
TERMS: Final[tuple[Term, ...]] = (
    # The document
    Term("BT-1", "number", TEXT, "1..1", MINIMUM, "Numéro de facture", f"{_DOCUMENT}/ID", "BR-02"),
    Term("BT-2", "issue_date", DATE, "1..1", MINIMUM, "Date d'émission", f"{_DOCUMENT}/IssueDateTime/{_DAY}", "BR-03"),
    Term("BT-3", "type_code", TEXT, "1..1", MINIMUM, "Type de facture", f"{_DOCUMENT}/TypeCode", "BR-04"),
    Term("BT-5", "currency", TEXT, "1..1", MINIMUM, "Devise", f"{_SETTLEMENT}/InvoiceCurrencyCode", "BR-05"),
    Term("BT-6", "accounting_currency", TEXT, "0..1", BASIC_WL, "Devise de comptabilisation de la TVA", f"{_SETTLEMENT}/TaxCurrencyCode"),
    Term("BT-7", "tax_point_date", DATE, "0..1", EN16931, "Date d'exigibilité", f"{_TAX}/TaxPointDate/udt:DateString{{@format=102}}"),
    Term("BT-8", "tax_point_code", TEXT, "0..1", BASIC_WL, "Code d'exigibilité", f"{_TAX}/DueDateTypeCode"),
    Term("BT-9", "due_date", DATE, "0..1", BASIC_WL, "Échéance", f"{_TERMS}/DueDateDateTime/{_DAY}"),
    Term("BT-10", "buyer_reference", TEXT, "0..1", MINIMUM, "Référence de l'acheteur (code service)", f"{_AGREEMENT}/BuyerReference"),
    Term("BT-11", "project_reference", TEXT, "0..1", EN16931, "Référence du projet", f"{_AGREEMENT}/SpecifiedProcuringProject{{Name=Project reference}}/ID"),
    Term("BT-12", "contract_reference", TEXT, "0..1", BASIC_WL, "Numéro de contrat", f"{_AGREEMENT}/ContractReferencedDocument/IssuerAssignedID"),
    Term("BT-13", "order_reference", TEXT, "0..1", MINIMUM, "Bon de commande", f"{_AGREEMENT}/BuyerOrderReferencedDocument/IssuerAssignedID"),
    Term("BT-14", "sales_order_reference", TEXT, "0..1", EN16931, "Ordre de vente", f"{_AGREEMENT}/SellerOrderReferencedDocument/IssuerAssignedID"),
    Term("BT-15", "receiving_advice_reference", TEXT, "0..1", EN16931, "Avis de réception", f"{_DELIVERY}/ReceivingAdviceReferencedDocument/IssuerAssignedID"),
    Term("BT-16", "despatch_advice_reference", TEXT, "0..1", BASIC_WL, "Avis d'expédition", f"{_DELIVERY}/DespatchAdviceReferencedDocument/IssuerAssignedID"),
    Term("BT-17", "tender_reference", TEXT, "0..1", EN16931, "Appel d'offres ou lot", f"{_SUPPORT}[TypeCode=50]/IssuerAssignedID"),
    *_object("BT-18", "object_id", _AGREEMENT),
    Term("BT-19", "buyer_accounting_reference", TEXT, "0..1", BASIC_WL, "Référence comptable de l'acheteur", f"{_SETTLEMENT}/ReceivableSpecifiedTradeAccountingAccount/ID"),
    Term("BT-20", "payment_terms", TEXT, "0..1", BASIC_WL, "Conditions de règlement", f"{_TERMS}/Description"),
    Term("BG-1", "notes", GROUP, "0..n", BASIC_WL, "Mention", f"{_DOCUMENT}/IncludedNote"),
    Term("BT-21", "notes.subject_code", TEXT, "0..1", BASIC_WL, "Sujet de la mention", "SubjectCode"),
    Term("BT-22", "notes.text", TEXT, "1..1", BASIC_WL, "Texte de la mention", "Content"),
    Term("BT-23", "business_process", TEXT, "0..1", MINIMUM, "Cadre de facturation", f"{_CONTEXT}/BusinessProcessSpecifiedDocumentContextParameter/ID"),
    Term("BT-24", "specification_id", TEXT, "1..1", MINIMUM, "Profil", f"{_CONTEXT}/GuidelineSpecifiedDocumentContextParameter/ID", "BR-01"),
    Term("BG-3", "preceding_invoices", GROUP, "0..n", BASIC_WL, "Facture d'origine", f"{_SETTLEMENT}/InvoiceReferencedDocument"),
    Term("BT-25", "preceding_invoices.number", TEXT, "1..1", BASIC_WL, "Numéro de la facture d'origine", "IssuerAssignedID", "BR-55"),
    Term("BT-26", "preceding_invoices.issue_date", DATE, "0..1", BASIC_WL, "Date de la facture d'origine", "FormattedIssueDateTime/qdt:DateTimeString{@format=102}"),
    # The parties
    Term("BG-4", "seller", GROUP, "1..1", MINIMUM, "Vendeur", f"{_AGREEMENT}/SellerTradeParty"),
    Term("BT-27", "seller.name", TEXT, "1..1", MINIMUM, "Nom du vendeur", "Name", "BR-06"),
    Term("BT-28", "seller.trading_name", TEXT, "0..1", BASIC_WL, "Nom commercial du vendeur", "SpecifiedLegalOrganization/TradingBusinessName"),
    *_party_identifiers("BT-29", "seller", BASIC_WL, "Identifiant du vendeur"),
    *_identifier("BT-30", "seller.legal_id", "0..1", MINIMUM, "SIREN du vendeur", "SpecifiedLegalOrganization/ID"),
    Term("BT-31", "seller.vat_id", TEXT, "0..1", MINIMUM, "N° de TVA du vendeur", _tax_registration("VA")),
    Term("BT-32", "seller.tax_id", TEXT, "0..1", BASIC_WL, "Numéro fiscal du vendeur", _tax_registration("FC")),
    Term("BT-33", "seller.legal_information", TEXT, "0..1", EN16931, "Informations juridiques du vendeur", "Description"),
    *_electronic_address("BT-34", "seller", "Adresse de facturation électronique du vendeur", "BR-62"),
    *_address("BG-5", "seller.address", "1..1", MINIMUM, "Adresse du vendeur", "BT-35 BT-36 BT-162 BT-38 BT-37 BT-39 BT-40", ("BR-08", "BR-09")),
    *_contact("BG-6", "seller.contact", "Contact du vendeur", "BT-41 BT-42 BT-43"),
    Term("BG-7", "buyer", GROUP, "1..1", MINIMUM, "Acheteur", f"{_AGREEMENT}/BuyerTradeParty"),
    Term("BT-44", "buyer.name", TEXT, "1..1", MINIMUM, "Nom de l'acheteur", "Name", "BR-07"),
    Term("BT-45", "buyer.trading_name", TEXT, "0..1", EN16931, "Nom commercial de l'acheteur", "SpecifiedLegalOrganization/TradingBusinessName"),
    *_party_identifiers("BT-46", "buyer", BASIC_WL, "Identifiant de l'acheteur"),
    *_identifier("BT-47", "buyer.legal_id", "0..1", MINIMUM, "SIREN de l'acheteur", "SpecifiedLegalOrganization/ID"),
    Term("BT-48", "buyer.vat_id", TEXT, "0..1", BASIC_WL, "N° de TVA de l'acheteur", _tax_registration("VA")),
    *_electronic_address("BT-49", "buyer", "Adresse de facturation électronique de l'acheteur", "BR-63"),
    *_address("BG-8", "buyer.address", "1..1", BASIC_WL, "Adresse de l'acheteur", "BT-50 BT-51 BT-163 BT-53 BT-52 BT-54 BT-55", ("BR-10", "BR-11")),
    *_contact("BG-9", "buyer.contact", "Contact de l'acheteur", "BT-56 BT-57 BT-58"),
    Term("BG-10", "payee", GROUP, "0..1", BASIC_WL, "Bénéficiaire", f"{_SETTLEMENT}/PayeeTradeParty"),
    Term("BT-59", "payee.name", TEXT, "1..1", BASIC_WL, "Nom du bénéficiaire", "Name", "BR-17"),
    *_party_identifiers("BT-60", "payee", BASIC_WL, "Identifiant du bénéficiaire"),
    *_identifier("BT-61", "payee.legal_id", "0..1", BASIC_WL, "SIREN du bénéficiaire", "SpecifiedLegalOrganization/ID"),
    Term("BG-11", "tax_representative", GROUP, "0..1", BASIC_WL, "Représentant fiscal", f"{_AGREEMENT}/SellerTaxRepresentativeTradeParty"),
    Term("BT-62", "tax_representative.name", TEXT, "1..1", BASIC_WL, "Nom du représentant fiscal", "Name", "BR-18"),
    Term("BT-63", "tax_representative.vat_id", TEXT, "1..1", BASIC_WL, "N° de TVA du représentant fiscal", _tax_registration("VA"), "BR-56"),
    *_address("BG-12", "tax_representative.address", "1..1", BASIC_WL, "Adresse du représentant fiscal", "BT-64 BT-65 BT-164 BT-67 BT-66 BT-68 BT-69", ("BR-19", "BR-20")),
    # Delivery and period
    Term("BG-13", "delivery", GROUP, "0..1", BASIC_WL, "Livraison", f"{_DELIVERY}/ShipToTradeParty"),
    Term("BT-70", "delivery.name", TEXT, "0..1", BASIC_WL, "Livré à", "Name"),
    *_party_identifiers("BT-71", "delivery", BASIC_WL, "Identifiant du lieu de livraison"),
    Term("BT-72", "delivery.delivery_date", DATE, "0..1", BASIC_WL, "Date de livraison", f"{_DELIVERY}/ActualDeliverySupplyChainEvent/OccurrenceDateTime/{_DAY}"),
    *_address("BG-15", "delivery.address", "0..1", BASIC_WL, "Adresse de livraison", "BT-75 BT-76 BT-165 BT-78 BT-77 BT-79 BT-80", ("", "BR-57")),
    *_period("BG-14", "period", BASIC_WL, "Période de facturation", _SETTLEMENT, "BT-73 BT-74"),
    # Payment
    Term("BG-16", "payment_means", GROUP, "0..n", BASIC_WL, "Moyen de paiement", _MEANS),
    Term("BT-81", "payment_means.type_code", TEXT, "1..1", BASIC_WL, "Code du moyen de paiement", "TypeCode", "BR-49"),
    Term("BT-82", "payment_means.text", TEXT, "0..1", EN16931, "Libellé du moyen de paiement", "Information"),
    Term("BT-84", "payment_means.iban", TEXT, "0..1", BASIC_WL, "IBAN", "PayeePartyCreditorFinancialAccount/IBANID"),
    Term("BT-84", "payment_means.account_id", TEXT, "0..1", BASIC_WL, "Numéro de compte hors IBAN", "PayeePartyCreditorFinancialAccount/ProprietaryID"),
    Term("BT-85", "payment_means.account_name", TEXT, "0..1", EN16931, "Titulaire du compte", "PayeePartyCreditorFinancialAccount/AccountName"),
    Term("BT-86", "payment_means.bic", TEXT, "0..1", EN16931, "BIC", "PayeeSpecifiedCreditorFinancialInstitution/BICID"),
    Term("BT-87", "payment_means.card_number", TEXT, "0..1", EN16931, "Carte (derniers chiffres)", "ApplicableTradeSettlementFinancialCard/ID"),
    Term("BT-88", "payment_means.card_holder", TEXT, "0..1", EN16931, "Titulaire de la carte", "ApplicableTradeSettlementFinancialCard/CardholderName"),
    Term("BT-91", "payment_means.debited_iban", TEXT, "0..1", BASIC_WL, "IBAN débité", "PayerPartyDebtorFinancialAccount/IBANID"),
    Term("BT-83", "remittance_information", TEXT, "0..1", BASIC_WL, "Référence à rappeler", f"{_SETTLEMENT}/PaymentReference"),
    Term("BT-89", "mandate_id", TEXT, "0..1", BASIC_WL, "Mandat", f"{_TERMS}/DirectDebitMandateID"),
    Term("BT-90", "creditor_id", TEXT, "0..1", BASIC_WL, "Identifiant créancier SEPA", f"{_SETTLEMENT}/CreditorReferenceID"),
    # Allowances, charges, totals, VAT
    *_allowance_charge("BG-20", "allowances", BASIC_WL, "Remise", f"{_SETTLEMENT}/{_ALLOWANCE}", "BT-92 BT-93 BT-94 BT-95 BT-96 BT-97 BT-98", "BR-31", "BR-32"),
    *_allowance_charge("BG-21", "charges", BASIC_WL, "Majoration", f"{_SETTLEMENT}/{_CHARGE}", "BT-99 BT-100 BT-101 BT-102 BT-103 BT-104 BT-105", "BR-36", "BR-37"),
    Term("BG-22", "totals", GROUP, "1..1", MINIMUM, "Totaux", _SUM),
    Term("BT-106", "totals.line_total", AMOUNT, "1..1", BASIC_WL, "Somme des lignes HT", "LineTotalAmount", "BR-12"),
    Term("BT-107", "totals.allowance_total", AMOUNT, "0..1", BASIC_WL, "Total des remises", "AllowanceTotalAmount"),
    Term("BT-108", "totals.charge_total", AMOUNT, "0..1", BASIC_WL, "Total des majorations", "ChargeTotalAmount"),
    Term("BT-109", "totals.net_total", AMOUNT, "1..1", MINIMUM, "Total HT", "TaxBasisTotalAmount", "BR-13"),
    Term("BT-110", "totals.vat_total", AMOUNT, "0..1", MINIMUM, "Total TVA", "TaxTotalAmount[@currencyID=$currency]"),
    Term("BT-111", "totals.vat_total_accounting", AMOUNT, "0..1", BASIC_WL, "Total TVA en devise de comptabilisation", "TaxTotalAmount[@currencyID=$accounting_currency]"),
    Term("BT-112", "totals.gross_total", AMOUNT, "1..1", MINIMUM, "Total TTC", "GrandTotalAmount", "BR-14"),
    Term("BT-113", "totals.prepaid_amount", AMOUNT, "0..1", BASIC_WL, "Déjà réglé", "TotalPrepaidAmount"),
    Term("BT-114", "totals.rounding_amount", AMOUNT, "0..1", EN16931, "Arrondi", "RoundingAmount"),
    Term("BT-115", "totals.amount_due", AMOUNT, "1..1", MINIMUM, "Net à payer", "DuePayableAmount", "BR-15"),
    Term("BG-23", "vat_breakdown", GROUP, "1..n", BASIC_WL, "Récapitulatif de TVA", f"{_TAX}{{TypeCode=VAT}}", "BR-CO-18"),
    Term("BT-116", "vat_breakdown.taxable_amount", AMOUNT, "1..1", BASIC_WL, "Base HT", "BasisAmount", "BR-45"),
    Term("BT-117", "vat_breakdown.tax_amount", AMOUNT, "1..1", BASIC_WL, "Montant de TVA", "CalculatedAmount", "BR-46"),
    Term("BT-118", "vat_breakdown.vat_category", TEXT, "1..1", BASIC_WL, "Catégorie de TVA", "CategoryCode", "BR-47"),
    Term("BT-119", "vat_breakdown.vat_rate", PERCENT, "0..1", BASIC_WL, "Taux de TVA", "RateApplicablePercent"),
    Term("BT-120", "vat_breakdown.exemption_reason", TEXT, "0..1", BASIC_WL, "Motif d'exonération", "ExemptionReason"),
    Term("BT-121", "vat_breakdown.exemption_code", TEXT, "0..1", BASIC_WL, "Code du motif d'exonération", "ExemptionReasonCode"),
    # Supporting documents
    Term("BG-24", "attachments", GROUP, "0..n", EN16931, "Pièce jointe", f"{_SUPPORT}[TypeCode=916]"),
    Term("BT-122", "attachments.reference", TEXT, "1..1", EN16931, "Référence de la pièce jointe", "IssuerAssignedID", "BR-52"),
    Term("BT-123", "attachments.description", TEXT, "0..1", EN16931, "Nature de la pièce jointe", "Name"),
    Term("BT-124", "attachments.url", TEXT, "0..1", EN16931, "Adresse de la pièce jointe", "URIID"),
    Term("BT-125", "attachments.content", Kind.BINARY, "0..1", EN16931, "Contenu de la pièce jointe", "AttachmentBinaryObject"),
    Term("BT-125-1", "attachments.mime_code", TEXT, "0..1", EN16931, "Type de la pièce jointe", "AttachmentBinaryObject/@mimeCode"),
    Term("BT-125-2", "attachments.filename", TEXT, "0..1", EN16931, "Nom de la pièce jointe", "AttachmentBinaryObject/@filename"),
    # Lines
    Term("BG-25", "lines", GROUP, "1..n", BASIC, "Ligne", f"{_TRANSACTION}/IncludedSupplyChainTradeLineItem", "BR-16"),
    Term("BT-126", "lines.id", TEXT, "1..1", BASIC, "Numéro de ligne", "AssociatedDocumentLineDocument/LineID", "BR-21"),
    Term("BT-127", "lines.note", TEXT, "0..1", BASIC, "Note de ligne", "AssociatedDocumentLineDocument/IncludedNote/Content"),
    *_object("BT-128", "lines.object_id", _LINE_SETTLEMENT),
    Term("BT-129", "lines.quantity", QUANTITY, "1..1", BASIC, "Quantité", "SpecifiedLineTradeDelivery/BilledQuantity", "BR-22"),
    Term("BT-130", "lines.unit_code", TEXT, "1..1", BASIC, "Unité", "SpecifiedLineTradeDelivery/BilledQuantity/@unitCode", "BR-23"),
    Term("BT-131", "lines.net_amount", AMOUNT, "1..1", BASIC, "Montant HT", f"{_LINE_SETTLEMENT}/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount", "BR-24"),
    Term("BT-132", "lines.order_line_reference", TEXT, "0..1", EN16931, "Ligne de commande", f"{_LINE_AGREEMENT}/BuyerOrderReferencedDocument/LineID"),
    Term("BT-133", "lines.buyer_accounting_reference", TEXT, "0..1", EN16931, "Référence comptable de l'acheteur", f"{_LINE_SETTLEMENT}/ReceivableSpecifiedTradeAccountingAccount/ID"),
    *_period("BG-26", "lines.period", BASIC, "Période de la ligne", _LINE_SETTLEMENT, "BT-134 BT-135"),
    *_allowance_charge("BG-27", "lines.allowances", BASIC, "Remise de ligne", f"{_LINE_SETTLEMENT}/{_ALLOWANCE}", "BT-136 BT-137 BT-138 - - BT-139 BT-140", "BR-41"),
    *_allowance_charge("BG-28", "lines.charges", BASIC, "Majoration de ligne", f"{_LINE_SETTLEMENT}/{_CHARGE}", "BT-141 BT-142 BT-143 - - BT-144 BT-145", "BR-43"),
    Term("BT-146", "lines.unit_price", PRICE, "1..1", BASIC, "Prix unitaire HT", f"{_LINE_AGREEMENT}/NetPriceProductTradePrice/ChargeAmount", "BR-26"),
    Term("BT-147", "lines.price_discount", PRICE, "0..1", BASIC, "Rabais sur le prix", f"{_LINE_AGREEMENT}/GrossPriceProductTradePrice/AppliedTradeAllowanceCharge{{ChargeIndicator/udt:Indicator=false}}/ActualAmount"),
    Term("BT-148", "lines.gross_price", PRICE, "0..1", BASIC, "Prix brut HT", f"{_LINE_AGREEMENT}/GrossPriceProductTradePrice/ChargeAmount"),
    Term("BT-149", "lines.base_quantity", QUANTITY, "0..1", BASIC, "Quantité de base du prix", f"{_LINE_AGREEMENT}/NetPriceProductTradePrice/BasisQuantity", also=(f"{_LINE_AGREEMENT}/GrossPriceProductTradePrice/BasisQuantity",)),
    Term("BT-150", "lines.base_unit_code", TEXT, "0..1", BASIC, "Unité de base du prix", f"{_LINE_AGREEMENT}/NetPriceProductTradePrice/BasisQuantity/@unitCode", also=(f"{_LINE_AGREEMENT}/GrossPriceProductTradePrice/BasisQuantity/@unitCode",)),
    Term("BT-151", "lines.vat_category", TEXT, "1..1", BASIC, "Catégorie de TVA", f"{_LINE_SETTLEMENT}/ApplicableTradeTax{{TypeCode=VAT}}/CategoryCode", "BR-CO-04"),
    Term("BT-152", "lines.vat_rate", PERCENT, "0..1", BASIC, "Taux de TVA", f"{_LINE_SETTLEMENT}/ApplicableTradeTax/RateApplicablePercent"),
    Term("BT-153", "lines.name", TEXT, "1..1", BASIC, "Désignation", f"{_PRODUCT}/Name", "BR-25"),
    Term("BT-154", "lines.description", TEXT, "0..1", EN16931, "Description", f"{_PRODUCT}/Description"),
    Term("BT-155", "lines.seller_item_id", TEXT, "0..1", EN16931, "Référence du vendeur", f"{_PRODUCT}/SellerAssignedID"),
    Term("BT-156", "lines.buyer_item_id", TEXT, "0..1", EN16931, "Référence de l'acheteur", f"{_PRODUCT}/BuyerAssignedID"),
    *_identifier("BT-157", "lines.standard_item_id", "0..1", BASIC, "Code article normalisé", f"{_PRODUCT}/GlobalID", scheme_rule="BR-64"),
    Term("BT-158", "lines.classifications", GROUP, "0..n", EN16931, "Classe de l'article", f"{_PRODUCT}/DesignatedProductClassification"),
    Term("BT-158", "lines.classifications.value", TEXT, "1..1", EN16931, "Classe de l'article", "ClassCode"),
    Term("BT-158-1", "lines.classifications.scheme", TEXT, "1..1", EN16931, "Classe de l'article (schéma)", "ClassCode/@listID", "BR-65"),
    Term("BT-158-2", "lines.classifications.version", TEXT, "0..1", EN16931, "Classe de l'article (version)", "ClassCode/@listVersionID"),
    Term("BT-159", "lines.origin_country", TEXT, "0..1", EN16931, "Pays d'origine", f"{_PRODUCT}/OriginTradeCountry/ID"),
    Term("BG-32", "lines.attributes", GROUP, "0..n", EN16931, "Attribut de l'article", f"{_PRODUCT}/ApplicableProductCharacteristic"),
    Term("BT-160", "lines.attributes.name", TEXT, "1..1", EN16931, "Nom de l'attribut", "Description", "BR-54"),
    Term("BT-161", "lines.attributes.value", TEXT, "1..1", EN16931, "Valeur de l'attribut", "Value", "BR-54"),
)
# fmt: on

BY_NAME: Final = {term.name: term for term in TERMS}
