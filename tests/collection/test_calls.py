"""Calls: who first, what to say, what each outcome leads to, and back."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from collection.conftest import at
from echeance.base import commands as base_commands
from echeance.base import queries as base
from echeance.base.errors import NotFoundError
from echeance.base.rights import Role
from echeance.collection import commands, queries, rules_calls
from echeance.collection.errors import (
    CallDayMissingError,
    CallDoneError,
    CallFollowedError,
    CallNothingOwedError,
)
from echeance.collection.models import CallTask, Hold, Promise
from echeance.collection.types import (
    CallAnswer,
    CallFacts,
    CallItem,
    CallOutcome,
    DisputeReason,
    NewCall,
)
from echeance.parties.commands import add_contacts, merge_parties
from echeance.parties.types import ContactFacts

TODAY = date(2026, 11, 24)
WEDNESDAY = date(2026, 11, 25)
FRIDAY = date(2026, 11, 27)


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.fixture
def dupont(world):
    party = world.customer("Dupont SA")
    party.item_id = world.invoice(party, "F-1", ("1000.00", date(2026, 10, 12)))[0]
    return party


@pytest.fixture
def call(actor, dupont):
    return ask(actor, dupont)


def ask(actor, party, key="k", on=TODAY):
    (row,) = commands.make_calls(
        actor=actor, calls=[NewCall(party.pk, key, "Relance 2", on, Decimal("1000.00"))]
    )
    return row


def note(actor, row, outcome, **facts):
    return commands.record_call(
        actor=actor, call_id=row.pk, answer=CallAnswer(CallOutcome(outcome), **facts)
    )


def open_calls():
    return list(
        CallTask.objects.filter(done_at=None, cancelled_at=None).values_list("due_on", flat=True)
    )


def titles(actor):
    return [plain(one.title) for one in base.work_items(actor=actor, on=TODAY)]


def test_the_list_goes_by_money_and_lateness(world, actor, dupont):
    small = world.customer("Petit SARL")
    world.invoice(small, "F-2", ("100.00", date(2026, 11, 20)))
    old = world.customer("Ancien SAS")
    world.invoice(old, "F-3", ("900.00", date(2026, 1, 20)))
    for party in (small, dupont, old):
        ask(actor, party, f"call:{party.pk}")

    rows = queries.call_list(actor=actor, on=TODAY)

    assert [(row.task.party.name, row.owed, row.days_late) for row in rows] == [
        ("Ancien SAS", Decimal("900.00"), 308),
        ("Dupont SA", Decimal("1000.00"), 43),
        ("Petit SARL", Decimal("100.00"), 4),
    ]


def test_a_call_for_another_day_waits_for_it(actor, dupont):
    ask(actor, dupont, on=WEDNESDAY)

    assert not queries.call_list(actor=actor, on=TODAY)
    assert len(queries.call_list(actor=actor, on=TODAY, later=True)) == 1
    assert len(queries.call_list(actor=actor, on=WEDNESDAY)) == 1


def test_the_script_says_what_is_owed_promised_and_disputed(world, actor, dupont, call):
    with at(date(2026, 11, 19)):
        commands.promise(actor=actor, item_ids=[dupont.item_id], promised_on=date(2026, 11, 20))
    with at(TODAY):
        commands.judge_promises(actor=actor, on=TODAY)
    commands.open_dispute(
        actor=actor,
        item_id=dupont.item_id,
        reason_code=DisputeReason.PU_ERR,
        amount=Decimal("100.00"),
    )

    facts = queries.call_sheet(actor=actor, task=call, on=TODAY)
    lines = [plain(line) for line in rules_calls.script(facts, TODAY)]

    assert lines == [
        "Bonjour, Atelier Morel à l'appareil. Puis-je joindre le service comptable ?",
        ("Je vous appelle au sujet de votre facture, 900,00 € au total, la plus ancienne échue "
        "depuis 43 jours."),
        "À citer : F-1 : 900,00 €, échue le 12/10/2026.",
        ("Un paiement était promis pour le 20/11/2026 ; la promesse est non tenue : que s'est-il "
        "passé ?"),
        ("100,00 € sont contestés : ne les réclamez pas, demandez ce qu'il manque pour clore le "
        "litige."),
        "À obtenir : un jour de paiement précis et un montant, ou la raison du retard.",
    ]  # fmt: skip


def test_many_invoices_are_not_all_read_out():
    items = tuple(CallItem(n, f"F-{n}", date(2026, 10, 1), 54, Decimal("10.00")) for n in range(8))

    lines = rules_calls.script(CallFacts("Morel", "Dupont", "", "Relance", items), TODAY)

    assert plain(lines[2]).endswith("F-4 : 10,00 €, échue le 01/10/2026 ; et 3 autres.")


def test_each_outcome_has_its_key():
    assert list(rules_calls.OUTCOME_KEYS) == list("123456789")
    assert set(rules_calls.OUTCOME_KEYS.values()) == set(CallOutcome)


def test_promised_notes_the_promise_and_stops_the_reminders(world, actor, dupont, call):
    report = note(actor, call, "promised", day=FRIDAY, note="Mme Petit s'y engage")

    row = Promise.objects.get()
    assert (row.amount, row.promised_on, row.source) == (Decimal("1000.00"), FRIDAY, "call")
    assert plain(report.told) == (
        "Promesse notée : 1 000,00 € pour le 27/11/2026. Pas de relance d'ici là."
    )
    assert world.codes(dupont) == ("hold", ["promise"])


def test_promised_without_a_day_is_asked_again(actor, call):
    with pytest.raises(CallDayMissingError):
        note(actor, call, "promised")

    assert CallTask.objects.get().outcome == ""


def test_nothing_is_promised_when_nothing_is_owed(world, actor, dupont, call):
    world.pays(dupont, dupont.item_id, "1000.00", date(2026, 11, 23))

    with pytest.raises(CallNothingOwedError):
        note(actor, call, "promised", day=FRIDAY)


def test_paid_already_pauses_the_reminders_and_looks_at_the_bank_again(world, actor, dupont, call):
    report = note(actor, call, "paid_already", day=date(2026, 11, 23))

    hold = Hold.objects.get()
    assert (hold.reason, hold.until) == ("le client dit avoir payé le 23/11/2026", FRIDAY)
    assert open_calls() == [FRIDAY]
    assert report.told == (
        "Rien n'est encore venu à la banque : relances suspendues jusqu'au 27/11/2026, puis "
        "nouvel appel."
    )


def test_no_answer_is_tried_again_on_the_next_worked_day(actor, call):
    report = note(actor, call, "no_answer")

    assert report.told == "Nouvel essai le 25/11/2026."
    assert open_calls() == [WEDNESDAY]


def test_after_three_calls_without_an_answer_a_mail_is_proposed(actor, call):
    row = call
    for day in (TODAY, WEDNESDAY, date(2026, 11, 26)):
        with at(day):
            report = note(actor, row, "no_answer")
        row = CallTask.objects.order_by("pk").last()

    assert report.told == "3 appels sans réponse : un courriel vous est proposé."
    assert not open_calls()
    assert titles(actor) == ["Dupont SA ne répond pas après 3 appels : écrivez-lui ?"]


def test_a_call_that_got_through_starts_the_count_again(actor, dupont, call):
    with at(TODAY, 9):
        note(actor, call, "no_answer")
    with at(TODAY, 10):
        note(actor, CallTask.objects.order_by("pk").last(), "call_back", day=WEDNESDAY)
    with at(WEDNESDAY):
        note(actor, CallTask.objects.order_by("pk").last(), "no_answer")

    assert queries.attempts_of(actor=actor, party_ids=[dupont.pk]) == {dupont.pk: 1}


def test_a_wrong_number_is_not_proposed_again_and_the_next_one_is(actor, dupont):
    for name, phone in (("Accueil", "0100000000"), ("Mme Petit", "0200000000")):
        facts = ContactFacts(dupont.pk, f"{name[:3]}@x.example", "reminders", name, phone)
        add_contacts(actor=actor, contacts=[facts])
    row = ask(actor, dupont)
    assert row.phone == "0100000000"

    report = note(actor, row, "wrong_number")

    again = CallTask.objects.get(pk=report.next_call_id)
    assert (again.phone, again.contact_name, again.due_on) == ("0200000000", "Mme Petit", TODAY)
    assert titles(actor) == ["Dupont SA : le numéro 0100000000 est faux, corrigez la fiche."]


@pytest.mark.parametrize(
    ("outcome", "title"),
    [
        ("refuses", "Dupont SA refuse de payer : passez à la mise en demeure ?"),
        (
            "insolvent",
            "Dupont SA annonce une procédure collective : vérifiez au BODACC et déclarez.",
        ),
    ],
)
def test_what_a_person_decides_is_asked(actor, call, outcome, title):
    note(actor, call, outcome)

    assert titles(actor) == [title]


def test_who_announces_proceedings_is_not_reminded_until_it_is_checked(world, actor, dupont, call):
    note(actor, call, "insolvent")

    hold = Hold.objects.get()
    assert (hold.until, hold.reason) == (
        date(2026, 12, 1),
        "annonce une procédure collective, à vérifier au BODACC",
    )
    assert world.codes(dupont) == ("hold", ["suspended"])


def test_a_call_is_noted_once(actor, call):
    note(actor, call, "disputes")

    with pytest.raises(CallDoneError) as refusal:
        note(actor, call, "refuses")

    assert refusal.value.what == "conteste, noté par assistant"


def test_undone_the_call_is_to_be_made_and_nothing_of_it_is_left(world, actor, dupont, call):
    for outcome, facts in (
        ("promised", {"day": FRIDAY}),
        ("paid_already", {"day": TODAY}),
        ("no_answer", {}),
        ("refuses", {}),
        ("insolvent", {}),
    ):
        note(actor, call, outcome, **facts)

        commands.undo_call(actor=actor, call_id=call.pk)

        assert open_calls() == [TODAY]
        assert not titles(actor)
        assert queries.promised_items(actor=actor, on=TODAY) == {}
        assert not queries.holds(actor=actor, on=TODAY)
    assert world.row(dupont).decision == "send"


def test_an_outcome_whose_next_call_was_made_is_history(actor, call):
    note(actor, call, "no_answer")
    note(actor, CallTask.objects.order_by("pk").last(), "disputes")

    with pytest.raises(CallFollowedError):
        commands.undo_call(actor=actor, call_id=call.pk)


def test_a_promise_made_on_the_phone_gives_back_the_one_it_replaced(actor, dupont, call):
    commands.promise(actor=actor, item_ids=[dupont.item_id], promised_on=date(2026, 11, 30))
    with at(TODAY, 10):
        note(actor, call, "promised", day=date(2026, 12, 4))

    commands.undo_call(actor=actor, call_id=call.pk)

    assert queries.promised_items(actor=actor, on=TODAY) == {dupont.item_id: date(2026, 11, 30)}


def test_calls_are_handed_to_a_colleague_all_at_once(actor, dupont):
    anne = base_commands.create_user(email="anne@x.example", full_name="Anne", password="x" * 12)
    base_commands.give_role(actor=actor, user=anne, role=Role.ASSISTANT)
    rows = [ask(actor, dupont, f"k{n}") for n in range(3)]

    assert commands.assign_calls(actor=actor, call_ids=[one.pk for one in rows], user=anne) == 3

    assert len(queries.call_list(actor=actor, on=TODAY, user_id=anne.pk)) == 3
    assert not queries.call_list(actor=actor, on=TODAY, user_id=0)
    found = {one.user.email: one.open_calls for one in queries.callers(actor=actor)}
    assert found["anne@x.example"] == 3


def test_a_stranger_is_handed_nothing(actor, call):
    stranger = base_commands.create_user(email="z@x.example", full_name="Z", password="x" * 12)

    with pytest.raises(NotFoundError):
        commands.assign_calls(actor=actor, call_ids=[call.pk], user=stranger)


def test_a_customer_who_owes_nothing_is_no_longer_called(world, actor, dupont, call):
    assert commands.tidy_calls(actor=actor) == 0
    world.pays(dupont, dupont.item_id, "1000.00", date(2026, 11, 23))

    assert commands.tidy_calls(actor=actor) == 1

    assert CallTask.objects.get().cancel_reason == "Plus rien n'est dû."


def test_the_list_costs_the_same_for_many(world, actor):
    def late(first, last):
        for number in range(first, last):
            party = world.customer(f"Client {number}")
            world.invoice(party, f"G-{number}", ("10.00", date(2026, 10, 1)))
            ask(actor, party, f"c{number}")

    late(0, 3)
    with CaptureQueriesContext(connection) as few:
        queries.call_list(actor=actor, on=TODAY)
    late(3, 20)

    with CaptureQueriesContext(connection) as many:
        assert len(queries.call_list(actor=actor, on=TODAY)) == 20

    assert len(many) == len(few)


def test_the_calls_of_a_merged_customer_are_those_of_the_one_that_stays(world, actor, dupont, call):
    stays = world.customer("Dupont Groupe")
    merge_parties(actor=actor, party_id=dupont.pk, into_id=stays.pk)

    (row,) = queries.call_list(actor=actor, on=TODAY)
    note(actor, call, "refuses")

    assert row.owed == Decimal("1000.00")
    assert [one.pk for one in queries.call_history(actor=actor, party_id=stays.pk)] == [call.pk]
