"""The movements of a file read by its own reader: numbered, in whole cents, recognisable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.core import money
from echeance.core.bank.errors import InvalidAmountError, InvalidDateError, UnknownCurrencyError
from echeance.core.bank.model import EntryDetail, StatementEntry
from echeance.core.bank.proof import Fingerprinter, whole_cents
from echeance.core.einvoice.code_lists import CURRENCIES
from echeance.core.errors import EcheanceError
from echeance.core.identifiers import Iban

_AMOUNT: Final = re.compile(r"[+-]?[0-9]{1,20}(?:[.,][0-9]{0,8})?")
_BANK, _BRANCH, _ACCOUNT = (re.compile(p) for p in (r"\d{5}", r"\d{5}", r"[0-9A-Z]{11}"))


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement as its format tells it; ``amount`` is signed, positive for a credit."""

    amount: Decimal
    booking_date: date
    value_date: date
    bank_reference: str
    bank_code: str
    label: str
    details: tuple[EntryDetail, ...]
    raw: str
    line: int
    reversal: bool = False
    charges: Decimal | None = None


class Movements:
    """Makes the entries of one file, in its order."""

    def __init__(self) -> None:
        self._fingerprinter = Fingerprinter()
        self._count = 0

    def entry(self, account_key: str, movement: Movement) -> StatementEntry:
        """The next entry of the file."""
        self._count += 1
        amount = abs(movement.amount)
        direction = "DBIT" if movement.amount < money.ZERO else "CRDT"
        return StatementEntry(
            index=self._count,
            direction=direction,  # type: ignore[arg-type]
            amount=amount,
            reversal=movement.reversal,
            booking_date=movement.booking_date,
            value_date=movement.value_date,
            bank_reference=movement.bank_reference,
            bank_code=movement.bank_code,
            label=movement.label,
            details=movement.details,
            raw=movement.raw,
            fingerprint=self._fingerprinter.fingerprint(
                account_key=account_key,
                direction=direction,  # type: ignore[arg-type]
                amount=amount,
                booking_date=movement.booking_date,
                value_date=movement.value_date,
                bank_reference=movement.bank_reference,
                label=movement.label,
                details=movement.details,
            ),
            charges=movement.charges,
            line=movement.line,
        )


def amount_of(text: str, currency: str, line: int) -> Decimal:
    """A signed amount, decimal comma or point, no grouping.

    Raises:
        InvalidAmountError: Not such a number.
        AmountPrecisionError: Finer than the currency's smallest unit.
    """
    compact = text.strip()
    if not _AMOUNT.fullmatch(compact):
        raise InvalidAmountError(line=line, text=compact[:40])
    amount = Decimal(compact.replace(",", "."))
    return money.round_amount(whole_cents(amount, currency, line), currency)


def day_of_digits(text: str, line: int) -> date:
    """The civil day of ``YYYYMMDD…`` or ``YYMMDD``, written by the bank in its own time zone.

    Raises:
        InvalidDateError: Not a day of the calendar, or outside 1980–2199.
    """
    digits = text.strip()
    if len(digits) == 6:
        digits = ("19" if digits[:2] >= "80" else "20") + digits
    if not (digits[:8].isascii() and digits[:8].isdigit() and "1980" <= digits[:4] < "2200"):
        raise InvalidDateError(line=line, text=text.strip()[:40])
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError as error:
        raise InvalidDateError(line=line, text=text.strip()[:40]) from error


def currency_of(text: str, line: int) -> str:
    """An ISO 4217 code.

    Raises:
        UnknownCurrencyError: It is none.
    """
    code = text.strip().upper()
    if code not in CURRENCIES:
        raise UnknownCurrencyError(line=line, text=code[:10])
    return code


def account_of(bank: str, branch: str, number: str) -> tuple[str, str]:
    """What a file gives of an account: its IBAN if it is one, and its other identifier.

    >>> account_of("", "", "FR7630006000011234567890189")
    ('FR7630006000011234567890189', '')
    >>> account_of("30006", "00001", "12345678901")
    ('', '30006-00001-12345678901')
    >>> account_of("160000100", "00", "12300 000012345678")
    ('', '12300000012345678')
    """
    bank, branch, number = ("".join(part.split()).upper() for part in (bank, branch, number))
    try:
        return str(Iban.parse(number)), ""
    except EcheanceError:
        pass
    if _BANK.fullmatch(bank) and _BRANCH.fullmatch(branch) and _ACCOUNT.fullmatch(number):
        return "", f"{bank}-{branch}-{number}"
    return "", number


def one_line(text: str) -> str:
    """A text without line breaks nor repeated blanks."""
    return " ".join(text.split())
