"""A template renders alone: no system font, no file of the machine, and no silent warning."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from echeance.core.typesetting import TemplateError, Typesetter

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
START = '#set document(title: "essai", date: auto)\n#set text(font: "Libertinus Serif")\n'


def test_a_document_is_rendered_the_same_twice():
    first, second = Typesetter(START + "Bonjour"), Typesetter(START + "Bonjour")

    assert first.render({}, timestamp=NOON) == second.render({}, timestamp=NOON)


def test_an_instant_of_the_clock_is_good_enough():
    assert Typesetter(START + "Bonjour").render({}, timestamp=NOON.replace(microsecond=7))


def test_only_typst_fonts_are_there_when_none_is_given():
    assert set(Typesetter(START).font_families) == {
        "DejaVu Sans Mono", "Libertinus Serif", "New Computer Modern", "New Computer Modern Math",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("#let", "expected"),
        ('#set text(font: "Police Absente")\nTexte', "unknown font family"),
        ('#image("/etc/hostname", alt: "x")', "not found"),
        ('#read("../../etc/hostname")', "not found|outside|escape|failed"),
        ('#import "@preview/anything:1.0.0": *', "package"),
    ],
)
def test_a_bad_template_is_refused_with_its_reason(source, words):
    typesetter = Typesetter(START + source)

    with pytest.raises(TemplateError, match=words) as refusal:
        typesetter.render({}, timestamp=NOON)

    assert "Corrigez le modèle" in str(refusal.value)


def test_a_given_file_can_be_printed():
    logo = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    typesetter = Typesetter(START + '#image("logo.svg", alt: "Logo")', files={"logo.svg": logo})

    assert typesetter.render({}, timestamp=NOON).startswith(b"%PDF-1.7")


def test_an_uncovered_character_in_the_template_itself_is_an_error():
    with pytest.raises(TemplateError, match="could not be displayed"):
        Typesetter(START + "中").render({}, timestamp=NOON)
