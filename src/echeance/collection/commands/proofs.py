"""Proofs of the course of letters: posted, presented, received or not; nothing is edited."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.types import NewFile, NewLink
from echeance.base import clock, journal
from echeance.base import commands as base
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.base.types import Answer, WorkItemFacts
from echeance.collection import queries
from echeance.collection.commands.letter_files import with_archive
from echeance.collection.errors import (
    NotALetterError,
    ProofDateError,
    ProofKnownError,
    ProofListError,
)
from echeance.collection.events import LetterProved, RegisteredConsent
from echeance.collection.models import LetterProof, Reminder
from echeance.collection.types import PROOF_LABELS, ProofKind, ProofLine
from echeance.core.errors import EcheanceError
from echeance.core.tabular import Cell, read_table, to_date, to_text
from echeance.core.words import clean_line, fold
from echeance.ledger import queries as ledger
from echeance.parties import queries as parties
from echeance.transmission import commands as transmission
from echeance.transmission.types import PostalState

LAST: Final = frozenset(
    {ProofKind.RECEIVED, ProofKind.REFUSED, ProofKind.UNCLAIMED, ProofKind.RETURNED}
)
"""How a letter ends: one of them at most."""

LINES_MAX: Final = 5000
_TRACKING: Final = re.compile(r"[A-Z0-9-]{6,40}")
_REFERENCE: Final = re.compile(r"[Rr]?(\d{1,12})")
_WORDS: Final = {
    "depot": ProofKind.POSTED,
    "depose": ProofKind.POSTED,
    "poste": ProofKind.POSTED,
    "avis": ProofKind.PRESENTED,
    "presente": ProofKind.PRESENTED,
    "avise": ProofKind.PRESENTED,
    "recu": ProofKind.RECEIVED,
    "accuse": ProofKind.RECEIVED,
    "distribue": ProofKind.RECEIVED,
    "signe": ProofKind.RECEIVED,
    "refuse": ProofKind.REFUSED,
    "non reclame": ProofKind.UNCLAIMED,
    "retourne": ProofKind.RETURNED,
    "npai": ProofKind.RETURNED,
    "destinataire inconnu": ProofKind.RETURNED,
}
COLUMNS: Final = ("reference", "suivi", "preuve", "date")


@transaction.atomic
def record_proof(
    *,
    actor: Actor,
    reminder_id: int,
    kind: ProofKind,
    on: date,
    tracking: str = "",
    file: NewFile | None = None,
    note: str = "",
) -> LetterProof:
    """Keep a proof of the course of a letter: its deposit, then its passage, then its end.

    A letter whose batch was posted has its proof of deposit from there, when none was recorded. A
    letter that came back « inconnu à l'adresse » asks for the address to be corrected.

    Args:
        actor: Needs the right to send reminders.
        reminder_id: The reminder the letter is of.
        kind: What is proved.
        on: The day it happened, not later than today.
        tracking: Number of the registered letter; blanks are dropped.
        file: The proof itself.
        note: A remark.

    Raises:
        NotFoundError: Not a reminder of this company.
        NotALetterError: It is no letter, or it has not left.
        ProofKnownError: That proof, or another end, is recorded already.
        ProofDateError: Before the deposit, after today, or without a deposit.
    """
    actor.require(Right.SEND_REMINDERS)
    row = _letter(actor, reminder_id)
    known = {ProofKind(one.kind): one for one in _posted_by_batch(actor, row)}
    _check(row, kind, on, known)
    stored = archive.store_file(actor=with_archive(actor), file=file) if file else None
    return _add(
        actor,
        row,
        kind,
        on,
        tracking=_number(tracking),
        file_id=stored.pk if stored else None,
        note=note,
    )


def _letter(actor: Actor, reminder_id: int) -> Reminder:
    row = (
        Reminder.objects.select_for_update(of=("self",))
        .filter(company=actor.company, pk=reminder_id)
        .select_related("run", "party", "letter__batch", "message")
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"relance n° {reminder_id}")
    left = row.letter or row.message
    if row.channel not in queries.TYPESET or row.cancelled_at is not None or left is None:
        raise NotALetterError(reference=f"R{row.pk}")
    return row


def _posted_by_batch(actor: Actor, row: Reminder) -> list[LetterProof]:
    """Proofs of a letter, its deposit taken from its batch when that says it."""
    found = list(row.proofs.order_by("on", "pk"))
    batch = row.letter.batch if row.letter else None
    if any(one.kind == ProofKind.POSTED for one in found) or batch is None:
        return found
    assert row.letter is not None, "it has a batch"
    if row.letter.state != PostalState.POSTED or batch.posted_on is None:
        return found
    note = f"lot {batch.number}"
    return [
        _add(actor, row, ProofKind.POSTED, batch.posted_on, file_id=batch.proof_id, note=note),
        *found,
    ]


def _check(
    row: Reminder, kind: ProofKind, on: date, proofs: Mapping[ProofKind, LetterProof]
) -> None:
    if kind in proofs or (kind in LAST and LAST & proofs.keys()):
        first = proofs.get(kind) or next(proofs[one] for one in LAST if one in proofs)
        raise ProofKnownError(
            reference=f"R{row.pk}", proof=PROOF_LABELS[ProofKind(first.kind)], on=first.on
        )
    if on > clock.today():
        raise ProofDateError(reference=f"R{row.pk}", reason="ce jour n'est pas encore venu")
    if kind is ProofKind.POSTED:
        if on < row.run.on:
            reason = f"la lettre a été préparée le {row.run.on:%d/%m/%Y}"
            raise ProofDateError(reference=f"R{row.pk}", reason=reason)
        return
    posted = proofs.get(ProofKind.POSTED)
    if posted is None:
        reason = "notez d'abord la preuve de dépôt"
        raise ProofDateError(reference=f"R{row.pk}", reason=reason)
    ended = next((proofs[one] for one in LAST if one in proofs), None)
    if kind is ProofKind.PRESENTED and ended is not None and on > ended.on:
        reason = f"la lettre a fini sa course le {ended.on:%d/%m/%Y}"
        raise ProofDateError(reference=f"R{row.pk}", reason=reason)
    former = [posted, *([proofs[ProofKind.PRESENTED]] if ProofKind.PRESENTED in proofs else [])]
    last = max(one.on for one in former)
    if on < last:
        reason = f"la preuve précédente est du {last:%d/%m/%Y}"
        raise ProofDateError(reference=f"R{row.pk}", reason=reason)


def _number(tracking: str) -> str:
    bare = "".join(tracking.split()).upper()
    return bare if _TRACKING.fullmatch(bare) else clean_line(tracking)[:40]


def _add(
    actor: Actor,
    row: Reminder,
    kind: ProofKind,
    on: date,
    *,
    tracking: str = "",
    file_id: int | None = None,
    note: str = "",
) -> LetterProof:
    proof = LetterProof.objects.create(
        company=actor.company,
        reminder=row,
        kind=kind.value,
        on=on,
        tracking=tracking,
        file_id=file_id,
        note=clean_line(note)[:200],
        recorded_at=clock.now(),
        recorded_by=actor.name,
    )
    journal.record(
        LetterProved(row.pk, row.party_id, kind.value, on.isoformat(), tracking), actor=actor
    )
    if kind is ProofKind.RETURNED:
        base.open_work_items(actor=actor, items=[_returned(row, on)])
    return proof


def _returned(row: Reminder, on: date) -> WorkItemFacts:
    return WorkItemFacts(
        key=f"collection.address:{row.party_id}",
        kind="collection.address",
        subject=f"party:{row.party_id}",
        title=(
            f"La lettre à {row.party.name} est revenue le {on:%d/%m/%Y}, destinataire inconnu à "
            "l'adresse : cherchez la bonne, corrigez la fiche, puis relancez."
        ),
        evidence={"reminder_id": row.pk},
        answers=(Answer("corrected", "Adresse corrigée"), Answer("kept", "L'adresse est bonne")),
    )


def import_proofs(*, actor: Actor, content: bytes, filename: str) -> list[ProofLine]:
    """Record the proofs of a list: reference, tracking number, proof, date; one a line.

    Each line stands alone: a wrong one is told with its reason and stops no other; a line
    recorded before says so. 5000 lines at most.

    Args:
        actor: Needs the right to send reminders.
        content: CSV or workbook with the columns reference, suivi, preuve, date.
        filename: Its name.

    Returns:
        One result a line, in their order.

    Raises:
        EcheanceError: The file is no table, or lacks a column.
    """
    actor.require(Right.SEND_REMINDERS)
    table = read_table(content, filename)
    names = {fold(header): header for header in table.headers}
    missing = [column for column in ("reference", "preuve", "date") if column not in names]
    if missing:
        raise ProofListError(columns=", ".join(missing))
    found: list[ProofLine] = []
    for row in table.rows:
        if len(found) == LINES_MAX:
            raise ProofListError(columns=f"une liste d'au plus {LINES_MAX} lignes")
        cells = {name: row.cells[header] for name, header in names.items()}
        found.append(_line(actor, row.number, cells))
    return found


def _line(actor: Actor, number: int, cells: Mapping[str, Cell]) -> ProofLine:
    reference = to_text(cells["reference"])
    match = _REFERENCE.fullmatch(reference.strip())
    if match is None:
        return ProofLine(number, reference, "référence illisible : écrivez par exemple R12")
    word = fold(to_text(cells["preuve"])).strip()
    kind = next((kind for label, kind in _WORDS.items() if word.startswith(label)), None)
    if kind is None:
        known = "dépôt, présenté, reçu, refusé, non réclamé ou retourné"
        return ProofLine(number, reference, f"preuve inconnue : écrivez {known}")
    try:
        day = to_date(cells["date"])
        record_proof(
            actor=actor,
            reminder_id=int(match[1]),
            kind=kind,
            on=day,
            tracking=to_text(cells.get("suivi")),
        )
    except EcheanceError as error:
        return ProofLine(number, reference, str(error))
    return ProofLine(number, reference, "")


def follow_registered_letters(*, actor: Actor) -> int:
    """Ask the provider what became of electronic registered letters; keep each new proof.

    Call it outside any transaction. One query, and those of each letter that has not ended.

    Returns:
        How many proofs were recorded.
    """
    actor.require(Right.SEND_REMINDERS)
    rows = {row.message_id: row for row in queries.registered_to_follow(actor=actor)}
    count = 0
    for told in transmission.follow_registered(
        actor=actor, message_ids=[pk for pk in rows if pk is not None]
    ):
        with transaction.atomic():
            row = _letter(actor, rows[told.message_id].pk)
            known = {ProofKind(one.kind): one for one in row.proofs.all()}
            kind = ProofKind(told.kind)
            if kind in known or (kind in LAST and LAST & known.keys()):
                continue
            _add(actor, row, kind, told.on, tracking=told.reference, file_id=told.file_id)
            count += 1
    return count


@transaction.atomic
def record_registered_consent(
    *, actor: Actor, party_id: int, note: str, file: NewFile | None = None
) -> None:
    """Keep a consumer's consent to electronic registered letters, without which none is sent.

    Args:
        actor: Needs the right to edit customers.
        party_id: The customer.
        note: How and when they consented.
        file: What shows it; a note of the statement is kept when there is none.

    Source: CPCE art. L100 and R53-1 (a recipient who is no professional consents beforehand).
    """
    actor.require(Right.EDIT_PARTIES)
    party = parties.party_for(actor=actor, party_id=party_id)
    subject = f"party:{party.pk}"
    text = clean_line(note)[:200]
    kept = file or NewFile(
        content=f"{party.name} : {text} ({clock.today():%d/%m/%Y}, {actor.name})".encode(),
        filename=f"accord-recommande-electronique-{party.code}.txt",
        media_type="text/plain",
        kind=queries.CONSENT,
        subject=subject,
        keep_until=ledger.keep_until(actor=actor, day=clock.today()),
    )
    stored = archive.store_file(actor=with_archive(actor), file=kept)
    archive.attach_files(
        actor=with_archive(actor),
        links=[NewLink(stored.pk, subject, queries.CONSENT, text)],
    )
    journal.record(RegisteredConsent(party.pk, text), actor=actor)
