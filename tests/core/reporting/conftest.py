"""One validating process for these tests."""

from __future__ import annotations

import pytest

from echeance.core.einvoice.official.pool import OfficialValidator


@pytest.fixture(scope="session")
def validator():
    with OfficialValidator(workers=1) as pool:
        yield pool
