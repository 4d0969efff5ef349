"""Books to write in."""

import pytest

from ledger.books import Books


@pytest.fixture
def books(actor) -> Books:
    return Books(actor)
