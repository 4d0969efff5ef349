"""What makes one document and when: no piece is lost, billed twice, or billed across two months."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.billing.rules.billable import DELIVERY, DISBURSEMENT, ORDER, STATEMENT, Piece
from echeance.billing.rules.grouping import (
    USUAL,
    Rule,
    deadline,
    draft_of,
    due_on,
    groups_of,
)
from echeance.billing.types import AllowanceFacts, DraftLine
from echeance.core.dates import is_business_day, month_end

NOV_3 = date(2026, 11, 3)


def piece(source_id: int = 1, on: date = NOV_3, net: str = "10", **more) -> Piece:
    facts = {"source": ORDER, "number": f"C{source_id}", "party_id": 7, **more}
    return Piece(source_id=source_id, supplied_on=on, net=Decimal(net), **facts)


@pytest.mark.parametrize(
    ("rule", "supplied", "due"),
    [
        (USUAL, NOV_3, NOV_3),
        # the first Friday on or after
        (Rule(calendar="weekly", calendar_day=5), NOV_3, date(2026, 11, 6)),
        (Rule(calendar="weekly", calendar_day=5), date(2026, 11, 6), date(2026, 11, 6)),
        (Rule(calendar="weekly", calendar_day=5), date(2026, 11, 7), date(2026, 11, 13)),
        # Wednesday 11 November is a holiday: Thursday
        (Rule(calendar="weekly", calendar_day=3), date(2026, 11, 9), date(2026, 11, 12)),
        # supplied on the holiday itself: the day has not passed
        (Rule(calendar="weekly", calendar_day=3), date(2026, 11, 11), date(2026, 11, 12)),
        # Sunday 15 November: Monday
        (Rule(calendar="monthly", calendar_day=15), NOV_3, date(2026, 11, 16)),
        (Rule(calendar="monthly", calendar_day=15), date(2026, 11, 16), date(2026, 11, 16)),
        (Rule(calendar="monthly", calendar_day=15), date(2026, 11, 17), date(2026, 12, 15)),
        # February has no 31st, and its 28th of 2026 is a Saturday: Friday
        (Rule(calendar="monthly", calendar_day=31), date(2026, 2, 10), date(2026, 2, 27)),
        (Rule(calendar="monthly", calendar_day=0), date(2026, 2, 10), date(2026, 2, 27)),
        # supplied after the last worked day of the month: that very day
        (Rule(calendar="monthly", calendar_day=0), date(2026, 2, 28), date(2026, 2, 28)),
        # a récapitulative waits for the end of its month, whatever "at once" means
        (Rule(grouping="monthly"), NOV_3, date(2026, 11, 30)),
        # and never goes beyond it
        (
            Rule(grouping="monthly", calendar="monthly", calendar_day=15),
            date(2026, 11, 17),
            date(2026, 11, 30),
        ),
        (
            Rule(grouping="monthly", calendar="weekly", calendar_day=5),
            date(2026, 11, 28),
            date(2026, 11, 30),
        ),
    ],
)
def test_the_calendar_of_a_customer(rule, supplied, due):
    assert due_on(piece(on=supplied), rule) == due


def test_a_source_with_its_own_day_is_not_billed_before():
    assert due_on(piece(not_before=date(2026, 11, 20)), USUAL) == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("rule", "last"),
    [
        (USUAL, NOV_3),
        (Rule(grouping="monthly"), date(2026, 11, 30)),
        (Rule(intra_eu=True), date(2026, 12, 15)),
        (Rule(grouping="monthly", intra_eu=True), date(2026, 12, 15)),
    ],
)
def test_the_last_day_the_law_allows(rule, last):
    assert deadline(piece(), rule) == last


MONTHLY = Rule(grouping="monthly")


@pytest.mark.parametrize(
    "other",
    [
        {"party_id": 8},
        {"currency": "USD"},
        {"establishment_id": 4},
        {"order_reference": "BC-2"},
        {"buyer_reference": "SERV-2"},
        {"payment_terms": "net60"},
        {"contract_reference": "CT-1"},
        {"project_reference": "P-1"},
        {"frame": "B1"},
        {"kind": "386"},
        {"source": DISBURSEMENT},
        {"on": date(2026, 10, 31)},
        {"on": date(2026, 12, 1)},
        {"alone": True},
    ],
)
def test_what_never_shares_a_document(other):
    rules = {7: MONTHLY, 8: MONTHLY}

    assert len(groups_of([piece(1), piece(2)], rules)) == 1
    assert len(groups_of([piece(1), piece(2, **other)], rules)) == 2


def test_two_orders_of_the_buyer_share_a_month_when_its_rule_says_so():
    loose = {7: Rule(grouping="monthly", by_order_reference=False)}
    pieces = [piece(1, order_reference="BC-1"), piece(2, order_reference="BC-2")]

    (group,) = groups_of(pieces, loose)

    lines = [replace(p, lines=(DraftLine("Bois", Decimal(1), Decimal(10)),)) for p in pieces]
    draft = draft_of(replace(group, pieces=tuple(lines)), loose[7])
    assert draft.order_reference == ""
    assert [line.description for line in draft.lines] == ["Commande BC-1", "Commande BC-2"]


def test_deliveries_of_an_order_are_one_document_a_month_or_one_each():
    def delivery(source_id, on):
        return piece(source_id, on, source=DELIVERY, sales_order_reference="B1")

    pieces = [
        delivery(1, date(2026, 10, 30)),
        delivery(2, NOV_3),
        delivery(3, NOV_3),
        delivery(4, date(2026, 11, 4)),
    ]

    def numbers(rule):
        return [[p.source_id for p in g.pieces] for g in groups_of(pieces, {7: rule})]

    assert numbers(Rule(grouping="delivery")) == [[1], [2], [3], [4]]
    assert numbers(Rule(grouping="order", calendar="monthly")) == [[1], [2, 3, 4]]
    # at once: what is due the 3rd does not wait for the 4th
    assert numbers(Rule(grouping="order")) == [[1], [2, 3], [4]]


def test_each_line_of_a_month_says_its_day():
    days = (NOV_3, date(2026, 11, 12))
    pieces = [
        piece(
            n,
            day,
            source=DELIVERY,
            delivered_on=day,
            delivery_reference=f"BL-{n}",
            lines=(DraftLine("Bois", Decimal(1), Decimal(10), description="Chêne"),),
            allowances=(AllowanceFacts("Remise", Decimal(n)),),
        )
        for n, day in enumerate(days, start=1)
    ]
    (group,) = groups_of(pieces, {7: MONTHLY})

    draft = draft_of(group, MONTHLY)

    assert (draft.delivery_date, draft.period_start, draft.period_end) == (None, *days)
    assert [(x.description, x.period_start, x.period_end) for x in draft.lines] == [
        ("Bon de livraison BL-1\nChêne", days[0], days[0]),
        ("Bon de livraison BL-2\nChêne", days[1], days[1]),
    ]
    assert [one.amount for one in draft.allowances] == [Decimal(1), Decimal(2)]


def test_one_piece_is_billed_as_it_is():
    one = piece(delivered_on=NOV_3, lines=(DraftLine("Bois", Decimal(1), Decimal(10)),))
    (group,) = groups_of([one], {})

    draft = draft_of(group, USUAL)

    assert (draft.delivery_date, draft.period_start, draft.lines) == (NOV_3, None, one.lines)


RULES = st.builds(
    Rule,
    grouping=st.sampled_from(["order", "delivery", "monthly"]),
    by_order_reference=st.booleans(),
    calendar=st.sampled_from(["at_once", "weekly", "monthly"]),
    calendar_day=st.integers(1, 7),
)
PIECES = st.lists(
    st.builds(
        Piece,
        source=st.sampled_from([ORDER, DELIVERY, STATEMENT, DISBURSEMENT]),
        source_id=st.integers(1, 40),
        number=st.just("N"),
        party_id=st.integers(1, 3),
        supplied_on=st.dates(date(2026, 1, 1), date(2026, 4, 30)),
        net=st.decimals(1, 999, places=2),
        currency=st.sampled_from(["EUR", "USD"]),
        order_reference=st.sampled_from(["", "BC-1", "BC-2"]),
        sales_order_reference=st.sampled_from(["", "B1", "B2"]),
        alone=st.booleans(),
    ),
    max_size=25,
    unique_by=lambda one: one.key,
)


@given(PIECES, RULES)
def test_laws_of_grouping(pieces, rule):
    rules = {1: rule, 2: MONTHLY}
    groups = groups_of(pieces, rules)

    assert sorted(p.key for g in groups for p in g.pieces) == sorted(p.key for p in pieces)
    assert sum(g.net for g in groups) == sum(p.net for p in pieces)
    for group in groups:
        assert {p.party_id for p in group.pieces} == {group.party_id}
        assert len({(p.supplied_on.year, p.supplied_on.month) for p in group.pieces}) == 1
        assert len({p.currency for p in group.pieces}) == 1
        assert len({p.source == DISBURSEMENT for p in group.pieces}) == 1
        assert len(group.pieces) == 1 or not any(p.alone for p in group.pieces)
        assert group.due_on >= max(p.supplied_on for p in group.pieces)
        if len(group.pieces) > 1:
            first = group.pieces[0]
            whose = rules.get(group.party_id, USUAL)
            assert whose.grouping != "delivery"
            if whose.by_order_reference:
                assert {p.order_reference for p in group.pieces} == {first.order_reference}


@given(RULES, st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_a_calendar_day_is_worked_and_is_never_a_month_away(rule, supplied):
    due = due_on(piece(on=supplied), rule)

    assert supplied <= due
    assert (due - supplied).days <= 33
    if rule.calendar != "at_once" and due not in {supplied, month_end(supplied)}:
        assert is_business_day(due)
    if rule.grouping == "monthly":
        assert due <= month_end(supplied)
