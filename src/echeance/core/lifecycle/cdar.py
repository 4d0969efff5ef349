"""CDAR messages: the statuses of invoices as one side of the platforms tells them to the other.

One table of terms writes and reads, so that neither can drift; its order is that of the schema.
What the table does not know is listed with its place, never dropped in silence.

Source: XP Z12-012 V1.4 (MDT and MDG terms), UN/CEFACT CDAR D22B.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from lxml import etree

from echeance.core.einvoice.xml import parse_xml
from echeance.core.lifecycle.errors import MessageUnreadableError, NotACdarError
from echeance.core.lifecycle.machine import REFUSED, Amount, Event, Reason
from echeance.core.lifecycle.statuses import STATUSES, Phase, Role, label

BETWEEN_PLATFORMS: Final = "urn.cpro.gouv.fr:1p0:CDV:invoice"
TO_PORTAL: Final = "urn.cpro.gouv.fr:1p0:CDV:einvoicingF2"
"""MDT-3, for whom the message is (BR-FR-CDV-02)."""
REGULATED: Final = "REGULATED"
"""MDT-2 of what the reform binds."""
ROUTING: Final = "0225"
SIREN: Final = "0002"
PLATFORM: Final = "0238"
CHORUS_PRO: Final = "9999"

ROLE_CODES: Final = {
    Role.SELLER: "SE",
    Role.BUYER: "BY",
    Role.FACTOR: "DL",
    Role.SENDING_PLATFORM: "WK",
    Role.RECEIVING_PLATFORM: "WK",
    Role.PORTAL: "DFH",
}
"""UNCL 3035; WK does not say which side the platform serves."""
_ROLES_READ: Final = {
    "SE": Role.SELLER,
    "SR": Role.SELLER,
    "II": Role.SELLER,
    "PE": Role.SELLER,
    "BY": Role.BUYER,
    "AB": Role.BUYER,
    "IV": Role.BUYER,
    "PR": Role.BUYER,
    "DL": Role.FACTOR,
    "DFH": Role.PORTAL,
}
_PARIS: Final = ZoneInfo("Europe/Paris")
_UNKNOWN_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Party:
    """Who sends, gives or gets a status.

    Attributes:
        role: UNCL 3035: ``SE``, ``BY``, ``WK`` (platform), ``DFH`` (public portal)…
        identifier: SIREN, or number of the platform; "" for none.
        scheme: ICD of the identifier.
        address: Electronic address (MDT-73).
    """

    role: str
    identifier: str = ""
    scheme: str = ""
    name: str = ""
    address: str = ""
    address_scheme: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """MDG-37: a reason with what is asked for, and amounts.

    Attributes:
        sequence: MDT-124-2, from 1.
        reason: MDT-113.
        text: MDT-114.
        status: MDT-115, when it is not the status of the document.
        action: MDT-121.
        action_text: MDT-122.
        amounts: MDG-43.
    """

    sequence: int | None = None
    reason: str = ""
    text: str = ""
    status: int | None = None
    action: str = ""
    action_text: str = ""
    amounts: tuple[Amount, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """The invoice a status is about.

    Attributes:
        number: MDT-87.
        status: MDT-105.
        document_status: MDT-88.
        type_code: MDT-91 (BT-3).
        issue_date: MDT-100 (BT-2); absent only from 501.
        label: MDT-106.
        seller: MDG-38, role ``SE`` (MDT-129, 132); absent only from 501.
    """

    number: str
    status: int | None = None
    document_status: str = ""
    type_code: str = ""
    issue_date: date | None = None
    label: str = ""
    seller: Party | None = None
    recipients: tuple[Party, ...] = ()
    details: tuple[Detail, ...] = ()


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Statuses of one phase, given at one instant.

    Attributes:
        type_code: MDT-77, see :class:`Phase`.
        at: MDT-78, aware; written to the second, in French legal time.
        several: Whether it is about several documents; ``None`` when not said.
    """

    type_code: str = ""
    at: datetime | None = None
    documents: tuple[Document, ...] = ()
    several: bool | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something written in the message that the model does not hold: where, and its text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """A CDAR message.

    Attributes:
        identifier: MDT-4, its own.
        issued_at: MDT-8, as ``at`` of :class:`Acknowledgement`.
        sender: MDG-9, who hands it over.
        issuer: MDG-16, who gives the status.
        process: MDT-2.
        guideline: MDT-3.
        unknown: What was read and is not in the model, at most 200; never written.
    """

    identifier: str = ""
    issued_at: datetime | None = None
    sender: Party | None = None
    issuer: Party | None = None
    recipients: tuple[Party, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    process: str = REGULATED
    guideline: str = BETWEEN_PLATFORMS
    name: str = ""
    unknown: tuple[Unknown, ...] = field(default=(), compare=False)


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
    seen: set[tuple[etree._Element, str]] = set()
    facts = _read(root, _MESSAGE, filename, seen)
    message = Message(**facts, unknown=tuple(_left(root, seen)))
    if not any(one.documents for one in message.acknowledgements):
        raise MessageUnreadableError(filename, "AcknowledgementDocument", "")
    return message


def _read(
    element: etree._Element, shape: _Shape, filename: str, seen: set[tuple[etree._Element, str]]
) -> dict[str, Any]:
    found: dict[str, Any] = _empty(shape.fact)
    for entry in shape.entries:
        steps, attribute = _steps(entry.path)
        if isinstance(entry, _Group):
            above = _find(element, steps[:-1])
            rows = [] if above is None else above.findall(steps[-1])
            made = tuple(
                entry.shape.fact(**_read(row, entry.shape, filename, seen))
                for row in (rows if entry.many else rows[:1])
            )
            if entry.many:
                found[entry.name] = made
            elif made:
                found[entry.name] = made[0]
            continue
        target = _find(element, steps)
        if target is None:
            continue
        text = target.get(attribute) if attribute else target.text
        if isinstance(entry, _Constant):
            if text in (entry.value, *entry.others):
                seen.add((target, attribute))
            continue
        if text is None or not text.strip():
            continue
        seen.add((target, attribute))
        try:
            found[entry.name] = entry.codec.read(text.strip())
        except (ValueError, KeyError, InvalidOperation) as error:
            raise MessageUnreadableError(filename, entry.path, text.strip()[:80]) from error
    return found


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


def _left(root: etree._Element, seen: set[tuple[etree._Element, str]]) -> Iterator[Unknown]:
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


# -- from and to the statuses of the machine ------------------------------------------------------


def compose(
    *,
    event: Event,
    document: Document,
    identifier: str,
    issued_at: datetime,
    sender: Party,
    issuer: Party,
    recipients: tuple[Party, ...],
) -> Message:
    """The message that tells one status, as the French rules want it.

    Args:
        event: The status; its reasons and amounts become details numbered from 1.
        document: Number, type, date and seller of the invoice; the rest is filled here.
        identifier: MDT-4.
        issued_at: MDT-8, aware.
        sender: Who hands it over; its role is ``WK`` for a transmission status (BR-FR-CDV-CL-02).
        issuer: Who gives the status. Its identifier is left out of a transmission status
            (BR-FR-CDV-07).
        recipients: With an electronic address, but for platforms and the portal (BR-FR-CDV-08).
    """
    status = STATUSES[event.code]
    to_portal = [one.role for one in recipients] == [ROLE_CODES[Role.PORTAL]]
    if status.phase is Phase.TRANSMISSION:
        issuer = Party(issuer.role, name=issuer.name)
    if event.code == REFUSED and sender.scheme != PLATFORM:
        # BR-FR-CDV-CL-09 of the sheets 1.4.0 takes any sender whose identifier is not that of a
        # platform for Chorus Pro, and contradicts itself; the issuer still has his own.
        sender = replace(sender, identifier="", scheme="")
    told = replace(
        document,
        status=event.code,
        document_status=status.document_status,
        label=label(event.code),
        details=_details(event),
    )
    return Message(
        identifier=identifier,
        issued_at=issued_at,
        sender=sender,
        issuer=issuer,
        recipients=recipients,
        acknowledgements=(Acknowledgement(status.phase.value, event.at, (told,), several=False),),
        # BR-FR-CDV-CL-01: the frame of the invoice, or nothing, when the portal is told.
        process="" if to_portal else REGULATED,
        guideline=TO_PORTAL if to_portal else BETWEEN_PLATFORMS,
    )


def _details(event: Event) -> tuple[Detail, ...]:
    """Each reason is a detail; the amounts go with the first, or with one of their own."""
    reasons = [
        Detail(rank, one.code, one.text, None, one.action, one.action_text)
        for rank, one in enumerate(event.reasons, 1)
    ]
    if not event.amounts:
        return tuple(reasons)
    first = reasons[0] if reasons else Detail(1)
    return (replace(first, amounts=event.amounts), *reasons[1:])


def events_of(message: Message) -> Iterator[tuple[Document, Event]]:
    """The statuses a message tells, with their documents, in order.

    A platform (``WK``) is that of the buyer for 202 and 203, else that of the seller: the code
    alone tells them apart. Documents without a status or an instant are left out: the message
    says nothing of them.
    """
    issuer = message.issuer or message.sender
    public = message.sender is not None and message.sender.scheme == PLATFORM
    public = public and message.sender is not None and message.sender.identifier == CHORUS_PRO
    for one in message.acknowledgements:
        at = one.at or message.issued_at
        for document in one.documents:
            if document.status is None or at is None:
                continue
            yield (
                document,
                Event(
                    code=document.status,
                    role=_role(issuer.role if issuer else "", document.status),
                    at=at,
                    reasons=tuple(
                        Reason(detail.reason, detail.text, detail.action, detail.action_text)
                        for detail in document.details
                        if detail.reason
                    ),
                    amounts=tuple(
                        amount for detail in document.details for amount in detail.amounts
                    ),
                    public=public,
                ),
            )


def _role(code: str, status: int) -> Role:
    known = STATUSES.get(status)
    if code in _ROLES_READ:
        return _ROLES_READ[code]
    platforms = (Role.SENDING_PLATFORM, Role.RECEIVING_PLATFORM)
    allowed = [role for role in platforms if known and role in known.issuers]
    return allowed[0] if allowed else Role.SENDING_PLATFORM
