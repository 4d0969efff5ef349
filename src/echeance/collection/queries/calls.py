"""Calls to make, and how earlier ones went."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from echeance.base.rights import Right
from echeance.collection.models import CallTask

if TYPE_CHECKING:
    from echeance.base.actor import Actor


def known_calls(*, actor: Actor, keys: Collection[str]) -> set[str]:
    """Which of some matters have their call, made or not. One query."""
    actor.require(Right.READ)
    return set(
        CallTask.objects.filter(company=actor.company, key__in=set(keys)).values_list(
            "key", flat=True
        )
    )
