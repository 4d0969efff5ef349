"""A notice of non-delivery undoes « sent » for the message and the address it names, no other."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.base.actor import Actor, system
from echeance.base.commands import create_company
from echeance.base.errors import RightMissingError
from echeance.base.models import WorkItem
from echeance.base.types import CompanyFacts
from echeance.parties.models import Contact, Party
from echeance.transmission import commands, dsn
from echeance.transmission.errors import MailTooLargeError
from echeance.transmission.types import (
    Accepted,
    Bounce,
    BounceReport,
    FailedRecipient,
    Status,
    Unknown,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
RETURNED = """\
--b
Content-Type: message/rfc822

Message-ID: {message_id}
From: facturation@atelier-morel.example
Subject: Votre facture

Bonjour
"""
RETURNED_HEADERS = """\
--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: Votre facture
"""


def notice(
    message_id="<1@atelier-morel.example>",
    address="compta@brume.example",
    action="failed",
    original="",
    returned=RETURNED,
    extra="",
) -> bytes:
    """A notice as a mail server writes it."""
    original_line = f"Original-Recipient: rfc822; {original}\n" if original else ""
    return (
        "From: MAILER-DAEMON@relais.example\n"
        "To: facturation@atelier-morel.example\n"
        "Subject: Undelivered Mail Returned to Sender\n"
        f"{extra}"
        "MIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n'
        "\n"
        "--b\n"
        "Content-Type: text/plain\n"
        "\n"
        "Désolé.\n"
        "--b\n"
        "Content-Type: message/delivery-status\n"
        "\n"
        "Reporting-MTA: dns; relais.example\n"
        "\n"
        f"{original_line}"
        f"Final-Recipient: rfc822; {address}\n"
        f"Action: {action}\n"
        "Status: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 No such\n user\n"
        "\n"
        f"{returned.format(message_id=message_id)}"
        "--b--\n"
    ).encode()


class Provider:
    """A provider with one outcome for all."""

    def __init__(self, outcome):
        self.outcome = outcome

    def send(self, _envelope):
        return self.outcome

    def close(self):
        pass


@pytest.fixture
def sent(released):
    def send(outcome=Accepted("250 OK"), **changes):  # noqa: B008
        message = released(**changes)
        commands.send_due(provider=Provider(outcome))
        message.refresh_from_db()
        return message

    return send


def test_a_notice_is_read_with_its_message_and_its_address():
    assert dsn.read_bounce(notice()) == Bounce(
        "<1@atelier-morel.example>",
        (FailedRecipient(("compta@brume.example",), "5.1.1", "550 5.1.1 No such user"),),
    )


@pytest.mark.parametrize(
    ("raw", "message_id"),
    [
        (notice(returned=RETURNED_HEADERS), "<1@atelier-morel.example>"),
        (notice(returned="", extra="In-Reply-To: <2@morel.example>\n"), "<2@morel.example>"),
        (notice(address="<COMPTA@Brume.example>"), "<1@atelier-morel.example>"),
        (notice().replace(b"\n", b"\r\n"), "<1@atelier-morel.example>"),
    ],
)
def test_the_other_ways_of_naming_the_message_are_understood(raw, message_id):
    bounce = dsn.read_bounce(raw)

    assert bounce is not None
    assert bounce.message_id == message_id
    assert bounce.failed[0].addresses == ("compta@brume.example",)


@pytest.mark.parametrize(
    "raw",
    [
        notice(action="delayed"),
        notice(action="delivered"),
        notice(returned=""),
        b"From: compta@brume.example\nSubject: Re: Votre facture\n\nMerci, bien recue.\n",
        b"",
        b"\xff\x00" * 50,
    ],
)
def test_what_is_no_failure_is_no_bounce(raw):
    assert dsn.read_bounce(raw) is None


def test_a_mail_nested_to_exhaust_the_parser_is_not_read():
    bomb = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n' for n in range(5000))

    assert dsn.read_bounce(bomb.encode()) is None


@given(st.binary(max_size=400), st.integers(0, 600))
def test_a_damaged_notice_never_stops_the_reader(damage, place):
    whole = notice()

    bounce = dsn.read_bounce(whole[:place] + damage + whole[place:])

    assert bounce is None or isinstance(bounce, Bounce)


def test_a_bounce_takes_sent_back_asks_and_flags_the_contact(actor, company, sent):
    party = Party.objects.create(company=company, code="C1", name="Brume", created_at=NOW)
    contact = Contact.objects.create(
        company=company, party=party, purpose="billing", email="Compta@brume.example"
    )
    message = sent(party_id=party.pk)

    report = commands.record_bounces(actor=actor, raw_mails=[notice(message.message_id)])

    message.refresh_from_db()
    contact.refresh_from_db()
    question = WorkItem.objects.get()
    assert report == BounceReport((message.pk,), ("compta@brume.example",), 0)
    assert message.status == Status.BOUNCED
    assert message.refused_recipients == {"compta@brume.example": "5.1.1 550 5.1.1 No such user"}
    assert contact.bounced_at == NOW
    assert question.title == (
        "« Votre facture F-2026-0012 » n'a pas été remis à compta@brume.example. "
        "Corrigez l'adresse du contact, puis préparez-le de nouveau."
    )


def test_the_same_notice_twice_changes_nothing(actor, sent):
    message = sent()
    commands.record_bounces(actor=actor, raw_mails=[notice(message.message_id)])
    events = message.events.count()

    report = commands.record_bounces(actor=actor, raw_mails=[notice(message.message_id)] * 2)

    assert report == BounceReport((message.pk,), ("compta@brume.example",), 0)
    assert message.events.count() == events
    assert WorkItem.objects.count() == 1


def test_one_address_of_two_is_named_and_the_other_is_not(actor, sent):
    message = sent(to=("compta@brume.example", "direction@brume.example"))

    report = commands.record_bounces(
        actor=actor, raw_mails=[notice(message.message_id, address="direction@brume.example")]
    )

    message.refresh_from_db()
    assert report.addresses == ("direction@brume.example",)
    assert list(message.refused_recipients) == ["direction@brume.example"]


def test_an_address_the_mail_was_forwarded_to_is_taken_back_to_ours(actor, sent):
    message = sent(to=("compta@brume.example", "direction@brume.example"))
    forwarded = notice(
        message.message_id, address="bal42@interne.example", original="compta@brume.example"
    )

    report = commands.record_bounces(actor=actor, raw_mails=[forwarded])

    assert report.addresses == ("compta@brume.example",)


def test_the_only_recipient_is_meant_when_the_notice_names_another_address(actor, sent):
    message = sent()

    report = commands.record_bounces(
        actor=actor, raw_mails=[notice(message.message_id, address="bal42@interne.example")]
    )

    assert report.addresses == ("compta@brume.example",)


def test_a_bounce_answers_the_question_about_an_unknown_outcome(actor, sent):
    message = sent(Unknown("coupure"))

    commands.record_bounces(actor=actor, raw_mails=[notice(message.message_id)])

    message.refresh_from_db()
    answered = WorkItem.objects.get(key=f"transmission.unknown:{message.pk}")
    assert message.status == Status.BOUNCED
    assert answered.answer == "bounced"


def test_a_notice_about_nothing_we_sent_changes_nothing(actor, sent, queued):
    message, held = sent(key="a"), queued(key="b")
    two = sent(key="c", to=("x@brume.example", "y@brume.example"))

    report = commands.record_bounces(
        actor=actor,
        raw_mails=[
            notice("<inconnu@atelier-morel.example>"),
            notice(held.message_id),
            notice(two.message_id, address="autre@brume.example"),
            b"Subject: Bonjour\n\nMerci.\n",
        ],
    )

    message.refresh_from_db()
    two.refresh_from_db()
    assert report == BounceReport((), (), 4)
    assert (message.status, two.status) == (Status.SENT, Status.SENT)


def test_another_company_cannot_bounce_our_message(sent):
    message = sent()
    facts = CompanyFacts(name="Voisin", siren="404833048")
    stranger = system(create_company(facts=facts))

    report = commands.record_bounces(actor=stranger, raw_mails=[notice(message.message_id)])

    assert report == BounceReport((), (), 1)


def test_a_notice_about_the_first_sending_is_not_taken_for_the_second(actor, sent):
    message = sent()
    first = message.message_id
    commands.record_bounces(actor=actor, raw_mails=[notice(first)])
    commands.hold_again(actor=actor, message_id=message.pk, to=["compta2@brume.example"])
    commands.release_messages(actor=actor, message_ids=[message.pk])
    commands.send_due(provider=Provider(Accepted("250 OK")))

    report = commands.record_bounces(actor=actor, raw_mails=[notice(first)])

    message.refresh_from_db()
    assert report == BounceReport((), (), 1)
    assert message.status == Status.SENT


def test_a_mail_too_large_is_refused_and_nothing_is_recorded(actor, sent):
    message = sent()
    huge = b"x" * (10 * 1024 * 1024 + 1)

    with pytest.raises(MailTooLargeError, match="10 Mo"):
        commands.record_bounces(actor=actor, raw_mails=[notice(message.message_id), huge])

    message.refresh_from_db()
    assert message.status == Status.SENT


def test_recording_bounces_takes_the_right_to_send(company):
    blind = Actor(company=company, user=None, rights=frozenset())

    with pytest.raises(RightMissingError):
        commands.record_bounces(actor=blind, raw_mails=[])
