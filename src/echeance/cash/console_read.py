"""Console of bank files alone: ``echeance cash read``, no company and no database."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from echeance.base.language import translated
from echeance.core import bank
from echeance.core.bank.reader import MEGABYTE, SIZE_LIMIT_MB
from echeance.core.errors import EcheanceError
from echeance.core.money import format_amount

REFUSED = 1
"""Exit code when a file of several is refused."""

Files = Annotated[
    list[Path], typer.Argument(exists=True, dir_okay=False, help="Fichiers de la banque.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Un objet JSON par fichier, un par ligne.")]

_PROOFS = {
    "balances": "soldes prouvés",
    "totals": "totaux prouvés",
    "closing": "solde final seul",
    "none": "sans preuve",
}


def read_files(files: Files, as_json: AsJson = False) -> None:
    """Lire des fichiers bancaires, quel que soit le format. 0 : tous lus ; 1 : un est refusé."""
    refused = False
    for path in files:
        try:
            # One byte past the limit is enough to refuse: a huge file is not held.
            with path.open("rb") as source:
                content = source.read(SIZE_LIMIT_MB * MEGABYTE + 1)
            statements = bank.read(content, filename=path.name)
        except EcheanceError as error:
            refused = True
            _refuse(path, error, as_json=as_json)
            continue
        if as_json:
            facts = {"file": str(path), "statements": [_facts(one) for one in statements]}
            typer.echo(json.dumps(facts, ensure_ascii=False))
        else:
            for statement in statements:
                _table(path, statement)
    raise typer.Exit(REFUSED if refused else 0)


def _refuse(path: Path, error: EcheanceError, *, as_json: bool) -> None:
    message = translated(error)
    if as_json:
        told = {"code": error.code, "message": message, "line": error.facts.get("line")}
        typer.echo(json.dumps({"file": str(path), "refused": told}, ensure_ascii=False))
    else:
        typer.echo(f"{path} : refusé. {message}", err=True)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _facts(statement: bank.Statement) -> dict[str, Any]:
    return {
        "format": statement.format,
        "kind": statement.kind,
        "proof": statement.proof,
        "statement_id": statement.statement_id,
        "sequence_number": statement.sequence_number,
        "account": statement.account_iban or statement.account_id,
        "account_key": statement.account_key,
        "currency": statement.currency,
        "opening_balance": _text(statement.opening_balance),
        "closing_balance": _text(statement.closing_balance),
        "opening_date": statement.opening_date.isoformat(),
        "closing_date": statement.closing_date.isoformat(),
        "entries": [_entry(entry) for entry in statement.entries],
    }


def _entry(entry: bank.StatementEntry) -> dict[str, Any]:
    details = entry.details
    payers = [detail.payer_name for detail in details if detail.payer_name]
    ibans = [detail.payer_iban for detail in details if detail.payer_iban]
    return {
        "entry": entry.index,
        "direction": entry.direction,
        "amount": _text(entry.amount),
        "booking_date": entry.booking_date.isoformat(),
        "value_date": entry.value_date.isoformat(),
        "reference": entry.bank_reference,
        "bank_code": entry.bank_code,
        "reversal": entry.reversal,
        "label": entry.label,
        "text": entry.text,
        "references": list(entry.references),
        "payer": payers[0] if payers else "",
        "iban": ibans[0] if ibans else "",
        "charges": _text(entry.charges),
        "line": entry.line,
        "fingerprint": entry.fingerprint,
        "details": [bank.detail_facts(detail) for detail in details],
        "raw": entry.raw,
    }


def _table(path: Path, statement: bank.Statement) -> None:
    currency = statement.currency
    account = statement.account_iban or statement.account_id or "compte non indiqué"
    typer.echo(f"{path} · {statement.format} · {account} · {_PROOFS[statement.proof]}")
    if statement.opening_balance is not None:
        opening = format_amount(statement.opening_balance, currency)
        typer.echo(f"{statement.opening_date:%d/%m/%Y}  solde initial {opening:>18}")
    for entry in statement.entries:
        amount = format_amount(entry.signed, currency)
        text = " ".join(entry.text.split())
        typer.echo(f"{entry.booking_date:%d/%m/%Y}  {amount:>18}  {text[:90]}")
    if statement.closing_balance is not None:
        closing = format_amount(statement.closing_balance, currency)
        typer.echo(f"{statement.closing_date:%d/%m/%Y}  solde final   {closing:>18}")
