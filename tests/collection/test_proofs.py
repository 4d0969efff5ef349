"""Proofs of letters: deposit, passage, receipt; in order, once, kept with their file."""

import json
from datetime import date

import pytest

from collection.conftest import TERM, at
from collection.letters import reminder
from echeance.archive.types import NewFile
from echeance.base import clock
from echeance.base.errors import NotFoundError
from echeance.base.models import WorkItem
from echeance.collection import commands, queries
from echeance.collection.errors import (
    NotALetterError,
    ProofDateError,
    ProofKnownError,
    ProofListError,
    RegisteredConsentError,
)
from echeance.collection.models import LetterProof
from echeance.collection.types import ProofKind
from echeance.transmission import commands as transmission

TUESDAY = date(2026, 11, 24)
FRIDAY = date(2026, 11, 27)
LATER = date(2026, 12, 11)


def left(world, *, channel="registered", category="professional"):
    """A letter set and asked for."""
    party = world.customer("Boulangerie Lefèvre", category=category)
    items = world.invoice(party, "F1", ("1200.00", date(2026, 9, 30)))
    row = reminder(world, party, items, channel=channel)
    commands.typeset_reminders(actor=world.actor, reminder_ids=[row.pk])
    commands.post_reminder_letters(actor=world.actor, reminder_ids=[row.pk])
    row.refresh_from_db()
    return row


def prove(world, row, kind, on=TUESDAY, **more):
    with at(LATER):
        return commands.record_proof(
            actor=world.actor, reminder_id=row.pk, kind=ProofKind(kind), on=on, **more
        )


def told(row):
    return [(one.kind, one.on, one.tracking) for one in row.proofs.order_by("on", "pk")]


def test_a_letter_is_posted_presented_then_received_with_its_proofs(world):
    row = left(world)
    file = NewFile(b"%PDF avis", "avis.pdf", "application/pdf", "letter_proof", "", TERM)

    prove(world, row, "posted", tracking="1A 123 456 789 0")
    prove(world, row, "presented", FRIDAY)
    proof = prove(world, row, "received", LATER, file=file, note="signé par Mme Lefèvre")

    assert told(row) == [
        ("posted", TUESDAY, "1A1234567890"),
        ("presented", FRIDAY, ""),
        ("received", LATER, ""),
    ]
    assert proof.file.filename == "avis.pdf"
    assert proof.note == "signé par Mme Lefèvre"


def test_the_deposit_of_the_batch_is_that_of_its_letters(world):
    row = left(world)
    batch = transmission.print_batch(actor=world.actor)
    proof = NewFile(b"bordereau", "bordereau.pdf", "application/pdf", "postal_proof", "", TERM)
    transmission.post_batch(actor=world.actor, batch_id=batch.pk, on=TUESDAY, proof=proof)

    prove(world, row, "received", FRIDAY)

    batch.refresh_from_db()
    posted = row.proofs.get(kind="posted")
    assert told(row) == [("posted", TUESDAY, ""), ("received", FRIDAY, "")]
    assert posted.file_id == batch.proof_id
    assert posted.note == f"lot {batch.number}"


@pytest.mark.parametrize(
    ("before", "kind", "on", "reason"),
    [
        ([], "received", FRIDAY, "notez d'abord la preuve de dépôt"),
        ([], "posted", date(2026, 11, 23), "la lettre a été préparée le 24/11/2026"),
        ([], "posted", date(2026, 12, 12), "ce jour n'est pas encore venu"),
        ([("posted", FRIDAY)], "received", TUESDAY, "la preuve précédente est du 27/11/2026"),
        (
            [("posted", TUESDAY), ("presented", FRIDAY)],
            "unclaimed",
            TUESDAY,
            "la preuve précédente est du 27/11/2026",
        ),
        (
            [("posted", TUESDAY), ("received", FRIDAY)],
            "presented",
            LATER,
            "la lettre a fini sa course le 27/11/2026",
        ),
    ],
)
def test_proofs_follow_one_another(world, before, kind, on, reason):
    row = left(world)
    for one, day in before:
        prove(world, row, one, day)

    with pytest.raises(ProofDateError, match=reason):
        prove(world, row, kind, on)

    assert row.proofs.count() == len(before)


@pytest.mark.parametrize("second", ["received", "refused", "unclaimed", "returned"])
def test_a_letter_ends_once(world, second):
    row = left(world)
    prove(world, row, "posted")
    prove(world, row, "received", FRIDAY)

    with pytest.raises(ProofKnownError, match="a déjà « accusé de réception signé »"):
        prove(world, row, second, LATER)


def test_a_letter_that_came_back_asks_for_the_address(world):
    row = left(world)
    prove(world, row, "posted")

    prove(world, row, "returned", FRIDAY)

    item = WorkItem.objects.get(kind="collection.address")
    assert item.subject == f"party:{row.party_id}"
    assert "La lettre à Boulangerie Lefèvre est revenue le 27/11/2026" in item.title


def test_a_letter_that_has_not_left_has_no_proof(world):
    party = world.customer("Garage Petit")
    items = world.invoice(party, "F1", ("50.00", date(2026, 9, 30)))
    waiting = reminder(world, party, items)

    with pytest.raises(NotALetterError):
        prove(world, waiting, "posted")
    with pytest.raises(NotFoundError):
        commands.record_proof(
            actor=world.actor, reminder_id=999_999, kind=ProofKind.POSTED, on=TUESDAY
        )


def test_a_list_of_tracking_numbers_is_recorded_line_by_line(world):
    row = left(world)
    table = (
        "Référence;Suivi;Preuve;Date\n"
        f"R{row.pk};1A1234567890;Dépôt;24/11/2026\n"
        f"R{row.pk};1A1234567890;Distribué;27/11/2026\n"
        f"R{row.pk};1A1234567890;Dépôt;24/11/2026\n"
        "R999999;;Dépôt;24/11/2026\n"
        "x;;Dépôt;24/11/2026\n"
        f"R{row.pk};;perdu;24/11/2026\n"
        f"R{row.pk};;Présenté;demain\n"
    )

    with at(LATER):
        lines = commands.import_proofs(
            actor=world.actor, content=table.encode(), filename="suivi.csv"
        )

    assert [line.problem == "" for line in lines] == [True, True] + [False] * 5
    assert "a déjà « preuve de dépôt »" in lines[2].problem
    assert lines[4].problem == "référence illisible : écrivez par exemple R12"
    assert lines[5].problem.startswith("preuve inconnue")
    assert told(row) == [
        ("posted", TUESDAY, "1A1234567890"),
        ("received", FRIDAY, "1A1234567890"),
    ]


def test_a_list_without_its_columns_is_refused_whole(world):
    with pytest.raises(ProofListError, match="preuve, date"):
        commands.import_proofs(
            actor=world.actor, content=b"reference;suivi\nR1;X\n", filename="suivi.csv"
        )


@pytest.fixture
def provider(settings, tmp_path):
    settings.REGISTERED_LETTERS = {"provider": "folder", "folder": str(tmp_path)}
    return tmp_path


def test_an_electronic_letter_has_its_proofs_of_deposit_and_receipt(world, provider):
    row = left(world, channel="e_registered")
    transmission.send_other_channels()
    row.message.refresh_from_db()
    reference = row.message.response
    answer = {"at": "2026-11-25T10:00:00+01:00"}
    (provider / f"{reference}.received.json").write_text(json.dumps(answer))

    with at(FRIDAY):
        first = commands.follow_registered_letters(actor=world.actor)
        again = commands.follow_registered_letters(actor=world.actor)

    assert (first, again) == (2, 0)
    assert told(row) == [
        ("posted", TUESDAY, reference),
        ("received", date(2026, 11, 25), reference),
    ]
    assert all(one.file_id for one in row.proofs.all())


def test_a_consumer_who_has_not_accepted_it_gets_no_electronic_letter(world, provider):
    party = world.customer("Jeanne Roux", category="consumer")
    items = world.invoice(party, "F1", ("50.00", date(2026, 9, 30)))
    row = reminder(world, party, items, channel="e_registered")

    refused = commands.typeset_reminders(actor=world.actor, reminder_ids=[row.pk]).refused
    assert "n'a pas accepté le recommandé électronique" in refused[0].reason

    commands.record_registered_consent(
        actor=world.actor, party_id=party.pk, note="accord par courriel du 3 novembre 2026"
    )
    commands.typeset_reminders(actor=world.actor, reminder_ids=[row.pk])
    assert queries.letter_problems(actor=world.actor, reminder_ids=[row.pk]) == {}
    commands.post_reminder_letters(actor=world.actor, reminder_ids=[row.pk])
    row.refresh_from_db()
    assert row.message.channel == "lre"


def test_the_command_itself_refuses_a_consumer_without_consent(world, provider):
    party = world.customer("Jeanne Roux", category="professional")
    items = world.invoice(party, "F1", ("50.00", date(2026, 9, 30)))
    row = reminder(world, party, items, channel="e_registered")
    commands.typeset_reminders(actor=world.actor, reminder_ids=[row.pk])
    type(party).objects.filter(pk=party.pk).update(category="consumer")

    with pytest.raises(RegisteredConsentError):
        commands.post_reminder_letters(actor=world.actor, reminder_ids=[row.pk])


def test_without_a_provider_the_letter_is_refused_when_it_is_set(world):
    party = world.customer("Garage Petit")
    items = world.invoice(party, "F1", ("50.00", date(2026, 9, 30)))
    row = reminder(world, party, items, channel="e_registered")

    report = commands.typeset_reminders(actor=world.actor, reminder_ids=[row.pk])

    assert report.typeset == ()
    assert "Aucun prestataire n'est configuré" in report.refused[0].reason
    assert not LetterProof.objects.exists()
    assert clock.today() == TUESDAY
