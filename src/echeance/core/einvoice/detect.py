"""What kind of e-invoice a file is, and its XML, from bytes nobody should trust."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from echeance.core.einvoice import pdf as pdfs
from echeance.core.einvoice.errors import (
    DamagedPdfError,
    EmptyFileError,
    FileTooLargeError,
    NoXmlInPdfError,
    SeveralXmlInPdfError,
    TooManyAttachmentsError,
    UnknownFormatError,
)
from echeance.core.einvoice.profiles import profile_name
from echeance.core.einvoice.xml import MAX_BYTES, parse_xml

MAX_ATTACHMENTS: Final = 100

# The names under which an invoice or an order is embedded (Factur-X 1.09, ZUGFeRD 1 and 2,
# XRechnung, Order-X), in lower case.
STANDARD_NAMES: Final = frozenset(
    {"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml"}
)

_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
_SYNTAXES: Final = {
    "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice": "CII",
    f"{{{_UBL}Invoice-2}}Invoice": "UBL",
    f"{{{_UBL}CreditNote-2}}CreditNote": "UBL",
    "{urn:ferd:CrossIndustryDocument:invoice:1p0}CrossIndustryDocument": "ZUGFERD1",
    "{urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100}"
    "SCRDMCCBDACIOMessageStructure": "ORDER-X",
    "{urn:un:unece:uncefact:data:standard:CrossDomainAcknowledgementAndResponse:100}"
    "CrossDomainAcknowledgementAndResponse": "CDAR",
    "Report": "FLUX-10",
}


@dataclass(frozen=True, slots=True)
class Detected:
    """A file that holds one structured document.

    Attributes:
        syntax: ``FACTUR-X`` (CII inside a PDF), ``CII``, ``UBL``, ``ZUGFERD1``, ``ORDER-X``,
            ``FLUX-10`` (an e-reporting message), ``CDAR`` (a message of statuses), or the name of
            the root element for anything else.
        profile: Name of the profile, or BT-24 itself when it is none of ours; "" when absent.
        specification_id: BT-24 as written.
        xml: Bytes of the XML.
        embedded_filename: Its name inside the PDF, "" for a bare XML.
        root: The parsed XML.
    """

    syntax: str
    profile: str
    specification_id: str
    xml: bytes
    embedded_filename: str
    root: etree._Element = field(repr=False, compare=False)


def detect(content: bytes, filename: str = "") -> Detected:
    """Recognise a file by its content, never by its name.

    Args:
        content: The whole file.
        filename: For the messages.

    Raises:
        EmptyFileError: Zero bytes, or only white space.
        FileTooLargeError: More than ``pdf.MAX_PDF_BYTES`` (PDF) or ``MAX_BYTES`` (XML).
        UnknownFormatError: Neither PDF nor XML.
        EncryptedPdfError: A PDF with a password, even an empty one.
        DamagedPdfError: A PDF that cannot be opened within bounds.
        PdfTooHeavyError: A PDF whose objects weigh more than an invoice may.
        NoXmlInPdfError: A PDF without XML.
        SeveralXmlInPdfError: A PDF with several candidates.
        TooManyAttachmentsError: A PDF with more than ``MAX_ATTACHMENTS`` files.
        XmlTooComplexError: XML too deep, or with too many elements.
        WrongEncodingError: XML that is not in the encoding it announces.
        DoctypeForbiddenError: XML with a DOCTYPE.
        MalformedXmlError: XML that does not parse.
    """
    if not content.strip():
        raise EmptyFileError(filename)
    # ISO 32000-1 annex H.3.4.1: readers accept the header within the first 1024 bytes.
    if b"%PDF-" in content[:1024]:
        name, xml = extract_xml(content, filename)
    elif _looks_like_xml(content):
        name, xml = "", content
    else:
        raise UnknownFormatError(filename)
    root = parse_xml(xml, filename)
    syntax = _SYNTAXES.get(str(root.tag), etree.QName(root).localname)
    specification = _specification(root, syntax)
    if name and syntax == "CII":
        syntax = "FACTUR-X"
    return Detected(syntax, profile_name(specification), specification, xml, name, root)


def extract_xml(content: bytes, filename: str = "") -> tuple[str, bytes]:
    """Take the invoice out of a PDF: its embedded name and its bytes.

    A file under a standard name wins over other XML attachments; otherwise the only XML is it.

    Raises:
        FileError: See :func:`detect`.
    """
    with pdfs.opened(content, filename) as pdf:
        files = pdfs.embedded_files(pdf, MAX_ATTACHMENTS + 1)
        if len(files) > MAX_ATTACHMENTS:
            raise TooManyAttachmentsError(filename, MAX_ATTACHMENTS)
        standard = [item for item in files if item[0].lower() in STANDARD_NAMES]
        found = standard or [item for item in files if item[0].lower().endswith(".xml")]
        if not found:
            raise NoXmlInPdfError(filename)
        if len(found) > 1:
            raise SeveralXmlInPdfError(filename, ", ".join(sorted(name for name, _ in found)))
        [(name, specification)] = found
        stream = pdfs.entry(specification, "/EF", "/F") or pdfs.entry(specification, "/EF", "/UF")
        if not pdfs.is_stream(stream):
            raise DamagedPdfError(filename)
        xml: bytes = stream.read_bytes()
    if len(xml) > MAX_BYTES:
        raise FileTooLargeError(filename, MAX_BYTES // 1024 // 1024)
    return name, xml


def _looks_like_xml(content: bytes) -> bool:
    """Whether the first sign is ``<``, after a byte order mark, in UTF-8 or UTF-16."""
    start = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith((b"<", b"\x00<", b"\xff\xfe<", b"\xfe\xff\x00<"))


def _specification(root: etree._Element, syntax: str) -> str:
    """BT-24: the guideline of CII and its relatives, the customization of UBL."""
    if syntax == "UBL":
        path = "{*}CustomizationID"
    else:
        path = "*/{*}GuidelineSpecifiedDocumentContextParameter/{*}ID"
    return (root.findtext(path) or "").strip()
