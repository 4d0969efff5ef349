"""The account of a customer: figures, the why line, open items to act on, what happened, replies."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collection.conftest import world  # noqa: F401
from echeance.base import commands as base
from echeance.base.rights import Role
from echeance.collection import commands, queries
from echeance.collection.models import CustomerReply, Hold, Promise
from echeance.collection.types import DisputeReason
from echeance.parties.commands import merge_parties

TODAY = date(2026, 11, 24)
OCTOBER = date(2026, 10, 14)
NOVEMBER = date(2026, 11, 10)
DECEMBER = date(2026, 12, 31)


@pytest.fixture
def nord(world, client, member):  # noqa: F811
    """1,000.00 of October, 300.00 paid on it; 500.00 of November; 200.00 of December; 50.00 more."""
    party = world.customer("Nord")
    world.n1, world.n2, world.n3 = (
        world.invoice(party, ref, (amount, due))[0]
        for ref, amount, due in (
            ("N1", "1000.00", OCTOBER),
            ("N2", "500.00", NOVEMBER),
            ("N3", "200.00", DECEMBER),
        )
    )
    world.pays(party, world.n1, "300.00", date(2026, 11, 2))
    world.receipt(party, "50.00", date(2026, 11, 20))
    client.force_login(member)
    return party


def text_of(answer):
    page = re.sub(r"<[^>]+>", " ", answer.content.decode())
    page = page.replace("\u202f", " ").replace("\u00a0", " ").replace("&#x27;", "'")
    return re.sub(r"\s+", " ", page)


def shown(client, party, query=""):
    return text_of(client.get(f"/relances/clients/{party.pk}/{query}"))


def test_the_head_says_what_is_owed_and_why_nothing_more_is_asked(client, nord, world, actor):  # noqa: F811
    commands.open_dispute(
        actor=actor,
        item_id=world.n2,
        reason_code=DisputeReason.QUALITE_ERR,
        amount=Decimal("120.00"),
    )
    page = shown(client, nord)

    # 700 + 500 + 200 owed, 50 not applied.
    assert "Solde net 1 350,00 €" in page
    assert "Dont échu 1 200,00 €" in page
    assert "En litige 120,00 €" in page
    assert "Non imputé 50,00 €" in page
    assert "Prochaine action : Dernière relance aujourd'hui" in page


def test_the_acts_of_other_pages_are_one_click_away(client, nord):
    links = client.get(f"/relances/clients/{nord.pk}/").context["actions"]

    labels = [label for _, label, _, _ in links]
    assert labels[:2] == ["Proposer un échéancier", "Facturer les pénalités"]
    assert "Envoyer le relevé" in labels
    for address, *_ in links:
        assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        ("hold", "Prochaine action : nouvel examen le 01/12/2026. Relances du client suspendues"),
        ("pause", "Prochaine action : à vous de décider."),
    ],
)
def test_the_why_line_follows_the_facts(nord, actor, act, sentence):
    until = date(2026, 11, 30) if act == "hold" else None
    commands.hold_reminders(actor=actor, party_id=nord.pk, reason="Accord", until=until)

    assert sentence in queries.customer_next(actor=actor, party_id=nord.pk, on=TODAY)


def test_an_unread_reply_is_why_nothing_leaves(nord, actor):
    row = commands.record_reply(actor=actor, party_id=nord.pk, key="m", text="Bonjour")

    told = queries.customer_next(actor=actor, party_id=nord.pk, on=TODAY)
    assert "Un message de ce client n'a pas été lu : lisez-le d'abord." in told

    commands.read_replies(actor=actor, reply_ids=[row.pk])
    told = queries.customer_next(actor=actor, party_id=nord.pk, on=TODAY)
    assert told.startswith("Prochaine action : Dernière relance aujourd'hui")


def test_nothing_owed_means_nothing_next(world, actor):  # noqa: F811
    party = world.customer("Sud")

    told = queries.customer_next(actor=actor, party_id=party.pk, on=TODAY)

    assert told == "Prochaine action : aucune, rien n'est échu."


def test_the_account_at_a_past_day_and_as_a_table(client, nord):
    past = shown(client, nord, "?le=2026-11-01")
    now = client.get(f"/relances/clients/{nord.pk}/")

    assert "Solde net 1 700,00 € au 01/11/2026" in past
    assert "Noter la promesse" not in past
    assert "N1\t14/10/2026\t700,00\t700,00\n" in now.context["table"]
    assert "N3\t31/12/2026\t200,00\t" in now.context["table"]


def test_the_balance_is_explained_from_the_invoices_to_the_payments(client, nord, actor):
    rows = queries.explain_balance(actor=actor, party_id=nord.pk, on=TODAY)

    first = next(row for row in rows if row.document_ref == "N1")
    assert (first.amount, first.left, first.other) == (Decimal(1000), Decimal(700), Decimal(0))
    assert [(one.reference, one.amount) for one in first.payments] == [("VIR", Decimal("300.00"))]
    assert sum(row.sign * row.left for row in rows) == Decimal("1350.00")
    assert "− 300,00 € par VIR le 02/11/2026" in shown(client, nord, "?expliquer=1")


def test_items_are_ticked_and_promised_or_paused(client, nord, world):  # noqa: F811
    address = f"/relances/clients/{nord.pk}"
    client.post(
        f"{address}/promesse/", {"items": [world.n1, world.n2], "promised_on": "2026-11-30"}
    )
    page = client.post(
        f"{address}/suspension/", {"items": [world.n3], "reason": "Avoir à venir"}, follow=True
    )

    assert sorted(Promise.objects.values_list("document_ref", flat=True)) == ["N1", "N2"]
    hold = Hold.objects.get()
    assert hold.open_item_id == world.n3
    assert "Relances suspendues pour 1 échéance." in text_of(page)
    (undo,) = re.findall(r'action="(/relances/suspensions/levee/[^"]*)"', page.content.decode())
    client.post(undo)
    hold.refresh_from_db()
    assert hold.lifted_at


def test_what_happened_is_told_and_filtered_by_channel(client, nord, world, actor):  # noqa: F811
    world.prepare()
    commands.record_reply(actor=actor, party_id=nord.pk, key="m1", text="Nous payons vendredi.")
    commands.promise(actor=actor, item_ids=[world.n1], promised_on=date(2026, 11, 30))

    whole = shown(client, nord)
    channels = {
        channel: [
            event.title
            for event in queries.customer_timeline(actor=actor, party_id=nord.pk, channel=channel)
        ]
        for channel in queries.CHANNEL_TITLES
    }

    assert "Promesse pour le 30/11/2026" in whole
    assert "Nous payons vendredi." in whole
    assert channels["reminders"] == ["Dernière relance"]
    assert channels["replies"] == ["Réponse du client, à lire"]
    assert channels["promises"] == ["Promesse pour le 30/11/2026"]
    assert channels["calls"] == []


def test_a_reply_heard_elsewhere_is_typed_once_read_and_unread(client, nord):
    address = f"/relances/clients/{nord.pk}/reponse/"
    facts = {"channel": "phone", "received_on": "2026-11-23", "text": "Chèque parti hier."}

    client.post(address, facts)
    page = client.post(address, facts, follow=True)

    reply = CustomerReply.objects.get()
    assert (reply.channel, reply.read_at) == ("phone", None)
    assert "Chèque parti hier." in text_of(page)
    read = client.post("/relances/reponses/lecture/", {"reponse": [reply.pk]}, follow=True)
    assert "1 réponse lue" in text_of(read)
    (undo,) = re.findall(r'action="(/relances/reponses/annulation/[^"]*)"', read.content.decode())
    client.post(undo)
    reply.refresh_from_db()
    assert reply.read_at is None
    refused = client.post(address, {"channel": "phone", "text": ""}, follow=True)
    assert "Écrivez ce que le client a répondu, et quand." in text_of(refused)


def test_a_merged_customer_has_one_account(client, nord, world, actor):  # noqa: F811
    double = world.customer("Nord bis")
    (item,) = world.invoice(double, "B1", ("80.00", NOVEMBER))
    commands.record_reply(actor=actor, party_id=double.pk, key="m", text="Bonjour du double")
    merge_parties(actor=actor, party_id=double.pk, into_id=nord.pk)

    for asked in (nord, double):
        page = shown(client, asked)
        assert "Solde net 1 430,00 €" in page
        assert "Bonjour du double" in page
    client.post(
        f"/relances/clients/{nord.pk}/promesse/", {"items": [item], "promised_on": "2026-11-30"}
    )
    assert Promise.objects.get().document_ref == "B1"


def test_a_reader_acts_on_nothing_and_a_stranger_sees_nothing(client, user, nord, actor):
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)

    page = shown(client, nord)
    address = f"/relances/clients/{nord.pk}/reponse/"
    facts = {"channel": "phone", "received_on": "2026-11-23", "text": "x"}

    assert "Noter la promesse" not in page
    assert client.post(address, facts).status_code == 403
    assert client.get("/relances/clients/999999/").status_code == 404


def test_the_page_costs_the_same_whatever_is_owed(client, nord, world):  # noqa: F811
    def cost():
        with CaptureQueriesContext(connection) as found:
            client.get(f"/relances/clients/{nord.pk}/?expliquer=1")
        return len(found)

    before = cost()
    for n in range(8):
        world.invoice(nord, f"P{n}", ("10.00", NOVEMBER))

    assert cost() == before


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
def test_the_table_is_copied_and_a_promise_is_noted_by_the_keyboard(live_server, page, nord):
    page.goto(f"{live_server.url}/relances/clients/{nord.pk}/")
    page.get_by_text("Copier comme un tableau Excel").click()
    page.get_by_role("button", name="Copier").click()
    page.get_by_role("button", name="Copié").wait_for()

    page.locator("body").click(position={"x": 700, "y": 5})
    for key in ("j", "x", "m"):
        page.keyboard.press(key)
    page.locator("[name=promised_on]").fill("2026-11-30")
    page.get_by_role("button", name="Noter la promesse").click()

    page.get_by_role("status").filter(has_text="Promesse notée").wait_for()
    assert Promise.objects.get().document_ref == "N1"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_account_is_accessible(live_server, page, axe, nord, actor, world, scheme, size):  # noqa: F811
    commands.record_reply(actor=actor, party_id=nord.pk, key="m1", text="Nous payons vendredi.")
    commands.hold_reminders(actor=actor, party_id=nord.pk, reason="Accord")
    world.prepare()
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)

    for query in ("", "?expliquer=1&le=2026-11-20"):
        page.goto(f"{live_server.url}/relances/clients/{nord.pk}/{query}")
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{query} is {wider} pixels wider than the screen"
