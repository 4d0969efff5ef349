"""A flux 10 message as frozen facts: transactions (10.1, 10.3) or payments (10.2, 10.4).

The numbers TT- and TG- are those of the official format (DGFiP, external specifications, annex 7).
Shapes shared by all classes: an absent text is ``""``, an absent date or group is ``None``, an
absent repetition is ``()``; texts carry no leading or trailing white space; amounts are
``Decimal``; days are civil days of Paris.

Sources: CGI art. 290 and 290 A, CGI ann. II art. 242 nonies M to P, XP Z12-012.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Flow(StrEnum):
    """The four parts of flux 10."""

    INTERNATIONAL = "10.1"  # invoices to or from firms abroad, one by one
    INTERNATIONAL_PAYMENTS = "10.2"
    CONSUMERS = "10.3"  # sales to persons who are not liable to VAT, by day and rate
    CONSUMER_PAYMENTS = "10.4"


class ReportKind(StrEnum):
    """What a message tells; a message holds exactly one (rule G6.29)."""

    TRANSACTIONS = "transactions"
    PAYMENTS = "payments"


class Submission(StrEnum):
    """TT-4: the first message of a period, or one that stands in for it (rule G8.01)."""

    INITIAL = "IN"
    CORRECTIVE = "RE"


class Category(StrEnum):
    """TT-81: what was sold to consumers (rule G1.68)."""

    GOODS = "TLB1"
    SERVICES = "TPS1"
    NOT_TAXED = "TNT1"  # not subject to French VAT
    MARGIN = "TMA1"  # VAT on the margin: CGI 266-1 e, 268, 297 A


@dataclass(frozen=True, slots=True)
class Platform:
    """TG-3: the approved platform that files the message; ``number`` has four signs (G6.22)."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Declarant:
    """TG-5: who declares; ``role`` is ``SE`` for sales, ``BY`` for purchases (G7.52)."""

    siren: str
    name: str
    role: str = "SE"


@dataclass(frozen=True, slots=True)
class Firm:
    """TG-12, TG-14: a seller or a buyer.

    Attributes:
        identifier: SIREN (scheme 0002), VAT number (0223) or another number (0227, 0228, 0229).
        vat_id: Mandatory with schemes 0002 and 0223 (G2.33).
        country: ISO 3166 code.
    """

    identifier: str
    scheme: str
    vat_id: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """TG-9: a text and its subject."""

    subject: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Preceding:
    """TG-11: the invoice that this one corrects or credits."""

    number: str
    issue_date: date | None = None


@dataclass(frozen=True, slots=True)
class TaxSubtotal:
    """TG-23: VAT of an invoice by category and rate."""

    base: Decimal
    vat: Decimal
    category: str
    rate: Decimal
    exemption_reason: str = ""
    exemption_code: str = ""


@dataclass(frozen=True, slots=True)
class ReportedInvoice:
    """TG-8: an invoice or credit note of flux 10.1; a credit note has positive amounts.

    Attributes:
        business_process: TT-28, the frame BT-23.
        tax_point_code: TT-24, BT-8.
        net_total: TT-51, ``None`` when it is not told.
    """

    number: str
    issue_date: date
    type_code: str
    business_process: str
    seller: Firm
    vat_total: Decimal
    subtotals: tuple[TaxSubtotal, ...]
    buyer: Firm | None = None
    net_total: Decimal | None = None
    currency: str = "EUR"
    due_date: date | None = None
    tax_point_code: str = ""
    notes: tuple[Note, ...] = ()
    preceding: tuple[Preceding, ...] = ()
    delivery_date: date | None = None


@dataclass(frozen=True, slots=True)
class RateTotal:
    """TG-32: base and VAT of a day's sales at one rate."""

    rate: Decimal
    base: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class DaySales:
    """TG-31: sales of a day to consumers in one category; credit notes count below zero.

    Attributes:
        tax_point_code: TT-80, ``5`` when the seller opted for the debits; empty otherwise.
        count: TT-85, how many documents.
    """

    day: date
    category: Category
    net: Decimal
    vat: Decimal
    subtotals: tuple[RateTotal, ...]
    tax_point_code: str = ""
    count: int | None = None
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class RatePaid:
    """TG-36, TG-39: money received for sales at one rate, VAT included; not below zero (G1.16)."""

    rate: Decimal
    amount: Decimal
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class InvoicePayment:
    """TG-34: money received on one day for one invoice (flux 10.2)."""

    number: str
    issue_date: date
    paid_on: date
    parts: tuple[RatePaid, ...]


@dataclass(frozen=True, slots=True)
class DayPayments:
    """TG-37: money received on one day for sales to consumers (flux 10.4)."""

    paid_on: date
    parts: tuple[RatePaid, ...]


@dataclass(frozen=True, slots=True)
class Transactions:
    """TB-2: the sales of a period; its days are both included."""

    first_day: date
    last_day: date
    invoices: tuple[ReportedInvoice, ...] = ()
    days: tuple[DaySales, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to declare."""
        return not self.invoices and not self.days


@dataclass(frozen=True, slots=True)
class Payments:
    """TB-3: the payments of a period; its days are both included."""

    first_day: date
    last_day: date
    invoices: tuple[InvoicePayment, ...] = ()
    days: tuple[DayPayments, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to declare."""
        return not self.invoices and not self.days


Content = Transactions | Payments


@dataclass(frozen=True, slots=True)
class Report:
    """TB-0: one message.

    Attributes:
        number: TT-1, at most 50 of ``[A-Za-z0-9 +-_/]``.
        issued_at: TT-3, civil time of Paris without a zone: the format has no room for one.
        transactions: Exactly one of the two is there in a message of ours; a message of somebody
            else is read even when it holds both or none, and the official rules say so.
    """

    number: str
    issued_at: datetime
    submission: Submission
    platform: Platform
    declarant: Declarant
    transactions: Transactions | None = None
    payments: Payments | None = None
    name: str = ""

    @property
    def content(self) -> Content:
        """What it tells."""
        content = self.transactions or self.payments
        assert content is not None, "a message tells transactions or payments"
        return content

    def telling(self, content: Content) -> Report:
        """The same message with another content."""
        told = content if isinstance(content, Transactions) else None
        paid = content if isinstance(content, Payments) else None
        return replace(self, transactions=told, payments=paid)
