"""Prévisions: money expected, how right such days were, how customers pay."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.web.test_collection_pages import text_of

from collection.conftest import TODAY, world  # noqa: F401
from echeance.collection import commands


@pytest.fixture
def payers(world):  # noqa: F811
    for name, late in (("Ponctuel", 0), ("Tardif", 40)):
        party = world.customer(name)
        for month in range(2, 8):
            due = date(2026, month, 10)
            [item] = world.invoice(party, f"{name}-{month}", ("120.00", due))
            world.pays(party, item, "120.00", due + timedelta(days=late))
        world.invoice(party, f"{name}-9", ("600.00", date(2026, 11, 26)))
    return world


@pytest.mark.django_db
def test_before_any_reckoning_the_page_says_how_to_have_one(client, member):
    client.force_login(member)

    assert "Aucune prévision" in text_of(client.get("/previsions/"))


@pytest.mark.django_db
def test_one_click_foresees_what_is_owed(client, member, payers):
    client.force_login(member)

    done = client.post("/previsions/calcul/", follow=True)

    page = text_of(done).replace("\u202f", " ").replace("\u00a0", " ")
    assert "2 échéances prévues" in page
    assert "600,00 €" in page
    assert "paie en retard" in page
    late = text_of(client.get("/previsions/?profil=late"))
    assert "Tardif" in late
    assert "Ponctuel" not in late.split("Comment paient")[1]


@pytest.mark.django_db
def test_the_weeks_go_to_a_spreadsheet(client, member, payers):
    client.force_login(member)
    commands.reckon_payers(actor=payers.actor, on=TODAY)

    sheet = client.get("/previsions/export/?format=csv").content.decode("utf-8-sig")

    assert sheet.startswith("Semaine du;Attendu;Dont presque sûr;Échéances")
    assert "En litige;0,00" in sheet


@pytest.mark.django_db(transaction=True)
def test_the_page_is_accessible(live_server, page, signed_in, payers, axe):
    commands.reckon_payers(actor=payers.actor, on=TODAY)

    page.goto(f"{live_server.url}/previsions/")

    axe(page)
