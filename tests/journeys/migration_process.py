"""Brings a database of the former version, with facts in it, to the present one.

Run by test_migrations.py with the folder of the database: prints what is read after the move.
"""

import json
import os
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import django

FORMER = [("cash", "0001_initial"), ("base", "0003_sheets"), ("collection", "0001_initial")]
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
    keep_collection(apps, company)


def keep_collection(apps, company) -> None:
    """A reminder that left, a dispute that stands and one that was closed, on one invoice."""

    def make(model, /, **facts):
        return apps.get_model(*model.split(".")).objects.create(company=company, **facts)

    party = make(
        "parties.Party", code="C1", name="Nord", category="professional", search_words="nord",
        payment_terms="net30", created_at=NOW,
    )  # fmt: skip
    account = make("ledger.Account", number="411000", label="Clients", is_party=True)
    entry = make(
        "ledger.JournalEntry",
        journal=make("ledger.Journal", code="VT", label="Ventes"),
        fiscal_year=make(
            "ledger.FiscalYear", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
        ),
        number=1, entry_date=date(2026, 9, 1), document_ref="FA-1", posted_at=NOW, label="FA-1",
        document_date=date(2026, 9, 1),
    )  # fmt: skip
    line = make("ledger.EntryLine", entry=entry, account=account, party=party, debit=Decimal(120))
    item = make(
        "ledger.OpenItem", line=line, account=account, party=party, side="debit", kind="invoice",
        entry_date=date(2026, 9, 1), document_ref="FA-1", document_date=date(2026, 9, 1),
        due_date=date(2026, 10, 1), amount=Decimal(120), open_amount=Decimal(120),
        recorded_at=NOW,
    )  # fmt: skip
    plan = make("collection.DunningPlan", name="Plan habituel", is_default=True, created_at=NOW)
    make(
        "collection.DunningLevel", plan=plan, rank=1, key="reminder_1", label="Relance 1",
        days_after_due=5, channel="mail", tone="courteous",
    )  # fmt: skip
    message = make(
        "transmission.Message", party=party, key="reminder:1", kind="reminder", subject="s",
        sender="a@b.example", to=["c@nord.example"], subject_line="Relance", body="Bonjour",
        message_id="<1@b.example>", created_at=NOW, hold_until=NOW,
    )  # fmt: skip
    reminder = make(
        "collection.Reminder", run=make("collection.DunningRun", on=date(2026, 10, 7),
        prepared_at=NOW, prepared_by="assistant"), party=party, rank=1, label="Relance 1",
        total=Decimal(70), message=message, prepared_at=NOW,
    )  # fmt: skip
    make(
        "collection.ReminderItem", reminder=reminder, open_item=item, document_ref="FA-1",
        due_date=date(2026, 10, 1), amount=Decimal(70), rank=1,
    )  # fmt: skip
    for amount, closed in ((Decimal(50), None), (Decimal(10), NOW)):
        make(
            "collection.Dispute", party=party, open_item=item, document_ref="FA-1", amount=amount,
            reason_code="QTE_ERR", opened_at=NOW, opened_by="Léa", closed_at=closed,
            outcome="unfounded" if closed else "", closed_by="Léa" if closed else "",
        )  # fmt: skip


def read_facts() -> None:
    from echeance.cash.models import BankAccount, Statement, StatementEntry
    from echeance.collection.models import Dispute, DunningLevel, Reminder

    account = BankAccount.objects.get()
    statement = Statement.objects.get()
    entry = StatementEntry.objects.get()
    facts = {
        "account": [account.kind, account.ledger_account, account.closed_at],
        "statement": [str(statement.closing_balance), statement.proof],
        "entry": [str(entry.amount), entry.references, entry.details, entry.to_check],
        "disputes": sorted([str(one.amount), one.stage] for one in Dispute.objects.all()),
    }
    level, reminder = DunningLevel.objects.get(), Reminder.objects.get()
    facts["level"] = [level.step, level.is_automatic, level.plan.grouping, level.plan.version]
    facts["reminder"] = [
        reminder.channel,
        reminder.message.channel,
        str(reminder.total),
        reminder.items.get().days_after_due,
    ]
    sys.stdout.write(json.dumps(facts))


if __name__ == "__main__":
    main(*sys.argv[1:])
