# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""The record of a customer: what hangs on it is added, corrected and taken off from its page."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from billing.conftest import lefevre, ready
from echeance.archive import queries as archive
from echeance.base import commands as base
from echeance.base.rights import Role
from echeance.parties import commands
from echeance.parties.models import (
    BuyerService,
    Contact,
    Establishment,
    Party,
    RegistryCheck,
    SepaMandate,
)
from echeance.parties.types import (
    BankAccountFacts,
    EstablishmentFacts,
    MandateFacts,
    PartyFacts,
    RegistryAnswer,
)
from parties.registry_server import establishment, serving, sirene

IBAN = "FR7630006000011234567890189"
ICS = "FR72ZZZ123456"


@pytest.fixture(autouse=True)
def archive_folder(settings, tmp_path):
    settings.ARCHIVE_ROOT = tmp_path / "archive"


@pytest.fixture
def signed(client, member):
    """Léa's session."""
    client.force_login(member)
    return client


@pytest.fixture
def clerk(client, actor):
    """A session of somebody who may edit customers and not grant credit."""
    user = base.create_user(email="ida@atelier-morel.example", full_name="Ida Roy", password="x")
    base.give_role(actor=actor, user=user, role=Role.ASSISTANT)
    client.force_login(user)
    return client


def text_of(answer) -> str:
    return answer.content.decode().replace("\u202f", " ").replace("\u00a0", " ")


# -- establishments and services ------------------------------------------------------------------


def test_a_shop_is_added_corrected_and_taken_off(signed, lefevre):
    address = f"/clients/{lefevre.pk}/etablissements/"
    facts = {"siret": "404 833 048 00030", "name": "Lefèvre Aubagne", "country": "FR"}

    assert signed.post(f"{address}nouveau/", facts).status_code == 302
    one = Establishment.objects.get()
    assert (one.siret, one.name) == ("40483304800030", "Lefèvre Aubagne")
    assert "Lefèvre Aubagne" in text_of(signed.get(f"/clients/{lefevre.pk}/"))

    form = signed.get(f"{address}{one.pk}/").context["form"]
    assert "siret" not in form.fields
    signed.post(
        f"{address}{one.pk}/",
        {"name": "Lefèvre", "postcode": "13400", "country": "FR", "is_head_office": "on"},
    )
    one.refresh_from_db()
    assert (one.name, one.postcode, one.is_head_office) == ("Lefèvre", "13400", True)

    signed.post(f"{address}{one.pk}/retirer/")
    one.refresh_from_db()
    assert one.ended_at is not None


@pytest.mark.parametrize(
    ("siret", "told"),
    [("404 833 048 00031", "quatorze chiffres"), ("732 829 320 00074", "SIREN 404833048")],
)
def test_a_wrong_siret_comes_back_with_what_to_do(signed, lefevre, siret, told):
    answer = signed.post(
        f"/clients/{lefevre.pk}/etablissements/nouveau/", {"siret": siret, "country": "FR"}
    )

    assert answer.status_code == 422
    assert told in text_of(answer)
    assert not Establishment.objects.exists()


def test_services_are_those_of_public_buyers_only(signed, ready, lefevre):
    (town,) = commands.create_parties(
        actor=ready,
        parties=[PartyFacts("M1", "Ville de Brest", category="public", siren="212900195")],
    )
    facts = {"code": "VOIRIE", "name": "Voirie", "engagement_required": "on"}

    refused = signed.post(f"/clients/{lefevre.pk}/services/nouveau/", facts)
    assert (refused.status_code, BuyerService.objects.count()) == (422, 0)
    signed.post(f"/clients/{town.pk}/services/nouveau/", facts)

    assert "numéro d'engagement exigé" in text_of(signed.get(f"/clients/{town.pk}/"))
    assert "Services destinataires" not in text_of(signed.get(f"/clients/{lefevre.pk}/"))
    service = BuyerService.objects.get()
    assert signed.post(f"/clients/{lefevre.pk}/services/{service.pk}/retirer/").status_code == 404
    signed.post(f"/clients/{town.pk}/services/{service.pk}/retirer/")
    service.refresh_from_db()
    assert service.ended_at is not None


# -- group and credit -----------------------------------------------------------------------------


def test_a_customer_is_put_in_a_group_by_the_code_of_its_head(signed, ready, lefevre):
    (holding,) = commands.create_parties(actor=ready, parties=[PartyFacts("H1", "Holding")])

    signed.post(f"/clients/{lefevre.pk}/groupe/", {"parent": "H1"})
    lefevre.refresh_from_db()
    assert lefevre.parent_id == holding.pk
    assert "Boulangerie Lefèvre" in text_of(signed.get(f"/clients/{holding.pk}/"))

    loop = signed.post(f"/clients/{holding.pk}/groupe/", {"parent": lefevre.code})
    assert loop.status_code == 422
    assert "ne peut pas dépendre de « Boulangerie Lefèvre »" in text_of(loop)
    unknown = signed.post(f"/clients/{lefevre.pk}/groupe/", {"parent": "ZZ"})
    assert "client de code « ZZ »" in text_of(unknown)

    signed.post(f"/clients/{lefevre.pk}/groupe/", {"parent": ""})
    lefevre.refresh_from_db()
    assert lefevre.parent_id is None


def test_a_limit_is_typed_as_in_french_and_its_history_tells_it(signed, lefevre):
    signed.post(f"/clients/{lefevre.pk}/encours/autorise/", {"limit": "12 500,50"})

    lefevre.refresh_from_db()
    assert lefevre.credit_limit == Decimal("12500.50")
    page = signed.get(f"/clients/{lefevre.pk}/")
    assert "12 500,50 €" in text_of(page)
    told = page.context["history"][0]
    assert (told.title, told.texts) == (
        "Encours autorisé",
        ["Encours autorisé : 12\u202f500,50\u00a0€"],
    )


def test_who_does_not_grant_credit_sees_the_limit_and_cannot_change_it(clerk, ready, lefevre):
    commands.set_credit_limits(actor=ready, limits={lefevre.pk: Decimal("800.00")})

    page = text_of(clerk.get(f"/clients/{lefevre.pk}/"))
    refused = clerk.post(f"/clients/{lefevre.pk}/encours/autorise/", {"limit": "9000"})

    assert "800,00 €" in page
    assert "/encours/autorise/" not in page
    assert refused.status_code == 403
    lefevre.refresh_from_db()
    assert lefevre.credit_limit == Decimal("800.00")


def test_a_hold_is_shown_to_all_and_released_by_who_may(clerk, actor, ready, lefevre, client):
    clerk.post(f"/clients/{lefevre.pk}/bloquer/", {"reason": "Chèque impayé"})

    page = text_of(clerk.get(f"/clients/{lefevre.pk}/"))
    assert "Client bloqué" in page
    assert "Chèque impayé" in page
    assert clerk.post(f"/clients/{lefevre.pk}/debloquer/", {"reason": "x"}).status_code == 403

    boss = base.create_user(email="max@atelier-morel.example", full_name="Max", password="x")
    base.give_role(actor=actor, user=boss, role=Role.MANAGER)
    client.force_login(boss)
    client.post(f"/clients/{lefevre.pk}/debloquer/", {"reason": "Payé"})
    lefevre.refresh_from_db()
    assert lefevre.on_hold_since is None


# -- mandates -------------------------------------------------------------------------------------


def test_a_mandate_is_added_on_an_account_and_revoked_with_a_reason(signed, ready, lefevre):
    first = signed.get(f"/clients/{lefevre.pk}/mandats/nouveau/")
    assert first["Location"] == f"/clients/{lefevre.pk}/comptes/nouveau/"
    account = commands.add_bank_account(actor=ready, party_id=lefevre.pk, iban=IBAN)

    facts = {
        "bank_account_id": account.pk,
        "signed_on": "2026-11-20",
        "reference": "RUM-1",
        "creditor_id": ICS,
        "scheme": "core",
        "sequence": "recurrent",
    }
    wrong = signed.post(
        f"/clients/{lefevre.pk}/mandats/nouveau/", facts | {"creditor_id": "FR55ZZZ123456"}
    )
    assert "sa clé est fausse" in text_of(wrong).replace("\n", " ")
    signed.post(f"/clients/{lefevre.pk}/mandats/nouveau/", facts)
    mandate = SepaMandate.objects.get()
    assert (mandate.reference, mandate.signed_on) == ("RUM-1", date(2026, 11, 20))

    empty = signed.post(f"/clients/{lefevre.pk}/mandats/{mandate.pk}/revoquer/", {"reason": ""})
    assert empty.status_code == 422
    signed.post(f"/clients/{lefevre.pk}/mandats/{mandate.pk}/revoquer/", {"reason": "Demande"})
    page = text_of(signed.get(f"/clients/{lefevre.pk}/"))
    assert "Révoqué le 24/11/2026 : Demande" in page


# -- registers ------------------------------------------------------------------------------------


@pytest.fixture
def moved(ready, lefevre) -> Party:
    """SIRENE says that Lefèvre has moved and taken another name."""
    facts = {"name": "LEFEVRE ET FILS", "address_line": "9 QUAI DU PORT", "state": "open"}
    commands.record_registry_answers(
        actor=ready,
        answers=[RegistryAnswer(lefevre.pk, "sirene", lefevre.siren, "found", facts)],
    )
    return lefevre


def test_corrections_are_shown_and_only_those_ticked_are_applied(signed, moved):
    page = text_of(signed.get(f"/clients/{moved.pk}/"))
    assert "« Boulangerie Lefèvre » devient « LEFEVRE ET FILS »" in page

    signed.post(f"/clients/{moved.pk}/registres/corrections/", {"champ": ["address_line"]})
    moved.refresh_from_db()
    assert (moved.name, moved.address_line) == ("Boulangerie Lefèvre", "9 QUAI DU PORT")

    gone = signed.post(f"/clients/{moved.pk}/registres/corrections/", {"champ": ["address_line"]})
    assert gone.status_code == 409
    signed.post(f"/clients/{moved.pk}/registres/corrections/", {})
    moved.refresh_from_db()
    assert moved.name == "Boulangerie Lefèvre"


def test_registers_that_are_not_configured_are_said_on_the_page(signed, lefevre):
    answer = signed.post(f"/clients/{lefevre.pk}/registres/", follow=True)

    page = text_of(answer)
    assert "Aucun registre n'a répondu" in page.replace("&#x27;", "'")
    assert "ECHEANCE_SIRENE_KEY" in page
    assert {row.outcome for row in RegistryCheck.objects.all()} == {"unavailable"}


def test_the_directory_is_asked_from_the_page_and_its_silence_is_said(signed, ready, lefevre):
    address = f"/clients/{lefevre.pk}/annuaire/"
    assert "Jamais vérifiée" in text_of(signed.get(address, headers={"HX-Request": "true"}))

    silent = text_of(signed.post(address, follow=True)).replace("&#x27;", "'")
    assert "L'annuaire n'a pas répondu" in silent

    lines = f"{lefevre.electronic_address} | 0225:404833048_ACHATS"
    commands.record_directory_answers(
        actor=ready,
        answers=[RegistryAnswer(lefevre.pk, "directory", lefevre.siren, "found", {"lines": lines})],
    )
    panel = text_of(signed.get(address, headers={"HX-Request": "true"}))
    assert "Connue de l'annuaire le 24/11/2026" in panel.replace("&#x27;", "'")
    assert "0225:404833048_ACHATS" in panel
    assert "<html" in text_of(signed.get(address))


# -- a new customer from its number --------------------------------------------------------------


def test_a_new_customer_is_filled_from_the_register(signed, lefevre, settings):
    head = establishment(
        "732829320",
        unit={"denominationUniteLegale": "ECHOPPE MARTIN", "categorieJuridiqueUniteLegale": "5498"},
    )
    with serving(sirene(head)) as (url, asked):
        settings.REGISTERS = {"sirene_url": url, "sirene_key": "clef", "vies_url": ""}
        answer = signed.get("/clients/nouveau/?numero=732+829+320")

    initial = answer.context["form"].initial
    assert asked.queries == ["(siren:732829320 AND etablissementSiege:true)"]
    assert (initial["name"], initial["siren"], initial["siret"]) == (
        "ECHOPPE MARTIN", "732829320", "",
    )  # fmt: skip
    assert (initial["legal_form"], initial["category"], initial["city"]) == (
        "EURL", "professional", "PARIS",
    )  # fmt: skip
    assert 'value="1 RUE DES FORGES"' in text_of(answer)
    assert Party.objects.count() == 1


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("404 833 048", "« Boulangerie Lefèvre » (C001) a déjà ce numéro"),
        ("404 833 047", "clé de contrôle"),
        ("732829320", "aucune clé d'accès n'est configurée"),
        ("BE0428759497", "aucune adresse n'est configurée"),
    ],
)
def test_a_number_that_fills_nothing_says_why_and_leaves_the_form(signed, lefevre, number, told):
    answer = signed.get("/clients/nouveau/", {"numero": number})

    assert answer.status_code == 200
    assert told in text_of(answer).replace("&#x27;", "'")
    assert "form" in answer.context


def test_a_town_hall_and_a_firm_that_ceased_are_told_apart(signed, settings):
    town = establishment("212900195", unit={"categorieJuridiqueUniteLegale": "7210"})
    gone = establishment("732829320", unit={"etatAdministratifUniteLegale": "C"})
    with serving(sirene(town), sirene(gone)) as (url, _):
        settings.REGISTERS = {"sirene_url": url, "sirene_key": "clef", "vies_url": ""}
        first = signed.get("/clients/nouveau/?numero=212900195")
        second = signed.get("/clients/nouveau/?numero=732829320")

    assert first.context["form"].initial["category"] == "public"
    assert "Cette entreprise a cessé" in text_of(second)


# -- people ---------------------------------------------------------------------------------------


def test_one_person_serves_several_purposes_and_the_page_says_who_receives_what(signed, lefevre):
    Contact.objects.all().delete()
    facts = {"purpose": "billing", "email": "compta@lefevre.example", "also": ["disputes"]}

    signed.post(f"/clients/{lefevre.pk}/contacts/nouveau/", facts)

    assert sorted(Contact.objects.values_list("purpose", flat=True)) == ["billing", "disputes"]
    told = {
        label: [one.email for one in found]
        for label, found in signed.get(f"/clients/{lefevre.pk}/").context["recipients"]
    }
    assert told == {
        "facturation": ["compta@lefevre.example"],
        "relances": ["compta@lefevre.example"],
        "litiges": ["compta@lefevre.example"],
        "plateforme": ["compta@lefevre.example"],
        "général": ["compta@lefevre.example"],
    }


# -- pieces ---------------------------------------------------------------------------------------


def test_a_signed_contract_is_joined_to_the_record_and_taken_off(signed, actor, lefevre):
    address = f"/clients/{lefevre.pk}/pieces/"
    file = SimpleUploadedFile("contrat.pdf", b"%PDF-1.7 contrat", content_type="text/html")

    signed.post(address, {"file": file, "kind": "contract", "label": "Contrat 2026"})

    (link,) = archive.links_of(actor=actor, subjects=[f"party:{lefevre.pk}"])
    assert (str(link), link.file.media_type) == ("Contrat 2026", "application/pdf")
    assert link.file.keep_until == date(2037, 12, 31)
    assert "Contrat 2026" in text_of(signed.get(address, headers={"HX-Request": "true"}))
    history = signed.get(f"/clients/{lefevre.pk}/").context["history"][0]
    assert (history.title, history.texts) == ("Pièce jointe", ["Pièce : Contrat 2026"])

    signed.post(f"{address}{link.pk}/retirer/")
    assert not archive.links_of(actor=actor, subjects=[f"party:{lefevre.pk}"]).exists()


def test_the_pieces_of_a_merged_customer_are_those_of_the_one_that_stays(signed, ready, lefevre):
    (twin,) = commands.create_parties(actor=ready, parties=[PartyFacts("C9", "Lefevre")])
    file = SimpleUploadedFile("rib.pdf", b"%PDF-1.7 rib")
    signed.post(f"/clients/{twin.pk}/pieces/", {"file": file, "kind": "bank_details"})

    commands.merge_parties(actor=ready, party_id=twin.pk, into_id=lefevre.pk)

    page = signed.get(f"/clients/{lefevre.pk}/pieces/")
    ((link, kind),) = page.context["links"]
    assert (str(link), kind) == ("rib.pdf", "RIB")
    signed.post(f"/clients/{lefevre.pk}/pieces/{link.pk}/retirer/")
    assert not signed.get(f"/clients/{lefevre.pk}/pieces/").context["links"]


def test_pieces_are_joined_to_a_customer_that_exists(signed, lefevre):
    empty = SimpleUploadedFile("vide.pdf", b"")
    assert signed.get(f"/clients/{lefevre.pk + 900}/pieces/").status_code == 404
    answer = signed.post(f"/clients/{lefevre.pk}/pieces/", {"file": empty, "kind": "other"})
    assert answer.status_code == 422


# -- the whole ------------------------------------------------------------------------------------


@pytest.fixture
def full(ready, lefevre) -> Party:
    """Lefèvre with everything that may hang on it."""
    account = commands.add_bank_accounts(
        actor=ready, accounts=[BankAccountFacts(lefevre.pk, IBAN)]
    )[0]
    commands.add_establishments(
        actor=ready,
        establishments=[
            EstablishmentFacts(lefevre.pk, f"404833048{nic}", name=f"Boutique {nic}")
            for nic in ("00022", "00030", "00048")
        ],
    )
    commands.add_mandate(
        actor=ready,
        mandate=MandateFacts(lefevre.pk, account.pk, date(2026, 11, 1), creditor_id=ICS),
    )
    (child,) = commands.create_parties(actor=ready, parties=[PartyFacts("C7", "Lefèvre Nice")])
    commands.set_parent(actor=ready, party_id=child.pk, parent_id=lefevre.pk)
    commands.set_credit_limits(actor=ready, limits={lefevre.pk: Decimal("5000.00")})
    commands.hold_parties(actor=ready, party_ids=[lefevre.pk], reason="Chèque impayé")
    commands.record_registry_answers(
        actor=ready,
        answers=[
            RegistryAnswer(lefevre.pk, "sirene", lefevre.siren, "found", {"name": "LEFEVRE ET CO"}),
            RegistryAnswer(lefevre.pk, "vies", lefevre.vat_id, "found", {}, "WAPIAAAA1"),
        ],
    )
    return lefevre


def test_the_page_costs_the_same_queries_whatever_hangs_on_it(
    signed, full, django_assert_num_queries
):
    with django_assert_num_queries(15):
        signed.get(f"/clients/{full.pk}/")


def test_who_may_only_read_is_offered_nothing_to_change(client, user, actor, full):
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)

    page = text_of(client.get(f"/clients/{full.pk}/"))

    assert "LEFEVRE ET CO" in page
    assert 'method="post" action="/clients/' not in page
    for path in (
        "etablissements/nouveau",
        "groupe",
        "encours/autorise",
        "bloquer",
        "mandats/nouveau",
    ):
        assert client.post(f"/clients/{full.pk}/{path}/", {}).status_code == 403
    assert client.post(f"/clients/{full.pk}/registres/", {}).status_code == 403


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    "size", [pytest.param((1440, 900), id="desktop"), pytest.param((390, 844), id="phone")]
)
def test_the_record_is_accessible_and_fits_the_screen(live_server, page, axe, full, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})

    mine = f"/clients/{full.pk}/"
    pages = ["", "etablissements/nouveau/", "mandats/nouveau/", "encours/autorise/", "pieces/"]
    for address in [*(mine + one for one in pages), "/clients/nouveau/?numero=404833048"]:
        page.goto(f"{live_server.url}{address}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
def test_a_correction_is_accepted_from_the_keyboard(live_server, page, full):
    page.goto(f"{live_server.url}/clients/{full.pk}/")
    box = page.get_by_role("checkbox", name="Nom")
    box.focus()
    expect(box).to_be_checked()

    page.get_by_role("button", name="Accepter les corrections cochées").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("LEFEVRE ET CO")
    expect(page.locator("#proposed")).to_have_count(0)
