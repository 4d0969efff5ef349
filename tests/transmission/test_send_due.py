"""« Sent » on the server's word only; every other end of a conversation has its own answer."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from echeance.archive.commands import store_file
from echeance.archive.types import NewFile
from echeance.base import clock
from echeance.base.actor import Actor, system
from echeance.base.commands import create_company
from echeance.base.errors import NotFoundError, RightMissingError
from echeance.base.models import WorkItem
from echeance.base.types import CompanyFacts
from echeance.transmission import commands, mime, queries, smtp
from echeance.transmission.errors import NotUnknownError
from echeance.transmission.models import Message
from echeance.transmission.types import (
    Accepted,
    Envelope,
    Refused,
    SendReport,
    Settlement,
    Status,
    Unknown,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DROP = "drop"


def stored(actor: Actor, content: bytes):
    return store_file(
        actor=actor,
        file=NewFile(
            content=content,
            filename="facture n° 12.pdf",
            media_type="application/pdf",
            kind="invoice",
            subject="invoice:12",
            keep_until=date(2036, 12, 31),
        ),
    )


def statuses(message: Message) -> list[str]:
    return list(message.events.order_by("pk").values_list("status", flat=True))


def text_of(part) -> str:
    """The text as a reader sees it: lines end with CRLF only on the way."""
    return part.get_content().replace("\r\n", "\n")


class Scripted:
    """A provider that gives its outcomes in turn, and may act while it « sends »."""

    def __init__(self, *outcomes, meanwhile=lambda: None):
        self.outcomes = list(outcomes)
        self.meanwhile = meanwhile
        self.sent = []

    def send(self, envelope):
        self.sent.append(envelope)
        self.meanwhile()
        return self.outcomes.pop(0)

    def close(self):
        self.closed = True


def test_a_released_message_leaves_whole_and_keeps_the_servers_word(actor, released, mailbox):
    file = stored(actor, b"%PDF-1.7 facture")
    message = released(file_ids=(file.pk,), cc=("direction@brume.example",))

    report = commands.send_due()

    message.refresh_from_db()
    [mail] = mailbox.mails
    assert report == SendReport(sent=1)
    assert message.status == Status.SENT
    assert message.response == "250 2.0.0 gardé sous 42"
    assert message.finished_at == NOW
    assert message.in_flight_at == NOW
    assert mailbox.recipients == [["compta@brume.example", "direction@brume.example"]]
    assert mail["Message-ID"] == message.message_id
    assert mail["Subject"] == "Votre facture F-2026-0012"
    assert text_of(mail.get_body(("plain",))) == message.body
    [part] = mail.iter_attachments()
    assert part.get_filename() == "facture n° 12.pdf"
    assert part.get_content() == b"%PDF-1.7 facture"
    assert statuses(message) == ["held", "released", "in_flight", "sent"]
    assert queries.sent_refs(actor=actor, subjects=["invoice:12", "invoice:13"]) == {"invoice:12"}


def test_the_bytes_that_left_can_be_proved_again(released, mailbox):
    message = released()

    commands.send_due()

    message.refresh_from_db()
    rebuilt = mime.build_mail(message.mail_facts(message.in_flight_at))
    assert mailbox.contents == [rebuilt]
    assert message.content_sha256 == hashlib.sha256(rebuilt).hexdigest()


def test_lines_that_begin_with_a_dot_arrive_as_they_were(released, mailbox):
    released(body=".\n..deux\nfin\n.\n")

    commands.send_due()

    assert text_of(mailbox.mails[0]) == ".\n..deux\nfin\n.\n"


def test_what_was_sent_is_not_sent_again(released, mailbox):
    released()
    commands.send_due()

    report = commands.send_due()

    assert report == SendReport()
    assert len(mailbox.contents) == 1


def test_held_and_withdrawn_messages_stay(actor, queued, released, mailbox):
    queued(key="held")
    withdrawn = released(key="withdrawn")
    commands.withdraw_messages(actor=actor, message_ids=[withdrawn.pk])

    assert commands.send_due() == SendReport()

    assert mailbox.connections == 0


def test_many_messages_use_one_connection_in_the_order_of_release(released, mailbox):
    for key in ("a", "b", "c"):
        released(key=key, subject_line=key)

    report = commands.send_due()

    assert report == SendReport(sent=3)
    assert [mail["Subject"] for mail in mailbox.mails] == ["a", "b", "c"]
    assert mailbox.connections == 1


def test_a_turn_sends_no_more_than_its_limit(released, mailbox):
    for key in ("a", "b", "c"):
        released(key=key)

    assert commands.send_due(limit=2) == SendReport(sent=2)

    assert len(mailbox.contents) == 2


def test_a_turn_for_one_company_leaves_the_others_alone(company, new_message, released, mailbox):
    facts = CompanyFacts(name="Voisin", siren="404833048", email="contact@voisin.example")
    other = system(create_company(facts=facts))
    [theirs] = commands.queue_messages(actor=other, messages=[new_message()])
    commands.release_messages(actor=other, message_ids=[theirs.pk])
    released()

    assert commands.send_due(company=company) == SendReport(sent=1)

    theirs.refresh_from_db()
    assert theirs.status == Status.RELEASED


def test_an_unknown_address_is_refused_in_french_with_what_to_do(released, mailbox):
    mailbox.on_recipient["compta@brume.example"] = "550 5.1.1 No such user"
    message = released()

    report = commands.send_due()

    message.refresh_from_db()
    question = WorkItem.objects.get()
    assert report == SendReport(refused=1)
    assert message.status == Status.REFUSED
    assert message.response == "550 5.1.1 No such user"
    assert message.refused_recipients == {"compta@brume.example": "550 5.1.1 No such user"}
    assert question.title == (
        "« Votre facture F-2026-0012 » a été refusé pour compta@brume.example. "
        "L'adresse n'existe pas ou refuse ce courriel : corrigez le contact du client."
    )
    assert [answer["key"] for answer in question.answers] == ["hold_again", "give_up"]
    assert mailbox.contents == []


def test_one_refused_address_of_two_is_told_and_the_other_is_served(released, mailbox):
    mailbox.on_recipient["parti@brume.example"] = "550 5.1.1 No such user"
    message = released(to=("compta@brume.example", "parti@brume.example"))

    report = commands.send_due()

    message.refresh_from_db()
    assert report == SendReport(sent=1)
    assert message.status == Status.SENT
    assert message.refused_recipients == {"parti@brume.example": "550 5.1.1 No such user"}
    assert mailbox.recipients == [["compta@brume.example"]]
    assert WorkItem.objects.get().title == (
        "« Votre facture F-2026-0012 » est parti, mais pas pour parti@brume.example. "
        "L'adresse n'existe pas ou refuse ce courriel : corrigez le contact du client."
    )


def test_a_content_refused_for_good_is_refused(released, mailbox):
    mailbox.on_content = "554 5.7.1 spam"
    message = released()

    report = commands.send_due()

    message.refresh_from_db()
    assert report == SendReport(refused=1)
    assert message.response == "554 5.7.1 spam"
    assert "appelez le client" in WorkItem.objects.get().title


@pytest.mark.parametrize(
    ("behaviour", "response"),
    [
        ({"on_content": "451 4.3.0 plus tard"}, "451 4.3.0 plus tard"),
        (
            {"on_recipient": {"compta@brume.example": "450 4.2.1 liste grise"}},
            "450 4.2.1 liste grise",
        ),
        ({"on_mail": "452 4.3.1 plein"}, "452 4.3.1 plein"),
    ],
)
def test_a_temporary_refusal_is_tried_again_after_a_minute(released, mailbox, behaviour, response):
    for name, value in behaviour.items():
        setattr(mailbox, name, value)
    message = released()

    first = commands.send_due()
    too_early = commands.send_due()
    message.refresh_from_db()
    mailbox.on_content = mailbox.on_mail = "250 OK"
    mailbox.on_recipient.clear()
    with clock.at(NOW + timedelta(minutes=1)):
        second = commands.send_due()

    assert first == SendReport(retried=1)
    assert too_early == SendReport()
    assert second == SendReport(sent=1)
    assert message.status == Status.RELEASED
    assert message.response == response
    assert message.attempts == 1
    assert message.retry_at == NOW + timedelta(minutes=1)
    assert len(mailbox.contents) == 1


def test_a_drop_before_the_content_is_tried_again(released, mailbox):
    mailbox.on_recipient["compta@brume.example"] = DROP
    message = released()

    report = commands.send_due()

    message.refresh_from_db()
    assert report == SendReport(retried=1)
    assert message.status == Status.RELEASED
    assert message.attempts == 1
    assert not WorkItem.objects.exists()


def test_after_five_tries_a_person_is_asked(actor, released):
    message = released()
    later = Refused(451, "4.3.0 plus tard", permanent=False)

    for number in range(5):
        with clock.at(NOW + timedelta(hours=number)):
            commands.expire_releases(now=clock.now())
            commands.release_messages(actor=actor, message_ids=[message.pk])
            report = commands.send_due(provider=Scripted(later))

    message.refresh_from_db()
    assert report == SendReport(refused=1)
    assert message.status == Status.REFUSED
    assert message.attempts == 5
    assert "préparez-le de nouveau" in WorkItem.objects.get().title


def test_a_relay_out_of_reach_ends_the_turn_and_costs_no_try(
    released, settings, mailbox, closed_port
):
    settings.SMTP = settings.SMTP | {"port": closed_port}
    first, second = released(key="a"), released(key="b")

    report = commands.send_due()

    first.refresh_from_db()
    second.refresh_from_db()
    assert report == SendReport(retried=1)
    assert (first.status, first.attempts) == (Status.RELEASED, 0)
    assert (second.status, second.in_flight_at) == (Status.RELEASED, None)
    assert WorkItem.objects.get().title.startswith("Le serveur d'envoi ne répond pas")


def test_the_question_about_the_relay_closes_by_itself_when_mail_leaves(
    released, settings, mailbox, closed_port
):
    port = settings.SMTP["port"]
    settings.SMTP = settings.SMTP | {"port": closed_port}
    released()
    commands.send_due()
    settings.SMTP = settings.SMTP | {"port": port}

    with clock.at(NOW + timedelta(minutes=1)):
        report = commands.send_due()

    assert report == SendReport(sent=1)
    assert WorkItem.objects.get().answer == "done"


def test_without_a_relay_nothing_leaves_and_a_person_is_told(released, settings):
    settings.SMTP = settings.SMTP | {"host": ""}
    message = released()

    report = commands.send_due()

    message.refresh_from_db()
    assert report == SendReport()
    assert message.status == Status.RELEASED
    assert "ECHEANCE_SMTP_HOST" in WorkItem.objects.get().evidence["response"]


def test_a_misspelt_protection_sends_nothing_in_clear(released, settings, mailbox):
    settings.SMTP = settings.SMTP | {"security": "ssl"}
    released()

    report = commands.send_due()

    assert report == SendReport()
    assert mailbox.connections == 0
    assert "« starttls », « tls » ou « none »" in WorkItem.objects.get().evidence["response"]


def test_a_relay_that_wants_a_name_we_do_not_have_is_the_relays_matter(released, settings, mailbox):
    settings.SMTP = settings.SMTP | {"username": "lea", "password": "secret"}
    message = released()

    report = commands.send_due()

    message.refresh_from_db()
    assert report == SendReport(retried=1)
    assert message.attempts == 0
    assert "secret" not in str(WorkItem.objects.get().evidence)


def test_tls_that_the_relay_does_not_offer_is_not_done_without(released, settings, mailbox):
    settings.SMTP = settings.SMTP | {"security": "starttls"}
    released()

    assert commands.send_due() == SendReport(retried=1)

    assert mailbox.contents == []


def test_a_connection_gone_idle_is_opened_again(mailbox):
    way_out = smtp.relay()
    envelope = Envelope("a@morel.example", ("b@brume.example",), b"Subject: x\r\n\r\n")
    way_out.send(envelope)
    mailbox.restart()

    outcome = way_out.send(envelope)

    way_out.close()
    assert outcome == Accepted("250 2.0.0 gardé sous 42")
    assert len(mailbox.contents) == 2


def test_a_connection_lost_after_the_content_is_unknown_and_becomes_a_question(released, mailbox):
    mailbox.on_content = DROP
    message = released()

    report = commands.send_due()

    message.refresh_from_db()
    question = WorkItem.objects.get()
    assert report == SendReport(unknown=1)
    assert message.status == Status.UNKNOWN
    assert question.title == (
        "« Votre facture F-2026-0012 » est-il parti à compta@brume.example ? La connexion a été "
        "perdue pendant la remise ; il ne sera pas renvoyé sans votre réponse."
    )
    assert question.evidence["message_id"] == message.message_id
    assert [answer["key"] for answer in question.answers] == ["sent", "not_sent"]


def test_an_unknown_message_is_never_sent_again_by_itself(actor, released, mailbox):
    mailbox.on_content = DROP
    message = released()
    commands.send_due()
    mailbox.on_content = "250 OK"

    with clock.at(NOW + timedelta(hours=3)):
        commands.release_messages(actor=actor, message_ids=[message.pk])
        report = commands.send_due()

    assert report == SendReport()
    assert len(mailbox.contents) == 1


def test_a_person_says_that_it_left(actor, released):
    message = released()
    commands.send_due(provider=Scripted(Unknown("coupure")))

    settled = commands.settle_unknown(actor=actor, message_id=message.pk, outcome=Settlement.SENT)

    assert settled.status == Status.SENT
    assert queries.sent_refs(actor=actor, subjects=["invoice:12"]) == {"invoice:12"}
    assert message.events.order_by("pk").last().detail == "attesté par assistant"
    assert WorkItem.objects.get().answer == "sent"


def test_a_person_says_that_it_did_not_leave_and_it_is_held_under_the_same_id(actor, released):
    message = released()
    commands.send_due(provider=Scripted(Unknown("coupure")))

    settled = commands.settle_unknown(
        actor=actor, message_id=message.pk, outcome=Settlement.NOT_SENT
    )

    assert settled.status == Status.HELD
    assert settled.message_id == message.message_id
    assert list(queries.to_release(actor=actor, kind="invoice", now=NOW)) == [message]
    assert WorkItem.objects.get().answer == "not_sent"


def test_only_an_unknown_message_of_the_company_is_settled(actor, company, released):
    message = released()
    other = system(create_company(facts=CompanyFacts(name="Voisin", siren="404833048")))
    blind = Actor(company=company, user=None, rights=frozenset())

    with pytest.raises(NotUnknownError):
        commands.settle_unknown(actor=actor, message_id=message.pk, outcome=Settlement.SENT)
    with pytest.raises(NotFoundError):
        commands.settle_unknown(actor=other, message_id=message.pk, outcome=Settlement.SENT)
    with pytest.raises(RightMissingError):
        commands.settle_unknown(actor=blind, message_id=message.pk, outcome=Settlement.SENT)

    message.refresh_from_db()
    assert message.status == Status.RELEASED


class KilledError(BaseException):
    """Stands for kill -9 at a chosen point: nothing after it runs in the sender."""


def killed_in_flight(message):
    def kill():
        raise KilledError

    with pytest.raises(KilledError):
        commands.send_due(provider=Scripted(meanwhile=kill))
    message.refresh_from_db()
    return message


def test_a_message_whose_sender_died_becomes_a_question_when_its_lease_is_over(released, mailbox):
    message = killed_in_flight(released())
    assert message.status == Status.IN_FLIGHT

    early = commands.send_due()
    with clock.at(NOW + timedelta(minutes=10)):
        late = commands.send_due()

    message.refresh_from_db()
    assert early == SendReport()
    assert late == SendReport(lost=1)
    assert message.status == Status.UNKNOWN
    assert WorkItem.objects.get().evidence["message_id"] == message.message_id
    assert mailbox.contents == []


def test_a_slow_sender_still_tells_the_truth_and_closes_the_question(released):
    message = released()

    def lease_lapses():
        with clock.at(NOW + timedelta(minutes=10)):
            commands.send_due(provider=Scripted())

    report = commands.send_due(provider=Scripted(Accepted("250 OK"), meanwhile=lease_lapses))

    message.refresh_from_db()
    assert report == SendReport(sent=1)
    assert statuses(message) == ["held", "released", "in_flight", "unknown", "sent"]
    assert WorkItem.objects.get().answer == "sent"


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(Accepted("250 OK"), Status.SENT), (Refused(550, "non", permanent=True), Status.HELD)],
)
def test_against_a_persons_answer_only_a_proof_of_sending_counts(actor, released, outcome, status):
    message = released()

    def answered_meanwhile():
        with clock.at(NOW + timedelta(minutes=10)):
            commands.send_due(provider=Scripted())
            commands.settle_unknown(actor=actor, message_id=message.pk, outcome=Settlement.NOT_SENT)

    commands.send_due(provider=Scripted(outcome, meanwhile=answered_meanwhile))

    message.refresh_from_db()
    assert message.status == status


def test_a_message_taken_by_another_sender_is_left_to_it(released):
    first, second = released(key="a"), released(key="b")
    other = Scripted(Accepted("250 autre"))

    def the_other_sends():
        commands.send_due(provider=other)

    mine = Scripted(Accepted("250 moi"), meanwhile=the_other_sends)
    report = commands.send_due(provider=mine)

    first.refresh_from_db()
    second.refresh_from_db()
    assert report == SendReport(sent=1)
    assert (first.response, second.response) == ("250 moi", "250 autre")
    assert len(mine.sent) == len(other.sent) == 1


def test_a_file_the_archive_has_lost_keeps_its_message_here(actor, released, settings, mailbox):
    file = stored(actor, b"%PDF facture perdue")
    message = released(file_ids=(file.pk,))
    (Path(settings.ARCHIVE_ROOT) / file.sha256[:2] / file.sha256).unlink()

    report = commands.send_due()

    message.refresh_from_db()
    assert report == SendReport(refused=1)
    assert message.status == Status.REFUSED
    assert "remettez-le depuis une sauvegarde" in message.response
    assert WorkItem.objects.get().title.endswith(message.response)
    assert mailbox.connections == 0


def test_an_expired_release_does_not_leave(released, mailbox):
    message = released()

    with clock.at(NOW + timedelta(minutes=10)):
        report = commands.send_due()

    message.refresh_from_db()
    assert report == SendReport(expired=1)
    assert message.status == Status.EXPIRED
    assert mailbox.contents == []


def test_an_idle_turn_is_three_reads(db, django_assert_num_queries):
    with django_assert_num_queries(3):
        commands.send_due()
