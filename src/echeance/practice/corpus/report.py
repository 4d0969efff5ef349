"""The trial as a French table, or as JSON."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from echeance.core.money import format_number
from echeance.practice.corpus.score import Verdict
from echeance.practice.corpus.traps import TRAPS
from echeance.practice.corpus.trial import Trial

_WIDTH = 100
_BASELINES = {
    "naive_amount": "Montant exact",
    "reference_or_amount": "Référence ou montant",
    "greedy_subset": "Ensemble glouton",
}


def figures(trial: Trial) -> dict[str, Any]:
    """What is printed as JSON; shares are of all lines, in parts of one."""
    lines = max(1, trial.total.lines)
    return {
        "seed": trial.seed,
        "lines": trial.total.lines,
        "items": len(trial.corpus.items),
        **_counts(trial.total),
        "applied_share": round(trial.total.applied / lines, 4),
        "asked_share": round(trial.total.asked / lines, 4),
        "solver_share": round(trial.total.solver / lines, 4),
        "seconds": round(trial.seconds, 3),
        "lines_per_second": round(lines / trial.seconds) if trial.seconds else 0,
        "false_entries": [{"trap": trap, "entry": entry} for trap, entry in trial.false_entries()],
        "baselines": [
            {
                "name": one.name,
                "threshold": one.best.threshold,
                "applied_without_false": one.best.applied,
                "applied_share_without_false": round(one.best.applied / lines, 4),
                "applied_at_any_confidence": one.best.applied_all,
                "false_at_any_confidence": one.best.false_all,
                "seconds": round(one.seconds, 3),
            }
            for one in trial.baselines
        ],
        "traps": {name: _counts(one) for name, one in sorted(trial.verdicts.items()) if name},
    }


def print_trial(trial: Trial, *, as_json: bool) -> None:
    """Print the whole trial."""
    if as_json:
        typer.echo(json.dumps(figures(trial), ensure_ascii=False))
        return
    out = Console(width=_WIDTH)
    out.print(_table(trial.verdicts))
    lines = max(1, trial.total.lines)
    out.print(
        f"{lines} lignes, {len(trial.corpus.items)} postes ouverts, "
        f"{_decimal(trial.seconds)} s ; solveur {_percent(trial.total.solver, lines)}."
    )
    out.print(
        "Sûres : la vérité se déduit de ce qui est montré. Appl. : appliquées seules. Dem. : "
        "demandées. S. rép. : sans réponse. Manq. : sûres et non appliquées. Sans faute : ce "
        "qu'une méthode simple applique au seuil où aucune de ses affectations n'est fausse."
    )
    for trap, entry in trial.false_entries():
        out.print(f"Affectation fausse : ligne {entry}, {TRAPS[trap].label}.")
    rivals = Table(box=box.SIMPLE, padding=(0, 0, 0, 1))
    for title in ("Méthode simple", "Sans faute", "Seuil", "Tout", "Fausses", "Secondes"):
        rivals.add_column(title, no_wrap=True)
    for one in trial.baselines:
        rivals.add_row(
            _BASELINES[one.name],
            f"{one.best.applied} ({_percent(one.best.applied, lines)})",
            str(one.best.threshold) if one.best.applied else "aucun",
            str(one.best.applied_all),
            str(one.best.false_all),
            _decimal(one.seconds),
        )
    out.print(rivals)


def print_verdicts(verdicts: dict[str, Verdict], *, as_json: bool) -> None:
    """Print what answers are worth."""
    if as_json:
        traps = {name: _counts(one) for name, one in sorted(verdicts.items()) if name}
        total = verdicts[""]
        typer.echo(json.dumps({"lines": total.lines, **_counts(total), "traps": traps}))
        return
    Console(width=_WIDTH).print(_table(verdicts))


def _table(verdicts: dict[str, Verdict]) -> Table:
    table = Table(box=box.SIMPLE, padding=(0, 0, 0, 1))
    table.add_column("Situation", no_wrap=True, max_width=38)
    for title in ("Lignes", "Sûres", "Appl.", "Dem.", "S. rép.", "Faux", "Manq."):
        table.add_column(title, justify="right", no_wrap=True, min_width=5)
    order = {name: place for place, name in enumerate(TRAPS)}
    for name in sorted(verdicts, key=lambda one: order.get(one, len(order))):
        one = verdicts[name]
        label = TRAPS[name].label if name else "Toutes"
        numbers = (one.lines, one.knowable, one.applied, one.asked, one.unknown, one.false)
        table.add_row(label, *map(str, (*numbers, one.missed)), end_section=name == "mixed_slip")
    return table


def _counts(one: Verdict) -> dict[str, int]:
    return {
        "applied": one.applied,
        "asked": one.asked,
        "unknown": one.unknown,
        "false": one.false,
        "missed": one.missed,
        "knowable": one.knowable,
        "bold": one.bold,
    }


def _percent(part: int, whole: int) -> str:
    return f"{format_number(Decimal(part * 100) / whole, 1)} %"


def _decimal(seconds: float) -> str:
    return format_number(Decimal(str(round(seconds, 2))))
