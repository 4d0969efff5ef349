"""From the rows of a file to orders: a line ends in an order, or is rejected with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final

from echeance.billing.errors import (
    ColumnMissingError,
    MappingInvalidError,
    UnknownColumnError,
    UnknownSourceError,
)
from echeance.billing.types import ItemFacts, OrderMapping, RejectedLineFacts
from echeance.core.money import ZERO
from echeance.core.tabular import Cell, InvalidCellError, Row, to_date, to_decimal, to_text
from echeance.core.tax import ACCEPTED_RATES, Exemption
from echeance.core.words import clean_line, words

FIELDS: Final = (
    "document",
    "customer",
    "item",
    "name",
    "description",
    "quantity",
    "unit_price",
    "unit_code",
    "vat_rate",
    "nature",
    "exemption",
    "exemption_article",
    "order_date",
    "delivery_date",
    "order_reference",
    "buyer_reference",
)
"""What a line of an order may say; a mapping gives each its column or its constant."""

REQUIRED: Final = ("document", "customer", "quantity", "unit_price", "order_date")

_TITLES: Final[dict[str, tuple[str, ...]]] = {
    "document": ("commande", "n° de commande", "numéro de commande", "order", "order number"),
    "customer": ("client", "code client", "customer", "customer code"),
    "item": ("article", "code article", "référence", "item", "sku"),
    "name": ("désignation", "libellé", "name"),
    "description": ("description",),
    "quantity": ("quantité", "qté", "quantity"),
    "unit_price": ("prix unitaire", "prix unitaire HT", "PU HT", "unit price"),
    "unit_code": ("unité", "unit"),
    "vat_rate": ("TVA", "taux de TVA", "vat rate"),
    "nature": ("nature",),
    "exemption": ("exonération", "exemption"),
    "exemption_article": ("article d'exonération",),
    "order_date": ("date", "date de commande", "order date"),
    "delivery_date": ("date de livraison", "livraison", "delivery date"),
    "order_reference": ("bon de commande", "référence client", "purchase order"),
    "buyer_reference": ("code service", "référence acheteur", "buyer reference"),
}
_BY_WORDS: Final = {
    " ".join(words(title)): name for name, titles in _TITLES.items() for title in titles
}
_NATURES: Final = {
    "goods": "goods",
    "bien": "goods",
    "biens": "goods",
    "b": "goods",
    "services": "services",
    "service": "services",
    "prestation": "services",
    "s": "services",
}
_EXEMPTIONS: Final = frozenset(Exemption)
_QUANTITY_DECIMALS: Final = 4
_PRICE_DECIMALS: Final = 6
_TEXT_MAX: Final = 60
_UNIT_MAX: Final = 3
_LARGEST: Final = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class ReadLine:
    """A good line of a file."""

    row: int
    item_code: str
    name: str
    description: str
    nature: str
    quantity: Decimal
    unit_code: str
    unit_price: Decimal
    vat_rate: Decimal | None
    exemption: str
    exemption_article: str
    revenue_account: str


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """An order or a cancellation of a file; ``rejected`` counts its lines that are not in it."""

    number: str
    is_cancellation: bool
    party_id: int
    order_date: date
    delivery_date: date | None
    order_reference: str
    buyer_reference: str
    lines: tuple[ReadLine, ...]
    rejected: int


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A good line with what it says of its document."""

    row: Row
    document: str
    is_cancellation: bool
    party_id: int
    order_date: date
    delivery_date: date | None
    order_reference: str
    buyer_reference: str
    line: ReadLine


@dataclass(frozen=True, slots=True)
class _Problem:
    """A bad cell of a line."""

    code: str
    column: str
    value: str
    reason: str


def field_of(title: str) -> str:
    """The field a title of the house names, in French or English; empty when it is none.

    >>> field_of("N° de commande"), field_of("Qté"), field_of("Couleur")
    ('document', 'quantity', '')
    """
    return _BY_WORDS.get(" ".join(words(title)), "")


# -- mapping --------------------------------------------------------------------------------------


def check_mapping(mapping: OrderMapping) -> None:
    """Refuse a mapping that could read no order.

    Raises:
        MappingInvalidError: With the first problem.
    """
    problem = ""
    given = {*mapping.columns, *mapping.constants}
    if unknown := given - set(FIELDS):
        problem = f"le champ « {min(unknown)} » n'existe pas"
    elif absent := [name for name in REQUIRED if name not in given]:
        problem = f"il manque la colonne de « {_TITLES[absent[0]][0]} »"
    elif not {"item", "name"} & given:
        problem = "il manque la colonne de l'article ou de la désignation"
    elif twice := [title for title in mapping.columns.values() if title in mapping.ignored]:
        problem = f"la colonne « {twice[0]} » est à la fois lue et ignorée"
    elif mapping.decimal_mark not in {"", ",", "."}:
        problem = "le séparateur décimal est « , » ou « . »"
    if problem:
        raise MappingInvalidError(mapping.source, problem)


def house_mapping(source: str, headers: Sequence[str], filename: str) -> OrderMapping:
    """The mapping of a file whose titles are those of the house, in French or English.

    Raises:
        UnknownColumnError: A title is none of them.
        UnknownSourceError: Too few are.
    """
    columns: dict[str, str] = {}
    for title in headers:
        name = _BY_WORDS.get(" ".join(words(title)))
        if name and name not in columns:
            columns[name] = title
    missing = [_TITLES[name][0] for name in REQUIRED if name not in columns]
    if not {"item", "name"} & set(columns):
        missing.append("article ou désignation")
    if missing:
        raise UnknownSourceError(source, filename, ", ".join(missing))
    mapping = OrderMapping(source, columns)
    check_columns(mapping, headers, filename)
    return mapping


def check_columns(mapping: OrderMapping, headers: Sequence[str], filename: str) -> None:
    """Refuse a file whose titles are not those of the mapping, so that no column is lost.

    Raises:
        ColumnMissingError: A column that is read is absent.
        UnknownColumnError: A column is neither read nor ignored.
    """
    present = set(headers)
    for title in mapping.columns.values():
        if title not in present:
            raise ColumnMissingError(filename, mapping.source, title, ", ".join(headers))
    known = {*mapping.columns.values(), *mapping.ignored}
    for title in headers:
        if title not in known:
            raise UnknownColumnError(filename, mapping.source, title)


# -- lines ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Known:
    """What the company knows that lines refer to.

    Attributes:
        customers: Party by customer code.
        items: Article by code.
        orders: Numbers of this source that were imported before.
    """

    customers: Mapping[str, int]
    items: Mapping[str, ItemFacts]
    orders: frozenset[str]


def read_orders(
    rows: Iterable[Row], mapping: OrderMapping, known: Known, cells: Cells | None = None
) -> tuple[list[ReadDocument], list[RejectedLineFacts]]:
    """Documents of a file in their order, and the lines that are in none of them."""
    rejected: list[RejectedLineFacts] = []
    parsed: dict[str, list[_Parsed]] = {}
    refused: dict[str, int] = {}
    cells = cells or Cells(mapping)
    for row in rows:
        number = cells.text(row, "document")
        line = _LineReader(row, number, mapping, known, cells).read()
        if isinstance(line, RejectedLineFacts):
            rejected.append(line)
            refused[number] = refused.get(number, 0) + 1
        else:
            parsed.setdefault(number, []).append(line)
    documents = []
    for number, lines in parsed.items():
        problem = _document_problem(number, lines, mapping, known)
        if problem:
            rejected += [
                RejectedLineFacts(
                    one.row.number,
                    number,
                    problem.code,
                    problem.column,
                    problem.value,
                    problem.reason,
                    one.row.raw,
                )
                for one in lines
            ]
            continue
        first = lines[0]
        documents.append(
            ReadDocument(
                number,
                first.is_cancellation,
                first.party_id,
                min(one.order_date for one in lines),
                next((one.delivery_date for one in lines if one.delivery_date), None),
                next((one.order_reference for one in lines if one.order_reference), ""),
                next((one.buyer_reference for one in lines if one.buyer_reference), ""),
                tuple(one.line for one in lines),
                refused.get(number, 0),
            )
        )
    rejected.sort(key=lambda line: line.row)
    return documents, rejected


def _document_problem(
    number: str, lines: Sequence[_Parsed], mapping: OrderMapping, known: Known
) -> _Problem | None:
    column = mapping.columns.get("document", "")
    if number in known.orders:
        reason = f"Le document {number} a déjà été importé de cette source : rien n'est ajouté."
        return _Problem("order_known", column, number, reason)
    if len({one.party_id for one in lines}) > 1:
        reason = f"Le document {number} nomme plusieurs clients : corrigez-le dans le fichier."
        return _Problem("several_customers", mapping.columns.get("customer", ""), number, reason)
    if len({one.is_cancellation for one in lines}) > 1:
        reason = (
            f"Le document {number} mêle des quantités positives et négatives : séparez la commande "
            "et son annulation."
        )
        return _Problem("mixed_signs", mapping.columns.get("quantity", ""), number, reason)
    return None


@lru_cache(maxsize=1024)
def _nature_of(text: str) -> str | None:
    return _NATURES.get(" ".join(words(text)))


class Cells:
    """Cells of a file by field. A feed repeats its values: each distinct one is read once."""

    def __init__(self, mapping: OrderMapping) -> None:
        self._mapping = mapping
        self._texts: dict[str, dict[Cell, str]] = {name: {} for name in FIELDS}
        self._constants = {name: mapping.constants.get(name, "") for name in FIELDS}
        self._dates: dict[Cell, date | str] = {}
        self._numbers: dict[str, dict[Cell, Decimal | str]] = {name: {} for name in FIELDS}

    def cell(self, row: Row, name: str) -> Cell:
        """What a row says of a field: its cell, else the constant of the mapping."""
        title = self._mapping.columns.get(name)
        cell = row.cells.get(title) if title else None
        return self._mapping.constants.get(name) if cell is None else cell

    def text(self, row: Row, name: str) -> str:
        """Text of a field of a row: its cell, else the constant of the mapping."""
        title = self._mapping.columns.get(name)
        if title is None:
            return self._constants[name]
        cell = row.cells.get(title)
        known = self._texts[name]
        text = known.get(cell)
        if text is None:
            text = known[cell] = clean_line(to_text(cell)) or self._constants[name]
        return text

    def date(self, cell: Cell) -> date | str:
        """A day, or what is wrong with it."""
        found = self._dates.get(cell)
        if found is None:
            try:
                found = to_date(cell, formats=self._mapping.date_formats)
            except InvalidCellError as error:
                found = f"Date illisible ou impossible : {error}"
            self._dates[cell] = found
        return found

    def number(self, name: str, cell: Cell, places: int) -> Decimal | str:
        """A number, or what is wrong with it."""
        known = self._numbers[name]
        found = known.get(cell)
        if found is None:
            found = known[cell] = self._number(cell, places)
        return found

    def _number(self, cell: Cell, places: int) -> Decimal | str:
        try:
            value = to_decimal(cell, decimal_mark=self._mapping.decimal_mark)
        except InvalidCellError as error:
            return f"Nombre illisible : {error}"
        if abs(value) >= _LARGEST or round(value, places) != value:
            return f"Le nombre {value} est trop grand ou a plus de {places} décimales."
        return value


class _LineReader:
    """Reads the cells of one line and keeps every bad one."""

    def __init__(
        self, row: Row, number: str, mapping: OrderMapping, known: Known, cells: Cells
    ) -> None:
        self._row = row
        self._number = number
        self._mapping = mapping
        self._known = known
        self._cells = cells
        self._problems: list[_Problem] = []

    def read(self) -> _Parsed | RejectedLineFacts:
        """The line, or all that is wrong in it."""
        parsed = self._parsed()
        if parsed is not None:
            return parsed
        first = self._problems[0]
        return RejectedLineFacts(
            self._row.number,
            self._number[:_TEXT_MAX],
            first.code,
            first.column[:200],
            first.value[:200],
            " ".join(problem.reason for problem in self._problems),
            self._row.raw,
        )

    def _parsed(self) -> _Parsed | None:
        row, mapping = self._row, self._mapping
        if row.overflow:
            self._refuse(
                "shifted",
                "document",
                "La ligne a plus de cellules que de titres : retirez le séparateur en trop.",
            )
        if not self._number:
            self._refuse("document_missing", "document", "Le numéro de commande manque.")
        party_id = self._party()
        item = self._item()
        day = self._date("order_date")
        delivered = self._date("delivery_date") if self._text("delivery_date") else None
        prefix = mapping.cancellation_prefix
        quantity = self._quantity()
        is_cancellation = bool(prefix and self._number.startswith(prefix))
        if quantity is not None and quantity < ZERO:
            if prefix and not is_cancellation:
                self._refuse(
                    "quantity_negative",
                    "quantity",
                    "La quantité est négative hors d'une annulation : corrigez-la, ou annulez la "
                    "commande d'origine.",
                )
            is_cancellation = is_cancellation or not prefix
        price = self._price(item)
        rate = self._rate(item)
        nature = self._nature(item)
        exemption = self._exemption(item)
        name, description = self._names(item)
        self._short("document")
        item_code = self._short("item")
        order_reference = self._short("order_reference")
        buyer_reference = self._short("buyer_reference")
        article = self._short("exemption_article") or item.exemption_article
        unit_code = self._short("unit_code", most=_UNIT_MAX) or item.unit_code
        if self._problems or party_id is None or day is None or quantity is None or price is None:
            return None
        return _Parsed(
            row,
            self._number,
            is_cancellation,
            party_id,
            day,
            delivered,
            order_reference,
            buyer_reference,
            ReadLine(
                row.number,
                item_code,
                name,
                description,
                nature,
                abs(quantity),
                unit_code,
                price,
                rate,
                exemption,
                article,
                item.revenue_account,
            ),
        )

    def _text(self, name: str) -> str:
        return self._cells.text(self._row, name)

    def _short(self, name: str, *, most: int = _TEXT_MAX) -> str:
        """A text that fits its column; a reference cut short would be another reference."""
        text = self._text(name)
        if len(text) > most:
            self._refuse(
                "too_long", name, f"Le texte dépasse {most} caractères : raccourcissez-le."
            )
        return text

    def _refuse(self, code: str, name: str, reason: str) -> None:
        column = self._mapping.columns.get(name, "")
        self._problems.append(_Problem(code, column, self._text(name), reason))

    def _party(self) -> int | None:
        code = self._text("customer")
        if not code:
            self._refuse("customer_missing", "customer", "Le client manque : complétez la ligne.")
            return None
        party_id = self._known.customers.get(code)
        if party_id is None:
            self._refuse(
                "customer_unknown",
                "customer",
                f"Le client « {code} » est inconnu : créez sa fiche, ou corrigez son code.",
            )
        return party_id

    def _item(self) -> ItemFacts:
        code = self._text("item")
        return self._known.items.get(code) or ItemFacts(code, name=code)

    def _names(self, item: ItemFacts) -> tuple[str, str]:
        name = self._text("name") or item.name
        description = self._text("description") or item.description
        if not name:
            self._refuse("name_missing", "name", "La désignation et l'article manquent.")
        if len(name) > 200:
            return name[:200], description or name
        return name, description

    def _date(self, name: str) -> date | None:
        found = self._cells.date(self._cells.cell(self._row, name))
        if isinstance(found, str):
            self._refuse("date_invalid", name, found)
            return None
        return found

    def _number_of(self, name: str, places: int) -> Decimal | None:
        found = self._cells.number(name, self._cells.cell(self._row, name), places)
        if isinstance(found, str):
            self._refuse(f"{name}_invalid", name, found)
            return None
        return found

    def _quantity(self) -> Decimal | None:
        value = self._number_of("quantity", _QUANTITY_DECIMALS)
        if value == ZERO:
            self._refuse("quantity_zero", "quantity", "La quantité est nulle : rien à facturer.")
            return None
        return value

    def _price(self, item: ItemFacts) -> Decimal | None:
        blank = self._cells.cell(self._row, "unit_price") is None
        if blank and item.unit_price is not None:
            return item.unit_price
        value = self._number_of("unit_price", _PRICE_DECIMALS)
        if value is None:
            return None
        if value <= ZERO:
            self._refuse(
                "price_not_positive",
                "unit_price",
                "Le prix est nul ou négatif : une ligne se facture à un prix positif.",
            )
            return None
        return value

    def _rate(self, item: ItemFacts) -> Decimal | None:
        if not self._text("vat_rate"):
            return item.vat_rate
        rate = self._number_of("vat_rate", 2)
        if rate is not None and rate not in ACCEPTED_RATES:
            self._refuse(
                "vat_unknown",
                "vat_rate",
                f"Le taux de TVA {rate} % n'existe pas : corrigez-le (20, 10, 5,5, 2,1…).",
            )
        return rate

    def _nature(self, item: ItemFacts) -> str:
        text = self._text("nature")
        if not text:
            return item.nature
        nature = _nature_of(text)
        if nature is None:
            self._refuse("nature_unknown", "nature", "La nature est « biens » ou « services ».")
        return nature or item.nature

    def _exemption(self, item: ItemFacts) -> str:
        text = self._text("exemption") or item.exemption
        if text and text not in _EXEMPTIONS:
            self._refuse(
                "exemption_unknown",
                "exemption",
                f"Le motif d'exonération « {text} » est inconnu : choisissez-en un de la liste.",
            )
        return text
