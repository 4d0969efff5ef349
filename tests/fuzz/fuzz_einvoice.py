"""Atheris over the reading of e-invoices: ``make fuzz SECONDS=60``.

The input is a choice of sample and of steps that break it, or raw bytes; coverage of
``echeance.core`` guides it. The last argument is the folder of the inputs kept; a crash writes
``crash-…`` where ``-artifact_prefix`` says, and ends with an error.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["echeance.core"]):
    from core.einvoice.samples import SAMPLES
    from echeance.core.einvoice.cii import write_cii
    from echeance.core.einvoice.embed import embed
    from fuzz.targets import handle, mutate_bytes, mutate_pdf, mutate_xml, xml_samples

from datetime import UTC, datetime
from io import BytesIO

import pikepdf

MAX_STEPS = 8


def page() -> bytes:
    """A Factur-X whose page is empty."""
    document = pikepdf.new()
    document.add_blank_page()
    out = BytesIO()
    document.save(out)
    xml = write_cii(SAMPLES["standard rate"])
    return embed(out.getvalue(), xml, timestamp=datetime(2026, 11, 24, tzinfo=UTC)).content


XML = xml_samples()
PDF = page()


def one(data: bytes) -> None:
    """One input."""
    given = atheris.FuzzedDataProvider(data)
    way = given.ConsumeIntInRange(0, 4)
    sample = XML[given.ConsumeIntInRange(0, len(XML) - 1)]
    if way == 0:
        handle(given.ConsumeBytes(given.remaining_bytes()))
        return
    steps = [
        (given.ConsumeUInt(3), given.ConsumeUInt(2), given.ConsumeUInt(2))
        for _ in range(given.ConsumeIntInRange(1, MAX_STEPS))
    ]
    if way == 1:
        handle(mutate_xml(sample, steps))
    elif way == 2:
        handle(mutate_bytes(sample, steps))
    elif way == 3:
        handle(mutate_pdf(PDF, steps))
    else:
        handle(mutate_bytes(PDF, steps))


def sow(corpus: Path) -> None:
    """Give an empty corpus inputs long enough for several steps of each way."""
    if corpus.is_dir() and not any(corpus.iterdir()):
        for number in range(40):
            seed = hashlib.sha512(bytes([number])).digest()
            (corpus / f"seed-{number}").write_bytes(seed * 2)


if __name__ == "__main__":
    sow(Path(sys.argv[-1]))
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
