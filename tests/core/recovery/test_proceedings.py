"""Order to pay: the sequence of events and the deadlines, worked out by hand."""

from datetime import date

import pytest

from echeance.core.recovery.proceedings import (
    DatedEvent,
    OrderEvent,
    opposition_end,
    order_deadlines,
    out_of_order,
)


def events(*told):
    return [DatedEvent(OrderEvent(name), date.fromisoformat(on)) for name, on in told]


FILED, GRANTED = ("filed", "2026-10-01"), ("granted", "2026-10-15")


@pytest.mark.parametrize(
    ("granted", "last_day"),
    [
        ("2026-08-31", date(2027, 2, 28)),  # six months before the decree
        ("2026-09-01", date(2026, 12, 1)),  # three from it
        ("2026-10-15", date(2027, 1, 15)),
        ("2026-11-30", date(2027, 2, 28)),  # no 30 February
    ],
)
def test_an_order_is_served_in_time(granted, last_day):
    (deadline,) = order_deadlines(events(FILED, ("granted", granted)))

    assert (deadline.key, deadline.last_day) == ("serve", last_day)


@pytest.mark.parametrize(
    ("served", "last_day"),
    [
        (date(2026, 11, 5), date(2026, 12, 7)),  # 5 December is a Saturday
        (date(2026, 11, 25), date(2026, 12, 28)),  # Christmas, a Friday, then the week-end
        (date(2027, 1, 31), date(2027, 3, 1)),  # 28 February 2027 is a Sunday
        (date(2026, 12, 15), date(2027, 1, 15)),
    ],
)
def test_the_debtor_has_one_month_carried_to_a_business_day(served, last_day):
    assert opposition_end(served) == last_day


@pytest.mark.parametrize(
    ("known", "new", "why"),
    [
        ([], FILED, ""),
        ([FILED], FILED, "la requête est déjà déposée."),
        ([], GRANTED, "il se note après « requête déposée »."),
        ([FILED], GRANTED, ""),
        ([FILED], ("granted", "2026-09-30"), "« requête déposée » est du 01/10/2026."),
        ([FILED], ("dismissed", "2026-10-09"), ""),
        ([FILED], ("served", "2026-10-09"), "il se note après « ordonnance rendue »."),
        ([FILED, GRANTED], ("served", "2027-01-15"), ""),
        (
            [FILED, GRANTED],
            ("served", "2027-01-16"),
            (
                "l'ordonnance est non avenue depuis le 15/01/2027, faute d'avoir été signifiée "
                "dans le délai (CPC art. 1411)."
            ),
        ),
        ([FILED, GRANTED, ("served", "2026-11-05")], ("opposed", "2026-12-01"), ""),
        (
            [FILED, GRANTED, ("served", "2026-11-05")],
            ("enforceable", "2026-12-07"),
            "le débiteur peut encore faire opposition jusqu'au 07/12/2026 (CPC art. 1416).",
        ),
        ([FILED, GRANTED, ("served", "2026-11-05")], ("enforceable", "2026-12-08"), ""),
    ],
)
def test_events_follow_one_another(known, new, why):
    assert out_of_order(events(*known), *events(new)) == why


def test_nothing_runs_before_the_order_and_after_its_end():
    assert order_deadlines([]) == []
    assert order_deadlines(events(FILED)) == []
    assert order_deadlines(events(FILED, ("dismissed", "2026-10-09"))) == []
