"""Reads of the ground floor."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q

from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.models import (
    ApiToken,
    ColleagueQuestion,
    Company,
    Job,
    JournalEvent,
    Membership,
    SheetChange,
    SheetImport,
    User,
    WorkItem,
)
from echeance.base.rights import RIGHTS_BY_ROLE, Right, Role

if TYPE_CHECKING:
    from django.db.models import QuerySet


def companies_of(*, user: User) -> list[Company]:
    """Companies a person is a member of, by name. One query."""
    return list(
        Company.objects.filter(memberships__user=user, memberships__ended_at=None).order_by("name")
    )


def actor_for(*, user: User, company_id: int | None = None) -> Actor:
    """A person acting in one of their companies; the first by name when none is chosen.

    Raises:
        NotFoundError: They are not a member of it, or of any. One query.
    """
    mine = Membership.objects.filter(user=user, ended_at=None).select_related("company")
    if company_id is not None:
        mine = mine.filter(company_id=company_id)
    membership = mine.order_by("company__name").first()
    if membership is None:
        raise NotFoundError(what="société")
    return Actor(
        company=membership.company, user=user, rights=RIGHTS_BY_ROLE[Role(membership.role)]
    )


def actor_from_token(*, token: str) -> Actor | None:
    """Whom a token of the API stands for, with the rights of their present role. Two queries."""
    row = (
        ApiToken.objects.filter(
            sha256=hashlib.sha256(token.encode()).hexdigest(),
            revoked_at=None,
            user__is_active=True,
        )
        .select_related("user")
        .first()
    )
    if row is None:
        return None
    try:
        return actor_for(user=row.user, company_id=row.company_id)
    except NotFoundError:
        return None


def companies() -> list[Company]:
    """Every company of the installation, for work that belongs to none. One query."""
    return list(Company.objects.order_by("pk"))


def company_by_siren(*, siren: str | None = None) -> Company:
    """The company of a SIREN, or the only one of the installation when none is named.

    Raises:
        NotFoundError: None, or several and no SIREN to choose by.
    """
    rows = Company.objects.order_by("pk")
    if siren:
        rows = rows.filter(siren=siren.replace(" ", ""))
    found = list(rows[:2])
    if not found:
        what = f"société {siren}" if siren else "aucune société ; créez-la avec « echeance init »"
        raise NotFoundError(what=what)
    if len(found) > 1:
        raise NotFoundError(what="plusieurs sociétés ; choisissez-la avec --company SIREN")
    return found[0]


def work_items(*, actor: Actor, on: date, kind: str | None = None) -> QuerySet[WorkItem]:
    """Open questions of the company that are not snoozed past ``on``.

    Ordered by money then deadline: largest stake first, then the earliest deadline. One query.
    """
    rows = WorkItem.objects.filter(company=actor.company, closed_at=None).filter(
        Q(snoozed_until=None) | Q(snoozed_until__lte=on)
    )
    if kind:
        rows = rows.filter(kind=kind)
    return rows.select_related("assigned_to").order_by(
        "-amount", F("due_date").asc(nulls_last=True), "pk"
    )


def work_item_for(*, actor: Actor, work_item_id: int) -> WorkItem:
    """One question of the company. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    item = WorkItem.objects.filter(company=actor.company, pk=work_item_id).first()
    if item is None:
        raise NotFoundError(what=f"question n° {work_item_id}")
    return item


def closed_matters(*, actor: Actor, keys: Collection[str]) -> set[str]:
    """Those of some matters that had a question, closed since. One query."""
    rows = WorkItem.objects.filter(
        company=actor.company, key__in=set(keys), closed_at__isnull=False
    )
    return set(rows.values_list("key", flat=True))


def history(*, actor: Actor, subject: str) -> QuerySet[JournalEvent]:
    """What happened to an object (``kind:id``), latest first. One query."""
    return JournalEvent.objects.filter(company=actor.company, subject=subject).order_by("-pk")


def histories(*, actor: Actor, subjects: QuerySet[Any] | Collection[str]) -> QuerySet[JournalEvent]:
    """What happened to several objects, latest first; ``subjects`` may be a query. One query."""
    return JournalEvent.objects.filter(company=actor.company, subject__in=subjects).order_by("-pk")


def jobs(*, actor: Actor, status: str | None = None) -> QuerySet[Job]:
    """Background jobs of the company and of the installation, latest first. One query."""
    rows = Job.objects.filter(Q(company=actor.company) | Q(company=None))
    if status:
        rows = rows.filter(status=status)
    return rows.order_by("-enqueued_at", "-pk")


def sheet_imports(*, actor: Actor) -> QuerySet[SheetImport]:
    """Files that came back from a spreadsheet, latest first. One query."""
    actor.require(Right.READ)
    return SheetImport.objects.filter(company=actor.company).order_by("-pk")


def sheet_import_for(*, actor: Actor, import_id: int) -> SheetImport:
    """One of them. One query.

    Raises:
        NotFoundError: Not one of this company.
    """
    row = sheet_imports(actor=actor).filter(pk=import_id).first()
    if row is None:
        raise NotFoundError(what=f"fichier n° {import_id}")
    return row


def sheet_changes(*, actor: Actor, import_id: int) -> QuerySet[SheetChange]:
    """Differences of a file, in the order of its rows, closings last. One query."""
    actor.require(Right.READ)
    return SheetChange.objects.filter(company=actor.company, sheet_import=import_id)


def sheet_counts(*, actor: Actor, import_id: int) -> dict[str, int]:
    """How many differences are changed, new, removed, to decide and in place. One query."""
    state, kind = SheetChange.State, SheetChange.ChangeKind
    return sheet_changes(actor=actor, import_id=import_id).aggregate(
        changed=Count("pk", filter=Q(kind=kind.CHANGED)),
        new=Count("pk", filter=Q(kind=kind.NEW)),
        removed=Count("pk", filter=Q(kind=kind.REMOVED)),
        to_decide=Count(
            "pk", filter=Q(state__in=[state.OPEN, state.STALE]) & ~Q(kind=kind.REMOVED)
        ),
        to_close=Count("pk", filter=Q(state__in=[state.OPEN, state.STALE], kind=kind.REMOVED)),
        in_place=Count("pk", filter=Q(state__in=[state.APPLIED, state.KEPT])),
    )


def question_by_secret(*, secret: str) -> ColleagueQuestion:
    """The question of a link that still waits for its answer, company joined. One query.

    Raises:
        NotFoundError: None has this secret, or it waits no more.
    """
    digest = hashlib.sha256(secret.encode()).hexdigest()
    row = (
        ColleagueQuestion.objects.filter(secret_digest=digest, answered_at=None, withdrawn_at=None)
        .filter(Q(answer_by=None) | Q(answer_by__gte=clock.today()))
        .select_related("company")
        .first()
    )
    if row is None:
        raise NotFoundError(what="cette question")
    return row


def colleague_questions(*, actor: Actor, subject: str) -> QuerySet[ColleagueQuestion]:
    """Questions asked about an object, latest first, with their answers. One query."""
    actor.require(Right.READ)
    return (
        ColleagueQuestion.objects.filter(company=actor.company, subject=subject)
        .select_related("asked_to")
        .order_by("-asked_at", "-pk")
    )
