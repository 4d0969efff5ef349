"""Money that went out: listed, explained by what it moved or paid, or booked on an account."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from echeance.cash import commands as cash
from echeance.cash.models import Match, StatementEntry
from echeance.ledger import commands as books
from echeance.ledger import queries as ledger
from echeance.practice import treasury, world


@pytest.fixture
def told(actor):
    """Two accounts of one company: a fee of 14.90 and a transfer of 5,000.00 seen from both."""
    books.set_up_books(
        actor=actor, fiscal_year_start=date(2026, 1, 1), fiscal_year_end=date(2026, 12, 31)
    )
    cash.add_bank_account(actor=actor, name="Courant", iban=world.IBAN)
    treasury.open_savings(actor)
    for name, content in treasury.bank_files().items():
        cash.import_statements(actor=actor, content=content, filename=name)
    return actor


def line(amount, direction="DBIT"):
    return StatementEntry.objects.get(amount=Decimal(amount), direction=direction)


def test_a_fee_is_booked_on_627_and_undone(client, member, told):
    client.force_login(member)
    listed = client.get("/encaissements/sorties/").content.decode()
    page = client.get(f"/encaissements/lignes/{line('14.90').pk}/").content.decode()

    client.post(f"/encaissements/lignes/{line('14.90').pk}/sortie/", {"account": "627000"})

    assert "FRAIS TENUE DE COMPTE" in listed
    assert "VIREMENT INTERNE LIVRET" in listed
    assert "Rien de connu ne correspond" in page
    assert ledger.account_balance(actor=told, account="627000") == Decimal("14.90")
    cash.undo_matches(actor=told, match_ids=[Match.objects.get().pk])
    assert ledger.account_balance(actor=told, account="627000") == Decimal(0)


def test_a_transfer_is_offered_with_its_other_side(client, member, told):
    client.force_login(member)
    out, came = line("5000.00"), line("5000.00", "CRDT")
    page = client.get(f"/encaissements/lignes/{out.pk}/").content.decode()

    client.post(f"/encaissements/lignes/{out.pk}/sortie/", {"answer": f"transfer:{came.pk}"})

    assert "Virement vers Livret" in page
    assert set(Match.objects.values_list("entry", "kind")) == {
        (out.pk, "transfer"),
        (came.pk, "transfer"),
    }
    assert ledger.account_balance(actor=told, account="580000") == Decimal(0)


def test_a_wrong_account_is_told_and_nothing_is_booked(client, member, told):
    client.force_login(member)
    address = f"/encaissements/lignes/{line('14.90').pk}/sortie/"

    answer = client.post(address, {"account": "frais"}, follow=True).content.decode()

    assert "Donnez un compte de charge" in answer
    for account in ("512000", "411000", "471000", "580000"):
        client.post(address, {"account": account})
    for invented in ("return:999", "transfer:abc", "transfer:", f"transfer:{line('14.90').pk}"):
        assert client.post(address, {"answer": invented}).status_code == 404
    came = line("5000.00", "CRDT").pk
    fee = {"account": "627000"}
    assert client.post(f"/encaissements/lignes/{came}/sortie/", fee).status_code == 404
    assert not Match.objects.exists()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_pages_are_accessible(live_server, page, axe, told, scheme, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)
    for path in ("sorties/", f"lignes/{line('14.90').pk}/"):
        page.goto(f"{live_server.url}/encaissements/{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
