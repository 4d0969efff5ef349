"""The outbox keeps what is asked, once, and nothing leaves it without a release."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from echeance.archive.commands import store_file
from echeance.archive.types import NewFile
from echeance.base.actor import Actor, system
from echeance.base.commands import create_company
from echeance.base.errors import NotFoundError, RightMissingError
from echeance.base.models import JournalEvent, WorkItem
from echeance.base.rights import Right
from echeance.base.types import CompanyFacts
from echeance.parties.models import Party
from echeance.transmission import commands, queries
from echeance.transmission.errors import (
    InvalidMessagesError,
    MessageLeftError,
    NotReturnedError,
    SenderMissingError,
)
from echeance.transmission.models import Message, MessageEvent, MessageFile
from echeance.transmission.types import Refused, Status

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def stranger(db) -> Actor:
    """Another company of the installation."""
    facts = CompanyFacts(name="Voisin", siren="404833048", email="contact@voisin.example")
    return system(create_company(facts=facts))


def stored(actor: Actor, name: str, content: bytes) -> int:
    return store_file(
        actor=actor,
        file=NewFile(
            content=content,
            filename=name,
            media_type="application/pdf",
            kind="invoice",
            subject="invoice:12",
            keep_until=date(2036, 12, 31),
        ),
    ).pk


class RefusingProvider:
    """A provider whose relay refuses every message for good."""

    def send(self, _envelope):
        return Refused(550, "5.1.1 inconnu", permanent=True)

    def close(self):
        pass


def test_a_queued_message_is_held_with_its_texts_files_and_message_id(actor, queued):
    files = (stored(actor, "b.pdf", b"b"), stored(actor, "a.pdf", b"a"))

    message = queued(file_ids=files, cc=("direction@brume.example",))

    assert message.status == Status.HELD
    assert message.sender == "facturation@atelier-morel.example"
    assert message.sender_name == "Atelier Morel"
    assert message.recipients == ("compta@brume.example", "direction@brume.example")
    assert message.message_id.endswith("@atelier-morel.example>")
    assert [part.file_id for part in message.files.order_by("order")] == list(files)
    assert [event.status for event in queries.events_of(actor=actor, message_id=message.pk)] == [
        "held"
    ]
    assert JournalEvent.objects.get(subject=f"message:{message.pk}").facts == {
        "message_id": message.pk,
        "key": "invoice:12",
        "about": "invoice:12",
        "to": ["compta@brume.example", "direction@brume.example"],
    }


def test_the_same_key_is_the_same_message_whatever_is_said_the_second_time(actor, queued):
    first = queued()

    second = queued(subject_line="Autre sujet", to=("autre@brume.example",))

    assert second.pk == first.pk
    assert second.subject_line == "Votre facture F-2026-0012"
    assert second.to == ["compta@brume.example"]
    assert Message.objects.count() == 1
    assert MessageEvent.objects.count() == 1


def test_a_batch_comes_back_in_its_order_and_a_key_said_twice_is_one_row(actor, new_message):
    batch = [new_message(key=key) for key in ("b", "a", "b")]

    rows = commands.queue_messages(actor=actor, messages=batch)

    assert [row.key for row in rows] == ["b", "a", "b"]
    assert rows[0].pk == rows[2].pk
    assert Message.objects.count() == 2


def test_queueing_many_costs_a_constant_number_of_queries(actor, new_message):
    file_id = stored(actor, "a.pdf", b"a")
    batch = [new_message(key=f"k{number}", file_ids=(file_id,)) for number in range(300)]

    with CaptureQueriesContext(connection) as queries_run:
        commands.queue_messages(actor=actor, messages=batch)

    # SQLite cuts inserts by its limit on parameters; everything else is once a batch.
    assert MessageFile.objects.count() == 300
    assert sum("INSERT" not in query["sql"] for query in queries_run) == 5


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"to": ()}, "n'a pas de destinataire"),
        ({"to": ("compta",)}, "« compta » n'est pas une adresse de courriel"),
        (
            {"to": ("a@b.example\r\nBcc: x@y.example",)},
            "« a@b.example  Bcc: x@y.example » n'est pas une adresse de courriel",
        ),
        ({"cc": ("é@b.example",)}, "« é@b.example » n'est pas une adresse de courriel"),
        ({"reply_to": "x y@b.example"}, "« x y@b.example » n'est pas une adresse de courriel"),
        ({"to": tuple(f"a{n}@b.example" for n in range(51))}, "a plus de 50 destinataires"),
        ({"subject_line": "  "}, "le sujet de « invoice:12 » est vide"),
        ({"subject_line": "x" * 201}, "dépasse 200 caractères"),
        ({"subject_line": "Facture\nBcc: x@y.example"}, "contient un retour à la ligne"),
    ],
)
def test_a_message_that_cannot_be_written_is_refused_and_nothing_is_queued(
    actor, new_message, changes, problem
):
    batch = [new_message(key="good"), new_message(**changes)]

    with pytest.raises(InvalidMessagesError) as refusal:
        commands.queue_messages(actor=actor, messages=batch)

    assert problem in str(refusal.value)
    assert not Message.objects.exists()


def test_every_problem_of_a_batch_is_said_at_once(actor, new_message):
    batch = [new_message(key="a", to=("un",)), new_message(key="b", to=("deux",))]

    with pytest.raises(InvalidMessagesError) as refusal:
        commands.queue_messages(actor=actor, messages=batch)

    assert str(refusal.value) == (
        "Aucun message n'est préparé : « un » n'est pas une adresse de courriel ; "
        "« deux » n'est pas une adresse de courriel. Corrigez ces points puis recommencez."
    )


def test_a_company_without_address_cannot_write(company, queued):
    company.email = ""

    with pytest.raises(SenderMissingError, match="Atelier Morel"):
        queued()

    assert not Message.objects.exists()


def test_a_line_break_in_the_name_of_the_company_reaches_no_header(company, queued):
    company.name = "Atelier\r\nBcc: x@y.example"

    assert queued().sender_name == "Atelier Bcc: x@y.example"


def test_files_and_parties_of_another_company_are_not_found(actor, stranger, queued):
    file_id = stored(stranger, "a.pdf", b"a")
    party = Party.objects.create(company=stranger.company, code="C1", name="X", created_at=NOW)

    with pytest.raises(NotFoundError):
        queued(file_ids=(file_id,))
    with pytest.raises(NotFoundError):
        queued(party_id=party.pk)

    assert not Message.objects.exists()


def test_each_kind_has_its_own_right(company, new_message):
    clerk = Actor(company=company, user=None, rights=frozenset({Right.SEND_DOCUMENTS}))

    commands.queue_messages(actor=clerk, messages=[new_message()])
    with pytest.raises(RightMissingError):
        commands.queue_messages(actor=clerk, messages=[new_message(key="r", kind="reminder")])

    assert list(Message.objects.values_list("kind", flat=True)) == ["invoice"]


def test_a_release_lasts_ten_minutes(actor, queued):
    message = queued()

    done = commands.release_messages(actor=actor, message_ids=[message.pk])

    message.refresh_from_db()
    assert done == [message.pk]
    assert message.status == Status.RELEASED
    assert message.release_expires_at == NOW + timedelta(minutes=10)


def test_a_release_that_did_not_leave_expires_and_can_be_given_again(actor, released):
    message = released()

    at_the_minute = commands.expire_releases(now=NOW + timedelta(minutes=10))
    message.refresh_from_db()
    waiting = queries.to_release(actor=actor, kind="invoice", now=NOW)
    again = commands.release_messages(actor=actor, message_ids=[message.pk])

    assert at_the_minute == 1
    assert message.status == Status.EXPIRED
    assert list(waiting) == []
    assert again == [message.pk]


def test_a_release_still_running_does_not_expire(released):
    message = released()

    assert commands.expire_releases(now=NOW + timedelta(minutes=9, seconds=59)) == 0

    message.refresh_from_db()
    assert message.status == Status.RELEASED


def test_only_held_and_expired_messages_are_released(actor, queued):
    message = queued()
    commands.withdraw_messages(actor=actor, message_ids=[message.pk])

    assert commands.release_messages(actor=actor, message_ids=[message.pk]) == []

    message.refresh_from_db()
    assert message.status == Status.WITHDRAWN


def test_messages_of_another_company_cannot_be_released(stranger, queued):
    message = queued()

    assert commands.release_messages(actor=stranger, message_ids=[message.pk]) == []

    message.refresh_from_db()
    assert message.status == Status.HELD


def test_those_whose_hold_is_over_wait_for_release_the_longest_held_first(actor, queued):
    late, early, kept = (
        queued(key="late", hold_until=NOW - timedelta(minutes=1)),
        queued(key="early", hold_until=NOW - timedelta(minutes=5)),
        queued(key="kept", hold_until=NOW + timedelta(seconds=1)),
    )

    waiting = queries.to_release(actor=actor, kind="invoice", now=NOW)

    assert list(waiting) == [early, late]
    assert kept not in waiting


def test_a_message_that_has_not_left_can_be_withdrawn(actor, released):
    message = released()

    assert commands.withdraw_messages(actor=actor, message_ids=[message.pk], reason="litige") == 1

    message.refresh_from_db()
    assert message.status == Status.WITHDRAWN
    assert message.finished_at == NOW
    assert list(queries.events_of(actor=actor, message_id=message.pk).values_list("detail")) == [
        ("",),
        ("",),
        ("litige",),
    ]


def test_withdrawing_is_all_or_nothing(actor, queued):
    withdrawn, held = queued(key="a"), queued(key="b")
    commands.withdraw_messages(actor=actor, message_ids=[withdrawn.pk])

    with pytest.raises(MessageLeftError):
        commands.withdraw_messages(actor=actor, message_ids=[held.pk, withdrawn.pk])

    held.refresh_from_db()
    assert held.status == Status.HELD


def test_withdrawing_a_message_of_another_company_is_not_found(stranger, queued):
    message = queued()

    with pytest.raises(NotFoundError):
        commands.withdraw_messages(actor=stranger, message_ids=[message.pk])

    message.refresh_from_db()
    assert message.status == Status.HELD


def test_a_refused_message_is_held_again_to_a_corrected_address(actor, released):
    message = released()
    commands.send_due(provider=RefusingProvider())

    again = commands.hold_again(actor=actor, message_id=message.pk, to=["compta2@brume.example"])

    assert again.status == Status.HELD
    assert again.recipients == ("compta2@brume.example",)
    assert again.message_id != message.message_id
    assert again.attempts == 0
    assert again.finished_at is None
    assert WorkItem.objects.get(key=f"transmission.returned:{message.pk}").answer == "hold_again"


def test_only_a_refused_or_returned_message_is_held_again(actor, queued):
    message = queued()

    with pytest.raises(NotReturnedError, match="retenu"):
        commands.hold_again(actor=actor, message_id=message.pk)

    message.refresh_from_db()
    assert message.status == Status.HELD


def test_a_wrong_corrected_address_changes_nothing(actor, released):
    message = released()
    commands.send_due(provider=RefusingProvider())

    with pytest.raises(InvalidMessagesError):
        commands.hold_again(actor=actor, message_id=message.pk, to=["compta"])

    message.refresh_from_db()
    assert message.status == Status.REFUSED


def test_giving_up_a_refused_message_closes_its_question(actor, released):
    message = released()
    commands.send_due(provider=RefusingProvider())

    commands.withdraw_messages(actor=actor, message_ids=[message.pk])

    assert WorkItem.objects.get(key=f"transmission.returned:{message.pk}").answer == "give_up"


def test_reading_the_outbox_takes_the_right_to_read_and_one_query(
    company, actor, queued, django_assert_num_queries
):
    messages = [queued(key=key) for key in ("a", "b")]
    blind = Actor(company=company, user=None, rights=frozenset())

    with django_assert_num_queries(1):
        rows = list(queries.outbox(actor=actor, statuses=[Status.HELD]))

    assert rows == messages[::-1]
    assert list(queries.outbox(actor=actor, statuses=[Status.SENT])) == []
    with pytest.raises(RightMissingError):
        queries.outbox(actor=blind)


def test_a_message_is_found_by_its_own_company_only(actor, stranger, queued):
    message = queued()

    assert queries.message_for(actor=actor, message_id=message.pk) == message
    with pytest.raises(NotFoundError):
        queries.message_for(actor=stranger, message_id=message.pk)


def test_messages_are_read_by_what_they_are_about(actor, queued):
    first, second = queued(key="a"), queued(key="b")

    found = queries.messages_of(actor=actor, subjects=["invoice:12", "invoice:13"])

    assert found == {"invoice:12": [first, second], "invoice:13": []}
    assert queries.sent_refs(actor=actor, subjects=["invoice:12"]) == set()
