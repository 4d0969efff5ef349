"""Letters of reminders: what they say on paper, where they go, and what stops them."""

from datetime import date
from decimal import Decimal

import pypdfium2
import pytest

from echeance.archive import queries as archive
from echeance.base import clock
from echeance.collection import commands, queries
from echeance.collection.errors import LetterAddressError, LetterNotTypesetError
from echeance.collection.models import DunningRun, Reminder, ReminderItem
from echeance.ledger.models import OpenItem
from echeance.parties.models import Party

MONDAY = date(2026, 11, 23)

FORMAL_NOTICE = """Madame, Monsieur,

Nos relances sont restées sans effet. À ce jour, vous nous devez :

{factures}

Total : {total}

Nous vous mettons en demeure de régler ce total sous huit jours.

Atelier Morel SAS"""


def pages(pdf: bytes) -> str:
    """The words of a PDF, blanks made one."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()
    return " ".join(text.split())


def reminder(world, party, items, *, channel="registered", language="fr", body=FORMAL_NOTICE):
    """A reminder prepared on Tuesday 24 November as a letter, with its figures frozen."""
    run, _ = DunningRun.objects.get_or_create(
        company=world.actor.company, on=date(2026, 11, 24),
        defaults={"prepared_at": clock.now(), "prepared_by": "test"},
    )  # fmt: skip
    rows = [OpenItem.objects.get(pk=item) for item in items]
    total = sum((row.open_amount for row in rows), Decimal(0))
    lines = "\n".join(f"- Facture {row.document_ref} : {row.open_amount} €" for row in rows)
    made = Reminder.objects.create(
        company=world.actor.company, run=run, party=party, rank=4, label="Mise en demeure",
        total=total, step="formal_notice", channel=channel, language=language,
        signed_by="Camille Morel", subject_line="Mise en demeure de payer",
        body=body.format(factures=lines, total=total), prepared_at=clock.now(),
        approved_at=clock.now(), approved_by="test",
    )  # fmt: skip
    ReminderItem.objects.bulk_create(
        ReminderItem(
            company=world.actor.company, reminder=made, open_item=row,
            document_ref=row.document_ref, due_date=row.due_date, amount=row.open_amount, rank=4,
        )
        for row in rows
    )  # fmt: skip
    return made


@pytest.fixture
def notice(world):
    party = world.customer("Boulangerie Lefèvre")
    items = world.invoice(party, "FA-2026-00041", ("1200.00", date(2026, 9, 30)))
    return reminder(world, party, items)


def content(actor, row):
    row.refresh_from_db()
    return archive.content(actor=actor, file_id=row.document_id)


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


def test_an_electronic_registered_letter_goes_to_the_outbox_with_its_pdf(world, actor):
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
