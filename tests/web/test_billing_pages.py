# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""Pages of billing: what they list, what they let a person do, by hand and by keyboard."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape

import pytest
from playwright.sync_api import expect

from billing.conftest import draft, issued, lefevre, line, ready
from echeance.base import commands as base
from echeance.base.models import Job
from echeance.base.rights import Role
from echeance.billing import commands, queries
from echeance.billing.models import Invoice
from echeance.core.lifecycle import Amount, Reason
from echeance.core.lifecycle import Role as Giver
from echeance.ledger import commands as ledger
from echeance.ledger import queries as ledger_queries
from echeance.ledger.types import EntryFacts, NewAllocation, NewOpenItem, Posting
from echeance.parties import commands as parties
from echeance.parties.types import PartyFacts
from echeance.transmission import commands as transmission
from echeance.transmission.models import Message
from echeance.transmission.types import NewStatus

EARLY = date(2026, 9, 14)


@pytest.fixture
def signed(client, member):
    """Léa's session."""
    client.force_login(member)
    return client


def paid(actor, invoice, amount: str, on: date) -> None:
    """Money of the customer, booked and given to an invoice."""
    due = Decimal(amount)
    (entry,) = ledger.post_entries(
        actor=actor,
        entries=[
            EntryFacts(
                journal_code="BQ",
                entry_date=on,
                document_ref=f"VIR {invoice.number}",
                document_date=on,
                label="Virement",
                postings=(
                    Posting("512000", debit=due),
                    Posting("411000", credit=due, party_id=invoice.buyer_id),
                ),
                items=(
                    NewOpenItem(
                        posting_index=1,
                        due_date=on,
                        kind="receipt",
                        document_ref=f"VIR {invoice.number}",
                    ),
                ),
            )
        ],
    )
    item = ledger_queries.items_of_document(actor=actor, document_refs=[invoice.number])
    ledger.allocate(
        actor=actor,
        allocations=[NewAllocation(item[invoice.number][0].item_id, entry.item_ids[0], due, on)],
    )


@pytest.fixture
def month(ready, lefevre):
    """A late invoice, one paid in part, a settled one, a credit note and a draft, in this order."""
    late = issued(ready, lefevre, line(price="100"), on=EARLY)
    part = issued(ready, lefevre, line(price="200"), on=date(2026, 11, 2))
    settled = issued(ready, lefevre, line(price="50"), on=date(2026, 11, 3))
    paid(ready, part, "80.00", date(2026, 11, 20))
    paid(ready, settled, "120.00", date(2026, 11, 20))
    note = commands.draft_credit_note(actor=ready, invoice_id=settled.pk, reason="retour")
    commands.issue_invoices(actor=ready, invoice_ids=[note.pk])
    note.refresh_from_db()
    return late, part, settled, note, draft(ready, lefevre, line(price="10"))


# -- the list -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("view", "places"),
    [
        ("", [0, 1, 2, 3, 4]),
        ("a-payer", [0, 1]),
        ("en-retard", [0]),
        ("soldees", [2]),
        ("brouillons", [4]),
        ("avoirs", [3]),
        ("inconnue", [0, 1, 2, 3, 4]),
    ],
)
def test_each_list_holds_what_it_says(signed, month, view, places):
    page = signed.get("/factures/", {"vue": view})

    found = {row.invoice.pk for row in page.context["rows"]}
    assert found == {month[place].pk for place in places}


def test_states_and_totals_are_read_from_the_ledger(signed, month):
    context = signed.get("/factures/").context

    shown = {row.invoice.pk: (row.label, row.stand.open_amount, row.stand.days_late)
             for row in context["rows"]}  # fmt: skip
    late, part, settled, note, waiting = (one.pk for one in month)
    assert shown == {
        late: ("En retard", Decimal("240.00"), 41),
        part: ("Payée en partie", Decimal("400.00"), 0),
        settled: ("Soldée", Decimal("0.00"), 0),
        note: ("À imputer", Decimal("120.00"), 0),
        waiting: ("Brouillon", Decimal("0.00"), 0),
    }
    # 240 + 480 + 120 + 24 - 120; 240 + 400 left to pay.
    assert context["totals"].gross == Decimal("744.00")
    assert context["totals"].open_amount == Decimal("640.00")
    assert [number for _, _, number in context["tabs"]] == [2, 1, 1, 1, 1]


def test_text_and_period_narrow_the_list_and_its_totals(signed, month):
    late = month[0]

    by_number = signed.get("/factures/", {"q": late.number.lower()}).context
    last_month = signed.get("/factures/", {"periode": "mois-dernier"}).context
    this_year = signed.get("/factures/", {"periode": "annee", "vue": "en-retard"}).context

    assert [row.invoice.pk for row in by_number["rows"]] == [late.pk]
    assert last_month["rows"] == []
    assert last_month["totals"].count == 0
    assert [row.invoice.pk for row in this_year["rows"]] == [late.pk]


@pytest.mark.parametrize("sort", ["date", "-date", "client", "-client", "montant", "-montant",
                                  "echeance", "-echeance"])  # fmt: skip
def test_pages_follow_each_other_both_ways_without_losing_a_row(
    signed,
    ready,
    lefevre,
    monkeypatch,
    sort,
):
    monkeypatch.setattr("echeance.billing.views.invoices.PAGE_SIZE", 3)
    other = parties.create_parties(actor=ready, parties=[PartyFacts("C2", "Atelier Zen")])[0]
    prices = ("10", "20", "10", "30", "10", "20", "30", "10")
    rows = [
        draft(ready, (lefevre, other)[place % 2], line(price=price))
        for place, price in enumerate(prices)
    ]
    commands.issue_invoices(actor=ready, invoice_ids=[row.pk for row in rows[:4]])

    pages, address = [], f"/factures/?tri={sort}"
    while address:
        context = signed.get(address).context
        pages.append([row.invoice.pk for row in context["rows"]])
        after = context["page"].next
        address = after and f"/factures/?tri={sort}&apres={after}"
    back = signed.get(f"/factures/?tri={sort}&avant={context['page'].previous}").context

    assert [len(page) for page in pages] == [3, 3, 2]
    assert sorted(pk for page in pages for pk in page) == [row.pk for row in rows]
    assert [row.invoice.pk for row in back["rows"]] == pages[1]


@pytest.mark.parametrize("cursor", ["x", "12~", "12~demain", "~", "999999~2026-01-01"])
def test_a_cursor_that_means_nothing_still_gives_a_page(signed, month, cursor):
    page = signed.get("/factures/", {"tri": "echeance", "apres": cursor})

    assert page.status_code == 200


def test_the_list_costs_the_same_queries_whatever_its_length(
    signed,
    ready,
    lefevre,
    django_assert_num_queries,
):
    issued(ready, lefevre)

    with django_assert_num_queries(9):
        signed.get("/factures/")
    for _ in range(12):
        issued(ready, lefevre)
    with django_assert_num_queries(9):
        signed.get("/factures/")


def test_an_empty_company_is_told_what_to_do_first(signed, ready):
    page = signed.get("/factures/").content.decode()

    assert "Aucune facture pour le moment" in page
    assert "Importez vos commandes" in page


def test_filters_without_a_result_offer_the_whole_list(signed, month):
    page = signed.get("/factures/", {"q": "introuvable"}).content.decode()

    assert "élargissez la période" in page


def test_the_filtered_list_leaves_as_a_file_that_a_spreadsheet_reads(signed, month):
    answer = signed.get("/factures/export/", {"vue": "avoirs", "format": "csv"})

    head, row = answer.content.decode("utf-8-sig").splitlines()
    assert head.startswith("Numéro;Type;Client;Date d'émission")
    assert row == (
        f"{month[3].number};avoir;Boulangerie Lefèvre;2026-11-24;;;-100,00;-20,00;-120,00;-120,00;"
    )
    assert answer["Content-Disposition"] == 'attachment; filename="factures-2026-11-24.csv"'

    book = signed.get("/factures/export/")
    assert book.content.startswith(b"PK")


def test_a_stranger_to_the_company_sees_nothing_of_it(client, ready, month, db):
    other = base.create_user(email="max@ailleurs.example", full_name="Max", password="x")
    client.force_login(other)

    assert client.get("/factures/").status_code == 302
    assert client.get(f"/factures/{month[0].pk}/").status_code == 302


# -- acts on several ------------------------------------------------------------------------------


def test_issuing_several_asks_first_then_numbers_them_in_their_order(
    signed,
    ready,
    lefevre,
):
    first, second = draft(ready, lefevre), draft(ready, lefevre)
    chosen = {"chosen": [second.pk, first.pk], "do": "issue"}

    asked = signed.post("/factures/lot/", chosen)
    assert asked.status_code == 409
    assert "Émettre 2 brouillons, 719,52" in asked.content.decode().replace("\u202f", " ")
    assert not Invoice.objects.filter(number__isnull=False).exists()

    done = signed.post("/factures/lot/", chosen | {"confirmed": "billing.issue"})

    assert done.status_code == 302
    assert list(Invoice.objects.order_by("number").values_list("pk", flat=True)) == [
        first.pk, second.pk,
    ]  # fmt: skip


def test_a_draft_that_cannot_be_issued_is_listed_with_its_reason_and_the_others_are_issued(
    signed,
    ready,
    lefevre,
):
    parties.change_party(
        actor=ready, party_id=lefevre.pk, changes={"order_reference_required": True}
    )
    good = draft(ready, lefevre, order_reference="BC 7")
    bad = draft(ready, lefevre)

    page = signed.post(
        "/factures/lot/",
        {"chosen": [good.pk, bad.pk], "do": "issue", "confirmed": "billing.issue"},
    )

    good.refresh_from_db()
    assert good.number is not None
    ((left, reasons),) = page.context["left"]
    assert left.pk == bad.pk
    assert "bon de commande" in " ".join(reasons).lower()


def test_sending_says_why_a_document_is_not_sent(signed, month):
    page = signed.post("/factures/lot/", {"chosen": [month[0].pk], "do": "send"})

    ((left, reasons),) = page.context["left"]
    assert (left.pk, reasons) == (month[0].pk, ["le fichier n'est pas encore scellé"])


def test_nothing_ticked_is_said_and_changes_nothing(signed, month):
    answer = signed.post("/factures/lot/", {"do": "issue"})

    assert answer.status_code == 422
    assert "Aucune ligne n&#x27;est cochée" in answer.content.decode()


def test_a_download_without_any_sealed_file_is_an_empty_archive(signed, month):
    answer = signed.post("/factures/lot/", {"chosen": [month[0].pk], "do": "download"})

    content = b"".join(answer.streaming_content)
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == []


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPERATIONS])
def test_who_may_only_read_is_offered_no_act_and_refused_it(client, user, actor, month, role):
    base.give_role(actor=actor, user=user, role=role)
    client.force_login(user)

    page = client.get("/factures/").content.decode()
    refused = client.post(
        "/factures/lot/",
        {"chosen": [month[4].pk], "do": "issue", "confirmed": "billing.issue"},
    )

    assert 'value="issue"' not in page
    assert refused.status_code == 403
    month[4].refresh_from_db()
    assert month[4].number is None


# -- by keyboard, and for everybody ---------------------------------------------------------------

SIZES = [pytest.param((1440, 900), id="desktop"), pytest.param((390, 844), id="phone")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
def test_keys_walk_the_list_tick_and_open_the_document_beside(live_server, page, month):
    page.goto(f"{live_server.url}/factures/?vue=a-payer")

    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-bulk-count]")).to_have_text("2 documents")
    expect(page.locator("[data-bulk-sum]")).to_have_text("720,00\u00a0€")

    page.keyboard.press("Enter")
    expect(page.locator("#pane .pane-head h2")).to_have_text(month[0].number)
    page.keyboard.press("k")
    expect(page.locator("#pane .pane-head h2")).to_have_text(month[1].number)
    page.keyboard.press("Escape")
    expect(page.locator("#pane")).to_be_hidden()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
def test_typing_filters_the_list_and_keeps_the_caret(live_server, page, month):
    page.goto(f"{live_server.url}/factures/")

    search = page.get_by_label("Rechercher une facture")
    search.press_sequentially("AV-2026")

    expect(page.locator("tbody tr")).to_have_count(1)
    expect(search).to_be_focused()
    expect(search).to_have_value("AV-2026")
    expect(page).to_have_url(f"{live_server.url}/factures/?q=AV-2026&periode=")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
def test_documents_are_issued_without_script(live_server, browser, context, ready, lefevre):
    row = draft(ready, lefevre)
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()

    page.goto(f"{live_server.url}/factures/")
    page.get_by_label(f"Cocher brouillon {row.pk}").check()
    page.locator("noscript").get_by_role("button", name="Émettre").click()
    page.get_by_role("button", name="Oui, continuer").click()

    expect(page.get_by_role("link", name="FA-2026-000001")).to_be_visible()
    plain.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_are_accessible(live_server, page, axe, month, scheme, size):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})

    for address in (
        "/factures/",
        f"/factures/{month[1].pk}/",
        f"/factures/{month[3].pk}/",
        f"/factures/{month[4].pk}/",
        f"/factures/{month[4].pk}/modifier/",
        f"/factures/{month[0].pk}/avoir/",
    ):
        page.goto(f"{live_server.url}{address}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"


# -- one document ---------------------------------------------------------------------------------


def test_a_document_says_what_settled_it_and_what_is_left(signed, month):
    page = signed.get(f"/factures/{month[1].pk}/")

    (item,) = page.context["items"]
    (settled,) = item.settlements
    assert item.item.open_amount == Decimal("400.00")
    assert (settled.on, settled.amount) == (date(2026, 11, 20), Decimal("80.00"))
    assert settled.reference == f"VIR {month[1].number}"
    assert [(group.base, group.vat) for group, _ in page.context["vat"]] == [
        (Decimal("400.00"), Decimal("80.00"))
    ]


def test_a_document_costs_the_same_queries_whatever_it_holds(
    signed, ready, lefevre, django_assert_num_queries
):
    small = issued(ready, lefevre)
    large = issued(ready, lefevre, *(line(name=f"Article {n}") for n in range(30)))

    for row in (small, large):
        with django_assert_num_queries(17):
            signed.get(f"/factures/{row.pk}/")


def test_a_draft_shows_all_that_stops_it_and_the_reasons_to_look_twice(signed, ready, lefevre):
    parties.change_party(
        actor=ready, party_id=lefevre.pk, changes={"order_reference_required": True}
    )
    row = draft(ready, lefevre)

    page = signed.get(f"/factures/{row.pk}/")

    assert "Empêche l'émission" in unescape(page.content.decode())
    assert page.context["findings"][0].finding.severity == "blocking"


def test_an_unknown_document_is_not_found(signed, month):
    assert signed.get("/factures/99999/").status_code == 404


def test_issuing_from_its_page_gives_the_number(signed, ready, lefevre):
    row = draft(ready, lefevre)

    answer = signed.post(f"/factures/{row.pk}/emettre/", follow=True)

    row.refresh_from_db()
    assert row.number == "FA-2026-000001"
    assert "FA-2026-000001 est émise" in answer.content.decode()


def test_a_refused_issue_leaves_a_draft_and_says_why(signed, ready, lefevre):
    parties.change_party(
        actor=ready, party_id=lefevre.pk, changes={"order_reference_required": True}
    )
    row = draft(ready, lefevre)

    answer = signed.post(f"/factures/{row.pk}/emettre/", follow=True)

    row.refresh_from_db()
    assert row.number is None
    assert "bon de commande" in answer.content.decode()


def test_a_draft_is_changed_or_thrown_away(signed, ready, lefevre):
    row = draft(ready, lefevre)
    facts = {"order_reference": "BC 12", "payment_terms": "45 jours fin de mois", "note": "Merci"}

    signed.post(f"/factures/{row.pk}/modifier/", facts)
    row.refresh_from_db()
    assert (row.order_reference, row.payment_terms, row.note) == ("BC 12", "fdm45", "Merci")

    wrong = signed.post(f"/factures/{row.pk}/modifier/", facts | {"payment_terms": "un jour"})
    row.refresh_from_db()
    assert wrong.status_code == 422
    assert "un jour" in str(wrong.context["form"].errors)
    assert row.payment_terms == "fdm45"

    signed.post(f"/factures/{row.pk}/supprimer/")
    assert not Invoice.objects.exists()


def test_a_credit_note_of_everything_is_one_click_and_gives_back_every_cent(signed, ready, lefevre):
    row = issued(ready, lefevre, line(quantity="3", price="33.33"), line(price="10", rate="5.5"))
    form = signed.get(f"/factures/{row.pk}/avoir/").context["form"]

    answer = signed.post(
        f"/factures/{row.pk}/avoir/",
        {
            "reason": "retour",
            **{field.html_name: field.value() for _, field in form.quantity_fields()},
        },
    )

    note = Invoice.objects.get(kind="381")
    assert answer["Location"] == f"/factures/{note.pk}/"
    assert (note.gross_total, note.reason) == (row.gross_total, "retour")


def test_a_credit_note_by_line_takes_the_quantities_typed(signed, ready, lefevre):
    row = issued(ready, lefevre, line(quantity="4", price="10"), line(quantity="1", price="99"))
    first, second = (field.html_name for _, field in signed.get(f"/factures/{row.pk}/avoir/")
                     .context["form"].quantity_fields())  # fmt: skip

    signed.post(f"/factures/{row.pk}/avoir/", {"reason": "casse", first: "1,5", second: "0"})

    note = Invoice.objects.get(kind="381")
    assert note.net_total == Decimal("15.00")


@pytest.mark.parametrize(
    ("typed", "told"),
    [("5", "inférieure ou égale à 4"), ("0", "Aucune quantité"), ("deux", "Saisissez un nombre")],
)
def test_a_credit_note_that_cannot_be_is_refused_on_its_form(signed, ready, lefevre, typed, told):
    row = issued(ready, lefevre, line(quantity="4", price="10"))
    ((_, field),) = signed.get(f"/factures/{row.pk}/avoir/").context["form"].quantity_fields()

    answer = signed.post(f"/factures/{row.pk}/avoir/", {"reason": "x", field.html_name: typed})

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Invoice.objects.filter(kind="381").exists()


def test_the_xml_is_the_one_of_the_file(signed, ready, month):
    answer = signed.get(f"/factures/{month[0].pk}/xml/")

    assert answer.content == queries.xml(actor=ready, invoice_id=month[0].pk)
    assert answer["Content-Disposition"] == f'attachment; filename="{month[0].number}.xml"'


def test_asking_for_the_file_queues_its_making(signed, month):
    before = Job.objects.count()

    signed.post(f"/factures/{month[0].pk}/fichier/")

    assert Job.objects.count() == before + 1
    assert Job.objects.latest("pk").kwargs["invoice_ids"] == [month[0].pk]


def test_why_answers_on_the_page_of_an_invoice(signed, month):
    page = signed.get(f"/factures/{month[0].pk}/").content.decode()
    answer = signed.get(f"/factures/{month[0].pk}/pourquoi/", headers={"HX-Request": "true"})

    assert f'hx-get="/factures/{month[0].pk}/pourquoi/"' in page
    assert "240,00" in answer.content.decode()
    assert "échue depuis le 14/10/2026" in answer.content.decode()
    assert "<html" not in answer.content.decode()


@pytest.mark.slow
def test_a_sealed_document_is_sent_taken_back_and_sent_again(signed, ready, lefevre):
    row = issued(ready, lefevre)
    commands.seal_invoices(actor=ready, invoice_ids=[row.pk])
    address = f"/factures/{row.pk}/"

    signed.post(f"{address}envoyer/")
    held = signed.get(address)
    signed.post(f"{address}retirer/")
    withdrawn = signed.get(address)
    signed.post(f"{address}envoyer/")

    assert "compta@lefevre.example" in held.content.decode()
    assert (held.context["may"].withdraw, held.context["may"].send) == (True, False)
    assert withdrawn.context["may"].send_again
    assert [message.status for message in Message.objects.order_by("pk")] == ["withdrawn", "held"]

    archive = signed.post("/factures/lot/", {"chosen": [row.pk], "do": "download"})
    packed = zipfile.ZipFile(io.BytesIO(b"".join(archive.streaming_content)))
    assert packed.namelist() == ["FA-2026-000001.pdf"]
    assert packed.read("FA-2026-000001.pdf").startswith(b"%PDF")


def test_the_page_of_an_invoice_tells_its_life_on_the_platforms(signed, ready, month):
    """207 with its reason in words and what to do, then 212 with the receipt by rate."""
    invoice = month[0]
    told = [
        NewStatus(
            document_ref=invoice.number,
            code=207,
            issuer=Giver.BUYER,
            status_at=datetime(2026, 10, 2, 8, 0, tzinfo=UTC),
            source="flow-1",
            reasons=(Reason("QTE_ERR", text="12 reçus, 15 facturés"),),
        ),
        NewStatus(
            document_ref=invoice.number,
            code=212,
            issuer=Giver.SELLER,
            status_at=datetime(2026, 10, 9, 8, 0, tzinfo=UTC),
            source="flow-2",
            amounts=(Amount("MEN", Decimal("60.00"), Decimal(20)),),
        ),
    ]
    transmission.record_statuses(actor=ready, statuses=told)

    page = signed.get(f"/factures/{invoice.pk}/").content.decode()

    assert "Sur la plateforme" in page
    assert page.index("212 Encaissée") < page.index("207 En litige")
    assert "Une quantité est fausse. Comparez avec le bon de livraison" in page
    assert "« 12 reçus, 15 facturés »" in page.replace("\u00a0", " ").replace("\u202f", " ")
    assert "à 20,00" in page
