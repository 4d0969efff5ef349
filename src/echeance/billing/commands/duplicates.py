"""Copies of documents that have already left: marked, and never in place of the sealed file.

Source: BOI-TVA-DECLA-30-20-20-20 (copies bear the word « duplicata »).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Literal

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock, journal, policy
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.billing import queries, rendering
from echeance.billing.commands.send import KIND, letter_of
from echeance.billing.commands.setup import kept_until, with_archive
from echeance.billing.errors import InvoiceNotSealedError
from echeance.billing.events import DuplicateMade
from echeance.billing.models import Invoice
from echeance.billing.rules import frozen, mail
from echeance.billing.types import BillingPolicy, QueueReport
from echeance.transmission import commands as transmission
from echeance.transmission import postal
from echeance.transmission import queries as transmission_queries
from echeance.transmission.types import NewLetter, NewMessage

COUNT_MAX = 50


def duplicate_pdf(*, actor: Actor, invoice_id: int) -> bytes:
    """The marked copy of a sealed document; nothing is kept. The same copy each time.

    Raises:
        NotFoundError: Not one of this company.
        InvoiceNotSealedError: It has no file yet: there is nothing to copy.
    """
    actor.require(Right.READ)
    row = queries.invoice_for(actor=actor, invoice_id=invoice_id)
    return _render(actor, [row])[0]


def send_duplicates(
    *, actor: Actor, invoice_ids: Collection[int], channel: Literal["mail", "post"]
) -> QueueReport:
    """Queue marked copies of sealed documents, by mail or by post; 50 at most.

    Each call makes one more sending: a copy is asked for on purpose. The copy is archived under
    its own kind, never as the original.

    Raises:
        RightMissingError: To send documents.
        InvoiceNotSealedError: One has no file yet.
    """
    actor.require(Right.SEND_DOCUMENTS)
    rows = list(queries.to_send(actor=actor).filter(pk__in=invoice_ids)[:COUNT_MAX])
    copies = _render(actor, rows)
    ways = queries.ways(actor=actor, rows=rows)
    skipped: dict[int, str] = {}
    for row in rows:
        way = ways[row.pk]
        if channel == "mail" and not way.emails:
            skipped[row.pk] = f"{row.buyer_name} n'a pas de contact de facturation joignable"
        elif channel == "post" and postal.problem(way.address):
            skipped[row.pk] = f"{row.buyer_name} n'a pas d'adresse postale complète"
    ready = [(row, copy) for row, copy in zip(rows, copies, strict=True) if row.pk not in skipped]
    files = archive.store_files(
        actor=with_archive(actor),
        files=[
            NewFile(
                content=copy,
                filename=f"{row}-duplicata.pdf".replace("/", "-"),
                media_type="application/pdf",
                kind="duplicate",
                subject=f"invoice:{row.pk}",
                keep_until=kept_until(actor, row.issue_date or clock.today()),
            )
            for row, copy in ready
        ],
    )
    documents = [row for row, _ in ready]
    with transaction.atomic():
        journal.record_many(
            [DuplicateMade(row.pk, file.pk) for row, file in zip(documents, files, strict=True)],
            actor=actor,
        )
        kept = {row.pk: file.pk for row, file in zip(documents, files, strict=True)}
        if channel == "mail":
            return QueueReport(_by_mail(actor, documents, kept, ways), skipped)
        return QueueReport({}, skipped, _by_post(actor, documents, kept, ways))


def _render(actor: Actor, rows: Sequence[Invoice]) -> list[bytes]:
    renderer = rendering.Renderer(actor)
    copies = []
    for row in rows:
        if row.file_id is None or row.facts is None:
            raise InvoiceNotSealedError(number=str(row))
        copies.append(renderer.render(frozen.thaw(row.facts), duplicate=True))
    return copies


def _by_mail(
    actor: Actor,
    rows: Sequence[Invoice],
    kept: dict[int, int],
    ways: dict[int, queries.Way],
) -> dict[int, int]:
    subjects = {row.pk: f"invoice:{row.pk}" for row in rows}
    known = transmission_queries.messages_of(actor=actor, subjects=list(subjects.values()))
    until = clock.now() + timedelta(minutes=policy.read(actor.company, BillingPolicy).hold_minutes)
    messages = transmission.queue_messages(
        actor=actor,
        messages=[
            NewMessage(
                key=f"{subjects[row.pk]}:copy:{len(known[subjects[row.pk]])}",
                kind=KIND,
                subject=subjects[row.pk],
                party_id=row.buyer_id,
                to=ways[row.pk].emails,
                subject_line=mail.subject_of(letter),
                body=mail.body_of(letter),
                file_ids=(kept[row.pk],),
                hold_until=until,
            )
            for row in rows
            for letter in [letter_of(actor, row, duplicate=True)]
        ],
    )
    return {row.pk: message.pk for row, message in zip(rows, messages, strict=True)}


def _by_post(
    actor: Actor,
    rows: Sequence[Invoice],
    kept: dict[int, int],
    ways: dict[int, queries.Way],
) -> dict[int, int]:
    subjects = {row.pk: f"invoice:{row.pk}" for row in rows}
    known = transmission_queries.letters_of(actor=actor, subjects=list(subjects.values()))
    letters = transmission.queue_letters(
        actor=actor,
        letters=[
            NewLetter(
                key=f"{subjects[row.pk]}:copy:{len(known[subjects[row.pk]])}",
                subject=subjects[row.pk],
                document_ref=str(row),
                party_id=row.buyer_id,
                file_id=kept[row.pk],
                address=ways[row.pk].address,
                is_duplicate=True,
            )
            for row in rows
        ],
    )
    return {row.pk: letter.pk for row, letter in zip(rows, letters, strict=True)}
