"""What Atelier Morel has to collect besides the day's reminders: debts of before its books.

A promise that was not kept, instalments agreed, proceedings opened against a customer: each page
of collection has something to show. Built by commands, with the clock moved.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.collection import commands as collection
from echeance.collection.types import InsolvencyKind, NewPaymentPlan, PromiseSource
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.parties import commands as parties
from echeance.parties.types import ContactFacts, PartyFacts
from echeance.practice.world import Customer, siren

OLD_CUSTOMERS = (
    Customer("C010", "Brasserie du Canal", "professional", "48900010", "Toulouse"),
    Customer("C011", "Transports Lemoine", "professional", "49000011", "Rouen"),
    Customer("C012", "Carrelages Vidal", "professional", "49100012", "Nîmes"),
)
_PHONES = {"C010": "05 61 00 00 10", "C011": "02 35 00 00 11", "C012": "04 66 00 00 12"}

# Code, number, issued, due, left to pay.
_DEBTS = (
    ("C010", "R-2608-014", "12/08/2026", "30/09/2026", "2184,00"),
    ("C010", "R-2608-021", "25/08/2026", "15/10/2026", "468,50"),
    ("C011", "R-2607-009", "06/07/2026", "31/08/2026", "3000,00"),
    ("C011", "R-2608-030", "28/08/2026", "30/09/2026", "600,00"),
    ("C012", "R-2608-002", "03/08/2026", "15/09/2026", "1950,60"),
)


def enrich(actor: Actor) -> None:
    """Take over the older debts and live what was agreed about them up to 23 November."""
    with clock.at(_morning(date(2026, 9, 1))):
        _customers(actor)
        ledger.import_open_items(
            actor=actor,
            content=_file(),
            filename="reprise-2026-09-01.csv",
            on=date(2026, 9, 1),
            dry_run=False,
        )
    items = ledger_queries.items_of_document(
        actor=actor, document_refs=[number for _, number, *_ in _DEBTS]
    )
    of_number = {number: found[0] for number, found in items.items()}
    with clock.at(_morning(date(2026, 11, 12))):
        collection.promise(
            actor=actor,
            item_ids=[of_number["R-2608-014"].item_id],
            promised_on=date(2026, 11, 20),
            note="Le gérant attend un virement de son assurance.",
            source=PromiseSource.CALL,
        )
    transports = [of_number["R-2607-009"], of_number["R-2608-030"]]
    with clock.at(_morning(date(2026, 11, 16))):
        plan = collection.draft_payment_plan(
            actor=actor,
            facts=NewPaymentPlan(
                party_id=transports[0].party_id or 0,
                item_ids=tuple(item.item_id for item in transports),
                first_on=date(2026, 12, 5),
                count=4,
            ),
        )
        collection.propose_payment_plan(actor=actor, plan_id=plan.pk)
        collection.accept_payment_plan(
            actor=actor,
            plan_id=plan.pk,
            accepted_by="M. Lemoine, gérant",
            accepted_on=date(2026, 11, 16),
        )
    with clock.at(_morning(date(2026, 11, 18))):
        collection.record_insolvency(
            actor=actor,
            party_id=of_number["R-2608-002"].party_id or 0,
            kind=InsolvencyKind.RECEIVERSHIP,
            judgment_on=date(2026, 11, 9),
            published_on=date(2026, 11, 17),
            court="Tribunal de commerce de Nîmes",
            representative="SELARL Aubanel, mandataire judiciaire",
            representative_address="4 rue de l'Horloge\n30000 Nîmes",
        )


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, 0, tzinfo=UTC)


def _customers(actor: Actor) -> None:
    made = parties.create_parties(
        actor=actor,
        parties=[
            PartyFacts(
                code=one.code,
                name=one.name,
                category=one.category,
                siren=siren(one.root),
                address_line="7 rue des Tanneurs",
                postcode="31000",
                city=one.city,
            )
            for one in OLD_CUSTOMERS
        ],
    )
    parties.add_contacts(
        actor=actor,
        contacts=[
            ContactFacts(
                party_id=party.pk,
                email=f"compta@{party.code.lower()}.example",
                phone=_PHONES[party.code],
            )
            for party in made
        ],
    )


def _file() -> bytes:
    titles = "Code client;Numéro;Date;Échéance;Reste dû"
    return "\n".join([titles, *(";".join(row) for row in _DEBTS)]).encode()
