"""A real Chromium, for the tests and the screenshots: the machine's own, never a download."""

from __future__ import annotations

import os
import shutil

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = "no Chromium: apt-get install chromium, or set CHROMIUM=/path/to/chrome"
_OPTIONS = [
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
]


def find() -> str | None:
    """The path of ``CHROMIUM``, else of the first usual command that is there."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for command in COMMANDS if (path := shutil.which(command))), None)


def options() -> list[str]:
    """Its arguments. Chromium refuses to start as root with its sandbox."""
    return [*_OPTIONS, "--no-sandbox"] if os.geteuid() == 0 else _OPTIONS
