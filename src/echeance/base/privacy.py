"""What each room holds on a person: what a room declares so that it is told and kept to its term.

In ``apps.ready()`` a room calls ``privacy.register(InvoicesHeld())``. The room of the parties asks
all of them when a person wants to know, or to be erased, and knows none of them by name.

Sources: GDPR art. 15 (access), art. 17-3 b (what the law obliges to keep is not erased).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from echeance.base.actor import Actor


@dataclass(frozen=True, slots=True)
class HeldPiece:
    """One thing held that names a person.

    Attributes:
        kind: French name of what it is, in the singular.
        reference: Its number or subject.
        day: Its date.
        until: Last day the law obliges to keep it; ``None`` while the term is not known yet.
        basis: The law, in short.
    """

    kind: str
    reference: str
    day: date
    until: date | None
    basis: str


class Holder(Protocol):
    """What a room holds on parties."""

    def held(self, *, actor: Actor, party_ids: Collection[int]) -> list[HeldPiece]:
        """Every piece of theirs, oldest first. A constant number of queries."""
        ...

    def owed(self, *, actor: Actor, party_ids: Collection[int]) -> Decimal:
        """What is open with them, either way, as one positive amount."""
        ...


_holders: list[Holder] = []


def register(holder: Holder) -> None:
    """Declare what a room holds; once a class."""
    if not any(type(known) is type(holder) for known in _holders):
        _holders.append(holder)


def held(*, actor: Actor, party_ids: Collection[int]) -> list[HeldPiece]:
    """Every piece of every room on some parties, oldest first."""
    found = [
        piece for holder in _holders for piece in holder.held(actor=actor, party_ids=party_ids)
    ]
    return sorted(found, key=lambda piece: (piece.day, piece.kind, piece.reference))


def owed(*, actor: Actor, party_ids: Collection[int]) -> Decimal:
    """What is open with some parties in any room, either way."""
    return sum((holder.owed(actor=actor, party_ids=party_ids) for holder in _holders), Decimal(0))
