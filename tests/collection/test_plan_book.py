"""Which plan a customer follows, and whose unread replies hold their reminders."""

import pytest

from echeance.base import clock
from echeance.collection import queries
from echeance.collection.errors import NoPlanError
from echeance.collection.models import CustomerReply, DunningLevel, DunningPlan, PlanChoice
from echeance.parties.commands import merge_parties


def a_plan(actor, name, **fields):
    plan = DunningPlan.objects.create(
        company=actor.company, name=name, created_at=clock.now(), **fields
    )
    DunningLevel.objects.create(
        company=actor.company,
        plan=plan,
        rank=1,
        key="only",
        label="Relance",
        days_after_due=10,
        channel="mail",
        tone="firm",
    )
    return plan


def choose(actor, party, plan):
    PlanChoice.objects.create(
        company=actor.company, party=party, plan=plan, chosen_at=clock.now(), chosen_by="Anne"
    )


def reply(actor, party, key="m-1"):
    return CustomerReply.objects.create(
        company=actor.company, party=party, key=key, received_at=clock.now(), recorded_by="Anne"
    )


def followed(actor, party):
    return queries.plan_book(actor=actor).of(party.pk, party.category).name


def test_a_customer_follows_its_own_plan_else_its_category_s_else_the_usual_one(world, actor):
    public = world.customer("Mairie", category="public")
    dupont, martin = world.customer("Dupont"), world.customer("Martin")
    a_plan(actor, "Acheteurs publics", category="public")
    choose(actor, martin, a_plan(actor, "Grands comptes"))

    assert followed(actor, public) == "Acheteurs publics"
    assert followed(actor, dupont) == "Plan habituel"
    assert followed(actor, martin) == "Grands comptes"


def test_a_subsidiary_follows_the_plan_of_its_parent(world, actor):
    head, branch = world.customer("Groupe Nord"), world.customer("Nord Services")
    branch.parent = head
    branch.save(update_fields=["parent"])
    choose(actor, head, a_plan(actor, "Grands comptes"))

    assert followed(actor, branch) == "Grands comptes"


def test_the_choice_of_a_merged_customer_counts_for_the_one_that_stays(world, actor):
    kept, double = world.customer("Dupont SA"), world.customer("Dupont")
    choose(actor, double, a_plan(actor, "Grands comptes"))
    merge_parties(actor=actor, party_id=double.pk, into_id=kept.pk)

    assert followed(actor, kept) == "Grands comptes"

    choose(actor, kept, a_plan(actor, "Prévenant"))
    assert followed(actor, kept) == "Prévenant"


def test_an_archived_plan_is_followed_by_nobody(world, actor):
    dupont = world.customer("Dupont")
    choose(actor, dupont, a_plan(actor, "Ancien", archived_at=clock.now()))

    assert followed(actor, dupont) == "Plan habituel"


def test_a_company_without_a_plan_has_no_book(actor):
    with pytest.raises(NoPlanError):
        queries.plan_book(actor=actor)


def test_the_book_costs_the_same_for_many(world, actor, django_assert_num_queries):
    for number in range(5):
        choose(actor, world.customer(f"C{number}"), a_plan(actor, f"Plan {number}"))

    with django_assert_num_queries(6):
        queries.plan_book(actor=actor)


def test_unread_replies_are_those_of_the_customer_that_stays(world, actor):
    kept, double, other = (world.customer(name) for name in ("Dupont SA", "Dupont", "Martin"))
    reply(actor, double)
    merge_parties(actor=actor, party_id=double.pk, into_id=kept.pk)

    assert queries.unread_replies(actor=actor) == {kept.pk}
    assert queries.unread_replies(actor=actor, party_ids=[double.pk]) == {kept.pk}
    assert queries.unread_replies(actor=actor, party_ids=[other.pk]) == set()

    CustomerReply.objects.update(read_at=clock.now())
    assert queries.unread_replies(actor=actor) == set()
