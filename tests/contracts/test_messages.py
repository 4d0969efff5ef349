"""Every French sentence has its English, with the same facts in it; both stay in line."""

from __future__ import annotations

from collections import Counter
from string import Formatter

import pytest
from tools import messages

REMEDY = "run « make messages », write the English in the empty msgstr, commit the .po"


def facts_of(sentence: str) -> Counter[tuple[str, str, str | None]]:
    """The placeholders of a sentence: ``{day:%d/%m/%Y}`` is ``("day", "%d/%m/%Y", None)``."""
    return Counter(
        (name, form or "", conversion)
        for _, name, form, conversion in Formatter().parse(sentence)
        if name is not None
    )


@pytest.fixture(scope="module")
def catalogue():
    return messages.read()


@pytest.fixture(scope="module")
def found():
    """Every sentence with its files: looked for once."""
    return messages.collect()


def test_no_sentence_lacks_its_english(found, catalogue):
    assert messages.untranslated(found, catalogue) == [], REMEDY


def test_the_english_of_an_error_says_the_same_facts(catalogue):
    errors = messages.error_classes()

    differ = [
        error.code
        for error in errors
        if (known := catalogue.get(error.message))
        and facts_of(known.string) != facts_of(error.message)
    ]

    assert len(errors) > 130
    assert differ == []


def test_python_placeholders_survive_translation(catalogue):
    differ = [
        entry.id
        for entry in catalogue
        if entry.id
        and isinstance(entry.id, str)
        and entry.id.count("%(") != entry.string.count("%(")
    ]

    assert differ == []


def test_the_sentences_of_each_kind_of_source_are_found(found):
    for sentence, file in {
        "Tâches de fond": "web/templates/web/jobs.html",
        "Confirmez-vous ?": "web/middleware.py",
        "La facture {number} est déjà émise : corrigez-la par un avoir.": "billing/errors.py",
        "date d'émission (BT-2)": "billing/models/documents.py",
        "réel normal, mensuel": "base/models.py",
        "Neuf chiffres.": "web/forms.py",
        "Adresse de courriel": "web/forms.py",
        "Ce compte est fermé : adressez-vous à un administrateur.": "web/forms.py",
        "Il y a quelque chose à corriger": "web/problems.py",
        "Ma journée": "web/navigation.py",
    }.items():
        assert file in found.get(sentence, ()), sentence
