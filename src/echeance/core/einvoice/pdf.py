"""Opening a PDF nobody should trust, within bounds, and looking at objects of any shape.

qpdf reads; its limits bound what one stream or one nesting may take. What its objects may weigh is
bounded here: a plain file cannot hold many, any other is opened first in a process with a ceiling.
The functions below never raise on an object of the wrong type: a hostile file puts a number where
a dictionary belongs.
"""

from __future__ import annotations

import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from echeance.core.einvoice import pdf_probe_child
from echeance.core.einvoice.errors import (
    DamagedPdfError,
    EncryptedPdfError,
    FileTooLargeError,
    PdfTooHeavyError,
)

if TYPE_CHECKING:
    from types import ModuleType

MAX_PDF_BYTES: Final = 50 * 1024 * 1024
MAX_STREAM_BYTES: Final = 64 * 1024 * 1024

# Four bytes of a plain file, or of what it inflates to, are at most two objects of 100 bytes.
_PLAIN_BYTES: Final = 2 * 1024 * 1024
_PLAIN_INFLATED: Final = 8 * 1024 * 1024
_DICTIONARY_BYTES: Final = 2048
_STREAM: Final = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
_FILTER: Final = re.compile(rb"/Filter\s*\[?\s*/(FlateDecode|DCTDecode)\s*\]?\s*(?=[/>])")
# A comment, or a letter written as its number: what the entries say may be hidden.
_HIDDEN: Final = re.compile(rb"%|#[4-7]")
_PROBE_SECONDS: Final = 20

# What a library in C++ raises on a broken file, besides its own errors: a number where a name
# belongs, an integer beyond 64 bits, a text in no encoding.
_SHAPE_ERRORS: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


@contextmanager
def opened(content: bytes, filename: str = "", *, decrypt: bool = False) -> Iterator[Any]:
    """Open a PDF as ``pikepdf.Pdf``; what goes wrong inside the block gets a name too.

    Args:
        content: The whole file.
        filename: For the messages.
        decrypt: Also open a file whose password is empty.

    Raises:
        FileTooLargeError: More than ``MAX_PDF_BYTES``.
        EncryptedPdfError: It has a password; without ``decrypt``, even an empty one.
        DamagedPdfError: It cannot be opened, or takes more than the limits.
        PdfTooHeavyError: Its objects take more memory or time than an invoice may.
    """
    if len(content) > MAX_PDF_BYTES:
        raise FileTooLargeError(filename, MAX_PDF_BYTES // 1024 // 1024)
    if not is_plain(content):
        _probe(content, filename)
    pikepdf = bounded_pikepdf()
    try:
        with pikepdf.open(BytesIO(content)) as pdf:
            if pdf.is_encrypted and not decrypt:
                raise EncryptedPdfError(filename)
            yield pdf
    except pikepdf.PasswordError as error:
        raise EncryptedPdfError(filename) from error
    except (pikepdf.PikepdfError, *_SHAPE_ERRORS) as error:
        raise DamagedPdfError(filename) from error


def is_plain(content: bytes) -> bool:
    """Whether a file surely cannot weigh much once opened: small, and all its streams too.

    Every object is in the file or in a stream of it, and takes at least two bytes there. A stream
    whose size is not beyond doubt (another filter, an entry written in an unusual way) makes the
    file not plain.
    """
    if len(content) > _PLAIN_BYTES:
        return False
    left = _PLAIN_INFLATED
    for keyword in _STREAM.finditer(content):
        before = content[max(0, keyword.start() - _DICTIONARY_BYTES) : keyword.start()]
        entries = before[before.rfind(b"obj") :] if b"obj" in before else b"%"
        if _HIDDEN.search(entries) or entries.count(b"/Filter") > 1:
            return False
        if b"/Filter" not in entries:
            continue
        packed = _FILTER.search(entries)
        if packed is None:
            return False
        if packed[1] == b"FlateDecode":
            left -= _inflated(content, keyword.end(), left)
        if left < 0:
            return False
    return True


def _inflated(content: bytes, start: int, most: int) -> int:
    """Size of the data deflated at a place; more than ``most`` when it is beyond, or not told."""
    end = content.find(b"endstream", start)
    packer = zlib.decompressobj()
    try:
        size = len(packer.decompress(content[start : end if end > 0 else None], most + 1))
    except zlib.error:
        return most + 1
    return size if packer.eof else most + 1


def _probe(content: bytes, filename: str) -> None:
    # Isolated mode, by path: nothing of the environment or of the project is imported there.
    command = [sys.executable, "-I", str(Path(pdf_probe_child.__file__))]
    try:
        done = subprocess.run(  # noqa: S603  a fixed command line
            command, input=content, capture_output=True, timeout=_PROBE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise PdfTooHeavyError(filename) from error
    if done.returncode != 0:
        raise PdfTooHeavyError(filename)


@cache
def bounded_pikepdf() -> ModuleType:
    """Load pikepdf with limits against bombs: they are process-wide, so they are set once."""
    import pikepdf
    import pikepdf.settings

    pikepdf.settings.set_qpdf_limits(
        doc_max_warnings=200,
        parser_max_nesting=100,
        parser_max_container_size=200_000,
        max_stream_filters=4,
        flate_max_memory=MAX_STREAM_BYTES,
        png_max_memory=MAX_STREAM_BYTES,
        run_length_max_memory=MAX_STREAM_BYTES,
        tiff_max_memory=MAX_STREAM_BYTES,
        dct_max_memory=MAX_STREAM_BYTES,
    )
    return pikepdf


def embedded_files(pdf: Any, limit: int) -> list[tuple[str, Any]]:
    """The files joined to the document, at most ``limit``: name and file specification.

    The name is that of the file (``/UF``, ``/F``), else its key in the tree of names. Two files
    may have the same key: the tree is walked here, since a mapping would hide one of them.
    """
    files: list[tuple[str, Any]] = []
    nodes = [entry(pdf.Root, "/Names", "/EmbeddedFiles")]
    seen: set[object] = set()
    while nodes and len(files) < limit:
        node = nodes.pop()
        if not is_dictionary(node) or key_of(node) in seen:
            continue
        seen.add(key_of(node))
        nodes += reversed(elements(node.get("/Kids")))
        pairs = elements(node.get("/Names"))
        for key, item in zip(pairs[::2], pairs[1::2], strict=False):
            if is_dictionary(item):
                files.append((text(item.get("/UF")) or text(item.get("/F")) or text(key), item))
    return files[:limit]


def entry(item: Any, *keys: str) -> Any:
    """What stands under ``keys``, one below the other; ``None`` when a step is missing."""
    for key in keys:
        if not (is_dictionary(item) or is_stream(item)):
            return None
        item = item.get(key)
    return item


def entries(item: Any) -> list[tuple[str, Any]]:
    """The keys and values of a dictionary, or of a stream's dictionary; else nothing."""
    if is_stream(item):
        item = item.stream_dict
    return list(item.items()) if is_dictionary(item) else []


def elements(item: Any) -> list[Any]:
    """The elements of an array; nothing for anything else."""
    return list(item) if isinstance(item, bounded_pikepdf().Array) else []


def name(item: Any) -> str:
    """A name as text with its slash; "" for anything else."""
    return str(item) if isinstance(item, bounded_pikepdf().Name) else ""


def text(item: Any) -> str:
    """A text string; "" for anything else."""
    return str(item) if isinstance(item, bounded_pikepdf().String) else ""


def whole(item: Any) -> int | None:
    """An integer; ``None`` for anything else."""
    return item if isinstance(item, int) and not isinstance(item, bool) else None


def is_dictionary(item: Any) -> bool:
    """A dictionary, not that of a stream."""
    return isinstance(item, bounded_pikepdf().Dictionary)


def is_stream(item: Any) -> bool:
    """A stream."""
    return isinstance(item, bounded_pikepdf().Stream)


def key_of(item: Any) -> tuple[int, int] | int:
    """What tells an object from another while the file is open."""
    number: tuple[int, int] = item.objgen
    return number if number != (0, 0) else id(item)
