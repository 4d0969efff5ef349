"""Appels, promesses, échéanciers: by key from one call to the next, each act undone."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import expect

from collection.conftest import TODAY, at, world  # noqa: F401
from echeance.base import commands as base
from echeance.base.rights import Role
from echeance.collection import commands, queries
from echeance.collection.models import CallTask, PaymentPlan, Promise
from echeance.collection.types import CallAnswer, CallOutcome, NewCall, NewPaymentPlan
from echeance.parties.commands import add_contacts
from echeance.parties.types import ContactFacts

OCTOBER = date(2026, 10, 12)


@pytest.fixture
def called(world, actor):  # noqa: F811
    """Two customers to call: Grand owes the most, Petit has no number."""
    big, small = world.customer("Grand SA"), world.customer("Petit SARL")
    items = [
        world.invoice(big, "F-1", ("1000.00", OCTOBER))[0],
        world.invoice(small, "F-2", ("50.00", OCTOBER))[0],
    ]
    facts = ContactFacts(big.pk, "p@x.example", "reminders", "Mme Petit", "0102030405")
    add_contacts(actor=actor, contacts=[facts])
    rows = commands.make_calls(
        actor=actor,
        calls=[
            NewCall(big.pk, "a", "Relance 2", TODAY, Decimal("1000.00")),
            NewCall(small.pk, "b", "Relance 2", TODAY, Decimal("50.00")),
        ],
    )
    return {"big": big, "small": small, "items": items, "calls": rows}


def text_of(page):
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))
    return plain.replace("\u202f", " ").replace("\u00a0", " ").replace("&#x27;", "'")


def test_the_list_has_the_largest_first_with_its_number(client, member, called):
    client.force_login(member)

    page = client.get("/appels/")

    told = text_of(page)
    assert told.index("Grand SA") < told.index("Petit SARL")
    assert 'href="tel:0102030405"' in page.content.decode()
    assert "1 050,00 € échus" in told


def test_a_call_shows_what_to_say_and_nine_outcomes_by_key(client, member, called):
    client.force_login(member)

    page = client.get(f"/appels/{called['calls'][0].pk}/").content.decode()

    for key in "123456789":
        assert f'data-shortcut="{key}"' in page
    assert "Puis-je joindre Mme Petit" in page
    assert 'data-shortcut="n"' in page


def test_promised_asks_its_day_then_notes_it_and_goes_on(client, member, called):
    client.force_login(member)
    big, small = called["calls"]

    asked = client.post(f"/appels/{big.pk}/", {"outcome": "promised", "note": "d'accord"})
    done = client.post(
        f"/appels/{big.pk}/",
        {"outcome": "promised", "day": "2026-11-27", "amount": "400,00", "note": "d'accord"},
    )

    assert asked.status_code == 200
    assert "Paiement promis pour le" in text_of(asked)
    assert "autofocus" in asked.content.decode()
    assert "d'accord" in text_of(asked)
    assert (done.status_code, done.url) == (302, f"/appels/{small.pk}/")
    assert Promise.objects.get().amount == Decimal("400.00")
    told = text_of(client.get(done.url))
    assert "Promesse notée : 400,00 € pour le 27/11/2026" in told


def test_an_outcome_is_undone_from_its_toast(client, member, called):
    client.force_login(member)
    row = called["calls"][0]
    client.post(f"/appels/{row.pk}/", {"outcome": "no_answer"})

    client.post(f"/appels/{row.pk}/annulation/")

    assert CallTask.objects.filter(done_at=None, cancelled_at=None).count() == 2


def test_a_dispute_leads_to_its_form(client, member, called):
    client.force_login(member)

    done = client.post(f"/appels/{called['calls'][0].pk}/", {"outcome": "disputes"})

    assert done.url == "/litiges/ouverture/?piece=F-1"


def test_a_promise_typed_on_the_account_is_undone_from_its_toast(client, member, called):
    client.force_login(member)
    item = called["items"][0]

    page = client.post(
        f"/relances/clients/{called['big'].pk}/promesse/",
        {"items": [item], "promised_on": "2026-12-01"},
        follow=True,
    )
    undo = f"/promesses/annulation/?p={Promise.objects.get().pk}"
    client.post(undo)

    assert undo in page.content.decode()
    assert Promise.objects.get().verdict == "withdrawn"


def test_an_outcome_that_is_none_changes_nothing(client, member, called):
    client.force_login(member)

    page = client.post(f"/appels/{called['calls'][0].pk}/", {"outcome": "sings"})

    assert page.status_code == 422
    assert not CallTask.objects.filter(done_at__isnull=False).exists()


def test_calls_are_taken_over_from_a_colleague(client, member, actor, called):
    anne = base.create_user(email="anne@x.example", full_name="Anne Roy", password="x" * 12)
    base.give_role(actor=actor, user=anne, role=Role.ASSISTANT)
    ids = [row.pk for row in called["calls"]]
    commands.assign_calls(actor=actor, call_ids=ids, user=anne)
    client.force_login(member)

    hers = text_of(client.get(f"/appels/?qui={anne.pk}"))
    done = client.post("/appels/attribution/", {"chosen": ids, "to": member.pk}, follow=True)

    assert "Anne Roy (2)" in hers
    assert "2 appels confiés à" in text_of(done)
    assert set(CallTask.objects.values_list("assigned_to", flat=True)) == {member.pk}


def test_a_reader_sees_the_calls_and_notes_nothing(client, user, actor, called):
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)
    row = called["calls"][0]

    page = client.get(f"/appels/{row.pk}/")
    refused = client.post(f"/appels/{row.pk}/", {"outcome": "refuses"})

    assert 'data-shortcut="1"' not in page.content.decode()
    assert refused.status_code == 403


def test_the_history_stands_on_the_account_of_the_customer(client, member, actor, called):
    row = called["calls"][0]
    commands.record_call(
        actor=actor, call_id=row.pk, answer=CallAnswer(CallOutcome.REFUSES, "désaccord")
    )
    client.force_login(member)

    told = text_of(client.get(f"/appels/clients/{called['big'].pk}/"))

    assert "refuse de payer" in told
    assert "désaccord" in told


def test_a_customer_is_called_at_once_or_on_the_call_that_waits(client, member, called):
    client.force_login(member)
    big, row = called["big"], called["calls"][0]

    waiting = client.post(f"/appels/clients/{big.pk}/nouveau/")
    client.post(f"/appels/{row.pk}/", {"outcome": "refuses"})
    fresh = client.post(f"/appels/clients/{big.pk}/nouveau/")

    assert waiting.url == f"/appels/{row.pk}/"
    task = CallTask.objects.get(pk=int(fresh.url.split("/")[2]))
    assert (task.reason, task.assigned_to, task.phone) == (
        "appel à votre initiative",
        member,
        "0102030405",
    )


def test_a_promise_not_kept_is_a_question_that_opens_its_call(client, member, actor, called):
    with at(date(2026, 11, 19)):
        commands.promise(actor=actor, item_ids=called["items"][:1], promised_on=date(2026, 11, 20))
    (told,) = commands.judge_promises(actor=actor, on=TODAY).judged
    client.force_login(member)

    page = client.get("/journee/").content.decode()

    assert f'href="/appels/{told.call_id}/"' in page


def test_promises_stand_by_day_then_judged(client, member, actor, called):
    with at(date(2026, 11, 19)):
        commands.promise(actor=actor, item_ids=called["items"][:1], promised_on=date(2026, 11, 20))
    commands.promise(actor=actor, item_ids=called["items"][1:], promised_on=date(2026, 12, 1))
    commands.judge_promises(actor=actor, on=TODAY)
    client.force_login(member)

    standing, judged = client.get("/promesses/"), client.get("/promesses/?vue=jugees")
    client.post(f"/promesses/{Promise.objects.get(verdict='').pk}/retrait/")

    assert "Petit SARL" in text_of(standing)
    assert "non tenue" in text_of(judged)
    assert "0 tenues sur 1 jugées" in text_of(judged)
    assert queries.promised_items(actor=actor, on=TODAY) == {}


def plan_of(client, called, **facts):
    given = {
        "items": called["items"][:1], "count": "3", "first_on": "2026-12-01", "every": "month",
        "business_days": "on", "grace_days": "3", "misses_max": "0", "acknowledges_debt": "on",
    }  # fmt: skip
    return client.post(f"/echeanciers/clients/{called['big'].pk}/", given | facts)


def test_a_plan_is_drafted_proposed_accepted_and_taken_back(client, member, called):
    client.force_login(member)

    plan_of(client, called)
    plan = PaymentPlan.objects.get()
    page = f"/echeanciers/{plan.pk}/"
    drafted = text_of(client.get(page))
    client.post(f"{page}proposition/")
    proposed = text_of(client.get(page))
    file = SimpleUploadedFile("accord.pdf", b"%PDF-1.7 signature", "application/pdf")
    client.post(
        f"{page}accord/",
        {"accepted_by": "Mme Petit", "accepted_on": "2026-11-24", "signed": file},
    )
    accepted = text_of(client.get(page))
    client.post(f"{page}accord/annulation/")

    assert "333,33 €" in drafted
    assert "333,34 €" in drafted
    assert "/accords/" in proposed
    assert "/accords/" not in text_of(client.get(page))  # the link is shown once
    assert "Accord signé" in accepted
    assert "par Mme Petit" in accepted
    plan.refresh_from_db()
    assert plan.state == "proposed"


def test_instalments_agreed_by_hand_are_read_line_by_line(client, member, called):
    client.force_login(member)

    wrong = plan_of(client, called, parts="15/12/2026 500,00\ndemain 500")
    short = plan_of(client, called, parts="15/12/2026 500,00")
    right = plan_of(client, called, parts="15/12/2026 400,00\n15/01/2027 600,00 €")

    assert (wrong.status_code, short.status_code, right.status_code) == (422, 422, 302)
    assert "Ligne 2 : écrivez un jour et un montant." in text_of(wrong)
    assert "les échéances font 500.00 € au lieu de 1000.00 €" in text_of(short)
    amounts = PaymentPlan.objects.get().instalments.values_list("amount", flat=True)
    assert list(amounts) == [Decimal("400.00"), Decimal("600.00")]


def test_the_customer_accepts_without_an_account(client, actor, called):
    plan = commands.draft_payment_plan(
        actor=actor,
        facts=NewPaymentPlan(called["big"].pk, (called["items"][0],), date(2026, 12, 1)),
    )
    _, token = commands.propose_payment_plan(actor=actor, plan_id=plan.pk)
    address = f"/accords/{token}/"

    page = client.get(address)
    unsigned = client.post(address, {"name": "Mme Petit"})
    signed = client.post(address, {"name": "Mme Petit", "agreed": "on"})
    again = client.get(address)

    assert "reconnaît devoir à Atelier Morel la somme de 1 000,00 €" in text_of(page)
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert unsigned.status_code == 422
    assert "Accord enregistré" in text_of(signed)
    assert again.status_code == 404
    assert PaymentPlan.objects.get().accepted_by == "Mme Petit"


@pytest.mark.parametrize("view", ["en-cours", "a-signer", "finis", "n-importe"])
def test_the_lists_of_plans_open(client, member, called, view):
    client.force_login(member)
    plan_of(client, called)

    assert client.get(f"/echeanciers/?vue={view}").status_code == 200


@pytest.mark.parametrize("address", ["/appels/", "/promesses/", "/echeanciers/?vue=a-signer"])
def test_a_list_costs_the_same_whatever_its_length(client, member, actor, world, address):  # noqa: F811
    def one_more(number):
        party = world.customer(f"Client {number}")
        items = world.invoice(party, f"G-{number}", ("90.00", OCTOBER))
        commands.make_calls(actor=actor, calls=[NewCall(party.pk, f"c{number}", "Relance", TODAY)])
        commands.promise(actor=actor, item_ids=items, promised_on=date(2026, 12, 1))
        commands.draft_payment_plan(
            actor=actor, facts=NewPaymentPlan(party.pk, tuple(items), date(2026, 12, 1))
        )

    client.force_login(member)
    one_more(0)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(1, 12):
        one_more(number)

    with CaptureQueriesContext(connection) as many:
        page = client.get(address)

    assert "Client 11" in text_of(page)
    assert len(many) == len(few)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_whole_call_by_keyboard(live_server, signed_in, page, actor, called):
    page.goto(f"{live_server.url}/appels/")

    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Grand SA")).to_be_visible()
    page.keyboard.press("1")
    expect(page.get_by_label("Paiement promis pour le")).to_be_focused()
    page.get_by_label("Paiement promis pour le").fill("2026-11-27")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Petit SARL")).to_be_visible()
    assert Promise.objects.count() == 1
    page.keyboard.press("u")
    expect(page.get_by_role("heading", name="Grand SA")).to_be_visible()
    assert queries.promised_items(actor=actor, on=TODAY) == {}


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_pages_are_accessible(live_server, page, axe, actor, called, scheme, size):
    commands.promise(actor=actor, item_ids=called["items"][1:], promised_on=date(2026, 12, 1))
    plan = commands.draft_payment_plan(
        actor=actor,
        facts=NewPaymentPlan(called["big"].pk, (called["items"][0],), date(2026, 12, 1)),
    )
    _, token = commands.propose_payment_plan(actor=actor, plan_id=plan.pk)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)

    for address in (
        "/appels/",
        f"/appels/{called['calls'][0].pk}/",
        "/promesses/",
        "/echeanciers/?vue=a-signer",
        f"/echeanciers/{plan.pk}/",
        f"/echeanciers/clients/{called['big'].pk}/",
        f"/accords/{token}/",
    ):
        page.goto(f"{live_server.url}{address}")
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"
