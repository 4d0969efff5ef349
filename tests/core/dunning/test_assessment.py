"""Who is reminded today: nothing leaves while the picture may be wrong, and every reason is told.

The day is Tuesday 24 November 2026; the bank is known up to the day before.
"""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.dunning import (
    DEFAULT_PLAN,
    ChasedItem,
    CustomerFacts,
    Excluded,
    Gates,
    Hold,
    OpenItem,
    Reason,
    Send,
    Suspension,
    assess,
)

DAY = date(2026, 11, 24)
GATES = Gates(bank_date=date(2026, 11, 23))


def late(days, amount="100.00", number=1, **facts):
    return OpenItem(number, f"F-{number}", DAY - timedelta(days=days), Decimal(amount), **facts)


def customer(*items, **facts):
    return CustomerFacts(items, **facts)


def decide(facts, gates=GATES, on=DAY):
    return assess(facts, gates, DEFAULT_PLAN, on)


def codes(assessment):
    return [reason.code for reason in assessment.reasons]


def test_a_late_invoice_is_reminded_with_its_reason():
    assessment = decide(customer(late(6, "120.00")))

    assert assessment == Send(
        DEFAULT_PLAN.levels[0],
        (ChasedItem(1, "F-1", date(2026, 11, 18), Decimal("120.00"), 1),),
        (
            Reason(
                "level_reached",
                "Relance 1 : 1 échéance ouverte, la plus ancienne échue depuis 6 jours.",
            ),
        ),
    )
    assert assessment.total == Decimal("120.00")


def test_one_message_names_every_late_item_at_the_highest_level():
    assessment = decide(
        customer(late(2, "10.00", 3), late(35, "20.00", 1), late(16, "30.00", 2, last_rank=1))
    )

    assert isinstance(assessment, Send)
    assert assessment.level.rank == 3
    # The young invoice is named but keeps its own place on the ladder.
    assert [(item.document_ref, item.rank) for item in assessment.items] == [
        ("F-1", 3),
        ("F-2", 2),
        ("F-3", 0),
    ]
    assert assessment.total == Decimal("60.00")


def test_nothing_due_is_left_out():
    assert decide(customer(late(-10), late(0, number=2))) == Excluded(
        (Reason("nothing_due", "Rien n'est échu."),)
    )
    assert codes(decide(customer())) == ["nothing_due"]


def test_only_the_undisputed_part_is_chased():
    assessment = decide(customer(late(6, "100.00", disputed_amount=Decimal("30.00"))))

    assert isinstance(assessment, Send)
    assert assessment.total == Decimal("70.00")
    assert assessment.reasons[1].text == (
        "F-1 : 30,00\u00a0€ en litige, non réclamés tant qu'il est ouvert."
    )


def test_an_invoice_wholly_disputed_is_held():
    assessment = decide(customer(late(6, "100.00", disputed_amount=Decimal("100.00"))))

    assert isinstance(assessment, Hold)
    assert codes(assessment) == ["disputed"]
    assert assessment.until is None


@pytest.mark.parametrize(
    ("facts", "code", "text", "until"),
    [
        (
            {"payment_announced": True},
            "payment_announced",
            "F-1 : paiement annoncé par la plateforme (statut 211).",
            None,
        ),
        (
            {"promised_on": DAY},
            "promise",
            "F-1 : paiement promis pour le 24/11/2026.",
            date(2026, 11, 25),
        ),
        (
            {"suspension": Suspension("il paie en fin de mois", date(2026, 11, 30))},
            "suspended",
            "F-1 : relance suspendue jusqu'au 30/11/2026 (il paie en fin de mois).",
            date(2026, 12, 1),
        ),
        (
            {"suspension": Suspension("accord du directeur")},
            "suspended",
            "F-1 : relance suspendue sans date de fin (accord du directeur).",
            None,
        ),
    ],
)
def test_an_item_set_aside_holds_alone_and_spares_the_others(facts, code, text, until):
    alone = decide(customer(late(6, **facts)))
    with_another = decide(customer(late(6, **facts), late(7, "55.00", 2)))

    assert alone == Hold((Reason(code, text, until),))
    assert alone.until == until
    assert isinstance(with_another, Send)
    assert with_another.total == Decimal("55.00")
    assert codes(with_another) == ["level_reached", code]


@pytest.mark.parametrize(
    "facts",
    [
        {"promised_on": date(2026, 11, 23)},
        {"suspension": Suspension("congés", date(2026, 11, 23))},
    ],
)
def test_a_promise_or_a_pause_that_ended_holds_no_more(facts):
    assert isinstance(decide(customer(late(6, **facts))), Send)


@pytest.mark.parametrize(
    ("facts", "gates", "code", "text"),
    [
        (
            {},
            Gates(bank_date=None),
            "bank_stale",
            "Aucun relevé bancaire importé : importez la banque d'abord.",
        ),
        (
            {},
            Gates(bank_date=date(2026, 11, 18)),
            "bank_stale",
            "La banque n'est connue que jusqu'au 18/11/2026 : importez le dernier relevé d'abord.",
        ),
        (
            {"unapplied": Decimal("100.00")},
            GATES,
            "unapplied_cash",
            "100,00\u00a0€ reçus et non affectés couvrent les 100,00\u00a0€ dus : affectez-les d'abord.",
        ),
        (
            {"unread_reply": True},
            GATES,
            "unread_reply",
            "Un message de ce client n'a pas été lu : lisez-le d'abord.",
        ),
        (
            {"suspension": Suspension("médiation", date(2026, 12, 1))},
            GATES,
            "suspended",
            "Relances du client suspendues jusqu'au 01/12/2026 (médiation).",
        ),
        (
            {"last_contact": date(2026, 11, 18)},
            GATES,
            "too_soon",
            "Dernière relance le 18/11/2026 : pas de nouveau message avant le 25/11/2026.",
        ),
    ],
)
def test_a_gate_holds_the_customer(facts, gates, code, text):
    assessment = decide(customer(late(6), **facts), gates)

    assert isinstance(assessment, Hold)
    assert [(reason.code, reason.text) for reason in assessment.reasons] == [(code, text)]


@pytest.mark.parametrize(
    ("facts", "gates"),
    [
        # Thursday 19 + 2 business days is Monday 23: stale on Tuesday; Friday 20 is not.
        ({}, Gates(bank_date=date(2026, 11, 20))),
        ({"unapplied": Decimal("99.99")}, GATES),
        ({"last_contact": date(2026, 11, 17)}, GATES),
        ({"insolvency_date": date(2026, 11, 25)}, GATES),
        ({}, replace(GATES, floor_amount=Decimal("100.00"))),
    ],
)
def test_at_the_edge_of_a_gate_the_reminder_leaves(facts, gates):
    assert isinstance(decide(customer(late(6), **facts), gates), Send)


def test_the_bank_goes_stale_in_business_days():
    assessment = decide(customer(late(6)), Gates(bank_date=date(2026, 11, 19)))

    assert codes(assessment) == ["bank_stale"]


@pytest.mark.parametrize(
    ("facts", "gates", "code", "text"),
    [
        (
            {"insolvency_date": date(2026, 11, 2)},
            GATES,
            "insolvency",
            "Procédure collective ouverte le 02/11/2026 : déclarez la créance, ne relancez pas.",
        ),
        (
            {"has_contact": False},
            GATES,
            "no_contact",
            "Aucun contact de relance : ajoutez une adresse à ce client.",
        ),
        (
            {},
            replace(GATES, floor_amount=Decimal("100.01")),
            "under_floor",
            "100,00\u00a0€ à réclamer, sous le seuil de relance de 100,01\u00a0€.",
        ),
        (
            {"suspension": Suspension("accord du directeur")},
            GATES,
            "suspended",
            "Relances du client suspendues sans date de fin (accord du directeur).",
        ),
    ],
)
def test_what_needs_a_person_leaves_the_customer_out(facts, gates, code, text):
    assessment = decide(customer(late(6), **facts), gates)

    assert isinstance(assessment, Excluded)
    assert [(reason.code, reason.text) for reason in assessment.reasons] == [(code, text)]


def test_a_finished_ladder_asks_for_a_decision():
    assessment = decide(customer(late(60, last_rank=3)))

    assert assessment == Excluded(
        (
            Reason(
                "ladder_finished", "Toutes les relances du plan sont parties : décidez de la suite."
            ),
        )
    )


def test_between_two_levels_the_customer_waits_until_the_next():
    assessment = decide(customer(late(10, last_rank=1)))

    assert assessment == Hold(
        (
            Reason(
                "next_level_later",
                "Prochain niveau de relance atteint le 29/11/2026.",
                date(2026, 11, 29),
            ),
        )
    )


def test_nothing_leaves_on_a_sunday_unless_the_policy_says_so():
    sunday = date(2026, 11, 29)
    facts = customer(late(6))
    gates = Gates(bank_date=sunday)

    held = decide(facts, gates, sunday)

    assert held == Hold(
        (Reason("not_business_day", "Le 29/11/2026 n'est pas un jour ouvré.", date(2026, 11, 30)),)
    )
    assert isinstance(decide(facts, replace(gates, business_days_only=False), sunday), Send)


def test_all_reasons_are_told_what_needs_a_person_first():
    facts = customer(
        late(6), has_contact=False, unread_reply=True, insolvency_date=date(2026, 11, 2)
    )

    assessment = decide(facts, Gates(bank_date=None))

    assert isinstance(assessment, Excluded)
    assert codes(assessment) == ["insolvency", "no_contact", "bank_stale", "unread_reply"]


ITEMS = st.builds(
    OpenItem,
    item_id=st.integers(1, 1000),
    document_ref=st.just("F-1"),
    due_date=st.dates(date(2026, 9, 1), date(2026, 12, 31)),
    open_amount=st.integers(1, 10**6).map(lambda cents: Decimal(cents) / 100),
    disputed_amount=st.sampled_from([Decimal(0), Decimal("0.01"), Decimal("10000.00")]),
    last_rank=st.integers(0, 3),
    promised_on=st.sampled_from([None, DAY, DAY - timedelta(days=1)]),
    payment_announced=st.booleans(),
)


@given(st.lists(ITEMS, max_size=6, unique_by=lambda item: item.item_id))
def test_a_message_asks_exactly_for_the_undisputed_items_that_are_late(items):
    assessment = decide(customer(*items))

    assert assessment.reasons
    if isinstance(assessment, Send):
        by_id = {item.item_id: item for item in items}
        chased = [by_id[item.item_id] for item in assessment.items]
        assert assessment.total == sum(i.open_amount - i.disputed_amount for i in chased)
        assert all(item.amount > 0 for item in assessment.items)
        assert not any(item.payment_announced or item.promised_on == DAY for item in chased)
        assert assessment.level.rank == max(
            item.rank for item in assessment.items if item.rank > by_id[item.item_id].last_rank
        )


@given(st.lists(ITEMS, max_size=6, unique_by=lambda item: item.item_id))
def test_after_sending_the_same_day_sends_nothing_more(items):
    assessment = decide(customer(*items))

    if isinstance(assessment, Send):
        ranks = {item.item_id: item.rank for item in assessment.items}
        after = [replace(i, last_rank=ranks.get(i.item_id, i.last_rank)) for i in items]
        assert not isinstance(decide(customer(*after)), Send)
