"""A real SMTP server on loopback that behaves as each test asks, and messages to send to it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from echeance.base.actor import Actor
from echeance.transmission import commands
from echeance.transmission.models import Message
from echeance.transmission.types import NewMessage

DROP = "drop"


@dataclass
class Mailbox:
    """What the server received, and how it behaves.

    Attributes:
        on_mail: Answer to MAIL; ``drop`` closes the connection instead of answering.
        on_recipient: Answer to RCPT, by address.
        on_content: Answer once the content has been received; ``drop`` closes the connection.
        on_arrival: Called when a content has arrived, before it is answered.
        contents: Mails taken by an answer 250, and those received before a drop.
    """

    port: int
    on_mail: str = "250 OK"
    on_recipient: dict[str, str] = field(default_factory=dict)
    on_content: str = "250 2.0.0 gardé sous 42"
    contents: list[bytes] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    connections: int = 0
    on_arrival: Callable[[], None] | None = None
    controller: Controller | None = None

    def start(self) -> None:
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def restart(self) -> None:
        """Close every connection and listen again."""
        self.stop()
        self.start()

    def stop(self) -> None:
        assert self.controller is not None
        self.controller.stop()

    @property
    def mails(self) -> list[EmailMessage]:
        """Received mails, read by the standard parser."""
        return [message_from_bytes(content, policy=policy.default) for content in self.contents]

    async def handle_EHLO(self, _server, session, _envelope, hostname, responses):  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, _session, envelope, address, _options):  # noqa: N802
        if self.on_mail == DROP:
            server.transport.abort()
        if self.on_mail == "250 OK":
            envelope.mail_from = address
        return self.on_mail if self.on_mail != DROP else "250 OK"

    async def handle_RCPT(self, server, _session, envelope, address, _options):  # noqa: N802
        answer = self.on_recipient.get(address, "250 OK")
        if answer == DROP:
            server.transport.abort()
        elif answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        if self.on_arrival:
            self.on_arrival()
        if self.on_content == DROP:
            server.transport.abort()
        if self.on_content == DROP or self.on_content.startswith("250"):
            self.contents.append(envelope.content)
            self.recipients.append(list(envelope.rcpt_tos))
        return self.on_content if self.on_content != DROP else "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mailbox(settings) -> Iterator[Mailbox]:
    """The server, running, and the relay of the settings."""
    box = Mailbox(port=free_port())
    box.start()
    settings.SMTP = {
        "host": "127.0.0.1",
        "port": box.port,
        "username": "",
        "password": "",
        "security": "none",
        "timeout_seconds": 5,
    }
    yield box
    box.stop()


@pytest.fixture
def closed_port() -> int:
    """A port where nobody listens."""
    return free_port()


NewMessageOf = Callable[..., NewMessage]
Queue = Callable[..., Message]


@pytest.fixture
def new_message() -> NewMessageOf:
    """The facts of a message about invoice 12; anything may be said otherwise."""

    def build(**changes: Any) -> NewMessage:
        facts: dict[str, Any] = {
            "key": "invoice:12",
            "kind": "invoice",
            "subject": "invoice:12",
            "party_id": None,
            "to": ("compta@brume.example",),
            "subject_line": "Votre facture F-2026-0012",
            "body": "Bonjour,\n\nVoici votre facture de 1 200,00 €.\n",
            "file_ids": (),
            "hold_until": datetime(2026, 11, 24, 8, 0, tzinfo=UTC),
        }
        return NewMessage(**(facts | changes))

    return build


@pytest.fixture
def queued(actor: Actor, new_message: NewMessageOf) -> Queue:
    """Queue one message."""

    def queue(**changes: Any) -> Message:
        return commands.queue_messages(actor=actor, messages=[new_message(**changes)])[0]

    return queue


@pytest.fixture
def released(actor: Actor, queued: Queue) -> Queue:
    """Queue one message and let it go."""

    def release(**changes: Any) -> Message:
        message = queued(**changes)
        commands.release_messages(actor=actor, message_ids=[message.pk])
        message.refresh_from_db()
        return message

    return release
