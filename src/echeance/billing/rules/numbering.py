"""How documents are numbered.

Sources: BOI-TVA-DECLA-30-20-20-10, § 70 and following (unbroken, in the order of the dates, a
prefix a series, the year in the number); XP Z12-012 BR-FR-01 and -02 (35 characters).
"""

from __future__ import annotations

import re
from datetime import date

_PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9+\-_/]{0,11}")

STAND_IN = 0
"""Rank of the number a draft is checked with, before it takes its own."""


def number_of(prefix: str, digits: int, day: date, rank: int) -> str:
    """Number of the ``rank``-th document of a series in the year of ``day``.

    >>> number_of("FA", 6, date(2026, 11, 24), 42)
    'FA-2026-000042'
    """
    return f"{prefix}-{day.year}-{rank:0{digits}d}"


def counter_name(series_id: int, day: date) -> str:
    """Name of the counter of a series for the year of ``day``."""
    return f"billing.series:{series_id}:{day.year}"


def prefix_problem(prefix: str) -> str:
    """Why a prefix cannot be used, as a French clause; empty when it can.

    >>> prefix_problem("FA"), prefix_problem("Fac ")
    ('', 'il contient un caractère interdit ou dépasse 12 caractères')
    """
    if not prefix:
        return "il est vide"
    if not _PREFIX.fullmatch(prefix):
        return "il contient un caractère interdit ou dépasse 12 caractères"
    return ""
