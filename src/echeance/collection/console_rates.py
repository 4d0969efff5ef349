"""Console of the legal rates: ``echeance collection rates …``."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer
from django.utils.translation import gettext

from echeance.base.actor import system
from echeance.base.queries import company_by_siren
from echeance.collection import commands, queries
from echeance.collection.errors import RateOutOfBoundsError, UnreadableSemesterError
from echeance.core.dates import Semester
from echeance.core.money import format_number

rates_app = typer.Typer(help="Taux légaux : lire, continuer la table.", no_args_is_help=True)

Company = Annotated[str, typer.Option(help="SIREN de la société, s'il y en a plusieurs.")]
AsJson = Annotated[bool, typer.Option("--json", help="Une sortie pour les programmes.")]
_LENGTH = len("2026S1")


@rates_app.command("list")
def list_rates(company: Company = "", as_json: AsJson = False) -> None:
    """Montrer la table des taux, semestre par semestre, et d'où ils viennent."""
    rows = queries.rate_rows(actor=system(company_by_siren(siren=company or None)))
    if as_json:
        told = [
            {
                "semester": str(row.rates.semester),
                "legal_individuals": str(row.rates.legal_individuals),
                "legal_professionals": str(row.rates.legal_professionals),
                "ecb": str(row.rates.ecb),
                "default_penalty": str(row.rates.default_penalty),
                "public_penalty": str(row.rates.public_penalty),
                "contract_floor": str(row.rates.contract_floor),
                "to_confirm": row.rates.to_confirm,
                "source": row.source,
            }
            for row in rows
        ]
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for row in rows:
        rates = row.rates
        line = gettext(
            "{semester}  légal {legal} %  BCE {ecb} %  pénalités {penalty} %  public {public} %  "
            "plancher {floor} %"
        ).format(
            semester=rates.semester,
            legal=format_number(rates.legal_professionals),
            ecb=format_number(rates.ecb),
            penalty=format_number(rates.default_penalty),
            public=format_number(rates.public_penalty),
            floor=format_number(rates.contract_floor),
        )
        typer.echo(line + (gettext("  à confirmer") if rates.to_confirm else ""))


@rates_app.command("add")
def add_rates(
    *,
    semester: Annotated[str, typer.Argument(help="Semestre, écrit 2027S1.")],
    individuals: Annotated[str, typer.Option(help="Taux légal, créancier particulier (%).")],
    professionals: Annotated[str, typer.Option(help="Taux légal, autres cas (%).")],
    ecb: Annotated[str, typer.Option(help="Taux de la BCE au premier jour du semestre (%).")],
    source: Annotated[str, typer.Option(help="Texte où ils ont été lus, et sa date.")] = "",
    to_confirm: Annotated[
        bool, typer.Option("--to-confirm", help="Un chiffre reste à vérifier.")
    ] = False,
    company: Company = "",
) -> None:
    """Continuer la table d'un semestre, ou corriger un semestre à confirmer."""
    row = commands.record_rates(
        actor=system(company_by_siren(siren=company or None)),
        half=_semester(semester),
        legal_individuals=_rate(individuals),
        legal_professionals=_rate(professionals),
        ecb=_rate(ecb),
        source=source,
        to_confirm=to_confirm,
    )
    typer.echo(gettext("Taux du {semester} notés.").format(semester=f"{row.year}S{row.half}"))


def _semester(text: str) -> Semester:
    year, letter, half = text[:4], text[4:5], text[5:]
    if len(text) != _LENGTH or not year.isdecimal() or letter != "S" or half not in {"1", "2"}:
        raise UnreadableSemesterError(text=text[:40])
    return Semester(int(year), int(half))


def _rate(text: str) -> Decimal:
    try:
        rate = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise RateOutOfBoundsError(rate=text[:40]) from error
    if not rate.is_finite():
        raise RateOutOfBoundsError(rate=text[:40])
    return rate
