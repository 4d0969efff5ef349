"""The account of a customer: what is open, line by line, with its running balance."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from echeance.core.money import ZERO
from echeance.ledger.types import DEBIT, OpenItemFacts


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An open item in the account.

    Attributes:
        item: The item.
        sign: 1 for what the customer owes, -1 for what it may deduct.
        balance: What it owes in all once this line is counted.
        days_late: Days since a debt was due; zero when it is not late.
    """

    item: OpenItemFacts
    sign: int
    balance: Decimal
    days_late: int


@dataclass(frozen=True, slots=True)
class Account:
    """What a customer owes.

    Attributes:
        lines: Open items by due date.
        due: All that is owed, before deductions.
        overdue: What of it is late.
        receipts: Money received and not yet given to an invoice.
        credits: Credit notes not yet used.
    """

    lines: tuple[AccountLine, ...]
    due: Decimal
    overdue: Decimal
    receipts: Decimal
    credits: Decimal

    @property
    def balance(self) -> Decimal:
        """Owed less deductions: the balance of the account in the books."""
        return self.due - self.receipts - self.credits


def account_of(items: Iterable[OpenItemFacts], on: date) -> Account:
    """The account at the end of a day.

    Args:
        items: What is open that day, by due date; ``open_amount`` as it was then.
        on: The day.
    """
    lines: list[AccountLine] = []
    due = overdue = receipts = credits_left = balance = ZERO
    for item in items:
        sign = 1 if item.side == DEBIT else -1
        balance += sign * item.open_amount
        days_late = max(0, (on - item.due_date).days) if item.side == DEBIT else 0
        lines.append(AccountLine(item, sign, balance, days_late))
        if item.side == DEBIT:
            due += item.open_amount
            overdue += item.open_amount if days_late else ZERO
        elif item.kind == "credit_note":
            credits_left += item.open_amount
        else:
            receipts += item.open_amount
    return Account(tuple(lines), due, overdue, receipts, credits_left)
