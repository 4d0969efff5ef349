"""A list leaves, comes back, and only what somebody changed in it is a difference."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from echeance.core.roundtrip import (
    BadCell,
    CellKind,
    Column,
    FieldDifference,
    Record,
    canonical,
    cell_of,
    compare,
    read_rows,
    stamp,
    stamp_of,
    token,
)
from echeance.core.sheets import write_list
from echeance.core.tabular import (
    DoubtfulCell,
    DuplicatedHeaderError,
    EmptyTableError,
    InvalidCellError,
    TableTooLargeError,
    read_table,
    write_csv,
)

COLUMNS = (
    Column("code", "code", is_code=True, longest=40),
    Column("name", "nom"),
    Column("price", "prix", CellKind.NUMBER, places=6),
    Column("net", "total HT", CellKind.NUMBER, editable=False, total=True, why="Se calcule."),
    Column("on", "date", CellKind.DATE),
    Column("asked", "exigé", CellKind.YES_NO),
    Column("nature", "nature", CellKind.CHOICE, choices={"biens": "goods", "services": "services"}),
    Column("note", "note", CellKind.LONG_TEXT),
)
STAMP = stamp("tests.list", 7)
TITLES = {column.name: column.title for column in COLUMNS}

word = st.text(
    alphabet=st.characters(exclude_categories=("C",), max_codepoint=0x2FFF), max_size=20
).map(lambda text: " ".join(text.split()))
number = st.decimals(
    min_value=Decimal(-99999999), max_value=Decimal(99999999), places=4, allow_nan=False
).map(lambda value: canonical(COLUMNS[2], value))
texts = st.fixed_dictionaries(
    {
        # A code begins by a letter here; digits alone have a test of their own.
        "code": word.map(lambda text: f"C{text}"[:40].strip()),
        "name": word,
        "price": st.one_of(st.just(""), number),
        "net": st.decimals(0, 10**6, places=2).map(lambda value: canonical(COLUMNS[3], value)),
        "on": st.one_of(
            st.just(""), st.dates(date(1900, 3, 1), date(2199, 12, 31)).map(date.isoformat)
        ),
        "asked": st.sampled_from(["oui", "non"]),
        "nature": st.sampled_from(["goods", "services"]),
        "note": st.lists(word, max_size=3).map(
            lambda lines: canonical(COLUMNS[7], "\n".join(lines))
        ),
    }
)


def records_of(rows: list[dict[str, str]]) -> list[Record]:
    return [Record(str(place), row) for place, row in enumerate(rows, start=1)]


def differences(content: bytes, records: list[Record], now: list[Record] | None = None):
    table = read_table(content, "liste.xlsx", strict=True)
    found = stamp_of(table.headers)
    title = found[0] if found else ""
    read = read_rows(
        list(table.rows),
        COLUMNS,
        titles={name: text for name, text in TITLES.items() if text in table.headers},
        token_title=title,
        exported=[column.name for column in COLUMNS],
    )
    known = {record.key: record for record in (now or records)}
    codes = {record.values["code"]: record.key for record in known.values()}
    return compare(
        read,
        COLUMNS,
        known,
        titles=TITLES,
        by_code=codes,
        exported_keys=[record.key for record in records],
    )


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@settings(max_examples=15, deadline=None)
@given(rows=st.lists(texts, min_size=1, max_size=6, unique_by=lambda row: row["code"]))
def test_what_leaves_and_comes_back_has_no_difference(kind, rows):
    records = records_of(rows)

    found = differences(
        write_list(COLUMNS, records, stamp=STAMP, title="Liste", kind=kind), records
    )

    assert found.problems == ()
    assert found.changed == ()
    assert (found.rows, found.unchanged, found.removed) == (len(rows), len(rows), ())


@given(texts)
def test_the_text_kept_of_a_cell_is_kept_again(one):
    for column in COLUMNS:
        assert canonical(column, cell_of(column, one[column.name])) == one[column.name]


ROW = {
    "code": "C1", "name": "Brume", "price": "12.5", "net": "25", "on": "2026-11-24",
    "asked": "oui", "nature": "goods", "note": "",
}  # fmt: skip


def came_back(**cells: object) -> bytes:
    """The exported row with some cells retyped."""
    record = Record("1", ROW)
    values = {column.title: cell_of(column, ROW[column.name]) for column in COLUMNS} | {
        TITLES[name]: value for name, value in cells.items()
    }
    return write_csv([*TITLES.values(), STAMP], [[*values.values(), token(COLUMNS, record)]])


@pytest.mark.parametrize(
    "cells",
    [
        {"price": "12,50"},
        {"price": "12,500000 €"},
        {"price": "12.5"},
        {"on": "24/11/2026"},
        {"on": "24.11.2026"},
        {"asked": "Oui"},
        {"asked": "x"},
        {"nature": "Biens"},
        {"nature": "GOODS"},
        {"name": "  Brume\u00a0 "},
        {"net": "25,00"},
    ],
)
def test_another_writing_of_the_same_value_is_no_difference(cells):
    found = differences(came_back(**cells), [Record("1", ROW)])

    assert (found.changed, found.problems, found.unchanged) == ((), (), 1)


def test_three_ways_as_it_left_as_it_stands_as_the_file_says():
    left = Record("1", ROW)
    now = Record("1", ROW | {"name": "Brume SAS", "price": "13", "note": "vu"})

    found = differences(came_back(price="14", on="25/11/2026"), [left], [now])

    assert found.changed[0].fields == (
        FieldDifference("price", "13", "14", met=True),
        FieldDifference("on", "2026-11-24", "2026-11-25"),
    )


def test_both_typed_the_same_value_and_there_is_nothing_to_do():
    now = Record("1", ROW | {"price": "14"})

    assert differences(came_back(price="14,0"), [Record("1", ROW)], [now]).changed == ()


@pytest.mark.parametrize(
    ("cells", "column", "value", "reason"),
    [
        ({"price": "douze"}, "prix", "douze", "Un nombre est attendu."),
        ({"price": "1,1234567"}, "prix", "1,1234567", "6 décimales au plus."),
        ({"price": "9" * 20}, "prix", "9" * 20, "Ce nombre est trop grand."),
        (
            {"price": "1.234"}, "prix", "1.234",
            "Ce nombre se lit de deux façons, précisez le séparateur décimal.",
        ),
        ({"on": "31/02/2026"}, "date", "31/02/2026", "Une date existante est attendue, comme 31/12/2026."),
        ({"asked": "bof"}, "exigé", "bof", "Répondez par oui ou par non."),
        ({"nature": "rien"}, "nature", "rien", "Choisissez parmi : biens, services."),
        (
            {"code": "5,52101E+13"}, "code", "5,52101E+13",
            "Le tableur a transformé ce numéro en nombre arrondi, écrivez-le en entier.",
        ),
        ({"net": "26"}, "total HT", "26", "Se calcule."),
    ],
)  # fmt: skip
def test_a_bad_cell_is_told_with_its_line_its_column_its_value_and_why(
    cells, column, value, reason
):
    found = differences(came_back(**cells), [Record("1", ROW)])

    assert found.problems == (BadCell(2, column, value, reason),)
    assert (found.changed, found.unchanged) == ((), 0)


def test_a_hidden_cell_that_was_changed_is_no_key():
    content = came_back().replace(b"1:", b"1;", 1)
    found = differences(content.replace(b"1;", b"x1:", 1), [Record("1", ROW)])

    assert found.changed == ()
    assert "colonne cachée" in found.problems[0].reason


def test_a_row_copied_with_its_hidden_cell_makes_another_record():
    record = Record("1", ROW)
    cells = [cell_of(column, ROW[column.name]) for column in COLUMNS]
    copied = ["C2", *cells[1:]]
    content = write_csv(
        [*TITLES.values(), STAMP],
        [[*cells, token(COLUMNS, record)], [*copied, token(COLUMNS, record)]],
    )

    (new,) = differences(content, [record]).changed

    assert new.is_new
    assert new.fields[0] == FieldDifference("code", "", "C2")


def test_rows_sorted_filtered_or_left_out_keep_their_records():
    records = records_of([ROW | {"code": f"C{n}"} for n in range(5)])
    kept = [records[3], records[0]]
    content = write_list(COLUMNS, kept, stamp=STAMP, title="Liste", kind="xlsx")

    found = differences(content, records)

    assert (found.unchanged, found.removed) == (2, ("2", "3", "5"))


# -- the workbook ---------------------------------------------------------------------------------


def sheet_xml(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read("xl/worksheets/sheet1.xml").decode()


def test_the_workbook_has_frozen_titles_filters_a_hidden_column_and_totals_as_formulas():
    records = records_of([ROW, ROW | {"code": "C2", "net": "30.5"}])

    xml = sheet_xml(write_list(COLUMNS, records, stamp=STAMP, title="Li/ste", kind="xlsx"))

    assert 'state="frozen"' in xml
    assert '<autoFilter ref="A1:I3"/>' in xml
    assert 'hidden="1"' in xml
    assert "<f>SUBTOTAL(9,D2:D3)</f><v>55.5</v>" in xml
    assert '<dataValidation type="list"' in xml


def test_a_text_that_begins_like_a_formula_stays_a_text():
    records = records_of([ROW | {"name": "=HYPERLINK(1)", "note": "@cmd"}])

    xml = sheet_xml(write_list(COLUMNS, records, stamp=STAMP, title="Liste", kind="xlsx"))

    assert xml.count("<f>") == 1  # that of the total


def workbook(fill) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        fill(book.add_worksheet(), book)
    return buffer.getvalue()


def test_a_formula_never_computed_an_error_and_a_merged_cell_are_no_blanks():
    def fill(sheet, _book):
        sheet.write_row(0, 0, ["code", "prix", "nom"])
        sheet.write_row(1, 0, ["C1"])
        sheet.write_formula(1, 1, "=1+1", None, "")
        sheet.write_row(2, 0, ["C2"])
        sheet.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        sheet.write_row(3, 0, ["C3", 3])
        sheet.merge_range(3, 2, 4, 2, "deux lignes")
        sheet.write_row(4, 0, ["C4", 4])
        sheet.write_formula(5, 1, "=2+2", None, 4)
        sheet.write(5, 0, "C5")

    rows = list(read_table(workbook(fill), "x.xlsx", strict=True).rows)

    assert [type(row.cells["prix"]) for row in rows] == [
        DoubtfulCell, DoubtfulCell, Decimal, Decimal, Decimal,
    ]  # fmt: skip
    assert rows[1].cells["prix"] == "#DIV/0!"
    assert rows[3].cells["nom"] == ""
    with pytest.raises(InvalidCellError, match="pas enregistré"):
        canonical(COLUMNS[2], rows[0].cells["prix"])
    with pytest.raises(InvalidCellError, match="en erreur"):
        canonical(COLUMNS[2], rows[1].cells["prix"])
    with pytest.raises(InvalidCellError, match="fusionnée"):
        canonical(COLUMNS[1], rows[3].cells["nom"])
    assert read_table(workbook(fill), "x.xlsx").headers == ("code", "prix", "nom")


def test_too_many_rows_an_empty_file_and_two_equal_titles_are_refused():
    rows = "code;nom\n" + "C;N\n" * 200_001
    with pytest.raises(TableTooLargeError):
        list(read_table(rows.encode(), "x.csv", strict=True).rows)
    with pytest.raises(EmptyTableError):
        read_table(b"\xef\xbb\xbf", "x.csv", strict=True)
    with pytest.raises(DuplicatedHeaderError):
        read_table(b"code;Code\n1;2\n", "x.csv", strict=True)


def test_a_bomb_in_a_workbook_ends_in_a_sentence():
    """A shared text of 600 MB, and a million rows: neither takes the memory of this process."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member,
    ):
        for _ in range(600):
            member.write(b"0" * 1_000_000)
    with pytest.raises(TableTooLargeError):
        read_table(buffer.getvalue(), "bombe.xlsx", strict=True)
