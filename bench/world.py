"""What the measures start from: an empty database of their own, a company, its customers."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from echeance.base.actor import Actor
    from echeance.parties.models import Party

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
IBAN = "FR7630006000011234567890189"
CUSTOMERS = 200
DRAFTS_AT_ONCE = 500


@contextmanager
def installation() -> Iterator[None]:
    """Django on a database made for this process: a SQLite file, or beside ``DATABASE_URL``'s."""
    with tempfile.TemporaryDirectory(prefix="echeance-bench-") as home:
        os.environ["ECHEANCE_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "echeance.config.settings.common"
        import django

        django.setup()
        from django.db import connection

        from echeance.archive import fulltext
        from echeance.base import clock

        embedded = connection.vendor == "sqlite"
        name = str(Path(home, "bench.sqlite3")) if embedded else f"bench_{os.getpid()}"
        connection.settings_dict["TEST"] |= {"NAME": name, "MIGRATE": False}
        first = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, serialize=False)
        fulltext.run(fulltext.INSTALL, connection)  # what tables made without migrations lack
        try:
            with clock.at(NOW):
                yield
        finally:
            connection.creation.destroy_test_db(first, verbosity=0)


def company() -> Actor:
    """A company with its books of 2026, its series and a bank account."""
    from echeance.base import commands as base
    from echeance.base.actor import system
    from echeance.base.types import CompanyFacts
    from echeance.billing import commands as billing
    from echeance.cash import commands as cash
    from echeance.ledger import commands as ledger

    actor = system(
        base.create_company(
            facts=CompanyFacts(
                name="Atelier Morel",
                siren="552100554",
                legal_form="SAS",
                share_capital=Decimal("50000.00"),
                siret="55210055400013",
                vat_id="FR96552100554",
                rcs_city="Lyon",
                address_line="12 rue de la Paix",
                postcode="69002",
                city="Lyon",
                electronic_address="552100554",
            )
        )
    )
    ledger.set_up_books(
        actor=actor, fiscal_year_start=date(2026, 1, 1), fiscal_year_end=date(2026, 12, 31)
    )
    billing.set_up_billing(actor=actor)
    cash.add_bank_account(actor=actor, name="Compte courant", iban=IBAN, bic="AGRIFRPP")
    return actor


def customers(actor: Actor) -> list[Party]:
    """Firms with a right SIREN, an address and terms."""
    from echeance.core.identifiers import Siren
    from echeance.parties import commands as parties
    from echeance.parties.types import PartyFacts

    roots = [f"4{rank:07d}" for rank in range(CUSTOMERS)]
    sirens = [next(r + str(k) for k in range(10) if Siren.is_valid(r + str(k))) for r in roots]
    return parties.create_parties(
        actor=actor,
        parties=[
            PartyFacts(
                code=f"C{rank:05d}",
                name=f"Client numéro {rank}",
                siren=siren,
                address_line=f"{rank + 1} rue des Essais",
                postcode="69003",
                city="Lyon",
                payment_terms="net30",
            )
            for rank, siren in enumerate(sirens)
        ],
    )


def draft(actor: Actor, buyers: Sequence[Party], count: int, first: int = 0) -> list[int]:
    """Drafts of five lines at two VAT rates, made five hundred at a time, from a rank on."""
    from echeance.billing import commands as billing
    from echeance.billing.types import DraftFacts, DraftLine

    def facts(rank: int) -> DraftFacts:
        lines = tuple(
            DraftLine(
                name=f"Fourniture {place} de la commande {rank}",
                quantity=Decimal(place + rank % 3),
                unit_price=Decimal(1999 + rank % 700 + 100 * place) / 100,
                vat_rate=Decimal("5.5") if place == 5 else Decimal(20),
            )
            for place in range(1, 6)
        )
        return DraftFacts(
            buyer_id=buyers[rank % len(buyers)].pk,
            lines=lines,
            sales_order_reference=f"CDE-{rank:06d}",
            delivery_date=TODAY,
        )

    made: list[int] = []
    for start in range(0, count, DRAFTS_AT_ONCE):
        ranks = range(first + start, first + min(start + DRAFTS_AT_ONCE, count))
        rows = billing.draft_documents(actor=actor, drafts=[facts(rank) for rank in ranks])
        made += [row.pk for row in rows]
    return made


def orders(actor: Actor, buyers: Sequence[Party], count: int, first: int = 0) -> None:
    """Accepted orders of five lines at two VAT rates, delivered today; numbered from a rank."""
    from echeance.billing.models import Order, OrderLine

    step = 2000
    for start in range(0, count, step):
        ranks = range(first + start, first + min(start + step, count))
        lines = {
            rank: [
                (
                    place,
                    Decimal(place + rank % 3),
                    Decimal(1999 + rank % 700 + 100 * place) / 100,
                    Decimal("5.5") if place == 5 else Decimal(20),
                )
                for place in range(1, 6)
            ]
            for rank in ranks
        }
        made = Order.objects.bulk_create(
            Order(
                company=actor.company,
                source="standard",
                number=f"CDE-{rank:06d}",
                party=buyers[rank % len(buyers)],
                order_date=TODAY,
                delivery_date=TODAY,
                net_total=sum(round(quantity * price, 2) for _, quantity, price, _ in lines[rank]),
                received_at=NOW,
                accepted_at=NOW,
            )
            for rank in ranks
        )
        OrderLine.objects.bulk_create(
            OrderLine(
                company=actor.company,
                order=order,
                position=place,
                name=f"Fourniture {place} de la commande {rank}",
                nature="goods",
                quantity=quantity,
                unit_code="C62",
                unit_price=price,
                vat_rate=rate,
            )
            for order, rank in zip(made, ranks, strict=True)
            for place, quantity, price, rate in lines[rank]
        )


def owe(actor: Actor, buyers: Sequence[Party], count: int) -> list[Decimal]:
    """Post that many unpaid invoices, each of one item; their amounts, by rank.

    Amounts repeat every 5,000: money alone proves nothing, the reference must be read.
    """
    from echeance.ledger import commands as ledger
    from echeance.ledger.types import EntryFacts, NewOpenItem, Posting

    amounts = [Decimal(10000 + 7 * (rank % 5000)) / 100 for rank in range(count)]
    day, due = TODAY - timedelta(days=45), TODAY - timedelta(days=15)
    for start in range(0, count, DRAFTS_AT_ONCE):
        ledger.post_entries(
            actor=actor,
            entries=[
                EntryFacts(
                    "VT",
                    day,
                    number(rank),
                    day,
                    f"Facture {number(rank)}",
                    (
                        Posting(
                            "411000",
                            debit=amounts[rank],
                            party_id=buyers[rank % len(buyers)].pk,
                        ),
                        Posting("707000", credit=amounts[rank]),
                    ),
                    (NewOpenItem(0, due, "invoice", number(rank)),),
                )
                for rank in range(start, min(start + DRAFTS_AT_ONCE, count))
            ],
        )
    return amounts


def number(rank: int) -> str:
    """Number of an invoice that is owed."""
    return f"FA-2026-{rank + 1:06d}"


def bank_file(amounts: Sequence[Decimal]) -> bytes:
    """A camt.053 that pays each amount with the number of its invoice, as customers write it."""
    from echeance.core import bank
    from echeance.core.money import ZERO

    writings = ("VIR SEPA {}", "REGLEMENT FACTURE {} MERCI", "{}", "PAIEMENT {} DU MOIS")
    entries = tuple(
        bank.StatementEntry(
            index=rank + 1,
            direction="CRDT",
            amount=amount,
            reversal=False,
            booking_date=TODAY,
            value_date=TODAY,
            bank_reference=f"B{rank:08d}",
            bank_code="",
            label="",
            details=(
                bank.EntryDetail(
                    amount=amount,
                    payer_name=f"CLIENT NUMERO {rank % CUSTOMERS}",
                    remittance_text=writings[rank % 4].format(number(rank)),
                ),
            ),
            raw="",
            fingerprint="",
        )
        for rank, amount in enumerate(amounts)
    )
    return bank.write_camt053(
        bank.Statement(
            format="camt.053.001.08",
            statement_id="BENCH",
            sequence_number=1,
            account_iban=IBAN,
            account_id="",
            account_key=bank.account_key(IBAN),
            currency="EUR",
            opening_balance=ZERO,
            closing_balance=sum(amounts, ZERO),
            opening_date=TODAY,
            closing_date=TODAY,
            entries=entries,
        )
    )
