"""Console of matching on files alone: ``echeance cash match``, no company and no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from echeance.core import bank
from echeance.core.matching import MatchingRules
from echeance.core.matching.files import DEFAULT_RULES, match_files, read_items, read_policy

Items = Annotated[
    Path,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="Échéances ouvertes, CSV : item_id, debtor_id, debtor_name, debtor_iban, "
        "document_number, issue_date, due_date, amount, open_amount, currency ; avoirs en négatif.",
    ),
]
Bank = Annotated[
    Path, typer.Option("--statement", exists=True, dir_okay=False, help="Fichier de la banque.")
]
Policy = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="Règle, JSON ou TOML : differences (kind, account, limit_amount, limit_percent, "
        "direction, evidence, alone, vat), part_payments…",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Un objet JSON par ligne de relevé.")]


def match_statement(
    items: Items, statement: Bank, policy: Policy = None, as_json: AsJson = False
) -> None:
    """Rapprocher un relevé d'une liste d'échéances, sur fichiers seuls : prouver, ou demander.

    Sans --policy, aucun écart n'est admis hors les frais que la banque déclare elle-même.
    """
    rules: MatchingRules = read_policy(policy.read_bytes()) if policy else DEFAULT_RULES
    opened = read_items(items.read_bytes())
    statements = bank.read(statement.read_bytes(), filename=statement.name)
    for answer in match_files(opened, statements, rules=rules):
        if as_json:
            typer.echo(json.dumps(answer, ensure_ascii=False))
            continue
        paid = ", ".join(f"{one['item_id']} ({one['amount']})" for one in answer["allocations"])
        said = {"applied": "affecté", "asked": "à demander", "unknown": "inconnu"}
        typer.echo(
            f"{answer['entry']}\t{answer['amount']}\t{said[answer['decision']]}\t"
            f"{paid or answer['reasons'][-1]}"
        )
