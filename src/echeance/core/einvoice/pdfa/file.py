"""The file itself: header, trailer, encryption, streams, and what qpdf says of its structure.

Source: ISO 19005-3 6.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from echeance.core.einvoice import pdf as pdfs
from echeance.core.einvoice.errors import PdfTooHeavyError
from echeance.core.einvoice.model import Finding
from echeance.core.einvoice.pdfa.clauses import breach, words
from echeance.core.einvoice.pdfa.content import Usage

MAX_INFLATED_BYTES: Final = 256 * 1024 * 1024
MAX_OBJECTS: Final = 500_000

_HEADER: Final = re.compile(rb"%PDF-1\.[0-7][ ]*(?:\r\n|\r|\n)%[\x80-\xff]{4}")
_END: Final = re.compile(rb"%%EOF(?:\r\n|\r|\n)?\Z")
# The filters of ISO 32000-1 table 6 without LZW; Crypt only says "identity" when allowed at all.
_FILTERS: Final = words(
    "/ASCIIHexDecode /ASCII85Decode /FlateDecode /RunLengthDecode /CCITTFaxDecode /JBIG2Decode "
    "/DCTDecode /JPXDecode"
)
_MAX_NESTING: Final = 28
_MAX_NAME_BYTES: Final = 127


def check_file(content: bytes, pdf: Any, filename: str) -> Iterator[Finding]:
    """Breaches of the file's form.

    Raises:
        PdfTooHeavyError: More objects or inflated bytes than the limits.
    """
    if not content.startswith(b"%PDF-1."):
        yield breach("6.1.2", "Le fichier ne commence pas par l'en-tête d'un PDF 1.x.")
    elif not _HEADER.match(content):
        yield breach("6.1.2", "Le commentaire binaire manque après l'en-tête.")
    if not _END.search(content[-16:]):
        yield breach("6.1.3", "Le fichier ne finit pas par sa marque de fin (%%EOF).")
    if pdf.is_encrypted:
        yield breach("6.1.3", "Le fichier est chiffré.")
    identifier = pdfs.elements(pdf.trailer.get("/ID"))
    if len(identifier) != 2 or not all(bytes(item) for item in identifier if pdfs.text(item)):
        yield breach("6.1.3", "L'identifiant du fichier (ID) manque.")
    yield from _streams(pdf, filename)
    problems = pdf.check_pdf_syntax()
    if problems:
        yield breach("6.1.1", f"La structure du PDF est abîmée : {problems[0][:200]}")


def _streams(pdf: Any, filename: str) -> Iterator[Finding]:
    """Filters and external data; inflates each stream once, which also bounds what follows."""
    if len(pdf.objects) > MAX_OBJECTS:
        raise PdfTooHeavyError(filename)
    inflated = 0
    filters: set[str] = set()
    external = False
    for item in pdf.objects:
        if not pdfs.is_stream(item):
            continue
        declared = item.get("/Filter")
        filters.update(pdfs.name(one) for one in pdfs.elements(declared) or [declared])
        external |= any(key in item for key in ("/F", "/FFilter", "/FDecodeParms"))
        inflated += _inflated(item)
        if inflated > MAX_INFLATED_BYTES:
            raise PdfTooHeavyError(filename)
    for name in sorted(filters - _FILTERS - {""}):
        yield breach("6.1.7.2", f"Un flux utilise un filtre interdit ({name[1:]}).")
    if external:
        yield breach("6.1.7.1", "Un flux prend ses données dans un autre fichier.")


def _inflated(stream: Any) -> int:
    """Size of a decoded stream; 0 when it does not decode, which qpdf's own check reports."""
    try:
        return len(stream.read_bytes())
    except pdfs.bounded_pikepdf().PdfError:
        return 0


def check_content(usage: Usage) -> Iterator[Finding]:
    """Breaches inside the content streams: operators, nesting, inline images."""
    for operator in sorted(usage.unknown_operators):
        yield breach("6.2.2", f"Une page contient un opérateur inconnu ({operator}).")
    if usage.nesting > _MAX_NESTING:
        yield breach(
            "6.1.13",
            f"Une page imbrique {usage.nesting} états graphiques, plus que les 28 permis.",
        )
    for name in sorted(usage.inline_filters - _FILTERS - {""}):
        yield breach("6.1.10", f"Une image dans la page utilise un filtre interdit ({name[1:]}).")
