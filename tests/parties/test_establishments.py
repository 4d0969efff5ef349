"""A firm has establishments, a ministry has services, a group has a head."""

import pytest

from echeance.base.errors import NotFoundError
from echeance.core.identifiers import InvalidSiretError
from echeance.parties import queries
from echeance.parties.commands import (
    add_establishments,
    add_services,
    change_establishments,
    create_parties,
    end_establishments,
    end_services,
    merge_parties,
    set_parent,
    set_parents,
)
from echeance.parties.errors import (
    EstablishmentInvalidError,
    EstablishmentMismatchError,
    GroupLoopError,
    NotPublicBuyerError,
    ServiceCodeInvalidError,
)
from echeance.parties.models import BuyerService, Establishment, Party
from echeance.parties.types import EstablishmentFacts, PartyFacts, ServiceFacts

HEAD = "40483304800022"
SHOP = "40483304800030"


def sirets(actor, party):
    return [
        (row.siret, row.is_head_office)
        for row in queries.establishments_of(actor=actor, party_id=party.pk)
    ]


# -- establishments -------------------------------------------------------------------------------


def test_the_shops_of_a_firm_are_listed_head_office_first(actor, brume):
    rows = add_establishments(
        actor=actor,
        establishments=[
            EstablishmentFacts(brume.pk, "404 833 048 00030", name="Brume Lyon", city="Lyon"),
            EstablishmentFacts(brume.pk, HEAD, is_head_office=True, postcode="75 001"),
        ],
    )

    assert sirets(actor, brume) == [(HEAD, True), (SHOP, False)]
    assert rows[1].postcode == "75001"
    found = queries.establishments_by_siret(actor=actor, sirets=[SHOP, "35600000049837"])
    assert {siret: row.party for siret, row in found.items()} == {SHOP: brume}


def test_naming_a_head_office_takes_the_title_from_the_other(actor, brume):
    _, shop = add_establishments(
        actor=actor,
        establishments=[
            EstablishmentFacts(brume.pk, HEAD, is_head_office=True),
            EstablishmentFacts(brume.pk, SHOP),
        ],
    )

    change_establishments(actor=actor, changes={shop.pk: {"is_head_office": True}})

    assert sirets(actor, brume) == [(SHOP, True), (HEAD, False)]
    told = {
        (one.field, one.old, one.new)
        for one in queries.field_history(actor=actor, party_id=brume.pk)
    }
    assert (f"établissement {HEAD} : is_head_office", "oui", "non") in told
    assert (f"établissement {SHOP} : is_head_office", "non", "oui") in told


def test_two_head_offices_in_one_batch_leave_the_last(actor, brume):
    add_establishments(
        actor=actor,
        establishments=[
            EstablishmentFacts(brume.pk, HEAD, is_head_office=True),
            EstablishmentFacts(brume.pk, SHOP, is_head_office=True),
        ],
    )

    assert sirets(actor, brume) == [(SHOP, True), (HEAD, False)]


@pytest.mark.parametrize(
    ("facts", "error", "told"),
    [
        ({"siret": "40483304800023"}, InvalidSiretError, "quatorze chiffres"),
        ({"siret": "73282932000074"}, EstablishmentMismatchError, "SIREN 404833048"),
        ({"siret": HEAD, "postcode": "7500"}, EstablishmentInvalidError, "cinq chiffres"),
        ({"siret": HEAD, "country": "ZZ"}, EstablishmentInvalidError, "« ZZ » est inconnu"),
        (
            {"siret": HEAD, "electronic_address": "0225:732829320"},
            EstablishmentInvalidError,
            "autre entreprise",
        ),
    ],
)
def test_an_establishment_that_cannot_stand_refuses_the_batch(actor, brume, facts, error, told):
    good = EstablishmentFacts(brume.pk, SHOP)

    with pytest.raises(error, match=told):
        add_establishments(
            actor=actor, establishments=[good, EstablishmentFacts(brume.pk, **facts)]
        )

    assert not Establishment.objects.exists()


def test_a_firm_without_a_siren_has_no_establishment_to_check(actor):
    (foggy,) = create_parties(actor=actor, parties=[PartyFacts("C2", "Foggy", country="BE")])

    with pytest.raises(EstablishmentMismatchError, match="SIREN absent"):
        add_establishments(actor=actor, establishments=[EstablishmentFacts(foggy.pk, HEAD)])


def test_the_post_office_keeps_its_own_key(actor):
    """356 000 000 498 37: Luhn gives 39, the sum of the digits is 45, a multiple of five."""
    (post,) = create_parties(actor=actor, parties=[PartyFacts("P", "La Poste", siren="356000000")])

    add_establishments(actor=actor, establishments=[EstablishmentFacts(post.pk, "35600000049837")])

    assert sirets(actor, post) == [("35600000049837", False)]


def test_a_known_establishment_is_left_and_an_ended_one_may_come_back(actor, brume):
    first, again = add_establishments(
        actor=actor, establishments=[EstablishmentFacts(brume.pk, SHOP)] * 2
    )
    assert first is again

    end_establishments(actor=actor, establishment_ids=[first.pk])
    assert sirets(actor, brume) == []
    with pytest.raises(NotFoundError):
        queries.establishment_for(actor=actor, party_id=brume.pk, establishment_id=first.pk)

    add_establishments(actor=actor, establishments=[EstablishmentFacts(brume.pk, SHOP)])
    assert sirets(actor, brume) == [(SHOP, False)]


def test_a_neighbour_sees_and_changes_none_of_it(actor, stranger, brume):
    (row,) = add_establishments(actor=actor, establishments=[EstablishmentFacts(brume.pk, SHOP)])

    assert list(queries.establishments_of(actor=stranger, party_id=brume.pk)) == []
    with pytest.raises(NotFoundError):
        end_establishments(actor=stranger, establishment_ids=[row.pk])
    with pytest.raises(NotFoundError):
        add_establishments(actor=stranger, establishments=[EstablishmentFacts(brume.pk, HEAD)])


# -- services -------------------------------------------------------------------------------------


@pytest.fixture
def town(actor) -> Party:
    return create_parties(
        actor=actor,
        parties=[PartyFacts("M1", "Ville de Brest", category="public", siren="212900195")],
    )[0]


def test_a_town_hall_says_which_services_receive_and_what_they_ask_for(actor, town):
    add_services(
        actor=actor,
        services=[
            ServiceFacts(town.pk, "VOIRIE", "Voirie", engagement_required=True),
            ServiceFacts(town.pk, "ECOLES"),
        ],
    )
    add_services(actor=actor, services=[ServiceFacts(town.pk, "ECOLES", "Écoles")])

    rows = queries.services_of(actor=actor, party_id=town.pk)
    assert [(row.code, row.name, row.engagement_required) for row in rows] == [
        ("ECOLES", "Écoles", False),
        ("VOIRIE", "Voirie", True),
    ]

    end_services(actor=actor, service_ids=[rows[0].pk])
    assert [row.code for row in queries.services_of(actor=actor, party_id=town.pk)] == ["VOIRIE"]


def test_a_shop_has_no_service_code(actor, brume, town):
    with pytest.raises(NotPublicBuyerError, match="Atelier Brume"):
        add_services(actor=actor, services=[ServiceFacts(brume.pk, "COMPTA")])
    with pytest.raises(ServiceCodeInvalidError):
        add_services(actor=actor, services=[ServiceFacts(town.pk, " ")])

    assert not BuyerService.objects.exists()


# -- groups ---------------------------------------------------------------------------------------


@pytest.fixture
def family(actor) -> list[Party]:
    """Holding > France > Lyon, and a party of nobody's."""
    rows = create_parties(
        actor=actor,
        parties=[PartyFacts(code, code) for code in ("Holding", "France", "Lyon", "Seul")],
    )
    set_parents(actor=actor, parents={rows[1].pk: rows[0].pk, rows[2].pk: rows[1].pk})
    return rows


def test_everybody_in_a_group_has_its_head(actor, family, django_assert_num_queries):
    holding, france, lyon, alone = family

    with django_assert_num_queries(2):
        heads = queries.group_of(actor=actor, party_ids=[row.pk for row in family])
    assert heads == {
        holding.pk: holding.pk,
        france.pk: holding.pk,
        lyon.pk: holding.pk,
        alone.pk: alone.pk,
    }
    with django_assert_num_queries(2):
        members = queries.members_of(actor=actor, party_ids=[lyon.pk, alone.pk])
    assert members == {lyon.pk: [holding.pk, france.pk, lyon.pk], alone.pk: [alone.pk]}
    parent, below = queries.group_tree(actor=actor, party_id=france.pk)
    assert (parent, below) == (holding, [lyon])


def test_a_group_never_comes_back_on_itself(actor, family):
    holding, _, lyon, alone = family

    with pytest.raises(GroupLoopError, match="« Holding » ne peut pas dépendre de « Lyon »"):
        set_parent(actor=actor, party_id=holding.pk, parent_id=lyon.pk)
    with pytest.raises(GroupLoopError):
        set_parent(actor=actor, party_id=alone.pk, parent_id=alone.pk)
    with pytest.raises(GroupLoopError):
        set_parents(actor=actor, parents={alone.pk: lyon.pk, holding.pk: alone.pk})

    holding.refresh_from_db()
    alone.refresh_from_db()
    assert (holding.parent_id, alone.parent_id) == (None, None)


def test_a_subsidiary_leaves_its_group_and_it_is_told(actor, family):
    holding, france, lyon, _ = family

    set_parent(actor=actor, party_id=france.pk, parent_id=None)

    assert queries.group_of(actor=actor, party_ids=[lyon.pk]) == {lyon.pk: france.pk}
    last = queries.field_history(actor=actor, party_id=france.pk)[0]
    assert (last.field, last.old, last.new) == ("parent", holding.code, "")


def test_a_merged_party_stands_for_the_one_that_stays(actor, family):
    holding, france, lyon, alone = family

    merge_parties(actor=actor, party_id=france.pk, into_id=alone.pk)

    heads = queries.group_of(actor=actor, party_ids=[france.pk, alone.pk, lyon.pk])
    assert heads == {france.pk: holding.pk, alone.pk: holding.pk, lyon.pk: holding.pk}
    assert queries.members_of(actor=actor, party_ids=[holding.pk])[holding.pk] == [
        holding.pk,
        lyon.pk,
        alone.pk,
    ]


def test_a_head_merged_into_its_own_subsidiary_leaves_one_group(actor, family):
    holding, france, lyon, _ = family

    merge_parties(actor=actor, party_id=holding.pk, into_id=lyon.pk)

    heads = queries.group_of(actor=actor, party_ids=[holding.pk, france.pk, lyon.pk])
    assert len(set(heads.values())) == 1


def test_a_neighbour_has_no_group_here(stranger, family):
    assert queries.group_of(actor=stranger, party_ids=[family[0].pk]) == {}
    with pytest.raises(NotFoundError):
        set_parent(actor=stranger, party_id=family[3].pk, parent_id=family[0].pk)
