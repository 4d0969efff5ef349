"""The corpus, case by case: the same seed and sizes give the same facts, whatever is kept of it."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator
from dataclasses import replace

from echeance.core.matching import OpenItem, PayerLink, Payment
from echeance.practice.corpus.cases import Workshop
from echeance.practice.corpus.model import Case, Corpus, Truth
from echeance.practice.corpus.numbers import Numbering
from echeance.practice.corpus.traps import TRAPS

ITEMS_PER_LINE = 5
#: No situation needs more items or lines than that for one line of the corpus.
_ITEMS_MAX_PER_LINE = 14
_SPARE = 500


def cases(seed: int, lines: int, items: int | None = None) -> Iterator[Case]:
    """Give the cases one by one: ``lines`` bank lines and, at least, ``items`` open items.

    Args:
        seed: Any whole number.
        lines: How many bank lines in all, exactly.
        items: How many open items; five a line when ``None``. The situations need about four a
            line: fewer cannot be had.
    """
    wanted = lines * ITEMS_PER_LINE if items is None else items
    numbering = Numbering(seed, max(wanted, lines * _ITEMS_MAX_PER_LINE) + _SPARE)
    chance = random.Random(f"corpus:{seed}:{lines}:{wanted}")  # noqa: S311  a corpus, not a secret
    names = list(TRAPS)
    plan = _schedule(chance, names, lines)
    place = lines_made = items_made = 0
    debtor_id = item_id = 1
    while lines_made < lines or items_made < wanted:
        shop = Workshop(chance, numbering, debtor_id=debtor_id, item_id=item_id)
        one = shop.debtor()
        behind = items_made * lines - lines_made * wanted if lines else -1
        if lines_made < lines and (behind >= 0 or lines_made == 0 or chance.random() < 0.85):
            for _ in range(chance.choice((1, 1, 1, 2, 3))):
                if lines_made + len(shop.drafts) >= lines:
                    break
                name = names[plan[place]] if place < len(plan) else "reference"
                place += 1
                if lines_made + len(shop.drafts) + TRAPS[name].lines > lines:
                    name = "reference"
                TRAPS[name].make(shop, one)
        if behind <= 0:
            room = wanted - items_made - shop.item_count
            for _ in range(min(_habit(chance), max(0, room))):
                shop.invoice(one)
        case = shop.finish(lines_made + 1)
        lines_made += len(case.lines)
        items_made += len(case.items)
        debtor_id, item_id = shop.next_debtor, shop.next_item
        yield case


def load(seed: int, lines: int, items: int | None = None) -> Corpus:
    """The whole corpus in memory, payments by date; among those of a day, chance decides."""
    chance = random.Random(f"order:{seed}")  # noqa: S311  a corpus, not a secret
    facts: list[OpenItem] = []
    payers: dict[str, int] = {}
    links: list[PayerLink] = []
    told: list[tuple[Payment, Truth]] = []
    for case in cases(seed, lines, items):
        facts.extend(case.items)
        payers.update(case.known_payers)
        links.extend(case.links)
        told.extend(case.lines)
    chance.shuffle(told)
    told.sort(key=lambda one: one[0].booking_date)
    payments, truths = [], []
    for rank, (payment, truth) in enumerate(told, 1):
        parts = tuple(replace(part, entry_id=rank) for part in payment.parts)
        payments.append(replace(payment, entry_id=rank, parts=parts))
        truths.append(replace(truth, entry_id=rank))
    return Corpus(facts, payers, links, payments, truths)


def _schedule(chance: random.Random, names: list[str], lines: int) -> array[int]:
    """Which situation comes when: each by its weight, none forgotten."""
    plan = array("H")
    total = sum(one.weight for one in TRAPS.values())
    for at, name in enumerate(names):
        count = max(1, round(lines * TRAPS[name].weight / total / TRAPS[name].lines))
        plan.extend([at] * count)
    chance.shuffle(plan)
    return plan


def _habit(chance: random.Random) -> int:
    """How many more items a customer has open: few for most, a hundred for some."""
    turn = chance.random()
    if turn < 0.55:
        return chance.randint(1, 3)
    if turn < 0.85:
        return chance.randint(4, 10)
    return chance.randint(11, 24) if turn < 0.97 else chance.randint(25, 100)
