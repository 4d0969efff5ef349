"""Letters of reminders: what they say on paper, where they go, and what stops them."""

from datetime import date

import pytest

from collection.letters import content, pages, reminder
from echeance.archive import queries as archive
from echeance.base import clock
from echeance.collection import commands, queries
from echeance.collection.errors import LetterAddressError, LetterNotTypesetError
from echeance.collection.models import AccountStatement, DunningLevel
from echeance.core.letters.setting import Letterhead, LetterSetter
from echeance.core.letters.word import sample_letter
from echeance.parties.models import Party


@pytest.fixture
def notice(world):
    party = world.customer("Boulangerie Lefèvre")
    items = world.invoice(party, "FA-2026-00041", ("1200.00", date(2026, 9, 30)))
    return reminder(world, party, items)


def test_a_letter_says_to_whom_for_what_and_how_it_goes(world, actor, notice):
    report = commands.typeset_reminders(actor=actor, reminder_ids=[notice.pk])

    text = pages(content(actor, notice))
    assert report.typeset == (notice.pk,)
    assert "Lettre recommandée avec avis de réception" in text
    assert "Boulangerie Lefèvre 1 rue des Forges 75001 PARIS" in text
    assert "FA-2026-00041 15/01/2026 30/09/2026 55 j 1 200,00 € 1 200,00 €" in text
    assert "Total à régler 1 200,00 €" in text
    assert "Nous vous mettons en demeure" in text
    assert "Camille Morel" in text
    assert "24 novembre 2026" in text


def test_a_letter_is_set_once(world, actor, notice):
    commands.typeset_reminders(actor=actor, reminder_ids=[notice.pk])
    notice.refresh_from_db()
    first = notice.document_id

    again = commands.typeset_reminders(actor=actor, reminder_ids=[notice.pk])

    notice.refresh_from_db()
    assert again.typeset == ()
    assert notice.document_id == first


def test_a_letter_without_a_valid_address_is_refused_with_what_is_missing(world, actor, notice):
    Party.objects.filter(pk=notice.party_id).update(address_line="", city="", postcode="")

    report = commands.typeset_reminders(actor=actor, reminder_ids=[notice.pk])

    assert report.typeset == ()
    (refused,) = report.refused
    assert refused.reason == (
        "Pas de lettre possible à Boulangerie Lefèvre : l'adresse n'a ni rue ni ville. Complétez "
        "la fiche du client, puis préparez la relance de nouveau."
    )
    assert queries.letter_problems(actor=actor, reminder_ids=[notice.pk]) == {
        notice.pk: "Pas de lettre possible à Boulangerie Lefèvre : l'adresse n'a ni rue ni ville."
    }


def test_a_posted_letter_waits_in_the_printing_queue_marked_registered(world, actor, notice):
    commands.typeset_reminders(actor=actor, reminder_ids=[notice.pk])

    posted = commands.post_reminder_letters(actor=actor, reminder_ids=[notice.pk])

    notice.refresh_from_db()
    assert posted == (notice.pk,)
    assert notice.letter.registered
    assert notice.letter.file_id == notice.document_id
    assert notice.letter.address == ["Boulangerie Lefèvre", "1 rue des Forges", "75001 PARIS"]
    assert commands.post_reminder_letters(actor=actor, reminder_ids=[notice.pk]) == ()


def test_an_ordinary_letter_is_not_registered(world, actor):
    party = world.customer("Garage Petit")
    items = world.invoice(party, "F1", ("50.00", date(2026, 9, 30)))
    row = reminder(world, party, items, channel="post")
    commands.typeset_reminders(actor=actor, reminder_ids=[row.pk])

    commands.post_reminder_letters(actor=actor, reminder_ids=[row.pk])

    row.refresh_from_db()
    assert not row.letter.registered


def test_a_letter_that_was_never_set_is_not_posted(world, actor, notice):
    with pytest.raises(LetterNotTypesetError, match="n'est pas encore composée"):
        commands.post_reminder_letters(actor=actor, reminder_ids=[notice.pk])

    notice.refresh_from_db()
    assert notice.letter is None


def test_a_letter_is_not_posted_to_an_address_that_was_taken_away(world, actor, notice):
    commands.typeset_reminders(actor=actor, reminder_ids=[notice.pk])
    Party.objects.filter(pk=notice.party_id).update(address_line="", city="", postcode="")

    with pytest.raises(LetterAddressError, match="ni rue ni ville"):
        commands.post_reminder_letters(actor=actor, reminder_ids=[notice.pk])


def test_the_check_before_release_says_when_the_address_has_changed(world, actor, notice):
    assert queries.letter_problems(actor=actor, reminder_ids=[notice.pk]) == {
        notice.pk: "La lettre n'a pas été composée."
    }
    commands.typeset_reminders(actor=actor, reminder_ids=[notice.pk])
    assert queries.letter_problems(actor=actor, reminder_ids=[notice.pk]) == {}

    Party.objects.filter(pk=notice.party_id).update(address_line="8 quai de Seine")

    assert queries.letter_problems(actor=actor, reminder_ids=[notice.pk]) == {
        notice.pk: "L'adresse a changé depuis que la lettre a été composée."
    }


def test_an_electronic_registered_letter_goes_to_the_outbox_with_its_pdf(
    world, actor, settings, tmp_path
):
    settings.REGISTERED_LETTERS = {"provider": "folder", "folder": str(tmp_path)}
    party = world.customer("Garage Petit")
    items = world.invoice(party, "F1", ("50.00", date(2026, 9, 30)))
    row = reminder(world, party, items, channel="e_registered")
    commands.typeset_reminders(actor=actor, reminder_ids=[row.pk])

    commands.post_reminder_letters(actor=actor, reminder_ids=[row.pk])

    row.refresh_from_db()
    assert row.message.channel == "lre"
    assert row.message.status == "released"
    assert [file.file_id for file in row.message.files.all()] == [row.document_id]
    assert row.letter is None


def as_level(world, row, **flags):
    """The reminder as of the last level of the usual plan, with what that level joins."""
    level = DunningLevel.objects.get(company=world.actor.company, rank=3)
    DunningLevel.objects.filter(pk=level.pk).update(**flags)
    row.plan, row.rank = level.plan, 3
    row.save()


def test_copies_of_the_invoices_and_the_statement_are_printed_behind_the_letter(
    world, actor, notice
):
    as_level(world, notice, attaches_invoices=True, attaches_statement=True)
    copy = LetterSetter().pdf(sample_letter(), Letterhead(), at=clock.now())
    world.sealed(notice.party, "FA-2026-00041", content=copy)

    commands.typeset_reminders(actor=actor, reminder_ids=[notice.pk])
    commands.post_reminder_letters(actor=actor, reminder_ids=[notice.pk])

    text = pages(content(actor, notice))
    printed = pages(archive.content(actor=actor, file_id=notice.letter.file_id))
    code = notice.party.code
    assert f"Pièces jointes : FA-2026-00041, releve-{code}-2026-11-24" in text
    assert "Relevé de compte au 24 novembre 2026" not in text
    assert "Nous vous mettons en demeure" in printed
    assert "Boulangerie Lefèvre & Fils" in printed  # the copy of the invoice
    assert "Relevé de compte au 24 novembre 2026" in printed
    assert AccountStatement.objects.get().party_id == notice.party_id


def test_a_formal_notice_to_a_consumer_names_the_legal_interest_and_the_mediator(world, actor):
    party = world.customer("Jeanne Roux", category="consumer")
    items = world.invoice(party, "F1", ("50.00", date(2026, 9, 30)))
    row = reminder(world, party, items)

    commands.typeset_reminders(actor=actor, reminder_ids=[row.pk])

    text = pages(content(actor, row))
    assert "intérêt au taux légal (article 1231-6 du code civil)" in text
    assert "médiateur de la consommation" in text
    assert "40,00 €" not in text


def test_a_professional_is_told_of_no_mediator(world, actor, notice):
    commands.typeset_reminders(actor=actor, reminder_ids=[notice.pk])

    assert "médiateur" not in pages(content(actor, notice))
