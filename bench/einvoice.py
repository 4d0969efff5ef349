"""E-invoices, without a database: written, read, judged here and judged officially.

The document is one invoice of so many lines at three rates, which the official rules accept. Each
figure is the median of several turns of one process, so that the ratios are of one run.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import count
from statistics import median
from time import perf_counter, process_time
from typing import Any

from echeance.core.einvoice.model import (
    Address,
    Identifier,
    Invoice,
    InvoiceLine,
    Note,
    Party,
    PaymentMeans,
    Totals,
    VatBreakdown,
)
from echeance.core.money import round_amount

Figures = dict[str, Any]
TURNS = 7
SECONDS_AT_LEAST = 0.05
USUAL_LINES = 10
RATES = (Decimal(20), Decimal(10), Decimal("5.5"))
# What others write a Factur-X with; compared with where installed, named where not.
OTHERS = ("reportlab", "weasyprint")


def party(name: str, siren: str, vat_id: str, city: str) -> Party:
    return Party(
        name=name,
        legal_id=Identifier(siren, "0002"),
        vat_id=vat_id,
        electronic_address=Identifier(siren, "0225"),
        address=Address(line_one="1 rue Neuve", post_code="69002", city=city, country_code="FR"),
    )


def invoice(lines: int) -> Invoice:
    """An invoice of so many lines."""
    items = tuple(
        InvoiceLine(
            id=str(rank),
            name=f"Étagère en chêne n° {rank}",
            description="Bois massif, huilé, 120 × 30 cm",
            seller_item_id=f"ET-{rank:05d}",
            quantity=Decimal(rank % 7 + 1),
            unit_code="C62",
            unit_price=Decimal(rank % 90 + 10) + Decimal("0.35"),
            net_amount=round_amount(
                Decimal(rank % 7 + 1) * (Decimal(rank % 90 + 10) + Decimal("0.35"))
            ),
            vat_category="S",
            vat_rate=RATES[rank % 3],
        )
        for rank in range(1, lines + 1)
    )
    bases = {
        rate: sum((item.net_amount for item in items if item.vat_rate == rate), Decimal(0))
        for rate in RATES
    }
    breakdown = tuple(
        VatBreakdown(base, round_amount(base * rate / 100), "S", rate)
        for rate, base in bases.items()
        if base
    )
    net = sum(bases.values(), Decimal(0))
    vat = sum((item.tax_amount for item in breakdown), Decimal(0))
    return Invoice(
        number="FA-2026-000042",
        issue_date=date(2026, 11, 24),
        type_code="380",
        currency="EUR",
        due_date=date(2026, 12, 31),
        payment_terms="30 jours fin de mois",
        notes=(
            Note("Indemnité forfaitaire pour frais de recouvrement : 40 €", "PMT"),
            Note("Pénalités de retard au taux de 12 %", "PMD"),
            Note("Escompte : néant", "AAB"),
            Note("B2B", "BAR"),
        ),
        business_process="M1",
        specification_id="urn:cen.eu:en16931:2017",
        seller=party("Atelier Morel", "303265045", "FR40303265045", "Lyon"),
        buyer=party("Boulangerie Lefèvre", "404833048", "FR83404833048", "Marseille"),
        payment_means=(PaymentMeans(type_code="30", iban="FR7630006000011234567890189"),),
        totals=Totals(
            line_total=net,
            net_total=net,
            vat_total=vat,
            gross_total=net + vat,
            amount_due=net + vat,
        ),
        vat_breakdown=breakdown,
        lines=items,
    )


def each(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of one turn, by the clock and by the processor: the medians of a few groups."""
    work()
    start = perf_counter()
    work()
    times = max(1, int(SECONDS_AT_LEAST / max(perf_counter() - start, 1e-6)))
    clock, computed = [], []
    for _ in range(TURNS):
        start, cpu = perf_counter(), process_time()
        for _ in range(times):
            work()
        clock.append((perf_counter() - start) / times)
        computed.append((process_time() - cpu) / times)
    return median(clock), median(computed)


def judge(lines: int) -> Figures:
    """One document of so many lines: written, read, judged by the house and by the officials."""
    from echeance.core.einvoice.cii import read_cii, write_cii
    from echeance.core.einvoice.native import native_verdict
    from echeance.core.einvoice.official.worker import Validator

    document = invoice(lines)
    content = write_cii(document)
    official = Validator()
    verdict = official.validate(content, "facture.xml")
    assert verdict.valid, verdict.findings
    assert native_verdict(content).findings == ()
    steps = {
        "write": each(lambda: write_cii(document)),
        "read": each(lambda: read_cii(content)),
        "native": each(lambda: native_verdict(content)),
        "official": each(lambda: official.validate(content, "facture.xml")),
    }
    return {
        "seconds": steps["native"][0],
        "cpu_seconds": steps["native"][1],
        "steps": {name: clock for name, (clock, _) in steps.items()},
        "each_ms": {name: 1000 * clock for name, (clock, _) in steps.items()},
        "bytes": len(content),
        # Of the processor: both are of this process, and the machine does other things.
        "faster": steps["official"][1] / steps["native"][1],
    }


def throughput(size: int) -> Figures:
    """So many usual documents through the official rules, on two processes."""
    from echeance.core.einvoice.cii import write_cii
    from echeance.core.einvoice.official.pool import OfficialValidator

    document = invoice(USUAL_LINES)
    files = [
        (write_cii(replace(document, number=f"FA-{rank}")), f"{rank}.xml") for rank in range(size)
    ]
    with OfficialValidator(workers=2) as validator:
        for _ in validator.validate_many(files[:4]):  # the processes compile their rules
            pass
        start, cpu = perf_counter(), process_time()
        verdicts = list(validator.validate_many(files))
        seconds, computed = perf_counter() - start, process_time() - cpu
    assert all(one.valid for one in verdicts), "the official rules accept each file"
    return {
        "seconds": seconds,
        "cpu_seconds": computed,
        "steps": {"verdict": seconds},
    }


def seal(lines: int) -> Figures:
    """One invoice made a Factur-X: page, XML and metadata; here, and as others make one.

    The pages hold the same lines in a plain table. The others attach with ``factur-x``, without
    its checks; those that are not installed are named in ``absent``.
    """
    from datetime import UTC, datetime

    from echeance.core.einvoice.cii import write_cii
    from echeance.core.einvoice.facturx import default_template, facturx_pdf
    from echeance.core.einvoice.view import Appearance, invoice_view
    from echeance.core.typesetting import Typesetter

    document = invoice(lines)
    xml = write_cii(document)
    typesetter = Typesetter(default_template())
    view = invoice_view(document, appearance=Appearance(fonts=("Libertinus Serif",)))
    at = datetime(2026, 11, 24, tzinfo=UTC)
    turn = count()

    def other() -> dict[str, Any]:
        """Never the same page twice: Typst remembers what it has laid out."""
        mark = f" {next(turn)}"
        changed = [{**line, "name": line["name"] + mark} for line in view["lines"]]
        return {**view, "number": view["number"] + mark, "lines": changed}

    def table() -> list[list[str]]:
        columns = ("name", "quantity", "price", "amount")
        return [[line[column] for column in columns] for line in other()["lines"]]

    makers: dict[str, Callable[[], bytes]] = {
        "here": lambda: facturx_pdf(xml, typesetter=typesetter, view=other(), timestamp=at),
        "reportlab": lambda: _attached(_by_reportlab(table()), xml),
        "weasyprint": lambda: _attached(_by_weasyprint(table()), xml),
    }
    absent = [name for name in OTHERS if importlib.util.find_spec(name) is None]
    steps = {name: each(make) for name, make in makers.items() if name not in absent}
    return {
        "seconds": steps["here"][0],
        "cpu_seconds": steps["here"][1],
        "steps": {name: clock for name, (clock, _) in steps.items()},
        "each_ms": {name: 1000 * clock for name, (clock, _) in steps.items()},
        "absent": absent,
    }


def _attached(pdf: bytes, xml: bytes) -> bytes:
    from facturx import generate_from_binary

    made: bytes = generate_from_binary(
        pdf, xml, flavor="factur-x", level="en16931", check_xsd=False, check_schematron=False
    )
    return made


def _by_reportlab(rows: list[list[str]]) -> bytes:
    from io import BytesIO

    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate, Table

    out = BytesIO()
    SimpleDocTemplate(out, pagesize=A4).build([Table(rows, repeatRows=1)])
    return out.getvalue()


def _by_weasyprint(rows: list[list[str]]) -> bytes:
    from html import escape

    from weasyprint import HTML

    cells = "".join(
        "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows
    )
    made: bytes = HTML(string=f"<table>{cells}</table>").write_pdf(pdf_variant="pdf/a-3b")
    return made
