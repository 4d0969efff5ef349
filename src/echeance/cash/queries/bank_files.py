"""Statements of the accounts: what is missing between them, their balances, files that wait."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from echeance.base.errors import NotFoundError
from echeance.cash.models import BankAccount, HeldFile, Statement
from echeance.cash.types import BalancePoint, StatementGap

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor

WAITING = "cash.details_waiting"
"""Code of a notice whose details wait for their statement."""


def bank_account_for(*, actor: Actor, account_id: int) -> BankAccount:
    """An account of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    account = BankAccount.objects.filter(company=actor.company, pk=account_id).first()
    if account is None:
        raise NotFoundError(what=f"compte bancaire n° {account_id}")
    return account


def statement_gaps(*, actor: Actor) -> list[StatementGap]:
    """Statements that do not follow each other, by account then date. One query.

    Two statements that follow in time must share a balance, and their numbers, when the bank
    counts them within a year, must follow. A statement that overlaps another one is compared with
    the one that closes last before it opens; one that nothing proves is not compared.
    """
    rows = (
        Statement.objects.filter(company=actor.company)
        .exclude(proof="none")
        .select_related("bank_account")
        .order_by("bank_account__name", "bank_account", "opening_date", "closing_date", "pk")
    )
    by_account: dict[int, list[Statement]] = defaultdict(list)
    for row in rows:
        by_account[row.bank_account_id].append(row)
    return [gap for found in by_account.values() for gap in _gaps(found)]


def _gaps(statements: list[Statement]) -> list[StatementGap]:
    gaps = []
    for at in range(1, len(statements)):
        one = statements[at]
        earlier = statements[max(0, at - 50) : at]
        before = [row for row in earlier if row.closing_date <= one.opening_date]
        overlaps = any(row.closing_date > one.opening_date for row in earlier)
        if not before or overlaps:
            continue
        last = max(row.closing_date for row in before)
        ends = [row for row in before if row.closing_date == last]
        follows = any(row.closing_balance == one.opening_balance for row in ends)
        missing = _numbers_missing(ends[-1], one)
        if follows and not missing:
            continue
        gaps.append(
            StatementGap(
                statement_id=one.pk,
                bank_account_id=one.bank_account_id,
                account_name=one.bank_account.name,
                closed_on=last,
                closing_balance=ends[-1].closing_balance,
                opened_on=one.opening_date,
                opening_balance=one.opening_balance,
                missing_numbers=missing,
            )
        )
    return gaps


def _numbers_missing(before: Statement, after: Statement) -> tuple[int, int] | None:
    """First and last numbers between two statements of a format in one year."""
    first, second = before.sequence_number, after.sequence_number
    if first is None or second is None or before.format != after.format:
        return None
    if before.closing_date.year != after.closing_date.year or second <= first + 1:
        return None
    return first + 1, second - 1


def balance_points(*, actor: Actor, account_id: int, since: date) -> list[BalancePoint]:
    """Closing balances of an account since a day, oldest first, one a day. One query.

    Statements that nothing proves are left out.
    """
    rows = (
        Statement.objects.filter(
            company=actor.company, bank_account=account_id, closing_date__gte=since
        )
        .exclude(proof="none")
        .order_by("closing_date", "pk")
        .values_list("closing_date", "closing_balance")
    )
    by_day: dict[date, Decimal] = dict(rows)
    return [BalancePoint(on=day, balance=balance) for day, balance in by_day.items()]


def last_balances(*, actor: Actor) -> dict[int, BalancePoint]:
    """Last proved balance of each account. One query."""
    rows = (
        Statement.objects.filter(company=actor.company)
        .exclude(proof="none")
        .order_by("closing_date", "pk")
        .values_list("bank_account", "closing_date", "closing_balance")
    )
    return {account: BalancePoint(on=day, balance=balance) for account, day, balance in rows}


def held_files(*, actor: Actor) -> QuerySet[HeldFile]:
    """Bank files that wait, latest first. One query."""
    return (
        HeldFile.objects.filter(company=actor.company, resolved_at=None)
        .select_related("file")
        .order_by("-received_at", "-pk")
    )


def held_file_for(*, actor: Actor, held_file_id: int) -> HeldFile:
    """A held file of the company, resolved or not. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    held = HeldFile.objects.filter(company=actor.company, pk=held_file_id).first()
    if held is None:
        raise NotFoundError(what=f"fichier en quarantaine n° {held_file_id}")
    return held
