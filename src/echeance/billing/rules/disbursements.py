"""Disbursements: outside VAT under conditions, on a note of their own.

Source: CGI art. 267 II-2°. EN 16931 allows no other category beside O in a
document (BR-O-11 to BR-O-14), so a disbursement is never a line of an invoice with VAT.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from echeance.billing.types import DisbursementFacts, DraftLine
from echeance.core.bookkeeping import account_number
from echeance.core.money import ZERO, round_amount
from echeance.core.tax import Exemption

NOTE: Final = (
    "Débours payés en votre nom et pour votre compte, au montant exact justifié par les pièces "
    "jointes"
)


def problem(facts: DisbursementFacts, today: date) -> str:
    """Why the law would tax it, or what is missing, as a French clause; empty when it may stand."""
    if not facts.label.strip() or not facts.supplier_reference.strip():
        return "donnez son objet et le numéro de la pièce du fournisseur"
    if facts.amount <= ZERO or facts.amount != round_amount(facts.amount):
        return "le montant payé est positif et en centimes entiers"
    if facts.paid_on > today:
        return "il n'est pas encore payé à cette date"
    if not facts.in_customers_name:
        return (
            "la pièce du fournisseur n'est pas au nom du client, refacturez-la avec TVA comme une "
            "prestation"
        )
    return ""


def waits(*, has_piece: bool) -> str:
    """Why it cannot be billed yet: its nature and exact amount are proved by the piece."""
    return "" if has_piece else "la pièce du fournisseur manque"


def lines(rows: Iterable[tuple[str, str, date, Decimal]]) -> tuple[DraftLine, ...]:
    """Lines of the note, from the label, the piece, the day and the amount of each."""
    return tuple(
        DraftLine(
            name=label,
            description=f"Pièce {piece} payée le {paid_on:%d/%m/%Y}",
            quantity=Decimal(1),
            unit_price=amount,
            net_amount=amount,
            exemption=Exemption.DISBURSEMENT.value,
            nature="services",
            revenue_account=account_number("disbursements"),
        )
        for label, piece, paid_on, amount in rows
    )
