"""Console of the parties: ``echeance parties …``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from echeance.base.actor import system
from echeance.base.errors import NotFoundError
from echeance.base.queries import company_by_siren
from echeance.parties import commands, queries
from echeance.parties.rules import LABELS
from echeance.parties.types import ImportReport

app = typer.Typer(
    help="Tiers : importer, exporter, vérifier auprès des registres.", no_args_is_help=True
)

Company = Annotated[str, typer.Option(help="SIREN de la société, s'il y en a plusieurs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Une sortie pour les programmes.")]
Source = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Fichier CSV ou XLSX.")]
Accept = Annotated[bool, typer.Option("--accept", help="Importer, au lieu de seulement dire.")]


@app.command("import")
def import_file(
    file: Source, accept: Accept = False, company: Company = "", as_json: AsJson = False
) -> None:
    """Lire un fichier de clients ; 1 si des cellules sont à corriger, et rien n'est importé."""
    report = commands.import_parties(
        actor=system(company_by_siren(siren=company or None)),
        content=file.read_bytes(),
        filename=file.name,
        dry_run=not accept,
    )
    if as_json:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False))
    else:
        _print(report)
    raise typer.Exit(1 if report.problems else 0)


def _print(report: ImportReport) -> None:
    for problem in report.problems:
        typer.echo(f"ligne {problem.row}, {problem.column} « {problem.value} » : {problem.reason}")
    typer.echo(
        f"{report.rows} ligne(s) : {report.created} à créer, {report.changed} à modifier, "
        f"{report.unchanged} sans changement, {len(report.problems)} cellule(s) à corriger."
        if report.dry_run
        else f"{report.rows} ligne(s) : {report.created} tiers créé(s), {report.changed} "
        f"modifié(s), {report.unchanged} sans changement."
    )
    if report.dry_run and not report.problems:
        typer.echo("Rien n'est encore écrit : recommencez avec --accept pour importer.")


@app.command("export")
def export_file(file: Path, company: Company = "") -> None:
    """Écrire les clients dans un fichier CSV ou XLSX, que « import » relit sans changement."""
    actor = system(company_by_siren(siren=company or None))
    kind = "xlsx" if file.suffix.lower() == ".xlsx" else "csv"
    file.write_bytes(queries.export_parties(actor=actor, kind=kind))
    typer.echo(f"Écrit : {file}")


@app.command("check")
def check(
    codes: Annotated[list[str], typer.Argument(help="Codes des clients.")],
    company: Company = "",
    as_json: AsJson = False,
) -> None:
    """Consulter SIRENE et VIES ; 1 si une correction est proposée. La fiche n'est pas modifiée."""
    actor = system(company_by_siren(siren=company or None))
    found = queries.by_codes(actor=actor, codes=codes)
    for code in codes:
        if code not in found:
            raise NotFoundError(what=f"client de code « {code} »")
    parties = {row.pk: row for row in found.values()}
    checks = commands.check_registers(actor=actor, party_ids=list(parties))
    proposed = queries.proposed_changes_of(actor=actor, parties=list(parties.values()))
    if as_json:
        answers = [
            {
                "code": parties[row.party_id].code,
                "register": row.register,
                "asked": row.asked,
                "outcome": row.outcome,
                "facts": row.facts,
                "reference": row.reference,
            }
            for row in checks
        ]
        changes = [
            {"code": parties[pk].code, "field": one.field, "old": one.old, "new": one.new}
            for pk, some in sorted(proposed.items())
            for one in some
        ]
        told = {"answers": answers, "proposed": changes}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        for row in checks:
            reason = f" ({row.facts['reason']})" if "reason" in row.facts else ""
            typer.echo(
                f"{parties[row.party_id].code} : {row.get_register_display()}, {row.asked} : "
                f"{row.get_outcome_display()}{reason}"
            )
        for pk, some in sorted(proposed.items()):
            for one in some:
                label = LABELS.get(one.field, one.field)
                typer.echo(f"{parties[pk].code} : {label} « {one.old} » devrait être « {one.new} »")
    raise typer.Exit(1 if proposed else 0)
