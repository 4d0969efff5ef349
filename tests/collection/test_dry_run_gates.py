"""Every gate says why, in a sentence, and lifts when what it waits for has come.

The day is Tuesday 24 November 2026; invoices are due on 12 November unless said otherwise.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from echeance.base import clock
from echeance.collection import commands, queries
from echeance.collection.models import (
    CallTask,
    DunningLevel,
    DunningPlan,
    InsolvencyCase,
    PlanChoice,
    RecoveryItem,
    RecoveryStep,
    Reminder,
    ReminderItem,
)
from echeance.collection.types import Decision, Grouping
from echeance.ledger.models import OpenItem
from echeance.parties.models import Party

TODAY = date(2026, 11, 24)
NOVEMBER = date(2026, 11, 12)


@pytest.fixture
def dupont(world):
    """Dupont SA owes 1,200.00 since 12 November: first level."""
    party = world.customer("Dupont SA")
    party.item_id = world.invoice(party, "F-1", ("1200.00", NOVEMBER))[0]
    return party


def texts(row):
    return [reason.text for reason in row.reasons]


def plan_of(world, *levels, name="Suivi serré", **facts):
    """A plan of (days, step, channel) levels that says only the invoices and the total."""
    from echeance.collection.models import DunningText

    plan = DunningPlan.objects.create(
        company=world.actor.company, name=name, created_at=clock.now(), **facts
    )
    for rank, (days, step, channel) in enumerate(levels, 1):
        level = DunningLevel.objects.create(
            company=world.actor.company, plan=plan, rank=rank, key=f"level_{rank}",
            label=f"Niveau {rank}", days_after_due=days, step=step, channel=channel, tone="firm",
        )  # fmt: skip
        DunningText.objects.create(
            company=world.actor.company, level=level, language="fr",
            subject="À régler : {total}", body="{factures}\n\nTotal : {total}\n\n{societe}",
        )  # fmt: skip
    return plan


def follows(world, party, plan):
    return PlanChoice.objects.create(
        company=world.actor.company, party=party, plan=plan, chosen_at=clock.now(),
        chosen_by="essai",
    )  # fmt: skip


def test_an_invoice_that_never_left_is_not_chased(world, dupont):
    world.sealed(dupont, "F-1", sent=False)

    row = world.row(dupont)

    assert row.decision is Decision.EXCLUDED
    assert texts(row) == [
        "F-1 n'est jamais partie chez le client : envoyez-la, elle sera relancée ensuite."
    ]


def test_an_opening_balance_counts_as_sent(world, dupont):
    """Nothing was issued here under that number: it left from elsewhere."""
    assert world.codes(dupont) == ("send", ["level_reached"])


def test_what_an_agency_has_in_hand_leaves_the_reminders(world, actor, dupont):
    world.invoice(dupont, "F-2", ("50.00", NOVEMBER))
    step = RecoveryStep.objects.create(
        company=actor.company, party=dupont, kind="agency", on=date(2026, 11, 20),
        counterpart="Recouvrement Nord", opened_at=clock.now(), opened_by="essai",
    )  # fmt: skip
    RecoveryItem.objects.create(
        company=actor.company, step=step, open_item_id=dupont.item_id, document_ref="F-1",
        amount=Decimal("1200.00"),
    )  # fmt: skip

    row = world.row(dupont)
    RecoveryStep.objects.update(ended_at=clock.now())
    after = world.row(dupont)

    assert (row.decision, row.total) == (Decision.SEND, Decimal("50.00"))
    assert texts(row)[1] == (
        "F-1 : dossier confié à un recouvreur (Recouvrement Nord), depuis le 20/11/2026 : "
        "plus de relance."
    )
    assert after.total == Decimal("1250.00")


def test_what_was_owed_before_the_judgment_is_declared_and_the_rest_chased(world, actor, dupont):
    """Judgment of 1 November; F-1 is of January, F-2 of 5 November."""
    world.invoice(dupont, "F-2", ("300.00", date(2026, 11, 18)))
    OpenItem.objects.filter(document_ref="F-2").update(document_date=date(2026, 11, 5))
    InsolvencyCase.objects.create(
        company=actor.company, party=dupont, kind="receivership", judgment_on=date(2026, 11, 1),
        opened_at=clock.now(), opened_by="essai",
    )  # fmt: skip

    row = world.row(dupont)
    OpenItem.objects.filter(document_ref="F-2").update(open_amount=0)
    alone = world.row(dupont)

    assert [line.document_ref for line in row.lines] == ["F-2"]
    assert row.total == Decimal("300.00")
    assert texts(row)[1] == (
        "Procédure collective ouverte le 01/11/2026 : déclarez la créance, ne relancez pas."
    )
    assert (alone.decision, [one.code for one in alone.reasons]) == (
        Decision.EXCLUDED,
        ["insolvency"],
    )


def test_an_unread_reply_holds_the_reminder_until_it_is_read(world, actor, dupont):
    reply = commands.record_reply(
        actor=actor, party_id=dupont.pk, key="mail:1", channel="mail", text="Payé hier.",
        received_at=clock.now(), reminder_id=None,
    )  # fmt: skip

    held = world.codes(dupont)
    commands.read_replies(actor=actor, reply_ids=[reply.pk])

    assert held == ("hold", ["unread_reply"])
    assert world.codes(dupont) == ("send", ["level_reached"])


@pytest.mark.parametrize(
    ("field", "code"), [("closed_at", "party_closed"), ("erased_at", "party_erased")]
)
def test_nobody_is_chased_under_a_name_that_no_longer_stands(world, dupont, field, code):
    Party.objects.filter(pk=dupont.pk).update(**{field: clock.now()})

    assert world.codes(dupont) == ("excluded", [code])


def test_the_floor_and_the_ceiling_are_those_of_the_plan(world, dupont):
    plan = plan_of(world, (5, "reminder", "mail"), floor_amount=Decimal("1200.01"))
    follows(world, dupont, plan)
    below = world.codes(dupont)
    DunningPlan.objects.filter(pk=plan.pk).update(
        floor_amount=None, ceiling_amount=Decimal("1199.99")
    )

    above = world.row(dupont)

    assert below == ("excluded", ["under_floor"])
    assert (above.decision, above.needs_approval) == (Decision.SEND, True)
    assert texts(above)[1] == (
        "1\u202f200,00\u00a0€ à réclamer, au-delà de 1\u202f199,99\u00a0€ : une personne décide."
    )


def test_a_level_that_is_only_proposed_waits_for_a_person(world, dupont):
    plan = plan_of(world, (5, "reminder", "mail"))
    follows(world, dupont, plan)
    DunningLevel.objects.filter(plan=plan).update(is_automatic=False)

    assert world.row(dupont).needs_approval


def test_a_letter_needs_an_address_and_a_call_does_not(world, actor, dupont):
    plan = plan_of(world, (5, "reminder", "post"))
    follows(world, dupont, plan)
    Party.objects.filter(pk=dupont.pk).update(address_line="", postcode="", city="")

    letter = world.row(dupont)
    DunningLevel.objects.filter(plan=plan).update(channel="phone")
    call = world.row(dupont)

    assert texts(letter) == [
        "Aucune lettre ne peut partir : l'adresse n'a ni rue ni ville. Complétez l'adresse."
    ]
    assert (call.decision, call.channel) == (Decision.SEND, "phone")


def test_a_formal_notice_never_comes_before_a_reminder(world, dupont):
    """Forty days late, never reminded: the reminder leaves, and the notice waits its twenty days."""
    plan = plan_of(world, (10, "reminder", "mail"), (30, "formal_notice", "mail"))
    follows(world, dupont, plan)
    OpenItem.objects.update(due_date=TODAY - timedelta(days=40))

    first = world.row(dupont)
    world.prepare()
    world.release()
    from echeance.transmission.models import Message

    Message.objects.update(
        status="sent", in_flight_at=clock.now(), finished_at=clock.now(), release_expires_at=None
    )
    world.bank_known_to(date(2026, 12, 14))
    early = world.row(dupont, date(2026, 12, 11))
    due = world.row(dupont, date(2026, 12, 14))

    assert (first.rank, first.step) == (1, "reminder")
    assert texts(early) == ["Prochain niveau de relance atteint le 14/12/2026."]
    assert (due.rank, due.step) == (2, "formal_notice")


def test_after_a_formal_notice_a_person_decides(world, actor, dupont):
    from echeance.base.models import WorkItem

    plan = plan_of(
        world, (5, "formal_notice", "mail"), (10, "handover", "mail"), days_between_contacts=0
    )
    follows(world, dupont, plan)
    run = commands.prepare_reminders(actor=actor, on=date(2026, 11, 23))
    Reminder.objects.filter(pk__in=run.reminder_ids).update(approved_at=clock.now())
    Reminder.objects.update(released_at=clock.now())
    from echeance.transmission.models import Message

    Message.objects.update(status="sent", in_flight_at=clock.now(), finished_at=clock.now())
    world.bank_known_to(date(2026, 12, 1))

    before = world.row(dupont, date(2026, 11, 30))
    report = world.prepare(date(2026, 12, 1))

    # The plan puts five days between them; a formal notice leaves eight.
    assert texts(before) == ["Prochain niveau de relance atteint le 01/12/2026."]
    assert [one.code for one in report.excluded[0].reasons] == ["handover_due"]
    question = WorkItem.objects.get(kind="collection.handover")
    assert question.title == "Dupont SA : mise en demeure sans effet, décidez de la suite."


def test_a_plan_that_changes_never_sends_a_level_back(world, actor, dupont):
    """Level 2 of the usual plan (15 days) was sent: a plan of 7, 14 and 40 days starts at 40."""
    OpenItem.objects.update(due_date=TODAY - timedelta(days=20))
    world.prepare()
    world.release()
    Reminder.objects.update(released_at=clock.now())
    from echeance.transmission.models import Message

    Message.objects.update(status="sent", in_flight_at=clock.now(), finished_at=clock.now())
    plan = plan_of(
        world, (7, "reminder", "mail"), (14, "reminder", "mail"), (40, "reminder", "mail")
    )
    follows(world, dupont, plan)
    world.bank_known_to(date(2026, 12, 14))

    waiting = world.row(dupont, date(2026, 12, 11))
    reached = world.row(dupont, date(2026, 12, 14))

    assert ReminderItem.objects.get().days_after_due == 15
    assert texts(waiting) == ["Prochain niveau de relance atteint le 14/12/2026."]
    assert (reached.decision, reached.rank) == (Decision.SEND, 3)


def test_a_level_put_later_is_not_sent_a_second_time(world, dupont):
    """Relance 2 left at 20 days; the plan then puts it at 25: nothing more until Dernière relance."""
    OpenItem.objects.update(due_date=TODAY - timedelta(days=20))
    world.prepare()
    Reminder.objects.update(released_at=clock.now())
    from echeance.transmission.models import Message

    Message.objects.update(
        status="sent", in_flight_at=clock.now(), finished_at=clock.now(), released_at=clock.now()
    )
    DunningLevel.objects.filter(label="Relance 2").update(days_after_due=25)
    later = TODAY + timedelta(days=8)
    world.bank_known_to(later)

    row = world.row(dupont, later)

    assert [one.code for one in row.reasons] == ["next_level_later"]
    assert row.until == TODAY + timedelta(days=10)


def test_the_message_of_a_group_goes_to_its_head_and_names_who_owes(world, actor, dupont):
    branch = world.customer("Dupont Ouest", email="")
    Party.objects.filter(pk=branch.pk).update(parent=dupont.pk)
    world.invoice(branch, "F-7", ("300.00", NOVEMBER))
    plan = plan_of(world, (5, "reminder", "mail"), grouping=Grouping.GROUP)
    follows(world, dupont, plan)

    (row,) = world.dry_run()

    assert (row.party_id, row.total) == (dupont.pk, Decimal("1500.00"))
    assert row.recipients == ("compta@c1.example",)
    assert [(line.document_ref, line.debtor) for line in row.lines] == [
        ("F-1", ""),
        ("F-7", "Dupont Ouest"),
    ]
    assert "- Facture F-7, échéance du 12/11/2026, Dupont Ouest (12 jours de retard)" in row.body


def test_what_was_received_is_deducted_in_the_message(world, dupont):
    world.receipt(dupont, "200.00", date(2026, 11, 20))

    row = world.row(dupont)

    assert (row.total, row.credits, row.net) == (
        Decimal("1200.00"),
        Decimal("200.00"),
        Decimal("1000.00"),
    )
    assert (
        "Total : 1\u202f200,00\u00a0€\n\n"
        "Avoirs et acomptes à déduire : 200,00\u00a0€\n"
        "Net à régler : 1\u202f000,00\u00a0€\n\n"
    ) in row.body


def test_a_stream_says_the_same_as_the_screen_without_the_texts(world, actor):
    for number in range(7):
        party = world.customer(f"Client {number}", email="" if number % 3 == 0 else "compta")
        world.invoice(party, f"F-{number}", (f"{number + 1}00.00", NOVEMBER))

    shown = world.dry_run()
    streamed = list(queries.dry_run_stream(actor=actor, on=TODAY))
    counts = queries.dry_run_counts(actor=actor, on=TODAY)

    bare = {row.party_id: replace(row, subject="", body="") for row in shown}
    assert {row.party_id: row for row in streamed} == bare
    assert [row.party_id for row in streamed] == sorted(bare)
    assert counts.decisions[Decision.SEND].customers == 4
    assert counts.decisions[Decision.SEND].amount == Decimal("1600.00")  # 200 + 300 + 500 + 600
    assert counts.reasons["no_contact"].customers == 3
    assert counts.levels[1, "Relance 1"].amount == Decimal("1600.00")


def test_chunks_of_customers_change_nothing(world, actor, monkeypatch):
    from echeance.collection.queries import judging as engine

    for number in range(5):
        world.invoice(world.customer(f"Client {number}"), f"F-{number}", ("10.00", NOVEMBER))
    whole = list(queries.dry_run_stream(actor=actor, on=TODAY))
    monkeypatch.setattr(engine, "UNITS_AT_ONCE", 2)

    assert list(queries.dry_run_stream(actor=actor, on=TODAY)) == whole


def test_a_call_level_puts_a_call_on_the_list_when_it_is_released(world, actor, dupont):
    follows(world, dupont, plan_of(world, (5, "reminder", "phone")))

    prepared = world.prepare()
    before = CallTask.objects.count()
    released = world.release()
    again = world.row(dupont)

    call = CallTask.objects.get()
    assert before == 0
    assert released.released == prepared.reminder_ids
    assert (call.party, call.amount, call.due_on) == (dupont, Decimal("1200.00"), TODAY)
    assert call.reason == "Niveau 1 : 1 200,00 € à réclamer"
    assert Reminder.objects.get().call == call
    assert texts(again) == ["L'appel demandé le 24/11/2026 n'a pas encore été passé."]


def test_a_channel_nothing_serves_here_leaves_the_customer_out(world, dupont):
    follows(world, dupont, plan_of(world, (5, "reminder", "sms")))

    assert texts(world.row(dupont)) == [
        "Rien ne part d'ici par SMS : choisissez un autre canal pour ce niveau du plan."
    ]


def test_a_text_message_goes_to_the_phone_of_the_contact(world, actor, dupont, settings, tmp_path):
    from echeance.parties.commands import add_contacts
    from echeance.parties.types import ContactFacts
    from echeance.transmission.models import Message

    settings.SMS = settings.SMS | {"provider": "folder", "folder": str(tmp_path)}
    follows(world, dupont, plan_of(world, (5, "reminder", "sms")))
    without = world.codes(dupont)
    add_contacts(
        actor=actor,
        contacts=[ContactFacts(party_id=dupont.pk, purpose="reminders", phone="0612345678")],
    )

    prepared = world.prepare()
    released = world.release()

    message = Message.objects.get()
    assert without == ("excluded", ["no_phone"])
    assert released.released == prepared.reminder_ids
    assert (message.channel, message.to, message.status) == ("sms", ["+33612345678"], "released")
    assert message.body == "Atelier Morel : À régler : 1 200,00 €"


def test_a_payment_plan_on_schedule_leaves_its_items_alone(world, actor, dupont, monkeypatch):
    from echeance.collection.queries import judging
    from echeance.core.dunning import Suspension

    covered = Suspension("échéancier n° 3 accepté, échéance de 100,00 € le 30/11/2026",
                         date(2026, 12, 3))  # fmt: skip
    world.invoice(dupont, "F-2", ("50.00", NOVEMBER))
    monkeypatch.setattr(judging, "items_under_plan", lambda **_: {dupont.item_id: covered})

    row = world.row(dupont)

    assert row.total == Decimal("50.00")
    assert (row.reasons[1].code, row.reasons[1].until) == ("payment_plan", date(2026, 12, 4))
    assert row.reasons[1].text == (
        "F-1 : échéancier n° 3 accepté, échéance de 100,00 € le 30/11/2026."
    )


def test_what_a_penalty_note_claimed_is_not_said_again(world, actor, dupont, monkeypatch):
    """Interest of 12 days on 1,200.00 at 12.40 %: 4.89. A note claimed the first seven: 2.85."""
    from echeance.collection.queries import judging
    from echeance.collection.types import NotedPenalty

    before = world.row(dupont)
    noted = NotedPenalty(
        dupont.item_id, Decimal("2.85"), date(2026, 11, 19), Decimal("40.00"),
        (date(2026, 11, 19),),
    )  # fmt: skip
    monkeypatch.setattr(judging, "noted_penalties", lambda **_: {dupont.item_id: noted})

    after = world.row(dupont)

    assert (before.interest, before.indemnity) == (Decimal("4.89"), Decimal("40.00"))
    # 5 days of 1,200.00 at 12.40 %: 2.04.
    assert (after.interest, after.indemnity) == (Decimal("2.04"), Decimal("0.00"))
    assert [part.days for part in after.lines[0].slices] == [5]


def test_a_penalty_note_bears_nothing_itself(world, actor, dupont, monkeypatch):
    from echeance.collection.queries import judging

    monkeypatch.setattr(judging, "penalty_items", lambda **_: {dupont.item_id})

    row = world.row(dupont)

    assert (row.total, row.interest, row.indemnity) == (Decimal("1200.00"), 0, 0)
    assert "- Pénalités déjà facturées F-1, échéance du 12/11/2026" in row.body
