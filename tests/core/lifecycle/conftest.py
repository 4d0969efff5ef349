"""One validating process for the session."""

from __future__ import annotations

import pytest

from echeance.core.einvoice.official.pool import OfficialValidator


@pytest.fixture(scope="session")
def validator():
    with OfficialValidator(workers=1) as pool:
        yield pool
