"""Reads of disputes: the board, the thread of one, what they have in common."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum

from echeance.base import clock
from echeance.base import queries as base
from echeance.base.actor import system
from echeance.base.errors import NotFoundError
from echeance.base.models import ColleagueQuestion, Company, WorkItem
from echeance.base.rights import Right
from echeance.collection.models import Dispute
from echeance.collection.queries.dunning import dispute_for
from echeance.core.money import ZERO
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from echeance.base.actor import Actor

_CHUNK = 500


def dispute_counts(*, actor: Actor, party_ids: Collection[int]) -> dict[int, tuple[int, Decimal]]:
    """How often customers disputed, open or closed, and for how much; none is left out.

    Asked for a customer or for one merged into it, the answer is of the whole of it. Two queries a
    chunk of 500.

    Returns:
        By customer asked for: the items disputed, and the sum of what was disputed of them, VAT
        included.
    """
    actor.require(Right.READ)
    asked = list(dict.fromkeys(party_ids))
    found: dict[int, tuple[int, Decimal]] = {}
    for start in range(0, len(asked), _CHUNK):
        chunk = asked[start : start + _CHUNK]
        stands_for = parties.with_merged(actor=actor, party_ids=chunk)
        sums = dict.fromkeys(chunk, (0, ZERO))
        rows = (
            Dispute.objects.filter(company=actor.company, party__in=stands_for)
            .values_list("party_id")
            .annotate(Count("open_item", distinct=True), Sum("amount"))
        )
        for party_id, count, amount in rows:
            before, owed = sums[stands_for[party_id]]
            sums[stands_for[party_id]] = before + count, owed + amount
        for party_id in chunk:
            found[party_id] = sums[stands_for[party_id]]
    return found


def contested_of(*, actor: Actor, item_ids: Collection[int]) -> dict[int, Decimal]:
    """What open disputes contest of open items; items without one are absent. One query."""
    actor.require(Right.READ)
    rows = Dispute.objects.filter(
        company=actor.company, open_item__in=set(item_ids), closed_at=None
    )
    return dict(rows.order_by().values_list("open_item_id").annotate(Sum("amount")))


def companies_with_disputes() -> list[Company]:
    """Companies that have open disputes, for the minute job. One query."""
    return list(
        Company.objects.filter(
            pk__in=Dispute.objects.filter(closed_at=None).values("company")
        ).order_by("pk")
    )


# -- questions ------------------------------------------------------------------------------------


def dispute_of_question(*, secret: str) -> tuple[ColleagueQuestion, Dispute]:
    """The question of a link that still waits, and the dispute it is about. Two queries.

    Raises:
        NotFoundError: None has this secret, it waits no more, or it is about something else.
    """
    question = base.question_by_secret(secret=secret)
    kind, _, number = question.subject.partition(":")
    if kind != "dispute" or not number.isdecimal():
        raise NotFoundError(what="cette question")
    return question, dispute_for(actor=system(question.company), dispute_id=int(number))


def questions_of(*, actor: Actor, subjects: Collection[str]) -> dict[str, list[ColleagueQuestion]]:
    """Questions asked to colleagues about objects, oldest first. One query a chunk of 500."""
    actor.require(Right.READ)
    wanted = list(subjects)
    found: dict[str, list[ColleagueQuestion]] = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = ColleagueQuestion.objects.filter(
            company=actor.company, subject__in=wanted[start : start + _CHUNK]
        )
        for row in rows.order_by("pk"):
            found.setdefault(row.subject, []).append(row)
    return found


def question_waits(*, actor: Actor, question_id: int) -> bool:
    """Whether a question to a colleague may still be answered. One query."""
    actor.require(Right.READ)
    return (
        ColleagueQuestion.objects.filter(
            company=actor.company, pk=question_id, answered_at=None, withdrawn_at=None
        )
        .filter(Q(answer_by=None) | Q(answer_by__gte=clock.today()))
        .exists()
    )


def asked_before(*, actor: Actor, keys: Collection[str]) -> set[str]:
    """Matters that were asked to a person once, answered since or not. One query a chunk of 500."""
    actor.require(Right.READ)
    wanted = sorted(set(keys))
    found: set[str] = set()
    for start in range(0, len(wanted), _CHUNK):
        rows = WorkItem.objects.filter(
            company=actor.company, key__in=wanted[start : start + _CHUNK]
        )
        found.update(rows.values_list("key", flat=True))
    return found
