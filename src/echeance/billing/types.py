"""Facts that cross the wall of billing. Amounts are positive, in the document's currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Literal

from echeance.transmission.types import StatusFacts

INVOICE = "380"
CREDIT_NOTE = "381"
CORRECTIVE = "384"
PREPAYMENT = "386"
SELF_BILLED = "389"
SELF_BILLED_CREDIT = "261"
GLOBAL_CREDIT = "262"

CREDIT_KINDS = (CREDIT_NOTE, SELF_BILLED_CREDIT, GLOBAL_CREDIT)
"""Documents that give back."""
CITES_ANOTHER = (CREDIT_NOTE, CORRECTIVE, SELF_BILLED_CREDIT)
"""Documents that name the one they correct (BG-3). A commercial credit without one is a 262."""
SELF_BILLED_KINDS = (SELF_BILLED, SELF_BILLED_CREDIT)
"""Documents made in the name of a supplier: the company is their buyer."""


# -- policy ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BillingPolicy:
    """How the company bills.

    Attributes:
        hold_minutes: How long a message with a document waits before it may leave.
        auto_issue_max: Gross total up to which the assistant issues by itself.
        partial_orders: An order with a rejected line waits whole (``wait``), or what is good of
            it is billed at once (``keep``).
        credit_orders: An order beyond what its customer may owe waits (``hold``), or is taken
            and only its invoice is examined (``take``).
        check_price: A price that is not that of the price list or the catalogue.
        check_amount: An amount that is not usual for the customer.
        check_twin: A document of the same order and amount as one billed already.
        check_same_lines: The same, when nothing but the lines and the amount is alike.
        check_credit: A customer beyond its limit, or blocked.
        check_order_reference: The customer wants its order number and it is missing.
        check_public: A public buyer wants a service code or an engagement number.
        check_late: An invoice later than ``late_days`` after the supply.
        check_foreign_vat: French VAT where none is usual.
        late_days: Days after the supply from which an invoice is told to be late.
        twin_days: Days within which two documents alike are told.
        credit_approval_over: Net total above which a credit note waits for somebody else's
            approval; none: never.
        penalty_rate_percent: Yearly rate of the contract; none: the rate of the law.
        sector: Longest delay of payment the law allows, ``core.terms.Sector``.
        insurance: Insurer and cover, for construction trades.
        sole_trader: The seller is an « entrepreneur individuel ».
        vat_group: Name, address and VAT number of the VAT group member.
        platform_number: Four signs that name the approved platform (TT-8).
        platform_name: Its name (TT-9).
    """

    SECTION: ClassVar[str] = "billing"

    hold_minutes: int = 15
    auto_issue_max: Decimal = Decimal(10000)
    partial_orders: Literal["wait", "keep"] = "wait"
    credit_orders: Literal["hold", "take"] = "hold"
    check_price: Literal["block", "confirm", "warn", "off"] = "confirm"
    check_amount: Literal["block", "confirm", "warn", "off"] = "confirm"
    check_twin: Literal["block", "confirm", "warn"] = "confirm"
    check_same_lines: Literal["block", "confirm", "warn", "off"] = "warn"
    check_credit: Literal["block", "confirm", "warn", "off"] = "confirm"
    check_order_reference: Literal["block", "confirm"] = "block"
    check_public: Literal["block", "confirm"] = "block"
    check_late: Literal["confirm", "warn", "off"] = "warn"
    check_foreign_vat: Literal["block", "confirm", "warn"] = "warn"
    late_days: int = 30
    twin_days: int = 60
    credit_approval_over: Decimal | None = None
    penalty_rate_percent: Decimal | None = None
    sector: str = "general"
    insurance: str = ""
    sole_trader: bool = False
    vat_group: str = ""
    platform_number: str = ""
    platform_name: str = ""


# -- findings -------------------------------------------------------------------------------------


class Severity(StrEnum):
    """Whether a finding stops the issue."""

    BLOCKING = "blocking"
    CONFIRMABLE = "confirmable"  # stops it until a person says yes, and why
    WARNING = "warning"
    CONFIRMED = "confirmed"  # was confirmable, and somebody said yes


class Fix(StrEnum):
    """Where a finding is put right."""

    PARTY = "party"
    DRAFT = "draft"
    COMPANY = "company"
    BANK = "bank"
    ITEMS = "items"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong in a draft.

    Attributes:
        code: Stable name of the rule (``billing.price_not_positive``, ``BR-CO-10``…).
        message: French sentence: what is wrong, what to do.
        severity: Whether it stops the issue.
        place: Business term, or ``ligne 3``; empty for the document.
        fix: Where it is put right, one of :class:`Fix`; empty when nowhere in particular.
        template: The sentence before its facts, a msgid; empty for a rule of the standard.
        facts: What the template names.
        english: The sentence in English, for a rule that has no template.
        confirmed_by: Who said yes to it.
        reason: Why they did.
    """

    code: str
    message: str
    severity: Severity = Severity.BLOCKING
    place: str = ""
    fix: str = ""
    template: str = ""
    facts: Mapping[str, object] = field(default_factory=dict, compare=False)
    english: str = ""
    confirmed_by: str = ""
    reason: str = ""

    @property
    def stops(self) -> bool:
        """Whether the document stays a draft because of it."""
        return self.severity in {Severity.BLOCKING, Severity.CONFIRMABLE}


# -- where a document stands ----------------------------------------------------------------------


class Standing(StrEnum):
    """Where a document stands, read in the ledger."""

    DRAFT = "draft"
    DUE = "due"
    PART_PAID = "part_paid"
    LATE = "late"
    SETTLED = "settled"
    CREDIT = "credit"


class View(StrEnum):
    """Lists of documents a person works through."""

    OPEN = "a-payer"
    LATE = "en-retard"
    SETTLED = "soldees"
    DRAFTS = "brouillons"
    CREDITS = "avoirs"


@dataclass(frozen=True, slots=True)
class ListTotals:
    """Figures of a list of documents; credit notes count below zero."""

    count: int
    gross: Decimal
    open_amount: Decimal


@dataclass(frozen=True, slots=True)
class Settlement:
    """What settled a part of an instalment, or what a credit note was used on.

    Attributes:
        on: Day from which the books say so.
        amount: How much of it.
        reference: Document at the other end: a credit note, an invoice, a receipt.
        text: What the bank said of the payment; empty for a document.
    """

    on: date
    amount: Decimal
    reference: str
    text: str


# -- order intake ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OrderMapping:
    """How the files of one source are read.

    Attributes:
        source: Its name, chosen by the person.
        columns: Title of the column in the file for each field of
            :data:`echeance.billing.rules.intake.FIELDS` the file has.
        constants: Text of a field for every line whose cell is blank or absent.
        ignored: Titles that are known and not read. Any other title refuses the file.
        date_formats: ``strptime`` patterns; ISO and French writings when empty.
        decimal_mark: ``,`` or ``.``; guessed number by number when empty.
        cancellation_prefix: First characters of the number of a document that cancels another.
    """

    source: str
    columns: dict[str, str]
    constants: dict[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    date_formats: tuple[str, ...] = ()
    decimal_mark: str = ""
    cancellation_prefix: str = ""


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What an article of the catalogue brings to a line that does not say it."""

    code: str
    name: str
    description: str = ""
    nature: str = "goods"
    unit_code: str = "C62"
    unit_price: Decimal | None = None
    vat_rate: Decimal | None = None
    exemption: str = ""
    exemption_article: str = ""
    revenue_account: str = ""
    eco_contribution: Decimal | None = None
    eco_label: str = ""


@dataclass(frozen=True, slots=True)
class RejectedLineFacts:
    """A line of a file that cannot be billed.

    Attributes:
        row: Line of the file.
        document: Number of its document, as the file says it.
        code: Stable name of the reason.
        column: Title of the first bad column.
        value: What its cell holds.
        reason: French sentences: what is wrong, what to do.
        raw: The whole line.
    """

    row: int
    document: str
    code: str
    column: str
    value: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class OrderImportReport:
    """What became of each line of a file: ``rows == billable + waiting + rejected``.

    Attributes:
        import_id: The import; none for a trial.
        rows: Lines of the file.
        orders: Orders ready to bill.
        cancellations: Cancellations whose one original was found.
        waiting: Documents that wait for a person.
        billable_rows: Lines of the first two.
        waiting_rows: Lines of the third.
        rejected: Lines that are no part of any document.
    """

    import_id: int | None
    rows: int
    orders: int
    cancellations: int
    waiting: int
    billable_rows: int
    waiting_rows: int
    rejected: tuple[RejectedLineFacts, ...]


# -- contracts, prices, deliveries, time ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ContractLineFacts:
    """A line of a contract.

    Attributes:
        unit_price: Of a whole period, before VAT, at the origin; none takes the price agreed or
            that of the catalogue.
        is_revised: The formula of the contract applies to it.
        starts_on: First day, when it is not that of the contract.
        ends_on: Last day, that day included; none for that of the contract.
    """

    name: str = ""
    unit_price: Decimal | None = None
    quantity: Decimal = Decimal(1)
    item_code: str = ""
    description: str = ""
    nature: str = "services"
    unit_code: str = "C62"
    discount_percent: Decimal = Decimal(0)
    vat_rate: Decimal | None = None
    exemption: str = ""
    exemption_article: str = ""
    revenue_account: str = ""
    is_revised: bool = True
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class FormulaFacts:
    """Clause of revision: P = P0 × (fixed + Σ weight × index ÷ base).

    Attributes:
        weights: Code of an index to its weight; with ``fixed`` they add up to 1.
        bases: Code of an index to its value at the origin.
        floor: Least ratio P ÷ P0.
        ceiling: Greatest ratio P ÷ P0.
    """

    weights: Mapping[str, Decimal]
    bases: Mapping[str, Decimal]
    fixed: Decimal = Decimal(0)
    floor: Decimal | None = None
    ceiling: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """A contract to bill period by period.

    Attributes:
        number: BT-12; empty for the next of the house.
        ends_on: Last day, that day included; none while nobody ends it.
        step: ``month``, ``quarter``, ``half_year`` or ``year``.
        timing: ``advance`` (terme à échoir) or ``arrears`` (terme échu).
        calendar: Periods begin with the civil month, quarter, half-year or year.
        proration: ``days`` or ``thirtieths``.
        revised_every_months: From one revision to the next, counted from the first day.
    """

    party_id: int
    name: str
    starts_on: date
    lines: tuple[ContractLineFacts, ...]
    number: str = ""
    ends_on: date | None = None
    step: str = "month"
    timing: str = "advance"
    calendar: bool = False
    proration: str = "days"
    order_reference: str = ""
    currency: str = "EUR"
    payment_terms: str = ""
    formula: FormulaFacts | None = None
    revised_every_months: int = 12


@dataclass(frozen=True, slots=True)
class IndexValueFacts:
    """A published value of an index.

    Attributes:
        period: First day of the month or quarter it is of.
        published_on: First day it may be used.
    """

    index_code: str
    period: date
    value: Decimal
    published_on: date


@dataclass(frozen=True, slots=True)
class ContractStand:
    """A period of a contract, as its page shows it.

    Attributes:
        state: ``due``, ``waiting``, ``drafted``, ``billed``, ``waived`` or ``coming``.
        net: Before VAT; what was billed, or what is to be.
        why: What a waiting one waits for, or why a waived one is not billed.
        period_id: Its row, once it has one.
    """

    starts_on: date
    ends_on: date
    bill_on: date
    state: str
    net: Decimal
    why: str = ""
    period_id: int | None = None
    invoice_id: int | None = None
    invoice_number: str = ""


@dataclass(frozen=True, slots=True)
class Termination:
    """What ending a contract did.

    Attributes:
        credit_ids: Draft credit notes of what was billed beyond the last day.
        discarded: Drafts deleted, because they billed beyond it; the next run makes them again.
        credited: Their total before VAT.
    """

    contract_id: int
    ends_on: date
    credit_ids: tuple[int, ...]
    discarded: int
    credited: Decimal


@dataclass(frozen=True, slots=True)
class PriceBreakFacts:
    """A price of an article in a list, from a quantity and a day on."""

    item_code: str
    unit_price: Decimal
    min_quantity: Decimal = Decimal(0)
    discount_percent: Decimal = Decimal(0)
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class BillingRuleFacts:
    """How a customer is billed.

    Attributes:
        grouping: ``order``, ``delivery`` or ``monthly``.
        by_order_reference: Never two of its orders (BT-13) in one document.
        calendar: ``at_once``, ``weekly`` or ``monthly``.
        calendar_day: Weekday from 1 to 7, or day of the month; 0 is its last.
        price_list_id: The list it has; none for the catalogue.
        discount_percent: Usual discount on the catalogue.
        usual_amount_checked: An unusual amount is said before the issue.
    """

    grouping: str = "order"
    by_order_reference: bool = True
    calendar: str = "at_once"
    calendar_day: int = 0
    price_list_id: int | None = None
    discount_percent: Decimal = Decimal(0)
    usual_amount_checked: bool = True


@dataclass(frozen=True, slots=True)
class PriceAsked:
    """A line whose price is looked for."""

    party_id: int
    item_code: str
    quantity: Decimal
    on: date
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class PriceFound:
    """The price of a line, and why.

    Attributes:
        unit_price: To bill, six decimals at most (BT-146).
        gross_price: Before discounts (BT-148).
        discount_percent: What all discounts together take away, exact to six decimals.
        source: ``list`` or ``catalogue``.
        reason: French clause: which list, which quantity, which discounts.
    """

    unit_price: Decimal
    gross_price: Decimal
    discount_percent: Decimal
    source: str
    reason: str

    @property
    def price_discount(self) -> Decimal:
        """BT-147."""
        return self.gross_price - self.unit_price


@dataclass(frozen=True, slots=True)
class DeliveryFacts:
    """Goods that left for an order.

    Attributes:
        quantities: Line of the order to the quantity delivered.
        number: Delivery note (BT-16); empty for the next of the house.
        file_id: The signed note, in the archive.
    """

    order_id: int
    delivered_on: date
    quantities: Mapping[int, Decimal]
    number: str = ""
    file_id: int | None = None


@dataclass(frozen=True, slots=True)
class LeftToDeliver:
    """A line of an order and what of it has not been delivered."""

    line_id: int
    position: int
    name: str
    ordered: Decimal
    delivered: Decimal

    @property
    def left(self) -> Decimal:
        """Never below zero."""
        return max(self.ordered - self.delivered, Decimal(0))


@dataclass(frozen=True, slots=True)
class TimeFacts:
    """Hours spent for a customer.

    Attributes:
        external_id: Names them in their source, which records them once.
        hourly_rate: Before VAT; none takes that of the article.
    """

    party_id: int
    person: str
    worked_on: date
    hours: Decimal
    description: str
    external_id: str
    hourly_rate: Decimal | None = None
    item_code: str = ""
    order_id: int | None = None
    source: str = "saisie"
    is_billable: bool = True


@dataclass(frozen=True, slots=True)
class RateFacts:
    """How much of a currency one euro buys, on a day."""

    currency: str
    on: date
    rate: Decimal


# -- quotes ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QuoteLineFacts:
    """A line of a quote; an option counts once the customer has ticked it.

    Attributes:
        unit_price: Before discount and VAT; none takes the price agreed or that of the catalogue.
    """

    name: str = ""
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None
    item_code: str = ""
    description: str = ""
    nature: str = "goods"
    unit_code: str = "C62"
    discount_percent: Decimal = Decimal(0)
    vat_rate: Decimal | None = None
    exemption: str = ""
    exemption_article: str = ""
    is_option: bool = False


@dataclass(frozen=True, slots=True)
class QuoteFacts:
    """A quote to draft; ``valid_until`` is its last day, none for thirty days."""

    party_id: int
    title: str
    lines: tuple[QuoteLineFacts, ...]
    valid_until: date | None = None
    deposit_percent: Decimal = Decimal(0)
    payment_terms: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class QuoteTotals:
    """Totals of a quote, options ticked."""

    net: Decimal
    vat: Decimal
    gross: Decimal
    deposit: Decimal


@dataclass(frozen=True, slots=True)
class SentQuote:
    """A quote that left.

    Attributes:
        token: Secret of its link; it is kept nowhere, only its digest is.
    """

    quote_id: int
    token: str


# -- drafts ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AllowanceFacts:
    """A discount or a charge, on a document (BG-20, BG-21) or on a line (BG-27, BG-28).

    Attributes:
        reason: Printed (BT-97, BT-104, BT-139, BT-144).
        amount: Before VAT, positive whichever it is.
        is_charge: It adds, instead of taking away.
        reason_code: UNTDID 5189 for a discount, 7161 for a charge; empty for none.
        percent: What was applied to ``base``, when it is a part.
        base: What ``percent`` was applied to.
        vat_rate: For one on a document: per cent; none lets the rules choose.
        exemption: As for a line.
        nature: ``goods`` or ``services``.
        account: Account it is posted to; empty for the usual one.
        deposit_id: The prepayment invoice it deducts, with its VAT.
        credited_id: The allowance of an invoice that a credit note takes back.
    """

    reason: str
    amount: Decimal
    is_charge: bool = False
    reason_code: str = ""
    percent: Decimal | None = None
    base: Decimal | None = None
    vat_rate: Decimal | None = None
    exemption: str = ""
    exemption_article: str = ""
    nature: str = "goods"
    account: str = ""
    deposit_id: int | None = None
    credited_id: int | None = None


@dataclass(frozen=True, slots=True)
class MarketLineFacts:
    """A line of a market, or a milestone.

    Attributes:
        net_amount: For the whole line, without VAT, above zero.
        vat_rate: Per cent; none lets the rules choose.
        expected_on: When it should end, or be reached.
    """

    name: str
    net_amount: Decimal
    vat_rate: Decimal | None = None
    exemption: str = ""
    exemption_article: str = ""
    nature: str = "services"
    revenue_account: str = ""
    expected_on: date | None = None


@dataclass(frozen=True, slots=True)
class DisbursementFacts:
    """What was paid in a customer's name and for it.

    Attributes:
        amount: Exactly what was paid, VAT included.
        supplier_reference: Number of the supplier's piece, made out to the customer.
        in_customers_name: That piece is made out to the customer, who gave an order to pay it.
        file_id: The piece in the archive; without it the disbursement is not billed.
    """

    party_id: int
    paid_on: date
    label: str
    supplier_reference: str
    amount: Decimal
    in_customers_name: bool = True
    order_id: int | None = None
    file_id: int | None = None


@dataclass(frozen=True, slots=True)
class RebateTier:
    """From a turnover on, without VAT, a rate in per cent."""

    threshold: Decimal
    percent: Decimal


@dataclass(frozen=True, slots=True)
class AccrualLine:
    """A part of an accrual: what it stands for, and its figures.

    Attributes:
        source: ``order``, ``delivery``, ``draft``, ``issued``, ``rebate``… as in the queries.
        source_id: Its row there.
        label: What a person calls it.
        supplied_on: When it was supplied, or earned.
        account: Account of the income, or of the reduction.
        rate: VAT, per cent.
        net: Without VAT.
    """

    source: str
    source_id: int
    label: str
    party_id: int
    party_name: str
    supplied_on: date
    account: str
    rate: Decimal
    net: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class AccrualProposal:
    """What a month end should hold.

    Attributes:
        to_invoice: Supplied and not invoiced on the closing day.
        to_credit: To be credited and not credited on the closing day.
        left_out: What has no known day of supply: label and why.
    """

    closing: date
    to_invoice: tuple[AccrualLine, ...]
    to_credit: tuple[AccrualLine, ...]
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PayerFacts:
    """Who pays a share of an invoice in place of its buyer: a part, or an amount with VAT."""

    party_id: int
    percent: Decimal | None = None
    amount: Decimal | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class AttachmentFacts:
    """A piece joined to a document.

    Attributes:
        file_id: In the archive.
        code: BT-123 (``BON_COMMANDE``, ``BON_LIVRAISON``, ``DOCUMENT_ANNEXE``…).
        label: BT-122.
        is_embedded: Inside the file (BT-125), or beside it in the message.
    """

    file_id: int
    code: str
    label: str
    is_embedded: bool = True


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line to bill.

    Attributes:
        name: BT-153.
        quantity: BT-129, four decimals at most, positive.
        unit_price: BT-146, six decimals at most, without VAT.
        vat_rate: Per cent; none lets the rules choose (standard rate of the territory).
        exemption: ``core.tax.Exemption`` that applies; empty lets the rules choose.
        nature: ``goods`` or ``services``.
        revenue_account: Account of the sale; empty for the usual one of its nature.
        order_line_id: Line of the order it bills.
        credited_line_id: Line of the invoice it credits.
        net_amount: BT-131 when it is not quantity times price rounded: what is left of a line.
        gross_price: BT-148, before ``price_discount`` (BT-147); none when there is no discount.
        period_start: BT-134.
        period_end: BT-135, that day included.
        allowances: BG-27 and BG-28; ``net_amount`` counts them.
        vat_amount: For a credit note given with VAT included: the VAT of the line, which may be a
            cent away from its base times the rate.
    """

    name: str
    quantity: Decimal
    unit_price: Decimal
    description: str = ""
    item_code: str = ""
    unit_code: str = "C62"
    vat_rate: Decimal | None = None
    exemption: str = ""
    exemption_article: str = ""
    nature: str = "goods"
    revenue_account: str = ""
    order_line_id: int | None = None
    credited_line_id: int | None = None
    net_amount: Decimal | None = None
    gross_price: Decimal | None = None
    price_discount: Decimal | None = None
    period_start: date | None = None
    period_end: date | None = None
    allowances: tuple[AllowanceFacts, ...] = ()
    vat_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """A document to draft.

    Attributes:
        buyer_id: The party billed.
        kind: BT-3, one of the constants of this module.
        order_reference: The buyer's order (BT-13).
        sales_order_reference: Our order (BT-14).
        payment_terms: Code of ``core.terms``; empty for those of the buyer.
        preceding_id: The invoice a credit note corrects (BG-3).
        reason: Why, for a credit note.
        reason_code: Stable code of why, for statistics and approval.
        currency: BT-5.
        language: Of the document; empty for the buyer's.
        establishment_id: Establishment of the buyer that receives it (BT-46).
        frame: BT-23; empty lets the rules choose.
        contract_reference: BT-12.
        project_reference: BT-11.
        period_start: BT-73.
        period_end: BT-74, that day included.
        retained_amount: Part of the gross total kept back until ``retained_until``.
        mandate_id: Self-billing mandate: the buyer is then the supplier it is made for.
        series_id: Series of its number; none for the usual one of its kind.
        allowances: BG-20 and BG-21, deposits deducted included.
        payers: Who pays a share; the buyer pays what is left.
        attachments: Pieces joined.
    """

    buyer_id: int
    lines: tuple[DraftLine, ...]
    kind: str = INVOICE
    order_reference: str = ""
    sales_order_reference: str = ""
    buyer_reference: str = ""
    delivery_date: date | None = None
    payment_terms: str = ""
    note: str = ""
    preceding_id: int | None = None
    reason: str = ""
    reason_code: str = ""
    currency: str = "EUR"
    language: str = ""
    establishment_id: int | None = None
    frame: str = ""
    contract_reference: str = ""
    project_reference: str = ""
    period_start: date | None = None
    period_end: date | None = None
    retained_amount: Decimal = Decimal(0)
    retained_until: date | None = None
    mandate_id: int | None = None
    series_id: int | None = None
    allowances: tuple[AllowanceFacts, ...] = ()
    payers: tuple[PayerFacts, ...] = ()
    attachments: tuple[AttachmentFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class CreditLine:
    """What to give back of one line of an invoice.

    Attributes:
        line_id: The line.
        quantity: None for all that is left of it.
        unit_price: None for the price billed; lower to give back a part of the price.
    """

    line_id: int
    quantity: Decimal | None = None
    unit_price: Decimal | None = None


# -- the run --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LeftToBill:
    """Something that is not billed yet, and why.

    Attributes:
        source: Where it comes from (``order``, ``delivery``…).
        number: What a person calls it.
        age_days: Since the supply.
        net: Before VAT.
        due_on: Day its calendar bills it; none when it waits for somebody.
        why: What it waits for, as a French clause; empty when only its day has not come.
    """

    source: str
    source_id: int
    number: str
    party_id: int
    party_name: str
    supplied_on: date
    age_days: int
    net: Decimal
    currency: str = "EUR"
    due_on: date | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class RunDraft:
    """A draft that a run makes, or made before, and what became of it.

    Attributes:
        invoice_id: The draft; none for a trial.
        pieces: What it bills, as a person calls it; empty for a draft made before.
        deadline: Last day the law allows; none for a draft made before.
        findings: Everything the preflight says of it.
        number: Once issued.
        why: Why it stays a draft, as a French clause; empty when it is issued, or would be.
    """

    invoice_id: int | None
    party_id: int
    party_name: str
    gross: Decimal
    currency: str
    pieces: tuple[str, ...] = ()
    deadline: date | None = None
    findings: tuple[Finding, ...] = ()
    number: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did, or would do.

    Attributes:
        on: Its day, date of the documents.
        accepted: Whether it wrote anything.
        drafts: Every draft it made or found, in the order of the numbers.
        left: What is not billed yet, oldest first.
        unseen: Documents that a trial did not examine, beyond its limit.
    """

    on: date
    accepted: bool
    drafts: tuple[RunDraft, ...]
    left: tuple[LeftToBill, ...]
    unseen: int = 0

    @property
    def issued(self) -> tuple[RunDraft, ...]:
        """Those that have a number."""
        return tuple(one for one in self.drafts if one.number)

    @property
    def kept(self) -> tuple[RunDraft, ...]:
        """Those that stay drafts, or would."""
        return tuple(one for one in self.drafts if one.why)


@dataclass(frozen=True, slots=True)
class UsePart:
    """What becomes of a part of a credit note.

    Attributes:
        use: ``refund``, ``deduction`` or ``later``.
        amount: In euros.
        target_id: The invoice a deduction lowers.
    """

    use: str
    amount: Decimal
    target_id: int | None = None


# -- what commands answer -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IssueResult:
    """What became of one draft: a number, or the findings that kept it a draft."""

    invoice_id: int
    number: str | None
    findings: tuple[Finding, ...] = ()

    @property
    def issued(self) -> bool:
        """Whether it has its number."""
        return self.number is not None


@dataclass(frozen=True, slots=True)
class SealReport:
    """What a sealing turn did.

    Attributes:
        sealed: Documents whose file is valid and archived.
        refused: Documents whose file the official rules refuse; a question is open for each.
        not_validated: Documents nobody could judge; the next turn takes them again.
    """

    sealed: int = 0
    refused: int = 0
    not_validated: int = 0


@dataclass(frozen=True, slots=True)
class QueueReport:
    """What became of documents to send.

    Attributes:
        message_ids: Message by document, for those that leave by mail.
        skipped: Why others leave by none of these ways.
        letter_ids: Letter by document, for those that leave by post.
        portals: Portal by document, for those a person hands over.
    """

    message_ids: dict[int, int]
    skipped: dict[int, str]
    letter_ids: dict[int, int] = field(default_factory=dict)
    portals: dict[int, str] = field(default_factory=dict)

    @property
    def queued(self) -> tuple[int, ...]:
        """Documents that have a way out, whichever it is."""
        return (*self.message_ids, *self.letter_ids, *self.portals)


@dataclass(frozen=True, slots=True)
class SecondChannel:
    """A document whose way failed, and the one it takes next.

    Attributes:
        failed: The way that failed, and ``failure`` why, a French clause.
        taken: The next one; empty when there is none.
        why: Why that one, or why none.
    """

    invoice_id: int
    number: str
    buyer_id: int
    failed: str
    failure: str
    taken: str
    why: str


@dataclass(frozen=True, slots=True)
class InvoiceDeposits:
    """What became of documents to deposit: deposit by document, and why others have none."""

    flow_ids: dict[int, int]
    skipped: dict[int, str]


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """Messages let go, and those withdrawn with the reason."""

    released: tuple[int, ...]
    withdrawn: dict[int, str]


# -- e-reporting ----------------------------------------------------------------------------------


class ReportOutcome(StrEnum):
    """What preparing a report did."""

    PREPARED = "prepared"
    UNCHANGED = "unchanged"  # the last message still tells the truth
    NOTHING = "nothing"  # no sale or payment to declare: the law asks for no message


@dataclass(frozen=True, slots=True)
class PreparedReport:
    """What became of the report of a period.

    Attributes:
        report_id: The message in force for the period; none when there is nothing to declare, and
            for a trial.
        number: Its identifier (TT-1).
        corrective: It stands in for a former message.
        changes: What differs from the message it stands in for, in the person's language.
        left_out: What a person chose to leave out, and why, in the person's language.
    """

    outcome: ReportOutcome
    first_day: date
    last_day: date
    due_on: date
    report_id: int | None = None
    number: str = ""
    corrective: bool = False
    changes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportStand:
    """A period of the calendar and the message in force for it, if any.

    Attributes:
        kind: ``transactions`` or ``payments``.
        number: Identifier of the message; empty when none was prepared.
        rank: 1 for an initial message, more for a corrective one, 0 for none.
        deposit: Where its deposit stands, a state of transmission; empty for no message.
    """

    kind: str
    first_day: date
    last_day: date
    due_on: date
    report_id: int | None = None
    number: str = ""
    rank: int = 0
    deposit: str = ""


# -- the document as frozen at issue --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SellerFacts:
    """What documents print of the company, and what decides its mentions."""

    name: str
    legal_form: str
    share_capital: Decimal | None
    siren: str
    siret: str
    vat_id: str
    rcs_city: str
    address_line: str
    address_extra: str
    postcode: str
    city: str
    country: str
    email: str
    phone: str
    electronic_address: str
    franchise: bool
    on_debits: bool


@dataclass(frozen=True, slots=True)
class PaymentAccount:
    """The bank account printed on invoices (BG-17)."""

    iban: str
    bic: str


@dataclass(frozen=True, slots=True)
class StyleFacts:
    """How the document looks; files are named by their id in the archive.

    Attributes:
        color: Accent, ``#rrggbb``.
        template_file_id: The Typst source, kept in the archive.
        template_sha256: Its digest.
        logo_file_id: The logo, if any.
        logo_name: Its file name, extension included.
        footer: Lines of the house at the foot of each page.
        payment_link: Pattern of the address where a document is paid, see
            :mod:`echeance.billing.rules.payment_link`; empty for none.
        payment_qr: Print the code that fills a transfer.
        creditor_reference: The reference to quote is the RF one (ISO 11649).
    """

    color: str
    template_file_id: int
    template_sha256: str
    logo_file_id: int | None = None
    logo_name: str = ""
    footer: str = ""
    payment_link: str = ""
    payment_qr: bool = False
    creditor_reference: bool = False


@dataclass(frozen=True, slots=True)
class JoinedFile:
    """A piece joined to an issued document.

    Attributes:
        file_id: In the archive.
        code: BT-123.
        label: BT-122.
        filename: Its name, extension included (BT-125).
        media_type: BT-125.
        is_embedded: Inside the file, or beside it in what is sent.
    """

    file_id: int
    code: str
    label: str
    filename: str
    media_type: str
    is_embedded: bool = True


@dataclass(frozen=True, slots=True)
class PrintedPayer:
    """A share of a document that somebody else than its buyer pays."""

    name: str
    amount: Decimal
    reference: str = ""


@dataclass(frozen=True, slots=True)
class PrintedFacts:
    """What is frozen of a document beside the terms of EN 16931.

    Attributes:
        retained_amount: Kept back until ``retained_until``.
        payers: Shares of the gross total, in their order.
        exchange_rate: Units of the currency for one euro; none in euros.
        exchange_date: Its day.
        exchange_source: Who publishes it.
        files: Pieces joined.
    """

    retained_amount: Decimal = Decimal(0)
    retained_until: date | None = None
    payers: tuple[PrintedPayer, ...] = ()
    exchange_rate: Decimal | None = None
    exchange_date: date | None = None
    exchange_source: str = ""
    files: tuple[JoinedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiptsReport:
    """What was told to platforms of the money that came.

    Attributes:
        given: Statuses 212 queued by this call, in order.
        refused: By number, the French sentence that says why an invoice's receipts are not told.
    """

    given: tuple[StatusFacts, ...]
    refused: Mapping[str, str]
