"""What the two lives of the year came to, in words or in JSON."""

from __future__ import annotations

import json
from collections.abc import Callable

import typer

from echeance.core.money import format_amount, format_number
from echeance.practice.year.life import Figures
from echeance.practice.year.trial import YearResult


def print_year(result: YearResult, *, as_json: bool) -> None:
    """Both lives side by side; what must be zero is said."""
    if as_json:
        typer.echo(json.dumps(_plain(result), ensure_ascii=False))
        return
    rows: tuple[tuple[str, Callable[[Figures], str]], ...] = (
        ("Factures émises", lambda one: str(one.bills)),
        ("Retard moyen pondéré (jours)", lambda one: format_number(one.days_late)),
        ("Factures payées en retard, ou encore dues", lambda one: str(one.late_bills)),
        ("En retard au dernier jour", lambda one: format_amount(one.overdue)),
        ("Messages partis", lambda one: str(one.messages)),
        ("Messages faux (zéro attendu)", lambda one: str(one.false)),
        ("Messages croisés avec un paiement du jour", lambda one: str(one.crossed)),
        ("Plaintes", lambda one: str(one.complaints)),
        ("Promesses notées", lambda one: str(one.promises)),
        ("Litiges ouverts", lambda one: str(one.disputes)),
    )
    typer.echo(f"Graine {result.seed}, {result.customers} clients : sans relance | avec relances")
    for label, told in rows:
        typer.echo(f"{label} : {told(result.without)} | {told(result.reminded)}")
    for why, count in sorted(result.reminded.why_false.items()):
        typer.echo(f"  faux : {why} × {count}")
    typer.echo(f"Anomalies des livres : {result.findings}")


def _plain(result: YearResult) -> dict[str, object]:
    return {
        "seed": result.seed,
        "customers": result.customers,
        "without": _figures(result.without),
        "with": _figures(result.reminded),
        "ledger_findings": result.findings,
    }


def _figures(one: Figures) -> dict[str, object]:
    return {
        "invoices": one.bills,
        "average_days_late": str(one.days_late),
        "late_invoices": one.late_bills,
        "overdue": str(one.overdue),
        "messages": one.messages,
        "false_messages": one.false,
        "crossed_messages": one.crossed,
        "complaints": one.complaints,
        "promises": one.promises,
        "disputes": one.disputes,
        "why_false": dict(one.why_false),
    }
