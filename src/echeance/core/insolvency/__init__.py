"""Procédures collectives: notices, terms, the split at the judgment, the claim; unpaid VAT."""

from echeance.core.insolvency.claim import (
    ClaimedDebt,
    ClaimForm,
    write_claim_pdf,
    write_claim_word,
)
from echeance.core.insolvency.notices import (
    FAMILY,
    NOTICE_LABELS,
    Notice,
    NoticeKind,
    read_day,
    read_notice,
)
from echeance.core.insolvency.splitting import Split, Supplied, share_before, split_at
from echeance.core.insolvency.terms import ClaimTerms, claim_terms, is_away
from echeance.core.insolvency.unpaid_vat import (
    UnpaidVat,
    join_pdf,
    unpaid_words,
    write_unpaid_vat,
)

__all__ = [
    "FAMILY",
    "NOTICE_LABELS",
    "ClaimForm",
    "ClaimTerms",
    "ClaimedDebt",
    "Notice",
    "NoticeKind",
    "Split",
    "Supplied",
    "UnpaidVat",
    "claim_terms",
    "is_away",
    "join_pdf",
    "read_day",
    "read_notice",
    "share_before",
    "split_at",
    "unpaid_words",
    "write_claim_pdf",
    "write_claim_word",
    "write_unpaid_vat",
]
