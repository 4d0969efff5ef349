"""Columns of a file of parties: their names in French and English, what their cells mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from difflib import get_close_matches

from echeance.core.errors import EcheanceError
from echeance.core.identifiers import Bic, Iban
from echeance.core.tabular import Cell, Row, to_text
from echeance.core.terms import CustomerKind
from echeance.core.words import words
from echeance.parties.errors import ColumnsMissingError
from echeance.parties.rules import LABELS, checked_email, country_code
from echeance.parties.types import CellProblem, PartyFacts, Purpose

_SYNONYMS: dict[str, tuple[str, ...]] = {
    "code": ("code", "code client", "code tiers", "numéro client", "n° client", "compte client",
             "compte", "customer code", "customer id", "customer number", "customer", "id"),
    "name": ("nom", "raison sociale", "nom ou raison sociale", "société", "entreprise", "client",
             "name", "company", "company name", "customer name"),
    "category": ("catégorie", "type", "type de client", "category", "customer type"),
    "legal_form": ("forme juridique", "legal form"),
    "siren": ("siren", "numéro siren", "n° siren", "company registration number"),
    "siret": ("siret", "numéro siret", "n° siret"),
    "vat_id": ("n° de TVA", "numéro de TVA", "TVA", "TVA intracommunautaire",
               "n° TVA intracommunautaire", "numéro de TVA intracommunautaire", "vat",
               "vat id", "vat number"),
    "language": ("langue", "language"),
    "address_line": ("adresse", "adresse 1", "rue", "address", "address 1", "street"),
    "address_extra": ("complément d'adresse", "complément", "adresse 2", "address 2"),
    "postcode": ("code postal", "cp", "postcode", "postal code", "zip", "zip code"),
    "city": ("ville", "commune", "city", "town"),
    "country": ("pays", "code pays", "country", "country code"),
    "electronic_address": ("adresse de facturation électronique", "adresse électronique",
                           "adresse annuaire", "electronic address"),
    "payment_terms": ("conditions de règlement", "conditions de paiement", "délai de paiement",
                      "délai de règlement", "échéance", "payment terms", "terms"),
    "order_reference_required": ("bon de commande exigé", "bon de commande obligatoire",
                                 "order reference required", "purchase order required"),
    "vat_exemption": ("exonération habituelle", "exonération", "vat exemption"),
    "contact_name": ("contact", "nom du contact", "interlocuteur", "contact name"),
    "billing_email": ("courriel", "courriel facturation", "email", "e-mail", "mail",
                      "email facturation", "billing email", "email address"),
    "reminder_email": ("courriel relances", "email relances", "courriel relance", "email relance",
                       "reminder email"),
    "phone": ("téléphone", "tél", "phone", "telephone", "phone number"),
    "iban": ("iban", "rib"),
    "bic": ("bic", "swift"),
}  # fmt: skip
_BY_WORDS = {" ".join(words(title)): name for name, titles in _SYNONYMS.items() for title in titles}
TITLES = {name: LABELS.get(name, titles[0]) for name, titles in _SYNONYMS.items()}
"""Title of each column as this program writes it, in the order of an export."""

_FACTS = {one.name for one in fields(PartyFacts)}
_CATEGORIES = {
    CustomerKind.PROFESSIONAL: "entreprise professionnel professionnelle pro société b2b "
    "professional company business",
    CustomerKind.CONSUMER: "particulier consommateur b2c consumer individual private",
    CustomerKind.PUBLIC: "public publique administration collectivité b2g government",
}
_CATEGORY_BY_WORD = {word: kind.value for kind, text in _CATEGORIES.items() for word in words(text)}
_YES = {"oui", "o", "vrai", "yes", "y", "true", "1", "x"}
_NO = {"non", "n", "faux", "no", "false", "0"}


@dataclass(frozen=True, slots=True)
class PartyRow:
    """A line of the file, read.

    Attributes:
        number: Line of the file.
        values: Values by field of :class:`PartyFacts`, for the columns the file has; a blank
            cell says nothing, so it is absent.
        contacts: Purpose, address, name and number of each contact of the line.
        iban: Account it pays from, if any.
        bic: Its bank's, if any.
    """

    number: int
    values: dict[str, str | bool]
    contacts: tuple[tuple[str, str, str, str], ...] = ()
    iban: str = ""
    bic: str = ""


@dataclass(slots=True)
class Reader:
    """Reads the rows of one file, keeping every bad cell."""

    columns: Mapping[str, str]
    problems: list[CellProblem] = field(default_factory=list)

    @classmethod
    def of_headers(cls, headers: Sequence[str], filename: str) -> Reader:
        """Recognise the columns of a file.

        A title that is not known is a problem of line 1, so that no column is ever dropped in
        silence; so are two titles for one thing.

        Raises:
            ColumnsMissingError: No column for the code, or for the name.
        """
        columns: dict[str, str] = {}
        problems: list[CellProblem] = []
        for title in headers:
            name = _BY_WORDS.get(" ".join(words(title)))
            if name is None:
                problems.append(CellProblem(1, title, title, _unknown(title)))
            elif name in columns:
                twin = f"cette colonne dit la même chose que « {columns[name]} » : gardez l'une."
                problems.append(CellProblem(1, title, title, twin))
            else:
                columns[name] = title
        for name in ("code", "name"):
            if name not in columns:
                known = ", ".join(TITLES.values())
                raise ColumnsMissingError(filename, TITLES[name], known)
        return cls(columns, problems)

    def read(self, row: Row) -> PartyRow:
        """One line; its bad cells are added to the problems."""
        if row.overflow:
            self.problems.append(
                CellProblem(
                    row.number,
                    "",
                    row.raw[:200],
                    "La ligne a plus de cellules que de titres : retirez le séparateur en trop.",
                )
            )
        cells = {name: row.cells[title] for name, title in self.columns.items()}
        texts = {name: to_text(cell).strip() for name, cell in cells.items()}
        values: dict[str, str | bool] = {}
        for name, text in texts.items():
            if name in _FACTS and text:
                values[name] = self._value(row.number, name, text, cells[name])
        return PartyRow(
            row.number,
            values,
            self._contacts(row.number, texts),
            self._parsed(row.number, "iban", texts, lambda text: Iban.parse(text).value),
            self._parsed(row.number, "bic", texts, lambda text: Bic.parse(text).value),
        )

    def refuse(self, row: int, name: str, value: str, reason: str) -> None:
        """Keep a problem of a cell."""
        self.problems.append(CellProblem(row, self.columns.get(name, TITLES[name]), value, reason))

    def _value(self, row: int, name: str, text: str, cell: Cell) -> str | bool:
        match name:
            case "category":
                found = {_CATEGORY_BY_WORD[one] for one in words(text) if one in _CATEGORY_BY_WORD}
                return found.pop() if len(found) == 1 else text
            case "country":
                return country_code(text)
            case "postcode" if isinstance(cell, Decimal):
                return text.zfill(5)  # a spreadsheet drops the zero of 01000
            case "siren" | "siret" if isinstance(cell, Decimal):
                return text.zfill(9 if name == "siren" else 14)
            case "order_reference_required":
                answer = " ".join(words(text))
                if answer not in _YES | _NO:
                    self.refuse(row, name, text, "Répondez par oui ou par non.")
                return answer in _YES
            case _:
                return text

    def _contacts(
        self, row: int, texts: Mapping[str, str]
    ) -> tuple[tuple[str, str, str, str], ...]:
        name, phone = texts.get("contact_name", ""), texts.get("phone", "")
        found: list[tuple[str, str, str, str]] = []
        for column, purpose in (
            ("billing_email", Purpose.BILLING),
            ("reminder_email", Purpose.REMINDERS),
        ):
            for email in re.split(r"[;,\s]+", texts.get(column, "")):
                if email:
                    kept = self._parsed(row, column, {column: email}, checked_email)
                    found.append((purpose.value, kept, name, phone))
        if phone and not found:
            found.append((Purpose.GENERAL.value, "", name, phone))
        return tuple(found)

    def _parsed(
        self, row: int, name: str, texts: Mapping[str, str], parse: Callable[[str], str]
    ) -> str:
        text = texts.get(name, "")
        if not text:
            return ""
        try:
            return parse(text)
        except EcheanceError as error:
            self.refuse(row, name, text, str(error))
            return ""


def _unknown(title: str) -> str:
    close = get_close_matches(" ".join(words(title)), _BY_WORDS, n=1, cutoff=0.75)
    meant = f"« {TITLES[_BY_WORDS[close[0]]]} » peut-être ? " if close else ""
    return f"Colonne inconnue. {meant}Renommez-la ou supprimez-la."


def columns_of(
    facts: PartyFacts,
    *,
    billing: Sequence[str],
    reminders: Sequence[str],
    contact: tuple[str, str],
    account: tuple[str, str],
) -> list[str]:
    """The cells of one party, in the order of :data:`TITLES`; the reverse of :meth:`Reader.read`.

    Args:
        facts: The party.
        billing: Addresses invoices go to.
        reminders: Addresses reminders go to.
        contact: Name and number of somebody there.
        account: IBAN and BIC.
    """
    cells = {
        **asdict(facts),
        "category": {"professional": "entreprise", "consumer": "particulier"}.get(
            facts.category, facts.category
        ),
        "order_reference_required": "oui" if facts.order_reference_required else "non",
        "contact_name": contact[0],
        "billing_email": ", ".join(billing),
        "reminder_email": ", ".join(reminders),
        "phone": contact[1],
        "iban": account[0],
        "bic": account[1],
    }
    return [str(cells[name]) for name in TITLES]
