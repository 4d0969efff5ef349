"""Balance âgée: who owes what since when, at any date, on the page and in its files."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from collection.conftest import world  # noqa: F401
from echeance.base import commands as base
from echeance.base.rights import Role
from echeance.core.tabular import read_table, to_decimal, write_csv
from echeance.ledger.models import OpenItem


@pytest.fixture
def debts(world):  # noqa: F811
    """On 24 November: Nord 100.00 not due, 50.00 since 24 days; Sud 40.00 since 41, 10.00 credit."""
    nord, sud = world.customer("Nord"), world.customer("Sud")
    world.invoice(nord, "N1", ("100.00", date(2026, 11, 24)), ("50.00", date(2026, 10, 31)))
    [item] = world.invoice(sud, "S1", ("60.00", date(2026, 10, 14)))
    world.pays(sud, item, "20.00", date(2026, 11, 20))
    world.receipt(sud, "10.00", date(2026, 11, 21))
    return nord, sud


def text_of(page):
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_the_balance_says_who_owes_what_since_when(client, member, debts):
    client.force_login(member)

    page = text_of(client.get("/balance-agee/"))

    assert "Dû par les clients 190,00 € 2 clients" in page
    assert "Échu 90,00 €" in page
    assert "Nord 100,00 € 50,00 € — — — — — 150,00 €" in page
    assert "Sud — — 40,00 € — — — 10,00 € 30,00 €" in page
    assert "Total 100,00 € 50,00 € 40,00 € 0,00 € 0,00 € 0,00 € 10,00 € 180,00 €" in page


def test_a_past_day_is_told_as_it_was(client, member, debts):
    client.force_login(member)

    page = text_of(client.get("/balance-agee/?au=2026-11-19"))

    # The 20.00 and the 10.00 came later.
    assert "Sud — — 60,00 € — — — — 60,00 €" in page
    assert "Au jeudi 19 novembre 2026" in page


def test_a_bar_shows_its_customers_only(client, member, debts):
    client.force_login(member)

    page = client.get("/balance-agee/?tranche=31-60")

    assert "31–60 j seulement : 1 client" in text_of(page)
    assert "<b>Nord</b>" not in page.content.decode()
    assert ">Nord</a>" not in page.content.decode()


def test_a_day_that_is_none_is_today(client, member, debts):
    client.force_login(member)

    assert "Au mardi 24 novembre 2026" in text_of(client.get("/balance-agee/?au=31/02/2026"))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_holds_the_same_figures(client, member, debts, kind):
    client.force_login(member)

    answer = client.get(f"/balance-agee/export/?au=2026-11-24&format={kind}")

    assert f"balance-agee-2026-11-24.{kind}" in answer.headers["Content-Disposition"]
    rows = list(read_table(answer.content, f"balance.{kind}").rows)
    assert [(row.cells["Client"], to_decimal(row.cells["Solde"])) for row in rows] == [
        ("Nord", Decimal("150.00")),
        ("Sud", Decimal("30.00")),
    ]
    assert to_decimal(rows[1].cells["31–60 j"]) == Decimal("40.00")


def test_an_empty_balance_says_what_to_do_first(client, member):
    client.force_login(member)

    page = client.get("/balance-agee/").content.decode()

    assert "importez les échéances ouvertes" in page
    assert 'href="/balance-agee/reprise/"' in page


def test_the_balance_costs_the_same_whatever_the_customers(
    client,
    member,
    debts,
    world,  # noqa: F811
    django_assert_num_queries,
):
    client.force_login(member)
    for n in range(4):
        world.invoice(world.customer(f"Autre {n}"), f"A{n}", ("30.00", date(2026, 11, 1)))

    with django_assert_num_queries(9):
        client.get("/balance-agee/")


def test_open_items_are_tried_then_taken_over(client, member, debts):
    client.force_login(member)
    address = "/balance-agee/reprise/"
    facts = [("C1", "F-118", "15/10/2026", "14/11/2026", "1200,00")]
    titles = ("Client", "Numéro", "Date", "Échéance", "Montant")

    def post(rows, **chosen):
        file = SimpleUploadedFile("reprise.csv", write_csv(titles, rows))
        return client.post(address, {"file": file, "on": "2026-11-24", **chosen}, follow=True)

    tried = post(facts, check="1")
    assert "Le fichier est bon 1 échéance pour 1 200,00 €" in text_of(tried)
    assert not OpenItem.objects.filter(document_ref="F-118").exists()

    bad = post([(*facts[0][:4], "beaucoup")], **{"import": "1"})
    assert bad.status_code == 422
    assert "2 Montant beaucoup" in text_of(bad)

    taken = post(facts, **{"import": "1"})
    assert "1 échéance reprise, pour 1 200,00 €" in text_of(taken)
    assert OpenItem.objects.get(document_ref="F-118").open_amount == Decimal("1200.00")
    assert post(facts, **{"import": "1"}).status_code == 422


def test_whoever_may_not_post_is_told_whom_to_ask(client, user, actor, debts):
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)

    assert "demandez à un comptable" in text_of(client.get("/balance-agee/reprise/"))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_bar_is_a_link_for_the_keyboard(live_server, signed_in, page, debts):
    page.goto(f"{live_server.url}/balance-agee/")

    page.get_by_role("link", name="31–60 j").press("Enter")

    expect(page.get_by_role("region", name="Balance par client")).not_to_contain_text("Nord")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in", "debts")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_page_is_accessible(live_server, page, axe, scheme, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    for address in ("/balance-agee/", "/balance-agee/reprise/"):
        page.goto(f"{live_server.url}{address}")

        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
