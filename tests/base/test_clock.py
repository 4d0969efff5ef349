"""One clock: it can be stopped, it is aware, and its civil day is that of Paris."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from echeance.base import clock


def test_a_stopped_clock_says_the_same_instant_and_starts_again():
    midnight = datetime(2027, 1, 1, 0, 0, tzinfo=UTC)
    before = clock.now()

    with clock.at(midnight):
        stopped = [clock.now(), clock.now()]

    assert stopped == [midnight, midnight]
    assert clock.now() == before


def test_stops_nest():
    first, second = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)

    with clock.at(first):
        with clock.at(second):
            inner = clock.now()
        outer = clock.now()

    assert (inner, outer) == (second, first)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 24, 22, 59, tzinfo=UTC), date(2026, 11, 24)),  # winter: UTC+1
        (datetime(2026, 11, 24, 23, 0, tzinfo=UTC), date(2026, 11, 25)),
        (datetime(2026, 7, 14, 21, 59, tzinfo=UTC), date(2026, 7, 14)),  # summer: UTC+2
        (datetime(2026, 7, 14, 22, 0, tzinfo=UTC), date(2026, 7, 15)),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_is_the_one_of_paris(instant, day):
    with clock.at(instant):
        assert clock.today() == day


def test_an_instant_without_its_zone_is_refused():
    with pytest.raises(AssertionError, match="aware"), clock.at(datetime(2026, 11, 24)):
        pass


def test_the_clock_starts_again_after_a_failure():
    before = clock.now()

    with pytest.raises(ZeroDivisionError), clock.at(datetime(2027, 1, 1, tzinfo=UTC)):
        1 / 0  # noqa: B018

    assert clock.now() == before
