"""The console and the programming interface say what the commands say, and write nothing else."""

import json
from datetime import date
from decimal import Decimal

import pytest
from ninja.testing import TestClient
from typer.testing import CliRunner

from echeance.parties.api import router
from echeance.parties.commands import (
    add_bank_account,
    add_establishments,
    add_mandates,
    record_registry_answers,
    set_credit_limits,
)
from echeance.parties.console import app
from echeance.parties.errors import ImportRefusedError
from echeance.parties.models import Party
from echeance.parties.types import EstablishmentFacts, MandateFacts, RegistryAnswer

FILE = "Code;Nom;SIREN\nB1;Brume;404833048\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "clients.csv"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_a_file_is_only_looked_at_until_it_is_accepted(company, file):
    looked = CliRunner().invoke(app, ["import", str(file), "--json"])
    assert (looked.exit_code, Party.objects.count()) == (0, 0)

    accepted = CliRunner().invoke(app, ["import", str(file), "--accept"])

    assert accepted.exit_code == 0
    assert json.loads(looked.stdout) == {
        "dry_run": True, "rows": 1, "created": 1, "changed": 0, "unchanged": 0, "problems": [],
    }  # fmt: skip
    assert accepted.stdout == "1 ligne(s) : 1 tiers créé(s), 0 modifié(s), 0 sans changement.\n"
    assert Party.objects.get().siren == "404833048"


def test_bad_cells_are_listed_and_end_with_one(company, file):
    file.write_text("Code;Nom;SIREN\nB1;Brume;404833049\n", encoding="utf-8")

    looked = CliRunner().invoke(app, ["import", str(file)])
    accepted = CliRunner().invoke(app, ["import", str(file), "--accept"])

    assert looked.exit_code == 1
    assert looked.stdout.startswith("ligne 2, SIREN « 404833049 » : Le SIREN « 404833049 »")
    assert isinstance(accepted.exception, ImportRefusedError)
    assert not Party.objects.exists()


def test_an_export_is_written_and_reads_back(brume, tmp_path):
    path = tmp_path / "clients.xlsx"

    CliRunner().invoke(app, ["export", str(path)])
    again = CliRunner().invoke(app, ["import", str(path), "--json"])

    assert json.loads(again.stdout)["unchanged"] == 1


@pytest.fixture
def api(actor, monkeypatch):
    client = TestClient(router)
    return lambda method, path, **kwargs: getattr(client, method)(path, auth=actor, **kwargs)


def test_a_party_is_created_read_changed_and_told(api, actor):
    created = api("post", "", json={"code": "B1", "name": "Brume", "siren": "404 833 048"})
    party_id = created.json()["id"]
    changed = api("patch", f"/{party_id}", json={"city": "Lyon"})
    read = api("get", f"/{party_id}")
    history = api("get", f"/{party_id}/history")

    assert (created.status_code, changed.status_code) == (201, 200)
    assert created.json()["electronic_address"] == "0225:404833048"
    assert read.json() == changed.json() == created.json() | {"city": "Lyon"}
    assert history.json()[0]["new"] == "Lyon"


def test_parties_are_listed_page_by_page(api, actor):
    for number in range(3):
        api("post", "", json={"code": f"B{number}", "name": "Brume"})

    first = api("get", "?limit=2").json()
    second = api("get", f"?limit=2&after={first['next']}").json()

    assert [one["code"] for one in first["items"]] == ["B0", "B1"]
    assert [one["code"] for one in second["items"]] == ["B2"]
    assert second["next"] is None


def test_another_company_finds_nothing(api, stranger):
    other = TestClient(router)

    api("post", "", json={"code": "B1", "name": "Brume"})

    assert other.get("", auth=stranger).json() == {"items": [], "next": None}


def test_what_hangs_on_a_party_is_read(api, actor, brume):
    account = add_bank_account(actor=actor, party_id=brume.pk, iban="FR7630006000011234567890189")
    add_establishments(
        actor=actor,
        establishments=[EstablishmentFacts(brume.pk, "40483304800030", name="Brume Lyon")],
    )
    facts = MandateFacts(
        brume.pk, account.pk, date(2026, 11, 2), reference="RUM-1", creditor_id="FR72ZZZ123456"
    )
    add_mandates(actor=actor, mandates=[facts])
    set_credit_limits(actor=actor, limits={brume.pk: Decimal("1500.00")})
    record_registry_answers(
        actor=actor, answers=[RegistryAnswer(brume.pk, "sirene", brume.siren, "unknown")]
    )

    (shop,) = api("get", f"/{brume.pk}/establishments").json()
    (mandate,) = api("get", f"/{brume.pk}/mandates").json()
    credit = api("get", f"/{brume.pk}/credit").json()
    (check,) = api("get", f"/{brume.pk}/registry-checks").json()

    assert (shop["siret"], shop["name"], shop["is_head_office"]) == (
        "40483304800030", "Brume Lyon", False,
    )  # fmt: skip
    assert (mandate["reference"], mandate["signed_on"], mandate["in_force"]) == (
        "RUM-1", "2026-11-02", True,
    )  # fmt: skip
    assert credit == {
        "party_id": brume.pk,
        "limit": "1500.00",
        "group_id": brume.pk,
        "group_limit": "1500.00",
        "held": False,
        "hold_reason": "",
    }
    assert (check["registry"], check["outcome"], check["facts"]) == ("sirene", "unknown", {})
