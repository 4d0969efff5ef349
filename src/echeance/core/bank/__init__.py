"""Fichiers bancaires : read statements (camt, CFONB) into one exact model, and write them."""

from echeance.core.bank.csv_layout import CsvLayout, LayoutGuess, guess_layout
from echeance.core.bank.model import (
    EntryDetail,
    ReferredDocument,
    Statement,
    StatementEntry,
    StatementFoot,
    StatementHead,
    account_key,
)
from echeance.core.bank.payment_status import read_payment_status
from echeance.core.bank.reader import Answers, is_bank_table, read
from echeance.core.bank.streaming import check, stream
from echeance.core.bank.telling import detail_facts
from echeance.core.bank.writer import write_camt053, write_cfonb120

__all__ = [
    "Answers",
    "CsvLayout",
    "EntryDetail",
    "LayoutGuess",
    "ReferredDocument",
    "Statement",
    "StatementEntry",
    "StatementFoot",
    "StatementHead",
    "account_key",
    "check",
    "detail_facts",
    "guess_layout",
    "is_bank_table",
    "read",
    "read_payment_status",
    "stream",
    "write_camt053",
    "write_cfonb120",
]
