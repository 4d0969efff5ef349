"""Tables people hand over, CSV or workbook: read safely, and written so that they read back.

Files come from outside and are hostile until read: size, rows and columns are bounded, a workbook
is opened in a process of its own with a ceiling of memory, and texts that a spreadsheet would run
as formulas are disarmed on the way out.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from echeance.core import spreadsheet_child
from echeance.core.errors import EcheanceError, Kind

MAX_BYTES = 50_000_000
MAX_UNPACKED_BYTES = 500_000_000
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_TEXT_CHARACTERS = 100_000_000
READ_SECONDS = 90

Cell = str | Decimal | date | None
"""A value as the file holds it. CSV cells are texts; a workbook also has numbers and dates
(a ``datetime`` where there is a time of day). Blank is ``None``."""


class DoubtfulCell(str):
    """A cell that cannot be trusted: an error, a formula never computed, one merged into another.

    Only a strict reading gives them.
    """

    __slots__ = ()

    @property
    def reason(self) -> str:
        """What is wrong with it, a French clause."""
        if not self:
            return "cette cellule est fusionnée avec une autre, défusionnez-les"
        if self == "#FORMULE":
            return "le résultat de la formule n'est pas enregistré, enregistrez depuis le tableur"
        return "la formule est en erreur"


_DELIMITERS = ";,\t|"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(eq=False)
class EmptyTableError(EcheanceError):
    """No byte, or no line under the header."""

    code = "tabular.empty"
    kind = Kind.INVALID
    message = (
        "Le fichier « {filename} » est vide : exportez-le de nouveau, avec ses titres de colonnes "
        "et ses lignes."
    )

    filename: str


@dataclass(eq=False)
class UnknownTableFormatError(EcheanceError):
    """Neither text nor a workbook that can be read."""

    code = "tabular.unknown_format"
    kind = Kind.INVALID
    message = (
        "Le fichier « {filename} » n'est ni un CSV ni un classeur lisible : enregistrez-le au "
        "format CSV ou XLSX, sans mot de passe."
    )

    filename: str


@dataclass(eq=False)
class TableTooLargeError(EcheanceError):
    """Past one of the limits of this module."""

    code = "tabular.too_large"
    kind = Kind.INVALID
    message = "Le fichier « {filename} » est trop grand ({limit} au plus) : coupez-le en plusieurs."

    filename: str
    limit: str


@dataclass(eq=False)
class TableEncodingError(EcheanceError):
    """Text in no encoding that is known here."""

    code = "tabular.encoding"
    kind = Kind.INVALID
    message = (
        "Le texte de « {filename} » est illisible à partir de l'octet {position} : "
        "enregistrez-le en UTF-8 (« CSV UTF-8 » dans le tableur)."
    )

    filename: str
    position: int


@dataclass(eq=False)
class MissingHeaderError(EcheanceError):
    """The first line is not a line of titles."""

    code = "tabular.missing_header"
    kind = Kind.INVALID
    message = (
        "Le fichier « {filename} » n'a pas de titres de colonnes en ligne {line} : ajoutez-les "
        "en première ligne."
    )

    filename: str
    line: int


@dataclass(eq=False)
class DuplicatedHeaderError(EcheanceError):
    """Two columns of one name: which one to believe is not ours to choose."""

    code = "tabular.duplicated_header"
    kind = Kind.INVALID
    message = (
        "Le fichier « {filename} » a deux colonnes nommées « {header} » : renommez ou supprimez "
        "l'une des deux."
    )

    filename: str
    header: str


@dataclass(eq=False)
class MalformedTableError(EcheanceError):
    """A line that CSV cannot cut (an open quote, a cell without end)."""

    code = "tabular.malformed"
    kind = Kind.INVALID
    message = (
        "Le fichier « {filename} » est mal formé en ligne {line} : vérifiez les guillemets de "
        "cette ligne, puis recommencez."
    )

    filename: str
    line: int


@dataclass(eq=False)
class InvalidCellError(EcheanceError):
    """A cell that is not what its column should hold; ``reason`` is a French clause."""

    code = "tabular.invalid_cell"
    kind = Kind.INVALID
    message = "« {value} » : {reason}."

    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line under the header.

    Attributes:
        number: Its line in the file, the header being usually 1; what a person looks for.
        cells: Value by header, in the order of the file.
        overflow: Values beyond the last header. A row that has any is most likely shifted by a
            stray delimiter: refuse it.
    """

    number: int
    cells: Mapping[str, Cell]
    overflow: tuple[Cell, ...] = ()

    @property
    def raw(self) -> str:
        """The row as one line of text, to show a person."""
        return " | ".join("" if cell is None else str(cell) for cell in self.values())

    def values(self) -> tuple[Cell, ...]:
        """Every value, those past the last header included."""
        return (*self.cells.values(), *self.overflow)


@dataclass(frozen=True, slots=True)
class Table:
    """A table being read: its headers, and its rows, which can be iterated once."""

    headers: tuple[str, ...]
    rows: Iterator[Row]


_Line = tuple[int, Sequence[Cell]]


def read_table(content: bytes, filename: str, *, strict: bool = False) -> Table:
    r"""Open a CSV file or the first sheet of a workbook (XLSX, ODS), told apart by their bytes.

    CSV: UTF-8 with or without mark, UTF-16 with its mark, else Windows-1252; the delimiter is the
    one of ``; , tab |`` that the header has most. Headers are trimmed; a column without a title
    is not read, unless it holds something (see :attr:`Row.overflow`). Blank rows are skipped.

    Args:
        content: The whole file.
        filename: Its name, for the error sentences only.
        strict: Give :class:`DoubtfulCell` for the cells of a workbook that only look blank, where
            a blank would mean something.

    Raises:
        EmptyTableError: No byte, or nothing but blanks.
        UnknownTableFormatError: Binary that is no workbook, or an encrypted one.
        TableTooLargeError: Over ``MAX_BYTES`` or ``MAX_COLUMNS``; over ``MAX_ROWS`` (while the
            rows are iterated, for CSV).
        TableEncodingError: Text in an unknown encoding.
        MissingHeaderError: No titles above the first row.
        DuplicatedHeaderError: Two titles are equal, whatever their case.
        MalformedTableError: While iterating, a line that cannot be cut.

    >>> table = read_table("Code;Nom\r\nC1;Étoile\r\n".encode("cp1252"), "clients.csv")
    >>> table.headers, [row.cells["Nom"] for row in table.rows]
    (('Code', 'Nom'), ['Étoile'])
    """
    if not content.strip():
        raise EmptyTableError(filename)
    if len(content) > MAX_BYTES:
        raise TableTooLargeError(filename, f"{MAX_BYTES // 1_000_000} Mo")
    if content.startswith(b"PK\x03\x04"):
        lines = _workbook_lines(content, filename, strict=strict)
    else:
        lines = _csv_lines(content, filename)
    number, titles = next(lines, (0, ()))
    if not titles:
        raise EmptyTableError(filename)
    headers = _headers(titles, number, filename)
    return Table(tuple(title for title in headers if title), _rows(headers, lines, filename))


def workbook_lines(content: bytes, filename: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Every line of the first sheet of a workbook (XLSX, ODS) that holds something: number, cells.

    For sheets whose titles are not on the first line; bounds and errors of :func:`read_table`.

    Raises:
        UnknownTableFormatError: No workbook, or an encrypted one.
        TableTooLargeError: Over a limit.
    """
    if len(content) > MAX_BYTES:
        raise TableTooLargeError(filename, f"{MAX_BYTES // 1_000_000} Mo")
    return _workbook_lines(content, filename, strict=False)


def _headers(titles: Sequence[Cell], line: int, filename: str) -> tuple[str, ...]:
    headers = ["" if title is None else str(title).strip() for title in titles]
    while headers and not headers[-1]:
        headers.pop()
    if len(headers) > MAX_COLUMNS:
        raise TableTooLargeError(filename, f"{MAX_COLUMNS} colonnes")
    named = [header for header in headers if header]
    if not named or all(re.fullmatch(r"[\d\s.,/-]+", header) for header in named):
        raise MissingHeaderError(filename, line)
    seen: set[str] = set()
    for header in named:
        if header.casefold() in seen:
            raise DuplicatedHeaderError(filename, header)
        seen.add(header.casefold())
    return tuple(headers)


def _rows(headers: Sequence[str], lines: Iterator[_Line], filename: str) -> Iterator[Row]:
    width = len(headers)
    whole = all(headers)
    for count, (number, line) in enumerate(lines, start=1):
        if count > MAX_ROWS:
            raise TableTooLargeError(filename, f"{MAX_ROWS} lignes")
        if whole and len(line) == width:  # nearly every row: nothing to pad or to put aside
            yield Row(number, dict(zip(headers, line, strict=True)))
            continue
        padded = [*line, *[None] * (width - len(line))]
        cells = {header: cell for header, cell in zip(headers, padded, strict=False) if header}
        strays = [cell for header, cell in zip(headers, padded, strict=False) if not header]
        yield Row(
            number, cells, tuple(cell for cell in (*strays, *padded[width:]) if cell is not None)
        )


# -- CSV ------------------------------------------------------------------------------------------


def _csv_lines(content: bytes, filename: str) -> Iterator[_Line]:
    encoding = _encoding(content, filename)
    text = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    start = text.read(1 << 16)
    text.seek(0)
    reader = csv.reader(text, delimiter=_delimiter(start), strict=True)
    number = 1
    while True:
        try:
            line = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise MalformedTableError(filename, number) from error
        cells = [
            (_disarmed(cell) if cell.startswith("'") else cell) or None
            for cell in map(str.strip, line)
        ]
        if any(cells):
            yield number, cells
        number = reader.line_num + 1


def _encoding(content: bytes, filename: str) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decodable(content, "utf-16", filename)
    if b"\x00" in content or content.startswith(b"%PDF-"):
        raise UnknownTableFormatError(filename)
    try:
        return _decodable(content, "utf-8-sig", filename)
    except TableEncodingError:
        return _decodable(content, "cp1252", filename)


def _decodable(content: bytes, encoding: str, filename: str) -> str:
    """The encoding, once the whole content is known to be in it; block by block, nothing kept."""
    decoder = codecs.getincrementaldecoder(encoding)()
    size = 1 << 20
    for start in range(0, len(content), size):
        block = content[start : start + size]
        try:
            decoder.decode(block, final=start + size >= len(content))
        except UnicodeDecodeError as error:
            raise TableEncodingError(filename, start + error.start) from error
    return encoding


def _delimiter(start: str) -> str:
    """The delimiter seen most often in the first line that has any text, quotes left out."""
    first = next((line for line in start.splitlines() if line.strip(" \t;,|")), "")
    bare = re.sub(r'"[^"]*"', "", first)
    return max(_DELIMITERS, key=lambda delimiter: (bare.count(delimiter), delimiter == ";"))


# -- workbook -------------------------------------------------------------------------------------


def _workbook_lines(content: bytes, filename: str, *, strict: bool) -> Iterator[_Line]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnknownTableFormatError(filename) from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise TableTooLargeError(filename, f"{MAX_UNPACKED_BYTES // 1_000_000} Mo décompressés")
    output = _read_in_child(content, filename, strict=strict)
    lines: list[_Line] = []
    for number, line in enumerate(io.BytesIO(output), start=1):
        cells = [_typed(cell) for cell in json.loads(line)]
        if any(cell is not None for cell in cells):
            lines.append((number, cells))
    return iter(lines)


def _read_in_child(content: bytes, filename: str, *, strict: bool) -> bytes:
    # Isolated mode, by path: nothing of the environment or of the project is imported there.
    command = [sys.executable, "-I", str(Path(spreadsheet_child.__file__))]
    try:
        done = subprocess.run(  # noqa: S603  a fixed command line
            [
                *command,
                str(MAX_ROWS + 1),
                str(MAX_TEXT_CHARACTERS),
                *(["strict"] if strict else []),
            ],
            input=content,
            capture_output=True,
            timeout=READ_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TableTooLargeError(filename, f"{READ_SECONDS} secondes de lecture") from error
    if done.returncode == spreadsheet_child.NOT_A_WORKBOOK:
        raise UnknownTableFormatError(filename)
    if done.returncode != 0:
        memory = f"{spreadsheet_child.MEMORY_BYTES >> 20} Mo de mémoire"
        raise TableTooLargeError(filename, memory)
    return done.stdout


def _typed(cell: str | None) -> Cell:
    if cell is None:
        return None
    kind, text = cell[0], cell[1:].strip()
    match kind:
        case "n":
            return Decimal(text)
        case "d":
            return date.fromisoformat(text)
        case "t":
            return datetime.fromisoformat(text)
        case "e" | "m":
            return DoubtfulCell(text)
        case _:
            return _disarmed(text) or None


# -- what cells mean ------------------------------------------------------------------------------

_DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%Y%m%d")
_NUMBER = re.compile(r"[+-]?[\d.,]*\d[\d.,]*")
_BLANKS = re.compile(r"[\s\u00a0\u202f'’]+")


def to_text(cell: Cell) -> str:
    """A cell as text; a whole number loses its decimals, a date is written in ISO.

    >>> to_text(Decimal("404833048.0")), to_text(None)
    ('404833048', '')
    """
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}"
    return "" if cell is None else str(cell)


def to_decimal(cell: Cell, *, decimal_mark: str = "") -> Decimal:
    """A cell as an exact number.

    Grouping blanks, a euro or percent sign, and a sign after the number are understood. Without
    ``decimal_mark``, the mark is the last of ``,`` and ``.`` when both stand; one mark alone
    followed by exactly three digits could be either, and is refused rather than guessed.

    Args:
        cell: A value of a row.
        decimal_mark: ``,`` or ``.`` when the file's convention is known.

    Raises:
        InvalidCellError: Not a number, or one that reads two ways.

    >>> to_decimal("1 234,50 €"), to_decimal("1,234.5"), to_decimal("1,234", decimal_mark=",")
    (Decimal('1234.50'), Decimal('1234.5'), Decimal('1.234'))
    """
    if isinstance(cell, Decimal):
        return cell
    given = to_text(cell)
    text = _BLANKS.sub("", given).rstrip("€%")
    if text.endswith("-"):
        text = f"-{text[:-1]}"
    if len(text) > 40 or not text.isascii() or not _NUMBER.fullmatch(text):
        raise InvalidCellError(given[:60], "un nombre est attendu")
    mark = decimal_mark or _decimal_mark(text, given)
    whole, _, fraction = text.partition(mark)
    group = "." if mark == "," else ","
    if mark in fraction or group in fraction or not _grouped(whole.lstrip("+-"), group):
        raise InvalidCellError(given[:60], f"un nombre à décimales « {mark} » est attendu")
    whole = whole.replace(group, "")
    return Decimal(f"{whole}.{fraction}" if fraction else whole)


def _decimal_mark(text: str, given: str) -> str:
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        return "," if comma > point else "."
    mark = "," if comma >= 0 else "."
    if text.count(mark) > 1:
        return "." if mark == "," else ","
    if re.fullmatch(rf"[+-]?[1-9]\d{{0,2}}\{mark}\d{{3}}", text):
        raise InvalidCellError(
            given[:60], "ce nombre se lit de deux façons, précisez le séparateur décimal"
        )
    return mark


def _grouped(whole: str, group: str) -> bool:
    if group not in whole:
        return True
    return re.fullmatch(rf"\d{{1,3}}(\{group}\d{{3}})+", whole) is not None


def to_date(cell: Cell, *, formats: Sequence[str] = ()) -> date:
    """A cell as a civil date; ISO and French writings, day first, unless ``formats`` are given.

    Args:
        cell: A value of a row.
        formats: ``strptime`` patterns of the file, when its convention is known; a time of day is
            read and dropped.

    Raises:
        InvalidCellError: Not a date, an impossible one (31/02), or one outside 1900–2199.

    >>> to_date("15/01/2026"), to_date("12/1/2010 8:26", formats=["%m/%d/%Y %H:%M"])
    (datetime.date(2026, 1, 15), datetime.date(2010, 12, 1))
    """
    day = cell.date() if isinstance(cell, datetime) else cell
    if not isinstance(day, date):
        day = _parse_date(to_text(cell), formats or _DATE_FORMATS)
    if not 1900 <= day.year < 2200:
        raise InvalidCellError(to_text(cell)[:60], "cette date est hors du possible")
    return day


def _parse_date(text: str, formats: Sequence[str]) -> date:
    for pattern in formats:
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  a civil date
        except ValueError:
            continue
    raise InvalidCellError(text[:60], "une date existante est attendue, comme 31/12/2026")


# -- writing --------------------------------------------------------------------------------------


def _armed(text: str) -> bool:
    return text.startswith(_FORMULA_STARTS)


def _disarmed(text: str) -> str:
    """Take back the quote that :func:`write_csv` adds, so that a file written here reads back."""
    return text[1:] if text.startswith("'") and _armed(text[1:]) else text


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    r"""A CSV file that a French spreadsheet opens as it should: UTF-8 mark, semicolons, commas.

    A text that begins like a formula gets a leading quote, so that a name chosen by a customer
    cannot run in the reader's spreadsheet.

    >>> write_csv(["Nom"], [["=1+1"]]).decode("utf-8-sig")
    "Nom\r\n'=1+1\r\n"
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";")
    writer.writerow([_csv_cell(header) for header in headers])
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return codecs.BOM_UTF8 + buffer.getvalue().encode()


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:f}".replace(".", ",")
    text = to_text(cell)
    return f"'{text}" if _armed(text) else text


def write_xlsx(headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet; texts stay texts (no formula, no link), numbers and dates are such.

    A workbook keeps fifteen significant digits: longer numbers must be handed over as texts.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "dd/mm/yyyy"}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        sheet = workbook.add_worksheet()
        sheet.freeze_panes(1, 0)
        bold = workbook.add_format({"bold": True})
        for column, header in enumerate(headers):
            sheet.write_string(0, column, header, bold)
        for index, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, Decimal):
                    sheet.write_number(index, column, cell)
                elif isinstance(cell, date):
                    sheet.write_datetime(index, column, cell)
                elif cell is not None:
                    sheet.write_string(index, column, cell)
    return buffer.getvalue()
