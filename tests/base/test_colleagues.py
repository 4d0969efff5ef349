"""A question to a colleague: asked about an object, answered by a link or inside, once, in time."""

from __future__ import annotations

from datetime import date

import pytest

from echeance.base import clock, commands, queries
from echeance.base.errors import NotFoundError, QuestionClosedError, QuestionEmptyError
from echeance.base.models import ColleagueQuestion, JournalEvent
from echeance.base.rights import Role

SUBJECT = "statement_entry:12"


def ask(actor, **facts):
    return commands.ask_colleague(
        actor=actor,
        subject=SUBJECT,
        **{"text": "Qui est ce payeur ?", "email": "paul@chantier.example", **facts},
    )


def test_the_answer_comes_by_a_link_whose_secret_is_not_kept(actor):
    row, secret = ask(actor)

    assert queries.question_by_secret(secret=secret).pk == row.pk
    answered = commands.answer_colleague(secret=secret, answer=" C'est la SCI du gérant. ")

    assert (answered.answer, answered.answered_by) == (
        "C'est la SCI du gérant.",
        "paul@chantier.example",
    )
    assert secret not in str(ColleagueQuestion.objects.values())
    assert [one.pk for one in queries.colleague_questions(actor=actor, subject=SUBJECT)] == [row.pk]
    told = JournalEvent.objects.filter(subject=SUBJECT).order_by("pk")
    assert [event.action for event in told] == ["base.colleague_asked", "base.colleague_answered"]


def test_a_question_is_answered_once(actor):
    _, secret = ask(actor)
    commands.answer_colleague(secret=secret, answer="Oui.")

    with pytest.raises(QuestionClosedError, match="n'attend plus de réponse"):
        commands.answer_colleague(secret=secret, answer="Non.")
    with pytest.raises(NotFoundError):
        queries.question_by_secret(secret=secret)

    assert ColleagueQuestion.objects.get().answer == "Oui."


def test_a_question_past_its_day_or_withdrawn_answers_no_more(actor):
    row, secret = ask(actor, answer_by=date(2026, 11, 25))
    other, second = ask(actor)
    commands.withdraw_question(actor=actor, question_id=other.pk)

    with clock.at(clock.now().replace(day=26)), pytest.raises(QuestionClosedError):
        commands.answer_colleague(secret=secret, answer="Trop tard.")
    with pytest.raises(QuestionClosedError):
        commands.answer_colleague(secret=second, answer="Non.")
    with pytest.raises(QuestionClosedError):
        commands.withdraw_question(actor=actor, question_id=other.pk)
    commands.answer_colleague(secret=secret, answer="Le dernier jour compte.")
    assert ColleagueQuestion.objects.get(pk=row.pk).answered_at


def test_a_member_answers_inside_and_nobody_of_elsewhere_is_asked(actor, user):
    with pytest.raises(NotFoundError):
        ask(actor, user=user, email="")
    commands.give_role(actor=actor, user=user, role=Role.OPERATIONS)
    row, _ = ask(actor, user=user, email="")

    answered = commands.reply_to_colleague(actor=actor, question_id=row.pk, answer="Chantier 12.")

    assert answered.answered_by == "assistant"


@pytest.mark.parametrize("facts", [{"text": "  "}, {"email": ""}])
def test_a_question_has_words_and_somebody_to_read_them(actor, facts):
    with pytest.raises(QuestionEmptyError, match="Écrivez un texte"):
        ask(actor, **facts)


def test_an_empty_answer_and_a_wrong_link_are_refused(actor):
    _, secret = ask(actor)

    with pytest.raises(QuestionEmptyError):
        commands.answer_colleague(secret=secret, answer=" ")
    with pytest.raises(NotFoundError):
        commands.answer_colleague(secret="x", answer="Oui.")
