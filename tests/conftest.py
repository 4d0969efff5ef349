"""Shared fixtures: a fixed clock, one small company that every test can start from."""

from __future__ import annotations

import gc
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import hypothesis
import pytest
from django.db import connection
from django.utils import translation
from tools import messages

from echeance.archive import fulltext
from echeance.base import clock
from echeance.base import commands as base
from echeance.base.actor import Actor, system
from echeance.base.models import Company, User
from echeance.base.types import CompanyFacts

# The suite on PostgreSQL, which nobody waits for, tries more examples than the one of every change.
hypothesis.settings.register_profile("thorough", deadline=None)
hypothesis.settings.register_profile("usual", deadline=None, max_examples=40)
hypothesis.settings.load_profile("thorough" if "DATABASE_URL" in os.environ else "usual")
# Tests make much and keep little: looking for cycles less often takes a tenth of the time away.
gc.set_threshold(50_000, 20, 50)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SHARED = Path(__file__).resolve().parents[2] / "shared"


SEEN_EACH_TIME = ("[desktop-light", "[size0-light", "[phone-dark", "[size1-dark")
"""Screens of the pages of every day that each run looks at."""
EVERY_DAY = ("test_accessibility", "test_matching_pages", "test_collection_pages")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Looking at a page costs seconds: each run looks at those of every day, the slow one at all of them."""
    for item in items:
        if "accessible" not in item.name:
            continue
        every_day = any(page in item.nodeid for page in EVERY_DAY)
        if not (every_day and any(one in item.name for one in SEEN_EACH_TIME)):
            item.add_marker(pytest.mark.slow)


def pytest_configure() -> None:
    """English is there, whatever was made before the tests."""
    messages.compile_catalogue()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Install the search of the archive, which tables made without migrations lack."""
    with django_db_blocker.unblock():
        fulltext.run(fulltext.INSTALL, connection)


@pytest.fixture(autouse=True)
def _fixed_clock(request):
    """Every test lives on 24 November 2026, 9 o'clock UTC, unless it moves the clock itself."""
    with clock.at(NOW):
        yield


@pytest.fixture(autouse=True)
def _french():
    """Every test begins in French: a page read in English leaves its language to the thread."""
    translation.activate("fr")
    yield
    translation.deactivate()


@pytest.fixture
def company(db) -> Company:
    """Atelier Morel SAS, Lyon: goods and services, monthly VAT."""
    return base.create_company(
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
            email="facturation@atelier-morel.example",
            electronic_address="552100554",
        )
    )


@pytest.fixture
def actor(company: Company) -> Actor:
    """The assistant of the company: every right."""
    return system(company)


@pytest.fixture
def user(db) -> User:
    """Léa, who signs in."""
    return base.create_user(email="lea@atelier-morel.example", full_name="Léa Morel", password="x")


@pytest.fixture
def shared_data() -> Path:
    """Real files kept beside the project; the test is skipped where they are absent."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the real data beside the project (../shared/data) is absent")
    return folder
