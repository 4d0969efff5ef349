"""A company that chases: books, a bank known to yesterday, a plan, customers, short words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock
from echeance.base import commands as base
from echeance.billing.models import Invoice, InvoiceDispatch, InvoiceSeries
from echeance.cash.models import BankAccount, Statement
from echeance.collection import commands, queries
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, Posting
from echeance.parties.commands import add_contacts, create_parties
from echeance.parties.types import ContactFacts, PartyFacts

TODAY = date(2026, 11, 24)
MONDAY = date(2026, 11, 23)
TERM = date(2037, 12, 31)


def at(day: date, hour: int = 9):
    """The clock at an hour (UTC) of a day."""
    return clock.at(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


class World:
    """What happens to the company, in the words of the trade. Amounts are texts."""

    def __init__(self, actor):
        self.actor = actor
        self.made = 0

    def customer(self, name, category="professional", language="fr", email="compta"):
        """A customer who can be written to, unless ``email`` is empty."""
        self.made += 1
        facts = PartyFacts(
            code=f"C{self.made}",
            name=name,
            category=category,
            language=language,
            address_line="1 rue des Forges",
            postcode="75001",
            city="Paris",
        )
        (party,) = create_parties(actor=self.actor, parties=[facts])
        if email:
            self.contact(party, f"{email}@{party.code.lower()}.example")
        return party

    def contact(self, party, email):
        facts = ContactFacts(party_id=party.pk, email=email, purpose="reminders")
        (row,) = add_contacts(actor=self.actor, contacts=[facts])
        return row

    def invoice(self, party, ref, *instalments):
        """Instalments are pairs of amount and due date; their items' ids come back."""
        parts = [(Decimal(amount), due) for amount, due in instalments]
        total = sum(amount for amount, _ in parts)
        facts = EntryFacts(
            "VT", date(2026, 1, 15), ref, date(2026, 1, 15), ref,
            (Posting("411000", debit=total, party_id=party.pk), Posting("706000", credit=total)),
            tuple(NewOpenItem(0, due, "invoice", ref, amount=amount) for amount, due in parts),
        )  # fmt: skip
        return ledger.post_entries(actor=self.actor, entries=[facts])[0].item_ids

    def sealed(self, party, ref, *, sent=True, content=b""):
        """The document of an invoice already posted under that number, and its file."""
        file = archive.store_file(
            actor=self.actor,
            file=NewFile(
                content or ref.encode(), f"{ref}.pdf", "application/pdf", "invoice", "", TERM
            ),
        )
        series, _ = InvoiceSeries.objects.get_or_create(
            company=self.actor.company, kind="380", prefix="F", created_at=clock.now()
        )
        invoice = Invoice.objects.create(
            company=self.actor.company, status="issued", number=ref, series=series, buyer=party,
            buyer_name=party.name, issue_date=date(2026, 1, 15), created_at=clock.now(),
            issued_at=clock.now(), facts={}, sealed_at=clock.now(), file=file,
            entry=ledger_queries.entries_of(actor=self.actor, document_ref=ref).get(),
        )  # fmt: skip
        if sent:
            InvoiceDispatch.objects.create(
                company=self.actor.company, invoice=invoice, channel="post", rank=1, why="client",
                decided_at=clock.now(), decided_by="essai",
            )  # fmt: skip
        return file

    def receipt(self, party, amount, on, kind="receipt"):
        """Money received (or a credit note), not applied yet."""
        value = Decimal(amount)
        facts = EntryFacts(
            "BQ", on, "VIR", on, "Virement",
            (Posting("512000", debit=value),
             Posting("411000", credit=value, party_id=party.pk)),
            (NewOpenItem(1, on, kind, "VIR"),),
        )  # fmt: skip
        return ledger.post_entries(actor=self.actor, entries=[facts])[0].item_ids[0]

    def pays(self, party, item_id, amount, on):
        """A payment received and applied."""
        credit = self.receipt(party, amount, on)
        return ledger.allocate(
            actor=self.actor, allocations=[NewAllocation(item_id, credit, Decimal(amount), on)]
        )

    def bank_known_to(self, day):
        """A statement that closes on a day."""
        account, _ = BankAccount.objects.get_or_create(
            company=self.actor.company,
            account_key="FR7630006000011234567890189",
            defaults={
                "name": "Compte courant",
                "iban": "FR7630006000011234567890189",
                "bic": "AGRIFRPP",
                "created_at": clock.now(),
            },
        )
        file = archive.store_file(
            actor=self.actor,
            file=NewFile(
                f"relevé du {day}".encode(), f"{day}.txt", "text/plain", "bank_statement", "", TERM
            ),
        )
        Statement.objects.create(
            company=self.actor.company, bank_account=account, file=file, opening_date=day,
            opening_balance=0, closing_date=day, closing_balance=0, imported_at=clock.now(),
        )  # fmt: skip

    def policy(self, **settings):
        base.save_policy(actor=self.actor, document={"collection": settings})

    def dry_run(self, on=TODAY):
        return queries.dry_run(actor=self.actor, on=on)

    def row(self, party, on=TODAY):
        """The line of a customer in the dry run."""
        (row,) = [row for row in self.dry_run(on) if row.party_id == party.pk]
        return row

    def codes(self, party, on=TODAY):
        """What the dry run decides for a customer, and the codes of its reasons."""
        row = self.row(party, on)
        return row.decision.value, [reason.code for reason in row.reasons]

    def prepare(self, on=TODAY):
        return commands.prepare_reminders(actor=self.actor, on=on)

    def release(self, on=TODAY, hour=12):
        with at(on, hour):
            return commands.release_reminders(actor=self.actor, now=clock.now())


@pytest.fixture
def world(actor) -> World:
    """Books of 2026, the usual plan, the bank known to Monday 23 November."""
    ledger.set_up_books(
        actor=actor, fiscal_year_start=date(2026, 1, 1), fiscal_year_end=date(2026, 12, 31)
    )
    commands.set_up_plan(actor=actor)
    world = World(actor)
    world.bank_known_to(MONDAY)
    return world
