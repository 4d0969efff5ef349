"""Statements of account: made in bulk, sent or posted, checked again before they leave."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock, journal, policy
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.collection import queries
from echeance.collection.commands.letter_files import WORD, with_archive
from echeance.collection.errors import StatementDayError
from echeance.collection.events import StatementMade
from echeance.collection.models import AccountStatement
from echeance.collection.types import (
    CollectionPolicy,
    NotReleased,
    ReleaseReport,
    StatementReport,
)
from echeance.core.letters.statement import StatementFacts, StatementSetter
from echeance.core.money import format_amount
from echeance.ledger import queries as ledger
from echeance.parties import queries as parties
from echeance.parties.types import Purpose
from echeance.transmission import commands as transmission
from echeance.transmission import postal
from echeance.transmission.types import NewLetter, NewMessage

CHUNK: Final = 100
XLSX: Final = WORD.replace("wordprocessingml.document", "spreadsheetml.sheet")
_TEXTS: Final = {
    "fr": (
        "Relevé de compte au {day:%d/%m/%Y}",
        (
            "Bonjour,\n\nVous trouverez ci-joint le relevé de votre compte {code} arrêté au "
            "{day:%d/%m/%Y}.\n\nSolde : {balance}, dont échu : {overdue}.\n\nSi vous relevez un "
            "écart avec vos livres, répondez simplement à ce message.\n\n{payment}"
            "\n\nCordialement,\n{company}"
        ),
    ),
    "en": (
        "Statement of account on {day:%d/%m/%Y}",
        (
            "Hello,\n\nPlease find attached the statement of your account {code} on "
            "{day:%d/%m/%Y}.\n\nBalance: {balance}, of which overdue: {overdue}.\n\nIf it differs "
            "from your books, simply reply to this message.\n\n{payment}\n\n"
            "Kind regards,\n{company}"
        ),
    ),
}


def make_statements(
    *, actor: Actor, party_ids: Collection[int], on: date, send: bool = False
) -> StatementReport:
    """Make the statements of customers at the end of a day, one a customer and day.

    Asked twice, the first one stands. With ``send``, each goes by mail (PDF and workbook), held in
    the outbox until its last check, or by post where nobody can be written to by mail. Pages are
    made outside any transaction, which then takes 100 at a time; about twenty queries each.

    Args:
        actor: Needs the right to prepare reminders; to send documents when ``send``.
        party_ids: Customers of the company; a merged one counts as the one that stays.
        on: The end of that day, not later than today.
        send: Send them too.

    Returns:
        What was made, what there was already, and why the others have none.

    Raises:
        StatementDayError: A day to come.
    """
    actor.require(Right.PREPARE_REMINDERS)
    if send:
        actor.require(Right.SEND_DOCUMENTS)
    if on > clock.today():
        raise StatementDayError(day=on)
    wanted = sorted(
        {one.party_id for one in parties.snapshots(actor=actor, party_ids=party_ids).values()}
    )
    setter = StatementSetter(queries.letterhead(actor=actor), queries.font_paths())
    report = StatementReport()
    for start in range(0, len(wanted), CHUNK):
        done = _make(actor, setter, wanted[start : start + CHUNK], on, send=send)
        report = StatementReport(
            made=report.made + done.made,
            known=report.known + done.known,
            unsent=report.unsent | done.unsent,
            empty=report.empty + done.empty,
        )
    return report


def _make(
    actor: Actor, setter: StatementSetter, party_ids: Sequence[int], on: date, *, send: bool
) -> StatementReport:
    known = {
        row.party_id: row
        for row in AccountStatement.objects.filter(
            company=actor.company, party__in=party_ids, on=on
        )
    }
    fresh = [party_id for party_id in party_ids if party_id not in known]
    told = queries.statement_facts(actor=actor, party_ids=fresh, on=on)
    empty = tuple(party_id for party_id, facts in told.items() if not facts.lines)
    ready = {party_id: facts for party_id, facts in told.items() if facts.lines}
    until = ledger.keep_until(actor=actor, day=on)
    files = []
    for party_id, facts in ready.items():
        pdf = NewFile(
            content=setter.pdf(facts),
            filename=f"releve-{facts.code}-{on:%Y-%m-%d}.pdf".replace("/", "-"),
            media_type="application/pdf",
            kind="account_statement",
            subject=f"party:{party_id}",
            keep_until=until,
            text=" ".join([facts.client, *(line.number for line in facts.lines)]),
        )
        files.append(pdf)
        if send:
            files.append(
                NewFile(
                    content=queries.workbook(facts),
                    filename=pdf.filename.replace(".pdf", ".xlsx"),
                    media_type=XLSX,
                    kind="account_statement",
                    subject=pdf.subject,
                    keep_until=until,
                )
            )
    stored = archive.store_files(actor=with_archive(actor), files=files)
    step = 2 if send else 1
    documents = dict(zip(ready, stored[::step], strict=True))
    sheets = dict(zip(ready, stored[1::2], strict=True)) if send else {}
    with transaction.atomic():
        AccountStatement.objects.bulk_create(
            [
                AccountStatement(
                    company=actor.company,
                    party_id=party_id,
                    on=on,
                    balance=facts.balance,
                    file=documents[party_id],
                    made_at=clock.now(),
                    made_by=actor.name,
                )
                for party_id, facts in ready.items()
            ],
            ignore_conflicts=True,  # another process may make the same one meanwhile
        )
        rows = list(AccountStatement.objects.filter(company=actor.company, party__in=ready, on=on))
        journal.record_many(
            [StatementMade(row.pk, row.party_id, on.isoformat(), row.balance) for row in rows],
            actor=actor,
        )
        copies = {party_id: sheet.pk for party_id, sheet in sheets.items()}
        unsent = _send(actor, rows, ready, copies) if send else {}
    return StatementReport(
        made=tuple(row.pk for row in rows),
        known=tuple(row.pk for row in known.values()),
        unsent=unsent,
        empty=empty,
    )


def _send(
    actor: Actor,
    rows: Sequence[AccountStatement],
    told: dict[int, StatementFacts],
    sheets: dict[int, int],
) -> dict[int, str]:
    """Mail what can be, post the others; why some do neither, by customer."""
    contacts = parties.contacts(actor=actor, party_ids=list(told), purpose=Purpose.REMINDERS.value)
    minutes = policy.read(actor.company, CollectionPolicy).hold_minutes
    hold = clock.now() + timedelta(minutes=minutes)
    by_mail = [row for row in rows if contacts.get(row.party_id)]
    messages = transmission.queue_messages(
        actor=actor,
        messages=[
            _message(row, told[row.party_id], sheets[row.party_id], hold, to)
            for row in by_mail
            for to in [tuple(dict.fromkeys(one.email for one in contacts[row.party_id]))]
        ],
    )
    for row, message in zip(by_mail, messages, strict=True):
        row.message = message
    others = [row for row in rows if not contacts.get(row.party_id)]
    addresses = parties.postal_addresses(actor=actor, party_ids=[row.party_id for row in others])
    wrong = {row.party_id: postal.problem(addresses[row.party_id]) for row in others}
    on_paper = [row for row in others if not wrong[row.party_id]]
    letters = transmission.queue_letters(
        actor=actor,
        letters=[
            NewLetter(
                key=f"statement:{row.pk}",
                subject=f"account_statement:{row.pk}",
                document_ref=f"Relevé {row.on:%d/%m/%Y}",
                party_id=row.party_id,
                file_id=row.file_id,
                address=addresses[row.party_id],
            )
            for row in on_paper
        ],
    )
    for row, letter in zip(on_paper, letters, strict=True):
        row.letter = letter
    AccountStatement.objects.bulk_update(rows, ["message", "letter"], batch_size=CHUNK)
    return {
        party_id: f"ni contact à qui écrire, ni courrier possible : {problem}"
        for party_id, problem in wrong.items()
        if problem
    }


def _message(
    row: AccountStatement,
    facts: StatementFacts,
    sheet_id: int,
    hold_until: datetime,
    to: tuple[str, ...],
) -> NewMessage:
    subject, body = _TEXTS[facts.language]
    told = {
        "day": facts.on,
        "code": facts.code,
        "balance": format_amount(facts.balance),
        "overdue": format_amount(facts.overdue),
        "payment": facts.payment,
        "company": facts.company,
    }
    return NewMessage(
        key=f"statement:{row.pk}",
        kind=queries.STATEMENT_KIND,
        subject=f"account_statement:{row.pk}",
        party_id=row.party_id,
        to=to,
        subject_line=subject.format(**told),
        body=body.format(**told).replace("\n\n\n\n", "\n\n"),
        file_ids=(row.file_id, sheet_id),
        hold_until=hold_until,
        reply_to=row.company.email,
    )


def release_statements(*, actor: Actor, now: datetime) -> ReleaseReport:
    """Check held statements a last time, and let go those that are still exactly right.

    In one transaction a chunk of 100: the balance at the same day and the recipients must be as
    they were. Anything else takes the message back, with its reason.

    Args:
        actor: Needs the right to send documents.
        now: The instant.
    """
    actor.require(Right.SEND_DOCUMENTS)
    rows = queries.statements_to_release(actor=actor, now=now)
    report = ReleaseReport()
    for start in range(0, len(rows), CHUNK):
        with transaction.atomic():
            done = _release(actor, rows[start : start + CHUNK])
        report = ReleaseReport(
            released=report.released + done.released, cancelled=report.cancelled + done.cancelled
        )
    return report


def _release(actor: Actor, rows: Sequence[AccountStatement]) -> ReleaseReport:
    AccountStatement.objects.select_for_update().filter(pk__in=[row.pk for row in rows]).count()
    contacts = parties.contacts(
        actor=actor,
        party_ids=[row.party_id for row in rows],
        purpose=Purpose.REMINDERS.value,
    )
    right: list[AccountStatement] = []
    wrong: list[NotReleased] = []
    for on in sorted({row.on for row in rows}):
        of_day = [row for row in rows if row.on == on]
        told = queries.statement_facts(
            actor=actor, party_ids=[row.party_id for row in of_day], on=on
        )
        for row in of_day:
            assert row.message is not None, "it waits in the outbox"
            to = {one.email.casefold() for one in contacts.get(row.party_id, ())}
            facts = told.get(row.party_id)
            if facts is None or facts.balance != row.balance:
                now = format_amount(facts.balance) if facts else "rien"
                reason = f"Le solde a changé : {format_amount(row.balance)} annoncés, {now} dus."
                wrong.append(NotReleased(row.pk, row.party_id, reason))
            elif to != {one.casefold() for one in row.message.to}:
                reason = "Les destinataires ont changé depuis la préparation."
                wrong.append(NotReleased(row.pk, row.party_id, reason))
            else:
                right.append(row)
    by_id = {row.pk: row for row in rows}
    for one in wrong:
        transmission.withdraw_messages(
            actor=actor, message_ids=[by_id[one.reminder_id].message_id or 0], reason=one.reason
        )
    if right:
        transmission.release_messages(
            actor=actor, message_ids=[row.message_id for row in right if row.message_id]
        )
    return ReleaseReport(released=tuple(row.pk for row in right), cancelled=tuple(wrong))
