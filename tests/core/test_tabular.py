"""Tables are read as their author meant them, or refused with a sentence: never guessed."""

import io
import resource
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echeance.core import tabular
from echeance.core.tabular import (
    DuplicatedHeaderError,
    EmptyTableError,
    InvalidCellError,
    MalformedTableError,
    MissingHeaderError,
    TableEncodingError,
    TableTooLargeError,
    UnknownTableFormatError,
    read_table,
    to_date,
    to_decimal,
    to_text,
    write_csv,
    write_xlsx,
)


def rows_of(content: bytes) -> list[tuple[int, dict[str, object]]]:
    return [(row.number, dict(row.cells)) for row in read_table(content, "t").rows]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_csv_file_is_read_whatever_program_wrote_it(delimiter, encoding, end):
    text = end.join([delimiter.join(["Code", "Nom"]), delimiter.join(["C1", "Été"]), ""])

    assert rows_of(text.encode(encoding)) == [(2, {"Code": "C1", "Nom": "Été"})]


def test_rows_keep_their_line_in_the_file_when_blank_lines_and_long_cells_stand_between():
    content = b'Code;Nom\r\n\r\nC1;"deux\r\nlignes"\r\n;\r\nC2;b\r\n'

    assert rows_of(content) == [
        (3, {"Code": "C1", "Nom": "deux\r\nlignes"}),
        (6, {"Code": "C2", "Nom": "b"}),
    ]


def test_a_delimiter_inside_quotes_of_the_header_does_not_count():
    table = read_table(b'"a;b;c",d\n1,2\n', "t")

    assert table.headers == ("a;b;c", "d")


def test_a_short_row_is_completed_with_blanks():
    assert rows_of(b"a;b;c\n1\n") == [(2, {"a": "1", "b": None, "c": None})]


def test_values_past_the_last_title_are_shown_and_not_lost():
    row = next(read_table(b"a;b\n1;2;;3\n", "t").rows)

    assert row.overflow == ("3",)
    assert row.raw == "1 | 2 | 3"


def test_a_column_without_a_title_is_left_out_but_its_values_are_shown():
    table = read_table(b"a;;b\n1;;2\n3;x;4\n", "t")

    first, second = table.rows
    assert table.headers == ("a", "b")
    assert (first.cells, first.overflow) == ({"a": "1", "b": "2"}, ())
    assert (second.cells, second.overflow) == ({"a": "3", "b": "4"}, ("x",))


def workbook(*rows: list[object]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet()
        for index, row in enumerate(rows):
            sheet.write_row(index, 0, row)
    return buffer.getvalue()


def test_a_workbook_gives_numbers_dates_and_texts_with_their_type():
    content = workbook(
        ["Code", "Montant", "Date", "Heure", "Vrai", "Vide"],
        ["0012", 0.1 + 0.2, date(2026, 1, 15), datetime(2026, 1, 15, 8, 30), True, ""],
        [],
        ["C2", 404833048, None, None, None, None],
    )

    assert rows_of(content) == [
        (
            2,
            {
                "Code": "0012",
                "Montant": Decimal("0.3"),
                "Date": date(2026, 1, 15),
                "Heure": datetime(2026, 1, 15, 8, 30),
                "Vrai": "oui",
                "Vide": None,
            },
        ),
        (
            4,
            {
                "Code": "C2",
                "Montant": Decimal(404833048),
                "Date": None,
                "Heure": None,
                "Vrai": None,
                "Vide": None,
            },
        ),
    ]


@pytest.mark.parametrize("content", [b"", b"  \r\n\t\n", b";;;\n;;;\n", workbook([])])
def test_an_empty_file_is_refused(content):
    with pytest.raises(EmptyTableError) as caught:
        read_table(content, "clients.csv")

    assert str(caught.value) == (
        "Le fichier « clients.csv » est vide : exportez-le de nouveau, avec ses titres de "
        "colonnes et ses lignes."
    )


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
        b"\x7fELF\x00\x01",
        b"PK\x03\x04garbage",
        b"PK\x03\x04" + b"\0" * 500,
        bytes(range(256)) * 4,
    ],
)
def test_bytes_that_are_no_table_are_refused(content):
    with pytest.raises(UnknownTableFormatError, match="ni un CSV ni un classeur lisible"):
        read_table(content, "t.xlsx")


def test_an_archive_that_is_no_workbook_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("hello.txt", "hello")

    with pytest.raises(UnknownTableFormatError):
        read_table(buffer.getvalue(), "t.xlsx")


def test_text_in_no_known_encoding_is_refused_with_its_place():
    with pytest.raises(TableEncodingError) as caught:
        read_table(b"Code;Nom\nC1;a\x81b\n", "t.csv")

    assert caught.value.position == 13


def test_a_broken_letter_at_the_border_of_a_block_is_not_an_error():
    content = b"a\n" + b"x" * ((1 << 20) - 3) + "é\n".encode()

    assert read_table(content, "t").headers == ("a",)


@pytest.mark.parametrize("content", [b"12;13,5;2026-01-01\n1;2;3\n", b"1,2,3\n"])
def test_a_first_line_of_figures_is_not_a_header(content):
    with pytest.raises(MissingHeaderError, match="titres de colonnes en ligne 1"):
        read_table(content, "t.csv")


def test_two_columns_of_one_name_are_refused_whatever_their_case():
    with pytest.raises(DuplicatedHeaderError, match="deux colonnes nommées « siren »"):
        read_table(b"SIREN;Nom;siren\n", "t.csv")


def test_an_open_quote_is_refused_with_its_line():
    rows = read_table(b'a;b\n1;2\n3;"4\n5;6\n', "t.csv").rows

    assert next(rows).number == 2
    with pytest.raises(MalformedTableError) as caught:
        next(rows)
    assert caught.value.line == 3


def test_files_and_tables_past_the_limits_are_refused(monkeypatch):
    monkeypatch.setattr(tabular, "MAX_BYTES", 100)
    monkeypatch.setattr(tabular, "MAX_ROWS", 3)
    monkeypatch.setattr(tabular, "MAX_COLUMNS", 4)

    with pytest.raises(TableTooLargeError):
        read_table(b"a\n" + b"1\n" * 50, "t")
    with pytest.raises(TableTooLargeError, match="3 lignes au plus"):
        list(read_table(b"a\n1\n2\n3\n4\n", "t").rows)
    with pytest.raises(TableTooLargeError, match="4 colonnes au plus"):
        read_table(b"a;b;c;d;e\n", "t")
    monkeypatch.setattr(tabular, "MAX_BYTES", 100_000)
    with pytest.raises(TableTooLargeError, match="3 lignes au plus"):
        list(read_table(workbook(["a"], ["1"], ["2"], ["3"], ["4"]), "t").rows)


def with_sheet(*blocks: tuple[bytes, int]) -> bytes:
    """A workbook whose sheet is these blocks, each so many times; built in little memory."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["a"], ["1"]))) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.namelist():
            if part != SHEET:
                target.writestr(part, source.read(part))
        with target.open(SHEET, "w") as sheet:
            for block, times in blocks:
                for _ in range(times):
                    sheet.write(block)
    return buffer.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"
FAR_CELL = (
    b'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
    b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "blocks",
    [
        [(HEAD + FAR_CELL + TAIL, 1)],
        [(HEAD, 1), (b" " * 1_000_000, 600), (TAIL, 1)],
        [(HEAD, 1), (b"<row><c><v>1</v></c></row>" * 1000, 20_000), (TAIL, 1)],
    ],
    ids=["far cell", "blanks", "rows"],
)
def test_a_workbook_made_to_exhaust_memory_is_refused_at_no_cost(blocks):
    content = with_sheet(*blocks)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(TableTooLargeError):
        read_table(content, "t.xlsx")

    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 50_000  # kilobytes


def test_entities_of_a_workbook_are_not_expanded():
    bomb = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        + HEAD
        + b'<row r="1"><c r="A1" t="inlineStr"><is><t>&b;</t></is></c></row>'
        + TAIL
    )

    with pytest.raises((UnknownTableFormatError, EmptyTableError)):
        read_table(with_sheet((bomb, 1)), "t.xlsx")


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("12", "", "12"),
        ("-12,5", "", "-12.5"),
        ("12,50-", "", "-12.50"),
        ("1 234,56", "", "1234.56"),
        ("1\u202f234,56\u00a0€", "", "1234.56"),
        ("1.234,56", "", "1234.56"),
        ("1,234.56", "", "1234.56"),
        ("1'234.56", "", "1234.56"),
        ("1.234.567", "", "1234567"),
        ("0,125", "", "0.125"),
        ("1234.567", "", "1234.567"),
        ("20 %", "", "20"),
        (",5", "", "0.5"),
        ("1,234", ",", "1.234"),
        ("1,234", ".", "1234"),
        ("+7", "", "7"),
    ],
)
def test_a_number_is_read_exactly(text, mark, expected):
    assert to_decimal(text, decimal_mark=mark) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "mark", "reason"),
    [
        ("abc", "", "un nombre est attendu"),
        ("", "", "un nombre est attendu"),
        ("1e5", "", "un nombre est attendu"),
        ("NaN", "", "un nombre est attendu"),
        ("١٢", "", "un nombre est attendu"),
        ("9" * 41, "", "un nombre est attendu"),
        ("1,234", "", "ce nombre se lit de deux façons, précisez le séparateur décimal"),
        ("1.234", "", "ce nombre se lit de deux façons, précisez le séparateur décimal"),
        ("1.234.5", ".", "un nombre à décimales « . » est attendu"),
        ("12.50", ",", "un nombre à décimales « , » est attendu"),
        ("1,23,456.00", ".", "un nombre à décimales « . » est attendu"),
    ],
)
def test_a_number_that_is_none_or_reads_two_ways_is_refused(text, mark, reason):
    with pytest.raises(InvalidCellError) as caught:
        to_decimal(text, decimal_mark=mark)

    assert caught.value.reason == reason


@pytest.mark.parametrize(
    "cell",
    ["2026-01-15", "15/01/2026", "15-01-2026", "15.01.2026", "15/01/26", "20260115",
     date(2026, 1, 15), datetime(2026, 1, 15, 23, 59)],
)  # fmt: skip
def test_a_date_is_read_in_the_usual_writings(cell):
    assert to_date(cell) == date(2026, 1, 15)


@pytest.mark.parametrize("cell", ["31/02/2026", "15/13/2026", "hier", "", "01/01/0026", Decimal(1)])
def test_an_impossible_date_is_refused(cell):
    with pytest.raises(InvalidCellError):
        to_date(cell)


def test_only_the_formats_of_the_file_are_tried_when_they_are_known():
    assert to_date("01/02/2026", formats=["%m/%d/%Y"]) == date(2026, 1, 2)
    with pytest.raises(InvalidCellError):
        to_date("15/01/2026", formats=["%m/%d/%Y"])


CLEAN_TEXT = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20).filter(
    lambda text: not text.startswith("'")
)
CELLS = st.none() | CLEAN_TEXT | st.sampled_from(["=1+1", "+33 1 00", "-x", "@a", "a;b", 'a"b'])


@given(st.lists(st.tuples(CELLS, CELLS).filter(any), max_size=5))
def test_what_write_csv_writes_reads_back_the_same(rows):
    content = write_csv(["Un", "Deux"], rows)

    assert [tuple(row.cells.values()) for row in read_table(content, "t").rows] == rows


def test_no_written_csv_cell_starts_like_a_formula():
    content = write_csv(["=h"], [["=cmd|'/c calc'!A1"], ["+1"], ["-1"], ["@x"], [Decimal("-1.5")]])

    assert content.decode("utf-8-sig").splitlines() == [
        "'=h", "'=cmd|'/c calc'!A1", "'+1", "'-1", "'@x", "-1,5",
    ]  # fmt: skip


def test_what_write_xlsx_writes_reads_back_with_its_types():
    rows = [["=1+1", Decimal("12.34"), date(2026, 1, 15)], ["http://x", None, None]]

    content = write_xlsx(["Texte", "Montant", "Jour"], rows)

    table = read_table(content, "t")
    assert table.headers == ("Texte", "Montant", "Jour")
    assert [list(row.cells.values()) for row in table.rows] == rows


def test_a_cell_as_text_loses_the_decimals_a_workbook_adds():
    assert to_text(Decimal("404833048.0")) == "404833048"
    assert to_text(Decimal("1E+3")) == "1000"
    assert to_text(date(2026, 1, 15)) == "2026-01-15"
