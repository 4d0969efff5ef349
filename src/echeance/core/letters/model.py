"""Facts of a letter, and the texts its merge fields become. Amounts are in euros."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from echeance.core.money import ZERO, format_amount, format_number

LANGUAGES: Final = ("fr", "en")
_MONTHS: Final = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre", "novembre", "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ),
}  # fmt: skip
_ITEM: Final = re.compile(r"^[-–•]\s+")


@dataclass(frozen=True, slots=True)
class LetterInvoice:
    """A debt the letter asks for.

    Attributes:
        amount: As it was invoiced.
        asked: What the letter asks: open, less what is disputed.
        disputed: Left out of what is asked because the customer disputes it.
    """

    number: str
    document_date: date | None
    due_date: date
    days_late: int
    amount: Decimal
    asked: Decimal
    disputed: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class LetterSlice:
    """A line of the computation of late interest: ``base`` × ``rate`` % × ``days`` / 365."""

    number: str
    start: date
    days: int
    base: Decimal
    rate_percent: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """Everything a letter says.

    Attributes:
        subject: One line.
        body: Text of the level with its fields filled in; paragraphs parted by blank lines.
        address: Lines as the post reads them, the name first.
        deadline: Last day given to pay.
        sending: How it goes, printed above the address; "" for an ordinary letter.
        credits: Money and credit notes of the customer not applied yet.
        enclosures: Names of what goes with it.
        mentions: What the law wants besides, printed small under the text.
        company_lines: Name and address of who writes.
        legal_line: Its legal form, capital and registers, at the foot of the page.
        place: Town the letter is dated from.
    """

    language: str
    subject: str
    body: str
    client: str
    address: tuple[str, ...]
    invoices: tuple[LetterInvoice, ...]
    on: date
    deadline: date
    company: str
    company_lines: tuple[str, ...]
    slices: tuple[LetterSlice, ...] = ()
    interest: Decimal = ZERO
    indemnity: Decimal = ZERO
    credits: Decimal = ZERO
    salutation: str = ""
    payment: str = ""
    iban: str = ""
    signed_by: str = ""
    signed_as: str = ""
    reference: str = ""
    file_code: str = ""
    sending: str = ""
    place: str = ""
    legal_line: str = ""
    enclosures: tuple[str, ...] = field(default=())
    mentions: tuple[str, ...] = field(default=())

    @property
    def total(self) -> Decimal:
        """What the letter asks for: the sum of its invoices."""
        return sum((one.asked for one in self.invoices), ZERO)


def long_date(day: date, language: str) -> str:
    """A day in full.

    >>> long_date(date(2026, 12, 1), "fr"), long_date(date(2026, 12, 1), "en")
    ('1er décembre 2026', '1 December 2026')
    """
    first = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{first} {_MONTHS[language][day.month - 1]} {day.year}"


def merge_context(facts: LetterFacts) -> dict[str, Any]:
    """Values of the merge fields, plain texts and lists of them: what a model may name.

    The keys are those of :data:`echeance.core.letters.fields.MERGE_FIELDS`.
    """
    language = facts.language if facts.language in LANGUAGES else "fr"
    return {
        "client": facts.client,
        "civilite": facts.salutation,
        "adresse": list(facts.address),
        "factures": [
            {
                "numero": one.number,
                "date": f"{one.document_date:%d/%m/%Y}" if one.document_date else "",
                "echeance": f"{one.due_date:%d/%m/%Y}",
                "jours": str(max(one.days_late, 0)),
                "montant": format_amount(one.amount),
                "solde": format_amount(one.asked),
            }
            for one in facts.invoices
        ],
        "total": format_amount(facts.total),
        "penalites": [
            {
                "numero": one.number,
                "debut": f"{one.start:%d/%m/%Y}",
                "jours": str(one.days),
                "base": format_amount(one.base),
                "taux": format_number(one.rate_percent),
                "montant": format_amount(one.amount),
            }
            for one in facts.slices
        ],
        "interets": format_amount(facts.interest),
        "indemnites": format_amount(facts.indemnity),
        "credits": format_amount(facts.credits),
        "net": format_amount(max(facts.total - facts.credits, ZERO)),
        "jour": long_date(facts.on, language),
        "delai": long_date(facts.deadline, language),
        "reglement": facts.payment,
        "iban": " ".join(facts.iban[at : at + 4] for at in range(0, len(facts.iban), 4)),
        "societe": facts.company,
        "signataire": facts.signed_by,
        "qualite": facts.signed_as,
        "reference": facts.reference,
        "dossier": facts.file_code,
        "objet": facts.subject,
        "texte": [part.strip() for part in facts.body.split("\n\n") if part.strip()],
    }


def blocks_of(facts: LetterFacts) -> list[dict[str, Any]]:
    """The text as blocks to set: paragraphs, lists, and the tables its lists stand for.

    A list that names the invoices asked for, in order, is their table; a list of the slices of
    interest is theirs. Any other list stays one: what was written is what is printed.
    """
    blocks: list[dict[str, Any]] = []
    for paragraph in facts.body.split("\n\n"):
        lines: list[str] = []
        items: list[str] = []
        for line in [*paragraph.strip().splitlines(), None]:
            if line is not None and _ITEM.match(line):
                blocks += _lines(lines, facts)
                lines = []
                items.append(_ITEM.sub("", line))
                continue
            if items:
                blocks.append(_list(items, facts))
                items = []
            if line is not None:
                lines.append(line)
        blocks += _lines(lines, facts)
    return blocks


def _lines(lines: Sequence[str], facts: LetterFacts) -> list[dict[str, Any]]:
    texts = [line.strip() for line in lines if line.strip()]
    if not texts:
        return []
    total = _spaceless(format_amount(facts.total))
    told = _spaceless(texts[0])
    is_total = len(texts) == 1 and told.endswith(total) and len(told) < len(total) + 20
    return [{"kind": "total" if is_total else "text", "lines": texts}]


def _list(items: list[str], facts: LetterFacts) -> dict[str, Any]:
    if _names(items, [one.number for one in facts.invoices]):
        return {"kind": "invoices", "lines": items}
    if _names(items, [one.number for one in facts.slices]):
        return {"kind": "slices", "lines": items}
    return {"kind": "list", "lines": items}


def _spaceless(text: str) -> str:
    return "".join(text.split())


def _names(items: Sequence[str], numbers: Sequence[str]) -> bool:
    return len(items) == len(numbers) > 0 and all(
        number in item for item, number in zip(items, numbers, strict=True)
    )
