"""État de rapprochement: what the bank says, what the books say, and every line between them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import F

from echeance.base import clock
from echeance.base.rights import Right
from echeance.cash.models import BankAccount, Match, Statement, StatementEntry
from echeance.cash.types import ReconciliationReport, ReconcilingLine
from echeance.core.money import ZERO
from echeance.core.reconciliation_note import ReconciliationNote, write_reconciliation
from echeance.ledger import queries as ledger

if TYPE_CHECKING:
    from echeance.base.actor import Actor

OPENING_JOURNAL = "AN"


def reconciliation(*, actor: Actor, ledger_account: str, on: date) -> ReconciliationReport:
    """Reconcile an account of the books with the bank at the end of a day.

    Several bank accounts that share an account of the books are reconciled together. A match
    undone since counts as not made; its entry and the one that reverses it cancel out where both
    are dated by then.

    Seven queries and two more a bank account.
    """
    actor.require(Right.READ)
    accounts = BankAccount.objects.filter(
        company=actor.company,
        ledger_account=ledger_account,
        kind=BankAccount.AccountKind.BANK,
    )
    entries = list(
        StatementEntry.objects.filter(
            company=actor.company, bank_account__in=accounts, booking_date__lte=on
        ).order_by("booking_date", "pk")
    )
    explained = dict(
        Match.objects.filter(
            company=actor.company, undone_at=None, entry__bank_account__in=accounts
        ).values_list("entry_id", "journal_entry_id")
    )
    lines = ledger.account_lines(actor=actor, account=ledger_account, on=on)
    posted = {one.entry_id for one in lines}
    explained = {pk: entry_id for pk, entry_id in explained.items() if entry_id in posted}
    booked = {explained[one.pk] for one in entries if one.pk in explained}
    opened = sum((one.amount for one in lines if one.journal_code == OPENING_JOURNAL), ZERO)
    not_on_bank = [
        ReconcilingLine(one.on, one.document_ref, one.label, one.amount)
        for one in lines
        if one.entry_id not in booked and one.journal_code != OPENING_JOURNAL
    ]
    not_booked = [
        ReconcilingLine(one.booking_date, one.bank_reference, one.text[:120], _signed(one))
        for one in entries
        if one.pk not in explained
    ]
    bank, start, last = _bank_balance(list(accounts), entries, on)
    moved = sum((_signed(one) for one in entries), ZERO)
    return ReconciliationReport(
        account=ledger_account,
        on=on,
        statement_date=last,
        ledger_balance=sum((one.amount for one in lines), ZERO),
        bank_balance=bank,
        not_booked=tuple(not_booked),
        not_on_bank=tuple(not_on_bank),
        opening=start - opened,
        gap=(bank if bank is not None else ZERO) - start - moved,
    )


def _signed(entry: StatementEntry) -> Decimal:
    credit = entry.direction == StatementEntry.Direction.CREDIT
    return entry.amount if credit else -entry.amount


def _bank_balance(
    accounts: list[BankAccount], entries: list[StatementEntry], on: date
) -> tuple[Decimal | None, Decimal, date | None]:
    """Balance of the bank on a day, balance before the first statements, day of the oldest last.

    After the last closing, entries told by a statement that closes later move the balance.
    """
    total: Decimal | None = None
    start = ZERO
    last: date | None = None
    for account in accounts:
        rows = Statement.objects.filter(bank_account=account).exclude(proof="none")
        first = rows.order_by("opening_date", "closing_date", "pk").first()
        if first is None or first.opening_date > on:
            continue
        start += first.opening_balance
        closed = (
            rows.filter(closing_date__lte=on)
            .order_by(F("closing_date").desc(), "-sequence_number", "-pk")
            .first()
        )
        since = closed.closing_date if closed else None
        balance = closed.closing_balance if closed else first.opening_balance
        balance += sum(
            (
                _signed(one)
                for one in entries
                if one.bank_account_id == account.pk and (since is None or one.booking_date > since)
            ),
            ZERO,
        )
        total = (total or ZERO) + balance
        day = since or first.opening_date
        last = day if last is None else min(last, day)
    return total, start, last


def reconciled_accounts(*, actor: Actor) -> list[str]:
    """Accounts of the books that bank accounts are kept on, in order. One query."""
    actor.require(Right.READ)
    rows = BankAccount.objects.filter(company=actor.company, kind=BankAccount.AccountKind.BANK)
    return sorted(set(rows.values_list("ledger_account", flat=True)))


def reconciliation_pdf(*, actor: Actor, report: ReconciliationReport) -> bytes:
    """The report as a PDF/A-3, to sign and keep. No query."""
    actor.require(Right.READ)
    return write_reconciliation(
        ReconciliationNote(
            company=actor.company.name,
            account=report.account,
            on=report.on,
            rows=(
                ("Solde des livres", report.ledger_balance),
                *(
                    (f"À comptabiliser, {line.on:%d/%m/%Y} {line.label}", line.amount)
                    for line in report.not_booked
                ),
                *(
                    (f"Absent de la banque, {line.on:%d/%m/%Y} {line.label}", -line.amount)
                    for line in report.not_on_bank
                ),
                ("Solde de départ non repris", report.opening),
                ("Relevé manquant", report.gap),
            ),
            bank_balance=report.bank_balance,
            made_at=clock.now(),
        )
    )
