"""The recovery file in one click: gathered, written piece by piece, kept in the archive."""

from __future__ import annotations

from collections.abc import Collection
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Final

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock, journal, queue
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.collection import queries
from echeance.collection.errors import NoRecoveryItemError
from echeance.collection.events import RecoveryFileBuilt
from echeance.core.recovery.bundle import safe_name, write_bundle
from echeance.ledger import queries as ledger
from echeance.ledger.types import DEBIT, RECEIVABLES
from echeance.parties import queries as parties

if TYPE_CHECKING:
    from echeance.archive.models import StoredFile

AT_ONCE_MAX: Final = 40
"""Debts beyond which the file is built by a job."""

_SPOOLED: Final = 16_000_000


def build_recovery_file(
    *, actor: Actor, party_id: int, item_ids: Collection[int], for_agency: bool = False
) -> StoredFile:
    """Build the recovery file of some debts, and keep it in the archive.

    The same facts of the same day give the same bytes, hence the same row. What is missing is
    said inside; it stops nothing. Pieces are read and written one at a time.

    Args:
        actor: Needs the rights to prepare reminders and to store files.
        party_id: The customer; one that was merged is the one that stays.
        item_ids: Its debts.
        for_agency: Adds the list that agencies import.

    Raises:
        NotFoundError: No such customer.
        NoRecoveryItemError: No item, or one of another customer.
        NoLegalRateError: The rates of a semester are unknown.
    """
    actor.require(Right.PREPARE_REMINDERS)
    actor.require(Right.STORE_FILES)
    party = parties.party_for(actor=actor, party_id=party_id)
    _check(actor, party.pk, party.name, item_ids)
    today = clock.today()
    found = queries.recovery_file(
        actor=actor, party_id=party.pk, item_ids=item_ids, on=today, for_agency=for_agency
    )
    with SpooledTemporaryFile(max_size=_SPOOLED) as folder:
        written = write_bundle(folder, found.facts, found.pieces)
        folder.seek(0)
        content = folder.read()
    sort = "agence" if for_agency else "recouvrement"
    file = archive.store_file(
        actor=actor,
        file=NewFile(
            content=content,
            filename=f"dossier_{sort}_{safe_name(party.code)}_{today:%Y-%m-%d}.zip",
            media_type="application/zip",
            kind=queries.RECOVERY_FILE_KIND,
            subject=queries.recovery_file_subject(party_id=party.pk),
            keep_until=ledger.keep_until(actor=actor, day=today),
        ),
    )
    journal.record(
        RecoveryFileBuilt(
            file.pk, party.pk, file.sha256, len(written), missing=len(found.facts.missing)
        ),
        actor=actor,
    )
    return file


def request_recovery_file(
    *, actor: Actor, party_id: int, item_ids: Collection[int], for_agency: bool = False
) -> StoredFile | None:
    """Build the recovery file now, or by a job when it has many debts.

    Returns:
        The file; ``None`` when a job builds it.

    Raises:
        NotFoundError, NoRecoveryItemError, NoLegalRateError: See :func:`build_recovery_file`.
    """
    actor.require(Right.PREPARE_REMINDERS)
    if len(set(item_ids)) <= AT_ONCE_MAX:
        return build_recovery_file(
            actor=actor, party_id=party_id, item_ids=item_ids, for_agency=for_agency
        )
    party = parties.party_for(actor=actor, party_id=party_id)
    _check(actor, party.pk, party.name, item_ids)
    queue.add(
        "echeance.collection.jobs.build_recovery_file",
        company=actor.company,
        company_id=actor.company.pk,
        party_id=party.pk,
        item_ids=sorted(set(item_ids)),
        for_agency=for_agency,
    )
    return None


def _check(actor: Actor, party_id: int, name: str, item_ids: Collection[int]) -> None:
    merged = parties.merged_parties(actor=actor)
    items = ledger.items_for(actor=actor, item_ids=item_ids)
    mine = [
        item
        for item in items
        if item.side == DEBIT
        and item.account.startswith(RECEIVABLES)
        and item.party_id is not None
        and merged.get(item.party_id, item.party_id) == party_id
    ]
    if not mine or len(mine) != len(set(item_ids)):
        raise NoRecoveryItemError(party_name=name)
