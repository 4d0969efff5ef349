"""Word models: filled in exactly, and refused when they are not safe or make no letter."""

import io
import zipfile
from dataclasses import replace

import pytest
from docx import Document

from echeance.core.letters import word
from echeance.core.letters.errors import LetterModelError, WordRenderingError
from echeance.core.letters.word import (
    WordModel,
    check_word_model,
    sample_letter,
    starting_model,
)

ROWS = "{%p for f in factures %}{{ f.numero }}{%p endfor %}"


def document(*paragraphs):
    made = Document()
    for text in paragraphs:
        made.add_paragraph(text)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def letter(*more):
    """A model with what a letter needs, and more."""
    return document("{% for f in factures %}{{ f.numero }} {% endfor %}", "{{ total }}", *more)


def repacked(content, added=(), replaced=None):
    """A Word file with parts added or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for part in source.infolist():
            read = source.read(part)
            target.writestr(part.filename, (replaced or {}).get(part.filename, lambda x: x)(read))
        for name, data in added:
            target.writestr(name, data)
    return out.getvalue()


def texts(content):
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs]


def problems(content):
    with pytest.raises(LetterModelError) as refusal:
        check_word_model(content)
    return refusal.value.problems


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_starting_model_is_accepted_and_makes_a_whole_letter(language):
    model = starting_model(language)

    with WordModel(model) as ready:
        made = ready.fill(sample_letter(language))

    read = Document(io.BytesIO(made))
    rows = [[cell.text for cell in row.cells] for row in read.tables[0].rows]
    assert rows[1:] == [
        ["FA-2026-00041", "31/08/2026", "30/09/2026", "55", "1\u202f200,00\xa0€"],
        ["FA-2026-00052", "15/09/2026", "15/10/2026", "40", "360,00\xa0€"],
    ]
    assert any(text.endswith("1\u202f560,00\xa0€") for text in texts(made))
    assert "Boulangerie Lefèvre & Fils" in texts(made)


def test_the_fields_of_a_model_are_told():
    assert check_word_model(letter("{{ client }}")) == {"factures", "total", "client"}


def test_what_a_customer_is_called_is_never_read_as_a_model_or_as_xml():
    name = "<w:p>{{ total }}</w:p> & {% for x in y %} \x07\x0b\ud800"
    facts = replace(sample_letter(), client=name)

    with WordModel(letter("{{ client }}")) as ready:
        made = ready.fill(facts)

    assert texts(made)[-1] == "<w:p>{{ total }}</w:p> & {% for x in y %} "


def test_the_lines_of_a_text_stay_lines():
    with WordModel(
        document("{{ total }}", "{%p for p in texte %}", "{{ p }}", "{%p endfor %}")
    ) as m:
        made = m.fill(replace(sample_letter(), body="Un\nDeux\n\nTrois"))

    assert texts(made)[1:] == ["Un\nDeux", "Trois"]


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        ("{{ solde }}", "le champ « solde » est inconnu"),
        ("{{ client.__class__ }}", "« client.__class__ » n'est pas une colonne connue"),
        ("{{ ''.__class__ }}", "« .__class__ » ne peut pas être lu"),
        ("{{ client['x'] }}", "pas permis dans un modèle : un accès entre crochets"),
        ("{{ range(999999999) }}", "un appel de fonction"),
        ("{{ 9 ** 9 ** 9 }}", "un calcul"),
        ("{{ 'a' * 999999999 }}", "un calcul"),
        ("{{ client | upper }}", "un filtre ( | )"),
        ("{% set x = 1 %}", "« set »"),
        ("{% include 'x' %}", "« include »"),
        ("{% import 'os' as os %}", "« import »"),
        ("{% macro f() %}{{ f() }}{% endmacro %}", "« macro »"),
        (
            "{% for a in factures %}{% for b in factures %}x{% endfor %}{% endfor %}",
            "une boucle parcourt un tableau, seule, sans condition",
        ),
        ("{% for c in client %}x{% endfor %}", "« client » n'est pas un tableau à parcourir"),
        ("{% for total in factures %}{% endfor %}", "« total » est déjà le nom d'un champ"),
        ("{% for g in factures %}{{ g.prix }}{% endfor %}", "« g.prix » n'est pas une colonne"),
        ("{% for g in factures %}", "mal fermée"),
        ("{{ client", "mal fermée"),
    ],
)  # fmt: skip
def test_a_model_only_prints_tests_and_loops_over_its_fields(extra, told):
    assert told in problems(letter(extra))


def test_conditions_on_fields_are_allowed():
    assert check_word_model(
        letter("{% if indemnites != '0,00 €' and not credits %}{{ indemnites }}{% endif %}")
    )


def test_a_letter_that_would_not_say_what_to_pay_is_refused():
    told = problems(document("Payez-nous, {{ client }}."))

    assert told == (
        "il ne contient pas le champ « factures » : le client doit savoir quoi payer ; "
        "il ne contient pas le champ « total » : le client doit savoir quoi payer"
    )


def test_the_text_of_the_level_is_enough():
    assert check_word_model(document("{% for p in texte %}{{ p }}{% endfor %}")) == {"texte"}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "ce n'est pas un document Word (.docx)"),
        (b"PK\x03\x04 rien", "ce n'est pas un document Word (.docx)"),
        (b"%PDF-1.7", "ce n'est pas un document Word (.docx)"),
        (b"0" * 5_000_001, "le fichier dépasse 5 Mo"),
    ],
)
def test_other_files_are_refused(content, told):
    assert problems(content) == told


def test_a_spreadsheet_is_no_letter():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("xl/workbook.xml", "<workbook/>")

    assert problems(out.getvalue()) == "ce n'est pas un document Word (.docx)"


def test_macros_are_refused():
    assert problems(repacked(letter(), [("word/vbaProject.bin", b"x")])) == (
        "il contient des macros"
    )


def test_a_macro_document_renamed_is_refused():
    def macro(content):
        return content.replace(b"document.main+xml", b"document.macroEnabled.main+xml")

    told = problems(repacked(letter(), replaced={"[Content_Types].xml": macro}))

    assert told == "il est d'un type à macros : enregistrez-le en .docx"


@pytest.mark.parametrize("kind", ["attachedTemplate", "image", "oleObject", "frame"])
def test_content_from_elsewhere_is_refused(kind):
    relation = (
        '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'relationships/{kind}" Target="http://mechant.example/x" TargetMode="External"/>'
    ).encode()

    def outside(content):
        return content.replace(b"</Relationships>", relation + b"</Relationships>")

    told = problems(repacked(letter(), replaced={"word/_rels/document.xml.rels": outside}))

    assert told == "il va chercher un contenu à l'extérieur (modèle, image ou objet lié)"


def test_a_link_to_click_is_accepted():
    relation = (
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/hyperlink" Target="mailto:compta@morel.example" TargetMode="External"/>'
    )

    def link(content):
        return content.replace(b"</Relationships>", relation + b"</Relationships>")

    assert check_word_model(repacked(letter(), replaced={"word/_rels/document.xml.rels": link}))


def test_a_link_to_a_file_of_the_machine_is_refused():
    relation = (
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/hyperlink" Target="file:///etc/passwd" TargetMode="External"/>'
    )

    def link(content):
        return content.replace(b"</Relationships>", relation + b"</Relationships>")

    assert "à l'extérieur" in problems(
        repacked(letter(), replaced={"word/_rels/document.xml.rels": link})
    )


def test_entities_are_refused():
    def bomb(content):
        return content.replace(b"<w:document", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><w:document', 1)

    told = problems(repacked(letter(), replaced={"word/document.xml": bomb}))

    assert told == "il contient une définition de type de document"


def test_embedded_objects_are_refused():
    assert problems(repacked(letter(), [("word/embeddings/x.bin", b"x")])) == (
        "il contient un objet incorporé"
    )


def test_a_bomb_is_refused_before_it_is_unpacked():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", b"0" * 60_000_000)

    assert problems(out.getvalue()) == "déplié, il dépasse 50 Mo"


def test_thousands_of_parts_are_refused():
    many = [(f"word/media/{rank}.png", b"") for rank in range(600)]

    assert problems(repacked(letter(), many)) == "il a plus de 500 parties, ou deux fois la même"


def test_a_model_that_never_ends_is_ended(monkeypatch):
    monkeypatch.setattr(word, "SECONDS", 0.01)

    assert "il n'a pas fini" in problems(letter())


def test_a_process_that_died_says_so_and_harms_nobody():
    with WordModel(letter()) as ready:
        ready._child.kill()

        with pytest.raises(WordRenderingError, match="trop de mémoire"):
            ready.fill(sample_letter())
