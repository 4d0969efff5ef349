"""What late items bear that nobody has claimed yet: pure.

Sources: C. com. L441-10 II and D441-5; CCP R2192-31 and D2192-35; C. civ. 1343-1 and 1343-2.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from echeance.collection.types import (
    Claim,
    CollectionPolicy,
    NotedPenalty,
    UnclaimedInterest,
)
from echeance.core.dates import Semester
from echeance.core.dunning import RATES, Payment, RateTerms, SemesterRates, late_interest
from echeance.core.money import ZERO
from echeance.core.terms import CustomerKind


def payments_of(claim: Claim) -> list[Payment]:
    """Money and credit notes of a claim, as the interest engine takes them."""
    return [
        *(Payment(day, amount) for day, amount in claim.payments),
        *(Payment(day, amount, is_credit_note=True) for day, amount in claim.credit_notes),
    ]


def unclaimed_interest(
    claim: Claim,
    due_date: date,
    *,
    until: date,
    customer: CustomerKind,
    policy: CollectionPolicy,
    noted: NotedPenalty | None = None,
    insolvency_date: date | None = None,
    rates: Mapping[Semester, SemesterRates] = RATES,
    terms: RateTerms | None = None,
) -> UnclaimedInterest:
    """Interest of an item up to a day, less what penalty notes have already claimed.

    The whole is reckoned again with a cut at the last day of each earlier claim, so that the
    slices after it are exactly the days not yet claimed; what earlier days would now come to, less
    what was claimed for them, is the adjustment.

    Args:
        claim: Amount, disputed part (it bears nothing meanwhile), what was received.
        due_date: Of the item.
        until: Last day counted.
        customer: Whose law applies.
        policy: Contract rate and imputation.
        noted: Of :func:`echeance.collection.queries.noted_penalties`.
        insolvency_date: Opening judgment.
        rates: The table in force.
        terms: The same customer, contract and table, read before: for many items.

    Raises:
        NoLegalRateError: The rates of a semester are unknown.
    """
    last = noted.until if noted else None
    interest = late_interest(
        max(claim.amount - claim.disputed, ZERO),
        due_date,
        until=max(until, last) if last else until,
        customer=customer,
        payments=payments_of(claim),
        contract_rate=policy.contract_rate,
        insolvency_date=insolvency_date,
        imputation=policy.imputation,
        rates=rates,
        terms=terms,
        noted=noted.cuts if noted else (),
    )
    if noted is None or last is None:
        return UnclaimedInterest(interest.slices)
    before = sum((part.amount for part in interest.slices if part.start <= last), ZERO)
    after = tuple(part for part in interest.slices if part.start > last)
    return UnclaimedInterest(after, before - noted.interest)
