"""The table of legal rates: it goes on without a gap, and penalties follow it."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from collection.conftest import at
from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.errors import RightMissingError
from echeance.base.models import JournalEvent, WorkItem
from echeance.base.rights import RIGHTS_BY_ROLE, Role
from echeance.collection import commands, queries
from echeance.collection.console import collection_app
from echeance.collection.errors import (
    RateGapError,
    RateKnownError,
    RateOutOfBoundsError,
    RateTooEarlyError,
    UnreadableSemesterError,
)
from echeance.collection.models import LegalRate
from echeance.core.dates import Semester

DECEMBER = date(2026, 12, 20)
NEXT = Semester(2027, 1)


def record(actor, half=NEXT, **changes):
    facts = {
        "legal_individuals": Decimal("6.90"),
        "legal_professionals": Decimal("2.80"),
        "ecb": Decimal("2.65"),
        "source": "arrêté du 15 décembre 2026",
    }
    return commands.record_rates(actor=actor, half=half, **(facts | changes))


def test_the_next_semester_is_recorded_with_its_source(world):
    with at(DECEMBER):
        record(world.actor)

    rates = queries.rates_in_force()[NEXT]
    assert (rates.default_penalty, rates.public_penalty, rates.contract_floor) == (
        Decimal("12.65"),
        Decimal("10.65"),
        Decimal("8.40"),
    )
    first = queries.rate_rows(actor=world.actor)[0]
    assert (str(first.rates.semester), first.source) == ("2027S1", "arrêté du 15 décembre 2026")
    event = JournalEvent.objects.get(action="collection.rates_recorded")
    assert (event.subject, event.facts["ecb"]) == ("legal_rate:2027S1", "2.65")


def test_a_semester_left_out_is_refused(world):
    with pytest.raises(RateGapError) as caught, at(date(2027, 6, 20)):
        record(world.actor, Semester(2027, 2))

    assert str(caught.value) == (
        "Les taux du 2027S2 laisseraient un trou dans la table : notez d'abord ceux du 2027S1."
    )
    assert not LegalRate.objects.exists()


def test_a_semester_older_than_the_table_is_refused(world):
    with pytest.raises(RateGapError):
        record(world.actor, Semester(2016, 1))


def test_a_confirmed_semester_is_not_changed(world):
    with pytest.raises(RateKnownError) as caught:
        record(world.actor, Semester(2026, 1))

    assert str(caught.value) == (
        "Les taux du 2026S1 sont déjà connus et confirmés : vérifiez le semestre que vous notez."
    )


def test_a_semester_to_confirm_is_corrected_and_the_old_row_stays(world):
    half = Semester(2026, 2)

    record(world.actor, half, ecb=Decimal("2.65"), to_confirm=True)
    record(world.actor, half, ecb=Decimal("2.40"))

    assert queries.rates_in_force()[half].ecb == Decimal("2.40")
    assert not queries.rates_in_force()[half].to_confirm
    old, new = LegalRate.objects.order_by("pk")
    assert (old.ecb, old.replaced_at is None, new.replaced_at is None) == (
        Decimal("2.65"),
        False,
        True,
    )
    with pytest.raises(RateKnownError):
        record(world.actor, half)


def test_rates_that_nobody_can_know_yet_are_refused(world):
    with pytest.raises(RateTooEarlyError) as caught, at(date(2026, 11, 24)):
        record(world.actor)

    assert str(caught.value) == (
        "Les taux du 2027S1 ne sont pas encore publiés : notez-les à l'approche du 01/01/2027."
    )


@pytest.mark.parametrize("rate", ["-0.01", "100.01", "1.234"])
def test_a_rate_out_of_bounds_is_refused(world, rate):
    with pytest.raises(RateOutOfBoundsError), at(DECEMBER):
        record(world.actor, ecb=Decimal(rate))


def test_only_who_edits_the_policy_records_rates(world):
    assistant = Actor(world.actor.company, None, RIGHTS_BY_ROLE[Role.ASSISTANT])

    with pytest.raises(RightMissingError), at(DECEMBER):
        record(assistant)


def test_a_missing_semester_is_asked_for_once_and_closed_when_recorded(world):
    assert commands.check_rates(actor=world.actor, on=date(2027, 1, 4)) == 1
    assert commands.check_rates(actor=world.actor, on=date(2027, 1, 5)) == 0

    item = WorkItem.objects.get(kind="collection.rates")
    assert item.title == (
        "Les taux du 2027S1 ne sont pas connus : aucune pénalité de retard n'est calculée."
    )
    with at(date(2027, 1, 5)):
        record(world.actor)
    item.refresh_from_db()
    assert item.closed_at


def test_a_semester_to_confirm_is_asked_for_after_sixty_days(world):
    assert commands.check_rates(actor=world.actor, on=date(2026, 8, 30)) == 0
    assert commands.check_rates(actor=world.actor, on=date(2026, 8, 31)) == 1


def test_the_console_shows_the_table_and_continues_it(world, company):
    with clock.at(datetime(2026, 12, 20, 9, tzinfo=UTC)):
        added = CliRunner().invoke(
            collection_app,
            [
                "rates",
                "add",
                "2027S1",
                "--individuals",
                "6,90",
                "--professionals",
                "2.80",
                "--ecb",
                "2.65",
            ],
        )
    listed = CliRunner().invoke(collection_app, ["rates", "list", "--json"])
    read = CliRunner().invoke(collection_app, ["rates", "list"])

    assert (added.exit_code, added.output) == (0, "Taux du 2027S1 notés.\n")
    assert json.loads(listed.output)[0] == {
        "semester": "2027S1",
        "legal_individuals": "6.90",
        "legal_professionals": "2.80",
        "ecb": "2.65",
        "default_penalty": "12.65",
        "public_penalty": "10.65",
        "contract_floor": "8.40",
        "to_confirm": False,
        "source": "",
    }
    assert read.output.splitlines()[1] == (
        "2026S2  légal 2,75 %  BCE 2,40 %  pénalités 12,40 %  public 10,40 %  plancher 8,25 %  "
        "à confirmer"
    )


@pytest.mark.parametrize(
    ("semester", "rate", "error"),
    [
        ("2027-1", "1", UnreadableSemesterError),
        ("2027S3", "1", UnreadableSemesterError),
        ("2027S1", "deux", RateOutOfBoundsError),
        ("2027S1", "NaN", RateOutOfBoundsError),
    ],
)
def test_the_console_says_what_it_cannot_read(world, semester, rate, error):
    answer = CliRunner().invoke(
        collection_app,
        ["rates", "add", semester, "--individuals", "1", "--professionals", "1", "--ecb", rate],
    )

    assert isinstance(answer.exception, error)
