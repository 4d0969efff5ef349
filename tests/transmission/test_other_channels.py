"""Short messages and electronic registered letters: at most once, with proof, or refused."""

import json
from datetime import date, timedelta

import pytest

from echeance.archive import commands as archive
from echeance.archive import queries as files
from echeance.archive.types import NewFile
from echeance.base import clock
from echeance.base.models import WorkItem
from echeance.transmission import commands, registered, sms
from echeance.transmission.errors import (
    ChannelUnavailableError,
    DepositRefusedError,
    InvalidMessagesError,
)
from echeance.transmission.models import Message
from echeance.transmission.types import NewMessage


@pytest.fixture
def folders(settings, tmp_path):
    """Both local providers, each with its folder."""
    settings.SMS = {"provider": "folder", "folder": str(tmp_path / "sms")}
    settings.REGISTERED_LETTERS = {"provider": "folder", "folder": str(tmp_path / "lre")}
    return tmp_path


def message(**more):
    facts = {
        "key": "reminder:1", "kind": "reminder", "subject": "reminder:1", "party_id": None,
        "to": ("+33612345678",), "subject_line": "Relance", "body": "120,00 € à régler.",
        "file_ids": (), "hold_until": clock.now(), "channel": "sms",
    }  # fmt: skip
    return NewMessage(**(facts | more))


def letter_file(actor, content=b"%PDF-1.7 lettre"):
    return archive.store_file(
        actor=actor,
        file=NewFile(
            content, "lettre.pdf", "application/pdf", "reminder_letter", "", date(2037, 1, 1)
        ),
    )


def released(actor, **more):
    (row,) = commands.queue_messages(actor=actor, messages=[message(**more)])
    commands.release_messages(actor=actor, message_ids=[row.pk])
    return row


def registered_letter(actor, **more):
    file = letter_file(actor)
    facts = {"to": ("compta@client.example",), "channel": "lre", "file_ids": (file.pk,)}
    return released(actor, **(facts | more))


def test_a_short_message_is_handed_over_once(actor, folders):
    row = released(actor)

    first = commands.send_other_channels()
    second = commands.send_other_channels()

    row.refresh_from_db()
    (written,) = (folders / "sms").glob("*.json")
    told = json.loads(written.read_text())
    assert (first.sent, second.sent) == (1, 0)
    assert row.status == "sent"
    assert row.response == f"essai local : {written.stem}"
    assert told["to"] == "+33612345678"
    assert told["text"] == "120,00 € à régler."


def test_the_mail_relay_never_takes_a_short_message(actor, folders, settings):
    row = released(actor)

    class Relay:
        def send(self, envelope):
            raise AssertionError(envelope)

        def close(self):
            pass

    assert commands.send_due(provider=Relay()).sent == 0
    row.refresh_from_db()
    assert row.status == "released"


def test_a_registered_letter_is_deposited_with_its_proof(actor, folders):
    row = registered_letter(actor)

    commands.send_other_channels()

    row.refresh_from_db()
    (proof,) = files.files_of(actor=actor, subject=f"message:{row.pk}")
    told = json.loads(files.content(actor=actor, file_id=proof.pk))
    assert row.status == "sent"
    assert row.response == told["reference"]
    assert told["sha256"] == row.content_sha256
    assert told["email"] == "compta@client.example"
    assert "aucune valeur légale" in told["legal_value"]


def test_what_the_recipient_did_is_kept_with_its_proof_once(actor, folders):
    row = registered_letter(actor)
    commands.send_other_channels()
    row.refresh_from_db()
    answer = folders / "lre" / f"{row.response}.received.json"
    answer.write_text(json.dumps({"at": "2026-11-25T10:00:00+01:00"}))

    first = commands.follow_registered(actor=actor, message_ids=[row.pk])
    again = commands.follow_registered(actor=actor, message_ids=[row.pk])

    assert [(one.kind, one.on) for one in first] == [
        ("posted", date(2026, 11, 24)),
        ("received", date(2026, 11, 25)),
    ]
    assert again == first
    assert files.files_of(actor=actor, subject=f"message:{row.pk}").count() == 2


def test_an_answer_that_is_lost_is_a_question_and_nothing_is_sent_again(
    actor, folders, monkeypatch
):
    calls = []

    def lost(self, letter, *, at):
        calls.append(letter.key)
        raise TimeoutError

    monkeypatch.setattr(registered.FolderProvider, "send", lost)
    row = registered_letter(actor)

    first = commands.send_other_channels()
    with clock.at(clock.now() + timedelta(hours=1)):
        commands.send_other_channels()

    row.refresh_from_db()
    assert first.unknown == 1
    assert row.status == "unknown"
    assert len(calls) == 1
    assert WorkItem.objects.filter(kind="transmission.unknown").count() == 1


def test_a_letter_the_provider_refuses_does_not_leave(actor, folders):
    file = letter_file(actor, b"pas un pdf")
    row = registered_letter(actor, file_ids=(file.pk,))

    report = commands.send_other_channels()

    row.refresh_from_db()
    assert report.refused == 1
    assert row.status == "refused"
    assert row.response == "la lettre n'est pas un PDF"


def test_the_same_deposit_twice_gives_the_first_proof(folders):
    provider = registered.provider()
    letter = registered.RegisteredLetter("k", "A", "B", "b@b.example", "S", b"%PDF-1")

    first = provider.send(letter, at=clock.now())
    second = provider.send(letter, at=clock.now() + timedelta(days=1))

    assert second == first


@pytest.mark.parametrize("channel", ["sms", "lre"])
def test_a_channel_without_a_provider_is_refused_when_it_is_asked_for(actor, channel):
    file = letter_file(actor)
    lre = {"to": ("a@b.example",), "file_ids": (file.pk,)} if channel == "lre" else {}

    with pytest.raises(ChannelUnavailableError, match="choisissez une autre voie"):
        commands.queue_messages(actor=actor, messages=[message(channel=channel, **lre)])

    assert not Message.objects.exists()


def test_messages_whose_provider_was_taken_away_wait_and_say_so(actor, folders, settings):
    row = released(actor)
    settings.SMS = {"provider": "", "folder": ""}

    assert commands.send_other_channels().sent == 0

    row.refresh_from_db()
    assert row.status == "released"
    assert WorkItem.objects.get().kind == "transmission.channel"


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"to": ("demain",)}, "« demain » n'est pas un numéro de téléphone"),
        ({"to": ("+33612345678", "+33612345679")}, "part à un seul numéro"),
        ({"body": "x" * 307}, "dépasse 2 SMS"),
        ({"body": " "}, "est vide ou dépasse 2 SMS"),
    ],
)
def test_a_short_message_that_cannot_leave_is_refused(actor, folders, facts, told):
    with pytest.raises(InvalidMessagesError, match=told):
        commands.queue_messages(actor=actor, messages=[message(**facts)])


def test_a_local_provider_refuses_what_is_no_number(folders):
    with pytest.raises(DepositRefusedError, match="n'est pas un numéro"):
        sms.provider().send(key="k", to="demain", text="x", at=clock.now())
