# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""Pages of the quality of the records: the queue, the pairs, the merge, and everything undone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from billing.conftest import lefevre, ready
from echeance.parties import commands, queries
from echeance.parties.models import Party
from echeance.parties.types import ContactFacts, PartyFacts

WHOLE = PartyFacts(
    "Z1", "Zénith", siren="732829320", address_line="2 rue B", postcode="69001", city="Lyon"
)


@pytest.fixture
def signed(client, member):
    """Léa's session."""
    client.force_login(member)
    return client


@pytest.fixture
def zenith(ready) -> Party:
    """A record without an electronic address, nor anybody to write its invoices to."""
    (row,) = commands.create_parties(actor=ready, parties=[WHOLE])
    commands.add_contacts(
        actor=ready, contacts=[ContactFacts(row.pk, "r@zenith.example", "reminders")]
    )
    Party.objects.filter(pk=row.pk).update(electronic_address="")
    return row


@pytest.fixture
def twin(ready, zenith) -> Party:
    """The same firm, typed in a hurry."""
    facts = PartyFacts(
        "Z2", "ZENITH SAS", siren="732829320", postcode="69001", city="Lyon", language="en"
    )
    (row,) = commands.create_parties(actor=ready, parties=[facts])
    commands.add_contacts(
        actor=ready, contacts=[ContactFacts(row.pk, "f@zenith.example", "billing")]
    )
    return row


def lines(answer, party) -> list[str]:
    return [
        one.finding.code.value
        for one in answer.context["lines"]
        if one.finding.party_id == party.pk
    ]


def test_the_queue_says_what_will_change_and_is_filtered(signed, zenith):
    answer = signed.get("/clients/qualite/")
    only = signed.get("/clients/qualite/?type=no_route")

    assert lines(answer, zenith) == ["no_route", "no_billing_contact"]
    assert lines(only, zenith) == ["no_route"]
    assert [one.fix for one in only.context["lines"]] == [
        "Écrire adresse de facturation électronique : 0225:732829320"
    ]
    assert "Envoyer les factures à r@zenith.example" in answer.content.decode()
    assert (
        "<html"
        not in signed.get("/clients/qualite/", headers={"HX-Request": "true"}).content.decode()
    )


def test_corrections_are_accepted_together_and_undone(signed, zenith):
    found = signed.get("/clients/qualite/").context["lines"]
    keys = [one.finding.key for one in found if one.finding.party_id == zenith.pk]

    answer = signed.post("/clients/qualite/", {"chosen": keys, "do": "accept"}, follow=True)

    assert "2 corrections faites." in answer.content.decode()
    assert lines(answer, zenith) == []
    batch = answer.context["batch"]
    undone = signed.post(f"/clients/qualite/{batch.pk}/annuler/", follow=True)
    # The electronic address is deduced from the SIREN: it does not become empty again.
    text = undone.content.decode()
    assert "1 correction annulée." in text
    assert "la valeur a changé depuis ou se déduit d&#x27;une autre" in text
    assert lines(undone, zenith) == ["no_billing_contact"]


def test_what_is_set_aside_is_listed_and_taken_back(signed, zenith):
    key = signed.get("/clients/qualite/?type=no_route").context["lines"][0].finding.key

    without = signed.post("/clients/qualite/", {"chosen": [key], "do": "dismiss"})
    signed.post("/clients/qualite/", {"chosen": [key], "do": "dismiss", "reason": "portail"})

    assert without.status_code == 422
    assert lines(signed.get("/clients/qualite/"), zenith) == ["no_billing_contact"]
    aside = signed.get("/clients/qualite/ecartees/")
    ((row, title),) = aside.context["rows"]
    assert (row.reason, title) == ("portail", "Sans adresse électronique")
    signed.post("/clients/qualite/ecartees/", {"chosen": [row.pk]})
    assert lines(signed.get("/clients/qualite/"), zenith) == ["no_route", "no_billing_contact"]


def test_two_records_side_by_side_become_one_and_two_again(signed, ready, zenith, twin):
    (pair,) = signed.get("/clients/doublons/").context["pairs"]
    page = signed.get(f"/clients/doublons/{pair.party_id}/{pair.subject_id}/")

    assert (page.context["stays"], page.context["gone"]) == (zenith, twin)
    assert [(one.name, one.kept, one.other, one.take_other) for one in page.context["choices"]] == [
        ("name", "Zénith", "ZENITH SAS", False),
        ("language", "français", "anglais", False),
        ("address_line", "2 rue B", "", False),
        ("electronic_address", "", "0225:732829320", True),
    ]
    assert page.context["reasons"] == ["même SIREN (732829320)", "même nom", "même ville"]
    assert page.context["moved"] == ["1 contact"]

    done = signed.post(
        f"/clients/doublons/{zenith.pk}/{twin.pk}/",
        {"garde": zenith.pk, "name": "garde", "language": "autre", "electronic_address": "autre"},
        follow=True,
    )

    zenith.refresh_from_db()
    assert (zenith.name, zenith.language, zenith.electronic_address) == (
        "Zénith",
        "en",
        "0225:732829320",
    )
    assert "Z2 est maintenant Zénith." in done.content.decode()
    (merge,) = signed.get("/clients/doublons/").context["merges"]
    signed.post(f"/clients/fusions/{merge.pk}/annuler/")
    zenith.refresh_from_db()
    assert (zenith.language, zenith.electronic_address) == ("fr", "")
    assert queries.merged_parties(actor=ready) == {}


def test_the_other_record_may_be_the_one_that_stays(signed, zenith, twin):
    page = signed.get(f"/clients/doublons/{zenith.pk}/{twin.pk}/?garde={twin.pk}")

    assert page.context["stays"] == twin
    signed.post(f"/clients/doublons/{zenith.pk}/{twin.pk}/", {"garde": twin.pk})
    zenith.refresh_from_db()
    assert zenith.merged_into_id == twin.pk


def test_a_pair_that_is_two_is_said_once(signed, zenith, twin):
    page = signed.get(f"/clients/doublons/{zenith.pk}/{twin.pk}/")

    signed.post(
        "/clients/qualite/",
        {"chosen": page.context["key"], "do": "dismiss", "reason": "deux agences"},
    )

    assert signed.get("/clients/doublons/").context["pairs"] == []


def test_a_pair_sure_to_be_two_says_so_and_is_refused(signed, zenith, lefevre):
    page = signed.get(f"/clients/doublons/{zenith.pk}/{lefevre.pk}/")
    refused = signed.post(f"/clients/doublons/{zenith.pk}/{lefevre.pk}/", {"garde": zenith.pk})

    assert page.context["against"] == ["rien ne les rapproche"]
    assert refused.status_code == 409
    assert "leurs SIREN diffèrent" in refused.content.decode()


def test_the_queue_costs_the_same_queries_whatever_its_length(
    signed, ready, zenith, django_assert_num_queries
):
    with django_assert_num_queries(11):
        signed.get("/clients/qualite/")
    commands.create_parties(
        actor=ready, parties=[PartyFacts(f"D{n}", f"Client {n}") for n in range(40)]
    )
    with django_assert_num_queries(11):
        assert signed.get("/clients/qualite/").context["total"] > 80


SIZES = [pytest.param((1440, 900), id="desktop"), pytest.param((390, 844), id="phone")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_are_accessible(live_server, page, axe, ready, zenith, twin, size):
    (doubt,) = commands.create_parties(
        actor=ready,
        parties=[PartyFacts("Z3", "Zénith", address_line="2 rue B", postcode="69001", city="Lyon")],
    )
    found = queries.quality_findings(actor=ready)
    key = next(one.key for one in found if one.party_id == doubt.pk)
    commands.dismiss_findings(actor=ready, keys=[key], reason="fiche d'essai")
    page.set_viewport_size({"width": size[0], "height": size[1]})

    for address in (
        "/clients/qualite/",
        "/clients/qualite/ecartees/",
        "/clients/doublons/",
        f"/clients/doublons/{zenith.pk}/{twin.pk}/",
        f"/clients/{zenith.pk}/historique/",
        f"/clients/{zenith.pk}/donnees/",
    ):
        page.goto(f"{live_server.url}{address}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")
        axe(page)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
def test_the_keyboard_corrects_and_undoes(live_server, page, zenith):
    page.goto(f"{live_server.url}/clients/qualite/?type=no_billing_contact")
    box = page.get_by_label("Cocher Aucun contact de facturation, Zénith")
    box.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Accepter les corrections").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#toasts")).to_contain_text("1 correction faite.")
    page.locator("#toasts").get_by_role("button", name="Annuler").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("1 correction annulée.")
    expect(page.get_by_label("Cocher Aucun contact de facturation, Zénith")).to_be_visible()
