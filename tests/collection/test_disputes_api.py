"""Disputes by the programming interface: a line contested, moved, credited, refused."""

from __future__ import annotations

import pytest
from ninja import NinjaAPI
from ninja.testing import TestClient

from billing.conftest import issued, lefevre, line, ready  # noqa: F401  fixtures
from echeance.collection.api import router
from echeance.collection.models import Dispute
from echeance.ledger import queries as books
from echeance.transmission.models import Message


@pytest.fixture(scope="module")
def client() -> TestClient:
    api = NinjaAPI(urls_namespace="dispute-tests")
    api.add_router("", router)
    return TestClient(api)


@pytest.fixture
def contested(client, ready, lefevre):  # noqa: F811
    """Three boxes of ten at 24.90: 89.64."""
    invoice = issued(ready, lefevre, line("Carton de verres", "10", "24.90"))
    [item] = books.items_of_document(actor=ready, document_refs=[invoice.number])[invoice.number]
    answer = client.post(
        "/disputes",
        auth=ready,
        json={
            "item_id": item.item_id,
            "reason_code": "LIVR_INCOMP",
            "line_id": invoice.lines.get().pk,
            "quantity": "3",
            "carrier": "Transports Morin",
        },
    )
    assert answer.status_code == 201
    return answer.json()


def test_a_line_is_contested_to_the_cent(contested):
    assert (contested["amount"], contested["stage"], contested["carrier"]) == (
        "89.64",
        "new",
        "Transports Morin",
    )


def test_a_dispute_moves_then_its_credit_note_is_drafted(client, ready, contested):  # noqa: F811
    address = f"/disputes/{contested['id']}"

    moved = client.post(f"{address}/stage", auth=ready, json={"stage": "customer"})
    drafted = client.post(f"{address}/credit", auth=ready, json={"quantity": "2"})

    assert moved.json()["stage"] == "customer"
    assert (drafted.status_code, drafted.json()["gross_total"]) == (201, "59.76")
    assert Dispute.objects.get().stage == "credit"


def test_a_refusal_closes_and_its_mail_waits(client, ready, contested):  # noqa: F811
    answer = client.post(
        f"/disputes/{contested['id']}/refusal", auth=ready, json={"why": "Le bon est signé."}
    )

    assert (answer.json()["outcome"], answer.json()["stage"]) == ("unfounded", "closed")
    assert Message.objects.get(kind="dispute").status == "held"
