"""A company, its assistant and an empty archive folder."""

import pytest

from echeance.base.actor import Actor, system
from echeance.base.commands import create_company
from echeance.base.models import Company
from echeance.base.types import CompanyFacts


@pytest.fixture(autouse=True)
def archive_folder(settings, tmp_path):
    settings.ARCHIVE_ROOT = tmp_path / "archive"
    return settings.ARCHIVE_ROOT


@pytest.fixture
def company(db) -> Company:
    return create_company(facts=CompanyFacts(name="Atelier Brume", siren="404833048"))


@pytest.fixture
def actor(company) -> Actor:
    return system(company)


@pytest.fixture
def stranger(db) -> Actor:
    return system(create_company(facts=CompanyFacts(name="Voisin", siren="552100554")))
