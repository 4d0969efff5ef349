"""Company, people, tokens, questions and idempotent answers: what is done, once, by whom."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from echeance.base import clock, commands, queries
from echeance.base.actor import Actor, system
from echeance.base.errors import (
    CompanyExistsError,
    EmailTakenError,
    IdempotencyConflictError,
    NotFoundError,
    RequestUnderWayError,
    RightMissingError,
    WorkItemClosedError,
)
from echeance.base.models import ApiToken, Company, IdempotentRequest, JournalEvent, User, WorkItem
from echeance.base.rights import RIGHTS_BY_ROLE, Right, Role
from echeance.base.types import Answer, CompanyFacts, WorkItemFacts

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def neighbour(db) -> Actor:
    return system(commands.create_company(facts=CompanyFacts(name="Voisin", siren="404833048")))


@pytest.fixture
def reader(company) -> Actor:
    return Actor(company=company, user=None, rights=frozenset({Right.READ}))


def actions(**filters) -> list[str]:
    events = JournalEvent.objects.filter(**filters).order_by("pk")
    return list(events.values_list("action", flat=True))


def question(**changes) -> WorkItemFacts:
    facts = {
        "key": "cash.match:1",
        "kind": "cash.match",
        "subject": "entry:1",
        "title": "Que paie ce virement ?",
        "answers": (Answer("a", "La facture A"), Answer("none", "Aucune", "none")),
    }
    return WorkItemFacts(**(facts | changes))


@pytest.fixture
def ask(actor):
    """Open one question."""

    def open_one(**changes) -> WorkItem:
        facts = question(**changes)
        commands.open_work_items(actor=actor, items=[facts])
        return WorkItem.objects.get(key=facts.key, closed_at=None)

    return open_one


def test_a_company_is_created_with_its_owner_as_administrator(user):
    facts = CompanyFacts(name="Brume", siren="404833048", share_capital=Decimal("1000.00"))

    company = commands.create_company(facts=facts, owner=user)

    company.refresh_from_db()
    assert (company.name, company.share_capital) == ("Brume", Decimal("1000.00"))
    assert company.created_at == NOW
    assert queries.actor_for(user=user).rights == RIGHTS_BY_ROLE[Role.ADMINISTRATOR]
    assert actions(company=company) == ["base.company_created", "base.role_given"]


def test_a_siren_is_one_company(company):
    with pytest.raises(CompanyExistsError, match="552100554 existe déjà"):
        commands.create_company(facts=CompanyFacts(name="Autre", siren="552100554"))

    assert Company.objects.count() == 1


def test_a_change_of_company_keeps_old_and_new_of_what_changed(actor, company):
    commands.change_company(actor=actor, changes={"city": "Paris", "postcode": "69002"})

    company.refresh_from_db()
    assert company.city == "Paris"
    assert JournalEvent.objects.get(action="base.company_changed").facts["changes"] == {
        "city": ["Lyon", "Paris"]
    }


def test_changing_nothing_writes_nothing(actor):
    commands.change_company(actor=actor, changes={"city": "Lyon"})

    assert "base.company_changed" not in actions()


def test_a_company_is_changed_by_those_who_may(reader, company):
    with pytest.raises(RightMissingError):
        commands.change_company(actor=reader, changes={"city": "Paris"})

    company.refresh_from_db()
    assert company.city == "Lyon"


def test_an_address_is_one_user_whatever_its_case(user):
    with pytest.raises(EmailTakenError):
        commands.create_user(email="LEA@atelier-morel.example", full_name="X", password="y")

    assert User.objects.count() == 1


def test_a_user_signs_in_with_the_password_and_no_other(user):
    assert user.check_password("x")
    assert not user.check_password("y")
    assert "x" not in user.password.split("$")


def test_a_token_stands_for_its_user_and_is_not_kept_in_clear(actor, company, user):
    commands.give_role(actor=actor, user=user, role=Role.OPERATIONS)

    token = commands.issue_api_token(actor=actor, user=user, name="ERP")

    acting = queries.actor_from_token(token=token)
    assert acting is not None
    assert (acting.company, acting.user) == (company, user)
    assert acting.rights == RIGHTS_BY_ROLE[Role.OPERATIONS]
    assert token not in str(ApiToken.objects.values())
    assert token not in str(JournalEvent.objects.values())
    assert actions(subject__startswith="api_token:") == ["base.api_token_issued"]


def test_a_token_is_for_a_member(actor, user):
    with pytest.raises(NotFoundError):
        commands.issue_api_token(actor=actor, user=user, name="ERP")

    assert not ApiToken.objects.exists()


def test_a_token_ends_when_it_is_revoked(actor, user):
    commands.give_role(actor=actor, user=user, role=Role.OPERATIONS)
    token = commands.issue_api_token(actor=actor, user=user, name="ERP")
    row = ApiToken.objects.get()

    commands.revoke_api_token(actor=actor, token_id=row.pk)
    with clock.at(NOW + timedelta(days=1)):
        commands.revoke_api_token(actor=actor, token_id=row.pk)

    row.refresh_from_db()
    assert queries.actor_from_token(token=token) is None
    assert row.revoked_at == NOW
    assert actions(action="base.api_token_revoked") == ["base.api_token_revoked"]


def test_a_token_of_another_company_is_not_found(actor, neighbour, user):
    commands.give_role(actor=actor, user=user, role=Role.OPERATIONS)
    token = commands.issue_api_token(actor=actor, user=user, name="ERP")

    with pytest.raises(NotFoundError):
        commands.revoke_api_token(actor=neighbour, token_id=ApiToken.objects.get().pk)

    assert queries.actor_from_token(token=token) is not None


@pytest.mark.parametrize("how", ["left", "inactive", "unknown"])
def test_a_token_of_nobody_who_may_act_is_nobody(actor, user, how):
    membership = commands.give_role(actor=actor, user=user, role=Role.OPERATIONS)
    token = commands.issue_api_token(actor=actor, user=user, name="ERP")
    if how == "left":
        membership.ended_at = NOW
        membership.save()
    if how == "inactive":
        user.is_active = False
        user.save()

    assert queries.actor_from_token(token=token if how != "unknown" else "ech_x") is None


def test_a_matter_has_one_open_question(actor, ask):
    first = ask()

    opened = commands.open_work_items(
        actor=actor, items=[question(title="Autre ?"), question(key="cash.match:2")]
    )

    first.refresh_from_db()
    assert opened == 1
    assert first.title == "Que paie ce virement ?"
    assert WorkItem.objects.count() == 2


def test_a_question_keeps_its_evidence_answers_and_stake(actor, ask):
    item = ask(evidence={"entry": 1}, amount=Decimal("120.50"), due_date=date(2026, 12, 1))

    assert item.evidence == {"entry": 1}
    assert item.amount == Decimal("120.50")
    assert item.opened_at == NOW
    assert item.opened_by == "assistant"
    assert item.answers == [
        {"key": "a", "label": "La facture A", "reversal": "internal"},
        {"key": "none", "label": "Aucune", "reversal": "none"},
    ]


def test_a_matter_may_be_asked_again_once_it_is_closed(actor, ask):
    commands.close_work_items(actor=actor, keys={ask().key}, answer="a")

    again = ask()

    assert again.closed_at is None
    assert WorkItem.objects.count() == 2


def test_opening_many_questions_takes_two_queries_a_thousand(actor, django_assert_max_num_queries):
    items = [question(key=f"k{number}") for number in range(1000)]

    with django_assert_max_num_queries(25):  # SQLite cuts inserts by its limit on parameters
        assert commands.open_work_items(actor=actor, items=items) == 1000


def test_an_answer_closes_the_question_and_says_by_whom(actor, ask, user, company):
    person = Actor(company=company, user=user, rights=frozenset({Right.ANSWER_WORK}))
    item = ask()

    commands.answer_work_item(actor=person, work_item_id=item.pk, answer="a")

    item.refresh_from_db()
    assert (item.closed_at, item.closed_by, item.answer) == (NOW, user.email, "a")
    assert JournalEvent.objects.get(action="base.work_item_answered").facts == {
        "work_item_id": item.pk,
        "key": "cash.match:1",
        "answer": "a",
    }


def test_a_second_answer_is_told_who_was_first(actor, ask):
    item = ask()
    commands.answer_work_item(actor=actor, work_item_id=item.pk, answer="a")

    with pytest.raises(WorkItemClosedError, match="par assistant"):
        commands.answer_work_item(actor=actor, work_item_id=item.pk, answer="none")

    item.refresh_from_db()
    assert item.answer == "a"


def test_closing_what_is_closed_or_unknown_does_nothing(actor, ask):
    key = ask().key
    commands.close_work_items(actor=actor, keys={key}, answer="a")

    assert commands.close_work_items(actor=actor, keys={key, "cash.match:9"}, answer="b") == 0

    assert WorkItem.objects.get().answer == "a"
    assert actions(action="base.work_item_answered") == ["base.work_item_answered"]


def test_questions_of_another_company_are_not_found_nor_closed(neighbour, ask):
    item = ask()

    assert commands.close_work_items(actor=neighbour, keys={item.key}, answer="a") == 0
    for act in (
        lambda: commands.answer_work_item(actor=neighbour, work_item_id=item.pk, answer="a"),
        lambda: commands.snooze_work_item(actor=neighbour, work_item_id=item.pk, until=NOW.date()),
        lambda: commands.assign_work_item(actor=neighbour, work_item_id=item.pk, user=None),
        lambda: queries.work_item_for(actor=neighbour, work_item_id=item.pk),
    ):
        with pytest.raises(NotFoundError):
            act()

    item.refresh_from_db()
    assert item.closed_at is None


def test_answering_takes_its_right(reader, ask):
    item = ask()

    with pytest.raises(RightMissingError):
        commands.answer_work_item(actor=reader, work_item_id=item.pk, answer="a")

    item.refresh_from_db()
    assert item.closed_at is None


def test_a_snoozed_question_comes_back_on_its_day(actor, ask):
    item = ask()

    commands.snooze_work_item(actor=actor, work_item_id=item.pk, until=date(2026, 11, 30))

    assert list(queries.work_items(actor=actor, on=date(2026, 11, 29))) == []
    assert list(queries.work_items(actor=actor, on=date(2026, 11, 30))) == [item]


def test_a_question_is_handed_to_a_member_and_taken_back(actor, ask, user):
    item = ask()
    with pytest.raises(NotFoundError):
        commands.assign_work_item(actor=actor, work_item_id=item.pk, user=user)

    commands.give_role(actor=actor, user=user, role=Role.ASSISTANT)
    handed = commands.assign_work_item(actor=actor, work_item_id=item.pk, user=user).assigned_to
    taken = commands.assign_work_item(actor=actor, work_item_id=item.pk, user=None).assigned_to

    assert (handed, taken) == (user, None)


def test_questions_are_queued_by_money_then_by_deadline(actor, ask):
    early, late = date(2026, 12, 1), date(2026, 12, 9)
    without = ask(key="without")
    due_late = ask(key="late", due_date=late)
    due_early = ask(key="early", due_date=early)
    dear = ask(key="dear", amount=Decimal("0.01"))

    rows = queries.work_items(actor=actor, on=date(2026, 11, 24))

    assert list(rows) == [dear, due_early, due_late, without]
    assert list(queries.work_items(actor=actor, on=NOW.date(), kind="autre")) == []


def keep(actor, key="k", request=b"a", status=201, body="un"):
    assert commands.reserve_answer(actor=actor, key=key, request=request) is None
    commands.remember_answer(actor=actor, key=key, status=status, body=body)


def test_the_same_request_gets_the_first_answer(actor):
    keep(actor)

    kept = commands.reserve_answer(actor=actor, key="k", request=b"a")

    assert kept is not None
    assert (kept.status, kept.body) == (201, "un")


def test_a_key_used_for_another_request_is_refused(actor):
    keep(actor)

    with pytest.raises(IdempotencyConflictError, match="« k »"):
        commands.reserve_answer(actor=actor, key="k", request=b"b")

    assert IdempotentRequest.objects.get().body == "un"


def test_a_request_under_way_is_not_carried_out_twice_and_a_dead_one_is_taken_over(actor):
    commands.reserve_answer(actor=actor, key="k", request=b"a")

    with pytest.raises(RequestUnderWayError):
        commands.reserve_answer(actor=actor, key="k", request=b"a")
    with clock.at(NOW + timedelta(minutes=6)):
        assert commands.reserve_answer(actor=actor, key="k", request=b"a") is None


def test_a_failure_of_ours_frees_the_key(actor):
    keep(actor, status=503, body="")

    assert commands.reserve_answer(actor=actor, key="k", request=b"b") is None


def test_a_key_is_of_one_company(actor, neighbour):
    keep(actor)

    assert commands.reserve_answer(actor=neighbour, key="k", request=b"b") is None


def test_old_answers_are_forgotten(actor):
    keep(actor, key="old")
    with clock.at(NOW + timedelta(days=1)):
        keep(actor, key="new")

    assert commands.forget_answers(before=NOW + timedelta(hours=1)) == 1

    assert IdempotentRequest.objects.get().key == "new"


def test_the_only_company_needs_no_siren(company):
    assert queries.company_by_siren() == company
    assert queries.company_by_siren(siren="552 100 554") == company


def test_several_companies_are_chosen_by_siren(company, neighbour):
    with pytest.raises(NotFoundError, match="--company SIREN"):
        queries.company_by_siren()
    with pytest.raises(NotFoundError, match="société 123456789"):
        queries.company_by_siren(siren="123456789")

    assert queries.company_by_siren(siren="404833048") == neighbour.company


def test_without_a_company_one_is_told_how_to_make_it(db):
    with pytest.raises(NotFoundError, match="echeance init"):
        queries.company_by_siren()
