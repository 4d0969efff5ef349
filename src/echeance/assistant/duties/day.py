"""The day at work, handed from duty to duty."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from echeance.assistant.types import DayPolicy
from echeance.base.actor import Actor


@dataclass
class Day:
    """Who acts, for which day, under which policy; and what left.

    Attributes:
        on: The civil day on which things are due, issued and reminded.
        inbox: Drop folder of the installation; ``None`` takes nothing in.
        released: Messages handed to the sender by this run.
        sent: Messages the mail server accepted during this run.
    """

    actor: Actor
    on: date
    policy: DayPolicy
    inbox: Path | None
    released: int = 0
    sent: int = 0
