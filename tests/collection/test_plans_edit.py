"""A plan is saved as one edit, once those whose next step changes were seen; and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from echeance.base.errors import NotFoundError
from echeance.base.models import JournalEvent
from echeance.collection import commands, queries
from echeance.collection.errors import (
    LegalStepSkippedError,
    PlanChangedError,
    PlanInUseError,
    PlanRefusedError,
)
from echeance.collection.models import DunningLevel, DunningText, Hold, PlanChoice, Reminder
from echeance.collection.texts import STARTING_PLANS
from echeance.collection.types import ChangeKind, LevelDraft
from echeance.core.dunning import Channel, Step
from echeance.core.errors import ConfirmationNeededError
from echeance.parties.commands import merge_parties

TODAY = date(2026, 11, 24)
LATE_8 = date(2026, 11, 16)
LATE_20 = date(2026, 11, 4)


@pytest.fixture
def usual(world, actor):
    """The usual plan: 5, 15 and 30 days; Nord is 8 days late for 300, Sud 20 days for 1,000."""
    nord, sud = world.customer("Nord"), world.customer("Sud")
    world.invoice(nord, "N1", ("300.00", LATE_8))
    world.invoice(sud, "S1", ("1000.00", LATE_20))
    world.nord, world.sud = nord, sud
    return queries.plan_for(actor=actor, plan_id=queries.plan_in_force(actor=actor).plan_id)


def draft_of(actor, plan):
    return queries.draft_of(queries.plan_for(actor=actor, plan_id=plan.pk))


def with_level(draft, place, **changes):
    levels = list(draft.levels)
    levels[place] = replace(levels[place], **changes)
    return replace(draft, levels=tuple(levels))


def who(actor, plan, draft):
    return queries.who_changes(actor=actor, plan_id=plan.pk, draft=draft, on=TODAY)


def save(actor, plan, draft):
    """As a person does: look at who changes, then confirm."""
    try:
        return commands.save_plan(actor=actor, plan_id=plan.pk, draft=draft)
    except ConfirmationNeededError as asked:
        return commands.save_plan(actor=actor, plan_id=plan.pk, draft=draft, confirmed=asked.key)


def test_who_changes_names_each_customer_with_its_step_before_and_after(actor, usual, world):
    """Relance 1 at 10 days instead of 5: Nord, 8 days late, is no longer reminded today."""
    draft = with_level(draft_of(actor, usual), 0, days_after_due=10)

    (change,) = who(actor, usual, draft)

    assert (change.party_id, change.kind, change.amount) == (
        world.nord.pk,
        ChangeKind.STOPS,
        Decimal("300.00"),
    )
    assert change.before == "Relance 1 par courriel aujourd'hui, 300,00\u00a0€."
    assert change.after == "Prochain niveau de relance atteint le 26/11/2026."
    assert change.on == date(2026, 11, 26)


def test_a_level_that_comes_earlier_moves_those_who_reach_it(actor, usual, world):
    """Relance 2 at 7 days: Nord goes to it, Sud was there already."""
    draft = with_level(draft_of(actor, usual), 1, days_after_due=7)

    (change,) = who(actor, usual, draft)

    assert (change.party_name, change.kind, change.level_label) == (
        "Nord",
        ChangeKind.LEVEL,
        "Relance 2",
    )


def test_a_floor_and_a_ceiling_move_those_they_concern(actor, usual, world):
    """Under 500 nothing is asked of Nord; above 900 Sud's message waits for a person."""
    draft = replace(draft_of(actor, usual), floor_amount=Decimal(500), ceiling_amount=Decimal(900))

    sud, nord = who(actor, usual, draft)

    assert (nord.party_name, nord.kind) == ("Nord", ChangeKind.STOPS)
    assert nord.after == ("300,00\u00a0€ à réclamer, sous le seuil de relance de 500,00\u00a0€.")
    assert sud.after == (
        "Relance 2 par courriel aujourd'hui, 1\u202f000,00\u00a0€, après votre accord."
    )


def test_what_is_not_yet_due_is_counted_with_the_day_it_will_first_be_asked_for(
    actor, usual, world
):
    """Nord and Est have 80.00 and 20.00 to come: written to at 10 days instead of 5."""
    world.invoice(world.nord, "N2", ("80.00", date(2026, 12, 31)))
    world.invoice(world.customer("Est"), "E1", ("20.00", date(2026, 12, 31)))
    draft = with_level(draft_of(actor, usual), 0, days_after_due=10)

    (later,) = queries.who_changes_later(actor=actor, plan_id=usual.pk, draft=draft, on=TODAY)
    same = queries.who_changes_later(
        actor=actor, plan_id=usual.pk, draft=draft_of(actor, usual), on=TODAY
    )

    assert (later.customers, later.amount, later.before, later.after) == (
        2,
        Decimal("100.00"),
        5,
        10,
    )
    assert same == []


def test_a_plan_is_saved_only_on_the_list_that_was_seen(actor, usual, world):
    draft = with_level(draft_of(actor, usual), 0, days_after_due=10)
    with pytest.raises(ConfirmationNeededError) as asked:
        commands.save_plan(actor=actor, plan_id=usual.pk, draft=draft)
    assert str(asked.value) == "Un client change d'étape : regardez lequel, puis confirmez."

    # A customer becomes late meanwhile: the list is no longer the one that was seen.
    world.invoice(world.customer("Est"), "E1", ("50.00", LATE_8))
    with pytest.raises(ConfirmationNeededError) as again:
        commands.save_plan(actor=actor, plan_id=usual.pk, draft=draft, confirmed=asked.value.key)
    assert str(again.value) == "2 clients changent d'étape : regardez lesquels, puis confirmez."
    assert DunningLevel.objects.get(plan=usual, rank=1).days_after_due == 5

    commands.save_plan(actor=actor, plan_id=usual.pk, draft=draft, confirmed=again.value.key)
    assert DunningLevel.objects.get(plan=usual, rank=1).days_after_due == 10


def test_an_edit_that_moves_nobody_needs_no_confirmation(actor, usual):
    draft = with_level(draft_of(actor, usual), 0, texts=(("fr", "À nous", "{factures} {total}"),))

    row = commands.save_plan(actor=actor, plan_id=usual.pk, draft=draft)

    assert row.version == 2
    assert DunningText.objects.get(level__plan=usual, level__rank=1).subject == "À nous"


def test_the_version_of_before_comes_back_by_the_same_path(actor, usual, world):
    before = draft_of(actor, usual)
    save(actor, usual, with_level(before, 0, days_after_due=10, label="Premier rappel"))

    former = queries.former_draft(actor=actor, plan_id=usual.pk, version=1)
    assert former == before
    (change,) = who(actor, usual, former)
    assert change.kind is ChangeKind.STARTS
    row = save(actor, usual, former)

    assert row.version == 3
    assert draft_of(actor, usual) == before
    first, second = JournalEvent.objects.filter(action="collection.plan_saved").order_by("pk")
    assert first.facts["changes"] == {
        "reminder_1.label": ["Relance 1", "Premier rappel"],
        "reminder_1.days_after_due": [5, 10],
    }
    assert (first.facts["customers"], second.facts["version"]) == (1, 3)


def test_levels_are_added_moved_and_removed_and_keep_who_they_are(actor, usual):
    draft = draft_of(actor, usual)
    one, two, three = draft.levels
    kept = DunningLevel.objects.get(plan=usual, key="reminder_3").pk
    notice = LevelDraft("Mise en demeure", 45, Step.FORMAL_NOTICE, Channel.REGISTERED)
    # The second goes, the last one moves before where it was, a formal notice is added.
    save(actor, usual, replace(draft, levels=(notice, replace(three, days_after_due=12), one)))

    rows = list(DunningLevel.objects.filter(plan=usual).order_by("rank"))
    assert [(row.label, row.days_after_due) for row in rows] == [
        ("Relance 1", 5),
        ("Dernière relance", 12),
        ("Mise en demeure", 45),
    ]
    assert rows[1].pk == kept
    assert two.key not in {row.key for row in rows}


def test_what_was_prepared_keeps_what_it_says(actor, usual, world):
    world.prepare()
    before = list(Reminder.objects.order_by("pk").values_list("label", "total", "message__body"))

    save(actor, usual, with_level(draft_of(actor, usual), 0, label="Autre", days_after_due=6))

    assert (
        list(Reminder.objects.order_by("pk").values_list("label", "total", "message__body"))
        == before
    )


def test_a_plan_that_skips_a_legal_step_is_refused_by_the_command(actor, usual):
    draft = draft_of(actor, usual)
    handover = LevelDraft("Contentieux", 60, Step.HANDOVER)

    with pytest.raises(LegalStepSkippedError) as refusal:
        save(actor, usual, replace(draft, levels=(*draft.levels, handover)))

    assert str(refusal.value) == (
        "« Contentieux » n'est pas possible : aucune mise en demeure ne la précède. Ajoutez-en une "
        "au moins 8 jours avant."
    )
    assert draft_of(actor, usual) == draft


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"levels": ()},
            (
                "Le plan « Plan habituel » n'est pas enregistré : un plan a au moins un niveau : "
                "ajoutez-en un."
            ),
        ),
        (
            {"is_default": False},
            (
                "Le plan « Plan habituel » n'est pas enregistré : il reste le plan de la société : "
                "désignez-en un autre depuis sa page."
            ),
        ),
    ],
)
def test_a_bad_plan_is_refused_and_nothing_changes(actor, usual, changes, sentence):
    draft = draft_of(actor, usual)

    with pytest.raises(PlanRefusedError) as refusal:
        save(actor, usual, replace(draft, **changes))

    assert str(refusal.value) == sentence
    assert draft_of(actor, usual) == draft


def test_two_people_do_not_overwrite_each_other(actor, usual):
    draft = draft_of(actor, usual)
    commands.save_plan(actor=actor, plan_id=usual.pk, draft=replace(draft, name="A"), version=1)

    with pytest.raises(PlanChangedError) as refusal:
        commands.save_plan(actor=actor, plan_id=usual.pk, draft=replace(draft, name="B"), version=1)

    assert str(refusal.value) == (
        "Le plan « A » a été enregistré par quelqu'un d'autre entre-temps (version 2) : rouvrez-le "
        "et reprenez votre changement."
    )


def test_giving_a_category_to_a_plan_moves_its_customers(actor, usual, world):
    """Two public buyers 9 days late: their plan first reminds on the eighth day, by mail too."""
    town = world.customer("Mairie", category="public")
    world.invoice(town, "M1", ("500.00", LATE_8))
    plan = commands.create_plan(actor=actor, draft=STARTING_PLANS["public"])
    draft = replace(draft_of(actor, plan), category="public")
    (change,) = who(actor, plan, with_level(draft, 0, days_after_due=9))
    assert (change.party_name, change.kind) == ("Mairie", ChangeKind.STOPS)

    save(actor, plan, with_level(draft, 0, days_after_due=9))

    assert queries.plan_book(actor=actor).of(town.pk, "public").name == "Acheteurs publics"
    other = commands.create_plan(actor=actor, draft=replace(STARTING_PLANS["public"], name="Bis"))
    save(actor, other, replace(draft_of(actor, other), category="public"))
    assert queries.plan_book(actor=actor).of(town.pk, "public").name == "Bis"


def test_another_plan_becomes_the_company_s(actor, usual):
    plan = commands.create_plan(actor=actor, draft=STARTING_PLANS["thoughtful"])

    save(actor, plan, replace(draft_of(actor, plan), is_default=True))

    assert queries.plan_in_force(actor=actor).name == "Prévenant"
    assert not queries.plan_for(actor=actor, plan_id=usual.pk).is_default


def test_a_new_plan_is_followed_by_nobody_and_its_name_is_its_own(actor, usual):
    draft = replace(STARTING_PLANS["professional"], category="professional", is_default=True)

    plan = commands.create_plan(actor=actor, draft=draft)

    assert (plan.category, plan.is_default) == ("", False)
    assert [level.channel for level in plan.levels.order_by("rank")] == [
        "mail", "phone", "mail", "registered", "mail",
    ]  # fmt: skip
    with pytest.raises(PlanRefusedError) as refusal:
        commands.create_plan(actor=actor, draft=draft)
    assert "un autre plan porte déjà ce nom" in str(refusal.value)


def test_a_plan_in_use_is_not_archived(actor, usual, world):
    plan = commands.create_plan(actor=actor, draft=STARTING_PLANS["thoughtful"])
    report = commands.choose_plan(actor=actor, party_ids=[world.nord.pk], plan_id=plan.pk)

    for row, reason in ((usual, "d'office"), (plan, "1 client le suit")):
        with pytest.raises(PlanInUseError) as refusal:
            commands.archive_plan(actor=actor, plan_id=row.pk)
        assert reason in str(refusal.value)

    commands.undo_plan_choice(actor=actor, made=report.made, ended=report.ended)
    assert commands.archive_plan(actor=actor, plan_id=plan.pk).archived_at
    with pytest.raises(NotFoundError):
        commands.choose_plan(actor=actor, party_ids=[world.nord.pk], plan_id=plan.pk)
    assert not commands.archive_plan(actor=actor, plan_id=plan.pk, archived=False).archived_at


def test_a_plan_is_given_to_many_and_taken_back(actor, usual, world):
    first = commands.create_plan(actor=actor, draft=STARTING_PLANS["thoughtful"])
    second = commands.create_plan(actor=actor, draft=STARTING_PLANS["public"])
    nord, sud = world.nord.pk, world.sud.pk
    commands.choose_plan(actor=actor, party_ids=[nord], plan_id=first.pk)

    report = commands.choose_plan(actor=actor, party_ids=[nord, sud], plan_id=second.pk)
    assert (len(report.made), len(report.ended), report.unchanged) == (2, 1, 0)
    again = commands.choose_plan(actor=actor, party_ids=[nord, sud], plan_id=second.pk)
    assert (again.made, again.unchanged) == ((), 2)

    assert commands.undo_plan_choice(actor=actor, made=report.made, ended=report.ended) == 2
    book = queries.plan_book(actor=actor)
    assert book.of(nord, "professional").name == "Prévenant"
    assert book.of(sud, "professional").name == "Plan habituel"
    # Undone twice changes nothing more.
    assert commands.undo_plan_choice(actor=actor, made=report.made, ended=report.ended) == 0

    cleared = commands.choose_plan(actor=actor, party_ids=[nord], plan_id=None)
    assert queries.plan_book(actor=actor).of(nord, "professional").name == "Plan habituel"
    assert commands.undo_plan_choice(actor=actor, made=cleared.made, ended=cleared.ended) == 1
    assert queries.plan_book(actor=actor).of(nord, "professional").name == "Prévenant"


def test_choosing_for_a_merged_customer_is_choosing_for_the_one_that_stays(actor, usual, world):
    plan = commands.create_plan(actor=actor, draft=STARTING_PLANS["thoughtful"])
    commands.choose_plan(actor=actor, party_ids=[world.sud.pk], plan_id=plan.pk)
    merge_parties(actor=actor, party_id=world.sud.pk, into_id=world.nord.pk)

    report = commands.choose_plan(actor=actor, party_ids=[world.sud.pk], plan_id=None)

    assert len(report.ended) == 1
    assert not PlanChoice.objects.filter(ended_at=None).exists()


def test_the_choice_of_another_company_is_not_taken_back(actor, usual):
    with pytest.raises(NotFoundError):
        commands.undo_plan_choice(actor=actor, made=[999])


def test_several_customers_are_paused_at_once(actor, usual, world):
    rows = commands.hold_customers(
        actor=actor,
        party_ids=[world.nord.pk, world.sud.pk],
        reason="paient en fin de mois",
        until=date(2026, 11, 30),
    )

    assert [world.row(party).decision.value for party in (world.nord, world.sud)] == [
        "hold", "hold",
    ]  # fmt: skip
    commands.resume_reminders(actor=actor, hold_ids=[row.pk for row in rows])
    assert Hold.objects.filter(lifted_at=None).count() == 0


def test_who_changes_costs_the_same_for_many(actor, usual, world, django_assert_max_num_queries):
    for number in range(5):
        world.invoice(world.customer(f"Autre {number}"), f"A{number}", ("30.00", LATE_8))
    draft = with_level(draft_of(actor, usual), 0, days_after_due=10)

    with django_assert_max_num_queries(60):
        assert len(who(actor, usual, draft)) == 6
