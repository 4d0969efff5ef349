"""Letters: an address in the window, printed in one batch and never in two, posted on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.archive import commands as archive
from echeance.archive import queries as files
from echeance.archive.types import NewFile
from echeance.base import clock
from echeance.core.tabular import read_table
from echeance.transmission import commands as transmission
from echeance.transmission import postal, queries
from echeance.transmission.commands.printing import LocalPrinter
from echeance.transmission.errors import (
    BatchPostedError,
    LettersInvalidError,
    LettersTakenError,
    NothingToPrintError,
    PostedTooSoonError,
)
from echeance.transmission.models import PostalItem
from echeance.transmission.types import LetterToPrint, NewLetter

KEPT = date(2036, 12, 31)
ADDRESS = ("Boulangerie Lefèvre", "3, place du Marché", "13001 Marseille")


def pdf(pages: int) -> bytes:
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595.28, 841.89))
    out = BytesIO()
    document.save(out, deterministic_id=True)
    return out.getvalue()


def letter(actor, number, pages=1, address=ADDRESS, **more):
    file = archive.store_file(
        actor=actor,
        file=NewFile(pdf(pages), f"{number}.pdf", "application/pdf", "invoice", "", KEPT),
    )
    return NewLetter(
        f"invoice:{number}", f"invoice:{number}", number, None, file.pk, address, **more
    )


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        (ADDRESS, ("Boulangerie Lefèvre", "3 place du Marché", "13001 MARSEILLE")),
        (
            ("Muster GmbH", "Musterstraße 1", "10115 Berlin", "Allemagne"),
            ("Muster GmbH", "Musterstraße 1", "10115 BERLIN", "ALLEMAGNE"),
        ),
        (
            ("Société coopérative des artisans boulangers du Sud", "1 rue X", "13001 Aix"),
            ("Société coopérative des artisans", "boulangers du Sud", "1 rue X", "13001 AIX"),
        ),
    ],
)
def test_an_address_is_written_as_the_post_reads_it(address, lines):
    assert postal.postal_lines(address) == lines
    assert postal.problem(address) == ""


@given(st.lists(st.text(max_size=120), max_size=8))
def test_no_line_is_wider_than_the_window(address):
    lines = postal.postal_lines(address)

    assert all(0 < len(line) <= 38 for line in lines)
    if not postal.problem(address):
        assert 3 <= len(lines) <= 6


def test_an_address_without_a_street_is_refused_before_anything_is_queued(actor):
    good, bad = letter(actor, "FA-1"), letter(actor, "FA-2", address=("M. Roy", "74000 Annecy"))

    with pytest.raises(LettersInvalidError, match="FA-2 : l'adresse est incomplète"):
        transmission.queue_letters(actor=actor, letters=[good, bad])

    assert not PostalItem.objects.exists()


def test_asking_twice_queues_one_letter(actor):
    wanted = letter(actor, "FA-1")

    first = transmission.queue_letters(actor=actor, letters=[wanted])
    second = transmission.queue_letters(actor=actor, letters=[wanted, wanted])

    assert [row.pk for row in second] == [first[0].pk] * 2


def test_a_batch_is_one_pdf_whose_letters_begin_on_a_sheet(actor):
    transmission.queue_letters(
        actor=actor,
        letters=[letter(actor, "FA-1"), letter(actor, "FA-2", 2), letter(actor, "FA-3", 3)],
    )

    batch = transmission.print_batch(actor=actor)

    # address page and its back, then 1, 2 and 3 pages, the odd ones with a blank back
    assert (batch.number, batch.letters_count, batch.sheets) == (1, 3, 2 + 2 + 3)
    content = files.content(actor=actor, file_id=batch.file_id)
    document = pypdfium2.PdfDocument(content)
    assert len(document) == 4 + 4 + 6
    page = document[4].get_textpage()
    assert "Lot 1 · courrier 2 · FA-2" in page.get_text_bounded()
    manifest = read_table(files.content(actor=actor, file_id=batch.manifest_id), "lot.csv")
    assert [[str(cell) for cell in row.cells.values()] for row in manifest.rows] == [
        ["1", "FA-1", "non", "Boulangerie Lefèvre", "3 place du Marché, 13001 MARSEILLE", "1", "1", "2"],
        ["2", "FA-2", "non", "Boulangerie Lefèvre", "3 place du Marché, 13001 MARSEILLE", "5", "2", "2"],
        ["3", "FA-3", "non", "Boulangerie Lefèvre", "3 place du Marché, 13001 MARSEILLE", "9", "3", "3"],
    ]  # fmt: skip


def test_the_address_stands_in_the_window_of_the_envelope(actor):
    transmission.queue_letters(actor=actor, letters=[letter(actor, "FA-1")])
    batch = transmission.print_batch(actor=actor)

    page = pypdfium2.PdfDocument(files.content(actor=actor, file_id=batch.file_id))[0]
    text = page.get_textpage()
    found = text.search("Boulangerie").get_next()
    left, bottom, _, top = text.get_charbox(found[0])
    last = text.search("13001 MARSEILLE").get_next()
    millimetre = 72 / 25.4
    height = page.get_height()

    assert 100 <= left / millimetre <= 120
    assert (height - top) / millimetre >= 45
    assert (height - text.get_charbox(last[0])[1]) / millimetre <= 80
    assert bottom > 0


def test_a_letter_is_never_printed_twice(actor):
    transmission.queue_letters(actor=actor, letters=[letter(actor, "FA-1")])
    transmission.print_batch(actor=actor)
    transmission.queue_letters(actor=actor, letters=[letter(actor, "FA-1")])

    with pytest.raises(NothingToPrintError):
        transmission.print_batch(actor=actor)

    assert PostalItem.objects.get().state == "printed"


def test_a_batch_made_while_another_took_its_letters_prints_nothing(actor):
    transmission.queue_letters(actor=actor, letters=[letter(actor, "FA-1")])

    class Slow(LocalPrinter):
        """Another person prints the same letters while this one works."""

        def batch(self, letters, *, at):
            made = super().batch(letters, at=at)
            transmission.print_batch(actor=actor)
            return made

    with pytest.raises(LettersTakenError):
        transmission.print_batch(actor=actor, provider=Slow(number=9, sender=["Atelier Morel"]))

    assert queries.postal_batches(actor=actor).count() == 1
    assert PostalItem.objects.get().batch == queries.postal_batches(actor=actor).get()


def test_a_withdrawn_letter_is_not_printed_and_a_printed_one_is_not_withdrawn(actor):
    one, other = transmission.queue_letters(
        actor=actor, letters=[letter(actor, "FA-1"), letter(actor, "FA-2")]
    )
    assert transmission.withdraw_letters(actor=actor, item_ids=[one.pk]) == 1

    batch = transmission.print_batch(actor=actor)

    assert [row.document_ref for row in batch.letters.all()] == ["FA-2"]
    assert transmission.withdraw_letters(actor=actor, item_ids=[one.pk, other.pk]) == 0


def test_a_batch_is_posted_once_on_a_day_with_its_proof(actor):
    transmission.queue_letters(actor=actor, letters=[letter(actor, "FA-1")])
    batch = transmission.print_batch(actor=actor)
    proof = NewFile(b"%PDF-1.4 bordereau", "bordereau.pdf", "application/pdf", "proof", "", KEPT)

    for day in (date(2026, 11, 23), date(2026, 11, 25)):
        with pytest.raises(PostedTooSoonError):
            transmission.post_batch(actor=actor, batch_id=batch.pk, on=day)
    transmission.post_batch(
        actor=actor, batch_id=batch.pk, on=date(2026, 11, 24), proof=proof, note="Lyon Bellecour"
    )
    with pytest.raises(BatchPostedError, match="24/11/2026"):
        transmission.post_batch(actor=actor, batch_id=batch.pk, on=date(2026, 11, 24))

    row = queries.postal_batches(actor=actor).get()
    assert (row.posted_on, row.posted_by, row.note) == (
        date(2026, 11, 24),
        actor.name,
        "Lyon Bellecour",
    )
    assert files.content(actor=actor, file_id=row.proof_id) == proof.content
    assert [one.state for one in queries.letters(actor=actor)] == ["posted"]


def test_the_same_letters_make_the_same_batch(actor):
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    letters = [LetterToPrint(1, "FA-1", ADDRESS, pdf(1))]
    first, second = (
        LocalPrinter(number=1, sender=["Atelier Morel"]).batch(letters, at=at) for _ in range(2)
    )

    assert first.content == second.content
    assert clock.today() == date(2026, 11, 24)
