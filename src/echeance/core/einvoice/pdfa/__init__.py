"""PDF/A-3: the clauses of ISO 19005-3 that a writer of Factur-X could break."""

from echeance.core.einvoice.pdfa.check import check_pdfa

__all__ = ["check_pdfa"]
