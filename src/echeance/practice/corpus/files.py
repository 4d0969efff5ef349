"""The corpus as files: what ``echeance cash match`` reads, and the truth apart.

``ITEMS.csv``, ``statement.xml`` (camt.053.001.08), ``statement.cfonb`` (CFONB 120, without the
details of batches), ``policy.json``, ``truth.jsonl``.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from echeance.core import bank
from echeance.core.bank import EntryDetail, Statement, StatementEntry
from echeance.core.matching import Payment
from echeance.practice.corpus.model import RULES, Corpus, Truth
from echeance.practice.corpus.score import Answer

IBAN: Final = "FR7630006000011234567890189"
OPENING: Final = Decimal("1000000.00")
COLUMNS: Final = (
    "item_id", "debtor_id", "debtor_name", "debtor_iban", "document_number", "issue_date",
    "due_date", "amount", "open_amount", "currency",
)  # fmt: skip
_CODES: Final = {"CRDT": ("PMNT-RCDT-ESCT", "05"), "DBIT": ("PMNT-ICDT-ESCT", "06")}
_TRUTH: Final = "truth.jsonl"


def write(corpus: Corpus, folder: Path) -> None:
    """Write every file in ``folder``, made when absent; same names are written over."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_items(corpus, folder / "ITEMS.csv")
    entries = tuple(_entry(one) for one in corpus.payments)
    if entries:
        (folder / "statement.xml").write_bytes(bank.write_camt053(_statement(entries)))
        plain = tuple(_entry(one, batch=False) for one in corpus.payments)
        (folder / "statement.cfonb").write_bytes(bank.write_cfonb120(_statement(plain)))
    policy = {"differences": [_rule(one) for one in RULES.differences]}
    text = json.dumps(policy, indent=2, ensure_ascii=False)
    (folder / "policy.json").write_text(f"{text}\n", encoding="utf-8")
    with (folder / _TRUTH).open("w", encoding="utf-8") as out:
        for truth in corpus.truths:
            out.write(f"{json.dumps(_told(truth))}\n")


def read_truths(folder: Path) -> list[Truth]:
    """The truths that ``write`` wrote; what needs facts that files do not carry is not knowable."""
    truths = []
    for line in (folder / _TRUTH).read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        needs = tuple(row["needs"])
        truths.append(
            Truth(
                row["entry"],
                row["trap"],
                row["knowable"] and not set(needs) - {"policy", "parts"},
                tuple((one["item_id"], Decimal(one["amount"])) for one in row["allocations"]),
                tuple((one["kind"], Decimal(one["amount"])) for one in row["differences"]),
                needs,
            )
        )
    return truths


def read_answers(lines: Iterable[str]) -> list[Answer]:
    """What ``echeance cash match --json`` printed for the files, by entry."""
    answers = []
    for line in lines:
        row = json.loads(line)
        allocations = ((int(one["item_id"]), Decimal(one["amount"])) for one in row["allocations"])
        differences = ((one["kind"], Decimal(one["amount"])) for one in row["differences"])
        answers.append(
            Answer(
                row["entry"],
                row["decision"],
                tuple(sorted(allocations)),
                tuple(sorted(differences)),
            )
        )
    return sorted(answers, key=lambda one: one.entry_id)


def _write_items(corpus: Corpus, path: Path) -> None:
    ibans: dict[int, str] = {}
    for iban, debtor_id in corpus.known_payers.items():
        ibans.setdefault(debtor_id, iban)
    with path.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(COLUMNS)
        for one in corpus.items:
            rows.writerow(
                (
                    one.item_id,
                    one.debtor_id,
                    one.debtor_names[0],
                    ibans.get(one.debtor_id, ""),
                    one.document_number,
                    one.issue_date.isoformat(),
                    one.due_date.isoformat(),
                    one.amount,
                    one.open_amount,
                    one.currency,
                )
            )


def _statement(entries: tuple[StatementEntry, ...]) -> Statement:
    return Statement(
        format="camt.053.001.08",
        statement_id="CORPUS",
        sequence_number=1,
        account_iban=IBAN,
        account_id="",
        account_key=bank.account_key(IBAN),
        currency="EUR",
        opening_balance=OPENING,
        closing_balance=OPENING + sum(one.signed for one in entries),
        opening_date=entries[0].booking_date,
        closing_date=entries[-1].booking_date,
        entries=entries,
    )


def _entry(payment: Payment, *, batch: bool = True) -> StatementEntry:
    label, _, motive = payment.text.partition("\n")
    code = _CODES[payment.direction][0 if batch else 1]
    details = tuple(_details(payment, motive)) if batch or not payment.parts else ()
    return StatementEntry(
        index=payment.entry_id,
        direction="CRDT" if payment.direction == "CRDT" else "DBIT",
        amount=payment.amount,
        reversal=False,
        booking_date=payment.booking_date,
        value_date=payment.booking_date,
        bank_reference=f"REF{payment.entry_id:011d}",
        bank_code=code,
        label=label,
        details=details,
        raw="",
        fingerprint="",
        charges=payment.charges,
    )


def _details(payment: Payment, motive: str) -> Iterator[EntryDetail]:
    if not payment.parts:
        structured = next((one for one in payment.references if one.startswith("RF")), "")
        yield EntryDetail(
            amount=payment.amount,
            end_to_end_id=next((one for one in payment.references if one != structured), ""),
            mandate_id=next(iter(payment.mandate_ids), ""),
            payer_name=payment.payer_name,
            payer_iban=payment.payer_iban,
            remittance_text=motive,
            creditor_reference=structured,
            charges=payment.charges,
            original_amount=payment.original_amount,
            original_currency=payment.original_currency,
        )
    for part in payment.parts:
        yield EntryDetail(
            amount=part.amount,
            payer_name=part.payer_name,
            payer_iban=part.payer_iban,
            remittance_text=part.text,
        )


def _rule(rule: Any) -> dict[str, Any]:
    return {
        "kind": rule.kind,
        "account": rule.account,
        "vat": rule.vat,
        "limit_amount": None if rule.limit_amount is None else str(rule.limit_amount),
        "limit_percent": None if rule.limit_percent is None else str(rule.limit_percent),
        "direction": rule.direction,
        "evidence": rule.evidence,
        "alone": rule.alone,
    }


def _told(truth: Truth) -> dict[str, Any]:
    return {
        "entry": truth.entry_id,
        "trap": truth.trap,
        "knowable": truth.knowable,
        "allocations": [{"item_id": one, "amount": str(cents)} for one, cents in truth.allocations],
        "differences": [{"kind": one, "amount": str(cents)} for one, cents in truth.differences],
        "needs": list(truth.needs),
    }
