"""Virements et prélèvements: prepared by one person, approved by another, given by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cash.desk import Desk
from cash.test_bills import bill
from cash.test_campaigns import confirmed, debits, mandate, through, transfers
from cash.test_payment_status import answer
from echeance.base import clock
from echeance.base import commands as base
from echeance.base import queries as base_queries
from echeance.base.rights import Role
from echeance.cash import commands as cash
from echeance.cash.models import BankAccount, BillOfExchange, PaymentCampaign, PaymentInstruction
from echeance.core.bank.pain_reader import read_pain001

SEVE = "DE89370400440532013000"


@pytest.fixture
def desk(actor) -> Desk:
    return Desk(actor)


@pytest.fixture
def lea(member, company):
    return base_queries.actor_for(user=member, company_id=company.pk)


@pytest.fixture
def paul(company, actor):
    user = base.create_user(email="paul@atelier-morel.example", full_name="Paul", password="x")
    base.give_role(actor=actor, user=user, role=Role.TREASURER)
    return user


@pytest.fixture
def owed(desk, lea):
    """A supplier with a confirmed account, and a customer to debit whose mandate is alive."""
    desk.purchase("S-1", "05/10", "1000.00")
    confirmed(desk, lea, "S", SEVE)
    desk.service("F-1", "01/10", "31/10")
    mandate(desk, lea)


def text_of(response):
    return unescape(response.content.decode()).replace("\u202f", " ").replace("\xa0", " ")


def test_transfers_go_from_one_person_to_the_other_then_to_the_bank(
    client, member, desk, owed, paul
):
    client.force_login(member)
    made = client.post(
        "/campagnes/nouvelle/",
        {
            "kind": "transfer",
            "account": desk.accounts[0].pk,
            "execution_date": "2026-11-26",
            "entry_option": "3",
        },
    )
    row = PaymentCampaign.objects.get()
    address = f"/campagnes/{row.pk}/"
    assert made.headers["Location"] == address
    page = text_of(client.get(address))
    assert "S-1 (1 200,00 €)" in page
    assert "Proposer à l'approbation" in page
    assert "Faire le fichier" not in page

    proposed = text_of(client.post(f"{address}proposition/", follow=True))
    assert "une autre personne doit l'approuver" in proposed
    assert f'action="{address}approbation/"' not in proposed
    assert client.post(f"{address}approbation/").status_code == 403

    client.force_login(paul)
    assert f'action="{address}approbation/"' in text_of(client.get(address))
    client.post(f"{address}approbation/")
    refused = client.get(f"{address}fichier/")
    assert refused.status_code == 409
    page = text_of(client.post(f"{address}remise/", follow=True))
    assert "Télécharger le fichier" in page
    file = client.get(f"{address}fichier/")

    assert file.headers["Content-Disposition"] == f'attachment; filename="{row.reference}.xml"'
    [order] = read_pain001(file.content)
    assert order.total == Decimal("1200.00")
    assert client.get(f"{address}fichier/").content == file.content


def test_an_excluded_line_says_why_and_is_taken_back_once_cured(client, member, desk, lea):
    desk.purchase("S-1", "05/10")
    row = transfers(desk, lea)
    client.force_login(member)
    address = f"/campagnes/{row.pk}/"

    page = text_of(client.get(address))
    assert "aucun de ses comptes n'est confirmé par une seconde personne." in page
    assert "Aucun ordre ne partira" in page
    assert "Proposer" not in page

    account = confirmed(desk, lea, "S", SEVE)
    line = PaymentInstruction.objects.get()
    client.post(f"{address}lignes/", {"line": line.pk, "include": "1", "account": account.pk})
    assert PaymentInstruction.objects.get().status == "waiting"
    client.post(f"{address}lignes/", {"line": line.pk, "include": "0"})
    assert PaymentInstruction.objects.get().status_text == "exclu par une personne."
    assert client.post(f"{address}lignes/", {"line": "x"}).status_code == 404


def test_a_short_notice_is_asked_about(client, member, desk, lea, owed):
    row = debits(desk, lea)
    client.force_login(member)
    address = f"/campagnes/{row.pk}/"

    asked = client.post(f"{address}proposition/")
    assert asked.status_code == 409
    assert "préavis de 14 jours avant le 10/12/2026" in text_of(asked)
    assert PaymentCampaign.objects.get().state == "draft"
    assert client.post(f"{address}preavis/", {"on": "2026-11-24"}).status_code == 302
    assert "préavis du 24/11/2026" in text_of(client.get(address))
    client.post(f"{address}proposition/")

    assert PaymentCampaign.objects.get().state == "proposed"


def test_the_list_says_what_waits_for_approval(client, member, desk, lea, owed):
    row = transfers(desk, lea)
    cash.propose_campaign(actor=lea, campaign_id=row.pk)
    client.force_login(member)

    page = text_of(client.get("/campagnes/"))

    assert "À approuver : 1 campagne" in page
    assert row.reference in page
    assert "1 200,00 €" in page
    assert "Virements et prélèvements" in text_of(client.get("/encaissements/"))


def test_an_empty_list_says_what_to_do(client, member):
    client.force_login(member)

    assert "Aucune campagne" in text_of(client.get("/campagnes/"))
    assert "Aucun compte bancaire avec un IBAN" in text_of(client.get("/campagnes/nouvelle/"))
    assert "Aucun effet" in text_of(client.get("/campagnes/effets/"))


def test_the_answer_of_the_bank_is_read(client, member, desk, lea, paul, owed, company):
    row = transfers(desk, lea)
    through(row, lea, base_queries.actor_for(user=paul, company_id=company.pk))
    client.force_login(member)
    content = answer(row.reference, orders=[(f"{row.reference}-1", "RJCT", "AC04")])

    nothing = client.post("/campagnes/reponse/", follow=True)
    assert "Choisissez le fichier" in text_of(nothing)
    read = client.post(
        "/campagnes/reponse/", {"file": SimpleUploadedFile("reponse.xml", content)}, follow=True
    )

    assert f"Réponse à {row.reference} : 0 ordres acceptés, 1 rejetés" in text_of(read)
    page = text_of(client.get(f"/campagnes/{row.pk}/"))
    assert "Compte clos. Arrêtez le mandat et appelez le client." in page


def test_the_lines_of_the_bank_are_explained_from_the_campaign(
    client, member, desk, lea, paul, owed, company
):
    row = transfers(desk, lea)
    through(row, lea, base_queries.actor_for(user=paul, company_id=company.pk))
    desk.line("-1200.00", "26/11", references=[f"{row.reference}-1"])
    desk.line("-5.00", "26/11", references=["FRAIS-1"])
    client.force_login(member)
    address = f"/campagnes/{row.pk}/"
    assert "Lignes de banque qui citent cette campagne" in text_of(client.get(address))

    with clock.at(datetime(2026, 11, 27, 9, 0, tzinfo=UTC)):
        done = client.post(f"{address}rapprochement/", follow=True)

    assert "1 ligne de banque rapprochée." in text_of(done)
    assert PaymentInstruction.objects.get().status == "executed"
    assert "qui citent" not in text_of(client.get(address))


def test_identifiers_of_the_bank_are_checked(client, member, desk):
    client.force_login(member)
    address = f"/encaissements/comptes/{desk.accounts[0].pk}/identifiants/"

    wrong = client.post(address, {"creditor_id": "FR00ZZZ123456"}, follow=True)
    assert "Identifiant refusé" in text_of(wrong)
    client.post(address, {"creditor_id": "FR72ZZZ123456", "issuer_number": "123456"})

    account = BankAccount.objects.get(pk=desk.accounts[0].pk)
    assert (account.creditor_id, account.issuer_number) == ("FR72ZZZ123456", "123456")


def test_a_reader_sees_and_changes_nothing(client, user, actor, desk, company):
    desk.purchase("S-1", "05/10")
    row = transfers(desk, actor)
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)
    address = f"/campagnes/{row.pk}/"

    page = text_of(client.get(address))
    assert '<form method="post" action="/campagnes' not in page
    for act in ("proposition", "approbation", "retrait", "remise", "annulation", "lignes"):
        assert client.post(f"{address}{act}/", {"line": "1"}).status_code == 403
    assert PaymentCampaign.objects.get().state == "draft"


def test_a_bill_is_recorded_then_given_back(client, member, desk):
    item = desk.goods("F-1", "01/10", "31/10")
    client.force_login(member)
    page = text_of(client.get(f"/campagnes/effets/?client={desk.parties['A']}"))
    assert "F-1 · 120,00 €" in page
    facts = {
        "kind": "lcr",
        "accepted": "on",
        "items": [item],
        "created_on": "2026-11-20",
        "due_date": "2026-12-31",
        "iban": "FR14 2004 1010 0505 0001 3M02 606",
    }
    wrong = client.post(f"/campagnes/effets/?client={desk.parties['A']}", facts | {"iban": "FR00"})
    assert wrong.status_code == 422
    client.post(f"/campagnes/effets/?client={desk.parties['A']}", facts)

    row = BillOfExchange.objects.get()
    assert (row.amount, row.state) == (Decimal("120.00"), "held")
    assert "En portefeuille" in text_of(client.get("/campagnes/effets/"))
    client.post(f"/campagnes/effets/{row.pk}/issue/", {"end": "cancelled"})
    assert BillOfExchange.objects.get().state == "cancelled"
    assert desk.lefts(item) == ["120.00"]


def test_a_campaign_costs_the_same_whatever_its_lines(
    client, member, desk, lea, owed, django_assert_max_num_queries
):
    row = transfers(desk, lea)
    client.force_login(member)
    client.get("/campagnes/")

    with django_assert_max_num_queries(14):
        client.get(f"/campagnes/{row.pk}/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_pages_are_accessible(live_server, page, axe, desk, lea, paul, owed, scheme, size):
    desk.post("AC B-1 05/10", "401000 C10.00 B; 607000 D10.00")
    draft = transfers(desk, lea)
    debit = debits(desk, lea)
    bill(desk, {desk.goods("F-7", "01/10", "31/10"): "120.00"})
    remittance = cash.prepare_bills(
        actor=lea, account_id=desk.accounts[0].pk, remitted_on=date(2026, 11, 24)
    )
    cash.propose_campaign(actor=lea, campaign_id=remittance.pk)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)

    for address in (
        "/campagnes/",
        "/campagnes/nouvelle/",
        f"/campagnes/{draft.pk}/",
        f"/campagnes/{debit.pk}/",
        f"/campagnes/{remittance.pk}/",
        "/campagnes/effets/",
        f"/campagnes/effets/?client={desk.parties['A']}",
    ):
        page.goto(f"{live_server.url}{address}")
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"
