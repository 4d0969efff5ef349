"""Console of the bank room: ``echeance bank …``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from echeance.base.actor import system
from echeance.base.queries import company_by_siren
from echeance.cash import commands
from echeance.cash.console_match import match_statement
from echeance.cash.console_read import read_files
from echeance.core.money import format_amount

app = typer.Typer(help="Banque : importer un relevé.", no_args_is_help=True)
cash_app = typer.Typer(help="Encaissements : lire et rapprocher des fichiers, sans base.")
cash_app.command("match")(match_statement)
cash_app.command("read")(read_files)

Company = Annotated[str, typer.Option(help="SIREN de la société, s'il y en a plusieurs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Une sortie pour les programmes.")]
Source = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="camt.053 ou CFONB 120.")]


@app.callback()
def bank() -> None:
    """Banque."""


@app.command("import")
def import_file(file: Source, company: Company = "", as_json: AsJson = False) -> None:
    """Importer un relevé, en entier ou pas du tout ; « echeance day » le rapproche."""
    reports = commands.import_statements(
        actor=system(company_by_siren(siren=company or None)),
        content=file.read_bytes(),
        filename=file.name,
    )
    if as_json:
        facts = [asdict(report) for report in reports]
        typer.echo(json.dumps(facts, ensure_ascii=False, default=str))
        return
    for report in reports:
        typer.echo(
            f"{report.account_name} : {report.new_entries} ligne(s) nouvelle(s), "
            f"{report.known_entries} déjà connue(s), solde de "
            f"{format_amount(report.closing_balance)} au {report.closing_date:%d/%m/%Y}."
        )


@cash_app.callback()
def cash() -> None:
    """Encaissements."""
