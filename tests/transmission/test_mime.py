"""The bytes of an e-mail say what was asked, to any parser, and nothing can be slipped in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.transmission.mime import build_mail
from echeance.transmission.types import Attachment, MailFacts

FACTS = MailFacts(
    message_id="<1b2c@atelier-morel.example>",
    date=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
    sender="facturation@atelier-morel.example",
    sender_name="Atelier Morel & Frères",
    to=("compta@brume.example", "direction@brume.example"),
    cc=("copie@brume.example",),
    reply_to="lea@atelier-morel.example",
    subject_line="Votre facture n° F-2026-0012 : échéance au 8 janvier, 1 200,00 €",
    body="Bonjour,\n\nVotre facture de 1 200,00 € est jointe.\n.\nCordialement,\nLéa\n",
)
PDF = Attachment("facture n° 12 – été.pdf", "application/pdf", b"%PDF-1.7\n\xff\x00")


def read(content: bytes):
    return message_from_bytes(content, policy=policy.default)


def text_of(part) -> str:
    """The text as a reader sees it: lines end with CRLF only on the way."""
    return part.get_content().replace("\r\n", "\n")


def test_headers_are_read_back_as_they_were_said():
    mail = read(build_mail(FACTS))

    assert mail["Message-ID"] == "<1b2c@atelier-morel.example>"
    assert mail["Date"] == "Tue, 24 Nov 2026 10:00:00 +0100"
    assert mail["From"].addresses[0].addr_spec == "facturation@atelier-morel.example"
    assert mail["From"].addresses[0].display_name == "Atelier Morel & Frères"
    assert [to.addr_spec for to in mail["To"].addresses] == list(FACTS.to)
    assert [cc.addr_spec for cc in mail["Cc"].addresses] == ["copie@brume.example"]
    assert mail["Reply-To"] == "lea@atelier-morel.example"
    assert mail["Subject"] == FACTS.subject_line
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["MIME-Version"] == "1.0"


def test_a_plain_mail_has_one_part_and_no_optional_header():
    mail = read(build_mail(replace(FACTS, cc=(), reply_to="")))

    assert mail.get_content_type() == "text/plain"
    assert text_of(mail) == FACTS.body
    assert mail["Cc"] is None
    assert mail["Reply-To"] is None


def test_attachments_keep_their_order_names_and_bytes():
    xml = Attachment("factur-x.xml", "text/xml", b"<a>\xc3\xa9</a>")

    parts = list(read(build_mail(FACTS, [PDF, xml])).iter_attachments())

    assert [part.get_filename() for part in parts] == ["facture n° 12 – été.pdf", "factur-x.xml"]
    assert [part.get_content_type() for part in parts] == ["application/pdf", "text/xml"]
    assert [part.get_payload(decode=True) for part in parts] == [PDF.content, xml.content]


def test_names_of_files_are_written_in_rfc_2231():
    content = build_mail(FACTS, [PDF])

    assert b"filename*=utf-8''facture%20n%C2%B0%2012%20%E2%80%93%20%C3%A9t%C3%A9.pdf" in content


def test_a_html_text_stands_beside_the_plain_one():
    mail = read(build_mail(replace(FACTS, html="<p>Été</p>\n"), [PDF]))

    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))

    assert mail.get_content_type() == "multipart/mixed"
    assert plain is not None
    assert text_of(plain) == FACTS.body
    assert html is not None
    assert text_of(html) == "<p>Été</p>\n"


def test_the_same_facts_give_the_same_bytes():
    facts = replace(FACTS, html="<p>Été</p>")

    assert build_mail(facts, [PDF]) == build_mail(facts, [PDF])
    assert build_mail(facts, [PDF]) != build_mail(replace(facts, message_id="<2@b.example>"), [PDF])


def test_every_line_is_short_ascii_and_ended_by_crlf():
    facts = replace(FACTS, body="é" * 5000 + "\n" + "x" * 5000, html="<p>" + "à" * 5000)

    content = build_mail(facts, [PDF])

    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("field", ["subject_line", "sender_name", "reply_to"])
def test_a_line_break_in_a_header_is_refused(field):
    facts = replace(FACTS, **{field: "x\r\nBcc: voleur@mal.example"})

    with pytest.raises(ValueError, match=r"."):
        build_mail(facts)


@given(
    subject=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"])),
    body=st.text(st.characters(codec="utf-8", exclude_categories=["Cs"])),
)
def test_no_text_adds_a_header_or_a_part(subject, body):
    mail = read(build_mail(replace(FACTS, subject_line=subject, body=body), [PDF]))

    assert set(mail.keys()) == {
        "Message-ID", "Date", "From", "To", "Cc", "Reply-To", "Subject", "Auto-Submitted",
        "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert len(list(mail.walk())) == 3
