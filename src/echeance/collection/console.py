"""Console of the collection room: ``echeance reminders …``, ``echeance collection …``."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

import typer

from echeance.base import clock
from echeance.base.actor import Actor, system
from echeance.base.queries import company_by_siren
from echeance.collection import commands, queries
from echeance.collection.console_insolvency import insolvencies_app
from echeance.collection.console_interest import interest_cases
from echeance.collection.console_rates import rates_app
from echeance.collection.types import DECISION_LABELS, ReminderRow
from echeance.core.money import format_amount

app = typer.Typer(help="Relances : essayer, préparer, laisser partir.", no_args_is_help=True)

collection_app = typer.Typer(help="Recouvrement : calculs, taux.", no_args_is_help=True)
collection_app.command("interest")(interest_cases)
collection_app.add_typer(rates_app, name="rates")
collection_app.add_typer(insolvencies_app, name="insolvencies")

Company = Annotated[str, typer.Option(help="SIREN de la société, s'il y en a plusieurs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Une sortie pour les programmes.")]
On = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Jour jugé ; aujourd'hui sinon.")
]


def _actor(company: str) -> Actor:
    return system(company_by_siren(siren=company or None))


def _day(on: datetime | None) -> date:
    return on.date() if on else clock.today()


@collection_app.callback()
def collection() -> None:
    """Recouvrement."""


@app.command("dry-run")
def dry_run(on: On = None, company: Company = "", as_json: AsJson = False) -> None:
    """Dire qui serait relancé, de combien et pourquoi ; rien n'est écrit."""
    rows = queries.dry_run(actor=_actor(company), on=_day(on))
    if as_json:
        typer.echo(json.dumps([_out(row) for row in rows], ensure_ascii=False))
        return
    for row in rows:
        asked = f" {format_amount(row.total)}" if row.lines else ""
        reasons = " ".join(reason.text for reason in row.reasons)
        typer.echo(f"{DECISION_LABELS[row.decision]} · {row.party_name}{asked} · {reasons}")
    typer.echo(f"{len(rows)} client(s) en retard au {_day(on):%d/%m/%Y}.")


def _out(row: ReminderRow) -> dict[str, object]:
    facts = asdict(row) | {
        "total": row.total,
        "interest": row.interest,
        "indemnity": row.indemnity,
    }
    plain: dict[str, object] = json.loads(json.dumps(facts, default=str))
    return plain


@app.command()
def prepare(on: On = None, company: Company = "", as_json: AsJson = False) -> None:
    """Préparer les messages du jour ; ils attendent dans la boîte d'envoi."""
    report = commands.prepare_reminders(actor=_actor(company), on=_day(on))
    counts = {
        "prepared": len(report.reminder_ids),
        "to_approve": report.to_approve,
        "hold": len(report.hold),
        "excluded": len(report.excluded),
    }
    if as_json:
        typer.echo(json.dumps(counts))
        return
    typer.echo(
        f"{counts['prepared']} relance(s) préparée(s), dont {counts['to_approve']} à approuver ; "
        f"{counts['hold']} en attente, {counts['excluded']} écartée(s)."
    )


@app.command()
def release(company: Company = "", as_json: AsJson = False) -> None:
    """Contrôler une dernière fois les relances approuvées, et laisser partir les bonnes."""
    report = commands.release_reminders(actor=_actor(company), now=clock.now())
    if as_json:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False))
        return
    for one in (*report.waiting, *report.cancelled):
        typer.echo(f"relance n° {one.reminder_id} : {one.reason}")
    typer.echo(
        f"{len(report.released)} à envoyer, {len(report.waiting)} en attente, "
        f"{len(report.cancelled)} annulée(s)."
    )
