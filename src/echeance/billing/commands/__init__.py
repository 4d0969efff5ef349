"""Writes of billing: intake, drafts, issue, credit notes, sealing, sending."""

from echeance.billing.commands.accruals import post_accruals, reverse_accruals
from echeance.billing.commands.agreements import save_billing_rule
from echeance.billing.commands.attachments import attach_to_draft, attach_upload, detach
from echeance.billing.commands.confirmations import confirm_findings
from echeance.billing.commands.contracts import (
    amend_contract,
    create_contracts,
    reopen_periods,
    save_index,
    save_index_values,
    terminate_contract,
    waive_periods,
)
from echeance.billing.commands.credit import (
    approve_credit,
    draft_again,
    draft_cancellations,
    draft_corrective,
    draft_credit_note,
)
from echeance.billing.commands.deliveries import bill_by_delivery, record_deliveries
from echeance.billing.commands.deposit import deposit_invoices
from echeance.billing.commands.deposits import ask_for_deposit, cancel_deposit, draft_final_invoice
from echeance.billing.commands.disbursements import (
    attach_disbursement_piece,
    draft_disbursements,
    keep_disbursement_piece,
    record_disbursements,
)
from echeance.billing.commands.drafts import (
    before_discard,
    change_draft,
    discard_drafts,
    draft_documents,
    draft_invoices,
)
from echeance.billing.commands.duplicates import duplicate_pdf, send_duplicates
from echeance.billing.commands.holds import recheck_orders, release_orders
from echeance.billing.commands.hours import approve_time, record_time
from echeance.billing.commands.intake import (
    accept_orders,
    import_orders,
    save_mapping,
    set_aside_orders,
)
from echeance.billing.commands.issue import issue_invoices
from echeance.billing.commands.markets import (
    accept_works,
    draft_milestones,
    draft_statement,
    reach_milestones,
    release_retentions,
    replace_retention,
    save_market,
)
from echeance.billing.commands.orders import change_orders
from echeance.billing.commands.payers import add_payer_share, end_payer_share
from echeance.billing.commands.portals import export_for_portal, record_handovers
from echeance.billing.commands.prices import (
    close_price_list,
    import_rates,
    save_price_list,
    save_rates,
)
from echeance.billing.commands.quotes import (
    answer_quote_by_link,
    change_quote,
    discard_quotes,
    draft_quotes,
    record_quote_answer,
    revise_quote,
    send_quotes,
    try_quote,
)
from echeance.billing.commands.rebates import agree_rebate, settle_rebate
from echeance.billing.commands.receipts import report_receipts
from echeance.billing.commands.reporting import ask_for_reports, prepare_report, request_report
from echeance.billing.commands.routing import look_up_routes
from echeance.billing.commands.run import draft_groups, draft_orders, plan_run, run_billing
from echeance.billing.commands.seal import request_sealing, seal_invoices
from echeance.billing.commands.second_channel import take_second_channels
from echeance.billing.commands.self_billing import (
    accept_by_silence,
    answer_self_billed,
    draft_self_billed,
    record_mandate,
    revoke_mandate,
)
from echeance.billing.commands.send import queue_invoices, release_invoices
from echeance.billing.commands.series import choose_series, close_series, create_series
from echeance.billing.commands.setup import (
    change_style,
    restore_style,
    save_items,
    save_style,
    set_up_billing,
)
from echeance.billing.commands.uses import undo_credit_use, use_credit
from echeance.billing.commands.ways import choose_channel, set_customer_channel

__all__ = [
    "accept_by_silence",
    "accept_orders",
    "accept_works",
    "add_payer_share",
    "agree_rebate",
    "amend_contract",
    "answer_quote_by_link",
    "answer_self_billed",
    "approve_credit",
    "approve_time",
    "ask_for_deposit",
    "ask_for_reports",
    "attach_disbursement_piece",
    "attach_to_draft",
    "attach_upload",
    "before_discard",
    "bill_by_delivery",
    "cancel_deposit",
    "change_draft",
    "change_orders",
    "change_quote",
    "change_style",
    "choose_channel",
    "choose_series",
    "close_price_list",
    "close_series",
    "confirm_findings",
    "create_contracts",
    "create_series",
    "deposit_invoices",
    "detach",
    "discard_drafts",
    "discard_quotes",
    "draft_again",
    "draft_cancellations",
    "draft_corrective",
    "draft_credit_note",
    "draft_disbursements",
    "draft_documents",
    "draft_final_invoice",
    "draft_groups",
    "draft_invoices",
    "draft_milestones",
    "draft_orders",
    "draft_quotes",
    "draft_self_billed",
    "draft_statement",
    "duplicate_pdf",
    "end_payer_share",
    "export_for_portal",
    "import_orders",
    "import_rates",
    "issue_invoices",
    "keep_disbursement_piece",
    "look_up_routes",
    "plan_run",
    "post_accruals",
    "prepare_report",
    "queue_invoices",
    "reach_milestones",
    "recheck_orders",
    "record_deliveries",
    "record_disbursements",
    "record_handovers",
    "record_mandate",
    "record_quote_answer",
    "record_time",
    "release_invoices",
    "release_orders",
    "release_retentions",
    "reopen_periods",
    "replace_retention",
    "report_receipts",
    "request_report",
    "request_sealing",
    "restore_style",
    "reverse_accruals",
    "revise_quote",
    "revoke_mandate",
    "run_billing",
    "save_billing_rule",
    "save_index",
    "save_index_values",
    "save_items",
    "save_mapping",
    "save_market",
    "save_price_list",
    "save_rates",
    "save_style",
    "seal_invoices",
    "send_duplicates",
    "send_quotes",
    "set_aside_orders",
    "set_customer_channel",
    "set_up_billing",
    "settle_rebate",
    "take_second_channels",
    "terminate_contract",
    "try_quote",
    "undo_credit_use",
    "use_credit",
    "waive_periods",
]
