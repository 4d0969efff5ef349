"""Reminders measured: the dry run of a large company, the release of its messages.

A customer has ten open items, late or not, of which a few are paid in part, in dispute, or held;
some customers cannot be written to, some were reminded ten days ago. Rows are written by SQL: the
bench alone may do so.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bench import world
from bench.measure import ROWS_AT_ONCE, Figures, insert, resident_mb, timed, told

ITEMS_EACH = 10
NAIVE_LOADED = 500


def dry_run(size: int) -> Figures:
    """Amounts, decisions and reasons of every customer, in a stream; ``size`` is of customers."""
    from echeance.collection import queries

    actor = company(size)
    queries.dry_run_counts(actor=actor, on=world.TODAY - timedelta(days=400))
    start_mb = resident_mb()
    steps: dict[str, float] = {}
    with timed(steps, "dry run"):
        counts = queries.dry_run_counts(actor=actor, on=world.TODAY)
    by_decision = {one.value: tally.customers for one, tally in counts.decisions.items()}
    assert sum(by_decision.values()) == size, "each customer has something late"
    return told(steps, "dry run", start_mb=start_mb) | {
        "items": size * ITEMS_EACH,
        "decisions": by_decision,
        "asked": str(next(iter(counts.decisions.values())).amount),
    }


def dry_run_naive(size: int) -> Figures:
    """The same by a loop that judges one customer at a time."""
    from echeance.collection import queries
    from echeance.parties.models import Party

    actor = company(size)
    start_mb = resident_mb()
    steps: dict[str, float] = {}
    found = 0
    with timed(steps, "loop"):
        for party_id in Party.objects.order_by("pk").values_list("pk", flat=True):
            rows = queries.dry_run_stream(actor=actor, on=world.TODAY, party_ids=[party_id])
            found += len(list(rows))
    assert found == size, "each customer has something late"
    return told(steps, "loop", start_mb=start_mb) | {"items": size * ITEMS_EACH}


def release(size: int) -> Figures:
    """Prepare that many messages, check them a last time, hand them to a server on this machine."""
    from aiosmtpd.controller import Controller
    from django.conf import settings

    from echeance.base import clock
    from echeance.collection import commands
    from echeance.transmission import commands as transmission

    class Counting:
        def __init__(self) -> None:
            self.taken = 0

        async def handle_DATA(self, *_session: Any) -> str:  # noqa: N802  aiosmtpd's name
            self.taken += 1
            return "250 OK"

    actor = company(size, plain=True)
    handler = Counting()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.SMTP = settings.SMTP | {
        "host": "127.0.0.1",
        "port": port,
        "username": "",
        "password": "",
        "security": "none",
    }
    start_mb = resident_mb()
    steps: dict[str, float] = {}
    try:
        with timed(steps, "prepare"):
            report = commands.prepare_reminders(actor=actor, on=world.TODAY)
        assert len(report.reminder_ids) == size, "each customer is reminded"
        with clock.at(world.NOW + timedelta(hours=3)):
            now = clock.now()
            with timed(steps, "release"):
                released = commands.release_reminders(actor=actor, now=now)
            assert len(released.released) == size, "each is still right"
            with timed(steps, "send"):
                while transmission.send_due().sent:
                    pass
    finally:
        controller.stop()
    assert handler.taken == size, "the server has each of them, once"
    return told(steps, "release", "send", start_mb=start_mb)


def company(customers: int, *, plain: bool = False) -> Any:
    """A company that chases, with so many customers; ``plain``: each owes, nothing stops any."""
    from django.db import connection, transaction

    from echeance.base.models import Company
    from echeance.collection import commands
    from echeance.ledger.models import OpenItem

    actor = world.company()
    Company.objects.update(email="facturation@atelier-morel.example")
    actor.company.refresh_from_db()
    commands.set_up_plan(actor=actor)
    _bank(actor)
    _model_item(actor)
    model = OpenItem.objects.get()
    for start in range(0, customers, ROWS_AT_ONCE // ITEMS_EACH):
        ranks = range(start, min(start + ROWS_AT_ONCE // ITEMS_EACH, customers))
        with transaction.atomic(), connection.cursor() as cursor:
            for rows in _rows(actor, model, ranks, plain=plain):
                if rows:
                    insert(cursor, rows)
    OpenItem.objects.filter(pk=model.pk).update(open_amount=0)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return actor


def _bank(actor: Any) -> None:
    from echeance.archive import commands as archive
    from echeance.archive.types import NewFile
    from echeance.cash.models import BankAccount, Statement

    day = world.TODAY - timedelta(days=1)
    file = archive.store_file(
        actor=actor,
        file=NewFile(b"releve", "releve.txt", "text/plain", "bank_statement", "", world.TODAY),
    )
    Statement.objects.create(
        company=actor.company,
        bank_account=BankAccount.objects.get(),
        file=file,
        opening_date=day,
        opening_balance=0,
        closing_date=day,
        closing_balance=0,
        imported_at=world.NOW,
    )


def _model_item(actor: Any) -> None:
    from echeance.ledger import commands as ledger
    from echeance.ledger.types import EntryFacts, NewOpenItem, Posting

    day = world.TODAY - timedelta(days=300)
    (buyer,) = world.customers(actor)[:1]
    ledger.post_entries(
        actor=actor,
        entries=[
            EntryFacts(
                "VT",
                day,
                "MODELE",
                day,
                "Modèle",
                (
                    Posting("411000", debit=Decimal(1), party_id=buyer.pk),
                    Posting("707000", credit=Decimal(1)),
                ),
                (NewOpenItem(0, day, "invoice", "MODELE"),),
            )
        ],
    )
    from echeance.parties.models import Party

    Party.objects.exclude(pk=buyer.pk).delete()
    Party.objects.update(code="MODELE")


def _rows(actor: Any, model: Any, ranks: range, *, plain: bool) -> Iterator[list[Any]]:
    """Customers, contacts, items, payments and disputes of some ranks, by table."""
    from echeance.collection.models import Dispute, Hold
    from echeance.ledger.models import Allocation, OpenItem
    from echeance.parties.models import Contact, Party

    first_party, first_item = 1_000_000, 10_000_000
    mine = {"company": actor.company}
    yield [
        Party(
            pk=first_party + rank,
            code=f"K{rank:06d}",
            name=f"Client numéro {rank}",
            category="professional",
            payment_terms="net30",
            search_words=f"client numero {rank}",
            created_at=world.NOW,
            address_line=f"{rank + 1} rue des Essais",
            postcode="69003",
            city="Lyon",
            **mine,
        )
        for rank in ranks
    ]
    yield [
        Contact(
            party_id=first_party + rank,
            purpose="reminders",
            email=f"compta@client{rank}.example",
            **mine,
        )
        for rank in ranks
        if plain or rank % 25
    ]
    items, receipts, paid, disputes = [], [], [], []
    for rank in ranks:
        for place in range(ITEMS_EACH):
            number = rank * ITEMS_EACH + place
            amount = Decimal(10_000 + number % 90_000) / 100
            late = 6 + number % 9 if plain else (number * 7) % 120 - 20
            due = world.TODAY - timedelta(days=late if place else 6)
            part = not plain and number % 15 == 1
            item = OpenItem(
                pk=first_item + 2 * number,
                line_id=model.line_id,
                account_id=model.account_id,
                party_id=first_party + rank,
                side="debit",
                kind="invoice",
                entry_date=due - timedelta(days=30),
                document_ref=f"B-{number:08d}",
                document_date=due - timedelta(days=30),
                due_date=due,
                amount=amount,
                open_amount=amount - 10 if part else amount,
                recorded_at=world.NOW,
                **mine,
            )
            items.append(item)
            if part:
                receipts.append(
                    OpenItem(
                        pk=item.pk + 1,
                        line_id=model.line_id,
                        account_id=model.account_id,
                        party_id=first_party + rank,
                        side="credit",
                        kind="receipt",
                        entry_date=due,
                        document_ref=f"R-{number:08d}",
                        document_date=due,
                        due_date=due,
                        amount=Decimal(10),
                        open_amount=0,
                        recorded_at=world.NOW,
                        **mine,
                    )
                )
                paid.append(
                    Allocation(
                        debit_item=item,
                        credit_item=receipts[-1],
                        amount=Decimal(10),
                        effective_date=due,
                        recorded_at=world.NOW,
                        **mine,
                    )
                )
            if not plain and number % 200 == 3:
                disputes.append(
                    Dispute(
                        party_id=first_party + rank,
                        open_item=item,
                        document_ref=item.document_ref,
                        amount=Decimal(20),
                        reason_code="QTE_ERR",
                        opened_at=world.NOW,
                        opened_by="banc",
                        **mine,
                    )
                )
    yield items
    yield receipts
    yield paid
    yield disputes
    yield [
        Hold(
            party_id=first_party + rank,
            reason="accord",
            placed_at=world.NOW,
            placed_by="banc",
            **mine,
        )
        for rank in ranks
        if not plain and rank % 40 == 7
    ]
