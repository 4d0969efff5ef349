"""Console face of practice: the demonstration."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.core.management import call_command
from rich.console import Console
from rich.progress import Progress

from echeance.assistant import commands as assistant
from echeance.assistant import queries as assistant_queries
from echeance.assistant.console import print_account
from echeance.assistant.types import DUTY_LABELS
from echeance.base import clock
from echeance.billing import commands as billing
from echeance.collection import commands as collection
from echeance.ledger.verify import verify
from echeance.practice import chasing, offers, treasury, world
from echeance.transmission import commands as transmission
from echeance.transmission.smtp import SmtpRelay

app = typer.Typer(help="Entraînement : une société simulée.", no_args_is_help=True)


@app.callback()
def practice() -> None:
    """Entraînement."""


@app.command()
def demo(
    serve: Annotated[bool, typer.Option("--serve", help="Servir ensuite la page.")] = False,
    port: Annotated[int, typer.Option(help="Port d'écoute.")] = 8000,
) -> None:
    """Construire la société d'entraînement et faire sa journée du 24 novembre 2026."""
    out = Console()
    _fresh_home()
    call_command("migrate", verbosity=0)
    out.print("[bold]Atelier Morel[/bold], société d'entraînement : ses mois sont vécus d'abord…")
    with mail_server() as (smtp_port, received):
        relay = _relay(smtp_port)
        actor = world.build(relay)
        offers.enrich(actor)
        chasing.enrich(actor)
        treasury.open_savings(actor)
        past = len(received)
        _drop_files()
        out.print(f"{len(world.SALES)} factures émises, scellées et envoyées ({past} courriels).")
        morning = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
        with clock.at(morning), Progress(transient=True) as bar:
            task = bar.add_task("Journée", total=None)
            report = assistant.run_day(
                actor=actor,
                on=world.DAY,
                inbox=settings.INBOX_ROOT,
                progress=lambda duty, place, total: bar.update(
                    task, description=DUTY_LABELS[duty], completed=place - 1, total=total
                ),
            )
        print_account(report, out)
        with clock.at(morning + timedelta(hours=3)):
            invoices = billing.release_invoices(actor=actor, now=clock.now())
            reminders = collection.release_reminders(actor=actor, now=clock.now())
            sent = transmission.send_due(company=actor.company, provider=relay)
        relay.close()
        out.print(
            f"\nAprès la retenue, vérifiés une dernière fois : {len(invoices.released)} factures, "
            f"{len(reminders.released)} relances ; {sent.sent} messages acceptés par le serveur de "
            f"messagerie, {len(received) - past} reçus."
        )
    with clock.at(morning + timedelta(hours=3)):
        out.print("\n[bold]Pourquoi ?[/bold]")
        for number in ("FA-2026-000003", "FA-2026-000005", "FA-2026-000002", "FA-2026-000007"):
            told = assistant_queries.why(actor=actor, number=number, on=world.DAY)
            out.print(f"  {told}", highlight=False)
        collection.reckon_payers(actor=actor, on=world.DAY)
    findings = verify(company=actor.company)
    out.print(f"\nLivres : {'justes' if not findings else f'{len(findings)} anomalies'}.")
    if findings or not serve:
        raise typer.Exit(1 if findings else 0)
    out.print(f"\nConnectez-vous avec {world.EMAIL} et le mot de passe « {world.PASSWORD} ».")
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "echeance", "serve", "--port", str(port)],
        check=False,
        env={**os.environ, "ECHEANCE_HOME": str(settings.HOME)},
    )


@app.command()
def platform(
    port: Annotated[int, typer.Option(help="Port d'écoute ; 0 : n'importe lequel.")] = 0,
    seed: Annotated[int, typer.Option(help="Graine des pannes et des réponses.")] = 2026,
    faults: Annotated[
        float, typer.Option(min=0, max=1, help="Part des demandes qui échouent.")
    ] = 0,
) -> None:
    """Servir une plateforme agréée et un Chorus Pro d'entraînement, sur cette machine seulement."""
    from echeance.practice.platform.faults import Faults
    from echeance.practice.platform.server import PracticePlatform

    serving = PracticePlatform(port=port, faults=Faults(faults, seed), seed=seed)
    for name, value in serving.environment().items():
        typer.echo(f"{name}={value}")
    sys.stdout.flush()
    try:
        serving.serve()
    except KeyboardInterrupt:
        serving.close()


@app.command()
def matching(
    *,
    seed: Annotated[int, typer.Option(help="Graine du corpus.")] = 1,
    size: Annotated[int, typer.Option(min=1, help="Nombre de lignes de banque.")] = 1000,
    items: Annotated[
        int, typer.Option(min=0, help="Nombre de postes ouverts ; 0 : cinq par ligne.")
    ] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Écrire aussi le corpus en fichiers dans ce dossier.")
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            help="Juger ces réponses de « echeance cash match --json » aux fichiers de --out."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Chiffres en JSON.")] = False,
) -> None:
    """Éprouver le rapprochement sur un corpus de pièges dont la vérité est connue.

    Sort avec 1 si une affectation est fausse.
    """
    from echeance.practice.corpus import files, generate, report, trial
    from echeance.practice.corpus.score import judge

    if answers is not None:
        if out is None:
            raise typer.BadParameter(
                "Donnez par --out le dossier du corpus que ces réponses lisent."
            )
        given = files.read_answers(answers.read_text(encoding="utf-8").splitlines())
        verdicts = judge(files.read_truths(out), given)
        report.print_verdicts(verdicts, as_json=as_json)
        raise typer.Exit(1 if verdicts[""].false else 0)
    corpus = generate.load(seed, size, items or None)
    if out is not None:
        files.write(corpus, out)
    result = trial.run_on(seed, corpus)
    report.print_trial(result, as_json=as_json)
    raise typer.Exit(1 if result.total.false else 0)


@app.command()
def year(
    *,
    seed: Annotated[int, typer.Option(help="Graine des clients et de leur année.")] = 1,
    customers: Annotated[int, typer.Option(min=1, max=2000, help="Nombre de clients.")] = 30,
    months: Annotated[int, typer.Option(min=1, max=12, help="Nombre de mois vécus.")] = 12,
    as_json: Annotated[bool, typer.Option("--json", help="Chiffres en JSON.")] = False,
    here: Annotated[bool, typer.Option("--here", hidden=True)] = False,
) -> None:
    """Vivre une année simulée, sans puis avec relances : retards, messages, plaintes.

    La base est faite pour l'occasion et jetée. Sort avec 1 si un message était faux.
    """
    if not here:
        with tempfile.TemporaryDirectory(prefix="echeance-annee-") as home:
            asked = [f"--seed={seed}", f"--customers={customers}", f"--months={months}", "--here"]
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-m", "echeance", "practice", "year", *asked]
                + ["--json"] * as_json,
                check=False,
                env={**os.environ, "ECHEANCE_HOME": home, "DATABASE_URL": ""},
            )
        raise typer.Exit(done.returncode)
    from echeance.practice.year import report, trial

    _fresh_home()
    call_command("migrate", verbosity=0)
    result = trial.run_year(seed, customers, months=months)
    report.print_year(result, as_json=as_json)
    raise typer.Exit(1 if result.reminded.false or result.findings else 0)


def _relay(port: int) -> SmtpRelay:
    return SmtpRelay(
        {
            "host": "127.0.0.1",
            "port": port,
            "username": "",
            "password": "",
            "security": "none",
            "timeout_seconds": 30,
        }
    )


def _drop_files() -> None:
    """What came in this morning: the bank's file, and the orders."""
    root = Path(settings.INBOX_ROOT) / world.SIREN
    bank, orders = root / "bank", root / "orders" / "standard"
    for folder in (bank, orders):
        folder.mkdir(parents=True)
    (bank / "releve-2026-11-23.xml").write_bytes(world.bank_file())
    for name, content in treasury.bank_files().items():
        (bank / name).write_bytes(content)
    (orders / "commandes-2026-11-24.csv").write_bytes(world.orders_file(world.TODAYS_ORDERS))


def _fresh_home() -> None:
    """The demonstration starts from nothing, in a folder of its own."""
    home = Path(settings.HOME)
    marker = home / "practice"
    if (home / "echeance.sqlite3").exists() and not marker.exists():
        raise typer.BadParameter(
            f"Le dossier {home} contient déjà une installation : choisissez-en un autre avec "
            "ECHEANCE_HOME."
        )
    shutil.rmtree(home, ignore_errors=True)
    (home / "static").mkdir(parents=True)
    marker.touch()


class mail_server:  # noqa: N801  reads as a block: with mail_server() as …
    """A real SMTP server on loopback that keeps what it receives."""

    def __enter__(self) -> tuple[int, list[bytes]]:
        from aiosmtpd.controller import Controller
        from aiosmtpd.smtp import SMTP, Envelope, Session

        received: list[bytes] = []

        class Keep:
            """Accept everything."""

            async def handle_DATA(  # noqa: N802  the server's own name
                self, _server: SMTP, _session: Session, envelope: Envelope
            ) -> str:
                received.append(envelope.content or b"")  # type: ignore[arg-type]
                return "250 2.0.0 kept"

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._controller = Controller(Keep(), hostname="127.0.0.1", port=port)
        self._controller.start()
        return port, received

    def __exit__(self, *_: object) -> None:
        self._controller.stop()
