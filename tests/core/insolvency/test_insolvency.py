"""Collective proceedings: terms, the split at the judgment, notices as they are published."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.insolvency import (
    NoticeKind,
    Supplied,
    claim_terms,
    is_away,
    read_day,
    read_notice,
    split_at,
)

JUDGMENT = date(2026, 10, 14)
TWENTY, TEN, FIVE = Decimal(20), Decimal(10), Decimal("5.5")


@pytest.mark.parametrize(
    ("published", "claim", "title", "relief"),
    [
        # 23 December 2026 is a Wednesday; 23 January 2027 a Saturday; 23 April 2027 a Friday.
        (date(2026, 10, 23), date(2026, 12, 23), date(2027, 1, 25), date(2027, 4, 23)),
        # 25 December is a holiday, the 26th and 27th are a weekend.
        (date(2026, 10, 25), date(2026, 12, 28), date(2027, 1, 25), date(2027, 4, 26)),
        # No 31 February: the 28th, a Sunday, runs to Monday 1 March.
        (date(2026, 12, 31), date(2027, 3, 1), date(2027, 3, 31), date(2027, 6, 30)),
        # 14 July 2026 is a Tuesday and a holiday.
        (date(2026, 5, 14), date(2026, 7, 15), date(2026, 8, 14), date(2026, 11, 16)),
    ],
)
def test_terms_run_day_to_day_and_end_on_a_worked_day(published, claim, title, relief):
    found = claim_terms(published)

    assert (found.claim_due_on, found.title_due_on, found.relief_due_on) == (claim, title, relief)


def test_a_creditor_outside_metropolitan_france_has_two_months_more():
    assert claim_terms(date(2026, 10, 23), away=True).claim_due_on == date(2027, 2, 23)
    assert is_away("FR", "97400")
    assert is_away("DE", "10115")
    assert not is_away("FR", "69002")


def line(net, rate, start, end=None):
    return Supplied(Decimal(net), rate, start, end or start)


@pytest.mark.parametrize(
    ("lines", "open_amount", "before", "after"),
    [
        # All delivered before, all after, the very day of the judgment.
        ([line("100.00", TWENTY, date(2026, 10, 13))], "120.00", "120.00", "0"),
        ([line("100.00", TWENTY, date(2026, 10, 15))], "120.00", "0.00", "120.00"),
        ([line("100.00", TWENTY, JUDGMENT)], "120.00", "0.00", "120.00"),
        # October, 31 days, 13 before: 310 × 13/31 = 130,00 net, 156,00 with VAT.
        ([line("310.00", TWENTY, date(2026, 10, 1), date(2026, 10, 31))],
         "372.00", "156.00", "216.00"),
        # Two lines on either side: 100 at 20 % before (120,00), 200 at 5,5 % after (211,00).
        ([line("100.00", TWENTY, date(2026, 10, 1)), line("200.00", FIVE, date(2026, 10, 20))],
         "331.00", "120.00", "211.00"),
        # Half paid already: what is left keeps the proportion, 60,00 and 105,50.
        ([line("100.00", TWENTY, date(2026, 10, 1)), line("200.00", FIVE, date(2026, 10, 20))],
         "165.50", "60.00", "105.50"),
        # Three rates: 100,00 at 10 % before is 110,00 of 335,50.
        ([line("100.00", TEN, date(2026, 9, 30)), line("100.00", TWENTY, date(2026, 10, 15)),
          line("100.00", FIVE, date(2026, 10, 16))], "335.50", "110.00", "225.50"),
    ],
)  # fmt: skip
def test_an_invoice_is_cut_at_the_judgment(lines, open_amount, before, after):
    found = split_at(JUDGMENT, lines, Decimal(open_amount))

    assert (found.before, found.after) == (Decimal(before), Decimal(after))


@given(
    st.lists(
        st.tuples(
            st.integers(1, 100_000),
            st.sampled_from((TWENTY, TEN, FIVE)),
            st.integers(-40, 40),
            st.integers(0, 60),
        ),
        min_size=1,
        max_size=8,
    ),
    st.integers(1, 1_000_000),
)
def test_the_two_parts_always_sum_to_what_is_open(rows, cents):
    lines = [
        Supplied(
            Decimal(net) / 100, rate, JUDGMENT + timedelta(start),
            JUDGMENT + timedelta(start + days),
        )
        for net, rate, start, days in rows
    ]  # fmt: skip
    open_amount = Decimal(cents) / 100

    found = split_at(JUDGMENT, lines, open_amount)

    assert found.before + found.after == open_amount
    assert min(found.before, found.after) >= 0


def record(**more):
    judgment = {
        "type": "initial",
        "famille": "Jugement d'ouverture",
        "nature": "Jugement d'ouverture de liquidation judiciaire",
        "date": "2026-10-14",
        "complementJugement": "Liquidateur : Me Lenoir. Déclarer dans les deux mois.",
    } | more.pop("jugement", {})
    return {
        "id": "A202602031234",
        "dateparution": "2026-10-23",
        "familleavis": "collective",
        "typeavis": "annonce",
        "tribunal": "Tribunal des activités économiques de Lyon",
        "commercant": "BERGER BTP",
        "registre": ["732 829 320", "732829320"],
        "jugement": json.dumps(judgment),
    } | more


def test_an_opening_is_read():
    found = read_notice(record())

    assert found is not None
    assert (found.kind, found.proceedings) == (NoticeKind.OPENING, "liquidation")
    assert found.sirens == ("732829320",)
    assert (found.judgment_on, found.published_on) == (JUDGMENT, date(2026, 10, 23))
    assert found.court == "Tribunal des activités économiques de Lyon"


@pytest.mark.parametrize(
    ("famille", "nature", "kind", "proceedings"),
    [
        ("Jugement d'ouverture", "Jugement d'ouverture d'une procédure de sauvegarde",
         "opening", "safeguard"),
        ("Jugement d'ouverture", "Jugement d'ouverture d'une procédure de redressement judiciaire",
         "opening", "receivership"),
        ("Jugement prononçant", "Jugement prononçant la conversion en liquidation du redressement",
         "conversion", "liquidation"),
        ("Jugement prononçant", "Jugement de conversion en liquidation judiciaire",
         "conversion", "liquidation"),
        ("Jugement prononçant", "Jugement prononçant la liquidation judiciaire",
         "conversion", "liquidation"),
        ("Jugement prononçant", "Jugement arrêtant le plan de redressement", "plan",
         "receivership"),
        ("Jugement de clôture", "Jugement de clôture pour insuffisance d'actif", "closing", ""),
        ("Avis de dépôt", "Dépôt de l'état des créances", "other", ""),
    ],
)  # fmt: skip
def test_what_a_judgment_says_is_read_from_its_words(famille, nature, kind, proceedings):
    found = read_notice(record(jugement={"famille": famille, "nature": nature}))

    assert found is not None
    assert found.kind.value == kind
    assert found.proceedings == proceedings


@pytest.mark.parametrize(
    "broken",
    [
        {"id": None}, {"id": ["x"]}, {"dateparution": "bientôt"}, {"registre": []},
        {"registre": {"a": 1}}, {"registre": ["73282932"]}, {"familleavis": "vente"},
    ],
)  # fmt: skip
def test_a_record_that_names_nobody_or_nothing_is_passed_over(broken):
    assert read_notice(record() | broken) is None


@pytest.mark.parametrize("judgment", ["{", "[1]", "null", "[" * 5000, 12, None, {"date": 3}])
def test_a_broken_judgment_leaves_a_notice_for_a_person(judgment):
    found = read_notice(record() | {"jugement": judgment})

    assert found is not None
    assert (found.kind, found.judgment_on) == (NoticeKind.OTHER, None)


def test_days_are_read_in_both_writings():
    assert read_day("2026-10-14") == read_day("14 octobre 2026") == JUDGMENT
    assert read_day("31 février 2026") is None
    assert read_day(20261014) is None
