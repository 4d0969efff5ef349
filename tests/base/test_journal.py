"""The journal keeps who did what, when, to what, with exact values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import ClassVar

from django.db import transaction

from echeance.base import journal, queries
from echeance.base.actor import Actor, system
from echeance.base.commands import create_company
from echeance.base.models import JournalEvent
from echeance.base.types import CompanyFacts


@dataclass(frozen=True, slots=True)
class SampleHappened:
    action: ClassVar[str] = "test.sample_happened"

    sample_id: int
    amount: Decimal = Decimal("1.10")
    day: date = date(2026, 11, 24)
    is_true: bool = True
    nothing: str | None = None
    changes: tuple[tuple[str, Decimal], ...] = (("montant", Decimal("0.10")),)
    map: dict[int, date] | None = None

    @property
    def subject(self) -> str:
        return f"sample:{self.sample_id}"


def test_a_line_says_who_when_what_to_what(company, user):
    actor = Actor(company=company, user=user, rights=frozenset())

    journal.record(SampleHappened(7, map={1: date(2027, 1, 1)}), actor=actor)

    line = JournalEvent.objects.get(subject="sample:7")
    assert line.company == company
    assert line.actor == "lea@atelier-morel.example"
    assert line.action == "test.sample_happened"
    assert line.at == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def test_amounts_and_dates_are_kept_as_text_the_rest_as_it_is(actor):
    journal.record(SampleHappened(7, map={1: date(2027, 1, 1)}), actor=actor)

    assert JournalEvent.objects.get(subject="sample:7").facts == {
        "sample_id": 7,
        "amount": "1.10",
        "day": "2026-11-24",
        "is_true": True,
        "nothing": None,
        "changes": [["montant", "0.10"]],
        "map": {"1": "2027-01-01"},
    }


def test_the_assistant_is_named_so(actor):
    journal.record(SampleHappened(7), actor=actor)

    assert JournalEvent.objects.get(subject="sample:7").actor == "assistant"


def test_a_thousand_lines_are_few_queries(actor, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        journal.record_many((SampleHappened(n) for n in range(1000)), actor=actor)

    assert JournalEvent.objects.filter(action="test.sample_happened").count() == 1000


def test_what_is_rolled_back_was_not_done(actor):
    with transaction.atomic():
        journal.record(SampleHappened(7), actor=actor)
        transaction.set_rollback(True)

    assert not JournalEvent.objects.filter(subject="sample:7").exists()


def test_the_history_of_an_object_is_its_companys_latest_first(actor):
    other = system(create_company(facts=CompanyFacts(name="Voisin", siren="404833048")))
    journal.record_many([SampleHappened(7), SampleHappened(8)], actor=actor)
    journal.record(SampleHappened(7, amount=Decimal("2.20")), actor=actor)
    journal.record(SampleHappened(7), actor=other)

    lines = queries.history(actor=actor, subject="sample:7")

    assert [line.facts["amount"] for line in lines] == ["2.20", "1.10"]
