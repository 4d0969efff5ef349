"""A company ready to bill: books of 2026, series, a bank account, three customers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.base.actor import Actor
from echeance.billing import commands as billing
from echeance.billing.types import DraftFacts, DraftLine
from echeance.cash import commands as cash
from echeance.ledger import commands as ledger
from echeance.parties import commands as parties
from echeance.parties.models import Party
from echeance.parties.types import ContactFacts, PartyFacts

TODAY = date(2026, 11, 24)


@pytest.fixture
def ready(actor: Actor) -> Actor:
    """The company, its books and its series."""
    ledger.set_up_books(
        actor=actor, fiscal_year_start=date(2026, 1, 1), fiscal_year_end=date(2026, 12, 31)
    )
    billing.set_up_billing(actor=actor)
    cash.add_bank_account(
        actor=actor, name="Compte courant", iban="FR7630006000011234567890189", bic="AGRIFRPP"
    )
    return actor


@pytest.fixture
def lefevre(ready: Actor) -> Party:
    """Boulangerie Lefèvre, Marseille: a firm that pays at 30 days."""
    party = parties.create_parties(
        actor=ready,
        parties=[
            PartyFacts(
                code="C001",
                name="Boulangerie Lefèvre",
                siren="404833048",
                vat_id="FR83404833048",
                address_line="3 place du Marché",
                postcode="13001",
                city="Marseille",
                payment_terms="net30",
            )
        ],
    )[0]
    parties.add_contacts(
        actor=ready,
        contacts=[
            ContactFacts(party.pk, email="compta@lefevre.example", purpose="billing", name="Ana")
        ],
    )
    return party


def line(name="Étagère", quantity="2", price="149.90", rate="20", **more) -> DraftLine:
    return DraftLine(
        name=name,
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        vat_rate=None if rate is None else Decimal(rate),
        **more,
    )


def draft(actor: Actor, buyer: Party, *lines: DraftLine, **more):
    """One draft."""
    facts = DraftFacts(buyer_id=buyer.pk, lines=lines or (line(),), **more)
    return billing.draft_documents(actor=actor, drafts=[facts])[0]


def issued(actor: Actor, buyer: Party, *lines: DraftLine, on: date = TODAY, **more):
    """One document, issued."""
    row = draft(actor, buyer, *lines, **more)
    result = billing.issue_invoices(actor=actor, invoice_ids=[row.pk], issue_date=on)[0]
    assert result.number, result.findings
    row.refresh_from_db()
    return row
