"""Opening a PDF nobody should trust, within bounds, and looking at objects of any shape.

qpdf reads; its limits bound what one stream, one container or one nesting may take. The functions
below never raise on an object of the wrong type: a hostile file puts a number where a dictionary
belongs.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from echeance.core.einvoice.errors import DamagedPdfError, EncryptedPdfError, FileTooLargeError

if TYPE_CHECKING:
    from types import ModuleType

MAX_PDF_BYTES: Final = 50 * 1024 * 1024
MAX_STREAM_BYTES: Final = 64 * 1024 * 1024

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
    """
    if len(content) > MAX_PDF_BYTES:
        raise FileTooLargeError(filename, MAX_PDF_BYTES // 1024 // 1024)
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
