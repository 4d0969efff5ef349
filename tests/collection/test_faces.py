"""The console and the programming interface say what the queries say, as text and as JSON."""

import json
from datetime import date

import pytest
from ninja import NinjaAPI
from ninja.testing import TestClient
from typer.testing import CliRunner

from echeance.collection.api import router
from echeance.collection.console import app
from echeance.collection.models import Dispute, Hold
from echeance.transmission.models import Message


@pytest.fixture
def dupont(world):
    party = world.customer("Dupont SA")
    party.item_id = world.invoice(party, "F-1", ("1000.00", date(2026, 10, 12)))[0]
    return party


@pytest.fixture(scope="module")
def client() -> TestClient:
    api = NinjaAPI(urls_namespace="collection-tests")
    api.add_router("", router)
    return TestClient(api)


def test_the_console_tries_a_day_without_writing(world, dupont):
    result = CliRunner().invoke(app, ["dry-run", "--on", "2026-11-24"])

    assert result.exit_code == 0
    assert result.output == (
        "À envoyer · Dupont SA 1\u202f000,00\u00a0€ · Dernière relance : 1 échéance ouverte, la "
        "plus ancienne échue depuis 43 jours.\n1 client(s) en retard au 24/11/2026.\n"
    )
    assert not Message.objects.exists()


def test_the_console_speaks_to_programs(world, dupont):
    result = CliRunner().invoke(app, ["dry-run", "--on", "2026-11-24", "--json"])

    (row,) = json.loads(result.output)
    assert (row["decision"], row["total"], row["rank"]) == ("send", "1000.00", 3)
    assert row["lines"][0]["slices"][0]["rate_percent"] == "12.40"


def test_the_console_prepares_then_says_what_waits(world, dupont):
    prepared = CliRunner().invoke(app, ["prepare", "--on", "2026-11-24", "--json"])
    released = CliRunner().invoke(app, ["release"])

    assert json.loads(prepared.output) == {
        "prepared": 1,
        "to_approve": 1,
        "hold": 0,
        "excluded": 0,
    }
    assert released.output == "0 à envoyer, 0 en attente, 0 annulée(s).\n"


def test_the_console_gives_the_totals_alone(world, dupont):
    shown = CliRunner().invoke(app, ["dry-run", "--on", "2026-11-24", "--counts"])
    told = CliRunner().invoke(app, ["dry-run", "--on", "2026-11-24", "--counts", "--json"])

    assert shown.output.splitlines()[0] == "À envoyer · 1 client(s) · 1\u202f000,00\u00a0€"
    assert json.loads(told.output)["levels"] == {
        "Dernière relance": {"customers": 1, "amount": "1000.00"}
    }


def test_the_console_reminds_one_customer_now(world, dupont):
    done = CliRunner().invoke(app, ["now", "--party", str(dupont.pk), "--rank", "3"])

    assert done.exit_code == 0
    assert "Dernière relance, 1\u202f000,00\u00a0€. Rien n'est encore parti." in done.output
    assert Message.objects.get().status == "held"


def test_a_program_asks_for_a_level_once(client, actor, dupont, world):
    made = client.post("/reminders", json={"party_id": dupont.pk, "rank": 3}, auth=actor)

    assert made.status_code == 201
    assert (made.json()["rank"], made.json()["total"]) == (3, "1000.00")
    assert (made.json()["indemnity"], made.json()["channel"]) == ("40.00", "mail")


def test_the_interface_gives_amounts_as_text(client, actor, dupont):
    answer = client.get("/dry-run?on=2026-11-24", auth=actor)

    (row,) = answer.json()
    assert (row["total"], row["indemnity"], row["needs_approval"]) == ("1000.00", "40.00", True)
    assert row["lines"][0]["document_ref"] == "F-1"


def test_a_dispute_is_opened_listed_and_closed_by_programs(client, actor, dupont):
    opened = client.post(
        "/disputes",
        json={"item_id": dupont.item_id, "reason_code": "QTE_ERR", "amount": "250.00"},
        auth=actor,
    )
    listed = client.get("/disputes", auth=actor).json()
    closed = client.post(
        f"/disputes/{opened.json()['id']}/closing", json={"outcome": "founded"}, auth=actor
    )

    assert (opened.status_code, opened.json()["amount"]) == (201, "250.00")
    assert (len(listed["items"]), listed["next"]) == (1, None)
    assert closed.json()["outcome"] == "founded"
    assert client.get("/disputes", auth=actor).json()["items"] == []


def test_a_reason_that_the_platform_does_not_know_is_refused(client, actor, dupont):
    answer = client.post(
        "/disputes", json={"item_id": dupont.item_id, "reason_code": "HUMEUR"}, auth=actor
    )

    assert answer.status_code == 422
    assert not Dispute.objects.exists()


def test_a_pause_is_placed_listed_and_lifted_by_programs(client, actor, dupont):
    placed = client.post(
        "/holds", json={"party_id": dupont.pk, "reason": "accord du gérant"}, auth=actor
    )
    listed = client.get("/holds", auth=actor).json()
    lifted = client.post(f"/holds/{placed.json()['id']}/lifting", auth=actor)

    assert (placed.status_code, lifted.status_code) == (201, 204)
    assert [one["reason"] for one in listed] == ["accord du gérant"]
    assert Hold.objects.get().lifted_by == "assistant"
