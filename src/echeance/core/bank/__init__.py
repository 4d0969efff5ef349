"""Fichiers bancaires : read statements (camt, CFONB) into one exact model, and write them."""

from echeance.core.bank.model import EntryDetail, Statement, StatementEntry, account_key
from echeance.core.bank.reader import read
from echeance.core.bank.telling import detail_facts
from echeance.core.bank.writer import write_camt053, write_cfonb120

__all__ = [
    "EntryDetail",
    "Statement",
    "StatementEntry",
    "account_key",
    "detail_facts",
    "read",
    "write_camt053",
    "write_cfonb120",
]
