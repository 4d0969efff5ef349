"""Read a remittance advice, whatever its form: nothing is guessed, what is unsure is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import product

from echeance.core.matching.references import fold, key
from echeance.core.money import ZERO
from echeance.core.remittance import headings
from echeance.core.remittance.amounts import (
    AMOUNT,
    DATE,
    amounts_in,
    decimal_mark,
    parse_amount,
    parse_date,
)
from echeance.core.remittance.errors import (
    NoRemittanceLineError,
    RemittanceTooLargeError,
    UnreadableRemittanceError,
)
from echeance.core.remittance.grids import (
    MAX_BYTES,
    Line,
    cut,
    html_text,
    pdf_text,
    text_lines,
    workbook_lines,
)
from echeance.core.remittance.model import RemittanceLine, RemittanceReading, UnreadLine
from echeance.core.tabular import Cell, InvalidCellError, to_text

RAW_CHARACTERS = 200
_DELIMITERS = ("\t", ";", "|", ",", " ")
_HEADER_LINES = 60
_DOCUMENT_CHARACTERS = 60
_WORD_CHARACTERS = 30
_TOKEN = re.compile(
    r"(?<![\w.,/-])[A-Za-z]{0,12}[-_/.]?(?:[A-Za-z0-9]+[-_/.]){0,5}[A-Za-z0-9]*\d[A-Za-z0-9]*"
)
_AFTER_WORD = re.compile(
    r"\b(?:FACTURES?|FACT|FACS?|INVOICES?|INV|AVOIRS?|CREDIT NOTE|PIECE)\b[ .:#]*"
    r"(?:N[°O. ]{1,3})?[ :]*$"
)
_PAYMENT = r"(?:VIREMENT|PAIEMENT|REGLEMENT|PAYMENT|TRANSFER)"
_REFERENCE = re.compile(
    rf"(?:\b(?:REFERENCE|REF|NUMERO|N°|NO)\.? (?:DU |DE |DE LA |OF )?{_PAYMENT}"
    rf"|\b(?:AVIS DE )?{_PAYMENT} (?:REFERENCE|REF|NUMBER|NUMERO|N°|NO))"
    r"\.?\s*[:#]?\s*([A-Z0-9][A-Z0-9/_.-]{2,39})"
)
_PAYMENT_DATE = re.compile(
    rf"(?:DATE (?:DU |DE |D'|OF )?(?:VALEUR|EXECUTION|{_PAYMENT})|PAYMENT DATE|VALUE DATE"
    rf"|{_PAYMENT}[^:]{{0,30}}\b(?:DU|LE|OF|ON))\s*:?\s*"
)
_PAYER = re.compile(
    r"^\W*(?:EMETTEUR|DONNEUR D'ORDRE|PAYEUR|PAYER|PAID BY|FROM|SOCIETE EMETTRICE|DE LA PART DE)"
    r"\s*:\s*"
)


def read(content: bytes, *, filename: str = "") -> RemittanceReading:
    """Read an advice from a file: PDF with text, workbook, CSV, mail in text or HTML.

    Told apart by their bytes. Time and memory are bounded: 10 MB, 10,000 lines; PDF and workbooks
    are opened in a process of their own.

    Raises:
        NoRemittanceLineError: Nothing was found.
        RemittanceTooLargeError: Over a limit.
        UnreadableRemittanceError: Binary, or a PDF of images.
        EcheanceError: Of ``core.einvoice`` or ``core.tabular`` for a damaged PDF or workbook.
    """
    if len(content) > MAX_BYTES:
        raise RemittanceTooLargeError(filename, f"{MAX_BYTES // 1_000_000} Mo")
    if content.startswith(b"PK\x03\x04"):
        return _reading(workbook_lines(content, filename), "xlsx", filename)
    if content.lstrip()[:5] == b"%PDF-":
        return _reading(text_lines(pdf_text(content, filename), filename), "pdf", filename)
    text = _decoded(content, filename)
    if re.search(r"<(?:html|table|body)\b", text[:20_000], re.IGNORECASE):
        return _reading(text_lines(html_text(text), filename), "html", filename)
    return read_text(text, filename=filename)


def read_text(text: str, *, filename: str = "") -> RemittanceReading:
    r"""Read an advice from the text of a mail or from pasted cells.

    Raises:
        NoRemittanceLineError: Nothing was found.
        RemittanceTooLargeError: Over a limit.

    >>> read_text("Facture\tMontant\nFA-41\t1 200,00\nTotal\t1 200,00").total_agrees
    True
    """
    if len(text) > MAX_BYTES:
        raise RemittanceTooLargeError(filename, f"{MAX_BYTES // 1_000_000} Mo")
    return _reading(text_lines(text, filename), "text", filename)


def _decoded(content: bytes, filename: str) -> str:
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return content.decode("utf-16", "replace")
    if b"\x00" in content:
        raise UnreadableRemittanceError(filename)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _reading(lines: list[Line], form: str, filename: str) -> RemittanceReading:
    label = filename or "le texte collé"
    found = _table(lines, form)
    is_table = found is not None
    rows, unread, totals = found if found is not None else _free(lines)
    if not rows:
        raise NoRemittanceLineError(label)
    kept, total = _proved(rows, totals)
    reference, day, payer = _heading(lines)
    if form == "text" and is_table and filename.lower().endswith(".csv"):
        form = "csv"
    return RemittanceReading(
        lines=tuple(kept),
        unread=tuple(unread),
        total=total,
        payer=payer,
        payment_reference=reference,
        payment_date=day,
        format=form,
    )


# -- a table with titles --------------------------------------------------------------------------

_Found = tuple[list[tuple[RemittanceLine, bool]], list[UnreadLine], list[Decimal]]


def _table(lines: list[Line], form: str) -> _Found | None:
    """Lines under a line of titles; None when no such line stands at the beginning."""
    for delimiter in ("",) if form == "xlsx" else _DELIMITERS:
        grid = lines if not delimiter else cut(lines[:_HEADER_LINES], delimiter)
        for place, line in enumerate(grid[:_HEADER_LINES]):
            titles = [to_text(cell) for cell in line.cells]
            names = headings.roles(titles) if len(titles) > 1 else None
            if names is None or any(AMOUNT.fullmatch(title.strip()) for title in titles):
                continue
            whole = lines if not delimiter else cut(lines, delimiter)
            read = _table_rows(whole[place + 1 :], names)
            if read[0]:
                return read
    return None


def _table_rows(lines: Sequence[Line], names: Sequence[headings.Role]) -> _Found:
    amounts = [place for place, name in enumerate(names) if name in {"net", "gross", "deduction"}]
    mark = decimal_mark(
        to_text(line.cells[place])
        for line in lines
        for place in amounts
        if place < len(line.cells) and isinstance(line.cells[place], str)
    )
    rows: list[tuple[RemittanceLine, bool]] = []
    unread: list[UnreadLine] = []
    totals: list[Decimal] = []
    for line in lines:
        first = next((to_text(cell) for cell in line.cells if cell is not None), "")
        if headings.is_subtotal(first):
            continue
        if headings.is_total(first) and not _numbers(first):
            totals += _row_amounts(line, mark)
            continue
        if headings.roles([to_text(cell) for cell in line.cells]):
            continue  # the titles again, on another page
        try:
            row = _table_row(line, names, mark)
        except InvalidCellError as error:
            unread.append(UnreadLine(line.number, line.text[:RAW_CHARACTERS], error.reason))
            continue
        if row:
            rows.append(row)
    return rows, unread, totals


def _numbers(text: str) -> list[str]:
    """What looks like a document number in a line of total, amounts and dates left out."""
    bare = DATE.sub(" ", AMOUNT.sub(" ", text))
    return re.findall(r"\S*\d{3}\S*", bare)


def _row_amounts(line: Line, mark: str) -> list[Decimal]:
    found: list[Decimal] = []
    for cell in line.cells:
        text = to_text(cell)
        try:
            if isinstance(cell, Decimal) or re.fullmatch(r"[-(\d\s.,€EUR)\u2212]+", text):
                found.append(parse_amount(cell, decimal_mark=mark))
            else:
                found += amounts_in(text)
        except InvalidCellError:
            continue  # a total that cannot be read proves nothing: the sum is told alone
    return found


def _table_row(
    line: Line, names: Sequence[headings.Role], mark: str
) -> tuple[RemittanceLine, bool] | None:
    """A row, and whether it speaks of a credit; None for one that holds neither number nor sum."""
    cells: dict[str, list[Cell]] = {}
    for name, cell in zip(names, line.cells, strict=False):
        if cell is not None:
            cells.setdefault(name, []).append(cell)

    def amount(name: str) -> Decimal | None:
        for cell in cells.get(name, ()):
            return parse_amount(cell, decimal_mark=mark)
        return None

    document = to_text(cells["document"][0])[:_DOCUMENT_CHARACTERS] if "document" in cells else ""
    gross, net, kept = amount("gross"), amount("net"), amount("deduction")
    if gross is None and ("credit" in cells or "debit" in cells):
        gross = (amount("credit") or ZERO) - (amount("debit") or ZERO)
    paid = net
    if paid is None and gross is not None:
        paid = gross - abs(kept) if kept else gross
    if paid is None and not (document and re.search(r"\d", document)):
        return None
    if not document and paid is not None and len([cell for cell in line.cells if cell]) < 2:
        return None  # an amount alone under the table
    is_credit = bool(headings.CREDIT.search(fold(line.text)))
    row = RemittanceLine(
        row=line.number,
        document=document,
        amount=paid,
        document_date=next(
            (day for cell in cells.get("date", ()) if (day := parse_date(cell))), None
        ),
        gross_amount=gross,
        deduction=abs(kept) if kept else None,
        raw=line.text[:RAW_CHARACTERS],
    )
    return row, is_credit


# -- free text ------------------------------------------------------------------------------------


def _free(lines: Sequence[Line]) -> _Found:
    rows: list[tuple[RemittanceLine, bool]] = []
    unread: list[UnreadLine] = []
    totals: list[Decimal] = []
    several: list[tuple[int, list[Decimal]]] = []
    for line in lines:
        try:
            amounts = amounts_in(line.text)
        except InvalidCellError as error:
            unread.append(UnreadLine(line.number, line.text[:RAW_CHARACTERS], error.reason))
            continue
        if headings.is_subtotal(line.text):
            continue
        if headings.is_total(line.text) and not _numbers(line.text):
            totals += amounts
            continue
        documents = list(_documents(line.text, with_amount=bool(amounts)))
        if not documents:
            continue
        found = DATE.search(line.text)
        day = parse_date(found[0]) if found else None
        is_credit = bool(headings.CREDIT.search(fold(line.text)))
        raw = line.text.strip()[:RAW_CHARACTERS]
        if len(documents) > 1 or not amounts:
            totals += amounts if len(amounts) == 1 else []
            rows += [
                (RemittanceLine(line.number, number, None, None, raw=raw), is_credit)
                for number in documents
            ]
            continue
        if len(amounts) > 1:
            several.append((len(rows), amounts))
        rows.append(
            (RemittanceLine(line.number, documents[0], amounts[-1], day, raw=raw), is_credit)
        )
    _choose_column(rows, several, totals, unread)
    return rows, unread, totals


def _documents(text: str, *, with_amount: bool) -> Iterator[str]:
    """Numbers of documents in a line: those after a word of invoice, else the first one.

    Further ones count when they are of the same make (letters and length).
    """
    blank = AMOUNT.sub(lambda found: " " * len(found[0]), text)
    blank = DATE.sub(lambda found: " " * len(found[0]), blank)
    folded = fold(blank)
    told, tokens = [], []
    for found in _TOKEN.finditer(blank):
        start = found.start()
        is_told = _AFTER_WORD.search(folded, max(start - _WORD_CHARACTERS, 0), start)
        if is_told:
            told.append(found)
        # Without the word, one or two digits are a count, a day, a page.
        if is_told or sum(character.isdigit() for character in found[0]) >= 3:
            tokens.append(found)
    if not told and not with_amount:
        return
    chosen = (told or tokens)[:1]
    if not chosen:
        return
    shape = _shape(chosen[0][0])
    for found in tokens:
        if found.start() == chosen[0].start() or (
            found.start() > chosen[0].start() and _shape(found[0]) == shape
        ):
            yield found[0]


def _shape(number: str) -> tuple[str, int]:
    whole = key(number)
    return re.sub(r"\d.*", "", whole), len(whole)


def _choose_column(
    rows: list[tuple[RemittanceLine, bool]],
    several: Sequence[tuple[int, list[Decimal]]],
    totals: Sequence[Decimal],
    unread: list[UnreadLine],
) -> None:
    """Several amounts a line and no title: the column whose sum is the total, else none at all."""
    if not several:
        return
    places = {place for place, _ in several}
    rest = sum(
        (row.amount for place, (row, _) in enumerate(rows) if place not in places and row.amount),
        ZERO,
    )
    width = min(len(amounts) for _, amounts in several)
    proving = [
        column
        for column in range(1, width + 1)
        if sum((amounts[-column] for _, amounts in several), rest) in totals
    ]
    same = all(len(set(amounts)) == 1 for _, amounts in several)
    for place, amounts in reversed(several):
        line, is_credit = rows[place]
        if proving or same:
            column = proving[0] if proving else 1
            rows[place] = (
                RemittanceLine(
                    line.row, line.document, amounts[-column], line.document_date, raw=line.raw
                ),
                is_credit,
            )
        else:
            reason = "plusieurs montants sur la ligne, et aucun total pour dire lequel est payé"
            unread.insert(0, UnreadLine(line.row, line.raw, reason))
            del rows[place]


# -- signs, totals, heading -----------------------------------------------------------------------


def _proved(
    rows: Sequence[tuple[RemittanceLine, bool]], totals: Sequence[Decimal]
) -> tuple[list[RemittanceLine], Decimal | None]:
    """Lines with the signs and the amounts that the total proves, and that total.

    A credit note written without a sign is deducted; where the total says otherwise, it is
    believed. A total that nothing explains is kept: the difference is told.
    """
    written = [line for line, _ in rows]
    # The account of a supplier: everything that is paid is written as taken off.
    if all(line.amount is not None and line.amount < 0 for line in written) and (
        not totals or -sum((line.amount or ZERO for line in written), ZERO) in totals
    ):
        written = [_with_amount(line, -(line.amount or ZERO)) for line in written]
    deducted = [
        _with_amount(line, -line.amount) if is_credit and line.amount and line.amount > 0 else line
        for line, (_, is_credit) in zip(written, rows, strict=True)
    ]
    for lines, total in product((deducted, written), dict.fromkeys(reversed(totals))):
        if sum((line.amount or ZERO for line in lines), ZERO) == total:
            return lines, total
    return deducted, totals[-1] if totals else None


def _with_amount(line: RemittanceLine, amount: Decimal) -> RemittanceLine:
    return RemittanceLine(
        row=line.row,
        document=line.document,
        amount=amount,
        document_date=line.document_date,
        gross_amount=line.gross_amount,
        deduction=line.deduction,
        raw=line.raw,
    )


def _heading(lines: Sequence[Line]) -> tuple[str, date | None, str]:
    """Reference and day of the payment, name of the payer: the first of each, else nothing."""
    reference, day, payer = "", None, ""
    for line in (*lines[:_HEADER_LINES], *lines[_HEADER_LINES:][-_HEADER_LINES:]):
        text = line.text.replace("\t", " ")
        folded = fold(text)
        if not reference and (found := _REFERENCE.search(folded)):
            reference = text[found.start(1) : found.end(1)].rstrip(".")
        if day is None and (found := _PAYMENT_DATE.search(folded)):
            written = DATE.match(text[found.end() :])
            day = parse_date(written[0]) if written else None
        if not payer and (found := _PAYER.match(folded)):
            payer = text[found.end() :].strip()[:140]
    return reference, day, payer
