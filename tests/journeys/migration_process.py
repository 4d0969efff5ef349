"""Brings a database of the former version, with facts in it, to the present one.

Run by test_migrations.py with the folder of the database: prints what is read after the move.
"""

import json
import os
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import django

FORMER = [("cash", "0001_initial"), ("base", "0003_sheets")]
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def main(home: str) -> None:
    os.environ["ECHEANCE_HOME"] = home
    os.environ["ECHEANCE_SECRET_KEY"] = "migration"
    os.environ["DJANGO_SETTINGS_MODULE"] = "echeance.config.settings.common"
    django.setup()

    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    former = MigrationExecutor(connection)
    state = former.migrate(FORMER)
    keep_facts(state.apps)
    present = MigrationExecutor(connection)
    present.migrate(present.loader.graph.leaf_nodes())
    read_facts()


def keep_facts(apps) -> None:
    company = apps.get_model("base", "Company").objects.create(
        name="Atelier Morel", siren="552100554", created_at=NOW
    )
    file = apps.get_model("archive", "StoredFile").objects.create(
        company=company,
        sha256="a" * 64,
        size=1,
        filename="releve.xml",
        media_type="application/xml",
        kind="bank_statement",
        stored_at=NOW,
        keep_until=date(2036, 12, 31),
    )
    account = apps.get_model("cash", "BankAccount").objects.create(
        company=company, name="Courant", account_key="30006-00001-12345678901", created_at=NOW
    )
    statement = apps.get_model("cash", "Statement").objects.create(
        company=company,
        bank_account=account,
        file=file,
        opening_date=date(2026, 10, 1),
        opening_balance=Decimal("10.00"),
        closing_date=date(2026, 10, 31),
        closing_balance=Decimal("110.50"),
        imported_at=NOW,
    )
    apps.get_model("cash", "StatementEntry").objects.create(
        company=company,
        bank_account=account,
        statement=statement,
        position=1,
        fingerprint="b" * 64,
        direction="CRDT",
        amount=Decimal("100.50"),
        booking_date=date(2026, 10, 12),
        text="VIR CLIENT FA-2026-0001",
        references=["FA-2026-0001"],
    )


def read_facts() -> None:
    from echeance.cash.models import BankAccount, Statement, StatementEntry

    account = BankAccount.objects.get()
    statement = Statement.objects.get()
    entry = StatementEntry.objects.get()
    facts = {
        "account": [account.kind, account.ledger_account, account.closed_at],
        "statement": [str(statement.closing_balance), statement.proof],
        "entry": [str(entry.amount), entry.references, entry.details, entry.to_check],
    }
    sys.stdout.write(json.dumps(facts))


if __name__ == "__main__":
    main(*sys.argv[1:])
