"""The first simulated company, Atelier Morel: who owes what, who pays how. Deterministic.

Built by commands only, with the clock moved: orders come in, invoices are issued, sealed and sent
on their day. It holds what a real month holds: right references, a wrong one, a short payment, a
grouped one, two equal invoices, a dispute, a public buyer, customers who are late, an order of an
unknown customer and one too large to be issued alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from echeance.base import clock
from echeance.base import commands as base
from echeance.base.actor import Actor, system
from echeance.base.types import CompanyFacts
from echeance.billing import commands as billing
from echeance.billing import queries as billing_queries
from echeance.cash import commands as cash
from echeance.collection import commands as collection
from echeance.collection.types import DisputeReason
from echeance.core import bank
from echeance.core.identifiers import Siren
from echeance.core.money import ZERO
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.parties import commands as parties
from echeance.parties.types import ContactFacts, PartyFacts
from echeance.transmission import commands as transmission
from echeance.transmission.types import Provider

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
Sale = tuple[date, str, str, str]
"""Issue date, customer, what, net."""
BankLine = tuple[str, str, str]
"""Amount, text, payer."""
SALES: tuple[Sale, ...] = (  # numbers follow the dates
    (date(2026, 9, 14), "C005", "Rénovation des portes de la mairie", "5400.00"),
    (date(2026, 9, 21), "C006", "Étagères sur mesure", "1290.00"),
    (date(2026, 10, 1), "C001", "Usinage de montants", "1000.00"),
    (date(2026, 10, 1), "C007", "Réparation d'un comptoir", "315.50"),
    (date(2026, 10, 2), "C004", "Établi d'atelier", "250.00"),
    (date(2026, 10, 5), "C002", "Habillage de chambre froide", "2350.00"),
    (date(2026, 10, 5), "C009", "Présentoirs", "840.00"),
    (date(2026, 10, 9), "C004", "Établi d'atelier", "250.00"),
    (date(2026, 10, 12), "C002", "Pose de plinthes", "480.00"),
    (date(2026, 10, 15), "C003", "Réfection de volets", "760.00"),
    (date(2026, 10, 19), "C009", "Tablettes d'angle", "126.00"),
    (date(2026, 11, 2), "C008", "Cloisons d'atelier", "3120.00"),
)
TODAYS_ORDERS: tuple[Sale, ...] = (
    (DAY, "C001", "Escalier, première tranche", "2480.00"),
    (DAY, "C003", "Entretien annuel des volets", "390.00"),
    (DAY, "C008", "Mezzanine complète", "14200.00"),  # over what is issued alone
    (DAY, "C404", "Banc d'entrée", "180.00"),  # nobody's code
)
BANK_LINES: tuple[BankLine, ...] = (
    ("1200.00", "VIR SEPA FA-2026-000003 MERCI", "MENUISERIE KERBRAT"),
    ("3396.00", "FACTURES FA-2026-000006 ET FA-2026-000009", "NORDIQUE FRIGO"),
    ("900.00", "REGLEMENT FA-2026-000010", "HOTEL DES ARCADES"),  # 12.00 short
    ("300.00", "REGLEMENT FACTURE", "GARAGE MARTIN"),  # two invoices of 300.00
    ("378.60", "FA-2026-000090", "PHARMACIE DU PORT"),  # a number that does not exist
    ("74.30", "REMBOURSEMENT", "ASSURANCES DU LAC"),  # nobody's
)


def siren(root: str) -> str:
    """The SIREN that starts with eight digits: only its key is reckoned."""
    return next(root + str(key) for key in range(10) if Siren.is_valid(root + str(key)))


def build(provider: Provider, sales: Sequence[Sale] = SALES) -> Actor:
    """Create the company and its customers, and live its months up to 23 November.

    Args:
        provider: How its past invoices leave; a mail server of the simulated world.
        sales: What was sold, and when; its invoices are numbered in the order of the days.
    """
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
        billing.set_up_billing(actor=actor)
        _customers(actor)
    for day in sorted({sale[0] for sale in sales}):
        with clock.at(datetime(day.year, day.month, day.day, 8, 0, tzinfo=UTC)):
            _bill(actor, day, [sale for sale in sales if sale[0] == day])
    _seal_and_send(actor, provider)
    with clock.at(datetime(2026, 11, 2, 9, 0, tzinfo=UTC)):
        number = "FA-2026-000002"
        items = ledger_queries.items_of_document(actor=actor, document_refs=[number])
        collection.open_dispute(
            actor=actor,
            item_id=items[number][0].item_id,
            reason_code=DisputeReason("QUALITE_ERR"),
            note="Bois livré dans une mauvaise essence.",
        )
    return actor


def _customers(actor: Actor) -> None:
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


def orders_file(sales: Sequence[Sale]) -> bytes:
    """A CSV of orders, with the titles of the house."""
    titles = ("commande", "client", "désignation", "quantité", "PU HT", "nature", "date")
    rows = [
        (f"CDE-{day:%m%d}-{rank}", code, name, "1", net.replace(".", ","), "services",
         f"{day:%d/%m/%Y}")
        for rank, (day, code, name, net) in enumerate(sales, 1)
    ]  # fmt: skip
    lines = [";".join(row) for row in (titles, *rows)]
    return ("\n".join(lines) + "\n").encode()


def _bill(actor: Actor, day: date, sales: Sequence[Sale]) -> None:
    content = orders_file(sales)
    billing.import_orders(actor=actor, content=content, filename=f"commandes-{day}.csv")
    orders = list(billing_queries.left_to_bill(actor=actor).values_list("pk", flat=True))
    drafts = billing.draft_invoices(actor=actor, order_ids=orders)
    results = billing.issue_invoices(actor=actor, invoice_ids=[one.pk for one in drafts])
    assert all(one.issued for one in results), [one.findings for one in results]


def _seal_and_send(actor: Actor, provider: Provider) -> None:
    """Past invoices have their file and have left: the day at work sends only its own."""
    billing.seal_invoices(actor=actor)
    sent_on = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
    with clock.at(sent_on):
        invoices = list(billing_queries.to_send(actor=actor).values_list("pk", flat=True))
        billing.queue_invoices(actor=actor, invoice_ids=invoices)
    with clock.at(sent_on + timedelta(hours=1)):
        billing.release_invoices(actor=actor, now=clock.now())
        transmission.send_due(company=actor.company, provider=provider)


def bank_file(lines: Sequence[BankLine] = BANK_LINES) -> bytes:
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
        for place, (amount, text, payer) in enumerate(lines, 1)
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
