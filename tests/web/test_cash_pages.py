"""Encaissements: the piles, a question answered by key, a payment shared by hand, exact undo."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from assistant.conftest import IBAN, customers, invoice, statement_file  # noqa: F401
from echeance.base import commands as base
from echeance.base.models import WorkItem
from echeance.base.rights import Role
from echeance.cash import commands as cash
from echeance.cash import queries
from echeance.cash.models import BankAccount, Match, Statement, StatementEntry
from echeance.ledger.models import OpenItem
from echeance.parties import commands as parties
from echeance.parties.types import PartyFacts

SURE, TWIN, NOBODY = "FA2026-000001", "FA2026-000002", "FA2026-000003"


@pytest.fixture
def received(actor, customers):  # noqa: F811
    """A payment that proves itself, one that hesitates between twins, one of nobody."""
    dupont, martin = customers
    items = {
        SURE: invoice(actor, dupont, SURE, "120.00"),
        TWIN: invoice(actor, martin, TWIN, "300.00"),
        NOBODY: invoice(actor, martin, NOBODY, "300.00"),
    }
    cash.import_statements(
        actor=actor,
        content=statement_file(
            ("120.00", f"VIR {SURE} MERCI", "DUPONT SA", ""),
            ("300.00", "REGLEMENT", "GARAGE MARTIN", ""),
            ("74.30", "REMBOURSEMENT", "ASSURANCES DU LAC", ""),
        ),
        filename="releve.xml",
    )
    cash.propose_matches(actor=actor)
    return items


def entry_of(amount):
    return StatementEntry.objects.get(amount=Decimal(amount))


def left(item_id):
    return OpenItem.objects.get(pk=item_id).open_amount


def test_each_receipt_stands_in_its_pile(client, member, received):
    client.force_login(member)

    asked = client.get("/encaissements/").content.decode()
    unknown = client.get("/encaissements/?pile=inconnus").content.decode()

    assert "Appliquer 1\u00a0encaissement" in asked
    assert "2 documents ouverts de ce client font 300,00\u00a0€" in asked
    assert f"Solder {TWIN} (300,00\u00a0€)" in asked
    assert "ASSURANCES DU LAC" not in asked
    assert "ASSURANCES DU LAC" in unknown
    assert 'aria-current="page"' in unknown


def test_what_is_proved_is_applied_and_undone_with_its_count(client, member, received):
    client.force_login(member)

    client.post("/encaissements/rapprochements/", {"entry": [entry_of("120.00").pk]})

    match = Match.objects.get()
    assert (left(received[SURE]), match.accepted_by) == (0, "lea@atelier-morel.example")
    shown = client.get("/encaissements/?pile=appliques").content.decode()
    assert f"{SURE} (120,00\u00a0€)" in shown
    assert f'action="/encaissements/annulations/?match={match.pk}"' in shown

    undone = client.post("/encaissements/annulations/", {"chosen": [match.pk]}, follow=True)

    assert "1 rapprochement annulé" in undone.content.decode()
    assert left(received[SURE]) == Decimal("120.00")


def test_a_doubtful_receipt_is_never_applied_with_the_sure_ones(client, member, received):
    client.force_login(member)

    answer = client.post(
        "/encaissements/rapprochements/", {"entry": [entry_of("300.00").pk]}, follow=True
    )

    assert "ne sont plus sûrs" in answer.content.decode()
    assert not Match.objects.exists()


def test_an_answer_settles_the_document_chosen_and_closes_the_question(client, member, received):
    entry = entry_of("300.00")
    client.force_login(member)

    client.post(
        f"/encaissements/lignes/{entry.pk}/reponse/", {"answer": f"{received[NOBODY]}=300.00"}
    )

    assert (left(received[TWIN]), left(received[NOBODY])) == (Decimal("300.00"), 0)
    assert WorkItem.objects.get(key=f"cash.match:{entry.pk}").closed_at


def test_a_receipt_is_set_aside_and_comes_back(client, member, actor, received):
    entry = entry_of("74.30")
    client.force_login(member)

    client.post(f"/encaissements/lignes/{entry.pk}/reponse/", {"answer": "set_aside"})
    aside = client.get("/encaissements/?pile=de-cote").content.decode()
    client.post(f"/encaissements/annulations/?match={Match.objects.get().pk}")

    assert "ASSURANCES DU LAC" in aside
    assert entry in queries.entries_to_match(actor=actor)


@pytest.mark.parametrize("answer", ["", "=", "12", "x=1.00", "1=abc", "9999=1.00"])
def test_an_invented_answer_changes_nothing(client, member, received, answer):
    entry = entry_of("300.00")
    client.force_login(member)

    refused = client.post(f"/encaissements/lignes/{entry.pk}/reponse/", {"answer": answer})

    assert refused.status_code in {404, 422}
    assert not Match.objects.exists()


def test_a_payment_is_shared_by_hand_and_the_rest_stays_on_the_account(
    client,
    member,
    received,
    customers,  # noqa: F811
):
    entry, martin = entry_of("300.00"), customers[1]
    client.force_login(member)
    address = f"/encaissements/lignes/{entry.pk}/"

    too_much = client.post(f"{address}?client={martin.pk}", {f"item-{received[TWIN]}": "300,01"})
    assert too_much.status_code == 422
    assert "Il n&#x27;y reste que 300,00\u00a0€." in too_much.content.decode()
    assert not Match.objects.exists()

    client.post(
        f"{address}?client={martin.pk}",
        {f"item-{received[TWIN]}": "200,00", f"item-{received[NOBODY]}": "50,50"},
    )

    assert (left(received[TWIN]), left(received[NOBODY])) == (Decimal("100.00"), Decimal("249.50"))
    receipt = OpenItem.objects.get(kind="receipt")
    assert (receipt.party, receipt.open_amount) == (martin, Decimal("49.50"))
    assert "Annuler ce rapprochement" in client.get(address).content.decode()


def test_the_customer_of_a_payment_is_searched_by_name(client, member, actor, received):
    [found] = parties.create_parties(
        actor=actor, parties=[PartyFacts(code="C3", name="Assurances du Lac", category="consumer")]
    )
    client.force_login(member)

    # The name that the bank gives is looked for first.
    page = client.get(f"/encaissements/lignes/{entry_of('74.30').pk}/").content.decode()

    assert f'href="?client={found.pk}"' in page


def test_a_statement_is_taken_in_once_and_its_questions_opened(client, member, customers):  # noqa: F811
    client.force_login(member)
    content = statement_file(("10.00", "DON", "INCONNU", ""))

    def send():
        file = SimpleUploadedFile("releve.xml", content)
        return client.post("/encaissements/releves/", {"file": file}, follow=True)

    assert "Compte courant : 1 ligne nouvelle." in send().content.decode()
    assert WorkItem.objects.filter(kind="cash.match").count() == 1
    again = send()
    assert (again.status_code, Statement.objects.count()) == (409, 1)
    assert "a déjà été importé" in again.content.decode()
    assert "releve.xml" in client.get("/encaissements/releves/").content.decode()


def test_an_account_is_declared_with_a_right_iban_only(client, member):
    client.force_login(member)
    facts = {
        "name": "Livret",
        "iban": "FR76 3000 6000 0112 3456 7890 188",
        "ledger_account": "512100",
    }

    wrong = client.post("/encaissements/comptes/", facts)
    assert wrong.status_code == 422
    assert not BankAccount.objects.exists()

    client.post("/encaissements/comptes/", facts | {"iban": IBAN})

    assert BankAccount.objects.get().iban == IBAN
    assert "FR76" in client.get("/encaissements/comptes/").content.decode()


def test_a_reader_sees_the_piles_and_changes_nothing(client, user, actor, received):
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)
    entry = entry_of("74.30")

    assert client.get("/encaissements/").status_code == 200
    refused = client.post(f"/encaissements/lignes/{entry.pk}/reponse/", {"answer": "set_aside"})

    assert refused.status_code == 403
    assert not Match.objects.exists()


def test_an_empty_company_is_told_what_to_do_first(client, member):
    client.force_login(member)

    page = client.get("/encaissements/").content.decode()

    assert "Aucun relevé pour le moment" in page
    assert "Importer un relevé" in page


def test_the_page_costs_the_same_whatever_the_number_of_receipts(
    client, member, received, actor, django_assert_num_queries
):
    client.force_login(member)
    client.get("/encaissements/")
    cash.import_statements(
        actor=actor,
        content=statement_file(
            *((f"{n}.00", "SANS REFERENCE", "GARAGE MARTIN", "") for n in range(1, 9)),
            opening="1494.30",
            day=date(2026, 11, 24),
            number="2",
        ),
        filename="suite.xml",
    )

    with django_assert_num_queries(23):
        client.get("/encaissements/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_keyboard_answers_a_question_and_undoes_it(live_server, signed_in, page, received):
    page.goto(f"{live_server.url}/encaissements/")

    page.keyboard.press("j")
    page.keyboard.press("2")

    toast = page.get_by_role("status")
    expect(toast).to_contain_text("Encaissement rapproché.")
    assert left(received[NOBODY]) == 0
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(toast).to_contain_text("1 rapprochement annulé")
    assert left(received[NOBODY]) == Decimal("300.00")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_pages_are_accessible(live_server, page, axe, received, actor, scheme, size):
    cash.accept_proved(actor=actor, entry_ids=[entry_of("120.00").pk])
    entry, martin = entry_of("300.00"), OpenItem.objects.get(pk=received[TWIN]).party_id
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)

    for address in (
        "/encaissements/",
        "/encaissements/?pile=appliques",
        f"/encaissements/lignes/{entry.pk}/",
        f"/encaissements/lignes/{entry.pk}/?client={martin}",
        "/encaissements/releves/",
        "/encaissements/comptes/",
    ):
        page.goto(f"{live_server.url}{address}")
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"
