"""What Atelier Morel has besides its orders: prices, a contract, works, a quote, doubtful records.

Built by commands only, with the clock moved, after :func:`echeance.practice.world.build`: the day
then bills the months of the contract that nobody billed, and every page has something to show.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.billing import commands as billing
from echeance.billing.types import (
    ContractFacts,
    ContractLineFacts,
    FormulaFacts,
    IndexValueFacts,
    ItemFacts,
    MarketLineFacts,
    PriceBreakFacts,
    QuoteFacts,
    QuoteLineFacts,
)
from echeance.parties import commands as parties
from echeance.parties import queries as parties_queries
from echeance.parties.types import PartyFacts, ServiceFacts


def enrich(actor: Actor) -> None:
    """Add prices, a contract, works under way, a quote, limits and two records of one shop."""
    ids = {
        code: party.pk
        for code, party in parties_queries.by_codes(
            actor=actor, codes=["C001", "C003", "C004", "C005", "C008", "C009"]
        ).items()
    }
    with clock.at(_morning(date(2026, 9, 1))):
        _prices(actor)
        _contract(actor, ids["C003"])
        _records(actor, ids)
    with clock.at(_morning(date(2026, 11, 20))):
        _works(actor, ids["C008"])
        _quote(actor, ids["C001"])


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, 0, tzinfo=UTC)


def _prices(actor: Actor) -> None:
    billing.save_items(
        actor=actor,
        items=[
            ItemFacts(code="TAB-CH", name="Tablette en chêne", unit_price=Decimal("42.00")),
            ItemFacts(code="MONT-H", name="Montant hêtre usiné", unit_price=Decimal("18.50")),
            ItemFacts(
                code="POSE-H",
                name="Heure de pose",
                nature="services",
                unit_code="HUR",
                unit_price=Decimal("48.00"),
            ),
        ],
    )
    billing.save_price_list(
        actor=actor,
        code="PRO",
        name="Tarif des professionnels",
        breaks=[
            PriceBreakFacts("TAB-CH", Decimal("39.00"), starts_on=date(2026, 1, 1)),
            PriceBreakFacts(
                "TAB-CH", Decimal("36.50"), min_quantity=Decimal(50), starts_on=date(2026, 1, 1)
            ),
            PriceBreakFacts("MONT-H", Decimal("17.20"), starts_on=date(2026, 1, 1)),
        ],
    )


def _contract(actor: Actor, party_id: int) -> None:
    """Volets de l'hôtel: 130.00 a month in arrears since September, revised by an index."""
    billing.save_index(actor=actor, code="ICHT", name="Coût horaire du travail")
    billing.save_index_values(
        actor=actor,
        values=[
            IndexValueFacts("ICHT", date(2025, 6, 1), Decimal("132.4"), date(2025, 9, 20)),
            IndexValueFacts("ICHT", date(2026, 3, 1), Decimal("135.1"), date(2026, 6, 20)),
        ],
    )
    billing.create_contracts(
        actor=actor,
        contracts=[
            ContractFacts(
                party_id=party_id,
                name="Entretien des volets de l'hôtel",
                starts_on=date(2026, 9, 1),
                timing="arrears",
                calendar=True,
                formula=FormulaFacts(
                    weights={"ICHT": Decimal("0.85")},
                    bases={"ICHT": Decimal("132.4")},
                    fixed=Decimal("0.15"),
                ),
                lines=(ContractLineFacts("Entretien mensuel des volets", Decimal("130.00")),),
            )
        ],
    )


def _records(actor: Actor, ids: dict[str, int]) -> None:
    parties.set_credit_limits(
        actor=actor, limits={ids["C004"]: Decimal("1000.00"), ids["C008"]: Decimal("60000.00")}
    )
    parties.add_services(
        actor=actor,
        services=[
            ServiceFacts(ids["C005"], "TECHNIQUE", "Services techniques", engagement_required=True)
        ],
    )
    # The same bookshop, entered again without its SIREN: the queue of doubtful records finds it.
    parties.create_parties(
        actor=actor,
        parties=[
            PartyFacts(
                code="C109",
                name="Librairie Les Halles SARL",
                address_line="1 place du Marché",
                postcode="69000",
                city="Nantes",
            )
        ],
    )


def _works(actor: Actor, party_id: int) -> None:
    """Ateliers du Rhône: a market of 24,000.00, retention of 5 %, its deposit asked for."""
    market = billing.save_market(
        actor=actor,
        party_id=party_id,
        number="M-2026-08",
        name="Aménagement du hall de montage",
        signed_on=date(2026, 11, 16),
        retention_percent=Decimal(5),
        lines=[
            MarketLineFacts(
                "Cloisons", Decimal("9000.00"), Decimal(20), expected_on=date(2026, 12, 18)
            ),
            MarketLineFacts(
                "Mezzanine", Decimal("12500.00"), Decimal(20), expected_on=date(2027, 2, 26)
            ),
            MarketLineFacts(
                "Garde-corps", Decimal("2500.00"), Decimal(20), expected_on=date(2027, 2, 26)
            ),
        ],
    )
    deposit = billing.ask_for_deposit(
        actor=actor, market_id=market.pk, percent=Decimal(30), payment_terms="net15"
    )
    assert deposit.invoice_id is not None
    billing.issue_invoices(actor=actor, invoice_ids=[deposit.invoice_id])


def _quote(actor: Actor, party_id: int) -> None:
    (quote,) = billing.draft_quotes(
        actor=actor,
        quotes=[
            QuoteFacts(
                party_id=party_id,
                title="Escalier, deuxième tranche",
                deposit_percent=Decimal(30),
                lines=(
                    QuoteLineFacts("Limons et marches", Decimal(1), Decimal("3100.00")),
                    QuoteLineFacts(
                        "Heure de pose", Decimal(16), Decimal("48.00"), nature="services"
                    ),
                    QuoteLineFacts(
                        "Vernis deux couches", Decimal(1), Decimal("420.00"), is_option=True
                    ),
                ),
            )
        ],
    )
    billing.send_quotes(actor=actor, quote_ids=[quote.pk])
