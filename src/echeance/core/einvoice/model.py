"""The semantic invoice of EN 16931-1, as frozen facts.

One class per business group (BG), one attribute per business term (BT). Which attribute is which
term, and where it stands in each syntax, is said once: :mod:`echeance.core.einvoice.fields`.

Shapes shared by all classes:

- a text that is absent is ``""``, an absent date, number or group is ``None``, an absent
  repetition is ``()``; texts carry no leading or trailing white space;
- amounts are ``Decimal`` in the invoice currency (BT-5); nothing here computes or rounds;
- a received invoice may miss anything, so nearly everything has an empty default: what must be
  there is said by :mod:`echeance.core.einvoice.checks` and by the official rules.

Two places follow the syntaxes instead of the letter of the standard, because both CII and UBL do:
BG-16 is one :class:`PaymentMeans` per account, card or mandate (``BT-81`` repeated on each), and
the terms of direct debit that belong to the whole invoice (BT-83, BT-89, BT-90) stand on
:class:`Invoice`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Identifier:
    """A value and the scheme it belongs to.

    ``scheme`` is an ISO/IEC 6523 ICD code (0002 SIREN, 0009 SIRET), an EAS code for electronic
    addresses (0225 France), a UNTDID 1153 code for objects, or a UNTDID 7143 code for item
    classes (then ``version`` may be given).
    """

    value: str = ""
    scheme: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """BG-1: a text and its UNTDID 4451 subject (PMT, PMD, AAB, REG…)."""

    text: str = ""
    subject_code: str = ""


@dataclass(frozen=True, slots=True)
class PrecedingInvoice:
    """BG-3: the invoice this one corrects, credits or settles.

    ``type_code`` is its BT-3 (EXT-FR-FE-02, EXT-FR-FE-137).
    """

    number: str = ""
    issue_date: date | None = None
    type_code: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """BG-5, BG-8, BG-12, BG-15. ``country_code`` is ISO 3166-1 alpha-2."""

    line_one: str = ""
    line_two: str = ""
    line_three: str = ""
    post_code: str = ""
    city: str = ""
    country_subdivision: str = ""
    country_code: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """BG-6, BG-9."""

    name: str = ""
    telephone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """BG-4 seller, BG-7 buyer, BG-10 payee, BG-11 tax representative, and those of the extension.

    ``identifiers`` have no scheme (a customer code), ``global_identifiers`` have one (SIRET 0009).
    ``legal_id`` is the SIREN with scheme 0002. ``tax_id`` is BT-32, a local tax number.
    """

    name: str = ""
    trading_name: str = ""
    identifiers: tuple[str, ...] = ()
    global_identifiers: tuple[Identifier, ...] = ()
    legal_id: Identifier | None = None
    vat_id: str = ""
    tax_id: str = ""
    legal_information: str = ""
    electronic_address: Identifier | None = None
    address: Address | None = None
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """BG-13: who received the goods or services, where (BG-15) and when (BT-72)."""

    name: str = ""
    identifiers: tuple[str, ...] = ()
    global_identifiers: tuple[Identifier, ...] = ()
    delivery_date: date | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """BG-14, BG-26: first and last day, both included."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class PaymentMeans:
    """BG-16 to BG-19: one means of payment. ``type_code`` is UNTDID 4461 (30, 58 transfer)."""

    type_code: str = ""
    text: str = ""
    iban: str = ""
    account_id: str = ""
    account_name: str = ""
    bic: str = ""
    card_number: str = ""
    card_holder: str = ""
    debited_iban: str = ""


@dataclass(frozen=True, slots=True)
class AllowanceCharge:
    """BG-20, BG-21 of the document, BG-27, BG-28 of a line (which carry no VAT of their own)."""

    amount: Decimal = ZERO
    base_amount: Decimal | None = None
    percent: Decimal | None = None
    reason: str = ""
    reason_code: str = ""
    vat_category: str = ""
    vat_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class VatBreakdown:
    """BG-23: one per VAT category and rate. Category O has no rate at all."""

    taxable_amount: Decimal = ZERO
    tax_amount: Decimal = ZERO
    vat_category: str = ""
    vat_rate: Decimal | None = None
    exemption_reason: str = ""
    exemption_code: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """BG-22. ``vat_total_accounting`` is in the accounting currency (BT-6), the rest in BT-5."""

    line_total: Decimal | None = None
    allowance_total: Decimal | None = None
    charge_total: Decimal | None = None
    net_total: Decimal = ZERO
    vat_total: Decimal | None = None
    vat_total_accounting: Decimal | None = None
    gross_total: Decimal = ZERO
    prepaid_amount: Decimal | None = None
    rounding_amount: Decimal | None = None
    amount_due: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Attachment:
    """BG-24: a supporting document, embedded (``content``) or at an address (``url``).

    Between French parties ``description`` is one of the codes of BR-FR-17 (RIB, LISIBLE…).
    """

    reference: str = ""
    description: str = ""
    url: str = ""
    content: bytes = b""
    mime_code: str = ""
    filename: str = ""


@dataclass(frozen=True, slots=True)
class ItemAttribute:
    """BG-32; the extension knows a ``code`` for the name, a ``quantity`` for the value."""

    name: str = ""
    value: str = ""
    code: str = ""
    quantity: Decimal | None = None
    unit_code: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """BG-25 with its groups BG-26 to BG-32, in one level.

    ``unit_price`` is net of the price discount, for ``base_quantity`` units (1 when absent).
    ``unit_code`` is UN/ECE Recommendation 20 or 21 (C62 one, HUR hour, DAY day).

    In EXTENDED-CTC-FR ``subtype`` says what a line is: ``DETAIL`` (as if absent), ``GROUP`` (a
    total of the lines whose ``parent_id`` is its ``id``) or ``INFORMATION``; only details count in
    the totals. ``seller`` and the three totals are those of an invoice of several sellers, whose
    lines name the invoice of each by an object of scheme AFL. The core knows one object a line.
    """

    id: str = ""
    note: str = ""
    object_ids: tuple[Identifier, ...] = ()
    quantity: Decimal | None = None
    unit_code: str = ""
    net_amount: Decimal = ZERO
    order_line_reference: str = ""
    buyer_accounting_reference: str = ""
    period: Period | None = None
    allowances: tuple[AllowanceCharge, ...] = ()
    charges: tuple[AllowanceCharge, ...] = ()
    unit_price: Decimal | None = None
    price_discount: Decimal | None = None
    gross_price: Decimal | None = None
    base_quantity: Decimal | None = None
    base_unit_code: str = ""
    vat_category: str = ""
    vat_rate: Decimal | None = None
    name: str = ""
    description: str = ""
    seller_item_id: str = ""
    buyer_item_id: str = ""
    standard_item_id: Identifier | None = None
    classifications: tuple[Identifier, ...] = ()
    origin_country: str = ""
    attributes: tuple[ItemAttribute, ...] = ()
    exemption_reason: str = ""
    exemption_code: str = ""
    parent_id: str = ""
    subtype: str = ""
    seller: Party | None = None
    vat_total: Decimal | None = None
    vat_total_accounting: Decimal | None = None
    gross_total: Decimal | None = None
    preceding_invoices: tuple[PrecedingInvoice, ...] = ()
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """A whole invoice or credit note. Amounts of a credit note (BT-3 381) are positive."""

    number: str = ""
    issue_date: date | None = None
    type_code: str = ""
    currency: str = ""
    accounting_currency: str = ""
    tax_point_date: date | None = None
    tax_point_code: str = ""
    due_date: date | None = None
    buyer_reference: str = ""
    project_reference: str = ""
    contract_reference: str = ""
    order_reference: str = ""
    sales_order_reference: str = ""
    receiving_advice_reference: str = ""
    despatch_advice_reference: str = ""
    tender_reference: str = ""
    object_id: Identifier | None = None
    buyer_accounting_reference: str = ""
    payment_terms: str = ""
    notes: tuple[Note, ...] = ()
    business_process: str = ""
    specification_id: str = ""
    preceding_invoices: tuple[PrecedingInvoice, ...] = ()
    seller: Party | None = None
    buyer: Party | None = None
    payee: Party | None = None
    tax_representative: Party | None = None
    delivery: Delivery | None = None
    period: Period | None = None
    payment_means: tuple[PaymentMeans, ...] = ()
    remittance_information: str = ""
    mandate_id: str = ""
    creditor_id: str = ""
    allowances: tuple[AllowanceCharge, ...] = ()
    charges: tuple[AllowanceCharge, ...] = ()
    totals: Totals | None = None
    vat_breakdown: tuple[VatBreakdown, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    lines: tuple[InvoiceLine, ...] = ()
    buyer_agent: Party | None = None
    payer: Party | None = None
    sales_agent: Party | None = None
    invoicee: Party | None = None
    invoicer: Party | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong in a document; findings are returned all at once, never raised.

    Attributes:
        rule: Identifier of the rule (``BR-CO-10``, ``BR-FR-05_BT-22_PMT``, ``XSD``…).
        severity: ``fatal`` (the document is invalid) or ``warning``.
        location: Business term (``BT-1``, ``BG-25[3]``) or XPath in the file.
        message: A French sentence for native findings; the rule's own text for official ones.
    """

    rule: str
    severity: str
    location: str
    message: str
