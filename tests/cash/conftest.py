"""The desk where bank lines arrive."""

import pytest

from cash.desk import Desk


@pytest.fixture
def desk(actor) -> Desk:
    return Desk(actor)
