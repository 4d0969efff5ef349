"""CFONB 240, the detailed operations of an account: transfers received, unpaid debits and bills.

Fixed records of 240 characters: 31 opens a group for an account, 34 is an operation, 39 gives the
total of the group. It tells the details of what a statement books as a whole, so it is a notice:
nothing of it is a booked movement. Source: CFONB, « Opérations de détail sur support informatique »
for the records; the operation codes are those that files of banks were seen with, any other is
refused. Columns are quoted 1-based:

- 1-2 record, 3-8 sequence number, 9-10 operation code (20 transfer received, 61 bill unpaid,
  81 direct debit unpaid), 11-16 settlement date JJMMAA (31: of the file before, 39: of this one),
  17 ``E`` for euros;
- 22-42 bank, branch and account of the issuer of the operation, 43-66 its name: the payer of a
  transfer, the creditor of a bill or a debit (31 and 39: the customer of the bank);
- 78-98 bank, branch and account of its recipient, 99-122 its name;
- 123-128 reference of the presenter, 129-216 text, 217-222 settlement date of the first
  operation, 227-228 why it came back (``reject_codes``), 229-240 amount in cents or total.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.core import money
from echeance.core.bank.cfonb import day_of, one_line
from echeance.core.bank.errors import (
    AccountMismatchError,
    InvalidAmountError,
    NoStatementError,
    RecordSequenceError,
    TotalsMismatchError,
    TruncatedFileError,
    UnknownCurrencyError,
    UnsupportedFormatError,
)
from echeance.core.bank.lines import Source, records
from echeance.core.bank.model import (
    Direction,
    EntryDetail,
    Statement,
    StatementEntry,
    StatementFoot,
    StatementHead,
    StatementItem,
)
from echeance.core.bank.proof import Fingerprinter, collect
from echeance.core.bank.reject_codes import meaning_of

FORMAT: Final = "cfonb240"
RECORD_LENGTH: Final = 240

_OPENING, _OPERATION, _CLOSING = "31", "34", "39"
_EUROS = "E"
_DIRECTIONS: Final[dict[str, Direction]] = {"": "CRDT", "20": "CRDT", "61": "DBIT", "81": "DBIT"}


def read_cfonb240(content: bytes) -> tuple[Statement, ...]:
    """Read every group (31 to 39) of a CFONB 240 file, whole; see ``stream_cfonb240``.

    Raises:
        BankFileError: One of ``echeance.core.bank.errors``, with the line.
    """
    return collect(stream_cfonb240(io.BytesIO(content)))


def stream_cfonb240(source: Source) -> Iterator[StatementItem]:
    """Read a CFONB 240 file record by record; the foot proves the total of record 39.

    Every operation of a group counts positively in its total.

    Raises:
        BankFileError: One of ``echeance.core.bank.errors``, with the line.
    """
    fingerprinter = Fingerprinter()
    group: _Group | None = None
    found = False
    entries_read = 0
    line = 0
    for line, record in records(source, RECORD_LENGTH):
        kind = record[:2]
        if group is None:
            if kind != _OPENING:
                raise RecordSequenceError(line=line, record=kind, expected="31 (en-tête)")
            group = _open(line, record)
            found = True
            yield group.head
            continue
        _follow(group, line, record)
        if kind == _OPERATION:
            entries_read += 1
            yield _operation(group, line, record, entries_read, fingerprinter)
        elif kind == _CLOSING:
            yield _close(group, line, record)
            group = None
        else:
            raise RecordSequenceError(
                line=line, record=kind, expected="34 (opération) ou 39 (total)"
            )
    if group is not None:
        raise TruncatedFileError(line=line)
    if not found:
        raise NoStatementError(format="CFONB 240")


@dataclass(slots=True)
class _Group:
    """A group whose total has not been met yet."""

    account: str
    opening_date: date
    sequence: int
    entries: int = 0
    total: Decimal = field(default=money.ZERO)
    movements: Decimal = field(default=money.ZERO)

    @property
    def head(self) -> StatementHead:
        return StatementHead(
            format=FORMAT,
            kind="notice",
            statement_id="",
            sequence_number=None,
            account_iban="",
            account_id=self.account,
            account_key=self.account,
            currency="EUR",
            opening_balance=None,
            opening_date=self.opening_date,
        )


def _open(line: int, record: str) -> _Group:
    _in_euros(line, record)
    return _Group(_account(record, 21), day_of(record[10:16], line), _sequence(line, record))


def _follow(group: _Group, line: int, record: str) -> None:
    """Refuse a record that does not follow the one before: one has been cut out."""
    number = _sequence(line, record)
    group.sequence += 1
    if number != group.sequence:
        raise RecordSequenceError(
            line=line, record=f"{record[:2]} n° {number}", expected=f"n° {group.sequence}"
        )
    _in_euros(line, record)


def _operation(
    group: _Group, line: int, record: str, index: int, fingerprinter: Fingerprinter
) -> StatementEntry:
    issuer, recipient = _account(record, 21), _account(record, 77)
    if group.account not in {issuer, recipient}:
        raise AccountMismatchError(line=line, account=group.account, found=recipient)
    code = record[8:10].strip()
    direction = _DIRECTIONS.get(code)
    if direction is None:
        raise UnsupportedFormatError(format=f"CFONB 240 (opération {code}, ligne {line})")
    amount = _amount(line, record)
    group.entries += 1
    group.total += amount
    group.movements += amount if direction == "CRDT" else -amount
    day = day_of(record[10:16], line)
    issuer_name, recipient_name = one_line(record[42:66]), one_line(record[98:122])
    text = one_line(record[128:216])
    reference = one_line(record[122:128])
    label = recipient_name if issuer == group.account else issuer_name
    returned = direction == "DBIT"
    # The issuer of a transfer pays; the issuer of a bill or a debit was to be paid.
    detail = EntryDetail(
        amount=amount,
        payer_name=recipient_name if returned else issuer_name,
        payee_name=issuer_name if returned else recipient_name,
        remittance_text=text,
        return_reason=record[226:228].strip() if returned else "",
        return_text=meaning_of(record[226:228]) if returned else "",
    )
    return StatementEntry(
        index=index,
        direction=direction,
        amount=amount,
        reversal=False,
        booking_date=day,
        value_date=day,
        bank_reference=reference,
        bank_code=code,
        label=label,
        details=(detail,),
        raw=record,
        fingerprint=fingerprinter.fingerprint(
            account_key=group.account,
            direction=direction,
            amount=amount,
            booking_date=day,
            value_date=day,
            bank_reference=reference,
            label=label,
            details=(detail,),
        ),
        line=line,
    )


def _close(group: _Group, line: int, record: str) -> StatementFoot:
    account = _account(record, 21)
    if account != group.account:
        raise AccountMismatchError(line=line, account=group.account, found=account)
    told = _amount(line, record)
    if told != group.total:
        raise TotalsMismatchError(line=line, element="39", told=told, found=group.total)
    day = day_of(record[10:16], line)
    return StatementFoot(
        statement_id=f"{group.opening_date:%Y%m%d}-{day:%Y%m%d}",
        closing_balance=None,
        closing_date=day,
        proof="totals",
        entries=group.entries,
        movements=group.movements,
    )


def _account(record: str, at: int) -> str:
    """Bank, branch and account number, 21 characters from the 0-based column ``at``."""
    return f"{record[at : at + 5]}-{record[at + 5 : at + 10]}-{record[at + 10 : at + 21]}"


def _sequence(line: int, record: str) -> int:
    text = record[2:8]
    if not (text.isascii() and text.isdigit()):
        raise RecordSequenceError(line=line, record=record[:8], expected="un numéro d'ordre")
    return int(text)


def _in_euros(line: int, record: str) -> None:
    if record[16] != _EUROS:
        raise UnknownCurrencyError(line=line, text=record[16])


def _amount(line: int, record: str) -> Decimal:
    text = record[228:240]
    if not (text.isascii() and text.isdigit()):
        raise InvalidAmountError(line=line, text=text)
    return Decimal(int(text)).scaleb(-2)
