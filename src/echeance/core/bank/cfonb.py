"""CFONB 120, the French statement of account: fixed records of 120 characters.

Record 01 is the opening balance, 04 a movement, 05 its complements, 07 the closing balance.
Source: CFONB, « Relevé de compte sur support informatique », brochure of July 2004 and the SEPA
complements; columns are quoted 1-based as in the brochure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from stdnum import iban

from echeance.core.bank.errors import (
    AccountMismatchError,
    CurrencyMismatchError,
    InvalidAmountError,
    InvalidDateError,
    NoStatementError,
    OverpunchError,
    RecordLengthError,
    RecordSequenceError,
    TruncatedFileError,
)
from echeance.core.bank.model import Direction, EntryDetail, Statement, StatementEntry
from echeance.core.bank.proof import Fingerprinter, prove, whole_cents

FORMAT: Final = "cfonb120"
RECORD_LENGTH: Final = 120

# The last character of an amount carries its last digit and its sign.
POSITIVE: Final = "{ABCDEFGHI"
NEGATIVE: Final = "}JKLMNOPQR"

# Two-digit years: no bank file is older than 1980.
_PIVOT = 80

_OPENING, _MOVEMENT, _COMPLEMENT, _CLOSING = "01", "04", "05", "07"


def read_cfonb120(content: bytes) -> tuple[Statement, ...]:
    """Read every statement (01 to 07) of a CFONB 120 file, balances proved.

    Records may be separated by CRLF, LF or nothing; blank lines are skipped. A record is
    ISO 8859-1, or UTF-8 when only that gives its 120 characters.

    Raises:
        BankFileError: One of ``echeance.core.bank.errors``, with the line.
    """
    fingerprinter = Fingerprinter()
    statements: list[Statement] = []
    open_statement: _OpenStatement | None = None
    entries_read = 0
    line = 0
    for line, record in _records(content):
        kind = record[:2]
        if open_statement is None:
            if kind != _OPENING:
                raise RecordSequenceError(line=line, record=kind, expected="01 (solde initial)")
            open_statement = _OpenStatement(line, record, entries_read, fingerprinter)
            continue
        open_statement.check_same_account(line, record)
        if kind == _MOVEMENT:
            open_statement.add_movement(line, record)
        elif kind == _COMPLEMENT:
            open_statement.add_complement(line, record)
        elif kind == _CLOSING:
            statement = open_statement.close(line, record)
            entries_read += len(statement.entries)
            statements.append(statement)
            open_statement = None
        else:
            raise RecordSequenceError(
                line=line, record=kind, expected="04 (mouvement), 05 (complément) ou 07 (solde)"
            )
    if open_statement is not None:
        raise TruncatedFileError(line=line)
    if not statements:
        raise NoStatementError(format="CFONB 120")
    return tuple(statements)


def _records(content: bytes) -> Iterator[tuple[int, str]]:
    """Yield (1-based line, record), blank lines left out."""
    if b"\n" not in content and b"\r" not in content:
        content = content.rstrip(b"\x1a")
        starts = range(0, len(content), RECORD_LENGTH)
        lines: Iterator[bytes] = (content[at : at + RECORD_LENGTH] for at in starts)
    else:
        lines = iter(content.splitlines())
    for number, line in enumerate(lines, start=1):
        if not line.strip(b" \t\x00\x1a"):
            continue
        record = line.decode("iso-8859-1")
        if len(record) != RECORD_LENGTH:
            try:
                record = line.decode("utf-8")
            except UnicodeDecodeError:
                record = line.decode("iso-8859-1")
            if len(record) != RECORD_LENGTH:
                raise RecordLengthError(line=number, length=len(record))
        yield number, record


@dataclass(slots=True)
class _Movement:
    """A 04 record and the 05 records that complete it."""

    line: int
    record: str
    complements: list[tuple[str, str]]
    raw: list[str]


class _OpenStatement:
    """A statement whose closing balance has not been met yet."""

    def __init__(
        self, line: int, record: str, entries_before: int, fingerprinter: Fingerprinter
    ) -> None:
        self._account = _account(record)
        self._currency = record[16:19]
        self._opening_date = _date(record[34:40], line)
        self._opening_balance = _amount(record, self._currency, line)
        self._entries_before = entries_before
        self._fingerprinter = fingerprinter
        self._entries: list[StatementEntry] = []
        self._movement: _Movement | None = None

    def check_same_account(self, line: int, record: str) -> None:
        """Refuse a record of another account or currency."""
        if record[:2] == _OPENING:
            raise RecordSequenceError(
                line=line, record=_OPENING, expected="07 (solde final du relevé précédent)"
            )
        # A movement may carry the bank code of the establishment that executed it.
        found = _account(record)
        if found.split("-")[1:] != self._account.split("-")[1:]:
            raise AccountMismatchError(line=line, account=self._account, found=found)
        if record[16:19] != self._currency:
            raise CurrencyMismatchError(line=line, currency=self._currency, found=record[16:19])

    def add_movement(self, line: int, record: str) -> None:
        """Take a 04 record; the one before it is complete."""
        self._flush()
        self._movement = _Movement(line, record, [], [record])

    def add_complement(self, line: int, record: str) -> None:
        """Take a 05 record: it completes the last 04."""
        if self._movement is None:
            raise RecordSequenceError(line=line, record=_COMPLEMENT, expected="04 (mouvement)")
        self._movement.complements.append((record[45:48], record[48:118]))
        self._movement.raw.append(record)

    def close(self, line: int, record: str) -> Statement:
        """Take the 07 record and prove the balances."""
        self._flush()
        closing_date = _date(record[34:40], line)
        return prove(
            Statement(
                format=FORMAT,
                statement_id=f"{self._opening_date:%Y%m%d}-{closing_date:%Y%m%d}",
                sequence_number=None,
                account_iban="",
                account_id=self._account,
                account_key=self._account,
                currency=self._currency,
                opening_balance=self._opening_balance,
                closing_balance=_amount(record, self._currency, line),
                opening_date=self._opening_date,
                closing_date=closing_date,
                entries=tuple(self._entries),
            )
        )

    def _flush(self) -> None:
        movement, self._movement = self._movement, None
        if movement is None:
            return
        record, line = movement.record, movement.line
        signed = _amount(record, self._currency, line)
        direction: Direction = "DBIT" if record[103] in NEGATIVE else "CRDT"
        amount = abs(signed)
        booking_date = _date(record[34:40], line)
        value_date = booking_date if _is_blank(record[42:48]) else _date(record[42:48], line)
        texts = _Complements(movement.complements)
        bank_reference = texts.one("REF") or record[104:120].strip() or record[81:88].strip(" 0")
        label = _one_line(record[48:79])
        details = (
            EntryDetail(
                amount=amount,
                # RCN: the reference in 35 characters, then the purpose code.
                end_to_end_id=_provided(texts.raw("RCN")[:35]),
                mandate_id=_provided(texts.raw("RUM")[:35]),
                payer_name=texts.one("NPY") or texts.one("NPO"),
                payer_iban=_iban(texts.one("IPY")),
                payee_name=texts.one("NBE") or texts.one("NBU"),
                payee_iban=_iban(texts.one("IBE")),
                remittance_text=texts.remittance(),
                creditor_reference=_provided(texts.raw("LCS")),
                return_reason=record[40:42].strip(),
            ),
        )
        self._entries.append(
            StatementEntry(
                index=self._entries_before + len(self._entries) + 1,
                direction=direction,
                amount=amount,
                reversal=False,
                booking_date=booking_date,
                value_date=value_date,
                bank_reference=bank_reference,
                bank_code=record[32:34].strip(),
                label=label,
                details=details,
                raw="\n".join(movement.raw),
                fingerprint=self._fingerprinter.fingerprint(
                    account_key=self._account,
                    direction=direction,
                    amount=amount,
                    booking_date=booking_date,
                    value_date=value_date,
                    bank_reference=bank_reference,
                    label=label,
                    details=details,
                ),
            )
        )


class _Complements:
    """The 05 texts of one movement, by qualifier."""

    def __init__(self, complements: list[tuple[str, str]]) -> None:
        self._complements = complements

    def raw(self, qualifier: str) -> str:
        """The qualifier's text with its columns kept, records put end to end."""
        return "".join(text for name, text in self._complements if name == qualifier)

    def one(self, qualifier: str) -> str:
        return _one_line(self.raw(qualifier))

    def remittance(self) -> str:
        """What the payer wrote (LCC and LC2, cut at 70 characters), then the bank's texts."""
        known = {"LCC", "LC2"}
        payer = "".join(text for name, text in self._complements if name in known)
        bank = [text for name, text in self._complements if name == "LIB"]
        return _one_line(" ".join([payer, *bank]))


def _account(record: str) -> str:
    """Bank, branch and account number: columns 3-7, 12-16, 22-32."""
    return f"{record[2:7]}-{record[11:16]}-{record[21:32]}"


def _amount(record: str, currency: str, line: int) -> Decimal:
    """Columns 91-104, with the number of decimals of column 20 and the sign of column 104."""
    text = record[90:104]
    digits, last = text[:-1], text[-1]
    if not (digits.isascii() and digits.isdigit() and record[19] in "0123456789"):
        raise InvalidAmountError(line=line, text=text)
    if last in POSITIVE:
        value = int(digits) * 10 + POSITIVE.index(last)
    elif last in NEGATIVE:
        value = -(int(digits) * 10 + NEGATIVE.index(last))
    else:
        raise OverpunchError(line=line, text=text)
    return whole_cents(Decimal(value).scaleb(-int(record[19])), currency, line)


def _date(text: str, line: int) -> date:
    """Read JJMMAA."""
    if not (text.isascii() and text.isdigit()):
        raise InvalidDateError(line=line, text=text)
    year = int(text[4:])
    try:
        return date(year + (1900 if year >= _PIVOT else 2000), int(text[2:4]), int(text[:2]))
    except ValueError as error:
        raise InvalidDateError(line=line, text=text) from error


def _is_blank(text: str) -> bool:
    return not text.strip(" 0")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _provided(text: str) -> str:
    found = _one_line(text)
    return "" if found == "NOTPROVIDED" else found


def _iban(text: str) -> str:
    """The IBAN that an identification record starts with, if its check digits agree."""
    first = text.split(" ", 1)[0]
    return first if iban.is_valid(first, check_country=False) else ""
