"""QIF, the text exchange of « Quicken »: movements without account, balance nor currency.

One letter opens each line (D date, T amount, P payee, M memo, N number), a circumflex ends each
movement. The order of day and month is not told: the whole file decides, or a person does.
Source: Quicken Interchange Format specification (Intuit, 2006).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.core import money, tabular
from echeance.core.bank.errors import (
    AmbiguousDatesError,
    InvalidAmountError,
    InvalidDateError,
    InvestmentAccountError,
    MalformedLineError,
    MissingFieldError,
    NoStatementError,
    TruncatedFileError,
)
from echeance.core.bank.model import EntryDetail, Statement, account_key
from echeance.core.bank.movements import Movement, Movements, account_of, one_line
from echeance.core.bank.proof import whole_cents
from echeance.core.errors import EcheanceError

FORMAT: Final = "qif"
_MONEY: Final = frozenset(("bank", "ccard", "cash", "oth a", "oth l"))
_DATE = re.compile(r"(\d{1,4})\s?[/.\-]\s?(\d{1,2})\s?[/.\-']\s?(\d{1,4})")


@dataclass(slots=True)
class _Record:
    """The lines of a movement, until its circumflex."""

    line: int
    texts: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)


def is_qif(start: bytes) -> bool:
    """Whether the first bytes of a file are those of QIF."""
    return re.match(rb"!(?:Type|Account|Option|Clear)", start, re.IGNORECASE) is not None


def read_qif(
    content: bytes,
    *,
    account: str = "",
    currency: str = "EUR",
    day_first: bool | None = None,
) -> tuple[Statement, ...]:
    """Read the movements of a QIF file, one statement for each account it names.

    Nothing proves that no movement is missing: the proof is ``none`` and there is no balance.

    Args:
        content: The bytes of the file.
        account: Identifier of the account, for the movements that name none.
        currency: QIF does not tell it.
        day_first: Whether the day comes before the month; ``None`` lets the dates decide.

    Raises:
        AmbiguousDatesError: The dates do not decide: ask a person.
        InvestmentAccountError: It holds securities.
        BankFileError: Any other of ``echeance.core.bank.errors``, with the line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    accounts: dict[str, list[_Record]] = {}
    for name, record in _records(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")):
        accounts.setdefault(name, []).append(record)
    if not accounts:
        raise NoStatementError(format="QIF")
    order = _order([one for records in accounts.values() for one in records], day_first=day_first)
    movements = Movements()
    return tuple(
        _statement(name or account, records, order, currency, movements)
        for name, records in accounts.items()
    )


def _records(lines: Sequence[str]) -> Iterator[tuple[str, _Record]]:
    account, section = "", ""
    record: _Record | None = None
    for number, written in enumerate(lines, start=1):
        line = written.strip("\x00\x1a \t")
        if not line:
            continue
        if line.startswith("!"):
            if record:
                raise TruncatedFileError(line=number)
            section = line.removeprefix("!").strip().casefold()
            if section == "type:invst":
                raise InvestmentAccountError(line=number)
            continue
        if line == "^":
            if record and section == "account":
                account = record.texts.get("N", account)
            elif record and section.removeprefix("type:") in _MONEY:
                yield account, record
            record = None
            continue
        if not section:
            raise MalformedLineError(line=number, text=line[:40], expected="!Type:Bank")
        record = record or _Record(number)
        record.lines.append(line)
        record.texts.setdefault(line[0].upper(), line[1:].strip())
    if record:
        raise TruncatedFileError(line=len(lines))


_Order = str


def _order(records: Sequence[_Record], *, day_first: bool | None) -> _Order:
    """``ymd``, ``dmy`` or ``mdy``, as every date of the file allows."""
    orders = {"ymd", "dmy", "mdy"}
    doubtful: _Record | None = None
    for record in records:
        parts = _DATE.fullmatch(record.texts.get("D", ""))
        if parts is None:
            continue  # told when the movement is read, with its line
        first, second = int(parts[1]), int(parts[2])
        possible = {"ymd"} if len(parts[1]) == 4 else {"dmy", "mdy"}
        if len(parts[1]) < 4:
            possible -= {"mdy"} if first > 12 else set()
            possible -= {"dmy"} if second > 12 else set()
            if len(possible) == 2 and first != second:
                doubtful = doubtful or record
        if not orders & possible:
            raise InvalidDateError(line=record.line, text=record.texts["D"][:40])
        orders &= possible
    if len(orders) > 1 and doubtful is not None:
        if day_first is None:
            raise AmbiguousDatesError(line=doubtful.line, text=doubtful.texts["D"][:40])
        return "dmy" if day_first else "mdy"
    return "dmy" if "dmy" in orders else orders.pop()


def _day(record: _Record, order: _Order) -> date:
    text = record.texts.get("D", "")
    if not text:
        raise MissingFieldError(line=record.line, field="la date (D)", format="QIF")
    parts = _DATE.fullmatch(text)
    if parts is None:
        raise InvalidDateError(line=record.line, text=text[:40])
    numbers = dict(zip(order, (int(part) for part in parts.groups()), strict=True))
    year = numbers["y"]
    if year < 100:
        year += 1900 if year >= 80 else 2000
    if not 1980 <= year < 2200:
        raise InvalidDateError(line=record.line, text=text[:40])
    try:
        return date(year, numbers["m"], numbers["d"])
    except ValueError as error:
        raise InvalidDateError(line=record.line, text=text[:40]) from error


def _amount(record: _Record, currency: str) -> Decimal:
    text = record.texts.get("T") or record.texts.get("U", "")
    if not text:
        raise MissingFieldError(line=record.line, field="le montant (T)", format="QIF")
    try:
        amount = tabular.to_decimal(text)
    except EcheanceError as error:
        raise InvalidAmountError(line=record.line, text=text[:40]) from error
    return money.round_amount(whole_cents(amount, currency, record.line), currency)


def _statement(
    name: str, records: Sequence[_Record], order: _Order, currency: str, movements: Movements
) -> Statement:
    iban, other = account_of("", "", name) if name else ("", "")
    key = account_key(iban or other)
    entries = []
    for record in records:
        amount = _amount(record, currency)
        day = _day(record, order)
        payee, memo = one_line(record.texts.get("P", "")), one_line(record.texts.get("M", ""))
        entries.append(
            movements.entry(
                key,
                Movement(
                    amount=amount,
                    booking_date=day,
                    value_date=day,
                    bank_reference="",
                    bank_code="",
                    label=payee or memo,
                    details=(
                        EntryDetail(
                            amount=abs(amount),
                            remittance_text=memo if payee else "",
                            transaction_id=record.texts.get("N", "")[:35],
                        ),
                    ),
                    raw="\n".join(record.lines),
                    line=record.line,
                ),
            )
        )
    days = [entry.booking_date for entry in entries]
    return Statement(
        format=FORMAT,
        statement_id=f"{min(days):%Y%m%d}-{max(days):%Y%m%d}",
        sequence_number=None,
        account_iban=iban,
        account_id=other,
        account_key=key,
        currency=currency,
        opening_balance=None,
        closing_balance=None,
        opening_date=min(days),
        closing_date=max(days),
        entries=tuple(entries),
        proof="none",
    )
