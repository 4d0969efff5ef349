"""Console of billing: ``echeance billing …``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from echeance.base import clock
from echeance.base.actor import Actor, system
from echeance.base.queries import company_by_siren
from echeance.billing import commands, queries
from echeance.billing.types import (
    IssueResult,
    OrderImportReport,
    PreparedReport,
    ReportOutcome,
    ReportStand,
    RunReport,
)
from echeance.core.dates import add_months
from echeance.core.errors import EcheanceError
from echeance.core.reporting.model import ReportKind
from echeance.transmission.models import Flow

app = typer.Typer(help="Facturation : importer, préparer, émettre, sceller.", no_args_is_help=True)

Company = Annotated[str, typer.Option(help="SIREN de la société, s'il y en a plusieurs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Une sortie pour les programmes.")]
OrderFile = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="Fichier CSV ou XLSX.")
]
Source = Annotated[
    str,
    typer.Option(
        "--mapping", "--source", help="Source dont la correspondance de colonnes est enregistrée."
    ),
]
Accept = Annotated[bool, typer.Option("--accept", help="Importer, au lieu de seulement dire.")]
On = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d", "%d/%m/%Y"], help="Date d'émission ; aujourd'hui sinon."),
]
_SHOWN = 20


def _actor(company: str) -> Actor:
    return system(company_by_siren(siren=company or None))


def _day(on: datetime | None) -> date:
    return on.date() if on else clock.today()


def _print_json(facts: object) -> None:
    typer.echo(json.dumps(facts, ensure_ascii=False, default=str))


@app.command("import")
def import_file(
    file: OrderFile,
    source: Source = "standard",
    accept: Accept = False,
    company: Company = "",
    as_json: AsJson = False,
) -> None:
    """Lire un fichier de commandes ; 1 si des lignes sont rejetées, chacune avec sa raison.

    Rien n'est écrit sans --accept. Avec --json, un objet : « rows » lignes lues, « accepted »
    lignes prises, « waiting_rows » lignes de documents en attente, « rejected_rows » lignes
    rejetées, et « rejected » : pour chacune sa ligne (row), son document, sa colonne (column), sa
    valeur (value) et sa raison (reason). Un fichier refusé en entier donne « error ».
    """
    content = file.read_bytes()
    try:
        report = commands.import_orders(
            actor=_actor(company),
            content=content,
            filename=file.name,
            source=source,
            dry_run=not accept,
        )
    except EcheanceError as error:
        if as_json:
            told = {"code": error.code, "kind": error.kind, "message": str(error)}
            _print_json({"file": file.name, "error": told | {"facts": error.facts}})
        raise
    if as_json:
        _print_json(
            {
                "file": file.name,
                "sha256": hashlib.sha256(content).hexdigest(),
                "mapping": source,
                "dry_run": not accept,
                "accepted": report.billable_rows,
                "rejected_rows": len(report.rejected),
                **asdict(report),
            }
        )
    else:
        _print_import(report)
    raise typer.Exit(1 if report.rejected else 0)


def _print_import(report: OrderImportReport) -> None:
    for line in report.rejected[:_SHOWN]:
        typer.echo(f"ligne {line.row} ({line.document}) : {line.reason}")
    if len(report.rejected) > _SHOWN:
        typer.echo(f"… et {len(report.rejected) - _SHOWN} autre(s), toutes avec --json.")
    typer.echo(
        f"{report.rows} ligne(s) : {report.orders} commande(s) et {report.cancellations} "
        f"annulation(s) prêtes, {report.waiting} document(s) en attente, "
        f"{len(report.rejected)} ligne(s) rejetée(s)."
    )
    if report.import_id is None:
        typer.echo("Rien n'est encore écrit : recommencez avec --accept pour importer.")


@app.command()
def draft(company: Company = "", as_json: AsJson = False) -> None:
    """Préparer les factures de ce qui est à facturer aujourd'hui, et les avoirs des annulations."""
    actor = _actor(company)
    planned = queries.groups_to_bill(actor=actor, on=clock.today())
    made = [
        row
        for _, row in commands.draft_groups(actor=actor, groups=planned.due, rules=planned.rules)
    ]
    cancelled = queries.cancellations_to_credit(actor=actor).values_list("pk", flat=True)
    notes = commands.draft_cancellations(actor=actor, order_ids=list(cancelled))
    if as_json:
        _print_json({"invoices": [row.pk for row in made], "credit_notes": [n.pk for n in notes]})
        return
    typer.echo(f"{len(made)} facture(s) et {len(notes)} avoir(s) en brouillon.")


@app.command()
def run(
    on: On = None,
    *,
    accept: Annotated[
        bool, typer.Option("--accept", help="Préparer et émettre, au lieu de seulement dire.")
    ] = False,
    company: Company = "",
    as_json: AsJson = False,
) -> None:
    """Facturer tout ce qui est à facturer un jour ; 1 si un document reste à corriger."""
    act = commands.run_billing if accept else commands.plan_run
    report = act(actor=_actor(company), on=_day(on))
    if as_json:
        _print_json({**asdict(report), "issued": [one.number for one in report.issued]})
    else:
        _print_run(report)
    raise typer.Exit(1 if report.kept else 0)


def _print_run(report: RunReport) -> None:
    for one in report.kept:
        what = ", ".join(one.pieces) or f"brouillon {one.invoice_id}"
        typer.echo(f"{one.party_name} ({what}) : {one.why}.")
        for finding in one.findings:
            typer.echo(f"  {finding.message}")
    for left in report.left[:_SHOWN]:
        day = f"part le {left.due_on:%d/%m/%Y}" if left.due_on else left.why
        typer.echo(f"{left.party_name} ({left.number}) : {day}.")
    if len(report.left) > _SHOWN:
        typer.echo(f"… et {len(report.left) - _SHOWN} autre(s), toutes avec --json.")
    numbers = [one.number for one in report.issued]
    span = f", de {numbers[0]} à {numbers[-1]}" if numbers else ""
    typer.echo(
        f"{len(report.drafts)} document(s) préparé(s), {len(numbers)} émis{span}, "
        f"{len(report.kept)} à corriger ou à accorder, {len(report.left)} pièce(s) à facturer "
        "plus tard."
    )
    if not report.accepted:
        typer.echo("Rien n'est encore écrit : recommencez avec --accept pour facturer.")


@app.command()
def preflight(on: On = None, company: Company = "", as_json: AsJson = False) -> None:
    """Dire tout ce qui empêche les brouillons d'être émis ; 1 si l'un d'eux ne peut pas l'être."""
    actor = _actor(company)
    drafts = list(queries.invoices(actor=actor, status="draft").values_list("pk", flat=True))
    found = queries.preflight(actor=actor, invoice_ids=drafts, issue_date=_day(on))
    blocked = [pk for pk, findings in found.items() if any(one.stops for one in findings)]
    if as_json:
        _print_json({pk: [asdict(one) for one in findings] for pk, findings in found.items()})
    else:
        for pk, findings in found.items():
            for finding in findings:
                typer.echo(f"brouillon {pk} : {finding.message}")
        typer.echo(f"{len(found)} brouillon(s), dont {len(blocked)} à corriger.")
    raise typer.Exit(1 if blocked else 0)


@app.command()
def issue(on: On = None, company: Company = "", as_json: AsJson = False) -> None:
    """Émettre les brouillons ; 1 si l'un d'eux reste à corriger."""
    actor = _actor(company)
    drafts = queries.invoices(actor=actor, status="draft").order_by("pk")
    results = commands.issue_invoices(
        actor=actor, invoice_ids=list(drafts.values_list("pk", flat=True)), issue_date=_day(on)
    )
    if as_json:
        _print_json([asdict(result) for result in results])
    else:
        _print_issue(results)
    raise typer.Exit(0 if all(result.issued for result in results) else 1)


def _print_issue(results: Sequence[IssueResult]) -> None:
    for result in results:
        if not result.issued:
            for finding in result.findings:
                if finding.stops:
                    typer.echo(f"brouillon {result.invoice_id} : {finding.message}")
    numbers = [result.number for result in results if result.number]
    span = f", de {numbers[0]} à {numbers[-1]}" if numbers else ""
    typer.echo(f"{len(numbers)} document(s) émis{span} ; {len(results) - len(numbers)} à corriger.")


@app.command()
def rates(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="eurofxref-daily.xml de la BCE.")
    ],
    company: Company = "",
    as_json: AsJson = False,
) -> None:
    """Enregistrer les cours du fichier de la BCE ; ceux déjà connus restent."""
    made = commands.import_rates(
        actor=_actor(company), content=file.read_bytes(), filename=file.name
    )
    if as_json:
        _print_json([{"currency": one.currency, "on": one.on, "rate": one.rate} for one in made])
    else:
        typer.echo(f"{len(made)} cours enregistré(s).")


@app.command()
def seal(
    limit: Annotated[int | None, typer.Option(help="Au plus tant de documents.")] = None,
    company: Company = "",
    as_json: AsJson = False,
) -> None:
    """Faire, valider et archiver les fichiers ; 1 si l'un est refusé, 3 si l'un n'est pas jugé."""
    report = commands.seal_invoices(actor=_actor(company), limit=limit)
    if as_json:
        _print_json(asdict(report))
    else:
        typer.echo(
            f"{report.sealed} scellé(s), {report.refused} refusé(s) par les règles officielles, "
            f"{report.not_validated} non jugé(s)."
        )
    raise typer.Exit(1 if report.refused else 3 if report.not_validated else 0)


@app.command()
def report(
    kind: Annotated[ReportKind, typer.Argument(help="Ventes (transactions) ou encaissements.")],
    day: Annotated[
        datetime, typer.Argument(formats=["%Y-%m-%d", "%d/%m/%Y"], help="Un jour de la période.")
    ],
    *,
    accept: Annotated[
        bool, typer.Option("--accept", help="Préparer et déposer, au lieu de seulement dire.")
    ] = False,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Sans ce qui ne peut pas être déclaré.")
    ] = False,
    company: Company = "",
    as_json: AsJson = False,
) -> None:
    """Préparer l'e-reporting (flux 10) d'une période finie, ou sa correction."""
    result = commands.prepare_report(
        actor=_actor(company),
        kind=kind,
        day=day.date(),
        leave_out=leave_out,
        dry_run=not accept,
    )
    if as_json:
        _print_json(asdict(result))
    else:
        _print_report(result, accept=accept)


_OUTCOMES = {
    ReportOutcome.NOTHING: "rien à déclarer, aucun message n'est attendu",
    ReportOutcome.UNCHANGED: "le message {number} dit toujours vrai",
    ReportOutcome.PREPARED: "le message {number} est prêt à déposer",
}


def _print_report(result: PreparedReport, *, accept: bool) -> None:
    outcome = _OUTCOMES[result.outcome].format(number=result.number)
    if result.outcome is ReportOutcome.PREPARED and not accept:
        outcome = "un message est à préparer ; recommencez avec --accept"
    for sentence in (*result.changes, *result.left_out):
        typer.echo(sentence)
    typer.echo(
        f"Du {result.first_day:%d/%m/%Y} au {result.last_day:%d/%m/%Y}, à transmettre au plus tard "
        f"le {result.due_on:%d/%m/%Y} : {outcome}."
    )


@app.command()
def reports(
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%d/%m/%Y"], help="Depuis ce jour ; deux mois sinon."),
    ] = None,
    company: Company = "",
    as_json: AsJson = False,
) -> None:
    """Lister les périodes d'e-reporting finies, leur échéance et leur message."""
    start = since.date() if since else add_months(clock.today(), -2)
    stands = queries.report_stands(actor=_actor(company), since=start)
    if as_json:
        _print_json([asdict(one) for one in stands])
        return
    for one in stands:
        typer.echo(
            f"{one.due_on:%d/%m/%Y}  {one.kind:12}  {one.first_day:%d/%m/%Y} - "
            f"{one.last_day:%d/%m/%Y}  {_message(one)}"
        )


def _message(one: ReportStand) -> str:
    if not one.number:
        return "aucun message"
    return f"{one.number}, {Flow.StateLabel(one.deposit).label}" if one.deposit else one.number


@app.command()
def template(file: Path, company: Company = "") -> None:
    """Écrire le modèle de document en vigueur, pour le modifier."""
    file.write_text(queries.template_source(actor=_actor(company)), encoding="utf-8")
    typer.echo(f"Écrit : {file}. Modifiez-le, puis lancez « echeance billing style ».")


@app.command()
def style(
    color: Annotated[str, typer.Option(help="Couleur d'accent, #rrggbb.")] = "#1f4e79",
    logo: Annotated[Path | None, typer.Option(exists=True, help="PNG, JPEG ou SVG.")] = None,
    template: Annotated[Path | None, typer.Option(exists=True, help="Modèle Typst.")] = None,
    company: Company = "",
) -> None:
    """Choisir la présentation des prochains documents ; le modèle est essayé d'abord."""
    commands.save_style(
        actor=_actor(company),
        color=color,
        logo=logo.read_bytes() if logo else b"",
        template=template.read_text(encoding="utf-8") if template else "",
    )
    typer.echo("La présentation est enregistrée ; les documents déjà émis gardent la leur.")
