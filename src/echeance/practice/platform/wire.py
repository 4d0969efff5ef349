"""HTTP as the platform of practice speaks it: bounded requests, answers, or silence."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol

BODY_BYTES_MAX = 110 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of the platform; ``silent`` closes the connection instead."""

    status: int = 200
    document: object = None
    content: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False


def refusal(status: int, code: str, message: str, **headers: str) -> Reply:
    """An error as the contract words it."""
    return Reply(status, {"errorCode": code, "errorMessage": message}, headers=headers)


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: the parts of the path, the query, the headers, the body."""

    parts: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def document(self) -> dict[str, Any]:
        """The JSON object of the body.

        Raises:
            ValueError: It is none.
        """
        found = json.loads(self.body or b"{}")
        if not isinstance(found, dict):
            raise ValueError("un objet JSON est attendu")  # noqa: TRY004  what was sent is wrong
        return found


class Answering(Protocol):
    """Who answers."""

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """What one request gets."""


class WireHandler(BaseHTTPRequestHandler):
    """Reads a request within bounds and writes its answer, or closes without one."""

    serves: Answering
    protocol_version = "HTTP/1.1"
    timeout = 30
    wbufsize = -1  # head and body leave together: apart, each answer waits for an acknowledgement

    def _handle(self) -> None:
        body = self._body()
        if body is None:
            self._write(refusal(413, "TOO_LARGE", "Corps absent ou trop grand."), close=True)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.serves.answer(self.command, self.path, headers, body)
        if reply.silent:
            self.close_connection = True
            return
        self._write(reply)

    do_GET = do_POST = do_DELETE = _handle  # noqa: N815  the server's own names

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            return None
        return self.rfile.read(int(length)) if int(length) <= BODY_BYTES_MAX else None

    def _write(self, reply: Reply, *, close: bool = False) -> None:
        content = reply.content
        if reply.document is not None:
            content = json.dumps(reply.document, ensure_ascii=False).encode()
        self.close_connection = self.close_connection or close
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.media_type)
        self.send_header("Content-Length", str(len(content)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):  # who asked has left
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing: what is asked may hold secrets."""


def parts_of(request: Request) -> dict[str, Message]:
    """The named parts of a form.

    Raises:
        ValueError: It is no ``multipart/form-data``.
    """
    kind = request.headers.get("content-type", "")
    whole = message_from_bytes(
        b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + request.body
    )
    if not whole.is_multipart():
        raise ValueError("multipart/form-data est attendu")
    found: dict[str, Message] = {}
    for part in whole.walk():
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str):
            found[name] = part
    return found


def payload(part: Message) -> bytes:
    """The bytes of a part."""
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""
