"""The console says whether the archive is sound, by its words and by its exit status."""

import json
from datetime import date

import pytest
from typer.testing import CliRunner

from echeance.archive import folder
from echeance.archive.commands import store_file
from echeance.archive.console import app
from echeance.archive.types import NewFile


@pytest.fixture
def row(actor):
    file = NewFile(b"x", "F-1.pdf", "application/pdf", "invoice", "invoice:1", date(2036, 12, 31))
    return store_file(actor=actor, file=file)


def test_a_sound_archive_ends_with_zero(row):
    result = CliRunner().invoke(app, ["verify", "--json"])

    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"sound": True, "findings": []}


def test_a_missing_file_ends_with_one_and_is_named(row):
    folder.path_of(row.sha256).unlink()

    result = CliRunner().invoke(app, ["verify"])

    assert result.exit_code == 1
    assert result.stdout.splitlines()[0].startswith("Le contenu de « F-1.pdf »")
    assert result.stdout.splitlines()[-1] == "Archives endommagées."


def test_an_orphan_is_said_and_is_no_error(row):
    folder.path_of(row.sha256).with_name("abandoned.part").write_bytes(b"")

    result = CliRunner().invoke(app, ["verify", "--json"])

    assert result.exit_code == 0
    assert [one["code"] for one in json.loads(result.stdout)["findings"]] == ["archive.orphans"]


def test_search_prints_the_files_found(row):
    result = CliRunner().invoke(app, ["search", "f-1", "--json"])

    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert (found["id"], found["sha256"]) == (row.pk, row.sha256)
