"""What a plan may be: the course of collection is not skipped, and nothing is owed that is not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from echeance.collection import rules_plans
from echeance.collection.rules import Template, check_template
from echeance.collection.texts import STARTING_PLANS, starting
from echeance.collection.types import LevelDraft, PlanDraft
from echeance.core.dunning import Channel, Step, Tone

REMINDER = LevelDraft("Relance", 10)
NOTICE = LevelDraft("Mise en demeure", 30, Step.FORMAL_NOTICE, Channel.REGISTERED)
HANDOVER = LevelDraft("Contentieux", 45, Step.HANDOVER)


def plan(*levels, **fields):
    return PlanDraft("Essai", levels, **fields)


def said(draft):
    return [fault.text for fault in rules_plans.faults(draft)]


def legal(draft):
    return [fault.step for fault in rules_plans.faults(draft) if fault.legal]


@pytest.mark.parametrize("name", STARTING_PLANS)
def test_the_plans_offered_have_no_fault(name):
    draft = STARTING_PLANS[name]
    category = name if name in {"professional", "public", "consumer"} else ""

    assert said(replace(draft, category=category)) == []


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("tone", Tone)
def test_every_step_starts_with_texts_that_can_be_filled_in(step, tone):
    texts = starting(step, tone)

    assert [language for language, _, _ in texts] == ["fr", "en"]
    for text in texts:
        check_template(Template(*text))


@pytest.mark.parametrize(
    ("draft", "step"),
    [
        # Nothing goes to court, an agency or a bailiff before a formal notice.
        (plan(REMINDER, HANDOVER), "Contentieux"),
        # A notice that nothing proves is none: mail, SMS and telephone leave no deposit.
        (plan(replace(NOTICE, channel=Channel.MAIL)), "Mise en demeure"),
        (plan(replace(NOTICE, channel=Channel.SMS)), "Mise en demeure"),
        (plan(replace(NOTICE, channel=Channel.PHONE)), "Mise en demeure"),
        # The notice leaves eight days; the file is not handed over on the seventh.
        (plan(NOTICE, replace(HANDOVER, days_after_due=37)), "Contentieux"),
        # After the notice, one does not go back to reminders.
        (plan(NOTICE, replace(REMINDER, days_after_due=40)), "Relance"),
    ],
)
def test_a_step_of_the_law_is_not_skipped(draft, step):
    assert legal(draft) == [step]


@pytest.mark.parametrize("channel", [Channel.REGISTERED, Channel.E_REGISTERED, Channel.POST])
def test_a_notice_goes_by_a_channel_that_proves_it(channel):
    assert said(plan(REMINDER, replace(NOTICE, channel=channel), HANDOVER)) == []


def test_eight_days_after_the_notice_the_file_may_be_handed_over():
    assert said(plan(NOTICE, replace(HANDOVER, days_after_due=38))) == []


@pytest.mark.parametrize(
    ("draft", "text"),
    [
        (plan(), "un plan a au moins un niveau : ajoutez-en un."),
        (
            plan(REMINDER, replace(REMINDER, label="Autre")),
            "deux niveaux tombent le même jour : changez le jour de l'un.",
        ),
        (
            plan(replace(REMINDER, step=Step.COURTESY)),
            (
                "« Relance » : un message de courtoisie part avant l'échéance. Mettez un nombre de "
                "jours négatif, ou faites-en une relance."
            ),
        ),
        (
            plan(replace(REMINDER, days_after_due=0)),
            (
                "« Relance » : rien n'est en retard avant le lendemain de l'échéance. Mettez au "
                "moins 1 jour, ou faites-en un message de courtoisie."
            ),
        ),
        (
            plan(replace(REMINDER, shows_penalties=True), category="consumer"),
            (
                "« Relance » : un consommateur ne doit ni les pénalités du code de commerce ni les "
                "40 €. Décochez-les."
            ),
        ),
        (
            plan(REMINDER, floor_amount=Decimal(50), ceiling_amount=Decimal(50)),
            "le plafond dépasse le plancher : corrigez l'un des deux.",
        ),
        (
            plan(REMINDER, is_default=True, category="public"),
            "le plan de la société sert tous les clients : ôtez sa catégorie.",
        ),
        (
            plan(replace(REMINDER, texts=(("fr", "Rappel", "Payez {montant}"),))),
            (
                "« Relance », texte fr : Le texte emploie {montant}, inconnu : corrigez-le avec un "
                "des champs possibles (client, credits, delai, factures, jour, net, penalites, "
                "reglement, societe, total)."
            ),
        ),
        (
            plan(replace(REMINDER, texts=(("en", "", "{factures} {total}"),))),
            "« Relance », texte en : donnez le sujet et le texte, ou aucun des deux.",
        ),
    ],
)
def test_a_plan_that_could_not_be_followed_says_why(draft, text):
    assert text in said(draft)


def test_a_level_moves_by_its_day():
    draft = rules_plans.ordered(plan(NOTICE, REMINDER))

    assert [level.label for level in draft.levels] == ["Relance", "Mise en demeure"]
    assert said(draft) == []


def test_a_level_without_a_text_takes_that_of_its_step():
    written = replace(REMINDER, key="level_1", texts=(("en", "Reminder", "{factures} {total}"),))

    done = rules_plans.completed(plan(written, NOTICE))

    assert [level.key for level in done.levels] == ["level_1", "level_2"]
    first, second = ({one[0]: one[1] for one in level.texts} for level in done.levels)
    assert first == {"fr": "Factures en attente de règlement : {total}", "en": "Reminder"}
    assert second["fr"] == "Mise en demeure de payer {total}"


levels = st.builds(
    LevelDraft,
    label=st.text(min_size=1, max_size=12),
    days_after_due=st.integers(-100, 800),
    step=st.sampled_from(Step),
    channel=st.sampled_from(Channel),
    tone=st.sampled_from(Tone),
    shows_penalties=st.booleans(),
    key=st.sampled_from(["", "a", "b", "c"]),
)
drafts = st.builds(
    PlanDraft,
    name=st.text(max_size=12),
    levels=st.lists(levels, max_size=5).map(tuple),
    category=st.sampled_from(["", "professional", "public", "consumer"]),
    floor_amount=st.none() | st.decimals(-5, 100, places=2),
)


@settings(max_examples=150, deadline=None)
@given(drafts)
def test_a_draft_reads_back_as_it_was_written(draft):
    again = rules_plans.draft_of(rules_plans.document_of(draft))

    assert again == draft
    assert rules_plans.differences(draft, again) == {}


@settings(max_examples=300, deadline=None)
@given(drafts)
def test_a_plan_without_fault_never_hands_over_without_a_proved_notice(draft):
    draft = rules_plans.ordered(draft)
    if rules_plans.faults(draft):
        return

    done = rules_plans.completed(draft)
    ladder = rules_plans.plan_of(done)

    notices = [level for level in ladder.levels if level.step is Step.FORMAL_NOTICE]
    assert all(level.channel in rules_plans.PROVABLE for level in notices)
    for level in ladder.levels:
        if level.step is Step.HANDOVER:
            assert notices
            assert level.days_after_due - notices[-1].days_after_due >= 8
    assert all((level.key, "fr") in rules_plans.templates_of(done) for level in ladder.levels)


@pytest.mark.parametrize(
    "document",
    [{}, {"name": "x"}, {**rules_plans.document_of(plan(REMINDER)), "floor_amount": "NaN"}],
)
def test_a_document_made_by_hand_is_refused(document):
    with pytest.raises(ValueError):
        rules_plans.draft_of(document)
