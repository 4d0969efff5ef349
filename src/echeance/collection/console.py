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
from echeance.collection.types import DECISION_LABELS, DryRunCounts, ReminderRow, Tally
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
def dry_run(
    on: On = None,
    company: Company = "",
    as_json: AsJson = False,
    counts: Annotated[
        bool, typer.Option("--counts", help="Seulement les totaux, quel que soit le nombre.")
    ] = False,
) -> None:
    """Dire qui serait relancé, de combien et pourquoi ; rien n'est écrit."""
    if counts:
        _tell_counts(queries.dry_run_counts(actor=_actor(company), on=_day(on)), as_json=as_json)
        return
    rows = queries.dry_run(actor=_actor(company), on=_day(on))
    if as_json:
        typer.echo(json.dumps([_out(row) for row in rows], ensure_ascii=False))
        return
    for row in rows:
        asked = f" {format_amount(row.total)}" if row.lines else ""
        reasons = " ".join(reason.text for reason in row.reasons)
        typer.echo(f"{DECISION_LABELS[row.decision]} · {row.party_name}{asked} · {reasons}")
    typer.echo(f"{len(rows)} client(s) en retard au {_day(on):%d/%m/%Y}.")


def _tell_counts(counts: DryRunCounts, *, as_json: bool) -> None:
    """Customers and amounts by decision, level and reason, in memory that does not grow."""
    tables: dict[str, dict[str, Tally]] = {
        "decisions": {one.value: tally for one, tally in counts.decisions.items()},
        "levels": {label: tally for (_, label), tally in sorted(counts.levels.items())},
        "reasons": dict(sorted(counts.reasons.items())),
    }
    if as_json:
        out = {
            name: {
                key: {"customers": tally.customers, "amount": f"{tally.amount:.2f}"}
                for key, tally in table.items()
            }
            for name, table in tables.items()
        }
        typer.echo(json.dumps(out, ensure_ascii=False))
        return
    for one, tally in counts.decisions.items():
        amount = format_amount(tally.amount)
        typer.echo(f"{DECISION_LABELS[one]} · {tally.customers} client(s) · {amount}")
    for name in ("levels", "reasons"):
        for key, tally in tables[name].items():
            typer.echo(f"  {key} · {tally.customers} client(s) · {format_amount(tally.amount)}")


def _out(row: ReminderRow) -> dict[str, object]:
    facts = asdict(row) | {
        "total": row.total,
        "interest": row.interest,
        "indemnity": row.indemnity,
    }
    plain: dict[str, object] = json.loads(json.dumps(facts, default=str))
    return plain


@app.command("now")
def remind_now(
    party: Annotated[int, typer.Option(help="Numéro du client.")],
    rank: Annotated[int, typer.Option(help="Rang du niveau dans le plan du client.")],
    company: Company = "",
) -> None:
    """Préparer un niveau pour un client, sans attendre son jour ; tout le reste est contrôlé."""
    row = commands.remind_now(actor=_actor(company), party_id=party, rank=rank)
    typer.echo(
        f"relance n° {row.pk} préparée : {row.label}, {format_amount(row.total)}. "
        "Rien n'est encore parti."
    )


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
