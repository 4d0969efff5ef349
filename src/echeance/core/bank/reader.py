"""The one way in: recognise a bank file and read it."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from echeance.core.bank.camt import read_camt
from echeance.core.bank.cfonb import read_cfonb120
from echeance.core.bank.cfonb240 import read_cfonb240
from echeance.core.bank.errors import (
    EmptyFileError,
    FileTooLargeError,
    UnknownFormatError,
)
from echeance.core.bank.lines import without_mark
from echeance.core.bank.model import Statement
from echeance.core.bank.mt940 import is_mt940, read_mt940
from echeance.core.bank.ofx import is_ofx, read_ofx
from echeance.core.bank.proof import latest_day, not_after
from echeance.core.bank.qif import is_qif, read_qif

MEGABYTE: Final = 1024 * 1024
SIZE_LIMIT_MB: Final = 50

UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", *UTF16_MARKS)
CFONB_120: Final = re.compile(rb"0[1457][0-9]{5}")
CFONB_240: Final = re.compile(rb"3[0149][0-9]{8}")


def read(content: bytes, *, filename: str = "", today: date | None = None) -> tuple[Statement, ...]:
    """Read the statements of a bank file, whatever its format, balances proved.

    The content alone decides the format; a file is read whole or refused whole. camt.053 of
    any version and CFONB 120 are statements, refused unless their balances are proved; camt.052,
    camt.054 and CFONB 240 are read for what they are (``Statement.kind``), with what proves them
    (``Statement.proof``): nothing of them is booked.

    Args:
        content: The bytes of the file.
        filename: Only to name the file when nothing else tells what it is.
        today: When given, an entry booked more than a year later is refused.

    Raises:
        BankFileError: One of ``echeance.core.bank.errors``, in French, with the line.
    """
    statements = _read(content, filename)
    if today is not None:
        latest = latest_day(today)
        for statement in statements:
            for entry in statement.entries:
                not_after(entry, latest)
    return statements


def _read(content: bytes, filename: str) -> tuple[Statement, ...]:
    if len(content) > SIZE_LIMIT_MB * MEGABYTE:
        raise FileTooLargeError(size_mb=-(-len(content) // MEGABYTE), limit_mb=SIZE_LIMIT_MB)
    start = content.lstrip(b" \t\r\n\x00\x1a")
    if not start:
        raise EmptyFileError
    if is_ofx(start):
        return read_ofx(content)
    start = without_mark(start)
    if start.startswith((b"<", *_BYTE_ORDER_MARKS)):
        return read_camt(start)
    if CFONB_120.match(start):
        return read_cfonb120(content)
    if CFONB_240.match(start):
        return read_cfonb240(content)
    if is_qif(start):
        return read_qif(start)
    if is_mt940(start):
        return read_mt940(content)
    beginning = start[:30].decode("utf-8", "replace").splitlines()[0]
    raise UnknownFormatError(beginning=f"{filename} : {beginning}" if filename else beginning)
