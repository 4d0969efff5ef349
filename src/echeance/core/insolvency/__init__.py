"""Procédures collectives: notices, terms, the split at the judgment, the claim; unpaid VAT."""

from echeance.core.insolvency.unpaid_vat import (
    UnpaidVat,
    join_pdf,
    unpaid_words,
    write_unpaid_vat,
)

__all__ = ["UnpaidVat", "join_pdf", "unpaid_words", "write_unpaid_vat"]
