"""Console of collective proceedings: ``echeance collection insolvencies …``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from echeance.base.actor import Actor, system
from echeance.base.queries import company_by_siren
from echeance.collection import commands
from echeance.collection.registers.bodacc import FILE_BYTES_MAX, configured_client
from echeance.collection.types import WatchReport

insolvencies_app = typer.Typer(
    help="Procédures collectives : les annonces du BODACC sur vos clients.", no_args_is_help=True
)

Company = Annotated[str, typer.Option(help="SIREN de la société, s'il y en a plusieurs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Une sortie pour les programmes.")]


def _actor(company: str) -> Actor:
    return system(company_by_siren(siren=company or None))


@insolvencies_app.command("check")
def check(company: Company = "", as_json: AsJson = False) -> None:
    """Demander au BODACC les annonces sur les clients qui doivent quelque chose."""
    client = configured_client()
    try:
        report = commands.watch_insolvencies(actor=_actor(company), client=client)
    finally:
        if client is not None:
            client.close()
    _tell(report, as_json=as_json)


@insolvencies_app.command("read")
def read(
    file: Annotated[Path, typer.Argument(help="Extrait JSON du BODACC.", exists=True)],
    company: Company = "",
    as_json: AsJson = False,
) -> None:
    """Lire un extrait du BODACC enregistré dans un fichier."""
    with file.open("rb") as stream:
        content = stream.read(FILE_BYTES_MAX + 1)
    report = commands.read_notices(actor=_actor(company), content=content, filename=file.name)
    _tell(report, as_json=as_json)


def _tell(report: WatchReport, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False))
        return
    if report.silent:
        typer.echo(f"Le BODACC n'a pas répondu : {report.silent}.")
    typer.echo(
        f"{report.asked} client(s) suivis, {report.read} annonce(s) lues, {report.new} nouvelle(s)."
    )
