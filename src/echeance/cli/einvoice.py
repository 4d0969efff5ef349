"""``echeance einvoice``: the e-invoice library on files, without a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from echeance.core.einvoice.official.pool import OfficialValidator
from echeance.core.einvoice.official.verdict import exit_code

app = typer.Typer(help="Factures électroniques : contrôle officiel.", no_args_is_help=True)


@app.callback()
def einvoice() -> None:
    """Factures électroniques."""


@app.command()
def validate(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="PDF ou XML.")],
    as_json: Annotated[bool, typer.Option("--json", help="Un objet JSON par fichier.")] = False,
) -> None:
    """Contrôler des fichiers. 0 : tous valides ; 1 : un est invalide ; 3 : un n'a pu être jugé."""
    verdicts = []
    with OfficialValidator() as validator:
        for shape, verdict in validator.report_files(files):
            verdicts.append(verdict)
            if as_json:
                typer.echo(json.dumps(shape, ensure_ascii=False))
                continue
            state = "valide" if verdict.valid else "invalide" if verdict.validated else "non jugé"
            typer.echo(f"{shape['file']} : {state} ({verdict.syntax} {verdict.profile})")
            for finding in verdict.findings:
                typer.echo(f"  {finding.rule} [{finding.severity}] {finding.message}")
    raise typer.Exit(exit_code(verdicts))
