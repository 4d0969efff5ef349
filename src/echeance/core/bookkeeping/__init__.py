"""Comptabilité: balanced entries, chart of accounts, VAT that moves with the money."""

from echeance.core.bookkeeping.chart import (
    CHART,
    JOURNALS,
    ChartAccount,
    ChartJournal,
    account_number,
    sales_key,
    vat_key,
)
from echeance.core.bookkeeping.entries import (
    EntryAmounts,
    InvalidEntryLineError,
    UnbalancedEntryError,
    check_balanced,
)
from echeance.core.bookkeeping.unpaid import (
    Loss,
    OpenVat,
    VatNotRecoverableError,
    allowance_due,
    loss_of,
    net_of_vat,
    vat_claim_limit,
    vat_owed_again,
    vat_refusal,
)
from echeance.core.bookkeeping.vat import (
    CreditExceedsInvoiceError,
    CreditShare,
    VatLeft,
    credit_vat,
    split_credit,
    vat_due_on_receipt,
)

__all__ = [
    "CHART",
    "JOURNALS",
    "ChartAccount",
    "ChartJournal",
    "CreditExceedsInvoiceError",
    "CreditShare",
    "EntryAmounts",
    "InvalidEntryLineError",
    "Loss",
    "OpenVat",
    "UnbalancedEntryError",
    "VatLeft",
    "VatNotRecoverableError",
    "account_number",
    "allowance_due",
    "check_balanced",
    "credit_vat",
    "loss_of",
    "net_of_vat",
    "sales_key",
    "split_credit",
    "vat_claim_limit",
    "vat_due_on_receipt",
    "vat_key",
    "vat_owed_again",
    "vat_refusal",
]
