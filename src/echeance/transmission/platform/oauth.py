"""Signing in by client credentials (RFC 6749 4.4), with the token kept until it is nearly over."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from echeance.transmission.platform.errors import PlatformRefusedError, PlatformSignInError
from echeance.transmission.platform.http import Channel
from echeance.transmission.platform.types import Access, Patience

# A token is renewed that long before its end: a deposit must not meet a token that dies on the way.
_MARGIN_SECONDS = 60
_LIFE_SECONDS_DEFAULT = 300
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")


class Tokens:
    """The bearer token of one application. Safe to share between threads."""

    def __init__(
        self,
        access: Access,
        *,
        patience: Patience,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare, without signing in.

        Args:
            access: Where, and as whom.
            patience: With the authorization server.
            monotonic: Seconds that only rise.
        """
        self._access = access
        parts = urlsplit(access.token_url)
        self._path = parts.path
        self._channel = Channel(f"{parts.scheme}://{parts.netloc}", patience=patience)
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._token = ""
        self._until = 0.0

    def headers(self, renew: bool = False) -> Mapping[str, str]:  # noqa: FBT001, FBT002  a callback
        """The header that signs a request.

        Args:
            renew: The last token was refused: get another.

        Raises:
            PlatformSignInError: The authorization server says no.
            PlatformUnreachableError: It does not answer.
        """
        with self._lock:
            if renew or self._monotonic() >= self._until:
                self._sign_in()
            return {"Authorization": f"Bearer {self._token}"}

    def close(self) -> None:
        """Forget the token and close the connection."""
        self._token, self._until = "", 0.0
        self._channel.close()

    def _sign_in(self) -> None:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._access.client_id,
            "client_secret": self._access.client_secret,
        }
        if self._access.scope:
            form["scope"] = self._access.scope
        try:
            # Asking twice for a token harms nobody.
            answer = self._channel.ask_form(self._path, form)
        except PlatformRefusedError as error:
            raise PlatformSignInError(error.host, f"{error.status} {error.reason}") from error
        document = answer.document()
        token = document.get("access_token")
        life = document.get("expires_in", _LIFE_SECONDS_DEFAULT)
        if (
            not isinstance(token, str)
            or not token
            or not token.isascii()
            or not token.isprintable()
        ):
            raise PlatformSignInError(self._channel.host, "aucun jeton dans la réponse")
        seconds = int(life) if isinstance(life, int) or str(life).isdecimal() else 0
        self._token = token
        # A short life keeps half of itself, so that a token is never renewed for each request.
        self._until = self._monotonic() + max(seconds - _MARGIN_SECONDS, seconds / 2)
