"""``echeance cash read``: files alone, no company, no database; the exit code says if all are."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from echeance.cash.console import cash_app

CSV = """\
Date;Libellé;Montant;Solde
13/11/2026;VIR DUPONT FA2026-000001;120,50;220,50
14/11/2026;FRAIS;-20,50;200,00
"""


def test_a_file_is_told_as_json_and_another_refused_with_its_reason(tmp_path):
    read, refused = tmp_path / "releve.csv", tmp_path / "faux.ofx"
    read.write_text(CSV, encoding="cp1252")
    refused.write_text("<OFX></OFX>")

    result = CliRunner().invoke(cash_app, ["read", str(read), str(refused), "--json"])

    assert result.exit_code == 1
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    (statement,) = first["statements"]
    assert (statement["format"], statement["proof"], statement["opening_balance"]) == (
        "csv",
        "balances",
        "100.00",
    )
    assert [(one["entry"], one["direction"], one["amount"]) for one in statement["entries"]] == [
        (1, "CRDT", "120.50"),
        (2, "DBIT", "20.50"),
    ]
    assert statement["entries"][0]["raw"] == "13/11/2026;VIR DUPONT FA2026-000001;120,50;220,50"
    assert second["refused"]["code"] == "bank.no_statement"


def test_a_person_reads_a_table(tmp_path):
    path = tmp_path / "releve.csv"
    path.write_text(CSV, encoding="utf-8")

    result = CliRunner().invoke(cash_app, ["read", str(path)])

    assert result.exit_code == 0
    assert "soldes prouvés" in result.stdout
    assert "120,50" in result.stdout
