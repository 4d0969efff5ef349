"""Runs a real order feed through the whole of billing and prints what became of each line.

The feed is the Online Retail file kept beside the project (39,530 lines of December 2010). Its
customers are numbers: each gets a fictional identity by a fixed mapping, every line bears 20 % of
VAT, and pounds are taken for euros. Orders are imported, drafted and issued at the date of the
run, cancellations whose order is certain become credit notes, and everything else is listed.

Usage: ``python tools/online_retail.py [FILE] [--limit N] [--seal N] [--home FOLDER]``
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from echeance.base.actor import Actor
    from echeance.billing.types import OrderImportReport

ROOT = Path(__file__).resolve().parents[1]
FEED = ROOT.parent / "shared" / "data" / "erp_feeds" / "online_retail" / "Online Retail.csv"
SOURCE = "online-retail"
Result = TypeVar("Result")
STREETS = ("rue des Lilas", "avenue de la Gare", "place du Marché", "quai des Brumes")
TOWNS = (("69003", "Lyon"), ("13002", "Marseille"), ("59000", "Lille"), ("44000", "Nantes"))


def head(content: bytes, lines: int) -> bytes:
    """The title and the first lines of a file; all of it when ``lines`` is 0."""
    return b"\n".join(content.splitlines()[: lines + 1]) if lines else content


def siren_of(code: str) -> str:
    """A fictional SIREN for a customer code: 9, its digits, and a valid last digit."""
    from echeance.core.identifiers import Siren

    stem = f"9{int(code):07d}"
    return next(f"{stem}{digit}" for digit in range(10) if Siren.is_valid(f"{stem}{digit}"))


def set_up(actor: Actor, codes: Sequence[str], day: date) -> None:
    """Books, series, customers and the mapping of the feed."""
    from echeance.billing import commands as billing
    from echeance.billing.types import OrderMapping
    from echeance.ledger import commands as ledger
    from echeance.parties import commands as parties
    from echeance.parties.types import PartyFacts

    ledger.set_up_books(
        actor=actor,
        fiscal_year_start=date(day.year, 1, 1),
        fiscal_year_end=date(day.year, 12, 31),
    )
    billing.set_up_billing(actor=actor)
    parties.create_parties(
        actor=actor,
        parties=[
            PartyFacts(
                code=code,
                name=f"Maison {code}",
                siren=siren_of(code),
                address_line=f"{int(code) % 90 + 1} {STREETS[int(code) % 4]}",
                postcode=TOWNS[int(code) % 4][0],
                city=TOWNS[int(code) % 4][1],
            )
            for code in codes
        ],
    )
    billing.save_mapping(
        actor=actor,
        mapping=OrderMapping(
            source=SOURCE,
            columns={
                "document": "InvoiceNo",
                "item": "StockCode",
                "name": "Description",
                "quantity": "Quantity",
                "order_date": "InvoiceDate",
                "unit_price": "UnitPrice",
                "customer": "CustomerID",
            },
            constants={"vat_rate": "20", "nature": "biens"},
            ignored=("Country",),
            date_formats=("%d/%m/%Y %H:%M",),
            decimal_mark=".",
            cancellation_prefix="C",
        ),
    )


def customer_codes(content: bytes) -> list[str]:
    """Customer codes of the feed, once each."""
    from echeance.core.tabular import read_table, to_text

    rows = read_table(content, FEED.name).rows
    return sorted({code for row in rows if (code := to_text(row.cells["CustomerID"]))})


def run(actor: Actor, content: bytes, day: date, *, seal: int = 0) -> dict[str, int]:
    """Import, draft, issue and credit; counts by name."""
    from echeance.billing import commands as billing
    from echeance.billing import queries

    set_up(actor, customer_codes(content), day)
    report = timed(
        "import",
        lambda: billing.import_orders(
            actor=actor, content=content, filename=FEED.name, source=SOURCE
        ),
    )
    orders = list(queries.left_to_bill(actor=actor).values_list("pk", flat=True))
    drafts = timed("drafts", lambda: billing.draft_invoices(actor=actor, order_ids=orders))
    invoiced = timed(
        "issue",
        lambda: billing.issue_invoices(
            actor=actor, invoice_ids=[row.pk for row in drafts], issue_date=day
        ),
    )
    cancellations = list(queries.cancellations_to_credit(actor=actor).values_list("pk", flat=True))
    notes = timed(
        "credit notes",
        lambda: billing.draft_cancellations(actor=actor, order_ids=cancellations),
    )
    credited = billing.issue_invoices(
        actor=actor, invoice_ids=[row.pk for row in notes], issue_date=day
    )
    counts = {
        **counts_of(report),
        "invoices issued": sum(result.issued for result in invoiced),
        "invoices left as drafts": sum(not result.issued for result in invoiced),
        "credit notes issued": sum(result.issued for result in credited),
        "credit notes left as drafts": sum(not result.issued for result in credited),
    }
    if seal:
        sealed = timed("seal", lambda: billing.seal_invoices(actor=actor, limit=seal))
        counts |= {"sealed": sealed.sealed, "files refused": sealed.refused}
    return counts


def counts_of(report: OrderImportReport) -> dict[str, int]:
    """The counts of an import; the first is the sum of the next three."""
    reasons = Counter(line.code for line in report.rejected)
    return {
        "lines": report.rows,
        "lines to bill or credit": report.billable_rows,
        "lines of documents that wait": report.waiting_rows,
        "lines rejected": len(report.rejected),
        **{f"  {code}": count for code, count in reasons.most_common()},
        "orders": report.orders,
        "cancellations with one original": report.cancellations,
        "documents that wait": report.waiting,
    }


def timed(name: str, work: Callable[[], Result]) -> Result:
    """Do a work and say how long it took."""
    start = time.perf_counter()
    result = work()
    print(f"{name}: {time.perf_counter() - start:.1f} s", file=sys.stderr)
    return result


def main() -> None:
    """Run in a database and an archive of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", nargs="?", type=Path, default=FEED)
    parser.add_argument("--limit", type=int, default=0, help="first lines only")
    parser.add_argument("--seal", type=int, default=0, help="documents to seal at the end")
    parser.add_argument("--home", type=Path, help="data folder to keep; temporary by default")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="echeance-") as temporary:
        os.environ["ECHEANCE_HOME"] = str(arguments.home or temporary)
        os.environ.setdefault("ECHEANCE_SECRET_KEY", "online-retail")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "echeance.config.settings.common")
        sys.path.insert(0, str(ROOT / "src"))
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", run_syncdb=True, verbosity=0)
        from echeance.base import clock
        from echeance.base import commands as base
        from echeance.base.actor import system
        from echeance.base.types import CompanyFacts

        company = base.create_company(
            facts=CompanyFacts(
                name="Comptoir des Objets",
                siren="303265045",
                legal_form="SAS",
                vat_id="FR40303265045",
                rcs_city="Lyon",
                address_line="5 rue du Port",
                postcode="69002",
                city="Lyon",
                email="facturation@comptoir.example",
                electronic_address="303265045",
            ),
            is_practice=True,
        )
        content = head(arguments.file.read_bytes(), arguments.limit)
        counts = run(system(company), content, clock.today(), seal=arguments.seal)
    for name, count in counts.items():
        print(f"{count:>8}  {name}")


if __name__ == "__main__":
    main()
