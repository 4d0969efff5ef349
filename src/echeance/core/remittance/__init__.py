"""Avis de règlement : read the list of documents a payer says he pays, and settle it, exactly."""

from echeance.core.remittance.model import (
    RemittanceItem,
    RemittanceLine,
    RemittanceReading,
    SettledLine,
    Settlement,
    UnreadLine,
)
from echeance.core.remittance.reading import read, read_text
from echeance.core.remittance.settling import settle

__all__ = [
    "RemittanceItem",
    "RemittanceLine",
    "RemittanceReading",
    "SettledLine",
    "Settlement",
    "UnreadLine",
    "read",
    "read_text",
    "settle",
]
