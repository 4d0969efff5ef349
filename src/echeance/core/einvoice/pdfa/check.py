"""All the clauses over one file, all the findings at once.

Not a full validator: what Typst alone decides (tagging beyond its presence, glyph outlines) and
what no invoice holds (signatures, layers, JPEG 2000) is not looked at.

Source: ISO 19005-3:2012 6.1 to 6.8, Factur-X 1.09 6.2 and 6.3.
"""

from __future__ import annotations

from typing import Any

from echeance.core.einvoice import pdf as pdfs
from echeance.core.einvoice.model import Finding
from echeance.core.einvoice.pdfa.attachments import check_attachments
from echeance.core.einvoice.pdfa.clauses import breach, doubt
from echeance.core.einvoice.pdfa.colour import check_colour
from echeance.core.einvoice.pdfa.content import usage_of
from echeance.core.einvoice.pdfa.file import check_content, check_file
from echeance.core.einvoice.pdfa.fonts import check_fonts
from echeance.core.einvoice.pdfa.interaction import check_interaction
from echeance.core.einvoice.pdfa.metadata import check_metadata, read_packet


def check_pdfa(content: bytes, filename: str = "") -> list[Finding]:
    """All breaches found in a PDF meant as Factur-X; empty when none.

    Args:
        content: The whole file.
        filename: For the errors.

    Returns:
        Findings whose rule is the clause (``ISO 19005-3 6.2.11.4``); a ``warning`` is what the
        standard lets pass or what could not be judged.

    Raises:
        FileTooLargeError: More than ``MAX_PDF_BYTES``.
        EncryptedPdfError: It needs a password; encryption without one is a finding.
        DamagedPdfError: It cannot be opened, or takes more than the limits of qpdf.
        PdfTooHeavyError: More objects or inflated bytes than an invoice may have.
    """
    with pdfs.opened(content, filename, decrypt=True) as pdf:
        findings = list(check_file(content, pdf, filename))
        packet = read_packet(pdf.Root.get("/Metadata"))
        level = packet.level() if packet else ""
        usage = usage_of(pdf)
        findings += check_content(usage)
        findings += check_colour(pdf, usage)
        findings += check_fonts(list(usage.fonts.values()), unicode_needed=level in {"A", "U"})
        findings += check_interaction(pdf)
        findings += check_metadata(pdf, packet)
        if level == "A":
            findings += _tagging(pdf)
        findings += check_attachments(pdf)
        if usage.incomplete:
            findings.append(
                doubt("6.2.2", "Les pages sont trop longues pour être contrôlées en entier.")
            )
        return findings


def _tagging(pdf: Any) -> list[Finding]:
    """Level A wants the document tagged (6.7.2, 6.7.3)."""
    findings = []
    if pdfs.entry(pdf.Root, "/MarkInfo", "/Marked") is not True:
        findings.append(breach("6.7.2", "Le document n'est pas déclaré balisé (MarkInfo)."))
    if not pdfs.is_dictionary(pdf.Root.get("/StructTreeRoot")):
        findings.append(breach("6.7.3", "L'arbre de structure du document manque."))
    return findings
