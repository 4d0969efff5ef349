# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""Orders typed or pasted from Excel in a grid, checked like a file, taken when all is right."""

from __future__ import annotations

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from billing.conftest import lefevre, ready
from echeance.billing import commands
from echeance.billing.models import Order, OrderLine
from echeance.billing.order_grid import COLUMNS
from echeance.billing.types import ItemFacts

URL = "/a-facturer/saisie/"
PASTED = (
    "C001\tCDE-1\t20/11/2026\t\tPorte\t2\t310,00\t20\tPO-5\n"
    "\t\t\t\tPose\t1\t150,00\t20\n"
    "C001\tCDE-2\t21/11/2026\t\tPlinthes\t12\t8,50\t20\n"
)


@pytest.fixture
def signed(client, member):
    """Léa's session."""
    client.force_login(member)
    return client


def of_page(page, **more) -> dict[str, object]:
    """The grid of a page, as a browser posts it back."""
    rows = page.context["grid"].rows
    return {name: [row.cells[name] for row in rows] for name in COLUMNS} | more


def test_rows_pasted_from_excel_are_checked_then_taken(signed, ready, lefevre):
    """2 × 310,00 + 150,00 = 770,00; the second line takes customer, order and day from above."""
    page = signed.post(URL, {"do": "paste", "pasted": PASTED})

    report = page.context["report"]
    assert (report.orders, report.billable_rows, report.rejected) == (2, 3, ())
    assert not Order.objects.exists()

    answer = signed.post(URL, of_page(page, do="save"))

    assert answer["Location"] == "/a-facturer/?vue=a-facturer"
    assert dict(Order.objects.values_list("number", "net_total")) == {
        "CDE-1": Decimal("770.00"), "CDE-2": Decimal("102.00"),
    }  # fmt: skip
    assert Order.objects.get(number="CDE-1").order_reference == "PO-5"
    assert Order.objects.get(number="CDE-1").source == "saisie"


def test_titles_that_come_along_are_understood_and_strangers_are_told(signed, ready, lefevre):
    text = (
        "Qté\tDésignation\tCouleur\tClient\tN° de commande\tDate\tPU HT\n"
        "3\tBanc\trouge\tC001\tCDE-9\t2026-11-20\t100"
    )

    page = signed.post(URL, {"do": "paste", "pasted": text})

    assert page.context["grid"].unknown == ["Couleur"]
    cells = page.context["grid"].rows[0].cells
    assert (cells["quantity"], cells["name"], cells["unit_price"]) == ("3", "Banc", "100")
    assert page.context["report"].orders == 1


def test_a_wrong_cell_is_told_beside_its_row_and_nothing_is_taken(signed, ready, lefevre):
    page = signed.post(
        URL, {"do": "paste", "pasted": PASTED.replace("8,50", "huit").replace("12", "-0")}
    )

    wrong = page.context["grid"].rows[2]
    assert "Nombre illisible" in wrong.problem
    assert wrong.column in {"quantity", "unit_price"}
    refused = signed.post(URL, of_page(page, do="save"))
    assert refused.status_code == 422
    assert "Ligne 3" in refused.content.decode()
    assert not Order.objects.exists()


def test_an_article_of_the_catalogue_brings_its_price(signed, ready, lefevre):
    commands.save_items(
        actor=ready,
        items=[ItemFacts("ET-01", "Étagère", unit_price=Decimal("149.90"), vat_rate=Decimal(20))],
    )
    page = signed.post(URL, {"do": "paste", "pasted": "C001\tCDE-1\t20/11/2026\tET-01\t\t4"})

    signed.post(URL, of_page(page, do="save"))

    assert OrderLine.objects.get().unit_price == Decimal("149.90")
    assert Order.objects.get().net_total == Decimal("599.60")


def test_an_order_already_there_is_told_and_not_taken_twice(signed, ready, lefevre):
    page = signed.post(URL, {"do": "paste", "pasted": PASTED})
    signed.post(URL, of_page(page, do="save"))

    again = signed.post(URL, of_page(page, do="save"))

    assert again.status_code == 422
    assert Order.objects.count() == 2


@pytest.mark.parametrize(
    "text", ["", "\t\t\n\n", '"jamais fermé\tx', "\x00\t\x07", "=1+1\t@cmd\t-2"]
)
def test_whatever_is_pasted_ends_in_a_page(signed, ready, lefevre, text):
    page = signed.post(URL, {"do": "paste", "pasted": text})

    assert page.status_code == 200
    assert signed.post(URL, of_page(page, do="save")).status_code == 422
    assert not Order.objects.exists()


def test_rows_are_added_and_removed_without_script(signed, ready, lefevre):
    page = signed.get(URL)
    assert len(page.context["grid"].rows) == 5
    page = signed.post(URL, of_page(page, do="add"))
    assert len(page.context["grid"].rows) == 6
    page = signed.post(URL, of_page(page, do="remove-5"))
    assert len(page.context["grid"].rows) == 5


def test_cells_pasted_in_a_cell_become_rows(page, live_server, signed_in, ready, lefevre, axe):
    """In a real browser: Ctrl+V in a cell, Ctrl+Enter, and the orders are to bill."""
    page.goto(f"{live_server.url}{URL}")
    cell = page.get_by_label("Client, ligne 1")
    cell.focus()
    cell.evaluate(
        """(element, text) => {
          const data = new DataTransfer();
          data.setData('text/plain', text);
          element.dispatchEvent(
            new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        PASTED,
    )

    expect(page.get_by_label("Désignation, ligne 3")).to_have_value("Plinthes")
    axe(page)
    page.get_by_label("Désignation, ligne 3").press("Control+Enter")
    expect(page.get_by_role("heading", name="À facturer")).to_be_visible()
    assert Order.objects.count() == 2
