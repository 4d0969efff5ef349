"""One receipt on its page: shared over customers, deducted, explained by an advice; payers learnt."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from assistant.conftest import customers, invoice, statement_file  # noqa: F401
from echeance.base import commands as base
from echeance.base.models import ColleagueQuestion
from echeance.base.rights import Role
from echeance.cash import commands as cash
from echeance.cash.models import Match, PayerLink, RemittanceAdvice, StatementEntry
from echeance.ledger.models import OpenItem
from echeance.parties import commands as parties
from echeance.parties.types import PartyFacts

A1, A2, B1 = "FA2026-000001", "FA2026-000002", "FA2026-000003"


@pytest.fixture
def received(actor, customers):  # noqa: F811
    """Two customers who owe 120.00 + 80.00 and 300.00, and four receipts without a reference."""
    dupont, martin = customers
    items = {
        A1: invoice(actor, dupont, A1, "120.00"),
        A2: invoice(actor, dupont, A2, "80.00"),
        B1: invoice(actor, martin, B1, "300.00"),
    }
    cash.import_statements(
        actor=actor,
        content=statement_file(
            ("500.00", "VIREMENT GROUPE", "HOLDING DU LAC", "FR1420041010050500013M02606"),
            ("118.00", "REGLEMENT MOINS FRAIS", "COMPTABILITE", ""),
            ("42.50", "DIVERS", "PERSONNE", ""),
            ("420.00", "VIR", "TRESORERIE", ""),
        ),
        filename="releve.xml",
    )
    return items


def page_of(amount):
    return f"/encaissements/lignes/{StatementEntry.objects.get(amount=Decimal(amount)).pk}/"


def lefts(*item_ids):
    return [str(OpenItem.objects.get(pk=pk).open_amount) for pk in item_ids]


def test_a_payment_is_shared_over_two_customers_and_the_payer_remembered(
    client,
    member,
    received,
    customers,  # noqa: F811
):
    client.force_login(member)
    both = "&".join(f"client={one.pk}" for one in customers)
    address = f"{page_of('500.00')}?{both}"

    shown = client.get(address).content.decode()
    client.post(
        address,
        {
            f"whole-{received[A1]}": "on",
            f"item-{received[A2]}": "80,00",
            f"item-{received[B1]}": "290",
            "kept_by": customers[1].pk,
            "remember": "on",
        },
    )

    assert "Garder le reste au compte de" in shown
    assert lefts(*received.values()) == ["0.00", "0.00", "10.00"]
    kept = OpenItem.objects.get(kind="receipt", open_amount__gt=0)
    assert (kept.party, kept.open_amount) == (customers[1], Decimal("10.00"))
    assert {link.party.name for link in PayerLink.objects.all()} == {"Dupont SA", "Garage Martin"}


def test_a_deduction_is_booked_on_the_account_of_the_policy(
    client,
    member,
    received,
    customers,  # noqa: F811
):
    client.force_login(member)
    address = f"{page_of('118.00')}?client={customers[0].pk}"

    shown = client.get(address).content.decode()
    halves = client.post(address, {f"item-{received[A1]}": "120,00", "lack_1": "2,00"})
    client.post(address, {f"item-{received[A1]}": "120,00", "kind_1": "0", "lack_1": "2,00"})

    assert "Frais bancaires (627000)" in shown
    assert "Dites de quelle déduction il s&#x27;agit." in halves.content.decode()
    match = Match.objects.get()
    assert [(one.kind, one.amount) for one in match.differences.all()] == [
        ("bank_charges", Decimal("-2.00"))
    ]
    assert lefts(received[A1]) == ["0.00"]


def test_the_next_line_opens_by_itself(client, member, received, customers):  # noqa: F811
    client.force_login(member)
    address = page_of("42.50")
    page = client.get(f"{address}?client={customers[0].pk}").content.decode()
    following = page_of("420.00")

    answer = client.post(
        f"{address}?client={customers[0].pk}", {"suivant": following.split("/")[-2]}
    )

    assert f'href="{following}"' in page
    assert (answer.status_code, answer["Location"]) == (302, following)


def searched(actor):
    """A customer that the search finds."""
    facts = PartyFacts(code="C3", name="Assurances du Lac", category="consumer")
    return parties.create_parties(actor=actor, parties=[facts])[0]


def test_the_customers_found_come_as_one_types(client, member, actor, received):
    searched(actor)
    client.force_login(member)

    found = client.get(f"{page_of('42.50')}?q=assur", headers={"HX-Request": "true"})

    text = found.content.decode()
    assert "Assurances du Lac" in text
    assert "<html" not in text


@pytest.mark.parametrize(
    ("f", "seen"),
    [
        ("42", ["42,50"]),
        ("42,50", ["42,50"]),
        ("> 400", ["500,00", "420,00"]),
        ("<100", ["42,50"]),
        ("holding lac", ["500,00"]),
        ("rien de tel", []),
    ],
)
def test_the_list_is_filtered_by_amount_or_text(client, member, received, f, seen):
    client.force_login(member)

    shown = client.get("/encaissements/", {"pile": "inconnus", "f": f}).content.decode()

    amounts = ["500,00", "118,00", "42,50", "420,00"]
    assert [one for one in amounts if f"<b>{one}\u00a0€</b>" in shown] == seen
    assert ("Aucune ligne ne répond au filtre" in shown) == (not seen)


def test_an_advice_pasted_is_shown_then_applied_in_one_step(client, member, received):
    client.force_login(member)
    address = page_of("500.00")
    pasted = f"Facture\tMontant\n{A1}\t120,00\n{A2}\t80,00\n{B1}\t300,00\nTotal\t500,00"

    shown = client.post(f"{address}avis/", {"pasted": pasted}, follow=True).content.decode()
    advice = RemittanceAdvice.objects.get()

    assert "Appliquer l'avis : 500,00\u00a0€" in shown.replace("&#x27;", "'")
    assert not Match.objects.exists()

    done = client.post(f"{address}avis/{advice.pk}/", {"line": ["2", "3", "4"]}, follow=True)

    assert "Encaissement rapproché par l'avis de règlement : 3 lignes." in (
        done.content.decode().replace("&#x27;", "'")
    )
    assert lefts(*received.values()) == ["0.00", "0.00", "0.00"]
    advice.refresh_from_db()
    assert advice.match_id == Match.objects.get().pk


def test_an_advice_that_differs_is_applied_only_once_read(client, member, received):
    client.force_login(member)
    address = page_of("420.00")
    file = SimpleUploadedFile("avis.csv", f"Facture;Montant\n{A1};120,00\nFA9;300,00".encode())

    shown = client.post(f"{address}avis/", {"file": file}, follow=True).content.decode()
    advice = RemittanceAdvice.objects.get()
    refused = client.post(f"{address}avis/{advice.pk}/")

    assert "FA9 : aucune pièce de ce numéro." in shown
    assert refused.status_code == 409
    assert not Match.objects.exists()

    client.post(f"{address}avis/{advice.pk}/", {"accept_differences": "1"})

    assert lefts(received[A1]) == ["0.00"]


@pytest.mark.parametrize(("facts", "status"), [({}, 200), ({"pasted": "Bonjour"}, 422)])
def test_an_advice_without_a_line_says_what_to_do(client, member, received, facts, status):
    client.force_login(member)

    answer = client.post(f"{page_of('42.50')}avis/", facts, follow=True)

    assert answer.status_code == status
    text = answer.content.decode()
    assert "collez" in text
    assert not RemittanceAdvice.objects.exists()


def test_payers_learnt_are_listed_forgotten_and_put_back(
    client,
    member,
    received,
    customers,  # noqa: F811
):
    client.force_login(member)
    client.post(
        f"{page_of('500.00')}?client={customers[0].pk}",
        {f"item-{received[A1]}": "120,00", "remember": "on"},
    )
    link = PayerLink.objects.get()

    page = client.get("/encaissements/payeurs/").content.decode()
    assert "Dupont SA" in page
    assert "FR14" in page
    assert "Dupont" in client.get("/encaissements/payeurs/?q=dupont").content.decode()
    assert "Aucun payeur ne répond" in client.get("/encaissements/payeurs/?q=zz").content.decode()

    forgotten = client.post("/encaissements/payeurs/oubli/", {"chosen": [link.pk]}, follow=True)
    text = forgotten.content.decode()
    assert "1 payeur oublié." in text
    assert f'action="/encaissements/payeurs/rappel/?payeur={link.pk}"' in text
    assert "Aucun payeur appris" in text

    client.post(f"/encaissements/payeurs/rappel/?payeur={link.pk}")
    assert "Dupont SA" in client.get("/encaissements/payeurs/").content.decode()


def test_a_reader_changes_nothing_here(client, user, actor, received):
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)

    assert client.get(page_of("500.00")).status_code == 200
    assert client.get("/encaissements/payeurs/").status_code == 200
    refused = client.post(f"{page_of('500.00')}avis/", {"pasted": f"{A1} 120,00"})
    assert refused.status_code == 403
    assert client.post("/encaissements/payeurs/oubli/", {"chosen": [1]}).status_code == 403


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_line_is_shared_with_the_keyboard_only(
    live_server,
    signed_in,
    page,
    actor,
    received,
):
    owed = invoice(actor, searched(actor), "FA2026-000009", "120.00")
    page.goto(f"{live_server.url}{page_of('118.00')}")
    page.keyboard.press("r")
    page.keyboard.type("assurances")
    expect(page.locator("#customers-found a")).to_contain_text("Assurances du Lac")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[data-sharing]")).to_be_visible()

    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    left = page.locator("[data-sum-left]")
    expect(left).to_have_text("0,00\u00a0€")
    page.locator(f"[name=item-{owed}]").fill("120,00")
    expect(left).to_have_text("-2,00\u00a0€")
    page.locator(f"[name=item-{owed}]").blur()
    page.keyboard.press("d")
    page.keyboard.press("F")
    page.keyboard.press("Tab")
    page.keyboard.type("2,00")
    expect(left).to_have_text("0,00\u00a0€")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text(
        "Encaissement rapproché avec Assurances du Lac."
    )
    assert lefts(owed) == ["0.00"]
    expect(page.locator("h1")).to_contain_text("42,50")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_pages_are_accessible(
    live_server,
    page,
    axe,
    received,
    actor,
    customers,  # noqa: F811
    scheme,
    size,
):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    advice = cash.receive_remittance(
        actor=actor, content=f"Facture;Montant\n{A1};120,00\nFA9;1,00\nTotal;121,00".encode()
    )
    both = "&".join(f"client={one.pk}" for one in customers)

    for address in (
        "/encaissements/?pile=inconnus",
        "/encaissements/?pile=en-attente",
        "/encaissements/?pile=a-verifier&f=zz",
        f"{page_of('500.00')}?{both}",
        f"{page_of('420.00')}?avis={advice.pk}",
        "/encaissements/payeurs/",
    ):
        page.goto(f"{live_server.url}{address}")
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"


def test_a_line_waits_until_a_day_and_comes_back(client, member, received):
    client.force_login(member)
    address = page_of("42.50")
    following = page_of("420.00")

    held = client.post(
        f"{address}attente/",
        {"until": "2026-12-01", "note": "Demandé à Paul", "suivant": following.split("/")[-2]},
        follow=True,
    )
    pile = client.get("/encaissements/?pile=en-attente").content.decode()
    queue = client.get("/encaissements/?pile=inconnus").content.decode()

    assert held.redirect_chain[0][0] == following
    text = held.content.decode().replace("&#x27;", "'")
    assert "Encaissement en attente jusqu'au 01/12/2026." in text
    assert "Demandé à Paul" in pile
    assert "42,50" not in queue
    assert "Reprendre maintenant" in client.get(address).content.decode()

    client.post(f"/encaissements/reprises/?ligne={address.split('/')[-2]}")

    assert "42,50" in client.get("/encaissements/?pile=inconnus").content.decode()


@pytest.mark.parametrize("until", ["", "hier", "2026-11-24"])
def test_a_day_that_is_not_to_come_holds_nothing(client, member, received, until):
    client.force_login(member)

    client.post(f"{page_of('42.50')}attente/", {"until": until})

    assert not StatementEntry.objects.filter(held_until__isnull=False).exists()


def test_the_flag_to_check_is_raised_and_lowered(client, member, received):
    client.force_login(member)
    address = page_of("42.50")

    client.post(f"{address}verification/", {"to_check": "1"})
    assert "PERSONNE" in client.get("/encaissements/?pile=a-verifier").content.decode()
    client.post(f"{address}verification/", {"to_check": "0"})

    assert (
        "Aucune ligne à vérifier" in client.get("/encaissements/?pile=a-verifier").content.decode()
    )


def test_a_colleague_answers_by_a_link_without_an_account(client, member, received):
    client.force_login(member)
    address = page_of("42.50")

    asked = client.post(
        f"{address}question/",
        {"email": "paul@atelier.example", "text": "Qui est-ce ?", "answer_by": "2026-12-01"},
    ).content.decode()
    link = re.search(r'value="http://testserver(/question/[^"]+)"', asked)[1]
    client.logout()
    shown = client.get(link).content.decode()
    empty = client.post(link, {"answer": " "})
    done = client.post(link, {"answer": "Un remboursement de la mutuelle."})

    assert "Qui est-ce ?" in shown
    assert "42,50" in shown
    assert "Encaissements" not in shown
    assert empty.status_code == 422
    assert "votre réponse est transmise" in done.content.decode()
    assert client.get(link).status_code == 404
    client.force_login(member)
    page = client.get(address).content.decode()
    assert "Un remboursement de la mutuelle." in page
    assert "paul@atelier.example" in page


def test_a_question_withdrawn_or_a_wrong_link_answers_nothing(client, member, received):
    client.force_login(member)
    address = page_of("42.50")
    asked = client.post(
        f"{address}question/", {"email": "paul@atelier.example", "text": "Qui est-ce ?"}
    ).content.decode()
    link = re.search(r'value="http://testserver(/question/[^"]+)"', asked)[1]
    question = ColleagueQuestion.objects.get()

    client.post(f"{address}question/{question.pk}/retrait/")

    assert client.get(link).status_code == 404
    assert client.post(link, {"answer": "Moi"}).status_code == 404
    assert client.get("/question/rien/").status_code == 404
    question.refresh_from_db()
    assert question.answer == ""


def test_an_incomplete_question_is_not_asked(client, member, received):
    client.force_login(member)

    client.post(f"{page_of('42.50')}question/", {"email": "paul", "text": "Qui ?"})

    assert not ColleagueQuestion.objects.exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_whole_queue_is_worked_through_with_the_keyboard(
    live_server,
    signed_in,
    page,
    actor,
    customers,  # noqa: F811
):
    """One proved, two between twins, one of nobody: applied, answered, set aside, undone."""
    dupont, martin = customers
    numbers = [f"FA2026-00001{n}" for n in range(5)]
    owed = [invoice(actor, dupont, numbers[0], "75.00")]
    owed += [invoice(actor, martin, number, "300.00") for number in numbers[1:5]]
    cash.import_statements(
        actor=actor,
        content=statement_file(
            ("75.00", f"VIR {numbers[0]} MERCI", "DUPONT SA", ""),
            ("300.00", "REGLEMENT", "GARAGE MARTIN", ""),
            ("300.00", "SOLDE", "GARAGE MARTIN", ""),
            ("12.34", "DIVERS", "PERSONNE", ""),
        ),
        filename="jour.xml",
    )
    toast = page.get_by_role("status")
    page.goto(f"{live_server.url}/encaissements/")

    page.keyboard.press("t")
    expect(toast).to_contain_text("1 encaissement rapproché.")
    expect(page.locator(".question")).to_have_count(2)

    page.keyboard.press("1")
    expect(page.locator(".question")).to_have_count(1)
    # The next question has the focus: Enter gives its first answer.
    page.keyboard.press("Enter")
    expect(page.locator(".question")).to_have_count(0)
    assert sorted(lefts(*owed)) == ["0.00", "0.00", "0.00", "300.00", "300.00"]

    page.keyboard.press("u")
    expect(toast).to_contain_text("1 rapprochement annulé")
    expect(page.locator(".question")).to_have_count(1)

    page.goto(f"{live_server.url}/encaissements/?pile=inconnus")
    page.keyboard.press("f")
    page.keyboard.type("99")
    expect(page.locator("#pile")).to_contain_text("Aucune ligne ne répond au filtre")
    page.keyboard.press("Control+A")
    page.keyboard.type("12,34")
    expect(page.locator(".question")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(toast).to_contain_text("Encaissement mis de côté")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_question_and_its_link_are_accessible(live_server, page, axe, received, actor, size):
    entry = StatementEntry.objects.get(amount=Decimal("42.50"))
    _, secret = base.ask_colleague(
        actor=actor, subject=f"statement_entry:{entry.pk}", text="Qui ?", email="a@b.example"
    )
    cash.hold_entries(actor=actor, entry_ids=[entry.pk], until=date(2026, 12, 1), note="Paul")
    page.set_viewport_size({"width": size[0], "height": size[1]})

    for address in (f"/question/{secret}/", page_of("42.50"), "/encaissements/?pile=en-attente"):
        page.goto(f"{live_server.url}{address}")
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"
