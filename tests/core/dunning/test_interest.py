"""Late interest to the cent.

Every expected slice below is worked by hand: days counted on the calendar, then
base × rate × days / 365 / 100, rounded half up. A slice is written
``days d  base  rate %  amount``.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.dates import Semester
from echeance.core.dunning import (
    RATES,
    Imputation,
    NoLegalRateError,
    Payment,
    late_interest,
    penalty_rate,
    rates_of,
    recovery_indemnity,
)
from echeance.core.terms import CustomerKind

PROFESSIONAL, PUBLIC, CONSUMER = (
    CustomerKind.PROFESSIONAL,
    CustomerKind.PUBLIC,
    CustomerKind.CONSUMER,
)
PRINCIPAL_FIRST, INTEREST_FIRST = Imputation.PRINCIPAL_FIRST, Imputation.INTEREST_FIRST


def day(text):
    """31/12/2025."""
    number, month, year = text.split("/")
    return date(int(year), int(month), int(number))


def paid(*texts):
    """« 30/04/2026 400.00 » each."""
    return [Payment(day(text.split()[0]), Decimal(text.split()[1])) for text in texts]


def working(interest):
    return [
        f"{part.days} d {part.base} {part.rate_percent} % {part.amount}" for part in interest.slices
    ]


# amount, due date, until, facts, expected slices
CASES = {
    "the example of the law: two semesters, paid in full": (
        ("12000.00", "31/05/2026", "20/07/2026", {}),
        ["30 d 12000.00 12.15 % 119.84", "20 d 12000.00 12.40 % 81.53"],
    ),
    "one month": (
        ("1000.00", "31/12/2025", "31/01/2026", {}),
        ["31 d 1000.00 12.15 % 10.32"],  # 10.3192
    ),
    "one day": (
        ("1000.00", "15/03/2026", "16/03/2026", {}),
        ["1 d 1000.00 12.15 % 0.33"],  # 0.3329
    ),
    "on the due date nothing is owed": (("1000.00", "15/03/2026", "15/03/2026", {}), []),
    "before the due date nothing is owed": (("1000.00", "15/03/2026", "01/03/2026", {}), []),
    "a whole year": (
        ("5000.00", "31/12/2024", "31/12/2025", {}),
        ["181 d 5000.00 13.15 % 326.05", "184 d 5000.00 12.15 % 306.25"],  # 326.0479, 306.2466
    ),
    "a leap year counts 366 days over 365": (
        ("5000.00", "31/12/2023", "31/12/2024", {}),
        ["182 d 5000.00 14.50 % 361.51", "184 d 5000.00 14.25 % 359.18"],  # 361.5068, 359.1781
    ),
    "29 February is a day": (
        ("1000.00", "28/02/2024", "01/03/2024", {}),
        ["2 d 1000.00 14.50 % 0.79"],  # 0.7945
    ),
    "three semesters": (
        ("8000.00", "15/11/2024", "15/07/2025", {}),
        [
            "46 d 8000.00 14.25 % 143.67",  # 15 in November, 31 in December; 143.6712
            "181 d 8000.00 13.15 % 521.68",  # 521.6767
            "15 d 8000.00 12.15 % 39.95",  # 39.9452
        ],
    ),
    "interest that begins with a semester has no slice before": (
        ("1000.00", "30/06/2026", "01/07/2026", {}),
        ["1 d 1000.00 12.40 % 0.34"],  # 0.3397
    ),
    "one day on each side of the semester": (
        ("1000.00", "29/06/2026", "01/07/2026", {}),
        ["1 d 1000.00 12.15 % 0.33", "1 d 1000.00 12.40 % 0.34"],
    ),
    "the rise of January 2023": (
        ("1000.00", "15/12/2022", "15/01/2023", {}),
        ["16 d 1000.00 10.00 % 4.38", "15 d 1000.00 12.50 % 5.14"],  # 4.3836, 5.1370
    ),
    "the rise of July 2023": (
        ("1000.00", "15/06/2023", "15/07/2023", {}),
        ["15 d 1000.00 12.50 % 5.14", "15 d 1000.00 14.00 % 5.75"],  # 5.1370, 5.7534
    ),
    "the older rates": (
        ("1000.00", "15/12/2019", "15/01/2020", {}),
        ["16 d 1000.00 10.00 % 4.38", "15 d 1000.00 10.00 % 4.11"],  # 4.3836, 4.1096
    ),
    "a cent bears nothing": (
        ("0.01", "31/03/2026", "30/04/2026", {}),
        ["30 d 0.01 12.15 % 0.00"],
    ),
    "half a cent is rounded up": (
        ("1.25", "31/01/2021", "14/04/2021", {}),
        ["73 d 1.25 10.00 % 0.03"],  # 0.025 exactly: 73 days are a fifth of the year
    ),
    "a large amount": (
        ("1234567.89", "31/01/2026", "28/02/2026", {}),
        ["28 d 1234567.89 12.15 % 11506.85"],  # 11506.8492
    ),
    "a part payment reduces the base from the next day, principal first": (
        (
            "1000.00",
            "31/03/2026",
            "31/05/2026",
            {"payments": paid("30/04/2026 400.00"), "imputation": PRINCIPAL_FIRST},
        ),
        ["30 d 1000.00 12.15 % 9.99", "31 d 600.00 12.15 % 6.19"],  # 9.9863, 6.1915
    ),
    "the same payment, interest first": (
        (
            "1000.00",
            "31/03/2026",
            "31/05/2026",
            {"payments": paid("30/04/2026 400.00"), "imputation": INTEREST_FIRST},
        ),
        # 9.99 of the 400 pay interest: 1000 − 390.01 = 609.99
        ["30 d 1000.00 12.15 % 9.99", "31 d 609.99 12.15 % 6.29"],  # 6.2946
    ),
    "interest first is the default": (
        ("1000.00", "31/03/2026", "31/05/2026", {"payments": paid("30/04/2026 400.00")}),
        ["30 d 1000.00 12.15 % 9.99", "31 d 609.99 12.15 % 6.29"],
    ),
    "a payment on the due date bears nothing": (
        ("1000.00", "31/03/2026", "30/04/2026", {"payments": paid("31/03/2026 400.00")}),
        ["30 d 600.00 12.15 % 5.99"],  # 5.9918
    ),
    "a payment in advance neither": (
        ("1000.00", "31/03/2026", "30/04/2026", {"payments": paid("15/03/2026 400.00")}),
        ["30 d 600.00 12.15 % 5.99"],
    ),
    "two payments around a semester, principal first": (
        (
            "10000.00",
            "15/05/2026",
            "31/07/2026",
            {
                "payments": paid("10/07/2026 3000.00", "10/06/2026 3000.00"),
                "imputation": PRINCIPAL_FIRST,
            },
        ),
        [
            "26 d 10000.00 12.15 % 86.55",  # 86.5479
            "20 d 7000.00 12.15 % 46.60",  # 46.6027
            "10 d 7000.00 12.40 % 23.78",  # 23.7808
            "21 d 4000.00 12.40 % 28.54",  # 28.5370
        ],
    ),
    "two payments around a semester, interest first": (
        (
            "10000.00",
            "15/05/2026",
            "31/07/2026",
            {"payments": paid("10/06/2026 3000.00", "10/07/2026 3000.00")},
        ),
        [
            "26 d 10000.00 12.15 % 86.55",  # paid: 10000 − (3000 − 86.55) = 7086.55
            "20 d 7086.55 12.15 % 47.18",  # 47.1789
            "10 d 7086.55 12.40 % 24.07",  # 24.0749; paid: 7086.55 − (3000 − 71.25) = 4157.80
            "21 d 4157.80 12.40 % 29.66",  # 29.6628
        ],
    ),
    "two payments on one day count together": (
        (
            "1000.00",
            "31/03/2026",
            "31/05/2026",
            {
                "payments": paid("30/04/2026 100.00", "30/04/2026 200.00"),
                "imputation": PRINCIPAL_FIRST,
            },
        ),
        ["30 d 1000.00 12.15 % 9.99", "31 d 700.00 12.15 % 7.22"],  # 7.2234
    ),
    "a payment after the last day counted changes nothing": (
        ("1000.00", "31/12/2025", "31/01/2026", {"payments": paid("01/02/2026 1000.00")}),
        ["31 d 1000.00 12.15 % 10.32"],
    ),
    "paid on the first day late": (
        (
            "1000.00",
            "15/03/2026",
            "30/04/2026",
            {"payments": paid("16/03/2026 1000.00"), "imputation": PRINCIPAL_FIRST},
        ),
        ["1 d 1000.00 12.15 % 0.33"],
    ),
    "more than the debt is received": (
        (
            "1000.00",
            "31/12/2025",
            "30/04/2026",
            {"payments": paid("31/01/2026 5000.00"), "imputation": INTEREST_FIRST},
        ),
        ["31 d 1000.00 12.15 % 10.32"],
    ),
    "a payment smaller than the interest leaves the principal whole": (
        ("10000.00", "31/12/2024", "31/12/2025", {"payments": paid("30/06/2025 100.00")}),
        ["181 d 10000.00 13.15 % 652.10", "184 d 10000.00 12.15 % 612.49"],  # 652.0959, 612.4932
    ),
    "a contract rate": (
        ("1000.00", "31/12/2025", "31/01/2026", {"contract_rate": Decimal(15)}),
        ["31 d 1000.00 15 % 12.74"],  # 12.7397
    ),
    "a contract rate under three times the legal rate is raised to it": (
        ("1000.00", "31/12/2025", "31/01/2026", {"contract_rate": Decimal(5)}),
        ["31 d 1000.00 7.86 % 6.68"],  # 3 × 2.62; 6.6756
    ),
    "the floor moves with the semester": (
        ("1000.00", "15/12/2025", "15/01/2026", {"contract_rate": Decimal(8)}),
        ["16 d 1000.00 8.28 % 3.63", "15 d 1000.00 8 % 3.29"],  # 3 × 2.76; 3.6296, 3.2877
    ),
    "a floor above the default rate": (
        ("1000.00", "31/05/2024", "30/06/2024", {"contract_rate": Decimal(15)}),
        ["30 d 1000.00 15.21 % 12.50"],  # 3 × 5.07; 12.5014
    ),
    "a public buyer keeps the rate of the semester in which interest began": (
        ("12000.00", "31/05/2026", "20/07/2026", {"customer": PUBLIC}),
        ["50 d 12000.00 10.15 % 166.85"],  # 2.15 + 8; 166.8493
    ),
    "a public buyer late from July": (
        ("12000.00", "30/06/2026", "20/07/2026", {"customer": PUBLIC}),
        ["20 d 12000.00 10.40 % 68.38"],  # 2.40 + 8; 68.3836
    ),
    "a public buyer late over three semesters": (
        ("8000.00", "15/11/2024", "15/07/2025", {"customer": PUBLIC}),
        ["242 d 8000.00 12.25 % 649.75"],  # 46 + 181 + 15; 4.25 + 8; 649.7534
    ),
    "a contract rate does not bind a public buyer": (
        (
            "12000.00",
            "31/05/2026",
            "30/06/2026",
            {"customer": PUBLIC, "contract_rate": Decimal(20)},
        ),
        ["30 d 12000.00 10.15 % 100.11"],  # 100.1096
    ),
    "a public buyer who pays a part": (
        (
            "1000.00",
            "31/03/2026",
            "31/05/2026",
            {
                "customer": PUBLIC,
                "payments": paid("30/04/2026 400.00"),
                "imputation": PRINCIPAL_FIRST,
            },
        ),
        ["30 d 1000.00 10.15 % 8.34", "31 d 600.00 10.15 % 5.17"],  # 8.3425, 5.1723
    ),
    "a consumer owes none": (("1000.00", "31/12/2025", "31/12/2026", {"customer": CONSUMER}), []),
    "a consumer owes none, whatever the contract says": (
        (
            "1000.00",
            "31/12/2025",
            "31/12/2026",
            {"customer": CONSUMER, "contract_rate": Decimal(12)},
        ),
        [],
    ),
    "interest stops before the opening judgment": (
        ("1000.00", "31/03/2026", "31/05/2026", {"insolvency_date": date(2026, 4, 15)}),
        ["14 d 1000.00 12.15 % 4.66"],  # 1 to 14 April; 4.6603
    ),
    "a judgment on the first day late leaves nothing": (
        ("1000.00", "31/03/2026", "31/05/2026", {"insolvency_date": date(2026, 4, 1)}),
        [],
    ),
    "a judgment before the due date leaves nothing": (
        ("1000.00", "31/03/2026", "31/05/2026", {"insolvency_date": date(2026, 2, 1)}),
        [],
    ),
    "a judgment after the last day counted changes nothing": (
        ("1000.00", "31/12/2025", "31/01/2026", {"insolvency_date": date(2026, 2, 1)}),
        ["31 d 1000.00 12.15 % 10.32"],
    ),
    "a dividend after the judgment bears no interest": (
        (
            "1000.00",
            "31/03/2026",
            "31/05/2026",
            {
                "insolvency_date": date(2026, 4, 15),
                "payments": paid("30/04/2026 400.00"),
            },
        ),
        ["14 d 1000.00 12.15 % 4.66"],
    ),
}


@pytest.mark.parametrize(("facts", "slices"), CASES.values(), ids=CASES.keys())
def test_interest_is_worked_slice_by_slice(facts, slices):
    amount, due, until, others = facts

    interest = late_interest(
        Decimal(amount), day(due), until=day(until), **({"customer": PROFESSIONAL} | others)
    )

    assert working(interest) == slices
    assert interest.total == sum((Decimal(text.split()[-1]) for text in slices), Decimal("0.00"))


def test_the_worked_example_of_the_law_is_201_37():
    interest = late_interest(
        Decimal("12000.00"),
        date(2026, 5, 31),
        until=date(2026, 12, 31),
        customer=PROFESSIONAL,
        payments=paid("20/07/2026 12000.00"),
        imputation=PRINCIPAL_FIRST,
    )

    assert interest.total == Decimal("201.37")
    assert interest.principal_left == 0


def test_interest_first_says_what_was_paid_and_what_is_left():
    interest = late_interest(
        Decimal("10000.00"),
        date(2026, 5, 15),
        until=date(2026, 7, 31),
        customer=PROFESSIONAL,
        payments=paid("10/06/2026 3000.00", "10/07/2026 3000.00"),
    )

    assert interest.total == Decimal("187.46")  # 86.55 + 47.18 + 24.07 + 29.66
    assert interest.paid == Decimal("157.80")
    assert interest.left == Decimal("29.66")
    assert interest.principal_left == Decimal("4157.80")


def test_a_payment_on_the_last_day_counted_is_taken():
    interest = late_interest(
        Decimal("1000.00"),
        date(2025, 12, 31),
        until=date(2026, 1, 31),
        customer=PROFESSIONAL,
        payments=paid("31/01/2026 500.00"),
    )

    assert interest.paid == interest.total == Decimal("10.32")
    assert interest.principal_left == Decimal("510.32")


def test_an_unknown_semester_is_refused_not_guessed():
    with pytest.raises(NoLegalRateError) as caught:
        late_interest(
            Decimal("1.00"), date(2026, 12, 15), until=date(2027, 1, 1), customer=PROFESSIONAL
        )

    assert str(caught.value) == (
        "Les taux du semestre 2027S1 ne sont pas connus : mettez à jour la table des taux avant de "
        "calculer des pénalités."
    )


def test_a_semester_that_bears_no_interest_needs_no_rate():
    interest = late_interest(
        Decimal("1000.00"),
        date(2026, 12, 15),
        until=date(2027, 3, 1),
        customer=PROFESSIONAL,
        payments=paid("16/12/2026 1000.00"),
        imputation=PRINCIPAL_FIRST,
    )

    assert interest.total == Decimal("0.34")


def test_the_table_has_no_gap():
    halves = sorted(RATES)

    assert [half.next for half in halves[:-1]] == halves[1:]
    assert (str(halves[0]), str(halves[-1])) == ("2016S2", "2026S2")


@pytest.mark.parametrize(
    ("half", "default", "public", "floor", "to_confirm"),
    [
        (Semester(2019, 2), "10.00", "8.00", "2.61", True),
        (Semester(2020, 1), "10.00", "8.00", "2.61", False),
        (Semester(2024, 1), "14.50", "12.50", "15.21", False),
        (Semester(2026, 1), "12.15", "10.15", "7.86", False),
        (Semester(2026, 2), "12.40", "10.40", "8.25", True),
    ],
)
def test_rates_of_a_semester(half, default, public, floor, to_confirm):
    rates = rates_of(half)

    assert rates.default_penalty == Decimal(default)
    assert rates.public_penalty == Decimal(public)
    assert rates.contract_floor == Decimal(floor)
    assert rates.to_confirm is to_confirm


def test_a_semester_before_the_table_is_refused():
    with pytest.raises(NoLegalRateError, match="2016S1"):
        penalty_rate(PROFESSIONAL, date(2016, 6, 30))


@pytest.mark.parametrize(
    ("customer", "late", "insolvency", "amount"),
    [
        (PROFESSIONAL, [], None, "0.00"),
        (PROFESSIONAL, ["31/05/2026"], None, "40.00"),
        (PROFESSIONAL, ["31/05/2026", "30/06/2026"], None, "40.00"),  # once an invoice
        (PUBLIC, ["31/05/2026"], None, "40.00"),
        (CONSUMER, ["31/05/2026"], None, "0.00"),
        (PROFESSIONAL, ["31/05/2026"], "01/06/2026", "40.00"),  # due before: kept
        (PROFESSIONAL, ["31/05/2026"], "31/05/2026", "0.00"),  # payment was already forbidden
        (PROFESSIONAL, ["31/05/2026", "30/06/2026"], "15/06/2026", "40.00"),
        (PROFESSIONAL, ["30/06/2026"], "15/06/2026", "0.00"),
    ],
)
def test_forty_euros_once_for_a_late_invoice(customer, late, insolvency, amount):
    indemnity = recovery_indemnity(
        customer, [day(text) for text in late], day(insolvency) if insolvency else None
    )

    assert indemnity == Decimal(amount)


DAYS = st.dates(date(2017, 1, 1), date(2026, 12, 30))
CENTS = st.integers(1, 10**8).map(lambda cents: Decimal(cents) / 100)
PAYMENTS = st.lists(st.builds(Payment, DAYS, CENTS), max_size=5)
FACTS = st.fixed_dictionaries(
    {
        "customer": st.sampled_from([PROFESSIONAL, PUBLIC]),
        "payments": PAYMENTS,
        "imputation": st.sampled_from(list(Imputation)),
    }
)


@given(CENTS, DAYS, DAYS, FACTS)
def test_slices_are_contiguous_and_cover_the_days_of_lateness(amount, due, until, facts):
    interest = late_interest(amount, due, until=until, **facts)

    for one, following in zip(interest.slices, interest.slices[1:], strict=False):
        assert one.end == following.start
        assert one.base >= following.base
    if interest.slices:
        assert interest.slices[0].start == due + timedelta(days=1)
    if interest.principal_left and until > due:
        assert interest.slices[-1].end == until + timedelta(days=1)
    assert 0 <= interest.principal_left <= amount
    assert 0 <= interest.paid <= interest.total


@given(CENTS, DAYS, st.tuples(DAYS, DAYS).map(sorted), FACTS)
def test_interest_never_falls_as_days_pass(amount, due, days, facts):
    totals = [late_interest(amount, due, until=until, **facts).total for until in days]

    assert totals[0] <= totals[1]


@given(CENTS, DAYS, DAYS, PAYMENTS)
def test_paying_interest_first_never_costs_the_creditor(amount, due, until, payments):
    first, last = (
        late_interest(
            amount,
            due,
            until=until,
            customer=PROFESSIONAL,
            payments=payments,
            imputation=imputation,
        )
        for imputation in (INTEREST_FIRST, PRINCIPAL_FIRST)
    )

    assert first.principal_left >= last.principal_left
    assert first.total >= last.total
