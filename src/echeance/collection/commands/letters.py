"""Letters of reminders: set outside any transaction, then posted with the release."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive import queries as files
from echeance.archive.models import StoredFile
from echeance.archive.types import NewFile
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.rights import Right
from echeance.collection import queries
from echeance.collection.commands.letter_files import (
    ENVELOPE,
    WORD,
    bound_together,
    with_archive,
)
from echeance.collection.commands.statements import make_statements
from echeance.collection.errors import (
    EnclosureError,
    LetterAddressError,
    LetterNotTypesetError,
    RegisteredConsentError,
)
from echeance.collection.events import LetterTypeset, ReminderPosted
from echeance.collection.models import LetterTemplate, Reminder
from echeance.collection.types import NotReleased, TypesetReport
from echeance.core.dunning import Channel
from echeance.core.letters import office
from echeance.core.letters.errors import LetterModelError, WordRenderingError
from echeance.core.letters.model import LetterFacts
from echeance.core.letters.setting import LetterSetter
from echeance.core.letters.word import WordModel
from echeance.core.typesetting import TemplateError
from echeance.ledger import queries as ledger
from echeance.parties import queries as parties
from echeance.parties.types import Purpose
from echeance.transmission import commands as transmission
from echeance.transmission import postal, registered
from echeance.transmission.errors import LettersInvalidError
from echeance.transmission.types import NewLetter, NewMessage

CHUNK: Final = 100


def typeset_reminders(*, actor: Actor, reminder_ids: Collection[int]) -> TypesetReport:
    """Set the letters of reminders that go by post or as registered letters, and archive them.

    Call it outside any transaction: pages are made before the rows are touched. A letter already
    set is left as it is; a process killed anywhere leaves letters the next call sets. Other
    channels are passed over. Fifteen queries a chunk of 100.

    Args:
        actor: Needs the right to prepare reminders.
        reminder_ids: Reminders of the company.

    Returns:
        What was set; and those that cannot be, each with its French reason: an address the post
        cannot serve, or the company's own model that fails.
    """
    actor.require(Right.PREPARE_REMINDERS)
    rows = queries.letters_to_typeset(actor=actor, reminder_ids=reminder_ids)
    done: list[int] = []
    refused: list[NotReleased] = []
    with ExitStack() as ending:
        press = _Press(actor, ending)
        for start in range(0, len(rows), CHUNK):
            made, wrong = _typeset(actor, press, rows[start : start + CHUNK])
            done += made
            refused += wrong
    return TypesetReport(tuple(done), tuple(refused))


class _Press:
    """Sets letters by the model in force, each model read once."""

    def __init__(self, actor: Actor, ending: ExitStack) -> None:
        self._actor = actor
        self._ending = ending
        self._setter = LetterSetter(queries.font_paths())
        self._head = queries.letterhead(actor=actor)
        self._words: dict[int, WordModel] = {}
        self._sources: dict[int, str] = {}

    def set(
        self, told: LetterFacts, model: LetterTemplate | None, at: datetime
    ) -> tuple[bytes, bytes]:
        """The PDF of a letter, and its Word document, empty when its model is no Word one.

        Raises:
            TemplateError: A Typst model fails.
            LetterModelError, WordRenderingError: A Word model does.
        """
        if model is None:
            return self._setter.pdf(told, self._head, at=at), b""
        if model.syntax == "typst":
            if model.file_id not in self._sources:
                content = files.content(actor=self._actor, file_id=model.file_id)
                self._sources[model.file_id] = content.decode()
            head = replace(self._head, template=self._sources[model.file_id])
            return self._setter.pdf(told, head, at=at), b""
        document = self._word(model.file_id).fill(told)
        if office.is_available():
            return office.pdf_of(document), document
        return self._setter.pdf(told, self._head, at=at), document

    def _word(self, file_id: int) -> WordModel:
        if file_id not in self._words:
            content = files.content(actor=self._actor, file_id=file_id)
            self._words[file_id] = self._ending.enter_context(WordModel(content))
        return self._words[file_id]


def _typeset(
    actor: Actor, press: _Press, rows: Sequence[Reminder]
) -> tuple[list[int], list[NotReleased]]:
    barred = queries.channel_problems(actor=actor, reminders=rows)
    models = queries.letter_models_for(actor=actor, reminders=rows)
    _state_accounts(actor, rows)
    joined = queries.enclosures(actor=actor, reminders=rows)
    facts = queries.letter_facts(actor=actor, reminders=rows, enclosures=joined)
    until = ledger.keep_until(actor=actor, day=clock.today())
    made: list[NewFile] = []
    in_word: dict[int, NewFile] = {}
    envelopes: list[NewFile] = []
    ready: list[Reminder] = []
    refused: list[NotReleased] = []
    for row in rows:
        told = facts[row.pk]
        if row.pk in barred:
            refused.append(NotReleased(row.pk, row.party_id, barred[row.pk]))
            continue
        wrong = postal.problem(told.address) if row.channel in queries.ON_PAPER else ""
        if wrong:
            error = LetterAddressError(party=told.client, problem=wrong)
            refused.append(NotReleased(row.pk, row.party_id, str(error)))
            continue
        try:
            pdf, document = press.set(told, models.get(row.pk), row.prepared_at)
            whole = _bound(actor, row, told, pdf, joined.get(row.pk, ()))
        except (
            TemplateError,
            LetterModelError,
            WordRenderingError,
            EnclosureError,
        ) as error:
            refused.append(NotReleased(row.pk, row.party_id, str(error)))
            continue
        ready.append(row)
        kept = NewFile(
            content=pdf,
            filename=f"lettre-{told.reference}.pdf",
            media_type="application/pdf",
            kind="reminder_letter",
            subject=f"reminder:{row.pk}",
            keep_until=until,
            text=_words(told),
        )
        made.append(kept)
        if whole:
            name = f"pli-{told.reference}.pdf"
            envelopes.append(replace(kept, content=whole, filename=name, kind=ENVELOPE))
        if document:
            name = f"lettre-{told.reference}.docx"
            in_word[row.pk] = replace(kept, content=document, filename=name, media_type=WORD)
    stored = archive.store_files(
        actor=with_archive(actor), files=[*made, *in_word.values(), *envelopes]
    )
    documents = dict(zip(in_word, stored[len(made) :], strict=False))
    with transaction.atomic():
        for row, file in zip(ready, stored[: len(made)], strict=True):
            row.document, row.word_file = file, documents.get(row.pk)
        Reminder.objects.bulk_update(ready, ["document", "word_file"], batch_size=CHUNK)
        journal.record_many(
            [LetterTypeset(row.pk, row.party_id, row.document_id or 0) for row in ready],
            actor=actor,
        )
    return [row.pk for row in ready], refused


def _bound(
    actor: Actor, row: Reminder, told: LetterFacts, pdf: bytes, joined: Sequence[StoredFile]
) -> bytes:
    """What is printed for a letter on paper that goes with copies; empty for any other."""
    if not joined or row.channel not in queries.ON_PAPER:
        return b""
    copies = [files.content(actor=actor, file_id=one.pk) for one in joined]
    return bound_together([pdf, *copies], [told.reference, *told.enclosures])


def _state_accounts(actor: Actor, rows: Sequence[Reminder]) -> None:
    """Make the statements that go with letters, one a customer and day."""
    by_day: dict[date, list[int]] = {}
    for row in queries.with_statement(actor=actor, reminders=rows):
        by_day.setdefault(row.run.on, []).append(row.party_id)
    for on, party_ids in by_day.items():
        if on <= clock.today():
            make_statements(actor=actor, party_ids=party_ids, on=on)


def _words(told: LetterFacts) -> str:
    """What a letter is found by: its address, subject and invoices."""
    numbers = [one.number for one in told.invoices]
    return " ".join([*told.address, told.subject, told.reference, *numbers])


def post_reminder_letters(*, actor: Actor, reminder_ids: Collection[int]) -> tuple[int, ...]:
    """Ask for the letters of reminders to be posted; the caller has just checked them again.

    Letters on paper go to the printing queue, registered ones marked so; electronic registered
    letters go to the outbox, released for ten minutes. Call it in the transaction of the release.
    One already asked for is left as it is. Nine queries.

    Returns:
        Reminders whose letter was asked for by this call.

    Raises:
        LetterNotTypesetError: One was never set.
        LetterAddressError: One has no address it could go to; nothing is asked for.
        RegisteredConsentError: A consumer has not accepted electronic registered letters.
        ChannelUnavailableError: No provider of electronic registered letters is configured.
    """
    actor.require(Right.SEND_REMINDERS)
    rows = list(
        Reminder.objects.filter(
            company=actor.company,
            pk__in=set(reminder_ids),
            channel__in=queries.TYPESET,
            letter=None,
            message=None,
            cancelled_at=None,
        )
        .select_related("run", "party")
        .order_by("pk")
    )
    for row in rows:
        if row.document_id is None:
            raise LetterNotTypesetError(party=row.party.name)
    on_paper = [row for row in rows if row.channel in queries.ON_PAPER]
    _by_post(actor, on_paper)
    _by_registered_mail(actor, [row for row in rows if row.channel not in queries.ON_PAPER])
    journal.record_many(
        [ReminderPosted(row.pk, row.party_id, row.channel) for row in rows], actor=actor
    )
    return tuple(row.pk for row in rows)


def _by_post(actor: Actor, rows: Sequence[Reminder]) -> None:
    if not rows:
        return
    addresses = parties.postal_addresses(actor=actor, party_ids=[row.party_id for row in rows])
    for row in rows:
        if wrong := postal.problem(addresses.get(row.party_id, ())):
            raise LetterAddressError(party=row.party.name, problem=wrong)
    envelopes = queries.envelopes(actor=actor, reminders=rows, kind=ENVELOPE)
    letters = [
        NewLetter(
            key=f"reminder:{row.pk}",
            subject=f"reminder:{row.pk}",
            document_ref=f"R{row.pk}",
            party_id=row.party_id,
            file_id=envelopes.get(row.pk) or row.document_id or 0,
            address=addresses[row.party_id],
            registered=row.channel == Channel.REGISTERED,
        )
        for row in rows
    ]
    try:
        made = transmission.queue_letters(actor=_postman(actor), letters=letters)
    except LettersInvalidError as error:  # the post knows more than the check above
        raise LetterAddressError(party=rows[0].party.name, problem=str(error)) from error
    for row, letter in zip(rows, made, strict=True):
        row.letter = letter
    Reminder.objects.bulk_update(rows, ["letter"], batch_size=CHUNK)


def _by_registered_mail(actor: Actor, rows: Sequence[Reminder]) -> None:
    if not rows:
        return
    contacts = parties.contacts(
        actor=actor,
        party_ids=[row.party_id for row in rows],
        purpose=Purpose.REMINDERS.value,
    )
    barred = queries.channel_problems(actor=actor, reminders=rows)
    messages = []
    for row in rows:
        if row.pk in barred and registered.has_provider():
            raise RegisteredConsentError(party=row.party.name)
        people = contacts.get(row.party_id, [])
        if not people:
            problem = "aucun contact n'a d'adresse de courriel"
            raise LetterAddressError(party=row.party.name, problem=problem)
        messages.append(
            NewMessage(
                key=f"reminder-lre:{row.pk}",
                kind="reminder",
                subject=f"reminder:{row.pk}",
                party_id=row.party_id,
                to=(people[0].email,),
                subject_line=row.subject_line or row.label,
                body=row.body,
                file_ids=(row.document_id or 0,),
                hold_until=clock.now(),
                channel="lre",
            )
        )
    made = transmission.queue_messages(actor=actor, messages=messages)
    transmission.release_messages(actor=actor, message_ids=[one.pk for one in made])
    for row, message in zip(rows, made, strict=True):
        row.message = message
    Reminder.objects.bulk_update(rows, ["message"], batch_size=CHUNK)


def _postman(actor: Actor) -> Actor:
    """The actor, allowed to post: who may send reminders may post theirs."""
    return replace(actor, rights=actor.rights | {Right.SEND_DOCUMENTS})
