"""The words of a reminder that waits, and a test mail to oneself."""

from __future__ import annotations

import uuid

from django.db import transaction

from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.collection import queries
from echeance.collection.commands.letters import typeset_reminders
from echeance.collection.errors import FigureChangedError, NoMailboxError, TextFrozenError
from echeance.collection.events import ReminderTextEdited
from echeance.collection.models import Reminder
from echeance.collection.rules import SUBJECT_LENGTH_MAX
from echeance.collection.rules_edits import changed_figure
from echeance.core.words import clean_line
from echeance.transmission import commands as transmission
from echeance.transmission.types import NewMessage

BODY_MAX = 20_000
TEST_MARK = "[Essai] "


def edit_text(*, actor: Actor, reminder_id: int, subject: str, body: str) -> Reminder:
    """Rewrite the sentences of a reminder that has not been let go; its figures stay.

    Every figure and document of the former text must still be there, and no amount is added. A
    letter already set on paper is set again.

    Raises:
        NotFoundError: Not one of this company.
        TextFrozenError: It was let go or taken back.
        FigureChangedError: A figure is missing or differs, or an amount is added.
    """
    row = _rewrite(actor, reminder_id, clean_line(subject), body.replace("\r\n", "\n").strip())
    if row.document_id is None and row.message_id is None:
        typeset_reminders(actor=actor, reminder_ids=[row.pk])
        row.refresh_from_db()
    return row


@transaction.atomic
def _rewrite(actor: Actor, reminder_id: int, subject: str, body: str) -> Reminder:
    actor.require(Right.SEND_REMINDERS)
    row = (
        Reminder.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk=reminder_id)
        .select_related("party", "message")
        .prefetch_related("items")
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"relance n° {reminder_id}")
    waits = row.message is None or row.message.status in queries.WAITING
    if row.cancelled_at or row.released_at or not waits:
        raise TextFrozenError(party=row.party.name)
    old_subject, old_body = queries.text_of(row)
    if not subject or len(subject) > SUBJECT_LENGTH_MAX or len(body) > BODY_MAX:
        raise FigureChangedError(figure=old_subject)
    numbers = sorted({item.document_ref for item in row.items.all()})
    for before, after, named in ((old_body, body, numbers), (old_subject, subject, ())):
        if figure := changed_figure(before, after, named):
            raise FigureChangedError(figure=figure)
    pairs = (("subject", old_subject, subject), ("body", old_body, body))
    changes = {name: (old, new) for name, old, new in pairs if old != new}
    if not changes:
        return row
    if row.message_id is not None:
        transmission.reword_message(
            actor=actor, message_id=row.message_id, subject_line=subject, body=body
        )
    row.subject_line, row.body = subject, body
    row.document = row.word_file = None
    row.save(update_fields=["subject_line", "body", "document", "word_file"])
    journal.record(ReminderTextEdited(row.pk, row.party_id, changes), actor=actor)
    return row


def send_test(*, actor: Actor, subject: str, body: str) -> str:
    """Send a text to the person who asks, at their own address, marked as a test.

    Returns:
        The address.

    Raises:
        NoMailboxError: It is asked by the assistant, which has none.
        InvalidMessagesError: The text cannot be sent.
        SenderMissingError: The company has no address of its own.
    """
    actor.require(Right.SEND_REMINDERS)
    if actor.user is None or not actor.user.email:
        raise NoMailboxError
    message = NewMessage(
        key=f"reminder_test:{uuid.uuid4()}",
        kind="reminder",
        subject=f"user:{actor.user.pk}",
        party_id=None,
        to=(actor.user.email,),
        subject_line=f"{TEST_MARK}{clean_line(subject)}"[:SUBJECT_LENGTH_MAX],
        body=body,
        file_ids=(),
        hold_until=clock.now(),
        reply_to=actor.company.email,
    )
    with transaction.atomic():
        (row,) = transmission.queue_messages(actor=actor, messages=[message])
        transmission.release_messages(actor=actor, message_ids=[row.pk])
    return actor.user.email
