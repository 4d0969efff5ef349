"""One pair of validating processes for the session, one typesetter with Typst's own fonts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from echeance.core.einvoice.cii import write_cii
from echeance.core.einvoice.facturx import default_template, facturx_pdf
from echeance.core.einvoice.official.pool import OfficialValidator
from echeance.core.einvoice.view import Appearance, invoice_view
from echeance.core.typesetting import Typesetter

TIMESTAMP = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def validator():
    with OfficialValidator(workers=1) as pool:
        yield pool


@pytest.fixture(scope="session")
def typesetter():
    return Typesetter(default_template())


@pytest.fixture(scope="session")
def facturx(typesetter):
    """Renders an invoice of the model as Factur-X with the house's template."""
    appearance = Appearance(fonts=("Libertinus Serif",))

    def render(invoice, **options) -> bytes:
        view = invoice_view(invoice, appearance=appearance, **options)
        return facturx_pdf(
            write_cii(invoice), typesetter=typesetter, view=view, timestamp=TIMESTAMP
        )

    return render
