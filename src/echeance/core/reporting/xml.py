"""Flux 10 as XML: one table of terms both writes and reads, so that neither can drift.

The order of the table is that of the schema. The table holds what Échéance writes; the schema has
optional terms beyond it (invoice lines, delivery address, electronic addresses). An element,
attribute or text that the table does not know stops the reading: nothing is dropped in silence.

Source: DGFiP, external specifications v3.2, schema « ereporting » and annex 7 v1.8.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

from lxml import etree

from echeance.core.einvoice.xml import parse_xml
from echeance.core.reporting.errors import NotAReportError, ReportUnreadableError
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
_UNKNOWN: Final = "n'est pas lu par Échéance"
_SCHEMA_HINT: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
"""Attributes that only tell a parser where the schema is."""


# -- how a value is written and read --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Codec:
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


_TEXT: Final = _Codec(str, str)
_AMOUNT: Final = _Codec(
    lambda value: f"{value:f}", _shaped(r"[+-]?[0-9]{1,28}(\.[0-9]{0,10})?", Decimal)
)
_DAY: Final = _Codec(lambda value: f"{value:%Y%m%d}", _shaped("[0-9]{8}", date.fromisoformat))
_INSTANT: Final = _Codec(lambda value: f"{value:%Y%m%d%H%M%S}", _shaped("[0-9]{14}", _instant))
_COUNT: Final = _Codec(str, _shaped("[0-9]{1,18}", int))


# -- the table ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Term:
    """An attribute of a fact and where its text stands, below the element of the fact."""

    name: str
    path: str
    codec: _Codec = _TEXT


@dataclass(frozen=True, slots=True)
class _Constant:
    """A text that always stands beside others: written where its parent is."""

    path: str
    value: str


@dataclass(frozen=True, slots=True)
class _Group:
    """A fact within a fact, or several."""

    name: str
    path: str
    shape: _Shape
    many: bool = False


@dataclass(frozen=True, slots=True)
class _Shape:
    """A fact and its entries, in the order of the schema."""

    fact: type
    entries: tuple[_Term | _Constant | _Group, ...]


_FIRM: Final = _Shape(
    Firm,
    (
        _Term("identifier", "CompanyId"),
        _Term("scheme", "CompanyId/@schemeId"),
        _Term("vat_id", "TaxRegistrationId"),
        _Constant("TaxRegistrationId/@qualifyingId", "VAT"),
        _Term("country", "PostalAddress/CountryId"),
    ),
)
_INVOICE: Final = _Shape(
    ReportedInvoice,
    (
        _Term("number", "ID"),
        _Term("issue_date", "IssueDate", _DAY),
        _Term("type_code", "TypeCode"),
        _Term("currency", "CurrencyCode"),
        _Term("due_date", "DueDate", _DAY),
        _Term("tax_point_code", "TaxDueDateTypeCode"),
        _Group(
            "notes",
            "IncludedNote",
            _Shape(Note, (_Term("subject", "Subject"), _Term("text", "Content"))),
            many=True,
        ),
        _Term("business_process", "BusinessProcess/ID"),
        _Constant("BusinessProcess/TypeID", PROFILE),
        _Group(
            "preceding",
            "ReferencedDocument",
            _Shape(Preceding, (_Term("number", "ID"), _Term("issue_date", "IssueDate", _DAY))),
            many=True,
        ),
        _Group("seller", "Seller", _FIRM),
        _Group("buyer", "Buyer", _FIRM),
        _Term("delivery_date", "Delivery/Date", _DAY),
        _Term("net_total", "MonetaryTotal/TaxExclusiveAmount", _AMOUNT),
        _Term("vat_total", "MonetaryTotal/TaxAmount", _AMOUNT),
        _Constant("MonetaryTotal/TaxAmount/@CurrencyCode", "EUR"),  # rule G6.23
        _Group(
            "subtotals",
            "TaxSubTotal",
            _Shape(
                TaxSubtotal,
                (
                    _Term("base", "TaxableAmount", _AMOUNT),
                    _Term("vat", "TaxAmount", _AMOUNT),
                    _Term("category", "TaxCategory/Code"),
                    _Term("rate", "TaxCategory/Percent", _AMOUNT),
                    _Term("exemption_reason", "TaxCategory/TaxExemptionReason"),
                    _Term("exemption_code", "TaxCategory/TaxExemptionReasonCode"),
                ),
            ),
            many=True,
        ),
    ),
)
_DAY_SALES: Final = _Shape(
    DaySales,
    (
        _Term("day", "Date", _DAY),
        _Term("currency", "TransactionsCurrency"),
        _Term("tax_point_code", "TaxDueDateTypeCode"),
        _Term("category", "CategoryCode", _Codec(str, Category)),
        _Term("net", "TaxExclusiveAmount", _AMOUNT),
        _Term("vat", "TaxTotal", _AMOUNT),
        _Term("count", "TransactionsCount", _COUNT),
        _Group(
            "subtotals",
            "TaxSubtotal",
            _Shape(
                RateTotal,
                (
                    _Term("rate", "TaxPercent", _AMOUNT),
                    _Term("base", "TaxableAmount", _AMOUNT),
                    _Term("vat", "TaxTotal", _AMOUNT),
                ),
            ),
            many=True,
        ),
    ),
)
_PAYMENT: Final = (
    _Term("paid_on", "Payment/Date", _DAY),
    _Group(
        "parts",
        "Payment/SubTotals",
        _Shape(
            RatePaid,
            (
                _Term("rate", "TaxPercent", _AMOUNT),
                _Term("currency", "CurrencyCode"),
                _Term("amount", "Amount", _AMOUNT),
            ),
        ),
        many=True,
    ),
)
_INVOICE_PAYMENT: Final = _Shape(
    InvoicePayment,
    (_Term("number", "InvoiceID"), _Term("issue_date", "IssueDate", _DAY), *_PAYMENT),
)
_PERIOD: Final = (
    _Term("first_day", "ReportPeriod/StartDate", _DAY),
    _Term("last_day", "ReportPeriod/EndDate", _DAY),
)
_TRANSACTIONS: Final = _Shape(
    Transactions,
    (
        *_PERIOD,
        _Group("invoices", "Invoice", _INVOICE, many=True),
        _Group("days", "Transactions", _DAY_SALES, many=True),
    ),
)
_PAYMENTS: Final = _Shape(
    Payments,
    (
        *_PERIOD,
        _Group("invoices", "Invoice", _INVOICE_PAYMENT, many=True),
        _Group("days", "Transactions", _Shape(DayPayments, _PAYMENT), many=True),
    ),
)
_PLATFORM: Final = _Shape(
    Platform,
    (
        _Term("number", "Id"),
        _Constant("Id/@schemeId", "0238"),
        _Term("name", "Name"),
        _Constant("RoleCode", "WK"),
    ),
)
_DECLARANT: Final = _Shape(
    Declarant,
    (
        _Term("siren", "Id"),
        _Constant("Id/@schemeId", "0002"),
        _Term("name", "Name"),
        _Term("role", "RoleCode"),
    ),
)
_REPORT: Final = _Shape(
    Report,
    (
        _Term("number", "ReportDocument/Id"),
        _Term("name", "ReportDocument/Name"),
        _Term("issued_at", "ReportDocument/IssueDateTime/DateTimeString", _INSTANT),
        _Term("submission", "ReportDocument/TypeCode", _Codec(str, Submission)),
        _Group("platform", "ReportDocument/Sender", _PLATFORM),
        _Group("declarant", "ReportDocument/Issuer", _DECLARANT),
        _Group("transactions", "TransactionsReport", _TRANSACTIONS),
        _Group("payments", "PaymentsReport", _PAYMENTS),
    ),
)


# -- writing --------------------------------------------------------------------------------------


def write_report(report: Report) -> bytes:
    """The XML of a message; the same facts give the same bytes."""
    root = etree.Element("Report")
    _fill(root, _REPORT, report)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _fill(element: etree._Element, shape: _Shape, fact: object) -> None:
    for entry in shape.entries:
        match entry:
            case _Term(name, path, codec):
                value = getattr(fact, name)
                if value is not None and value != "":
                    _put(element, path, codec.write(value))
            case _Constant(path, value):
                parent = path.rpartition("/")[0]
                if not parent or element.find(parent) is not None:
                    _put(element, path, value)
            case _Group(name, path, inner, many):
                held = getattr(fact, name)
                for one in held if many else () if held is None else (held,):
                    above, _, tag = path.rpartition("/")
                    _fill(etree.SubElement(_reach(element, above), tag), inner, one)


def _put(element: etree._Element, path: str, text: str) -> None:
    above, _, last = path.rpartition("/")
    parent = _reach(element, above)
    if last.startswith("@"):
        parent.set(last[1:], text)
    else:
        etree.SubElement(parent, last).text = text


def _reach(element: etree._Element, path: str) -> etree._Element:
    """The element below, made when it is not there; one of each tag on the way."""
    for tag in path.split("/") if path else ():
        found = element.find(tag)
        element = etree.SubElement(element, tag) if found is None else found
    return element


# -- reading --------------------------------------------------------------------------------------


def read_report(content: bytes, filename: str = "") -> Report:
    """Read a message.

    Raises:
        FileError: Not XML that is safe to read, see :func:`echeance.core.einvoice.xml.parse_xml`.
        NotAReportError: Another document.
        ReportUnreadableError: A value that is missing or malformed, or something unknown.
    """
    root = parse_xml(content, filename)
    if root.tag != "Report":
        raise NotAReportError(str(root.tag)[:80])
    return _read(root, _REPORT, "Report")  # type: ignore[no-any-return]  # the shape says its fact


def _read(element: etree._Element, shape: _Shape, place: str) -> Any:
    _check_known(element, shape, place)
    values: dict[str, object] = {}
    for entry in shape.entries:
        match entry:
            case _Term(name, path, codec):
                text = _get(element, path)
                if text:
                    values[name] = _decoded(codec, text, f"{place}/{path}")
            case _Constant(path, value):
                text = _get(element, path)
                if text not in {"", value}:
                    problem = f"vaut « {text[:80]} », « {value} » est attendu"
                    raise ReportUnreadableError(f"{place}/{path}", problem)
            case _Group(name, path, inner, many):
                found = element.findall(path)
                if not many and len(found) > 1:
                    raise ReportUnreadableError(f"{place}/{path}", "est là plusieurs fois")
                read = tuple(_read(one, inner, f"{place}/{path}") for one in found)
                if many:
                    values[name] = read
                elif read:
                    values[name] = read[0]
    for one in fields(shape.fact):
        if one.name not in values and one.default is MISSING:
            raise ReportUnreadableError(f"{place}/{_path_of(shape, one.name)}", "manque")
    return shape.fact(**values)


def _path_of(shape: _Shape, name: str) -> str:
    return next(
        entry.path
        for entry in shape.entries
        if not isinstance(entry, _Constant) and entry.name == name
    )


def _get(element: etree._Element, path: str) -> str:
    above, _, last = path.rpartition("/")
    if last.startswith("@"):
        parent = element.find(above)
        return (parent.get(last[1:]) or "").strip() if parent is not None else ""
    return (element.findtext(path) or "").strip()


def _decoded(codec: _Codec, text: str, path: str) -> object:
    try:
        return codec.read(text)
    except (ValueError, InvalidOperation) as error:
        problem = f"vaut « {text[:80]} », que ce format n'admet pas"
        raise ReportUnreadableError(path, problem) from error


def _check_known(element: etree._Element, shape: _Shape, place: str) -> None:
    """Refuse what no entry of the shape reads: an element, an attribute, a stray text, a second.

    Groups are left to their own shape.
    """
    known = _known(shape)
    waiting = [(element, "")]
    seen = set()
    while waiting:
        parent, above = waiting.pop()
        names = map(str, parent.attrib)
        stray = next((name for name in names if _unknown_attribute(name, above, known)), "")
        if stray:
            raise ReportUnreadableError(f"{place}/{above}@{stray}", _UNKNOWN)
        texts = [child.tail for child in parent]
        if above.rstrip("/") not in known.leaves:
            texts.append(parent.text)
        if any((text or "").strip() for text in texts):
            raise ReportUnreadableError(f"{place}/{above}".rstrip("/"), "contient un texte de trop")
        for child in parent.iterchildren("*"):  # comments and instructions say nothing
            path = f"{above}{child.tag}"
            if path in known.groups:
                continue
            if path not in known.paths:
                raise ReportUnreadableError(f"{place}/{path}", _UNKNOWN)
            if path in seen:
                raise ReportUnreadableError(f"{place}/{path}", "est là plusieurs fois")
            seen.add(path)
            waiting.append((child, f"{path}/"))


def _unknown_attribute(name: str, above: str, known: _Known) -> bool:
    return f"{above}@{name}" not in known.paths and not name.startswith(_SCHEMA_HINT)


@dataclass(frozen=True, slots=True)
class _Known:
    """Paths that lead to an entry, those of groups, and those that hold a text."""

    paths: frozenset[str]
    groups: frozenset[str]
    leaves: frozenset[str]


@cache
def _known(shape: _Shape) -> _Known:
    paths: set[str] = set()
    groups: set[str] = set()
    leaves: set[str] = set()
    for entry in shape.entries:
        parts = entry.path.split("/")
        (groups if isinstance(entry, _Group) else leaves).add(entry.path)
        paths |= {"/".join(parts[: length + 1]) for length in range(len(parts))}
    return _Known(frozenset(paths), frozenset(groups), frozenset(leaves))
