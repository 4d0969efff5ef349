"""Reads hostile files, each in a process of its own under limits, and says what came of it.

Run as ``python bad_input_child.py FILE…``; prints a JSON line per file:
``{"file", "detect", "pdfa", "compare", "seconds", "grown_mb"}`` where each step is the code of the
error, ``ok``, or ``crash: …``.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path

from echeance.core.einvoice import pdf as pdfs
from echeance.core.einvoice.cii import read_cii
from echeance.core.einvoice.compare import compare_pdf
from echeance.core.einvoice.detect import detect
from echeance.core.einvoice.model import Invoice
from echeance.core.einvoice.pdfa import check_pdfa
from echeance.core.errors import EcheanceError

ADDRESS_SPACE_MB = 2048
CPU_SECONDS = 60


def outcome(step, *arguments) -> str:
    try:
        step(*arguments)
    except EcheanceError as error:
        return error.code if str(error) else "error without a sentence"
    except BaseException as error:  # noqa: BLE001  whatever else is what the test looks for
        return f"crash: {type(error).__name__}: {error}"
    return "ok"


def read(content: bytes) -> None:
    found = detect(content, "hostile")
    if found.syntax in {"CII", "FACTUR-X"}:
        read_cii(found.xml, "hostile")


def handle(path: Path) -> dict[str, object]:
    content = path.read_bytes()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    facts: dict[str, object] = {"file": path.name, "detect": outcome(read, content)}
    if content.startswith(b"%PDF"):
        facts["pdfa"] = outcome(check_pdfa, content, "hostile")
        facts["compare"] = outcome(compare_pdf, content, Invoice(number="F-1"), "hostile")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return facts | {"seconds": time.perf_counter() - start, "grown_mb": grown // 1024}


def tell(facts: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def main() -> None:
    pdfs.bounded_pikepdf()
    for argument in sys.argv[1:]:
        child = os.fork()
        if child == 0:
            size = ADDRESS_SPACE_MB * 1024 * 1024
            resource.setrlimit(resource.RLIMIT_AS, (size, size))
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
            tell(handle(Path(argument)))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            tell({"file": Path(argument).name, "detect": f"killed: {status}"})


if __name__ == "__main__":
    main()
