"""Who may do what: rights, and the roles that bundle them. Plain data, no database.

A right is checked by the command, never only hidden by the screen. Segregation of duties
(facts 11): master data, invoicing, cash allocation, write-off and bank details are apart.
"""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """One thing a person may be allowed to do in a company."""

    READ = "read"
    EDIT_COMPANY = "edit_company"
    EDIT_USERS = "edit_users"
    EDIT_POLICY = "edit_policy"
    MANAGE_JOBS = "manage_jobs"
    EDIT_PARTIES = "edit_parties"
    EDIT_BANK_DETAILS = "edit_bank_details"
    GRANT_CREDIT = "grant_credit"
    IMPORT_ORDERS = "import_orders"
    DRAFT_INVOICES = "draft_invoices"
    ISSUE_INVOICES = "issue_invoices"
    ISSUE_CREDITS = "issue_credits"
    SEND_DOCUMENTS = "send_documents"
    IMPORT_STATEMENTS = "import_statements"
    MATCH_PAYMENTS = "match_payments"
    WRITE_OFF = "write_off"
    PREPARE_PAYMENTS = "prepare_payments"
    APPROVE_PAYMENTS = "approve_payments"
    ASSIGN_RECEIVABLES = "assign_receivables"
    POST_ENTRIES = "post_entries"
    CLOSE_PERIODS = "close_periods"
    PREPARE_REMINDERS = "prepare_reminders"
    SEND_REMINDERS = "send_reminders"
    HANDLE_DISPUTES = "handle_disputes"
    ANSWER_WORK = "answer_work"
    RUN_DAY = "run_day"
    STORE_FILES = "store_files"
    AUDIT = "audit"
    ERASE_PERSONAL_DATA = "erase_personal_data"


class Role(StrEnum):
    """What somebody is in a company."""

    ASSISTANT = "assistant"
    MANAGER = "manager"
    ACCOUNTANT = "accountant"
    TREASURER = "treasurer"
    OPERATIONS = "operations"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


ROLE_LABELS = {
    Role.ASSISTANT: "Assistant facturation",
    Role.MANAGER: "Responsable facturation",
    Role.ACCOUNTANT: "Comptable",
    Role.TREASURER: "Trésorier",
    Role.OPERATIONS: "Exploitation",
    Role.AUDITOR: "Auditeur",
    Role.ADMINISTRATOR: "Administrateur",
}

_ASSISTANT = frozenset(
    {
        Right.READ,
        Right.EDIT_PARTIES,
        Right.IMPORT_ORDERS,
        Right.DRAFT_INVOICES,
        Right.ISSUE_INVOICES,
        Right.SEND_DOCUMENTS,
        Right.IMPORT_STATEMENTS,
        Right.MATCH_PAYMENTS,
        Right.PREPARE_PAYMENTS,
        Right.PREPARE_REMINDERS,
        Right.SEND_REMINDERS,
        Right.HANDLE_DISPUTES,
        Right.ANSWER_WORK,
        Right.RUN_DAY,
        Right.STORE_FILES,
    }
)

RIGHTS_BY_ROLE: dict[Role, frozenset[Right]] = {
    Role.ASSISTANT: _ASSISTANT,
    Role.MANAGER: _ASSISTANT
    | {
        Right.ISSUE_CREDITS,
        Right.WRITE_OFF,
        Right.APPROVE_PAYMENTS,
        Right.ASSIGN_RECEIVABLES,
        Right.EDIT_POLICY,
        Right.EDIT_COMPANY,
        Right.GRANT_CREDIT,
    },
    Role.ACCOUNTANT: frozenset(
        {
            Right.READ,
            Right.IMPORT_STATEMENTS,
            Right.MATCH_PAYMENTS,
            Right.WRITE_OFF,
            Right.POST_ENTRIES,
            Right.CLOSE_PERIODS,
            Right.ANSWER_WORK,
            Right.STORE_FILES,
            Right.AUDIT,
        }
    ),
    Role.TREASURER: frozenset(
        {
            Right.READ,
            Right.IMPORT_STATEMENTS,
            Right.MATCH_PAYMENTS,
            Right.EDIT_BANK_DETAILS,
            Right.PREPARE_PAYMENTS,
            Right.APPROVE_PAYMENTS,
            Right.ASSIGN_RECEIVABLES,
            Right.ANSWER_WORK,
            Right.STORE_FILES,
        }
    ),
    Role.OPERATIONS: frozenset({Right.READ, Right.IMPORT_ORDERS, Right.ANSWER_WORK}),
    Role.AUDITOR: frozenset({Right.READ, Right.AUDIT}),
    Role.ADMINISTRATOR: frozenset(Right),
}
