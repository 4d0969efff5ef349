"""A person is answered in their language; a visitor and a program in the one they ask for."""

from __future__ import annotations

import pytest
from django.utils import translation

from echeance.base import commands as base
from echeance.base.errors import CompanyExistsError
from echeance.base.language import translated
from echeance.base.rights import Role

ENGLISH = {"Accept-Language": "en-GB,en;q=0.9,fr;q=0.5"}


@pytest.fixture(autouse=True)
def _french_again():
    with translation.override("fr"):
        yield


@pytest.fixture
def jane(actor):
    """Jane, who reads English, administrator of Atelier Morel."""
    user = base.create_user(
        email="jane@atelier-morel.example", full_name="Jane Ward", password="x", language="en"
    )
    base.give_role(actor=actor, user=user, role=Role.ADMINISTRATOR)
    return user


def test_an_english_user_reads_english_whatever_the_browser(client, jane):
    client.force_login(jane)

    page = client.get("/taches/", headers={"Accept-Language": "fr"})

    assert "<title>Background jobs · Échéance</title>" in page.content.decode()
    assert '<html lang="en"' in page.content.decode()
    assert page.headers["Content-Language"] == "en"


def test_a_french_user_reads_french_whatever_the_browser(client, jane, user, actor):
    base.give_role(actor=actor, user=user, role=Role.ADMINISTRATOR)
    client.force_login(jane)
    client.get("/taches/")
    client.force_login(user)

    page = client.get("/taches/", headers=ENGLISH)

    assert "<title>Tâches de fond · Échéance</title>" in page.content.decode()
    assert page.headers["Content-Language"] == "fr"


def test_labels_helps_and_refusals_of_a_form_are_english_too(client, jane):
    client.force_login(jane)

    page = client.post("/societe/creer/", {"siren": "552100555", "siret": "1"}).content.decode()

    assert "Company name" in page
    assert "Nine digits." in page
    assert "The SIREN “552100555” is not valid" in page
    assert "The SIRET “1” is not valid" in page


def test_a_person_chooses_their_language_for_good(client, user, actor):
    base.give_role(actor=actor, user=user, role=Role.ADMINISTRATOR)
    client.force_login(user)

    asked = client.post("/langue/", {"language": "en"}, follow=True)
    page = client.get("/taches/").content.decode()

    assert asked.status_code == 200
    user.refresh_from_db()
    assert user.language == "en"
    assert "<title>Background jobs · Échéance</title>" in page
    assert 'value="fr" lang="fr"' in page


def test_a_language_that_is_not_there_changes_nothing(client, user, actor):
    base.give_role(actor=actor, user=user, role=Role.ADMINISTRATOR)
    client.force_login(user)

    client.post("/langue/", {"language": "xx"})

    user.refresh_from_db()
    assert user.language == "fr"


def test_a_visitor_is_answered_in_the_language_of_the_browser(client, db):
    english = client.get("/connexion/", headers=ENGLISH).content.decode()
    french = client.get("/connexion/", headers={"Accept-Language": "de"}).content.decode()

    assert "Forgotten password?" in english
    assert "Mot de passe oublié" in french


@pytest.mark.urls("tests.web.sample_pages")
def test_a_business_error_is_an_english_page_for_an_english_user(client, jane):
    client.force_login(jane)

    page = client.get("/sample/refused/")

    assert page.status_code == 409
    assert "Invoice &lt;FA-1&gt; is already issued: correct it with a credit note." in (
        page.content.decode()
    )


def test_a_sentence_is_french_until_another_language_is_asked_for():
    error = CompanyExistsError(siren="552100554")

    assert translated(error) == str(error)
    with translation.override("en"):
        assert translated(error) == (
            "The company 552100554 already exists: open it instead of creating it."
        )
