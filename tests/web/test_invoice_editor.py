# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""The invoice editor: by hand, line by line, totals while typing, two people at once."""

from __future__ import annotations

import re
from decimal import Decimal

import pypdfium2
import pytest
from playwright.sync_api import expect

from billing.conftest import draft, issued, lefevre, line, ready
from echeance.base.models import JournalEvent
from echeance.billing import commands
from echeance.billing.models import Invoice, InvoiceLine
from echeance.billing.types import AllowanceFacts, ItemFacts

NEW = "/factures/nouvelle/"
LINE = {
    "line_id": [""], "item": [""], "name": ["Étagère"], "quantity": ["2"], "unit": ["C62"],
    "price": ["149,90"], "discount": [""], "vat": ["20"], "nature": ["goods"],
}  # fmt: skip


@pytest.fixture
def signed(client, member):
    """Léa's session."""
    client.force_login(member)
    return client


def typed(*lines: dict[str, str], **head: object) -> dict[str, object]:
    """A form of lines; what is not said is the shelf of ``LINE``."""
    rows = lines or ({},)
    cells = {name: [row.get(name, LINE[name][0]) for row in rows] for name in LINE}
    return {"buyer": "C001 · Boulangerie Lefèvre", "do": "save"} | cells | head


def money(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_an_invoice_is_made_by_hand(signed, ready, lefevre):
    """2 × 149,90 = 299,80; less 5 % of 50,00 × 1 → 47,50; 347,30 HT, 69,46 TVA, 416,76 TTC."""
    answer = signed.post(
        NEW,
        typed(
            {},
            {"name": "Pose", "quantity": "1", "price": "50", "discount": "5 %",
             "nature": "services", "unit": "HUR"},
            order_reference="PO-77",
            note="Merci",
        ),
    )  # fmt: skip

    row = Invoice.objects.get()
    assert answer["Location"] == f"/factures/{row.pk}/"
    assert (row.net_total, row.vat_total, row.gross_total) == (
        Decimal("347.30"), Decimal("69.46"), Decimal("416.76"),
    )  # fmt: skip
    assert (row.buyer, row.order_reference, row.note) == (lefevre, "PO-77", "Merci")
    pose = row.lines.get(position=2)
    assert (pose.unit_price, pose.gross_price, pose.price_discount) == (
        Decimal("47.5"), Decimal(50), Decimal("2.5"),
    )  # fmt: skip


def test_totals_and_findings_come_while_typing_and_nothing_is_written(signed, ready, lefevre):
    page = signed.post("/factures/editeur/totaux/", typed(), headers={"HX-Request": "true"})

    text = money(page.content.decode())
    assert "299,80 €" in text
    assert "59,96 €" in text
    assert "359,76 €" in text
    assert 'id="net-0" hx-swap-oob="true">299,80 €' in text
    assert not Invoice.objects.exists()
    assert not JournalEvent.objects.filter(action="billing.invoice_drafted").exists()


def test_the_preview_says_what_the_draft_will_say(signed, ready, lefevre):
    """Same totals, same findings, once it is saved."""
    form = typed(
        {"price": "33,33", "quantity": "3"},
        {"name": "Frais", "quantity": "1", "price": "10", "discount": "0,01", "vat": "5.5"},
        allowance_kind=["discount"], allowance_reason=["Fidélité"], allowance_value=["10 %"],
        allowance_vat=["20"],
    )  # fmt: skip
    page = signed.post("/factures/editeur/totaux/", form)
    preview = page.context["totals"].preview
    signed.post(NEW, form)

    row = Invoice.objects.get()
    assert (preview.amounts.net, preview.amounts.vat, preview.amounts.gross) == (
        row.net_total, row.vat_total, row.gross_total,
    )  # fmt: skip
    # 99,99 + 9,99 − 11,00 = 98,98; TVA 20 % of 88,99 = 17,80; 5,5 % of 9,99 = 0,55.
    assert (row.net_total, row.vat_total) == (Decimal("98.98"), Decimal("18.35"))
    from echeance.billing import queries

    kept = queries.preflight(actor=ready, invoice_ids=[row.pk])[row.pk]
    assert {one.code for one in preview.findings} == {one.code for one in kept}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": ""}, "La désignation manque"),
        ({"quantity": "deux"}, "un nombre est attendu"),
        ({"quantity": "0"}, "supérieur à zéro"),
        ({"price": "-5"}, "supérieur à zéro"),
        ({"price": "1,1234567"}, "6 décimales au plus"),
        ({"discount": "100 %"}, "inférieure à 100"),
        ({"discount": "300"}, "dépasse le montant"),
        ({"vat": "19.7"}, "taux de TVA"),
    ],
)
def test_a_bad_cell_is_told_beside_its_line_and_nothing_is_saved(
    signed, ready, lefevre, change, told
):
    page = signed.post(NEW, typed(change))

    assert page.status_code == 422
    assert "Ligne 1" in page.content.decode()
    assert told in page.content.decode().replace("&#x27;", "'")
    assert not Invoice.objects.exists()


@pytest.mark.parametrize(
    ("buyer", "told"),
    [("", "Choisissez le client"), ("ZZ9", "Aucun client"), ("Boulangerie", "")],
)
def test_the_customer_is_found_by_code_or_by_words(signed, ready, lefevre, buyer, told):
    page = signed.post(NEW, typed(buyer=buyer))

    assert page.status_code == (422 if told else 302)
    if told:
        assert told in page.content.decode()


def test_lines_are_added_removed_and_moved_without_script(signed, ready, lefevre):
    def names(form):
        page = signed.post(NEW, form)
        assert page.status_code == 200
        return [one["name"] for one in page.context["editor"].lines]

    two = typed({"name": "A"}, {"name": "B"})
    assert names(two | {"do": "add"}) == ["A", "B", ""]
    assert names(two | {"do": "down-0"}) == ["B", "A"]
    assert names(two | {"do": "up-1"}) == ["B", "A"]
    assert names(two | {"do": "remove-0"}) == ["B"]
    assert names(two | {"do": "remove-9"}) == ["A", "B"]
    assert not Invoice.objects.exists()


def test_an_article_fills_its_line_at_the_price_of_the_catalogue(signed, ready, lefevre):
    commands.save_items(
        actor=ready,
        items=[ItemFacts("ET-01", "Étagère chêne", nature="services", unit_code="HUR",
                         unit_price=Decimal("149.90"), vat_rate=Decimal(10))],
    )  # fmt: skip
    blank = dict.fromkeys(LINE, "") | {"item": "ET-01 · Étagère chêne", "quantity": "3"}

    page = signed.post(NEW, typed(blank, do="fill"))

    cells = page.context["editor"].lines[0].cells
    assert (cells["item"], cells["name"], cells["price"], cells["vat"], cells["unit"]) == (
        "ET-01", "Étagère chêne", "149,9", "10", "HUR",
    )  # fmt: skip
    found = signed.get("/factures/editeur/articles/?item=chêne").content.decode()
    assert 'value="ET-01 · Étagère chêne"' in found
    found = signed.get("/factures/editeur/clients/?buyer=lefevre").content.decode()
    assert 'value="C001 · Boulangerie Lefèvre"' in found


def of_page(page) -> dict[str, object]:
    """The form of a page, as a browser posts it back."""
    editor = page.context["editor"]
    cells = {name: [one[name] for one in editor.lines] for name in LINE}
    return {**editor.head.cells, **cells, "seen": page.context["seen"], "do": "save"}


def test_a_draft_opened_and_saved_as_it_is_does_not_change(signed, ready, lefevre):
    row = draft(ready, lefevre, line(), line("Pose", "1.5", "58.125", "10"), note="Vu")
    before = list(InvoiceLine.objects.filter(invoice=row).values())

    page = signed.get(f"/factures/{row.pk}/modifier/")
    answer = signed.post(f"/factures/{row.pk}/modifier/", of_page(page))

    assert answer.status_code == 302
    assert list(InvoiceLine.objects.filter(invoice=row).values()) == before
    assert not JournalEvent.objects.filter(action="billing.draft_changed").exists()


def test_what_the_editor_does_not_show_of_a_line_is_kept(signed, ready, lefevre):
    row = draft(
        ready,
        lefevre,
        line(
            description="Bois de chêne",
            revenue_account="707100",
            allowances=(
                AllowanceFacts("Remise", Decimal("9.80")),
                AllowanceFacts("Emballage", Decimal("2.00"), is_charge=True),
            ),
        ),
    )
    form = of_page(signed.get(f"/factures/{row.pk}/modifier/")) | {"name": ["Étagère murale"]}

    signed.post(f"/factures/{row.pk}/modifier/", form)

    kept = row.lines.get()
    assert (kept.name, kept.description, kept.revenue_account) == (
        "Étagère murale", "Bois de chêne", "707100",
    )  # fmt: skip
    assert kept.net_amount == Decimal("292.00")  # 299,80 − 9,80 + 2,00
    assert kept.allowances.count() == 2


def test_two_people_at_once_are_told_of_each_other_and_nothing_is_lost(
    signed, ready, lefevre, member
):
    row = draft(ready, lefevre, line(), note="Vu")
    url = f"/factures/{row.pk}/modifier/"
    mine, theirs = of_page(signed.get(url)), of_page(signed.get(url))
    signed.post(url, theirs | {"quantity": ["3"]})

    page = signed.post(url, mine | {"note": "Livré"})

    assert page.status_code == 409
    text = page.content.decode().replace("&#x27;", "'")
    assert "lea@atelier-morel.example" in text
    assert "ligne 1 : Étagère, 2 × 149.9 → Étagère, 3 × 149.9" in text
    assert "24/11/2026 à 10:00" in text
    assert page.context["editor"].head["note"] == "Livré"
    row.refresh_from_db()
    assert (row.note, row.net_total) == ("Vu", Decimal("449.70"))

    # Seen and compared, saving again is meant: the page carries the version of the other person.
    signed.post(url, of_page(page) | {"note": "Livré"})
    row.refresh_from_db()
    assert (row.note, row.net_total) == ("Livré", Decimal("299.80"))


def test_an_issued_invoice_is_not_edited_and_a_credit_note_only_by_its_references(
    signed, ready, lefevre
):
    row = issued(ready, lefevre)
    assert signed.get(f"/factures/{row.pk}/modifier/").status_code == 409
    note = commands.draft_credit_note(actor=ready, invoice_id=row.pk, reason="Retour")

    page = signed.get(f"/factures/{note.pk}/modifier/")

    assert page.status_code == 200
    assert "editor" not in page.context


def test_the_pdf_of_what_is_typed_is_shown_and_nothing_is_written(signed, ready, lefevre):
    answer = signed.post("/factures/editeur/pdf/", typed())

    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Disposition"].startswith("inline")
    assert "BROUILLON" in text_of(answer.content)
    assert not Invoice.objects.exists()
    refused = signed.post("/factures/editeur/pdf/", typed({"price": "x"}))
    assert refused.status_code == 422
    assert "Lignes à compléter : 1" in refused.content.decode()


def test_the_pdf_of_a_draft_stands_beside_its_form(signed, ready, lefevre):
    row = draft(ready, lefevre, line(name="Banc en chêne"))

    pane = signed.get(f"/factures/{row.pk}/apercu/", headers={"HX-Request": "true"})
    pdf = signed.get(f"/factures/{row.pk}/apercu/")

    assert f'data-pdf="/factures/{row.pk}/apercu/"' in pane.content.decode()
    assert "Banc en chêne" in text_of(pdf.content)
    assert signed.get(f"/factures/{issued(ready, lefevre).pk}/apercu/").status_code == 409


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_the_editor_costs_the_same_queries_whatever_the_lines(
    signed, ready, lefevre, django_assert_max_num_queries
):
    with django_assert_max_num_queries(30):
        signed.post("/factures/editeur/totaux/", typed(*[{}] * 60))


def test_totals_follow_the_keyboard_and_a_line_is_added_without_the_mouse(
    page, live_server, signed_in, ready, lefevre, axe
):
    """In a real browser: typed, reckoned, Alt+L, Ctrl+Enter; no error on the console."""
    page.goto(f"{live_server.url}/factures/nouvelle/")
    page.get_by_role("combobox", name="Client").fill("C001")
    page.get_by_label("Désignation, ligne 1").fill("Étagère")
    page.get_by_label("Quantité, ligne 1").fill("2")
    page.get_by_label("Prix HT, ligne 1").fill("149,90")
    expect(page.locator("#gross")).to_have_text("359,76 €")
    expect(page.locator("#net-0")).to_have_text("299,80 €")

    page.keyboard.press("Alt+l")
    expect(page.get_by_label("Article, ligne 2")).to_be_focused()
    page.get_by_label("Désignation, ligne 2").fill("Pose")
    page.get_by_label("Prix HT, ligne 2").fill("50")
    expect(page.locator("#gross")).to_have_text("419,76 €")
    axe(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.keyboard.press("Control+Enter")

    expect(page).to_have_url(re.compile(r"/factures/\d+/$"))
    assert Invoice.objects.get().gross_total == Decimal("419.76")
