"""A company's own models of letters: put in force, followed, ended, restored; letters use them."""

import io
from datetime import date

import pytest
from docx import Document

from collection.letters import content, pages, reminder
from echeance.archive import queries as archive
from echeance.base.errors import NotFoundError
from echeance.base.models import JournalEvent
from echeance.collection import commands, queries
from echeance.collection.errors import LetterModelEndedError
from echeance.collection.models import DunningLevel, LetterTemplate
from echeance.core.letters.errors import LetterModelError
from echeance.core.letters.word import starting_model

TYPST = (
    b'#let d = json(bytes(sys.inputs.data))\n#set document(title: "Lettre")\nModele maison '
    b"#d.client\n\n#for f in d.factures [#f.numero : #f.solde \\ ]\n#d.total\n"
)


@pytest.fixture
def notice(world):
    party = world.customer("Boulangerie Lefèvre")
    items = world.invoice(party, "FA-2026-00041", ("1200.00", date(2026, 9, 30)))
    return reminder(world, party, items)


def add(actor, **more):
    facts = {"name": "Notre lettre", "content": starting_model(), "syntax": "word"} | more
    return commands.add_letter_model(actor=actor, **facts)


def test_a_letter_is_made_in_word_with_its_pdf_beside(world, actor, notice):
    add(actor)

    commands.typeset_reminders(actor=actor, reminder_ids=[notice.pk])

    text = pages(content(actor, notice))
    document = Document(io.BytesIO(archive.content(actor=actor, file_id=notice.word_file_id)))
    written = [paragraph.text for paragraph in document.paragraphs]
    assert "Total à régler : 1\u202f200,00\xa0€" in written
    assert "Boulangerie Lefèvre" in written
    assert "Total à régler 1 200,00 €" in text
    assert notice.word_file.filename.endswith(".docx")


def test_a_letter_is_set_with_the_companys_typst_model(world, actor, notice):
    add(actor, content=TYPST, syntax="typst")

    commands.typeset_reminders(actor=actor, reminder_ids=[notice.pk])

    assert "Modele maison Boulangerie Lefèvre FA-2026-00041 : 1 200,00 €" in pages(
        content(actor, notice)
    )
    assert notice.word_file is None


def test_the_model_of_a_language_serves_that_language_only(world, actor, notice):
    add(actor, content=TYPST, syntax="typst", language="en")

    commands.typeset_reminders(actor=actor, reminder_ids=[notice.pk])

    assert "Modele maison" not in pages(content(actor, notice))


def test_the_model_of_a_level_goes_before_that_of_all(world, actor, notice):
    level = DunningLevel.objects.get(company=actor.company, rank=3)
    notice.plan, notice.rank = level.plan, 3
    notice.save()
    add(actor)
    add(actor, content=TYPST, syntax="typst", level_id=level.pk)

    commands.typeset_reminders(actor=actor, reminder_ids=[notice.pk])

    assert "Modele maison" in pages(content(actor, notice))


def test_a_new_model_follows_the_one_in_force_which_is_kept(world, actor):
    first = add(actor)

    second = add(actor, name="La nouvelle")

    first.refresh_from_db()
    assert first.ended_at is not None
    assert second.ended_at is None
    assert [row.name for row in queries.letter_models(actor=actor)] == [
        "La nouvelle",
        "Notre lettre",
    ]


def test_an_ended_model_is_put_in_force_again_as_a_new_row(world, actor):
    first = add(actor)
    second = add(actor, name="La nouvelle", content=TYPST, syntax="typst")

    restored = commands.restore_letter_model(actor=actor, model_id=first.pk)

    second.refresh_from_db()
    assert restored.pk != first.pk
    assert restored.file_id == first.file_id
    assert second.ended_at is not None
    assert JournalEvent.objects.filter(action="collection.letter_model_added").count() == 3


def test_a_model_is_ended_once(world, actor):
    row = add(actor)
    commands.end_letter_model(actor=actor, model_id=row.pk)

    with pytest.raises(LetterModelEndedError, match="n'est déjà plus employé"):
        commands.end_letter_model(actor=actor, model_id=row.pk)


def test_a_refused_model_leaves_nothing(world, actor):
    with pytest.raises(LetterModelError):
        add(actor, content=b"pas un document")

    assert not LetterTemplate.objects.exists()


def test_another_companys_level_or_model_is_not_found(world, actor):
    with pytest.raises(NotFoundError):
        add(actor, level_id=999_999)
    with pytest.raises(NotFoundError):
        commands.end_letter_model(actor=actor, model_id=999_999)


def test_a_model_that_fails_holds_its_letter_and_says_why(world, actor, notice):
    failing = TYPST.replace(b"#d.total", b'#d.total\n#if d.dossier != "C0012" { panic("x") }')
    add(actor, content=failing, syntax="typst")

    report = commands.typeset_reminders(actor=actor, reminder_ids=[notice.pk])

    assert report.typeset == ()
    assert "Le modèle de document ne peut pas être composé" in report.refused[0].reason
