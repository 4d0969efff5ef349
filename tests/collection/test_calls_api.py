"""Calls, promises and payment plans by programs: amounts as text, the same rules."""

from datetime import date

import pytest
from ninja import NinjaAPI
from ninja.testing import TestClient

from echeance.api.problems import problem
from echeance.collection import commands
from echeance.collection.api_calls import router
from echeance.collection.models import CallTask, Promise
from echeance.collection.types import NewCall
from echeance.core.errors import EcheanceError

TODAY = date(2026, 11, 24)


@pytest.fixture
def dupont(world):
    party = world.customer("Dupont SA")
    party.item_id = world.invoice(party, "F-1", ("1000.00", date(2026, 10, 12)))[0]
    return party


@pytest.fixture(scope="module")
def client() -> TestClient:
    api = NinjaAPI(urls_namespace="calls-tests")
    api.add_router("", router)
    api.exception_handler(EcheanceError)(problem)
    return TestClient(api)


def test_a_call_is_listed_noted_and_undone(client, actor, dupont):
    (row,) = commands.make_calls(actor=actor, calls=[NewCall(dupont.pk, "k", "Relance 2", TODAY)])

    listed = client.get("/calls", auth=actor).json()
    noted = client.post(
        f"/calls/{row.pk}/outcome",
        json={"outcome": "promised", "day": "2026-11-27", "amount": "400.00"},
        auth=actor,
    )
    undone = client.post(f"/calls/{row.pk}/undoing", auth=actor)

    assert [(one["party_name"], one["owed"], one["days_late"]) for one in listed] == [
        ("Dupont SA", "1000.00", 43)
    ]
    assert noted.status_code == 201
    assert noted.json()["promise_ids"] == [Promise.objects.get().pk]
    assert undone.status_code == 204
    assert CallTask.objects.get().outcome == ""


def test_a_promise_without_a_day_is_refused(client, actor, dupont):
    (row,) = commands.make_calls(actor=actor, calls=[NewCall(dupont.pk, "k", "Relance 2", TODAY)])

    answer = client.post(f"/calls/{row.pk}/outcome", json={"outcome": "promised"}, auth=actor)

    assert answer.status_code == 422
    assert not Promise.objects.exists()


def test_promises_are_noted_listed_and_withdrawn(client, actor, dupont):
    made = client.post(
        "/promises",
        json={"item_ids": [dupont.item_id], "promised_on": "2026-12-01", "source": "mail"},
        auth=actor,
    ).json()
    client.post(f"/promises/{made[0]['id']}/withdrawal", auth=actor)
    listed = client.get(f"/promises?party_id={dupont.pk}", auth=actor).json()

    assert (made[0]["amount"], made[0]["source"]) == ("1000.00", "mail")
    assert [one["verdict"] for one in listed] == ["withdrawn"]


def test_a_payment_plan_goes_from_draft_to_accepted(client, actor, dupont):
    draft = client.post(
        "/payment-plans",
        json={
            "party_id": dupont.pk,
            "item_ids": [dupont.item_id],
            "first_on": "2026-12-01",
            "count": 3,
        },
        auth=actor,
    ).json()
    client.post(f"/payment-plans/{draft['id']}/proposal", json={}, auth=actor)
    accepted = client.post(
        f"/payment-plans/{draft['id']}/acceptance",
        json={"accepted_on": "2026-11-24", "accepted_by": "Mme Petit"},
        auth=actor,
    ).json()

    assert [one["amount"] for one in draft["instalments"]] == ["333.33", "333.33", "333.34"]
    assert (accepted["state"], accepted["left"]) == ("accepted", "1000.00")
    listed = client.get(f"/payment-plans?party_id={dupont.pk}", auth=actor).json()
    assert [one["id"] for one in listed] == [draft["id"]]
