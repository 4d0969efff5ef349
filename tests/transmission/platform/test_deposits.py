"""Deposits: queued once, handed over once, looked for when in doubt, asked about when need be."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.conftest import NOW
from tests.transmission.platform.conftest import info_of, invoice

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError, RightMissingError
from echeance.base.models import WorkItem
from echeance.core.einvoice.cii import write_cii
from echeance.practice.platform.faults import Fault
from echeance.transmission import commands
from echeance.transmission.errors import (
    DepositConflictError,
    FlowNotUnknownError,
    InvalidDepositError,
)
from echeance.transmission.models import Flow
from echeance.transmission.platform.types import FlowProfile, FlowSyntax, ProcessingRule
from echeance.transmission.types import DepositReport, FlowState, NewDeposit

pytestmark = pytest.mark.django_db

TRACKING = "552100554.invoice:FA-1"


def stored(actor, content, name="FA-1.xml"):
    file = NewFile(content, name, "text/xml", "invoice", "", NOW.date())
    return archive.store_file(actor=actor, file=file)


def new(file, key="invoice:FA-1", **more):
    facts = {
        "key": key,
        "subject": "invoice:1",
        "document_ref": "FA-1",
        "file_id": file.pk,
        "syntax": FlowSyntax.CII,
        "rule": ProcessingRule.B2B,
        "profile": FlowProfile.CIUS,
    }
    return NewDeposit(**(facts | more))


@pytest.fixture
def queued(actor, content) -> Flow:
    return commands.queue_deposits(actor=actor, deposits=[new(stored(actor, content))])[0]


@pytest.fixture
def turn(platform, client, platform_time):
    """One turn of deposits, some minutes later."""

    def turn(minutes=0, poll=False, company=None):
        platform_time.pass_(minutes=minutes)
        with clock.at(platform_time.now):
            if poll:
                return commands.poll_platform(company=company, platform=client)
            return commands.deposit_due(platform=client)

    return turn


def open_kinds():
    return list(WorkItem.objects.filter(closed_at=None).values_list("kind", flat=True))


def test_a_key_asked_twice_is_one_deposit(actor, queued, content):
    again = commands.queue_deposits(actor=actor, deposits=[new(stored(actor, content))])

    assert again == [queued]
    assert queued.tracking_id == TRACKING
    assert Flow.objects.count() == 1


def test_another_file_under_a_key_already_used_queues_nothing(actor, queued):
    other = stored(actor, write_cii(invoice("FA-2")), "FA-2.xml")

    with pytest.raises(DepositConflictError, match="avec un autre fichier"):
        commands.queue_deposits(actor=actor, deposits=[new(other, key="invoice:FA-2"), new(other)])

    assert list(Flow.objects.all()) == [queued]


def test_a_key_no_platform_would_carry_is_refused(actor, content):
    with pytest.raises(InvalidDepositError, match="« facture n° 1 »"):
        commands.queue_deposits(
            actor=actor, deposits=[new(stored(actor, content), key="facture n° 1")]
        )


def test_queueing_asks_for_the_right_and_for_a_file_of_the_company(actor, company, content):
    file = stored(actor, content)

    with pytest.raises(RightMissingError):
        commands.queue_deposits(actor=Actor(company, None, frozenset()), deposits=[new(file)])
    with pytest.raises(NotFoundError):
        commands.queue_deposits(actor=actor, deposits=[new(file, file_id=file.pk + 1)])


def test_a_deposit_is_handed_over_then_accepted(company, queued, turn, platform):
    sent = turn()
    queued.refresh_from_db()

    assert sent == DepositReport(deposited=1)
    assert queued.state == FlowState.DEPOSITED
    assert queued.flow_id == platform.store.flows()[0].flow_id
    assert turn(minutes=1) == DepositReport()

    polled = turn(poll=True, company=company)
    queued.refresh_from_db()
    assert polled.acknowledged == 1
    assert queued.state == FlowState.ACCEPTED
    assert queued.finished_at == NOW + timedelta(minutes=1)


def test_a_rejection_by_the_platform_is_a_question_with_its_reasons(company, actor, turn, platform):
    wrong = stored(actor, write_cii(invoice("FA-1", currency="")))
    (row,) = commands.queue_deposits(actor=actor, deposits=[new(wrong)])
    turn()

    turn(minutes=1, poll=True, company=company)

    row.refresh_from_db()
    question = WorkItem.objects.get(kind="transmission.flow_refused")
    assert row.state == FlowState.REFUSED
    assert row.reasons[0].startswith("REJ_SEMAN : BR-05")
    assert question.title.startswith("FA-1 est refusé par la plateforme : REJ_SEMAN : BR-05")


def test_a_lost_answer_is_looked_for_and_found_without_a_second_deposit(queued, turn, platform):
    platform.faults.force(f"deposit {TRACKING}", Fault.LOST)

    assert turn() == DepositReport(unknown=1)
    assert turn(minutes=1) == DepositReport()  # not before two minutes
    assert turn(minutes=1) == DepositReport(found=1)

    queued.refresh_from_db()
    assert queued.state in {FlowState.DEPOSITED, FlowState.ACCEPTED}
    assert platform.store.deposits() == {(TRACKING, queued.sha256): 1}
    assert open_kinds() == []


def test_a_deposit_the_platform_shows_late_is_still_not_made_twice(queued, turn, platform):
    platform.faults.force(f"deposit {TRACKING}", Fault.LOST_AND_HIDDEN)

    assert turn() == DepositReport(unknown=1)
    assert turn(minutes=2) == DepositReport(delayed=1)  # it is there, and not shown
    assert turn(minutes=4) == DepositReport(found=1)

    assert platform.store.deposits() == {(TRACKING, queued.sha256): 1}


def test_what_never_arrived_is_handed_over_again_after_three_searches_in_vain(
    queued, turn, platform
):
    platform.faults.force(f"deposit {TRACKING}", Fault.CUT)

    reports = [turn(), turn(minutes=2), turn(minutes=4), turn(minutes=8), turn()]

    assert reports == [
        DepositReport(unknown=1),
        DepositReport(delayed=1),
        DepositReport(delayed=1),
        DepositReport(requeued=1),
        DepositReport(deposited=1),
    ]
    assert platform.store.deposits() == {(TRACKING, queued.sha256): 1}


def test_after_three_lost_answers_a_person_is_asked_and_answers(actor, queued, turn, platform):
    platform.faults.force(f"deposit {TRACKING}", *[Fault.CUT] * 3)
    for _ in range(20):
        turn(minutes=8)

    queued.refresh_from_db()
    assert (queued.state, queued.losses) == (FlowState.UNKNOWN, 3)
    assert open_kinds() == ["transmission.flow_unknown"]
    assert turn(minutes=60) == DepositReport()  # it waits

    commands.settle_flow(actor=actor, flow=queued.pk, deposited=False)
    assert open_kinds() == []
    assert turn(minutes=1) == DepositReport(deposited=1)
    with pytest.raises(FlowNotUnknownError, match="n'attend pas votre réponse"):
        commands.settle_flow(actor=actor, flow=queued.pk, deposited=False)


def test_a_process_gone_in_the_middle_leaves_a_deposit_to_be_looked_for(
    queued, turn, platform, client, content
):
    client.deposit(content, info_of(content, TRACKING))
    Flow.objects.update(
        state=FlowState.IN_FLIGHT,
        in_flight_at=NOW,
        in_flight_until=NOW + timedelta(minutes=10),
        sent_by="ailleurs:1:1",
    )

    assert turn(minutes=9) == DepositReport()  # its process may still be there
    assert turn(minutes=1) == DepositReport(unknown=1)
    assert turn(minutes=2) == DepositReport(found=1)
    assert platform.store.deposits() == {(TRACKING, queued.sha256): 1}


def test_a_platform_that_does_not_answer_is_one_question_and_costs_no_deposit(
    queued, turn, platform
):
    platform.faults.force(f"deposit {TRACKING}", *[Fault.TOO_MANY] * 3)

    assert turn() == DepositReport(delayed=1)
    assert open_kinds() == ["transmission.platform"]
    assert turn() == DepositReport()  # left in peace for a minute
    assert turn(minutes=1) == DepositReport(deposited=1)
    assert open_kinds() == []


def test_two_deposits_under_one_tracking_id_are_told_to_a_person(
    company, queued, turn, client, content
):
    turn()
    client.deposit(content, info_of(content, TRACKING))

    turn(minutes=1, poll=True, company=company)

    question = WorkItem.objects.get(kind="transmission.flow_doubled")
    queued.refresh_from_db()
    assert queued.flow_id in question.evidence["flow_ids"]
    assert len(question.evidence["flow_ids"]) == 2


def test_no_platform_configured_is_said_once_and_nothing_is_lost(queued, settings):
    report = commands.deposit_due()

    queued.refresh_from_db()
    assert report == DepositReport()
    assert queued.state == FlowState.QUEUED
    assert open_kinds() == ["transmission.platform"]
