"""CSV and workbooks of banks: a layout guessed once, confirmed by a person, then reused.

There is no norm: each bank has its titles, its order, its way of writing dates and amounts. A
:class:`CsvLayout` says what the columns are; :func:`guess_layout` proposes one from the content
with the doubts that are left; :func:`read_csv` reads by a layout and guesses nothing.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from echeance.core import money, tabular
from echeance.core.bank.errors import (
    BalanceMismatchError,
    InvalidAmountError,
    InvalidDateError,
    LayoutMismatchError,
    MalformedLineError,
    NoStatementError,
)
from echeance.core.bank.model import EntryDetail, Proof, Statement, account_key
from echeance.core.bank.movements import Movement, Movements, account_of, currency_of, one_line
from echeance.core.bank.proof import whole_cents
from echeance.core.errors import EcheanceError

FORMAT: Final = "csv"
ROLES: Final = (
    "date",
    "value_date",
    "label",
    "amount",
    "debit",
    "credit",
    "balance",
    "reference",
    "payer",
    "iban",
    "currency",
)
_SAMPLE = 400
_MAX_ROWS: Final = 200_000
_MAX_COLUMNS: Final = 100

# What a title looks like once in lower case, without accents; the first that matches wins.
_TITLES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (role, re.compile(pattern))
    for role, pattern in (
        ("value_date", r"date.*valeur|value ?date|valuta|valeur"),
        (
            "date",
            r"^date$|date.*(compta|ope|transaction|operation|ecriture)|booking|buchung|^jour$",
        ),
        ("balance", r"solde|balance|saldo"),
        ("debit", r"debit|retrait|sortie|withdraw|paid out|money out"),
        ("credit", r"credit|depot|entree|deposit|paid in|money in"),
        ("currency", r"devise|currency|wahrung|^ccy$"),
        ("amount", r"montant|amount|betrag|somme|bedrag"),
        ("iban", r"iban|compte.*(contrepartie|tiers|emetteur)|counterparty account"),
        ("payer", r"contrepartie|tiers|beneficiaire|emetteur|donneur|payer|payee|counterparty"),
        ("reference", r"reference|^ref\b|numero|identifiant|transaction id|^id$"),
        (
            "label",
            r"libelle|label|description|intitule|motif|detail|information|memo|narrative|nature",
        ),
    )
)
_DATE_FORMATS: Final = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%d/%m/%y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%m/%d/%y",
    "%Y%m%d",
    "%Y/%m/%d",
)
_TWO_WAYS: Final = {"%d/%m/%Y": "%m/%d/%Y", "%d/%m/%y": "%m/%d/%y"}
_Cells = Sequence[tabular.Cell]


@dataclass(frozen=True, slots=True)
class CsvLayout:
    """What the columns of a bank's tables are.

    Attributes:
        header_line: 1-based line of the titles; 0 when there is none and the first row is data.
        titles: The titles as the bank writes them: another file must have the same.
        date, value_date, …: 0-based column, ``None`` when the bank does not give it. Either
            ``amount`` (signed) or ``debit`` and ``credit``; ``label`` may be several columns.
        delimiter: Empty for a workbook.
        encoding: Python name; empty for a workbook.
        date_format: ``strptime`` pattern; dates of a workbook need none.
        decimal_mark: ``,`` or ``.``.
        currency_code: Currency when no column tells it.
    """

    header_line: int
    titles: tuple[str, ...]
    date: int
    label: tuple[int, ...]
    amount: int | None = None
    debit: int | None = None
    credit: int | None = None
    value_date: int | None = None
    balance: int | None = None
    reference: int | None = None
    payer: int | None = None
    iban: int | None = None
    currency: int | None = None
    delimiter: str = ";"
    encoding: str = "utf-8"
    date_format: str = "%d/%m/%Y"
    decimal_mark: str = ","
    currency_code: str = "EUR"

    def to_json(self) -> dict[str, Any]:
        """As kept with the account."""
        return asdict(self) | {"titles": list(self.titles), "label": list(self.label)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> CsvLayout:
        """The layout kept with the account.

        >>> one = CsvLayout(1, ("Date", "Montant"), date=0, label=(), amount=1)
        >>> CsvLayout.from_json(one.to_json()) == one
        True
        """
        return cls(**{**kept, "titles": tuple(kept["titles"]), "label": tuple(kept["label"])})


@dataclass(frozen=True, slots=True)
class LayoutGuess:
    """A layout proposed, and what a person must look at.

    Attributes:
        layout: ``None`` when a date or an amount was found nowhere.
        doubts: French sentences; none when everything is sure.
        titles: Every title of the file, for the choice.
        rows: The first rows under the titles, as texts.
        header_line, delimiter, encoding: How the file is written, as in :class:`CsvLayout`.
    """

    layout: CsvLayout | None
    doubts: tuple[str, ...]
    titles: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    header_line: int = 1
    delimiter: str = ";"
    encoding: str = "utf-8"


def is_table(content: bytes) -> bool:
    """Whether a content may be a table: a workbook, or text with a delimiter on several lines."""
    if content.startswith(b"PK\x03\x04"):
        return True
    start = content[:8192]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        start = start.replace(b"\x00", b"")
    elif b"\x00" in start or start.startswith(b"%PDF-"):
        return False
    lines = [line for line in start.splitlines() if line.strip()]
    return len(lines) >= 2 and any(
        sum(delimiter in line for line in lines) >= 2 for delimiter in (b";", b",", b"\t", b"|")
    )


def guess_layout(content: bytes, *, filename: str = "") -> LayoutGuess:
    """Propose what the columns of a table are, from its titles and its first rows.

    A column is recognised by its title; dates and amounts must read in every row. What reads two
    ways (day or month first, the sign of one column) is told as a doubt, never decided.

    Raises:
        EcheanceError: Of ``core.tabular`` when the content is no table.
    """
    encoding, delimiter = _writing(content, filename)
    lines = list(_first(_lines(content, filename, encoding, delimiter), _SAMPLE))
    header_line, titles = _header(lines)
    rows = [cells for number, cells in lines if number > header_line]
    shown = tuple(tuple(one_line(tabular.to_text(cell)) for cell in cells) for cells in rows[:10])
    found, doubts = _roles(titles)
    money_found = "amount" in found or {"debit", "credit"} <= found.keys()
    if "date" not in found or not money_found:
        missing = "la date" if "date" not in found else "le montant"
        told = (f"aucune colonne ne dit {missing}", *doubts)
        return LayoutGuess(None, told, titles, shown, header_line, delimiter, encoding)
    if not {"label", "payer"} & found.keys():
        doubts.append("aucune colonne ne dit le libellé")
    if "amount" in found and {"debit", "credit"} & found.keys():
        found.pop("debit", None)
        found.pop("credit", None)
        doubts.append("une colonne de montant et des colonnes de débit ou de crédit")
    layout = CsvLayout(
        header_line=header_line,
        titles=titles,
        date=found["date"],
        label=tuple(at for at, title in enumerate(titles) if _role(title) == "label"),
        amount=found.get("amount"),
        debit=found.get("debit"),
        credit=found.get("credit"),
        value_date=found.get("value_date"),
        balance=found.get("balance"),
        reference=found.get("reference"),
        payer=found.get("payer"),
        iban=found.get("iban"),
        currency=found.get("currency"),
        delimiter=delimiter,
        encoding=encoding,
    )
    data = [cells for cells in rows if _is_row(layout, cells)]
    layout, more = _formats(layout, data)
    signed = [tabular.to_text(_at(cells, layout.amount)) for cells in data]
    proved = layout.balance is not None  # a balance says the sign of what leads to it
    if layout.amount is not None and data and not proved and not any("-" in one for one in signed):
        doubts.append("aucun montant n'est négatif : débits et crédits s'y confondent peut-être")
    return LayoutGuess(layout, (*doubts, *more), titles, shown, header_line, delimiter, encoding)


def read_csv(
    content: bytes, layout: CsvLayout, *, filename: str = "", account: str = ""
) -> tuple[Statement, ...]:
    """Read a table by its layout: one statement of one account.

    A balance column proves every row (proof ``balances``), whether the file goes forward or back
    in time; one balance alone is of proof ``closing``, none at all of proof ``none``. A row under
    the titles with neither date nor amount is a comment and is left out; one that has an amount
    without a date is refused.

    Args:
        content: The bytes of the file.
        layout: What its columns are.
        filename: Only for the error sentences.
        account: Identifier of the account, which a table does not tell.

    Raises:
        LayoutMismatchError: The titles are not those of the layout.
        BalanceMismatchError: The balance column is not the sum of the amounts.
        BankFileError: Any other of ``echeance.core.bank.errors``, with the line.
    """
    lines = _lines(content, filename, layout.encoding, layout.delimiter)
    movements: list[tuple[Movement, Decimal | None]] = []
    currency = layout.currency_code
    titled = layout.header_line == 0
    for number, cells in lines:
        if number == layout.header_line:
            _same_titles(layout, cells)
            titled = True
        elif number > layout.header_line and _is_row(layout, cells, number):
            currency = _currency(layout, cells, number, currency, first=not movements)
            movements.append(_movement(layout, cells, number, currency))
    if not titled:
        raise LayoutMismatchError(expected=", ".join(layout.titles)[:120])
    if not movements:
        raise NoStatementError(format="CSV")
    backwards = _goes_back(movements)
    if backwards:
        movements.reverse()
    iban, other = account_of("", "", account) if account else ("", "")
    key = account_key(account)
    opening, closing, proof = _prove(movements, key, currency)
    made = Movements()
    entries = tuple(made.entry(key, movement) for movement, _ in movements)
    days = [entry.booking_date for entry in entries]
    return (
        Statement(
            format=FORMAT if layout.delimiter else "xlsx",
            statement_id=f"{min(days):%Y%m%d}-{max(days):%Y%m%d}",
            sequence_number=None,
            account_iban=iban,
            account_id=other,
            account_key=key,
            currency=currency,
            opening_balance=opening,
            closing_balance=closing,
            opening_date=min(days),
            closing_date=max(days),
            entries=entries,
            proof=proof,
        ),
    )


# -- the lines of the file ------------------------------------------------------------------------


def _writing(content: bytes, filename: str) -> tuple[str, str]:
    """Encoding and delimiter; both empty for a workbook."""
    if content.startswith(b"PK\x03\x04"):
        return "", ""
    encoding = "cp1252"
    for candidate in ("utf-16",) * content.startswith(
        (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    ) + ("utf-8-sig",):
        try:
            content.decode(candidate)
        except UnicodeDecodeError:
            continue
        encoding = candidate
        break
    else:
        if b"\x00" in content:
            raise tabular.UnknownTableFormatError(filename or "relevé")
    text = content[: 1 << 16].decode(encoding, "replace")
    rows = [line for line in text.splitlines() if line.strip()][:200]
    # The delimiter is the one that cuts most lines into the same number of cells, two at least.
    best = (0, 0, ";")
    for delimiter in (";", "\t", ",", "|"):
        counts = [line.count(delimiter) for line in rows]
        common = max(set(counts), key=lambda one: (one > 0, counts.count(one)), default=0)
        if common:
            best = max(best, (counts.count(common), common, delimiter))
    return encoding, best[2]


def _lines(
    content: bytes, filename: str, encoding: str, delimiter: str
) -> Iterator[tuple[int, _Cells]]:
    """Yield (line, cells), blank rows left out; every cell of a CSV is a text, never run."""
    name = filename or "relevé"
    if not delimiter:
        yield from tabular.workbook_lines(content, name)
        return
    try:
        text = io.StringIO(content.decode(encoding), newline="")
    except (UnicodeDecodeError, LookupError) as error:
        raise tabular.TableEncodingError(name, 0) from error
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    number = 1
    count = 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise tabular.MalformedTableError(name, number) from error
        cells = [cell.strip() or None for cell in row]
        if len(cells) > _MAX_COLUMNS:
            raise tabular.TableTooLargeError(name, f"{_MAX_COLUMNS} colonnes")
        if any(cells):
            count += 1
            if count > _MAX_ROWS:
                raise tabular.TableTooLargeError(name, f"{_MAX_ROWS} lignes")
            yield number, cells
        number = reader.line_num + 1


def _first(lines: Iterator[tuple[int, _Cells]], limit: int) -> Iterator[tuple[int, _Cells]]:
    for _, line in zip(range(limit), lines, strict=False):
        yield line


# -- guessing -------------------------------------------------------------------------------------


def _plain(title: str) -> str:
    decomposed = unicodedata.normalize("NFKD", title.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char)).strip()


def _role(title: str) -> str:
    plain = _plain(title)
    if not plain or len(plain) > 60:
        return ""
    return next((role for role, pattern in _TITLES if pattern.search(plain)), "")


def _header(lines: Sequence[tuple[int, _Cells]]) -> tuple[int, tuple[str, ...]]:
    """The line that holds most known titles, a date's among them; 0 when there is none."""
    best: tuple[int, int, tuple[str, ...]] = (0, 0, ())
    for number, cells in lines[:40]:
        titles = tuple(one_line(tabular.to_text(cell)) for cell in cells)
        roles = {_role(title) for title in titles} - {""}
        if "date" in roles | ({"date"} if "value_date" in roles else set()) and len(roles) >= 2:
            best = max(best, (len(roles), -number, titles))
    if not best[0]:
        width = max((len(cells) for _, cells in lines), default=0)
        return 0, ("",) * width
    return -best[1], best[2]


def _roles(titles: Sequence[str]) -> tuple[dict[str, int], list[str]]:
    found: dict[str, int] = {}
    doubts = []
    for at, title in enumerate(titles):
        role = _role(title)
        if not role:
            continue
        if role in found and role != "label":
            doubts.append(f"« {titles[found[role]]} » et « {title} » se ressemblent")
        else:
            found.setdefault(role, at)
    if "date" not in found and "value_date" in found:
        found["date"] = found.pop("value_date")
    return found, doubts


def _formats(layout: CsvLayout, rows: Sequence[_Cells]) -> tuple[CsvLayout, list[str]]:
    """Complete a layout with the way of dates and amounts that reads every row."""
    doubts: list[str] = []
    texts = [_at(cells, layout.date) for cells in rows]
    dates = [cell for cell in texts if isinstance(cell, str)]
    fitting = [pattern for pattern in _DATE_FORMATS if all(_reads(one, pattern) for one in dates)]
    if dates and not fitting:
        doubts.append("les dates ne s'écrivent pas toutes de la même façon")
    elif dates:
        layout = replace(layout, date_format=fitting[0])
        if _TWO_WAYS.get(fitting[0]) in fitting and any(one[:2] != one[3:5] for one in dates):
            doubts.append("le jour et le mois des dates peuvent s'échanger")
    marks = [
        mark for mark in (",", ".") if all(_amounts_read(layout, cells, mark) for cells in rows)
    ]
    if not marks:
        doubts.append("des montants ne se lisent pas")
    elif len(marks) == 1 or not any(_tells_mark(layout, cells) for cells in rows):
        layout = replace(layout, decimal_mark=marks[0])
    else:
        doubts.append("le séparateur décimal n'est pas certain")
    return layout, doubts


def _reads(text: str, pattern: str) -> bool:
    try:
        tabular.to_date(text, formats=[pattern])
    except EcheanceError:
        return False
    return True


def _amount_columns(layout: CsvLayout) -> list[int]:
    columns = (layout.amount, layout.debit, layout.credit, layout.balance)
    return [at for at in columns if at is not None]


def _amounts_read(layout: CsvLayout, cells: _Cells, mark: str) -> bool:
    try:
        for at in _amount_columns(layout):
            cell = _at(cells, at)
            if cell is not None:
                tabular.to_decimal(cell, decimal_mark=mark)
    except EcheanceError:
        return False
    return True


def _tells_mark(layout: CsvLayout, cells: _Cells) -> bool:
    """Whether a text of the row holds a comma or a point at all."""
    found = (_at(cells, at) for at in _amount_columns(layout))
    return any(isinstance(cell, str) and ("," in cell or "." in cell) for cell in found)


# -- reading --------------------------------------------------------------------------------------


def _at(cells: _Cells, at: int | None) -> tabular.Cell:
    return cells[at] if at is not None and at < len(cells) else None


def _text(cells: _Cells, at: int | None) -> str:
    return one_line(tabular.to_text(_at(cells, at)))


def _same_titles(layout: CsvLayout, cells: _Cells) -> None:
    found = tuple(one_line(tabular.to_text(cell)) for cell in cells)
    if found != layout.titles:
        raise LayoutMismatchError(expected=", ".join(layout.titles)[:120])


def _is_row(layout: CsvLayout, cells: _Cells, line: int = 0) -> bool:
    """Whether a row is a movement.

    Raises:
        MalformedLineError: It has an amount and no date, or a date and no amount.
    """
    moved = any(
        _at(cells, at) is not None
        for at in (layout.amount, layout.debit, layout.credit)
        if at is not None
    )
    dated = _at(cells, layout.date)
    has_date = isinstance(dated, date) or (isinstance(dated, str) and dated[:1].isdigit())
    if line and moved != has_date and len([one for one in cells if one is not None]) > 2:
        text = " ; ".join(tabular.to_text(cell) for cell in cells if cell is not None)
        raise MalformedLineError(line=line, text=text[:60], expected="une date et un montant")
    return moved and has_date


def _day(layout: CsvLayout, cell: tabular.Cell, line: int) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    try:
        return tabular.to_date(cell, formats=[layout.date_format])
    except EcheanceError as error:
        raise InvalidDateError(line=line, text=tabular.to_text(cell)[:40]) from error


def _decimal(layout: CsvLayout, cell: tabular.Cell, currency: str, line: int) -> Decimal | None:
    if cell is None:
        return None
    try:
        amount = tabular.to_decimal(cell, decimal_mark=layout.decimal_mark)
    except EcheanceError as error:
        raise InvalidAmountError(line=line, text=tabular.to_text(cell)[:40]) from error
    return money.round_amount(whole_cents(amount, currency, line), currency)


def _currency(layout: CsvLayout, cells: _Cells, line: int, known: str, *, first: bool) -> str:
    told = _text(cells, layout.currency)
    if not told:
        return known
    code = currency_of("EUR" if told == "€" else told, line)
    if not first and code != known:
        raise MalformedLineError(line=line, text=code, expected=f"la devise {known}")
    return code


def _movement(
    layout: CsvLayout, cells: _Cells, line: int, currency: str
) -> tuple[Movement, Decimal | None]:
    amount = _decimal(layout, _at(cells, layout.amount), currency, line)
    if amount is None:
        debit = _decimal(layout, _at(cells, layout.debit), currency, line) or money.ZERO
        credit = _decimal(layout, _at(cells, layout.credit), currency, line) or money.ZERO
        if debit and credit:
            raise MalformedLineError(
                line=line, text=f"{debit} ; {credit}", expected="un débit ou un crédit"
            )
        # Banks write a debit with or without its sign: in its own column it goes out either way.
        amount = credit - abs(debit)
    booked = _day(layout, _at(cells, layout.date), line)
    valued = _at(cells, layout.value_date)
    payer, iban = _text(cells, layout.payer), account_of("", "", _text(cells, layout.iban))[0]
    label = one_line(" ".join(_text(cells, at) for at in layout.label))
    incoming = amount > money.ZERO
    detail = EntryDetail(
        amount=abs(amount),
        payer_name=payer if incoming else "",
        payer_iban=iban if incoming else "",
        payee_name="" if incoming else payer,
        payee_iban="" if incoming else iban,
    )
    movement = Movement(
        amount=amount,
        booking_date=booked,
        value_date=booked if valued is None else _day(layout, valued, line),
        bank_reference=_text(cells, layout.reference),
        bank_code="",
        label=label or payer,
        details=(detail,),
        raw=(layout.delimiter or " | ").join(tabular.to_text(cell) for cell in cells),
        line=line,
    )
    return movement, _decimal(layout, _at(cells, layout.balance), currency, line)


def _goes_back(movements: Sequence[tuple[Movement, Decimal | None]]) -> bool:
    """Whether the file is written from the last movement to the first."""
    first, last = movements[0][0].booking_date, movements[-1][0].booking_date
    if first != last:
        return first > last
    # One day only: the balances say it.
    return not _follows(movements) and _follows(movements[::-1])


def _follows(movements: Sequence[tuple[Movement, Decimal | None]]) -> bool:
    running: Decimal | None = None
    for movement, balance in movements:
        if running is not None:
            running += movement.amount
            if balance is not None and balance != running:
                return False
        if balance is not None:
            running = balance
    return True


def _prove(
    movements: Sequence[tuple[Movement, Decimal | None]], key: str, currency: str
) -> tuple[Decimal | None, Decimal | None, Proof]:
    """The balances that a column gives, each checked; nothing when there is no such column.

    Raises:
        BalanceMismatchError: The first balance that is not the one before plus the movements.
    """
    opening: Decimal | None = None
    running = money.ZERO
    since = money.ZERO
    told = 0
    for movement, balance in movements:
        told += balance is not None
        since += movement.amount
        if balance is None:
            continue
        if opening is None:
            opening = balance - since
        elif running + since != balance:
            raise BalanceMismatchError(
                statement_id=f"(ligne {movement.line})",
                account=key,
                currency=currency,
                opening=running,
                movements=since,
                closing=balance,
            )
        running, since = balance, money.ZERO
    if opening is None:
        return None, None, "none"
    if told == 1:  # one balance checks nothing: the statement before must lead to it
        return None, running + since, "closing"
    return opening, running + since, "none" if since else "balances"
