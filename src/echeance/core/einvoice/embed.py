"""Put an XML into a PDF made elsewhere: a Factur-X, and a PDF/A-3 when its pages allow it.

What can be added without touching a page is added: metadata, output intent, identifier, print
flags of links. What cannot (fonts that are not embedded, scripts, encryption) is told, and then the
file does not call itself PDF/A-3.

Source: Factur-X 1.09 6.2 and 6.3, ISO 19005-3 6.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from lxml import etree

from echeance.core.einvoice import pdf as pdfs
from echeance.core.einvoice.detect import MAX_ATTACHMENTS, STANDARD_NAMES, detect
from echeance.core.einvoice.errors import (
    PdfNotExtensibleError,
    TooManyAttachmentsError,
    UnknownProfileError,
    UnreadableSyntaxError,
    XmlAlreadyEmbeddedError,
)
from echeance.core.einvoice.facturx import FILENAME, NAMESPACE, conformance_level, extension_schema
from echeance.core.einvoice.model import Finding
from echeance.core.einvoice.pdfa import check_pdfa
from echeance.core.einvoice.profiles import BY_SPECIFICATION, Profile
from echeance.core.einvoice.srgb import COMPONENTS, srgb_profile
from echeance.core.einvoice.xml import parse_xml

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_EXTENSION: Final = "http://www.aiim.org/pdfa/ns/extension/"
_PREFIXES: Final = {
    "rdf": _RDF,
    "pdfaExtension": _EXTENSION,
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}
_PDFAID: Final = "http://www.aiim.org/pdfa/ns/id/"
_PRINT: Final = 4


@dataclass(frozen=True, slots=True)
class Embedded:
    """The file made.

    Attributes:
        content: The Factur-X.
        profile: Of its XML.
        findings: What keeps it from being a PDF/A-3; it claims to be one only without a fatal one.
    """

    content: bytes
    profile: Profile
    findings: tuple[Finding, ...]

    @property
    def is_pdfa(self) -> bool:
        """Whether the file is, and says it is, a PDF/A-3."""
        return not any(item.severity == "fatal" for item in self.findings)


def embed(pdf: bytes, xml: bytes, *, timestamp: datetime, filename: str = "") -> Embedded:
    """Make a Factur-X of a page and its XML; the same arguments give the same bytes.

    Args:
        pdf: The page, from any software; every attachment it has is kept.
        xml: CII of a Factur-X profile; embedded byte for byte, not checked against the page.
        timestamp: Modification date of the file, aware.
        filename: Of the PDF, for the messages.

    Raises:
        FileError: One of the two cannot be read.
        UnreadableSyntaxError: The XML is not CII.
        UnknownProfileError: BT-24 is no profile of Factur-X.
        XmlAlreadyEmbeddedError: The PDF carries an invoice already.
    """
    found = detect(xml)
    if found.syntax != "CII":
        raise UnreadableSyntaxError(str(etree.QName(found.root).localname), "CII")
    profile = BY_SPECIFICATION.get(found.specification_id)
    if profile is None:
        raise UnknownProfileError(found.specification_id)
    content = _written(pdf, xml, profile, timestamp, filename, claim=True)
    findings = tuple(check_pdfa(content, filename))
    made = Embedded(content, profile, findings)
    if made.is_pdfa:
        return made
    return Embedded(
        _written(pdf, xml, profile, timestamp, filename, claim=False), profile, findings
    )


def _written(
    source: bytes, xml: bytes, profile: Profile, timestamp: datetime, filename: str, *, claim: bool
) -> bytes:
    pikepdf = pdfs.bounded_pikepdf()
    with pdfs.opened(source, filename) as pdf:
        _attach(pdf, xml, profile, timestamp, filename)
        _intend(pdf)
        _print_links(pdf)
        _describe(pdf, profile, timestamp, claim=claim)
        out = BytesIO()
        # Streams are packed again by Flate, which frees them of LZW.
        pdf.save(
            out,
            min_version="1.7",
            fix_metadata_version=False,
            compress_streams=True,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            deterministic_id=True,
        )
    return out.getvalue()


def _attach(pdf: Any, xml: bytes, profile: Profile, timestamp: datetime, filename: str) -> None:
    pikepdf = pdfs.bounded_pikepdf()
    files = pdfs.embedded_files(pdf, MAX_ATTACHMENTS + 1)
    if len(files) > MAX_ATTACHMENTS:
        raise TooManyAttachmentsError(filename, MAX_ATTACHMENTS)
    for name, _ in files:
        if name.lower() in STANDARD_NAMES:
            raise XmlAlreadyEmbeddedError(filename, name)
    stream = pikepdf.Stream(pdf, xml, Type=pikepdf.Name.EmbeddedFile)
    stream.Subtype = pikepdf.Name("/text/xml")
    stream.Params = pikepdf.Dictionary(
        ModDate=_pdf_date(timestamp),
        Size=len(xml),
        CheckSum=pikepdf.String(hashlib.md5(xml, usedforsecurity=False).digest()),
    )
    held = pdf.make_indirect(stream)
    specification = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Filespec,
            F=pikepdf.String(FILENAME),
            UF=pikepdf.String(FILENAME),
            Desc=pikepdf.String("Facture électronique Factur-X"),
            AFRelationship=pikepdf.Name(f"/{profile.relationship}"),
            EF=pikepdf.Dictionary(F=held, UF=held),
        )
    )
    root = pdf.Root
    root.AF = pikepdf.Array([*pdfs.elements(root.get("/AF")), specification])
    if not pdfs.is_dictionary(root.get("/Names")):
        root.Names = pikepdf.Dictionary()
    # One flat node, sorted as a reader expects (ISO 32000-1 7.9.6); the old files keep their names.
    pairs = sorted([*files, (FILENAME, specification)], key=lambda pair: pair[0].encode("utf-8"))
    root.Names.EmbeddedFiles = pikepdf.Dictionary(
        Names=pikepdf.Array([item for name, spec in pairs for item in (pikepdf.String(name), spec)])
    )


def _intend(pdf: Any) -> None:
    """An output intent, when the file has none of PDF/A."""
    pikepdf = pdfs.bounded_pikepdf()
    intents = pdfs.elements(pdf.Root.get("/OutputIntents"))
    if any(pdfs.name(pdfs.entry(item, "/S")) == "/GTS_PDFA1" for item in intents):
        return
    profile = pikepdf.Stream(pdf, srgb_profile(), N=COMPONENTS)
    intent = pikepdf.Dictionary(
        Type=pikepdf.Name.OutputIntent,
        S=pikepdf.Name.GTS_PDFA1,
        OutputConditionIdentifier=pikepdf.String("sRGB"),
        Info=pikepdf.String("sRGB IEC61966-2.1"),
        DestOutputProfile=pdf.make_indirect(profile),
    )
    pdf.Root.OutputIntents = pikepdf.Array([*intents, pdf.make_indirect(intent)])


def _print_links(pdf: Any) -> None:
    """Links without flags get the one that PDF/A wants: it changes nothing on paper or screen."""
    for page in pdf.pages:
        for annotation in pdfs.elements(page.obj.get("/Annots")):
            is_link = pdfs.name(pdfs.entry(annotation, "/Subtype")) == "/Link"
            if is_link and not annotation.get("/F"):
                annotation["/F"] = _PRINT


def _describe(pdf: Any, profile: Profile, timestamp: datetime, *, claim: bool) -> None:
    """Bring Info and XMP in step, then add the Factur-X properties and their schema."""
    pdf.docinfo["/ModDate"] = _pdf_date(timestamp)
    level = "B"
    with pdf.open_metadata(
        set_pikepdf_as_editor=False, update_docinfo=False, strict=False
    ) as packet:
        packet.load_from_docinfo(pdf.docinfo, delete_missing=False, raise_failure=False)
        level = str(packet.get("pdfaid:conformance", level)).upper()
        for key in ("part", "conformance", "amd", "corr", "rev"):
            packet.pop(f"{{{_PDFAID}}}{key}", None)
        packet.register_xml_namespace(NAMESPACE, "fx")
        packet[f"{{{NAMESPACE}}}DocumentType"] = "INVOICE"
        packet[f"{{{NAMESPACE}}}DocumentFileName"] = FILENAME
        packet[f"{{{NAMESPACE}}}Version"] = "1.0"
        packet[f"{{{NAMESPACE}}}ConformanceLevel"] = conformance_level(profile)
        if claim:
            packet["pdfaid:part"] = "3"
            packet["pdfaid:conformance"] = level if level in {"A", "U"} else "B"
    stream = pdf.Root.Metadata
    stream.write(_with_schema(stream.read_bytes()))


def _with_schema(packet: bytes) -> bytes:
    """The packet with the description of the Factur-X properties, once."""
    root = parse_xml(packet)
    rdf = root if root.tag == f"{{{_RDF}}}RDF" else root.find(f"{{{_RDF}}}RDF")
    if rdf is None:
        raise PdfNotExtensibleError("paquet XMP")
    bag = rdf.find(f".//{{{_EXTENSION}}}schemas/{{{_RDF}}}Bag")
    if bag is None:
        description = etree.SubElement(rdf, f"{{{_RDF}}}Description", nsmap=_PREFIXES)
        description.set(f"{{{_RDF}}}about", "")
        schemas = etree.SubElement(description, f"{{{_EXTENSION}}}schemas")
        bag = etree.SubElement(schemas, f"{{{_RDF}}}Bag")
    for old in bag.findall(f"{{{_RDF}}}li"):
        if (old.findtext(".//{*}namespaceURI") or "").strip() == NAMESPACE:
            bag.remove(old)
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in _PREFIXES.items())
    bag.append(etree.fromstring(b"<x%b>%b</x>" % (declared.encode(), extension_schema()))[0])
    start = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'.encode()
    return start + etree.tostring(root, encoding="utf-8") + b'\n<?xpacket end="w"?>'


def _pdf_date(moment: datetime) -> str:
    """A date of PDF (ISO 32000-1 7.9.4), with its shift from UTC."""
    shift = f"{moment:%z}"
    return f"D:{moment:%Y%m%d%H%M%S}{shift[:3]}'{shift[3:5]}'"
