"""``echeance einvoice``: the e-invoice library on files, without a database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import track

from echeance.base import clock
from echeance.core.einvoice import documents
from echeance.core.einvoice.embed import embed as embed_xml
from echeance.core.einvoice.fields import TERMS
from echeance.core.einvoice.model import Finding
from echeance.core.einvoice.native import native_verdict
from echeance.core.einvoice.official.pool import OfficialValidator
from echeance.core.einvoice.official.verdict import Verdict, exit_code, report
from echeance.core.einvoice.telling import finding, rows, shown
from echeance.core.einvoice.words.explained import explained
from echeance.core.errors import EcheanceError
from echeance.core.typesetting import Typesetter

app = typer.Typer(
    help="Factures électroniques : lire, contrôler, convertir, extraire, joindre.",
    no_args_is_help=True,
)

_T = TypeVar("_T")
LOSS = 5
"""Exit code of a conversion that would lose something: refused."""
INVALID = 2

Files = Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="PDF ou XML.")]
Source = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]
Json = Annotated[bool, typer.Option("--json", help="Un objet JSON par fichier, un par ligne.")]
Force = Annotated[bool, typer.Option("--force", help="Remplacer un fichier qui existe.")]


class Engine(StrEnum):
    """Who judges."""

    OFFICIAL = "official"
    NATIVE = "native"
    BOTH = "both"


class Target(StrEnum):
    """What to convert to."""

    CII = "cii"
    UBL = "ubl"
    FACTUR_X = "factur-x"


@app.callback()
def einvoice() -> None:
    """Factures électroniques."""


@app.command()
def show(files: Files, as_json: Json = False) -> None:
    """Lire des fichiers, terme par terme. 0 : tous lus ; 2 : un fichier n'est pas lisible."""
    refused = False
    for path in _progress(files, len(files)):
        try:
            told = shown(documents.read(path.read_bytes(), path.name))
        except EcheanceError as error:
            refused = True
            _refuse(path, error, as_json=as_json)
            continue
        if as_json:
            _line({"file": str(path), **told})
        else:
            _table(path, told)
    raise typer.Exit(INVALID if refused else 0)


@app.command()
def validate(
    files: Files,
    as_json: Json = False,
    engine: Annotated[
        Engine, typer.Option(help="official : règles officielles ; native : les nôtres, plus vite.")
    ] = Engine.OFFICIAL,
) -> None:
    """Contrôler des fichiers. 0 : tous valides ; 1 : un est invalide ; 3 : un n'a pu être jugé."""
    verdicts = []
    for path, name, verdict in _progress(_judged(files, engine), len(files)):
        verdicts.append(verdict)
        if as_json:
            told = [finding(item) for item in verdict.findings]
            shape = {**report(path, verdict), "findings": told}
            _line({**shape, "engine": name} if engine is Engine.BOTH else shape)
            continue
        state = "valide" if verdict.valid else "invalide" if verdict.validated else "non jugé"
        by = f"{name}, " if engine is Engine.BOTH else ""
        typer.echo(f"{path} : {state} ({by}{verdict.syntax} {verdict.profile})")
        for item in verdict.findings:
            _explain(item)
    raise typer.Exit(exit_code(verdicts))


@app.command()
def convert(
    source: Source,
    out: Annotated[Path, typer.Argument(dir_okay=False)],
    to: Annotated[Target, typer.Option("--to", help="Syntaxe du fichier écrit.")],
    force: Force = False,
) -> None:
    """Convertir un fichier. 5 : quelque chose se perdrait, rien n'est écrit."""
    document = documents.read(source.read_bytes(), source.name)
    made = documents.convert(
        document,
        to.value.upper(),
        typesetter=_typesetter() if to is Target.FACTUR_X else None,
        timestamp=clock.now(),
    )
    if made.lost:
        typer.echo(
            f"{source} : la cible ne peut pas porter ces données, rien n'est écrit.", err=True
        )
        for loss in made.lost:
            typer.echo(f"  {loss.term} {loss.label} : {loss.value}".replace("   ", "  "), err=True)
        raise typer.Exit(LOSS)
    _write(out, made.content, force=force)
    if made.profile_before:
        typer.echo(f"Profil d'origine remplacé : {made.profile_before}", err=True)
    typer.echo(str(out))


@app.command()
def extract(files: Files, force: Force = False) -> None:
    """Écrire à côté de chaque PDF le XML qu'il porte, octet pour octet."""
    for path in files:
        out = path.with_suffix(".xml")
        _write(out, documents.read(path.read_bytes(), path.name).xml, force=force)
        typer.echo(str(out))


@app.command()
def embed(
    pdf: Source,
    xml: Source,
    out: Annotated[Path, typer.Argument(dir_okay=False)],
    force: Force = False,
) -> None:
    """Joindre un XML à un PDF. 1 : c'est un Factur-X, mais pas un PDF/A-3 ; dit pourquoi."""
    made = embed_xml(pdf.read_bytes(), xml.read_bytes(), timestamp=clock.now(), filename=pdf.name)
    _write(out, made.content, force=force)
    typer.echo(str(out))
    for item in made.findings:
        typer.echo(f"  {item.rule} [{item.severity}] {item.message}", err=True)
    raise typer.Exit(0 if made.is_pdfa else 1)


def _judged(files: list[Path], engine: Engine) -> Iterator[tuple[Path, str, Verdict]]:
    """Each file with the name of its judge and the verdict, file by file, in the order given."""
    if engine is Engine.NATIVE:
        for path in files:
            yield path, "native", native_verdict(path.read_bytes(), path.name)
        return
    with OfficialValidator() as validator:
        asked = ((path.read_bytes(), path.name) for path in files)
        for path, verdict in zip(files, validator.validate_many(asked), strict=True):
            yield path, "official", verdict
            if engine is Engine.BOTH:
                yield path, "native", native_verdict(path.read_bytes(), path.name)


def _progress(items: Iterable[_T], total: int) -> Iterable[_T]:
    """The items, with a bar on the error output when that is a terminal and there are several."""
    console = Console(stderr=True)
    shown_bar = console.is_terminal and total > 1
    return track(
        items, "Fichiers", total=total, console=console, transient=True, disable=not shown_bar
    )


def _typesetter() -> Typesetter:
    template = resources.files("echeance.core.einvoice").joinpath("templates/invoice.typ")
    return Typesetter(template.read_text(encoding="utf-8"))


def _explain(item: Finding) -> None:
    """Where, what, what to do; then the rule in its own words."""
    words = explained(item)
    place = f"{words.place_fr} : " if words.place_fr else ""
    typer.echo(f"  {place}{words.sentence_fr} {words.todo_fr}")
    typer.echo(f"    {item.rule} [{item.severity}] {item.message}")


def _line(shape: dict[str, Any]) -> None:
    typer.echo(json.dumps(shape, ensure_ascii=False))


def _refuse(path: Path, error: EcheanceError, *, as_json: bool) -> None:
    if as_json:
        _line({"file": str(path), "error": {"code": error.code, "message": str(error)}})
    else:
        typer.echo(f"{path} : {error}", err=True)


def _table(path: Path, told: dict[str, Any]) -> None:
    """One line a term: number, French label, value; what was not understood, and findings."""
    labels = {term.id: term.label for term in reversed(TERMS)}
    typer.echo(f"{path} ({told['syntax']} {told['profile']})")
    for depth, number, value in rows(told["terms"]):
        typer.echo(
            f"{'  ' * (depth + 1)}{number:<8} {labels.get(number, '')} : {value}".rstrip(": ")
        )
    for item in told["unknown"]:
        typer.echo(f"  Hors norme, ligne {item['line']} : {item['path']} = {item['value']}")
    for one in told["findings"]:
        typer.echo(f"  {one['rule']} [{one['severity']}] {one['message']}")


def _write(out: Path, content: bytes, *, force: bool) -> None:
    """Write a file; one that exists is replaced only when told."""
    try:
        with out.open("wb" if force else "xb") as file:
            file.write(content)
    except FileExistsError as error:
        told = f"{out} existe déjà : choisissez un autre nom ou ajoutez --force."
        raise typer.BadParameter(told) from error
