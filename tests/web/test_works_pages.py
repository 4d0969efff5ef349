# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""Chantiers, régularisations, remises and autofacturation in pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from billing.conftest import lefevre, ready
from billing.test_deposits import order_of
from billing.test_markets import market
from echeance.base import commands as base
from echeance.base.rights import Role
from echeance.billing import commands as billing
from echeance.billing.models import (
    Accrual,
    Deposit,
    Disbursement,
    Invoice,
    Market,
    PayerShare,
    ProgressStatement,
    RebateAgreement,
    SelfBillingMandate,
)
from echeance.parties import commands as parties
from echeance.parties.types import PartyFacts


@pytest.fixture
def signed(client, member):
    """Léa's session."""
    client.force_login(member)
    return client


LINES = "Gros œuvre\t6 000,00\t20\t31/12/2026\nSecond œuvre ; 4000 ; 10"


def test_a_market_is_typed_with_lines_pasted_from_a_spreadsheet(signed, lefevre):
    answer = signed.post(
        "/chantiers/nouveau/",
        {
            "customer": "C001",
            "number": "M-1",
            "name": "Fournil",
            "mode": "progress",
            "signed_on": "2026-09-01",
            "retention_percent": "5",
            "lines": LINES,
        },
    )

    row = Market.objects.get()
    assert answer["Location"] == f"/chantiers/{row.pk}/"
    assert list(row.lines.order_by("position").values_list("name", "net_amount", "vat_rate")) == [
        ("Gros œuvre", Decimal("6000.00"), Decimal(20)),
        ("Second œuvre", Decimal("4000.00"), Decimal(10)),
    ]
    assert "M-1" in signed.get("/chantiers/?q=fournil").content.decode()


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("Gros œuvre", "Ligne 1 : il faut une désignation et un montant"),
        ("Gros œuvre ; beaucoup", "n'est pas un nombre"),
        ("Gros œuvre ; 10 ; 20 ; 31/02/2026", "la date ne se lit pas"),
        ("Gros œuvre ; 0", "montant du poste 1"),
    ],
)
def test_a_line_that_cannot_be_read_is_said_and_nothing_is_written(signed, lefevre, lines, told):
    page = signed.post(
        "/chantiers/nouveau/",
        {
            "customer": "C001",
            "number": "M-1",
            "name": "Fournil",
            "mode": "progress",
            "signed_on": "2026-09-01",
            "lines": lines,
        },
    )

    assert page.status_code == 422
    assert told in str(page.context["form"].errors).replace("&#x27;", "'")
    assert not Market.objects.exists()


def test_amounts_of_a_statement_follow_what_is_typed(signed, ready, lefevre):
    row = market(ready, lefevre)
    first, second = row.lines.order_by("position")

    page = signed.get(
        f"/chantiers/{row.pk}/calcul/",
        {"on": "2026-11-24", f"percent_{first.pk}": "40", f"percent_{second.pk}": "25"},
    )

    # 2 400 at 20 % and 1 000 at 10 %: 3 980.00 with VAT, of which 199.00 kept back.
    plan = page.context["plan"]
    assert (plan.gross, plan.retained, plan.due) == (
        Decimal("3980.00"),
        Decimal("199.00"),
        Decimal("3781.00"),
    )
    assert not ProgressStatement.objects.exists()
    beyond = signed.get(
        f"/chantiers/{row.pk}/calcul/", {"on": "2026-11-24", f"percent_{first.pk}": "140"}
    )
    assert "100" in beyond.context["problem"]


def test_a_statement_is_drafted_and_its_document_opens(signed, ready, lefevre):
    row = market(ready, lefevre)
    first, second = row.lines.order_by("position")

    answer = signed.post(
        f"/chantiers/{row.pk}/situation/",
        {"on": "2026-11-24", f"percent_{first.pk}": "40", f"percent_{second.pk}": "25"},
    )

    statement = ProgressStatement.objects.get()
    assert answer["Location"] == f"/factures/{statement.invoice_id}/"
    page = signed.get(f"/chantiers/{row.pk}/").content.decode()
    assert "Situation n° 1" in page
    again = signed.post(f"/chantiers/{row.pk}/situation/", {"on": "2026-11-24"})
    assert again.status_code == 422
    assert "aucun poste" in again.content.decode().replace("&#x27;", "'")


def test_a_deposit_is_asked_for_then_given_up(signed, ready, lefevre):
    row = market(ready, lefevre)
    bad = signed.post(f"/chantiers/{row.pk}/acompte/", {"percent": "30", "amount": "10"})
    assert bad.status_code == 422

    signed.post(f"/chantiers/{row.pk}/acompte/", {"percent": "30"})

    deposit = Deposit.objects.get()
    assert deposit.net_amount == Decimal("3000.00")
    signed.post(f"/acomptes/{deposit.pk}/abandonner/")
    deposit.refresh_from_db()
    assert deposit.cancelled_at is not None


def test_the_deposit_of_an_order_has_its_page(signed, ready, lefevre):
    order = order_of(ready, lefevre, ("Étude", "1", "1000.00", "20", "services"))

    answer = signed.post(f"/a-facturer/{order.pk}/acompte/", {"do": "ask", "percent": "30"})

    deposit = Deposit.objects.get()
    assert answer["Location"] == f"/factures/{deposit.invoice_id}/"
    page = signed.get(f"/a-facturer/{order.pk}/acompte/").content.decode()
    assert "Acompte de 30 % sur CMD-1" in page.replace("\u202f", " ").replace("\xa0", " ")


def test_milestones_are_ticked_then_billed(signed, ready, lefevre):
    row = market(ready, lefevre, mode="milestones", retention_percent=Decimal(0))
    line = row.lines.order_by("position").first()

    signed.post(
        f"/chantiers/{row.pk}/jalons/", {"do": "reach", "chosen": [line.pk], "on": "2026-11-20"}
    )
    answer = signed.post(f"/chantiers/{row.pk}/jalons/", {"do": "bill"})

    line.refresh_from_db()
    assert line.reached_on == date(2026, 11, 20)
    assert answer["Location"] == f"/factures/{line.invoice_id}/"
    assert signed.get(f"/chantiers/{row.pk}/").status_code == 200


def test_accruals_are_seen_posted_and_reversed(signed, ready, lefevre):
    order = order_of(ready, lefevre, ("Étagère", "1", "100.00", "20", "goods"))
    type(order).objects.filter(pk=order.pk).update(
        order_date=date(2026, 10, 28), delivery_date=date(2026, 10, 28)
    )
    assert "CMD-1 Étagère" in signed.get("/regularisations/?au=2026-10-31").content.decode()

    signed.post("/regularisations/ecritures/", {"au": "2026-10-31", "do": "post"})
    signed.post("/regularisations/ecritures/", {"au": "2026-10-31", "do": "reverse"})

    row = Accrual.objects.get()
    assert row.reversal is not None
    assert row.reversal.entry_date == date(2026, 11, 1)
    assert "CMD-1 Étagère" in signed.get(f"/regularisations/{row.pk}/").content.decode()
    file = signed.get("/regularisations/export/?au=2026-10-31&format=csv")
    assert file["Content-Type"].startswith("text/csv")


def test_a_rebate_is_typed_as_people_write_it(signed, lefevre):
    facts = {
        "customer": "Boulangerie Lefèvre",
        "number": "RFA-1",
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "basis": "whole",
        "tiers": "0 : 1\n50 000 : 2,5",
    }
    bad = signed.post("/remises/", facts | {"tiers": "beaucoup"})
    assert bad.status_code == 422

    signed.post("/remises/", facts)

    assert RebateAgreement.objects.get().tiers == [
        {"from": "0", "percent": "1"},
        {"from": "50000", "percent": "2.5"},
    ]
    assert "RFA-1" in signed.get("/remises/").content.decode()


def test_a_mandate_is_recorded_then_revoked(signed, ready, lefevre):

    signed.post(
        "/autofacturation/",
        {"supplier": "C001", "reference": "MAN-1", "signed_on": "2026-01-15", "contest_days": "15"},
    )
    row = SelfBillingMandate.objects.get()
    assert "en vigueur" in signed.get("/autofacturation/").content.decode()
    signed.post(f"/autofacturation/mandats/{row.pk}/revoquer/")

    row.refresh_from_db()
    assert row.revoked_at is not None


def test_a_customer_nobody_knows_is_said(signed, ready):
    page = signed.post(
        "/chantiers/nouveau/",
        {
            "customer": "ZZZ",
            "number": "M-1",
            "name": "Fournil",
            "mode": "progress",
            "signed_on": "2026-09-01",
            "lines": LINES,
        },
    )

    assert page.status_code == 422
    assert "ZZZ" in str(page.context["form"].errors)


def test_a_disbursement_is_recorded_with_its_piece_then_noted(signed, lefevre):
    facts = {
        "customer": "C001",
        "paid_on": "2026-11-10",
        "label": "Timbres",
        "supplier_reference": "T-1",
        "amount": "12,50",
        "in_customers_name": "on",
    }
    bad = signed.post("/debours/", facts | {"piece": SimpleUploadedFile("t.txt", b"rien")})
    assert bad.status_code == 422
    assert "ni un PDF" in bad.content.decode()
    waiting = signed.post("/debours/", facts | {"supplier_reference": "T-0"})
    assert waiting.status_code == 302
    assert "pièce manquante" in signed.get("/debours/").content.decode()

    signed.post("/debours/", facts | {"piece": SimpleUploadedFile("t.pdf", b"%PDF-1.7 timbres")})

    row = Disbursement.objects.get(supplier_reference="T-1")
    answer = signed.post("/debours/notes/", {"chosen": [row.pk]})
    row.refresh_from_db()
    assert answer["Location"].endswith("?vue=brouillons")
    assert row.invoice is not None
    assert row.invoice.gross_total == Decimal("12.50")
    assert signed.get("/debours/?vue=tous").status_code == 200


def test_a_payer_is_added_then_withdrawn(signed, ready, lefevre):
    parties.create_parties(actor=ready, parties=[PartyFacts(code="OPCO", name="Opco Atlas")])
    facts = {"customer": "C001", "payer": "OPCO", "percent": "70", "starts_on": "2026-01-01"}
    assert signed.post("/prises-en-charge/", facts | {"payer": "C001"}).status_code == 422

    signed.post("/prises-en-charge/", facts)

    row = PayerShare.objects.get()
    assert "Opco Atlas" in signed.get("/prises-en-charge/").content.decode()
    signed.post(f"/prises-en-charge/{row.pk}/retirer/")
    row.refresh_from_db()
    assert row.ended_at is not None


def test_an_invoice_in_the_name_of_a_supplier_is_typed(signed, ready, lefevre):
    given = billing.record_mandate(
        actor=ready, supplier_id=lefevre.pk, reference="MAN-1", signed_on=date(2026, 1, 15)
    )
    bad = signed.post("/autofacturation/preparer/", {"mandate": given.pk, "lines": "Plâtre"})
    assert bad["Location"] == "/autofacturation/"

    answer = signed.post(
        "/autofacturation/preparer/",
        {"mandate": given.pk, "lines": "Plâtre ; 2 ; 150,00 ; 20", "delivery_date": "2026-11-20"},
    )

    row = Invoice.objects.get()
    assert answer["Location"] == f"/factures/{row.pk}/"
    assert (row.kind, row.net_total) == ("389", Decimal("300.00"))
    assert signed.get(f"/factures/{row.pk}/").status_code == 200
    assert "Préparer une facture" in signed.get("/autofacturation/").content.decode()


PAGES = [
    "/chantiers/",
    "/regularisations/",
    "/remises/",
    "/debours/",
    "/prises-en-charge/",
    "/autofacturation/",
]


def test_an_auditor_reads_every_page_and_may_write_none(client, user, actor, ready, lefevre):
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)
    row = market(ready, lefevre)

    for address in [*PAGES, f"/chantiers/{row.pk}/"]:
        page = client.get(address)
        assert page.status_code == 200, address
        told = page.content.decode()
        assert not [one for one in ("Préparer la", "Préparer les", "Demander un") if one in told]
    for address in ("/chantiers/nouveau/", f"/chantiers/{row.pk}/acompte/", "/remises/"):
        answer = client.post(address, {"percent": "30"})
        assert answer.status_code in {403, 422}, address
    assert not Deposit.objects.exists()


@pytest.mark.parametrize("address", [*PAGES, "/chantiers/nouveau/"])
def test_pages_keep_to_a_few_queries(
    signed, ready, lefevre, address, django_assert_max_num_queries
):
    market(ready, lefevre)
    signed.get(address)

    with django_assert_max_num_queries(45):
        assert signed.get(address).status_code == 200
