# ruff: noqa: F401, F811  the fixtures of billing are imported, then asked for by name
"""Pages of customers: found, corrected, and their account as the ledger has it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from billing.conftest import issued, lefevre, line, ready
from echeance.base import commands as base
from echeance.base.rights import Role
from echeance.collection import commands as collection
from echeance.collection.types import DisputeReason
from echeance.ledger import queries as ledger
from echeance.parties import commands, queries
from echeance.parties.models import Contact, Party, PartyBankAccount
from echeance.parties.types import ContactFacts, PartyFacts
from web.test_billing_pages import paid

HTMX = {"HX-Request": "true"}
FORM = {
    "code": "C9",
    "name": "Hôtel des Pins",
    "category": "professional",
    "language": "fr",
    "country": "FR",
    "payment_terms": "45 jours fin de mois",
    "siren": "404 833 048",
}


@pytest.fixture
def signed(client, member):
    """Léa's session."""
    client.force_login(member)
    return client


@pytest.fixture
def colleague(actor):
    """Noé, who may do everything too."""
    noe = base.create_user(email="noe@atelier-morel.example", full_name="Noé Blanc", password="x")
    base.give_role(actor=actor, user=noe, role=Role.ADMINISTRATOR)
    return noe


@pytest.fixture
def zen(ready) -> Party:
    """A second customer."""
    return commands.create_parties(actor=ready, parties=[PartyFacts("C2", "Atelier Zen")])[0]


# -- the list -------------------------------------------------------------------------------------


def test_customers_are_listed_by_name_and_found_by_any_word(signed, lefevre, zen):
    names = [row.name for row, _ in signed.get("/clients/").context["rows"]]
    found = [row.name for row, _ in signed.get("/clients/?q=lefevre+marseille").context["rows"]]

    assert names == ["Atelier Zen", "Boulangerie Lefèvre"]
    assert found == ["Boulangerie Lefèvre"]


def test_closed_customers_are_only_in_the_list_of_all(signed, ready, lefevre, zen):
    commands.close_parties(actor=ready, party_ids=[zen.pk])

    assert [row.pk for row, _ in signed.get("/clients/").context["rows"]] == [lefevre.pk]
    assert [row.pk for row, _ in signed.get("/clients/?clos=oui").context["rows"]] == [
        zen.pk,
        lefevre.pk,
    ]


def test_the_list_costs_the_same_queries_whatever_its_length(
    signed, ready, lefevre, django_assert_num_queries
):
    with django_assert_num_queries(6):
        signed.get("/clients/")
    commands.create_parties(
        actor=ready, parties=[PartyFacts(f"D{n}", f"Client {n}") for n in range(40)]
    )
    with django_assert_num_queries(6):
        signed.get("/clients/")


def test_what_each_owes_is_filled_in_from_the_ledger(
    signed, ready, lefevre, zen, django_assert_num_queries
):
    issued(ready, lefevre, line(price="100"), on=date(2026, 9, 14))
    issued(ready, lefevre, line(price="50"))

    with django_assert_num_queries(6):
        cells = signed.get(f"/clients/soldes/?client={lefevre.pk}&client={zen.pk}", headers=HTMX)

    text = cells.content.decode().replace("\u202f", " ").replace("\u00a0", " ")
    assert f'hx-target="#due-{lefevre.pk}" hx-swap="innerHTML"><b>360,00 €</b>' in text
    assert "360,00 € dus sur cette page, dont 240,00 € échus" in text
    whole = signed.get(f"/clients/soldes/?client={lefevre.pk}").content.decode()
    assert "Boulangerie Lefèvre" in whole
    assert "<html" in whole


def test_customers_leave_as_a_file_that_the_import_reads_back(signed, ready, lefevre):
    answer = signed.get("/clients/export/?format=csv")

    report = commands.import_parties(
        actor=ready, content=answer.content, filename="clients.csv", dry_run=True
    )
    assert (report.rows, report.unchanged, report.problems) == (1, 1, ())


# -- the account ----------------------------------------------------------------------------------


@pytest.fixture
def account(ready, lefevre):
    """Lefèvre owes 240 late and 480 less 80 paid; 120 came without an invoice."""
    late = issued(ready, lefevre, line(price="100"), on=date(2026, 9, 14))
    part = issued(ready, lefevre, line(price="200"), on=date(2026, 11, 2))
    paid(ready, part, "80.00", date(2026, 11, 20))
    return late, part


def test_the_account_adds_up_line_by_line(signed, lefevre, account):
    context = signed.get(f"/clients/{lefevre.pk}/compte/").context

    assert [
        (
            line.item.document_ref,
            line.item.open_amount,
            line.balance,
            line.days_late,
            bool(document),
        )
        for line, document in context["lines"]
    ] == [
        (account[0].number, Decimal("240.00"), Decimal("240.00"), 41, True),
        (account[1].number, Decimal("400.00"), Decimal("640.00"), 0, True),
    ]
    figures = context["account"]
    assert (figures.due, figures.overdue) == (Decimal("640.00"), Decimal("240.00"))
    assert (figures.receipts, figures.credits) == (Decimal(0), Decimal(0))


def test_the_account_stands_as_it_did_on_a_past_day(signed, ready, lefevre, account):
    before_payment = signed.get(f"/clients/{lefevre.pk}/compte/?le=2026-11-19").context["account"]
    in_october = signed.get(f"/clients/{lefevre.pk}/compte/?le=2026-10-14").context["account"]

    assert (before_payment.due, before_payment.overdue) == (Decimal("720.00"), Decimal("240.00"))
    assert (in_october.due, in_october.overdue) == (Decimal("240.00"), Decimal(0))
    assert in_october.balance == ledger.party_balances(
        actor=ready, party_ids=[lefevre.pk], on=date(2026, 10, 14)
    )[lefevre.pk]  # fmt: skip


def test_the_statement_of_account_is_a_file_with_its_running_balance(signed, lefevre, account):
    answer = signed.get(f"/clients/{lefevre.pk}/releve/?format=csv&le=2026-11-24")

    _, first, second = answer.content.decode("utf-8-sig").splitlines()
    assert first == f"{account[0].number};2026-09-14;2026-10-14;;240,00;240,00;240,00;41"
    assert second == f"{account[1].number};2026-11-02;2026-12-02;;480,00;400,00;640,00;"
    assert answer["Content-Disposition"] == 'attachment; filename="releve-C001-2026-11-24.csv"'


def test_what_a_merged_customer_owed_is_in_the_account_of_the_one_that_stays(
    signed, ready, lefevre, zen, account
):
    commands.merge_parties(actor=ready, party_id=lefevre.pk, into_id=zen.pk)

    figures = signed.get(f"/clients/{zen.pk}/compte/").context["account"]
    moved = signed.get(f"/clients/{lefevre.pk}/")

    assert figures.due == Decimal("640.00")
    assert moved["Location"] == f"/clients/{zen.pk}/"


def test_the_account_costs_the_same_queries_whatever_is_open(
    signed, ready, lefevre, django_assert_num_queries
):
    address = f"/clients/{lefevre.pk}/compte/"
    issued(ready, lefevre)
    with django_assert_num_queries(7):
        signed.get(address, headers=HTMX)
    for _ in range(12):
        issued(ready, lefevre)
    with django_assert_num_queries(7):
        signed.get(address, headers=HTMX)


def test_the_page_of_a_customer_costs_few_queries(signed, lefevre, django_assert_num_queries):
    with django_assert_num_queries(14):
        signed.get(f"/clients/{lefevre.pk}/")


def test_disputed_and_promised_amounts_join_the_figures_of_the_account(
    signed, ready, lefevre, account
):
    (item,) = ledger.items_of_document(actor=ready, document_refs=[account[0].number])[
        account[0].number
    ]
    collection.open_dispute(
        actor=ready,
        item_id=item.item_id,
        reason_code=DisputeReason.PU_ERR,
        amount=Decimal("100.00"),
    )

    page = signed.get(f"/clients/{lefevre.pk}/compte/").content.decode()
    figures = signed.get(f"/relances/clients/{lefevre.pk}/chiffres/", headers=HTMX).content.decode()

    assert f'hx-get="/relances/clients/{lefevre.pk}/chiffres/"' in page
    assert "100,00" in figures
    assert "Promis" in figures


# -- what a person corrects -----------------------------------------------------------------------


def test_a_customer_is_created_from_a_form(signed, ready):
    answer = signed.post("/clients/nouveau/", FORM)

    party = Party.objects.get()
    assert answer["Location"] == f"/clients/{party.pk}/"
    assert (party.siren, party.payment_terms) == ("404833048", "fdm45")
    assert party.electronic_address == "0225:404833048"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("siren", "404 833 047", "clé de contrôle"),
        ("payment_terms", "un jour", "un jour"),
        ("code", "C001", "déjà celui d'un tiers"),
        ("country", "ZZ", "deux lettres"),
    ],
)
def test_each_problem_comes_back_beside_its_field_and_nothing_is_written(
    signed, lefevre, field, value, told
):
    answer = signed.post("/clients/nouveau/", FORM | {field: value})

    assert answer.status_code == 422
    assert told in " ".join(answer.context["form"].errors[field])
    assert Party.objects.count() == 1


def test_a_corrected_customer_keeps_its_history(signed, lefevre):
    form = signed.get(f"/clients/{lefevre.pk}/modifier/").context["form"]

    signed.post(f"/clients/{lefevre.pk}/modifier/", form.initial | {"city": "Aubagne"})

    lefevre.refresh_from_db()
    assert lefevre.city == "Aubagne"
    last = signed.get(f"/clients/{lefevre.pk}/").context["history"][0]
    assert (last.title, last.texts) == (
        "Fiche modifiée",
        ["Ville : « Marseille » devient « Aubagne »"],
    )


def test_a_contact_is_added_corrected_and_retired(signed, ready, lefevre):
    Contact.objects.all().delete()
    address = f"/clients/{lefevre.pk}/contacts/"

    signed.post(f"{address}nouveau/", {"purpose": "billing", "email": "compta@lefevre.example"})
    contact = Contact.objects.get()
    commands.flag_bounced(
        actor=ready, emails=["compta@lefevre.example"], at=ready.company.created_at
    )
    assert "corrigez l'adresse" in signed.get(f"/clients/{lefevre.pk}/").content.decode()

    signed.post(
        f"{address}{contact.pk}/", {"purpose": "billing", "email": "factures@lefevre.example"}
    )
    contact.refresh_from_db()
    assert (contact.email, contact.bounced_at) == ("factures@lefevre.example", None)

    signed.post(f"{address}{contact.pk}/retirer/")
    assert not queries.contacts_of(actor=ready, party_id=lefevre.pk).exists()


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"purpose": "billing"}, "au moins l'un des deux"),
        ({"purpose": "billing", "email": "pas une adresse"}, "n'est pas valable"),
    ],
)
def test_a_contact_nobody_could_reach_is_refused(signed, lefevre, facts, told):
    before = Contact.objects.count()

    answer = signed.post(f"/clients/{lefevre.pk}/contacts/nouveau/", facts)

    assert answer.status_code == 422
    assert told in str(answer.context["form"].errors).replace("&#x27;", "'")
    assert Contact.objects.count() == before


def test_a_contact_of_another_customer_is_not_found_here(signed, lefevre, zen):
    contact = Contact.objects.get()

    assert signed.get(f"/clients/{zen.pk}/contacts/{contact.pk}/").status_code == 404
    assert signed.post(f"/clients/{zen.pk}/contacts/{contact.pk}/retirer/").status_code == 404
    contact.refresh_from_db()
    assert contact.is_active


def test_a_bank_account_is_added_confirmed_by_another_person_and_ended(signed, colleague, lefevre):
    address = f"/clients/{lefevre.pk}/comptes/"

    wrong = signed.post(f"{address}nouveau/", {"iban": "FR76 3000 6000 0112 3456 7890 188"})
    assert wrong.status_code == 422
    assert not PartyBankAccount.objects.exists()

    signed.post(f"{address}nouveau/", {"iban": "FR76 3000 6000 0112 3456 7890 189"})
    account = PartyBankAccount.objects.get()
    alone = signed.post(f"{address}{account.pk}/confirmer/")
    account.refresh_from_db()
    assert (alone.status_code, account.confirmed_by) == (403, "")

    signed.force_login(colleague)
    signed.post(f"{address}{account.pk}/confirmer/")
    account.refresh_from_db()
    assert account.confirmed_by == "noe@atelier-morel.example"

    signed.post(f"{address}{account.pk}/retirer/")
    account.refresh_from_db()
    assert account.ended_at is not None


def test_who_may_only_read_is_offered_no_correction_and_refused_it(client, user, actor, lefevre):
    base.give_role(actor=actor, user=user, role=Role.AUDITOR)
    client.force_login(user)

    page = client.get(f"/clients/{lefevre.pk}/").content.decode()
    refused = client.post(f"/clients/{lefevre.pk}/modifier/", FORM)

    assert "modifier/" not in page
    assert refused.status_code == 403
    lefevre.refresh_from_db()
    assert lefevre.name == "Boulangerie Lefèvre"


# -- by keyboard, and for everybody ---------------------------------------------------------------

SIZES = [pytest.param((1440, 900), id="desktop"), pytest.param((390, 844), id="phone")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
def test_keys_walk_to_a_customer_and_to_its_invoice(live_server, page, zen, lefevre, account):
    page.goto(f"{live_server.url}/clients/")
    expect(page.locator(f"#due-{lefevre.pk}")).to_have_text("640,00\u00a0€")

    for key in ("j", "j", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("heading", level=1)).to_have_text("Boulangerie Lefèvre")
    expect(page.locator("#account tbody tr")).to_have_count(2)
    expect(page.get_by_text("En litige")).to_be_visible()

    for key in ("j", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#pane .pane-head h2")).to_have_text(account[0].number)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
def test_the_account_is_read_and_a_contact_added_without_script(
    live_server, browser, context, lefevre, account
):
    plain = browser.new_context(java_script_enabled=False)
    plain.add_cookies(context.cookies())
    page = plain.new_page()

    page.goto(f"{live_server.url}/clients/{lefevre.pk}/")
    page.get_by_label("Compte", exact=True).get_by_role("link", name="Afficher").click()
    expect(page.get_by_role("heading", name="Échéances ouvertes")).to_be_visible()
    page.get_by_role("link", name="Revenir au client").click()
    page.get_by_label("Contacts").get_by_role("link", name="Ajouter").click()
    page.get_by_label("Courriel").fill("relances@lefevre.example")
    page.get_by_role("button", name="Enregistrer").click()

    expect(page.get_by_label("Contacts")).to_contain_text("relances@lefevre.example")
    plain.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_are_accessible(live_server, page, axe, lefevre, account, scheme, size):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": size[0], "height": size[1]})

    for address in (
        "/clients/",
        f"/clients/{lefevre.pk}/",
        f"/clients/{lefevre.pk}/compte/",
        f"/clients/{lefevre.pk}/modifier/",
        f"/clients/{lefevre.pk}/contacts/nouveau/",
        f"/clients/{lefevre.pk}/comptes/nouveau/",
    ):
        page.goto(f"{live_server.url}{address}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_load_state("networkidle")
        axe(page)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the screen"
