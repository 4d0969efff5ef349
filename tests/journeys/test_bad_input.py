"""What comes in wrong, through the console: told in French, and nothing half imported.

The sentence names the line where there is one, the exit code says the kind of error. The console runs on an embedded installation of its own; every case must leave it as it was.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from echeance.core import bank

pytestmark = pytest.mark.slow

IBAN = "FR7630006000011234567890189"
TITLES = "commande;client;désignation;quantité;PU HT;nature;date"
GOOD_ORDER = f"{TITLES}\nCDE-1;C1;Étagère;1;10,00;services;24/11/2026\n"
INVALID, CONFLICT, VERDICT = 2, 6, 1
BOOKED = "<BookgDt>\n          <Dt>2026-11-23"


def statement(amount="120.00", number=1) -> str:
    """A camt.053 of one receipt."""
    day = date(2026, 11, 23)
    entry = bank.StatementEntry(
        index=1,
        direction="CRDT",
        amount=Decimal(amount),
        reversal=False,
        booking_date=day,
        value_date=day,
        bank_reference=f"R{number}",
        bank_code="",
        label="",
        details=(bank.EntryDetail(amount=Decimal(amount), remittance_text="FA-2026-000001"),),
        raw="",
        fingerprint="",
    )
    return bank.write_camt053(
        bank.Statement(
            format="camt.053.001.08",
            statement_id=f"RELEVE-{number}",
            sequence_number=number,
            account_iban=IBAN,
            account_id="",
            account_key=bank.account_key(IBAN),
            currency="EUR",
            opening_balance=Decimal("1000.00"),
            closing_balance=Decimal("1000.00") + Decimal(amount),
            opening_date=day,
            closing_date=day,
            entries=(entry,),
        )
    ).decode()


def broken(old: str, new: str) -> str:
    """A right statement with one thing wrong."""
    right = statement()
    assert old in right
    return right.replace(old, new)


class Console:
    """``echeance …`` in a folder of its own."""

    def __init__(self, home: Path):
        self.home = home

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        environment |= {"ECHEANCE_HOME": str(self.home), "COLUMNS": "200", "LC_ALL": "C.UTF-8"}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        command = [sys.executable, "-m", "echeance", *map(str, arguments)]
        return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)

    def state(self) -> dict[str, object]:
        """Rows of each table, and files of the archive."""
        with sqlite3.connect(self.home / "echeance.sqlite3") as database:
            tables = database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            ).fetchall()
            rows = {
                name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
                for (name,) in tables
            }
        files = sorted(str(one) for one in (self.home / "archive").rglob("*") if one.is_file())
        return {**rows, "files": files}


@pytest.fixture(scope="module")
def console(tmp_path_factory):
    """A company with a bank account, one customer, one order file and one bank file taken in."""
    home = tmp_path_factory.mktemp("home")
    console = Console(home)
    clients = home / "clients.csv"
    clients.write_text(
        "code;raison sociale;siren;adresse;code postal;ville\n"
        "C1;Boulangerie Lefèvre;404833048;3 place du Marché;13001;Marseille\n",
        encoding="utf-8",
    )
    (home / "connu.csv").write_text(GOOD_ORDER, encoding="utf-8")
    (home / "connu.xml").write_text(statement(), encoding="utf-8")
    for arguments in (
        ("init", "--siren", "552100554", "--name", "Atelier Morel", "--iban", IBAN),
        ("parties", "import", clients, "--accept"),
        ("billing", "import", home / "connu.csv", "--accept"),
        ("bank", "import", home / "connu.xml"),
    ):
        done = console.run(*arguments)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
    return console


# what is run, the file, its content, the exit code, what the person reads
CASES = {
    "orders: an open quote": (
        ("billing", "import", "--accept"),
        "commandes.csv",
        f'{TITLES}\nCDE-2;C1;Étagère;1;10,00;services;24/11/2026\nCDE-3;C1;"Banc;1;5;services;',
        INVALID,
        "Le fichier « commandes.csv » est mal formé en ligne 3 : vérifiez les guillemets",
    ),
    "orders: an unknown column": (
        ("billing", "import", "--accept"),
        "commandes.csv",
        f"{TITLES};couleur\nCDE-2;C1;Étagère;1;10,00;services;24/11/2026;bleu\n",
        INVALID,
        "La colonne « couleur » de « commandes.csv » est inconnue : ajoutez-la",
    ),
    "orders: the same file again": (
        ("billing", "import", "--accept"),
        "commandes.csv",
        GOOD_ORDER,
        CONFLICT,
        "Le fichier « commandes.csv » a déjà été importé le",
    ),
    "orders: no byte": (
        ("billing", "import", "--accept"),
        "commandes.csv",
        "",
        INVALID,
        "Le fichier « commandes.csv » est vide : exportez-le de nouveau",
    ),
    "customers: a wrong SIREN beside a right line": (
        ("parties", "import", "--accept"),
        "clients.csv",
        "code;raison sociale;siren\nC8;Librairie;423000025\nC9;Garage;123456789\n",
        INVALID,
        "ligne 3, siren : Le SIREN « 123456789 » n'est pas valable",
    ),
    "bank: malformed": (
        ("bank", "import"),
        "releve.xml",
        broken("</Ntry>", "</Ntri>"),
        INVALID,
        "Le fichier XML est mal formé à la ligne",
    ),
    "bank: cut": (
        ("bank", "import"),
        "releve.xml",
        statement()[:900],
        INVALID,
        "Le fichier est tronqué : il s'arrête à la ligne",
    ),
    "bank: balances that do not add up": (
        ("bank", "import"),
        "releve.xml",
        broken("1120.00", "1120.01"),
        INVALID,
        "0,01",
    ),
    "bank: a day that does not exist": (
        ("bank", "import"),
        "releve.xml",
        broken(BOOKED, BOOKED.replace("23", "31")),
        INVALID,
        "la date « 2026-11-31 » n'existe pas. Demandez à la banque un relevé corrigé.",
    ),
    "bank: a DOCTYPE": (
        ("bank", "import"),
        "releve.xml",
        '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<a>&x;</a>',
        INVALID,
        "Le fichier XML contient une déclaration DOCTYPE, interdite dans un relevé",
    ),
    "bank: an account nobody declared": (
        ("bank", "import"),
        "releve.xml",
        statement().replace(IBAN, "FR1420041010050500013M02606"),
        INVALID,
        "inconnu de la société : ajoutez ce compte",
    ),
    "bank: the same file again": (
        ("bank", "import"),
        "releve.xml",
        statement(),
        CONFLICT,
        "Le fichier releve.xml a déjà été importé le",
    ),
    "invoice: a PDF of no byte": (
        ("einvoice", "validate"),
        "facture.pdf",
        "",
        VERDICT,
        "Le fichier facture.pdf est vide (0 octet) : demandez à l'expéditeur",
    ),
    "invoice: a DOCTYPE": (
        ("einvoice", "validate"),
        "facture.xml",
        '<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY x "y">]>\n<a>&x;</a>',
        VERDICT,
        "contient une déclaration DOCTYPE, interdite dans une facture",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_bad_input_is_told_in_french_and_leaves_nothing_behind(console, tmp_path, case):
    command, filename, content, code, said = case
    (tmp_path / filename).write_text(content, encoding="utf-8")
    before = console.state()

    done = console.run(*command, tmp_path / filename)

    assert said in " ".join((done.stdout + done.stderr).split()), done
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert console.state() == before


def test_the_line_of_the_bad_entry_of_a_bank_file_is_named(console, tmp_path):
    lines = broken(BOOKED, BOOKED.replace("23", "31")).splitlines()
    file = tmp_path / "releve.xml"
    file.write_text("\n".join(lines), encoding="utf-8")
    (entry,) = (place for place, line in enumerate(lines, 1) if "<Ntry>" in line)

    done = console.run("bank", "import", file)

    assert done.stderr.startswith(f"Ligne {entry} : ")


def test_an_impossible_date_rejects_its_line_and_no_other(console, tmp_path):
    file = tmp_path / "commandes.csv"
    file.write_text(
        f"{TITLES}\n"
        "CDE-7;C1;Étagère;1;10,00;services;31/02/2026\n"
        "CDE-8;C1;Étagère;1;10,00;services;24/11/2026\n",
        encoding="utf-8",
    )

    done = console.run("billing", "import", file)

    assert done.returncode == VERDICT
    assert "ligne 2 (CDE-7) : Date illisible ou impossible : « 31/02/2026 »" in done.stdout
    assert "2 ligne(s) : 1 commande(s)" in done.stdout
    assert "1 ligne(s) rejetée(s)" in done.stdout


def test_a_day_that_does_not_exist_is_refused(console):
    before = console.state()

    done = console.run("day", "--date", "2026-02-31")

    assert done.returncode == INVALID
    assert "« 2026-02-31 » n'est pas une date : écrivez AAAA-MM-JJ." in done.stderr
    assert console.state() == before
