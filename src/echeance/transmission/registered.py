"""Electronic registered letters (LRE): what a provider does, and one that does it locally.

A qualified provider (eIDAS art. 43 and 44, CPCE art. L100 and R53 to R53-4) checks who sends and
who receives, and gives a proof of deposit, then of receipt, refusal or non-claim. The local one
does the same gestures in a folder, to try the whole way out: what it writes has **no legal
value**, and each proof says so.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol, TypedDict, cast

from django.conf import settings

from echeance.transmission.errors import ChannelUnavailableError, DepositRefusedError

NO_LEGAL_VALUE: Final = (
    "Dépôt d'essai sur cette machine, sans prestataire qualifié : cette preuve n'a aucune valeur "
    "légale (CPCE, art. L100)."
)
_NAME: Final = re.compile(r"[^A-Za-z0-9@._-]+")


@dataclass(frozen=True, slots=True)
class RegisteredLetter:
    """A letter to deposit.

    Attributes:
        key: Names the deposit: one key, one deposit, whatever the number of calls.
        sender: Name of who sends (R53 requires it on the proof).
        recipient: Name of whom it is for.
        email: Their address.
        subject: One line.
        content: The letter, a PDF.
    """

    key: str
    sender: str
    recipient: str
    email: str
    subject: str
    content: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Fingerprint of the letter: what a proof names."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Deposit:
    """A letter in the provider's hands.

    Attributes:
        reference: The provider's number.
        at: When it was deposited, aware.
        proof: The proof of deposit.
        media_type: Of the proof.
    """

    reference: str
    at: datetime
    proof: bytes = field(repr=False)
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class RegisteredEvent:
    """What became of a deposit.

    Attributes:
        kind: ``presented`` (notice sent), ``received`` (accepted), ``refused`` or ``unclaimed``
            (fifteen days without an answer, R53-3).
        at: When, aware.
        proof: Its proof.
        media_type: Of the proof.
    """

    kind: str
    at: datetime
    proof: bytes = field(repr=False)
    media_type: str = "application/json"


class RegisteredProvider(Protocol):
    """Who deposits electronic registered letters."""

    name: str
    is_qualified: bool

    def send(self, letter: RegisteredLetter, *, at: datetime) -> Deposit:
        """Deposit a letter.

        Raises:
            DepositRefusedError: It refuses the letter: nothing was deposited.
            OSError: The answer was lost: it may have been deposited or not.
        """

    def status(self, reference: str) -> Sequence[RegisteredEvent]:
        """What became of a deposit, oldest first; nothing yet when empty."""


class RegisteredSettings(TypedDict):
    """``settings.REGISTERED_LETTERS``."""

    provider: str
    folder: str


class FolderProvider:
    """Deposits in a folder: the letter, its proof in JSON; answers are files a person drops there.

    ``REFERENCE.pdf`` is the letter and ``REFERENCE.depot.json`` its proof. A file
    ``REFERENCE.received.json`` (or ``presented``, ``refused``, ``unclaimed``) with ``{"at": …}``
    plays what the recipient did. The same key deposited again gives the first proof.
    """

    name = "essai local"
    is_qualified = False

    def __init__(self, folder: Path) -> None:
        """Prepare a provider.

        Args:
            folder: Made when absent.
        """
        self._folder = folder

    def send(self, letter: RegisteredLetter, *, at: datetime) -> Deposit:
        """See :class:`RegisteredProvider`."""
        if not letter.content.startswith(b"%PDF-"):
            raise DepositRefusedError(reason="la lettre n'est pas un PDF")
        self._folder.mkdir(parents=True, exist_ok=True)
        reference = f"LRE-{hashlib.sha256(letter.key.encode()).hexdigest()[:16].upper()}"
        told = {
            "reference": reference,
            "deposited_at": at.isoformat(),
            "sender": letter.sender,
            "recipient": letter.recipient,
            "email": letter.email,
            "subject": letter.subject,
            "sha256": letter.sha256,
            "legal_value": NO_LEGAL_VALUE,
        }
        proof = self._folder / f"{reference}.depot.json"
        (self._folder / f"{reference}.pdf").write_bytes(letter.content)
        try:
            with proof.open("xb") as file:
                file.write(json.dumps(told, ensure_ascii=False, indent=1).encode())
        except FileExistsError:
            told = json.loads(proof.read_bytes())
        deposited = datetime.fromisoformat(told["deposited_at"])
        return Deposit(reference, deposited, proof.read_bytes())

    def status(self, reference: str) -> Sequence[RegisteredEvent]:
        """See :class:`RegisteredProvider`."""
        stem = _NAME.sub("_", reference)
        found = []
        for kind in ("presented", "received", "refused", "unclaimed"):
            file = self._folder / f"{stem}.{kind}.json"
            if file.is_file():
                proof = file.read_bytes()
                at = datetime.fromisoformat(json.loads(proof)["at"])
                found.append(RegisteredEvent(kind, at, proof))
        return sorted(found, key=lambda event: event.at)


def has_provider() -> bool:
    """Whether electronic registered letters can be sent from this installation."""
    return bool(cast("RegisteredSettings", settings.REGISTERED_LETTERS)["provider"])


def provider() -> RegisteredProvider:
    """The provider of the installation.

    Raises:
        ChannelUnavailableError: None is configured, or it is not one that is known.
    """
    configured = cast("RegisteredSettings", settings.REGISTERED_LETTERS)
    if configured["provider"] == "folder" and configured["folder"]:
        return FolderProvider(Path(configured["folder"]))
    raise ChannelUnavailableError(
        channel="recommandé électronique", setting="ECHEANCE_REGISTERED_PROVIDER"
    )
