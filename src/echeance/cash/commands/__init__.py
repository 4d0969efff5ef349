"""Writes of the bank room."""

from echeance.cash.commands.bills import (
    cancel_bills,
    note_bills_paid,
    prepare_bills,
    record_bills,
    refuse_bills,
)
from echeance.cash.commands.campaign_files import (
    export_campaign,
    forget_execution,
    note_executed,
    note_returned,
    read_payment_status,
)
from echeance.cash.commands.campaigns import (
    approve_campaign,
    cancel_campaign,
    change_instructions,
    note_prenotifications,
    prepare_direct_debits,
    prepare_transfers,
    propose_campaign,
    set_order_identifiers,
    withdraw_campaign,
)
from echeance.cash.commands.cheques import (
    cancel_cheques,
    cancel_deposit,
    clear_deposit,
    deposit_cheques,
    record_cheques,
    return_cheque,
)
from echeance.cash.commands.elsewhere import book_on_account, match_transfers
from echeance.cash.commands.factoring import (
    assign_receivables,
    cancel_assignment,
    guard_assignments,
    pay_assigned_item,
    receive_financing,
    return_assigned_item,
    undo_return,
    unpay_assigned_item,
)
from echeance.cash.commands.intake import (
    add_bank_account,
    close_bank_account,
    confirm_layout,
    import_statements,
)
from echeance.cash.commands.matching import (
    accept_matches,
    accept_proved,
    propose_matches,
    propose_payments,
    set_aside,
)
from echeance.cash.commands.netting import (
    agree_netting,
    end_netting_agreement,
    make_netting,
    undo_netting,
)
from echeance.cash.commands.orders import settle_orders
from echeance.cash.commands.payers import forget_payers, recall_payers
from echeance.cash.commands.payouts import (
    identify_payout_lines,
    import_payouts,
    match_payout,
)
from echeance.cash.commands.quarantine import hold_file, resolve_held_file, take_held_file
from echeance.cash.commands.remittance import (
    apply_remittance,
    apply_remittance_alone,
    receive_remittance,
)
from echeance.cash.commands.returns import accept_returns, propose_returns
from echeance.cash.commands.till import (
    add_till,
    cancel_till_movements,
    clear_till_movement,
    count_till,
    record_till_movements,
)
from echeance.cash.commands.unmatching import undo_matches, undo_matches_of_items
from echeance.cash.commands.waiting import flag_entries, hold_entries, release_entries

__all__ = [
    "accept_matches",
    "accept_proved",
    "accept_returns",
    "add_bank_account",
    "add_till",
    "agree_netting",
    "apply_remittance",
    "apply_remittance_alone",
    "approve_campaign",
    "assign_receivables",
    "book_on_account",
    "cancel_assignment",
    "cancel_bills",
    "cancel_campaign",
    "cancel_cheques",
    "cancel_deposit",
    "cancel_till_movements",
    "change_instructions",
    "clear_deposit",
    "clear_till_movement",
    "close_bank_account",
    "confirm_layout",
    "count_till",
    "deposit_cheques",
    "end_netting_agreement",
    "export_campaign",
    "flag_entries",
    "forget_execution",
    "forget_payers",
    "guard_assignments",
    "hold_entries",
    "hold_file",
    "identify_payout_lines",
    "import_payouts",
    "import_statements",
    "make_netting",
    "match_payout",
    "match_transfers",
    "note_bills_paid",
    "note_executed",
    "note_prenotifications",
    "note_returned",
    "pay_assigned_item",
    "prepare_bills",
    "prepare_direct_debits",
    "prepare_transfers",
    "propose_campaign",
    "propose_matches",
    "propose_payments",
    "propose_returns",
    "read_payment_status",
    "recall_payers",
    "receive_financing",
    "receive_remittance",
    "record_bills",
    "record_cheques",
    "record_till_movements",
    "refuse_bills",
    "release_entries",
    "resolve_held_file",
    "return_assigned_item",
    "return_cheque",
    "set_aside",
    "set_order_identifiers",
    "settle_orders",
    "take_held_file",
    "undo_matches",
    "undo_matches_of_items",
    "undo_netting",
    "undo_return",
    "unpay_assigned_item",
    "withdraw_campaign",
]
