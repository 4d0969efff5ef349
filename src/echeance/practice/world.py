"""The first simulated company, Atelier Morel: who owes what, who pays how. Deterministic.

Built by commands only, with the clock moved. It holds what a real month holds: a right reference,
a wrong one, a short payment, a grouped one, two equal invoices, a dispute, a public buyer, and
customers who are late. Invoices are posted as opening items until the billing room issues them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from echeance.base import clock
from echeance.base import commands as base
from echeance.base.actor import Actor, system
from echeance.base.types import CompanyFacts
from echeance.cash import commands as cash
from echeance.collection import commands as collection
from echeance.collection.types import DisputeReason
from echeance.core import bank
from echeance.core.identifiers import Siren
from echeance.core.money import ZERO
from echeance.ledger import commands as ledger
from echeance.ledger.types import EntryFacts, ItemVat, NewOpenItem, Posting
from echeance.parties import commands as parties
from echeance.parties.types import ContactFacts, PartyFacts

DAY = date(2026, 11, 24)
IBAN = "FR7630006000011234567890189"
SIREN = "552100554"
EMAIL = "claire@atelier-morel.example"
PASSWORD = "journee-de-demonstration"  # noqa: S105  of the simulated company only


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer of the practice company: name, sort, and the digits its SIREN starts with."""

    code: str
    name: str
    category: str
    root: str
    city: str


CUSTOMERS = (
    Customer("C001", "Menuiserie Kerbrat", "professional", "40483301", "Quimper"),
    Customer("C002", "Nordique Frigo", "professional", "41200001", "Lille"),
    Customer("C003", "Hôtel des Arcades", "professional", "42300002", "Dijon"),
    Customer("C004", "Garage Martin", "professional", "43400003", "Tours"),
    Customer("C005", "Mairie de Valbonne-le-Haut", "public", "21340004", "Valbonne"),
    Customer("C006", "Imprimerie Delcourt", "professional", "44500005", "Arras"),
    Customer("C007", "Pharmacie du Port", "professional", "45600006", "Brest"),
    Customer("C008", "Ateliers du Rhône", "professional", "46700007", "Lyon"),
    Customer("C009", "Librairie des Halles", "professional", "47800008", "Nantes"),
)
# customer, number, net, issued, days of terms
INVOICES = (
    ("C001", "FA2026-000101", "1000.00", date(2026, 10, 1), 30),
    ("C002", "FA2026-000102", "2350.00", date(2026, 10, 5), 30),
    ("C002", "FA2026-000103", "480.00", date(2026, 10, 12), 30),
    ("C003", "FA2026-000104", "760.00", date(2026, 10, 15), 30),
    ("C004", "FA2026-000105", "250.00", date(2026, 10, 2), 30),
    ("C004", "FA2026-000106", "250.00", date(2026, 10, 9), 30),
    ("C005", "FA2026-000107", "5400.00", date(2026, 9, 14), 30),
    ("C006", "FA2026-000108", "1290.00", date(2026, 9, 21), 30),
    ("C007", "FA2026-000109", "315.50", date(2026, 10, 1), 30),
    ("C008", "FA2026-000110", "3120.00", date(2026, 11, 2), 30),
    ("C009", "FA2026-000111", "840.00", date(2026, 10, 5), 30),
    ("C009", "FA2026-000112", "126.00", date(2026, 10, 19), 30),
)
# amount, text, payer
BANK_LINES = (
    ("1200.00", "VIR SEPA FA2026-000101 MERCI", "MENUISERIE KERBRAT"),
    ("3396.00", "FACTURES FA2026-000102 ET FA2026-000103", "NORDIQUE FRIGO"),
    ("900.00", "REGLEMENT FA2026-000104", "HOTEL DES ARCADES"),  # 12.00 short
    ("300.00", "REGLEMENT FACTURE", "GARAGE MARTIN"),  # two invoices of 300.00
    ("378.60", "FA2026-000190", "PHARMACIE DU PORT"),  # a number that does not exist
    ("74.30", "REMBOURSEMENT", "ASSURANCES DU LAC"),  # nobody's
)


def siren(root: str) -> str:
    """The SIREN that starts with eight digits: only its key is reckoned."""
    return next(root + str(key) for key in range(10) if Siren.is_valid(root + str(key)))


def build() -> Actor:
    """Create the company, its customers, their open invoices and one dispute."""
    with clock.at(datetime(2026, 9, 1, 8, 0, tzinfo=UTC)):
        claire = base.create_user(email=EMAIL, full_name="Claire Morvan", password=PASSWORD)
        company = base.create_company(
            owner=claire,
            facts=CompanyFacts(
                name="Atelier Morel",
                siren=SIREN,
                legal_form="SAS",
                share_capital=Decimal("50000.00"),
                siret="55210055400013",
                vat_id="FR96552100554",
                rcs_city="Lyon",
                address_line="12 rue de la Paix",
                postcode="69002",
                city="Lyon",
                email="facturation@atelier-morel.example",
                electronic_address=SIREN,
            ),
            is_practice=True,
        )
        actor = system(company)
        ledger.set_up_books(
            actor=actor, fiscal_year_start=date(2026, 1, 1), fiscal_year_end=date(2026, 12, 31)
        )
        cash.add_bank_account(actor=actor, name="Compte courant", iban=IBAN)
        collection.set_up_plan(actor=actor)
        ids = _customers(actor)
        items = _invoices(actor, ids)
    with clock.at(datetime(2026, 11, 2, 8, 0, tzinfo=UTC)):
        collection.open_dispute(
            actor=actor,
            item_id=items["FA2026-000108"],
            reason_code=DisputeReason("QUALITE_ERR"),
            note="Papier livré dans un mauvais grammage.",
        )
    return actor


def _customers(actor: Actor) -> dict[str, int]:
    made = parties.create_parties(
        actor=actor,
        parties=[
            PartyFacts(
                code=one.code,
                name=one.name,
                category=one.category,
                siren=siren(one.root),
                address_line="1 place du Marché",
                postcode="69000",
                city=one.city,
            )
            for one in CUSTOMERS
        ],
    )
    ids = {party.code: party.pk for party in made}
    parties.add_contacts(
        actor=actor,
        contacts=[
            ContactFacts(party_id=ids[one.code], email=f"compta@{one.code.lower()}.example")
            for one in CUSTOMERS
        ],
    )
    return ids


def _invoices(actor: Actor, ids: dict[str, int]) -> dict[str, int]:
    entries = [_entry(ids[code], number, Decimal(net), on, days)
               for code, number, net, on, days in INVOICES]  # fmt: skip
    posted = ledger.post_entries(actor=actor, entries=entries)
    return {
        entry.document_ref: done.item_ids[0] for entry, done in zip(entries, posted, strict=True)
    }


def _entry(party_id: int, number: str, net: Decimal, on: date, days: int) -> EntryFacts:
    vat = net * 20 / 100
    return EntryFacts(
        journal_code="VT",
        entry_date=on,
        document_ref=number,
        document_date=on,
        label=f"Facture {number}",
        postings=(
            Posting("411000", debit=net + vat, party_id=party_id),
            Posting("706000", credit=net),
            Posting("445740", credit=vat),
        ),
        items=(
            NewOpenItem(
                posting_index=0,
                due_date=on + timedelta(days=days),
                kind="invoice",
                document_ref=number,
                vat=(ItemVat("S", Decimal(20), net, vat, "receipts"),),
            ),
        ),
    )


def bank_file() -> bytes:
    """The camt.053 of 23 November 2026, as the bank of the simulated world writes it."""
    day = date(2026, 11, 23)
    entries = tuple(
        bank.StatementEntry(
            index=place,
            direction="CRDT",
            amount=Decimal(amount),
            reversal=False,
            booking_date=day,
            value_date=day,
            bank_reference=f"20261123-{place:04d}",
            bank_code="",
            label="",
            details=(
                bank.EntryDetail(amount=Decimal(amount), payer_name=payer, remittance_text=text),
            ),
            raw="",
            fingerprint="",
        )
        for place, (amount, text, payer) in enumerate(BANK_LINES, 1)
    )
    opening = Decimal("18250.40")
    return bank.write_camt053(
        bank.Statement(
            format="camt.053.001.08",
            statement_id="RELEVE-2026-11-23",
            sequence_number=227,
            account_iban=IBAN,
            account_id="",
            account_key=bank.account_key(IBAN),
            currency="EUR",
            opening_balance=opening,
            closing_balance=opening + sum((entry.amount for entry in entries), ZERO),
            opening_date=day,
            closing_date=day,
            entries=entries,
        )
    )
