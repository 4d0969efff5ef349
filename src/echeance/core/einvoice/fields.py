"""The table of EN 16931: every business term, what it is called here, where CII and UBL say it.

This is the only place that knows a path. Writing, reading, the presence checks and the labels on
screen are all driven by it, so a new term is a new row (and an attribute of the model).

Columns of a row:

- ``id``: BT or BG number; ``BT-30-1`` is the scheme of ``BT-30``. Terms of EXTENDED-CTC-FR have the
  number of XP Z12-012 (``EXT-FR-FE-163``) where it has one, else the name of their attribute.
- ``name``: dotted attribute of :class:`~echeance.core.einvoice.model.Invoice`.
- ``kind``: how the text is turned into a value, ``GROUP`` for a group.
- ``cardinality``: inside its group, as EN 16931-1 says it.
- ``level``: the lowest Factur-X profile that carries it.
- ``label``: the French label.
- ``cii``, ``ubl``: path below the path of its group, or from the root when it begins with ``/``;
  ``-`` where the syntax has no place for it.
- ``rule``: the EN 16931 rule that makes it mandatory.
- ``also``, ``ubl_also``: other places where others write the same term; read, never written.

Paths: element names without prefix are of the ``ram`` namespace in CII, of ``cbc`` in UBL.
``[X=v]`` chooses the element whose child or ``@attribute`` X is v (``$currency`` is the value of
that attribute of the invoice) and writes it; ``[X!=v]``, ``[X]`` and ``[!X]`` only choose: X is
another one, is there, is absent. ``{X=v}`` only writes. A step that ends with ``*`` is repeated,
once for each value. ``#`` is a code between two ``#`` before the text of the group's element. A
path that crosses a repeated group it does not belong to is written in each of them: BT-7 and BT-8
stand in every VAT breakdown of CII, BT-83 in every means of payment of UBL.

The UBL column is that of an Invoice; :mod:`echeance.core.einvoice.ubl` says what a CreditNote
names otherwise.

Source: EN 16931-1:2017 tables 2 to 34, CEN/TS 16931-3-2 (binding to UBL) and 16931-3-3 (to CII),
Factur-X 1.09, XP Z12-012 V1.4 (EXTENDED-CTC-FR).
"""

# A table reads best with one row a line and its columns by position.
# ruff: noqa: E501, PLR0917

from __future__ import annotations

from dataclasses import dataclass, replace
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
    ubl: str
    rule: str = ""
    also: tuple[str, ...] = ()
    ubl_also: tuple[str, ...] = ()

    @property
    def mandatory(self) -> bool:
        """Whether it must be there when its group is."""
        return self.cardinality.startswith("1")

    @property
    def repeated(self) -> bool:
        """Whether it may stand several times in its group."""
        return self.cardinality.endswith("n")


ABSENT: Final = "-"
"""Path of a term a syntax has no place for."""

GROUP, TEXT, DATE = Kind.GROUP, Kind.TEXT, Kind.DATE
AMOUNT, PRICE, QUANTITY, PERCENT = Kind.AMOUNT, Kind.PRICE, Kind.QUANTITY, Kind.PERCENT
MINIMUM, BASIC_WL, BASIC, EN16931 = Level.MINIMUM, Level.BASIC_WL, Level.BASIC, Level.EN16931
EXTENDED = Level.EXTENDED

_CONTEXT: Final = "/rsm:ExchangedDocumentContext"
_DOCUMENT: Final = "/rsm:ExchangedDocument"
_TRANSACTION: Final = "/rsm:SupplyChainTradeTransaction"
_AGREEMENT: Final = f"{_TRANSACTION}/ApplicableHeaderTradeAgreement"
_DELIVERY: Final = f"{_TRANSACTION}/ApplicableHeaderTradeDelivery"
_SETTLEMENT: Final = f"{_TRANSACTION}/ApplicableHeaderTradeSettlement"
_DAY: Final = "udt:DateTimeString{@format=102}"
_ALLOWANCE: Final = "SpecifiedTradeAllowanceCharge[ChargeIndicator/udt:Indicator=false]"
_CHARGE: Final = "SpecifiedTradeAllowanceCharge[ChargeIndicator/udt:Indicator=true]"
_UBL_ALLOWANCE: Final = "cac:AllowanceCharge[ChargeIndicator=false]"
_UBL_CHARGE: Final = "cac:AllowanceCharge[ChargeIndicator=true]"


def _scheme(label: str) -> str:
    return f"Schéma ({label})"


def _identifier(
    number: str,
    name: str,
    cardinality: str,
    level: Level,
    label: str,
    cii: str,
    ubl: str,
    *,
    scheme_rule: str = "",
) -> list[Term]:
    """A value and its scheme, an attribute of it; mandatory when a rule wants it."""
    card = "1..1" if scheme_rule else "0..1"
    here = ABSENT if ubl == ABSENT else "."
    scheme = ABSENT if ubl == ABSENT else "@schemeID"
    return [
        Term(number, name, GROUP, cardinality, level, label, cii, ubl),
        Term(number, f"{name}.value", TEXT, "1..1", level, label, ".", here),
        Term(
            f"{number}-1",
            f"{name}.scheme",
            TEXT,
            card,
            level,
            _scheme(label),
            "@schemeID",
            scheme,
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
    ubl: str = "cac:PostalAddress",
    cii: str = "PostalTradeAddress",
) -> list[Term]:
    """An address; ``numbers`` are those of its seven terms in the order of the model."""
    line_one, line_two, line_three, post_code, city, subdivision, country = numbers.split()
    inner = max(level, BASIC_WL)
    return [
        Term(group, name, GROUP, cardinality, level, label, cii, ubl, rules[0]),
        Term(line_one, f"{name}.line_one", TEXT, "0..1", inner, "Adresse", "LineOne", "StreetName"),
        Term(
            line_two,
            f"{name}.line_two",
            TEXT,
            "0..1",
            inner,
            "Adresse (suite)",
            "LineTwo",
            "AdditionalStreetName",
        ),
        Term(
            line_three,
            f"{name}.line_three",
            TEXT,
            "0..1",
            inner,
            "Adresse (fin)",
            "LineThree",
            "cac:AddressLine/Line",
        ),
        Term(
            post_code,
            f"{name}.post_code",
            TEXT,
            "0..1",
            inner,
            "Code postal",
            "PostcodeCode",
            "PostalZone",
        ),
        Term(city, f"{name}.city", TEXT, "0..1", inner, "Ville", "CityName", "CityName"),
        Term(
            subdivision,
            f"{name}.country_subdivision",
            TEXT,
            "0..1",
            inner,
            "Région",
            "CountrySubDivisionName",
            "CountrySubentity",
        ),
        Term(
            country,
            f"{name}.country_code",
            TEXT,
            "1..1",
            level,
            "Pays",
            "CountryID",
            "cac:Country/IdentificationCode",
            rules[1],
        ),
    ]


def _contact(group: str, name: str, label: str, numbers: str, level: Level = EN16931) -> list[Term]:
    person, telephone, email = numbers.split()
    return [
        Term(group, name, GROUP, "0..1", level, label, "DefinedTradeContact", "cac:Contact"),
        Term(
            person,
            f"{name}.name",
            TEXT,
            "0..1",
            level,
            "Contact",
            "PersonName",
            "Name",
            also=("DepartmentName",),
        ),
        Term(
            telephone,
            f"{name}.telephone",
            TEXT,
            "0..1",
            level,
            "Téléphone",
            "TelephoneUniversalCommunication/CompleteNumber",
            "Telephone",
        ),
        Term(
            email,
            f"{name}.email",
            TEXT,
            "0..1",
            level,
            "Courriel",
            "EmailURIUniversalCommunication/URIID",
            "ElectronicMail",
        ),
    ]


def _party_identifiers(number: str, name: str, level: Level, label: str) -> list[Term]:
    identifiers, with_scheme = f"{name}.identifiers", f"{name}.global_identifiers"
    return [
        Term(
            number,
            identifiers,
            TEXT,
            "0..n",
            level,
            label,
            "ID",
            "cac:PartyIdentification[!ID/@schemeID]*/ID",
        ),
        Term(
            number,
            with_scheme,
            GROUP,
            "0..n",
            level,
            label,
            "GlobalID",
            "cac:PartyIdentification[ID/@schemeID]",
        ),
        Term(number, f"{with_scheme}.value", TEXT, "1..1", level, label, ".", "ID"),
        Term(
            f"{number}-1",
            f"{with_scheme}.scheme",
            TEXT,
            "0..1",
            level,
            _scheme(label),
            "@schemeID",
            "ID/@schemeID",
        ),
    ]


def _place_identifiers(number: str, name: str, level: Level, label: str) -> list[Term]:
    """Identifiers of where goods went: UBL writes them on the place, not on the party."""
    identifiers, with_scheme = f"{name}.identifiers", f"{name}.global_identifiers"
    place = "cac:DeliveryLocation/ID"
    return [
        Term(number, identifiers, TEXT, "0..n", level, label, "ID", f"{place}[!@schemeID]"),
        *_identifier(number, with_scheme, "0..n", level, label, "GlobalID", f"{place}[@schemeID]"),
    ]


def _electronic_address(
    number: str, name: str, label: str, rule: str, level: Level = BASIC_WL
) -> list[Term]:
    return _identifier(
        number,
        f"{name}.electronic_address",
        "0..1",
        level,
        label,
        "URIUniversalCommunication/URIID",
        "EndpointID",
        scheme_rule=rule,
    )


def _legal_id(number: str, name: str, level: Level, label: str) -> list[Term]:
    return _identifier(
        number,
        f"{name}.legal_id",
        "0..1",
        level,
        label,
        "SpecifiedLegalOrganization/ID",
        "cac:PartyLegalEntity/CompanyID",
    )


def _tax_registration(scheme: str) -> str:
    return f"SpecifiedTaxRegistration[ID/@schemeID={scheme}]/ID"


_UBL_VAT_ID: Final = "cac:PartyTaxScheme[cac:TaxScheme/ID=VAT]/CompanyID"
_UBL_TAX_ID: Final = "cac:PartyTaxScheme[cac:TaxScheme/ID!=VAT]{cac:TaxScheme/ID=TAX}/CompanyID"


def _allowance_charge(
    group: str,
    name: str,
    level: Level,
    label: str,
    cii: str,
    ubl: str,
    numbers: str,
    rule: str,
    vat_rule: str = "",
) -> list[Term]:
    """``numbers``: amount, base, percent, VAT category, VAT rate, reason, reason code."""
    amount, base, percent, category, rate, reason, code = numbers.split()
    rows = [
        Term(group, name, GROUP, "0..n", level, label, cii, ubl),
        Term(
            amount,
            f"{name}.amount",
            AMOUNT,
            "1..1",
            level,
            "Montant HT",
            "ActualAmount",
            "Amount",
            rule,
        ),
        Term(
            base,
            f"{name}.base_amount",
            AMOUNT,
            "0..1",
            level,
            "Assiette",
            "BasisAmount",
            "BaseAmount",
        ),
        Term(
            percent,
            f"{name}.percent",
            PERCENT,
            "0..1",
            level,
            "Pourcentage",
            "CalculationPercent",
            "MultiplierFactorNumeric",
        ),
        Term(
            reason,
            f"{name}.reason",
            TEXT,
            "0..1",
            level,
            "Motif",
            "Reason",
            "AllowanceChargeReason",
        ),
        Term(
            code,
            f"{name}.reason_code",
            TEXT,
            "0..1",
            level,
            "Code du motif",
            "ReasonCode",
            "AllowanceChargeReasonCode",
        ),
    ]
    if vat_rule:
        tax, ubl_tax = "CategoryTradeTax{TypeCode=VAT}", "cac:TaxCategory{cac:TaxScheme/ID=VAT}"
        rows += [
            Term(
                category,
                f"{name}.vat_category",
                TEXT,
                "1..1",
                level,
                "Catégorie de TVA",
                f"{tax}/CategoryCode",
                f"{ubl_tax}/ID",
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
                f"{ubl_tax}/Percent",
            ),
        ]
    return rows


def _object(number: str, name: str, cardinality: str, cii: str, ubl: str) -> list[Term]:
    label = "Objet facturé"
    reference = f"{cii}/AdditionalReferencedDocument[TypeCode=130]"
    return [
        Term(number, name, GROUP, cardinality, EN16931, label, reference, ubl),
        Term(number, f"{name}.value", TEXT, "1..1", EN16931, label, "IssuerAssignedID", "ID"),
        Term(
            f"{number}-1",
            f"{name}.scheme",
            TEXT,
            "0..1",
            EN16931,
            _scheme(label),
            "ReferenceTypeCode",
            "ID/@schemeID",
        ),
    ]


def _period(
    group: str, name: str, level: Level, label: str, cii: str, ubl: str, numbers: str
) -> list[Term]:
    start, end = numbers.split()
    return [
        Term(group, name, GROUP, "0..1", level, label, f"{cii}/BillingSpecifiedPeriod", ubl),
        Term(
            start, f"{name}.start", DATE, "0..1", level, "Du", f"StartDateTime/{_DAY}", "StartDate"
        ),
        Term(end, f"{name}.end", DATE, "0..1", level, "Au", f"EndDateTime/{_DAY}", "EndDate"),
    ]


def _other_party(
    name: str, label: str, cii: str, ubl: str, *, number: str = "", address: str = ""
) -> list[Term]:
    """A party of EXTENDED-CTC-FR; the numbers are those of its identifier and of its address.

    In UBL the payer stands inside a means of payment, where only single terms can be shared.
    """
    level = EXTENDED
    names = " ".join(f"{name}.address.{part}" for part in _ADDRESS_PARTS)
    people = " ".join(f"{name}.contact.{part}" for part in ("name", "telephone", "email"))
    rows = [
        Term(name, name, GROUP, "0..1", level, label, cii, ubl),
        Term(
            f"{name}.name",
            f"{name}.name",
            TEXT,
            "0..1",
            level,
            f"Nom ({label.lower()})",
            "Name",
            "cac:PartyLegalEntity/RegistrationName",
        ),
        Term(
            f"{name}.trading_name",
            f"{name}.trading_name",
            TEXT,
            "0..1",
            level,
            f"Nom commercial ({label.lower()})",
            "SpecifiedLegalOrganization/TradingBusinessName",
            "cac:PartyName/Name",
        ),
        *_party_identifiers(
            number or f"{name}.identifiers", name, level, f"Identifiant ({label.lower()})"
        ),
        *_legal_id(f"{name}.legal_id", name, level, f"SIREN ({label.lower()})"),
        Term(
            f"{name}.vat_id",
            f"{name}.vat_id",
            TEXT,
            "0..1",
            level,
            f"N° de TVA ({label.lower()})",
            _tax_registration("VA"),
            _UBL_VAT_ID,
        ),
        *_electronic_address(
            address or f"{name}.electronic_address",
            name,
            f"Adresse électronique ({label.lower()})",
            "",
            level,
        ),
        *_address(
            f"{name}.address", f"{name}.address", "0..1", level, f"Adresse ({label.lower()})", names
        ),
        *_contact(
            f"{name}.contact", f"{name}.contact", f"Contact ({label.lower()})", people, level
        ),
    ]
    if "PaymentMandate" not in ubl:
        return rows
    return [replace(row, ubl=ABSENT) if "identifiers" in row.name else row for row in rows]


_ADDRESS_PARTS: Final = (
    "line_one",
    "line_two",
    "line_three",
    "post_code",
    "city",
    "country_subdivision",
    "country_code",
)
_TAX = f"{_SETTLEMENT}/ApplicableTradeTax"
_TERMS = f"{_SETTLEMENT}/SpecifiedTradePaymentTerms"
_MEANS = f"{_SETTLEMENT}/SpecifiedTradeSettlementPaymentMeans"
_SUM = f"{_SETTLEMENT}/SpecifiedTradeSettlementHeaderMonetarySummation"
_SUPPORT = f"{_AGREEMENT}/AdditionalReferencedDocument"
_LINE_AGREEMENT = "SpecifiedLineTradeAgreement"
_LINE_SETTLEMENT = "SpecifiedLineTradeSettlement"
_LINE_SUM = f"{_LINE_SETTLEMENT}/SpecifiedTradeSettlementLineMonetarySummation"
_PRODUCT = "SpecifiedTradeProduct"
# XP Z12-012: in UBL a line refers to its own invoice to say what it is in it.
_SUB_LINE = "cac:BillingReference[cac:InvoiceDocumentReference/ID=$number]"

# fmt: off
TERMS: Final[tuple[Term, ...]] = (
    # The document
    Term("BT-1", "number", TEXT, "1..1", MINIMUM, "Numéro de facture", f"{_DOCUMENT}/ID", "/ID", "BR-02"),
    Term("BT-2", "issue_date", DATE, "1..1", MINIMUM, "Date d'émission", f"{_DOCUMENT}/IssueDateTime/{_DAY}", "/IssueDate", "BR-03"),
    Term("BT-3", "type_code", TEXT, "1..1", MINIMUM, "Type de facture", f"{_DOCUMENT}/TypeCode", "/InvoiceTypeCode", "BR-04"),
    Term("BT-5", "currency", TEXT, "1..1", MINIMUM, "Devise", f"{_SETTLEMENT}/InvoiceCurrencyCode", "/DocumentCurrencyCode", "BR-05"),
    Term("BT-6", "accounting_currency", TEXT, "0..1", BASIC_WL, "Devise de comptabilisation de la TVA", f"{_SETTLEMENT}/TaxCurrencyCode", "/TaxCurrencyCode"),
    Term("BT-7", "tax_point_date", DATE, "0..1", EN16931, "Date d'exigibilité", f"{_TAX}/TaxPointDate/udt:DateString{{@format=102}}", "/TaxPointDate"),
    Term("BT-8", "tax_point_code", TEXT, "0..1", BASIC_WL, "Code d'exigibilité", f"{_TAX}/DueDateTypeCode", "/cac:InvoicePeriod/DescriptionCode"),
    Term("BT-9", "due_date", DATE, "0..1", BASIC_WL, "Échéance", f"{_TERMS}/DueDateDateTime/{_DAY}", "/DueDate"),
    Term("BT-10", "buyer_reference", TEXT, "0..1", MINIMUM, "Référence de l'acheteur (code service)", f"{_AGREEMENT}/BuyerReference", "/BuyerReference"),
    Term("BT-11", "project_reference", TEXT, "0..1", EN16931, "Référence du projet", f"{_AGREEMENT}/SpecifiedProcuringProject{{Name=Project reference}}/ID", "/cac:ProjectReference/ID"),
    Term("BT-12", "contract_reference", TEXT, "0..1", BASIC_WL, "Numéro de contrat", f"{_AGREEMENT}/ContractReferencedDocument/IssuerAssignedID", "/cac:ContractDocumentReference/ID"),
    Term("BT-13", "order_reference", TEXT, "0..1", MINIMUM, "Bon de commande", f"{_AGREEMENT}/BuyerOrderReferencedDocument/IssuerAssignedID", "/cac:OrderReference/ID"),
    Term("BT-14", "sales_order_reference", TEXT, "0..1", EN16931, "Ordre de vente", f"{_AGREEMENT}/SellerOrderReferencedDocument/IssuerAssignedID", "/cac:OrderReference/SalesOrderID"),
    Term("BT-15", "receiving_advice_reference", TEXT, "0..1", EN16931, "Avis de réception", f"{_DELIVERY}/ReceivingAdviceReferencedDocument/IssuerAssignedID", "/cac:ReceiptDocumentReference/ID"),
    Term("BT-16", "despatch_advice_reference", TEXT, "0..1", BASIC_WL, "Avis d'expédition", f"{_DELIVERY}/DespatchAdviceReferencedDocument/IssuerAssignedID", "/cac:DespatchDocumentReference/ID"),
    Term("BT-17", "tender_reference", TEXT, "0..1", EN16931, "Appel d'offres ou lot", f"{_SUPPORT}[TypeCode=50]/IssuerAssignedID", "/cac:OriginatorDocumentReference/ID"),
    *_object("BT-18", "object_id", "0..1", _AGREEMENT, "/cac:AdditionalDocumentReference[DocumentTypeCode=130]"),
    Term("BT-19", "buyer_accounting_reference", TEXT, "0..1", BASIC_WL, "Référence comptable de l'acheteur", f"{_SETTLEMENT}/ReceivableSpecifiedTradeAccountingAccount/ID", "/AccountingCost"),
    Term("BT-20", "payment_terms", TEXT, "0..1", BASIC_WL, "Conditions de règlement", f"{_TERMS}/Description", "/cac:PaymentTerms/Note"),
    Term("BG-1", "notes", GROUP, "0..n", BASIC_WL, "Mention", f"{_DOCUMENT}/IncludedNote", "/Note"),
    Term("BT-21", "notes.subject_code", TEXT, "0..1", BASIC_WL, "Sujet de la mention", "SubjectCode", "#"),
    Term("BT-22", "notes.text", TEXT, "1..1", BASIC_WL, "Texte de la mention", "Content", "."),
    Term("BT-23", "business_process", TEXT, "0..1", MINIMUM, "Cadre de facturation", f"{_CONTEXT}/BusinessProcessSpecifiedDocumentContextParameter/ID", "/ProfileID"),
    Term("BT-24", "specification_id", TEXT, "1..1", MINIMUM, "Profil", f"{_CONTEXT}/GuidelineSpecifiedDocumentContextParameter/ID", "/CustomizationID", "BR-01"),
    Term("BG-3", "preceding_invoices", GROUP, "0..n", BASIC_WL, "Facture d'origine", f"{_SETTLEMENT}/InvoiceReferencedDocument", "/cac:BillingReference"),
    Term("BT-25", "preceding_invoices.number", TEXT, "1..1", BASIC_WL, "Numéro de la facture d'origine", "IssuerAssignedID", "cac:InvoiceDocumentReference/ID", "BR-55"),
    Term("BT-26", "preceding_invoices.issue_date", DATE, "0..1", BASIC_WL, "Date de la facture d'origine", "FormattedIssueDateTime/qdt:DateTimeString{@format=102}", "cac:InvoiceDocumentReference/IssueDate"),
    Term("EXT-FR-FE-02", "preceding_invoices.type_code", TEXT, "0..1", EXTENDED, "Type de la facture d'origine", "TypeCode", "cac:InvoiceDocumentReference/DocumentTypeCode"),
    # The parties
    Term("BG-4", "seller", GROUP, "1..1", MINIMUM, "Vendeur", f"{_AGREEMENT}/SellerTradeParty", "/cac:AccountingSupplierParty/cac:Party"),
    Term("BT-27", "seller.name", TEXT, "1..1", MINIMUM, "Nom du vendeur", "Name", "cac:PartyLegalEntity/RegistrationName", "BR-06"),
    Term("BT-28", "seller.trading_name", TEXT, "0..1", BASIC_WL, "Nom commercial du vendeur", "SpecifiedLegalOrganization/TradingBusinessName", "cac:PartyName/Name"),
    *_party_identifiers("BT-29", "seller", BASIC_WL, "Identifiant du vendeur"),
    *_legal_id("BT-30", "seller", MINIMUM, "SIREN du vendeur"),
    Term("BT-31", "seller.vat_id", TEXT, "0..1", MINIMUM, "N° de TVA du vendeur", _tax_registration("VA"), _UBL_VAT_ID),
    Term("BT-32", "seller.tax_id", TEXT, "0..1", BASIC_WL, "Numéro fiscal du vendeur", _tax_registration("FC"), _UBL_TAX_ID),
    Term("BT-33", "seller.legal_information", TEXT, "0..1", EN16931, "Informations juridiques du vendeur", "Description", "cac:PartyLegalEntity/CompanyLegalForm"),
    *_electronic_address("BT-34", "seller", "Adresse de facturation électronique du vendeur", "BR-62"),
    *_address("BG-5", "seller.address", "1..1", MINIMUM, "Adresse du vendeur", "BT-35 BT-36 BT-162 BT-38 BT-37 BT-39 BT-40", ("BR-08", "BR-09")),
    *_contact("BG-6", "seller.contact", "Contact du vendeur", "BT-41 BT-42 BT-43"),
    Term("BG-7", "buyer", GROUP, "1..1", MINIMUM, "Acheteur", f"{_AGREEMENT}/BuyerTradeParty", "/cac:AccountingCustomerParty/cac:Party"),
    Term("BT-44", "buyer.name", TEXT, "1..1", MINIMUM, "Nom de l'acheteur", "Name", "cac:PartyLegalEntity/RegistrationName", "BR-07"),
    Term("BT-45", "buyer.trading_name", TEXT, "0..1", EN16931, "Nom commercial de l'acheteur", "SpecifiedLegalOrganization/TradingBusinessName", "cac:PartyName/Name"),
    *_party_identifiers("BT-46", "buyer", BASIC_WL, "Identifiant de l'acheteur"),
    *_legal_id("BT-47", "buyer", MINIMUM, "SIREN de l'acheteur"),
    Term("BT-48", "buyer.vat_id", TEXT, "0..1", BASIC_WL, "N° de TVA de l'acheteur", _tax_registration("VA"), _UBL_VAT_ID),
    *_electronic_address("BT-49", "buyer", "Adresse de facturation électronique de l'acheteur", "BR-63"),
    *_address("BG-8", "buyer.address", "1..1", BASIC_WL, "Adresse de l'acheteur", "BT-50 BT-51 BT-163 BT-53 BT-52 BT-54 BT-55", ("BR-10", "BR-11")),
    *_contact("BG-9", "buyer.contact", "Contact de l'acheteur", "BT-56 BT-57 BT-58"),
    Term("BG-10", "payee", GROUP, "0..1", BASIC_WL, "Bénéficiaire", f"{_SETTLEMENT}/PayeeTradeParty", "/cac:PayeeParty"),
    Term("BT-59", "payee.name", TEXT, "1..1", BASIC_WL, "Nom du bénéficiaire", "Name", "cac:PartyName/Name", "BR-17"),
    *_party_identifiers("BT-60", "payee", BASIC_WL, "Identifiant du bénéficiaire"),
    *_legal_id("BT-61", "payee", BASIC_WL, "SIREN du bénéficiaire"),
    *_electronic_address("EXT-FR-FE-29", "payee", "Adresse électronique du bénéficiaire", "", EXTENDED),
    Term("BG-11", "tax_representative", GROUP, "0..1", BASIC_WL, "Représentant fiscal", f"{_AGREEMENT}/SellerTaxRepresentativeTradeParty", "/cac:TaxRepresentativeParty"),
    Term("BT-62", "tax_representative.name", TEXT, "1..1", BASIC_WL, "Nom du représentant fiscal", "Name", "cac:PartyName/Name", "BR-18"),
    Term("BT-63", "tax_representative.vat_id", TEXT, "1..1", BASIC_WL, "N° de TVA du représentant fiscal", _tax_registration("VA"), _UBL_VAT_ID, "BR-56"),
    *_address("BG-12", "tax_representative.address", "1..1", BASIC_WL, "Adresse du représentant fiscal", "BT-64 BT-65 BT-164 BT-67 BT-66 BT-68 BT-69", ("BR-19", "BR-20")),
    # Other parties of EXTENDED-CTC-FR
    *_other_party("buyer_agent", "Agent de l'acheteur", f"{_AGREEMENT}/BuyerAgentTradeParty", "/cac:AccountingCustomerParty/cac:Party/cac:AgentParty", number="EXT-FR-FE-06", address="EXT-FR-FE-12"),
    *_other_party("payer", "Payeur", f"{_SETTLEMENT}/PayerTradeParty", "/cac:PaymentMeans/cac:PaymentMandate/cac:PayerParty", number="EXT-FR-FE-46", address="EXT-FR-FE-52"),
    *_other_party("sales_agent", "Agent du vendeur", f"{_AGREEMENT}/SalesAgentTradeParty", "/cac:AccountingSupplierParty/cac:Party/cac:AgentParty", number="EXT-FR-FE-69", address="EXT-FR-FE-75"),
    *_other_party("invoicee", "Facturé à", f"{_SETTLEMENT}/InvoiceeTradeParty", "/cac:AccountingCustomerParty/cac:Party/cac:ServiceProviderParty/cac:Party", number="EXT-FR-FE-92", address="EXT-FR-FE-98"),
    *_other_party("invoicer", "Facturant", f"{_SETTLEMENT}/InvoicerTradeParty", "/cac:AccountingSupplierParty/cac:Party/cac:ServiceProviderParty/cac:Party", number="EXT-FR-FE-115", address="EXT-FR-FE-121"),
    # Delivery and period
    Term("BG-13", "delivery", GROUP, "0..1", BASIC_WL, "Livraison", f"{_DELIVERY}/ShipToTradeParty", "/cac:Delivery"),
    Term("BT-70", "delivery.name", TEXT, "0..1", BASIC_WL, "Livré à", "Name", "cac:DeliveryParty/cac:PartyName/Name"),
    *_place_identifiers("BT-71", "delivery", BASIC_WL, "Identifiant du lieu de livraison"),
    Term("BT-72", "delivery.delivery_date", DATE, "0..1", BASIC_WL, "Date de livraison", f"{_DELIVERY}/ActualDeliverySupplyChainEvent/OccurrenceDateTime/{_DAY}", "ActualDeliveryDate"),
    *_address("BG-15", "delivery.address", "0..1", BASIC_WL, "Adresse de livraison", "BT-75 BT-76 BT-165 BT-78 BT-77 BT-79 BT-80", ("", "BR-57"), "cac:DeliveryLocation/cac:Address"),
    *_period("BG-14", "period", BASIC_WL, "Période de facturation", _SETTLEMENT, "/cac:InvoicePeriod", "BT-73 BT-74"),
    # Payment
    Term("BG-16", "payment_means", GROUP, "0..n", BASIC_WL, "Moyen de paiement", _MEANS, "/cac:PaymentMeans"),
    Term("BT-81", "payment_means.type_code", TEXT, "1..1", BASIC_WL, "Code du moyen de paiement", "TypeCode", "PaymentMeansCode", "BR-49"),
    Term("BT-82", "payment_means.text", TEXT, "0..1", EN16931, "Libellé du moyen de paiement", "Information", "PaymentMeansCode/@name"),
    Term("BT-84", "payment_means.iban", TEXT, "0..1", BASIC_WL, "IBAN", "PayeePartyCreditorFinancialAccount/IBANID", "cac:PayeeFinancialAccount/ID"),
    Term("BT-84", "payment_means.account_id", TEXT, "0..1", BASIC_WL, "Numéro de compte hors IBAN", "PayeePartyCreditorFinancialAccount/ProprietaryID", "-"),
    Term("BT-85", "payment_means.account_name", TEXT, "0..1", EN16931, "Titulaire du compte", "PayeePartyCreditorFinancialAccount/AccountName", "cac:PayeeFinancialAccount/Name"),
    Term("BT-86", "payment_means.bic", TEXT, "0..1", EN16931, "BIC", "PayeeSpecifiedCreditorFinancialInstitution/BICID", "cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/ID"),
    Term("BT-87", "payment_means.card_number", TEXT, "0..1", EN16931, "Carte (derniers chiffres)", "ApplicableTradeSettlementFinancialCard/ID", "cac:CardAccount{NetworkID=NA}/PrimaryAccountNumberID"),
    Term("BT-88", "payment_means.card_holder", TEXT, "0..1", EN16931, "Titulaire de la carte", "ApplicableTradeSettlementFinancialCard/CardholderName", "cac:CardAccount/HolderName"),
    Term("BT-91", "payment_means.debited_iban", TEXT, "0..1", BASIC_WL, "IBAN débité", "PayerPartyDebtorFinancialAccount/IBANID", "cac:PaymentMandate/cac:PayerFinancialAccount/ID"),
    Term("BT-83", "remittance_information", TEXT, "0..1", BASIC_WL, "Référence à rappeler", f"{_SETTLEMENT}/PaymentReference", "/cac:PaymentMeans/PaymentID"),
    Term("BT-89", "mandate_id", TEXT, "0..1", BASIC_WL, "Mandat", f"{_TERMS}/DirectDebitMandateID", "/cac:PaymentMeans/cac:PaymentMandate/ID"),
    Term("BT-90", "creditor_id", TEXT, "0..1", BASIC_WL, "Identifiant créancier SEPA", f"{_SETTLEMENT}/CreditorReferenceID", "/cac:AccountingSupplierParty/cac:Party/cac:PartyIdentification[ID/@schemeID=SEPA]/ID", ubl_also=("/cac:PayeeParty/cac:PartyIdentification[ID/@schemeID=SEPA]/ID",)),
    # Allowances, charges, totals, VAT
    *_allowance_charge("BG-20", "allowances", BASIC_WL, "Remise", f"{_SETTLEMENT}/{_ALLOWANCE}", f"/{_UBL_ALLOWANCE}", "BT-92 BT-93 BT-94 BT-95 BT-96 BT-97 BT-98", "BR-31", "BR-32"),
    *_allowance_charge("BG-21", "charges", BASIC_WL, "Majoration", f"{_SETTLEMENT}/{_CHARGE}", f"/{_UBL_CHARGE}", "BT-99 BT-100 BT-101 BT-102 BT-103 BT-104 BT-105", "BR-36", "BR-37"),
    Term("BG-22", "totals", GROUP, "1..1", MINIMUM, "Totaux", _SUM, "/cac:LegalMonetaryTotal"),
    Term("BT-106", "totals.line_total", AMOUNT, "1..1", BASIC_WL, "Somme des lignes HT", "LineTotalAmount", "LineExtensionAmount", "BR-12"),
    Term("BT-107", "totals.allowance_total", AMOUNT, "0..1", BASIC_WL, "Total des remises", "AllowanceTotalAmount", "AllowanceTotalAmount"),
    Term("BT-108", "totals.charge_total", AMOUNT, "0..1", BASIC_WL, "Total des majorations", "ChargeTotalAmount", "ChargeTotalAmount"),
    Term("BT-109", "totals.net_total", AMOUNT, "1..1", MINIMUM, "Total HT", "TaxBasisTotalAmount", "TaxExclusiveAmount", "BR-13"),
    Term("BT-110", "totals.vat_total", AMOUNT, "0..1", MINIMUM, "Total TVA", "TaxTotalAmount[@currencyID=$currency]", "/cac:TaxTotal[TaxAmount/@currencyID=$currency]/TaxAmount"),
    Term("BT-111", "totals.vat_total_accounting", AMOUNT, "0..1", BASIC_WL, "Total TVA en devise de comptabilisation", "TaxTotalAmount[@currencyID=$accounting_currency]", "/cac:TaxTotal[TaxAmount/@currencyID=$accounting_currency]/TaxAmount"),
    Term("BT-112", "totals.gross_total", AMOUNT, "1..1", MINIMUM, "Total TTC", "GrandTotalAmount", "TaxInclusiveAmount", "BR-14"),
    Term("BT-113", "totals.prepaid_amount", AMOUNT, "0..1", BASIC_WL, "Déjà réglé", "TotalPrepaidAmount", "PrepaidAmount"),
    Term("BT-114", "totals.rounding_amount", AMOUNT, "0..1", EN16931, "Arrondi", "RoundingAmount", "PayableRoundingAmount"),
    Term("BT-115", "totals.amount_due", AMOUNT, "1..1", MINIMUM, "Net à payer", "DuePayableAmount", "PayableAmount", "BR-15"),
    Term("BG-23", "vat_breakdown", GROUP, "1..n", BASIC_WL, "Récapitulatif de TVA", f"{_TAX}{{TypeCode=VAT}}", "/cac:TaxTotal[TaxAmount/@currencyID=$currency]/cac:TaxSubtotal", "BR-CO-18"),
    Term("BT-116", "vat_breakdown.taxable_amount", AMOUNT, "1..1", BASIC_WL, "Base HT", "BasisAmount", "TaxableAmount", "BR-45"),
    Term("BT-117", "vat_breakdown.tax_amount", AMOUNT, "1..1", BASIC_WL, "Montant de TVA", "CalculatedAmount", "TaxAmount", "BR-46"),
    Term("BT-118", "vat_breakdown.vat_category", TEXT, "1..1", BASIC_WL, "Catégorie de TVA", "CategoryCode", "cac:TaxCategory{cac:TaxScheme/ID=VAT}/ID", "BR-47"),
    Term("BT-119", "vat_breakdown.vat_rate", PERCENT, "0..1", BASIC_WL, "Taux de TVA", "RateApplicablePercent", "cac:TaxCategory/Percent"),
    Term("BT-120", "vat_breakdown.exemption_reason", TEXT, "0..1", BASIC_WL, "Motif d'exonération", "ExemptionReason", "cac:TaxCategory/TaxExemptionReason"),
    Term("BT-121", "vat_breakdown.exemption_code", TEXT, "0..1", BASIC_WL, "Code du motif d'exonération", "ExemptionReasonCode", "cac:TaxCategory/TaxExemptionReasonCode"),
    # Supporting documents
    Term("BG-24", "attachments", GROUP, "0..n", EN16931, "Pièce jointe", f"{_SUPPORT}[TypeCode=916]", "/cac:AdditionalDocumentReference"),
    Term("BT-122", "attachments.reference", TEXT, "1..1", EN16931, "Référence de la pièce jointe", "IssuerAssignedID", "ID", "BR-52"),
    Term("BT-123", "attachments.description", TEXT, "0..1", EN16931, "Nature de la pièce jointe", "Name", "DocumentDescription"),
    Term("BT-124", "attachments.url", TEXT, "0..1", EN16931, "Adresse de la pièce jointe", "URIID", "cac:Attachment/cac:ExternalReference/URI"),
    Term("BT-125", "attachments.content", Kind.BINARY, "0..1", EN16931, "Contenu de la pièce jointe", "AttachmentBinaryObject", "cac:Attachment/EmbeddedDocumentBinaryObject"),
    Term("BT-125-1", "attachments.mime_code", TEXT, "0..1", EN16931, "Type de la pièce jointe", "AttachmentBinaryObject/@mimeCode", "cac:Attachment/EmbeddedDocumentBinaryObject/@mimeCode"),
    Term("BT-125-2", "attachments.filename", TEXT, "0..1", EN16931, "Nom de la pièce jointe", "AttachmentBinaryObject/@filename", "cac:Attachment/EmbeddedDocumentBinaryObject/@filename"),
    # Lines
    Term("BG-25", "lines", GROUP, "1..n", BASIC, "Ligne", f"{_TRANSACTION}/IncludedSupplyChainTradeLineItem", "/cac:InvoiceLine", "BR-16"),
    Term("BT-126", "lines.id", TEXT, "1..1", BASIC, "Numéro de ligne", "AssociatedDocumentLineDocument/LineID", "ID", "BR-21"),
    Term("BT-127", "lines.note", TEXT, "0..1", BASIC, "Note de ligne", "AssociatedDocumentLineDocument/IncludedNote/Content", "Note"),
    *_object("BT-128", "lines.object_ids", "0..n", _LINE_SETTLEMENT, "cac:DocumentReference[DocumentTypeCode=130]"),
    Term("BT-129", "lines.quantity", QUANTITY, "1..1", BASIC, "Quantité", "SpecifiedLineTradeDelivery/BilledQuantity", "InvoicedQuantity", "BR-22"),
    Term("BT-130", "lines.unit_code", TEXT, "1..1", BASIC, "Unité", "SpecifiedLineTradeDelivery/BilledQuantity/@unitCode", "InvoicedQuantity/@unitCode", "BR-23"),
    Term("BT-131", "lines.net_amount", AMOUNT, "1..1", BASIC, "Montant HT", f"{_LINE_SUM}/LineTotalAmount", "LineExtensionAmount", "BR-24"),
    Term("BT-132", "lines.order_line_reference", TEXT, "0..1", EN16931, "Ligne de commande", f"{_LINE_AGREEMENT}/BuyerOrderReferencedDocument/LineID", "cac:OrderLineReference/LineID"),
    Term("BT-133", "lines.buyer_accounting_reference", TEXT, "0..1", EN16931, "Référence comptable de l'acheteur", f"{_LINE_SETTLEMENT}/ReceivableSpecifiedTradeAccountingAccount/ID", "AccountingCost"),
    *_period("BG-26", "lines.period", BASIC, "Période de la ligne", _LINE_SETTLEMENT, "cac:InvoicePeriod", "BT-134 BT-135"),
    *_allowance_charge("BG-27", "lines.allowances", BASIC, "Remise de ligne", f"{_LINE_SETTLEMENT}/{_ALLOWANCE}", _UBL_ALLOWANCE, "BT-136 BT-137 BT-138 - - BT-139 BT-140", "BR-41"),
    *_allowance_charge("BG-28", "lines.charges", BASIC, "Majoration de ligne", f"{_LINE_SETTLEMENT}/{_CHARGE}", _UBL_CHARGE, "BT-141 BT-142 BT-143 - - BT-144 BT-145", "BR-43"),
    Term("BT-146", "lines.unit_price", PRICE, "1..1", BASIC, "Prix unitaire HT", f"{_LINE_AGREEMENT}/NetPriceProductTradePrice/ChargeAmount", "cac:Price/PriceAmount", "BR-26"),
    Term("BT-147", "lines.price_discount", PRICE, "0..1", BASIC, "Rabais sur le prix", f"{_LINE_AGREEMENT}/GrossPriceProductTradePrice/AppliedTradeAllowanceCharge{{ChargeIndicator/udt:Indicator=false}}/ActualAmount", "cac:Price/cac:AllowanceCharge{ChargeIndicator=false}/Amount"),
    Term("BT-148", "lines.gross_price", PRICE, "0..1", BASIC, "Prix brut HT", f"{_LINE_AGREEMENT}/GrossPriceProductTradePrice/ChargeAmount", "cac:Price/cac:AllowanceCharge{ChargeIndicator=false}/BaseAmount"),
    Term("BT-149", "lines.base_quantity", QUANTITY, "0..1", BASIC, "Quantité de base du prix", f"{_LINE_AGREEMENT}/NetPriceProductTradePrice/BasisQuantity", "cac:Price/BaseQuantity", also=(f"{_LINE_AGREEMENT}/GrossPriceProductTradePrice/BasisQuantity",)),
    Term("BT-150", "lines.base_unit_code", TEXT, "0..1", BASIC, "Unité de base du prix", f"{_LINE_AGREEMENT}/NetPriceProductTradePrice/BasisQuantity/@unitCode", "cac:Price/BaseQuantity/@unitCode", also=(f"{_LINE_AGREEMENT}/GrossPriceProductTradePrice/BasisQuantity/@unitCode",)),
    Term("BT-151", "lines.vat_category", TEXT, "1..1", BASIC, "Catégorie de TVA", f"{_LINE_SETTLEMENT}/ApplicableTradeTax{{TypeCode=VAT}}/CategoryCode", "cac:Item/cac:ClassifiedTaxCategory{cac:TaxScheme/ID=VAT}/ID", "BR-CO-04"),
    Term("BT-152", "lines.vat_rate", PERCENT, "0..1", BASIC, "Taux de TVA", f"{_LINE_SETTLEMENT}/ApplicableTradeTax/RateApplicablePercent", "cac:Item/cac:ClassifiedTaxCategory/Percent"),
    Term("BT-153", "lines.name", TEXT, "1..1", BASIC, "Désignation", f"{_PRODUCT}/Name", "cac:Item/Name", "BR-25"),
    Term("BT-154", "lines.description", TEXT, "0..1", EN16931, "Description", f"{_PRODUCT}/Description", "cac:Item/Description"),
    Term("BT-155", "lines.seller_item_id", TEXT, "0..1", EN16931, "Référence du vendeur", f"{_PRODUCT}/SellerAssignedID", "cac:Item/cac:SellersItemIdentification/ID"),
    Term("BT-156", "lines.buyer_item_id", TEXT, "0..1", EN16931, "Référence de l'acheteur", f"{_PRODUCT}/BuyerAssignedID", "cac:Item/cac:BuyersItemIdentification/ID"),
    *_identifier("BT-157", "lines.standard_item_id", "0..1", BASIC, "Code article normalisé", f"{_PRODUCT}/GlobalID", "cac:Item/cac:StandardItemIdentification/ID", scheme_rule="BR-64"),
    Term("BT-158", "lines.classifications", GROUP, "0..n", EN16931, "Classe de l'article", f"{_PRODUCT}/DesignatedProductClassification", "cac:Item/cac:CommodityClassification"),
    Term("BT-158", "lines.classifications.value", TEXT, "1..1", EN16931, "Classe de l'article", "ClassCode", "ItemClassificationCode"),
    Term("BT-158-1", "lines.classifications.scheme", TEXT, "1..1", EN16931, "Classe de l'article (schéma)", "ClassCode/@listID", "ItemClassificationCode/@listID", "BR-65"),
    Term("BT-158-2", "lines.classifications.version", TEXT, "0..1", EN16931, "Classe de l'article (version)", "ClassCode/@listVersionID", "ItemClassificationCode/@listVersionID"),
    Term("BT-159", "lines.origin_country", TEXT, "0..1", EN16931, "Pays d'origine", f"{_PRODUCT}/OriginTradeCountry/ID", "cac:Item/cac:OriginCountry/IdentificationCode"),
    Term("BG-32", "lines.attributes", GROUP, "0..n", EN16931, "Attribut de l'article", f"{_PRODUCT}/ApplicableProductCharacteristic", "cac:Item/cac:AdditionalItemProperty"),
    Term("BT-160", "lines.attributes.name", TEXT, "0..1", EN16931, "Nom de l'attribut", "Description", "Name"),
    Term("BT-161", "lines.attributes.value", TEXT, "0..1", EN16931, "Valeur de l'attribut", "Value", "Value"),
    # Lines of EXTENDED-CTC-FR: sub-lines, several sellers, what each line corrects and where it went
    Term("EXT-FR-FE-159", "lines.attributes.code", TEXT, "0..1", EXTENDED, "Code de l'attribut", "TypeCode", "NameCode"),
    Term("EXT-FR-FE-160", "lines.attributes.quantity", QUANTITY, "0..1", EXTENDED, "Quantité de l'attribut", "ValueMeasure", "ValueQuantity"),
    Term("EXT-FR-FE-161", "lines.attributes.unit_code", TEXT, "0..1", EXTENDED, "Unité de l'attribut", "ValueMeasure/@unitCode", "ValueQuantity/@unitCode"),
    Term("BT-X-96", "lines.exemption_reason", TEXT, "0..1", EXTENDED, "Motif d'exonération de la ligne", f"{_LINE_SETTLEMENT}/ApplicableTradeTax/ExemptionReason", "cac:Item/cac:ClassifiedTaxCategory/TaxExemptionReason"),
    Term("BT-X-97", "lines.exemption_code", TEXT, "0..1", EXTENDED, "Code du motif d'exonération de la ligne", f"{_LINE_SETTLEMENT}/ApplicableTradeTax/ExemptionReasonCode", "cac:Item/cac:ClassifiedTaxCategory/TaxExemptionReasonCode"),
    Term("EXT-FR-FE-162", "lines.parent_id", TEXT, "0..1", EXTENDED, "Ligne mère", "AssociatedDocumentLineDocument/ParentLineID", f"{_SUB_LINE}/cac:BillingReferenceLine/ID"),
    Term("EXT-FR-FE-163", "lines.subtype", TEXT, "0..1", EXTENDED, "Sous-type de ligne", "AssociatedDocumentLineDocument/LineStatusReasonCode", f"{_SUB_LINE}/cac:InvoiceDocumentReference/DocumentStatusCode"),
    Term("EXT-FR-FE-181", "lines.vat_total", AMOUNT, "0..1", EXTENDED, "TVA de la ligne", f"{_LINE_SUM}/TaxTotalAmount[@currencyID=$currency]", "cac:TaxTotal[TaxAmount/@currencyID=$currency]/TaxAmount"),
    Term("EXT-FR-FE-182", "lines.vat_total_accounting", AMOUNT, "0..1", EXTENDED, "TVA de la ligne en devise de comptabilisation", f"{_LINE_SUM}/TaxTotalAmount[@currencyID=$accounting_currency]", "cac:TaxTotal[TaxAmount/@currencyID=$accounting_currency]/TaxAmount"),
    Term("EXT-FR-FE-184", "lines.gross_total", AMOUNT, "0..1", EXTENDED, "Montant TTC de la ligne", f"{_LINE_SUM}/GrandTotalAmount", ABSENT),
    Term("lines.preceding_invoices", "lines.preceding_invoices", GROUP, "0..n", EXTENDED, "Facture d'origine de la ligne", f"{_LINE_SETTLEMENT}/InvoiceReferencedDocument", "cac:BillingReference"),
    Term("EXT-FR-FE-136", "lines.preceding_invoices.number", TEXT, "1..1", EXTENDED, "Numéro de la facture d'origine", "IssuerAssignedID", "cac:InvoiceDocumentReference/ID"),
    Term("EXT-FR-FE-137", "lines.preceding_invoices.type_code", TEXT, "0..1", EXTENDED, "Type de la facture d'origine", "TypeCode", "cac:InvoiceDocumentReference/DocumentTypeCode"),
    Term("EXT-FR-FE-138", "lines.preceding_invoices.issue_date", DATE, "0..1", EXTENDED, "Date de la facture d'origine", "FormattedIssueDateTime/qdt:DateTimeString{@format=102}", "cac:InvoiceDocumentReference/IssueDate"),
    Term("lines.delivery", "lines.delivery", GROUP, "0..1", EXTENDED, "Livraison de la ligne", "SpecifiedLineTradeDelivery", "cac:Delivery"),
    Term("lines.delivery.name", "lines.delivery.name", TEXT, "0..1", EXTENDED, "Livré à", "ShipToTradeParty/Name", "cac:DeliveryParty/cac:PartyName/Name"),
    Term("EXT-FR-FE-158", "lines.delivery.delivery_date", DATE, "0..1", EXTENDED, "Date de livraison", f"ActualDeliverySupplyChainEvent/OccurrenceDateTime/{_DAY}", "ActualDeliveryDate"),
    *_identifier("EXT-FR-FE-146", "lines.delivery.global_identifiers", "0..n", EXTENDED, "Identifiant du lieu de livraison", "ShipToTradeParty/GlobalID", "cac:DeliveryLocation/ID[@schemeID]"),
    *_address("lines.delivery.address", "lines.delivery.address", "0..1", EXTENDED, "Adresse de livraison", " ".join(f"lines.delivery.address.{part}" for part in _ADDRESS_PARTS), ubl="cac:DeliveryLocation/cac:Address", cii="ShipToTradeParty/PostalTradeAddress"),
    *_other_party("lines.seller", "Vendeur de la ligne", f"{_LINE_AGREEMENT}/ItemSellerTradeParty", "cac:Item/cac:ManufacturerParty"),
)
# fmt: on

BY_NAME: Final = {term.name: term for term in TERMS}
