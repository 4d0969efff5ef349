"""The archive folder: contents under their SHA-256, written so that a crash loses nothing.

A content is written under a temporary name, flushed to the disk, renamed, and its folder flushed,
before anything points at it. A process killed in between leaves at most a file nobody names,
which is harmless; never a name without its file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

from django.conf import settings

_BLOCK = 1 << 20


def root() -> Path:
    """Where contents are."""
    return Path(settings.ARCHIVE_ROOT)


def path_of(sha256: str) -> Path:
    """Where the content of this hash is, or would be."""
    return root() / sha256[:2] / sha256


def write(contents: Mapping[str, bytes]) -> None:
    """Put contents on the disk, by their hash, and come back once they would survive a power cut.

    A file already there with the same bytes is left alone; one with other bytes (cut short or
    altered) is replaced. Safe with any number of writers: each has its own temporary name, and a
    rename puts the same bytes in the same place.
    """
    folders = {path_of(sha256).parent for sha256 in contents}
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    for sha256, content in contents.items():
        _write(path_of(sha256), content)
    for folder in folders | {root(), root().parent}:
        _flush_folder(folder)


def _write(path: Path, content: bytes) -> None:
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size == len(content) and path.read_bytes() == content:
            return
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o440)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _flush_folder(folder: Path) -> None:
    # Windows has no handle on a folder: there the rename is as durable as the system makes it.
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sha256_of_file(path: Path) -> str:
    """Hash of what is on the disk, block by block.

    Raises:
        FileNotFoundError: No such file.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def names() -> Iterator[str]:
    """Name of every file of the folder, whole or left by a crash, one sub-folder at a time."""
    for sub in sorted(root().glob("[0-9a-f][0-9a-f]")):
        yield from sorted(path.name for path in sub.iterdir())
