"""One question to one register: bounded in size and time, tried again while that may help.

Nothing here writes to a log; a register that does not answer is an answer of its own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2
import stamina

from echeance.core.words import clean_line

ANSWER_BYTES_MAX = 2 * 1024 * 1024
_WHOLE_ANSWER_TIMEOUTS = 3  # an answer that drips may take so many timeouts, not for ever
SILENCE_LABELS = {
    "later": "il refuse d'autres demandes pour l'instant",
    "down": "il est en panne",
    "slow": "il n'a pas répondu à temps",
    "unreachable": "il est injoignable",
    "moved": "il renvoie vers une autre adresse",
    "key": "il refuse la clé d'accès : vérifiez les réglages",
    "refused": "il refuse la demande",
    "unreadable": "sa réponse n'est pas lisible",
    "huge": "sa réponse est démesurée",
    "endless": "sa réponse n'en finit pas",
    "address": "son adresse n'est pas valable : vérifiez les réglages",
    "no_sirene": "aucune clé d'accès n'est configurée (ECHEANCE_SIRENE_KEY)",
    "no_vies": "aucune adresse n'est configurée (ECHEANCE_VIES_URL)",
}
"""Why a register has no answer, in the words a person reads."""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a register is waited for.

    Attributes:
        timeout_seconds: For one exchange, connection and each read.
        attempts: Tries in all.
        wait_seconds: Before the second try, doubled each time.
        wait_seconds_max: The longest wait, a ``Retry-After`` included.
    """

    timeout_seconds: float = 10
    attempts: int = 3
    wait_seconds: float = 0.5
    wait_seconds_max: float = 5


class SilentError(Exception):
    """The register did not answer, or not what its contract says; never shown as an error.

    Attributes:
        reason: French words, for the person who asked.
    """

    def __init__(self, why: str) -> None:
        """Keep the reason; ``why`` is a key of :data:`SILENCE_LABELS`."""
        super().__init__(why)
        self.reason = SILENCE_LABELS[why]


class _LaterError(Exception):
    """An answer that asks to come back: 429 or 5xx."""

    def __init__(self, status: int, wait_seconds: float | None) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.wait_seconds = wait_seconds


class Register:
    """Connections to a register. Close it."""

    def __init__(
        self, base_url: str, *, patience: Patience, headers: Mapping[str, str] | None = None
    ) -> None:
        """Prepare, without connecting.

        Raises:
            SilentError: The address is neither ``https`` nor of this machine.
        """
        self._base = _checked(base_url)
        self._patience = patience
        self._http = httpx2.Client(
            # What is bounded is what travels.
            headers={
                "Accept": "application/json",
                "Accept-Encoding": "identity",
                **(headers or {}),
            },
            timeout=patience.timeout_seconds,
            follow_redirects=False,
            trust_env=urlsplit(self._base).hostname not in _LOOPBACK,
        )

    def get(self, path: str, params: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Status (200, or 4xx) and object of the answer to a ``GET``.

        Raises:
            SilentError: Nothing that can be read came back.
        """
        return self._send("GET", path, params=params)

    def ask(self, path: str, document: Mapping[str, object]) -> tuple[int, dict[str, Any]]:
        """A ``POST`` that only reads. Raises like :meth:`get`."""
        return self._send("POST", path, json=document)

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

    def _send(self, method: str, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        def again(error: Exception) -> bool | float:
            if not isinstance(error, _LaterError):
                return isinstance(error, httpx2.TransportError)
            if error.wait_seconds is None:
                return True
            # A register that asks for more than we have is left in peace.
            return (
                error.wait_seconds
                if error.wait_seconds <= self._patience.wait_seconds_max
                else False
            )

        try:
            for attempt in stamina.retry_context(
                on=again,
                attempts=self._patience.attempts,
                timeout=None,
                wait_initial=self._patience.wait_seconds,
                wait_max=self._patience.wait_seconds_max,
                wait_jitter=self._patience.wait_seconds,
            ):
                with attempt:
                    return self._exchange(method, path, body)
        except _LaterError as error:
            raise SilentError("later" if error.status == 429 else "down") from error
        except httpx2.TimeoutException as error:
            raise SilentError("slow") from error
        except httpx2.RequestError as error:
            raise SilentError("unreachable") from error
        raise AssertionError("stamina raises the last error")

    def _exchange(
        self, method: str, path: str, body: Mapping[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        with self._http.stream(method, self._base + path, **body) as response:
            status = response.status_code
            if status == 429:
                raise _LaterError(status, _seconds(response.headers.get("retry-after", "")))
            if 300 <= status < 400:
                raise SilentError("moved")
            if status in {401, 403}:
                raise SilentError("key")
            content = self._content(response)
        found = _object(content)
        if status >= 500 and not (found and found.get("errorWrappers")):
            # VIES tells with 500 that one country is down: that is an answer.
            raise _LaterError(status, _seconds(response.headers.get("retry-after", "")))
        if found is None:
            raise SilentError("unreadable")
        return status, found

    def _content(self, response: httpx2.Response) -> bytes:
        deadline = time.monotonic() + _WHOLE_ANSWER_TIMEOUTS * self._patience.timeout_seconds
        kept = bytearray()
        for chunk in response.iter_bytes():
            kept += chunk
            if len(kept) > ANSWER_BYTES_MAX:
                raise SilentError("huge")
            if time.monotonic() > deadline:
                raise SilentError("endless")
        return bytes(kept)


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SilentError("address") from error
    safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not host or not safe or parts.username or parts.query or parts.fragment:
        raise SilentError("address")
    return url.rstrip("/")


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content or b"{}")
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _seconds(header: str) -> float | None:
    """Seconds of a ``Retry-After``; a date, which these registers do not send, says nothing."""
    text = header.strip()
    return float(text[:6]) if text.isascii() and text.isdigit() else None


def text_of(value: object, most: int = 200) -> str:
    """A value of an answer as one bounded line; nothing for what is hidden or of another type."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return ""
    text = (
        value[: 4 * most] if isinstance(value, str) else str(value) if abs(value) < 10**20 else ""
    )
    line = clean_line(text)[:most]
    return "" if line in {"[ND]", "---"} else line
