"""The trial of the matching: the product's matcher and the simpler ones on one corpus."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from echeance.core.matching import propose
from echeance.practice.corpus.baselines import BASELINES, Best, best_without_false
from echeance.practice.corpus.generate import load
from echeance.practice.corpus.model import RULES, Corpus
from echeance.practice.corpus.score import Answer, Verdict, answers_of, is_false, judge


@dataclass(frozen=True, slots=True)
class BaselineTrial:
    """A simpler matcher: what it applies at the threshold where it is never false."""

    name: str
    best: Best
    seconds: float


@dataclass(frozen=True, slots=True)
class Trial:
    """Figures of one corpus; ``verdicts`` by trap, the empty name for all lines."""

    seed: int
    corpus: Corpus
    answers: list[Answer]
    verdicts: dict[str, Verdict]
    seconds: float
    baselines: list[BaselineTrial]

    @property
    def total(self) -> Verdict:
        """All lines together."""
        return self.verdicts[""]

    def false_entries(self) -> list[tuple[str, int]]:
        """Trap and line of each false application."""
        pairs = zip(self.corpus.truths, self.answers, strict=True)
        return sorted((truth.trap, truth.entry_id) for truth, one in pairs if is_false(truth, one))


def run(seed: int, lines: int, items: int | None = None, *, baselines: bool = True) -> Trial:
    """Generate a corpus, match it in one batch, judge it; the generation is not timed."""
    return run_on(seed, load(seed, lines, items), baselines=baselines)


def run_on(seed: int, corpus: Corpus, *, baselines: bool = True) -> Trial:
    """Match a corpus in one batch and judge it."""
    start = perf_counter()
    proposals = propose(
        corpus.payments,
        corpus.items,
        known_payers=corpus.known_payers,
        links=corpus.links,
        rules=RULES,
    )
    seconds = perf_counter() - start
    answers = answers_of(proposals)
    rivals = []
    for name, match in BASELINES.items() if baselines else ():
        start = perf_counter()
        given = match(corpus)
        taken = perf_counter() - start
        rivals.append(BaselineTrial(name, best_without_false(corpus.truths, given), taken))
    return Trial(seed, corpus, answers, judge(corpus.truths, answers), seconds, rivals)
