"""``make bench``: each measure in a process of its own, ratios in one run, a table and its JSON.

``BENCH_FULL=1`` adds the sealing of 10,000 documents and a hundred thousand lines of the trap
corpus; ``BENCH_SMALL=1`` runs everything on a few documents, to see that it works. On the embedded
SQLite, or beside the database of
``DATABASE_URL`` (its user creates one for each measure).
"""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

Figures = dict[str, Any]
OUT = Path("var", "bench.json")
TURNS = 3


def plan() -> Iterator[tuple[str, list[int], int]]:
    """What is measured: name, sizes, and how many times."""
    if os.environ.get("BENCH_SMALL"):
        yield from (("issue", [20, 200], 1), ("issue_naive", [10], 1))
        yield from (("preflight", [50], 1), ("run", [20, 200], 1), ("run_seal", [10], 1))
        yield from (("order_import", [200, 2000], 1),)
        yield from (("duplicates", [200, 2000], 1),)
        yield from (("match", [20, 200], 1), ("match_naive", [10], 1))
        yield from (("traps", [100, 1000], 1),)
        yield from (("interest", [200, 2000], 1), ("interest_naive", [20], 1))
        yield from (("aged", [1000, 10_000], 1), ("seal", [20], 1))
        for kind in ("bank_camt", "bank_cfonb"):
            yield from ((kind, [100, 1000], 1), (f"{kind}_whole", [1000], 1))
            yield f"{kind}_peer", [1000], 1
        yield from (
            ("einvoice", [10, 100], 1),
            ("einvoice_official", [20], 1),
            ("einvoice_seal", [10], 1),
            ("dry_run", [20, 200], 1),
            ("dry_run_naive", [10], 1),
            ("reminders_release", [10], 1),
        )
        return
    yield "issue", [1000, 10_000], TURNS
    yield "issue_naive", [200], 1
    yield "preflight", [10_000], TURNS
    yield "run", [10_000, 100_000], 1
    yield "run_seal", [1000], 1
    yield "order_import", [4000, 40_000], TURNS
    yield "duplicates", [10_000, 40_000], 1
    yield "match", [1000, 10_000], TURNS
    yield "match_naive", [200], 1
    large = [100_000] if os.environ.get("BENCH_FULL") else []
    yield "traps", [1000, 10_000, *large], 1
    yield "interest", [10_000, 100_000], 1
    yield "interest_naive", [200], 1
    yield "aged", [100_000, 1_000_000], 1
    yield "seal", [1000, 10_000] if os.environ.get("BENCH_FULL") else [1000], 1
    for kind in ("bank_camt", "bank_cfonb"):
        yield kind, [10_000, 100_000], TURNS
        yield f"{kind}_whole", [10_000], TURNS
        yield f"{kind}_peer", [10_000], TURNS
    yield "einvoice", [10, 1000, 3000], 1
    yield "einvoice_official", [1000], 1
    yield "einvoice_seal", [10, 100], 1
    yield "dry_run", [10_000, 100_000], 1
    yield "dry_run_naive", [200], 1
    yield "reminders_release", [10_000] if os.environ.get("BENCH_FULL") else [1000], 1


def run(name: str, size: int) -> Figures:
    """One measure in a fresh process."""
    command = [sys.executable, "-m", "bench.measure", name, str(size)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name} {size}:\n{done.stderr}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def measure() -> list[Figures]:
    """All the measures; the turns of a name alternate its sizes, since a machine drifts."""
    kept = []
    for name, sizes, turns in plan():
        found: dict[int, list[Figures]] = {size: [] for size in sizes}
        for _ in range(turns):
            for size in sizes:
                print(f"  {name} {size:,}…", file=sys.stderr, flush=True)
                found[size].append(run(name, size))
        for figures in found.values():
            middle = sorted(figures, key=lambda one: one["cpu_seconds"])[len(figures) // 2]
            kept.append(middle | {"turns": [one["seconds"] for one in figures]})
    return kept


def growth(small: Figures, large: Figures, of: str) -> float:
    """Exponent of the time between two sizes: 1 is linear."""
    ratio = large[of] / small[of]
    return math.log(ratio) / math.log(large["size"] / small["size"])


def rows(kept: list[Figures]) -> Iterator[tuple[str, ...]]:
    """The table: a line a measure."""
    yield (
        *("work", "size", "seconds", "per second", "growth"),
        *("cpu seconds", "per cpu second", "growth of cpu", "start MB", "peak MB", "parts"),
    )
    before: dict[str, Figures] = {}
    for one in kept:
        smaller = before.get(one["name"])
        yield (
            one["name"],
            f"{one['size']:,}",
            f"{one['seconds']:.2f}",
            f"{one['size'] / one['seconds']:,.0f}",
            f"{growth(smaller, one, 'seconds'):.2f}" if smaller else "",
            f"{one['cpu_seconds']:.2f}",
            f"{one['size'] / one['cpu_seconds']:,.0f}",
            f"{growth(smaller, one, 'cpu_seconds'):.2f}" if smaller else "",
            f"{one['start_mb']:.0f}",
            f"{one['peak_mb']:.0f}",
            ", ".join(f"{name} {value:.2f} s" for name, value in one["steps"].items()),
        )
        before[one["name"]] = one


def notes(kept: list[Figures]) -> Iterator[str]:
    """Ratios within this run, and the bound of sealing."""
    for one in kept:
        if one["name"] == "seal":
            parts = ", ".join(f"{name} {value:.1f} ms" for name, value in one["each_ms"].items())
            yield (
                f"seal {one['size']:,}: {one['size'] / one['seconds']:.1f} a second, "
                f"{one['share_of_bound']:.0%} of the bound of two cores "
                f"({one['bound_per_second']:.1f}); one document: {parts}; "
                f"a validator process takes {one['validators_mb']:.0f} MB"
            )
        if one["name"] == "traps":
            simple = ", ".join(f"{name} {n:,}" for name, n in one["simple_without_false"].items())
            counts = ("applied", "asked", "unknown", "false", "missed", "solver")
            told = ", ".join(f"{one[name]:,} {name}" for name in counts)
            yield f"traps, {one['size']:,} lines: {told}"
            yield f"simpler matchers without a false application: {simple}"
        if one["name"] == "duplicates":
            yield (
                f"duplicates among {one['size']:,}: {one['found']} of the {one['typed_twice']} "
                "records typed twice, with a fault and without a SIREN"
            )
        if one["name"] in {"bank_camt", "bank_cfonb"}:
            yield (
                f"{one['name']} {one['size']:,}: a file of {one['megabytes']:.0f} MB in "
                f"{one['peak_mb'] - one['start_mb']:.0f} MB of memory"
            )
        if one["name"] == "einvoice":
            parts = ", ".join(f"{name} {value:.2f} ms" for name, value in one["each_ms"].items())
            yield (
                f"einvoice of {one['size']:,} lines ({one['bytes'] / 1024:.0f} KB): {parts}; read "
                f"and judged here {one['faster']:.1f} times faster than by the official rules"
            )
        if one["name"] == "dry_run":
            counts = ", ".join(f"{count:,} {name}" for name, count in one["decisions"].items())
            yield (
                f"dry run of {one['size']:,} customers and {one['items']:,} open items: {counts}, "
                f"in {one['peak_mb'] - one['start_mb']:.0f} MB of memory"
            )
        if one["name"] == "einvoice_official":
            yield (
                f"official rules on two processes: {one['size'] / one['seconds']:.0f} e-invoices a "
                "second"
            )
        if one["name"] == "einvoice_seal":
            parts = ", ".join(f"{name} {value:.1f} ms" for name, value in one["each_ms"].items())
            yield (
                f"Factur-X of {one['size']:,} lines: {parts}; not installed, so not compared: "
                f"{', '.join(one['absent']) or 'none'}"
            )
    each = {
        name: median(one["cpu_seconds"] / one["size"] for one in kept if one["name"] == name)
        for name in {one["name"] for one in kept}
    }
    for name in ("bank_camt", "bank_cfonb"):
        ratio = each[f"{name}_peer"] / each[name]
        yield f"{name}: computes {ratio:.1f} times less than another reader, which proves nothing"
    for name in ("issue", "match", "interest", "dry_run"):
        ratio = each[f"{name}_naive"] / each[name]
        yield f"{name}: one call for many computes {ratio:.1f} times less than a loop of one"


def main() -> None:
    """Measure, print, keep."""
    started = datetime.now(tz=UTC)  # noqa: TID251  the bench lives outside the house's clock
    load = [os.getloadavg()[0]]
    kept = measure()
    load.append(os.getloadavg()[0])
    table = list(rows(kept))
    widths = [max(len(row[place]) for row in table) for place in range(len(table[0]))]
    for row in table:
        cells = zip(row, widths, strict=True)
        print("  ".join(f"{cell:<{width}}" for cell, width in cells).rstrip())
    told = list(notes(kept))
    told.append(f"load of the machine: {load[0]:.1f} at the start, {load[1]:.1f} at the end")
    print("\n" + "\n".join(told))
    OUT.parent.mkdir(exist_ok=True)
    facts = {
        "on": started.date().isoformat(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load_average": load,
        "engine": "postgresql" if os.environ.get("DATABASE_URL") else "sqlite",
        "measures": kept,
        "notes": told,
    }
    OUT.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"\n{OUT}")


if __name__ == "__main__":
    main()
