"""The one way in: recognise a bank file and read it."""

from __future__ import annotations

import re
from typing import Final

from echeance.core.bank.camt import read_camt
from echeance.core.bank.cfonb import read_cfonb120
from echeance.core.bank.errors import (
    EmptyFileError,
    FileTooLargeError,
    UnknownFormatError,
    UnsupportedFormatError,
)
from echeance.core.bank.model import Statement

MEGABYTE: Final = 1024 * 1024
SIZE_LIMIT_MB: Final = 50

_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_CFONB_120 = re.compile(rb"0[1457][0-9]{5}")
_CFONB_240 = re.compile(rb"3[0149][0-9]{8}")
_QIF = re.compile(rb"!Type:", re.IGNORECASE)


def read(content: bytes, *, filename: str = "") -> tuple[Statement, ...]:
    """Read the statements of a bank file, whatever its format, balances proved.

    The content alone decides the format; a file is read whole or refused whole. camt.053 of
    any version and CFONB 120 are read; camt.052 and camt.054 are read too, and refused for want
    of balances unless the bank gives them, because a movement that no balance proves is not
    booked.

    Args:
        content: The bytes of the file.
        filename: Only to name the file when nothing else tells what it is.

    Raises:
        BankFileError: One of ``echeance.core.bank.errors``, in French, with the line.
    """
    if len(content) > SIZE_LIMIT_MB * MEGABYTE:
        raise FileTooLargeError(size_mb=-(-len(content) // MEGABYTE), limit_mb=SIZE_LIMIT_MB)
    start = content.lstrip(b" \t\r\n\x00\x1a")
    if not start:
        raise EmptyFileError
    if start.startswith(b"OFXHEADER") or b"<OFX>" in start[:1000]:
        raise UnsupportedFormatError(format="OFX")
    if start.startswith((b"<", *_BYTE_ORDER_MARKS)):
        return read_camt(start)
    if _CFONB_120.match(start):
        return read_cfonb120(content)
    if _CFONB_240.match(start):
        raise UnsupportedFormatError(format="CFONB 240")
    if _QIF.match(start):
        raise UnsupportedFormatError(format="QIF")
    beginning = start[:30].decode("utf-8", "replace").splitlines()[0]
    raise UnknownFormatError(beginning=f"{filename} : {beginning}" if filename else beginning)
