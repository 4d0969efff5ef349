"""Procédures collectives: from the announcement to the claim that was sent, on the pages."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from collection.bodacc_server import record
from collection.conftest import world  # noqa: F401
from collection.test_insolvency import berger, open_case
from echeance.base import commands as base
from echeance.base.rights import Role
from echeance.collection.models import InsolvencyCase, InsolvencyNotice

PAGE = "/procedures-collectives/"


def text(client, address=PAGE):
    return client.get(address).content.decode().replace("\u202f", " ").replace("\u00a0", " ")


def test_the_page_says_what_to_do_when_there_is_nothing(client, member):
    client.force_login(member)

    assert "Aucune procédure" in text(client)


def test_from_a_file_of_the_bodacc_to_the_claim_that_was_sent(client, member, actor, world):  # noqa: F811
    berger(world, actor)
    client.force_login(member)
    saved = json.dumps({"results": [record()]}).encode()

    client.post(f"{PAGE}fichier/", {"file": SimpleUploadedFile("annonces.json", saved)})
    assert "Annonces à traiter" in text(client)
    notice = InsolvencyNotice.objects.get()
    client.post(f"{PAGE}annonces/{notice.pk}/", {"answer": "record"})

    case = InsolvencyCase.objects.get()
    address = f"{PAGE}{case.pk}/"
    page = text(client, address)
    assert "Déclarer la créance avant le <b>23/12/2026</b>" in page
    assert "1 200,00 €" in page
    client.post(f"{address}declaration/")
    assert "Déclaration de 1 337,14 € préparée." in text(client, address)
    client.post(
        f"{address}envoi/",
        {"sent_on": "2026-11-23", "proof_file": SimpleUploadedFile("ar.pdf", b"AR")},
    )
    assert "Envoyée le 23/11/2026." in text(client, address)
    client.post(f"{address}donnees/", {"kind": "liquidation", "admitted_amount": "1000,00"})
    assert "Admise pour 1 000,00 €." in text(client, address)
    client.post(f"{address}cloture/", {"closed_on": "2026-11-24", "closing_reason": "Plan"})
    assert "Close le 24/11/2026 : Plan" in text(client, address)


def test_an_announcement_about_somebody_else_is_set_aside(client, member, actor, world):  # noqa: F811
    berger(world, actor)
    client.force_login(member)
    saved = json.dumps([record()]).encode()
    client.post(f"{PAGE}fichier/", {"file": SimpleUploadedFile("annonces.json", saved)})

    client.post(f"{PAGE}annonces/{InsolvencyNotice.objects.get().pk}/", {"answer": "not_ours"})

    assert "Annonces à traiter" not in text(client)
    assert not InsolvencyCase.objects.exists()


def test_a_case_is_recorded_by_hand_and_its_cut_corrected(client, member, actor, world):  # noqa: F811
    party, _ = berger(world, actor)
    client.force_login(member)

    lost = client.post(PAGE, {"party": party.code})
    assert lost.status_code == 422
    client.post(
        PAGE,
        {"party": party.code, "kind": "receivership", "judgment_on": "2026-05-14",
         "published_on": "2026-05-20"},
    )  # fmt: skip

    case = InsolvencyCase.objects.get()
    address = f"{PAGE}{case.pk}/"
    # 20/07/2026 is over: the relief is asked for before 20/11, which is over too.
    assert "relevé de forclusion avant le 20/11/2026" in text(client, address)
    row = case.items.get()
    client.post(
        f"{address}partage/", {"item": row.pk, "before": "200,00", "secured": "nantissement"}
    )
    row.refresh_from_db()
    assert (str(row.before), str(row.after)) == ("200.00", "1000.00")
    assert "nantissement" in text(client, address)
    client.post(f"{address}partage/", {"refresh": "1"})
    assert case.items.get().before == row.before


def test_who_may_not_handle_them_reads_only(client, user, actor, world):  # noqa: F811
    party, _ = berger(world, actor)
    case = open_case(actor, party)
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)

    assert "Noter une procédure" not in text(client)
    assert client.post(f"{PAGE}{case.pk}/declaration/").status_code == 403


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_pages_are_accessible(live_server, page, axe, actor, world, scheme, size):  # noqa: F811
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    party, item_id = berger(world, actor)
    case = open_case(actor, party)
    world.pays(party, item_id, "100.00", date(2026, 11, 2))

    for address in (PAGE, f"{PAGE}{case.pk}/"):
        page.goto(live_server.url + address)
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"
