"""A message that waits is reworded, never re-reckoned; a test goes to oneself."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echeance.base import commands as base
from echeance.base import queries as base_queries
from echeance.base.actor import system
from echeance.base.errors import NotFoundError, RightMissingError
from echeance.base.models import JournalEvent
from echeance.base.rights import Role
from echeance.collection import commands
from echeance.collection.errors import FigureChangedError, NoMailboxError, TextFrozenError
from echeance.collection.models import Reminder
from echeance.collection.rules_edits import changed_figure
from echeance.transmission.models import Message

NOVEMBER = date(2026, 11, 10)


@pytest.fixture
def waiting(world, actor):
    """A reminder of 120.00 and 80.00 that has not left."""
    sud = world.customer("Sud")
    world.invoice(sud, "S1", ("120.00", NOVEMBER))
    world.invoice(sud, "S2", ("80.00", NOVEMBER))
    world.prepare()
    return Reminder.objects.select_related("message").get()


def reworded(row, old, new):
    return row.message.body.replace(old, new)


def test_the_sentences_are_rewritten_and_leave_as_written(world, actor, waiting):
    body = reworded(waiting, "Bonjour,", "Bonjour Madame Petit, au 01 23 45 67 89,")

    commands.edit_text(
        actor=actor, reminder_id=waiting.pk, subject=waiting.message.subject_line, body=body
    )

    message = Message.objects.get(pk=waiting.message_id)
    assert message.body == body
    assert message.events.order_by("-pk").first().detail.startswith("texte retouché par")
    event = JournalEvent.objects.get(action="collection.reminder_text_edited")
    assert list(event.facts["changes"]) == ["body"]
    # The last check judges items and amounts: they have not moved.
    assert world.release().released == (waiting.pk,)


@pytest.mark.parametrize(
    ("old", "new", "figure"),
    [
        ("120,00", "12,00", "120,00"),
        ("S1", "S9", "S1"),
        ("10/11/2026", "10/12/2026", "10/11/2026"),
        ("200,00", "200", "200,00"),
        ("Bonjour,", "Bonjour, payez 150 € et nous sommes quittes.", "150"),
        ("FR76", "FR77", "FR76"),
    ],
)
def test_a_figure_is_not_touched(actor, waiting, old, new, figure):
    before = waiting.message.body
    assert old in before.replace("\u202f", " ")

    with pytest.raises(FigureChangedError) as refusal:
        commands.edit_text(
            actor=actor,
            reminder_id=waiting.pk,
            subject=waiting.message.subject_line,
            body=reworded(waiting, old, new),
        )

    assert refusal.value.figure in {figure, "76 3000 6000 0112 3456 7890 189"}
    assert Message.objects.get(pk=waiting.message_id).body == before


def test_the_total_of_the_subject_stays(actor, waiting):
    with pytest.raises(FigureChangedError):
        commands.edit_text(
            actor=actor, reminder_id=waiting.pk, subject="Rappel", body=waiting.message.body
        )


def test_what_has_left_or_was_taken_back_keeps_its_text(world, actor, waiting):
    text = {"subject": waiting.message.subject_line, "body": waiting.message.body}
    commands.cancel_reminders(actor=actor, reminder_ids=[waiting.pk], reason="Essai.")

    with pytest.raises(TextFrozenError) as refusal:
        commands.edit_text(actor=actor, reminder_id=waiting.pk, **text)
    assert str(refusal.value) == ("La relance de Sud n'attend plus : son texte ne se change plus.")
    with pytest.raises(NotFoundError):
        commands.edit_text(actor=actor, reminder_id=999, **text)


def test_rewording_needs_the_right_to_send(user, actor, waiting):
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    reader = base_queries.actor_for(user=user)

    with pytest.raises(RightMissingError):
        commands.edit_text(actor=reader, reminder_id=waiting.pk, subject="x", body="x")


def test_a_test_goes_to_oneself_and_to_nobody_else(user, actor, waiting):
    base.give_role(actor=actor, user=user, role=Role.ADMINISTRATOR)
    me = base_queries.actor_for(user=user)

    address = commands.send_test(actor=me, subject="Rappel\nBcc: x", body="Bonjour")

    message = Message.objects.order_by("-pk").first()
    assert (message.to, message.party, message.status) == ([address], None, "released")
    assert message.subject_line == "[Essai] Rappel Bcc: x"
    assert Reminder.objects.count() == 1


def test_the_assistant_has_no_mailbox(company):
    with pytest.raises(NoMailboxError) as refusal:
        commands.send_test(actor=system(company), subject="Rappel", body="Bonjour")

    assert "connectez-vous à votre nom" in str(refusal.value)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.text(max_size=40, alphabet="abcdefghij ,.\n"))
def test_adding_words_without_digits_changes_no_figure(text, words):
    assert not changed_figure(text, f"{text}\n{words}")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**7), st.integers(0, 10**7))
def test_another_amount_is_always_seen(one, other):
    same = one == other

    found = changed_figure(f"Total : {one},00 €", f"Total : {other},00 €")

    assert (found == "") is same
