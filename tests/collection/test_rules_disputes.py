"""What may be contested of a line, what a credit note says of a dispute, figures: laws and tables."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.billing.rules.crediting import REASONS, LineLeft, credited_lines
from echeance.billing.types import CreditLine
from echeance.collection.rules_disputes import (
    CREDIT_REASONS,
    PIECES,
    Closed,
    Line,
    Part,
    answer_days,
    figures,
    media_type_of,
    net_of,
    outcome_of_credit,
    refusal_mail,
    settlement_mail,
    why_not,
)
from echeance.collection.types import DisputePolicy, DisputeReason

D = Decimal
QUANTITIES = st.decimals("0.001", "5000", places=3)
PRICES = st.decimals("0.0001", "9999.9999", places=4)


def line_of(quantity, price):
    net = (quantity * price).quantize(D("0.01"), rounding="ROUND_HALF_UP")
    return Line(1, price, quantity, quantity, net)


@given(QUANTITIES, PRICES, QUANTITIES, st.one_of(st.none(), PRICES))
def test_what_may_be_contested_may_be_credited_for_the_same(quantity, price, units, gap):
    """Law: a part that is accepted here is accepted by billing, and is worth the same."""
    line = line_of(quantity, price)
    part = Part(units, gap)
    if why_not(line, part, []):
        return

    [credited] = credited_lines(
        "F-1",
        {7: LineLeft(7, 1, price, quantity, quantity, line.net_amount)},
        [CreditLine(7, units, gap)],
    )

    assert credited.net_amount == net_of(line, part)


@given(QUANTITIES, PRICES, st.lists(QUANTITIES, max_size=6))
def test_parts_contested_never_pass_the_line(quantity, price, wanted):
    """Law: whatever is asked, in any order, the parts accepted sum to the line at most."""
    line = line_of(quantity, price)
    accepted: list[Part] = []
    for units in wanted:
        if not why_not(line, Part(units), accepted):
            accepted.append(Part(units))

    assert sum((net_of(line, one) for one in accepted), D(0)) <= line.net_amount


@pytest.mark.parametrize(
    ("disputed", "credited", "outcome"),
    [
        ("89.64", "89.64", "founded"),
        ("89.64", "89.59", "founded"),
        ("89.64", "89.58", "settled"),
        ("89.64", "59.76", "settled"),
        ("89.64", "89.65", "founded"),
    ],
)
def test_a_cent_of_vat_is_no_concession(disputed, credited, outcome):
    assert outcome_of_credit(D(disputed), D(credited)).value == outcome


def test_every_reason_has_its_days_and_its_pieces_are_named_once():
    policy = DisputePolicy(answer_days=10, quality_days=20, data_days=3)

    assert {answer_days(one, policy) for one in DisputeReason} == {10, 20, 3}
    assert answer_days(DisputeReason.QUALITE_ERR, policy) == 20
    for labels in PIECES.values():
        assert len(set(labels)) == len(labels) > 0


def test_a_credit_note_answers_the_reason_of_its_dispute():
    """The codes are billing's; the reason a platform is told is that of the dispute."""
    for reason, code in CREDIT_REASONS.items():
        known = REASONS[code].dispute
        assert known == reason.value or reason is DisputeReason.DOUBLON


def test_figures_by_hand():
    """4 disputes, 3 closed: founded, settled (half), unfounded: 1.5 of 3 is 50 %; median of 2, 4, 9."""
    found = figures(
        [
            Closed(D("100.00"), "founded", 2, D("100.00")),
            Closed(D("80.00"), "settled", 9, D("20.00")),
            Closed(D("50.00"), "unfounded", 4, D(0)),
            Closed(D("10.00"), "", None, D(0)),
        ]
    )

    assert (found.count, found.amount, found.credited) == (4, D("240.00"), D("120.00"))
    assert (found.founded_percent, found.days) == (D(50), D(4))
    none = figures([Closed(D(1), "", None, D(0))])
    assert (none.founded_percent, none.days) == (None, None)


def test_a_refusal_is_written_in_the_language_of_the_customer():
    facts = {
        "company": "Atelier Morel",
        "document_ref": "F-1",
        "amount": D("89.64"),
        "reason": "livraison incomplète",
        "why": "Signé sans réserve.",
    }

    subject, body = refusal_mail(language="en", pieces=["delivery note"], **facts)
    other, _ = refusal_mail(language="de", pieces=[], **facts)

    assert subject == "Your dispute of invoice F-1"
    assert "Attached: delivery note." in body
    assert "livraison" not in body
    assert other == "Votre contestation de la facture F-1"


def test_a_part_refused_names_the_credit_note_and_the_rest():
    subject, body = settlement_mail(
        language="en",
        company="Atelier Morel",
        document_ref="F-1",
        amount=D("89.64"),
        reason="livraison incomplète",
        why="One box was returned.",
        pieces=[],
        credit=("AV-1", D("59.76")),
    )

    assert subject == "Our answer to your dispute of invoice F-1"
    assert "Our credit note AV-1 grants you 59,76\u00a0€." in body
    assert "the rest, 29,88\u00a0€:" in body


@given(st.binary(max_size=40))
def test_any_bytes_have_a_type_or_none(content):
    assert media_type_of(content) in {
        "", "application/pdf", "image/png", "image/jpeg", "image/webp", "image/heic",
    }  # fmt: skip
