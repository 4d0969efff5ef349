"""The drop folder: files that came in for a company, and what became of them.

``<root>/<SIREN>/orders/<source>/*`` and ``<root>/<SIREN>/bank/*``. A file taken in moves to
``done``, a refused one to ``refused`` with its reason beside it. A crash between the import and
the move is harmless: imports recognise the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

BYTES_MAX = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file waiting: its path and, for orders, the source whose mapping reads it."""

    path: Path
    source: str = ""

    def read(self) -> bytes:
        """Its bytes, at most one byte over the largest accepted, which the reader then refuses."""
        with self.path.open("rb") as file:
            return file.read(BYTES_MAX + 1)

    def done(self) -> None:
        """Move it out of the way, taken in."""
        self._move("done")

    def refused(self, reason: str) -> None:
        """Move it out of the way with the reason, so that a person can correct and drop again."""
        moved = self._move("refused")
        moved.with_suffix(moved.suffix + ".motif.txt").write_text(reason + "\n", encoding="utf-8")

    def _move(self, folder: str) -> Path:
        target = self.path.parent / folder / self.path.name
        target.parent.mkdir(exist_ok=True)
        return self.path.replace(target)


def orders(root: Path, siren: str) -> Iterator[Incoming]:
    """Order files waiting, by source then name."""
    for path in sorted(root.glob(f"{siren}/orders/*/*")):
        if path.is_file() and not path.is_symlink():
            yield Incoming(path=path, source=path.parent.name)


def statements(root: Path, siren: str) -> Iterator[Incoming]:
    """Bank files waiting, by name."""
    for path in sorted(root.glob(f"{siren}/bank/*")):
        if path.is_file() and not path.is_symlink():
            yield Incoming(path=path)
