"""Relances, litiges: the dry run is the screen, and each act says what it did and how to undo it."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import expect

from collection.conftest import TODAY, world  # noqa: F401
from echeance.base import commands as base
from echeance.base.rights import Role
from echeance.collection import commands
from echeance.collection.models import Dispute, DunningText, Hold, Promise, Reminder
from echeance.collection.types import DisputeReason
from echeance.transmission.models import Message

OCTOBER = date(2026, 10, 14)
NOVEMBER = date(2026, 11, 10)


@pytest.fixture
def late(world):  # noqa: F811
    """Nord is very late (third level, to approve); Sud a little; Est disputes; Ouest has no mail."""
    nord, sud, est = world.customer("Nord"), world.customer("Sud"), world.customer("Est")
    ouest = world.customer("Ouest", email="")
    items = {
        "N1": world.invoice(nord, "N1", ("6480.00", OCTOBER))[0],
        "S1": world.invoice(sud, "S1", ("120.00", NOVEMBER))[0],
        "S2": world.invoice(sud, "S2", ("80.00", NOVEMBER))[0],
        "E1": world.invoice(est, "E1", ("50.00", OCTOBER))[0],
        "O1": world.invoice(ouest, "O1", ("40.00", OCTOBER))[0],
    }
    commands.open_dispute(
        actor=world.actor, item_id=items["E1"], reason_code=DisputeReason.QUALITE_ERR
    )
    return {"nord": nord, "sud": sud, "est": est, "ouest": ouest, **items}


def text_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def test_the_dry_run_is_the_screen(client, member, late):
    client.force_login(member)

    send = text_of(client.get("/relances/"))
    out = text_of(client.get("/relances/?vue=ecartes"))
    hold = text_of(client.get("/relances/?vue=en-attente"))

    assert "À envoyer 2" in send
    assert "Nord" in send
    assert "Sud" in send
    assert "6 680,00 €" in send.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Est" not in send
    assert "en litige" in out + hold
    assert "Ouest" in out + hold


def test_the_preview_shows_the_message_and_how_its_figures_are_reckoned(client, member, late):
    client.force_login(member)
    address = f"/relances/apercu/{late['nord'].pk}/"

    whole = text_of(client.get(address)).replace("\u202f", " ").replace("\u00a0", " ")
    pane = client.get(address, headers={"HX-Request": "true"}).content.decode()

    # 41 days at 10 + 2.40 %: the dry run and its computation agree on the screen.
    assert "N1" in whole
    assert "6 480,00 € × 12,4 % × 41 j ÷ 365 = 90,26 €" in whole
    assert "compta@c1.example" in whole
    assert "<html" not in pane
    assert "Dernière relance" in pane


def test_the_preview_says_what_goes_with_the_message(client, member, late, world):  # noqa: F811
    world.sealed(late["sud"], "S1")
    client.force_login(member)

    shown = text_of(client.get(f"/relances/apercu/{late['sud'].pk}/"))

    assert "Pièces jointes : S1" in shown.replace("\u00a0", " ")


def test_what_is_ticked_is_prepared_and_nothing_else(client, member, late):
    client.force_login(member)

    answer = client.post("/relances/preparation/", {"chosen": [late["sud"].pk]}, follow=True)

    assert "1 relance préparée. Rien n" in answer.content.decode()
    reminder = Reminder.objects.get()
    assert (reminder.party, reminder.total) == (late["sud"], Decimal("200.00"))
    assert reminder.message.status == "held"


def test_a_level_that_waits_is_approved_or_cancelled(client, member, late):
    client.force_login(member)
    client.post("/relances/preparation/")
    waiting = Reminder.objects.get(party=late["nord"])
    assert "1\u00a0relance attend votre accord" in client.get("/relances/").content.decode()

    client.post("/relances/accords/", {"chosen": [waiting.pk]})

    waiting.refresh_from_db()
    assert waiting.approved_by == "lea@atelier-morel.example"
    client.post("/relances/annulations/", {"chosen": [waiting.pk]})
    waiting.refresh_from_db()
    assert waiting.cancel_reason == "Annulée par une personne."
    assert waiting.message.status == "withdrawn"
    shown = text_of(client.get(f"/relances/{waiting.pk}/"))
    assert "Annulée : Annulée par une personne." in shown


def test_without_a_plan_the_page_offers_the_usual_one(client, member):
    client.force_login(member)

    assert "Aucun plan de relance" in client.get("/relances/").content.decode()
    client.post("/relances/plan/creation/")

    assert client.get("/relances/").status_code == 200
    assert DunningText.objects.filter(language="fr").count() == 3


def test_a_text_is_changed_only_if_it_says_what_to_pay(client, member, late):
    client.force_login(member)
    address = "/relances/plan/1/fr/"

    assert "{factures}" in client.get(address).content.decode()
    refused = client.post(address, {"subject": "Rappel", "body": "Payez."})
    client.post(address, {"subject": "Rappel : {total}", "body": "{factures}\n{total}"})

    assert refused.status_code == 422
    assert DunningText.objects.get(level__rank=1, language="fr").subject == "Rappel : {total}"


def test_a_dispute_is_opened_on_a_part_and_closed_with_its_outcome(client, member, late):
    client.force_login(member)
    address = "/litiges/ouverture/?piece=S1"

    assert "S1 au 10/11/2026" in client.get(address).content.decode()
    facts = {"item": late["S1"], "reason": "QTE_ERR", "note": "Trois manquants."}
    too_much = client.post(address, facts | {"amount": "120,01"})
    assert (too_much.status_code, Dispute.objects.count()) == (422, 1)

    client.post(address, facts | {"amount": "20,00"})

    dispute = Dispute.objects.get(document_ref="S1")
    assert (dispute.amount, dispute.reason_code) == (Decimal("20.00"), "QTE_ERR")
    assert "2\u00a0litiges ouverts" in client.get("/litiges/").content.decode()
    client.post(f"/litiges/{dispute.pk}/cloture/", {"outcome": "unfounded"})
    dispute.refresh_from_db()
    assert dispute.outcome == "unfounded"
    assert "Clos : non fondé" in text_of(client.get(f"/litiges/{dispute.pk}/"))


def test_a_number_with_nothing_open_is_said(client, member, late):
    client.force_login(member)

    page = client.get("/litiges/ouverture/?piece=S404").content.decode()

    assert "S404 n&#x27;a rien d&#x27;ouvert" in page or "S404 n'a rien d'ouvert" in page


def test_a_pause_and_a_promise_are_noted_and_lifted(client, member, late):
    sud = late["sud"]
    client.force_login(member)

    client.post(f"/relances/clients/{sud.pk}/suspension/", {"reason": "Direction", "until": ""})
    client.post(
        f"/relances/clients/{sud.pk}/promesse/",
        {"items": [late["S1"]], "promised_on": "2026-11-30", "note": "au téléphone"},
    )

    shown = text_of(client.get(f"/relances/clients/{sud.pk}/volet/"))
    assert "Direction" in shown
    assert "Promesse pour le 30/11/2026" in shown
    assert (Promise.objects.get().amount, Hold.objects.get().until) == (Decimal("120.00"), None)
    client.post(f"/suspensions/{Hold.objects.get().pk}/levee/")
    assert Hold.objects.get().lifted_by == "lea@atelier-morel.example"


@pytest.mark.parametrize(
    ("address", "facts", "sentence"),
    [
        ("suspension", {"reason": " "}, "Dites pourquoi"),
        ("suspension", {"reason": "x", "until": "2026-11-01"}, "est passé"),
        ("promesse", {"promised_on": "2026-12-01"}, "Cochez au moins une échéance"),
    ],
)
def test_a_bad_pause_or_promise_is_refused(client, member, late, address, facts, sentence):
    client.force_login(member)

    page = client.post(f"/relances/clients/{late['sud'].pk}/{address}/", facts, follow=True)

    assert sentence in page.content.decode()
    assert not Hold.objects.exists()
    assert not Promise.objects.exists()


def test_a_reader_prepares_nothing(client, user, actor, late):
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)

    page = client.get("/relances/")
    refused = client.post("/relances/preparation/")

    assert (page.status_code, refused.status_code) == (200, 403)
    assert "Préparer" not in page.content.decode()
    assert not Message.objects.exists()


def test_another_company_is_not_seen(client, member, late):
    client.force_login(member)

    assert client.get("/relances/apercu/999999/").status_code == 404
    assert client.get("/relances/999999/").status_code == 404
    assert client.get("/litiges/999999/").status_code == 404


def test_the_dry_run_costs_the_same_whatever_the_number_of_customers(
    client,
    member,
    late,
    world,  # noqa: F811
):
    client.force_login(member)

    def queries_of(address):
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        return len(found)

    addresses = ("/relances/", "/relances/?vue=preparees", "/litiges/")
    before = [queries_of(address) for address in addresses]
    for n in range(5):
        world.invoice(world.customer(f"Autre {n}"), f"A{n}", ("30.00", NOVEMBER))

    assert [queries_of(address) for address in addresses] == before


def test_the_list_is_filtered_and_prepared_as_it_is_filtered(client, member, late):
    client.force_login(member)

    first = text_of(client.get("/relances/?niveau=Relance 1"))
    found = text_of(client.get("/relances/?q=sud"))
    none = text_of(client.get("/relances/?q=personne"))

    assert "1 sur 1 client, 200,00 €" in first.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Sud" in found
    assert "Aucun client ne correspond" in none
    assert "À envoyer 2" in none

    client.post("/relances/preparation/", {"niveau": "Dernière relance"})
    assert [row.party for row in Reminder.objects.all()] == [late["nord"]]
    nobody = client.post("/relances/preparation/", {"q": "personne"}, follow=True)
    assert "Aucun client ne correspond à ces filtres." in text_of(nobody)


def test_the_others_are_filtered_by_their_reason(client, member, late):
    client.force_login(member)

    disputed = text_of(client.get("/relances/?vue=en-attente&motif=disputed"))
    silent = text_of(client.get("/relances/?vue=ecartes&motif=no_contact"))

    assert "Est" in disputed
    assert "Ouest" in silent
    assert "pas de contact" in silent


def test_a_long_list_is_read_by_pages(client, member, late, world, monkeypatch):  # noqa: F811
    monkeypatch.setattr("echeance.collection.queries.desk.DESK_PAGE", 2)
    monkeypatch.setattr("echeance.collection.queries.desk._KEPT", 3)
    client.force_login(member)
    for n in range(3):
        world.invoice(world.customer(f"Petit {n}"), f"A{n}", (f"{30 + n}.00", NOVEMBER))

    pages = [client.get(f"/relances/?page={n}") for n in (1, 2, 3, 99)]

    shown = [[row.party_name for row, _ in page.context["rows"]] for page in pages]
    assert shown == [["Nord", "Sud"], ["Petit 2", "Petit 1"], ["Petit 0"], ["Petit 0"]]
    assert "2 sur 5 clients" in text_of(pages[0]).replace("\u00a0", " ")
    assert pages[0].context["desk"].matching.amount == Decimal("6773.00")


def test_counts_of_very_many_customers_are_kept_a_moment_and_lines_are_of_now(
    client,
    member,
    late,
    world,  # noqa: F811
    monkeypatch,
):
    monkeypatch.setattr("echeance.collection.queries.desk._KEPT", 1)
    monkeypatch.setattr("echeance.collection.queries.desk._CACHED", 1)
    cache.clear()
    client.force_login(member)

    first = client.get("/relances/")
    world.pays(late["nord"], late["N1"], "6480.00", date(2026, 11, 20))
    again = client.get("/relances/")

    assert first.context["desk"].read_at is None
    assert "Comptes arrêtés le" in text_of(again)
    assert again.context["totals"]["count"] == 2
    # Paid a moment ago: the line is gone, whatever the counts still say.
    assert [row.party_name for row, _ in again.context["rows"]] == ["Sud"]
    # One's own act is seen at once.
    commands.hold_customers(actor=world.actor, party_ids=[late["sud"].pk], reason="Accord")
    assert client.get("/relances/").context["totals"]["count"] == 0
    cache.clear()


def test_those_ticked_are_paused_together_and_the_toast_takes_it_back(client, member, late):
    client.force_login(member)
    facts = {"chosen": [late["nord"].pk, late["sud"].pk], "reason": "Fin de mois", "until": ""}

    page = client.post("/relances/suspensions/", facts, follow=True)

    assert "Relances suspendues pour 2 clients." in text_of(page).replace("\u00a0", " ")
    assert Hold.objects.filter(lifted_at=None).count() == 2
    (undo,) = re.findall(r'action="(/relances/suspensions/levee/[^"]*)"', page.content.decode())
    client.post(undo)
    assert not Hold.objects.filter(lifted_at=None).exists()


def test_all_that_wait_are_approved_at_once_or_one_by_one(client, member, late, world):  # noqa: F811
    client.force_login(member)
    world.invoice(world.customer("Loin"), "L1", ("900.00", OCTOBER))
    client.post("/relances/preparation/")
    waiting = Reminder.objects.filter(approved_at=None)
    assert waiting.count() == 2
    shown = text_of(client.get("/relances/?vue=preparees&etat=a-approuver"))
    assert "Approuver tout : 2 relances en attente" in shown.replace("\u00a0", " ")
    assert "Sud" not in shown

    client.post("/relances/accords/", {"seul": [Reminder.objects.get(party=late["nord"]).pk]})
    assert waiting.count() == 1
    client.post("/relances/accords/", {"tous": "1", "niveau": "Relance 1"})
    assert waiting.count() == 1
    client.post("/relances/accords/", {"tous": "1", "niveau": "Dernière relance"})
    assert waiting.count() == 0


def test_a_message_that_waits_is_reworded_and_its_figures_stay(client, member, late):
    client.force_login(member)
    client.post("/relances/preparation/", {"seul": [late["sud"].pk]})
    row = Reminder.objects.select_related("message").get()
    address = f"/relances/{row.pk}/texte/"
    subject, body = row.message.subject_line, row.message.body
    assert "Bonjour," in client.get(address).content.decode()

    refused = client.post(address, {"subject": subject, "body": body.replace("120,00", "12,00")})
    client.post(address, {"subject": subject, "body": body.replace("Bonjour,", "Chère Zoé,")})

    assert refused.status_code == 422
    assert "120,00 » doit rester tel quel" in text_of(refused).replace("\u00a0", " ")
    row.message.refresh_from_db()
    assert row.message.body.startswith("Chère Zoé,")
    assert "Chère Zoé," in text_of(client.get(f"/relances/{row.pk}/"))


def test_a_message_is_tried_on_oneself(client, member, late):
    client.force_login(member)

    page = client.post("/relances/essai/", {"client": late["sud"].pk}, follow=True)

    assert "Essai envoyé à lea@atelier-morel.example" in text_of(page)
    message = Message.objects.get()
    assert (message.to, message.party) == (["lea@atelier-morel.example"], None)
    assert not Reminder.objects.exists()


def test_who_answered_is_said_before_anything_leaves(client, member, late, actor):
    commands.record_reply(
        actor=actor, party_id=late["sud"].pk, key="m1", text="Nous payons vendredi."
    )
    client.force_login(member)

    shown = text_of(client.get("/relances/")).replace("\u00a0", " ")

    assert "1 client a répondu" in shown
    assert "Nous payons vendredi." in shown


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_keyboard_reads_a_message_and_prepares_it(live_server, signed_in, page, late):
    page.goto(f"{live_server.url}/relances/")

    for key in ("j", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#pane h2")).to_have_text("Nord")
    expect(page.locator("#pane .mail-body")).to_contain_text("N1")
    page.keyboard.press("Escape")
    for key in ("j", "x"):
        page.keyboard.press(key)
    page.locator("[data-bulk]").get_by_role("button", name="Préparer").click()

    expect(page.get_by_role("status")).to_contain_text("1 relance préparée")
    assert Reminder.objects.get().party == late["sud"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
def test_the_keyboard_holds_one_and_approves_another(live_server, page, late, actor):
    page.goto(f"{live_server.url}/relances/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#pane h2")).to_have_text("Sud")
    page.keyboard.press("h")
    page.locator("#pane [name=reason]").fill("Accord de la direction")
    page.locator("#pane").get_by_role("button", name="Suspendre").click()
    expect(page.get_by_role("status")).to_contain_text("Relances suspendues")
    assert Hold.objects.get().party == late["sud"]

    commands.prepare_reminders(actor=actor, on=TODAY)
    page.goto(f"{live_server.url}/relances/?vue=preparees")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text("1 relance approuvée")
    assert Reminder.objects.get().approved_by == "lea@atelier-morel.example"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_pages_are_accessible(live_server, page, axe, late, actor, scheme, size):
    commands.prepare_reminders(actor=actor, on=TODAY, party_ids=[late["nord"].pk])
    commands.hold_reminders(actor=actor, party_id=late["est"].pk, reason="Direction")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)

    for address in (
        "/relances/",
        "/relances/?vue=en-attente",
        "/relances/?vue=preparees",
        f"/relances/apercu/{late['sud'].pk}/",
        f"/relances/{Reminder.objects.get().pk}/",
        "/relances/plan/3/fr/",
        f"/relances/{Reminder.objects.get().pk}/texte/",
        f"/relances/clients/{late['sud'].pk}/",
        "/litiges/",
        "/litiges/ouverture/?piece=S1",
        f"/litiges/{Dispute.objects.get().pk}/",
    ):
        page.goto(f"{live_server.url}{address}")
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"
