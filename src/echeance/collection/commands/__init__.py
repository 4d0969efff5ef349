"""Writes of the collection room: the plan, the reminders, what stops them."""

from echeance.collection.commands.calls import make_calls
from echeance.collection.commands.cases import (
    close_dispute,
    hold_reminders,
    open_dispute,
    promise,
    resume_reminders,
)
from echeance.collection.commands.letters import post_reminder_letters, typeset_reminders
from echeance.collection.commands.plans import change_text, set_up_plan
from echeance.collection.commands.reminders import (
    approve_reminders,
    cancel_reminders,
    prepare_reminders,
    release_reminders,
)

__all__ = [
    "approve_reminders",
    "cancel_reminders",
    "change_text",
    "close_dispute",
    "hold_reminders",
    "make_calls",
    "open_dispute",
    "post_reminder_letters",
    "prepare_reminders",
    "promise",
    "release_reminders",
    "resume_reminders",
    "set_up_plan",
    "typeset_reminders",
]
