"""Every question of the day has an answer that does something, or says what to do now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from echeance.assistant.answers import NEXT_STEP_LABELS, answer
from echeance.base import clock
from echeance.base import commands as base
from echeance.base.errors import NotFoundError, WorkItemClosedError
from echeance.base.models import WorkItem
from echeance.base.types import Answer, WorkItemFacts
from echeance.transmission import commands as transmission
from echeance.transmission.models import Message
from echeance.transmission.types import NewMessage


def ask(actor, kind, *choices, key="matter:1", subject="invoice:1"):
    base.open_work_items(
        actor=actor,
        items=[
            WorkItemFacts(
                key=key,
                kind=kind,
                subject=subject,
                title="Et maintenant ?",
                answers=tuple(Answer(choice, choice) for choice in choices),
            )
        ],
    )
    return WorkItem.objects.get(key=key).pk


def message(actor, status, **course):
    [row] = transmission.queue_messages(
        actor=actor,
        messages=[
            NewMessage(
                key="k",
                kind="invoice",
                subject="invoice:1",
                party_id=None,
                to=("a@b.example",),
                subject_line="Facture",
                body="Bonjour",
                file_ids=(),
                hold_until=clock.now(),
            )
        ],
    )
    Message.objects.filter(pk=row.pk).update(status=status, **course)
    return row


@pytest.mark.parametrize(
    ("kind", "choice"),
    [
        ("billing.orders_waiting", "review"),
        ("billing.orders_waiting", "ask_source"),
        ("billing.no_contact", "add_contact"),
        ("billing.no_contact", "by_hand"),
        ("billing.file_refused", "credit"),
        ("billing.file_refused", "keep"),
    ],
)
def test_an_answer_carried_out_elsewhere_says_where(actor, kind, choice):
    work_item = ask(actor, kind, choice)

    told = answer(actor=actor, work_item_id=work_item, choice=choice)

    assert told == NEXT_STEP_LABELS[choice]
    assert WorkItem.objects.get().answer == choice


def test_a_matter_that_is_settled_is_noted(actor):
    work_item = ask(actor, "transmission.refused", "done")

    assert answer(actor=actor, work_item_id=work_item, choice="done") == "C'est noté."


@pytest.mark.parametrize(
    ("choice", "status", "told"),
    [("sent", "sent", "sur votre parole"), ("not_sent", "held", "même identifiant")],
)
def test_an_unknown_outcome_is_settled_by_a_person(actor, choice, status, told):
    row = message(actor, "unknown", in_flight_at=clock.now(), finished_at=clock.now())
    work_item = ask(
        actor, "transmission.unknown", "sent", "not_sent", key=f"transmission.unknown:{row.pk}"
    )

    sentence = answer(actor=actor, work_item_id=work_item, choice=choice)

    row.refresh_from_db()
    assert told in sentence
    assert row.status == status
    assert WorkItem.objects.get().closed_at


def test_a_refused_message_is_prepared_again(actor):
    finished = clock.now() - timedelta(minutes=1)
    row = message(actor, "refused", finished_at=finished)
    work_item = ask(
        actor, "transmission.refused", "hold_again", key=f"transmission.returned:{row.pk}"
    )

    answer(actor=actor, work_item_id=work_item, choice="hold_again")

    row.refresh_from_db()
    assert row.status == "held"
    assert WorkItem.objects.get().closed_at


def test_a_question_stays_open_while_the_invoice_cannot_leave(actor):
    work_item = ask(actor, "billing.withdrawn", "send", "leave", subject="invoice:999999")

    told = answer(actor=actor, work_item_id=work_item, choice="send")

    assert told == "La facture ne part pas encore : le fichier n'est pas encore scellé."
    assert WorkItem.objects.get().closed_at is None


def test_an_answer_that_was_not_offered_or_comes_late_changes_nothing(actor):
    work_item = ask(actor, "billing.no_contact", "by_hand")
    with pytest.raises(NotFoundError):
        answer(actor=actor, work_item_id=work_item, choice="issue")
    answer(actor=actor, work_item_id=work_item, choice="by_hand")

    with pytest.raises(WorkItemClosedError):
        answer(actor=actor, work_item_id=work_item, choice="by_hand")
