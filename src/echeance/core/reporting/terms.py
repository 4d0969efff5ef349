"""The terms of flux 10: which attribute of which fact stands where, in the order of the schema.

The table holds what Échéance writes; the schema has optional terms beyond it (invoice lines,
delivery address, electronic addresses).

Source: DGFiP, external specifications v3.2, schema « ereporting » and annex 7 v1.8.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from echeance.core.reporting.model import (
    Category,
    DayPayments,
    DaySales,
    Declarant,
    Firm,
    InvoicePayment,
    Note,
    Payments,
    Platform,
    Preceding,
    RatePaid,
    RateTotal,
    Report,
    ReportedInvoice,
    Submission,
    TaxSubtotal,
    Transactions,
)

PROFILE: Final = "urn.cpro.gouv.fr:1p0:ereporting"
"""TT-29, the same in every message (rule S1.12)."""


# -- how a value is written and read --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Codec:
    """How a value is written, and read again.

    ``read`` raises ``ValueError`` or ``InvalidOperation`` on what the format does not admit.
    """

    write: Callable[[Any], str]
    read: Callable[[str], Any]


def _shaped(pattern: str, made: Callable[[str], Any]) -> Callable[[str], Any]:
    """Read only texts of that shape: Python takes ``1_0``, ``1E9`` and other digits for numbers."""
    shape = re.compile(pattern)

    def read(text: str) -> Any:
        if not shape.fullmatch(text):
            raise ValueError(text)
        return made(text)

    return read


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(f"{text[:8]}T{text[8:]}")


_TEXT: Final = Codec(str, str)
_AMOUNT: Final = Codec(
    lambda value: f"{value:f}", _shaped(r"[+-]?[0-9]{1,28}(\.[0-9]{0,10})?", Decimal)
)
_DAY: Final = Codec(lambda value: f"{value:%Y%m%d}", _shaped("[0-9]{8}", date.fromisoformat))
_INSTANT: Final = Codec(lambda value: f"{value:%Y%m%d%H%M%S}", _shaped("[0-9]{14}", _instant))
_COUNT: Final = Codec(str, _shaped("[0-9]{1,18}", int))


# -- the table ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Term:
    """An attribute of a fact and where its text stands, below the element of the fact."""

    name: str
    path: str
    codec: Codec = _TEXT


@dataclass(frozen=True, slots=True)
class Constant:
    """A text that always stands beside others: written where its parent is."""

    path: str
    value: str


@dataclass(frozen=True, slots=True)
class Group:
    """A fact within a fact, or several."""

    name: str
    path: str
    shape: Shape
    many: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A fact and its entries, in the order of the schema."""

    fact: type
    entries: tuple[Term | Constant | Group, ...]


_FIRM: Final = Shape(
    Firm,
    (
        Term("identifier", "CompanyId"),
        Term("scheme", "CompanyId/@schemeId"),
        Term("vat_id", "TaxRegistrationId"),
        Constant("TaxRegistrationId/@qualifyingId", "VAT"),
        Term("country", "PostalAddress/CountryId"),
    ),
)
_INVOICE: Final = Shape(
    ReportedInvoice,
    (
        Term("number", "ID"),
        Term("issue_date", "IssueDate", _DAY),
        Term("type_code", "TypeCode"),
        Term("currency", "CurrencyCode"),
        Term("due_date", "DueDate", _DAY),
        Term("tax_point_code", "TaxDueDateTypeCode"),
        Group(
            "notes",
            "IncludedNote",
            Shape(Note, (Term("subject", "Subject"), Term("text", "Content"))),
            many=True,
        ),
        Term("business_process", "BusinessProcess/ID"),
        Constant("BusinessProcess/TypeID", PROFILE),
        Group(
            "preceding",
            "ReferencedDocument",
            Shape(Preceding, (Term("number", "ID"), Term("issue_date", "IssueDate", _DAY))),
            many=True,
        ),
        Group("seller", "Seller", _FIRM),
        Group("buyer", "Buyer", _FIRM),
        Term("delivery_date", "Delivery/Date", _DAY),
        Term("net_total", "MonetaryTotal/TaxExclusiveAmount", _AMOUNT),
        Term("vat_total", "MonetaryTotal/TaxAmount", _AMOUNT),
        Constant("MonetaryTotal/TaxAmount/@CurrencyCode", "EUR"),  # rule G6.23
        Group(
            "subtotals",
            "TaxSubTotal",
            Shape(
                TaxSubtotal,
                (
                    Term("base", "TaxableAmount", _AMOUNT),
                    Term("vat", "TaxAmount", _AMOUNT),
                    Term("category", "TaxCategory/Code"),
                    Term("rate", "TaxCategory/Percent", _AMOUNT),
                    Term("exemption_reason", "TaxCategory/TaxExemptionReason"),
                    Term("exemption_code", "TaxCategory/TaxExemptionReasonCode"),
                ),
            ),
            many=True,
        ),
    ),
)
_DAY_SALES: Final = Shape(
    DaySales,
    (
        Term("day", "Date", _DAY),
        Term("currency", "TransactionsCurrency"),
        Term("tax_point_code", "TaxDueDateTypeCode"),
        Term("category", "CategoryCode", Codec(str, Category)),
        Term("net", "TaxExclusiveAmount", _AMOUNT),
        Term("vat", "TaxTotal", _AMOUNT),
        Term("count", "TransactionsCount", _COUNT),
        Group(
            "subtotals",
            "TaxSubtotal",
            Shape(
                RateTotal,
                (
                    Term("rate", "TaxPercent", _AMOUNT),
                    Term("base", "TaxableAmount", _AMOUNT),
                    Term("vat", "TaxTotal", _AMOUNT),
                ),
            ),
            many=True,
        ),
    ),
)
_PAYMENT: Final = (
    Term("paid_on", "Payment/Date", _DAY),
    Group(
        "parts",
        "Payment/SubTotals",
        Shape(
            RatePaid,
            (
                Term("rate", "TaxPercent", _AMOUNT),
                Term("currency", "CurrencyCode"),
                Term("amount", "Amount", _AMOUNT),
            ),
        ),
        many=True,
    ),
)
_INVOICE_PAYMENT: Final = Shape(
    InvoicePayment,
    (Term("number", "InvoiceID"), Term("issue_date", "IssueDate", _DAY), *_PAYMENT),
)
_PERIOD: Final = (
    Term("first_day", "ReportPeriod/StartDate", _DAY),
    Term("last_day", "ReportPeriod/EndDate", _DAY),
)
_TRANSACTIONS: Final = Shape(
    Transactions,
    (
        *_PERIOD,
        Group("invoices", "Invoice", _INVOICE, many=True),
        Group("days", "Transactions", _DAY_SALES, many=True),
    ),
)
_PAYMENTS: Final = Shape(
    Payments,
    (
        *_PERIOD,
        Group("invoices", "Invoice", _INVOICE_PAYMENT, many=True),
        Group("days", "Transactions", Shape(DayPayments, _PAYMENT), many=True),
    ),
)
_PLATFORM: Final = Shape(
    Platform,
    (
        Term("number", "Id"),
        Constant("Id/@schemeId", "0238"),
        Term("name", "Name"),
        Constant("RoleCode", "WK"),
    ),
)
_DECLARANT: Final = Shape(
    Declarant,
    (
        Term("siren", "Id"),
        Constant("Id/@schemeId", "0002"),
        Term("name", "Name"),
        Term("role", "RoleCode"),
    ),
)
REPORT: Final = Shape(
    Report,
    (
        Term("number", "ReportDocument/Id"),
        Term("name", "ReportDocument/Name"),
        Term("issued_at", "ReportDocument/IssueDateTime/DateTimeString", _INSTANT),
        Term("submission", "ReportDocument/TypeCode", Codec(str, Submission)),
        Group("platform", "ReportDocument/Sender", _PLATFORM),
        Group("declarant", "ReportDocument/Issuer", _DECLARANT),
        Group("transactions", "TransactionsReport", _TRANSACTIONS),
        Group("payments", "PaymentsReport", _PAYMENTS),
    ),
)
