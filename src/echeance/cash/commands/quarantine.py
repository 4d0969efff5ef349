"""Bank files that were not taken in: kept with their reason until something is done about them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive import queries as archive_queries
from echeance.archive.types import NewFile
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.cash import queries
from echeance.cash.commands.intake import STATEMENT_KIND, import_statements, media_type
from echeance.cash.errors import HeldFileResolvedError
from echeance.cash.events import FileHeld, HeldFileResolved
from echeance.cash.models import HeldFile
from echeance.cash.types import StatementReport
from echeance.core.errors import EcheanceError
from echeance.ledger import queries as ledger_queries


def hold_file(
    *, actor: Actor, content: bytes, filename: str, error: EcheanceError
) -> HeldFile | None:
    """Keep a refused bank file with its reason; the same bytes wait once, with the last reason.

    An empty file is not kept: there is nothing to come back to.
    """
    actor.require(Right.IMPORT_STATEMENTS)
    if not content:
        return None
    with transaction.atomic():
        file = archive.store_file(
            actor=actor,
            file=NewFile(
                content=content,
                filename=filename,
                media_type=media_type(content),
                kind=STATEMENT_KIND,
                subject="",
                keep_until=ledger_queries.keep_until(actor=actor, day=clock.today()),
            ),
        )
        held, _ = HeldFile.objects.update_or_create(
            company=actor.company,
            file=file,
            resolved_at=None,
            defaults={
                "filename": filename[:200],
                "code": error.code[:60],
                "reason": str(error),
                "facts": _plain(error.facts),
            },
            create_defaults={
                "filename": filename[:200],
                "code": error.code[:60],
                "reason": str(error),
                "facts": _plain(error.facts),
                "received_at": clock.now(),
                "received_by": actor.name[:120],
            },
        )
        journal.record(FileHeld(held_file_id=held.pk, code=held.code), actor=actor)
    return held


def _plain(facts: Mapping[str, object]) -> dict[str, object]:
    kept: dict[str, object] = {}
    for name, value in facts.items():
        if isinstance(value, Decimal):
            kept[name] = f"{value:f}"
        else:
            kept[name] = value if isinstance(value, (str, int, bool)) else str(value)
    return kept


def take_held_file(
    *,
    actor: Actor,
    held_file_id: int,
    account_id: int | None = None,
    confirmed: str = "",
    day_first: bool | None = None,
) -> list[StatementReport]:
    """Take in a file of the quarantine, with the answers it was waiting for.

    ``confirmed`` is added to the questions answered before, so that a file with two questions is
    asked one after the other.

    Raises:
        NotFoundError: Not a held file of this company.
        HeldFileResolvedError: Something was done about it already.
        EcheanceError: As :func:`import_statements`; the file waits with this reason.
    """
    actor.require(Right.IMPORT_STATEMENTS)
    held = queries.held_file_for(actor=actor, held_file_id=held_file_id)
    if held.resolved_at is not None:
        raise HeldFileResolvedError(filename=held.filename)
    content = archive_queries.content(actor=actor, file_id=held.file_id)
    answered = [*held.facts.get("answered", ()), *([confirmed] if confirmed else ())]
    try:
        return import_statements(
            actor=actor,
            content=content,
            filename=held.filename,
            account_id=account_id or held.facts.get("account_id"),
            confirmed=answered,
            day_first=held.facts.get("day_first") if day_first is None else day_first,
        )
    except EcheanceError as error:
        waiting = hold_file(actor=actor, content=content, filename=held.filename, error=error)
        assert waiting is not None, "it has bytes"
        waiting.facts |= {
            "answered": answered,
            "account_id": account_id or held.facts.get("account_id"),
            "day_first": held.facts.get("day_first") if day_first is None else day_first,
        }
        waiting.save(update_fields=["facts"])
        raise


@transaction.atomic
def resolve_held_file(*, actor: Actor, held_file_id: int, resolution: str) -> HeldFile:
    """Say what was done about a file that will not be taken in; it stays in the archive.

    Raises:
        NotFoundError: Not a held file of this company.
        HeldFileResolvedError: Something was done about it already.
    """
    actor.require(Right.IMPORT_STATEMENTS)
    held = queries.held_file_for(actor=actor, held_file_id=held_file_id)
    if held.resolved_at is not None:
        raise HeldFileResolvedError(filename=held.filename)
    held.resolved_at = clock.now()
    held.resolved_by = actor.name[:120]
    held.resolution = " ".join(resolution.split())[:300] or "écarté"
    held.save(update_fields=["resolved_at", "resolved_by", "resolution"])
    journal.record(HeldFileResolved(held_file_id=held.pk, resolution=held.resolution), actor=actor)
    return held
