"""Reads of disputes: the board, the thread of one, what they have in common."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, Sum, Value, Window
from django.db.models.functions import Cast, Concat, RowNumber
from django.utils import timezone

from echeance.base import clock
from echeance.base import queries as base
from echeance.base.actor import system
from echeance.base.errors import NotFoundError
from echeance.base.models import ColleagueQuestion, Company, User, WorkItem
from echeance.base.rights import Right
from echeance.collection.models import Dispute, DisputePiece
from echeance.collection.queries.dunning import dispute_for
from echeance.collection.rules_disputes import CAUSES, Closed, Figures, figures
from echeance.collection.types import (
    DISPUTE_REASON_LABELS,
    DisputeFilter,
    DisputeReason,
    DisputeStage,
)
from echeance.core.money import ZERO
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from echeance.base.actor import Actor

_CHUNK = 500
CARDS_MAX = 60
"""Cards of a column of the board; its count and its sum are those of all."""
CLOSED_DAYS = timedelta(days=30)
"""How long a closed dispute stays on the board."""


@dataclass(frozen=True, slots=True)
class Column:
    """A stage of the board.

    Attributes:
        count: How many disputes are there, shown or not.
        amount: What they contest.
        cards: The most urgent first, at most ``CARDS_MAX``.
    """

    stage: DisputeStage
    count: int
    amount: Decimal
    cards: tuple[Dispute, ...]


@dataclass(frozen=True, slots=True)
class Statistic:
    """A line of the statistics.

    Attributes:
        value: What its disputes have in common, as the filter takes it.
        label: In French.
    """

    value: str
    label: str
    figures: Figures


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


# -- the board, the list, the statistics ----------------------------------------------------------


def board(*, actor: Actor, party_id: int | None = None) -> list[Column]:
    """Open disputes by stage and those closed of late, the earliest day first. Two queries."""
    actor.require(Right.READ)
    rows = Dispute.objects.filter(company=actor.company).filter(
        Q(closed_at=None) | Q(closed_at__gte=clock.now() - CLOSED_DAYS)
    )
    if party_id is not None:
        rows = rows.filter(party__in=parties.family(actor=actor, party_ids=[party_id]))
    sums = {
        stage: (count, amount)
        for stage, count, amount in rows.order_by()
        .values_list("stage")
        .annotate(Count("pk"), Sum("amount"))
    }
    cards: dict[str, list[Dispute]] = {stage.value: [] for stage in DisputeStage}
    order = (F("answer_by").asc(nulls_last=True), F("amount").desc(), F("pk").asc())
    place = Window(RowNumber(), partition_by=F("stage"), order_by=order)
    shown = rows.annotate(place=place).filter(place__lte=CARDS_MAX)
    for row in shown.select_related("party", "owner", "open_item").order_by("place"):
        cards[row.stage].append(row)
    return [
        Column(stage, *sums.get(stage.value, (0, ZERO)), tuple(cards[stage.value]))
        for stage in DisputeStage
    ]


def disputes_to_follow(*, actor: Actor) -> QuerySet[Dispute]:
    """Open disputes something may have happened to: the others are not even read.

    Those whose credit note is drafted, paid in full, past their day, or asked about; with customer,
    item and credit note. One query.
    """
    actor.require(Right.READ)
    asked = ColleagueQuestion.objects.filter(
        company=actor.company,
        subject=Concat(Value("dispute:"), Cast(OuterRef("pk"), CharField())),
    )
    return (
        Dispute.objects.filter(company=actor.company, closed_at=None)
        .filter(
            Q(stage=DisputeStage.CREDIT)
            | Q(open_item__open_amount=0)
            | Q(answer_by__lt=clock.today())
            | Exists(asked)
        )
        .select_related("party", "open_item", "credit_note")
        .order_by("pk")
    )


_EXACT = {
    "stage": "stage",
    "reason": "reason_code",
    "outcome": "outcome",
    "product": "product",
    "site": "site",
    "carrier": "carrier",
    "seller": "seller",
    "cause": "cause",
}
_MAY_BE_EMPTY = frozenset({"product", "site", "carrier", "seller", "cause"})


def disputes_like(*, actor: Actor, wanted: DisputeFilter) -> QuerySet[Dispute]:
    """Disputes of a filter, the latest first, with customer, owner, item and credit note.

    One query.
    """
    actor.require(Right.READ)
    rows = Dispute.objects.filter(company=actor.company)
    for name, column in _EXACT.items():
        value = getattr(wanted, name)
        if value or (value is not None and name in _MAY_BE_EMPTY):
            rows = rows.filter(**{column: value})
    if wanted.state:
        rows = rows.filter(closed_at__isnull=wanted.state == "open")
    if wanted.owner is not None:
        rows = rows.filter(owner=wanted.owner or None)
    if wanted.party_id is not None:
        family = parties.family(actor=actor, party_ids=[wanted.party_id])
        rows = rows.filter(party__in=family)
    if wanted.late:
        rows = rows.filter(closed_at=None, answer_by__lt=clock.today())
    if wanted.since:
        rows = rows.filter(opened_at__gte=_start_of(wanted.since))
    if wanted.until:
        rows = rows.filter(opened_at__lt=_start_of(wanted.until + timedelta(days=1)))
    if wanted.text:
        named = Q(document_ref__icontains=wanted.text) | Q(party__name__icontains=wanted.text)
        rows = rows.filter(named)
    return rows.select_related("party", "owner", "open_item", "credit_note").order_by(
        "-opened_at", "-pk"
    )


def disputes_of_document(*, actor: Actor, document_ref: str) -> QuerySet[Dispute]:
    """Disputes of a document, the open ones first, then the latest. One query."""
    actor.require(Right.READ)
    return (
        Dispute.objects.filter(company=actor.company, document_ref=document_ref)
        .select_related("party", "owner")
        .order_by(F("closed_at").desc(nulls_first=True), "-pk")
    )


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


_DIMENSION_COLUMNS = {
    "motif": "reason_code",
    "cause": "cause",
    "article": "product",
    "site": "site",
    "transporteur": "carrier",
    "vendeur": "seller",
    "client": "party_id",
}


def dispute_statistics(*, actor: Actor, wanted: DisputeFilter, by: str) -> list[Statistic]:
    """Figures of disputes by what they have in common, the dearest first.

    A customer that was merged counts with the one it became. Three queries.

    Args:
        actor: Whose company.
        wanted: Which disputes count.
        by: A key of :data:`echeance.collection.rules_disputes.DIMENSION_LABELS`.
    """
    rows = disputes_like(actor=actor, wanted=wanted).values_list(
        _DIMENSION_COLUMNS[by],
        "amount",
        "outcome",
        "opened_at",
        "closed_at",
        "credit_note__number",
        "credit_note__gross_total",
    )
    merged = parties.merged_parties(actor=actor) if by == "client" else {}
    groups: dict[str, list[Closed]] = {}
    for key, amount, outcome, opened_at, closed_at, number, gross in rows:
        days = (
            (timezone.localdate(closed_at) - timezone.localdate(opened_at)).days
            if closed_at
            else None
        )
        value = str(merged.get(key, key))
        credited = gross if number else ZERO
        groups.setdefault(value, []).append(Closed(amount, outcome, days, credited))
    names = _names(actor, groups) if by == "client" else {}
    found = [
        Statistic(value, _label(by, value, names), figures(rows)) for value, rows in groups.items()
    ]
    return sorted(
        found, key=lambda one: (-one.figures.credited, -one.figures.amount, one.label, one.value)
    )


def _names(actor: Actor, ids: Collection[str]) -> dict[str, str]:
    known = parties.snapshots(actor=actor, party_ids=[int(one) for one in ids])
    return {str(pk): one.name for pk, one in known.items()}


def _label(by: str, value: str, names: dict[str, str]) -> str:
    if by == "motif":
        return DISPUTE_REASON_LABELS[DisputeReason(value)]
    return names.get(value, value)


def dispute_words(*, actor: Actor) -> dict[str, list[str]]:
    """Words already used, to be offered again: causes, carriers, sellers, sites. Four queries."""
    actor.require(Right.READ)
    mine = Dispute.objects.filter(company=actor.company)
    found = {
        name: list(
            mine.exclude(**{name: ""}).order_by(name).values_list(name, flat=True).distinct()[:200]
        )
        for name in ("cause", "carrier", "seller", "site")
    }
    return found | {"cause": found["cause"] or list(CAUSES)}


def members(*, actor: Actor) -> list[User]:
    """Members of the company, to whom a dispute may be given, by name. One query."""
    actor.require(Right.READ)
    return list(
        User.objects.filter(
            memberships__company=actor.company, memberships__ended_at=None
        ).order_by("full_name", "email")
    )


def pieces_of(*, actor: Actor, dispute_id: int) -> list[DisputePiece]:
    """Pieces of a dispute in their order, with their files. One query."""
    actor.require(Right.READ)
    return list(
        DisputePiece.objects.filter(company=actor.company, dispute=dispute_id)
        .select_related("file")
        .order_by("rank")
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
