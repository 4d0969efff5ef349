"""Self-billing: a mandate in force, a series of the supplier's own, an answer in time.

Sources: CGI art. 289 I-2 and ann. II 242 nonies I (mandate, acceptance of each invoice, series of
each supplier).
"""

from __future__ import annotations

import re
from datetime import date, timedelta


def in_force(*, signed_on: date, ends_on: date | None, revoked_on: date | None, day: date) -> bool:
    """Whether a mandate stands on a day; it never covers what came before it.

    >>> in_force(
    ...     signed_on=date(2026, 1, 1), ends_on=None, revoked_on=None, day=date(2025, 12, 31)
    ... )
    False
    """
    if day < signed_on or (ends_on is not None and day > ends_on):
        return False
    return revoked_on is None or day < revoked_on


def answer_by(issue_date: date, contest_days: int) -> date:
    """Last day the supplier may contest; silence then accepts.

    >>> answer_by(date(2026, 11, 1), 15)
    datetime.date(2026, 11, 16)
    """
    return issue_date + timedelta(days=contest_days)


def prefix_for(code: str, supplier_id: int, *, credit: bool = False) -> str:
    """Prefix of the series of a supplier: its code where it can be one, else its number.

    >>> prefix_for("F-012", 7), prefix_for("Société Dupont & fils", 7, credit=True)
    ('AF-F-012', 'AA-7')
    """
    start = "AA" if credit else "AF"
    kept = code if re.fullmatch(r"[A-Za-z0-9+\-_/]{1,9}", code) else str(supplier_id)
    return f"{start}-{kept}"
