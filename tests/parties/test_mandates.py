"""A direct debit needs a mandate that stands: signed, known, used, not revoked."""

from datetime import date

import pytest

from echeance.base import clock
from echeance.base.errors import NotFoundError
from echeance.core.identifiers import InvalidCreditorIdError
from echeance.parties import queries
from echeance.parties.commands import (
    add_bank_account,
    add_mandate,
    add_mandates,
    create_parties,
    end_bank_account,
    note_collections,
    revoke_mandates,
)
from echeance.parties.errors import MandateInvalidError, MandateTakenError, ReasonMissingError
from echeance.parties.models import SepaMandate
from echeance.parties.types import MandateFacts, PartyFacts

ICS = "FR72ZZZ123456"
TODAY = date(2026, 11, 24)


@pytest.fixture
def account(actor, brume):
    return add_bank_account(actor=actor, party_id=brume.pk, iban="FR7630006000011234567890189")


@pytest.fixture
def facts(brume, account):
    def made(**more) -> MandateFacts:
        usual = {"signed_on": date(2026, 11, 2), "creditor_id": ICS}
        return MandateFacts(brume.pk, account.pk, **(usual | more))

    return made


def in_force(actor, party, on=TODAY):
    row = queries.mandate_in_force(actor=actor, party_id=party.pk, on=on)
    return row and row.reference


def test_a_signed_mandate_stands_and_its_reference_is_made(actor, company, brume, facts):
    first = add_mandate(actor=actor, mandate=facts())
    second = add_mandate(actor=actor, mandate=facts(signed_on=date(2026, 11, 20), creditor_id=""))

    assert first.reference == f"{company.siren}-{brume.pk:06d}-001"
    assert second.reference == f"{company.siren}-{brume.pk:06d}-002"
    assert second.creditor_id == ICS
    assert in_force(actor, brume) == second.reference


@pytest.mark.parametrize(
    ("more", "error", "told"),
    [
        ({"reference": "RUM 12"}, MandateInvalidError, "sans espace"),
        ({"reference": "É-12"}, MandateInvalidError, "sans accent"),
        ({"reference": "A" * 36}, MandateInvalidError, "au plus 35"),
        ({"reference": "/12"}, MandateInvalidError, "à l'intérieur"),
        ({"reference": "1//2"}, MandateInvalidError, "à l'intérieur"),
        ({"creditor_id": "FR55ZZZ123456"}, InvalidCreditorIdError, "clé est fausse"),
        ({"creditor_id": ""}, MandateInvalidError, "identifiant créancier"),
        ({"signed_on": date(2026, 11, 25)}, MandateInvalidError, "dans l'avenir"),
        ({"signed_on": date(2023, 11, 24)}, MandateInvalidError, "plus de 36 mois"),
        ({"scheme": "cor1"}, MandateInvalidError, "« cor1 » est inconnu"),
        ({"sequence": "frst"}, MandateInvalidError, "« frst » est inconnu"),
    ],
)
def test_what_the_rule_books_refuse_is_refused(actor, facts, more, error, told):
    with pytest.raises(error, match=told):
        add_mandate(actor=actor, mandate=facts(**more))

    assert not SepaMandate.objects.exists()


def test_a_consumer_signs_no_interbusiness_mandate(actor, facts):
    (anne,) = create_parties(
        actor=actor, parties=[PartyFacts("P1", "Anne Roy", category="consumer")]
    )
    account = add_bank_account(actor=actor, party_id=anne.pk, iban="DE89370400440532013000")

    with pytest.raises(MandateInvalidError, match="particulier"):
        add_mandate(
            actor=actor,
            mandate=MandateFacts(anne.pk, account.pk, TODAY, scheme="b2b", creditor_id=ICS),
        )
    with pytest.raises(MandateInvalidError, match="n'est pas celui de « Anne Roy »"):
        add_mandate(
            actor=actor,
            mandate=MandateFacts(anne.pk, facts().bank_account_id, TODAY, creditor_id=ICS),
        )


def test_a_reference_is_one_whatever_its_case(actor, facts):
    add_mandate(actor=actor, mandate=facts(reference="Rum-1"))

    with pytest.raises(MandateTakenError, match="RUM-1"):
        add_mandate(actor=actor, mandate=facts(reference="rum-1"))
    with pytest.raises(MandateTakenError):
        add_mandates(actor=actor, mandates=[facts(reference="R2"), facts(reference="r2")])

    assert SepaMandate.objects.count() == 1


def test_a_revoked_mandate_never_comes_back_and_says_why(actor, brume, facts):
    row = add_mandate(actor=actor, mandate=facts(reference="RUM-1"))

    with pytest.raises(ReasonMissingError):
        revoke_mandates(actor=actor, mandate_ids=[row.pk], reason=" ")
    revoke_mandates(actor=actor, mandate_ids=[row.pk], reason="Demande du client")
    revoke_mandates(actor=actor, mandate_ids=[row.pk], reason="Encore")

    row.refresh_from_db()
    assert (row.revoked_by, row.revoked_reason) == ("assistant", "Demande du client")
    assert in_force(actor, brume) is None
    with pytest.raises(MandateTakenError):
        add_mandate(actor=actor, mandate=facts(reference="RUM-1"))


def test_thirty_six_months_without_a_collection_end_a_mandate(actor, brume, facts):
    row = add_mandate(actor=actor, mandate=facts(reference="RUM-1"))

    assert in_force(actor, brume, date(2029, 11, 1)) == "RUM-1"
    assert in_force(actor, brume, date(2029, 11, 2)) is None

    note_collections(actor=actor, days={row.pk: date(2027, 1, 31)})
    note_collections(actor=actor, days={row.pk: date(2026, 12, 31)})
    assert in_force(actor, brume, date(2030, 1, 30)) == "RUM-1"
    assert in_force(actor, brume, date(2030, 1, 31)) is None


def test_a_mandate_for_one_collection_serves_once(actor, brume, facts):
    row = add_mandate(actor=actor, mandate=facts(reference="RUM-1", sequence="one_off"))
    assert in_force(actor, brume) == "RUM-1"

    note_collections(actor=actor, days={row.pk: TODAY})

    assert in_force(actor, brume) is None


def test_an_account_no_longer_used_is_not_debited(actor, treasurer, brume, account, facts):
    add_mandate(actor=actor, mandate=facts())

    end_bank_account(actor=treasurer, account_id=account.pk)

    assert in_force(actor, brume) is None
    with pytest.raises(NotFoundError):
        add_mandate(actor=actor, mandate=facts())


def test_a_neighbour_sees_and_revokes_nothing(actor, stranger, brume, facts):
    row = add_mandate(actor=actor, mandate=facts())

    assert queries.mandate_in_force(actor=stranger, party_id=brume.pk, on=clock.today()) is None
    with pytest.raises(NotFoundError):
        revoke_mandates(actor=stranger, mandate_ids=[row.pk], reason="x")
