"""What every reader checks and adds: exact cents, proved balances, fingerprints."""

from __future__ import annotations

import hashlib
import re
from array import array
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.core import money
from echeance.core.bank.errors import AmountPrecisionError, BalanceMismatchError, FutureDateError
from echeance.core.bank.model import (
    Direction,
    EntryDetail,
    Statement,
    StatementEntry,
    StatementHead,
    StatementItem,
)
from echeance.core.dates import add_years

# 18 digits of which 5 decimals: ISO 20022 ActiveOrHistoricCurrencyAndAmount.
AMOUNT: Final = re.compile(r"[0-9]{1,18}(?:\.[0-9]{0,5})?")


def whole_cents(amount: Decimal, currency: str, line: int) -> Decimal:
    """Return ``amount`` with the currency's decimals, or refuse it: nothing is ever rounded.

    Banks may write more decimals than the currency has (ISO 20022 allows five); trailing zeros
    are accepted, a real fraction of a cent is not.

    Raises:
        AmountPrecisionError: The amount is not a whole number of the smallest unit.
    """
    if amount.as_tuple().exponent == -money.decimals(currency):
        return amount
    rounded = money.round_amount(amount, currency)
    if rounded != amount:
        raise AmountPrecisionError(line=line, amount=amount, currency=currency)
    return rounded


def prove(statement: Statement) -> Statement:
    """Return the statement when opening balance plus entries is the closing balance.

    Raises:
        BalanceMismatchError: With the figures and the difference.
    """
    if statement.opening_balance is not None and statement.closing_balance is not None:
        movements = sum((entry.signed for entry in statement.entries), money.ZERO)
        check_balances(
            statement,
            statement.statement_id,
            statement.opening_balance,
            movements,
            statement.closing_balance,
        )
    return statement


def check_balances(
    head: StatementHead | Statement,
    statement_id: str,
    opening: Decimal,
    movements: Decimal,
    closing: Decimal,
) -> None:
    """Refuse a statement whose entries do not lead from one balance to the other.

    Raises:
        BalanceMismatchError: With the figures and the difference.
    """
    if opening + movements != closing:
        raise BalanceMismatchError(
            statement_id=statement_id,
            account=head.account_iban or head.account_id,
            currency=head.currency,
            opening=opening,
            movements=movements,
            closing=closing,
        )


def collect(items: Iterable[StatementItem]) -> tuple[Statement, ...]:
    """Put heads, entries and feet together into whole statements."""
    statements: list[Statement] = []
    head: StatementHead | None = None
    entries: list[StatementEntry] = []
    for item in items:
        if isinstance(item, StatementEntry):
            entries.append(item)
        elif isinstance(item, StatementHead):
            head, entries = item, []
        else:
            assert head is not None, "a foot follows its head"
            statements.append(
                Statement(
                    format=head.format,
                    statement_id=item.statement_id,
                    sequence_number=head.sequence_number,
                    account_iban=head.account_iban,
                    account_id=head.account_id,
                    account_key=head.account_key,
                    currency=head.currency,
                    opening_balance=head.opening_balance,
                    closing_balance=item.closing_balance,
                    opening_date=head.opening_date,
                    closing_date=item.closing_date,
                    entries=tuple(entries),
                    proof=item.proof,
                    kind=head.kind,
                    pending=item.pending,
                )
            )
    return tuple(statements)


def latest_day(today: date) -> date:
    """The last day that an entry may be booked on: no bank announces further than a year."""
    return add_years(today, 1)


def not_after(entry: StatementEntry, latest: date) -> None:
    """Refuse an entry booked after ``latest``.

    Raises:
        FutureDateError: With the line.
    """
    if entry.booking_date > latest:
        raise FutureDateError(line=entry.line, day=entry.booking_date)


class _Seen:
    """Which 64-bit numbers have been met, in 16 to 32 bytes each.

    A million of them are mistaken for one another once in thirty million files.
    """

    __slots__ = ("_mask", "_slots", "_used")

    def __init__(self) -> None:
        self._mask = 255
        self._slots = array("Q", bytes(8 * 256))
        self._used = 0

    def add(self, number: int) -> bool:
        """Keep a number above zero; whether it was there already."""
        slots, mask = self._slots, self._mask
        at = number & mask
        while found := slots[at]:
            if found == number:
                return True
            at = (at + 1) & mask
        slots[at] = number
        self._used += 1
        if self._used * 2 > mask:
            self._grow()
        return False

    def _grow(self) -> None:
        before = self._slots
        mask = self._mask * 2 + 1
        slots = array("Q", bytes(8 * (mask + 1)))
        for number in before:
            if number:
                at = number & mask
                while slots[at]:
                    at = (at + 1) & mask
                slots[at] = number
        self._slots, self._mask = slots, mask


class Fingerprinter:
    """Give each movement of one file a fingerprint that another file would give too.

    Two movements of a day that nothing distinguishes are both real: their rank among their
    likes is part of the fingerprint, so that the same two in another file are recognised.
    """

    def __init__(self) -> None:
        self._seen = _Seen()
        self._again: dict[bytes, int] = {}

    def fingerprint(
        self,
        *,
        account_key: str,
        direction: Direction,
        amount: Decimal,
        booking_date: date,
        value_date: date,
        bank_reference: str,
        label: str,
        details: Iterable[EntryDetail],
    ) -> str:
        """Hash the account, dates, amount, direction, references, texts and rank (hex)."""
        parts = [
            account_key,
            booking_date.isoformat(),
            value_date.isoformat(),
            f"{amount:f}",
            direction,
            bank_reference,
            label,
        ]
        for detail in details:
            parts += (
                detail.end_to_end_id,
                detail.mandate_id,
                detail.payer_name,
                detail.payer_iban,
                detail.payee_name,
                detail.payee_iban,
                detail.remittance_text,
                detail.creditor_reference,
                *detail.document_numbers,
                detail.return_reason,
            )
        digest = hashlib.sha256("\x1f".join(parts).encode())
        content = digest.digest()
        rank = 1
        if self._seen.add(int.from_bytes(content[:8], "little") or 1):
            rank = self._again[content] = self._again.get(content, 1) + 1
        digest.update(b"\x1e%d" % rank)
        return digest.hexdigest()
