"""What simpler matchers do: exact amount, reference or amount, greedy sets, with a confidence.

They are written to be as good as their idea allows: they know the payer by account or by name,
they pay no item twice, and each answer has a confidence, in per cent, that grows with what agrees.
``best_without_false`` gives each the threshold that suits it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from echeance.core.matching import OpenItem, Payment
from echeance.practice.corpus.model import Corpus, Truth
from echeance.practice.corpus.score import Answer, is_false
from echeance.practice.corpus.words import FORMS, plain

_TOKEN: Final = re.compile(r"[0-9A-Z]+(?:[-/][0-9A-Z]+)*")
_FIGURES: Final = re.compile(r"\d{3}")
_WHOLE_EURO: Final = Decimal(1)


def naive_amount(corpus: Corpus) -> list[Answer]:
    """Apply an item when it alone in the whole book has exactly that amount."""
    book = _Book(corpus)
    return [book.answer(one, *book.by_amount_alone(one)) for one in corpus.payments]


def reference_or_amount(corpus: Corpus) -> list[Answer]:
    """Apply the documents cited when they make the amount, else fall back on the amount alone."""
    book = _Book(corpus)
    answers = []
    for payment in corpus.payments:
        cited = book.cited(payment)
        if cited and sum(one.open_amount for one in cited) == payment.amount:
            answers.append(book.answer(payment, cited, book.agreement(payment, cited)))
        elif len(cited) == 1 and 0 < payment.amount < cited[0].open_amount:
            answers.append(book.answer(payment, cited, 40, part=payment.amount))
        else:
            answers.append(book.answer(payment, *book.by_amount_alone(payment)))
    return answers


def greedy_subset(corpus: Corpus) -> list[Answer]:
    """Take what is cited, then the payer's oldest items, as long as they fit in the amount."""
    book = _Book(corpus)
    answers = []
    for payment in corpus.payments:
        cited = book.cited(payment)
        payer = book.payer(payment)
        left = payment.amount
        chosen: list[OpenItem] = []
        for one in (*cited, *book.items_of(payer)):
            if one.open_amount <= left and one not in chosen and not book.is_paid(one):
                chosen.append(one)
                left -= one.open_amount
        exact = left == 0 and bool(chosen)
        confidence = 65 - 5 * min(len(chosen), 10)
        if cited and cited == chosen:
            confidence = book.agreement(payment, cited)
        answers.append(book.answer(payment, chosen if exact else [], confidence))
    return answers


BASELINES: Final[dict[str, Callable[[Corpus], list[Answer]]]] = {
    "naive_amount": naive_amount,
    "reference_or_amount": reference_or_amount,
    "greedy_subset": greedy_subset,
}


@dataclass(frozen=True, slots=True)
class Best:
    """The threshold that applies the most without a false application.

    ``applied`` is 0 and ``threshold`` above 100 when no threshold is free of them.
    ``applied_all`` and ``false_all`` are those without any threshold.
    """

    threshold: int
    applied: int
    applied_all: int
    false_all: int


def best_without_false(truths: Sequence[Truth], answers: Sequence[Answer]) -> Best:
    """Sweep the confidence downwards, and stop before the first false application."""
    applied: dict[int, int] = defaultdict(int)
    false: dict[int, int] = defaultdict(int)
    for truth, answer in zip(truths, answers, strict=True):
        if answer.decision == "applied":
            applied[answer.confidence] += 1
            false[answer.confidence] += is_false(truth, answer)
    threshold, kept = 101, 0
    for confidence in sorted(applied, reverse=True):
        if false[confidence]:
            break
        threshold, kept = confidence, kept + applied[confidence]
    return Best(threshold, kept, sum(applied.values()), sum(false.values()))


class _Book:
    """Open items by amount, by number as printed, and by debtor."""

    def __init__(self, corpus: Corpus) -> None:
        self._payers = corpus.known_payers
        self._paid: set[int] = set()
        self._amounts: dict[Decimal, list[OpenItem]] = defaultdict(list)
        self._numbers: dict[str, list[OpenItem]] = defaultdict(list)
        self._debtors: dict[int, list[OpenItem]] = defaultdict(list)
        names: dict[str, set[int]] = defaultdict(set)
        for one in corpus.items:
            self._amounts[one.open_amount].append(one)
            self._numbers[one.document_number].append(one)
            self._debtors[one.debtor_id].append(one)
            names[_bare_name(one.debtor_names[0])].add(one.debtor_id)
        self._names = {name: min(ids) for name, ids in names.items() if len(ids) == 1}

    def answer(
        self,
        payment: Payment,
        items: Sequence[OpenItem],
        confidence: int,
        *,
        part: Decimal | None = None,
    ) -> Answer:
        """Apply items that no line before has paid; else there is no answer."""
        if (
            not items
            or payment.direction != "CRDT"
            or any(one.item_id in self._paid for one in items)
        ):
            return Answer(payment.entry_id, "asked")
        self._paid.update(one.item_id for one in items)
        pairs = [(one.item_id, part or one.open_amount) for one in items]
        return Answer(payment.entry_id, "applied", tuple(sorted(pairs)), confidence=confidence)

    def agreement(self, payment: Payment, cited: Sequence[OpenItem]) -> int:
        """Confidence of documents cited: their debtor pays, or nobody known, or another.

        Other figures left in the text take a little of it away.
        """
        payer = self.payer(payment)
        rest = payment.text.upper()
        for one in cited:
            rest = rest.replace(one.document_number, "")
        if _FIGURES.search(rest):
            return 80 if payer in {one.debtor_id for one in cited} else 55
        if payer is None:
            return 95
        return 100 if payer in {one.debtor_id for one in cited} else 60

    def is_paid(self, one: OpenItem) -> bool:
        """Whether a line before paid it."""
        return one.item_id in self._paid

    def payer(self, payment: Payment) -> int | None:
        """The debtor of the account, else of the name."""
        known = self._payers.get(payment.payer_iban)
        return known if known is not None else self._names.get(_bare_name(payment.payer_name))

    def items_of(self, payer: int | None) -> list[OpenItem]:
        """What he owes, oldest first."""
        if payer is None:
            return []
        return sorted(self._debtors[payer], key=lambda one: (one.due_date, one.item_id))

    def cited(self, payment: Payment) -> list[OpenItem]:
        """Documents whose number stands in the text as it is printed."""
        found: list[OpenItem] = []
        for text in (payment.text.upper(), *payment.references):
            for token in _tokens(text):
                found.extend(one for one in self._numbers.get(token, ()) if one not in found)
        return found

    def by_amount_alone(self, payment: Payment) -> tuple[list[OpenItem], int]:
        """The item that alone has the amount, and the confidence."""
        same = self._amounts.get(payment.amount, ()) if payment.direction == "CRDT" else ()
        if len(same) != 1:
            return [], 0
        confidence = 30
        if self.payer(payment) == same[0].debtor_id:
            confidence += 40
        if payment.amount % _WHOLE_EURO:
            confidence += 20
        return [same[0]], confidence


def _tokens(text: str) -> Iterator[str]:
    for found in _TOKEN.finditer(text):
        yield found[0]
        if "/" in found[0]:
            yield from found[0].split("/")


def _bare_name(name: str) -> str:
    return " ".join(word for word in plain(name).split() if word not in FORMS)
