"""The assistant's day killed fifty times, anywhere: no hole, no double, nothing lost, or it asks.

Each turn drops a file of orders and a bank file, starts the day in a process of its own, and
kills it with ``SIGKILL`` soon after a phase has begun; the next turn, sixteen minutes later,
goes on with what it finds.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from email import message_from_bytes
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from echeance.archive import queries as archive
from echeance.archive.models import StoredFile
from echeance.archive.types import Severity
from echeance.assistant.inbox import orders, statements
from echeance.assistant.models import Decision
from echeance.base.models import WorkItem
from echeance.billing import commands as billing
from echeance.billing.models import Invoice, Order, OrderImport
from echeance.cash import commands as cash
from echeance.cash.models import Match, Statement, StatementEntry
from echeance.collection import commands as collection
from echeance.core import bank
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.models import JournalEntry
from echeance.ledger.verify import verify
from echeance.parties import commands as parties
from echeance.parties.types import ContactFacts, PartyFacts
from echeance.practice.console import mail_server
from echeance.practice.world import IBAN
from echeance.transmission.models import Message
from echeance.transmission.types import Status

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SCRIPT = Path(__file__).with_name("day_process.py")
DATABASE_KEYS = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
KILLS = 50
ORDERS_A_TURN = 3
DAWN = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
# Longer than a message is held (15 minutes), than a release and a flight last (10).
BETWEEN_TURNS = timedelta(minutes=16)
# Seconds after the start of a phase within which the kill falls: about what the phase lasts.
PHASES = {
    "take_orders": 0.06,
    "take_bank": 0.06,
    "match": 0.06,
    "bill": 0.08,
    "seal": 1.2,
    "send": 0.04,
    "release": 0.04,
    "deliver": 0.12,
}


@pytest.fixture
def shop(actor):
    """Books, series, a bank account, and two customers who can be written to."""
    ledger.set_up_books(
        actor=actor, fiscal_year_start=date(2026, 1, 1), fiscal_year_end=date(2026, 12, 31)
    )
    billing.set_up_billing(actor=actor)
    collection.set_up_plan(actor=actor)
    cash.add_bank_account(actor=actor, name="Compte courant", iban=IBAN)
    made = parties.create_parties(
        actor=actor,
        parties=[
            PartyFacts(
                code=code,
                name=name,
                siren=siren,
                address_line="3 place du Marché",
                postcode="13001",
                city="Marseille",
            )
            for code, name, siren in (
                ("C1", "Boulangerie Lefèvre", "404833048"),
                ("C2", "Menuiserie Kerbrat", "412000010"),
            )
        ],
    )
    parties.add_contacts(
        actor=actor,
        contacts=[
            ContactFacts(party_id=one.pk, email=f"compta@{one.code.lower()}.example")
            for one in made
        ],
    )
    return actor


class Turns:
    """The files of each turn, and the process that works on them."""

    def __init__(self, actor, home, port):
        self.actor, self.home, self.port = actor, home, port
        self.count = 0
        self.paid = Decimal(0)
        self.told: list[str] = []
        self.inbox = home / "inbox" / actor.company.siren
        (self.inbox / "bank").mkdir(parents=True)
        (self.inbox / "orders" / "standard").mkdir(parents=True)

    def start(self, *, files: bool) -> subprocess.Popen[str]:
        self.count += 1
        if files:
            self._drop_orders()
            self._drop_statement()
        database = {key: str(connection.settings_dict[key]) for key in DATABASE_KEYS}
        instant = (DAWN + self.count * BETWEEN_TURNS).isoformat()
        company = str(self.actor.company.pk)
        command = [sys.executable, SCRIPT, json.dumps(database), self.home, company, self.port]
        return subprocess.Popen(
            [str(part) for part in [*command, instant]], stdout=subprocess.PIPE, text=True
        )

    def _drop_orders(self) -> None:
        """Orders of 12.00, 24.00… with VAT: no two of a turn alike."""
        lines = ["commande;client;désignation;quantité;PU HT;nature;date"]
        lines += [
            f"CDE-{self.count}-{rank};C{1 + rank % 2};Étagère;{rank};10,00;services;24/11/2026"
            for rank in range(1, ORDERS_A_TURN + 1)
        ]
        name = f"commandes-{self.count:03}.csv"
        (self.inbox / "orders" / "standard" / name).write_text("\n".join(lines), encoding="utf-8")

    def _drop_statement(self) -> None:
        """The bank of that turn: the oldest invoices nobody has paid yet, two at most."""
        owed = Invoice.objects.filter(status="issued").exclude(number__in=self.told)
        rows = list(owed.order_by("number")[:2])
        if not rows:
            return
        self.told += [row.number for row in rows]
        day = date(2026, 11, 24)
        entries = tuple(
            bank.StatementEntry(
                index=place,
                direction="CRDT",
                amount=row.gross_total,
                reversal=False,
                booking_date=day,
                value_date=day,
                bank_reference=f"R{self.count}-{place}",
                bank_code="",
                label="",
                details=(bank.EntryDetail(amount=row.gross_total, remittance_text=row.number),),
                raw="",
                fingerprint="",
            )
            for place, row in enumerate(rows, 1)
        )
        before = self.paid
        self.paid += sum(row.gross_total for row in rows)
        content = bank.write_camt053(
            bank.Statement(
                format="camt.053.001.08",
                statement_id=f"RELEVE-{self.count}",
                sequence_number=self.count,
                account_iban=IBAN,
                account_id="",
                account_key=bank.account_key(IBAN),
                currency="EUR",
                opening_balance=before,
                closing_balance=self.paid,
                opening_date=day,
                closing_date=day,
                entries=entries,
            )
        )
        (self.inbox / "bank" / f"releve-{self.count:03}.xml").write_bytes(content)


def killed(process, phase, seconds) -> bool:
    """Kill a process so long after it says that a phase begins; whether it was still at work."""
    with process:
        while (said := process.stdout.readline().strip()) and said != phase:
            pass
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            return True
    return False


def test_a_day_killed_fifty_times_loses_nothing_and_does_nothing_twice(shop, tmp_path, settings):
    settings.ARCHIVE_ROOT = tmp_path / "archive"
    chance = random.Random(2026)
    kills: Counter[str] = Counter()
    turns_with_files = 0
    with mail_server() as (port, received):
        turns = Turns(shop, tmp_path, port)
        while kills.total() < KILLS:
            # Each phase in turn, at a random moment of it; the phases that do most, twice.
            phase = [*PHASES, "bill", "seal", "deliver"][turns.count % 11]
            seconds = chance.uniform(0, PHASES[phase])
            turns_with_files += 1
            kills[phase] += killed(turns.start(files=True), phase, seconds)
            assert_whole(shop)
        for _ in range(3):  # done, then what was held, then what was left in flight
            process = turns.start(files=False)
            process.communicate()
            assert process.returncode == 0

    assert min(kills[phase] for phase in PHASES) >= 2, kills
    assert_nothing_lost(shop, turns, turns_with_files * ORDERS_A_TURN)
    assert_sent_once(received, turns_with_files * ORDERS_A_TURN)
    assert_each_act_is_told()


def assert_whole(actor) -> None:
    """After each kill: numbers without a hole, each with its entry; books and archive right."""
    numbers = list(
        Invoice.objects.exclude(number=None).order_by("number").values_list("number", flat=True)
    )
    assert numbers == [f"FA-2026-{rank:06d}" for rank in range(1, len(numbers) + 1)]
    entries = JournalEntry.objects.filter(journal__code="VT").values_list("document_ref", flat=True)
    assert sorted(entries) == numbers
    assert verify(actor.company) == []
    findings = archive.verify(actor.company)
    assert [one for one in findings if one.severity is Severity.ERROR] == []


def assert_nothing_lost(actor, turns, ordered) -> None:
    """Each order is one sealed invoice, each bank line one match, and no file waits or is refused."""
    assert_whole(actor)
    invoices = list(Invoice.objects.select_related("file"))
    assert Order.objects.count() == len(invoices) == ordered
    assert len({row.sales_order_reference for row in invoices}) == ordered
    assert all(row.sealed_at and row.file for row in invoices)
    assert len({row.file.sha256 for row in invoices}) == ordered
    kept = {path.name for path in settings.ARCHIVE_ROOT.rglob("*") if path.is_file()}
    hashes = set(StoredFile.objects.values_list("sha256", flat=True))
    assert all(any(one in name for name in kept) for one in hashes)

    assert list(orders(turns.home / "inbox", actor.company.siren)) == []
    assert list(statements(turns.home / "inbox", actor.company.siren)) == []
    assert list((turns.home / "inbox").rglob("refused/*")) == []

    entries = StatementEntry.objects.all()
    assert sum(one.amount for one in entries) == turns.paid
    assert sorted(one.text for one in entries) == sorted(turns.told)
    matched = Match.objects.filter(undone_at=None).values_list("entry_id", flat=True)
    assert sorted(matched) == sorted(one.pk for one in entries)
    assert ledger_queries.account_balance(actor=actor, account="512") == turns.paid
    assert (
        sum(item.open_amount for item in ledger_queries.open_items(actor=actor))
        == sum(row.gross_total for row in invoices) - turns.paid
    )


def assert_sent_once(received, ordered) -> None:
    """One message an invoice, arrived once if it is told sent; the others ask."""
    arrived = Counter(message_from_bytes(content)["Message-ID"] for content in received)
    messages = list(Message.objects.all())
    by_status = Counter(message.status for message in messages)
    sent = {message.message_id for message in messages if message.status == Status.SENT}
    unknown = {message.pk: message for message in messages if message.status == Status.UNKNOWN}
    assert set(arrived.values()) == {1}
    assert sent <= set(arrived)
    assert len({message.subject for message in messages}) == len(messages) == ordered
    assert by_status == {Status.SENT: ordered - len(unknown), Status.UNKNOWN: len(unknown)}
    asked = WorkItem.objects.filter(kind="transmission.unknown").values_list("key", flat=True)
    assert set(asked) == {f"transmission.unknown:{pk}" for pk in unknown}
    assert unknown, "at least one kill fell between the handing over and its record"


def assert_each_act_is_told() -> None:
    """Each act of the day has its decision, those of a day killed before it wrote them included."""
    told = set(Decision.objects.filter(outcome="acted").values_list("duty", "subject"))
    invoices = [f"invoice:{number}" for number in Invoice.objects.values_list("number", flat=True)]
    entries = [f"statement_entry:{pk}" for pk in Match.objects.values_list("entry_id", flat=True)]
    files = OrderImport.objects.values_list("filename", flat=True)
    banks = Statement.objects.values_list("file__filename", flat=True)
    acts = {
        *((duty, subject) for duty in ("bill", "seal", "send") for subject in invoices),
        *(("match", subject) for subject in entries),
        *(("take_orders", f"order_file:{name}") for name in files),
        *(("take_bank", f"bank_file:{name}") for name in banks),
    }
    assert acts - told == set()
