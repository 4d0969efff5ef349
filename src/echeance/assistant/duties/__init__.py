"""What each duty of the day does: it calls the rooms below and tells what it decided.

The duties stand in a safe order: the world is read before money is matched, money before anything
is billed or reminded. Each acts only where the policy allows; what it may not do alone it asks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from echeance.assistant.duties.billing import bill, seal, send, take_orders
from echeance.assistant.duties.day import Day
from echeance.assistant.duties.deposits import deposit, tell_receipts
from echeance.assistant.duties.followups import follow_up
from echeance.assistant.duties.money import match, take_bank
from echeance.assistant.duties.platform import heed
from echeance.assistant.duties.reminders import remind
from echeance.assistant.types import Duty, NewDecision

__all__ = ["DUTIES", "Day"]

DUTIES: Sequence[tuple[Duty, Callable[[Day], list[NewDecision]]]] = (
    (Duty.TAKE_ORDERS, take_orders),
    (Duty.TAKE_BANK, take_bank),
    (Duty.HEED, heed),
    (Duty.MATCH, match),
    (Duty.TELL_RECEIPTS, tell_receipts),
    (Duty.FOLLOW_UP, follow_up),
    (Duty.BILL, bill),
    (Duty.SEAL, seal),
    (Duty.DEPOSIT, deposit),
    (Duty.SEND, send),
    (Duty.REMIND, remind),
)
