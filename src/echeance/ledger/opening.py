"""Columns of a file of open items: their names in French and English, what their cells mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from echeance.core.errors import EcheanceError
from echeance.core.money import CENT, ZERO, format_amount, round_amount
from echeance.core.tabular import Cell, Row, to_date, to_decimal, to_text
from echeance.core.tax import ACCEPTED_RATES
from echeance.core.words import words
from echeance.ledger.errors import OpenItemColumnsError
from echeance.parties.types import CellProblem

SYNONYMS: dict[str, tuple[str, ...]] = {
    "code": ("code client", "client", "code", "compte client", "compte auxiliaire", "n° client",
             "numéro client", "customer code", "customer"),
    "number": ("numéro", "pièce", "numéro de pièce", "n° de pièce", "numéro de facture",
               "n° de facture", "facture", "number", "document", "invoice", "invoice number"),
    "issued": ("date", "date de pièce", "date de facture", "date d'émission", "issue date",
               "invoice date"),
    "due": ("échéance", "date d'échéance", "due date"),
    "amount": ("reste dû", "montant", "solde", "montant ttc", "montant restant dû", "open amount",
               "amount", "balance"),
    "vat": ("TVA à l'encaissement", "TVA", "montant de TVA", "vat"),
    "rate": ("taux de TVA", "taux", "vat rate"),
    "order": ("commande", "bon de commande", "order", "purchase order"),
}  # fmt: skip
TITLES = {name: titles[0][0].upper() + titles[0][1:] for name, titles in SYNONYMS.items()}
"""Title of each column as the documentation writes it."""

NEEDED = ("code", "number", "issued", "due", "amount")
VAT_GAP = Decimal("0.05")
NUMBER_LENGTH = 80
_BY_WORDS = {" ".join(words(title)): name for name, titles in SYNONYMS.items() for title in titles}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """One open item of the file.

    Attributes:
        row: Line of the file.
        amount: Left to pay with VAT; negative for a credit.
        vat: Part of it that becomes due when it is paid; zero when none.
        rate: Of that VAT, per cent.
    """

    row: int
    code: str
    number: str
    issued: date
    due: date
    amount: Decimal
    vat: Decimal = ZERO
    rate: Decimal = ZERO
    order: str = ""


@dataclass(slots=True)
class Reader:
    """Reads the rows of one file, keeping every bad cell."""

    columns: Mapping[str, str]
    problems: list[CellProblem] = field(default_factory=list)

    @classmethod
    def of_headers(cls, headers: Sequence[str], filename: str) -> Reader:
        """Recognise the columns; one that is not is a problem of line 1, never dropped in silence.

        Raises:
            OpenItemColumnsError: A needed column is missing.
        """
        columns: dict[str, str] = {}
        problems: list[CellProblem] = []
        for title in headers:
            name = _BY_WORDS.get(" ".join(words(title)))
            if name is None:
                problems.append(
                    CellProblem(1, title, title, "Colonne inconnue : renommez-la ou retirez-la.")
                )
            elif name in columns:
                twin = f"Cette colonne dit la même chose que « {columns[name]} » : gardez l'une."
                problems.append(CellProblem(1, title, title, twin))
            else:
                columns[name] = title
        for name in NEEDED:
            if name not in columns:
                raise OpenItemColumnsError(filename, TITLES[name], ", ".join(TITLES.values()))
        return cls(columns, problems)

    def read(self, row: Row, on: date) -> OpeningRow | None:
        """One line as it stands on the day of the takeover; nothing when a cell of it is bad."""
        before = len(self.problems)
        if row.overflow:
            self.refuse(row.number, "", row.raw[:200], "La ligne a plus de cellules que de titres.")
        cell = {name: row.cells[title] for name, title in self.columns.items()}
        code = self._needed(row.number, "code", cell)
        number = self._needed(row.number, "number", cell)
        if len(number) > NUMBER_LENGTH:
            self.refuse(row.number, "number", number[:60], "Le numéro dépasse 80 caractères.")
        issued = self._parsed(row.number, "issued", cell, to_date)
        due = self._parsed(row.number, "due", cell, to_date)
        amount = self._money(row.number, "amount", cell)
        vat = self._money(row.number, "vat", cell) if cell.get("vat") is not None else ZERO
        rate = (
            self._parsed(row.number, "rate", cell, to_decimal)
            if cell.get("rate") is not None
            else ZERO
        )
        if issued and issued > on:
            self.refuse(
                row.number,
                "issued",
                f"{issued:%d/%m/%Y}",
                f"Cette pièce est postérieure à la reprise du {on:%d/%m/%Y}.",
            )
        if amount == ZERO:
            self.refuse(row.number, "amount", "0", "Une pièce soldée n'est pas à reprendre.")
        if len(self.problems) == before and vat and amount and rate is not None:
            self._check_vat(row.number, amount, vat, rate)
        if len(self.problems) > before or not (issued and due and amount) or rate is None:
            return None
        order = to_text(cell.get("order")).strip()
        return OpeningRow(row.number, code, number, issued, due, amount, vat or ZERO, rate, order)

    def refuse(self, row: int, name: str, value: str, reason: str) -> None:
        """Keep a problem of a cell."""
        self.problems.append(CellProblem(row, self.columns.get(name, ""), value, reason))

    def _needed(self, row: int, name: str, cells: Mapping[str, Cell]) -> str:
        text = to_text(cells[name]).strip()
        if not text:
            self.refuse(row, name, "", "Cette cellule est vide : remplissez-la.")
        return text

    def _parsed(
        self, row: int, name: str, cells: Mapping[str, Cell], parse: Callable[[Cell], T]
    ) -> T | None:
        try:
            return parse(cells[name])
        except EcheanceError as error:
            self.refuse(row, name, to_text(cells[name])[:60], str(error))
            return None

    def _money(self, row: int, name: str, cells: Mapping[str, Cell]) -> Decimal | None:
        amount = self._parsed(row, name, cells, to_decimal)
        if amount is not None and amount != amount.quantize(CENT):
            self.refuse(row, name, str(amount), "Un montant a deux décimales au plus.")
            return None
        return amount

    def _check_vat(self, row: int, amount: Decimal, vat: Decimal, rate: Decimal) -> None:
        """The VAT of the rest is what its rate makes of it, to the roundings of its lines."""
        if rate not in ACCEPTED_RATES or not rate:
            self.refuse(row, "vat", str(vat), "Donnez le taux de cette TVA, comme 20 ou 5,5.")
            return
        if amount < ZERO:
            self.refuse(row, "vat", str(vat), "La TVA d'un avoir n'est pas reprise : videz-la.")
            return
        expected = round_amount(amount * rate / (100 + rate))
        if abs(vat - expected) > VAT_GAP:
            self.refuse(
                row,
                "vat",
                str(vat),
                f"À {rate.normalize():f} %, la TVA comprise dans {format_amount(amount)} est de "
                f"{format_amount(expected)} : corrigez l'un des trois.",
            )
