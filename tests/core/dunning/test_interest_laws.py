"""Laws of late interest that hold whatever the amounts, the days and the payments."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from echeance.core.dunning import (
    RATES,
    Imputation,
    LateItem,
    Payment,
    late_interest,
    late_interest_of_many,
)
from echeance.core.dunning.cases import Case, CaseInvoice, CasePayment, reckon
from echeance.core.money import CENT
from echeance.core.terms import CustomerKind

DAYS = st.dates(date(2017, 1, 1), date(2026, 12, 30))
CENTS = st.integers(1, 10**8).map(lambda cents: Decimal(cents) / 100)
KINDS = st.sampled_from(list(CustomerKind))
FIRST = st.sampled_from(list(Imputation))
PAYMENTS = st.lists(st.builds(Payment, DAYS, CENTS, st.booleans()), max_size=5)


@given(CENTS, st.integers(1, 180), st.integers(0, 180), st.sampled_from(sorted(RATES)))
def test_within_a_semester_interest_adds_up_over_the_days_to_a_cent(amount, long, cut, half):
    due = half.start - timedelta(days=1)
    until = min(due + timedelta(days=long), half.end - timedelta(days=1))
    middle = due + timedelta(days=cut % max((until - due).days, 1))
    facts = {"customer": CustomerKind.PROFESSIONAL}

    whole = late_interest(amount, due, until=until, **facts).total
    first = late_interest(amount, due, until=middle, **facts).total
    second = late_interest(amount, middle, until=until, **facts).total

    assert abs(whole - first - second) <= CENT


@given(CENTS, DAYS, DAYS, KINDS, PAYMENTS, FIRST)
def test_nothing_is_ever_negative_and_every_cent_received_is_somewhere(
    amount, due, until, customer, payments, first
):
    interest = late_interest(
        amount, due, until=until, customer=customer, payments=payments, imputation=first
    )

    received = sum((one.amount for one in payments if one.day <= until), Decimal(0))
    settled = amount - interest.principal_left + interest.paid + interest.excess
    assert settled == received
    assert min(interest.principal_left, interest.paid, interest.left, interest.excess) >= 0
    assert all(part.amount >= 0 and part.days > 0 for part in interest.slices)


@given(CENTS, DAYS, DAYS, PAYMENTS, FIRST)
def test_a_consumer_owes_nothing_for_lateness(amount, due, until, payments, first):
    facts = {"until": until, "payments": payments, "imputation": first}

    assert late_interest(amount, due, customer=CustomerKind.CONSUMER, **facts).total == 0


@given(CENTS, DAYS, DAYS, KINDS, PAYMENTS, FIRST, st.randoms())
def test_the_order_in_which_payments_are_listed_changes_nothing(
    amount, due, until, customer, payments, first, random
):
    shuffled = list(payments)
    random.shuffle(shuffled)
    facts = {"until": until, "customer": customer, "imputation": first}

    assert late_interest(amount, due, payments=payments, **facts) == late_interest(
        amount, due, payments=shuffled, **facts
    )


@given(CENTS, DAYS, DAYS, KINDS, DAYS, st.integers(2, 10**8), st.integers(1, 10**8), FIRST)
def test_a_payment_split_in_two_on_one_day_changes_nothing(
    amount, due, until, customer, day, cents, part, first
):
    part = part % cents
    facts = {"until": until, "customer": customer, "imputation": first}
    one = [Payment(day, Decimal(cents) / 100)]
    two = [Payment(day, Decimal(value) / 100) for value in (part, cents - part)]

    assert late_interest(amount, due, payments=one, **facts) == late_interest(
        amount, due, payments=two, **facts
    )


@given(st.lists(st.tuples(CENTS, DAYS, PAYMENTS), max_size=4), DAYS, KINDS, FIRST)
def test_many_together_are_each_alone(items, until, customer, first):
    many = late_interest_of_many(
        [LateItem(amount, due, payments) for amount, due, payments in items],
        until=until,
        customer=customer,
        imputation=first,
    )

    assert many == [
        late_interest(
            amount, due, until=until, customer=customer, payments=payments, imputation=first
        )
        for amount, due, payments in items
    ]


@given(CENTS, DAYS, DAYS, st.lists(DAYS, max_size=3), st.sampled_from(["", "10", "20"]))
def test_a_cut_at_a_day_already_claimed_moves_a_cent_at_most(amount, due, until, noted, rate):
    facts = {
        "until": until,
        "customer": CustomerKind.PROFESSIONAL,
        "contract_rate": Decimal(rate) if rate else None,
    }

    plain = late_interest(amount, due, **facts)
    cut = late_interest(amount, due, noted=noted, **facts)

    assert abs(plain.total - cut.total) <= CENT * len(noted)
    assert cut.principal_left == plain.principal_left


NAMED = st.sampled_from(["", "F0", "F1", "F2"])
BOOK = st.builds(
    lambda invoices, payments, debtor, until, first: Case(
        "dossier",
        debtor,
        tuple(CaseInvoice(f"F{n}", amount, due) for n, (amount, due) in enumerate(invoices)),
        tuple(CasePayment(*one) for one in payments),
        until,
        imputation=first,
    ),
    st.lists(st.tuples(CENTS, DAYS), min_size=3, max_size=3),
    st.lists(st.tuples(DAYS, CENTS, NAMED, st.booleans()), max_size=5),
    KINDS,
    DAYS,
    FIRST,
)


@settings(max_examples=150)
@given(BOOK, st.randoms())
def test_money_of_a_case_is_all_accounted_for_whatever_its_order(case, random):
    answer = reckon(case)

    received = sum((one.amount for one in case.payments if one.day <= case.until), Decimal(0))
    settled = sum(
        (
            one.invoice.amount - one.interest.principal_left + one.interest.paid
            for one in answer.invoices
        ),
        Decimal(0),
    )
    assert settled + answer.unapplied == received
    shuffled = list(case.payments)
    random.shuffle(shuffled)
    again = Case(
        case.case_id, case.debtor, case.invoices, tuple(shuffled), case.until,
        imputation=case.imputation,
    )  # fmt: skip
    assert reckon(again).invoices == answer.invoices
