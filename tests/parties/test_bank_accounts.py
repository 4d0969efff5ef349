"""A bank account recognises a payer as soon as it is known; only a person makes it payable."""

from datetime import UTC, datetime

import pytest

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError, RightMissingError
from echeance.base.rights import RIGHTS_BY_ROLE, Role
from echeance.core.identifiers import InvalidBicError, InvalidIbanError
from echeance.parties import queries
from echeance.parties.commands import (
    add_bank_account,
    add_bank_accounts,
    confirm_bank_account,
    create_parties,
    end_bank_account,
)
from echeance.parties.errors import PersonNeededError, SecondPersonNeededError
from echeance.parties.models import PartyBankAccount
from echeance.parties.types import BankAccountFacts, PartyFacts

IBAN = "FR7630006000011234567890189"
OTHER = "DE89370400440532013000"


def test_an_account_recognises_its_payer_at_once(actor, brume):
    add_bank_account(actor=actor, party_id=brume.pk, iban="fr76 3000 6000 0112 3456 7890 189")

    assert queries.payers_by_iban(actor=actor) == {IBAN: brume.pk}
    assert queries.payers_by_iban(actor=actor, confirmed=True) == {}


def test_an_iban_that_two_parties_have_recognises_nobody(actor, brume):
    foggy = create_parties(actor=actor, parties=[PartyFacts("C2", "Foggy")])[0]
    add_bank_accounts(
        actor=actor,
        accounts=[
            BankAccountFacts(brume.pk, IBAN),
            BankAccountFacts(foggy.pk, IBAN),
            BankAccountFacts(foggy.pk, OTHER),
        ],
    )

    assert queries.payers_by_iban(actor=actor) == {OTHER: foggy.pk}


def test_an_account_given_twice_is_one(actor, brume):
    first = add_bank_account(actor=actor, party_id=brume.pk, iban=IBAN)
    again = add_bank_account(actor=actor, party_id=brume.pk, iban=IBAN)

    assert first.pk == again.pk
    assert PartyBankAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("iban", "bic", "error"),
    [
        ("FR7630006000011234567890188", "", InvalidIbanError),
        ("", "", InvalidIbanError),
        (IBAN, "AGRI", InvalidBicError),
    ],
)
def test_a_wrong_account_refuses_the_batch(actor, brume, iban, bic, error):
    good = BankAccountFacts(brume.pk, OTHER)

    with pytest.raises(error):
        add_bank_accounts(actor=actor, accounts=[good, BankAccountFacts(brume.pk, iban, bic)])

    assert not PartyBankAccount.objects.exists()


def test_a_person_with_the_right_confirms_and_it_is_told(actor, treasurer, brume):
    row = add_bank_account(actor=actor, party_id=brume.pk, iban=IBAN)

    confirm_bank_account(actor=treasurer, account_id=row.pk)

    assert queries.payers_by_iban(actor=actor, confirmed=True) == {IBAN: brume.pk}
    latest = queries.field_history(actor=actor, party_id=brume.pk)[0]
    assert (latest.field, latest.new) == (
        f"compte {row.pk} : confirmed_by",
        "tresor@martin.example",
    )


def test_the_assistant_never_confirms(actor, brume):
    row = add_bank_account(actor=actor, party_id=brume.pk, iban=IBAN)

    with pytest.raises(PersonNeededError, match="FR76…0189 doit être confirmé par une personne"):
        confirm_bank_account(actor=actor, account_id=row.pk)

    row.refresh_from_db()
    assert row.confirmed_at is None


def test_who_adds_an_account_does_not_confirm_it_too(treasurer, brume):
    row = add_bank_account(actor=treasurer, party_id=brume.pk, iban=IBAN)

    with pytest.raises(SecondPersonNeededError, match=r"ajouté par tresor@martin\.example"):
        confirm_bank_account(actor=treasurer, account_id=row.pk)

    row.refresh_from_db()
    assert row.confirmed_at is None
    assert queries.payers_by_iban(actor=treasurer, confirmed=True) == {}


def test_a_new_account_of_a_known_party_is_a_change_until_it_is_confirmed(actor, treasurer, brume):
    add_bank_account(actor=actor, party_id=brume.pk, iban=IBAN)
    assert list(queries.changed_accounts(actor=actor)) == []

    with clock.at(datetime(2026, 11, 25, 9, 0, tzinfo=UTC)):
        second = add_bank_account(actor=actor, party_id=brume.pk, iban=OTHER)
    assert list(queries.changed_accounts(actor=actor)) == [second]

    confirm_bank_account(actor=treasurer, account_id=second.pk)
    assert list(queries.changed_accounts(actor=actor)) == []


def test_billing_staff_do_not_confirm_bank_details(actor, treasurer, brume):
    row = add_bank_account(actor=actor, party_id=brume.pk, iban=IBAN)
    clerk = Actor(actor.company, treasurer.user, RIGHTS_BY_ROLE[Role.ASSISTANT])

    with pytest.raises(RightMissingError):
        confirm_bank_account(actor=clerk, account_id=row.pk)

    row.refresh_from_db()
    assert row.confirmed_at is None


def test_an_ended_account_recognises_nobody(actor, treasurer, brume):
    row = add_bank_account(actor=actor, party_id=brume.pk, iban=IBAN)

    end_bank_account(actor=treasurer, account_id=row.pk)

    assert queries.payers_by_iban(actor=actor) == {}
    assert list(queries.bank_accounts_of(actor=actor, party_id=brume.pk)) == []
    with pytest.raises(NotFoundError):
        confirm_bank_account(actor=treasurer, account_id=row.pk)


def test_an_account_of_another_company_is_not_found(actor, stranger, brume):
    row = add_bank_account(actor=actor, party_id=brume.pk, iban=IBAN)

    with pytest.raises(NotFoundError):
        end_bank_account(actor=stranger, account_id=row.pk)
    with pytest.raises(NotFoundError):
        add_bank_account(actor=stranger, party_id=brume.pk, iban=OTHER)

    assert queries.payers_by_iban(actor=stranger) == {}
    assert queries.payers_by_iban(actor=actor) == {IBAN: brume.pk}
