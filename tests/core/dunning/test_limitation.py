"""Limitation: the last day to sue, worked out by hand article by article."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.dunning import (
    DebtNature,
    InterruptingAct,
    InterruptionCause,
    debt_nature,
    limitation,
)
from echeance.core.terms import CustomerKind

PRO, CONSUMER = DebtNature.COMMERCIAL, DebtNature.CONSUMER
CARRIAGE, PUBLIC = DebtNature.CARRIAGE, DebtNature.PUBLIC


def day(text):
    return date.fromisoformat(text)


def act(cause, on, until="", title=False):
    return InterruptingAct(
        InterruptionCause(cause), day(on), day(until) if until else None, has_title=title
    )


def ack(on):
    return act("acknowledgement", on)


def paid(on):
    return act("part_payment", on)


def suit(on, until="", title=False):
    return act("court_action", on, until, title)


@pytest.mark.parametrize(
    ("nature", "born", "due", "acts", "last_day"),
    [
        # C. com. L110-4: due on 31 March 2021, five years, the last day included.
        (PRO, "2021-03-01", "2021-03-31", [], "2026-03-31"),
        (PRO, "2024-01-30", "2024-02-29", [], "2029-02-28"),  # no 29 February that year
        (PRO, "2021-06-01", "2021-08-15", [], "2026-08-15"),  # a Saturday and a holiday: it stays
        (PRO, "2021-04-01", "2021-05-02", [], "2026-05-02"),
        # C. conso. L218-2: two years.
        (CONSUMER, "2024-11-01", "2024-12-01", [], "2026-12-01"),
        (CONSUMER, "2024-11-01", "2024-12-01", [paid("2026-11-30")], "2028-11-30"),
        # C. com. L133-6: one year from the delivery, not from the due date.
        (CARRIAGE, "2025-11-25", "2025-12-25", [], "2026-11-25"),
        (CARRIAGE, "2025-11-25", "2025-12-25", [ack("2026-01-10")], "2027-01-10"),
        # Loi 68-1250: four years from 1 January after; the service done in 2022 decides.
        (PUBLIC, "2022-05-10", "2022-06-10", [], "2026-12-31"),
        (PUBLIC, "2022-12-20", "2023-01-20", [], "2026-12-31"),
        (PUBLIC, "2023-01-02", "2023-02-02", [], "2027-12-31"),
        (PUBLIC, "2022-05-10", "2022-06-10", [act("written_demand", "2024-03-01")], "2028-12-31"),
        # A written demand to a firm, even registered, interrupts nothing (Cass. com. 20-23.204).
        (PRO, "2021-03-01", "2021-03-31", [act("written_demand", "2025-12-01")], "2026-03-31"),
        # C. civ. 2231, 2240: the whole term again.
        (PRO, "2021-03-01", "2021-03-31", [ack("2025-12-01")], "2030-12-01"),
        (PRO, "2021-03-01", "2021-03-31", [paid("2022-01-10"), paid("2024-07-03")], "2029-07-03"),
        (PRO, "2021-03-01", "2021-03-31", [paid("2024-07-03"), paid("2022-01-10")], "2029-07-03"),
        (PRO, "2021-03-01", "2021-03-31", [ack("2026-03-31")], "2031-03-31"),  # on the last day
        (PRO, "2021-03-01", "2021-03-31", [ack("2026-04-01")], "2026-03-31"),  # a day too late
        # Before the due date no term runs that could be interrupted.
        (PRO, "2021-03-01", "2021-03-31", [ack("2021-03-10")], "2026-03-31"),
        # Two acts, the second beyond the first term but within the one that ran again.
        (PRO, "2016-03-01", "2016-03-31", [ack("2020-05-05"), ack("2025-01-02")], "2030-01-02"),
        # C. civ. 2242: while the proceedings run, nothing does; then the whole term.
        (PRO, "2021-03-01", "2021-03-31", [suit("2025-09-01")], None),
        (PRO, "2021-03-01", "2021-03-31", [suit("2025-09-01", "2026-10-15")], "2031-10-15"),
        (PRO, "2021-03-01", "2021-03-31", [suit("2026-03-01", "2027-05-01")], "2032-05-01"),
        # An acknowledgement while they run adds nothing to it.
        (
            PRO, "2021-03-01", "2021-03-31",
            [suit("2024-01-05", "2025-06-30"), ack("2024-11-11")], "2030-06-30",
        ),
        # CPCE L111-4: with a title, ten years; an enforcement gives ten more.
        (PRO, "2021-03-01", "2021-03-31", [suit("2025-09-01", "2026-02-15", True)], "2036-02-15"),
        (
            CONSUMER, "2024-03-01", "2024-03-31",
            [suit("2025-09-01", "2026-02-15", True), act("enforcement", "2027-04-01")],
            "2037-04-01",
        ),
        # C. civ. 2244.
        (PRO, "2021-03-01", "2021-03-31", [act("enforcement", "2023-03-31")], "2028-03-31"),
        # C. com. L622-25-1: a claim declared interrupts until the proceedings close.
        (PRO, "2021-03-01", "2021-03-31", [act("claim", "2022-02-01")], None),
        (PRO, "2021-03-01", "2021-03-31", [act("claim", "2022-02-01", "2024-09-30")], "2029-09-30"),
        # C. civ. 2232: acknowledgements go no further than twenty years from the debt.
        (
            PRO, "2001-01-15", "2001-02-15",
            [ack("2006-01-10"), ack("2010-12-01"), ack("2015-06-01"), ack("2019-06-01")],
            "2021-01-15",
        ),
        # A court action does.
        (
            PRO, "2001-01-15", "2001-02-15",
            [ack("2006-01-10"), ack("2010-12-01"), suit("2015-06-01", "2018-02-02")],
            "2023-02-02",
        ),
    ],
)  # fmt: skip
def test_the_last_day_to_sue(nature, born, due, acts, last_day):
    found = limitation(nature, due_date=day(due), born_on=day(born), acts=acts)

    assert found.last_day == (day(last_day) if last_day else None)


def test_the_last_day_is_whole():
    found = limitation(PRO, due_date=date(2021, 3, 31), born_on=date(2021, 3, 1))

    assert not found.is_expired(date(2026, 3, 31))
    assert found.is_expired(date(2026, 4, 1))
    assert found.days_left(date(2026, 3, 31)) == 0
    assert found.sentence == (
        "Prescription de 5 ans (C. com. art. L110-4 et C. civ. art. 2224), "
        "à compter du 31/03/2021 : jusqu'au 31/03/2026 inclus."
    )


def test_what_interrupted_is_told_with_its_article():
    found = limitation(
        PRO, due_date=date(2021, 3, 31), born_on=date(2021, 3, 1), acts=[paid("2024-07-03")]
    )

    assert found.sentence == (
        "Prescription de 5 ans (C. com. art. L110-4 et C. civ. art. 2224), paiement partiel "
        "(C. civ. art. 2240) du 03/07/2024 : jusqu'au 03/07/2029 inclus."
    )
    assert found.since == date(2024, 7, 3)


def test_proceedings_that_run_keep_the_term_from_running():
    found = limitation(
        PRO, due_date=date(2021, 3, 31), born_on=date(2021, 3, 1), acts=[suit("2025-09-01")]
    )

    assert found.days_left(date(2040, 1, 1)) is None
    assert not found.is_expired(date(2040, 1, 1))
    assert found.sentence.endswith("du 01/09/2025, en cours : rien ne court.")


@pytest.mark.parametrize(
    ("customer", "carriage", "nature", "to_confirm"),
    [
        ("professional", False, PRO, False),
        ("consumer", False, CONSUMER, False),
        ("professional", True, CARRIAGE, True),
        ("consumer", True, CARRIAGE, True),
        ("public", False, PUBLIC, True),
        ("public", True, PUBLIC, True),
    ],
)
def test_who_owes_and_for_what_says_which_law(customer, carriage, nature, to_confirm):
    found = debt_nature(CustomerKind(customer), is_carriage=carriage)

    assert found is nature
    dated = limitation(found, due_date=date(2026, 1, 1), born_on=date(2026, 1, 1))
    assert dated.to_confirm is to_confirm


DAYS = st.dates(date(2005, 1, 1), date(2040, 12, 31))
ACTS = st.builds(
    InterruptingAct,
    cause=st.sampled_from(InterruptionCause),
    on=DAYS,
    until=st.none() | DAYS,
    has_title=st.booleans(),
)


@given(nature=st.sampled_from(DebtNature), due=DAYS, acts=st.lists(ACTS, max_size=6), more=ACTS)
def test_an_act_never_brings_the_last_day_nearer(nature, due, acts, more):
    before = limitation(nature, due_date=due, born_on=due, acts=acts)
    after = limitation(nature, due_date=due, born_on=due, acts=[*acts, more])

    if before.last_day is None:
        assert after.last_day is None or after.since >= before.since
    else:
        assert after.last_day is None or after.last_day >= before.last_day


@given(nature=st.sampled_from(DebtNature), due=DAYS, acts=st.lists(ACTS, max_size=6))
def test_the_order_in_which_acts_are_told_does_not_matter(nature, due, acts):
    told = limitation(nature, due_date=due, born_on=due, acts=acts)

    assert limitation(nature, due_date=due, born_on=due, acts=acts[::-1]) == told
