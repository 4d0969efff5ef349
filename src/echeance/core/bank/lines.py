"""Lines of a text file of fixed records, read without holding the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from echeance.core.bank.errors import RecordLengthError

_CHUNK: Final = 64 * 1024
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class Source(Protocol):
    """What a file is read from: a binary file, or anything that gives its next bytes."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, none at the end."""


def without_mark(start: bytes) -> bytes:
    r"""The beginning of a text file of records without the mark of UTF-8; that of XML is kept.

    >>> without_mark(b"\xef\xbb\xbf0130006"), without_mark(b"\xef\xbb\xbf<?xml")[:1]
    (b'0130006', b'\xef')
    """
    bare = start.removeprefix(_BYTE_ORDER_MARK)
    return bare if bare[:1].isdigit() else start


def records(source: Source, length: int) -> Iterator[tuple[int, str]]:
    """Yield (1-based line, record of ``length`` characters), blank lines left out.

    Records may be separated by CRLF, LF, CR or nothing. A record is ISO 8859-1, or UTF-8 when only
    that gives its length.

    Raises:
        RecordLengthError: A line is not one record.
    """
    rest = source.read(_CHUNK).removeprefix(_BYTE_ORDER_MARK)
    cut = b"\n" in rest or b"\r" in rest
    number = 0
    more = True
    while more:
        data = source.read(_CHUNK)
        more = bool(data)
        whole = rest + data
        if cut and more:
            # A line that may go on, or whose CR may be followed by LF, waits for the next bytes.
            end = max(whole.rfind(b"\n"), whole.rfind(b"\r", 0, len(whole) - 1)) + 1
            lines, rest = whole[:end].splitlines(), whole[end:]
            if len(rest) > _CHUNK + length:
                raise RecordLengthError(
                    line=number + len(lines) + 1, length=len(rest), expected=length
                )
        elif cut:
            lines = whole.splitlines()
        else:
            end = len(whole) - len(whole) % length if more else len(whole)
            block = whole[:end] if more else whole.rstrip(b"\x1a")
            lines = [block[at : at + length] for at in range(0, len(block), length)]
            rest = whole[end:]
        for line in lines:
            number += 1
            if len(line) == length and line[:1] > b" ":
                yield number, line.decode("iso-8859-1")
            elif line.strip(b" \t\x00\x1a"):
                yield number, _record(line, length, number)


def _record(line: bytes, length: int, number: int) -> str:
    record = line.decode("iso-8859-1")
    if len(record) != length:
        try:
            record = line.decode("utf-8")
        except UnicodeDecodeError:
            record = line.decode("iso-8859-1")
        if len(record) != length:
            raise RecordLengthError(line=number, length=len(record), expected=length)
    return record
