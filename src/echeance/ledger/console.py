"""Console of the ledger: ``echeance ledger …``."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from echeance.base import clock
from echeance.base.actor import system
from echeance.base.queries import company_by_siren
from echeance.core.money import format_amount
from echeance.ledger import commands, queries
from echeance.ledger.types import BUCKETS
from echeance.parties import queries as parties

app = typer.Typer(help="Comptabilité : prouver les livres, balance âgée.", no_args_is_help=True)

Company = Annotated[str, typer.Option(help="SIREN de la société, s'il y en a plusieurs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Une sortie pour les programmes.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d", "%d/%m/%Y"], help="Le jour.")]


@app.command()
def verify(company: Company = "", as_json: AsJson = False) -> None:
    """Prouver les livres : écritures, numéros, échéances, lettres, TVA. 0 si tout est juste."""
    findings = queries.verify(company_by_siren(siren=company or None))
    if as_json:
        typer.echo(
            json.dumps(
                {"sound": not findings, "findings": [asdict(one) for one in findings]},
                ensure_ascii=False,
            )
        )
    else:
        for finding in findings:
            typer.echo(finding.message)
        typer.echo(f"{len(findings)} anomalie(s)." if findings else "Les livres sont justes.")
    raise typer.Exit(1 if findings else 0)


@app.command()
def aged(
    on: Day = None, company: Company = "", account: str = "411", as_json: AsJson = False
) -> None:
    """Balance âgée à la fin d'un jour, aujourd'hui à défaut."""
    actor = system(company_by_siren(siren=company or None))
    day = on.date() if on else clock.today()
    balance = queries.aged_balance(actor=actor, on=day, account_prefix=account)
    known = parties.snapshots(
        actor=actor, party_ids=[row.party_id for row in balance.rows if row.party_id is not None]
    )
    names = {party_id: snapshot.name for party_id, snapshot in known.items()}
    if as_json:
        rows = [
            {
                "party_id": row.party_id,
                "party": names.get(row.party_id or 0, ""),
                **{name: str(amount) for name, amount in zip(BUCKETS, row.buckets, strict=True)},
                "credits": str(row.credits),
                "balance": str(row.balance),
            }
            for row in balance.rows
        ]
        typer.echo(
            json.dumps(
                {"on": day.isoformat(), "total": str(balance.total), "rows": rows},
                ensure_ascii=False,
            )
        )
        return
    titles = ("non échu", "1-30 j", "31-60 j", "61-90 j", "91-120 j", "> 120 j", "à déduire")
    typer.echo(f"Balance âgée au {day:%d/%m/%Y}")
    typer.echo(f"{'':30}" + "".join(f"{title:>16}" for title in (*titles, "solde")))
    for row in balance.rows:
        amounts = (*row.buckets, row.credits, row.balance)
        typer.echo(
            f"{names.get(row.party_id or 0, 'sans tiers')[:30]:30}"
            + "".join(f"{format_amount(amount):>16}" for amount in amounts)
        )
    typer.echo(f"{'Total':30}" + f"{format_amount(balance.total):>{16 * 8}}")


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Fichier CSV ou XLSX.")],
    on: Day = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Reprendre, au lieu de seulement dire.")
    ] = False,
    company: Company = "",
    as_json: AsJson = False,
) -> None:
    """Reprendre les échéances clients ouvertes ; 1 si des cellules sont à corriger."""
    report = commands.import_open_items(
        actor=system(company_by_siren(siren=company or None)),
        content=file.read_bytes(),
        filename=file.name,
        on=on.date() if on else clock.today(),
        dry_run=not accept,
    )
    if as_json:
        typer.echo(json.dumps(asdict(report), default=str, ensure_ascii=False))
    else:
        for one in report.problems:
            typer.echo(f"ligne {one.row}, {one.column} « {one.value} » : {one.reason}")
        done = "à reprendre" if report.dry_run else "reprise(s)"
        typer.echo(f"{report.rows} échéance(s) {done}, pour {format_amount(report.total)}.")
        if report.dry_run and not report.problems:
            typer.echo("Rien n'est encore écrit : recommencez avec --accept pour reprendre.")
    raise typer.Exit(1 if report.problems else 0)
