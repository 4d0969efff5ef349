"""Console face of the assistant: the day, and why."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Annotated

import typer
from django.conf import settings
from rich.console import Console
from rich.progress import Progress

from echeance.assistant import commands, queries
from echeance.assistant.types import DUTY_LABELS, DayReport, Duty, Outcome
from echeance.base import clock
from echeance.base import queries as base
from echeance.base.actor import system

OUTCOMES = {
    Outcome.ACTED: ("fait", "green"),
    Outcome.ASKED: ("à décider", "yellow"),
    Outcome.REFUSED: ("refusé", "red"),
}


def parse_day(text: str | None) -> date:
    """A day of the command line (AAAA-MM-JJ), today when absent."""
    if not text:
        return clock.today()
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  a civil day
    except ValueError as error:
        raise typer.BadParameter(f"« {text} » n'est pas une date : écrivez AAAA-MM-JJ.") from error


def as_json(report: DayReport) -> str:
    """The account of a day for programs."""
    return json.dumps(
        {
            "date": report.on.isoformat(),
            "counts": {outcome.value: report.count(outcome) for outcome in Outcome},
            "decisions": [
                {
                    "duty": one.duty.value,
                    "subject": one.subject,
                    "outcome": one.outcome.value,
                    "act": one.act,
                    "reasons": list(one.reasons),
                    "reversal": one.reversal.value,
                }
                for one in report.decisions
            ],
        },
        ensure_ascii=False,
    )


def print_account(report: DayReport, console: Console) -> None:
    """The account of a day for people."""
    console.print(f"\n[bold]Journée du {report.on:%d/%m/%Y}[/bold]")
    if not report.decisions:
        console.print("Rien de nouveau : tout est à jour.")
    for duty in Duty:
        of_duty = [one for one in report.decisions if one.duty is duty]
        if of_duty:
            console.print(f"\n[bold]{DUTY_LABELS[duty]}[/bold]")
        for one in of_duty:
            word, colour = OUTCOMES[one.outcome]
            console.print(f"  [{colour}]{word:>9}[/{colour}]  {one.act}", highlight=False)
            for reason in one.reasons:
                console.print(f"             {reason}", style="dim", highlight=False)
    console.print(
        f"\n{report.count(Outcome.ACTED)} faits, {report.count(Outcome.ASKED)} à décider, "
        f"{report.count(Outcome.REFUSED)} refusés."
    )


def day(
    date_: Annotated[str | None, typer.Option("--date", help="Jour (AAAA-MM-JJ).")] = None,
    company: Annotated[str | None, typer.Option(help="SIREN de la société.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Compte rendu pour programme.")] = False,
) -> None:
    """Faire la journée : lire la banque, rapprocher, et rendre compte."""
    actor = system(base.company_by_siren(siren=company))
    on = parse_day(date_)
    if json_:
        report = commands.run_day(actor=actor, on=on, inbox=settings.INBOX_ROOT)
        print(as_json(report))
        return
    with Progress(transient=True) as bar:
        task = bar.add_task("Journée", total=None)
        report = commands.run_day(
            actor=actor,
            on=on,
            inbox=settings.INBOX_ROOT,
            progress=lambda duty, place, total: bar.update(
                task, description=DUTY_LABELS[duty], completed=place - 1, total=total
            ),
        )
    print_account(report, Console())


def why(
    number: Annotated[str, typer.Argument(help="Numéro de facture.")],
    date_: Annotated[str | None, typer.Option("--date", help="Jour (AAAA-MM-JJ).")] = None,
    company: Annotated[str | None, typer.Option(help="SIREN de la société.")] = None,
) -> None:
    """Dire en une phrase où en est une facture, et pourquoi."""
    actor = system(base.company_by_siren(siren=company))
    print(queries.why(actor=actor, number=number, on=parse_day(date_)))
