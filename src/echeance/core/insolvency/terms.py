"""Terms that run from the publication of an opening judgment.

Sources: C. com. L622-24 and R622-24 (claim), L622-26 (relief), L624-9 (reservation of title);
CPC art. 641 (a month ends on the same day number, else on the last day) and 642 (a term that ends
on a day not worked runs to the next one that is).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from echeance.core.dates import add_months, roll_forward

CLAIM_MONTHS = 2
CLAIM_MONTHS_AWAY = 4
RELIEF_MONTHS = 6
TITLE_MONTHS = 3
_OVERSEAS = ("97", "98")


@dataclass(frozen=True, slots=True)
class ClaimTerms:
    """Last days to act, each included.

    Attributes:
        claim_due_on: To declare the claim to the representative.
        title_due_on: To claim goods sold under reservation of title.
        relief_due_on: To ask to be relieved of a claim not declared in time.
    """

    claim_due_on: date
    title_due_on: date
    relief_due_on: date


def is_away(country: str, postcode: str) -> bool:
    """Whether a creditor lives outside metropolitan France: it then has two months more to declare.

    The court is taken to sit in metropolitan France, which is where the rule bears (R622-24).

    >>> is_away("FR", "69002"), is_away("FR", "97400"), is_away("BE", "1000")
    (False, True, True)
    """
    return country not in {"", "FR"} or postcode.startswith(_OVERSEAS)


def claim_terms(published_on: date, *, away: bool = False) -> ClaimTerms:
    """Terms of a judgment by the day it was published in the BODACC.

    Args:
        published_on: Day of publication.
        away: The creditor lives outside metropolitan France: see :func:`is_away`.

    >>> claim_terms(date(2026, 10, 23)).claim_due_on  # 23 December 2026, a Wednesday
    datetime.date(2026, 12, 23)
    >>> claim_terms(date(2026, 12, 31)).claim_due_on  # 28 February 2027 is a Sunday
    datetime.date(2027, 3, 1)
    """
    months = CLAIM_MONTHS_AWAY if away else CLAIM_MONTHS
    return ClaimTerms(
        claim_due_on=roll_forward(add_months(published_on, months)),
        title_due_on=roll_forward(add_months(published_on, TITLE_MONTHS)),
        relief_due_on=roll_forward(add_months(published_on, RELIEF_MONTHS)),
    )
