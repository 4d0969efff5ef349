"""Who may do what: roles bundle rights, duties are apart, and an actor acts in one company."""

from __future__ import annotations

import pytest

from echeance.base import clock, commands, queries
from echeance.base.actor import Actor, system
from echeance.base.errors import NotFoundError, RightMissingError
from echeance.base.models import Membership, User
from echeance.base.rights import RIGHTS_BY_ROLE, ROLE_LABELS, Right, Role
from echeance.base.types import CompanyFacts


@pytest.fixture
def neighbour(db):
    return commands.create_company(facts=CompanyFacts(name="Zéphyr", siren="404833048"))


def test_every_role_has_rights_and_a_french_name():
    assert set(RIGHTS_BY_ROLE) == set(ROLE_LABELS) == set(Role)
    assert all(Right.READ in rights for rights in RIGHTS_BY_ROLE.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Right.EDIT_BANK_DETAILS, Right.EDIT_PARTIES),
        (Right.EDIT_BANK_DETAILS, Right.ISSUE_INVOICES),
        (Right.POST_ENTRIES, Right.ISSUE_INVOICES),
        (Right.CLOSE_PERIODS, Right.ISSUE_CREDITS),
    ],
)
def test_duties_that_must_be_apart_are_in_no_role_together(one, other):
    together = {role for role, rights in RIGHTS_BY_ROLE.items() if {one, other} <= rights}

    assert together == {Role.ADMINISTRATOR}


def test_an_auditor_reads_and_changes_nothing():
    assert RIGHTS_BY_ROLE[Role.AUDITOR] == {Right.READ, Right.AUDIT}


def test_an_actor_without_the_right_is_told_which(company):
    actor = Actor(company=company, user=None, rights=frozenset({Right.READ}))

    actor.require(Right.READ)
    with pytest.raises(RightMissingError) as refusal:
        actor.require(Right.WRITE_OFF)

    assert str(refusal.value) == (
        "Vous n'avez pas le droit « write_off » dans cette société : "
        "demandez-le à un administrateur."
    )


def test_the_assistant_has_every_right_and_its_own_name(company):
    actor = system(company)

    assert actor.rights == set(Right)
    assert actor.name == "assistant"


def test_a_person_acts_with_the_rights_of_their_role(actor, company, user):
    commands.give_role(actor=actor, user=user, role=Role.TREASURER)

    acting = queries.actor_for(user=user)

    assert (acting.company, acting.user) == (company, user)
    assert acting.rights == RIGHTS_BY_ROLE[Role.TREASURER]
    assert acting.name == "lea@atelier-morel.example"


def test_a_new_role_ends_the_former_one(actor, user):
    commands.give_role(actor=actor, user=user, role=Role.AUDITOR)
    commands.give_role(actor=actor, user=user, role=Role.MANAGER)

    assert queries.actor_for(user=user).rights == RIGHTS_BY_ROLE[Role.MANAGER]
    memberships = Membership.objects.order_by("pk")
    assert [(one.role, one.ended_at) for one in memberships] == [
        ("auditor", clock.now()),
        ("manager", None),
    ]


def test_a_person_chooses_among_their_companies_by_name_first(actor, company, neighbour, user):
    commands.give_role(actor=actor, user=user, role=Role.AUDITOR)
    commands.give_role(actor=system(neighbour), user=user, role=Role.ASSISTANT)

    assert queries.companies_of(user=user) == [company, neighbour]
    assert queries.actor_for(user=user).company == company
    assert queries.actor_for(user=user, company_id=neighbour.pk).company == neighbour


def test_a_company_one_does_not_belong_to_is_not_found(actor, neighbour, user):
    commands.give_role(actor=actor, user=user, role=Role.ADMINISTRATOR)

    with pytest.raises(NotFoundError):
        queries.actor_for(user=user, company_id=neighbour.pk)


def test_giving_a_role_takes_its_right(company, user):
    manager = Actor(company=company, user=None, rights=RIGHTS_BY_ROLE[Role.MANAGER])

    with pytest.raises(RightMissingError):
        commands.give_role(actor=manager, user=user, role=Role.ADMINISTRATOR)

    assert not Membership.objects.exists()


def test_people_sign_in_whatever_the_case_of_their_address(user):
    assert User.objects.get_by_natural_key("LEA@Atelier-Morel.example") == user
