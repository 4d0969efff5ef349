"""Relevés: a file of any bank is taken in, or waits with its question, on a page of its own."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cash.test_intake import CSV, IBAN, mt940
from echeance.cash import commands as cash
from echeance.cash.models import BankAccount, HeldFile, StatementEntry
from echeance.core.bank.errors import LayoutNeededError


@pytest.fixture
def account(actor):
    return cash.add_bank_account(actor=actor, name="Courant", iban=IBAN)


def upload(client, content, name="releve.txt"):
    return client.post(
        "/encaissements/releves/", {"file": SimpleUploadedFile(name, content)}, follow=True
    )


def test_a_proved_statement_is_taken_in_and_its_proof_told(client, member, account):
    client.force_login(member)
    upload(client, mt940(("261102", 100, "A", "VIR DUPONT"), opening=0, closing=100))

    shown = client.get("/encaissements/releves/").content.decode()

    assert "soldes prouvés" in shown
    assert StatementEntry.objects.get().amount == Decimal("100.00")
    assert "100,00\u00a0€" in client.get("/encaissements/comptes/").content.decode()


def test_a_file_without_proof_waits_for_a_yes(client, member, account):
    client.force_login(member)
    shown = upload(client, CSV.encode(), "releve.csv").content.decode()
    held = HeldFile.objects.get()
    assert "compte" in shown

    page = client.post(
        f"/encaissements/fichiers/{held.pk}/", {"account": account.pk}, follow=True
    ).content.decode()
    assert "Importer sans preuve" in page
    client.post(f"/encaissements/fichiers/{held.pk}/", {"confirmed": "cash.unproved_statement"})

    assert StatementEntry.objects.count() == 2
    assert "sans preuve" in client.get("/encaissements/releves/").content.decode()
    assert "Aucun fichier en attente" in client.get("/encaissements/fichiers/").content.decode()


def test_columns_in_doubt_are_shown_and_confirmed_once(client, member, account):
    client.force_login(member)
    content = b"Date;Libelle;Montant\n03/04/2026;VIR DUPONT;120,50\n"
    assert "Dire ce que sont ses colonnes" in upload(client, content, "a.csv").content.decode()
    held = HeldFile.objects.get()
    address = f"/encaissements/fichiers/{held.pk}/colonnes/"
    assert "VIR DUPONT" in client.get(address).content.decode()

    client.post(
        address,
        {
            "account": account.pk,
            "date": 0,
            "label": 1,
            "amount": 2,
            "date_format": "%d/%m/%Y",
            "decimal_mark": ",",
        },
    )
    client.post(f"/encaissements/fichiers/{held.pk}/", {"confirmed": "cash.unproved_statement"})

    entry = StatementEntry.objects.get()
    assert (entry.booking_date.isoformat(), entry.amount) == ("2026-04-03", Decimal("120.50"))
    assert BankAccount.objects.get().file_layout["amount"] == 2


def test_columns_that_say_no_amount_are_refused_on_the_form(client, member, account):
    client.force_login(member)
    upload(client, b"Date;Libelle;Montant\n03/04/2026;X;1,00\n", "a.csv")
    held = HeldFile.objects.get()

    answer = client.post(
        f"/encaissements/fichiers/{held.pk}/colonnes/",
        {"account": account.pk, "date": 0, "date_format": "%d/%m/%Y", "decimal_mark": ","},
    )

    assert answer.status_code == 422
    assert "Donnez la colonne du montant" in answer.content.decode()


def test_a_file_is_set_apart_with_what_was_done(client, member, account):
    client.force_login(member)
    upload(client, b"%PDF-1.7", "x.pdf")
    held = HeldFile.objects.get()

    client.post(f"/encaissements/fichiers/{held.pk}/suite/", {"resolution": "envoyé par erreur"})

    held.refresh_from_db()
    assert held.resolution == "envoyé par erreur"
    page = client.get(f"/encaissements/fichiers/{held.pk}/").content.decode()
    assert "Essayer de nouveau" not in page


def test_an_account_shows_its_curve_its_gaps_and_is_closed(client, member, actor, account):
    for content in (
        mt940(opening=0, closing=0, first="261101", last="261102"),
        mt940(opening=70, closing=70, first="261105", last="261106"),
    ):
        cash.import_statements(actor=actor, content=content, filename="r")
    client.force_login(member)

    page = client.get(f"/encaissements/comptes/{account.pk}/").content.decode()
    assert 'points="0,120 600,120 600,0"' in page
    assert "il manque 70,00\u00a0€ de mouvements" in page

    client.post(f"/encaissements/comptes/{account.pk}/cloture/")
    assert "clos" in client.get("/encaissements/comptes/").content.decode()


def test_files_of_another_company_are_not_found(client, member, actor):
    client.force_login(member)

    assert client.get("/encaissements/fichiers/999/").status_code == 404
    assert client.get("/encaissements/comptes/999/").status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("scheme", "size"), [("light", (1280, 900)), ("dark", (390, 844))], ids=["desktop", "phone"]
)
def test_the_pages_are_accessible(live_server, page, axe, actor, account, signed_in, scheme, size):
    cash.import_statements(
        actor=actor,
        content=mt940(opening=0, closing=0, first="261101", last="261102"),
        filename="r1",
    )
    cash.import_statements(
        actor=actor,
        content=mt940(opening=70, closing=70, first="261105", last="261106"),
        filename="r2",
    )
    held = cash.hold_file(
        actor=actor,
        content=b"Date;Libelle;Montant\n03/04/2026;X;1,00\n",
        filename="releve-de-la-banque-2026.csv",
        error=LayoutNeededError(doubts="le jour et le mois des dates peuvent s'échanger"),
    )
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)

    for address in (
        "/encaissements/releves/",
        "/encaissements/comptes/",
        f"/encaissements/comptes/{account.pk}/",
        "/encaissements/fichiers/",
        f"/encaissements/fichiers/{held.pk}/",
        f"/encaissements/fichiers/{held.pk}/colonnes/",
    ):
        page.goto(f"{live_server.url}{address}")
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"
