"""Créances douteuses and procédures collectives, as the person sees and does them."""

from __future__ import annotations

import pytest

from collection.conftest import world  # noqa: F401
from collection.test_unpaid_books import TODAY, Unpaid
from echeance.collection.models import UnpaidEntry

PAGE = "/creances-douteuses/"
ACT = {"on": "2026-11-24", "reason": "Client disparu"}


@pytest.fixture
def unpaid(world) -> Unpaid:  # noqa: F811
    return Unpaid(world)


def text(client, address=PAGE):
    return client.get(address).content.decode().replace("\u202f", " ").replace("\u00a0", " ")


def test_the_page_says_what_to_do_when_nothing_is_doubtful(client, member):
    client.force_login(member)

    page = text(client)

    assert "Rien à passer en douteux" in page
    assert "Aucun client douteux" in page
    assert f'href="{PAGE}"' in text(client, "/litiges/")


def test_an_act_is_shown_line_by_line_before_it_is_booked(client, member, unpaid):
    item_id = unpaid.goods()
    client.force_login(member)

    shown = client.post(f"{PAGE}gestes/", ACT | {"chosen": [item_id], "act": "douteux"})

    page = shown.content.decode()
    assert "416000 Clients douteux ou litigieux" in page
    assert "Passage en client douteux F1" in page
    assert UnpaidEntry.objects.count() == 0
    assert unpaid.balances()["411"] == "1200.00"

    client.post(f"{PAGE}gestes/", ACT | {"chosen": [item_id], "act": "douteux", "confirm": "1"})

    assert unpaid.balances()["416"] == "1200.00"
    assert "1 200,00 € en clients douteux" in text(client)
    assert "Les totaux sont ceux des comptes 416 et 491." in text(client)


def test_allowance_loss_receipt_and_undoing_from_the_page(client, member, unpaid):
    unpaid.liquidation()
    (row,) = unpaid.doubt(unpaid.goods())
    client.force_login(member)
    chosen = {"chosen": [row.open_item_id], "confirm": "1"}

    missing = client.post(f"{PAGE}gestes/", ACT | chosen | {"act": "depreciation"})
    assert missing.status_code == 422
    client.post(f"{PAGE}gestes/", ACT | chosen | {"act": "depreciation", "rate_percent": "50"})
    assert unpaid.balances()["491"] == "-500.00"
    client.post(f"{PAGE}gestes/", ACT | chosen | {"act": "perte", "claim": "on"})
    assert "491" not in unpaid.balances()
    assert "À envoyer au client" in text(client)

    loss = UnpaidEntry.objects.get(kind="loss")
    money = unpaid.world.receipt(unpaid.party, "120.00", TODAY)
    client.post(
        f"{PAGE}encaissement/",
        {"loss": loss.pk, "receipt": money, "amount": "120,00", "on": "2026-11-24"},
    )
    assert unpaid.balances()["758"] == "-100.00"
    received = UnpaidEntry.objects.get(kind="recovered")
    refused = client.post(f"{PAGE}annulation/", {"entry": [loss.pk]})
    assert refused.status_code == 409
    client.post(f"{PAGE}annulation/", {"entry": [received.pk]})
    client.post(f"{PAGE}annulation/", {"entry": [loss.pk]})
    assert unpaid.balances()["491"] == "-500.00"


def test_the_workbook_is_downloaded(client, member, unpaid):
    unpaid.doubt(unpaid.goods())
    client.force_login(member)

    assert client.get(f"{PAGE}classeur/").content[:2] == b"PK"


def test_nothing_ticked_nothing_done(client, member, unpaid):
    client.force_login(member)

    told = client.post(f"{PAGE}gestes/", ACT | {"act": "perte"}, follow=True)

    assert "Cochez au moins une créance." in told.content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_pages_are_accessible(live_server, page, axe, unpaid, scheme, size):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    unpaid.liquidation()
    rows = unpaid.doubt(unpaid.goods("F1"), unpaid.services("F2"))
    unpaid.lose(rows[0].open_item_id)
    unpaid.goods("F3")

    page.goto(live_server.url + PAGE)

    axe(page)
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0, f"the page is {wider} pixels wider than the screen"
