"""The message that carries an invoice or a credit note."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from echeance.core.money import format_amount


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What the message says."""

    seller_name: str
    number: str
    is_credit_note: bool
    issue_date: date
    gross_total: Decimal
    currency: str = "EUR"
    due_date: date | None = None
    order_reference: str = ""
    preceding_number: str = ""
    iban: str = ""
    language: str = "fr"


def subject_of(facts: LetterFacts) -> str:
    """One line: what it is, its number, who sends it.

    >>> subject_of(LetterFacts("Atelier Morel", "FA-2026-000042", False, date(2026, 11, 24),
    ...                        Decimal("120.00")))
    'Facture FA-2026-000042 – Atelier Morel'
    """
    if facts.language == "en":
        word = "Credit note" if facts.is_credit_note else "Invoice"
    else:
        word = "Avoir" if facts.is_credit_note else "Facture"
    return f"{word} {facts.number} – {facts.seller_name}"[:200]


def body_of(facts: LetterFacts) -> str:
    """Plain text: number, amount, due date, how to pay."""
    return _english(facts) if facts.language == "en" else _french(facts)


def _french(facts: LetterFacts) -> str:
    amount = format_amount(facts.gross_total, facts.currency)
    order = f" (votre commande {facts.order_reference})" if facts.order_reference else ""
    if facts.is_credit_note:
        told = (
            f"Veuillez trouver ci-joint l'avoir {facts.number} du {facts.issue_date:%d/%m/%Y}, "
            f"d'un montant de {amount} TTC, sur la facture {facts.preceding_number}.\n\n"
            "Vous pouvez le déduire de votre prochain règlement."
        )
    else:
        told = (
            f"Veuillez trouver ci-joint la facture {facts.number} du "
            f"{facts.issue_date:%d/%m/%Y}{order}, d'un montant de {amount} TTC."
        )
        if facts.due_date:
            told += f"\n\nÉchéance : {facts.due_date:%d/%m/%Y}."
        if facts.iban:
            told += (
                f"\nRèglement par virement sur le compte {facts.iban}, en rappelant la référence "
                f"{facts.number}."
            )
    return f"Bonjour,\n\n{told}\n\nCordialement,\n{facts.seller_name}\n"


def _english(facts: LetterFacts) -> str:
    amount = f"{facts.currency} {facts.gross_total:,.2f}"
    order = f" (your order {facts.order_reference})" if facts.order_reference else ""
    if facts.is_credit_note:
        told = (
            f"Please find attached credit note {facts.number} of {facts.issue_date:%Y-%m-%d}, for "
            f"{amount}, on invoice {facts.preceding_number}.\n\n"
            "You may deduct it from your next payment."
        )
    else:
        told = (
            f"Please find attached invoice {facts.number} of {facts.issue_date:%Y-%m-%d}{order}, "
            f"for {amount}."
        )
        if facts.due_date:
            told += f"\n\nDue date: {facts.due_date:%Y-%m-%d}."
        if facts.iban:
            told += f"\nPlease pay by transfer to {facts.iban}, quoting {facts.number}."
    return f"Dear customer,\n\n{told}\n\nKind regards,\n{facts.seller_name}\n"
