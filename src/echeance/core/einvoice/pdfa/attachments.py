"""Embedded files: associated with the document, named twice, typed, and no part of it missing.

Source: ISO 19005-3 6.8, annex E; Factur-X 1.09 6.2.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any, Final

from echeance.core.einvoice import pdf as pdfs
from echeance.core.einvoice.model import Finding
from echeance.core.einvoice.pdfa.clauses import breach

_RELATIONSHIPS: Final = frozenset(
    {"/Alternative", "/Data", "/Source", "/Supplement", "/Unspecified"}
)
MAX_FILES: Final = 1000


def check_attachments(pdf: Any) -> Iterator[Finding]:
    """Breaches of the embedded files."""
    associated = pdfs.elements(pdf.Root.get("/AF"))
    if not associated:
        yield breach("6.8", "Aucun fichier n'est associé au document (AF).")
    embedded = [item for _, item in pdfs.embedded_files(pdf, MAX_FILES)]
    listed = {pdfs.key_of(item) for item in embedded}
    known = {pdfs.key_of(item) for item in associated if pdfs.is_dictionary(item)}
    if associated and not listed & known:
        yield breach("6.8", "Le fichier associé (AF) n'est pas parmi les fichiers joints.")
    for item in [*embedded, *(one for one in associated if _is_new(one, listed))]:
        yield from _specification(item)


def _is_new(item: Any, listed: Container[object]) -> bool:
    return pdfs.is_dictionary(item) and pdfs.key_of(item) not in listed


def _specification(item: Any) -> Iterator[Finding]:
    name = pdfs.text(item.get("/UF")) or pdfs.text(item.get("/F")) or "sans nom"
    if pdfs.name(item.get("/AFRelationship")) not in _RELATIONSHIPS:
        yield breach("6.8", f"La relation du fichier joint {name} manque ou est fausse.", name)
    if not (pdfs.text(item.get("/F")) and pdfs.text(item.get("/UF"))):
        yield breach("6.8", f"Le fichier joint {name} n'a pas ses deux noms (F et UF).", name)
    stream = pdfs.entry(item, "/EF", "/F")
    if not pdfs.is_stream(stream):
        yield breach("6.8", f"Le fichier joint {name} n'a pas de contenu (EF).", name)
    elif not pdfs.name(stream.get("/Subtype")):
        yield breach("6.8", f"Le fichier joint {name} n'a pas de type (Subtype).", name)
    if pdfs.is_stream(stream) and "/ModDate" not in (pdfs.entry(stream, "/Params") or {}):
        yield breach("6.8", f"Le fichier joint {name} n'a pas de date de modification.", name)
