"""Console of late interest on paper: ``echeance collection interest``, no company, no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext

from echeance.collection import queries
from echeance.core.dunning import RATES, Imputation
from echeance.core.dunning.cases import (
    BYTES_MAX,
    CaseAnswer,
    answer_told,
    read_cases,
    reckon,
)
from echeance.core.money import ZERO, format_amount, format_number

Source = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="Cas en JSON, un ou plusieurs.")
]
AsJson = Annotated[
    bool,
    typer.Option(
        "--json",
        help=(
            "Réponse JSON de même forme que la question. Par tranche : from et to sont le premier "
            "et le dernier jour comptés, tous deux inclus ; base × rate × days / 365 = amount."
        ),
    ),
]
First = Annotated[
    Imputation,
    typer.Option("--imputation", help="Ce qu'un paiement règle d'abord, si le cas ne le dit pas."),
]
Recorded = Annotated[
    bool, typer.Option("--recorded", help="Ajouter les taux notés dans la base de la société.")
]


def interest_cases(
    source: Source,
    as_json: AsJson = False,
    imputation: First = Imputation.INTEREST_FIRST,
    recorded: Recorded = False,
) -> None:
    """Calculer les pénalités et l'indemnité de cas écrits en JSON ; rien n'est enregistré.

    Tout est lu et calculé avant d'écrire : un champ faux, et rien n'est écrit. Un paiement sans
    numéro est imputé comme la loi le dit (C. civ. 1342-10). 0 : fait ; 2 : un champ est faux ;
    7 : les taux d'un semestre manquent.
    """
    # One byte past the limit is enough to refuse: a huge file is not held.
    with source.open("rb") as file:
        content = file.read(BYTES_MAX + 1)
    cases, shape = read_cases(content)
    rates = queries.rates_in_force() if recorded else RATES
    answers = [reckon(case, imputation=imputation, rates=rates) for case in cases]
    if as_json:
        told = [answer_told(answer) for answer in answers]
        shaped = {"list": told, "cases": {"cases": told}, "case": told[0] if told else None}[shape]
        typer.echo(json.dumps(shaped, ensure_ascii=False))
        return
    for answer in answers:
        typer.echo("\n".join(_lines(answer)))


def _lines(answer: CaseAnswer) -> list[str]:
    """A case as a person checks it: each slice is a multiplication."""
    until = f"{answer.case.until:%d/%m/%Y}"
    lines = [gettext("Cas {case}, arrêté au {day}").format(case=answer.case.case_id, day=until)]
    for one in answer.invoices:
        lines.append(
            gettext("  {number}, {amount} dus le {day}").format(
                number=one.invoice.number,
                amount=format_amount(one.invoice.amount),
                day=f"{one.invoice.due_date:%d/%m/%Y}",
            )
        )
        lines += [
            gettext(
                "    du {start}, {days} jours : {base} × {rate} % × {days} / 365 = {amount}"
            ).format(
                start=f"{part.start:%d/%m/%Y}",
                days=part.days,
                base=format_amount(part.base),
                rate=format_number(part.rate_percent),
                amount=format_amount(part.amount),
            )
            for part in one.interest.slices
        ]
        lines.append(
            gettext("    pénalités {interest}, indemnité {indemnity}, total {total}").format(
                interest=format_amount(one.interest.total),
                indemnity=format_amount(one.indemnity),
                total=format_amount(one.total),
            )
        )
    total = sum((one.total for one in answer.invoices), ZERO)
    lines.append(gettext("  Total du cas : {total}").format(total=format_amount(total)))
    if answer.unapplied:
        left = format_amount(answer.unapplied)
        lines.append(gettext("  Reçu en trop : {left}").format(left=left))
    return lines
