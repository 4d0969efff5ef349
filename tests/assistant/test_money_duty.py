"""The day books by itself the payments made and the returns that are proved, and asks the rest."""

from __future__ import annotations

from datetime import date

import pytest

from cash.desk import Desk
from echeance.assistant.duties import money
from echeance.assistant.duties.day import Day
from echeance.assistant.types import DayPolicy, Outcome
from echeance.base import commands as base
from echeance.base.models import WorkItem
from echeance.cash import commands as cash
from echeance.cash.models import Match


@pytest.fixture
def desk(actor):
    return Desk(actor)


def the_day(desk):
    day = Day(actor=desk.actor, on=date(2026, 11, 24), policy=DayPolicy(), inbox=None)
    return [(one.outcome, one.act) for one in money.match(day)]


def test_a_suppliers_invoice_that_our_transfer_cites_is_lettered(desk):
    desk.purchase("FF-2026-778", "05/01")
    desk.line("-120.00", text="VIR SEVE FF-2026-778")
    desk.line("-45.10", text="CARTE PEAGE")

    assert the_day(desk) == [
        (Outcome.ACTED, "paiement rapproché : FF-2026-778 (120,00\u00a0€)"),
    ]
    assert desk.balances("401") == ["0.00"]
    assert not WorkItem.objects.exists()


def test_a_proved_return_reopens_and_another_is_asked(desk):
    first, second = desk.service("FA1", "05/01", "04/02"), desk.service("FA2", "05/01", "04/02")
    desk.accept(desk.line("120.00", references=["E2E-1"]), {first: "120.00"}, "A")
    desk.accept(desk.line("120.00", references=["E2E-2"]), {second: "120.00"}, "A")
    desk.line("-120.00", "20/06", return_reason="AM04", references=["E2E-1"])
    desk.line("-120.00", "21/06", return_reason="AM04")

    assert the_day(desk) == [
        (Outcome.ACTED, "paiement revenu : échéances rouvertes"),
        (Outcome.ASKED, "question posée sur un paiement revenu"),
    ]
    assert desk.lefts(first, second) == ["120.00", "0.00"]
    assert set(WorkItem.objects.values_list("kind", flat=True)) == {"cash.returned", "cash.return"}


def test_a_return_undone_by_a_person_is_asked_from_then_on(desk):
    invoice = desk.service("FA1", "05/01", "04/02")
    desk.accept(desk.line("120.00", references=["E2E-1"]), {invoice: "120.00"}, "A")
    desk.line("-120.00", "20/06", return_reason="AM04", references=["E2E-1"])
    the_day(desk)
    cash.undo_matches(
        actor=desk.actor, match_ids=[Match.objects.get(kind="returned", undone_at=None).pk]
    )

    assert the_day(desk) == [(Outcome.ASKED, "question posée sur un paiement revenu")]
    assert desk.lefts(invoice) == ["0.00"]


def test_nothing_is_booked_alone_when_the_rules_say_so(desk):
    base.save_policy(actor=desk.actor, document={"cash": {"auto_apply": False}})
    desk.purchase("FF-2026-778", "05/01")
    desk.line("-120.00", text="VIR SEVE FF-2026-778")

    the_day(desk)

    assert not Match.objects.exists()
