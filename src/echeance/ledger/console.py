"""Console face of the ledger."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from echeance.base.queries import company_by_siren
from echeance.ledger.verify import allocation_count
from echeance.ledger.verify import verify as prove

app = typer.Typer(help="Comptabilité : prouver les livres.", no_args_is_help=True)


@app.callback()
def ledger() -> None:
    """Comptabilité."""


@app.command()
def verify(
    company: Annotated[str, typer.Option(help="SIREN de la société.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Sortie pour programme.")] = False,
) -> None:
    """Prouver les livres : écritures, numéros, échéances, lettres, TVA. 0 si tout est juste."""
    owner = company_by_siren(siren=company or None)
    findings = prove(company=owner)
    if as_json:
        typer.echo(json.dumps({"findings": [asdict(one) for one in findings]}, ensure_ascii=False))
    else:
        for finding in findings:
            typer.echo(finding.message)
        state = "livres justes" if not findings else f"{len(findings)} anomalies"
        typer.echo(f"{owner.name} : {state}, {allocation_count(owner)} affectations relues.")
    raise typer.Exit(1 if findings else 0)
