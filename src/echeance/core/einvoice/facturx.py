"""Factur-X: the PDF/A-3 a person reads, with the XML a program reads inside.

Typst writes the PDF/A-3 and attaches the XML; it cannot write the Factur-X metadata, so an
incremental update of the file appends a new version of the XMP packet (ISO 32000-1 7.5.6). That
costs a hundredth of rewriting the file with a PDF library and keeps every other byte.

Source: Factur-X 1.09 6.2 (extension schema), ISO 19005-3 6.6.2 (XMP), 6.8 (embedded files).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any, Final

from echeance.core.einvoice.errors import PdfNotExtensibleError
from echeance.core.einvoice.fields import Level
from echeance.core.einvoice.profiles import BY_SPECIFICATION, CORE, Profile
from echeance.core.typesetting import FileAttachment, TextAttachment, Typesetter
from echeance.core.typesetting_bounded import BoundedTypesetter

FILENAME: Final = "factur-x.xml"
EN16931: Final = BY_SPECIFICATION[CORE]

NAMESPACE: Final = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES: Final = (
    ("DocumentFileName", "name of the embedded XML invoice file"),
    ("DocumentType", "type of the hybrid document"),
    ("Version", "version of the Factur-X data"),
    ("ConformanceLevel", "conformance level of the Factur-X data"),
)
_SCHEMAS_END: Final = b"</rdf:Bag></pdfaExtension:schemas>"
_RDF_END: Final = b"</rdf:RDF>"
_PACKET: Final = re.compile(rb"<\?xpacket begin.*?<\?xpacket end=.[rw].\?>", re.DOTALL)
_OBJECT: Final = re.compile(rb"(\d+) 0 obj\s*<<[^>]*/Type\s*/Metadata[^>]*>>\s*stream\r?\n\Z")
_TRAILER: Final = re.compile(
    rb"trailer\s*<<(?P<entries>.*?)>>\s*startxref\s+(?P<offset>\d+)\s+%%EOF\s*\Z", re.DOTALL
)


def default_template() -> str:
    """Source of the house's template, a file that a person may copy and edit."""
    return (files("echeance.core.einvoice") / "templates" / "invoice.typ").read_text("utf-8")


def facturx_pdf(
    xml: bytes,
    *,
    typesetter: Typesetter | BoundedTypesetter,
    view: Mapping[str, Any],
    timestamp: datetime,
    profile: Profile = EN16931,
    joined: Sequence[FileAttachment] = (),
) -> bytes:
    """Render a document as Factur-X; the same arguments give the same bytes.

    Args:
        xml: The CII, already checked: it is embedded as it is.
        typesetter: Holds the template.
        view: What the template prints, see ``templates/invoice.typ``.
        timestamp: Creation date of the PDF.
        profile: What the XML claims in BT-24.
        joined: Pieces that a reader opens beside the page; the XML carries them too (BG-24).

    Raises:
        TemplateError: The template fails.
    """
    attachment = TextAttachment(
        name=FILENAME,
        text=xml.decode(),
        relationship=profile.relationship.lower(),
        description="Facture électronique Factur-X",
    )
    pdf = typesetter.render(view, timestamp=timestamp, attachments=(attachment, *joined))
    return add_metadata(pdf, profile)


def add_metadata(pdf: bytes, profile: Profile = EN16931) -> bytes:
    """Append the Factur-X metadata to a PDF/A-3 that has none.

    Args:
        pdf: Written with a classic cross-reference table and a plain XMP packet that declares
            extension schemas, as Typst does.
        profile: Gives the conformance level.

    Raises:
        PdfNotExtensibleError: The file has another form.
    """
    end = _TRAILER.search(pdf, max(0, len(pdf) - 4096))
    packets = list(_PACKET.finditer(pdf))
    if end is None or len(packets) != 1:
        raise PdfNotExtensibleError("fin de fichier ou paquet XMP")
    start = packets[0].start()
    holder = _OBJECT.search(pdf[max(0, start - 400) : start])
    if holder is None:
        raise PdfNotExtensibleError("objet de métadonnées")
    packet = packets[0].group()
    if packet.count(_SCHEMAS_END) != 1 or packet.count(_RDF_END) != 1:
        raise PdfNotExtensibleError("schémas d'extension XMP")
    packet = packet.replace(_SCHEMAS_END, extension_schema() + _SCHEMAS_END)
    packet = packet.replace(_RDF_END, _description(profile) + _RDF_END)

    number = int(holder[1])
    prefix = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    update = (
        b"%d 0 obj\n<</Type/Metadata/Subtype/XML/Length %d>>\nstream\n%b\nendstream\nendobj\n"
        % (number, len(packet), packet)
    )
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<<%b/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        number,
        len(prefix),
        end["entries"],
        int(end["offset"]),
        len(prefix) + len(update),
    )
    return prefix + update + table


def conformance_level(profile: Profile) -> str:
    """Level of the XMP: the French extension is a use of EXTENDED (Factur-X 1.09 6.2.2)."""
    return "EXTENDED" if profile.level is Level.EXTENDED else profile.name


def extension_schema() -> bytes:
    """PDF/A wants each property outside its own schemas described in the file itself."""
    properties = "".join(
        '<rdf:li rdf:parseType="Resource">'
        f"<pdfaProperty:name>{name}</pdfaProperty:name>"
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType>"
        "<pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{description}</pdfaProperty:description></rdf:li>"
        for name, description in _PROPERTIES
    )
    return (
        '<rdf:li rdf:parseType="Resource">'
        "<pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>"
        f"<pdfaSchema:namespaceURI>{NAMESPACE}</pdfaSchema:namespaceURI>"
        "<pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{properties}</rdf:Seq></pdfaSchema:property></rdf:li>"
    ).encode()


def _description(profile: Profile) -> bytes:
    return (
        f'<rdf:Description rdf:about="" xmlns:fx="{NAMESPACE}">'
        "<fx:DocumentType>INVOICE</fx:DocumentType>"
        f"<fx:DocumentFileName>{FILENAME}</fx:DocumentFileName>"
        "<fx:Version>1.0</fx:Version>"
        f"<fx:ConformanceLevel>{conformance_level(profile)}</fx:ConformanceLevel></rdf:Description>"
    ).encode()
