"""A file as a document: read whatever it is, written again whole, or in another syntax.

Source: EN 16931-1 (the semantic model is the same in CII, UBL and Factur-X).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Final

from lxml import etree

from echeance.core.einvoice.cii import read_cii, write_cii
from echeance.core.einvoice.detect import detect
from echeance.core.einvoice.errors import NotAnInvoiceError
from echeance.core.einvoice.facturx import facturx_pdf
from echeance.core.einvoice.fields import BY_NAME, Kind, Level
from echeance.core.einvoice.model import Finding, Invoice, InvoiceLine, VatBreakdown
from echeance.core.einvoice.profiles import BY_SPECIFICATION, CORE, Profile
from echeance.core.einvoice.reading import Unknown
from echeance.core.einvoice.ubl import document_of, read_ubl, write_ubl
from echeance.core.einvoice.view import Appearance, invoice_view
from echeance.core.typesetting import Typesetter

CII: Final = "CII"
UBL: Final = "UBL"
FACTUR_X: Final = "FACTUR-X"
PLAIN: Final = Appearance(fonts=("Libertinus Serif",))
"""A page with the one font that is always there."""
SYNTAXES: Final = (CII, UBL, FACTUR_X)
OTHERS: Final = {"ZUGFERD1": "ZUGFeRD 1.0", "ORDER-X": "Order-X"}
_AMOUNTS: Final = frozenset({"BT-109", "BT-110", "BT-112", "BT-115"})


@dataclass(frozen=True, slots=True)
class Document:
    """An e-invoice that was read.

    Attributes:
        syntax: ``CII``, ``UBL`` or ``FACTUR-X``.
        profile: Name of the profile, or BT-24 itself when it is none of ours.
        specification_id: BT-24 as written.
        invoice: What the model holds.
        unknown: What it does not, in the order of the file.
        repeated: What the file says twice.
        findings: What could not be read, and what is absent.
        xml: The XML itself.
        embedded_filename: Its name inside the PDF, "" for a bare XML.
        root: The parsed XML.
    """

    syntax: str
    profile: str
    specification_id: str
    invoice: Invoice
    unknown: tuple[Unknown, ...]
    repeated: tuple[Unknown, ...]
    findings: tuple[Finding, ...]
    xml: bytes
    embedded_filename: str
    root: etree._Element = field(repr=False, compare=False)

    @property
    def kept(self) -> tuple[Unknown, ...]:
        """All that stands beside the invoice."""
        return self.unknown + self.repeated

    @property
    def amounts_read(self) -> bool:
        """Whether BT-109, BT-110, BT-112 and BT-115 are as printed; if not, the document waits."""
        return not any(finding.location in _AMOUNTS for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Loss:
    """Something the target of a conversion has no place for.

    Attributes:
        term: BT or BG number; "" for what is in no table.
        label: French label of the term, or the path in the source.
        value: What the source says.
    """

    term: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Conversion:
    """A document in another syntax.

    Attributes:
        content: The file.
        syntax: Its syntax.
        lost: What is not in it; nothing for a faithful conversion.
        profile_before: BT-24 of the source when the target needs another; "" when it is kept.
    """

    content: bytes
    syntax: str
    lost: tuple[Loss, ...]
    profile_before: str = ""


def read(content: bytes, filename: str = "") -> Document:
    """Read an e-invoice in any of the syntaxes, by its content.

    Raises:
        FileError: The file is no XML and no PDF that holds one, or is hostile.
        NotAnInvoiceError: It is another structured document, which is named.
    """
    found = detect(content, filename)
    match found.syntax:
        case "UBL":
            result = read_ubl(found.root)
        case "CII" | "FACTUR-X":
            result = read_cii(found.root)
        case other:
            raise NotAnInvoiceError(filename, OTHERS.get(other, other))
    return Document(
        found.syntax,
        found.profile,
        found.specification_id,
        result.invoice,
        result.unknown,
        result.repeated,
        result.findings,
        found.xml,
        found.embedded_filename,
        found.root,
    )


def write(document: Document) -> bytes:
    """The XML of a document, written anew: nothing of what was read is lost."""
    if document.syntax == UBL:
        return write_ubl(document.invoice, document.kept, document_of(document.root))
    return write_cii(document.invoice, document.kept)


def convert(
    document: Document,
    to: str,
    *,
    typesetter: Typesetter | None = None,
    timestamp: datetime | None = None,
    language: str = "fr",
    appearance: Appearance = PLAIN,
) -> Conversion:
    """Write a document in another syntax, and say what that syntax could not take.

    The result is read back and compared, term by term: nothing is lost in silence.

    Args:
        document: What was read.
        to: ``CII``, ``UBL`` or ``FACTUR-X``.
        typesetter: Composes the page of a Factur-X; needed only there.
        timestamp: Creation date of its PDF, aware.
        language: Of its page.
        appearance: Of its page; its fonts must be those of the typesetter.

    Raises:
        TemplateError: The page cannot be composed.
    """
    same = (document.syntax == UBL) == (to == UBL)
    kept = document.kept if same else ()
    invoice, before = document.invoice, ""
    if to == FACTUR_X and invoice.specification_id not in BY_SPECIFICATION:
        # A rule book of another country (Peppol BIS, XRechnung) obeys the core by definition.
        invoice, before = replace(invoice, specification_id=CORE), invoice.specification_id
    if to == UBL:
        xml = write_ubl(invoice, kept)
        again = read_ubl(xml).invoice
    else:
        xml = write_cii(invoice, kept)
        again = read_cii(xml).invoice
    lost = [*differences(invoice, again)]
    if not same:
        lost += [Loss("", item.path, item.value) for item in document.unknown]
    content = xml
    if to == FACTUR_X:
        assert typesetter is not None, "a page needs a typesetter"
        assert timestamp is not None, "a page needs a date"
        content = facturx_pdf(
            xml,
            typesetter=typesetter,
            view=invoice_view(invoice, appearance=appearance, language=language),
            timestamp=timestamp,
            profile=BY_SPECIFICATION[invoice.specification_id],
        )
    return Conversion(content, to, tuple(lost), before)


def differences(before: Invoice, after: Invoice) -> Iterator[Loss]:
    """Terms of one invoice that another does not say alike, in the order of the model."""
    return _differences(before, after, "", "")


def _differences(before: Any, after: Any, prefix: str, rank: str) -> Iterator[Loss]:
    for one in fields(before):
        name = f"{prefix}{one.name}"
        value, other = getattr(before, one.name), getattr(after, one.name, None)
        if value == other or name not in BY_NAME:
            continue
        if BY_NAME[name].kind is not Kind.GROUP:
            yield _loss(name, rank, value)
        elif isinstance(value, tuple):
            others = other if isinstance(other, tuple) else ()
            for index, item in enumerate(value):
                here = f"{rank} {index + 1}".strip()
                counterpart = others[index] if index < len(others) else None
                if counterpart is None:
                    yield _loss(name, here, "")
                else:
                    yield from _differences(item, counterpart, f"{name}.", here)
        elif other is None:
            yield _loss(name, rank, "")
        else:
            yield from _differences(value, other, f"{name}.", rank)


def _loss(name: str, rank: str, value: object) -> Loss:
    term = BY_NAME[name]
    label = f"{term.label} ({rank})" if rank else term.label
    return Loss(term.id, label, str(value)[:200] if value is not None else "")


def in_profile(invoice: Invoice, profile: Profile) -> tuple[Invoice, tuple[Loss, ...]]:
    """An invoice as a profile tells it, with what that profile has no term for.

    MINIMUM and BASIC WL have no lines: they are no invoice of EN 16931 but data beside a page.
    EXTENDED wants the reason of an exemption on each line (BR-FXEXT-E-08 and its like).
    """
    told = replace(invoice, specification_id=profile.specification_id)
    if profile.level is Level.EXTENDED:
        return _with_reasons(told), ()
    smaller = _cut(told, "", profile.level)
    assert isinstance(smaller, Invoice)
    return smaller, tuple(differences(told, smaller))


def _with_reasons(invoice: Invoice) -> Invoice:
    """The reason of the one breakdown of its category on each line that tells none."""
    found: dict[str, list[VatBreakdown]] = {}
    for item in invoice.vat_breakdown:
        found.setdefault(item.vat_category, []).append(item)
    lines = [_with_reason(line, found.get(line.vat_category, [])) for line in invoice.lines]
    return replace(invoice, lines=tuple(lines))


def _with_reason(line: InvoiceLine, breakdowns: list[VatBreakdown]) -> InvoiceLine:
    if len(breakdowns) != 1 or line.exemption_reason or line.exemption_code:
        return line
    only = breakdowns[0]
    return replace(line, exemption_reason=only.exemption_reason, exemption_code=only.exemption_code)


def _cut(facts: Any, prefix: str, level: Level) -> Any:
    """A group without the terms above a level; ``None`` when nothing of it is left."""
    values: dict[str, Any] = {}
    for one in fields(facts):
        name, value = f"{prefix}{one.name}", getattr(facts, one.name)
        if _is_default(one, value):
            continue
        term = BY_NAME.get(name)
        if term is not None and term.level > level:
            continue
        if term is not None and term.kind is Kind.GROUP:
            if isinstance(value, tuple):
                items = [_cut(item, f"{name}.", level) for item in value]
                value = tuple([item for item in items if item is not None])
            else:
                value = _cut(value, f"{name}.", level)
        if value is not None and value != ():
            values[one.name] = value
    return type(facts)(**values) if values else None


def _is_default(one: Any, value: object) -> bool:
    return one.default is not MISSING and bool(value == one.default) and value != 0
