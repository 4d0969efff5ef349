# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""Deliveries, hours and what is agreed with a customer, in pages."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from billing.conftest import TODAY, lefevre, ready
from billing.test_import_orders import row, take
from echeance.base.models import JournalEvent
from echeance.billing import commands, queries
from echeance.billing.errors import BillingRuleInvalidError
from echeance.billing.models import BillingRule, Delivery, Order, TimeEntry
from echeance.billing.types import BillingRuleFacts, ItemFacts, PriceBreakFacts


@pytest.fixture
def signed(client, member):
    """Léa's session."""
    client.force_login(member)
    return client


@pytest.fixture
def order(ready, lefevre) -> Order:
    """Ten shelves."""
    take(ready, row("B1", quantity="10"))
    return Order.objects.get()


def text(page) -> str:
    return re.sub(r"\s+", " ", page.content.decode().replace("\u202f", " ").replace("\xa0", " "))


def test_a_part_of_an_order_is_delivered_and_the_rest_is_proposed(signed, order, ready):
    address, line = f"/a-facturer/{order.pk}/livraisons/", order.lines.get().pk
    signed.post(f"/a-facturer/{order.pk}/a-la-livraison/", {"do": "by_delivery"})
    signed.post(address, {"delivered_on": "2026-11-20", "number": "", f"quantity_{line}": "4"})

    page = signed.get(address)
    assert page.context["form"].initial[f"quantity_{line}"] == "6"
    assert "BL-000001" in text(page)
    asked = signed.post(
        address, {"delivered_on": "2026-11-21", "number": "", f"quantity_{line}": "7"}
    )
    assert asked.status_code == 409
    assert "B1, Étagère : 11 pour 10" in text(asked)
    signed.post(
        address,
        {
            "delivered_on": "2026-11-21",
            "number": "BL-9",
            f"quantity_{line}": "7",
            "confirmed": "billing.over_delivery",
        },
    )
    assert sorted(Delivery.objects.values_list("number", flat=True)) == ["BL-000001", "BL-9"]
    assert len(queries.delivery_pieces(actor=ready, on=TODAY)) == 2


def test_hours_are_pasted_approved_and_pasted_again_in_vain(signed, lefevre, ready):
    commands.save_items(
        actor=ready, items=[ItemFacts("CONS", "Conseil", "", "services", "HUR", Decimal("95.50"))]
    )
    typed = {
        "customer": "C001",
        "rows": "03/11/2026 ; Ana ; 2,5 ; Réglage ; 80\n04/11/2026\tLéo\t1\tAvis\tCONS",
    }
    signed.post("/temps/", typed)
    signed.post("/temps/", typed)
    bad = signed.post("/temps/", {"customer": "C001", "rows": "hier ; Ana ; 2 ; x ; 80"})
    assert (bad.status_code, "Ligne 1" in text(bad)) == (422, True)

    assert [
        (x.person, x.hours, x.hourly_rate) for x in TimeEntry.objects.order_by("worked_on")
    ] == [("Ana", Decimal("2.5"), Decimal(80)), ("Léo", Decimal(1), Decimal("95.50"))]
    chosen = [str(pk) for pk in TimeEntry.objects.values_list("pk", flat=True)]
    signed.post("/temps/valider/", {"chosen": chosen})
    assert not TimeEntry.objects.filter(approved_at=None).exists()
    assert "Aucun temps" in text(signed.get("/temps/"))
    assert "validé" in text(signed.get("/temps/?etat=tous"))


def test_a_customer_gets_its_rule_and_its_price_list(signed, lefevre, ready):
    commands.save_items(actor=ready, items=[ItemFacts("ETA", "Étagère")])
    prices = commands.save_price_list(
        actor=ready, code="GROS", name="Grossistes", breaks=[PriceBreakFacts("ETA", Decimal(140))]
    )
    address = f"/clients/{lefevre.pk}/facturation/"
    assert "GROS · Grossistes" in text(signed.get(address))
    given = {
        "grouping": "monthly",
        "calendar": "monthly",
        "calendar_day": "0",
        "price_list_id": str(prices.pk),
        "discount_percent": "",
        "by_order_reference": "on",
    }
    refused = signed.post(address, {**given, "calendar": "weekly"})
    assert (refused.status_code, "de 1 (lundi) à 7" in text(refused)) == (422, True)
    assert not BillingRule.objects.exists()

    signed.post(address, given)

    rule = BillingRule.objects.get()
    assert (rule.grouping, rule.price_list, rule.usual_amount_checked) == ("monthly", prices, False)
    event = JournalEvent.objects.get(action="billing.billing_rule_saved")
    assert event.subject == f"party:{lefevre.pk}"
    assert event.facts["rule"]["grouping"] == "monthly"


def test_a_rule_that_cannot_stand_is_refused(ready, lefevre):
    for facts in (
        BillingRuleFacts(grouping="jamais"),
        BillingRuleFacts(price_list_id=99),
        BillingRuleFacts(discount_percent=Decimal(100)),
    ):
        with pytest.raises(BillingRuleInvalidError):
            commands.save_billing_rule(actor=ready, party_id=lefevre.pk, facts=facts)

    assert not BillingRule.objects.exists()


def test_a_customer_page_shows_its_contracts_and_quotes(signed, lefevre):
    address = f"/clients/{lefevre.pk}/contrats-et-devis/"

    page = text(signed.get(address))

    assert "Ni contrat ni devis." in page
    assert "/devis/nouveau/?client=C001" in page


def test_pages_read_without_a_fault(live_server, page, signed_in, order, axe):
    for address in (f"/a-facturer/{order.pk}/livraisons/", "/temps/", f"/a-facturer/{order.pk}/"):
        page.goto(f"{live_server.url}{address}")
        axe(page)
