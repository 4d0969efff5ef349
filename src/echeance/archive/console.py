"""Console of the archive: ``echeance archive …``."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from echeance.archive import queries
from echeance.archive.types import Severity
from echeance.base.actor import system
from echeance.base.queries import company_by_siren

app = typer.Typer(help="Archives : vérifier, chercher.", no_args_is_help=True)

Company = Annotated[str, typer.Option(help="SIREN de la société, s'il y en a plusieurs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Une sortie pour les programmes.")]


@app.command()
def verify(company: Company = "", as_json: AsJson = False) -> None:
    """Relire chaque fichier et comparer son empreinte ; 0 si tout est bon, 1 sinon."""
    findings = queries.verify(company_by_siren(siren=company or None))
    is_sound = all(finding.severity is not Severity.ERROR for finding in findings)
    if as_json:
        typer.echo(json.dumps({"sound": is_sound, "findings": [asdict(one) for one in findings]}))
    else:
        for finding in findings:
            typer.echo(finding.message)
        typer.echo("Archives intactes." if is_sound else "Archives endommagées.")
    raise typer.Exit(0 if is_sound else 1)


@app.command()
def search(text: str, company: Company = "", as_json: AsJson = False, limit: int = 50) -> None:
    """Chercher des fichiers par leurs mots."""
    actor = system(company_by_siren(siren=company or None))
    for row in queries.search(actor=actor, text=text)[:limit]:
        facts = {
            "id": row.pk,
            "filename": row.filename,
            "kind": row.kind,
            "subject": row.subject,
            "sha256": row.sha256,
            "stored_at": row.stored_at.isoformat(),
            "keep_until": row.keep_until.isoformat(),
        }
        if as_json:
            typer.echo(json.dumps(facts))
        else:
            typer.echo(f"{row.stored_at:%d/%m/%Y}  {row.filename}  {row.subject}")
