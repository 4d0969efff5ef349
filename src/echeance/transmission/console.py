"""Console of the outbox: ``echeance outbox …``."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from echeance.base.actor import system
from echeance.base.queries import company_by_siren
from echeance.transmission import commands, queries, smtp
from echeance.transmission.types import Status

app = typer.Typer(help="Boîte d'envoi : lister, envoyer, lire les retours.", no_args_is_help=True)

Company = Annotated[str, typer.Option(help="SIREN de la société, s'il y en a plusieurs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Une sortie pour les programmes.")]
OfStatus = Annotated[list[Status] | None, typer.Option("--status", help="Seulement cet état.")]
Mails = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="Courriels .eml.")]


@app.command("list")
def list_messages(
    status: OfStatus = None, company: Company = "", as_json: AsJson = False, limit: int = 50
) -> None:
    """Lister les messages, les derniers d'abord."""
    actor = system(company_by_siren(siren=company or None))
    for row in queries.outbox(actor=actor, statuses=status or ())[:limit]:
        facts = {
            "id": row.pk,
            "status": row.status,
            "subject": row.subject,
            "to": list(row.recipients),
            "subject_line": row.subject_line,
            "message_id": row.message_id,
            "response": row.response,
        }
        if as_json:
            typer.echo(json.dumps(facts, ensure_ascii=False))
        else:
            said = f" ({row.response})" if row.response else ""
            recipients = ", ".join(row.recipients)
            typer.echo(f"{row.get_status_display()}  {row.subject_line}  à {recipients}{said}")


@app.command()
def send(company: Company = "", as_json: AsJson = False) -> None:
    """Envoyer maintenant ce qui est accordé ; 0 même si des messages sont refusés (voir list)."""
    owner = company_by_siren(siren=company or None)
    report = commands.send_due(company=owner, provider=smtp.relay())
    if as_json:
        typer.echo(json.dumps(asdict(report)))
    else:
        typer.echo(
            f"{report.sent} envoyé(s), {report.refused} refusé(s), {report.retried} à réessayer, "
            f"{report.unknown + report.lost} d'issue inconnue, {report.expired} à revérifier."
        )


@app.command()
def bounces(mails: Mails, company: Company = "", as_json: AsJson = False) -> None:
    """Lire des avis de non-remise et marquer les adresses qui ne répondent plus."""
    report = commands.record_bounces(
        actor=system(company_by_siren(siren=company or None)),
        raw_mails=[mail.read_bytes() for mail in mails],
    )
    if as_json:
        typer.echo(json.dumps(asdict(report)))
    else:
        typer.echo(
            f"{len(report.message_ids)} message(s) non remis, "
            f"{len(report.addresses)} adresse(s) en défaut, "
            f"{report.unmatched} courriel(s) sans rapport."
        )
