"""Short messages: what a provider does, and one that writes to a folder."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypedDict, cast

from django.conf import settings

from echeance.core.short_messages import phone_number
from echeance.transmission.errors import ChannelUnavailableError, DepositRefusedError


class SmsProvider(Protocol):
    """Who sends short messages."""

    name: str

    def send(self, *, key: str, to: str, text: str, at: datetime) -> str:
        """Hand a text over; the provider's number comes back.

        Raises:
            DepositRefusedError: It refuses: nothing was sent.
            OSError: The answer was lost: it may have been sent or not.
        """


class SmsSettings(TypedDict):
    """``settings.SMS``."""

    provider: str
    folder: str


class FolderProvider:
    """Writes each text to a file of a folder, to try the whole way out. Nothing is sent."""

    name = "essai local"

    def __init__(self, folder: Path) -> None:
        """Prepare a provider.

        Args:
            folder: Made when absent.
        """
        self._folder = folder

    def send(self, *, key: str, to: str, text: str, at: datetime) -> str:
        """See :class:`SmsProvider`; the same key is written once."""
        if not phone_number(to):
            raise DepositRefusedError(reason=f"« {to} » n'est pas un numéro de téléphone")
        self._folder.mkdir(parents=True, exist_ok=True)
        reference = f"SMS-{hashlib.sha256(key.encode()).hexdigest()[:16].upper()}"
        told = {"reference": reference, "to": to, "text": text, "at": at.isoformat()}
        try:
            with (self._folder / f"{reference}.json").open("x", encoding="utf-8") as file:
                json.dump(told, file, ensure_ascii=False, indent=1)
        except FileExistsError:
            return reference
        return reference


def has_provider() -> bool:
    """Whether short messages can be sent from this installation."""
    return bool(cast("SmsSettings", settings.SMS)["provider"])


def provider() -> SmsProvider:
    """The provider of the installation.

    Raises:
        ChannelUnavailableError: None is configured, or it is not one that is known.
    """
    configured = cast("SmsSettings", settings.SMS)
    if configured["provider"] == "folder" and configured["folder"]:
        return FolderProvider(Path(configured["folder"]))
    raise ChannelUnavailableError(channel="SMS", setting="ECHEANCE_SMS_PROVIDER")
