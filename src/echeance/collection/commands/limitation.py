"""Acts that interrupt limitation, recorded, ended, withdrawn; the watch over the last days."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from django.db import transaction

from echeance.base import clock, journal
from echeance.base import commands as base
from echeance.base import queries as base_queries
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.collection import queries
from echeance.collection.errors import (
    ActInFutureError,
    InterruptionEndedError,
    NotCustomerItemError,
    NotProceedingsError,
    ReasonForWithdrawalMissingError,
    TimeBarredError,
    WrittenDemandDoesNotInterruptError,
)
from echeance.collection.events import (
    InterruptionEnded,
    InterruptionRecorded,
    InterruptionWithdrawn,
)
from echeance.collection.models import LimitationAct
from echeance.collection.types import LimitationCause
from echeance.core.dates import add_months
from echeance.core.dunning import DebtNature
from echeance.core.money import format_amount
from echeance.core.words import clean_line
from echeance.ledger import queries as ledger

WATCHED_MONTHS: Final = (6, 3, 1)
"""How long before the last day a person is told."""

_KIND: Final = "collection.limitation"
_MONTHS: Final = {6: "six mois", 3: "trois mois", 1: "un mois"}


@transaction.atomic
def record_interruption(
    *,
    actor: Actor,
    item_ids: Collection[int],
    cause: LimitationCause,
    on: date,
    until: date | None = None,
    title: str = "",
    note: str = "",
    file_id: int | None = None,
) -> list[LimitationAct]:
    """Record an act that makes the whole term run again for some debts.

    Args:
        actor: Needs the right to prepare reminders.
        item_ids: Debts it is about.
        cause: What it is. Of proceedings, ``on`` is the day of the writ or of the service.
        on: Its day, today at the latest.
        until: Day the proceedings ended; ``None`` while they run.
        title: Of proceedings that ended with one, the title: its own ten years run from then.
        note: Where the proof is, in a few words.
        file_id: The proof, in the archive.

    Raises:
        NotFoundError: One item, or the file, is not of this company.
        NotCustomerItemError: One is not what a customer owes.
        ActInFutureError: The day, or the end, has not come.
        NotProceedingsError: An end or a title of an act that is no proceedings, or before them.
        WrittenDemandDoesNotInterruptError: A written demand to somebody else than a public buyer.
        TimeBarredError: The term was over before that day; nothing revives it.
    """
    actor.require(Right.PREPARE_REMINDERS)
    today = clock.today()
    if on > today or (until is not None and until > today):
        raise ActInFutureError(day=max(on, until or on))
    lasts = cause is LimitationCause.COURT_ACTION
    if (not lasts and (until or title)) or (until and until < on) or (title and not until):
        raise NotProceedingsError
    wanted = sorted(set(item_ids))
    items = ledger.items_for(actor=actor, item_ids=wanted)
    if not items or len(items) != len(wanted):
        raise NotFoundError(what="une des échéances")
    dates = queries.limitation_dates(actor=actor, item_ids=wanted, on=today)
    for item in items:
        if item.item_id not in dates:
            raise NotCustomerItemError(document_ref=item.document_ref)
        known = dates[item.item_id]
        if cause is LimitationCause.WRITTEN_DEMAND and known.nature is not DebtNature.PUBLIC:
            raise WrittenDemandDoesNotInterruptError(document_ref=item.document_ref)
        if known.last_day is not None and on > known.last_day:
            raise TimeBarredError(document_ref=item.document_ref, last_day=known.last_day)
    _check_file(actor, file_id)
    now = clock.now()
    rows = LimitationAct.objects.bulk_create(
        [
            LimitationAct(
                company=actor.company,
                open_item_id=item.item_id,
                document_ref=item.document_ref,
                cause=cause.value,
                on=on,
                until=until,
                title=clean_line(title)[:200],
                file_id=file_id,
                note=clean_line(note)[:200],
                recorded_at=now,
                recorded_by=actor.name,
            )
            for item in items
        ]
    )
    party_of = {item.item_id: item.party_id or 0 for item in items}
    journal.record_many(
        [
            InterruptionRecorded(row.pk, party_of[row.open_item_id], row.document_ref, cause, on)
            for row in rows
        ],
        actor=actor,
    )
    _close_questions(actor, wanted, "interrupted")
    return rows


@transaction.atomic
def end_interruption(
    *, actor: Actor, act_ids: Collection[int], until: date, title: str = ""
) -> list[LimitationAct]:
    """Record that proceedings ended: the whole term runs from then, ten years with a title.

    A claim that was given up, lapsed or was dismissed interrupted nothing (C. civ. art. 2243):
    it is withdrawn instead, see :func:`withdraw_interruption`.

    Raises:
        NotFoundError: One is not of this company.
        NotProceedingsError: One is no proceedings, or began after that day.
        InterruptionEndedError: One has its end already.
        ActInFutureError: The day has not come.
    """
    actor.require(Right.PREPARE_REMINDERS)
    if until > clock.today():
        raise ActInFutureError(day=until)
    rows = _lock(actor, act_ids)
    for row in rows:
        if row.cause != LimitationCause.COURT_ACTION or until < row.on:
            raise NotProceedingsError
        if row.until is not None:
            raise InterruptionEndedError(document_ref=row.document_ref, until=row.until)
        row.until, row.title = until, clean_line(title)[:200]
    LimitationAct.objects.bulk_update(rows, ["until", "title"])
    journal.record_many(
        [
            InterruptionEnded(row.pk, _party(row), row.document_ref, until, row.title)
            for row in rows
        ],
        actor=actor,
    )
    return rows


@transaction.atomic
def withdraw_interruption(*, actor: Actor, act_ids: Collection[int], reason: str) -> int:
    """Take back acts recorded wrongly, or without effect (C. civ. art. 2243); the rows stay.

    Returns:
        How many stood.

    Raises:
        NotFoundError: One is not of this company.
        ReasonForWithdrawalMissingError: Nobody would know why.
    """
    actor.require(Right.PREPARE_REMINDERS)
    why = clean_line(reason)[:200]
    if not why:
        raise ReasonForWithdrawalMissingError
    standing = [row for row in _lock(actor, act_ids) if row.withdrawn_at is None]
    LimitationAct.objects.filter(pk__in=[row.pk for row in standing]).update(
        withdrawn_at=clock.now()
    )
    journal.record_many(
        [InterruptionWithdrawn(row.pk, _party(row), row.document_ref, why) for row in standing],
        actor=actor,
    )
    return len(standing)


def watch_limitations(*, actor: Actor, on: date) -> int:
    """Ask a person about each open debt six, three and one month before its last day to sue.

    A question answered does not come back at the same stage; one whose debt was paid, or whose
    term has moved, closes by itself.

    Returns:
        How many questions were opened. The queries of the list of limitations, and six.
    """
    actor.require(Right.READ)
    wanted: dict[str, WorkItemFacts] = {}
    for row in queries.limitation_rows(actor=actor, on=on):
        stage = _stage(row.limitation.last_day, on)
        if stage:
            facts = _question(row, stage)
            wanted[facts.key] = facts
    opened = base_queries.work_items(actor=actor, on=date.max, kind=_KIND)
    outdated = {item.key for item in opened if item.key not in wanted}
    base.close_work_items(actor=actor, keys=outdated, answer="moot")
    seen = base_queries.closed_matters(actor=actor, keys=wanted)
    return base.open_work_items(
        actor=actor, items=[facts for key, facts in wanted.items() if key not in seen]
    )


def _stage(last_day: date | None, on: date) -> int:
    """Months of the nearest stage reached, 0 for none."""
    if last_day is None or on > last_day:
        return 0
    return min((months for months in WATCHED_MONTHS if on >= add_months(last_day, -months)),
               default=0)  # fmt: skip


def _question(row: queries.LimitationRow, stage: int) -> WorkItemFacts:
    item, last_day = row.item, row.limitation.last_day
    assert last_day is not None, "a term that does not run has no stage"
    return WorkItemFacts(
        key=f"{_KIND}:{item.item_id}:{last_day.isoformat()}:{stage}",
        kind=_KIND,
        subject=f"party:{row.party_id}",
        title=(
            f"{item.document_ref} de {row.party_name} ({format_amount(item.open_amount)}) se "
            f"prescrit le {last_day:%d/%m/%Y}, dans moins de {_MONTHS[stage]} : une relance, même "
            "recommandée, n'y change rien."
        ),
        evidence={"item_id": item.item_id, "sentence": row.limitation.sentence},
        answers=(
            Answer("act", "Agir : ouvrir le dossier"),
            Answer("let_go", "Laisser prescrire", "internal"),
        ),
        amount=item.open_amount,
        due_date=last_day,
    )


def _close_questions(actor: Actor, item_ids: Collection[int], answer: str) -> None:
    prefixes = tuple(f"{_KIND}:{item_id}:" for item_id in item_ids)
    opened = base_queries.work_items(actor=actor, on=date.max, kind=_KIND)
    keys = {item.key for item in opened if item.key.startswith(prefixes)}
    base.close_work_items(actor=actor, keys=keys, answer=answer)


def _lock(actor: Actor, act_ids: Collection[int]) -> list[LimitationAct]:
    wanted = set(act_ids)
    rows = list(
        LimitationAct.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk__in=wanted)
        .select_related("open_item")
        .order_by("pk")
    )
    if len(rows) != len(wanted):
        raise NotFoundError(what="un des actes")
    return rows


def _party(row: LimitationAct) -> int:
    return row.open_item.party_id or 0


def _check_file(actor: Actor, file_id: int | None) -> None:
    if file_id is not None:
        from echeance.archive import queries as archive

        archive.file_for(actor=actor, file_id=file_id)
