"""Collective proceedings: who is under one, notices, terms, the claim, the split at the judgment."""

from __future__ import annotations

from datetime import date

import pytest

from echeance.base import clock
from echeance.base.errors import NotFoundError
from echeance.collection import queries
from echeance.collection.models import InsolvencyCase
from echeance.collection.types import Insolvency, InsolvencyKind
from echeance.parties import commands as parties

JUDGMENT = date(2026, 10, 14)


def case_of(actor, party, judgment_on=JUDGMENT, closed_on=None):
    return InsolvencyCase.objects.create(
        company=actor.company, party=party, kind="liquidation", judgment_on=judgment_on,
        published_on=date(2026, 10, 23), opened_at=clock.now(), opened_by="Léa",
        closed_on=closed_on,
    )  # fmt: skip


def test_a_customer_under_open_proceedings_is_known(world, actor, django_assert_num_queries):
    party, other = world.customer("Berger BTP"), world.customer("Colin")
    case = case_of(actor, party)
    case_of(actor, other, closed_on=date(2026, 11, 2))

    with django_assert_num_queries(2):
        found = queries.insolvent_parties(actor=actor)

    assert found == {party.pk: Insolvency(case.pk, JUDGMENT, InsolvencyKind.LIQUIDATION)}
    assert queries.insolvent_parties(actor=actor, party_ids=[other.pk]) == {}


def test_a_case_of_a_merged_number_counts_for_the_one_that_stays(world, actor):
    stays, gone = world.customer("Berger BTP"), world.customer("Berger B.T.P.")
    case = case_of(actor, gone)
    parties.merge_parties(actor=actor, party_id=gone.pk, into_id=stays.pk)

    found = queries.insolvent_parties(actor=actor, party_ids=[stays.pk])

    assert {party: one.case_id for party, one in found.items()} == {stays.pk: case.pk}
    assert set(queries.insolvent_parties(actor=actor)) == {stays.pk, gone.pk}
    assert list(queries.insolvency_cases(actor=actor, party_id=stays.pk)) == [case]


def test_the_first_of_two_judgments_froze_the_debts(world, actor):
    stays, gone = world.customer("Berger BTP"), world.customer("Berger B.T.P.")
    case_of(actor, stays, judgment_on=date(2026, 11, 3))
    first = case_of(actor, gone)
    parties.merge_parties(actor=actor, party_id=gone.pk, into_id=stays.pk)

    found = queries.insolvent_parties(actor=actor, party_ids=[stays.pk])

    assert found[stays.pk].case_id == first.pk


def test_a_case_of_another_company_does_not_exist(world, actor):
    with pytest.raises(NotFoundError):
        queries.insolvency_for(actor=actor, case_id=999)
