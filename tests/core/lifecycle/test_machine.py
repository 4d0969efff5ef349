"""The machine refuses by name what may not follow, and never breaks its own laws."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.errors import EcheanceError
from echeance.core.lifecycle import (
    ACTIONS,
    FLOW_CODES,
    REASONS,
    STATUSES,
    Amount,
    Event,
    History,
    Phase,
    Reason,
    Role,
    allowed_reasons,
)
from echeance.core.lifecycle.errors import (
    LifeEndedError,
    NotSuspendedError,
    ReasonMissingError,
    ReceiptMissingError,
    ReceiptTooLargeError,
    TransmissionOrderError,
    UnknownActionError,
    UnknownStatusError,
    WrongIssuerError,
    WrongReasonError,
)

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
TWENTY, TEN = Decimal(20), Decimal(10)
TOTALS = {TWENTY: Decimal("120.00"), TEN: Decimal("55.00")}


def event(code: int, *, role: Role | None = None, minute: int = 0, **facts) -> Event:
    """A status with what it must carry, given by who may give it."""
    status = STATUSES.get(code)
    if status and status.needs_reason and "reasons" not in facts:
        facts["reasons"] = (Reason(min(allowed_reasons(code))),)
    giver = role or (status.issuers[0] if status else Role.PORTAL)
    return Event(code, giver, START + timedelta(minutes=minute), **facts)


def cashed(*amounts: tuple[str, Decimal], minute: int = 0) -> Event:
    """Receipts by rate."""
    return event(
        212,
        minute=minute,
        amounts=tuple(Amount("MEN", Decimal(amount), rate) for amount, rate in amounts),
    )


def lived(*codes: int) -> History:
    """A history of those codes, one a minute."""
    history = History(TOTALS)
    for minute, code in enumerate(codes):
        history = history.follow(event(code, minute=minute))
    return history


def test_the_usual_life_is_allowed_to_its_last_receipt():
    history = lived(200, 201, 202, 203, 204, 205, 211).follow(
        cashed(("120.00", TWENTY), ("55.00", TEN))
    )

    assert [one.code for one in history.events] == [200, 201, 202, 203, 204, 205, 211, 212]
    assert history.current == STATUSES[212]
    assert history.received == TOTALS


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        ((), event(199), UnknownStatusError),
        ((), event(999), UnknownStatusError),
        ((), event(200, role=Role.SELLER), WrongIssuerError),
        ((200,), event(205, role=Role.SENDING_PLATFORM), WrongIssuerError),
        ((200,), event(212, role=Role.BUYER), WrongIssuerError),
        ((200,), event(200), TransmissionOrderError),
        ((200, 202), event(201), TransmissionOrderError),
        ((200, 203), event(202), TransmissionOrderError),
        ((200, 203, 204), event(213), TransmissionOrderError),
        ((200, 203, 205), event(501), TransmissionOrderError),
        ((200, 203, 205), event(221), TransmissionOrderError),
        ((200, 213), event(202), LifeEndedError),
        ((200, 203, 210), event(205), LifeEndedError),
        ((200, 203, 210), cashed(("-1.00", TWENTY)), LifeEndedError),
        ((200, 220), event(211), LifeEndedError),
        ((200, 220), cashed(("1.00", TWENTY)), LifeEndedError),
        ((200, 203), event(209), NotSuspendedError),
        ((200, 203, 208, 209), event(209), NotSuspendedError),
        ((200, 203), event(207, reasons=()), ReasonMissingError),
        ((200,), event(213, reasons=(Reason("PU_ERR"),)), WrongReasonError),
        ((200, 203), event(210, reasons=(Reason("LIVR_INCOMP"),)), WrongReasonError),
        ((200, 203), event(207, reasons=(Reason("PU_ERR", action="XXX"),)), UnknownActionError),
        ((200, 203), event(212), ReceiptMissingError),
        ((200, 203), cashed(("0.00", TWENTY)), ReceiptMissingError),
        (
            (200, 203),
            event(212, amounts=(Amount("MEN", Decimal(1)),)),
            ReceiptMissingError,
        ),
        ((200, 203), cashed(("120.01", TWENTY)), ReceiptTooLargeError),
        ((200, 203), cashed(("-0.01", TWENTY)), ReceiptTooLargeError),
        ((200, 203), cashed(("1.00", Decimal("5.5"))), ReceiptTooLargeError),
    ],
)
def test_what_may_not_follow_is_refused_by_name(before, after, error):
    history = lived(*before)

    with pytest.raises(error):
        history.follow(after)


def test_what_was_inadmissible_is_deposited_again_under_its_number():
    assert lived(501, 200, 202, 203).current == STATUSES[203]


def test_a_public_buyer_has_more_reasons_to_refuse():
    late = event(210, reasons=(Reason("LIVR_INCOMP"),), public=True)

    assert lived(200, 203).follow(late).current == STATUSES[210]


def test_money_may_go_back_after_a_cancellation():
    history = lived(200, 203).follow(cashed(("100.00", TWENTY))).follow(event(220))

    back = history.follow(cashed(("-100.00", TWENTY)))

    assert back.received == {TWENTY: Decimal("0.00")}


def test_a_part_payment_and_its_reversal_stay_within_the_total():
    history = lived(200, 203)
    for amount in ("50.00", "-50.00", "120.00"):
        history = history.follow(cashed((amount, TWENTY)))

    assert history.received == {TWENTY: Decimal("120.00")}
    with pytest.raises(ReceiptTooLargeError) as refused:
        history.follow(cashed(("0.01", TWENTY)))
    assert str(refused.value) == (
        "Au taux de 20 %, les encaissements feraient 120.01 € : ils restent entre 0 et 120.00 €. "
        "Corrigez par un montant négatif ce qui a été déclaré en trop."
    )


def test_news_that_come_late_stand_at_their_date():
    history = lived(200).follow(event(203, minute=9))

    assert [one.code for one in history.insert(event(202, minute=5)).events] == [200, 202, 203]


def test_news_that_would_change_what_is_known_are_refused():
    history = lived(200).follow(event(205, minute=9))

    with pytest.raises(LifeEndedError):
        history.insert(event(213, minute=5))


def test_the_statuses_of_flows_move_nothing():
    assert lived(200, 400, 201).current == STATUSES[201]


def test_every_reason_of_a_status_has_a_sentence_and_an_advice():
    assert len(REASONS) == 51
    assert all(one.sentence.endswith(".") and one.advice.endswith(".") for one in REASONS.values())
    assert all(allowed_reasons(code) <= REASONS.keys() for code in STATUSES)
    assert all(one in REASONS for one in allowed_reasons(210, public=True))


def test_what_the_portal_must_know_is_the_four_statuses_of_the_law():
    assert {code for code, status in STATUSES.items() if status.reported} == {200, 210, 212, 213}


events = st.builds(
    lambda code, role, minute, reason, action, amounts: Event(
        code,
        role,
        START + timedelta(minutes=minute),
        (Reason(reason, action=action),) if reason else (),
        tuple(Amount("MEN", amount, rate) for amount, rate in amounts),
    ),
    st.sampled_from([*STATUSES, *FLOW_CODES, 199, 229]),
    st.sampled_from(list(Role)),
    st.integers(0, 50),
    st.sampled_from(["", *REASONS]),
    st.sampled_from(["", "ZZZ", *ACTIONS]),
    st.lists(
        st.tuples(st.decimals(-150, 150, places=2), st.sampled_from([TWENTY, TEN, Decimal("5.5")])),
        max_size=2,
    ),
)
likely = st.one_of(
    events,
    st.sampled_from(sorted(STATUSES)).map(event),
    st.decimals(-150, 150, places=2).map(lambda amount: cashed((str(amount), TWENTY))),
)


@given(st.lists(likely, max_size=12), st.booleans())
def test_no_sequence_of_accepted_statuses_breaks_the_laws(tried, by_date):
    history = History(TOTALS)
    for one in tried:
        try:
            history = history.insert(one) if by_date else history.follow(one)
        except EcheanceError:
            continue

    known = [(one, STATUSES[one.code]) for one in history.events if one.code in STATUSES]
    orders = [status.order for _, status in known if status.order]
    assert orders == sorted(set(orders))
    closing = [place for place, (_, status) in enumerate(known) if status.closes]
    for one, _ in known[closing[0] + 1 :] if closing else []:
        assert known[closing[0]][0].code == 220
        assert all(amount.amount < 0 for amount in one.receipts)
    assert all(one.role in status.issuers for one, status in known)
    assert all(one.reasons for one, status in known if status.needs_reason)
    sums = dict.fromkeys(TOTALS, Decimal(0))
    for one in history.events:
        for amount in one.receipts if one.code == 212 else ():
            sums[amount.rate] += amount.amount
        assert all(Decimal(0) <= sums[rate] <= TOTALS[rate] for rate in sums)
    arrived = [p for p, (_, status) in enumerate(known) if Role.BUYER in status.issuers]
    assert not any(
        status.phase is Phase.TRANSMISSION and not status.order
        for _, status in (known[arrived[0] :] if arrived else [])
    )
