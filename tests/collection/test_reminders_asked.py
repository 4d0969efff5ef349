"""What a command refuses: a level sent twice, a paid or paused item, a customer twice, a skipped step."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from echeance.base import clock
from echeance.base.errors import NotFoundError
from echeance.collection import commands
from echeance.collection.errors import (
    AlreadyRemindedError,
    LegalStepSkippedError,
    LevelAlreadySentError,
    ReminderRefusedError,
)
from echeance.collection.models import DunningLevel, Reminder
from echeance.transmission.models import Message

TODAY = date(2026, 11, 24)


@pytest.fixture
def dupont(world):
    """Dupont SA owes 1,200.00 since 20 November: four days late, before the first level."""
    party = world.customer("Dupont SA")
    party.item_id = world.invoice(party, "F-1", ("1200.00", date(2026, 11, 20)))[0]
    return party


def sent():
    Message.objects.update(
        status="sent", in_flight_at=clock.now(), finished_at=clock.now(), released_at=clock.now()
    )
    Reminder.objects.update(released_at=clock.now())


def test_a_level_asked_for_is_prepared_before_its_day_and_leaves(world, actor, dupont):
    waiting = world.row(dupont)
    reminder = commands.remind_now(actor=actor, party_id=dupont.pk, rank=2)

    report = world.release()

    assert [one.code for one in waiting.reasons] == ["next_level_later"]
    assert (reminder.rank, reminder.total, reminder.approved_by) == (
        2,
        Decimal("1200.00"),
        actor.name,
    )
    assert report.released == (reminder.pk,)
    assert Message.objects.get().status == "released"


def test_a_level_asked_for_is_checked_like_any_other(world, actor, dupont):
    commands.remind_now(actor=actor, party_id=dupont.pk, rank=2)
    world.pays(dupont, dupont.item_id, "200.00", TODAY)

    report = world.release()

    assert [one.reason for one in report.cancelled] == [
        "Le total a changé : 1\u202f200,00\u00a0€ demandés, 1\u202f000,00\u00a0€ dus."
    ]


def test_a_level_is_not_sent_twice(world, actor, dupont):
    commands.remind_now(actor=actor, party_id=dupont.pk, rank=1)
    sent()
    later = TODAY + timedelta(days=9)
    world.bank_known_to(later)
    count = Reminder.objects.count()

    from collection.conftest import at

    with at(later), pytest.raises(LevelAlreadySentError) as refusal:
        commands.remind_now(actor=actor, party_id=dupont.pk, rank=1)

    assert str(refusal.value) == (
        "« Relance 1 » est déjà partie à Dupont SA pour tout ce qui est échu : choisissez le "
        "niveau suivant."
    )
    assert Reminder.objects.count() == count


def test_a_customer_is_not_reminded_twice_in_a_run(world, actor, dupont):
    commands.remind_now(actor=actor, party_id=dupont.pk, rank=1)

    with pytest.raises(AlreadyRemindedError) as refusal:
        commands.remind_now(actor=actor, party_id=dupont.pk, rank=2)

    assert str(refusal.value) == (
        "Dupont SA : La relance du 24/11/2026 est prête et n'est pas encore partie. "
        "Attendez, ou annulez-la d'abord."
    )
    assert Reminder.objects.count() == 1


def test_nothing_paid_is_asked_for(world, actor, dupont):
    world.pays(dupont, dupont.item_id, "1200.00", TODAY)

    with pytest.raises(ReminderRefusedError, match="rien n'est échu, ou tout est réglé"):
        commands.remind_now(actor=actor, party_id=dupont.pk, rank=1)


@pytest.mark.parametrize("of_item", [True, False])
def test_nothing_paused_is_asked_for(world, actor, dupont, of_item):
    commands.hold_reminders(
        actor=actor, party_id=dupont.pk, reason="accord du gérant",
        item_id=dupont.item_id if of_item else None,
    )  # fmt: skip

    with pytest.raises(ReminderRefusedError, match="accord du gérant"):
        commands.remind_now(actor=actor, party_id=dupont.pk, rank=1)

    assert not Reminder.objects.exists()


def test_a_stale_bank_stops_a_person_too(world, actor, dupont):
    from collection.conftest import at

    with (
        at(date(2026, 11, 27)),
        pytest.raises(ReminderRefusedError, match="La banque n'est connue"),
    ):
        commands.remind_now(actor=actor, party_id=dupont.pk, rank=1)


def test_a_formal_notice_without_a_reminder_is_refused(world, actor, dupont):
    DunningLevel.objects.filter(rank=3).update(step="formal_notice")

    with pytest.raises(LegalStepSkippedError) as refusal:
        commands.remind_now(actor=actor, party_id=dupont.pk, rank=3)

    assert str(refusal.value) == (
        "« Dernière relance » n'est pas possible : « Relance 2 » n'est pas encore partie pour F-1."
    )


@pytest.mark.parametrize("rank", [0, 4])
def test_a_level_that_does_not_exist_is_not_found(world, actor, dupont, rank):
    with pytest.raises(NotFoundError):
        commands.remind_now(actor=actor, party_id=dupont.pk, rank=rank)


def test_a_letter_is_set_held_and_asked_for_once(world, actor, dupont):
    DunningLevel.objects.filter(rank=1).update(channel="registered")
    from echeance.transmission.models import PostalItem

    reminder = commands.remind_now(actor=actor, party_id=dupont.pk, rank=1)
    before = PostalItem.objects.count()
    early = world.release(hour=10)
    report = world.release()
    again = world.release(hour=13)

    letter = PostalItem.objects.get()
    reminder.refresh_from_db()
    assert reminder.document_id is not None
    assert (before, early.released, report.released, again.released) == (
        0,
        (),
        (reminder.pk,),
        (),
    )
    assert (letter.registered, reminder.letter_id) == (True, letter.pk)
    assert [one.code for one in world.row(dupont).reasons] == ["already_prepared"]


def test_an_address_that_changes_takes_the_letter_back(world, actor, dupont):
    DunningLevel.objects.filter(rank=1).update(channel="post")
    from echeance.parties.models import Party

    commands.remind_now(actor=actor, party_id=dupont.pk, rank=1)
    Party.objects.filter(pk=dupont.pk).update(address_line="99 avenue Foch")

    report = world.release()

    assert [one.reason for one in report.cancelled] == [
        "L'adresse a changé depuis que la lettre a été composée."
    ]


def test_a_letter_that_is_not_printed_can_be_taken_back(world, actor, dupont):
    DunningLevel.objects.filter(rank=1).update(channel="post")
    from echeance.transmission.models import PostalItem

    reminder = commands.remind_now(actor=actor, party_id=dupont.pk, rank=1)
    world.release()

    commands.cancel_reminders(actor=actor, reminder_ids=[reminder.pk], reason="Le client a appelé.")

    reminder.refresh_from_db()
    assert (PostalItem.objects.get().state, reminder.cancel_reason) == (
        "withdrawn",
        "Le client a appelé.",
    )


def test_a_letter_already_printed_is_not(world, actor, dupont):
    from echeance.transmission import commands as transmission
    from echeance.transmission.errors import MessageLeftError

    DunningLevel.objects.filter(rank=1).update(channel="post")
    reminder = commands.remind_now(actor=actor, party_id=dupont.pk, rank=1)
    world.release()
    transmission.print_batch(actor=actor)

    with pytest.raises(MessageLeftError):
        commands.cancel_reminders(actor=actor, reminder_ids=[reminder.pk], reason="trop tard")

    reminder.refresh_from_db()
    assert reminder.cancelled_at is None
    assert [one.code for one in world.row(dupont).reasons] == ["already_prepared"]


def test_a_release_that_has_not_left_in_ten_minutes_is_checked_again(world, actor, dupont):
    from datetime import UTC, datetime

    from echeance.transmission import commands as transmission

    commands.remind_now(actor=actor, party_id=dupont.pk, rank=1)
    world.release(hour=12)
    transmission.expire_releases(now=datetime(2026, 11, 24, 12, 9, tzinfo=UTC))
    before = Message.objects.get().status
    transmission.expire_releases(now=datetime(2026, 11, 24, 12, 11, tzinfo=UTC))
    after = Message.objects.get().status
    commands.hold_reminders(actor=actor, party_id=dupont.pk, reason="accord du gérant")

    report = world.release(hour=13)

    assert (before, after, report.released) == ("released", "expired", ())
    assert "accord du gérant" in report.cancelled[0].reason
    assert Message.objects.get().status == "withdrawn"


def test_a_customer_merged_before_the_release_is_written_to_by_the_next_run(world, actor, dupont):
    from echeance.parties.commands import merge_parties

    kept = world.customer("Dupont et fils")
    commands.remind_now(actor=actor, party_id=dupont.pk, rank=1)
    merge_parties(actor=actor, party_id=dupont.pk, into_id=kept.pk)

    report = world.release()

    assert report.released == ()
    assert report.cancelled[0].reason.startswith("Ce n'est plus à ce client que l'on réclame")
    assert Message.objects.get().status == "withdrawn"
