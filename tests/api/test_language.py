"""A program reads the sentence of a problem in the language it asks for; its code never changes."""

from __future__ import annotations

import pytest
from django.utils import translation

from echeance.base import commands as base
from echeance.base.rights import Role


@pytest.fixture(autouse=True)
def _french_again():
    with translation.override("fr"):
        yield


@pytest.mark.parametrize(
    ("accepted", "title"),
    [
        ("en", "Not found: tiers n° 999999. Check the reference or go back to the list."),
        ("fr", "Introuvable : tiers n° 999999. Vérifiez la référence ou revenez à la liste."),
        ("de", "Introuvable : tiers n° 999999. Vérifiez la référence ou revenez à la liste."),
    ],
)
def test_the_title_of_a_problem_follows_accept_language(client, actor, user, accepted, title):
    base.give_role(actor=actor, user=user, role=Role.ADMINISTRATOR)
    token = base.issue_api_token(actor=actor, user=user, name="essai")

    answer = client.get(
        "/api/v1/parties/999999",
        headers={"Authorization": f"Bearer {token}", "Accept-Language": accepted},
    )

    assert answer.status_code == 404
    assert answer.json()["title"] == title
    assert answer.json()["type"] == "urn:echeance:base.not_found"
