# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""Credit-note assistant, uses of a credit note and series, in pages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from billing.conftest import issued, lefevre, line, ready
from billing.test_credit_forms import credit, issue, paid
from echeance.base import commands as base
from echeance.billing.models import CreditUse, Invoice, InvoiceSeries
from echeance.billing.types import AllowanceFacts


@pytest.fixture
def signed(client, member):
    """Léa's session."""
    client.force_login(member)
    return client


def test_the_total_follows_what_is_typed_and_nothing_is_written(signed, ready, lefevre):
    row = issued(ready, lefevre, line("Table", "2", "100"), line("Livre", "1", "10", rate="5.5"))
    table, _ = row.lines.order_by("position")
    address = f"/factures/{row.pk}/avoir/calcul/"

    by_line = signed.get(address, {"mode": "lines", f"quantity_{table.pk}": "1"})
    by_amount = signed.get(address, {"mode": "gross", "amount": "12,55"})
    too_much = signed.get(address, {"mode": "gross", "amount": "9999"})

    # 100.00 + 20.00 of 250.55
    assert (by_line.context["gross"], by_line.context["rest"]) == (
        Decimal("120.00"),
        Decimal("130.55"),
    )
    assert by_amount.context["gross"] == Decimal("12.55")
    assert "il ne reste que 250.55 TTC" in too_much.context["problem"]
    assert Invoice.objects.count() == 1


def test_an_amount_becomes_a_draft_with_the_words_of_its_reason(signed, ready, lefevre):
    row = issued(ready, lefevre)

    answer = signed.post(
        f"/factures/{row.pk}/avoir/",
        {"mode": "gross", "amount": "50,00", "reason_code": "gesture", "reason": ""},
    )

    note = Invoice.objects.get(kind="381")
    assert answer["Location"] == f"/factures/{note.pk}/"
    assert (note.gross_total, note.reason, note.reason_code) == (
        Decimal("50.00"),
        "Geste commercial",
        "gesture",
    )
    page = signed.get(f"/factures/{row.pk}/avoir/").content.decode()
    assert "Reste à créditer" in page


def test_without_a_reason_or_an_amount_the_form_says_so(signed, ready, lefevre):
    row = issued(ready, lefevre)

    bare = signed.post(f"/factures/{row.pk}/avoir/", {"mode": "all"})
    empty = signed.post(f"/factures/{row.pk}/avoir/", {"mode": "gross", "reason": "x"})

    assert (bare.status_code, empty.status_code) == (422, 422)
    assert "donnez un motif" in bare.content.decode()
    assert "Indiquez le montant à créditer." in empty.content.decode()
    assert Invoice.objects.count() == 1


def test_a_large_credit_note_shows_who_must_approve_it(signed, ready, lefevre):
    base.save_policy(actor=ready, document={"billing": {"credit_approval_over": "10"}})
    note = credit(ready, issued(ready, lefevre))

    panel = signed.get(f"/factures/{note.pk}/avoirs/").content.decode()
    assert "Approuver l'avoir" in panel
    signed.post(f"/factures/{note.pk}/approuver/")

    assert "Approuvé par" in signed.get(f"/factures/{note.pk}/avoirs/").content.decode()
    assert issue(ready, note).number


def test_an_invoice_is_replaced_from_its_page(signed, ready, lefevre):
    row = issued(ready, lefevre)

    signed.post(f"/factures/{row.pk}/rectifier/", {"reason": "Adresse fausse"})

    corrective = Invoice.objects.get(kind="384")
    assert corrective.reason == "Adresse fausse"
    issue(ready, corrective)
    assert corrective.number in signed.get(f"/factures/{row.pk}/avoirs/").content.decode()
    assert "remplacée" in signed.get(f"/factures/{row.pk}/avoir/").content.decode()


def test_an_invoice_wholly_credited_is_made_again(signed, ready, lefevre):
    row = issued(ready, lefevre)
    issue(ready, credit(ready, row))
    assert "Refaire la facture" in signed.get(f"/factures/{row.pk}/avoirs/").content.decode()

    answer = signed.post(f"/factures/{row.pk}/refaire/")

    again = Invoice.objects.latest("pk")
    assert answer["Location"] == f"/factures/{again.pk}/"
    assert (again.kind, again.gross_total) == ("380", row.gross_total)


def test_a_credit_note_is_split_then_undone(signed, ready, lefevre):
    row = issued(ready, lefevre, line("Table", "1", "100"))
    paid(ready, row, "120.00")
    note = issue(ready, credit(ready, row))
    other = issued(ready, lefevre, line("Chaise", "1", "50"))
    address = f"/factures/{note.pk}/emploi/"
    assert other.number in signed.get(address).content.decode()

    signed.post(address, {f"invoice_{other.pk}": "20,00", "refund": "70", "later": "30"})

    uses = CreditUse.objects.order_by("pk")
    assert [(x.use, str(x.amount)) for x in uses] == [
        ("deduction", "20.00"),
        ("refund", "70.00"),
        ("later", "30.00"),
    ]
    refused = signed.post(address, {"refund": "30,01"})
    assert refused.status_code == 422
    signed.post(f"/factures/emplois/{uses[0].pk}/annuler/")
    assert CreditUse.objects.get(use="deduction").undone_at is not None
    assert "remboursement" in signed.get(f"/factures/{note.pk}/avoirs/").content.decode()


def test_series_are_created_chosen_and_closed(signed, ready, lefevre):
    signed.post(
        "/reglages/series/", {"kind": "380", "letters": "LYON", "label": "Lyon", "digits": "5"}
    )
    row = InvoiceSeries.objects.get(prefix="LYON")
    page = signed.get("/reglages/series/").content.decode()
    assert "LYON-2026-00001" in page

    signed.post(f"/reglages/series/{row.pk}/", {"do": "choose"})
    former = InvoiceSeries.objects.get(prefix="FA")
    signed.post(f"/reglages/series/{former.pk}/", {"do": "close"})

    former.refresh_from_db()
    assert former.closed_at is not None
    refused = signed.post("/reglages/series/", {"kind": "380", "letters": "FA", "digits": "6"})
    assert refused.status_code == 422
    assert "une autre série l'utilise" in refused.content.decode() or (
        "une autre série l&#x27;utilise" in refused.content.decode()
    )


def test_the_page_of_a_document_shows_its_discounts_and_its_retention(signed, ready, lefevre):
    row = issued(
        ready,
        lefevre,
        line("Pose", "1", "1000", nature="services"),
        allowances=(AllowanceFacts("Remise de volume", Decimal("100.00"), vat_rate=Decimal(20)),),
        retained_amount=Decimal("54.00"),
        retained_until=date(2027, 11, 24),
    )

    page = signed.get(f"/factures/{row.pk}/").content.decode()

    assert "Remise de volume" in page
    assert "−100,00" in page
    assert "24/11/2027" in page


# -- in a browser ---------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_assistant_tells_its_total_while_typing_on_any_screen(
    live_server, page, axe, ready, lefevre, size
):
    row = issued(ready, lefevre, line("Table", "2", "100"), line("Livre", "1", "10", rate="5.5"))
    paid(ready, row, "250.55")
    note = issue(ready, credit(ready, row, net=Decimal("10.00")))
    page.set_viewport_size({"width": size[0], "height": size[1]})

    page.goto(f"{live_server.url}/factures/{row.pk}/avoir/")
    page.get_by_label("Un montant TTC").check()
    page.get_by_label("Montant à créditer").fill("50,00")

    # 200.00 + 40.00 and 10.00 + 0.55, less 11.93 credited: 238.62 left, 188.62 after 50.00
    expect(page.locator("#credit-plan")).to_contain_text("50,00")
    for address in (
        f"/factures/{row.pk}/avoir/",
        f"/factures/{note.pk}/emploi/",
        f"/factures/{note.pk}/",
        "/reglages/series/",
    ):
        page.goto(f"{live_server.url}{address}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"
