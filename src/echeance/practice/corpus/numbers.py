"""Document numbers of a company that changed its numbering, computed from a rank and back."""

from __future__ import annotations

import random
from datetime import date, timedelta
from math import gcd
from typing import Final

from echeance.practice.corpus.model import FIRST_ISSUE, LAST_ISSUE

_OLD: Final = ("{prefix}{year}{month:02d}-{rank:05d}", "{rank:06d}", "{prefix}{rank:07d}", "{rank}")
_NEW: Final = (
    "FA-{year}-{rank:06d}",
    "F{yy:02d}{month:02d}{rank:05d}",
    "{year}/{rank:05d}",
    "FV{yy:02d}-{rank:06d}",
)
_SHOP: Final = ("WEB{rank:06d}", "B2B-{rank:05d}-{yy:02d}")


class Numbering:
    """Ranks drawn without repetition or memory; a rank gives its issue date and its number.

    The company had one numbering until a day, has another since, and one more for its shop. Half
    of the ranks are open items, the other half documents that are settled and no longer shown.
    """

    def __init__(self, seed: int, capacity: int) -> None:
        """Room for ``capacity`` open items and as many settled documents."""
        chance = random.Random(f"numbers:{seed}")  # noqa: S311  a corpus, not a secret
        self.capacity = capacity
        self._size = 2 * capacity
        step = chance.randrange(self._size // 3, self._size)
        while gcd(step, self._size) != 1:
            step += 1
        self._step, self._inverse = step, pow(step, -1, self._size)
        self._shift = chance.randrange(self._size)
        self._base = chance.choice((1_001, 1_117, 4_300, 20_011))
        self._styles = (chance.choice(_OLD), chance.choice(_NEW), chance.choice(_SHOP))
        self._prefix = chance.choice(("FAC", "FC", "VT"))
        self._change = self._size * chance.randrange(20, 60) // 100
        self._open = self._settled = 0

    def take(self) -> int:
        """A new rank for an open item."""
        assert self._open < self.capacity, "the corpus has more items than it announced"
        self._open += 1
        return self._rank(self._open - 1)

    def take_settled(self) -> int:
        """A rank whose document is settled: it exists and is not shown."""
        self._settled = (self._settled + 1) % self.capacity
        return self._rank(self.capacity + self._settled)

    def exists(self, number: str, rank: int) -> bool:
        """Whether a document of the company, shown or not, bears that number at that rank."""
        return 0 <= rank < self._size and self.number(rank) == number

    def _rank(self, place: int) -> int:
        return (place * self._step + self._shift) % self._size

    def issued(self, rank: int) -> date:
        """Issue date of the rank: numbers grow with time."""
        days = (LAST_ISSUE - FIRST_ISSUE).days
        return FIRST_ISSUE + timedelta(days=rank * days // self._size)

    def number(self, rank: int, *, credit: bool = False) -> str:
        """Number of the invoice, or credit note, of the rank."""
        day = self.issued(rank)
        if credit:
            return f"AV{day.year}-{rank + self._base:06d}"
        old, new, shop = self._styles
        style = shop if rank % 9 == 4 else (old if rank < self._change else new)
        return style.format(
            prefix=self._prefix,
            year=day.year,
            yy=day.year % 100,
            month=day.month,
            rank=rank + self._base,
        )

    def digits(self, rank: int) -> str:
        """The figures that tell the rank inside its number."""
        return str(rank + self._base)

    def rank_of_digits(self, digits: str) -> int:
        """The rank that those figures would tell."""
        return int(digits) - self._base
