"""A customer who answers is not reminded until somebody has read the answer."""

from __future__ import annotations

from datetime import date

import pytest

from echeance.assistant import answers
from echeance.base import queries as base
from echeance.base.errors import NotFoundError
from echeance.collection import commands, queries
from echeance.collection.errors import ReasonMissingError
from echeance.collection.models import CustomerReply, Hold

TODAY = date(2026, 11, 24)
NOVEMBER = date(2026, 11, 10)


@pytest.fixture
def nord(world):
    party = world.customer("Nord")
    world.invoice(party, "N1", ("300.00", NOVEMBER))
    return party


def record(actor, party, key="<m-1@nord>", text="Nous payons vendredi.", **facts):
    return commands.record_reply(actor=actor, party_id=party.pk, key=key, text=text, **facts)


def question(actor):
    (item,) = base.work_items(actor=actor, on=TODAY, kind="collection.reply")
    return item


def test_a_reply_waits_to_be_read_and_asks_for_it(actor, nord):
    row = record(actor, nord)

    assert queries.unread_replies(actor=actor) == {nord.pk}
    assert question(actor).title == (
        "Nord a répondu : « Nous payons vendredi. ». Ses relances attendent que vous l'ayez lu."
    )

    assert commands.read_replies(actor=actor, reply_ids=[row.pk]) == 1
    assert queries.unread_replies(actor=actor) == set()
    assert not base.work_items(actor=actor, on=TODAY, kind="collection.reply")


def test_the_same_message_twice_counts_once_and_stays_read(actor, nord):
    row = record(actor, nord)
    commands.read_replies(actor=actor, reply_ids=[row.pk])

    assert record(actor, nord) == row

    assert CustomerReply.objects.count() == 1
    assert queries.unread_replies(actor=actor) == set()


def test_a_reading_is_undone(actor, nord):
    row = record(actor, nord)
    commands.read_replies(actor=actor, reply_ids=[row.pk])

    assert commands.unread_replies(actor=actor, reply_ids=[row.pk]) == 1

    assert queries.unread_replies(actor=actor) == {nord.pk}
    assert question(actor).evidence["reply_id"] == row.pk
    assert commands.unread_replies(actor=actor, reply_ids=[row.pk]) == 0


@pytest.mark.parametrize(
    ("choice", "unread", "holds", "told"),
    [
        ("read", False, 0, "Réponse lue : les relances reprennent à la prochaine campagne."),
        ("hold", False, 1, "Relances suspendues jusqu'au 08/12/2026."),
        # Until the promise or the dispute is written, reminders wait.
        (
            "promise",
            True,
            0,
            (
                "Notez la promesse sur le compte du client, puis marquez la réponse lue : ses "
                "relances attendent d'ici là."
            ),
        ),
        (
            "dispute",
            True,
            0,
            (
                "Ouvrez le litige, puis marquez la réponse lue : les relances du client attendent "
                "d'ici là."
            ),
        ),
    ],
)
def test_the_question_has_four_answers(actor, nord, choice, unread, holds, told):
    record(actor, nord)

    said = answers.answer(actor=actor, work_item_id=question(actor).pk, choice=choice)

    assert said == told
    assert bool(queries.unread_replies(actor=actor)) is unread
    assert Hold.objects.count() == holds
    assert not base.work_items(actor=actor, on=TODAY, kind="collection.reply")


def test_a_reply_is_of_the_last_reminder_that_left(actor, world, nord):
    world.prepare()
    world.release()
    (reminder,) = queries.reminders(actor=actor)

    assert record(actor, nord).reminder == reminder


def test_an_empty_reply_or_that_of_a_stranger_is_refused(actor, nord, world):
    world.prepare()
    other = world.customer("Sud")
    (reminder,) = queries.reminders(actor=actor)

    with pytest.raises(ReasonMissingError):
        record(actor, nord, text="  ")
    with pytest.raises(NotFoundError):
        commands.record_reply(actor=actor, party_id=999, key="k", text="Bonjour")
    with pytest.raises(NotFoundError):
        record(actor, other, reminder_id=reminder.pk)
    with pytest.raises(NotFoundError):
        commands.read_replies(actor=actor, reply_ids=[999])

    assert not CustomerReply.objects.exists()


def test_a_long_reply_is_quoted_in_one_line(actor, nord):
    record(actor, nord, text="Bonjour,\r\n" + "le bon de livraison manque " * 40)

    assert len(question(actor).title) < 220
    assert "\n" not in question(actor).title
