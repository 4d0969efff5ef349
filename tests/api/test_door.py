"""The door of the API: a token says who asks, errors have one body, routes are all described."""

from __future__ import annotations

from echeance.base import commands as base
from echeance.base.rights import Role
from echeance.parties.models import Party


def bearer(actor, user, role=Role.ADMINISTRATOR):
    base.give_role(actor=actor, user=user, role=role)
    token = base.issue_api_token(actor=actor, user=user, name="essai")
    return {"headers": {"Authorization": f"Bearer {token}"}}


def test_without_a_token_nothing_is_said(client, db):
    for path in ("ledger/aged-balance", "parties", "billing/invoices", "outbox"):
        assert client.get(f"/api/v1/{path}").status_code == 401, path


def test_a_token_opens_its_own_company(client, actor, user):
    answer = client.get("/api/v1/parties", **bearer(actor, user))

    assert answer.status_code == 200


def test_a_business_error_is_a_problem_with_its_code_and_a_french_title(client, actor, user):
    answer = client.get("/api/v1/parties/999999", **bearer(actor, user))

    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"].startswith("urn:echeance:")
    assert answer.json()["status"] == 404


def test_every_room_is_described(client, actor, user):
    paths = client.get("/api/v1/openapi.json").json()["paths"]

    for room in ("billing", "collection", "ledger", "parties", "outbox"):
        assert any(path.startswith(f"/api/v1/{room}") for path in paths), room


def test_the_same_key_and_facts_give_the_first_answer_and_nothing_twice(client, actor, user):
    who = bearer(actor, user)
    who["headers"]["Idempotency-Key"] = "creation-1"
    facts = {"code": "C1", "name": "Dupont SA", "siren": "404833048"}

    first = client.post("/api/v1/parties", facts, content_type="application/json", **who)
    again = client.post("/api/v1/parties", facts, content_type="application/json", **who)
    other = client.post(
        "/api/v1/parties", {**facts, "name": "Autre"}, content_type="application/json", **who
    )

    assert (first.status_code, again.content) == (201, first.content), first.content
    assert again["Idempotent-Replayed"] == "true"
    assert other.json()["type"] == "urn:echeance:base.idempotency_conflict"
    assert Party.objects.count() == 1
