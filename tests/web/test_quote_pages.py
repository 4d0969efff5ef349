# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""Quotes in pages: written with their totals, sent by a link, answered by somebody without account."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from billing.conftest import lefevre, ready
from echeance.base import commands as base
from echeance.base.rights import Role
from echeance.billing import commands
from echeance.billing.models import Order, Quote
from echeance.billing.types import QuoteFacts, QuoteLineFacts


@pytest.fixture(autouse=True)
def _no_tries():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def signed(client, member):
    """Léa's session."""
    client.force_login(member)
    return client


@pytest.fixture
def drafted(ready, lefevre) -> Quote:
    """An oven at 4 800,00 and a warranty at 390,00, to tick."""
    return commands.draft_quotes(
        actor=ready,
        quotes=[
            QuoteFacts(
                lefevre.pk,
                "Four du fournil",
                (
                    QuoteLineFacts("Four à sole", Decimal(1), Decimal(4800), vat_rate=Decimal(20)),
                    QuoteLineFacts(
                        "Extension de garantie",
                        Decimal(1),
                        Decimal(390),
                        nature="services",
                        vat_rate=Decimal(20),
                        is_option=True,
                    ),
                ),
            )
        ],
    )[0]


@pytest.fixture
def token(ready, drafted) -> str:
    return commands.send_quotes(actor=ready, quote_ids=[drafted.pk])[0].token


def typed(**more):
    """A quote as a browser posts it: one line, three empty ones."""
    rows = {
        f"lines-{rank}-{name}": ""
        for rank in range(4)
        for name in ("item_code", "name", "quantity", "unit_price", "discount_percent", "vat_rate")
    }
    return {
        "customer": "C001",
        "title": "Étagères",
        "valid_until": "2026-12-31",
        "deposit_percent": "30",
        "payment_terms": "",
        "note": "",
        "lines-TOTAL_FORMS": "4",
        "lines-INITIAL_FORMS": "0",
        **rows,
        "lines-0-name": "Étagère",
        "lines-0-quantity": "2",
        "lines-0-unit_price": "149,90",
        "lines-0-vat_rate": "20",
        "do": "save",
        **more,
    }


def text(page) -> str:
    return re.sub(r"\s+", " ", page.content.decode().replace("\u202f", " ").replace("\xa0", " "))


# -- the company ----------------------------------------------------------------------------------


def test_a_quote_is_written_with_its_totals_and_shown(signed, lefevre):
    live = signed.post("/devis/totaux/", typed(), headers={"HX-Request": "true"})
    # 2 x 149,90 = 299,80 + 59,96 = 359,76; 30 % of it 107,93
    assert "359,76 €" in text(live)
    assert "107,93 €" in text(live)
    assert not Quote.objects.exists()

    answer = signed.post("/devis/nouveau/", typed())

    row = Quote.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/devis/{row.pk}/")
    page = text(signed.get(answer["Location"]))
    assert "DV-2026-0001" in page
    assert "359,76 €" in page


def test_each_column_holds_what_its_head_says(signed, lefevre):
    page = signed.get("/devis/nouveau/")
    heads = re.findall(r'<th scope="col" class="[^"]*">([^<]+)</th>', page.content.decode())
    labels = [field.label for field in page.context["formset"].forms[0]]

    assert heads == labels


def test_more_rows_keep_what_was_typed(signed, lefevre):
    page = signed.post("/devis/nouveau/", typed(do="more"))

    assert page.status_code == 200
    assert len(page.context["formset"].forms) == 9
    assert 'value="149,90"' in page.content.decode()
    assert not Quote.objects.exists()


def test_what_is_wrong_is_told_beside_the_form(signed, lefevre):
    page = signed.post("/devis/nouveau/", typed(customer="C404"))

    assert page.status_code == 422
    assert "C404" in text(page)
    assert not Quote.objects.exists()


def test_a_draft_is_changed_and_a_sent_one_is_not(signed, drafted, ready):
    shown = signed.get(f"/devis/{drafted.pk}/modifier/").context["formset"]
    as_it_was = {
        f"lines-{rank}-{name}": str(value)
        for rank, form in enumerate(shown.initial_forms)
        for name, value in form.initial.items()
        if value not in (None, False)
    }
    signed.post(f"/devis/{drafted.pk}/modifier/", typed(title="Même devis") | as_it_was)
    drafted.refresh_from_db()
    assert (drafted.title, drafted.gross_total) == ("Même devis", Decimal("5760.00"))

    signed.post(f"/devis/{drafted.pk}/modifier/", typed(title="Nouvel objet"))

    drafted.refresh_from_db()
    assert (drafted.title, drafted.gross_total) == ("Nouvel objet", Decimal("359.76"))
    commands.send_quotes(actor=ready, quote_ids=[drafted.pk])
    refused = signed.post(f"/devis/{drafted.pk}/modifier/", typed(title="Encore"))
    assert (refused.status_code, "nouvelle version" in text(refused)) == (422, True)


def test_the_link_is_shown_once(signed, drafted):
    answer = signed.post(f"/devis/{drafted.pk}/envoyer/")
    first, second = signed.get(answer["Location"]), signed.get(answer["Location"])

    link = re.search(r"http://testserver/devis/([\w-]{43})/", first.content.decode())
    assert link is not None
    assert "mailto:compta%40lefevre.example" in first.content.decode()
    assert link[1] not in second.content.decode()


def test_a_paper_answer_is_noted_and_makes_the_order(signed, drafted, token):
    missing = signed.post(f"/devis/{drafted.pk}/reponse/", {"do": "accept", "name": ""})
    assert (missing.status_code, "donnez votre nom" in text(missing)) == (422, True)

    signed.post(f"/devis/{drafted.pk}/reponse/", {"do": "accept", "name": "Ana", "option": ["2"]})

    assert Order.objects.get().net_total == Decimal("5190.00")


def test_the_list_tells_states_and_finds_by_words(signed, drafted, token, ready, lefevre):
    Quote.objects.filter(pk=drafted.pk).update(valid_until=date(2026, 11, 1))

    assert "DV-2026-0001" in text(signed.get("/devis/?etat=expired"))
    assert "DV-2026-0001" not in text(signed.get("/devis/?etat=sent"))
    assert "Aucun devis" in text(signed.get("/devis/?q=introuvable"))


def test_whoever_may_not_draft_sees_no_button(client, user, actor, drafted):
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)

    assert client.get("/devis/nouveau/").status_code == 403
    page = text(client.get(f"/devis/{drafted.pk}/"))
    assert "Envoyer" not in page
    assert "/modifier/" not in page


# -- the customer, without account ----------------------------------------------------------------


def test_the_link_opens_the_quote_and_nothing_else(client, token):
    page = client.get(f"/devis/{token}/")

    assert page.status_code == 200
    assert "Four du fournil" in text(page)
    assert "5 760,00 €" in text(page)
    assert page["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
    assert client.get("/devis/").status_code == 302
    assert client.get("/devis/1/").status_code == 302


def test_ticking_an_option_gives_the_new_total_with_and_without_script(client, token):
    address = f"/devis/{token}/"
    given = {"do": "total", "option": ["2"]}

    fragment = client.post(address, given, headers={"HX-Request": "true"})
    whole = client.post(address, given)

    # 5190,00 + 20 %
    assert "6 228,00 €" in text(fragment)
    assert "<html" not in fragment.content.decode()
    assert "6 228,00 €" in text(whole)
    assert Quote.objects.get().status == "sent"


def test_the_customer_accepts_and_is_told_so(client, token):
    address = f"/devis/{token}/"
    refused = client.post(address, {"do": "accept", "name": "Ana", "option": ["2"]})
    assert (refused.status_code, "Bon pour accord" in text(refused)) == (422, True)

    answer = client.post(
        address, {"do": "accept", "name": "Ana Lefèvre", "agreed": "on", "option": ["2"]}
    )

    assert (answer.status_code, answer["Location"]) == (302, address)
    page = text(client.get(address))
    assert "Par Ana Lefèvre, le 24/11/2026 à 10:00" in page
    assert "6 228,00 €" in page
    assert "Accepter le devis" not in page
    assert Order.objects.get().net_total == Decimal("5190.00")
    again = client.post(address, {"do": "refuse", "name": "Ana", "reason": "non"})
    assert again.status_code == 409


def test_the_customer_refuses_and_says_why(client, token):
    client.post(f"/devis/{token}/", {"do": "refuse", "name": "Ana", "reason": "trop tard"})

    row = Quote.objects.get()
    assert (row.status, row.answer["reason"]) == ("refused", "trop tard")


def test_an_address_that_tries_many_links_is_made_to_wait(client, token):
    for rank in range(30):
        assert client.get(f"/devis/{rank:043d}x/").status_code == 404

    told = client.get(f"/devis/{token}/")

    assert told.status_code == 503
    assert "Trop d&#x27;essais" in told.content.decode()


def test_an_answer_needs_the_token_of_its_form(token, drafted):
    from django.test import Client

    forged = Client(enforce_csrf_checks=True).post(
        f"/devis/{token}/", {"do": "accept", "name": "Ana", "agreed": "on"}
    )

    assert forged.status_code == 403
    assert Quote.objects.get().status == "sent"


def test_a_phone_shows_it_whole_and_accepts(live_server, page, token, axe):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}/devis/{token}/")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.get_by_label("Extension de garantie").check()
    expect(page.locator("#offer-totals")).to_contain_text("6\u202f228,00")
    page.get_by_label("Votre nom").fill("Ana Lefèvre")
    page.get_by_label("Bon pour accord").check()
    page.get_by_role("button", name="Accepter le devis").click()

    expect(page.get_by_text("Merci : votre commande est enregistrée.")).to_be_visible()


def test_the_editor_reckons_while_one_types(live_server, page, signed_in, ready, lefevre, axe):
    page.goto(f"{live_server.url}/devis/nouveau/")
    axe(page)
    page.get_by_label("Client").fill("C001")
    page.get_by_label("Objet").fill("Étagères")
    page.get_by_label("Désignation, ligne 1").fill("Étagère")
    page.get_by_label("Quantité, ligne 1").fill("2")
    page.get_by_label("Prix unitaire HT, ligne 1").fill("149,90")

    expect(page.locator("#quote-totals")).to_contain_text("359,76")
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("DV-2026-0001")
