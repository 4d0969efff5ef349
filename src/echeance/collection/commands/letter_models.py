"""Models of letters: checked, put in force, ended; a model is never changed, only followed."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from echeance.archive import commands as archive
from echeance.archive.types import NewFile
from echeance.base import clock, journal
from echeance.base.actor import Actor
from echeance.base.errors import NotFoundError
from echeance.base.rights import Right
from echeance.collection import queries
from echeance.collection.commands.letter_files import with_archive
from echeance.collection.errors import LetterModelEndedError
from echeance.collection.events import LetterModelAdded, LetterModelEnded
from echeance.collection.models import DunningLevel, LetterTemplate
from echeance.core.letters.errors import LetterModelError
from echeance.core.letters.typst_model import check_typst_model
from echeance.core.letters.word import check_word_model
from echeance.core.words import clean_line
from echeance.ledger import queries as ledger

USE: Final = "reminder"
"""Letters of reminders; a model without a level serves all those that have none of their own."""

_MEDIA: Final = {
    "word": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "typst": "text/plain",
}


def add_letter_model(
    *,
    actor: Actor,
    name: str,
    content: bytes,
    syntax: str,
    language: str = "fr",
    level_id: int | None = None,
) -> LetterTemplate:
    """Check a model, keep it, and put it in force; the one it follows ends.

    Args:
        actor: Needs the right to edit the policy.
        name: What people call it.
        content: The file: a Word document, or Typst source in UTF-8.
        syntax: ``word`` or ``typst``.
        language: Of the letters it makes.
        level_id: Level it is for; all levels without a model of their own when ``None``.

    Raises:
        LetterModelError: All that is wrong with it; nothing is kept.
        NotFoundError: Not a level of this company.
    """
    actor.require(Right.EDIT_POLICY)
    if level_id is not None and not queries.levels_of_company(actor=actor).filter(pk=level_id):
        raise NotFoundError(what=f"niveau de relance n° {level_id}")
    check_model(actor=actor, content=content, syntax=syntax)
    suffix = "docx" if syntax == "word" else "typ"
    title = clean_line(name)[:80] or "Modèle de lettre"
    file = archive.store_file(
        actor=with_archive(actor),
        file=NewFile(
            content=content,
            filename=f"{title}.{suffix}",
            media_type=_MEDIA[syntax],
            kind="letter_model",
            subject=f"company:{actor.company.pk}",
            keep_until=ledger.keep_until(actor=actor, day=clock.today()),
        ),
    )
    with transaction.atomic():
        return _put_in_force(
            actor,
            LetterTemplate(
                company=actor.company,
                name=title,
                use=USE,
                level_id=level_id,
                language=language,
                syntax=syntax,
                file=file,
            ),
        )


def check_model(*, actor: Actor, content: bytes, syntax: str) -> None:
    """Refuse a model that is not safe, or that a letter cannot be made of.

    Raises:
        LetterModelError: All that is wrong with it.
    """
    actor.require(Right.EDIT_POLICY)
    assert syntax in _MEDIA, "the form offers the two there are"
    if syntax == "word":
        check_word_model(content)
        return
    try:
        source = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LetterModelError(problems="ce n'est pas un texte en UTF-8") from error
    check_typst_model(source, queries.font_paths())


@transaction.atomic
def end_letter_model(*, actor: Actor, model_id: int) -> LetterTemplate:
    """Take a model out of force: letters are set with the next one that applies.

    Raises:
        NotFoundError: Not a model of this company.
        LetterModelEndedError: It is out of force already.
    """
    actor.require(Right.EDIT_POLICY)
    row = _lock(actor, model_id)
    if row.ended_at is not None:
        raise LetterModelEndedError(name=row.name)
    _end(actor, row)
    return row


@transaction.atomic
def restore_letter_model(*, actor: Actor, model_id: int) -> LetterTemplate:
    """Put an ended model in force again, as a new row; the one in force meanwhile ends.

    Raises:
        NotFoundError: Not a model of this company.
    """
    actor.require(Right.EDIT_POLICY)
    row = _lock(actor, model_id)
    if row.ended_at is None:
        return row
    return _put_in_force(
        actor,
        LetterTemplate(
            company=actor.company,
            name=row.name,
            use=row.use,
            level_id=row.level_id,
            language=row.language,
            syntax=row.syntax,
            file_id=row.file_id,
        ),
    )


def _put_in_force(actor: Actor, row: LetterTemplate) -> LetterTemplate:
    if row.level_id is not None:  # two at once wait here, not on the constraint
        DunningLevel.objects.select_for_update().get(pk=row.level_id)
    running = LetterTemplate.objects.select_for_update().filter(
        company=actor.company,
        use=row.use,
        level=row.level_id,
        language=row.language,
        ended_at=None,
    )
    for former in running:
        _end(actor, former)
    row.added_at, row.added_by = clock.now(), actor.name
    row.save(force_insert=True)
    journal.record(
        LetterModelAdded(row.pk, row.name, row.syntax, row.language, row.level_id, row.file_id),
        actor=actor,
    )
    return row


def _end(actor: Actor, row: LetterTemplate) -> None:
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    journal.record(LetterModelEnded(row.pk, row.name), actor=actor)


def _lock(actor: Actor, model_id: int) -> LetterTemplate:
    row = (
        LetterTemplate.objects.select_for_update()
        .filter(company=actor.company, pk=model_id)
        .first()
    )
    if row is None:
        raise NotFoundError(what=f"modèle de lettre n° {model_id}")
    return row
