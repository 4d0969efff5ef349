"""Books, two customers with open invoices, a bank account, and the bank's files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.base import clock
from echeance.cash import commands as cash
from echeance.collection import commands as collection
from echeance.core import bank
from echeance.ledger import commands as ledger
from echeance.ledger.types import EntryFacts, NewOpenItem, Posting
from echeance.parties.models import Party

IBAN = "FR7630006000011234567890189"


def invoice(actor, customer, number, amount, on=date(2026, 9, 1), due=date(2026, 10, 1)):
    amount = Decimal(amount)
    facts = EntryFacts(
        "VT", on, number, on, f"Facture {number}",
        (Posting("411000", debit=amount, party_id=customer.pk),
         Posting("707000", credit=amount)),
        (NewOpenItem(0, due, "invoice", number),),
    )  # fmt: skip
    return ledger.post_entries(actor=actor, entries=[facts])[0].item_ids[0]


def statement_file(*lines, opening="1000.00", day=date(2026, 11, 23), number="1"):
    """A camt.053 of the lines (amount, text, payer name, payer IBAN)."""
    entries = tuple(
        bank.StatementEntry(
            index=place,
            direction="CRDT",
            amount=Decimal(amount),
            booking_date=day,
            value_date=day,
            bank_reference=f"REF{number}-{place}",
            bank_code="",
            label="",
            reversal=False,
            raw="",
            fingerprint="",
            details=(
                bank.EntryDetail(
                    amount=Decimal(amount),
                    end_to_end_id="",
                    mandate_id="",
                    payer_name=name,
                    payer_iban=iban,
                    payee_name="",
                    payee_iban="",
                    remittance_text=text,
                    creditor_reference="",
                    document_numbers=(),
                    return_reason="",
                ),
            ),
        )
        for place, (amount, text, name, iban) in enumerate(lines, 1)
    )
    total = sum((entry.amount for entry in entries), Decimal(opening))
    return bank.write_camt053(
        bank.Statement(
            format="camt.053.001.08",
            statement_id=f"STMT{number}",
            sequence_number=int(number),
            account_iban=IBAN,
            account_id="",
            account_key=IBAN,
            currency="EUR",
            opening_balance=Decimal(opening),
            closing_balance=total,
            opening_date=day,
            closing_date=day,
            entries=entries,
        )
    )


@pytest.fixture
def customers(actor):
    ledger.set_up_books(
        actor=actor, fiscal_year_start=date(2026, 1, 1), fiscal_year_end=date(2026, 12, 31)
    )
    cash.add_bank_account(actor=actor, name="Compte courant", iban=IBAN)
    collection.set_up_plan(actor=actor)
    return [
        Party.objects.create(company=actor.company, code=code, name=name, created_at=clock.now())
        for code, name in (("C1", "Dupont SA"), ("C2", "Garage Martin"))
    ]
