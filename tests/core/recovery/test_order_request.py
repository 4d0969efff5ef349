"""The request for an order to pay: what it says, what it lacks, the same bytes each time."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import docx
import pytest

from echeance.core.recovery.bundle import BundleClaim
from echeance.core.recovery.order_request import (
    OrderRequest,
    court_name,
    missing_of,
    write_pdf,
    write_word,
)

REQUEST = OrderRequest(
    on=date(2026, 11, 24),
    creditor=("Atelier Morel", "SIREN 732829320", "12 rue de la République", "69002 Lyon"),
    debtor=("Dupont SAS", "SIREN 552100554", "1 rue des Forges", "21000 Dijon"),
    represented_by="Camille Morel, présidente",
    court_city="Dijon",
    is_commercial=True,
    grounds="Livraisons facturées, mise en demeure du 20/10/2026 restée sans effet.",
    claims=(
        BundleClaim(
            "F-1", date(2026, 8, 1), date(2026, 9, 10), Decimal("1000.00"), Decimal("1000.00"),
            Decimal("25.48"), Decimal("40.00"),
        ),
    ),
    pieces=("Facture F-1", "Mise en demeure"),
    made_at=datetime(2026, 11, 24, 9, tzinfo=UTC),
    costs=Decimal("33.47"),
)  # fmt: skip


def words(content):
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells]).replace("\xa0", " ")


def test_the_word_file_says_all_that_the_law_wants():
    """1,000.00 + 25.48 + 40.00 + 33.47 = 1,098.95."""
    text = words(write_word(REQUEST)).replace("\u202f", " ")

    for expected in (
        "Président du Tribunal de commerce de Dijon", "Représenté par Camille Morel, présidente",
        "1 rue des Forges", "1 098,95 €", "dont 33,47 € de frais", "arrêtés au 24/11/2026",
        "1. Facture F-1 ; 2. Mise en demeure", "25,48 €",
    ):  # fmt: skip
        assert expected in text


def test_the_same_request_gives_the_same_bytes():
    assert write_word(REQUEST) == write_word(REQUEST)
    assert write_pdf(REQUEST) == write_pdf(REQUEST)
    assert write_pdf(REQUEST).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({}, []),
        ({"court_city": ""}, ["la ville du tribunal du débiteur"]),
        ({"debtor": ("Dupont",)}, ["l'adresse du débiteur"]),
        ({"represented_by": ""}, ["qui représente le créancier, et sa qualité"]),
        ({"pieces": (), "claims": ()}, ["une créance", "une pièce justificative"]),
    ],
)
def test_what_is_missing_is_said(change, missing):
    assert missing_of(replace(REQUEST, **change)) == missing


def test_the_court_is_that_of_the_debtor():
    assert court_name("Paris", is_commercial=True) == "Tribunal des activités économiques de Paris"
    assert court_name("Paris", is_commercial=False) == "Tribunal judiciaire de Paris"
