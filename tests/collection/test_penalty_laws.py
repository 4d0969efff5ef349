"""Whatever the days of the notes and the payments, notes claim the interest, once, to the cent."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from echeance.collection.rules_penalties import payments_of, unclaimed_interest
from echeance.collection.types import Claim, CollectionPolicy, NotedPenalty
from echeance.core.dunning import Imputation, late_interest
from echeance.core.money import CENT
from echeance.core.terms import CustomerKind

DUE = date(2025, 5, 31)
DAYS = st.integers(1, 500).map(lambda days: DUE + timedelta(days=days))
CENTS = st.integers(100, 10**7).map(lambda cents: Decimal(cents) / 100)
RECEIPTS = st.lists(st.tuples(DAYS, CENTS), max_size=4).map(tuple)
POLICY = CollectionPolicy(imputation=Imputation.PRINCIPAL_FIRST)
KINDS = st.sampled_from([CustomerKind.PROFESSIONAL, CustomerKind.PUBLIC])


def claim_until(claim, until, noted, customer, policy=POLICY):
    """What a note of that day claims, and what is noted once it is issued."""
    found = unclaimed_interest(
        claim, DUE, until=until, customer=customer, policy=policy, noted=noted
    )
    if found.amount <= 0:
        return Decimal(0), noted
    before = noted or NotedPenalty(1)
    return found.amount, NotedPenalty(
        1, before.interest + found.amount, until, cuts=(*before.cuts, until)
    )


@given(CENTS, RECEIPTS, RECEIPTS, st.lists(DAYS, min_size=1, max_size=5).map(sorted), KINDS)
def test_notes_add_up_to_the_interest_reckoned_with_their_cuts(
    amount, receipts, credits_, days, customer
):
    claim = Claim(amount, payments=receipts, credit_notes=credits_)

    noted = None
    for day in days:
        _, noted = claim_until(claim, day, noted, customer)

    cuts = noted.cuts if noted else ()
    whole = late_interest(
        amount, DUE, until=days[-1], customer=customer, payments=payments_of(claim),
        imputation=Imputation.PRINCIPAL_FIRST, noted=cuts,
    ).total  # fmt: skip
    claimed = noted.interest if noted else Decimal(0)
    assert whole - CENT * len(days) <= claimed <= whole + CENT * len(days)


@given(CENTS, RECEIPTS, DAYS, KINDS)
def test_claiming_twice_on_one_day_claims_nothing_more(amount, receipts, day, customer):
    claim = Claim(amount, payments=receipts)
    for imputation in Imputation:
        policy = CollectionPolicy(imputation=imputation)
        _, noted = claim_until(claim, day, None, customer, policy)

        again, _ = claim_until(claim, day, noted, customer, policy)

        assert again == 0


@given(CENTS, RECEIPTS, RECEIPTS, DAYS, DAYS, KINDS)
def test_what_is_learnt_late_is_made_right_by_the_next_note(
    amount, known, learnt, first, second, customer
):
    first, second = sorted((first, second))
    _, noted = claim_until(Claim(amount, payments=known), first, None, customer)
    truth = Claim(amount, payments=(*known, *learnt))

    found = unclaimed_interest(
        truth, DUE, until=second, customer=customer, policy=POLICY, noted=noted
    )

    whole = late_interest(
        amount, DUE, until=second, customer=customer, payments=payments_of(truth),
        imputation=Imputation.PRINCIPAL_FIRST, noted=noted.cuts if noted else (),
    ).total  # fmt: skip
    assert (noted.interest if noted else 0) + found.amount == whole
