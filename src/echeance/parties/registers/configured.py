"""The registers of the installation; one that is not configured answers ``unavailable``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict, cast

from django.conf import settings

from echeance.parties.registers.http import SILENCE_LABELS, Patience, SilentError
from echeance.parties.registers.sirene import SireneClient
from echeance.parties.registers.vies import ViesClient
from echeance.parties.types import RegistryAnswer


class RegisterSettings(TypedDict):
    """``settings.REGISTERS``."""

    sirene_url: str
    sirene_key: str
    vies_url: str


def configured_registers() -> list[str]:
    """Registers that may be asked at all."""
    configured = cast("RegisterSettings", settings.REGISTERS)
    has_sirene = bool(configured["sirene_url"] and configured["sirene_key"])
    return ["sirene"] * has_sirene + ["vies"] * bool(configured["vies_url"])


def ask_sirene(
    questions: Sequence[tuple[int, str]], *, patience: Patience | None = None
) -> list[RegistryAnswer]:
    """Answers of SIRENE, in the order of the questions; never raises."""
    configured = cast("RegisterSettings", settings.REGISTERS)
    if not questions:
        return []
    if not (configured["sirene_url"] and configured["sirene_key"]):
        return _unavailable("sirene", questions, SILENCE_LABELS["no_sirene"])
    try:
        client = SireneClient(configured["sirene_url"], configured["sirene_key"], patience=patience)
    except SilentError as error:
        return _unavailable("sirene", questions, error.reason)
    try:
        return client.look_up(questions)
    finally:
        client.close()


def ask_vies(
    questions: Sequence[tuple[int, str]], *, requester: str = "", patience: Patience | None = None
) -> list[RegistryAnswer]:
    """Answers of VIES, in the order of the questions; never raises."""
    configured = cast("RegisterSettings", settings.REGISTERS)
    if not questions:
        return []
    if not configured["vies_url"]:
        return _unavailable("vies", questions, SILENCE_LABELS["no_vies"])
    try:
        client = ViesClient(configured["vies_url"], requester=requester, patience=patience)
    except SilentError as error:
        return _unavailable("vies", questions, error.reason)
    try:
        return client.look_up(questions)
    finally:
        client.close()


def _unavailable(
    register: str, questions: Sequence[tuple[int, str]], reason: str
) -> list[RegistryAnswer]:
    return [
        RegistryAnswer(party_id, register, asked, "unavailable", {"reason": reason})
        for party_id, asked in questions
    ]
