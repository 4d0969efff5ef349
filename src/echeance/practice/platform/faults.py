"""Which request fails, and how: drawn from a seed, the same at each run."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum


class Fault(StrEnum):
    """What may go wrong with a request."""

    TOO_MANY = "too_many"  # 429, come back
    UNAVAILABLE = "unavailable"  # 503, nothing was done
    CUT = "cut"  # the connection closes before anything is done
    LOST = "lost"  # it is done, and the connection closes without an answer
    LOST_AND_HIDDEN = "lost_and_hidden"  # the same, and a search does not show it for a while
    LATE = "late"  # the verdict takes its time
    REPEATED = "repeated"  # each status of it comes twice
    REJECTED = "rejected"  # the document is refused, whatever it is worth


ON_DEPOSIT: Sequence[Fault] = tuple(Fault)
ON_READ: Sequence[Fault] = (Fault.TOO_MANY, Fault.UNAVAILABLE, Fault.CUT)


class Faults:
    """Draws by name and rank: neither the order of requests nor threads change the outcome."""

    def __init__(self, rate: float = 0, seed: int = 2026) -> None:
        """Prepare.

        Args:
            rate: Share of requests that fail, 0 to 1.
            seed: The same seed, the same faults.
        """
        assert 0 <= rate <= 1, "a share"
        self._rate = rate
        self._seed = seed
        self._ranks: Counter[str] = Counter()
        self._forced: dict[str, list[Fault]] = {}
        self._lock = threading.Lock()

    def force(self, name: str, *faults: Fault) -> None:
        """Make the next requests of a name fail in this way, before any draw."""
        with self._lock:
            self._forced.setdefault(name, []).extend(faults)

    def draw(self, name: str, among: Sequence[Fault]) -> Fault | None:
        """What happens to the next request of a name; ``None`` when it goes well."""
        with self._lock:
            if self._forced.get(name):
                return self._forced[name].pop(0)
            self._ranks[name] += 1
            rank = self._ranks[name]
        chance = random.Random(f"{self._seed}|{name}|{rank}")  # noqa: S311  a simulation
        return chance.choice(among) if chance.random() < self._rate else None
