"""Take in bank files: accounts declared, balances proved, each movement kept once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from echeance.archive import commands as archive
from echeance.archive.models import StoredFile
from echeance.archive.types import NewFile
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.language import counted
from echeance.base.rights import Right
from echeance.cash import queries
from echeance.cash.commands.details import add_details, add_waiting_details, told_by
from echeance.cash.commands.lumps import house
from echeance.cash.errors import (
    AccountClosedError,
    StatementCurrencyError,
    StatementDoesNotFollowError,
    StatementKnownError,
    UnknownBankAccountError,
)
from echeance.cash.events import (
    BankAccountAdded,
    BankAccountClosed,
    LayoutConfirmed,
    StatementImported,
)
from echeance.cash.models import BankAccount, HeldFile, Statement, StatementEntry
from echeance.cash.types import (
    StatementReport,
)
from echeance.core import bank, money
from echeance.core.bookkeeping import CHART, account_number
from echeance.core.errors import ConfirmationNeededError
from echeance.core.identifiers import Bic, Iban
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries

CUSTOMERS = account_number("customers")
SUSPENSE = account_number("suspense")
STATEMENT_KIND = "bank_statement"
CHUNK = 200

UNPROVED = "cash.unproved_statement"
SAME = "cash.same_movements"
OTHER = "cash.other_movements"

_CHART_NUMBERS = frozenset(one.number for one in CHART)


@transaction.atomic
def add_bank_account(
    *,
    actor: Actor,
    name: str,
    iban: str = "",
    bic: str = "",
    account_key: str = "",
    ledger_account: str = "512000",
    kind: str = "bank",
) -> BankAccount:
    """Declare a bank account of the company.

    Args:
        actor: Needs the right on bank details.
        name: What people call it.
        iban: Checked; its spaces do not matter.
        bic: Checked when given.
        account_key: ``bank-branch-account`` of a CFONB account known without its IBAN, or any
            identifier that the files of the account carry.
        ledger_account: Its account in the books; opened in the chart when it lacks.
        kind: Who keeps the money, see ``BankAccount.AccountKind``.

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
            "kind": kind,
            "created_at": clock.now(),
        },
    )
    if created:
        if ledger_account not in _CHART_NUMBERS:
            ledger.open_accounts(actor=house(actor), numbers={ledger_account: name[:120]})
        journal.record(
            BankAccountAdded(bank_account_id=account.pk, account_key=account.account_key),
            actor=actor,
        )
    return account


@transaction.atomic
def close_bank_account(*, actor: Actor, account_id: int) -> BankAccount:
    """Close an account: its past stays, no file of it is taken in any more.

    Raises:
        NotFoundError: Not an account of this company.
        AccountClosedError: It is closed already.
    """
    actor.require(Right.EDIT_BANK_DETAILS)
    account = queries.bank_account_for(actor=actor, account_id=account_id)
    if account.closed_at is not None:
        raise AccountClosedError(account=account.name)
    account.closed_at = clock.now()
    account.save(update_fields=["closed_at"])
    journal.record(BankAccountClosed(bank_account_id=account.pk), actor=actor)
    return account


@transaction.atomic
def confirm_layout(*, actor: Actor, account_id: int, layout: bank.CsvLayout) -> BankAccount:
    """Keep what the columns of the CSV files of an account are, as a person confirmed it.

    Raises:
        NotFoundError: Not an account of this company.
    """
    actor.require(Right.IMPORT_STATEMENTS)
    account = queries.bank_account_for(actor=actor, account_id=account_id)
    account.file_layout = layout.to_json()
    account.save(update_fields=["file_layout"])
    journal.record(LayoutConfirmed(bank_account_id=account.pk), actor=actor)
    return account


def import_statements(
    *,
    actor: Actor,
    content: bytes,
    filename: str,
    account_id: int | None = None,
    confirmed: Sequence[str] = (),
    day_first: bool | None = None,
) -> list[StatementReport]:
    """Take in a bank file, whole or not at all: archived, proved, entries kept once.

    A statement is proved by its balances; one that only tells its closing balance must follow
    the statement before it; one that nothing proves (CSV without balances, QIF) needs a person's
    yes. A movement told by another file is counted once: by its fingerprint within a format,
    across formats by account, date, direction, amount and bank reference, or because a proved
    statement covers that day already; when neither decides, a person does. Reports of the day
    and notices (camt.052, camt.054, MT942, CFONB 240) are never booked: they complete the
    entries they tell of, now or when their statement comes. The same file twice is refused.

    Args:
        actor: Needs the right to import.
        content: The bytes of the file; read outside of any transaction.
        filename: As the person names it.
        account_id: Account of a file that does not tell it (CSV, QIF).
        confirmed: Keys of the questions answered yes: ``cash.unproved_statement``,
            ``cash.same_movements`` or ``cash.other_movements``.
        day_first: Order of the dates of a QIF file that reads two ways.

    Raises:
        EcheanceError: Of ``core.bank`` when the file cannot be read or its balances are wrong.
        UnknownBankAccountError: The company has not declared that account.
        AccountClosedError: It is closed.
        StatementKnownError: The same bytes were imported before.
        StatementCurrencyError: Not in euros.
        StatementDoesNotFollowError: Its opening is not the closing of the statement before.
        ConfirmationNeededError: It is not proved, or may tell again movements known.
    """
    actor.require(Right.IMPORT_STATEMENTS)
    accounts = list(queries.bank_accounts(actor=actor))
    answers = _answers(accounts, content, filename, account_id, day_first=day_first)
    read = bank.read(content, filename=filename, today=clock.today(), answers=answers)
    placed = [(_account_of(accounts, one, answers), one) for one in read]
    for account, statement in placed:
        if account.closed_at is not None:
            raise AccountClosedError(account=account.name)
        if statement.currency != "EUR":
            raise StatementCurrencyError(currency=statement.currency)
    with transaction.atomic():
        file = _store(actor, content, filename, read)
        known = Statement.objects.filter(company=actor.company, file=file).first()
        if known:
            raise StatementKnownError(filename=filename, on=known.imported_at.date())
        intake = _Intake(actor, file, filename, frozenset(confirmed))
        reports = [_take(intake, account, one) for account, one in placed]
        _release(actor, file, waiting=any(report.waiting for report in reports))
        if any(report.kind == "statement" for report in reports):
            add_waiting_details(actor=actor)
    return reports


def _answers(
    accounts: Sequence[BankAccount],
    content: bytes,
    filename: str,
    account_id: int | None,
    *,
    day_first: bool | None,
) -> bank.Answers:
    """What the account chosen, or the only one whose layout fits, says of the file."""
    chosen = next((one for one in accounts if one.pk == account_id), None)
    if chosen is None and bank.is_bank_table(content):
        guess = bank.guess_layout(content, filename=filename)
        fitting = [
            one
            for one in accounts
            if one.closed_at is None
            and one.file_layout
            and tuple(one.file_layout["titles"]) == guess.titles
        ]
        chosen = fitting[0] if len(fitting) == 1 else None
    if chosen is None:
        return bank.Answers(day_first=day_first)
    layout = bank.CsvLayout.from_json(chosen.file_layout) if chosen.file_layout else None
    return bank.Answers(account=chosen.account_key, layout=layout, day_first=day_first)


def _account_of(
    accounts: Sequence[BankAccount], statement: bank.Statement, answers: bank.Answers
) -> BankAccount:
    """The account of a statement; a bare number is that of the only account that ends by it."""
    key = statement.account_key or answers.account
    found = [one for one in accounts if one.account_key == key]
    if not found and key:
        found = [one for one in accounts if one.account_key.rpartition("-")[2] == key]
    if len(found) != 1:
        raise UnknownBankAccountError(account=key or "(non indiqué)")
    return found[0]


def _store(
    actor: Actor, content: bytes, filename: str, read: Sequence[bank.Statement]
) -> StoredFile:
    return archive.store_file(
        actor=actor,
        file=NewFile(
            content=content,
            filename=filename,
            media_type=media_type(content),
            kind=STATEMENT_KIND,
            subject="",
            keep_until=ledger_queries.keep_until(
                actor=actor, day=max(statement.closing_date for statement in read)
            ),
        ),
    )


def media_type(content: bytes) -> str:
    """What a bank file is for a browser: XML, a workbook, or text."""
    if content.startswith(b"PK\x03\x04"):
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return "application/xml" if content.lstrip()[:1] == b"<" else "text/plain"


def _release(actor: Actor, file: StoredFile, *, waiting: bool) -> None:
    """The file has been taken in: it leaves the quarantine, unless its details still wait."""
    held = HeldFile.objects.filter(company=actor.company, file=file, resolved_at=None)
    if waiting:
        held = held.exclude(code=queries.WAITING)
    held.update(resolved_at=clock.now(), resolved_by=actor.name[:120], resolution="fichier importé")


@dataclass(frozen=True, slots=True)
class _Intake:
    """A file being taken in: by whom, from where, with which answers."""

    actor: Actor
    file: StoredFile
    filename: str
    confirmed: frozenset[str]


def _take(intake: _Intake, account: BankAccount, one: bank.Statement) -> StatementReport:
    if one.kind != "statement":
        return add_details(
            actor=intake.actor,
            account=account,
            file=intake.file,
            told=one,
            filename=intake.filename,
        )
    if one.proof == "none" and UNPROVED not in intake.confirmed:
        raise ConfirmationNeededError(
            key=UNPROVED,
            question=gettext(
                "Rien ne prouve que « {filename} » contient toutes les opérations du "
                "{first:%d/%m/%Y} au {last:%d/%m/%Y} : il n'a pas de soldes. L'importer quand "
                "même ({count}) ?"
            ).format(
                filename=intake.filename,
                first=one.opening_date,
                last=one.closing_date,
                count=counted("{number} ligne", "{number} lignes", len(one.entries)),
            ),
        )
    fresh, known = _fresh(account, one, intake.confirmed)
    return _keep_statement(intake, account, _balanced(account, one, fresh), fresh, known)


def _balanced(
    account: BankAccount, one: bank.Statement, fresh: Sequence[bank.StatementEntry]
) -> bank.Statement:
    """A statement with both balances, those it does not tell being derived.

    Raises:
        StatementDoesNotFollowError: It opens right after another one, at another balance.
    """
    if one.opening_balance is not None and one.closing_balance is not None:
        return one
    before = (
        Statement.objects.filter(bank_account=account, closing_date__lte=one.opening_date)
        .order_by("-closing_date", "-pk")
        .first()
    )
    movements = sum((entry.signed for entry in one.entries), money.ZERO)
    if one.closing_balance is None:
        opening = before.closing_balance if before else money.ZERO
        added = sum((entry.signed for entry in fresh), money.ZERO)
        return replace(one, opening_balance=opening, closing_balance=opening + added)
    opening = one.closing_balance - movements
    adjacent = (
        before is not None
        and len(fresh) == len(one.entries)
        and before.proof != "none"
        and before.closing_date >= one.opening_date - timedelta(days=1)
    )
    if adjacent and before is not None and before.closing_balance != opening:
        raise StatementDoesNotFollowError(
            account=account.name,
            on=before.closing_date,
            closing=before.closing_balance,
            opening=opening,
        )
    return replace(one, opening_balance=opening)


_Alike = tuple[date, str, Decimal]


def _fresh(
    account: BankAccount, one: bank.Statement, confirmed: frozenset[str]
) -> tuple[list[bank.StatementEntry], int]:
    """The entries of a statement that no other file has told, and how many are known.

    Two queries a chunk, and two for what other formats told of the same days.

    Raises:
        ConfirmationNeededError: Some may be known, and nothing proves it.
    """
    known: set[str] = set()
    prints = [entry.fingerprint for entry in one.entries]
    for start in range(0, len(prints), CHUNK):
        known.update(
            StatementEntry.objects.filter(
                bank_account=account, fingerprint__in=prints[start : start + CHUNK]
            ).values_list("fingerprint", flat=True)
        )
    left = [entry for entry in one.entries if entry.fingerprint not in known]
    if not left:
        return [], len(one.entries)
    others = (
        StatementEntry.objects.filter(
            bank_account=account,
            booking_date__gte=min(entry.booking_date for entry in left),
            booking_date__lte=max(entry.booking_date for entry in left),
        )
        .exclude(statement__format=one.format)
        .exclude(fingerprint__in=known if len(known) <= CHUNK else ())
        .values_list("booking_date", "direction", "amount", "bank_reference", "fingerprint")
    )
    references: Counter[tuple[_Alike, str]] = Counter()
    alike: Counter[_Alike] = Counter()
    for day, direction, amount, reference, fingerprint in others.iterator(2000):
        if fingerprint in known:
            continue
        alike[day, direction, amount] += 1
        if reference:
            references[(day, direction, amount), reference] += 1
    if not alike:
        return left, len(one.entries) - len(left)
    covered = _covered(account, one)
    fresh, doubtful = [], []
    for entry in left:
        key = (entry.booking_date, entry.direction, entry.amount)
        if references[key, entry.bank_reference]:
            references[key, entry.bank_reference] -= 1
            alike[key] -= 1
        elif alike[key] and any(low < entry.booking_date <= high for low, high in covered):
            # A proved statement tells every movement of that day: this one is among them.
            alike[key] -= 1
        elif alike[key]:
            alike[key] -= 1
            doubtful.append(entry)
        else:
            fresh.append(entry)
    if doubtful and not confirmed & {SAME, OTHER}:
        first = doubtful[0]
        raise ConfirmationNeededError(
            key=SAME,
            question=gettext(
                "Des lignes ({count}) ont la date, le sens et le montant de lignes déjà connues "
                "par un fichier d'un autre format (la première : {day:%d/%m/%Y}, {amount}). "
                "Sont-ce les mêmes opérations, à ne compter qu'une fois ?"
            ).format(
                count=len(doubtful),
                day=first.booking_date,
                amount=money.format_amount(first.signed),
            ),
        )
    if OTHER in confirmed:
        fresh += doubtful
        fresh.sort(key=lambda entry: entry.index)
    return fresh, len(one.entries) - len(fresh)


def _covered(account: BankAccount, one: bank.Statement) -> list[tuple[date, date]]:
    """Opening (excluded) and closing days of the proved statements of whole days."""
    return list(
        Statement.objects.filter(
            Q(format__startswith="camt.053") | Q(format__in=("cfonb120", "mt940")),
            bank_account=account,
            proof="balances",
            opening_date__lte=one.closing_date,
            closing_date__gte=one.opening_date,
        )
        .exclude(format=one.format)
        .values_list("opening_date", "closing_date")
    )


def _keep_statement(
    intake: _Intake,
    account: BankAccount,
    one: bank.Statement,
    fresh: Sequence[bank.StatementEntry],
    known: int,
) -> StatementReport:
    assert one.opening_balance is not None, "balanced before"
    assert one.closing_balance is not None, "balanced before"
    statement = Statement.objects.create(
        company=intake.actor.company,
        bank_account=account,
        file=intake.file,
        statement_id=one.statement_id[:60],
        opening_date=one.opening_date,
        opening_balance=one.opening_balance,
        closing_date=one.closing_date,
        closing_balance=one.closing_balance,
        imported_at=clock.now(),
        format=one.format[:40],
        sequence_number=one.sequence_number,
        proof=one.proof,
    )
    StatementEntry.objects.bulk_create(
        (_row(intake.actor, account, statement, entry) for entry in fresh), batch_size=CHUNK
    )
    journal.record(
        StatementImported(
            statement_id=statement.pk,
            filename=intake.filename,
            new_entries=len(fresh),
            known_entries=known,
        ),
        actor=intake.actor,
    )
    return StatementReport(
        statement_id=statement.pk,
        account_name=account.name,
        closing_date=statement.closing_date,
        closing_balance=statement.closing_balance,
        new_entries=len(fresh),
        known_entries=known,
        proof=one.proof,
    )


def _row(
    actor: Actor, account: BankAccount, statement: Statement, entry: bank.StatementEntry
) -> StatementEntry:
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
        raw=entry.raw,
        reversal=entry.reversal,
        charges=entry.charges if entry.charges is not None else _charges(entry),
        **told_by(entry.label, [bank.detail_facts(one) for one in entry.details]),
    )


def _charges(entry: bank.StatementEntry) -> Decimal | None:
    told = [detail.charges for detail in entry.details if detail.charges is not None]
    return sum(told, money.ZERO) if told else None
