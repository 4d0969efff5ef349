"""What else changes when a match of some kind is undone: a slip, a payout is free again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby

from echeance.base.actor import Actor
from echeance.cash.models import Match

UndoHook = Callable[[Actor, Sequence[Match]], None]

UNDO_HOOKS: dict[str, UndoHook] = {}
"""By kind of match. A hook runs in the transaction of ``undo_matches``, once items are open again
and entries reversed; it may still refuse all of it by raising a business error."""


def run_undo_hooks(actor: Actor, matches: Sequence[Match]) -> None:
    """Call the hook of each kind present, with its matches, kinds in alphabetical order."""
    ordered = sorted(matches, key=lambda match: (match.kind, match.pk))
    for kind, of_kind in groupby(ordered, key=lambda match: match.kind):
        hook = UNDO_HOOKS.get(kind)
        if hook:
            hook(actor, list(of_kind))
