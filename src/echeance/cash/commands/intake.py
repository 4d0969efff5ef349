"""Take in bank files: accounts declared, balances proved, each movement kept once."""

from __future__ import annotations

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.cash import queries
from echeance.cash.errors import (
    StatementCurrencyError,
    StatementKnownError,
    UnknownBankAccountError,
)
from echeance.cash.events import (
    BankAccountAdded,
    StatementImported,
)
from echeance.cash.models import BankAccount, Statement, StatementEntry
from echeance.cash.types import (
    StatementReport,
)
from echeance.core import bank
from echeance.core.bank.errors import OpeningBalanceMissingError
from echeance.core.bookkeeping import account_number
from echeance.core.identifiers import Bic, Iban
from echeance.ledger import queries as ledger_queries

CUSTOMERS = account_number("customers")
SUSPENSE = account_number("suspense")
STATEMENT_KIND = "bank_statement"
CHUNK = 200


@transaction.atomic
def add_bank_account(
    *,
    actor: Actor,
    name: str,
    iban: str = "",
    bic: str = "",
    account_key: str = "",
    ledger_account: str = "512000",
) -> BankAccount:
    """Declare a bank account of the company.

    Args:
        actor: Needs the right on bank details.
        name: What people call it.
        iban: Checked; its spaces do not matter.
        bic: Checked when given.
        account_key: ``bank-branch-account`` of a CFONB account known without its IBAN.
        ledger_account: Its account in the books.

    Raises:
        InvalidIbanError: The key of the IBAN is wrong.
    """
    actor.require(Right.EDIT_BANK_DETAILS)
    checked = str(Iban.parse(iban)) if iban else ""
    account, created = BankAccount.objects.get_or_create(
        company=actor.company,
        account_key=bank.account_key(account_key or checked),
        defaults={
            "name": name,
            "iban": checked,
            "bic": str(Bic.parse(bic)) if bic else "",
            "ledger_account": ledger_account,
            "created_at": clock.now(),
        },
    )
    if created:
        journal.record(
            BankAccountAdded(bank_account_id=account.pk, account_key=account.account_key),
            actor=actor,
        )
    return account


def import_statements(*, actor: Actor, content: bytes, filename: str) -> list[StatementReport]:
    """Take in a bank file, whole or not at all: archived, balances proved, entries kept once.

    A movement already told by another file is counted once. The same file twice is refused.

    Raises:
        EcheanceError: Of ``core.bank`` when the file cannot be read or its balances are wrong.
        UnknownBankAccountError: The company has not declared that account.
        StatementKnownError: The same bytes were imported before.
        StatementCurrencyError: Not in euros.
    """
    actor.require(Right.IMPORT_STATEMENTS)
    read = bank.read(content, filename=filename)
    accounts = {account.account_key: account for account in queries.bank_accounts(actor=actor)}
    for statement in read:
        if statement.account_key not in accounts:
            raise UnknownBankAccountError(account=statement.account_key)
        if statement.currency != "EUR":
            raise StatementCurrencyError(currency=statement.currency)
        if statement.opening_balance is None or statement.closing_balance is None:
            raise OpeningBalanceMissingError(
                format=statement.format, statement_id=statement.statement_id
            )
    with transaction.atomic():
        file = archive.store_file(
            actor=actor,
            file=NewFile(
                content=content,
                filename=filename,
                media_type="application/xml" if content.lstrip()[:1] == b"<" else "text/plain",
                kind=STATEMENT_KIND,
                subject="",
                keep_until=ledger_queries.keep_until(
                    actor=actor, day=max(statement.closing_date for statement in read)
                ),
            ),
        )
        known = Statement.objects.filter(company=actor.company, file=file).first()
        if known:
            raise StatementKnownError(filename=filename, on=known.imported_at.date())
        return [
            _keep_statement(actor, accounts[one.account_key], file.pk, one, filename)
            for one in read
        ]


def _keep_statement(
    actor: Actor, account: BankAccount, file_id: int, one: bank.Statement, filename: str
) -> StatementReport:
    assert one.opening_balance is not None, "checked by the import"
    assert one.closing_balance is not None, "checked by the import"
    statement = Statement.objects.create(
        company=actor.company,
        bank_account=account,
        file_id=file_id,
        statement_id=one.statement_id[:60],
        opening_date=one.opening_date,
        opening_balance=one.opening_balance,
        closing_date=one.closing_date,
        closing_balance=one.closing_balance,
        imported_at=clock.now(),
    )
    known = set(
        StatementEntry.objects.filter(
            bank_account=account, fingerprint__in=[entry.fingerprint for entry in one.entries]
        ).values_list("fingerprint", flat=True)
    )
    fresh = [entry for entry in one.entries if entry.fingerprint not in known]
    StatementEntry.objects.bulk_create(
        (_row(actor, account, statement, entry) for entry in fresh), batch_size=CHUNK
    )
    journal.record(
        StatementImported(
            statement_id=statement.pk,
            filename=filename,
            new_entries=len(fresh),
            known_entries=len(known),
        ),
        actor=actor,
    )
    return StatementReport(
        statement_id=statement.pk,
        account_name=account.name,
        closing_date=statement.closing_date,
        closing_balance=statement.closing_balance,
        new_entries=len(fresh),
        known_entries=len(known),
    )


def _row(
    actor: Actor, account: BankAccount, statement: Statement, entry: bank.StatementEntry
) -> StatementEntry:
    details = entry.details
    texts = dict.fromkeys([entry.label, *(detail.remittance_text for detail in details)])
    references = dict.fromkeys(
        reference
        for detail in details
        for reference in (
            detail.creditor_reference,
            detail.end_to_end_id,
            *detail.document_numbers,
        )
        if reference
    )
    payers = [detail.payer_name for detail in details if detail.payer_name]
    ibans = {detail.payer_iban for detail in details if detail.payer_iban}
    return StatementEntry(
        company=actor.company,
        bank_account=account,
        statement=statement,
        position=entry.index,
        fingerprint=entry.fingerprint,
        direction=entry.direction,
        amount=entry.amount,
        booking_date=entry.booking_date,
        value_date=entry.value_date,
        bank_reference=entry.bank_reference[:80],
        bank_code=entry.bank_code[:40],
        text=" ".join(text for text in texts if text),
        payer_name=payers[0][:140] if payers else "",
        payer_iban=ibans.pop() if len(ibans) == 1 else "",
        references=list(references),
        raw=entry.raw,
    )
