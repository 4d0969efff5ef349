"""The recovery file: same facts, same bytes; names that stay inside; what is missing is said."""

import hashlib
import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from echeance.core.recovery.bundle import (
    BundleClaim,
    BundleEvent,
    BundleFacts,
    BundleSlice,
    Piece,
    safe_name,
    write_bundle,
)

CLAIM = BundleClaim(
    "F-1", date(2026, 8, 1), date(2026, 9, 1), Decimal("1200.00"), Decimal("1000.00"),
    Decimal("12.34"), Decimal("40.00"), date(2031, 9, 1),
)  # fmt: skip


def facts(**more):
    return BundleFacts(
        title="Dossier de recouvrement : Dupont", on=date(2026, 11, 24),
        creditor=("Atelier Morel", "SIREN 732829320"), debtor=("Dupont", "1 rue des Forges"),
        claims=(CLAIM,),
        slices=(
            BundleSlice("F-1", date(2026, 9, 2), 30, Decimal(1200), Decimal("12.4"), Decimal(1)),
        ),
        events=(BundleEvent(date(2026, 9, 1), "Échéance", "F-1"),),
        missing=("bon de livraison de F-1",), **more,
    )  # fmt: skip


def piece(name, content=b"x", folder="01_factures"):
    return Piece(folder, name, "Facture F-1", lambda: content, date(2026, 8, 1))


def written(given, *pieces):
    file = io.BytesIO()
    rows = write_bundle(file, given, pieces)
    return file.getvalue(), rows


def test_the_dossier_holds_pieces_hashes_index_and_notice():
    content, rows = written(facts(), piece("F-1.pdf", b"%PDF"), piece("F-1.pdf", b"autre"))

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "01_factures/F-1.pdf", "01_factures/F-1-2.pdf", "EMPREINTES.sha256", "index.xlsx",
            "LISEZMOI.txt",
        ]  # fmt: skip
        notice = archive.read("LISEZMOI.txt").decode()
        sums = archive.read("EMPREINTES.sha256").decode()
        book = python_calamine.load_workbook(io.BytesIO(archive.read("index.xlsx")))
    assert "Manque : bon de livraison de F-1" in notice
    assert "Total réclamé : 1 052,34 €" in notice.replace("\u202f", " ").replace("\xa0", " ")
    assert f"{hashlib.sha256(b'%PDF').hexdigest()}  01_factures/F-1.pdf\n" in sums
    assert [row.sha256 for row in rows][1] == hashlib.sha256(b"autre").hexdigest()
    assert book.sheet_names == ["Dossier", "Créances", "Intérêts", "Pièces", "Chronologie"]
    assert book.get_sheet_by_name("Créances").to_python()[1][:8] == [
        "F-1", date(2026, 8, 1), date(2026, 9, 1), 1200.0, 1000.0, 12.34, 40.0, 1052.34,
    ]  # fmt: skip
    assert ["Manque", "bon de livraison de F-1"] in book.get_sheet_by_name("Dossier").to_python()


def test_the_same_facts_give_the_same_bytes():
    assert written(facts(), piece("a.pdf"))[0] == written(facts(), piece("a.pdf"))[0]


def test_an_agency_gets_the_list_it_imports():
    content, _ = written(facts(collector_csv=True))

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        lines = archive.read("creances.csv").decode("utf-8-sig").splitlines()
    assert lines[1] == "Dupont;F-1;2026-08-01;2026-09-01;1200,00;1000,00;12,34;40,00;1052,34"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../../etc/passwd", "etc-passwd"),
        ("C:\\Windows\\x.exe", "C-Windows-x.exe"),
        ("é" * 200 + ".pdf", "e" * 74 + ".pdf"),
        ("\x00\n", "piece"),
        (".htaccess", "htaccess"),
        ("CON", "CON"),
    ],
)
def test_a_name_stays_in_its_folder(name, expected):
    assert safe_name(name) == expected


@given(st.lists(st.text(max_size=30), max_size=8))
def test_whatever_the_names_each_piece_has_its_own_inside(names):
    content, rows = written(facts(), *(piece(name, folder=name) for name in names))

    paths = [row.path for row in rows]
    assert len({path.casefold() for path in paths}) == len(names)
    for path in paths:
        assert path.isascii()
        assert not path.startswith("/")
        assert ".." not in path.split("/")
        assert path.count("/") == 1
    assert len(zipfile.ZipFile(io.BytesIO(content)).namelist()) == len(names) + 3
