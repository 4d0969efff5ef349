"""Ma journée: the question is shown with its evidence, and one click answers it."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.conftest import customers, invoice, statement_file  # noqa: F401
from echeance.assistant import commands
from echeance.cash.models import Match
from echeance.ledger.models import OpenItem


@pytest.fixture
def asked(actor, customers, tmp_path):  # noqa: F811
    twins = [invoice(actor, customers[1], f"FA2026-00000{n}", "300.00") for n in (2, 3)]
    folder = tmp_path / actor.company.siren / "bank"
    folder.mkdir(parents=True)
    (folder / "r.xml").write_bytes(statement_file(("300.00", "REGLEMENT", "GARAGE MARTIN", "")))
    commands.run_day(actor=actor, on=date(2026, 11, 24), inbox=tmp_path)
    return twins


def test_the_page_shows_the_question_and_the_click_letters_the_chosen_invoice(
    client, member, asked
):
    client.force_login(member)

    page = client.get("/journee/")

    assert "2 documents ouverts de ce client font" in page.content.decode()
    action = page.content.decode().partition('action="/journee/questions/')[2].partition("/")[0]

    answer = client.post(f"/journee/questions/{action}/", {"answer": "accept:0"})

    assert answer.status_code == 302
    assert min(OpenItem.objects.filter(pk__in=asked).values_list("open_amount", flat=True)) == 0
    assert Match.objects.get().accepted_by == "lea@atelier-morel.example"


def test_an_empty_day_says_what_to_do_first(client, member):
    client.force_login(member)

    page = client.get("/journee/").content.decode()

    assert "Premiers pas" in page
    assert 'href="/encaissements/releves/"' in page
    assert "Rien à décider" in page
    assert "Déposez un relevé bancaire" in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_page_is_accessible(live_server, signed_in, page, axe, asked, scheme, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/journee/")

    axe(page)
