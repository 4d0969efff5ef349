"""The console and the programming interface say what the commands say, as text and as JSON."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from ninja import NinjaAPI
from ninja.testing import TestClient
from typer.testing import CliRunner

from billing.conftest import draft, issued, line
from echeance.billing.api import router
from echeance.billing.console import app
from echeance.billing.errors import CreditRefusedError
from echeance.billing.models import DocumentStyle, Invoice, Order

TITLES = "Commande;Client;Article;Quantité;Prix unitaire;TVA;Date\n"
GOOD = "B1;C001;ET;2;149,90;20;20/11/2026\n"
BAD = "B2;C404;ET;2;149,90;20;20/11/2026\n"


@pytest.fixture(scope="module")
def client() -> TestClient:
    api = NinjaAPI(urls_namespace="billing-tests")
    api.add_router("", router)
    return TestClient(api)


def run(*arguments):
    return CliRunner().invoke(app, [str(one) for one in arguments])


def orders_file(folder, *rows):
    file = folder / "commandes.csv"
    file.write_text(TITLES + "".join(rows), encoding="utf-8")
    return file


def test_the_console_tries_a_file_then_imports_it(ready, lefevre, tmp_path):
    file = orders_file(tmp_path, GOOD, BAD)

    tried = run("import", file)
    assert not Order.objects.exists()
    done = run("import", file, "--accept")

    assert (tried.exit_code, done.exit_code) == (1, 1)
    assert tried.output == (
        "ligne 3 (B2) : Le client « C404 » est inconnu : créez sa fiche, ou corrigez son code.\n"
        "2 ligne(s) : 1 commande(s) et 0 annulation(s) prêtes, 0 document(s) en attente, "
        "1 ligne(s) rejetée(s).\n"
        "Rien n'est encore écrit : recommencez avec --accept pour importer.\n"
    )
    assert Order.objects.get().number == "B1"


def test_the_console_tells_programs_every_row_and_knows_a_file_again(ready, lefevre, tmp_path):
    file = orders_file(tmp_path, GOOD, BAD)

    tried = json.loads(run("import", file, "--mapping", "standard", "--json").output)
    done = json.loads(run("import", file, "--mapping", "standard", "--accept", "--json").output)
    again = run("import", file, "--accept", "--json")

    assert (tried["dry_run"], tried["import_id"], done["dry_run"]) == (True, None, False)
    assert (done["rows"], done["accepted"], done["rejected_rows"]) == (2, 1, 1)
    (bad,) = done["rejected"]
    assert (bad["row"], bad["column"], bad["value"]) == (3, "Client", "C404")
    assert "est inconnu" in bad["reason"]
    refused = json.loads(again.output)["error"]
    assert (refused["code"], refused["kind"]) == ("billing.order_file_known", "conflict")
    assert Order.objects.count() == 1


def test_the_console_goes_from_the_order_to_the_number(ready, lefevre, tmp_path):
    run("import", orders_file(tmp_path, GOOD), "--accept")

    drafted, checked, done = run("draft"), run("preflight"), run("issue", "--on", "2026-11-24")

    assert drafted.output == "1 facture(s) et 0 avoir(s) en brouillon.\n"
    assert checked.output == "1 brouillon(s), dont 0 à corriger.\n"
    assert done.output == (
        "1 document(s) émis, de FA-2026-000001 à FA-2026-000001 ; 0 à corriger.\n"
    )
    assert (drafted.exit_code, checked.exit_code, done.exit_code) == (0, 0, 0)


def test_the_console_says_what_keeps_a_draft(ready, lefevre):
    row = draft(ready, lefevre, line(rate="19.6"))

    checked, done = run("preflight", "--json"), run("issue", "--json")

    assert (checked.exit_code, done.exit_code) == (1, 1)
    assert json.loads(checked.output)[str(row.pk)][0]["code"] == "tax.unknown_rate"
    (result,) = json.loads(done.output)
    assert (result["invoice_id"], result["number"]) == (row.pk, None)


def test_the_console_writes_the_template_and_keeps_a_changed_one(ready, tmp_path):
    file = tmp_path / "modele.typ"

    written = run("template", file)
    kept = run("style", "--template", file, "--color", "#aa0000")

    assert (written.exit_code, kept.exit_code) == (0, 0)
    assert file.read_text(encoding="utf-8").startswith("// Modèle de facture et d'avoir.")
    assert DocumentStyle.objects.get().color == "#aa0000"


def test_programs_import_orders_and_bill_them(client, ready, lefevre):
    answer = client.post(
        "/order-imports",
        data={"source": "standard"},
        FILES={"file": SimpleUploadedFile("c.csv", (TITLES + GOOD + BAD).encode())},
        auth=ready,
    )
    (order,) = client.get("/orders", auth=ready).json()
    drafted = client.post("/orders/drafts", json={"ids": [order["id"]]}, auth=ready).json()
    (result,) = client.post("/issue", json={"ids": [drafted[0]["id"]]}, auth=ready).json()

    assert answer.status_code == 201
    assert (answer.json()["orders"], answer.json()["rejected"][0]["code"]) == (
        1,
        "customer_unknown",
    )
    assert (order["number"], order["net_total"]) == ("B1", "299.80")
    assert (drafted[0]["gross_total"], drafted[0]["status"]) == ("359.76", "draft")
    assert (result["number"], result["findings"]) == ("FA-2026-000001", [])


def test_programs_draft_check_credit_and_read(client, ready, lefevre):
    made = client.post(
        "/drafts",
        json={
            "buyer_id": lefevre.pk,
            "lines": [
                {"name": "Étagère", "quantity": "3", "unit_price": "99.99", "vat_rate": "20"}
            ],
        },
        auth=ready,
    ).json()
    checked = client.post("/preflight", json={"ids": [made["id"]]}, auth=ready).json()
    client.post("/issue", json={"ids": [made["id"]]}, auth=ready)
    read = client.get(f"/invoices/{made['id']}", auth=ready).json()
    note = client.post(
        f"/invoices/{made['id']}/credit-notes",
        json={
            "reason": "Casse",
            "lines": [{"line_id": read["lines"][0]["id"], "quantity": "1"}],
        },
        auth=ready,
    ).json()

    assert checked == {str(made["id"]): []}
    assert (read["number"], read["gross_total"]) == ("FA-2026-000001", "359.96")
    assert (note["kind"], note["gross_total"], note["preceding_id"]) == (
        "381",
        "119.99",
        made["id"],
    )
    xml = client.get(f"/invoices/{made['id']}/xml", auth=ready)
    assert xml.content.startswith(b"<?xml")
    assert client.delete(f"/drafts/{note['id']}", auth=ready).status_code == 204
    assert Invoice.objects.count() == 1


def test_a_list_is_read_page_by_page(client, ready, lefevre):
    rows = [issued(ready, lefevre) for _ in range(3)]

    first = client.get("/invoices?limit=2", auth=ready).json()
    second = client.get(f"/invoices?limit=2&before={first['next']}", auth=ready).json()

    assert [one["id"] for one in first["items"]] == [rows[2].pk, rows[1].pk]
    assert ([one["id"] for one in second["items"]], second["next"]) == ([rows[0].pk], None)
    found = client.get("/invoices?text=000002&status=issued", auth=ready).json()
    assert [one["number"] for one in found["items"]] == ["FA-2026-000002"]


def test_a_program_drafts_discounts_credits_an_amount_and_says_what_becomes_of_it(
    client, ready, lefevre
):
    made = client.post(
        "/drafts",
        json={
            "buyer_id": lefevre.pk,
            "lines": [{"name": "Table", "quantity": "1", "unit_price": "100", "vat_rate": "20"}],
            "allowances": [{"reason": "Remise", "amount": "10.00", "vat_rate": "20"}],
        },
        auth=ready,
    )
    client.post("/issue", json={"ids": [made.json()["id"]]}, auth=ready)
    address = f"/invoices/{made.json()['id']}"

    note = client.post(f"{address}/credit-notes", json={"gross": "12.00", "reason_code": "price"},
                       auth=ready)  # fmt: skip
    with pytest.raises(CreditRefusedError, match="un seul montant"):
        client.post(
            f"{address}/credit-notes", json={"gross": "1", "net": "1", "reason": "x"}, auth=ready
        )

    # 100.00 - 10.00 = 90.00 and 18.00; 12.00 with VAT is 10.00 and 2.00
    assert (made.status_code, made.json()["gross_total"]) == (201, "108.00")
    assert (note.status_code, note.json()["net_total"]) == (201, "10.00")
    assert Invoice.objects.count() == 2
