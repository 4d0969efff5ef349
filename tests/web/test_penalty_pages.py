"""Pénalités de retard and the table of rates, as the person sees and does them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from collection.conftest import TODAY, at, world  # noqa: F401
from echeance.collection import commands, queries
from echeance.collection.models import LegalRate, PenaltyNote, PenaltyWaiver

PAGE = "/relances/penalites/"


@pytest.fixture
def late(world):  # noqa: F811
    party = world.customer("Dupont SA")
    (item,) = world.invoice(party, "F-1", ("12000.00", date(2026, 5, 31)))
    world.pays(party, item, "12000.00", date(2026, 7, 20))
    return party


def text(client, address=PAGE):
    return client.get(address).content.decode().replace("\u202f", " ").replace("\u00a0", " ")


def test_the_page_says_when_nothing_is_to_claim(client, member):
    client.force_login(member)

    assert "Rien à réclamer" in text(client)
    assert "Aucune note émise" in text(client, f"{PAGE}?vue=notes")


def test_the_claim_is_shown_slice_by_slice_before_it_is_issued(client, member, late):
    client.force_login(member)

    page = text(client)
    preview = text(client, f"{PAGE}apercu/{late.pk}/")

    assert "Dupont SA" in page
    assert "1 client, 241,37 € au 24/11/2026 : 201,37 € d'intérêts" in page
    assert all(told in preview for told in ("12 000,00 €", "12,15 %", "119,84 €", "81,53 €"))
    assert not PenaltyNote.objects.exists()


def test_another_day_is_asked_for_in_the_address(client, member, late):
    client.force_login(member)

    assert "119,84" in text(client, f"{PAGE}?au=2026-06-30")
    assert "Rien à réclamer" in text(client, f"{PAGE}?au=2026-05-01")
    assert "241,37" in text(client, f"{PAGE}?au=2999-01-01")  # a day to come counts as today


def test_a_note_is_issued_read_waived_and_the_waiver_undone(client, member, actor, late):
    client.force_login(member)

    issued = client.post(f"{PAGE}emission/", {"chosen": [late.pk], "au": "2026-11-24"})
    note = PenaltyNote.objects.get()
    assert issued["Location"] == f"{PAGE}{note.pk}/"
    page = text(client, f"{PAGE}{note.pk}/")
    assert "PN-2026-00001" in page
    assert "Hors TVA, sans facture électronique." in page
    assert client.get(f"{PAGE}{note.pk}/pdf/").status_code == 302

    empty = client.post(f"{PAGE}{note.pk}/remise/", {"reason": ""})
    assert empty.status_code == 422
    client.post(f"{PAGE}{note.pk}/remise/", {"reason": "bon client", "amount": "201,37"})
    assert "40,00 €" in text(client, f"{PAGE}?vue=notes")
    waiver = PenaltyWaiver.objects.get()
    client.post(f"{PAGE}remises/{waiver.pk}/annulation/")
    row = queries.penalty_note_for(actor=actor, note_id=note.pk)
    assert row.open_item.open_amount == Decimal("241.37")


def test_nothing_ticked_claims_nothing(client, member, late):
    client.force_login(member)

    told = client.post(f"{PAGE}emission/", {}, follow=True).content.decode()

    assert "Cochez au moins un client." in told
    assert not PenaltyNote.objects.exists()


def test_the_notes_leave_as_a_workbook(client, member, actor, late):
    client.force_login(member)
    commands.issue_penalty_notes(actor=actor, until=TODAY)

    assert client.get(f"{PAGE}classeur/").content[:2] == b"PK"


def test_an_unknown_semester_says_where_to_complete_the_table(client, member, world):  # noqa: F811
    world.invoice(world.customer("Dupont SA"), "F-1", ("100.00", date(2026, 9, 30)))
    client.force_login(member)

    with at(date(2027, 2, 1)):
        page = text(client)

    assert "Les taux du semestre 2027S1 ne sont pas connus" in page
    assert 'href="/relances/taux/"' in page


def test_the_table_of_rates_is_read_and_continued(client, member):
    client.force_login(member)
    answer = {
        "semester": "2027S1",
        "legal_professionals": "2,80",
        "legal_individuals": "6,90",
        "ecb": "2,65",
        "source": "arrêté du 15 décembre 2026",
    }

    early = client.post("/relances/taux/", answer)
    with at(date(2026, 12, 20)):
        client.post("/relances/taux/", answer)

    assert early.status_code == 422
    assert "ne sont pas encore publiés" in early.content.decode()
    assert LegalRate.objects.get().source == "arrêté du 15 décembre 2026"
    page = text(client, "/relances/taux/")
    assert "2027S1" in page
    assert "12,65 %" in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_pages_are_accessible(live_server, page, axe, actor, world, late, scheme, size):  # noqa: F811
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    report = commands.issue_penalty_notes(actor=actor, until=date(2026, 6, 30))
    other = world.customer("Martin SARL")
    world.invoice(other, "F-2", ("900.00", date(2026, 9, 30)))

    for address in (
        PAGE,
        f"{PAGE}?vue=notes",
        f"{PAGE}apercu/{other.pk}/",
        f"{PAGE}{report.claims[0].note_id}/",
        "/relances/taux/",
    ):
        page.goto(f"{live_server.url}{address}")
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"
