"""Promises: kept or not, as the bank tells it, whenever it tells it."""

from datetime import date
from decimal import Decimal

import pytest

from collection.conftest import at
from echeance.base import queries as base
from echeance.base.models import WorkItem
from echeance.collection import commands, queries
from echeance.collection.errors import PromiseJudgedError, PromiseTooLargeError
from echeance.collection.models import CallTask, Promise
from echeance.collection.types import PromiseSource
from echeance.ledger import commands as ledger
from echeance.ledger.models import Allocation

THURSDAY = date(2026, 11, 19)
FRIDAY = date(2026, 11, 20)
SATURDAY = date(2026, 11, 21)
MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def dupont(world):
    party = world.customer("Dupont SA")
    party.item_id = world.invoice(party, "F-1", ("1000.00", date(2026, 10, 12)))[0]
    return party


def promised(actor, *items, on=FRIDAY, made=THURSDAY, **facts):
    with at(made):
        return commands.promise(actor=actor, item_ids=items, promised_on=on, **facts)


def judge(actor, on, hour=9):
    with at(on, hour):
        return commands.judge_promises(actor=actor, on=on)


def plain(text):
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def verdicts():
    return list(Promise.objects.order_by("pk").values_list("verdict", flat=True))


def test_promised_for_friday_paid_on_friday(world, actor, dupont):
    promised(actor, dupont.item_id)
    with at(SATURDAY):
        world.pays(dupont, dupont.item_id, "1000.00", FRIDAY)

    (one,) = judge(actor, TUESDAY).judged

    assert (one.verdict, one.paid, one.call_id) == ("kept", Decimal("1000.00"), 0)
    assert plain(one.reason) == "promesse du 20/11/2026 sur F-1 tenue : 1 000,00 € reçus."
    assert not CallTask.objects.exists()
    assert not WorkItem.objects.exists()


def test_promised_for_friday_paid_on_monday(world, actor, dupont):
    """It was not kept; nobody calls for money that has come."""
    promised(actor, dupont.item_id)
    with at(MONDAY, 18):
        world.pays(dupont, dupont.item_id, "1000.00", MONDAY)

    (one,) = judge(actor, TUESDAY).judged

    assert (one.verdict, one.paid, one.call_id) == ("broken", Decimal(0), 0)
    assert not CallTask.objects.exists()


def test_promised_for_friday_and_nothing_came(world, actor, dupont):
    promised(actor, dupont.item_id)

    (one,) = judge(actor, TUESDAY).judged

    call = CallTask.objects.get()
    assert (one.verdict, one.call_id) == ("broken", call.pk)
    assert (call.reason, call.due_on, call.amount) == (
        "promesse du 20/11/2026 non tenue (F-1)",
        TUESDAY,
        Decimal("1000.00"),
    )
    (question,) = base.work_items(actor=actor, on=TUESDAY)
    assert plain(question.title) == (
        "Dupont SA : promesse du 20/11/2026 non tenue (F-1), 1 000,00 € restent dus."
    )
    assert world.row(dupont).decision == "send"


def test_paid_after_the_call_was_asked_for_calls_it_off(world, actor, dupont):
    promised(actor, dupont.item_id)
    judge(actor, TUESDAY)
    with at(TUESDAY, 12):
        world.pays(dupont, dupont.item_id, "1000.00", TUESDAY)

    report = judge(actor, date(2026, 11, 25))

    assert report.judged == ()
    assert verdicts() == ["broken"]
    assert CallTask.objects.get().cancel_reason == "Ce qui était promis est payé."
    assert not base.work_items(actor=actor, on=TUESDAY)


def test_a_bank_file_that_comes_late_corrects_the_verdict(world, actor, dupont):
    promised(actor, dupont.item_id)
    judge(actor, TUESDAY)
    with at(TUESDAY, 15):
        world.pays(dupont, dupont.item_id, "1000.00", FRIDAY)

    (one,) = judge(actor, TUESDAY, 16).judged

    assert (one.before, one.verdict) == ("broken", "kept")
    assert CallTask.objects.get().cancelled_at
    assert not base.work_items(actor=actor, on=TUESDAY)


def test_a_payment_unmatched_breaks_the_promise_and_a_match_mends_it(world, actor, dupont):
    promised(actor, dupont.item_id)
    with at(SATURDAY):
        (allocation,) = world.pays(dupont, dupont.item_id, "1000.00", FRIDAY)
    judge(actor, TUESDAY, 8)
    credit = Allocation.objects.get().credit_item
    with at(TUESDAY, 10):
        ledger.unallocate(actor=actor, allocation_ids=[allocation], on=TUESDAY)
    assert judge(actor, TUESDAY, 10).judged == ()  # the money still is the customer's
    with at(TUESDAY, 10):
        ledger.reverse_entries(actor=actor, entry_ids=[credit.line.entry_id], on=TUESDAY)

    broken = judge(actor, TUESDAY, 11).judged
    with at(TUESDAY, 12):
        world.pays(dupont, dupont.item_id, "1000.00", FRIDAY)
    mended = judge(actor, TUESDAY, 13).judged

    assert [(one.before, one.verdict) for one in broken] == [("kept", "broken")]
    assert [(one.before, one.verdict) for one in mended] == [("broken", "kept")]
    assert CallTask.objects.get().cancelled_at


def test_half_is_kept_in_part_and_the_call_says_so(world, actor, dupont):
    promised(actor, dupont.item_id)
    with at(SATURDAY):
        world.pays(dupont, dupont.item_id, "400.00", FRIDAY)

    (one,) = judge(actor, TUESDAY).judged

    assert (one.verdict, one.paid) == ("partly", Decimal("400.00"))
    assert plain(one.reason) == (
        "promesse du 20/11/2026 sur F-1 tenue en partie : 400,00 € reçus sur 1 000,00 €."
    )
    call = CallTask.objects.get()
    assert (call.reason, call.amount) == (
        "promesse du 20/11/2026 tenue en partie (F-1)",
        Decimal("600.00"),
    )


def test_a_part_promised_and_paid_is_kept(world, actor, dupont):
    promised(actor, dupont.item_id, amount=Decimal("300.00"))
    with at(SATURDAY):
        world.pays(dupont, dupont.item_id, "300.00", FRIDAY)

    assert judge(actor, TUESDAY).judged[0].verdict == "kept"


def test_what_was_paid_before_the_promise_does_not_keep_it(world, actor, dupont):
    with at(date(2026, 11, 10)):
        world.pays(dupont, dupont.item_id, "400.00", date(2026, 11, 9))
    promised(actor, dupont.item_id)

    (one,) = judge(actor, TUESDAY).judged

    assert (one.amount, one.verdict, one.paid) == (Decimal("600.00"), "broken", Decimal(0))


def test_no_judgment_while_the_bank_is_not_known_up_to_that_day(world, actor, dupont):
    promised(actor, dupont.item_id, on=TUESDAY)

    report = judge(actor, date(2026, 11, 25))

    assert report.judged == ()
    assert report.waiting[0].reason == (
        "promesse du 24/11/2026 sur F-1 : la banque n'est connue que jusqu'au 23/11/2026, elle "
        "sera jugée au prochain relevé."
    )
    assert verdicts() == [""]
    assert world.codes(dupont, date(2026, 11, 25)) == ("hold", ["promise"])


def test_a_promise_for_a_saturday_is_judged_on_what_came_by_monday(world, actor, dupont):
    promised(actor, dupont.item_id, on=SATURDAY)
    with at(MONDAY, 18):
        world.pays(dupont, dupont.item_id, "1000.00", MONDAY)

    assert judge(actor, MONDAY).judged == ()
    assert judge(actor, TUESDAY).judged[0].verdict == "kept"


def test_money_not_applied_yet_is_applied_before_anyone_is_blamed(world, actor, dupont):
    promised(actor, dupont.item_id)
    with at(SATURDAY):
        world.receipt(dupont, "1000.00", FRIDAY)

    report = judge(actor, TUESDAY)

    assert report.judged == ()
    assert report.waiting[0].reason == (
        "promesse du 20/11/2026 sur F-1 : de l'argent de ce client n'est pas encore affecté et la "
        "couvrirait ; affectez-le d'abord."
    )


def test_money_not_applied_covers_one_promise_only_once(world, actor, dupont):
    (other,) = world.invoice(dupont, "F-2", ("1000.00", date(2026, 10, 20)))
    promised(actor, dupont.item_id, other)
    with at(SATURDAY):
        world.receipt(dupont, "1000.00", FRIDAY)

    report = judge(actor, TUESDAY)

    assert (len(report.judged), len(report.waiting)) == (1, 1)


def test_one_call_for_all_that_was_promised_for_a_day(world, actor, dupont):
    (other,) = world.invoice(dupont, "F-2", ("500.00", date(2026, 10, 20)))
    promised(actor, dupont.item_id, other)

    judge(actor, TUESDAY)

    call = CallTask.objects.get()
    assert (call.reason, call.amount) == (
        "promesse du 20/11/2026 non tenue (F-1, F-2)",
        Decimal("1500.00"),
    )


def test_judged_twice_changes_nothing(world, actor, dupont):
    promised(actor, dupont.item_id)
    judge(actor, TUESDAY)

    again = judge(actor, TUESDAY)

    assert (again.judged, again.waiting) == ((), ())
    assert (CallTask.objects.count(), WorkItem.objects.count()) == (1, 1)


def test_a_new_promise_replaces_the_one_that_stands(actor, dupont):
    promised(actor, dupont.item_id, on=date(2026, 11, 30))
    promised(actor, dupont.item_id, on=date(2026, 12, 4), made=FRIDAY)

    assert verdicts() == ["withdrawn", ""]
    assert queries.promised_items(actor=actor, on=TUESDAY) == {dupont.item_id: date(2026, 12, 4)}
    assert queries.promise_counts(actor=actor) == {}


def test_a_promise_noted_by_mistake_gives_way_to_the_one_before(actor, dupont):
    promised(actor, dupont.item_id, on=date(2026, 11, 30))
    (mistake,) = promised(actor, dupont.item_id, on=date(2026, 12, 4), made=FRIDAY)

    assert commands.undo_promises(actor=actor, promise_ids=[mistake.pk]) == 1

    assert verdicts() == ["", "withdrawn"]


def test_a_promise_judged_is_history(actor, dupont):
    (row,) = promised(actor, dupont.item_id)
    judge(actor, TUESDAY)

    with pytest.raises(PromiseJudgedError) as refusal:
        commands.withdraw_promises(actor=actor, promise_ids=[row.pk])

    assert str(refusal.value) == (
        "La promesse sur F-1 pour le 20/11/2026 n'est plus en cours : notez-en une nouvelle."
    )
    assert verdicts() == ["broken"]


def test_a_promise_withdrawn_covers_nothing_and_is_not_judged(world, actor, dupont):
    (row,) = promised(actor, dupont.item_id, on=date(2026, 11, 30))

    commands.withdraw_promises(actor=actor, promise_ids=[row.pk])

    assert queries.promised_items(actor=actor, on=TUESDAY) == {}
    assert judge(actor, date(2026, 12, 2)).judged == ()


def test_an_amount_promised_on_several_items_fills_the_oldest_first(world, actor, dupont):
    (other,) = world.invoice(dupont, "F-2", ("500.00", date(2026, 10, 20)))
    (third,) = world.invoice(dupont, "F-3", ("500.00", date(2026, 10, 30)))

    rows = promised(
        actor, dupont.item_id, other, third, amount=Decimal("1200.00"), source=PromiseSource.MAIL
    )

    assert [(row.document_ref, row.amount, row.source) for row in rows] == [
        ("F-1", Decimal("1000.00"), "mail"),
        ("F-2", Decimal("200.00"), "mail"),
    ]


@pytest.mark.parametrize("amount", ["1000.01", "0", "-5"])
def test_no_more_is_promised_than_is_owed(actor, dupont, amount):
    with pytest.raises(PromiseTooLargeError):
        promised(actor, dupont.item_id, amount=Decimal(amount))

    assert not Promise.objects.exists()


def test_how_many_were_kept_is_counted_by_customer_merged_ones_too(world, actor, dupont):
    (other,) = world.invoice(dupont, "F-2", ("500.00", date(2026, 10, 20)))
    promised(actor, dupont.item_id)
    promised(actor, other)
    with at(SATURDAY):
        world.pays(dupont, other, "500.00", FRIDAY)
    judge(actor, TUESDAY)

    counts = queries.promise_counts(actor=actor, party_ids=[dupont.pk])[dupont.pk]

    assert (counts.kept, counts.partly, counts.broken, counts.due) == (1, 0, 1, 2)
    assert (counts.promised, counts.paid) == (Decimal("1500.00"), Decimal("500.00"))


def test_many_promises_cost_the_same_number_of_queries(world, actor, django_assert_max_num_queries):
    items = []
    for number in range(40):
        party = world.customer(f"Client {number}")
        items += world.invoice(party, f"G-{number}", ("100.00", date(2026, 10, 12)))
    promised(actor, *items)

    with django_assert_max_num_queries(45):
        report = judge(actor, TUESDAY)

    assert len(report.judged) == 40
