"""Handing a message to an SMTP relay, and saying exactly what is known of it afterwards.

The conversation is driven step by step (RFC 5321) because what matters is *where* it stopped:
before the content every failure is harmless and may be tried again; once the content has been
handed over, a lost connection leaves the outcome unknown.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass
from typing import TypedDict, cast

from django.conf import settings

from echeance.transmission.errors import RelayMissingError, RelaySecurityError
from echeance.transmission.types import Accepted, Envelope, Outcome, Refused, Unknown

# RFC 5321, 4.5.3.2.6 wants ten minutes for the reply to the content; the lease of a message in
# flight bounds it.
_CONTENT_TIMEOUT_SECONDS = 300
_GONE = {0, 421}
_SECURITIES = {"starttls", "tls", "none"}
_LINE_DOT = re.compile(rb"^\.", re.MULTILINE)


class Settings(TypedDict):
    """``settings.SMTP``."""

    host: str
    port: int
    username: str
    password: str
    security: str
    timeout_seconds: int


class _Lost(Exception):  # noqa: N818  a step of the conversation, never shown
    """The relay is out of reach, or does not want us."""

    def __init__(self, outcome: Refused) -> None:
        super().__init__(outcome.response)
        self.outcome = outcome


def relay() -> SmtpRelay:
    """The relay of the installation.

    Raises:
        RelayMissingError: None is configured.
        RelaySecurityError: How to protect the conversation is not said.
    """
    configured = cast("Settings", settings.SMTP)
    if not configured["host"]:
        raise RelayMissingError
    if configured["security"] not in _SECURITIES:
        raise RelaySecurityError(value=configured["security"])
    return SmtpRelay(configured)


@dataclass(slots=True)
class SmtpRelay:
    """One relay, with one connection opened when first needed and used again for what follows."""

    settings: Settings
    _server: smtplib.SMTP | None = None

    def send(self, envelope: Envelope) -> Outcome:
        """Hand one message over. Nothing of it is repeated once its content has started."""
        try:
            server = self._ready(envelope.sender)
        except _Lost as lost:
            self.close()
            return lost.outcome
        try:
            refused = {}
            for recipient in envelope.recipients:
                code, text = server.rcpt(recipient)
                if code not in {250, 251}:
                    refused[recipient] = f"{code} {_words(text)}"
            if len(refused) == len(envelope.recipients):
                self.close()
                return _all_refused(refused)
            code, text = server.docmd("DATA")
            if code != 354:
                self.close()
                return Refused(code, _words(text), permanent=code >= 500)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Refused(0, _reason(error), permanent=False)
        return self._hand_over(server, envelope.content, refused)

    def close(self) -> None:
        """Leave politely if the relay is still there."""
        server, self._server = self._server, None
        if server is None:
            return
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()

    def _ready(self, sender: str) -> smtplib.SMTP:
        """A server that has said yes to ``MAIL FROM``; a connection gone idle is opened again."""
        if self._server is not None:
            code, text = _mail_from(self._server, sender)
            if code == 250:
                return self._server
            if code not in _GONE:
                raise _Lost(Refused(code, text, permanent=code >= 500))
            self.close()
        self._server = self._connect()
        code, text = _mail_from(self._server, sender)
        if code != 250:
            raise _Lost(Refused(code, text, permanent=code >= 500, relay=code in _GONE))
        return self._server

    def _connect(self) -> smtplib.SMTP:
        host, port = self.settings["host"], self.settings["port"]
        timeout = self.settings["timeout_seconds"]
        server: smtplib.SMTP | None = None
        try:
            if self.settings["security"] == "tls":
                context = ssl.create_default_context()
                server = smtplib.SMTP_SSL(host, port, timeout=timeout, context=context)
            else:
                server = smtplib.SMTP(host, port, timeout=timeout)
            if self.settings["security"] == "starttls":
                server.starttls(context=ssl.create_default_context())
            server.ehlo_or_helo_if_needed()
            if self.settings["username"]:
                server.login(self.settings["username"], self.settings["password"])
        except (OSError, smtplib.SMTPException) as error:
            if server is not None:
                server.close()
            code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
            raise _Lost(Refused(code, _reason(error), permanent=False, relay=True)) from error
        return server

    def _hand_over(self, server: smtplib.SMTP, content: bytes, refused: dict[str, str]) -> Outcome:
        assert server.sock is not None, "connected"
        server.sock.settimeout(_CONTENT_TIMEOUT_SECONDS)
        try:
            end = b"" if content.endswith(b"\r\n") else b"\r\n"
            server.send(_LINE_DOT.sub(b"..", content) + end + b".\r\n")
            code, text = server.getreply()
            server.sock.settimeout(self.settings["timeout_seconds"])
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Unknown(_reason(error))
        if code == 250:
            return Accepted(f"{code} {_words(text)}", refused)
        if 400 <= code <= 599:
            return Refused(code, _words(text), permanent=code >= 500, refused=refused)
        self.close()
        return Unknown(f"réponse incompréhensible : {code} {_words(text)}")


def _mail_from(server: smtplib.SMTP, sender: str) -> tuple[int, str]:
    """The server's answer; code 0 when it is gone."""
    try:
        code, text = server.mail(sender)
    except (OSError, smtplib.SMTPException) as error:
        return 0, _reason(error)
    return code, _words(text)


def _all_refused(refused: dict[str, str]) -> Refused:
    # One recipient that may yet be served makes the whole worth another try.
    worst = min(refused.values())
    code = int(worst[:3])
    return Refused(code, worst[4:], permanent=code >= 500, refused=refused)


def _words(text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join(words.split())[:500]


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    return f"{type(error).__name__} : {error}"[:500]
