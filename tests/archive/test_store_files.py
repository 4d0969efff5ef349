"""What is stored is there for good: on the disk before the row, once per content, never shorter."""

import hashlib
import os
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from echeance.archive import folder, queries
from echeance.archive.commands import store_file, store_files
from echeance.archive.errors import EmptyFileError
from echeance.archive.models import StoredFile
from echeance.archive.types import NewFile
from echeance.base import clock
from echeance.base.actor import Actor
from echeance.base.errors import RightMissingError
from echeance.base.models import JournalEvent
from echeance.base.rights import Right

HELLO = NewFile(
    content=b"bonjour",
    filename="F-1.txt",
    media_type="text/plain",
    kind="invoice",
    subject="invoice:1",
    keep_until=date(2036, 12, 31),
)
HELLO_SHA256 = "2cb4b1431b84ec15d35ed83bb927e27e8967d75f4bcd9cc4b25c8d879ae23e18"


def test_a_file_is_kept_under_its_hash_with_its_facts(actor, archive_folder):
    with clock.at(datetime(2026, 11, 24, 8, 0, tzinfo=UTC)):
        row = store_file(actor=actor, file=HELLO)

    path = archive_folder / "2c" / HELLO_SHA256
    assert path.read_bytes() == b"bonjour"
    assert StoredFile.objects.values().get() == {
        "id": row.pk,
        "company_id": actor.company.pk,
        "sha256": HELLO_SHA256,
        "size": 7,
        "media_type": "text/plain",
        "filename": "F-1.txt",
        "kind": "invoice",
        "subject": "invoice:1",
        "stored_at": datetime(2026, 11, 24, 8, 0, tzinfo=UTC),
        "keep_until": date(2036, 12, 31),
    }
    event = JournalEvent.objects.get(action="archive.file_stored")
    assert (event.subject, event.facts["sha256"]) == (f"file:{row.pk}", HELLO_SHA256)


def test_rows_come_back_in_the_order_given_and_twins_share_theirs(actor):
    other = replace(HELLO, content=b"autre", filename="F-2.txt")

    rows = store_files(actor=actor, files=[other, HELLO, other])

    assert [row.filename for row in rows] == ["F-2.txt", "F-1.txt", "F-2.txt"]
    assert rows[0].pk == rows[2].pk
    assert StoredFile.objects.count() == 2


def test_the_same_bytes_again_are_the_same_row_under_their_first_name(actor):
    first = store_file(actor=actor, file=HELLO)

    again = store_file(actor=actor, file=replace(HELLO, filename="copie.txt", subject="mail:9"))

    assert (again.pk, again.filename, again.subject) == (first.pk, "F-1.txt", "invoice:1")
    assert JournalEvent.objects.filter(action="archive.file_stored").count() == 1


def test_storing_again_for_longer_extends_the_retention_and_says_so(actor):
    first = store_file(actor=actor, file=HELLO)

    again = store_file(actor=actor, file=replace(HELLO, keep_until=date(2037, 12, 31)))

    assert again.keep_until == date(2037, 12, 31)
    assert StoredFile.objects.get().keep_until == date(2037, 12, 31)
    event = JournalEvent.objects.get(action="archive.retention_extended")
    assert event.facts == {"file_id": first.pk, "old": "2036-12-31", "new": "2037-12-31"}


def test_storing_again_for_less_changes_nothing(actor):
    store_file(actor=actor, file=HELLO)

    again = store_file(actor=actor, file=replace(HELLO, keep_until=date(2030, 1, 1)))

    assert again.keep_until == date(2036, 12, 31)
    assert StoredFile.objects.get().keep_until == date(2036, 12, 31)
    assert not JournalEvent.objects.filter(action="archive.retention_extended").exists()


def test_twins_of_one_batch_are_kept_for_the_longest(actor):
    longer = replace(HELLO, keep_until=date(2040, 12, 31))

    store_files(actor=actor, files=[HELLO, longer, HELLO])

    assert StoredFile.objects.get().keep_until == date(2040, 12, 31)


def test_two_companies_keep_the_same_bytes_as_two_files(actor, stranger, archive_folder):
    mine = store_file(actor=actor, file=HELLO)
    theirs = store_file(actor=stranger, file=HELLO)

    assert mine.pk != theirs.pk
    assert [path.name for path in archive_folder.rglob("*") if path.is_file()] == [HELLO_SHA256]


def test_an_empty_file_stops_the_whole_batch(actor, archive_folder):
    with pytest.raises(EmptyFileError, match=r"« vide\.pdf » est vide"):
        store_files(actor=actor, files=[HELLO, replace(HELLO, content=b"", filename="vide.pdf")])

    assert not StoredFile.objects.exists()
    assert not archive_folder.exists()


def test_without_the_right_nothing_is_stored(actor, archive_folder):
    reader = Actor(company=actor.company, user=None, rights=frozenset({Right.READ}))

    with pytest.raises(RightMissingError):
        store_file(actor=reader, file=HELLO)

    assert not archive_folder.exists()


def test_a_content_cut_short_on_the_disk_is_healed_by_storing_it_again(actor):
    row = store_file(actor=actor, file=HELLO)
    path = folder.path_of(HELLO_SHA256)
    path.unlink()
    path.write_bytes(b"bonj")

    store_file(actor=actor, file=HELLO)

    assert queries.content(actor=actor, file_id=row.pk) == b"bonjour"


def test_a_failed_write_leaves_no_row_and_no_temporary_file(actor, archive_folder, monkeypatch):
    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        store_file(actor=actor, file=HELLO)

    assert not StoredFile.objects.exists()
    assert [path for path in archive_folder.rglob("*") if path.is_file()] == []


def test_a_batch_costs_a_constant_number_of_queries(actor, django_assert_num_queries):
    files = [replace(HELLO, content=str(number).encode()) for number in range(60)]

    with django_assert_num_queries(7):  # five, and a savepoint's two
        store_files(actor=actor, files=files)


def test_hashes_are_those_of_the_standard(actor):
    row = store_file(actor=actor, file=HELLO)

    assert row.sha256 == hashlib.sha256(b"bonjour").hexdigest()
