"""Situations de travaux: what each progress statement bills, deducts and keeps back, to the cent.

Everything is reckoned on totals since the beginning, and a statement is the difference with what
was billed before: whatever the number of statements, their sum is the market, the sum of what they
deduct is the deposit, and the sum of what they keep back is the retention on the whole.

Sources: loi n° 71-584 du 16 juillet 1971 art. 1 (retention of at most 5 %) and art. 2 (released one
year after acceptance of the works), CGI art. 289 I-1-c (an invoice for each deposit).
"""

from echeance.core.progress.errors import ProgressBackwardsError, RetentionTooHighError
from echeance.core.progress.statements import (
    HIGHEST_RETENTION,
    Billed,
    Deposit,
    MarketLine,
    Statement,
    StatementLine,
    VatKey,
    release_day,
    retained,
    statement,
)

__all__ = [
    "HIGHEST_RETENTION",
    "Billed",
    "Deposit",
    "MarketLine",
    "ProgressBackwardsError",
    "RetentionTooHighError",
    "Statement",
    "StatementLine",
    "VatKey",
    "release_day",
    "retained",
    "statement",
]
