"""Match a bank file with a list of open items, both as files: no database, no company."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, get_args

from echeance.core.bank.model import EntryDetail, Statement, StatementEntry
from echeance.core.matching.errors import (
    ItemColumnsError,
    ItemKnownError,
    ItemLineError,
    PolicyFileError,
)
from echeance.core.matching.model import (
    Allocation,
    DifferenceKind,
    DifferenceRule,
    MatchingRules,
    OpenItem,
    PayerLink,
    Payment,
    Proposal,
)
from echeance.core.matching.propose import propose
from echeance.core.money import CENT, ZERO

COLUMNS: Final = (
    "item_id",
    "debtor_id",
    "debtor_name",
    "debtor_iban",
    "document_number",
    "issue_date",
    "due_date",
    "amount",
    "open_amount",
    "currency",
)
_DECISIONS: Final = {"apply": "applied", "ask": "asked", "unknown": "unknown"}
_CELL_LENGTH_MAX: Final = 1000
_AMOUNT: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
_RULE_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": get_args(DifferenceKind),
    "vat": ("none", "prorata"),
    "direction": ("short", "over", "both"),
    "evidence": ("none", "told", "word", "terms"),
}


DEFAULT_RULES: Final = MatchingRules(
    # Charges that the bank itself tells are a fact; any other difference is a policy's.
    differences=(DifferenceRule("bank_charges", "bank_charges", evidence="told"),)
)


@dataclass(frozen=True, slots=True)
class ItemsFile:
    """The open items of a file.

    Attributes:
        items: In the order of the file; ``item_id`` is the rank in ``item_ids``.
        item_ids: Identifiers as they are written.
        known_payers: Debtor by IBAN, for the IBANs that a single debtor bears.
        links: The IBANs that several debtors bear: any of them may pay.
    """

    items: tuple[OpenItem, ...]
    item_ids: tuple[str, ...]
    known_payers: Mapping[str, int]
    links: tuple[PayerLink, ...]


def match_files(
    items: ItemsFile, statements: Sequence[Statement], *, rules: MatchingRules
) -> Iterator[dict[str, Any]]:
    """Give one answer per entry of the bank file, in its order: the batch is the whole file.

    Entries that pay one item compete for it; one that is applied leaves the others what is left.

    Yields:
        ``entry`` (1-based), ``reference``, ``amount``, ``decision`` (``applied``, ``asked``,
        ``unknown``), ``allocations`` (``item_id``, ``amount`` with the item's sign),
        ``differences`` (``kind``, ``amount``), ``alternatives`` (how many) and ``reasons``.
    """
    entries = [
        (statement.currency, entry) for statement in statements for entry in statement.entries
    ]
    payments = [
        payment_of(entry, entry_id=rank, currency=currency)
        for rank, (currency, entry) in enumerate(entries, start=1)
    ]
    proposals = propose(
        payments, items.items, known_payers=items.known_payers, links=items.links, rules=rules
    )
    for (_, entry), proposal in zip(entries, proposals, strict=True):
        yield _answer(entry, proposal, items.item_ids)


def _answer(entry: StatementEntry, proposal: Proposal, ids: Sequence[str]) -> dict[str, Any]:
    reasons = [reason.sentence for reason in proposal.reasons]
    if proposal.question and proposal.question not in reasons:
        reasons.append(proposal.question)
    return {
        "entry": proposal.entry_id,
        "reference": entry.bank_reference
        or next((found.end_to_end_id for found in entry.details if found.end_to_end_id), ""),
        "amount": f"{entry.signed:.2f}",
        "decision": _DECISIONS[proposal.decision],
        "allocations": _allocations(proposal.allocations, ids),
        "differences": [
            {"kind": found.kind, "amount": f"{found.amount:.2f}"} for found in proposal.differences
        ],
        "alternatives": len(proposal.alternatives),
        "reasons": reasons,
    }


def _allocations(found: Iterable[Allocation], ids: Sequence[str]) -> list[dict[str, str]]:
    return [{"item_id": ids[one.item_id], "amount": f"{one.amount:.2f}"} for one in found]


def payment_of(entry: StatementEntry, *, entry_id: int, currency: str) -> Payment:
    """A movement of a bank file as the matcher reads it.

    The transactions of a batch are its parts when the bank tells the amount of each and their
    sum is the movement's.
    """
    details = entry.details
    alone = details[0] if len(details) == 1 else None
    names = {name for found in details if (name := _payer(entry, found)[0])}
    ibans = {iban for found in details if (iban := _payer(entry, found)[1])}
    amounts = [found.amount for found in details]
    told = len(details) > 1 and sum((one or ZERO for one in amounts), ZERO) == entry.amount
    parts = (
        tuple(_part(entry, found, entry_id, currency) for found in details)
        if told and all(amounts)
        else ()
    )
    return Payment(
        entry_id=entry_id,
        direction=entry.direction,
        amount=entry.amount,
        booking_date=entry.booking_date,
        text=entry.text,
        references=entry.references,
        payer_name=names.pop() if len(names) == 1 else "",
        payer_iban=ibans.pop() if len(ibans) == 1 else "",
        currency=currency,
        mandate_ids=tuple(dict.fromkeys(one.mandate_id for one in details if one.mandate_id)),
        charges=entry.charges if alone is None or alone.charges is None else alone.charges,
        original_amount=alone.original_amount if alone else None,
        original_currency=alone.original_currency if alone else "",
        parts=parts,
        reversal=entry.reversal or any(found.return_reason for found in details),
    )


def _payer(entry: StatementEntry, detail: EntryDetail) -> tuple[str, str]:
    """Name and IBAN of the other side."""
    if entry.direction == "CRDT":
        return detail.payer_name, detail.payer_iban
    return detail.payee_name or detail.payer_name, detail.payee_iban or detail.payer_iban


def _part(entry: StatementEntry, detail: EntryDetail, entry_id: int, currency: str) -> Payment:
    name, iban = _payer(entry, detail)
    found = (detail.creditor_reference, *detail.document_numbers, detail.end_to_end_id)
    assert detail.amount is not None
    return Payment(
        entry_id=entry_id,
        direction=entry.direction,
        amount=detail.amount,
        booking_date=entry.booking_date,
        text=detail.remittance_text,
        references=tuple(dict.fromkeys(filter(None, found))),
        payer_name=name,
        payer_iban=iban,
        currency=currency,
        mandate_ids=(detail.mandate_id,) if detail.mandate_id else (),
        charges=detail.charges,
        original_amount=detail.original_amount,
        original_currency=detail.original_currency,
    )


# --- open items ------------------------------------------------------------------------------


def read_items(content: bytes) -> ItemsFile:
    """Read the open items of a CSV file: comma, semicolon or tab; UTF-8 or Windows-1252.

    Beside the columns of ``COLUMNS``, ``order_reference``, ``customer_code``,
    ``payment_reference`` and ``group_id`` are read when they are there. Dates are ISO or
    DD/MM/YYYY, decimals follow a point or a comma. An empty due date is the issue date.

    Raises:
        ItemColumnsError: A column is missing.
        ItemLineError: A value cannot be read, with its line.
        ItemKnownError: An identifier comes twice.
    """
    text = _decoded(content)
    header = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",;\t", key=header.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = [name.strip().lower() for name in next(lines, [])]
    if missing := [name for name in COLUMNS if name not in names]:
        raise ItemColumnsError(columns=", ".join(missing))
    reading = _ItemReading()
    try:
        for cells in lines:
            if any(cell.strip() for cell in cells):
                reading.add(lines.line_num, dict(zip(names, map(str.strip, cells), strict=False)))
    except csv.Error as error:
        raise ItemLineError(
            line=lines.line_num, column="", value=str(error), expected="une ligne CSV"
        ) from error
    return reading.result()


class _ItemReading:
    """Lines as they are read; text identifiers become ranks."""

    def __init__(self) -> None:
        self._items: list[OpenItem] = []
        self._ids: dict[str, int] = {}
        self._debtors: dict[str, int] = {}
        self._groups: dict[str, int] = {}
        self._names: dict[int, tuple[str, ...]] = {}
        self._ibans: defaultdict[str, set[int]] = defaultdict(set)

    def add(self, line: int, cells: Mapping[str, str]) -> None:
        for column, value in cells.items():
            if len(value) > _CELL_LENGTH_MAX:
                raise ItemLineError(
                    line=line,
                    column=column,
                    value=f"{value[:40]}…",
                    expected=f"un texte de moins de {_CELL_LENGTH_MAX} caractères",
                )
        for column in ("item_id", "debtor_id"):
            if not cells.get(column):
                raise ItemLineError(line=line, column=column, value="", expected="un identifiant")
        item_id = cells["item_id"]
        if item_id in self._ids:
            raise ItemKnownError(line=line, item_id=item_id)
        rank = self._ids.setdefault(item_id, len(self._ids))
        debtor = self._debtors.setdefault(cells["debtor_id"], len(self._debtors) + 1)
        name = cells.get("debtor_name", "")
        known = self._names.setdefault(debtor, (name,) if name else ())
        if name and name not in known:
            self._names[debtor] = (*known, name)
        if iban := "".join(cells.get("debtor_iban", "").split()).upper():
            self._ibans[iban].add(debtor)
        issued = _day(line, "issue_date", cells.get("issue_date", ""))
        due = cells.get("due_date", "")
        open_amount = _amount(line, "open_amount", cells.get("open_amount", ""))
        amount = _amount(line, "amount", cells["amount"]) if cells.get("amount") else None
        if amount is not None and (open_amount * amount < 0 or abs(open_amount) > abs(amount)):
            raise ItemLineError(
                line=line,
                column="open_amount",
                value=cells["open_amount"],
                expected=f"entre 0 et le montant du document ({cells['amount']})",
            )
        group = cells.get("group_id", "")
        self._items.append(
            OpenItem(
                item_id=rank,
                debtor_id=debtor,
                debtor_names=self._names[debtor],
                document_number=cells.get("document_number", ""),
                order_reference=cells.get("order_reference", ""),
                issue_date=issued,
                due_date=_day(line, "due_date", due) if due else issued,
                open_amount=open_amount,
                currency=(cells.get("currency") or "EUR").upper(),
                amount=amount,
                kind="credit_note" if open_amount < ZERO else "invoice",
                customer_codes=_listed(cells.get("customer_code", "")),
                payment_references=_listed(cells.get("payment_reference", "")),
                group_id=self._groups.setdefault(group, len(self._groups) + 1) if group else None,
            )
        )

    def result(self) -> ItemsFile:
        return ItemsFile(
            items=tuple(self._items),
            item_ids=tuple(self._ids),
            known_payers={
                iban: next(iter(debtors))
                for iban, debtors in self._ibans.items()
                if len(debtors) == 1
            },
            links=tuple(
                PayerLink("iban", iban, frozenset(debtors))
                for iban, debtors in sorted(self._ibans.items())
                if len(debtors) > 1
            ),
        )


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in cell.split("|"))))


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _day(line: int, column: str, value: str) -> date:
    for written, pattern in ((value[:10], "%Y-%m-%d"), (value, "%d/%m/%Y"), (value, "%Y%m%d")):
        try:
            return datetime.strptime(written, pattern).date()  # noqa: DTZ007  a civil day
        except ValueError:
            continue
    raise ItemLineError(
        line=line, column=column, value=value, expected="une date (AAAA-MM-JJ ou JJ/MM/AAAA)"
    )


def _amount(line: int, column: str, value: str) -> Decimal:
    """Exact cents: a point or a comma before the decimals, spaces or the other between thousands.

    One mark followed by three digits could be either: it is refused, not guessed.
    """
    compact = re.sub(r"[\s\u00a0\u202f'€]", "", value)
    if "," in compact and "." in compact:
        thousands = "," if compact.rfind(".") > compact.rfind(",") else "."
        compact = compact.replace(thousands, "")
    compact = compact.replace(",", ".")
    try:
        amount = Decimal(compact) if _AMOUNT.fullmatch(compact) else None
    except InvalidOperation:
        amount = None
    if amount is None or amount != amount.quantize(CENT):
        raise ItemLineError(
            line=line, column=column, value=value, expected="un montant au centime (1234,56)"
        )
    return amount.quantize(CENT)


# --- policy ----------------------------------------------------------------------------------


def read_policy(content: bytes) -> MatchingRules:
    """Read the bounds of the proof and the lines that explain differences, JSON or TOML.

    Raises:
        PolicyFileError: Neither, an unknown key, or a value out of its list.
    """
    text = _decoded(content)
    try:
        facts = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise PolicyFileError(detail=str(error)) from error
    bounds = {field.name: field for field in fields(MatchingRules)}
    values: dict[str, Any] = {}
    for name, value in facts.items():
        if name not in bounds:
            raise PolicyFileError(detail=f"« {name} » n'est pas un réglage connu")
        if name == "differences":
            if not isinstance(value, list):
                raise PolicyFileError(detail="« differences » doit être une liste")
            values[name] = tuple(_rule(rank, line) for rank, line in enumerate(value, start=1))
        elif name == "part_payments":
            values[name] = _checked(name, value, bool)
        else:
            values[name] = _checked(name, value, int)
    return MatchingRules(**values)


def _checked(name: str, value: object, kind: type) -> object:
    if not isinstance(value, kind) or (kind is int and (isinstance(value, bool) or value < 1)):  # type: ignore[operator]
        expected = "vrai ou faux (true, false)" if kind is bool else "un nombre entier positif"
        raise PolicyFileError(detail=f"« {name} » doit être {expected}")
    return value


def _rule(rank: int, line: object) -> DifferenceRule:
    where = f"differences, ligne {rank}"
    if not isinstance(line, dict):
        raise PolicyFileError(detail=f"{where} : un objet est attendu")
    names = {field.name for field in fields(DifferenceRule)}
    values: dict[str, Any] = {"account": ""}
    for name, value in line.items():
        if name not in names:
            raise PolicyFileError(detail=f"{where} : « {name} » n'est pas un réglage connu")
        if choices := _RULE_CHOICES.get(name):
            if value not in choices:
                listed = ", ".join(choices)
                raise PolicyFileError(detail=f"{where} : « {name} » est l'un de {listed}")
            values[name] = value
        elif name.startswith("limit"):
            values[name] = None if value is None else _limit(f"{where} : « {name} »", value)
        elif name == "alone":
            values[name] = _checked(f"{where} : {name}", value, bool)
        else:
            values[name] = str(value)
    if "kind" not in values:
        raise PolicyFileError(detail=f"{where} : « kind » manque")
    limited = {"limit_amount", "limit_percent"} & {k for k, v in values.items() if v is not None}
    if not limited and values.get("evidence", "none") == "none":
        raise PolicyFileError(
            detail=f"{where} : une ligne sans preuve a besoin d'une limite "
            "(limit_amount ou limit_percent)"
        )
    return DifferenceRule(**values)


def _limit(where: str, value: object) -> Decimal:
    try:
        limit = Decimal(str(value).replace(",", "."))
    except InvalidOperation:
        limit = Decimal(-1)
    if not limit.is_finite() or limit < ZERO:
        raise PolicyFileError(detail=f"{where} doit être un nombre positif")
    return limit
