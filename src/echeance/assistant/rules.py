"""When a decision is new. Pure."""

from __future__ import annotations

import hashlib
import json

from echeance.assistant.types import NewDecision


def fingerprint(decision: NewDecision) -> str:
    """Sum up what a decision says: outcome, act and reasons, not the day it was taken.

    >>> from echeance.assistant.types import Duty, Outcome
    >>> one = NewDecision(Duty.MATCH, "statement_entry:1", Outcome.ASKED, "demandé", ("qui ?",))
    >>> fingerprint(one) == fingerprint(one)
    True
    """
    told = json.dumps([decision.outcome.value, decision.act, *decision.reasons], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()
