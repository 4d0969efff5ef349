"""The ``echeance`` command: mounts the consoles of the rooms, maps errors to exit codes once."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from echeance.core.errors import EcheanceError, Kind

# Exit codes by kind of business error; verdict commands have their own (0, 1, 3).
EXIT_CODES = {
    Kind.INVALID: 2,
    Kind.NOT_FOUND: 3,
    Kind.FORBIDDEN: 4,
    Kind.REFUSED: 5,
    Kind.CONFLICT: 6,
    Kind.UNAVAILABLE: 7,
}


def build() -> typer.Typer:
    """The whole command tree; Django is set up first, since the rooms' consoles need it."""
    import django

    django.setup()
    from echeance.archive.console import app as archive
    from echeance.assistant.console import day, why
    from echeance.billing.console import app as billing
    from echeance.cash.console import app as bank
    from echeance.cash.console import cash_app as cash
    from echeance.cli.einvoice import app as einvoice
    from echeance.collection.console import app as reminders
    from echeance.collection.console import collection_app as collection
    from echeance.ledger.console import app as ledger
    from echeance.ledger.console import import_file as import_open_items
    from echeance.parties.console import app as parties
    from echeance.parties.console import import_file as import_customers
    from echeance.practice.console import app as practice
    from echeance.transmission.console import app as outbox

    app = typer.Typer(
        help="Échéance : la facturation, de la commande à l'encaissement.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.command()(day)
    app.command()(why)
    app.command()(init)
    app.command()(serve)
    app.command()(worker)
    imports = typer.Typer(help="Commencer avec ce qui existe.", no_args_is_help=True)
    imports.command("customers")(import_customers)
    imports.command("open-items")(import_open_items)
    app.add_typer(imports, name="import")
    app.add_typer(archive, name="archive")
    app.add_typer(bank, name="bank")
    app.add_typer(cash, name="cash")
    app.add_typer(billing, name="billing")
    app.add_typer(einvoice, name="einvoice")
    app.add_typer(ledger, name="ledger")
    app.add_typer(parties, name="parties")
    app.add_typer(outbox, name="outbox")
    app.add_typer(practice, name="practice")
    app.add_typer(reminders, name="reminders")
    app.add_typer(collection, name="collection")
    return app


def init(
    siren: Annotated[str, typer.Option(prompt="SIREN", help="SIREN de la société.")],
    name: Annotated[str, typer.Option(prompt="Raison sociale", help="Raison sociale.")],
    iban: Annotated[str, typer.Option(help="IBAN du compte encaissé.")] = "",
    email: Annotated[str, typer.Option(help="Adresse d'envoi des factures.")] = "",
    terms: Annotated[str, typer.Option(help="Conditions de règlement habituelles.")] = "30 jours",
    owner: Annotated[
        str, typer.Option(help="Courriel de la personne qui s'en sert ; son mot de passe suit.")
    ] = "",
) -> None:
    """Créer la base et une société prête à travailler ; sans effet sur l'existant."""
    from django.core.management import call_command
    from django.db import transaction

    from echeance.assistant import commands as assistant
    from echeance.assistant.types import Founding
    from echeance.base import commands as base
    from echeance.base.types import CompanyFacts
    from echeance.core.identifiers import Siren
    from echeance.core.terms import parse_terms

    checked = Siren.parse(siren)
    call_command("migrate", verbosity=0)
    password = _ask_password() if owner else ""
    with transaction.atomic():
        assistant.found_company(
            facts=CompanyFacts(
                name=name,
                siren=checked.value,
                vat_id=checked.vat_id.value,
                electronic_address=checked.value,
                email=email,
                payment_terms=parse_terms(terms).code,
            ),
            founding=Founding(iban=iban),
            owner=base.create_user(email=owner, full_name=owner, password=password)
            if owner
            else None,
        )
    typer.echo(f"{name} est créée. Déposez vos relevés, puis lancez « echeance day ».")


def _ask_password() -> str:
    """A password that the rules of the pages accept, asked twice and never shown."""
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    password = str(typer.prompt("Mot de passe", hide_input=True, confirmation_prompt=True))
    try:
        validate_password(password)
    except ValidationError as error:
        raise typer.BadParameter(" ".join(error.messages)) from error
    return password


def serve(
    port: Annotated[int, typer.Option(help="Port d'écoute sur cette machine.")] = 8000,
) -> None:
    """Servir les pages sur cette machine, avec l'exécutant des tâches de fond. Ctrl+C arrête."""
    import signal
    import subprocess

    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    typer.echo(f"Échéance est servie sur http://127.0.0.1:{port}/ (Ctrl+C pour arrêter).")
    pages = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    children = [
        subprocess.Popen([sys.executable, "-m", "echeance", "worker"]),
        subprocess.Popen([sys.executable, *pages, "echeance.config.wsgi:application"]),  # noqa: S603
    ]
    # Whoever stops this process stops the two it started: none is left holding the port.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        children[1].wait()
    except KeyboardInterrupt:
        typer.echo("Arrêt.")
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait()


def worker() -> None:
    """Exécuter les tâches de fond jusqu'à l'arrêt."""
    import signal
    import threading

    from echeance.base import runner

    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    runner.loop(stop)


def _keep_secret(home: Path) -> None:
    """Give the installation its secret key, made once and readable by its owner only."""
    if "ECHEANCE_SECRET_KEY" in os.environ:
        return
    file = home / "secret_key"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48), encoding="ascii")
    os.environ["ECHEANCE_SECRET_KEY"] = file.read_text(encoding="ascii")


def main() -> None:
    """Run the command; a business error prints its sentence and exits by its kind."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "echeance.config.settings.common")
    if sys.argv[1:2] == ["practice"]:  # apart from a real installation
        os.environ.setdefault("ECHEANCE_HOME", "var/demo")
    home = Path(os.environ.get("ECHEANCE_HOME", "var"))
    (home / "static").mkdir(parents=True, exist_ok=True)
    _keep_secret(home)
    try:
        build()()
    except EcheanceError as error:
        from django.utils import translation

        from echeance.base.language import translated

        with translation.override(os.environ.get("ECHEANCE_LANGUAGE", "fr")):
            sys.stderr.write(f"{translated(error)}\n")
        sys.exit(EXIT_CODES[error.kind])
