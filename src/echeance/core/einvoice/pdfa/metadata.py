"""The XMP packet: PDF/A-3 claimed, Factur-X described and declared, the same facts as Info.

Source: ISO 19005-3 6.6; ISO 16684-1 (XMP); Factur-X 1.09 6.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from lxml import etree

from echeance.core.einvoice import pdf as pdfs
from echeance.core.einvoice.errors import FileError
from echeance.core.einvoice.model import Finding
from echeance.core.einvoice.pdfa.attachments import MAX_FILES
from echeance.core.einvoice.pdfa.clauses import breach, doubt
from echeance.core.einvoice.xml import parse_xml

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
FX: Final = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
PDFAID: Final = "http://www.aiim.org/pdfa/ns/id/"
_AIIM: Final = "http://www.aiim.org/pdfa/ns/"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_XMP: Final = "http://ns.adobe.com/xap/1.0/"
_PDF: Final = "http://ns.adobe.com/pdf/1.3/"
# Schemas that need no description: those of XMP 2005, PDF/A's own, and RDF.
_PREDEFINED: Final = frozenset(
    {
        RDF,
        _DC,
        _XMP,
        _PDF,
        "http://ns.adobe.com/xap/1.0/rights/",
        "http://ns.adobe.com/xap/1.0/mm/",
        "http://ns.adobe.com/xap/1.0/bj/",
        "http://ns.adobe.com/xap/1.0/t/pg/",
        "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
        "http://ns.adobe.com/photoshop/1.0/",
        "http://ns.adobe.com/camera-raw-settings/1.0/",
        "http://ns.adobe.com/tiff/1.0/",
        "http://ns.adobe.com/exif/1.0/",
        "http://ns.adobe.com/exif/1.0/aux/",
        "http://www.w3.org/XML/1998/namespace",
    }
)
_FX_PROPERTIES: Final = ("DocumentType", "DocumentFileName", "Version", "ConformanceLevel")
_FX_LEVELS: Final = frozenset({"MINIMUM", "BASIC WL", "BASIC", "EN 16931", "EXTENDED"})
_FX_RELATIONSHIPS: Final = {"MINIMUM": "/Data", "BASIC WL": "/Data"}
_HEADER: Final = re.compile(rb"<\?xpacket[^>]*\s(bytes|encoding)\s*=")
_INFO: Final = (
    ("/Title", f"{{{_DC}}}title"),
    ("/Author", f"{{{_DC}}}creator"),
    ("/Subject", f"{{{_DC}}}description"),
    ("/Keywords", f"{{{_PDF}}}Keywords"),
    ("/Creator", f"{{{_XMP}}}CreatorTool"),
    ("/Producer", f"{{{_PDF}}}Producer"),
    ("/CreationDate", f"{{{_XMP}}}CreateDate"),
    ("/ModDate", f"{{{_XMP}}}ModifyDate"),
)


@dataclass(slots=True)
class Packet:
    """What an XMP packet says: texts by qualified name, schemas with their described properties.

    ``described`` maps a namespace to ``{property: (value type, category)}``.
    """

    values: dict[str, str] = field(default_factory=dict)
    described: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)

    def level(self) -> str:
        """Level of conformance claimed: A, B, U, or "" when none."""
        return self.values.get(f"{{{PDFAID}}}conformance", "")


def read_packet(stream: Any) -> Packet | None:
    """Read the XMP of ``/Metadata``; ``None`` when it is absent or no XMP."""
    if not pdfs.is_stream(stream):
        return None
    try:
        root = parse_xml(stream.read_bytes())
    except FileError:
        return None
    packet = Packet()
    for description in root.iterfind(f".//{{{RDF}}}RDF/{{{RDF}}}Description"):
        for name, value in description.attrib.items():
            packet.values[str(name)] = str(value)
        for item in description.iterchildren(etree.Element):
            packet.values[str(item.tag)] = _value(item)
            if str(item.tag).endswith("}schemas"):
                packet.described |= _described(item)
    packet.values.pop(f"{{{RDF}}}about", None)
    return packet


def _value(item: etree._Element) -> str:
    """A simple value, or the first item of a list or of alternatives in languages."""
    first = item.find(f".//{{{RDF}}}li")
    return "".join(str(part) for part in (item if first is None else first).itertext()).strip()


def _described(schemas: etree._Element) -> dict[str, dict[str, tuple[str, str]]]:
    def text(item: etree._Element, name: str) -> str:
        return (item.findtext(f".//{{*}}{name}") or item.get(name) or "").strip()

    return {
        text(schema, "namespaceURI"): {
            text(item, "name"): (text(item, "valueType"), text(item, "category"))
            for item in schema.iterfind(f".//{{{_AIIM}schema#}}property/{{*}}Seq/{{*}}li")
        }
        for schema in schemas.iterfind("{*}Bag/{*}li")
    }


def check_metadata(pdf: Any, packet: Packet | None) -> Iterator[Finding]:
    """Breaches of the metadata of the document."""
    if packet is None:
        yield breach("6.6.2.1", "Les métadonnées XMP manquent ou sont illisibles.")
        return
    stream = pdf.Root.Metadata
    if _HEADER.search(stream.read_bytes()[:200]):
        yield breach("6.6.2.1", "L'en-tête des métadonnées XMP porte un attribut interdit.")
    part = packet.values.get(f"{{{PDFAID}}}part")
    if part != "3" or packet.level() not in {"A", "B", "U"}:
        yield breach("6.6.4", "Les métadonnées ne déclarent pas le PDF/A-3.")
    yield from _undescribed(packet)
    yield from _facturx(pdf, packet)
    yield from _info(pdf, packet)


def _undescribed(packet: Packet) -> Iterator[Finding]:
    """Properties outside the predefined schemas, without a description in the file."""
    for name in packet.values:
        uri, _, local = name[1:].rpartition("}")
        if not uri or uri in _PREDEFINED or uri.startswith(_AIIM):
            continue
        if uri == FX and local in _FX_PROPERTIES:
            continue  # reported by name below
        if local not in packet.described.get(uri, {}):
            yield breach("6.6.2.3", f"La propriété {local} ({uri}) n'est pas décrite.")


def _facturx(pdf: Any, packet: Packet) -> Iterator[Finding]:
    described = packet.described.get(FX)
    if described is None:
        yield breach("6.6.2.3", "Le schéma d'extension Factur-X n'est pas déclaré.")
    values = {name: packet.values.get(f"{{{FX}}}{name}", "") for name in _FX_PROPERTIES}
    for name in _FX_PROPERTIES:
        if described is not None and described.get(name) != ("Text", "external"):
            yield breach("6.6.2.3", f"La propriété Factur-X {name} est mal décrite.")
    for name, right in (("DocumentType", "INVOICE"), ("Version", "1.0")):
        if values[name] != right:
            yield breach("6.6.2.3", f"La propriété Factur-X {name} manque ou est fausse.")
    level = values["ConformanceLevel"]
    if level not in _FX_LEVELS:
        yield breach("6.6.2.3", "Le niveau de conformité Factur-X manque ou est inconnu.")
    joined = dict(pdfs.embedded_files(pdf, MAX_FILES)).get(values["DocumentFileName"])
    if joined is None:
        yield breach("6.6.2.3", "Les métadonnées nomment un fichier qui n'est pas joint.")
        return
    relationship = pdfs.name(joined.get("/AFRelationship"))
    if level in _FX_RELATIONSHIPS and relationship != _FX_RELATIONSHIPS[level]:
        yield breach("6.8", f"Au niveau {level}, le XML est joint comme donnée (Data).")


def _info(pdf: Any, packet: Packet) -> Iterator[Finding]:
    """What Info says is what XMP says: a reader may show either."""
    info = pdf.trailer.get("/Info")
    for key, name in _INFO:
        said = pdfs.text(pdfs.entry(info, key)).strip()
        if said and not _same(said, packet.values.get(name, "")):
            yield doubt("6.6.3", f"La valeur {key[1:]} diffère entre Info et les métadonnées XMP.")


def _same(info: str, xmp: str) -> bool:
    if info == xmp:
        return True
    moments = (_moment(info.removeprefix("D:").replace("'", "")), _moment(xmp))
    return None not in moments and moments[0] == moments[1]


def _moment(text: str) -> datetime | None:
    """A date of PDF (``20261124090000+01'00``) or of XMP, as an instant; UTC when it says none."""
    digits = re.sub(r"(?<=\d)[-:T](?=\d\d)(?!\d\d:?\d\d$)", "", text)
    found = re.match(r"(\d{14})(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?", digits)
    if not found:
        return None
    zone = (found[2] or "Z").replace("Z", "+0000").replace(":", "")
    try:
        return datetime.strptime(found[1] + zone, "%Y%m%d%H%M%S%z")
    except ValueError:
        return None
