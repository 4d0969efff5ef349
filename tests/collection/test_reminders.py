"""A reminder is prepared once, held, checked again, and leaves only if it is still right."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from echeance.base import clock
from echeance.base.models import WorkItem
from echeance.collection import commands, jobs, queries
from echeance.collection.models import DunningRun, Reminder, ReminderItem
from echeance.collection.types import DisputeReason
from echeance.parties.commands import change_contact
from echeance.transmission import commands as transmission
from echeance.transmission.models import Message
from echeance.transmission.types import Accepted

TODAY = date(2026, 11, 24)
TOMORROW = date(2026, 11, 25)


class Relay:
    """A relay that takes everything."""

    def send(self, envelope):
        return Accepted(f"250 {len(envelope.recipients)} ok")

    def close(self):
        pass


def sends_at(day, hour=12):
    """What was released leaves."""
    with clock.at(datetime(day.year, day.month, day.day, hour, tzinfo=UTC)):
        return transmission.send_due(provider=Relay()).sent


@pytest.fixture
def dupont(world):
    """Dupont SA owes 1,200.00 since 12 November: first level."""
    party = world.customer("Dupont SA")
    party.item_id = world.invoice(party, "F-1", ("1200.00", date(2026, 11, 12)))[0]
    return party


def test_a_run_prepares_one_held_message_a_customer(world, dupont):
    world.invoice(dupont, "F-2", ("300.00", date(2026, 11, 20)))

    report = world.prepare()

    message = Message.objects.get()
    reminder = Reminder.objects.get()
    assert report.reminder_ids == (reminder.pk,)
    assert (message.key, message.kind, message.status) == (
        f"reminder:2026-11-24:{dupont.pk}",
        "reminder",
        "held",
    )
    assert message.to == ["compta@c1.example"]
    assert message.reply_to == "facturation@atelier-morel.example"
    assert message.hold_until == datetime(2026, 11, 24, 11, tzinfo=UTC)
    assert (message.subject_line, message.body) == (report.send[0].subject, report.send[0].body)
    assert (reminder.total, reminder.rank, reminder.message_id) == (
        Decimal("1500.00"),
        1,
        message.pk,
    )
    items = ReminderItem.objects.order_by("pk").values_list("document_ref", "amount", "rank")
    assert list(items) == [("F-1", Decimal("1200.00"), 1), ("F-2", Decimal("300.00"), 0)]


def test_the_copies_of_the_invoices_go_with_the_message_once_each(world):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-2", ("10.00", date(2026, 11, 13)), ("10.00", date(2026, 11, 14)))
    world.invoice(party, "F-1", ("10.00", date(2026, 11, 12)))
    world.invoice(party, "REPRISE-9", ("10.00", date(2026, 11, 11)))
    second, first = world.sealed(party, "F-2"), world.sealed(party, "F-1")

    world.prepare()

    attached = Message.objects.get().files.order_by("order").values_list("file_id", flat=True)
    assert list(attached) == [first.pk, second.pk]


def test_the_same_day_twice_prepares_nothing_new(world, dupont):
    world.prepare()

    again = world.prepare()

    assert (again.reminder_ids, again.send) == ((), ())
    assert [reason.text for reason in again.hold[0].reasons] == [
        "La relance du 24/11/2026 est prête et n'est pas encore partie."
    ]
    assert (DunningRun.objects.count(), Message.objects.count()) == (1, 1)


def test_a_customer_who_becomes_late_the_same_day_joins_the_run(world, dupont):
    world.prepare()
    durand = world.customer("Durand SA")
    world.invoice(durand, "F-9", ("10.00", date(2026, 11, 12)))

    again = world.prepare()

    assert [row.party_id for row in again.send] == [durand.pk]
    assert (DunningRun.objects.count(), Message.objects.count()) == (1, 2)


def test_nothing_is_released_before_the_hold_is_over(world, dupont):
    world.prepare()

    report = world.release(hour=10)

    assert report.released == ()
    assert Message.objects.get().status == "held"


def test_what_is_still_right_leaves_after_the_hold(world, dupont):
    prepared = world.prepare()

    report = world.release()
    sent = sends_at(TODAY)

    assert report.released == prepared.reminder_ids
    assert (report.waiting, report.cancelled, sent) == ((), (), 1)
    assert Reminder.objects.get().released_at == datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_payment_after_the_preparation_takes_the_message_back(world, dupont):
    world.prepare()
    world.pays(dupont, dupont.item_id, "200.00", TODAY)

    report = world.release()
    sent = sends_at(TODAY)

    reminder = Reminder.objects.get()
    assert sent == 0
    assert report.released == ()
    assert reminder.cancel_reason == (
        "Le total a changé : 1\u202f200,00\u00a0€ demandés, 1\u202f000,00\u00a0€ dus."
    )
    assert Message.objects.get().status == "withdrawn"


def test_the_next_run_asks_for_what_is_then_owed(world, dupont):
    world.prepare()
    world.pays(dupont, dupont.item_id, "200.00", TODAY)
    world.release()

    same_day = world.prepare()
    next_day = world.prepare(TOMORROW)

    assert [reason.code for reason in same_day.hold[0].reasons] == ["not_received"]
    assert [(row.rank, row.total) for row in next_day.send] == [(1, Decimal("1000.00"))]


def test_an_invoice_paid_in_full_is_not_asked_for(world, dupont):
    world.prepare()
    world.pays(dupont, dupont.item_id, "1200.00", TODAY)

    report = world.release()

    assert [one.reason for one in report.cancelled] == [
        "Plus rien n'est échu : ce que la relance demandait a été réglé."
    ]


@pytest.mark.parametrize("case", ["dispute", "promise", "hold", "unapplied", "contact"])
def test_anything_that_stops_the_customer_takes_the_message_back(world, actor, case):
    party = world.customer("Dupont SA", email="")
    contact = world.contact(party, "compta@dupont.example")
    (item,) = world.invoice(party, "F-1", ("1200.00", date(2026, 11, 12)))
    world.prepare()
    match case:
        case "dispute":
            commands.open_dispute(actor=actor, item_id=item, reason_code=DisputeReason.PU_ERR)
        case "promise":
            commands.promise(actor=actor, item_ids=[item], promised_on=TOMORROW)
        case "hold":
            commands.hold_reminders(actor=actor, party_id=party.pk, reason="accord")
        case "unapplied":
            world.receipt(party, "1200.00", TODAY)
        case "contact":
            change_contact(
                actor=actor, contact_id=contact.pk, changes={"email": "autre@dupont.example"}
            )

    report = world.release()

    expected = {
        "dispute": "F-1 : 1\u202f200,00\u00a0€ en litige, non réclamés tant qu'il est ouvert.",
        "promise": "F-1 : paiement promis pour le 25/11/2026.",
        "hold": "Relances du client suspendues sans date de fin (accord).",
        "unapplied": (
            "1\u202f200,00\u00a0€ reçus et non affectés couvrent les 1\u202f200,00\u00a0€ dus : "
            "affectez-les d'abord."
        ),
        "contact": "Les destinataires ont changé depuis la préparation.",
    }
    assert [one.reason for one in report.cancelled] == [expected[case]]
    assert Message.objects.get().status == "withdrawn"


def test_a_partial_dispute_changes_the_total_and_takes_the_message_back(world, actor, dupont):
    world.prepare()
    commands.open_dispute(
        actor=actor,
        item_id=dupont.item_id,
        amount=Decimal("0.01"),
        reason_code=DisputeReason.PU_ERR,
    )

    report = world.release()

    assert len(report.cancelled) == 1
    assert Message.objects.get().status == "withdrawn"


def test_a_stale_bank_makes_the_message_wait_and_a_new_statement_lets_it_go(world, dupont):
    world.prepare()
    thursday = date(2026, 11, 26)

    stale = world.release(thursday)
    status = Message.objects.get().status
    world.bank_known_to(date(2026, 11, 25))
    fresh = world.release(thursday)

    assert [one.reason for one in stale.waiting] == [
        "La banque n'est connue que jusqu'au 23/11/2026 : importez le dernier relevé d'abord."
    ]
    assert (stale.released, stale.cancelled, status) == ((), (), "held")
    assert len(fresh.released) == 1


def test_a_release_that_lapsed_is_checked_again(world, dupont):
    world.prepare()
    world.release(hour=12)
    transmission.expire_releases(now=datetime(2026, 11, 24, 12, 11, tzinfo=UTC))
    world.pays(dupont, dupont.item_id, "1.00", TODAY)

    report = world.release(hour=13)

    assert (report.released, len(report.cancelled)) == ((), 1)


def test_levels_follow_each_other_once_each(world, dupont):
    sent = []
    for day in (date(2026, 11, 24) + timedelta(days=days) for days in range(19)):
        world.bank_known_to(day)
        sent += [(day, row.rank) for row in world.prepare(day).send]
        world.release(day)
        sends_at(day)

    # Due on 12/11: 15 days on Friday 27/11 but 7 days after 24/11; 30 days on Saturday 12/12.
    assert sent == [(date(2026, 11, 24), 1), (date(2026, 12, 1), 2)]


def test_a_message_withdrawn_by_hand_was_never_a_level(world, actor, dupont):
    world.prepare()
    transmission.withdraw_messages(actor=actor, message_ids=[Message.objects.get().pk])

    next_day = world.prepare(TOMORROW)

    assert [row.rank for row in next_day.send] == [1]


def test_a_reminder_that_waits_and_is_still_right_is_not_doubled(world):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("1200.00", date(2026, 10, 20)))
    world.prepare()
    later = date(2026, 12, 2)
    world.bank_known_to(later)

    report = world.prepare(later)

    assert [reason.text for reason in report.hold[0].reasons] == [
        "La relance du 24/11/2026 est prête et n'est pas encore partie."
    ]
    assert Message.objects.get().status == "held"


def test_a_reminder_that_waits_and_is_no_longer_right_is_prepared_again(world):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("1200.00", date(2026, 10, 20)))
    world.prepare()
    world.invoice(party, "F-2", ("10.00", date(2026, 11, 20)))

    report = world.prepare(TOMORROW)

    old, new = Reminder.objects.order_by("pk")
    assert [(row.rank, row.total) for row in report.send] == [(3, Decimal("1210.00"))]
    assert (old.message.status, new.message.status) == ("withdrawn", "held")
    assert WorkItem.objects.get(closed_at=None).subject == f"dunning_run:{new.run_id}"


def test_the_last_level_waits_for_a_person(world, actor):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("1200.00", date(2026, 10, 20)))

    prepared = world.prepare()
    before = world.release()
    question = WorkItem.objects.get()
    commands.approve_reminders(actor=actor, reminder_ids=prepared.reminder_ids)
    after = world.release()

    question_after = WorkItem.objects.get()
    assert prepared.to_approve == 1
    assert before.released == ()
    assert (question.closed_at, question.amount) == (None, Decimal("1200.00"))
    assert question.title == (
        "Une relance attend votre accord avant de partir, pour 1\u202f200,00\u00a0€."
    )
    assert after.released == prepared.reminder_ids
    assert question_after.answer == "approve"


def test_with_sending_by_itself_switched_off_every_level_waits(world, dupont, actor):
    world.policy(auto_send=False)

    prepared = world.prepare()

    assert prepared.to_approve == 1
    assert world.release().released == ()
    assert [row.pk for row in queries.to_approve(actor=actor)] == list(prepared.reminder_ids)


def test_a_person_may_cancel_what_waits(world, actor):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", ("1200.00", date(2026, 10, 20)))
    prepared = world.prepare()

    cancelled = commands.cancel_reminders(
        actor=actor, reminder_ids=prepared.reminder_ids, reason="Le gérant appelle."
    )

    assert cancelled == 1
    assert Message.objects.get().status == "withdrawn"
    assert Reminder.objects.get().cancel_reason == "Le gérant appelle."
    assert WorkItem.objects.get().answer == "cancel"


def test_a_sent_reminder_can_no_longer_be_cancelled(world, actor, dupont):
    from echeance.transmission.errors import MessageLeftError

    prepared = world.prepare()
    world.release()
    sends_at(TODAY)

    with pytest.raises(MessageLeftError):
        commands.cancel_reminders(actor=actor, reminder_ids=prepared.reminder_ids, reason="non")

    assert Reminder.objects.get().cancelled_at is None


def test_one_wrong_customer_does_not_stop_the_others(world, dupont):
    durand = world.customer("Durand SA")
    (item,) = world.invoice(durand, "F-9", ("10.00", date(2026, 11, 12)))
    world.prepare()
    world.pays(durand, item, "10.00", TODAY)

    report = world.release()

    assert [Reminder.objects.get(pk=pk).party_id for pk in report.released] == [dupont.pk]
    assert [one.party_id for one in report.cancelled] == [durand.pk]


def test_an_address_no_relay_takes_stops_its_customer_alone(world, dupont):
    durand = world.customer("Durand SA", email="josé")
    world.invoice(durand, "F-9", ("10.00", date(2026, 11, 12)))

    report = world.prepare()

    assert [row.party_id for row in report.send] == [dupont.pk]
    (left_out,) = report.excluded
    assert (left_out.party_id, [reason.code for reason in left_out.reasons]) == (
        durand.pk,
        ["unsendable"],
    )
    assert "« josé@c2.example » n'est pas une adresse de courriel" in left_out.reasons[0].text
    assert Message.objects.count() == 1


def test_the_total_of_each_reminder_is_the_sum_of_open_undisputed_items(world, actor):
    """Forty customers in every state: what leaves asks for the ledger's own sum, to the cent."""
    from random import Random

    from echeance.ledger import queries as ledger

    chance = Random(20261124)
    for number in range(40):
        party = world.customer(f"Client {number}")
        for rank in range(chance.randint(1, 4)):
            cents = Decimal(chance.randint(100, 99999)) / 100
            due = date(2026, 11, chance.randint(1, 30))
            (item,) = world.invoice(party, f"F-{number}-{rank}", (str(cents), due))
            if chance.random() < 0.4:
                world.pays(party, item, str(round(cents / 3, 2)), date(2026, 11, 20))
            if chance.random() < 0.2:
                commands.open_dispute(
                    actor=actor,
                    item_id=item,
                    amount=Decimal("0.50"),
                    reason_code=DisputeReason.REM_ERR,
                )
    prepared = world.prepare()

    report = world.release()

    disputed = {row.open_item_id: row.amount for row in queries.disputes(actor=actor)}
    assert len(report.released) == len(prepared.reminder_ids) > 20
    for reminder in Reminder.objects.prefetch_related("items"):
        ids = [item.open_item_id for item in reminder.items.all()]
        owed = sum(
            item.open_amount - disputed.get(item.item_id, Decimal(0))
            for item in ledger.items_for(actor=actor, item_ids=ids)
        )
        assert reminder.total == owed == sum(item.amount for item in reminder.items.all())


def test_a_customer_with_more_than_a_thousand_items_is_checked_like_any_other(world):
    party = world.customer("Dupont SA")
    world.invoice(party, "F-1", *[("1.00", date(2026, 11, 12))] * 1100)

    prepared = world.prepare()
    report = world.release()

    assert Reminder.objects.get().total == Decimal("1100.00")
    assert report.released == prepared.reminder_ids


def test_the_minute_job_releases_in_every_company(world, dupont):
    world.prepare()

    with clock.at(datetime(2026, 11, 24, 12, tzinfo=UTC)):
        counts = jobs.release_reminders.call()

    assert counts == {"released": 1, "waiting": 0, "cancelled": 0}


def test_preparing_needs_the_right(actor, world, dupont):
    from echeance.base.actor import Actor
    from echeance.base.errors import RightMissingError
    from echeance.base.rights import Right

    reader = Actor(company=actor.company, user=None, rights=frozenset({Right.READ}))

    with pytest.raises(RightMissingError):
        commands.prepare_reminders(actor=reader, on=TODAY)

    assert not DunningRun.objects.exists()
