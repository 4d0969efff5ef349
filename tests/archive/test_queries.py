"""What is read is what was stored, found by its words, and an altered content is never handed out."""

from dataclasses import replace
from datetime import date

import pytest

from echeance.archive import folder, queries
from echeance.archive.commands import store_file, store_files
from echeance.archive.errors import FileAlteredError, FileMissingError
from echeance.archive.types import Finding, NewFile, Severity
from echeance.base.errors import NotFoundError

FILE = NewFile(
    content=b"%PDF-1.7 facture",
    filename="F-2026-00012.pdf",
    media_type="application/pdf",
    kind="invoice",
    subject="invoice:12",
    keep_until=date(2036, 12, 31),
    text="Facture n° F-2026-00012\nŒuvres et Échéances SARL\nSIREN 404 833 048\nNet 1\u202f234,50 €",
)


def test_the_content_comes_back_as_it_was(actor):
    row = store_file(actor=actor, file=FILE)

    assert queries.content(actor=actor, file_id=row.pk) == FILE.content


def test_another_company_does_not_see_the_file(actor, stranger):
    row = store_file(actor=actor, file=FILE)

    with pytest.raises(NotFoundError):
        queries.content(actor=stranger, file_id=row.pk)
    assert not queries.search(actor=stranger, text="facture").exists()
    assert not queries.files_of(actor=stranger, subject="invoice:12").exists()


def test_an_altered_content_is_refused(actor):
    row = store_file(actor=actor, file=FILE)
    path = folder.path_of(row.sha256)
    path.unlink()
    path.write_bytes(FILE.content.replace(b"facture", b"factura"))

    with pytest.raises(FileAlteredError, match=r"« F-2026-00012\.pdf »"):
        queries.content(actor=actor, file_id=row.pk)


def test_a_missing_content_is_said(actor):
    row = store_file(actor=actor, file=FILE)
    folder.path_of(row.sha256).unlink()

    with pytest.raises(FileMissingError, match="sauvegarde"):
        queries.content(actor=actor, file_id=row.pk)


@pytest.mark.parametrize(
    "text",
    [
        "facture", "FACTURE", "echeances", "échéances", "échéan", "œuvres", "oeuvres",
        "F-2026-00012", "2026-00012", "00012", "404833048", "404 833 048", "1234,50",
        "1 234,50", "sarl facture", ".pdf",
    ],
)  # fmt: skip
def test_a_file_is_found_by_its_words_whatever_their_case_and_accents(actor, text):
    row = store_file(actor=actor, file=FILE)
    store_file(actor=actor, file=replace(FILE, content=b"x", filename="autre", text="rien"))

    assert [found.pk for found in queries.search(actor=actor, text=text)] == [row.pk]


@pytest.mark.parametrize(
    "text", ["", "  ", "-", "facture inconnue", "acture", '"', "facture* OR", "'; DROP", "a:b & (c"]
)
def test_a_search_finds_no_file_without_all_its_words_and_takes_any_text(actor, text):
    store_file(actor=actor, file=FILE)

    assert list(queries.search(actor=actor, text=text)) == []


def test_search_lists_the_latest_first(actor):
    old, new = store_files(actor=actor, files=[FILE, replace(FILE, content=b"2")])

    assert list(queries.search(actor=actor, text="facture")) == [new, old]


def test_files_of_an_object(actor):
    row = store_file(actor=actor, file=FILE)
    store_file(actor=actor, file=replace(FILE, content=b"x", subject="invoice:13"))

    assert list(queries.files_of(actor=actor, subject="invoice:12")) == [row]


def test_a_file_may_be_destroyed_the_day_after_its_term_and_not_before(actor):
    row = store_file(actor=actor, file=FILE)

    assert not queries.destroyable(actor=actor, on=date(2036, 12, 31)).exists()
    assert list(queries.destroyable(actor=actor, on=date(2037, 1, 1))) == [row]


def test_verify_is_silent_on_a_sound_archive(actor, company):
    store_files(actor=actor, files=[FILE, replace(FILE, content=b"x")])

    assert queries.verify(company) == []


def test_verify_names_each_missing_and_altered_file_and_counts_orphans(actor, company):
    missing, altered, _sound = store_files(
        actor=actor,
        files=[FILE, replace(FILE, content=b"b", filename="b"), replace(FILE, content=b"c")],
    )
    folder.path_of(missing.sha256).unlink()
    folder.path_of(altered.sha256).unlink()
    folder.path_of(altered.sha256).write_bytes(b"B")
    orphan = folder.path_of("0" * 64)
    orphan.parent.mkdir()
    orphan.write_bytes(b"orphan")
    orphan.with_name("0" * 64 + ".1234.part").write_bytes(b"or")

    findings = queries.verify(company)

    assert findings == [
        Finding(
            "archive.file_missing",
            Severity.ERROR,
            str(FileMissingError("F-2026-00012.pdf", missing.sha256)),
            f"file:{missing.pk}",
        ),
        Finding(
            "archive.file_altered",
            Severity.ERROR,
            str(FileAlteredError("b", altered.sha256)),
            f"file:{altered.pk}",
        ),
        Finding(
            "archive.orphans",
            Severity.INFO,
            "2 fichier(s) du dossier d'archives ne sont cités par aucune ligne (reste d'un arrêt "
            "brutal) : ils sont sans effet, aucune action n'est nécessaire.",
        ),
    ]


def test_a_file_of_another_company_is_no_orphan(actor, stranger, company):
    store_file(actor=stranger, file=FILE)

    assert queries.verify(company) == []
