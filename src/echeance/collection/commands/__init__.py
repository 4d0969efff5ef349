"""Writes of the collection room: the plan, the reminders, what stops them."""

from echeance.collection.commands.calls import (
    assign_calls,
    cancel_calls,
    make_calls,
    tidy_calls,
)
from echeance.collection.commands.cases import (
    hold_reminders,
    resume_reminders,
)
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
from echeance.collection.commands.edits import (
    edit_text,
    send_test,
)
from echeance.collection.commands.letter_models import (
    add_letter_model,
    check_model,
    end_letter_model,
    restore_letter_model,
)
from echeance.collection.commands.letters import (
    post_reminder_letters,
    typeset_reminders,
)
from echeance.collection.commands.limitation import (
    end_interruption,
    record_interruption,
    watch_limitations,
    withdraw_interruption,
)
from echeance.collection.commands.outcomes import (
    record_call,
    undo_call,
)
from echeance.collection.commands.payers import (
    reckon_payers,
)
from echeance.collection.commands.payment_plans import (
    accept_by_link,
    accept_payment_plan,
    cancel_payment_plan,
    draft_payment_plan,
    judge_payment_plans,
    propose_payment_plan,
    release_payment_plans,
    remind_instalments,
    undo_acceptance,
)
from echeance.collection.commands.penalties import (
    issue_penalty_notes,
    seal_penalty_notes,
    undo_waiver,
    waive_penalties,
)
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
from echeance.collection.commands.rates import (
    check_rates,
    record_rates,
)
from echeance.collection.commands.recovery import (
    end_recovery_step,
    open_recovery_step,
    record_order_event,
    undo_recovery_step,
)
from echeance.collection.commands.reminders import (
    approve_reminders,
    cancel_reminders,
    prepare_reminders,
    release_reminders,
    remind_now,
)
from echeance.collection.commands.replies import (
    read_replies,
    record_reply,
    unread_replies,
)
from echeance.collection.commands.unpaid_books import (
    move_to_doubtful,
    preview_unpaid,
    record_recovery,
    set_allowance,
    take_back_doubtful,
    undo_unpaid,
    write_off_losses,
)

__all__ = [
    "accept_by_link",
    "accept_payment_plan",
    "add_dispute_piece",
    "add_letter_model",
    "answer_dispute_question",
    "approve_reminders",
    "archive_plan",
    "ask_operations",
    "assign_calls",
    "assign_disputes",
    "cancel_calls",
    "cancel_payment_plan",
    "cancel_reminders",
    "change_text",
    "check_model",
    "check_rates",
    "choose_plan",
    "close_dispute",
    "create_plan",
    "draft_dispute_credit",
    "draft_payment_plan",
    "drop_dispute_credit",
    "edit_text",
    "end_interruption",
    "end_letter_model",
    "end_recovery_step",
    "follow_disputes",
    "hold_customers",
    "hold_reminders",
    "issue_penalty_notes",
    "judge_payment_plans",
    "judge_promises",
    "learn_from_dispute",
    "make_calls",
    "move_disputes",
    "move_to_doubtful",
    "open_dispute",
    "open_recovery_step",
    "post_reminder_letters",
    "prepare_refusal",
    "prepare_reminders",
    "preview_unpaid",
    "promise",
    "propose_dispute",
    "propose_payment_plan",
    "provide_dispute_piece",
    "read_replies",
    "reckon_payers",
    "record_call",
    "record_interruption",
    "record_order_event",
    "record_rates",
    "record_recovery",
    "record_reply",
    "refuse_dispute",
    "release_payment_plans",
    "release_reminders",
    "remind_instalments",
    "remind_now",
    "restore_letter_model",
    "resume_reminders",
    "save_plan",
    "seal_penalty_notes",
    "send_refusal",
    "send_test",
    "set_allowance",
    "set_dispute_deadlines",
    "set_up_plan",
    "take_back_doubtful",
    "tidy_calls",
    "typeset_reminders",
    "undo_acceptance",
    "undo_call",
    "undo_dispute_close",
    "undo_plan_choice",
    "undo_promises",
    "undo_recovery_step",
    "undo_unpaid",
    "undo_waiver",
    "unread_replies",
    "waive_dispute_piece",
    "waive_penalties",
    "watch_limitations",
    "withdraw_dispute_question",
    "withdraw_interruption",
    "withdraw_promises",
    "write_off_losses",
]
