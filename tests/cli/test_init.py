"""``echeance init`` makes a whole company, or nothing of it."""

from __future__ import annotations

import pytest
import typer

from echeance.base.errors import CompanyExistsError
from echeance.base.models import Company, Membership
from echeance.cash.models import BankAccount
from echeance.cli.main import init
from echeance.core.identifiers import InvalidIbanError
from echeance.ledger.models import FiscalYear

pytestmark = pytest.mark.django_db

IBAN = "FR7630006000011234567890189"


def test_a_company_is_made_with_its_books_and_its_account():
    init(siren="552 100 554", name="Atelier Morel", iban=IBAN)

    company = Company.objects.get()
    assert (company.siren, company.name, company.vat_id) == (
        "552100554",
        "Atelier Morel",
        "FR96552100554",
    )
    assert FiscalYear.objects.get().company == company
    assert BankAccount.objects.get().iban == IBAN


def test_a_wrong_iban_leaves_nothing_behind():
    with pytest.raises(InvalidIbanError, match="n'est pas valable"):
        init(siren="552100554", name="Atelier Morel", iban="FR7630006000011234567890180")

    assert not Company.objects.exists()
    assert not FiscalYear.objects.exists()


def test_a_company_is_made_once():
    init(siren="552100554", name="Atelier Morel")

    with pytest.raises(CompanyExistsError):
        init(siren="552100554", name="Autre nom")

    assert Company.objects.get().name == "Atelier Morel"


def test_the_person_who_will_work_in_it_is_its_administrator(monkeypatch):
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "un-mot-de-passe-long")

    init(siren="552100554", name="Atelier Morel", owner="lea@atelier-morel.example")

    membership = Membership.objects.get()
    assert (membership.role, membership.user.email) == (
        "administrator",
        "lea@atelier-morel.example",
    )
    assert membership.user.check_password("un-mot-de-passe-long")


def test_a_short_password_makes_nothing(monkeypatch):
    monkeypatch.setattr("typer.prompt", lambda *_, **__: "court")

    with pytest.raises(typer.BadParameter, match="court"):
        init(siren="552100554", name="Atelier Morel", owner="lea@atelier-morel.example")

    assert not Company.objects.exists()
