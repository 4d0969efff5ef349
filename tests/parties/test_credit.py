"""Who grants credit, up to what, and what a hold stops."""

from decimal import Decimal

import pytest

from echeance.base.actor import Actor
from echeance.base.errors import RightMissingError
from echeance.base.rights import RIGHTS_BY_ROLE, Right, Role
from echeance.parties import queries
from echeance.parties.commands import (
    create_parties,
    hold_parties,
    release_parties,
    set_credit_limits,
    set_parent,
)
from echeance.parties.errors import CreditLimitInvalidError, ReasonMissingError
from echeance.parties.types import CreditTerms, PartyFacts


def terms(actor, party):
    return queries.credit_terms(actor=actor, party_ids=[party.pk])[party.pk]


def test_the_manager_grants_credit_and_the_assistant_of_billing_does_not(actor, treasurer, brume):
    manager = Actor(actor.company, treasurer.user, RIGHTS_BY_ROLE[Role.MANAGER])
    clerk = Actor(actor.company, treasurer.user, RIGHTS_BY_ROLE[Role.ASSISTANT])

    set_credit_limits(actor=manager, limits={brume.pk: Decimal("5000.00")})
    with pytest.raises(RightMissingError):
        set_credit_limits(actor=clerk, limits={brume.pk: Decimal("9000.00")})

    brume.refresh_from_db()
    assert brume.credit_limit == Decimal("5000.00")
    last = queries.field_history(actor=actor, party_id=brume.pk)[0]
    assert (last.field, last.old, last.new, last.by) == (
        "credit_limit", "", "5000.00", "tresor@martin.example",
    )  # fmt: skip


def test_only_roles_that_grant_credit_have_the_right():
    granted = {role for role, rights in RIGHTS_BY_ROLE.items() if Right.GRANT_CREDIT in rights}

    assert granted == {Role.MANAGER, Role.ADMINISTRATOR}


@pytest.mark.parametrize("amount", ["-0.01", "100.005", "NaN", "Infinity", "10000000000.00"])
def test_a_limit_is_an_amount_from_zero_upwards(actor, brume, amount):
    with pytest.raises(CreditLimitInvalidError):
        set_credit_limits(actor=actor, limits={brume.pk: Decimal(amount)})

    brume.refresh_from_db()
    assert brume.credit_limit is None


def test_zero_is_a_limit_and_nothing_is_none(actor, brume):
    set_credit_limits(actor=actor, limits={brume.pk: Decimal("0.00")})
    assert terms(actor, brume).limit == Decimal("0.00")

    set_credit_limits(actor=actor, limits={brume.pk: None})
    assert terms(actor, brume).limit is None


def test_a_subsidiary_has_its_limit_and_that_of_its_group(actor, brume, django_assert_num_queries):
    (lyon,) = create_parties(actor=actor, parties=[PartyFacts("C2", "Brume Lyon")])
    set_parent(actor=actor, party_id=lyon.pk, parent_id=brume.pk)
    set_credit_limits(
        actor=actor, limits={brume.pk: Decimal("10000.00"), lyon.pk: Decimal("2000.00")}
    )

    with django_assert_num_queries(4):
        found = queries.credit_terms(actor=actor, party_ids=[lyon.pk, brume.pk])

    assert found[lyon.pk] == CreditTerms(
        party_id=lyon.pk,
        limit=Decimal("2000.00"),
        group_id=brume.pk,
        group_limit=Decimal("10000.00"),
    )
    assert found[brume.pk].limit == Decimal("10000.00")


def test_a_group_on_hold_holds_all_of_it(actor, brume):
    (lyon,) = create_parties(actor=actor, parties=[PartyFacts("C2", "Brume Lyon")])
    set_parent(actor=actor, party_id=lyon.pk, parent_id=brume.pk)

    hold_parties(actor=actor, party_ids=[brume.pk], reason="Redressement  judiciaire")

    assert (terms(actor, lyon).held, terms(actor, lyon).hold_reason) == (
        True,
        "Redressement judiciaire",
    )


def test_a_hold_is_released_by_who_grants_credit_and_both_reasons_are_kept(actor, treasurer, brume):
    clerk = Actor(actor.company, treasurer.user, RIGHTS_BY_ROLE[Role.ASSISTANT])
    hold_parties(actor=clerk, party_ids=[brume.pk], reason="Chèque impayé")
    hold_parties(actor=clerk, party_ids=[brume.pk], reason="Une deuxième fois")

    with pytest.raises(RightMissingError):
        release_parties(actor=clerk, party_ids=[brume.pk], reason="Payé")
    assert terms(actor, brume).hold_reason == "Chèque impayé"
    release_parties(actor=treasurer, party_ids=[brume.pk], reason="Payé le 24")

    assert not terms(actor, brume).held
    told = [
        (one.field, one.old, one.new)
        for one in queries.field_history(actor=actor, party_id=brume.pk)
    ]
    assert told[:3] == [
        ("on_hold_reason", "Chèque impayé", ""),
        ("release_reason", "", "Payé le 24"),
        ("on_hold_reason", "", "Chèque impayé"),
    ]


def test_a_hold_and_a_release_say_why(actor, brume):
    with pytest.raises(ReasonMissingError):
        hold_parties(actor=actor, party_ids=[brume.pk], reason="  ")
    hold_parties(actor=actor, party_ids=[brume.pk], reason="Impayé")
    with pytest.raises(ReasonMissingError):
        release_parties(actor=actor, party_ids=[brume.pk], reason="")

    assert terms(actor, brume).held
