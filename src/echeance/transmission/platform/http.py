"""One conversation with one host: bounded in size and time, without redirects, exact on failure.

Nothing here writes to a log: addresses, bodies and tokens stay out of it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2

from echeance.base import clock
from echeance.transmission.platform import retry
from echeance.transmission.platform.errors import (
    PlatformAddressError,
    PlatformAnswerError,
    PlatformNotFoundError,
    PlatformOutcomeUnknownError,
    PlatformRefusedError,
    PlatformSignInError,
    PlatformUnreachableError,
)
from echeance.transmission.platform.types import Patience

ANSWER_BYTES_MAX = 4 * 1024 * 1024
FILE_BYTES_MAX = 100 * 1024 * 1024
_WHOLE_ANSWER_TIMEOUTS = 4  # an answer that drips may take so many timeouts, not for ever
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

Credentials = Callable[[bool], Mapping[str, str]]
"""Headers that sign a request; asked again with ``True`` when the last ones were refused."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status under 400, and at most the bytes asked for."""

    host: str
    media_type: str
    content: bytes = field(repr=False)

    def document(self) -> dict[str, Any]:
        """The JSON object of the answer; ``{}`` for an empty one.

        Raises:
            PlatformAnswerError: It is none.
        """
        try:
            found = json.loads(self.content or b"{}")
        except (ValueError, RecursionError) as error:
            raise PlatformAnswerError(self.host, "ce n'est pas du JSON") from error
        if not isinstance(found, dict):
            raise PlatformAnswerError(self.host, "ce n'est pas un objet JSON")
        return found


def checked_url(url: str) -> str:
    """The address without its final slash.

    Raises:
        PlatformAddressError: Neither ``https`` nor the loopback, or it carries credentials.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise PlatformAddressError(url) from error
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not host or not safe or parts.username or parts.query or parts.fragment:
        # What stands before an @ may be a password: it is not repeated.
        raise PlatformAddressError(url.rpartition("@")[2])
    return url.rstrip("/")


class Channel:
    """A base address, its connections, and how requests to it are signed."""

    def __init__(
        self, base_url: str, *, patience: Patience, credentials: Credentials | None = None
    ) -> None:
        """Prepare; connects with the first request.

        Raises:
            PlatformAddressError: See :func:`checked_url`.
        """
        self._base = checked_url(base_url)
        self.host = urlsplit(self._base).netloc
        self._patience = patience
        self._credentials = credentials
        self._http = httpx2.Client(
            headers={"Accept-Encoding": "identity"},  # what is bounded is what travels
            timeout=patience.timeout_seconds,
            follow_redirects=False,
            trust_env=urlsplit(self._base).hostname not in _LOOPBACK,  # proxies of the house
        )

    def get(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        bytes_max: int = ANSWER_BYTES_MAX,
    ) -> Answer:
        """Ask for something; tried again while that may help.

        Raises:
            PlatformUnreachableError, PlatformRefusedError, PlatformNotFoundError,
            PlatformSignInError, PlatformAnswerError.
        """
        return self._send("GET", path, repeatable=True, bytes_max=bytes_max, params=params)

    def ask(self, path: str, document: Mapping[str, object]) -> Answer:
        """A ``POST`` that only reads (a search): tried again like a ``GET``. Raises the same."""
        return self._send("POST", path, repeatable=True, json=document)

    def ask_form(self, path: str, form: Mapping[str, str]) -> Answer:
        """A form that changes nothing (a token is asked); tried again like a ``GET``."""
        return self._send("POST", path, repeatable=True, data=form)

    def hand_over(self, path: str, **body: Any) -> Answer:
        """A ``POST`` that does something, hence never done twice by itself.

        Raises:
            PlatformOutcomeUnknownError: It may have been done.
            EcheanceError: As :meth:`get`; it was not done.
        """
        try:
            return self._send("POST", path, repeatable=False, **body)
        except PlatformAnswerError as error:
            raise PlatformOutcomeUnknownError(error.host, error.reason) from error

    def delete(self, path: str) -> Answer:
        """Take something away; doing it twice is harmless. Raises like :meth:`get`."""
        return self._send("DELETE", path, repeatable=True)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _send(
        self,
        method: str,
        path: str,
        *,
        repeatable: bool,
        bytes_max: int = ANSWER_BYTES_MAX,
        **body: Any,
    ) -> Answer:
        def exchange() -> Answer:
            answer = self._exchange(method, path, repeatable, bytes_max, body, renew=False)
            if answer is None:  # the token was refused: a new one, once
                answer = self._exchange(method, path, repeatable, bytes_max, body, renew=True)
            if answer is None:
                raise PlatformSignInError(self.host, "401")
            return answer

        try:
            return retry.repeat(exchange, repeatable=repeatable, patience=self._patience)
        except retry.TryLaterError as error:
            raise PlatformUnreachableError(self.host, str(error)) from error
        except retry.NOT_TAKEN as error:
            raise PlatformUnreachableError(self.host, _reason(error)) from error
        except httpx2.RequestError as error:
            if repeatable:
                raise PlatformUnreachableError(self.host, _reason(error)) from error
            raise PlatformOutcomeUnknownError(self.host, _reason(error)) from error

    def _exchange(
        self,
        method: str,
        path: str,
        repeatable: bool,  # noqa: FBT001  private
        bytes_max: int,
        body: Mapping[str, Any],
        *,
        renew: bool,
    ) -> Answer | None:
        """One request and its answer; ``None`` when it was not signed well."""
        headers = self._credentials(renew) if self._credentials else {}
        with self._http.stream(method, self._base + path, headers=headers, **body) as response:
            status = response.status_code
            if status == 401:
                return None
            if status == 429 or (status >= 500 and repeatable):
                wait = retry.wait_asked(response.headers.get("retry-after", ""), clock.now())
                raise retry.TryLaterError(status, wait)
            if status >= 500:
                raise PlatformOutcomeUnknownError(self.host, f"HTTP {status}")
            if 300 <= status < 400:
                raise PlatformAnswerError(self.host, "elle renvoie vers une autre adresse")
            answer = Answer(
                self.host,
                response.headers.get("content-type", "").partition(";")[0].strip(),
                self._content(response, bytes_max),
            )
        if status == 404:
            raise PlatformNotFoundError(self.host, path)
        if status == 403:  # a matter of the account, not of what was sent
            raise PlatformSignInError(self.host, f"403 {_said(answer)}".strip())
        if status >= 400:
            raise PlatformRefusedError(self.host, status, _said(answer))
        return answer

    def _content(self, response: httpx2.Response, bytes_max: int) -> bytes:
        deadline = time.monotonic() + _WHOLE_ANSWER_TIMEOUTS * self._patience.timeout_seconds
        kept = bytearray()
        # By pieces as they arrive: a fixed size would wait for a server that drips.
        for chunk in response.iter_bytes():
            kept += chunk
            if len(kept) > bytes_max:
                raise PlatformAnswerError(self.host, f"plus de {bytes_max // 1024} Kio")
            if time.monotonic() > deadline:
                raise PlatformAnswerError(self.host, "elle n'en finit pas")
        return bytes(kept)


def _said(answer: Answer) -> str:
    """The platform's own reason, in one bounded line."""
    try:
        document = answer.document()
    except PlatformAnswerError:
        return ""
    parts = [document.get(name) for name in ("errorCode", "errorMessage", "libelle")]
    return " ".join(" ".join(str(part).split()) for part in parts if part)[:300]


def _reason(error: Exception) -> str:
    return f"{type(error).__name__} {' '.join(str(error).split())}".strip()[:200]
