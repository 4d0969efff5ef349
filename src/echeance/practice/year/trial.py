"""The same year lived twice, by two companies of the same customers: with and without reminders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from echeance.base import clock
from echeance.base import commands as base
from echeance.base.actor import Actor, system
from echeance.base.types import CompanyFacts
from echeance.billing import commands as billing
from echeance.cash import commands as cash
from echeance.collection import commands as collection
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.parties import commands as parties
from echeance.parties.types import ContactFacts, PartyFacts
from echeance.practice.world import siren
from echeance.practice.year.customers import Buyer, bills, buyers
from echeance.practice.year.life import IBAN, Figures, Life

YEAR = 2025


@dataclass(frozen=True, slots=True)
class YearResult:
    """Both lives, and whether the books of each are right."""

    seed: int
    customers: int
    without: Figures
    reminded: Figures
    findings: int


def run_year(seed: int, customers: int, *, months: int = 12) -> YearResult:
    """Live the year twice; only simulated companies are written.

    Args:
        seed: Of everything that is drawn.
        customers: How many.
        months: From January on.
    """
    last = date(YEAR, months, 28) if months < 12 else date(YEAR, 12, 31)
    people = buyers(seed, customers)
    figures, findings = [], 0
    for name, root, reminds in (
        ("Sans relance", "81100001", False),
        ("Relancée", "81100002", True),
    ):
        actor, party_ids = _company(f"{name} {seed}", siren(f"{int(root) + 10 * seed:08d}"), people)
        todays = [one for one in bills(seed, YEAR, people) if one.issued_on <= last]
        life = Life(actor, seed, todays, party_ids, reminds)
        figures.append(life.run(date(YEAR, 1, 2), last))
        findings += len(ledger_queries.verify(actor.company))
    return YearResult(seed, customers, figures[0], figures[1], findings)


def _company(name: str, number: str, people: list[Buyer]) -> tuple[Actor, dict[str, int]]:
    with clock.at(datetime(YEAR, 1, 1, 8, tzinfo=UTC)):
        company = base.create_company(
            facts=CompanyFacts(
                name=name,
                siren=number,
                address_line="1 rue de l'Essai",
                postcode="69001",
                city="Lyon",
                email="facturation@essai.example",
            ),
            is_practice=True,
        )
        actor = system(company)
        ledger.set_up_books(
            actor=actor, fiscal_year_start=date(YEAR, 1, 1), fiscal_year_end=date(YEAR, 12, 31)
        )
        cash.add_bank_account(actor=actor, name="Compte courant", iban=IBAN)
        collection.set_up_plan(actor=actor)
        billing.set_up_billing(actor=actor)
        made = parties.create_parties(
            actor=actor,
            parties=[
                PartyFacts(
                    code=one.code,
                    name=one.name,
                    category="professional",
                    address_line="1 place du Marché",
                    postcode="69000",
                    city="Lyon",
                )
                for one in people
            ],
        )
        ids = {party.code: party.pk for party in made}
        parties.add_contacts(
            actor=actor,
            contacts=[
                ContactFacts(party_id=ids[one.code], email=one.email, purpose="reminders")
                for one in people
            ],
        )
    return actor, ids
