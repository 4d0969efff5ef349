"""CDAR as XML: one table of terms both writes and reads, so that neither can drift.

The order of the table is that of the schema. What the table does not know is listed with its
place, never dropped in silence.

Source: UN/CEFACT CDAR D22B.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from lxml import etree

from echeance.core.einvoice.xml import parse_xml
from echeance.core.lifecycle.cdar.model import (
    Acknowledgement,
    Detail,
    Document,
    Message,
    Party,
    Unknown,
)
from echeance.core.lifecycle.errors import MessageUnreadableError, NotACdarError
from echeance.core.lifecycle.machine import Amount

_PARIS: Final = ZoneInfo("Europe/Paris")
_UNKNOWN_MAX: Final = 200


# -- how a value is written and read --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Codec:
    write: Callable[[Any], str]
    read: Callable[[str], Any]


def _decimal(text: str) -> Decimal:
    value = Decimal(text)
    # A hostile exponent would be written out as millions of zeros.
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise ValueError(text)
    return value


def _count(text: str) -> int:
    value = _decimal(text)
    if value != value.to_integral_value():
        raise ValueError(text)
    return int(value)


def _day(text: str) -> date:
    if len(text) != len("AAAAMMJJ") or not text.isascii() or not text.isdecimal():
        raise ValueError(text)
    return date.fromisoformat(text)


def _instant(text: str) -> datetime:
    """UNCL 2379: 204, or 102 (a day) and 203 (no seconds), which some platforms write."""
    if not text.isascii() or not text.isdecimal() or len(text) not in {8, 12, 14}:
        raise ValueError(text)
    whole = text.ljust(len("AAAAMMJJHHMMSS"), "0")
    return datetime.fromisoformat(f"{whole[:8]}T{whole[8:]}").replace(tzinfo=_PARIS)


def _indicator(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text]


_TEXT: Final = _Codec(str, str)
_NUMBER: Final = _Codec(lambda value: f"{value:f}", _decimal)
_COUNT: Final = _Codec(str, _count)
_DAY: Final = _Codec(lambda value: f"{value:%Y%m%d}", _day)
_INSTANT: Final = _Codec(lambda value: f"{value.astimezone(_PARIS):%Y%m%d%H%M%S}", _instant)
_INDICATOR: Final = _Codec(lambda value: str(value).lower(), _indicator)


# -- the table ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Term:
    """An attribute of a fact and where its text stands, below the element of the fact."""

    name: str
    path: str
    codec: _Codec = _TEXT


@dataclass(frozen=True, slots=True)
class _Constant:
    """An attribute that always stands beside a text; other values may be read as well."""

    path: str
    value: str
    others: tuple[str, ...] = ()


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


def _at(name: str, element: str) -> tuple[_Term, _Constant]:
    path = f"{element}/udt:DateTimeString"
    return _Term(name, path, _INSTANT), _Constant(f"{path}/@format", "204", ("102", "203"))


_PARTY: Final = _Shape(
    Party,
    (
        _Term("identifier", "ram:GlobalID"),
        _Term("scheme", "ram:GlobalID/@schemeID"),
        _Term("name", "ram:Name"),
        _Term("role", "ram:RoleCode"),
        _Term("address", "ram:URIUniversalCommunication/ram:URIID"),
        _Term("address_scheme", "ram:URIUniversalCommunication/ram:URIID/@schemeID"),
    ),
)
_AMOUNT: Final = _Shape(
    Amount,
    (
        _Term("kind", "ram:TypeCode"),
        _Term("amount", "ram:ValueAmount", _NUMBER),
        _Constant("ram:ValueAmount/@currencyID", "EUR"),
        *_at("on", "ram:ValueDateTime"),
        _Term("rate", "ram:ValuePercent", _NUMBER),
    ),
)
_DETAIL: Final = _Shape(
    Detail,
    (
        _Term("reason", "ram:ReasonCode"),
        _Term("text", "ram:Reason"),
        _Term("status", "ram:ProcessConditionCode", _COUNT),
        _Term("action", "ram:RequestedActionCode"),
        _Term("action_text", "ram:RequestedAction"),
        _Term("sequence", "ram:SequenceNumeric", _COUNT),
        _Group("amounts", "ram:SpecifiedDocumentCharacteristic", _AMOUNT, many=True),
    ),
)
_DOCUMENT: Final = _Shape(
    Document,
    (
        _Term("number", "ram:IssuerAssignedID"),
        _Term("document_status", "ram:StatusCode"),
        _Term("type_code", "ram:TypeCode"),
        _Term("issue_date", "ram:FormattedIssueDateTime/qdt:DateTimeString", _DAY),
        _Constant("ram:FormattedIssueDateTime/qdt:DateTimeString/@format", "102"),
        _Term("status", "ram:ProcessConditionCode", _COUNT),
        _Term("label", "ram:ProcessCondition"),
        _Group("seller", "ram:IssuerTradeParty", _PARTY),
        _Group("recipients", "ram:RecipientTradeParty", _PARTY, many=True),
        _Group("details", "ram:SpecifiedDocumentStatus", _DETAIL, many=True),
    ),
)
_ACKNOWLEDGEMENT: Final = _Shape(
    Acknowledgement,
    (
        _Term("several", "ram:MultipleReferencesIndicator/udt:Indicator", _INDICATOR),
        _Term("type_code", "ram:TypeCode"),
        *_at("at", "ram:IssueDateTime"),
        _Group("documents", "ram:ReferenceReferencedDocument", _DOCUMENT, many=True),
    ),
)
_CONTEXT: Final = "rsm:ExchangedDocumentContext"
_HEAD: Final = "rsm:ExchangedDocument"
_MESSAGE: Final = _Shape(
    Message,
    (
        _Term("process", f"{_CONTEXT}/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"),
        _Term("guideline", f"{_CONTEXT}/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"),
        _Term("identifier", f"{_HEAD}/ram:ID"),
        _Term("name", f"{_HEAD}/ram:Name"),
        *_at("issued_at", f"{_HEAD}/ram:IssueDateTime"),
        _Group("sender", f"{_HEAD}/ram:SenderTradeParty", _PARTY),
        _Group("issuer", f"{_HEAD}/ram:IssuerTradeParty", _PARTY),
        _Group("recipients", f"{_HEAD}/ram:RecipientTradeParty", _PARTY, many=True),
        _Group("acknowledgements", "rsm:AcknowledgementDocument", _ACKNOWLEDGEMENT, many=True),
    ),
)
_STANDARD: Final = "urn:un:unece:uncefact:data:standard:"
_NAMESPACES: Final = {
    "rsm": f"{_STANDARD}CrossDomainAcknowledgementAndResponse:100",
    "ram": f"{_STANDARD}ReusableAggregateBusinessInformationEntity:100",
    "qdt": f"{_STANDARD}QualifiedDataType:100",
    "udt": f"{_STANDARD}UnqualifiedDataType:100",
}
_PREFIXES: Final = {uri: prefix for prefix, uri in _NAMESPACES.items()}
_ROOT: Final = f"{{{_NAMESPACES['rsm']}}}CrossDomainAcknowledgementAndResponse"
_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"


@cache
def _steps(path: str) -> tuple[tuple[str, ...], str]:
    """The elements of a path as lxml names them, and the attribute at its end, if any."""
    *names, last = path.split("/")
    attribute = last[1:] if last.startswith("@") else ""
    elements = names if attribute else [*names, last]
    pairs = [name.split(":") for name in elements]
    return tuple(f"{{{_NAMESPACES[prefix]}}}{local}" for prefix, local in pairs), attribute


# -- writing --------------------------------------------------------------------------------------


def write_cdar(message: Message) -> bytes:
    """The message as CDAR D22B, UTF-8; what is empty or absent is left out.

    It is as valid as what it is given: :func:`compose` gives what the French rules ask.
    """
    root = etree.Element(_ROOT, nsmap=_NAMESPACES)
    _write(root, _MESSAGE, message)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _write(element: etree._Element, shape: _Shape, fact: object) -> None:
    for entry in shape.entries:
        if isinstance(entry, _Constant):
            steps, attribute = _steps(entry.path)
            beside = _find(element, steps)
            if beside is not None:
                beside.set(attribute, entry.value)
            continue
        value = getattr(fact, entry.name)
        if value is None or value in ("", ()):
            continue
        if isinstance(entry, _Term):
            _put(element, entry, value)
            continue
        steps, _ = _steps(entry.path)
        parent = _reach(element, steps[:-1])
        for one in value if entry.many else (value,):
            _write(etree.SubElement(parent, steps[-1]), entry.shape, one)


def _put(element: etree._Element, term: _Term, value: object) -> None:
    steps, attribute = _steps(term.path)
    target = _reach(element, steps)
    if attribute:
        target.set(attribute, term.codec.write(value))
    else:
        target.text = term.codec.write(value)


def _reach(element: etree._Element, steps: tuple[str, ...]) -> etree._Element:
    for step in steps:
        found = element.find(step)
        element = etree.SubElement(element, step) if found is None else found
    return element


def _find(element: etree._Element, steps: tuple[str, ...]) -> etree._Element | None:
    found: etree._Element | None = element
    for step in steps:
        found = found.find(step) if found is not None else None
    return found


# -- reading --------------------------------------------------------------------------------------


def read_cdar(content: bytes, filename: str = "") -> Message:
    """Read a message from anybody; what the model does not hold is in ``unknown``.

    Args:
        content: The file, at most that of :func:`echeance.core.einvoice.xml.parse_xml`.
        filename: For the messages.

    Raises:
        FileError: Not an XML that may be opened.
        NotACdarError: Another document.
        MessageUnreadableError: A date or a figure is not one, or no document is told of.
    """
    root = parse_xml(content, filename)
    if root.tag != _ROOT:
        raise NotACdarError(filename, etree.QName(root).localname)
    seen: _Seen = set()
    facts = _read(root, _MESSAGE, filename, seen)
    message = Message(**facts, unknown=tuple(_left(root, seen)))
    if not any(one.documents for one in message.acknowledgements):
        raise MessageUnreadableError(filename, "AcknowledgementDocument", "")
    return message


_Seen = set[tuple[Any, str]]
"""Elements, or their attributes by name, that a term has taken."""


def _read(element: etree._Element, shape: _Shape, filename: str, seen: _Seen) -> dict[str, Any]:
    found: dict[str, Any] = _empty(shape.fact)
    for entry in shape.entries:
        steps, attribute = _steps(entry.path)
        if isinstance(entry, _Group):
            facts = tuple(
                entry.shape.fact(**_read(row, entry.shape, filename, seen))
                for row in _rows(element, steps, many=entry.many)
            )
            if entry.many or facts:
                found[entry.name] = facts if entry.many else facts[0]
            continue
        target = _find(element, steps)
        text = _text(target, attribute)
        if target is None or not text:
            continue
        if isinstance(entry, _Constant):
            if text in (entry.value, *entry.others):
                seen.add((target, attribute))
            continue
        seen.add((target, attribute))
        try:
            found[entry.name] = entry.codec.read(text)
        except (ValueError, KeyError, InvalidOperation) as error:
            raise MessageUnreadableError(filename, entry.path, text[:80]) from error
    return found


def _rows(element: etree._Element, steps: tuple[str, ...], *, many: bool) -> list[etree._Element]:
    above = _find(element, steps[:-1])
    found = [] if above is None else above.findall(steps[-1])
    return found if many else found[:1]


def _text(target: etree._Element | None, attribute: str) -> str:
    if target is None:
        return ""
    text = target.get(attribute) if attribute else target.text
    return (text or "").strip()


@cache
def _required(fact: type) -> tuple[str, ...]:
    return tuple(
        one.name
        for one in fields(fact)
        if one.default is MISSING and one.default_factory is MISSING
    )


def _empty(fact: type) -> dict[str, Any]:
    """What a party without a role or a document without a number says: nothing."""
    found: dict[str, Any] = dict.fromkeys(_required(fact), "")
    if fact is Message:  # the defaults are those of a message to write
        found |= {"process": "", "guideline": ""}
    return found


def _left(root: etree._Element, seen: _Seen) -> Iterator[Unknown]:
    """Texts and attributes nothing took, in the order of the document."""
    told = 0
    for element in root.iter("{*}*"):
        found = [(str(name), str(value)) for name, value in element.attrib.items()]
        found += [("", text.strip()) for text in _texts(element) if text.strip()]
        for name, value in found:
            if (element, name) in seen or name.startswith(_XSI):
                continue
            if told == _UNKNOWN_MAX:
                return
            told += 1
            place = _place(element)
            yield Unknown(f"{place}/@{name}" if name else place, value[:500])


def _texts(element: etree._Element) -> Iterator[str]:
    """The text of an element, and those that stray between its children."""
    yield element.text or ""
    for child in element:
        yield child.tail or ""


def _place(element: etree._Element) -> str:
    """``rsm:ExchangedDocument/ram:RecipientTradeParty[2]/ram:ID``, from below the root."""
    steps = []
    above = element.getparent()
    while above is not None:
        name = etree.QName(element)
        prefix = _PREFIXES.get(name.namespace or "", "?")
        rank = 1 + sum(1 for _ in element.itersiblings(str(element.tag), preceding=True))
        steps.append(f"{prefix}:{name.localname}" + (f"[{rank}]" if rank > 1 else ""))
        element, above = above, above.getparent()
    return "/".join(reversed(steps))
