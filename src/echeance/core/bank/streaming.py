"""Large bank files, read entry by entry with a flat memory."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from echeance.core.bank.camt import stream_camt
from echeance.core.bank.cfonb import stream_cfonb120
from echeance.core.bank.cfonb240 import stream_cfonb240
from echeance.core.bank.errors import EmptyFileError, FileTooLargeError
from echeance.core.bank.lines import Source, without_mark
from echeance.core.bank.model import (
    Statement,
    StatementEntry,
    StatementFoot,
    StatementHead,
    StatementItem,
)
from echeance.core.bank.ofx import is_ofx
from echeance.core.bank.proof import latest_day, not_after
from echeance.core.bank.reader import (
    CFONB_120,
    CFONB_240,
    MEGABYTE,
    SIZE_LIMIT_MB,
    UTF16_MARKS,
    read,
)

STREAM_LIMIT_MB: Final = 500
_BEGINNING: Final = 4096
_XML_MARKS: Final = (b"<", b"\xef\xbb\xbf", *UTF16_MARKS)


def stream(
    source: Source, *, filename: str = "", today: date | None = None
) -> Iterator[StatementItem]:
    """Read a bank file of up to 500 MB: a head, its entries, its foot, for each statement.

    camt, CFONB 120 and CFONB 240 are read as they come, in the memory of one entry; any other
    format is first read whole, within the limit of ``read``. Until its foot an entry is not
    proved: a caller that may not act before the proof reads the file twice (``check``).

    Args:
        source: Read forward only, from its beginning.
        filename: Only to name the file when nothing else tells what it is.
        today: When given, an entry booked more than a year later is refused.

    Raises:
        BankFileError: One of ``echeance.core.bank.errors``, with the line, at any step.
    """
    bounded = _Bounded(source)
    beginning = bounded.peek()
    start = without_mark(beginning.lstrip(b" \t\r\n\x00\x1a"))
    if not start:
        raise EmptyFileError
    if start.startswith(_XML_MARKS) and not is_ofx(start):
        items = stream_camt(bounded)
    elif CFONB_120.match(start):
        items = stream_cfonb120(bounded)
    elif CFONB_240.match(start):
        items = stream_cfonb240(bounded)
    else:
        items = _items(read(bounded.whole(SIZE_LIMIT_MB * MEGABYTE), filename=filename))
    if today is None:
        yield from items
        return
    latest = latest_day(today)
    for item in items:
        if isinstance(item, StatementEntry):
            not_after(item, latest)
        yield item


def check(
    source: Source, *, filename: str = "", today: date | None = None
) -> tuple[tuple[StatementHead, StatementFoot], ...]:
    """Read a file to its end and keep nothing but what proves each statement.

    The first of two readings: ``source`` is then brought back to its beginning by the caller.

    Raises:
        BankFileError: As ``stream``.
    """
    proved = []
    head: StatementHead | None = None
    for item in stream(source, filename=filename, today=today):
        if isinstance(item, StatementHead):
            head = item
        elif isinstance(item, StatementFoot):
            assert head is not None, "a foot follows its head"
            proved.append((head, item))
    return tuple(proved)


def _items(statements: tuple[Statement, ...]) -> Iterator[StatementItem]:
    for one in statements:
        yield StatementHead(
            format=one.format,
            kind=one.kind,
            statement_id=one.statement_id,
            sequence_number=one.sequence_number,
            account_iban=one.account_iban,
            account_id=one.account_id,
            account_key=one.account_key,
            currency=one.currency,
            opening_balance=one.opening_balance,
            opening_date=one.opening_date,
        )
        yield from one.entries
        yield StatementFoot(
            statement_id=one.statement_id,
            closing_balance=one.closing_balance,
            closing_date=one.closing_date,
            proof=one.proof,
            entries=len(one.entries),
            movements=one.movements,
            pending=one.pending,
        )


class _Bounded:
    """A source that stops at the limit of size, and whose beginning can be looked at."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._beginning = b""
        self._read = 0

    def peek(self) -> bytes:
        """The first bytes; the next reading gives them again."""
        while len(self._beginning) < _BEGINNING:
            more = self._source.read(_BEGINNING)
            if not more:
                break
            self._beginning += more
        return self._beginning

    def whole(self, limit: int) -> bytes:
        """All the bytes, or a few more than ``limit`` of them."""
        parts = []
        while limit >= 0 and (data := self.read(MEGABYTE)):
            parts.append(data)
            limit -= len(data)
        return b"".join(parts)

    def read(self, size: int = -1) -> bytes:
        """As any binary source.

        Raises:
            FileTooLargeError: Beyond 500 MB.
        """
        data, self._beginning = self._beginning, b""
        if not data or size > len(data):
            data += self._source.read(size - len(data) if size > 0 else size)
        self._read += len(data)
        if self._read > STREAM_LIMIT_MB * MEGABYTE:
            raise FileTooLargeError(size_mb=STREAM_LIMIT_MB + 1, limit_mb=STREAM_LIMIT_MB)
        return data
