"""Judge answers by the truth: what was applied falsely, what was asked needlessly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from echeance.core.matching import Proposal
from echeance.practice.corpus.model import Truth

Pairs = tuple[tuple[object, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a matcher says of a line; allocations and differences are sorted, empty unless applied.

    ``decision`` is ``applied``, ``asked`` or ``unknown``. A ``confidence`` in per cent is for
    those that have one; below the threshold asked of them, they have not answered.
    """

    entry_id: int
    decision: str
    allocations: tuple[tuple[int, Decimal], ...] = ()
    differences: tuple[tuple[str, Decimal], ...] = ()
    method: str = ""
    confidence: int = 100


@dataclass(slots=True)
class Verdict:
    """Counts over lines: ``false`` are applications that are not the truth.

    ``missed`` are knowable lines that were not applied. ``bold`` are applications that are the
    truth of a line that was not knowable: right, and by luck as far as the corpus can tell.
    """

    lines: int = 0
    knowable: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def __getattr__(self, name: str) -> int:
        """The count of that name."""
        if name in ("applied", "asked", "unknown", "false", "missed", "bold", "solver"):
            return self.counts[name]
        raise AttributeError(name)


def answers_of(proposals: Iterable[Proposal]) -> list[Answer]:
    """The answers of the product's matcher."""
    decisions = {"apply": "applied", "ask": "asked", "unknown": "unknown"}
    return [
        Answer(
            one.entry_id,
            decisions[one.decision],
            tuple(sorted((part.item_id, part.amount) for part in one.allocations)),
            tuple(sorted((part.kind, part.amount) for part in one.differences)),
            one.method,
        )
        for one in proposals
    ]


def is_false(truth: Truth, answer: Answer) -> bool:
    """Whether the line was applied otherwise than it is, an item or a difference being wrong."""
    return answer.decision == "applied" and (
        answer.allocations != truth.allocations or answer.differences != truth.differences
    )


def judge(truths: Sequence[Truth], answers: Sequence[Answer]) -> dict[str, Verdict]:
    """Verdict by trap; the one of the empty name is that of all lines together.

    Args:
        truths: One a line.
        answers: One a line, the same order.
    """
    verdicts: dict[str, Verdict] = {"": Verdict()}
    for truth, answer in zip(truths, answers, strict=True):
        assert truth.entry_id == answer.entry_id, "answers come in the order of the lines"
        false = is_false(truth, answer)
        applied = answer.decision == "applied"
        for name in ("", truth.trap):
            verdict = verdicts.setdefault(name, Verdict())
            verdict.lines += 1
            verdict.knowable += truth.knowable
            verdict.counts[answer.decision] += 1
            verdict.counts["false"] += false
            verdict.counts["missed"] += truth.knowable and not applied
            verdict.counts["bold"] += applied and not false and not truth.knowable
            verdict.counts["solver"] += answer.method == "solver"
    return verdicts
