"""The plan a company starts with, and its texts."""

import pytest

from echeance.base.errors import NotFoundError
from echeance.base.models import JournalEvent
from echeance.collection import commands, queries
from echeance.collection.errors import MissingMergeFieldError, UnknownMergeFieldError
from echeance.collection.models import DunningPlan, DunningText
from echeance.collection.rules import Template, check_template, merge
from echeance.collection.texts import STARTING_TEXTS
from echeance.core.dunning import DEFAULT_PLAN


def test_a_company_starts_with_the_usual_plan_in_two_languages(actor):
    commands.set_up_plan(actor=actor)

    facts = queries.plan_in_force(actor=actor)

    assert facts.plan == DEFAULT_PLAN
    assert len(facts.templates) == 6


def test_setting_up_twice_keeps_the_plan_and_its_texts(actor):
    commands.set_up_plan(actor=actor)
    commands.change_text(actor=actor, rank=1, subject="À nous", body="{factures} {total}")

    commands.set_up_plan(actor=actor)

    assert DunningPlan.objects.count() == 1
    assert DunningText.objects.get(level__rank=1, language="fr").subject == "À nous"


@pytest.mark.parametrize("language", STARTING_TEXTS)
@pytest.mark.parametrize("key", [level.key for level in DEFAULT_PLAN.levels])
def test_the_starting_texts_can_be_filled_in(language, key):
    subject, body = STARTING_TEXTS[language][key]

    check_template(Template(language, subject, body))


@pytest.mark.parametrize(
    ("subject", "body", "error", "sentence"),
    [
        (
            "Rappel",
            "{factures} {total} {montant}",
            UnknownMergeFieldError,
            (
                "Le texte emploie {montant}, inconnu : corrigez-le avec un des champs possibles "
                "(client, credits, delai, factures, jour, net, penalites, reglement, societe, total)."
            ),
        ),
        (
            "Rappel {client.__class__}",
            "{factures} {total}",
            UnknownMergeFieldError,
            (
                "Le texte emploie {client.__class__}, inconnu : corrigez-le avec un des champs "
                "possibles (client, credits, delai, factures, jour, net, penalites, reglement, societe, total)."
            ),
        ),
        (
            "Rappel",
            "{factures}",
            MissingMergeFieldError,
            "Le texte ne contient pas {total} : ajoutez-le, le client doit savoir quoi payer.",
        ),
    ],
)
def test_a_text_that_could_not_be_sent_is_refused(actor, subject, body, error, sentence):
    commands.set_up_plan(actor=actor)
    before = list(DunningText.objects.order_by("pk").values())

    with pytest.raises(error) as refusal:
        commands.change_text(actor=actor, rank=1, subject=subject, body=body)

    assert str(refusal.value) == sentence
    assert list(DunningText.objects.order_by("pk").values()) == before


def test_a_changed_text_keeps_the_one_it_replaces(actor):
    commands.set_up_plan(actor=actor)
    old = DunningText.objects.get(level__rank=2, language="fr")

    commands.change_text(actor=actor, rank=2, subject=old.subject, body="{factures} {total}")

    event = JournalEvent.objects.get(action="collection.level_text_changed")
    assert event.facts["changes"] == {"body": [old.body, "{factures} {total}"]}


def test_a_level_that_is_not_in_the_plan_is_not_found(actor):
    commands.set_up_plan(actor=actor)

    with pytest.raises(NotFoundError):
        commands.change_text(actor=actor, rank=4, subject="x", body="{factures} {total}")


def test_what_a_customer_is_called_is_never_read_as_a_field():
    assert merge("{client}", {"client": "{total}", "total": "100"}) == "{total}"


def test_the_paragraph_of_an_empty_field_goes():
    assert merge("a\n\n{penalites}\n\nb", {"penalites": ""}) == "a\n\nb"
