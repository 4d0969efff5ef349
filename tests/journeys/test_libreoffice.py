# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""LibreOffice opens and saves what is exported: no false difference, and one cell is one.

LibreOffice is not needed to run the program: this test is skipped where ``soffice`` is absent
(Debian: ``libreoffice-calc``), and fails instead with ``REQUIRE_LIBREOFFICE=1``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

from billing.conftest import draft, lefevre, line, ready
from echeance.base import roundtrip
from echeance.billing import commands as billing
from echeance.billing.types import ItemFacts, PriceBreakFacts
from echeance.core.tabular import read_table
from echeance.parties import commands as parties
from echeance.parties.models import Party
from echeance.parties.types import PartyFacts

MISSING = "soffice is absent: install libreoffice-calc to run this test"
SECONDS = 180


@pytest.fixture(scope="module")
def soffice() -> str:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        if os.environ.get("REQUIRE_LIBREOFFICE") == "1":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return found


def saved_by(soffice: str, folder: Path, content: bytes, *, to: str = "xlsx") -> bytes:
    """The file opened and saved again by LibreOffice, in a profile of its own."""
    source = folder / "liste.xlsx"
    source.write_bytes(content)
    out = folder / "saved"
    subprocess.run(
        [
            soffice,
            "--headless",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--convert-to",
            to,
            "--outdir",
            str(out),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=SECONDS,
    )
    return (out / f"liste.{to.split(':', maxsplit=1)[0]}").read_bytes()


@pytest.fixture
def lists(ready, lefevre):
    """Customers, articles, orders and invoices with everything a spreadsheet likes to change."""
    parties.create_parties(
        actor=ready,
        parties=[
            PartyFacts("00017", "=1+1 Conseil", siret="73282932000074", postcode="01000",
                       city="Bourg-en-Bresse", payment_terms="45 jours fin de mois"),
            PartyFacts("C3", "Müller & Söhne « GmbH »", country="DE", city="Köln", language="de",
                       vat_id="DE136695976", order_reference_required=True),
            PartyFacts("1E5", "Émile ’O", category="consumer", postcode="13001", city="Marseille"),
        ],
    )  # fmt: skip
    billing.save_items(
        actor=ready,
        items=[
            ItemFacts("0012", "Étagère", "Chêne\nhuilé", unit_price=Decimal("149.90"),
                      vat_rate=Decimal("5.5")),
            ItemFacts("3-4", "Pose", nature="services", unit_code="HUR",
                      unit_price=Decimal("58.123456")),
        ],
    )  # fmt: skip
    billing.save_price_list(
        actor=ready,
        code="2026",
        name="Tarif 2026",
        breaks=[PriceBreakFacts("0012", Decimal("1.234"), min_quantity=Decimal("2.5"))],
    )
    feed = (
        "client;commande;date;désignation;quantité;prix unitaire;taux de tva\n"
        "C001;2026-11;20/11/2026;Porte;2,5;310,00;20\n"
    )
    billing.import_orders(actor=ready, content=feed.encode(), filename="commandes.csv")
    draft(ready, lefevre, line(), note="Une\nremarque", order_reference="007")
    return ready


@pytest.mark.slow
@pytest.mark.parametrize("to", ["xlsx", "ods"])
@pytest.mark.parametrize(
    "name",
    ["parties.parties", "billing.items", "billing.orders", "billing.invoices", "billing.prices"],
)
def test_a_list_opened_and_saved_by_libreoffice_has_no_false_difference(
    lists, soffice, tmp_path, name, to
):
    content, _ = roundtrip.export_sheet(actor=lists, name=name)

    saved = saved_by(soffice, tmp_path, content, to=to)
    row = roundtrip.propose_changes(actor=lists, content=saved, filename=f"liste.{to}")

    assert saved != content
    assert row.problems == []
    assert [change.fields for change in row.changes.all()] == []
    assert row.rows == row.unchanged > 0


@pytest.mark.slow
def test_one_cell_edited_and_saved_by_libreoffice_is_one_difference(lists, soffice, tmp_path):
    content, _ = roundtrip.export_sheet(actor=lists, name="parties.parties")
    edited = tmp_path / "edited.xlsx"
    edited.write_bytes(content)
    with zipfile.ZipFile(edited) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    shared = parts["xl/sharedStrings.xml"].decode()
    assert shared.count(">Bourg-en-Bresse<") == 1
    parts["xl/sharedStrings.xml"] = shared.replace("Bourg-en-Bresse", "Péronnas").encode()
    with zipfile.ZipFile(edited, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)

    saved = saved_by(soffice, tmp_path, edited.read_bytes())
    row = roundtrip.propose_changes(actor=lists, content=saved, filename="liste.xlsx")

    (change,) = row.changes.all()
    assert change.label == "00017 · =1+1 Conseil"
    assert [(part["name"], part["old"], part["new"]) for part in change.fields] == [
        ("city", "Bourg-en-Bresse", "Péronnas")
    ]
    roundtrip.take_changes(actor=lists, import_id=row.pk)
    assert Party.objects.get(code="00017").city == "Péronnas"
    roundtrip.undo_changes(actor=lists, import_id=row.pk)
    assert Party.objects.get(code="00017").city == "Bourg-en-Bresse"


@pytest.mark.slow
def test_libreoffice_computes_the_totals_of_the_export(lists, soffice, tmp_path):
    """The totals are formulas: 2,5 × 310,00 = 775,00, computed again by LibreOffice."""
    content, _ = roundtrip.export_sheet(actor=lists, name="billing.orders")

    saved = saved_by(soffice, tmp_path, content)

    rows = list(read_table(saved, "liste.xlsx").rows)
    assert rows[-1].cells["total de la ligne HT"] == Decimal(775)
    with zipfile.ZipFile(tmp_path / "saved" / "liste.xlsx") as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r"<f[^>]*>SUBTOTAL\(9,K2:K2\)</f>", sheet)
