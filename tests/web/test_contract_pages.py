# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""Contracts, indexes, price lists and rates in pages."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from billing.conftest import TODAY, lefevre, ready
from billing.test_prices import ECB
from echeance.base import commands as base
from echeance.base.actor import system
from echeance.base.rights import Role
from echeance.billing import commands, queries
from echeance.billing.models import (
    Contract,
    ContractPeriod,
    ExchangeRate,
    Invoice,
    PriceBreak,
    PriceIndexValue,
    PriceList,
)
from echeance.billing.types import ContractFacts, ContractLineFacts, ItemFacts


@pytest.fixture
def signed(client, member):
    """Léa's session."""
    client.force_login(member)
    return client


@pytest.fixture
def contract(ready, lefevre) -> Contract:
    """Maintenance at 100,00 a month since September."""
    return commands.create_contracts(
        actor=ready,
        contracts=[
            ContractFacts(
                lefevre.pk,
                "Maintenance du four",
                date(2026, 9, 1),
                (ContractLineFacts("Maintenance", Decimal(100), vat_rate=Decimal(20)),),
            )
        ],
    )[0]


def typed(**more):
    return {
        "customer": "C001",
        "number": "",
        "name": "Abonnement",
        "starts_on": "2026-11-01",
        "ends_on": "",
        "step": "month",
        "timing": "advance",
        "proration": "days",
        "order_reference": "",
        "payment_terms": "",
        "lines": "Support ; 49,90 ; 2 ; 20\nHébergement\t12",
        "index_code": "",
        "index_base": "",
        "fixed": "",
        "revised_every_months": "12",
        **more,
    }


def text(page) -> str:
    return re.sub(r"\s+", " ", page.content.decode().replace("\u202f", " ").replace("\xa0", " "))


def test_a_contract_is_written_and_its_first_period_is_billed(signed, lefevre):
    answer = signed.post("/contrats/nouveau/", typed())
    row = Contract.objects.get()
    assert answer["Location"] == f"/contrats/{row.pk}/"
    # 2 x 49,90 + 12,00
    assert "111,80 €" in text(signed.get(answer["Location"]))

    signed.post(f"/contrats/{row.pk}/facturer/")

    invoice = Invoice.objects.get()
    assert (invoice.net_total, invoice.contract_reference) == (Decimal("111.80"), row.number)
    page = text(signed.get(f"/contrats/{row.pk}/"))
    assert "en brouillon" in page
    assert "Facturer les périodes dues" not in page


def test_a_revised_contract_says_its_clause_and_waits_for_the_index(signed, lefevre, ready):
    signed.post("/contrats/indices/", {"do": "index", "code": "SYNTEC", "name": "Indice Syntec"})
    signed.post(
        "/contrats/nouveau/",
        typed(starts_on="2025-11-01", index_code="SYNTEC", index_base="300", fixed="0,15"),
    )
    row = Contract.objects.get()
    page = text(signed.get(f"/contrats/{row.pk}/"))
    assert "P = P0 × (0,15 + 0,85 × SYNTEC ÷ 300)" in page
    assert "renseignez l&#x27;indice SYNTEC" in page

    signed.post(
        "/contrats/indices/",
        {
            "do": "value",
            "index_code": "SYNTEC",
            "period": "2026-08-01",
            "value": "312",
            "published_on": "2026-10-20",
        },
    )

    assert PriceIndexValue.objects.get().value == Decimal(312)
    assert "renseignez" not in text(signed.get(f"/contrats/{row.pk}/"))
    stands = queries.contract_stands(actor=ready, contract=row, on=TODAY)
    # 2 x 51,60 (49,90 x 1,034 = 51,5966) + 12,41 (12,408)
    assert [one.net for one in stands if one.starts_on == date(2026, 11, 1)] == [Decimal("115.61")]


def test_what_cannot_be_read_is_told_line_by_line(signed, lefevre):
    page = signed.post("/contrats/nouveau/", typed(lines="Support\nHébergement ; douze"))

    assert page.status_code == 422
    assert "Ligne 1 : il faut une désignation et un montant." in text(page)
    assert "Ligne 2 : le montant ou le taux n&#x27;est pas un nombre." in text(page)
    assert not Contract.objects.exists()


def test_a_period_is_waived_then_given_back(signed, contract):
    address = f"/contrats/{contract.pk}/"
    refused = signed.post(f"{address}ecarter/", {"starts_on": "2026-10-01", "reason": ""})
    assert refused.status_code == 302
    assert not ContractPeriod.objects.exists()

    signed.post(f"{address}ecarter/", {"starts_on": "2026-10-01", "reason": "panne"})

    period = ContractPeriod.objects.get()
    page = text(signed.get(address))
    assert "panne" in page
    signed.post(f"{address}periodes/{period.pk}/reprendre/")
    assert not ContractPeriod.objects.exists()


def test_a_period_billed_is_given_back_once_its_invoice_is_credited(signed, contract):
    address = f"/contrats/{contract.pk}/"
    signed.post(f"{address}facturer/")
    drafted = Invoice.objects.order_by("pk").first()
    actor = system(contract.company)
    assert commands.issue_invoices(actor=actor, invoice_ids=[drafted.pk])[0].number

    assert "Remettre à facturer" not in text(signed.get(address))
    note = commands.draft_credit_note(actor=actor, invoice_id=drafted.pk, reason="erreur")
    assert commands.issue_invoices(actor=actor, invoice_ids=[note.pk])[0].number
    assert "Remettre à facturer" in text(signed.get(address))


def test_an_amendment_and_a_termination(signed, contract):
    address = f"/contrats/{contract.pk}/"
    line = contract.lines.get()

    signed.post(
        f"{address}avenant/",
        {"on": "2026-12-01", "chosen": [str(line.pk)], "lines": "Maintenance étendue ; 150"},
    )
    asked = signed.post(f"{address}resilier/", {"ends_on": "2026-12-31", "reason": "vente"})
    assert asked.status_code == 409
    assert "un contrat résilié ne se reprend pas" in text(asked)
    signed.post(
        f"{address}resilier/",
        {
            "ends_on": "2026-12-31",
            "reason": "vente",
            "confirmed": "billing.terminate_contract",
        },
    )

    contract.refresh_from_db()
    assert (contract.ends_on, contract.terminated_reason) == (date(2026, 12, 31), "vente")
    assert [(x.name, x.ends_on) for x in contract.lines.order_by("position")] == [
        ("Maintenance", date(2026, 11, 30)),
        ("Maintenance étendue", None),
    ]
    assert "Résilier" not in text(signed.get(address)).split("</h1>")[1]


def test_lists_of_contracts_and_who_may_not_change_them(client, user, actor, contract):
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)

    assert "CT-00001" in text(client.get("/contrats/"))
    assert "Aucun contrat" in text(client.get("/contrats/?etat=ended"))
    assert client.get("/contrats/nouveau/").status_code == 403
    page = text(client.get(f"/contrats/{contract.pk}/"))
    assert "Avenant" not in page
    assert "Écarter la période" not in page


def test_a_price_list_is_typed_shown_and_typed_again(signed, ready):
    commands.save_items(actor=ready, items=[ItemFacts("ETA", "Étagère")])
    given = {"code": "GROS", "name": "Grossistes", "currency": "EUR"}
    refused = signed.post("/tarifs/nouveau/", {**given, "breaks": "XXX ; 1 ; 10\nETA"})
    assert (refused.status_code, "Ligne 2" in text(refused)) == (422, True)

    answer = signed.post(
        "/tarifs/nouveau/", {**given, "breaks": "ETA ; ; 140\nETA\t10\t130,5\t5\t01/01/2026"}
    )
    page = signed.get(answer["Location"])
    shown = page.context["form"].initial["breaks"]
    signed.post(answer["Location"], {**given, "breaks": shown})

    assert shown.splitlines() == ["ETA ; 0 ; 140", "ETA ; 10 ; 130,5 ; 5 ; 01/01/2026"]
    assert [
        (x.min_quantity, x.unit_price, x.discount_percent)
        for x in PriceBreak.objects.order_by("min_quantity")
    ] == [
        (Decimal(0), Decimal(140), Decimal(0)),
        (Decimal(10), Decimal("130.5"), Decimal(5)),
    ]
    signed.post(f"{answer['Location']}retirer/")
    assert PriceList.objects.get().closed_at is not None


def test_rates_are_typed_or_read_from_the_file(signed, member):
    assert "Aucun cours" in text(signed.get("/cours/"))
    assert signed.post("/cours/", {"currency": "USD"}).status_code == 422
    bad = signed.post("/cours/", {"file": SimpleUploadedFile("x.xml", b"<a/>")})
    assert (bad.status_code, "il ne contient aucun cours" in text(bad)) == (422, True)

    signed.post("/cours/", {"file": SimpleUploadedFile("eurofxref-daily.xml", ECB)})
    signed.post("/cours/", {"currency": "gbp", "on": "2026-11-23", "rate": "0,8412"})

    assert set(ExchangeRate.objects.values_list("currency", "rate")) == {
        ("USD", Decimal("1.0851")),
        ("CHF", Decimal("0.9333")),
        ("GBP", Decimal("0.8412")),
    }


def test_pages_read_without_a_fault(live_server, page, signed_in, contract, axe, ready, lefevre):
    commands.save_index(actor=ready, code="SYNTEC", name="Indice Syntec")
    for address in (
        "/contrats/",
        f"/contrats/{contract.pk}/",
        "/contrats/nouveau/",
        "/contrats/indices/",
        "/tarifs/",
        "/tarifs/nouveau/",
        "/cours/",
        "/devis/",
    ):
        page.goto(f"{live_server.url}{address}")
        axe(page)
