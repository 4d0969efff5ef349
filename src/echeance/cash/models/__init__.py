"""Banque: accounts, statements, how each movement was explained, and what is ordered of banks."""

from echeance.cash.models.agreements import (
    AssignedItem,
    Netting,
    NettingAgreement,
    ReceivableAssignment,
)
from echeance.cash.models.campaigns import (
    BillOfExchange,
    InstructedItem,
    PaymentCampaign,
    PaymentInstruction,
)
from echeance.cash.models.matches import (
    Match,
    MatchAllocation,
    MatchDifference,
    PayerLink,
    RemittanceAdvice,
    ReturnedPayment,
)
from echeance.cash.models.statements import BankAccount, HeldFile, Statement, StatementEntry
from echeance.cash.models.till import (
    Cheque,
    ChequeDeposit,
    PayoutBatch,
    PayoutLine,
    TillMovement,
)

__all__ = [
    "AssignedItem",
    "BankAccount",
    "BillOfExchange",
    "Cheque",
    "ChequeDeposit",
    "HeldFile",
    "InstructedItem",
    "Match",
    "MatchAllocation",
    "MatchDifference",
    "Netting",
    "NettingAgreement",
    "PayerLink",
    "PaymentCampaign",
    "PaymentInstruction",
    "PayoutBatch",
    "PayoutLine",
    "ReceivableAssignment",
    "RemittanceAdvice",
    "ReturnedPayment",
    "Statement",
    "StatementEntry",
    "TillMovement",
]
