"""``echeance collection interest``: cases in, sums out, nothing by halves."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from echeance.cli.main import EXIT_CODES
from echeance.collection.console import collection_app
from echeance.core.dunning.cases import BadCaseError, CaseRateUnknownError

LAW = {
    "id": "loi",
    "creditor": "company",
    "debtor": "professional",
    "invoices": [{"number": "F-1", "amount": "12000.00", "due_date": "2026-05-31"}],
    "payments": [{"date": "2026-07-20", "amount": "12000.00", "number": "F-1"}],
    "until": "2026-07-20",
    "contract_rate_percent": None,
    "insolvency_date": None,
}


def run(*arguments):
    return CliRunner().invoke(collection_app, ["interest", *map(str, arguments)])


@pytest.fixture
def cases(tmp_path):
    def write(*told):
        path = tmp_path / "cas.json"
        path.write_text(json.dumps(list(told)), encoding="utf-8")
        return path

    return write


def test_the_example_of_the_law_answers_a_program(cases):
    answer = run(cases(LAW), "--json")

    [told] = json.loads(answer.output)
    assert answer.exit_code == 0
    assert [(one["days"], one["rate"], one["amount"]) for one in told["invoices"][0]["slices"]] == [
        (30, "12.15", "119.84"),
        (20, "12.40", "81.53"),
    ]
    assert (told["interest"], told["indemnity"], told["total"]) == ("201.37", "40.00", "241.37")


def test_the_example_of_the_law_answers_a_person(cases):
    answer = run(cases(LAW))

    assert answer.output.replace("\u202f", " ").replace("\u00a0", " ").splitlines() == [
        "Cas loi, arrêté au 20/07/2026",
        "  F-1, 12 000,00 € dus le 31/05/2026",
        "    du 01/06/2026, 30 jours : 12 000,00 € × 12,15 % × 30 / 365 = 119,84 €",
        "    du 01/07/2026, 20 jours : 12 000,00 € × 12,40 % × 20 / 365 = 81,53 €",
        "    pénalités 201,37 €, indemnité 40,00 €, total 241,37 €",
        "  Total du cas : 241,37 €",
    ]


def test_what_was_received_in_excess_is_said(cases):
    more = LAW | {"payments": [LAW["payments"][0] | {"amount": 12300}]}

    answer = run(cases(more), "--imputation", "principal_first")

    assert "Reçu en trop : 98,63" in answer.output  # 300.00 less the interest, 201.37


def test_a_wrong_field_in_the_last_case_prints_nothing(cases):
    wrong = LAW | {"id": "faux", "until": "demain"}

    answer = run(cases(LAW, wrong), "--json")

    assert answer.stdout == ""
    assert isinstance(answer.exception, BadCaseError)
    assert EXIT_CODES[answer.exception.kind] == 2


def test_a_missing_rate_in_the_last_case_prints_nothing(cases):
    late = LAW | {"id": "tard", "payments": [], "until": "2027-03-01"}

    answer = run(cases(LAW, late), "--json")

    assert answer.stdout == ""
    assert isinstance(answer.exception, CaseRateUnknownError)
    assert EXIT_CODES[answer.exception.kind] == 7


def test_it_works_in_a_process_of_its_own_without_a_database(cases, tmp_path):
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    source = str(Path(__file__).parents[2] / "src")
    environment |= {"ECHEANCE_HOME": str(tmp_path / "home"), "PYTHONPATH": source}
    environment.pop("DJANGO_SETTINGS_MODULE", None)

    done = subprocess.run(
        [sys.executable, "-m", "echeance", "collection", "interest", str(cases(LAW)), "--json"],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["total"] == "241.37"
    assert not list((tmp_path / "home").glob("*.sqlite3"))
