"""The platforms of the installation. Their secrets come from the environment and stay in memory."""

from __future__ import annotations

from typing import TypedDict, cast

from django.conf import settings

from echeance.transmission.platform.chorus import ChorusClient
from echeance.transmission.platform.client import PlatformClient
from echeance.transmission.platform.errors import PlatformMissingError
from echeance.transmission.platform.types import Access, ChorusAccess


class AccessSettings(TypedDict):
    """``settings.PLATFORM``."""

    base_url: str
    token_url: str
    directory_url: str
    client_id: str
    client_secret: str
    scope: str


class ChorusSettings(AccessSettings):
    """``settings.CHORUS``."""

    login: str
    password: str


def has_platform() -> bool:
    """Whether an approved platform is configured."""
    return bool(cast("AccessSettings", settings.PLATFORM)["base_url"])


def platform() -> PlatformClient:
    """A client of the approved platform.

    Raises:
        PlatformMissingError: None is configured.
        PlatformAddressError: An address is neither ``https`` nor of this machine.
    """
    configured = cast("AccessSettings", settings.PLATFORM)
    return PlatformClient(_access(configured, "la plateforme agréée", "PLATFORM"))


def chorus_pro() -> ChorusClient:
    """A client of Chorus Pro; raises like :func:`platform`."""
    configured = cast("ChorusSettings", settings.CHORUS)
    access = _access(configured, "Chorus Pro", "CHORUS")
    return ChorusClient(ChorusAccess(access, configured["login"], configured["password"]))


def _access(configured: AccessSettings, name: str, prefix: str) -> Access:
    needed = ("base_url", "token_url", "client_id", "client_secret")
    if not all(configured[key] for key in needed):  # type: ignore[literal-required]
        raise PlatformMissingError(name=name, prefix=prefix)
    return Access(
        base_url=configured["base_url"],
        token_url=configured["token_url"],
        client_id=configured["client_id"],
        client_secret=configured["client_secret"],
        directory_url=configured["directory_url"],
        scope=configured["scope"],
    )
