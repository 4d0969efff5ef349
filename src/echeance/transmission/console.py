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
from echeance.transmission.platform import configured
from echeance.transmission.types import ReceptionState, Status

app = typer.Typer(
    help="Boîte d'envoi et plateforme : lister, envoyer, déposer, relever.", no_args_is_help=True
)

Company = Annotated[str, typer.Option(help="SIREN de la société, s'il y en a plusieurs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Une sortie pour les programmes.")]
OfStatus = Annotated[list[Status] | None, typer.Option("--status", help="Seulement cet état.")]
OfReception = Annotated[
    list[ReceptionState] | None, typer.Option("--state", help="Seulement cet état.")
]
ReceivedIds = Annotated[list[int], typer.Argument(help="Numéros donnés par « received ».")]
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


@app.command()
def deposit(company: Company = "", as_json: AsJson = False) -> None:
    """Déposer maintenant sur la plateforme ce qui est prêt ; les issues perdues d'abord."""
    owner = company_by_siren(siren=company or None)
    with configured.platform() as platform:
        report = commands.deposit_due(company=owner, platform=platform)
    if as_json:
        typer.echo(json.dumps(asdict(report)))
    else:
        typer.echo(
            f"{report.deposited} déposé(s), {report.found} retrouvé(s), {report.refused} "
            f"refusé(s), {report.requeued + report.delayed} à réessayer, {report.unknown} d'issue "
            "inconnue."
        )


@app.command()
def poll(company: Company = "", as_json: AsJson = False) -> None:
    """Relever la plateforme : avis sur les dépôts, statuts et factures reçues."""
    owner = company_by_siren(siren=company or None)
    with configured.platform() as platform:
        report = commands.poll_platform(company=owner, platform=platform)
    if as_json:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False))
    else:
        typer.echo(
            f"{report.acknowledged} avis, {report.received} document(s) reçu(s), "
            f"{report.statuses} statut(s), {report.repeated} déjà reçu(s), {report.quarantined} "
            "en quarantaine."
        )
        if report.interrupted:
            typer.echo(report.interrupted)


@app.command()
def received(
    state: OfReception = None, company: Company = "", as_json: AsJson = False, limit: int = 50
) -> None:
    """Lister les documents reçus de la plateforme, les derniers d'abord."""
    actor = system(company_by_siren(siren=company or None))
    for row in queries.received(actor=actor, states=state or ())[:limit]:
        facts = {
            "id": row.pk,
            "state": row.state,
            "kind": row.kind,
            "number": row.document_ref,
            "seller_siren": row.seller_siren,
            "name": row.name,
            "reason": row.reason,
        }
        if as_json:
            typer.echo(json.dumps(facts, ensure_ascii=False))
        else:
            said = f" : {row.reason}" if row.reason else ""
            typer.echo(f"{row.pk}  {row.get_state_display()}  {row}{said}")


@app.command()
def retry(received_ids: ReceivedIds, company: Company = "", as_json: AsJson = False) -> None:
    """Lire de nouveau des documents mis en quarantaine."""
    actor = system(company_by_siren(siren=company or None))
    report = commands.retry_received(actor=actor, received_ids=received_ids)
    if as_json:
        typer.echo(json.dumps(asdict(report)))
    else:
        typer.echo(f"{report.received} reçu(s), {report.quarantined} encore en quarantaine.")
