"""The one way in: recognise a bank file and read it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from echeance.core.bank.camt import read_camt
from echeance.core.bank.cfonb import read_cfonb120
from echeance.core.bank.cfonb240 import read_cfonb240
from echeance.core.bank.csv_layout import CsvLayout, guess_layout, is_table, read_csv
from echeance.core.bank.errors import (
    EmptyFileError,
    FileTooLargeError,
    LayoutNeededError,
    UnknownFormatError,
)
from echeance.core.bank.lines import without_mark
from echeance.core.bank.model import Statement
from echeance.core.bank.mt940 import is_mt940, read_mt940
from echeance.core.bank.ofx import is_ofx, read_ofx
from echeance.core.bank.proof import latest_day, not_after
from echeance.core.bank.qif import is_qif, read_qif
from echeance.core.errors import EcheanceError

MEGABYTE: Final = 1024 * 1024
SIZE_LIMIT_MB: Final = 50

UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", *UTF16_MARKS)
CFONB_120: Final = re.compile(rb"0[1457][0-9]{5}")
CFONB_240: Final = re.compile(rb"3[0149][0-9]{8}")


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person or an account says of files that do not tell it themselves.

    Attributes:
        account: Identifier of the account of a CSV or QIF file.
        layout: Columns of a CSV file or of a workbook; without it they must be sure by themselves.
        day_first: Order of the dates of a QIF file, when they read two ways.
    """

    account: str = ""
    layout: CsvLayout | None = None
    day_first: bool | None = None


NO_ANSWER: Final = Answers()


def read(
    content: bytes,
    *,
    filename: str = "",
    today: date | None = None,
    answers: Answers = NO_ANSWER,
) -> tuple[Statement, ...]:
    """Read the statements of a bank file, whatever its format, balances proved.

    The content alone decides the format; a file is read whole or refused whole. camt.053 of
    any version and CFONB 120 are statements, refused unless their balances are proved; camt.052,
    camt.054 and CFONB 240 are read for what they are (``Statement.kind``), with what proves them
    (``Statement.proof``): nothing of them is booked.

    Args:
        content: The bytes of the file.
        filename: Only to name the file when nothing else tells what it is.
        today: When given, an entry booked more than a year later is refused.
        answers: For CSV and QIF, what the file does not tell.

    Raises:
        BankFileError: One of ``echeance.core.bank.errors``, in French, with the line.
        EcheanceError: Of ``core.tabular``, for a table that cannot be opened.
    """
    statements = _read(content, filename, answers)
    if today is not None:
        latest = latest_day(today)
        for statement in statements:
            for entry in statement.entries:
                not_after(entry, latest)
    return statements


def is_bank_table(content: bytes) -> bool:
    r"""Whether a file is a table (CSV, workbook) and of no format of the banks.

    >>> is_bank_table(b"Date;Montant\n01/02/2026;1,00\n"), is_bank_table(b"!Type:Bank\n")
    (True, False)
    """
    start = content[:8192].lstrip(b" \t\r\n\x00\x1a")
    if is_ofx(start) or is_qif(start) or is_mt940(start):
        return False
    marked = start.startswith(UTF16_MARKS) and b"<" not in start[:4]
    start = without_mark(start)
    if CFONB_120.match(start) or CFONB_240.match(start):
        return False
    return (marked or not start.startswith((b"<", *UTF16_MARKS))) and is_table(content)


def _read(content: bytes, filename: str, answers: Answers) -> tuple[Statement, ...]:
    if len(content) > SIZE_LIMIT_MB * MEGABYTE:
        raise FileTooLargeError(size_mb=-(-len(content) // MEGABYTE), limit_mb=SIZE_LIMIT_MB)
    start = content.lstrip(b" \t\r\n\x00\x1a")
    if not start:
        raise EmptyFileError
    if is_ofx(start):
        return read_ofx(content)
    if is_bank_table(content):
        return _read_table(content, filename, answers)
    start = without_mark(start)
    if start.startswith((b"<", *_BYTE_ORDER_MARKS)):
        return read_camt(start)
    if CFONB_120.match(start):
        return read_cfonb120(content)
    if CFONB_240.match(start):
        return read_cfonb240(content)
    if is_qif(start):
        return read_qif(start, account=answers.account, day_first=answers.day_first)
    if is_mt940(start):
        return read_mt940(content)
    beginning = start[:30].decode("utf-8", "replace").splitlines()[0]
    raise UnknownFormatError(beginning=f"{filename} : {beginning}" if filename else beginning)


def _read_table(content: bytes, filename: str, answers: Answers) -> tuple[Statement, ...]:
    if answers.layout is not None:
        return read_csv(content, answers.layout, filename=filename, account=answers.account)
    try:
        guess = guess_layout(content, filename=filename)
    except EcheanceError as error:
        beginning = content[:60].decode("utf-8", "replace").split("\n")[0][:30]
        raise UnknownFormatError(beginning=beginning) from error
    if guess.layout is None and not any(guess.titles):
        beginning = content[:60].decode("utf-8", "replace").split("\n")[0][:30]
        raise UnknownFormatError(beginning=f"{filename} : {beginning}" if filename else beginning)
    if guess.layout is None or guess.doubts:
        raise LayoutNeededError(doubts=", ".join(guess.doubts))
    return read_csv(content, guess.layout, filename=filename, account=answers.account)
