"""Payout reports of card acquirers and payment providers (Stripe, PayPal): sales, fees, net.

A report is a CSV with one line per operation. What is paid to the bank is the gross of its
operations less the fees; a report that does not prove it is refused. Sources: the column titles
of Stripe's « payout reconciliation, itemized » and « balance history » exports, and of PayPal's
activity download (English and French titles).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from echeance.core import money, tabular
from echeance.core.bank.errors import (
    AmountPrecisionError,
    InvalidAmountError,
    InvalidDateError,
    PayoutMismatchError,
    UnknownFormatError,
)
from echeance.core.errors import EcheanceError

PayoutKind = Literal["payment", "refund", "chargeback", "fee", "adjustment"]


@dataclass(frozen=True, slots=True)
class PayoutLine:
    """One operation of a payout.

    Attributes:
        kind: ``payment``, ``refund``, ``chargeback``, ``fee`` (the provider's own invoice: gross
            is zero) or ``adjustment``.
        on: Civil day of the operation, as the report writes it; ``None`` when it does not.
        reference: The provider's id of the operation.
        description: Every text of the payer or the seller: description, invoice number, name.
        gross: Signed: positive for a sale, negative for a refund or a chargeback.
        fee: What the provider kept: positive when kept, negative when given back.
        line: 1-based line of the file.
        raw: The cells of the line, joined.
    """

    kind: PayoutKind
    on: date | None
    reference: str
    description: str
    gross: Decimal
    fee: Decimal
    line: int = 0
    raw: str = ""

    @property
    def net(self) -> Decimal:
        """What the line adds to the payout."""
        return self.gross - self.fee


@dataclass(frozen=True, slots=True)
class PayoutReport:
    """One payment of a provider to the bank account, proved: net = gross - fees.

    Attributes:
        provider: ``stripe`` or ``paypal``.
        reference: The provider's id of the payout; empty when the operations of the file have
            not been paid out yet.
        paid_on: Day of the payout; the day of the last operation when it is not paid yet.
        gross, fees, net: Sums of the lines, in ``currency``.
    """

    provider: str
    reference: str
    paid_on: date
    gross: Decimal
    fees: Decimal
    net: Decimal
    currency: str
    lines: tuple[PayoutLine, ...]

    @property
    def is_paid(self) -> bool:
        """Whether the money has left the provider."""
        return bool(self.reference)


@dataclass(frozen=True, slots=True)
class _Columns:
    """The titles of a provider's export; several spellings each, the first found is read."""

    provider: str
    needed: tuple[tuple[str, ...], ...]
    kind: tuple[str, ...]
    on: tuple[str, ...]
    reference: tuple[str, ...]
    texts: tuple[str, ...]
    currency: tuple[str, ...]
    gross: tuple[str, ...]
    fee: tuple[str, ...]
    net: tuple[str, ...]
    payout: tuple[str, ...] = ()
    payout_on: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    fee_sign: int = 1


_STRIPE: Final = _Columns(
    provider="stripe",
    needed=(
        ("balance_transaction_id", "id"),
        ("gross", "amount"),
        ("fee",),
        ("net",),
        ("reporting_category", "type"),
    ),
    kind=("reporting_category", "type"),
    on=("created", "created (utc)", "created_utc", "available_on", "available on (utc)"),
    reference=("source_id", "source", "balance_transaction_id", "id"),
    texts=("description", "customer_facing_description", "invoice_number", "customer_name"),
    currency=("currency",),
    gross=("gross", "amount"),
    fee=("fee",),
    net=("net",),
    payout=("automatic_payout_id", "payout_id", "transfer"),
    payout_on=("automatic_payout_effective_at", "automatic_payout_effective_at_utc"),
)

_PAYPAL: Final = _Columns(
    provider="paypal",
    needed=(
        ("transaction id", "numéro de transaction"),
        ("gross", "brut", "avant commission"),
        ("fee", "frais", "commission"),
        ("net",),
        ("type",),
    ),
    kind=("type",),
    on=("date",),
    reference=("transaction id", "numéro de transaction"),
    texts=(
        "invoice number",
        "numéro de facture",
        "item title",
        "titre de l'objet",
        "subject",
        "objet",
        "note",
        "name",
        "nom",
    ),
    currency=("currency", "devise"),
    gross=("gross", "brut", "avant commission"),
    fee=("fee", "frais", "commission"),
    net=("net",),
    status=("status", "état", "etat"),
    fee_sign=-1,
)

_PAYOUT_WORDS = re.compile(
    r"payout|withdrawal|virement (?:standard|instantané|vers|bancaire)|retrait", re.IGNORECASE
)
_KINDS: Final[tuple[tuple[PayoutKind, re.Pattern[str]], ...]] = (
    ("chargeback", re.compile(r"dispute|chargeback|litige|contestation|impayé", re.IGNORECASE)),
    ("refund", re.compile(r"refund|remboursement|payment_failure", re.IGNORECASE)),
    ("fee", re.compile(r"\bfees?\b|_fee|frais|commission", re.IGNORECASE)),
    ("payment", re.compile(r"charge|payment|paiement|sale|vente", re.IGNORECASE)),
)
_DONE = frozenset({"", "completed", "terminé", "effectué", "paid", "succeeded"})


@dataclass(frozen=True, slots=True)
class _Operation:
    """A line read, its payout when the file names it."""

    line: PayoutLine
    currency: str
    payout: str
    payout_on: date | None
    is_payout: bool


def is_payout_report(headers: Iterable[str]) -> bool:
    """Whether these column titles are those of a payout report that is read here.

    >>> is_payout_report(["id", "Type", "Amount", "Fee", "Net"]), is_payout_report(["Date"])
    (True, False)
    """
    return _columns(headers) is not None


def read_payouts(content: bytes, *, filename: str = "") -> tuple[PayoutReport, ...]:
    """Read the payouts of a Stripe or PayPal report, one by payout and currency, in file order.

    The operations of a payout are those that name it (Stripe, itemized) or, when the file does
    not, those since the payout before it (PayPal and Stripe balance history, in order of time
    whatever the order of the file); what the first of them pays of earlier operations is a line
    of its own, an adjustment without date. Operations after the last payout make a report without
    reference. A payout line must be the sum of its operations, when the file holds them all.

    Raises:
        UnknownFormatError: The titles are of no provider known here.
        PayoutMismatchError: A net that is not gross less fee, or a payout that is not their sum.
        BankFileError: An amount or a date that cannot be read, with its line.
        EcheanceError: Of ``core.tabular``, when the file is no table.
    """
    table = tabular.read_table(content, filename or "rapport.csv")
    columns = _columns(table.headers)
    if columns is None:
        raise UnknownFormatError(beginning=", ".join(table.headers)[:60])
    rows = list(table.rows)
    formats = _date_formats(columns, rows)
    operations = [
        operation for row in rows if (operation := _operation(columns, row, formats)) is not None
    ]
    named = any(operation.payout for operation in operations)
    groups = _by_name(operations) if named else _by_order(operations)
    return tuple(_report(columns.provider, group) for group in groups)


def _columns(headers: Iterable[str]) -> _Columns | None:
    titles = {header.casefold().strip() for header in headers}
    for columns in (_STRIPE, _PAYPAL):
        if all(titles.intersection(names) for names in columns.needed):
            return columns
    return None


def _text(cells: Mapping[str, tabular.Cell], names: Sequence[str]) -> str:
    return next((text for name in names if (text := _cell_text(cells.get(name)))), "")


def _cell_text(cell: tabular.Cell) -> str:
    return " ".join(tabular.to_text(cell).split())


def _operation(columns: _Columns, row: tabular.Row, formats: Sequence[str]) -> _Operation | None:
    cells = {title.casefold().strip(): cell for title, cell in row.cells.items()}
    if _text(cells, columns.status).casefold() not in _DONE:
        return None
    currency = (_text(cells, columns.currency) or "EUR").upper()
    gross = _amount(cells, columns.gross, currency, row.number)
    fee = columns.fee_sign * _amount(cells, columns.fee, currency, row.number)
    net = _amount(cells, columns.net, currency, row.number)
    if gross - fee != net:
        raise PayoutMismatchError(
            line=row.number, gross=gross, fees=fee, net=net, currency=currency
        )
    kind_text = _text(cells, columns.kind)
    is_payout = bool(_PAYOUT_WORDS.search(kind_text)) and gross < money.ZERO
    kind = _kind(kind_text, gross)
    if kind == "fee" and gross:
        # The provider's own invoice: all of it is a fee.
        gross, fee = money.ZERO, fee - gross
    return _Operation(
        line=PayoutLine(
            kind=kind,
            on=_day(cells, columns.on, formats, row.number),
            reference=_text(cells, columns.reference),
            description=" · ".join(
                dict.fromkeys(
                    text for name in columns.texts if (text := _cell_text(cells.get(name)))
                )
            ),
            gross=gross,
            fee=fee,
            line=row.number,
            raw=row.raw,
        ),
        currency=currency,
        payout=_text(cells, columns.payout),
        payout_on=_day(cells, columns.payout_on, formats, row.number),
        is_payout=is_payout,
    )


def _kind(text: str, gross: Decimal) -> PayoutKind:
    for kind, words in _KINDS:
        if words.search(text):
            if kind == "payment" and gross < money.ZERO:
                return "adjustment"
            return kind
    return "adjustment"


def _amount(
    cells: Mapping[str, tabular.Cell], names: Sequence[str], currency: str, line: int
) -> Decimal:
    cell = next((cells[name] for name in names if cells.get(name) is not None), None)
    if cell is None:
        return money.ZERO
    try:
        amount = tabular.to_decimal(cell)
    except EcheanceError as error:
        raise InvalidAmountError(line=line, text=tabular.to_text(cell)[:40]) from error
    rounded = money.round_amount(amount, currency)
    if rounded != amount:
        raise AmountPrecisionError(line=line, amount=amount, currency=currency)
    return rounded


_FORMATS: Final = (
    ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%SZ"),
    ("%d/%m/%Y", "%d/%m/%y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S"),
    ("%m/%d/%Y", "%m/%d/%y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S"),
)


def _date_formats(columns: _Columns, rows: Iterable[tabular.Row]) -> Sequence[str]:
    """The one way of writing dates that reads every line; day first when both do.

    Raises:
        InvalidDateError: No way reads them all.
    """
    worst = (0, "")
    cells = [
        (row.number, {title.casefold().strip(): cell for title, cell in row.cells.items()})
        for row in rows
    ]
    for formats in _FORMATS:
        for number, row in cells:
            try:
                _day(row, columns.on, formats, number)
            except InvalidDateError as error:
                worst = max(worst, (number, error.text))
                break
        else:
            return formats
    raise InvalidDateError(line=worst[0], text=worst[1])


def _day(
    cells: Mapping[str, tabular.Cell], names: Sequence[str], formats: Sequence[str], line: int
) -> date | None:
    cell = next((cells[name] for name in names if cells.get(name) is not None), None)
    if cell is None:
        return None
    try:
        return tabular.to_date(cell, formats=formats)
    except EcheanceError as error:
        raise InvalidDateError(line=line, text=tabular.to_text(cell)[:40]) from error


_Group = tuple[str, date | None, str, "list[PayoutLine]", "Decimal | None"]


def _by_name(operations: Sequence[_Operation]) -> list[_Group]:
    """Operations grouped by the payout they name; unnamed ones are not paid yet."""
    lines: dict[tuple[str, str], list[PayoutLine]] = defaultdict(list)
    paid: dict[tuple[str, str], tuple[date | None, Decimal | None]] = {}
    for operation in operations:
        key = (operation.payout or "", operation.currency)
        if operation.is_payout:
            key = (operation.payout or operation.line.reference, operation.currency)
            paid[key] = (operation.payout_on or operation.line.on, -operation.line.net)
        else:
            lines[key].append(operation.line)
            paid.setdefault(key, (operation.payout_on, None))
    return [
        (reference, paid[reference, currency][0], currency, found, paid[reference, currency][1])
        for (reference, currency), found in lines.items()
    ]


def _by_order(operations: Sequence[_Operation]) -> list[_Group]:
    """Operations of each currency cut at each payout, in order of time."""
    first = operations[0].line.on if operations else None
    last = operations[-1].line.on if operations else None
    ordered = list(operations)
    if first and last and first > last:
        ordered.reverse()  # the newest first, as the providers' pages show them
    groups: list[_Group] = []
    waiting: dict[str, list[PayoutLine]] = defaultdict(list)
    before: set[str] = set()
    for operation in ordered:
        currency = operation.currency
        if not operation.is_payout:
            waiting[currency].append(operation.line)
            continue
        found = waiting.pop(currency, [])
        line = operation.line
        missing = -line.net - sum((one.net for one in found), money.ZERO)
        if missing and currency not in before:
            # The first payout of a file may pay operations that are before the file starts.
            found.insert(0, _carried(missing, line))
        before.add(currency)
        if found:
            groups.append((line.reference, line.on, currency, found, -line.net))
    groups += [("", None, currency, found, None) for currency, found in waiting.items() if found]
    return groups


def _carried(amount: Decimal, payout: PayoutLine) -> PayoutLine:
    """What a payout pays of the operations before the first of the file: to be explained."""
    return PayoutLine(
        kind="adjustment",
        on=None,
        reference="",
        description="Solde antérieur au rapport",
        gross=amount,
        fee=money.ZERO,
        line=payout.line,
        raw=payout.raw,
    )


def _report(provider: str, group: _Group) -> PayoutReport:
    reference, paid_on, currency, lines, told = group
    gross = sum((line.gross for line in lines), money.ZERO)
    fees = sum((line.fee for line in lines), money.ZERO)
    net = gross - fees
    if told is not None and told != net:
        raise PayoutMismatchError(
            line=lines[-1].line, gross=gross, fees=fees, net=told, currency=currency
        )
    day = paid_on or max((line.on for line in lines if line.on), default=None)
    if day is None:
        raise InvalidDateError(line=lines[0].line, text="")
    return PayoutReport(
        provider=provider,
        reference=reference,
        paid_on=day,
        gross=gross,
        fees=fees,
        net=net,
        currency=currency,
        lines=tuple(lines),
    )
