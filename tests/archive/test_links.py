"""A file of the archive is attached to records, and taken off without being lost."""

from datetime import date

import pytest

from echeance.archive import queries
from echeance.archive.commands import attach_files, detach_files, store_files
from echeance.archive.models import FileLink, StoredFile
from echeance.archive.types import NewFile, NewLink
from echeance.base import queries as base
from echeance.base.errors import NotFoundError


@pytest.fixture
def files(actor) -> list[StoredFile]:
    return store_files(
        actor=actor,
        files=[
            NewFile(name.encode(), name, "application/pdf", "contract", "", date(2037, 12, 31))
            for name in ("contrat.pdf", "rib.pdf")
        ],
    )


def labels(actor, *subjects):
    return [str(link) for link in queries.links_of(actor=actor, subjects=subjects)]


def test_a_contract_and_a_rib_are_joined_to_a_customer(actor, files, django_assert_num_queries):
    links = [
        NewLink(files[0].pk, "party:7", "contract", "Contrat cadre 2026"),
        NewLink(files[1].pk, "party:7", "bank_details"),
    ]
    with django_assert_num_queries(4 + 2):  # files, links, rows, journal; two of the savepoint
        attach_files(actor=actor, links=links)

    assert labels(actor, "party:7") == ["rib.pdf", "Contrat cadre 2026"]
    with django_assert_num_queries(1):
        assert {link.file.filename for link in queries.links_of(actor=actor, subjects=["party:7"])}
    told = base.history(actor=actor, subject="party:7")[0]
    assert told.facts["changes"] == {"piece": ["", "rib.pdf"]}


def test_a_file_is_joined_to_a_record_once_and_to_several_records(actor, files):
    first, again, other = attach_files(
        actor=actor,
        links=[
            NewLink(files[0].pk, "party:7"),
            NewLink(files[0].pk, "party:7", label="encore"),
            NewLink(files[0].pk, "mandate:3"),
        ],
    )

    assert first is again
    assert other.subject == "mandate:3"
    assert FileLink.objects.count() == 2


def test_a_piece_taken_off_stays_in_the_archive_and_may_come_back(actor, files):
    (link,) = attach_files(actor=actor, links=[NewLink(files[0].pk, "party:7")])

    with pytest.raises(NotFoundError):
        detach_files(actor=actor, subject="party:8", link_ids=[link.pk])
    detach_files(actor=actor, subject="party:7", link_ids=[link.pk])

    assert labels(actor, "party:7") == []
    assert queries.content(actor=actor, file_id=files[0].pk) == b"contrat.pdf"
    attach_files(actor=actor, links=[NewLink(files[0].pk, "party:7")])
    assert labels(actor, "party:7") == ["contrat.pdf"]


def test_a_neighbour_joins_and_takes_off_nothing(actor, stranger, files):
    (link,) = attach_files(actor=actor, links=[NewLink(files[0].pk, "party:7")])

    with pytest.raises(NotFoundError):
        attach_files(actor=stranger, links=[NewLink(files[1].pk, "party:7")])
    with pytest.raises(NotFoundError):
        detach_files(actor=stranger, subject="party:7", link_ids=[link.pk])

    assert labels(stranger, "party:7") == []
    assert labels(actor, "party:7") == ["contrat.pdf"]
