# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""Orders in pages: a file is tried then taken, what waits is decided, what is ready is billed."""

from __future__ import annotations

import html
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from billing.conftest import TODAY, draft, issued, lefevre, line, ready
from echeance.base import commands as base
from echeance.base.models import User
from echeance.base.rights import Role
from echeance.billing import commands
from echeance.billing import forms as billing_forms
from echeance.billing.models import BillingRule, Invoice, Order, OrderImport, RejectedLine
from echeance.parties import commands as parties

HEAD = "client;commande;date;désignation;quantité;prix unitaire;taux de tva\n"
ROWS = (
    "C001;CDE-1;20/11/2026;Porte;2;310,00;20\n"
    "C001;CDE-1;20/11/2026;Pose;1;150,00;20\n"
    "C001;CDE-2;21/11/2026;Plinthes;12;8,50;20\n"
    "C001;CDE-3;22/11/2026;Volet;1;760,00;20\n"
    "C001;CDE-3;31/02/2026;Peinture;1;10,00;20\n"
    "C404;CDE-4;22/11/2026;Banc;1;180,00;20\n"
)
FILE = (HEAD + ROWS).encode()


def upload(content: bytes = FILE, name: str = "commandes.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


@pytest.fixture
def signed(client, member):
    """Léa's session."""
    client.force_login(member)
    return client


@pytest.fixture
def taken(ready, lefevre):
    """The file, imported: two orders to bill, one that waits, two rejected lines."""
    return commands.import_orders(actor=ready, content=FILE, filename="commandes.csv")


# -- a file ---------------------------------------------------------------------------------------


def test_a_trial_says_what_the_file_would_give_and_writes_nothing(signed, lefevre):
    page = signed.post("/a-facturer/import/", {"do": "try", "source": "standard", "file": upload()})

    report = page.context["report"]
    assert (report.rows, report.orders, report.waiting, len(report.rejected)) == (6, 2, 1, 2)
    assert "31/02/2026" in page.content.decode()
    assert "C404 | CDE-4 | 22/11/2026 | Banc" in page.content.decode()
    assert not Order.objects.exists()
    assert not OrderImport.objects.exists()


def test_a_file_seen_once_is_taken_without_choosing_it_again(signed, lefevre):
    held = signed.post(
        "/a-facturer/import/", {"do": "try", "source": "standard", "file": upload()}
    ).context["held"]

    answer = signed.post("/a-facturer/import/", {"do": "import", "source": "standard", **held})

    assert answer["Location"] == "/a-facturer/?vue=a-facturer"
    assert OrderImport.objects.get().filename == "commandes.csv"
    assert Order.objects.count() == 3
    assert RejectedLine.objects.count() == 2


def test_a_large_file_is_asked_for_again(signed, lefevre, monkeypatch):
    monkeypatch.setattr(billing_forms, "HELD_MAX", 10)

    page = signed.post("/a-facturer/import/", {"do": "try", "source": "standard", "file": upload()})

    assert page.context["held"] == {}
    assert "choisissez-le de nouveau" in page.content.decode()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "Choisissez un fichier"),
        ({"held": "pas du base64 !"}, "Choisissez un fichier"),
        ({"file": upload(b"")}, "vide"),
        ({"file": upload((HEAD + ROWS).replace("prix", "tarif").encode())}, "prix unitaire"),
        ({"file": upload(FILE), "source": "inconnue"}, "inconnue"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(signed, lefevre, sent, told):
    page = signed.post("/a-facturer/import/", {"do": "import", "source": "standard"} | sent)

    assert page.status_code == 422
    assert told in str(page.context["form"].errors).replace("&#x27;", "'")
    assert not OrderImport.objects.exists()


def test_the_same_file_twice_is_refused_and_changes_nothing(signed, taken):
    page = signed.post(
        "/a-facturer/import/", {"do": "import", "source": "standard", "file": upload()}
    )

    assert page.status_code == 422
    assert "a déjà été importé" in page.content.decode()
    assert Order.objects.count() == 3


# -- the lists ------------------------------------------------------------------------------------


def test_each_list_holds_its_orders_and_rejected_lines_keep_their_text(signed, taken):
    def numbers(view: str) -> list[str]:
        return [row.number for row in signed.get(f"/a-facturer/?vue={view}").context["page"].rows]

    assert numbers("a-facturer") == ["CDE-1", "CDE-2"]
    assert numbers("en-attente") == ["CDE-3"]
    page = signed.get("/a-facturer/?vue=rejetees")
    assert [line.row for line in page.context["page"].rows] == [7, 6]
    assert "C404 | CDE-4" in page.content.decode()
    assert [label_count[2] for label_count in page.context["tabs"]] == [2, 1, 0, 2, 1]


def test_the_lists_cost_the_same_queries_whatever_their_length(
    signed, ready, taken, django_assert_num_queries
):
    more = "".join(f"C001;D-{n};20/11/2026;Clou;1;1,00;20\n" for n in range(30))
    with django_assert_num_queries(10):
        signed.get("/a-facturer/")
    commands.import_orders(actor=ready, content=(HEAD + more).encode(), filename="autre.csv")
    with django_assert_num_queries(10):
        signed.get("/a-facturer/")


def test_an_order_is_read_with_its_lines(signed, taken):
    order = Order.objects.get(number="CDE-1")

    page = signed.get(f"/a-facturer/{order.pk}/")

    assert [(line.name, quantity) for line, quantity, _ in page.context["lines"]] == [
        ("Porte", "2"),
        ("Pose", "1"),
    ]
    assert signed.get("/a-facturer/99999/").status_code == 404


# -- acts -----------------------------------------------------------------------------------------


def ids(*numbers: str) -> list[int]:
    return list(Order.objects.filter(number__in=numbers).values_list("pk", flat=True))


def test_ready_orders_become_drafts(signed, taken):
    answer = signed.post("/a-facturer/lot/", {"chosen": ids("CDE-1", "CDE-2"), "do": "draft"})

    assert answer["Location"] == "/factures/?vue=brouillons"
    assert sorted(Invoice.objects.values_list("gross_total", flat=True)) == [
        Decimal("122.40"),
        Decimal("924.00"),
    ]


def test_billing_and_issuing_at_once_asks_first(signed, taken):
    chosen = {"chosen": ids("CDE-1", "CDE-2"), "do": "issue"}

    asked = signed.post("/a-facturer/lot/", chosen)
    assert asked.status_code == 409
    assert "872,00" in asked.content.decode()
    assert not Invoice.objects.exists()

    signed.post("/a-facturer/lot/", chosen | {"confirmed": "billing.issue_orders"})
    assert sorted(Invoice.objects.values_list("number", flat=True)) == [
        "FA-2026-000001",
        "FA-2026-000002",
    ]


def test_what_waits_is_accepted_or_set_aside_with_a_reason(signed, ready, taken):
    waiting = ids("CDE-3")

    signed.post("/a-facturer/lot/", {"chosen": waiting, "do": "set_aside", "reason": " "})
    assert Order.objects.get(number="CDE-3").set_aside_at is None

    signed.post("/a-facturer/lot/", {"chosen": waiting, "do": "accept"})
    assert Order.objects.get(number="CDE-3").accepted_at is not None

    refused = signed.post(
        "/a-facturer/lot/", {"chosen": waiting, "do": "set_aside", "reason": "annulée"}
    )
    assert refused.status_code == 409


def test_a_set_aside_order_keeps_its_reason(signed, taken):
    signed.post(
        "/a-facturer/lot/", {"chosen": ids("CDE-3"), "do": "set_aside", "reason": "doublon"}
    )

    order = Order.objects.get(number="CDE-3")
    assert (order.set_aside_at is not None, order.set_aside_reason) == (True, "doublon")


def test_who_may_not_bill_is_offered_no_act_and_refused_it(client, user, actor, taken):
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)

    page = client.get("/a-facturer/").content.decode()
    refused = client.post("/a-facturer/lot/", {"chosen": ids("CDE-1"), "do": "draft"})

    assert 'value="draft"' not in page
    assert "import/" not in page
    assert refused.status_code == 403
    assert client.get("/a-facturer/import/").status_code == 403
    assert not Invoice.objects.exists()


# -- by keyboard, and for everybody ---------------------------------------------------------------

SIZES = [pytest.param((1440, 900), id="desktop"), pytest.param((390, 844), id="phone")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
def test_orders_are_ticked_and_billed_from_the_keyboard(live_server, page, taken):
    page.goto(f"{live_server.url}/a-facturer/")

    for key in ("j", "x", "j", "x", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#pane .pane-head h2")).to_have_text("CDE-2")
    page.keyboard.press("Escape")
    expect(page.locator("[data-bulk-sum]")).to_have_text("872,00\u00a0€")
    page.get_by_role("button", name="Préparer les factures").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Factures")
    expect(page.locator("tbody tr")).to_have_count(2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
def test_a_file_is_tried_then_taken_without_script(live_server, browser, context, lefevre):
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()

    page.goto(f"{live_server.url}/a-facturer/import/")
    page.get_by_label("Fichier de commandes").set_input_files(
        {"name": "commandes.csv", "mimeType": "text/csv", "buffer": FILE}
    )
    page.get_by_role("button", name="Voir ce qu'il donnerait").click()
    expect(page.get_by_text("Rien n'est encore écrit")).to_be_visible()
    page.get_by_role("button", name="Importer").click()

    expect(page.get_by_role("link", name="CDE-1")).to_be_visible()
    plain.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_are_accessible(live_server, page, axe, taken, scheme, size):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})

    for address in (
        "/a-facturer/",
        "/a-facturer/?vue=en-attente",
        "/a-facturer/?vue=a-crediter",
        "/a-facturer/?vue=rejetees",
        "/a-facturer/?vue=fichiers",
        f"/a-facturer/{ids('CDE-1')[0]}/",
        "/a-facturer/import/",
        "/a-facturer/pieces/",
        "/a-facturer/lancement/",
        "/a-facturer/delais/",
    ):
        page.goto(f"{live_server.url}{address}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"


# -- all that is left, the run, the findings ------------------------------------------------------

NARROW = {0x202F: " ", 0xA0: " "}


def text(answer) -> str:
    return html.unescape(answer.content.decode()).translate(NARROW)


def test_all_that_is_left_says_its_day_or_what_it_waits_for(signed, taken, ready, lefevre):
    BillingRule.objects.create(company=ready.company, party=lefevre, grouping="monthly")
    parties.change_party(
        actor=ready, party_id=lefevre.pk, changes={"order_reference_required": True}
    )

    page = signed.get("/a-facturer/pieces/")

    assert [(label, number, str(net)) for label, number, net in page.context["figures"]] == [
        ("À facturer aujourd'hui", 0, "0"),
        ("À leur jour", 2, "872.00"),
        ("En attente", 1, "760.00"),
    ]
    shown = text(page)
    assert "part le 30/11/2026" in shown
    assert "bon de commande du client à obtenir" in shown
    assert "1 ligne(s) rejetée(s) sur 2" in shown
    file = signed.get("/a-facturer/pieces/?format=csv").content.decode("utf-8-sig")
    assert "CDE-1;commande;Boulangerie Lefèvre;2026-11-20;4;770,00;EUR;2026-11-30" in file


def test_the_run_is_read_then_done(signed, taken, ready, lefevre):
    base.save_policy(actor=ready, document={"billing": {"auto_issue_max": "500.00"}})

    said = signed.get("/a-facturer/lancement/?le=2026-11-24")

    assert not Invoice.objects.exists()
    # 770,00 + 154,00 ; 102,00 + 20,40
    assert [(one.pieces, str(one.gross)) for one in said.context["ready"]] == [
        (("CDE-2",), "122.40")
    ]
    assert "son montant demande un accord" in text(said)
    done = signed.post("/a-facturer/lancement/", {"le": "2026-11-24"}, follow=True)
    assert "Une facture est émise" in text(done)
    assert Invoice.objects.filter(number__isnull=False).count() == 1
    assert signed.get("/a-facturer/lancement/?le=2030-01-01").context["on"] == TODAY


def test_a_finding_is_confirmed_on_the_page_of_the_draft(signed, ready, lefevre):
    parties.set_credit_limits(actor=ready, limits={lefevre.pk: Decimal(100)})
    row = draft(ready, lefevre)
    page = signed.get(f"/factures/{row.pk}/")
    (asked,) = page.context["asked"]
    assert (asked.key, asked.link) == ("billing.credit_limit|", "Ouvrir la fiche du client")
    assert "encours de 359,76 € pour un plafond de 100,00 €" in text(page)

    refused = signed.post(f"/factures/{row.pk}/confirmer/", {"finding": asked.key, "reason": ""})
    assert refused.status_code == 422
    done = signed.post(
        f"/factures/{row.pk}/confirmer/",
        {"finding": asked.key, "reason": "Vu avec Paul"},
        follow=True,
    )

    assert "Confirmé par" in text(done)
    assert "Vu avec Paul" in text(done)
    signed.post(f"/factures/{row.pk}/emettre/")
    row.refresh_from_db()
    assert row.number == "FA-2026-000001"


def test_findings_are_said_in_english(signed, ready, lefevre):
    row = draft(ready, lefevre, line(rate="19.6"))
    User.objects.update(language="en")

    page = text(signed.get(f"/factures/{row.pk}/"))

    assert "Line 1: the VAT rate of 19.6% does not exist there" in page


def test_the_record_of_a_customer_shows_what_it_may_owe(signed, ready, lefevre):
    parties.set_credit_limits(actor=ready, limits={lefevre.pk: Decimal(500)})
    issued(ready, lefevre)

    page = signed.get(f"/clients/{lefevre.pk}/encours/")

    assert "140,24 €" in text(page)
    assert "/encours/" in text(signed.get(f"/clients/{lefevre.pk}/"))


def test_an_order_kept_back_is_let_go_from_the_list(signed, ready, lefevre, company, user):
    parties.set_credit_limits(actor=ready, limits={lefevre.pk: Decimal(100)})
    commands.import_orders(actor=ready, content=FILE, filename="commandes.csv")
    order = Order.objects.get(number="CDE-1")
    assert "encours de 924,00 € pour un plafond de 100,00 €" in text(
        signed.get("/a-facturer/?vue=en-attente")
    )

    signed.post(
        "/a-facturer/lot/", {"do": "release", "chosen": [order.pk], "reason": "Acompte reçu"}
    )

    order.refresh_from_db()
    assert order.accepted_at is not None


def test_delays_are_counted_from_the_delivery(signed, ready, lefevre):
    for day, quantity in ((20, "1"), (23, "2"), (24, "3")):
        issued(ready, lefevre, line(quantity=quantity), delivery_date=date(2026, 11, day))
    issued(ready, lefevre, line(quantity="4"))

    page = signed.get("/a-facturer/delais/")

    found = page.context["found"]
    # 4, 1 and 0 days
    assert (str(found.whole.mean), str(found.whole.median), found.whole.p90) == ("1.7", "1.0", 4)
    assert (found.whole.late, found.unknown) == (1, 1)
    file = signed.get("/a-facturer/delais/?format=csv").content.decode("utf-8-sig")
    assert "Boulangerie Lefèvre;3;1,7;1,0;4;4;1" in file
