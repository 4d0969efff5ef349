"""A company, its assistant, a person who may touch bank details, and a neighbour."""

import pytest

from echeance.base.actor import Actor, system
from echeance.base.commands import create_company, create_user
from echeance.base.models import Company
from echeance.base.rights import Right
from echeance.base.types import CompanyFacts
from echeance.parties.commands import create_parties
from echeance.parties.models import Party
from echeance.parties.types import PartyFacts

BRUME = PartyFacts(
    code="C1",
    name="Atelier Brume",
    siren="404833048",
    address_line="1 rue des Forges",
    postcode="75001",
    city="Paris",
    payment_terms="45 jours fin de mois",
)


@pytest.fixture
def company(db) -> Company:
    return create_company(facts=CompanyFacts(name="Échoppe Martin", siren="732829320"))


@pytest.fixture
def actor(company) -> Actor:
    return system(company)


@pytest.fixture
def treasurer(company) -> Actor:
    user = create_user(email="tresor@martin.example", full_name="Lou Trésor", password="x")
    return Actor(company=company, user=user, rights=frozenset(Right))


@pytest.fixture
def stranger(db) -> Actor:
    return system(create_company(facts=CompanyFacts(name="Voisin", siren="552100554")))


@pytest.fixture
def brume(actor) -> Party:
    return create_parties(actor=actor, parties=[BRUME])[0]
