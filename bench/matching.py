"""The matcher alone: ``python -m bench.matching LINES ITEMS`` prints its JSON.

A book of invoices of customers of all sizes, and lines of a bank file of which most cite their
document and the rest come from known payers, pay several documents or part of one, or are of
nobody. Seconds are of the whole call, index of the book included; ``cpu_seconds`` is what this
process computed, the steadier figure on a machine that does other things, ``index_cpu_seconds`` its
part that does not depend on the lines, ``solver_share`` the share of lines for which the solver was
asked.
"""

from __future__ import annotations

import json
import random
import resource
import sys
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from time import perf_counter, process_time
from typing import Any

from echeance.core.matching import OpenItem, Payment, propose
from echeance.core.matching import propose as engine

FIRST = date(2026, 1, 5)
SEED = 20261124
ITEMS_PER_DEBTOR = 8


def book(size: int, chance: random.Random) -> list[OpenItem]:
    """``size`` open items; a few customers have many, most a handful, one in twenty is a credit."""
    debtors = max(size // ITEMS_PER_DEBTOR, 1)
    names = [(f"Client {rank} {chance.choice(('SARL', 'SAS', ''))}",) for rank in range(debtors)]
    items = []
    for rank in range(size):
        debtor = int(debtors * chance.random() ** 1.5)
        amount = Decimal(int(10 ** chance.uniform(3.3, 6))).scaleb(-2)
        credit = chance.random() < 0.05
        issued = FIRST + timedelta(days=chance.randrange(300))
        items.append(
            OpenItem(
                item_id=rank,
                debtor_id=debtor,
                debtor_names=names[debtor],
                document_number=f"{'AV' if credit else 'FA'}-2026-{rank:07}",
                order_reference="",
                issue_date=issued,
                due_date=issued + timedelta(days=30),
                open_amount=-amount if credit else amount,
                currency="EUR",
            )
        )
    return items


def lines(count: int, items: list[OpenItem], chance: random.Random) -> list[Payment]:
    """``count`` receipts of November and December."""
    invoices = [item for item in items if item.open_amount > 0]
    found = []
    for rank in range(count):
        item = chance.choice(invoices)
        kind = chance.random()
        number, amount, text = item.document_number, item.open_amount, "VIREMENT RECU "
        payer = item.debtor_names[0]
        if kind < 0.6:
            text += f"FACTURE {number} MERCI"
        elif kind < 0.7:
            text += f"REGLT {number.replace('-', '')}"
        elif kind < 0.75:
            other = chance.choice(invoices)
            text += f"{number} {other.document_number}"
            amount += other.open_amount
        elif kind < 0.8:
            text += f"ACOMPTE {number}"
            amount = (amount / 2).quantize(Decimal("0.01"))
        elif kind < 0.95:
            text += "MERCI"
        else:
            text, payer, amount = "CB REMISE", "", amount + 1
        found.append(
            Payment(
                entry_id=rank,
                direction="CRDT",
                amount=amount,
                booking_date=date(2026, 11, 2) + timedelta(days=chance.randrange(40)),
                text=text,
                references=(f"E2E{rank:09}",),
                payer_name=payer,
                payer_iban=f"FR76{item.debtor_id:023}" if payer else "",
                currency="EUR",
            )
        )
    return found


def measure(count: int, size: int) -> dict[str, Any]:
    """Seconds, lines a second, decisions and peak memory."""
    chance = random.Random(SEED)  # noqa: S311  a reproducible book
    items = book(size, chance)
    payments = lines(count, items, chance)
    known = {f"FR76{item.debtor_id:023}": item.debtor_id for item in items}
    asked = Counter[str]()
    solver = sys.modules["echeance.core.matching.propose"].is_only_sum  # type: ignore[attr-defined]

    def counted(*arguments: Any, **options: Any) -> bool | None:
        asked["solver"] += 1
        answer: bool | None = solver(*arguments, **options)
        return answer

    sys.modules["echeance.core.matching.propose"].is_only_sum = counted  # type: ignore[attr-defined]
    start = process_time()
    engine([], items, known_payers=known)
    index = process_time() - start
    start, cpu = perf_counter(), process_time()
    proposals = propose(payments, items, known_payers=known)
    seconds, total = perf_counter() - start, process_time() - cpu
    return {
        "lines": count,
        "items": size,
        "seconds": round(seconds, 2),
        "cpu_seconds": round(total, 2),
        "index_cpu_seconds": round(index, 2),
        "lines_per_second": round(count / seconds),
        "lines_per_cpu_second": round(count / total),
        "decisions": dict(Counter(found.decision for found in proposals)),
        "solver_share": asked["solver"] / count,
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]))))
