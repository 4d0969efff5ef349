"""Writes of the collection room: the plan, the reminders, what stops them."""

from echeance.collection.commands.calls import cancel_calls, make_calls
from echeance.collection.commands.cases import hold_reminders, resume_reminders
from echeance.collection.commands.dispute_ends import (
    close_dispute,
    draft_dispute_credit,
    drop_dispute_credit,
    follow_disputes,
    learn_from_dispute,
    prepare_refusal,
    refuse_dispute,
    send_refusal,
    undo_dispute_close,
    withdraw_dispute_question,
)
from echeance.collection.commands.disputes import (
    add_dispute_piece,
    answer_dispute_question,
    ask_operations,
    assign_disputes,
    move_disputes,
    open_dispute,
    propose_dispute,
    provide_dispute_piece,
    set_dispute_deadlines,
    waive_dispute_piece,
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
    "add_dispute_piece",
    "add_letter_model",
    "answer_dispute_question",
    "approve_reminders",
    "archive_plan",
    "ask_operations",
    "assign_disputes",
    "cancel_calls",
    "cancel_reminders",
    "change_text",
    "check_model",
    "choose_plan",
    "close_dispute",
    "create_plan",
    "draft_dispute_credit",
    "drop_dispute_credit",
    "end_letter_model",
    "follow_disputes",
    "hold_customers",
    "hold_reminders",
    "judge_promises",
    "learn_from_dispute",
    "make_calls",
    "move_disputes",
    "open_dispute",
    "post_reminder_letters",
    "prepare_refusal",
    "prepare_reminders",
    "promise",
    "propose_dispute",
    "provide_dispute_piece",
    "read_replies",
    "record_reply",
    "refuse_dispute",
    "release_reminders",
    "restore_letter_model",
    "resume_reminders",
    "save_plan",
    "send_refusal",
    "set_dispute_deadlines",
    "set_up_plan",
    "typeset_reminders",
    "undo_dispute_close",
    "undo_plan_choice",
    "undo_promises",
    "unread_replies",
    "waive_dispute_piece",
    "withdraw_dispute_question",
    "withdraw_promises",
]
