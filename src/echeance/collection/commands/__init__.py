"""Writes of the collection room: the plan, the reminders, what stops them."""

from echeance.collection.commands.calls import cancel_calls, make_calls
from echeance.collection.commands.cases import (
    close_dispute,
    hold_reminders,
    open_dispute,
    resume_reminders,
)
from echeance.collection.commands.letter_models import (
    add_letter_model,
    check_model,
    end_letter_model,
    restore_letter_model,
)
from echeance.collection.commands.letters import post_reminder_letters, typeset_reminders
from echeance.collection.commands.plans import (
    archive_plan,
    change_text,
    choose_plan,
    create_plan,
    hold_customers,
    save_plan,
    set_up_plan,
    undo_plan_choice,
)
from echeance.collection.commands.promises import (
    judge_promises,
    promise,
    undo_promises,
    withdraw_promises,
)
from echeance.collection.commands.reminders import (
    approve_reminders,
    cancel_reminders,
    prepare_reminders,
    release_reminders,
)
from echeance.collection.commands.replies import (
    read_replies,
    record_reply,
    unread_replies,
)

__all__ = [
    "add_letter_model",
    "approve_reminders",
    "archive_plan",
    "cancel_calls",
    "cancel_reminders",
    "change_text",
    "check_model",
    "choose_plan",
    "close_dispute",
    "create_plan",
    "end_letter_model",
    "hold_customers",
    "hold_reminders",
    "judge_promises",
    "make_calls",
    "open_dispute",
    "post_reminder_letters",
    "prepare_reminders",
    "promise",
    "read_replies",
    "record_reply",
    "release_reminders",
    "restore_letter_model",
    "resume_reminders",
    "save_plan",
    "set_up_plan",
    "typeset_reminders",
    "undo_plan_choice",
    "undo_promises",
    "unread_replies",
    "withdraw_promises",
]
