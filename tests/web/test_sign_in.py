"""Only people with an account come in; what goes wrong says what to do."""

from __future__ import annotations

import pytest

PASSWORD = "quatre chevaux verts"


@pytest.fixture
def lea(member):
    member.set_password(PASSWORD)
    member.save()
    return member


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/recherche/",
        "/societe/",
        "/societe/creer/",
        "/taches/",
        "/mot-de-passe/",
        "/styleguide/",
    ],
)
def test_a_visitor_is_sent_to_the_sign_in(client, db, address):
    answer = client.get(address)

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/connexion/?next={address}"


def test_an_address_and_its_password_sign_in_whatever_the_case(client, lea):
    answer = client.post(
        "/connexion/", {"username": lea.email.upper(), "password": PASSWORD, "next": "/societe/"}
    )

    assert (answer.status_code, answer.headers["Location"]) == (302, "/societe/")


def test_the_sign_in_never_leads_elsewhere(client, lea):
    answer = client.post(
        "/connexion/",
        {"username": lea.email, "password": PASSWORD, "next": "https://evil.example/"},
    )

    assert answer.headers["Location"] == "/"


def test_a_wrong_password_says_so_without_saying_which_is_wrong(client, lea):
    wrong = client.post("/connexion/", {"username": lea.email, "password": "x"})
    unknown = client.post("/connexion/", {"username": "nobody@x.example", "password": "x"})

    for answer in (wrong, unknown):
        assert "Adresse ou mot de passe inexact" in answer.content.decode()
        assert "_auth_user_id" not in client.session


def test_signing_out_is_a_post(client, lea):
    client.force_login(lea)

    assert client.get("/deconnexion/").status_code == 405
    assert client.post("/deconnexion/").headers["Location"] == "/connexion/"
    assert "_auth_user_id" not in client.session


def test_a_password_is_changed_once_the_old_one_is_known(client, lea):
    client.force_login(lea)
    fresh = "cinq ânes bien gris"

    refused = client.post(
        "/mot-de-passe/", {"old_password": "x", "new_password1": fresh, "new_password2": fresh}
    )
    changed = client.post(
        "/mot-de-passe/", {"old_password": PASSWORD, "new_password1": fresh, "new_password2": fresh}
    )

    assert "Ce n&#x27;est pas votre mot de passe actuel" in refused.content.decode()
    assert changed.status_code == 302
    lea.refresh_from_db()
    assert lea.check_password(fresh)


def test_a_page_carries_a_strict_content_policy(client, lea):
    client.force_login(lea)

    policy = client.get("/societe/").headers["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
