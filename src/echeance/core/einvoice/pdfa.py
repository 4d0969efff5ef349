"""The clauses of PDF/A-3 and Factur-X that our writer could break, checked with pikepdf.

Not a full validator: fonts' glyph widths, colours inside pages and tagging are Typst's promise.

Source: ISO 19005-3 6.1 to 6.8, Factur-X 1.09 6.2 and 6.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any, Final

from echeance.core.einvoice.model import Finding

_FX: Final = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
_FX_VALUES: Final = {"DocumentType": "INVOICE", "Version": "1.0"}
_FX_LEVELS: Final = frozenset({"MINIMUM", "BASIC WL", "BASIC", "EN 16931", "EXTENDED"})
_RELATIONSHIPS: Final = frozenset(
    {"/Alternative", "/Data", "/Source", "/Supplement", "/Unspecified"}
)
_FORBIDDEN_FILTERS: Final = frozenset({"/LZWDecode", "/Crypt"})


def check_pdfa(content: bytes) -> list[Finding]:
    """All breaches found in a PDF meant as Factur-X; empty when none.

    Raises:
        pikepdf.PdfError: It is not a PDF at all.
    """
    import pikepdf

    with pikepdf.open(BytesIO(content)) as pdf:
        return [
            *_file(content, pdf),
            *_metadata(pdf),
            *_colour(pdf),
            *_fonts(pdf),
            *_actions(pdf),
            *_attachments(pdf),
        ]


def _breach(clause: str, message: str) -> Finding:
    return Finding(f"ISO 19005-3 {clause}", "fatal", "", message)


def _file(content: bytes, pdf: Any) -> Iterator[Finding]:
    lines = content.split(b"\n", 2)
    if not lines[0].startswith(b"%PDF-1."):
        yield _breach("6.1.2", "L'en-tête du fichier n'est pas celui d'un PDF 1.x.")
    comment = lines[1] if len(lines) > 1 else b""
    if not comment.startswith(b"%") or sum(byte > 127 for byte in comment) < 4:
        yield _breach("6.1.2", "Le commentaire binaire manque après l'en-tête.")
    if pdf.is_encrypted:
        yield _breach("6.1.3", "Le fichier est chiffré.")
    if "/ID" not in pdf.trailer:
        yield _breach("6.1.3", "L'identifiant du fichier (ID) manque.")
    for item in pdf.objects:
        filters = str(item.get("/Filter", "")) if _is_stream(item) else ""
        if any(name in filters for name in _FORBIDDEN_FILTERS):
            yield _breach("6.1.7", f"Un flux utilise un filtre interdit ({filters}).")


def _is_stream(item: Any) -> bool:
    import pikepdf

    return isinstance(item, pikepdf.Stream)


def _metadata(pdf: Any) -> Iterator[Finding]:
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as xmp:
        if xmp.get("pdfaid:part") != "3" or xmp.get("pdfaid:conformance") not in {"A", "B", "U"}:
            yield _breach("6.6.4", "Les métadonnées ne déclarent pas le PDF/A-3.")
        if xmp.get("dc:title") != str(pdf.docinfo.get("/Title", "")):
            yield _breach("6.6.3", "Le titre diffère entre Info et les métadonnées.")
        for name, value in _FX_VALUES.items():
            if xmp.get(f"{_FX}{name}") != value:
                yield _breach("6.6.2", f"La propriété Factur-X {name} manque ou est fausse.")
        if xmp.get(f"{_FX}ConformanceLevel") not in _FX_LEVELS:
            yield _breach("6.6.2", "Le niveau de conformité Factur-X manque ou est inconnu.")
        if xmp.get(f"{_FX}DocumentFileName") not in pdf.attachments:
            yield _breach("6.6.2", "Les métadonnées nomment un fichier qui n'est pas joint.")
        if b"Factur-X PDFA Extension Schema" not in pdf.Root.Metadata.read_bytes():
            yield _breach("6.6.2", "Le schéma d'extension Factur-X n'est pas déclaré.")


def _colour(pdf: Any) -> Iterator[Finding]:
    intents = list(pdf.Root.get("/OutputIntents", []))
    profiles = [item.get("/DestOutputProfile") for item in intents]
    if not any(item is not None and item.read_bytes()[36:40] == b"acsp" for item in profiles):
        yield _breach("6.2.3", "Le profil de couleur de sortie manque ou n'est pas un profil ICC.")


def _fonts(pdf: Any) -> Iterator[Finding]:
    for item in pdf.objects:
        if not _is_dictionary(item) or item.get("/Type") != "/Font":
            continue
        name = str(item.get("/BaseFont", "?"))
        if item.get("/Subtype") == "/Type0":
            if "/ToUnicode" not in item:
                yield _breach("6.2.11.7", f"La police {name} n'a pas de table Unicode.")
            continue
        descriptor = item.get("/FontDescriptor", {})
        if not any(f"/FontFile{version}" in descriptor for version in ("", "2", "3")):
            yield _breach("6.2.11.4", f"La police {name} n'est pas incorporée.")


def _is_dictionary(item: Any) -> bool:
    import pikepdf

    return isinstance(item, pikepdf.Dictionary)


def _actions(pdf: Any) -> Iterator[Finding]:
    root = pdf.Root
    if "/AA" in root or "/JavaScript" in root.get("/Names", {}):
        yield _breach("6.5.1", "Le document contient du JavaScript ou une action automatique.")
    for item in pdf.objects:
        if _is_dictionary(item) and item.get("/S") in {"/JavaScript", "/Launch", "/ImportData"}:
            yield _breach("6.5.1", f"Le document contient une action interdite ({item.get('/S')}).")


def _attachments(pdf: Any) -> Iterator[Finding]:
    associated = list(pdf.Root.get("/AF", []))
    if not associated:
        yield _breach("6.8", "Aucun fichier n'est associé au document (AF).")
    for item in associated:
        name = str(item.get("/UF", "?"))
        if item.get("/AFRelationship") not in _RELATIONSHIPS:
            yield _breach("6.8", f"La relation du fichier joint {name} manque ou est fausse.")
        if "/F" not in item or "/UF" not in item:
            yield _breach("6.8", f"Le fichier joint {name} n'a pas ses deux noms (F et UF).")
        stream = item.get("/EF", {}).get("/F")
        if stream is None or "/Subtype" not in stream:
            yield _breach("6.8", f"Le fichier joint {name} n'a pas de contenu ou de type.")
